package runtable

import (
	"regexp"
	"strings"

	"benchside/store"
)

// typing says what stands before the cursor of the filter bar, as far as a key
// or a value can be offered for it.
type typing struct {
	field    store.Field // Key is empty while the key itself is typed
	part     string      // what was typed of it
	from, to int         // the bytes to replace
	value    bool
}

var (
	keyTyped = regexp.MustCompile("(?:^|[\\s(])(metrics?|params?|parameters?|tags?)\\.([`\"]?)([^`\"\\s=<>!]*)$")

	valueTyped = regexp.MustCompile("(?i)(?:^|[\\s(])(params?|parameters?|tags?)\\.(`[^`]+`|\"[^\"]+\"|[^\\s=<>!`\"]+)\\s*(?:=|!=|\\bi?like\\s)\\s*(['\"]?)([^'\"]*)$")
)

// typed reads the end of a filter. It offers nothing where the language has no
// key or value; whether the whole is right is the parser's business.
func typed(text string) (typing, bool) {
	if m := keyTyped.FindStringSubmatchIndex(text); m != nil {
		return typing{field: store.Field{Kind: kindNamed(text[m[2]:m[3]])}, part: text[m[6]:m[7]], from: m[4], to: m[7]}, true
	}
	if m := valueTyped.FindStringSubmatchIndex(text); m != nil {
		key := strings.Trim(text[m[4]:m[5]], "`\"")
		return typing{field: store.Field{Kind: kindNamed(text[m[2]:m[3]]), Key: key}, part: text[m[8]:m[9]], from: m[6], to: m[9], value: true}, true
	}
	return typing{}, false
}

func kindNamed(entity string) store.FieldKind {
	switch strings.ToLower(entity)[0] {
	case 'm':
		return store.MetricField
	case 'p':
		return store.ParamField
	}
	return store.TagField
}

var bare = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// quoteKey spells a key for a filter; there is no spelling for one with both
// quotes in it.
func quoteKey(key string) (string, bool) {
	switch {
	case bare.MatchString(key):
		return key, true
	case !strings.Contains(key, "`"):
		return "`" + key + "`", true
	case !strings.Contains(key, `"`):
		return `"` + key + `"`, true
	}
	return "", false
}

// quoteValue spells a text for a filter, which knows no escapes.
func quoteValue(value string) (string, bool) {
	switch {
	case !strings.Contains(value, "'"):
		return "'" + value + "'", true
	case !strings.Contains(value, `"`):
		return `"` + value + `"`, true
	}
	return "", false
}
