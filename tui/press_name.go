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
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "f1": tea.KeyF1,
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
