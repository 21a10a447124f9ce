package view

import tea "charm.land/bubbletea/v2"

// Moves are the keys that move the cursor of a list whose window has some rows; move
// moves it by so many rows, which may be more than there are.
func Moves(group string, height int, move func(rows int) tea.Cmd) []Key {
	const far = 1 << 30
	page := max(height-1, 1)
	by := func(rows int) func() tea.Cmd { return func() tea.Cmd { return move(rows) } }
	return []Key{
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: by(1)},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: by(-1)},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: by(page)},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: by(-page)},
		{Press: []string{"g", "home"}, Does: "first", Group: group, Run: by(-far)},
		{Press: []string{"G", "end"}, Does: "last", Group: group, Run: by(far)},
	}
}
