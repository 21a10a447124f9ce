// Package jobs is the screen of the commands that events started, and of one of
// their logs as it grows. It starts none and ends none: it asks the store to have
// one cancelled.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/jobs"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/confirm"
	"benchside/tui/view"
	"benchside/tui/widget"
)

const (
	most  = 1000            // of the newest jobs that are shown
	pause = 2 * time.Second // between two looks while a job is under way
)

// View is the screen.
type View struct {
	keeper store.JobKeeper // nil for a store that keeps none
	clock  func() time.Time
	theme  *themes.Theme
	load   view.Loader
	asking view.Loader

	all    []store.Job
	now    int64
	table  widget.Table
	err    error
	loaded bool
	left   bool // another screen is in front
	turn   int
}

// New returns the screen.
func New(keeper store.JobKeeper, clock func() time.Time, theme *themes.Theme) *View {
	v := &View{keeper: keeper, clock: clock, theme: theme}
	v.table.Columns = []widget.Column{
		{Title: "job", Width: 4, Right: true, Keep: true},
		{Title: "state", Width: 11, Keep: true},
		{Title: "hook", Width: 12, Min: 6, Max: 24, Keep: true},
		{Title: "duration", Width: 8, Right: true, Min: 7},
		{Title: "of", Width: 12, Min: 6, Max: 30, Share: 25},
		{Title: "started", Width: 10, Min: 9},
		{Title: "event", Width: 26, Min: 12},
		{Title: "says", Width: 60, Min: 8},
	}
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "jobs" }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	if !v.loaded {
		return "reading"
	}
	under := 0
	for _, j := range v.all {
		if underWay(j) {
			under++
		}
	}
	said := widget.Several(len(v.all), "job")
	if under > 0 {
		said += fmt.Sprintf(", %d under way", under)
	}
	return said
}

func underWay(j store.Job) bool { return j.State == store.JobWaiting || j.State == store.JobRunning }

// read is what a look at the jobs found, and when.
type read struct {
	all []store.Job
	now int64
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	v.left = false
	keeper, clock := v.keeper, v.clock
	return view.Load(&v.load, func(ctx context.Context) (read, error) {
		if keeper == nil {
			return read{}, fmt.Errorf("read jobs: %w", store.ErrUnsupported)
		}
		all, err := keeper.Jobs(ctx, most)
		now := clock()
		for i := range all {
			all[i] = jobs.Seen(all[i], now)
		}
		return read{all, now.UnixMilli()}, err
	})
}

// Leave implements view.Leaver.
func (v *View) Leave() {
	v.left = true
	v.load.Cancel()
}

// look is the time for another look.
type look struct {
	at   *View
	turn int
}

// asked is what became of asking for a cancel.
type asked struct{ id int64 }

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.table.Resize(m.Width-1, m.Height-v.above())
	case view.Clock:
		v.now = max(v.now, m.Now)
	case view.Refresh, view.StoreChanged:
		if !v.left {
			return v.Init()
		}
	case look:
		if m.at == v && m.turn == v.turn && !v.left {
			return v.Init()
		}
	case view.Loaded[read]:
		if m.Of(&v.load) {
			return v.take(m)
		}
	case view.Loaded[asked]:
		if m.Of(&v.asking) {
			return tea.Batch(said(m), v.Init())
		}
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Click:
		if p := v.table.Press(m.X, m.Y-v.above(), 2, m.Double); p.Row >= 0 {
			v.table.To(p.Row)
			if m.Double {
				return v.open()
			}
		}
	case view.Drag:
		v.table.Pull(m.X)
	}
	return nil
}

func said(m view.Loaded[asked]) tea.Cmd {
	if m.Err != nil {
		return view.Send(view.Say{Text: sanitize.Line(m.Err.Error()), Bad: true})
	}
	return view.Send(view.Say{Text: fmt.Sprintf("job %d is asked to end", m.Value.id)})
}

func (v *View) take(m view.Loaded[read]) tea.Cmd {
	if m.Err != nil {
		if !errors.Is(m.Err, context.Canceled) {
			v.err, v.loaded = m.Err, true
		}
		return nil
	}
	at, top := v.cursor(), v.table.Cursor == 0
	v.err, v.loaded, v.all = nil, true, m.Value.all
	v.now = max(v.now, m.Value.now)
	v.table.Count = len(v.all)
	wait := false
	for i, j := range v.all {
		if j.ID == at.ID && !top {
			v.table.Cursor = i
		}
		v.table.Widen(0, fmt.Sprint(j.ID))
		v.table.Widen(2, sanitize.Line(j.Hook))
		v.table.Widen(4, sanitize.Line(j.Of.String()))
		wait = wait || underWay(j)
	}
	v.table.Move(0)
	if !wait {
		return nil
	}
	v.turn++
	return view.Send(view.Wait{For: pause, Then: look{v, v.turn}})
}

// cursor is the job under the cursor, the zero value if there is none.
func (v *View) cursor() store.Job {
	if v.table.Cursor >= len(v.all) {
		return store.Job{}
	}
	return v.all[v.table.Cursor]
}

