package runtable

import (
	"cmp"
	"context"

	tea "charm.land/bubbletea/v2"

	"benchside/forest"
	"benchside/store"
	"benchside/tui/view"
	"benchside/views"
)

// isGroup reports whether a place of the forest is a group's.
func (v *View) isGroup(at int32) bool {
	_, _, ok := v.runs.Group(at)
	return ok
}

// grouped has the forest be grouped as the table is, once what that takes was read.
func (v *View) grouped() {
	switch {
	case v.set.group == store.Field{}:
		if v.runs.Grouped() {
			v.runs.GroupBy(nil)
		}
	case !v.runs.Grouped() && (v.set.labels != nil || ofHead(v.set.group)):
		v.runs.GroupBy(v.labelOf)
	}
}

// ofHead reports whether a field is in the heads.
func ofHead(f store.Field) bool {
	return f.Kind == store.AttributeField && f != views.Dataset
}

// labelOf is what the group of a run is called; false for those without.
func (v *View) labelOf(at int32) (string, bool) {
	h := v.runs.Head(at)
	switch v.set.group {
	case forest.Experiment:
		return cmp.Or(v.names[h.ExperimentID], h.ExperimentID), true
	case forest.Status:
		return string(h.Status), true
	case forest.User:
		return h.UserID, h.UserID != ""
	}
	label, ok := v.set.labels[h.ID]
	return label, ok
}

// labelled are what the groups of runs are called, by run id.
type labelled struct {
	field  store.Field
	labels map[string]string
}

// loadGroup reads the field that the runs are grouped by.
func (v *View) loadGroup() tea.Cmd {
	field := v.set.group
	if (field == store.Field{}) || ofHead(field) {
		return nil
	}
	r, in := v.reader, v.scope.Experiments
	var ids []string
	if field == views.Dataset {
		ids = v.allIDs()
	}
	return view.Load(&v.loads.group, func(ctx context.Context) (labelled, error) {
		if field == views.Dataset {
			labels, err := views.Datasets(ctx, r, ids)
			return labelled{field, labels}, err
		}
		column, err := r.Column(ctx, in, field)
		return labelled{field, column.Texts}, err
	})
}

func (v *View) allIDs() (ids []string) {
	for i := range int32(v.runs.Places()) {
		if id := v.runs.Head(i).ID; id != "" && !v.isGroup(i) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (v *View) takeGroup(m labelled) tea.Cmd {
	if m.field != v.set.group {
		return nil
	}
	if v.set.labels = m.labels; v.set.labels == nil {
		v.set.labels = map[string]string{}
	}
	at := v.spot()
	v.runs.GroupBy(nil) // with the new labels
	v.arrange(at)
	cmds := []tea.Cmd{v.loadCells()}
	if len(m.labels) == 0 {
		cmds = append(cmds, view.Send(view.Say{Text: "group: no run here has " + clean(m.field.Key), Bad: true}))
	}
	return tea.Batch(cmds...)
}

// setGroup groups by a field, none for the zero value.
func (v *View) setGroup(f store.Field) tea.Cmd {
	v.set.group, v.set.labels, v.set.rolls = f, nil, map[string]*roll{}
	v.loads.group.Cancel()
	v.folds.flat = v.folds.flat && f == store.Field{}
	v.titles()
	if (f == store.Field{}) || ofHead(f) {
		at := v.spot()
		v.runs.GroupBy(nil)
		v.arrange(at)
		return v.loadCells()
	}
	return v.loadGroup()
}

// groupHere groups by the column under the cursor, ends it where that is so, and asks
// for a field where the column is none to group by.
func (v *View) groupHere() tea.Cmd {
	f := v.columns[v.table.Col].Field
	switch {
	case !views.Groups(f) && v.set.group != store.Field{}:
		return v.setGroup(store.Field{})
	case !views.Groups(f):
		return view.Send(view.Prompt{Text: ":group "})
	case f == v.set.group:
		return v.setGroup(store.Field{})
	}
	return v.setGroup(f)
}

// groupBy is the command that groups by a field: params.optimizer, dataset, none.
func (v *View) groupBy(words string) tea.Cmd {
	if words == "none" {
		return v.setGroup(store.Field{})
	}
	var g views.Group
	err := g.UnmarshalText([]byte(words))
	if err != nil {
		for _, c := range v.columns {
			if c.Field.Key == words && views.Groups(c.Field) {
				return v.setGroup(c.Field)
			}
		}
		return view.Send(view.Say{Text: "group: " + err.Error(), Bad: true})
	}
	return v.setGroup(g.Field)
}

// groupFields are the fields to group by that are at hand; others can be typed.
func (v *View) groupFields() []string {
	out := []string{"none", "dataset", "experiment", "status", "user"}
	for _, c := range v.columns {
		if c.Field.Kind != store.AttributeField && views.Groups(c.Field) {
			out = append(out, views.Spell(c.Field))
		}
	}
	return out
}

// noneLabel is what the group of the runs without a value is called.
const noneLabel = "(none)"

// groupName is the name of a group's row.
func (v *View) groupName(at int32) string {
	label, has, _ := v.runs.Group(at)
	switch {
	case !has:
		return noneLabel
	case label == "":
		return "(empty)"
	}
	return clean(label)
}
