package comparison

import (
	"cmp"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/figures"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	if v.find.typing {
		return v.findKeys()
	}
	const group = "comparison"
	then := func(do func()) func() tea.Cmd {
		return func() tea.Cmd { do(); return v.loadBelow() }
	}
	keys := []view.Key{
		{Press: []string{"enter"}, Name: "open", Does: "open the run", Short: "open", Group: group, Foot: true, Off: v.noRun, Run: v.open},
		{Press: []string{"b"}, Name: "baseline", Does: "compare with the run under the cursor, or with none", Short: "baseline", Group: group, Foot: true, Off: v.noRun, Run: v.setBaseline},
		{Press: []string{"d"}, Name: "differences", Does: "only differences, or all keys", Short: "differences", Group: group, Foot: true, Run: then(func() { v.look.all = !v.look.all; v.arrange() })},
		{Press: []string{"%"}, Name: "percent", Does: "changes as numbers, or in percent of the baseline's", Group: group, Run: then(func() { v.look.percent = !v.look.percent; v.arrange() })},
		{Press: []string{"D"}, Name: "direction", Does: "higher is better, lower is better, or not said", Short: "direction", Group: group, Foot: true, Off: v.noMetric, Run: v.turnDirection},
		{Press: []string{"e"}, Name: "explain", Does: "only the run under the cursor beside the baseline", Short: "explain", Group: group, Foot: true, Off: v.noPair, Run: v.explain},
		{Press: []string{"v"}, Name: "panel", Does: "below: curves, groups, params, or nothing", Short: "below", Group: group, Foot: true, Run: then(func() { v.look.panel = (v.look.panel + 1) % panels; v.resize() })},
		{Press: []string{"g"}, Name: "grouping", Does: "groups: replicates (params but seeds alike), or children of a parent", Group: group, Run: func() tea.Cmd {
			return v.groupBy(groupings[(slices.Index(groupings[:], v.look.grouping)+1)%len(groupings)])
		}, With: v.groupBy, Takes: "replicates, parent, params.KEY or tags.KEY"},
		{Press: []string{"ctrl+g"}, Name: "group-here", Does: "groups by the param or tag under the cursor", Group: group, Off: v.noText, Run: func() tea.Cmd { return v.groupBy(v.row().Name()) }},
		{Press: []string{"t"}, Name: "turn", Does: "a column for each run, or a row", Short: "turn", Group: group, Foot: true, Run: then(v.turn)},
		{Press: []string{"/"}, Name: "keys", Does: "choose keys by a pattern", Short: "keys", Group: group, Foot: true, Run: then(func() { v.find.typing = true; v.resize() })},
		{Press: []string{"3"}, Name: "charts", Does: "charts of these runs", Short: "charts", Group: group, Foot: true, Run: v.charts},
		{Press: []string{"4"}, Name: "artifacts", Does: "artifacts of these runs side by side", Group: group, Off: v.noRuns, Run: func() tea.Cmd { return view.Artifacts(v.ids(), v.ask.Title) }},
		{Press: []string{"p"}, Name: "plot", Does: "these runs as scatter, bars, boxes, parallel coordinates, importance …", Short: "plot", Group: group, Foot: true, Off: v.noRuns, Run: v.plot},
		view.KeepKey(group, v.ids),
		{Press: []string{"_"}, Name: "drop", Does: "leave out the run under the cursor", Group: group, Off: v.noRun, Run: v.drop},
		{Press: []string{"y"}, Name: "copy", Does: "copy the value", Group: group, Off: v.noRun, Run: v.copyValue},
	}
	if v.find.field.Text() != "" {
		keys = append(keys, view.Key{Press: []string{"esc"}, Name: "all-keys", Does: "show all keys again", Group: group, Run: then(func() { v.find.field.Set(""); v.arrange() })})
	}
	return append(keys, v.moves(then)...)
}

func (v *View) moves(then func(func()) func() tea.Cmd) []view.Key {
	const group = "move"
	page := func() int { return max(v.grid.Height-1, 1) }
	down := func(n func() int) func() tea.Cmd {
		return then(func() { v.grid.Move(n()); v.fit() })
	}
	return []view.Key{
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: down(func() int { return 1 })},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: down(func() int { return -1 })},
		{Press: []string{"l", "right"}, Does: "right", Group: group, Run: then(func() { v.grid.Side(1); v.fit() })},
		{Press: []string{"h", "left"}, Does: "left", Group: group, Run: then(func() { v.grid.Side(-1); v.fit() })},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: down(page)},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: down(func() int { return -page() })},
		{Press: []string{"home"}, Does: "first", Group: group, Run: down(func() int { return -v.grid.Count })},
		{Press: []string{"G", "end"}, Does: "last", Group: group, Run: down(func() int { return v.grid.Count })},
	}
}

func (v *View) findKeys() []view.Key {
	const group = "keys"
	end := func(keep bool) func() tea.Cmd {
		return func() tea.Cmd {
			v.find.typing = false
			if !keep {
				v.find.field.Set("")
			}
			v.arrange()
			return v.loadBelow()
		}
	}
	return []view.Key{
		{Press: []string{"enter"}, Does: "keep", Group: group, Foot: true, Run: end(true)},
		{Press: []string{"esc"}, Does: "clear", Group: group, Foot: true, Run: end(false)},
	}
}

