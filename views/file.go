package views

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"benchside/store/search"
)

// Filter is a filter of runs in the search language; empty for none.
type Filter string

// UnmarshalText implements encoding.TextUnmarshaler: it reads only what the language
// takes.
func (f *Filter) UnmarshalText(text []byte) error {
	if _, err := search.Read(string(text), search.Runs); err != nil {
		return err
	}
	*f = Filter(text)
	return nil
}

// File is the views of a file by their names.
type File map[string]View

// The limits of a file.
const (
	MostBytes   = 1 << 20
	MostColumns = 2000
	longestName = 80
)

// Parse reads a file of views: a table each, such as [hpo]. An error names the line and
// the key. Path is what the file is called in it.
func Parse(path, content string) (File, error) {
	if len(content) > MostBytes {
		return nil, fmt.Errorf("%s: larger than %d bytes", path, MostBytes)
	}
	file := File{}
	meta, err := toml.Decode(content, &file)
	if err != nil {
		var at toml.ParseError
		if errors.As(err, &at) {
			return nil, fmt.Errorf("%s:%d: %s: %s", path, at.Position.Line, keyOr(at.LastKey), brief(at))
		}
		if m := placed.FindStringSubmatch(err.Error()); m != nil {
			return nil, fmt.Errorf("%s:%s: %s: %s", path, m[1], m[2], m[3])
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, key := range meta.Undecoded() {
		return nil, fmt.Errorf("%s:%d: %s: there is no such key; there are columns, sort, filter, group, pins, flat, faulty and terse", path, line(content, key), key)
	}
	for _, name := range slices.Sorted(maps.Keys(file)) {
		if err := wrongName(name); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, line(content, toml.Key{name}), err)
		}
		if n := len(file[name].Columns); n > MostColumns {
			return nil, fmt.Errorf("%s:%d: %s: %d columns; at most %d are kept", path, line(content, toml.Key{name, "columns"}), name, n, MostColumns)
		}
	}
	return file, nil
}

// placed is how the library says that a value has another type than it should: in words
// alone.
var placed = regexp.MustCompile(`^toml: line (\d+) \(last key "(.*?)"\): (.*)$`)

func keyOr(key string) string {
	if key == "" {
		return "the file"
	}
	return key
}

// brief is what is wrong, without what the library puts around it.
func brief(e toml.ParseError) string {
	if inner := errors.Unwrap(e); inner != nil {
		return inner.Error()
	}
	if e.Message != "" {
		return e.Message
	}
	_, words, _ := strings.Cut(e.Error(), "): ")
	return words
}

func wrongName(name string) error {
	switch {
	case strings.TrimSpace(name) == "" || len(name) > longestName:
		return fmt.Errorf("view %q: a name has 1 to %d letters", name, longestName)
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("view %q: a name has no controls", name)
	}
	return nil
}

// line finds the line where a key of a view stands, or the view's own; the library
// does not tell it for keys that it decoded or passed over. It is 0 where the key is
// written in an unusual way.
func line(content string, key toml.Key) int {
	in, of, n := "", 0, 0
	for text := range strings.Lines(content) {
		n++
		text = strings.TrimSpace(text)
		if head, ok := strings.CutPrefix(text, "["); ok && strings.HasSuffix(text, "]") {
			if in = bare(strings.TrimSuffix(head, "]")); in == key[0] {
				of = n
			}
			continue
		}
		name, _, ok := strings.Cut(text, "=")
		if !ok {
			continue
		}
		if name = bare(name); in == key[0] && len(key) > 1 && name == key[1] || in == "" && name == key[0] {
			return n
		}
	}
	return of
}

// bare is a key without its quotes.
func bare(key string) string {
	key = strings.TrimSpace(key)
	if s, err := strconv.Unquote(key); err == nil {
		return s
	}
	return strings.Trim(key, "'")
}

// Put returns the content of a file with a view under a name, or without it if the view
// is nil. What else is in the file, comments too, stays as it is.
func Put(content, name string, v *View) (string, error) {
	if err := wrongName(name); err != nil {
		return "", err
	}
	if v != nil && len(v.Columns) > MostColumns {
		return "", fmt.Errorf("view %s: %d columns; at most %d are kept", name, len(v.Columns), MostColumns)
	}
	var out []string
	inside := false
	for text := range strings.Lines(content) {
		if head, ok := strings.CutPrefix(strings.TrimSpace(text), "["); ok && strings.HasSuffix(strings.TrimSpace(text), "]") {
			inside = bare(strings.TrimSuffix(head, "]")) == name
		}
		if !inside {
			out = append(out, text)
		}
	}
	kept := strings.TrimRight(strings.Join(out, ""), "\n")
	if v == nil {
		if kept == "" {
			return "", nil
		}
		return kept + "\n", nil
	}
	if kept != "" {
		kept += "\n\n"
	}
	return kept + format(name, v), nil
}

// format writes a view, a column a line, so that changes are told apart in git.
func format(name string, v *View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s]\n", tomlText(name))
	list := func(key string, texts []string) {
		if len(texts) == 0 {
			return
		}
		fmt.Fprintf(&b, "%s = [\n", key)
		for _, t := range texts {
			fmt.Fprintf(&b, "  %s,\n", tomlText(t))
		}
		b.WriteString("]\n")
	}
	list("columns", texts(v.Columns))
	list("sort", texts(v.Sort))
	if v.Filter != "" {
		fmt.Fprintf(&b, "filter = %s\n", tomlText(string(v.Filter)))
	}
	if !v.Group.IsZero() {
		fmt.Fprintf(&b, "group = %s\n", tomlText(Spell(v.Group.Field)))
	}
	list("pins", v.Pins)
	for _, is := range []struct {
		key string
		on  bool
	}{{"flat", v.Flat}, {"faulty", v.Faulty}, {"terse", v.Terse}} {
		if is.on {
			fmt.Fprintf(&b, "%s = true\n", is.key)
		}
	}
	return b.String()
}

func texts[T interface{ MarshalText() ([]byte, error) }](all []T) []string {
	out := make([]string, len(all))
	for i, one := range all {
		text, _ := one.MarshalText() // ours fail never
		out[i] = string(text)
	}
	return out
}

// tomlText writes a basic string of TOML.
func tomlText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