func (v *View) open() tea.Cmd {
	if len(v.all) == 0 {
		return nil
	}
	return view.Send(view.ShowJob{ID: v.cursor().ID})
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "jobs"
	none := func() string {
		if len(v.all) == 0 {
			return "there are no jobs"
		}
		return ""
	}
	return append([]view.Key{
		{Press: []string{"enter"}, Name: "log", Does: "show its log", Short: "log", Group: group, Foot: true, Off: none, Run: v.open},
		cancelKey(v.keeper, v.cursor, &v.asking, v.theme, group),
		{Press: []string{"d"}, Name: "deliveries", Does: "what was told to whom", Short: "deliveries", Group: group, Foot: true, Run: func() tea.Cmd { return view.Send(view.ShowDeliveries{}) }},
	}, view.Moves(group, v.table.Height, func(rows int) tea.Cmd { v.table.Move(rows); return nil })...)
}

// cancelKey asks, and then asks the store to have a job cancelled.
func cancelKey(keeper store.JobKeeper, of func() store.Job, asking *view.Loader, theme *themes.Theme, group string) view.Key {
	cancel := func(id int64) func() tea.Cmd {
		return func() tea.Cmd {
			return view.Load(asking, func(ctx context.Context) (asked, error) { return asked{id}, keeper.AskCancel(ctx, id) })
		}
	}
	return view.Key{
		Press: []string{"x"}, Name: "cancel", Does: "cancel the job", Short: "cancel", Group: group, Foot: true, Writes: true,
		Off: func() string {
			switch j := of(); {
			case j.ID == 0:
				return "there is no job"
			case !underWay(j):
				return "it is " + string(j.State) + " already"
			case j.Asked:
				return "it is asked to end already"
			}
			return ""
		},
		Run: func() tea.Cmd {
			j := of()
			sentence := fmt.Sprintf("Ask job %d (%s) to end: SIGTERM to all of its processes, SIGKILL ten seconds later.", j.ID, strings.Join(j.Command, " "))
			return view.Send(view.Ask{Dialog: confirm.New("cancel job", sentence, "cancel it", cancel(j.ID), theme)})
		},
	}
}

// above is how many lines are above the rows.
func (v *View) above() int {
	if v.err != nil {
		return 3
	}
	return 2
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t, table := v.theme, v.table
	table.Resize(width-1, height-v.above())
	var lines []string
	line := func(text string, style themes.Style) {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(text, style).String())
	}
	if v.err != nil {
		line(sanitize.Line(v.err.Error()), t.Bad)
	}
	lines = append(lines, table.Heading(t, 1), widget.Rule(width, t))
	if len(v.all) == 0 && v.err == nil {
		line("", themes.Style{})
		says := "no jobs: a hook with a command in config.toml starts one when its event happens"
		if !v.loaded {
			says = "reading"
		}
		for _, l := range widget.Wrap(says, max(width-2, 1)) {
			line(l, t.Dim)
		}
	}
	from, to := table.Window()
	for i := from; i < to; i++ {
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell { return v.cell(v.all[i], col) }))
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

func (v *View) cell(j store.Job, col int) widget.Cell {
	t := v.theme
	switch col {
	case 0:
		return widget.Cell{Text: fmt.Sprint(j.ID), Style: t.Dim}
	case 1:
		return state(j, t)
	case 2:
		return widget.Cell{Text: sanitize.Line(j.Hook)}
	case 3:
		return widget.Cell{Text: lasted(j, v.now)}
	case 4:
		return widget.Cell{Text: sanitize.Line(j.Of.String())}
	case 5:
		return widget.Cell{Text: widget.Ago(j.Created, v.now), Style: t.Dim}
	case 6:
		return widget.Cell{Text: sanitize.Line(j.Event), Style: t.Dim}
	}
	return widget.Cell{Text: says(j), Style: t.Dim}
}

// state is the state of a job as a glyph and a word.
func state(j store.Job, t *themes.Theme) widget.Cell {
	g, word := t.Glyphs, sanitize.Line(string(j.State))
	signs := map[store.JobState]struct {
		glyph string
		style themes.Style
	}{
		store.JobWaiting: {g.Scheduled, t.Dim}, store.JobRunning: {g.Running, t.Info}, store.JobDone: {g.Finished, t.Good},
		store.JobFailed: {g.Failed, t.Bad}, store.JobTimedOut: {g.Failed, t.Bad}, store.JobCancelled: {g.Killed, t.Warn}, store.JobLost: {g.Stalled, t.Bad},
	}
	if j.Asked && underWay(j) {
		return widget.Cell{Text: g.Killed + " ending", Style: t.Warn}
	}
	sign, known := signs[j.State]
	if !known {
		sign.glyph = "?"
	}
	return widget.Cell{Text: sign.glyph + " " + word, Style: sign.style}
}

func lasted(j store.Job, now int64) string {
	if !underWay(j) && !j.Ended.Set() {
		return ""
	}
	return widget.Lasted(j.Started, j.Ended, now)
}

// says is why a job ended as it did, and its exit code where that tells more.
func says(j store.Job) string {
	text := sanitize.Line(j.Says)
	if j.State == store.JobFailed && j.Exit > 0 {
		text = strings.TrimSuffix(fmt.Sprintf("exit code %d, %s", j.Exit, text), ", ")
	}
	return text
}
