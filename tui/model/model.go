// Package model is the screen of one registered model: its stages and aliases, its
// versions with what their source runs logged, and what a version was made of. It
// changes nothing and shows no file.
package model

import (
	"context"
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/artifacts/mlmodel"
	"benchside/compare"
	"benchside/lineage"
	"benchside/plots/cell"
	"benchside/promotion"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/columns"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Reader is what the screen reads of a store.
type Reader interface {
	store.RegistryReader
	store.RunReader
	store.RunScanner
	store.InputReader
	store.KeyReader
	Models(ctx context.Context, q store.ModelQuery) ([]store.RegisteredModel, error)
}

// View is the screen.
type View struct {
	reader     Reader
	asked      view.ShowModel // the version to begin with is 0 once it was
	directions map[string]compare.Direction
	places     func(store.Run) artifacts.Places
	theme      *themes.Theme
	loads      struct{ model, cells, line view.Loader }

	model    store.RegisteredModel
	versions []store.ModelVersion // the highest first
	known    bool
	stale    bool // the store changed while the model was read
	pace     view.Pace
	runs     runs
	fields   []store.Field // of the source runs, as columns
	chosen   bool          // the user chose the fields
	marks    map[int64]bool
	table    widget.Table
	side     side
	size     struct{ width, height int }
	err      error
	now      int64
}

// runs are what is known of the source runs, by id.
type runs struct {
	heads  map[string]store.Head
	cells  map[string]store.Cells
	asked  bool // the fields were chosen from what the runs have
	fields []store.Field
	drifts promotion.Drifts
	// decimals are those that tell the versions apart, by metric.
	decimals map[string]int
}

// side is the panel below the versions.
type side struct {
	part   part
	focus  bool // keys move in it
	line   lineage.Line
	of     int64 // the version that line is of, 0 for none
	signed *mlmodel.Model
	// champion is what the version in Production takes and gives; nil if nobody holds
	// it, or its files cannot be read.
	champion *mlmodel.Model
	unread   string
	gone     error // why line could not be read
	rows     []row
	table    widget.Table
	canvas   *cell.Canvas
	review   review
}

// New returns the screen of a model. Directions say which values of metrics are
// better; nil knows none.
func New(r Reader, m view.ShowModel, d view.Directions, places func(store.Run) artifacts.Places, theme *themes.Theme) *View {
	v := &View{reader: r, asked: m, places: places, theme: theme, marks: map[int64]bool{}}
	v.side.canvas = new(cell.Canvas)
	if d != nil {
		v.directions = d.All()
	}
	if v.places == nil {
		v.places = func(store.Run) artifacts.Places { return artifacts.Places{} }
	}
	v.columns()
	return v
}

// Title implements view.View.
func (v *View) Title() string { return sanitize.Line(v.asked.Name) }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	switch {
	case !v.known && v.err == nil:
		return "reading"
	case v.side.focus && v.side.table.Cursor < len(v.side.rows) && v.side.rows[v.side.table.Cursor].full != "":
		return sanitize.Line(v.side.rows[v.side.table.Cursor].full)
	}
	if n := len(v.marks); n > 0 {
		return fmt.Sprintf("%d marked of %s", n, widget.Several(len(v.versions), "version"))
	}
	return widget.Several(len(v.versions), "version")
}

type modelRead struct {
	model    store.RegisteredModel
	versions []store.ModelVersion
	runs     *runs // of few versions, read with them
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	const few = 100 // versions whose runs are read in some milliseconds
	r, name, fields, asked := v.reader, v.asked.Name, v.fields, v.chosen || v.runs.asked
	v.stale = false
	return view.Load(&v.loads.model, func(ctx context.Context) (out modelRead, err error) {
		if out.model, err = r.Model(ctx, name); err != nil {
			return out, err
		}
		if out.versions, err = r.ModelVersions(ctx, name); err != nil || len(out.versions) > few {
			return out, err
		}
		if read, err := readRuns(ctx, r, name, out.versions, fields, asked); err == nil {
			out.runs = &read // else it is read again beside the versions, which are shown
		}
		return out, nil
	})
}

// mostRuns bounds the source runs that are read, the newest first.
const mostRuns = 2000

