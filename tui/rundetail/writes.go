package rundetail

import (
	tea "charm.land/bubbletea/v2"

	"benchside/tui/view"
)

// writeKeys are the keys that change the run.
func (v *View) writeKeys() []view.Key {
	return view.RunKeys("change", &v.loads.change, v.reader, func() []string { return []string{v.id} }, v.notRead)
}

func (v *View) notRead() string {
	if !v.known {
		return "the run was not read yet"
	}
	return ""
}

// wrote reads the run again after a change that was made here.
func (v *View) wrote(m view.Changed) tea.Cmd {
	if m.TouchesRuns() {
		return tea.Batch(v.loadRun(), v.loadLinks())
	}
	return nil
}
