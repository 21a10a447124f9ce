package runtable

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/forest"
	"benchside/store"
	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	switch {
	case v.filter.bar.Typing():
		return v.kept(v.typingKeys())
	case v.find.typing:
		return v.findKeys()
	}
	const group = "runs"
	now := func(do func()) func() tea.Cmd {
		return func() tea.Cmd { do(); return v.loadCells() }
	}
	keys := []view.Key{
		{Press: []string{"enter"}, Name: "open", Does: "open the run", Short: "open", Group: group, Foot: true, Off: v.noRow, Run: v.open},
		{Press: []string{"space"}, Name: "mark", Does: "mark", Group: group, Foot: true, Off: v.noRow, Run: now(v.mark)},
		{Press: []string{"f"}, Name: "filter", Does: "filter", Group: group, Foot: true, Run: func() tea.Cmd { return tea.Batch(v.filter.bar.Open(), v.loadCells()) }, With: v.filterBy, Takes: "a filter"},
		{Press: []string{"/"}, Name: "find", Does: "find", Group: group, Foot: true, Run: now(func() { v.find.typing = true })},
		{Press: []string{"s"}, Name: "sort", Does: "sort by the column", Short: "sort", Group: group, Foot: true, Run: v.sortColumn, With: v.sortBy, Takes: "a column"},
		{Press: []string{"o"}, Name: "columns", Does: "columns", Group: group, Foot: true, Run: v.pickColumns},
		{Press: []string{"t"}, Name: "tree", Does: "tree or flat", Group: group, Foot: true, Run: now(v.flip)},
		{Press: []string{"c", "2"}, Name: "compare", Does: "compare the marked runs, or a parent's children", Short: "compare", Group: group, Foot: true, Off: v.noRow, Run: v.compare},
		{Press: []string{"3"}, Name: "charts", Does: "charts of the marked runs, of a parent's children, or of the run", Short: "charts", Group: group, Foot: true, Off: v.noRow, Run: v.charts},
		{Press: []string{"4"}, Name: "artifacts", Does: "artifacts of the run, or of the marked runs side by side", Short: "artifacts", Group: group, Off: v.noRun, Run: v.artifacts},
		{Press: []string{"e"}, Name: "explain", Does: "explain the run by the one before it", Group: group, Off: v.noRun, Run: func() tea.Cmd { return v.explain(view.Previous) }},
		{Press: []string{"E"}, Name: "explain-parent", Does: "explain the run by its parent", Group: group, Off: v.noParent, Run: func() tea.Cmd { return v.explain(view.Parent) }},
		{Press: []string{"v"}, Name: "range", Does: "mark from the last mark to here", Group: group, Off: v.noRun, Run: now(v.markRange)},
		{Press: []string{"a"}, Name: "mark-all", Does: "mark or unmark all shown", Group: group, Run: now(v.markAll)},
		{Press: []string{"D"}, Name: "deleted", Does: "show or hide deleted runs", Group: group, Run: v.toggleDeleted},
		{Press: []string{"}"}, Name: "unfold-all", Does: "unfold all", Group: group, Run: now(func() { v.foldEvery(foldNone) })},
		{Press: []string{"{"}, Name: "fold-all", Does: "fold all", Group: group, Run: now(func() { v.foldEvery(foldEvery) })},
		{Press: []string{"<"}, Name: "column-left", Does: "move column left", Group: group, Run: func() tea.Cmd { return v.shift(-1) }},
		{Press: []string{">"}, Name: "column-right", Does: "move column right", Group: group, Run: func() tea.Cmd { return v.shift(1) }},
		{Press: []string{"_"}, Name: "hide", Does: "hide column", Group: group, Run: v.hide},
		{Press: []string{"y"}, Name: "copy", Does: "copy the run's id", Group: group, Off: v.noRun, Run: v.copyID},
	}
	return slices.Concat(v.kept(slices.Concat(keys, v.workKeys(now), v.queryKeys())), v.writeKeys(), v.moves(now))
}

