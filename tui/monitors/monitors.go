// Package monitors is the screen of what is watched for drift: what each monitor found
// last and over time, and the alerts that wait for somebody. It compares nothing by
// itself and writes nothing: its keys ask for it.
package monitors

import (
	"context"
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/drift"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Look compares what arrived for a monitor since the last look, and says in a few words
// what it found.
type Look func(ctx context.Context, m store.Monitor) (says string, err error)

// trendOf is how many of the latest results make a trend.
const trendOf = 60

// View is the screen.
type View struct {
	reader store.MonitorReader // nil: the store keeps no monitors
	look   Look                // nil: this session compares nothing
	theme  *themes.Theme
	loads  struct{ list, look view.Loader }

	all     []watched
	known   bool
	stale   bool   // the store changed while it was read
	looking string // the monitor that is being looked at
	table   widget.Table
	size    struct{ width, height int }
	now     int64
	err     error
}

// watched is a monitor with what it found.
type watched struct {
	store.Monitor
	results []store.BatchResult // the latest data first
	alerts  []store.Alert       // the latest first
}

// open are the alerts that somebody should look at.
func (w *watched) open() []store.Alert {
	return slices.DeleteFunc(slices.Clone(w.alerts), func(a store.Alert) bool { return !a.Open() })
}

// The columns.
const (
	name = iota
	verdict
	share
	alerts
	trend
	until
	compared
	where
)

// New returns the screen.
func New(r store.MonitorReader, look Look, theme *themes.Theme) *View {
	v := &View{reader: r, look: look, theme: theme}
	v.table.Columns = []widget.Column{
		name:     {Title: "monitor", Width: 10, Min: 8, Max: 30, Share: 30, Keep: true},
		verdict:  {Title: "verdict", Width: 11, Keep: true},
		share:    {Title: "share", Width: 5, Right: true, Min: 4},
		alerts:   {Title: "alerts", Width: 6, Right: true, Min: 6},
		trend:    {Title: "trend", Width: 20, Min: 6},
		until:    {Title: "data until", Width: 11, Min: 8},
		compared: {Title: "compared", Width: 10, Min: 8},
		where:    {Title: "watches", Width: 30, Min: 8, Max: 100},
	}
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "monitors" }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	switch {
	case v.reader == nil:
		return ""
	case !v.known && v.err == nil:
		return "reading"
	case v.looking != "":
		return "comparing " + v.looking
	}
	open := 0
	for i := range v.all {
		open += len(v.all[i].open())
	}
	return fmt.Sprintf("%s, %s", widget.Several(len(v.all), "monitor"), widget.Several(open, "alert"))
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	if v.reader == nil {
		v.known = true
		return nil
	}
	v.stale = false
	r := v.reader
	return view.Load(&v.loads.list, func(ctx context.Context) ([]watched, error) { return read(ctx, r) })
}

func read(ctx context.Context, r store.MonitorReader) ([]watched, error) {
	found, err := store.IfKept(r.Monitors(ctx))
	if err != nil {
		return nil, err
	}
	all := make([]watched, len(found))
	for i, m := range found {
		all[i].Monitor = m
		if all[i].results, err = r.Results(ctx, store.ResultQuery{Monitor: m.ID, Limit: trendOf}); err != nil {
			return nil, err
		}
		if all[i].alerts, err = r.Alerts(ctx, store.AlertQuery{Monitor: m.ID, Limit: trendOf}); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// looked is what a look found.
type looked struct{ monitor, says string }

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.size.width, v.size.height = m.Width, m.Height
		v.arrange()
	case view.Clock:
		v.now = m.Now
	case view.Refresh, view.Changed:
		return v.Init()
	case view.StoreChanged:
		return v.heard(m.Change)
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Click:
		if row, _ := v.table.At(m.X, m.Y-v.above()); row >= 0 {
			v.table.To(row)
			if m.Double {
				return v.calendar()
			}
		}
	case view.Loaded[[]watched]:
		if !m.Of(&v.loads.list) || errors.Is(m.Err, context.Canceled) {
			return nil
		}
		if v.err = m.Err; m.Err == nil {
			v.take(m.Value)
		}
		v.arrange()
		if v.stale {
			return v.Init()
		}
	case view.Loaded[looked]:
		if m.Of(&v.loads.look) {
			return v.found(m)
		}
	}
	return nil
}

// heard reads again where monitors changed.
func (v *View) heard(c store.Change) tea.Cmd {
	switch {
	case c.Problem != nil:
		v.err = c.Problem
		v.arrange()
		return nil
	case !c.TouchesMonitors():
		return nil
	case v.loads.list.Busy():
		v.stale = true
		return nil
	}
	return v.Init()
}

// found says what a look found, and reads the results.
func (v *View) found(m view.Loaded[looked]) tea.Cmd {
	v.looking = ""
	if errors.Is(m.Err, context.Canceled) {
		return nil
	}
	said := view.Say{Text: m.Value.monitor + ": " + m.Value.says}
	if m.Err != nil {
		said = view.Say{Text: m.Err.Error(), Bad: true}
	}
	return tea.Batch(view.Send(said), v.Init())
}

// take keeps the cursor on its monitor.
func (v *View) take(all []watched) {
	at := int64(0)
	if w := v.monitor(); w != nil {
		at = w.ID
	}
	v.all, v.known = all, true
	v.table.Count = len(all)
	i := slices.IndexFunc(all, func(w watched) bool { return w.ID == at })
	v.table.To(max(i, 0))
}

// monitor is the one under the cursor, nil if there is none.
func (v *View) monitor() *watched {
	if v.table.Cursor >= len(v.all) {
		return nil
	}
	return &v.all[v.table.Cursor]
}

// arrange gives the columns the room that they have.
func (v *View) arrange() {
	v.table.Width = v.size.width - 1
	for i := range v.all {
		for _, col := range []int{name, verdict, until, compared} {
			v.table.Widen(col, v.cell(i, col).Text)
		}
	}
	v.table.Fill(where, 8, 100)
	v.table.Resize(v.size.width-1, v.size.height-v.above()-v.below())
}

// above counts the lines over the rows.
func (v *View) above() int {
	n := 2
	if v.err != nil {
		n++
	}
	return n
}

// below counts those under them, for what the monitor under the cursor found.
func (v *View) below() int {
	const enough = 10
	if v.size.height < enough || v.size.height-v.above() < 2*3 {
		return 0
	}
	return max(v.size.height*2/5, 4)
}

// lastKept is the latest result whose report is kept.
func (w *watched) lastKept() (store.BatchResult, bool) {
	i := slices.IndexFunc(w.results, func(r store.BatchResult) bool { return r.Report > 0 })
	if i < 0 {
		return store.BatchResult{}, false
	}
	return w.results[i], true
}

// report loads the report of a result.
func report(r store.MonitorReader, id int64) func(context.Context) (drift.Report, error) {
	return func(ctx context.Context) (drift.Report, error) {
		content, err := r.Report(ctx, id)
		if err != nil {
			return drift.Report{}, err
		}
		return drift.Read(content)
	}
}
