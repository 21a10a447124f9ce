package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts/texts"
	"benchside/jobs"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/textpane"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Log is the screen of one job: what it is, and what it writes.
type Log struct {
	keeper store.JobKeeper
	id     int64
	folder string // of logs
	clock  func() time.Time
	theme  *themes.Theme
	load   view.Loader
	asking view.Loader

	job    store.Job
	now    int64
	pane   *textpane.View // nil until the job was read
	width  int
	height int
	err    error
	left   bool
	turn   int
}

// NewLog returns the screen of a job whose log lies in a folder.
func NewLog(keeper store.JobKeeper, id int64, folder string, clock func() time.Time, theme *themes.Theme) *Log {
	return &Log{keeper: keeper, id: id, folder: folder, clock: clock, theme: theme, width: 80, height: 24}
}

// Title implements view.View.
func (v *Log) Title() string { return fmt.Sprintf("job %d", v.id) }

// Typing implements view.View.
func (v *Log) Typing() bool { return v.pane != nil && v.pane.Typing() }

// Status implements view.View.
func (v *Log) Status() string {
	if v.pane == nil {
		return ""
	}
	return v.pane.Status()
}

// one is what a look at the job found, and when.
type one struct {
	job store.Job
	now int64
}

// Init implements view.View.
func (v *Log) Init() tea.Cmd {
	v.left = false
	if v.pane != nil {
		return tea.Batch(v.read(), v.pane.Init())
	}
	return v.read()
}

func (v *Log) read() tea.Cmd {
	keeper, id, clock := v.keeper, v.id, v.clock
	return view.Load(&v.load, func(ctx context.Context) (one, error) {
		if keeper == nil {
			return one{}, fmt.Errorf("read job %d: %w", id, store.ErrUnsupported)
		}
		j, err := keeper.Job(ctx, id)
		now := clock()
		return one{jobs.Seen(j, now), now.UnixMilli()}, err
	})
}

// Leave implements view.Leaver.
func (v *Log) Leave() {
	v.left = true
	v.load.Cancel()
	if v.pane != nil {
		v.pane.Leave()
	}
}

// lookAtOne is the time for another look at the job.
type lookAtOne struct {
	at   *Log
	turn int
}

// Update implements view.View.
func (v *Log) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.width, v.height = m.Width, m.Height
		msg = v.below()
	case view.Clock:
		v.now = max(v.now, m.Now)
	case view.Click:
		msg = view.Click{X: m.X, Y: m.Y - v.above(), Double: m.Double}
	case view.Refresh, view.StoreChanged:
		if !v.left {
			return tea.Batch(v.read(), v.tell(msg))
		}
	case lookAtOne:
		if m.at == v && m.turn == v.turn && !v.left {
			return v.read()
		}
	case view.Loaded[one]:
		if m.Of(&v.load) {
			return v.take(m)
		}
	case view.Loaded[asked]:
		if m.Of(&v.asking) {
			return tea.Batch(said(m), v.read())
		}
	}
	return v.tell(msg)
}

func (v *Log) tell(msg tea.Msg) tea.Cmd {
	if v.pane == nil {
		return nil
	}
	return v.pane.Update(msg)
}

func (v *Log) take(m view.Loaded[one]) tea.Cmd {
	if m.Err != nil {
		if !errors.Is(m.Err, context.Canceled) {
			v.err = m.Err
		}
		return nil
	}
	v.err, v.job = nil, m.Value.job
	v.now = max(v.now, m.Value.now)
	var cmds []tea.Cmd
	if v.pane == nil {
		v.pane = textpane.New(v.source(), v.theme)
		cmds = append(cmds, v.pane.Update(v.below()), v.pane.Init())
	}
	if underWay(v.job) {
		v.turn++
		cmds = append(cmds, view.Send(view.Wait{For: textpane.Pause, Then: lookAtOne{v, v.turn}}))
	}
	return tea.Batch(cmds...)
}

// source reads the log on, wherever it is by then.
func (v *Log) source() textpane.Source {
	folder, j := v.folder, v.job
	return textpane.Tail(func(ctx context.Context, into *texts.Tail) (more bool, err error) {
		f, err := jobs.OpenLog(folder, j)
		if err != nil {
			return false, err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return false, fmt.Errorf("read the log of job %d: %w", j.ID, err)
		}
		return into.Read(ctx, f, info.Size())
	})
}

// above is how many lines are above the log.
func (v *Log) above() int {
	if v.height < 8 {
		return 1
	}
	return 3
}

func (v *Log) below() view.Sized {
	return view.Sized{Width: v.width, Height: max(v.height-v.above(), 1)}
}

// Keys implements view.View.
func (v *Log) Keys() []view.Key {
	var keys []view.Key
	if v.pane != nil {
		keys = v.pane.Keys()
	}
	if v.Typing() {
		return keys
	}
	return append(keys, cancelKey(v.keeper, func() store.Job { return v.job }, &v.asking, v.theme, "job"))
}

// Draw implements view.View.
func (v *Log) Draw(width, height int) string {
	t := v.theme
	first := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1)
	lines := []string{}
	switch {
	case v.err != nil:
		first.Add(sanitize.Line(v.err.Error()), t.Bad)
	case v.pane == nil:
		first.Add("reading", t.Dim)
	default:
		s := state(v.job, t)
		first.Add(s.Text, s.Style).Pad(2).Add(sanitize.Line(v.job.Hook), t.Strong).Pad(2).Add(lasted(v.job, v.now), themes.Style{})
		if says := says(v.job); says != "" {
			first.Pad(2).Add(says, t.Dim)
		}
		first.Pad(2).Add(sanitize.Line(v.job.Event+" of "+v.job.Of.String()), t.Dim)
	}
	if lines = append(lines, first.String()); v.above() > 1 {
		command := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(sanitize.Line(strings.Join(v.job.Command, " ")), t.Dim)
		lines = append(lines, command.String(), widget.Rule(width, t))
	}
	if room := height - len(lines); v.pane != nil && room > 0 {
		lines = append(lines, strings.Split(v.pane.Draw(width, room), "\n")...)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}
