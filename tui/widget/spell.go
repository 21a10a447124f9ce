package widget

import "strings"

// Spell returns how a key is written for people: "ctrl+d" is ^D.
func Spell(press string) string {
	if rest, ok := strings.CutPrefix(press, "ctrl+"); ok && len(rest) == 1 {
		return "^" + strings.ToUpper(rest)
	}
	if s, ok := spelled[press]; ok {
		return s
	}
	return press
}

var spelled = map[string]string{
	"up": "↑", "down": "↓", "left": "←", "right": "→", "alt+left": "alt-←", "alt+right": "alt-→",
	"pgdown": "pgdn", "shift+tab": "shift-tab",
}