func (v *View) moves(now func(func()) func() tea.Cmd) []view.Key {
	const group = "move"
	page := func() int { return max(v.table.Height-1, 1) }
	return []view.Key{
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: now(func() { v.table.Move(1) })},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: now(func() { v.table.Move(-1) })},
		{Press: []string{"pgdown"}, Does: "page down", Group: group, Run: now(func() { v.table.Move(page()) })},
		{Press: []string{"pgup"}, Does: "page up", Group: group, Run: now(func() { v.table.Move(-page()) })},
		{Press: []string{"ctrl+d"}, Does: "half a page down", Group: group, Run: now(func() { v.table.Move(page() / 2) })},
		{Press: []string{"ctrl+u"}, Does: "half a page up", Group: group, Run: now(func() { v.table.Move(-page() / 2) })},
		{Press: []string{"g", "home"}, Does: "first run", Group: group, Run: now(func() { v.table.To(0) })},
		{Press: []string{"G", "end"}, Does: "last run", Group: group, Run: now(func() { v.table.To(len(v.rows)) })},
		{Press: []string{"l", "right"}, Does: "unfold, or next column", Group: group, Run: now(v.right)},
		{Press: []string{"h", "left"}, Does: "fold, or previous column", Group: group, Run: now(v.left)},
	}
}

func (v *View) noParent() string {
	switch r := v.current(); {
	case v.noRun() != "":
		return v.noRun()
	case r.ParentID == "":
		return "this run has no parent"
	}
	return ""
}

// explain puts the run beside a relative.
func (v *View) explain(by view.Relative) tea.Cmd {
	r := v.current()
	return view.Send(view.ShowComparison{Runs: []string{r.ID}, Against: by, Title: r.Name})
}

// flip shows the runs as a tree, or flat in the order of the sort.
func (v *View) flip() {
	v.folds.flat = !v.folds.flat
	v.titles()
	v.show(v.spot())
}

func (v *View) noRun() string {
	switch {
	case v.current() == nil:
		return "there is no run here"
	case v.isGroup(v.rows[v.table.Cursor].At):
		return "this is a group of runs"
	}
	return ""
}

// noRow is noRun for what does with a group, too.
func (v *View) noRow() string {
	if v.current() == nil {
		return "there is no run here"
	}
	return ""
}

// right unfolds on the name column, else goes to the next column.
func (v *View) right() {
	if h := v.current(); h != nil && v.table.Col == 0 && v.rows[v.table.Cursor].Folded {
		v.folds.runs[h.ID] = false
		v.show(v.spot())
		return
	}
	v.table.Side(1)
}

// left folds on the name column, or goes to the parent; else to the column
// before.
func (v *View) left() {
	if v.table.Col > 0 {
		v.table.Side(-1)
		return
	}
	h := v.current()
	if h == nil || v.folds.flat {
		return
	}
	row := v.rows[v.table.Cursor]
	if row.Children && !row.Folded {
		v.folds.runs[h.ID] = true
		v.show(v.spot())
		return
	}
	for at := v.table.Cursor - 1; at >= 0; at-- {
		if v.rows[at].Depth < row.Depth {
			v.table.To(at)
			return
		}
	}
}

func (v *View) foldEvery(to foldAll) {
	v.folds.all = to
	clear(v.folds.runs)
	v.show(v.spot())
}

func (v *View) mark() {
	if at := v.rows[v.table.Cursor].At; v.isGroup(at) {
		v.markGroup(at)
	} else {
		id := v.current().ID
		v.toggle(id, !v.marking.ids[id])
		v.marking.anchor = id
	}
	v.table.Move(1)
}

// markGroup marks the runs of a group, or unmarks them if all are.
func (v *View) markGroup(at int32) {
	r := v.roll(at) // what the filter leaves of it
	on := slices.ContainsFunc(r.ids, func(id string) bool { return !v.marking.ids[id] })
	for _, id := range r.ids {
		v.toggle(id, on)
	}
}

func (v *View) toggle(id string, on bool) {
	if on {
		v.marking.ids[id] = true
		return
	}
	delete(v.marking.ids, id)
}

