// Package comparison is the screen that puts runs beside each other: a table of
// what they hold, and below it the curves or the groups of a metric. It computes
// no statistics itself.
package comparison

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/histories"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Reader is what the screen reads of a store.
type Reader interface {
	store.RunReader
	store.RunScanner
	store.MetricReader
	store.InputReader
	store.Describer
}

// View is the screen.
type View struct {
	reader     Reader
	theme      *themes.Theme
	ask        view.ShowComparison
	keep       view.Directions
	loads      struct{ runs, linked, tests view.Loader }
	shelf      *histories.Shelf
	directions map[string]compare.Direction

	read     held
	subjects []compare.Subject // the baseline first
	among    among
	slots    []int // of the subjects' inks
	slotOf   map[string]int
	names    []string // of the subjects, cut where they are long
	table    *compare.Table
	lines    []int // rows of the table that are shown; -1-section is a heading
	grid     widget.Table
	find     struct {
		field  widget.Field
		typing bool
		err    error
	}
	look  look
	below below
	err   error
}

// held is what was read.
type held struct {
	subjects []compare.Subject // in the order in which they were asked for
	linked   bool              // once with what belongs to them
}

// look is how the user wants the table.
type look struct {
	all      bool   // what all runs have alike, too
	turned   bool   // a row for each run
	baseline string // the id of the run; empty for none
	grouping string // as compare.GroupBy calls it
	metric   string // that the cursor was on last
	percent  bool   // changes as parts of the baseline's numbers
	panel    panel
	height   int
	width    int
}

// New returns the comparison of runs.
func New(r Reader, ask view.ShowComparison, keep view.Directions, theme *themes.Theme) *View {
	v := &View{reader: r, theme: theme, ask: ask, keep: keep, directions: map[string]compare.Direction{}}
	if keep != nil {
		v.directions = keep.All()
	}
	v.look.baseline, v.look.grouping = ask.Baseline, groupings[0]
	v.look.height, v.look.width = 24, 80
	v.find.field = widget.NewField("pattern of keys")
	v.grid.Pick = true
	v.below.canvas = &cell.Canvas{}
	v.shelf = histories.New(r, histories.Budget)
	v.build()
	return v
}

// Title implements view.View.
func (v *View) Title() string {
	if v.ask.Against != view.NoRelative {
		return "explain " + sanitize.Line(cmp.Or(v.ask.Title, v.ask.Runs[0]))
	}
	if v.ask.Title != "" {
		return "compare " + sanitize.Line(v.ask.Title)
	}
	return "compare " + widget.Several(len(v.ask.Runs), "run")
}

// Status implements view.View.
func (v *View) Status() string {
	if v.loads.runs.Busy() && len(v.subjects) == 0 {
		return "reading"
	}
	shown := 0
	for _, i := range v.lines {
		if i >= 0 {
			shown++
		}
	}
	said := fmt.Sprintf("only differences: %d of %d", shown, len(v.table.Rows))
	if v.look.all {
		said = fmt.Sprintf("%d of %d keys, %d differ", shown, len(v.table.Rows), len(v.table.Differences()))
	}
	if from, to, of := v.across(); from > 1 || to < of {
		said += fmt.Sprintf("   %d–%d of %d across", from, to, of)
	}
	if v.loads.linked.Busy() && !v.read.linked {
		said += "   reading inputs"
	}
	return said
}

// across says which of the columns behind the first one are in view.
func (v *View) across() (from, to, of int) {
	places := v.grid.Layout(v.grid.Width)
	of = len(v.grid.Columns) - 1
	if len(places) < 2 {
		return 1, of, of
	}
	last := places[len(places)-1].Col
	return last - (len(places) - 2), last, of
}

// Typing implements view.View.
func (v *View) Typing() bool { return v.find.typing }

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	r, ask := v.reader, v.ask
	return view.Load(&v.loads.runs, func(ctx context.Context) (read, error) { return readOf(ctx, r, ask) })
}

// Leave implements view.Leaver.
func (v *View) Leave() { v.shelf.Stop() }

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	cmd := v.update(msg)
	v.paint()
	return cmd
}

func (v *View) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.look.width, v.look.height = m.Width, m.Height
		v.resize()
		return v.loadBelow()
	case view.Loaded[read]:
		switch {
		case !m.Of(&v.loads.runs):
		case errors.Is(m.Err, errNoRelative) && len(v.read.subjects) == 0:
			return view.Send(view.Withdraw{View: v, Why: sanitize.Line(m.Err.Error())})
		case !v.failed(m.Err):
			return v.take(m.Value)
		}
	case view.Loaded[linked]:
		if m.Of(&v.loads.linked) && !v.failed(m.Err) {
			v.takeLinked(m.Value)
		}
	case view.Loaded[tests]:
		if m.Of(&v.loads.tests) && !v.failed(m.Err) {
			v.below.tests = m.Value
		}
	case view.StoreChanged:
		return v.changed(m.Change)
	case view.Refresh:
		v.shelf.Reset()
		return v.Init()
	case view.Click:
		return v.click(m)
	case view.Drag:
		v.grid.Pull(m.X)
	case view.Wheel:
		v.grid.Scroll(m.Rows)
		return v.loadBelow()
	case tea.KeyPressMsg, tea.PasteMsg:
		if v.find.field.Update(m) {
			v.arrange()
			return v.loadBelow()
		}
	default:
		if cmd, taken, err := v.shelf.Update(msg); taken {
			if err != nil {
				v.err = err
			}
			return cmd
		}
	}
	return nil
}

