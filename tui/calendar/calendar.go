// Package calendar is the screen of a monitor's columns over time: how far each was
// from its limit, under the versions of the model and above a metric on the same time.
// It compares nothing and judges by what the results say.
package calendar

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"benchside/drift"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Sources is what the screen reads of a store.
type Sources interface {
	store.RunReader
	store.MetricReader
}

// Means are the parts of a store that the screen reads; those that are nil say
// nothing.
type Means struct {
	Monitors store.MonitorReader
	Sources  Sources
	Versions store.ModelSources
	Ledger   store.LedgerReader
}

// View is the screen.
type View struct {
	means Means
	name  string // of the monitor
	theme *themes.Theme
	load  view.Loader

	kept   kept
	grid   grid
	metric []float64
	chosen bool // the user chose the unit
	table  widget.Table
	slot   int // under the cursor
	left   int // the first slot in the window
	size   struct{ width, height int }
	known  bool
	err    error
}

// kept is what was read.
type kept struct {
	monitor store.Monitor
	results []store.BatchResult // the latest data first
	bands   []band
	metric  string
	values  []dated
}

// mostResults bounds the results of a calendar, the latest of them.
const mostResults = 5000

// New returns the screen of a monitor.
func New(means Means, name string, theme *themes.Theme) *View {
	return &View{means: means, name: name, theme: theme}
}

// Title implements view.View.
func (v *View) Title() string { return "drift of " + sanitize.Line(v.name) }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View: what is under the cursor.
func (v *View) Status() string {
	s, r := v.under()
	switch {
	case !v.known && v.err == nil:
		return "reading"
	case len(v.grid.slots) == 0:
		return ""
	case r == nil:
		return v.grid.unit.label(v.grid.slots[v.slot]) + "  no data"
	case s.mark == few:
		return v.grid.unit.label(v.grid.slots[v.slot]) + "  not judged"
	}
	return v.grid.unit.label(v.grid.slots[v.slot]) + "  " + times(s.ratio)
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	means, name := v.means, v.name
	if means.Monitors == nil {
		v.known = true
		return nil
	}
	return view.Load(&v.load, func(ctx context.Context) (kept, error) { return read(ctx, means, name) })
}

func read(ctx context.Context, means Means, name string) (k kept, err error) {
	all, err := means.Monitors.Monitors(ctx)
	if err != nil {
		return k, err
	}
	if k.monitor, err = store.MonitorNamed(all, name); err != nil {
		return k, err
	}
	k.results, err = means.Monitors.Results(ctx, store.ResultQuery{Monitor: k.monitor.ID, Limit: mostResults, WithScores: true})
	if err != nil {
		return k, err
	}
	var versions []store.ModelVersion
	if m := k.monitor.Model; m != "" && means.Versions != nil {
		versions, err = store.IfKept(means.Versions.ModelVersions(ctx, m))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return k, err
		}
		var lines []store.Line
		if means.Ledger != nil {
			of := store.Subject{Kind: store.ModelSubject, Name: m}
			if lines, err = store.IfKept(means.Ledger.Lines(ctx, store.LineQuery{Of: of})); err != nil {
				return k, err
			}
		}
		k.bands = bandsOf(versions, lines)
	}
	k.metric, k.values = ofResults(k.results, k.monitor.Metric)
	if len(k.values) == 0 && k.monitor.Metric != "" && means.Sources != nil {
		if k.values, err = ofRuns(ctx, means.Sources, k.monitor, versions); err != nil {
			return k, err
		}
	}
	if len(k.values) == 0 { // what the batches tell of the model is better than nothing
		k.metric, k.values = ofResults(k.results, "")
	}
	return k, nil
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.size.width, v.size.height = m.Width, m.Height
		v.arrange()
	case view.Refresh, view.Changed:
		return v.Init()
	case view.StoreChanged:
		if m.TouchesMonitors() && !v.load.Busy() {
			return v.Init()
		}
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Click:
		return v.click(m)
	case view.Loaded[kept]:
		if !m.Of(&v.load) || errors.Is(m.Err, context.Canceled) {
			return nil
		}
		v.known = true
		if v.err = m.Err; m.Err == nil {
			v.kept = m.Value
			v.slot = -1 // the latest
		}
		v.arrange()
	}
	return nil
}

