package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui"
)

// freeTables are the tables whose keys are no settings of their own.
var freeTables = []string{"hooks", "keys", "theme"}

// parseTheme reads theme = "NAME", or a table [theme] with the name of the theme to
// begin with and colours of the user's.
func parseTheme(path, content string, value any) (name string, own themes.Theme, wrong []error) {
	const kept = "the default is taken"
	fail := func(key, format string, args ...any) {
		line := lineOf(content, "theme", key)
		if line == 0 {
			line = lineOf(content, "", "theme")
		}
		wrong = append(wrong, fmt.Errorf("%s:%d: %s: %s; %s", path, line, strings.TrimSuffix("theme."+key, "."), fmt.Sprintf(format, args...), kept))
	}
	table, ok := value.(map[string]any)
	if text, isText := value.(string); isText {
		table, ok = map[string]any{"name": text}, true
	}
	if !ok {
		if value != nil {
			fail("", "wants the name of a theme or a table [theme]")
		}
		return "", own, wrong
	}
	if chosen, there := table["name"]; there {
		if name, _ = chosen.(string); !slices.Contains(themes.Names(), name) {
			fail("name", "there is no theme %v; there are %s", chosen, strings.Join(themes.Names(), ", "))
			name = ""
		}
	}
	if len(table) == 0 || len(table) == 1 && table["name"] != nil {
		return name, own, wrong
	}
	own = coloured(name, table, fail)
	return themes.OwnName, own, wrong
}

// coloured is a theme with the colours of a table. A colour that cannot be read is
// left as it was.
func coloured(name string, table map[string]any, fail func(key, format string, args ...any)) themes.Theme {
	probe := themes.Dark()
	background, _ := table["background"].(string)
	dark := probe.Set("background", background) != nil || probe.Dark
	base, ok := themes.Named(name, dark)
	switch {
	case !ok && dark:
		base = themes.Dark()
	case !ok:
		base = themes.Light()
	}
	own := base
	for _, role := range slices.Sorted(maps.Keys(table)) {
		if role == "name" {
			continue
		}
		words, isText := table[role].(string)
		if n, isNumber := table[role].(int64); isNumber {
			words, isText = fmt.Sprint(n), true
		}
		if !isText {
			fail(role, "wants a colour such as \"#1e66f5\" or 75")
			continue
		}
		if err := own.Set(role, words); err != nil {
			fail(role, "%s", err)
		}
	}
	own.Colors = max(own.Colors, 256)
	for faint := own.Unreadable(); len(faint) > 0; faint = own.Unreadable() {
		roles := slices.Sorted(maps.Keys(faint))
		if faint["text"] > 0 { // with the paper of the base the others may do
			roles = []string{"text"}
		}
		for _, role := range roles {
			fail(role, "has a contrast of %.1f to what is behind it, of at least 3 that can be read", faint[role])
			own.Keep(role, base)
		}
	}
	own.Name = themes.OwnName
	return own
}

// parseKeys reads the table [keys]: actions and their keys.
func parseKeys(path, content string, order []toml.Key, value any) (tui.Keymap, []error) {
	if value == nil {
		return nil, nil
	}
	if _, ok := value.(map[string]any); !ok {
		return nil, []error{fmt.Errorf("%s:%d: keys: wants a table [keys]; the usual keys stay", path, lineOf(content, "", "keys"))}
	}
	var bindings []tui.Binding
	var lines []int
	var wrong []error
	for _, k := range order {
		if k[0] != "keys" || len(k) < 2 {
			continue
		}
		set, table := valueAt(value, k[1:])
		if table {
			continue
		}
		action, line := strings.Join(k[1:], "."), lineOfKey(content, k)
		press, ok := pressesOf(set)
		if !ok {
			wrong = append(wrong, fmt.Errorf("%s:%d: keys.%s: wants a key such as \"ctrl+o\", or a list of them; its usual keys stay", path, line, action))
			continue
		}
		bindings, lines = append(bindings, tui.Binding{Action: action, Press: press}), append(lines, line)
	}
	keys, faults := tui.ParseKeymap(bindings)
	for _, i := range slices.Sorted(maps.Keys(faults)) {
		b := bindings[i]
		wrong = append(wrong, fmt.Errorf("%s:%d: keys.%s = %s: %w; its usual keys stay", path, lines[i], b.Action, strings.Join(b.Press, " "), faults[i]))
	}
	return keys, wrong
}

// valueAt is what a path of keys leads to, and whether that is a table.
func valueAt(value any, path []string) (any, bool) {
	for _, part := range path {
		table, _ := value.(map[string]any)
		value = table[part]
	}
	_, table := value.(map[string]any)
	return value, table
}

// pressesOf are the keys of a text or of a list of texts, which may be empty.
func pressesOf(value any) ([]string, bool) {
	if text, ok := value.(string); ok {
		return []string{text}, text != ""
	}
	list, ok := value.([]any)
	press := make([]string, 0, len(list))
	for _, one := range list {
		text, isText := one.(string)
		ok = ok && isText && text != ""
		press = append(press, text)
	}
	return press, ok
}

// lineOfKey finds the line of a key below tables, wherever its name is parted.
func lineOfKey(content string, k toml.Key) int {
	for at := 1; at < len(k); at++ {
		if line := lineOf(content, strings.Join(k[:at], "."), strings.Join(k[at:], ".")); line > 0 {
			return line
		}
	}
	return 0
}

// dress gives a session the theme, the keys and the mouse of the configuration, where
// no flag says otherwise, and what of it was not taken.
func (c config) dress(o *tui.Options) error {
	if o.Theme == themes.OwnName && c.own.Name == "" {
		return usage("--theme %s: the configuration has no colours below [theme]", themes.OwnName)
	}
	if o.Theme == "" {
		o.Theme = c.theme
	}
	o.Own.Theme, o.Own.Keys, o.Own.NoMouse = c.own, c.keys, c.noMouse
	for _, err := range c.wrong {
		o.Own.Wrong = append(o.Own.Wrong, sanitize.Line(err.Error()))
	}
	return nil
}