// markRange marks from the run that was marked last to the one here.
func (v *View) markRange() {
	to := v.table.Cursor
	from := to
	for i := range v.rows {
		if v.runs.Head(v.rows[i].At).ID == v.marking.anchor {
			from = i
		}
	}
	for i := min(from, to); i <= max(from, to); i++ {
		if !v.rows[i].Context && !v.isGroup(v.rows[i].At) {
			v.marking.ids[v.runs.Head(v.rows[i].At).ID] = true
		}
	}
}

// charts asks for the charts of the chosen runs.
func (v *View) charts() tea.Cmd {
	ids, title := v.chosen()
	if most := 200; len(ids) > most {
		return view.Send(view.Say{Text: fmt.Sprintf("%d runs are too many for charts: mark at most %d", len(ids), most), Bad: true})
	}
	return view.Send(view.ShowCharts{Runs: ids, Title: title})
}

// artifacts asks for the files of the run under the cursor, or of those that are
// marked.
func (v *View) artifacts() tea.Cmd {
	h := v.current()
	if len(v.marking.ids) == 0 {
		return view.Send(view.ShowArtifacts{Runs: []string{h.ID}, Title: cmp.Or(h.Name, h.ID)})
	}
	ids, title := v.chosen()
	return view.Artifacts(ids, title)
}

// compare asks for the chosen runs beside each other.
func (v *View) compare() tea.Cmd {
	ids, title := v.chosen()
	switch most := 200; {
	case len(ids) > most:
		return view.Send(view.Say{Text: fmt.Sprintf("%d runs are too many to compare: mark at most %d", len(ids), most), Bad: true})
	case len(ids) < 2:
		return view.Send(view.Say{Text: "mark two runs or more with space, or go to a run with children", Bad: true})
	}
	return view.Send(view.ShowComparison{Runs: ids, Title: title})
}

// chosen are the marked runs; without marks the children of the run under the
// cursor, or that run.
func (v *View) chosen() (ids []string, title string) {
	h := v.current()
	ids, title = []string{h.ID}, cmp.Or(h.Name, h.ID)
	if len(v.marking.ids) > 0 {
		ids, title = slices.Collect(maps.Keys(v.marking.ids)), fmt.Sprintf("%d marked runs", len(v.marking.ids))
	} else if children := v.runs.Children(h.ID); len(children) > 0 {
		ids = children
	}
	return v.inRows(ids), title
}

// inRows puts runs in the order of the table; those that are folded away follow,
// the latest first.
func (v *View) inRows(ids []string) []string {
	place := map[string]int{}
	for i, row := range v.rows {
		place[v.runs.Head(row.At).ID] = i - len(v.rows)
	}
	start := func(id string) store.Time {
		if at, ok := v.runs.Find(id); ok {
			return v.runs.Head(at).Start
		}
		return store.Time{}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(place[a]-place[b], start(b).Compare(start(a)), cmp.Compare(a, b))
	})
	return ids
}

func (v *View) markAll() {
	on := false
	for _, row := range v.rows {
		on = on || !row.Context && !v.isGroup(row.At) && !v.marking.ids[v.runs.Head(row.At).ID]
	}
	for _, row := range v.rows {
		if !row.Context && !v.isGroup(row.At) {
			v.toggle(v.runs.Head(row.At).ID, on)
		}
	}
}

func (v *View) toggleDeleted() tea.Cmd {
	v.scan.stage = map[store.Lifecycle]store.Lifecycle{store.ActiveOnly: store.AnyStage, store.AnyStage: store.DeletedOnly, store.DeletedOnly: store.ActiveOnly}[v.scan.stage]
	v.room.lost = v.spot()
	v.scan.whole, v.runs, v.rows = false, forest.New(nil), nil
	v.table.Count = 0
	return tea.Batch(v.loadFirst(), v.rematch())
}

func (v *View) copyID() tea.Cmd {
	h := v.current()
	return view.Send(view.Copy{Text: h.ID, What: "the id of " + cmp.Or(clean(h.Name), clean(h.ID))})
}
