// Package runtable is the screen of runs: a tree table over one, several or all
// experiments. It compares nothing and draws no charts.
package runtable

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/forest"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/filterbar"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Reader is what the table reads of a store.
type Reader interface {
	store.RunReader
	store.RunScanner
	store.QueryExplainer
	store.KeyReader
	store.ExperimentReader
	store.MetricReader
	store.InputReader
}

// unfoldedBelow is the number of runs up to which a tree opens unfolded.
const unfoldedBelow = 500

// View is the screen.
type View struct {
	reader Reader
	scope  view.ShowRuns
	theme  *themes.Theme

	loads struct {
		first, heads, cells, sort, match, late, names, change view.Loader
		group, sketches, rolls, terse, beats                  view.Loader
	}

	runs *forest.Forest
	rows []forest.Row
	scan struct {
		stage   store.Lifecycle
		whole   bool // all heads are there
		total   int
		outside int  // ancestors that the scope does not cover
		chosen  bool // the first columns were found
		top     bool // the order that is being read is shown from its first row
	}
	names   map[string]string // of the experiments, by id
	cells   map[string]store.Cells
	columns []column
	table   widget.Table
	fresh   map[string]bool // changed a moment ago

	set     setup
	filter  filtering
	find    finding
	marking struct {
		ids    map[string]bool
		anchor string // where a range of marks begins
	}
	folds struct {
		runs map[string]bool // as the user left them
		all  foldAll
		flat bool // no tree at all
	}
	room struct {
		height int
		lost   spot   // where the cursor was before all rows went
		back   string // the run that the user comes back to, until it is there
	}

	err error
	now int64
}

// foldAll is what was asked of all folds at once.
type foldAll int

const (
	foldUsual foldAll = iota
	foldEvery
	foldNone
)

// New returns the run table over a scope.
func New(r Reader, scope view.ShowRuns, theme *themes.Theme) *View {
	v := &View{reader: r, scope: scope, theme: theme, runs: forest.New(nil), cells: map[string]store.Cells{}}
	v.marking.ids, v.folds.runs, v.fresh = map[string]bool{}, map[string]bool{}, map[string]bool{}
	v.begin()
	v.filter.bar = filterbar.New(r, "metrics.`val/auc` > 0.9 and params.optimizer = 'adam'", theme)
	v.find.field = widget.NewField("letters of a name or id")
	v.table.Pick = true
	v.setColumns(v.usual())
	return v
}

// Title implements view.View.
func (v *View) Title() string {
	switch {
	case v.scope.Title != "":
		return sanitize.Line(v.scope.Title)
	case v.scope.Experiments == nil:
		return "all runs"
	}
	return "runs"
}

// Typing implements view.View.
func (v *View) Typing() bool { return v.filter.bar.Typing() || v.find.typing }

// Init implements view.View. Coming back to the table reads nothing again: it
// heard the changes.
func (v *View) Init() tea.Cmd {
	if v.scan.whole {
		return nil
	}
	return tea.Batch(v.loadFirst(), v.restored())
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.table.Width, v.room.height = m.Width-1, m.Height
		v.titles()
		return v.loadCells()
	case view.Clock:
		v.now = m.Now
	case view.Refresh:
		return v.again()
	case view.StoreChanged:
		return v.changed(m.Change)
	case view.Changed:
		return v.wrote(m)
	case view.Settled:
		return v.settled()
	case view.Wheel:
		v.table.Scroll(m.Rows)
		return v.loadCells()
	case view.Click:
		return v.click(m)
	case view.Drag:
		v.table.Pull(m.X)
		return v.loadCells()
	case tea.KeyPressMsg, tea.PasteMsg:
		return v.typed(m)
	}
	return v.loaded(msg)
}

// current returns the run under the cursor, nil if there is none.
func (v *View) current() *store.Head {
	if v.table.Cursor >= len(v.rows) {
		return nil
	}
	return v.runs.Head(v.rows[v.table.Cursor].At)
}

// resize gives the rows the room that the lines above them leave.
func (v *View) resize() { v.table.Resize(v.table.Width, v.room.height-v.above()) }