// runIDs are the source runs of the versions, each once, the newest first.
func runIDs(versions []store.ModelVersion) []string {
	var ids []string
	seen := map[string]bool{}
	for _, m := range versions {
		if m.RunID != "" && !seen[m.RunID] && len(ids) < mostRuns {
			seen[m.RunID] = true
			ids = append(ids, m.RunID)
		}
	}
	return ids
}

func (v *View) loadCells() tea.Cmd {
	r, name, versions, fields, asked := v.reader, v.asked.Name, v.versions, v.fields, v.chosen || v.runs.asked
	return view.Load(&v.loads.cells, func(ctx context.Context) (runs, error) { return readRuns(ctx, r, name, versions, fields, asked) })
}

// readRuns reads of the source runs what the table shows. Where the user chose no
// columns, the runs say which metric is there.
func readRuns(ctx context.Context, r Reader, model string, versions []store.ModelVersion, fields []store.Field, asked bool) (runs, error) {
	ids := runIDs(versions)
	out := runs{heads: map[string]store.Head{}, asked: true, fields: fields}
	heads, err := r.HeadsOf(ctx, ids)
	if err != nil {
		return out, err
	}
	for _, h := range heads {
		out.heads[h.ID] = h
	}
	if !asked {
		const some = 20 // runs that tell what the others log
		newest, err := r.RunsOf(ctx, ids[:min(len(ids), some)])
		if err != nil {
			return out, err
		}
		out.fields = usual(newest)
	}
	if out.cells, err = r.Cells(ctx, ids, out.fields); err != nil {
		return out, err
	}
	out.drifts, err = promotion.DriftsOf(ctx, r, model, versions)
	return out, err
}

// usual is the metric that most of the runs have.
func usual(runs []store.Run) []store.Field {
	counts := map[string]int{}
	best := ""
	for i := range runs {
		for _, key := range runs[i].MetricKeys() {
			if isSystem(key) {
				continue
			}
			counts[key]++
			if n := counts[key]; best == "" || n > counts[best] || n == counts[best] && key < best {
				best = key
			}
		}
	}
	if best == "" {
		return nil
	}
	return []store.Field{{Kind: store.MetricField, Key: best}}
}

type lineRead struct {
	version          int64
	line             lineage.Line
	signed, champion *mlmodel.Model
	unread           string
}

// loadLine follows the version under the cursor, if a part shows what it was made of.
func (v *View) loadLine() tea.Cmd {
	m := v.version()
	if m == nil || v.side.of == m.Version || v.side.part == trend || v.side.part == described || v.side.part == tagged || v.side.part == reviewed {
		return nil
	}
	r, of, places, prod := v.reader, *m, v.places, v.production()
	return view.Load(&v.loads.line, func(ctx context.Context) (lineRead, error) {
		out := lineRead{version: of.Version}
		var err error
		if out.line, out.signed, err = followed(ctx, r, of, places); err != nil && out.line.Version.Version == 0 {
			return out, err
		} else if err != nil {
			out.unread = err.Error()
		}
		if prod != nil && prod.Version != of.Version {
			_, out.champion, _ = followed(ctx, r, *prod, places) // why it is not there, its own page says
		}
		return out, ctx.Err()
	})
}

// followed reads what a version was made of, and its MLmodel. Where only that cannot
// be read, the line is there beside the error.
func followed(ctx context.Context, r Reader, of store.ModelVersion, places func(store.Run) artifacts.Places) (lineage.Line, *mlmodel.Model, error) {
	l, err := lineage.Of(ctx, r, of)
	if err != nil {
		return lineage.Line{}, nil, err
	}
	m, err := l.MLmodel(ctx, r, places)
	if err != nil {
		return l, nil, err
	}
	return l, &m, nil
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.size.width, v.size.height = m.Width, m.Height
		v.arrange()
	case view.Clock:
		v.now = m.Now
	case view.Refresh, view.Changed:
		v.side.of = 0
		return v.Init()
	case view.StoreChanged:
		return v.heard(m.Change)
	case view.Look:
		if m.At == v {
			return v.pace.Now(v.again)
		}
	case view.Wheel:
		if top, below := v.split(); below > 0 && m.Y >= top {
			v.side.table.Scroll(m.Rows)
			return nil
		}
		v.table.Scroll(m.Rows)
		return v.moved()
	case view.Click:
		return v.click(m)
	case view.Drag:
		v.table.Pull(m.X)
	case columns.Chosen:
		if m.Owner == view.View(v) {
			v.chosen, v.fields = true, m.Fields[min(1, len(m.Fields)):]
			v.columns()
			return v.loadCells()
		}
	}
	return v.loaded(msg)
}