// failed shows an error, which stays until the runs are read again.
func (v *View) failed(err error) bool {
	if err != nil && !errors.Is(err, context.Canceled) {
		v.err = err
	}
	return err != nil
}

// take shows the runs that were read, in the order in which they were asked for,
// the baseline first. What belongs to them stays as it was until it is read.
func (v *View) take(m read) tea.Cmd {
	v.err = nil
	first, ranked := len(v.read.subjects) == 0, v.among.metrics
	v.among = m.among
	v.among.metrics = ranked
	if v.ask.Against != view.NoRelative {
		v.look.baseline = m.baseline
	}
	old := map[string]compare.Subject{}
	for _, s := range v.read.subjects {
		old[s.Run.ID] = s
	}
	ids := make([]string, len(m.runs))
	v.read.subjects = compare.Subjects(m.runs, nil, nil)
	for i := range v.read.subjects {
		s := &v.read.subjects[i]
		ids[i] = s.Run.ID
		s.Inputs, s.Environment = old[s.Run.ID].Inputs, old[s.Run.ID].Environment
	}
	v.slotOf = map[string]int{}
	for i, slot := range plots.SlotsAfter(v.ask.Slots, ids) {
		v.slotOf[ids[i]] = slot
	}
	v.order()
	v.build()
	if first && v.among.what != "" {
		v.grid.Side(2 - v.grid.Col) // to the run that is explained
	}
	return tea.Batch(v.loadLinked(m.runs), v.loadTests(), v.loadBelow())
}

func (v *View) loadLinked(runs []store.Run) tea.Cmd {
	r, ranked := v.reader, v.among.ids
	return view.Load(&v.loads.linked, func(ctx context.Context) (linked, error) { return linkedOf(ctx, r, runs, ranked) })
}

// takeLinked shows what belongs to the runs. Rows that come with it do not move
// the cursor on the screen.
func (v *View) takeLinked(m linked) {
	v.read.linked, v.among.metrics = true, m.metrics
	put := func(subjects []compare.Subject) (changed bool) {
		for i := range subjects {
			s := &subjects[i]
			inputs, environment := m.inputs[s.Run.ID], m.environments[s.Run.ID]
			changed = changed || len(inputs) > 0 || len(s.Inputs) > 0 || !maps.Equal(environment, s.Environment)
			s.Inputs, s.Environment = inputs, environment
		}
		return changed
	}
	put(v.read.subjects)
	v.subjects = slices.Clone(v.subjects) // a test may be reading the old ones
	if !put(v.subjects) {
		v.fit()
		return
	}
	down, right := v.grid.Cursor-v.grid.Top, v.grid.Col-v.grid.First
	v.build()
	v.grid.Top = min(max(v.grid.Cursor-down, 0), max(v.grid.Count-v.grid.Height, 0))
	v.grid.First = max(v.grid.Col-right, 0)
	v.grid.Side(0)
	v.fit()
}

// order puts the baseline first.
func (v *View) order() {
	v.subjects = slices.Clone(v.read.subjects)
	if at := slices.IndexFunc(v.read.subjects, func(s compare.Subject) bool { return s.Run.ID == v.look.baseline }); at > 0 {
		v.subjects = slices.Insert(slices.Delete(v.subjects, at, at+1), 0, v.read.subjects[at])
	}
	v.slots, v.names = v.slots[:0], nil
	for _, s := range v.subjects {
		v.slots = append(v.slots, v.slotOf[s.Run.ID])
		v.names = append(v.names, sanitize.Line(s.Name()))
	}
	v.names = plots.LookOf(v.theme).Names(v.names, mostName)
	v.below.tests = tests{} // they are by place
	v.shelve()
}

// build compares the subjects anew.
func (v *View) build() {
	at := v.key()
	base := slices.IndexFunc(v.subjects, func(s compare.Subject) bool { return s.Run.ID == v.look.baseline })
	v.table = compare.New(v.subjects, compare.Options{Baseline: base, Directions: v.directions})
	v.arrangeAt(at)
}

// arrange chooses the rows that are shown, and keeps the cursor on its key.
func (v *View) arrange() { v.arrangeAt(v.key()) }

