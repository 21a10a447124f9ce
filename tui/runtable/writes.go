package runtable

import (
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/view"
)

// writeKeys are the keys that change the marked runs, or the one under the cursor.
func (v *View) writeKeys() []view.Key {
	return view.RunKeys("change", &v.loads.change, v.reader, v.changing, v.noRun)
}

// changing are the marked runs, or the one under the cursor.
func (v *View) changing() []string {
	if len(v.marking.ids) > 0 {
		return v.inRows(slices.Collect(maps.Keys(v.marking.ids)))
	}
	return []string{v.current().ID}
}

// wrote reads again what was changed here: the feed does not tell of a tag that
// has another value.
func (v *View) wrote(m view.Changed) tea.Cmd {
	if !m.TouchesRuns() {
		return nil
	}
	moved := []string{(store.DeleteRun{}).Name(), (store.RestoreRun{}).Name()}
	for _, l := range m.Receipt.Lines {
		if slices.Contains(moved, l.What) {
			delete(v.marking.ids, l.Of.Name) // it leaves the table
		}
	}
	return v.again()
}
