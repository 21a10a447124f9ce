package charts

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// unread is the number of charts in view whose points are still to come.
func (v *View) unread() int {
	n := 0
	for _, key := range v.shown() {
		if !v.shelf.Whole(key) {
			n++
		}
	}
	return n
}

// loadShown reads what is missing of the metrics in view, that of the chart with
// the focus first, and the one that is the x-axis before all.
func (v *View) loadShown() tea.Cmd {
	if len(v.runs) == 0 || len(v.keys) == 0 {
		return nil
	}
	keys := slices.Clone(v.shown())
	if focus := slices.Index(keys, v.keys[v.grid.Focus]); focus > 0 {
		keys[0], keys[focus] = keys[focus], keys[0]
	}
	if v.look.over != "" {
		keys = append([]string{v.look.over}, keys...)
	}
	return v.shelf.Want(keys)
}