func (v *View) click(m view.Click) tea.Cmd {
	row := v.table.Top + m.Y - v.above()
	slot := v.left + (m.X-1-v.names())/v.wide()
	if m.Y < v.above() || row >= v.table.Count || row >= v.table.Top+v.table.Height || m.X <= v.names() || slot >= len(v.grid.slots) {
		return nil
	}
	v.table.To(row)
	v.moveSlot(slot - v.slot)
	if m.Double {
		return v.open()
	}
	return nil
}

// arrange builds the grid for the room that there is.
func (v *View) arrange() {
	u := v.grid.unit
	if !v.chosen {
		u = suits(v.kept.results, v.size.width-maxNames-2)
	}
	v.regrid(u)
}

// regrid builds the grid anew and keeps the cursor at its time.
func (v *View) regrid(u unit) {
	at, held := v.slot, v.slot >= 0 && v.slot < len(v.grid.slots)
	old := v.grid
	v.grid = build(v.kept.results, u)
	v.metric = v.grid.over(v.kept.values)
	v.slot = len(v.grid.slots) - 1
	if held {
		if i, in := v.grid.slot(old.slots[at]); in {
			v.slot = i
		}
	}
	v.slot = max(v.slot, 0)
	v.table.Count = len(v.grid.rows)
	v.table.Resize(v.size.width-1, v.size.height-v.above()-v.below())
	v.moveSlot(0)
}

// moveSlot moves the cursor over time and keeps it in the window.
func (v *View) moveSlot(n int) {
	v.slot = min(max(v.slot+n, 0), max(len(v.grid.slots)-1, 0))
	shown := v.shown()
	v.left = min(max(v.left, v.slot-shown+1), v.slot)
	v.left = max(min(v.left, len(v.grid.slots)-shown), 0)
}

// under is the spot under the cursor and its result, nil if there is none.
func (v *View) under() (spot, *store.BatchResult) {
	if v.table.Cursor >= len(v.grid.rows) || v.slot >= len(v.grid.slots) {
		return spot{}, nil
	}
	s := v.grid.rows[v.table.Cursor].spots[v.slot]
	if s.result < 0 {
		return s, nil
	}
	return s, &v.kept.results[s.result]
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "calendar"
	side := func(n int) func() tea.Cmd { return func() tea.Cmd { v.moveSlot(n); return nil } }
	return append([]view.Key{
		{Press: []string{"enter"}, Name: "report", Does: "open the report of the batch", Short: "report", Group: group, Foot: true, Off: v.noReport, Run: v.open},
		{Press: []string{"h", "left"}, Does: "earlier", Group: group, Run: side(-1)},
		{Press: []string{"l", "right"}, Does: "later", Group: group, Run: side(1)},
		{Press: []string{"H", "ctrl+left"}, Does: "far earlier", Group: group, Run: side(-10)},
		{Press: []string{"L", "ctrl+right"}, Does: "far later", Group: group, Run: side(10)},
		{Press: []string{"+"}, Name: "finer", Does: "finer: a day instead of a week", Short: "finer", Group: group, Foot: true, Run: v.zoom(-1)},
		{Press: []string{"-"}, Name: "coarser", Does: "coarser: a month instead of a week", Short: "coarser", Group: group, Foot: true, Run: v.zoom(1)},
	}, view.Moves(group, v.table.Height, func(rows int) tea.Cmd { v.table.Move(rows); return nil })...)
}

func (v *View) zoom(n int) func() tea.Cmd {
	return func() tea.Cmd {
		v.chosen = true
		v.regrid(min(max(v.grid.unit+unit(n), hour), quarter))
		return nil
	}
}

func (v *View) noReport() string {
	_, r := v.under()
	switch {
	case r == nil:
		return "there is no batch here"
	case r.Report == 0:
		return "of this batch no report is kept"
	}
	return ""
}

func (v *View) open() tea.Cmd {
	if v.noReport() != "" {
		return nil
	}
	_, r := v.under()
	reader, id := v.means.Monitors, r.ID
	return view.Send(view.ShowReport{Title: v.name + " " + r.Batch.Name, Load: func(ctx context.Context) (drift.Report, error) {
		content, err := reader.Report(ctx, id)
		if err != nil {
			return drift.Report{}, err
		}
		return drift.Read(content)
	}})
}
