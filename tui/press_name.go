package tui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// named are the keys that have a name of several letters.
var named = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "insert": tea.KeyInsert, "delete": tea.KeyDelete,
	"f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6,
	"f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10, "f11": tea.KeyF11, "f12": tea.KeyF12,
}

// pressName is the name of a key that was pressed, as screens declare it.
func pressName(m tea.KeyPressMsg) string {
	if name := m.String(); name != " " {
		return name
	}
	return "space"
}

// KeyNamed returns the key press that a name such as "enter", "ctrl+d" or "j"
// means.
func KeyNamed(name string) (tea.KeyPressMsg, error) {
	key, rest := tea.Key{}, name
	for {
		mod, after, ok := strings.Cut(rest, "+")
		if !ok || after == "" {
			break
		}
		m, known := map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "alt": tea.ModAlt, "shift": tea.ModShift}[mod]
		if !known {
			return tea.KeyPressMsg{}, fmt.Errorf("no key is called %q", name)
		}
		key.Mod |= m
		rest = after
	}
	if code, ok := named[rest]; ok {
		key.Code = code
		if rest == "space" && key.Mod == 0 {
			key.Text = " "
		}
		return tea.KeyPressMsg(key), nil
	}
	if utf8.RuneCountInString(rest) != 1 {
		return tea.KeyPressMsg{}, fmt.Errorf("no key is called %q", name)
	}
	key.Code, _ = utf8.DecodeRuneInString(rest)
	if key.Mod&(tea.ModCtrl|tea.ModAlt) == 0 {
		key.Text = rest
	}
	return tea.KeyPressMsg(key), nil
}