// arrangeAt chooses the rows that are shown, and puts the cursor on a key.
func (v *View) arrangeAt(at string) {
	pattern, err := regexp.Compile(v.find.field.Text())
	if v.find.err = err; err != nil {
		return
	}
	v.lines = v.lines[:0]
	last := compare.Section(-1)
	for i, r := range v.table.Rows {
		if !v.look.all && !r.Varies || !pattern.MatchString(r.Name()) {
			continue
		}
		if r.Section != last && !v.look.turned {
			v.lines = append(v.lines, -1-int(r.Section))
		}
		last = r.Section
		v.lines = append(v.lines, i)
	}
	v.columns()
	v.resize()
	v.seek(at)
}

// seek puts the cursor on a key, else on the first of the metrics that most runs
// have, else on the first key.
func (v *View) seek(name string) {
	at := slices.IndexFunc(v.lines, func(i int) bool { return i >= 0 && v.table.Rows[i].Name() == name })
	if at < 0 && name == "" {
		most := 0
		for row, i := range v.lines {
			if i < 0 || v.table.Rows[i].Section != compare.Metrics {
				continue
			}
			held := 0
			for _, c := range v.table.Rows[i].Cells {
				if !c.Missing {
					held++
				}
			}
			if held > most {
				at, most = row, held
			}
		}
	}
	switch {
	case at < 0:
	case v.look.turned:
		v.grid.Side(at + 1 - v.grid.Col)
	default:
		v.grid.To(at)
	}
}

// row is the row under the cursor, nil for none.
func (v *View) row() *compare.Row {
	at := v.grid.Cursor
	if v.look.turned {
		at = v.grid.Col - 1
	}
	if at < 0 || at >= len(v.lines) || v.lines[at] < 0 || v.lines[at] >= len(v.table.Rows) {
		return nil
	}
	return &v.table.Rows[v.lines[at]]
}

// metric is the metric that the panel is about: that under the cursor, else the one
// that was there last, else the first of those shown.
func (v *View) metric() *compare.Row {
	if r := v.row(); r != nil && r.Section == compare.Metrics {
		return r
	}
	var first *compare.Row
	for _, i := range v.lines {
		if i < 0 || v.table.Rows[i].Section != compare.Metrics {
			continue
		}
		r := &v.table.Rows[i]
		if r.Key == v.look.metric {
			return r
		}
		if first == nil {
			first = r
		}
	}
	return first
}

func (v *View) key() string {
	if r := v.row(); v.table != nil && r != nil {
		return r.Name()
	}
	return ""
}

// subject is the place of the run under the cursor, -1 for none.
func (v *View) subject() int {
	at := v.grid.Col - 1
	if v.look.turned {
		at = v.grid.Cursor
	}
	if v.among.what != "" && !v.look.turned {
		at = min(at, len(v.subjects)-1) // the rank is of the last one
	}
	if at < 0 || at >= len(v.subjects) {
		return -1
	}
	return at
}

// changed takes what others log about the runs: a point of a metric at once, the
// rest by reading again.
func (v *View) changed(c store.Change) tea.Cmd {
	if c.Problem != nil {
		v.err = c.Problem
		return nil
	}
	v.err = nil
	if c.Reload {
		v.shelf.Reset()
		return v.Init()
	}
	points, again := false, false
	v.subjects = slices.Clone(v.subjects) // a test may be reading the old ones
	for i := range c.Events {
		e := &c.Events[i]
		at := slices.IndexFunc(v.subjects, func(s compare.Subject) bool { return s.Run.ID == e.Head.ID })
		switch {
		case at < 0:
		case e.Kind != store.PointLogged:
			again = true
		default:
			run := &v.subjects[at].Run
			if old, ok := run.Metrics[e.Key]; !ok || e.Point.Step.Compare(old.Step) >= 0 {
				run.Metrics = maps.Clone(run.Metrics)
				run.Metrics[e.Key] = e.Point
				points = true
				if at := slices.IndexFunc(v.read.subjects, func(s compare.Subject) bool { return s.Run.ID == run.ID }); at >= 0 {
					v.read.subjects[at].Run.Metrics = run.Metrics
				}
			}
			v.shelf.Add(e.Head.ID, e.Key, e.Point)
		}
	}
	if points {
		v.build()
	}
	switch {
	case again:
		return v.Init()
	case points:
		return v.loadTests()
	}
	return nil
}

func (v *View) click(m view.Click) tea.Cmd {
	p := v.grid.Press(m.X, m.Y-v.above()-1, 1, m.Double)
	if p.Edge {
		return nil
	}
	if p.Row >= 0 {
		v.grid.To(p.Row)
	}
	if p.Col >= 0 {
		v.grid.Side(p.Col - v.grid.Col)
	}
	if m.Double && p.Row >= 0 && v.noRun() == "" {
		return v.open()
	}
	return v.loadBelow()
}
