package experiments

import (
	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/view"
)

// writeKeys are the keys that make and change experiments.
func (v *View) writeKeys() []view.Key {
	const group = "change"
	key := func(press, name, does string, off func() string, ask func(e store.Experiment) view.Change) view.Key {
		return view.Key{
			Press: []string{press}, Name: name, Does: does, Group: group, Writes: true, Off: off,
			Run: func() tea.Cmd { return view.Send(ask(*v.current())) },
		}
	}
	return []view.Key{
		{Press: []string{"n"}, Name: "new", Does: "new experiment", Group: group, Writes: true, Run: func() tea.Cmd { return view.Send(view.NewExperiment(v.folder())) }},
		key("R", "rename", "rename the experiment", v.notActive, view.RenameExperiment),
		key("#", "tag", "set a tag", v.notActive, view.TagExperiment),
		key("~", "untag", "take a tag away", v.noTag, view.UntagExperiment),
		key("N", "note", "write the note", v.notActive, view.NoteExperiment),
		key("ctrl+x", "delete", "delete it with its runs", v.notActive, func(e store.Experiment) view.Change {
			return view.DeleteExperiment(e, v.activity[e.ID].Runs)
		}),
		key("X", "restore", "restore it with its runs", v.notDeleted, view.RestoreExperiment),
	}
}

// current is the experiment under the cursor, nil if there is none.
func (v *View) current() *store.Experiment {
	if v.table.Cursor >= len(v.rows) || v.rows[v.table.Cursor].experiment < 0 {
		return nil
	}
	return &v.all[v.rows[v.table.Cursor].experiment]
}

// folder is the folder of the row under the cursor, with its slash.
func (v *View) folder() string {
	if v.table.Cursor < len(v.rows) && v.rows[v.table.Cursor].folder {
		return v.rows[v.table.Cursor].path + "/"
	}
	return ""
}

func (v *View) notActive() string {
	switch e := v.current(); {
	case e == nil:
		return "there is no experiment here"
	case e.Stage == store.Deleted:
		return "it is deleted: restore it first (X)"
	case v.activity == nil:
		return "its runs were not counted yet"
	}
	return ""
}

func (v *View) noTag() string {
	if why := v.notActive(); why != "" {
		return why
	}
	if len(v.current().Tags) == 0 {
		return "it has no tag"
	}
	return ""
}

func (v *View) notDeleted() string {
	switch e := v.current(); {
	case e == nil:
		return "there is no experiment here"
	case e.Stage != store.Deleted:
		return "it is not deleted; D shows those that are"
	}
	return ""
}