// spot is where the cursor is: on a run, at a height of the window.
type spot struct {
	id     string
	height int
}

// spot returns where the cursor is. It is asked for before the runs change,
// since the rows name places of the forest.
func (v *View) spot() spot {
	if h := v.current(); h != nil {
		return spot{h.ID, v.table.Cursor - v.table.Top}
	}
	return v.room.lost
}

// arrange sorts the forest and shows it anew with the cursor on its run.
func (v *View) arrange(at spot) {
	v.grouped()
	v.runs.Arrange(v.set.order().Compare(v.runs))
	v.show(at)
}

// show flattens the forest and puts the cursor on the run where it was, at the
// same height of the screen.
func (v *View) show(at spot) {
	at = v.returned(at)
	v.room.lost = at
	v.rows = v.runs.Rows(forest.View{Flat: v.folds.flat, Match: v.match(), Folded: v.isFolded}, v.rows)
	if v.scan.outside > 0 || !v.scan.whole {
		for i := range v.rows {
			v.rows[i].Context = v.rows[i].Context || !v.isGroup(v.rows[i].At) && !v.sees(v.runs.Head(v.rows[i].At))
		}
	}
	v.table.Count = len(v.rows)
	row := v.table.Cursor
	if i, ok := v.runs.Find(at.id); ok {
		if found := slices.IndexFunc(v.rows, func(r forest.Row) bool { return r.At == i }); found >= 0 {
			row = found
		}
	}
	// A window at the top stays there, so that new runs are seen to arrive.
	if v.table.Top > 0 {
		v.table.Top = max(row-at.height, 0)
	}
	v.table.To(row)
}

// seek goes to the first run that was meant, if the one under the cursor is only
// shown for what is under it.
func (v *View) seek() {
	if v.current() == nil || !v.rows[v.table.Cursor].Context {
		return
	}
	if i := slices.IndexFunc(v.rows, func(r forest.Row) bool { return !r.Context }); i >= 0 {
		v.table.To(i)
	}
}

// match returns what a run must meet to be shown, nil if nothing.
func (v *View) match() func(id string) bool {
	found, letters := v.filter.matched, v.find.letters()
	if found == nil && letters == "" && !v.set.faulty {
		return nil
	}
	return func(id string) bool {
		if found != nil && !found[id] || v.set.faulty && !v.isFaulty(id) {
			return false
		}
		if letters == "" {
			return true
		}
		i, ok := v.runs.Find(id)
		return ok && fits(letters, v.runs.Head(i))
	}
}

func (v *View) isFolded(h *store.Head, _ int) bool {
	if folded, ok := v.folds.runs[h.ID]; ok {
		return folded
	}
	switch {
	case v.folds.all == foldEvery:
		return true
	case v.folds.all == foldNone, v.filter.matched != nil, v.find.letters() != "", v.set.faulty:
		return false
	}
	return v.runs.Len() > unfoldedBelow || v.scan.total > unfoldedBelow
}

func (v *View) sees(h *store.Head) bool {
	return v.scan.stage.Sees(h.Stage) && (v.scope.Experiments == nil || slices.Contains(v.scope.Experiments, h.ExperimentID))
}

func (v *View) query() store.RunQuery {
	return store.RunQuery{Experiments: v.scope.Experiments, Stage: v.scan.stage}
}

func (v *View) click(m view.Click) tea.Cmd {
	v.resize()
	p := v.table.Press(m.X, m.Y-v.above(), -v.headingAt(), m.Double)
	if p.Head {
		v.table.Col = p.Col
		return v.sortColumn()
	}
	if p.Row < 0 {
		return nil
	}
	v.table.To(p.Row)
	if p.Col >= 0 {
		v.table.Col = p.Col
	}
	if m.Double {
		return v.open()
	}
	return nil
}

func (v *View) open() tea.Cmd {
	h := v.current()
	switch {
	case h == nil:
		return nil
	case v.isGroup(v.rows[v.table.Cursor].At):
		v.folds.runs[h.ID] = !v.rows[v.table.Cursor].Folded
		v.show(v.spot())
		return v.loadCells()
	}
	return view.Send(view.ShowRun{ID: h.ID})
}