func (v *View) noRun() string {
	if v.subject() < 0 {
		return "the cursor is on no run"
	}
	return ""
}

func (v *View) noMetric() string {
	if r := v.row(); r == nil || r.Section != compare.Metrics {
		return "the cursor is on no metric"
	}
	return ""
}

func (v *View) noPair() string {
	switch {
	case v.subject() < 0:
		return "the cursor is on no run"
	case v.table.Baseline < 0:
		return "there is no baseline; b sets it"
	case v.subject() == v.table.Baseline:
		return "this is the baseline"
	case len(v.subjects) == 2:
		return "only these two are compared: this is the explanation"
	}
	return ""
}

func (v *View) noText() string {
	if r := v.row(); r == nil || r.Section != compare.Params && r.Section != compare.Tags {
		return "the cursor is on no param and no tag"
	}
	return ""
}

// groupBy groups the runs anew, and shows the groups.
func (v *View) groupBy(by string) tea.Cmd {
	if _, err := compare.GroupBy(nil, by); err != nil {
		return view.Send(view.Say{Text: err.Error(), Bad: true})
	}
	v.look.grouping = by
	return v.loadTests()
}

func (v *View) open() tea.Cmd {
	return view.Send(view.ShowRun{ID: v.subjects[v.subject()].Run.ID})
}

func (v *View) setBaseline() tea.Cmd {
	id := v.subjects[v.subject()].Run.ID
	if v.look.baseline == id {
		id = ""
	}
	v.look.baseline = id
	v.order()
	v.build()
	if !v.look.turned {
		v.grid.Side(1 - v.grid.Col)
	} else {
		v.grid.To(0)
	}
	return tea.Batch(v.loadTests(), v.loadBelow())
}

// turnDirection says what is better of the metric, and keeps it.
func (v *View) turnDirection() tea.Cmd {
	key := v.row().Key
	d := (v.directions[key] + 1) % (compare.Lower + 1)
	v.directions[key] = d
	v.build()
	v.paint()
	if v.keep == nil {
		return nil
	}
	keep := v.keep
	return func() tea.Msg {
		if err := keep.Keep(key, d); err != nil {
			return view.Say{Text: "the direction holds for this session only: " + err.Error(), Bad: true}
		}
		return nil
	}
}

func (v *View) explain() tea.Cmd {
	base, s := v.subjects[v.table.Baseline].Run.ID, v.subjects[v.subject()]
	return view.Send(view.ShowComparison{Runs: []string{base, s.Run.ID}, Title: s.Name() + " with its baseline", Among: v.ids(), Carry: view.Carry{Slots: v.slotOf, Baseline: base}})
}

// turn swaps rows and columns, the cursor staying where it is.
func (v *View) turn() {
	key, at := v.key(), v.subject()
	v.look.turned = !v.look.turned
	v.grid.Cursor, v.grid.Top, v.grid.Col, v.grid.First = 0, 0, 0, 0
	v.arrange()
	v.seek(key)
	if v.look.turned {
		v.grid.To(at)
	} else {
		v.grid.Side(at + 1 - v.grid.Col)
	}
}

func (v *View) ids() []string {
	ids := make([]string, len(v.subjects))
	for i, s := range v.subjects {
		ids[i] = s.Run.ID
	}
	return ids
}

func (v *View) charts() tea.Cmd {
	return view.Send(view.ShowCharts{Runs: v.ids(), Title: cmp.Or(v.ask.Title, widget.Several(len(v.subjects), "run")), Carry: v.carry()})
}

// carry is what the runs keep on other screens.
func (v *View) carry() view.Carry { return view.Carry{Slots: v.slotOf, Baseline: v.look.baseline} }

func (v *View) noRuns() string {
	if len(v.subjects) == 0 {
		return "there is no run"
	}
	return ""
}

// plot draws the runs over the metric or param under the cursor.
func (v *View) plot() tea.Cmd {
	ask := view.ShowFigure{Runs: v.ids(), Title: v.ask.Title, Carry: v.carry()}
	if r := v.row(); r != nil && (r.Section == compare.Metrics || r.Section == compare.Params) {
		ask.Field = figures.Field{Key: r.Key, Param: r.Section == compare.Params}.String()
	}
	return view.Send(ask)
}

// drop leaves a run out of the comparison.
func (v *View) drop() tea.Cmd {
	id := v.subjects[v.subject()].Run.ID
	v.ask.Runs = slices.DeleteFunc(slices.Clone(v.ask.Runs), func(s string) bool { return s == id })
	v.read.subjects = slices.DeleteFunc(slices.Clone(v.read.subjects), func(s compare.Subject) bool { return s.Run.ID == id })
	v.order()
	v.build()
	return tea.Batch(v.loadTests(), v.loadBelow())
}

func (v *View) copyValue() tea.Cmd {
	r := v.row()
	if r == nil {
		return nil
	}
	return view.Send(view.Copy{Text: r.Cells[v.subject()].Text, What: r.Name()})
}