func (v *View) loaded(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Loaded[modelRead]:
		if m.Of(&v.loads.model) && !v.failed(m.Err) {
			return v.take(m.Value)
		}
	case view.Loaded[runs]:
		if m.Of(&v.loads.cells) && !v.failed(m.Err) {
			v.takeRuns(m.Value)
		}
	case view.Loaded[reviewRead]:
		return v.takeReview(m)
	case view.Loaded[lineRead]:
		if m.Of(&v.loads.line) {
			v.side.gone = m.Err
			if errors.Is(m.Err, context.Canceled) {
				return nil
			}
			l := m.Value
			v.side.of, v.side.line, v.side.signed, v.side.champion, v.side.unread = l.version, l.line, l.signed, l.champion, l.unread
			v.fillSide()
		}
	}
	return nil
}

func (v *View) failed(err error) bool {
	if err != nil && !errors.Is(err, context.Canceled) {
		v.err = err
	}
	if err == nil {
		v.err = nil
	}
	v.arrange()
	return err != nil
}

// heard reads again whatever was committed: at once, but not with every point that a
// training logs.
func (v *View) heard(c store.Change) tea.Cmd {
	if c.Problem != nil {
		v.err = c.Problem
		v.arrange()
		return nil
	}
	return v.pace.Hear(v, c, v.again)
}

// again reads what is shown once more, after what is being read.
func (v *View) again() tea.Cmd {
	if v.loads.model.Busy() {
		v.stale = true
		return nil
	}
	return v.Init()
}

// take keeps the cursor on its version.
func (v *View) take(m modelRead) tea.Cmd {
	at := v.asked.Version
	if old := v.version(); old != nil {
		at = old.Version
	}
	v.model, v.versions, v.known, v.asked.Version = m.model, m.versions, true, 0
	v.table.Count = len(v.versions)
	if i := slices.IndexFunc(v.versions, func(m store.ModelVersion) bool { return m.Version == at }); i >= 0 {
		v.table.To(i)
	}
	for n := range v.marks {
		if !slices.ContainsFunc(v.versions, func(m store.ModelVersion) bool { return m.Version == n }) {
			delete(v.marks, n)
		}
	}
	var cmds []tea.Cmd
	if m.runs != nil {
		v.loads.cells.Cancel()
		v.takeRuns(*m.runs)
	} else {
		v.columns()
		v.arrange()
		cmds = append(cmds, v.loadCells())
	}
	cmds = append(cmds, v.moved())
	if v.stale {
		cmds = append(cmds, v.Init())
	}
	return tea.Batch(cmds...)
}

func (v *View) takeRuns(r runs) {
	v.runs = r
	if !v.chosen {
		v.fields = r.fields
	}
	v.columns()
	v.arrange()
}

// version is the one under the cursor, nil if there is none.
func (v *View) version() *store.ModelVersion {
	if v.table.Cursor >= len(v.versions) {
		return nil
	}
	return &v.versions[v.table.Cursor]
}

// moved shows below what is under the cursor now.
func (v *View) moved() tea.Cmd {
	v.fillSide()
	return tea.Batch(v.loadLine(), v.loadReview())
}

func (v *View) click(m view.Click) tea.Cmd {
	top, below := v.split()
	switch {
	case below > 0 && m.Y == top:
		return v.clickPart(m.X)
	case below > 0 && m.Y > top:
		v.side.focus = true
		if row, _ := v.side.table.At(m.X, m.Y-top-v.sideHead()); row >= 0 && len(v.side.rows) > 0 {
			v.side.table.To(row)
			if m.Double {
				return v.follow()
			}
		}
		return nil
	}
	p := v.table.Press(m.X, m.Y-v.above(), 2, m.Double)
	if p.Row < 0 {
		return nil
	}
	v.side.focus = false
	v.table.To(p.Row)
	if m.Double {
		return v.open()
	}
	return v.moved()
}
