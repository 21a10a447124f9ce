package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/view"
	"benchside/tui/widget"
)

type (
	arrived    struct{ change store.Change }
	aged       struct{ of int64 } // the change whose age is to be shown anew
	minuteOver struct{}
	noticed    struct{ text string }
)

// next waits for the next change of the store.
func (a *App) next() tea.Cmd {
	if a.opts.Changes == nil {
		return nil
	}
	changes := a.opts.Changes
	return func() tea.Msg {
		c, ok := <-changes
		if !ok {
			return nil
		}
		return arrived{c}
	}
}

// notice waits for what became of deliveries.
func (a *App) notice() tea.Cmd {
	notices := a.opts.Told.Notices
	if notices == nil {
		return nil
	}
	return func() tea.Msg {
		text, ok := <-notices
		if !ok {
			return nil
		}
		return noticed{text}
	}
}

// minute keeps the ages true; a frame that says the same costs no byte.
func (a *App) minute() tea.Cmd {
	return tea.Tick(time.Minute, func(time.Time) tea.Msg { return minuteOver{} })
}

// agesShown are the moments after a change at which the header says its age.
// After the last one it is silent: an idle program writes nothing.
var agesShown = []time.Duration{2 * time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, time.Hour}

func (a *App) hear(msg tea.Msg) tea.Cmd {
	a.now = a.opts.Now().UnixMilli()
	switch m := msg.(type) {
	case arrived:
		return tea.Batch(a.notify(m.change), a.take(m.change), a.next())
	case noticed:
		a.said = view.Say{Text: m.text}
		return tea.Batch(a.tell(view.Refresh{}), a.notice())
	case aged:
		if m.of != a.live.newest {
			return nil
		}
		first := a.live.shown == 0
		a.live.shown = a.now - a.live.newest
		if first {
			return tea.Batch(a.tell(view.Settled{}), a.age())
		}
		return a.age()
	case minuteOver:
		if a.live.paused { // the screen stands still
			return a.minute()
		}
		return tea.Batch(a.tell(view.Clock{Now: a.now}), a.minute())
	}
	return nil
}

// take shows a change, or keeps it while the view is paused.
func (a *App) take(c store.Change) tea.Cmd {
	const held = 256
	a.live.mode, a.live.lost = c.Mode, c.Problem
	if a.live.paused {
		a.live.count(c)
		if len(a.live.held) >= held {
			a.live.held = []store.Change{{At: c.At, Mode: c.Mode, Reload: true}}
			return nil
		}
		a.live.held = append(a.live.held, c)
		return nil
	}
	if c.Problem != nil {
		return a.tell(view.StoreChanged{Change: c})
	}
	a.live.newest, a.live.shown = a.now, 0
	if s := told(c); s != "" {
		a.live.said = s
	}
	return tea.Batch(a.tell(view.Clock{Now: a.now}), a.tell(view.StoreChanged{Change: c}), a.age())
}

// count counts what arrived while the view is paused.
func (l *liveness) count(c store.Change) {
	for i := range c.Events {
		switch c.Events[i].Kind {
		case store.PointLogged:
			l.points++
		case store.RunCreated, store.RunChanged, store.RunRemoved:
			l.runs++
		}
	}
}

// arrived says what arrived while the view is paused.
func (l *liveness) arrived() string {
	switch {
	case l.runs+l.points == 0 && len(l.held) > 0:
		return fmt.Sprintf("%d new", len(l.held))
	case l.runs+l.points == 0:
		return "nothing new"
	case l.runs == 0:
		return widget.Count(l.points) + " points"
	case l.points == 0:
		return widget.Several(l.runs, "change") + " of runs"
	}
	return widget.Several(l.runs, "change") + " of runs, " + widget.Count(l.points) + " points"
}

func (a *App) age() tea.Cmd {
	if a.opts.still {
		return nil
	}
	of, gone := a.live.newest, time.Duration(a.now-a.live.newest)*time.Millisecond
	for _, at := range agesShown {
		if at > gone+time.Millisecond {
			return tea.Tick(at-gone, func(time.Time) tea.Msg { return aged{of} })
		}
	}
	return nil
}

// pause holds the screen still; letting go shows what came meanwhile.
func (a *App) pause() tea.Cmd {
	a.live.paused, a.live.runs, a.live.points = !a.live.paused, 0, 0
	if a.live.paused {
		return nil
	}
	held := a.live.held
	a.live.held = nil
	var cmds []tea.Cmd
	for _, c := range held {
		cmds = append(cmds, a.take(c))
	}
	return tea.Batch(cmds...)
}

// told puts a change into a few words: "+1 run, 1 failed".
func told(c store.Change) string {
	if c.Reload {
		return "store reloaded"
	}
	var made, failed, finished, removed int
	for i := range c.Events {
		e := &c.Events[i]
		switch {
		case e.Kind == store.RunCreated:
			made++
		case e.Kind == store.RunRemoved:
			removed++
		case e.Kind == store.RunChanged && e.Head.Status == store.Failed:
			failed++
		case e.Kind == store.RunChanged && e.Head.Status == store.Finished:
			finished++
		}
	}
	out := ""
	for _, n := range []struct {
		n    int
		word string
	}{{made, "+%d run"}, {failed, "%d failed"}, {finished, "%d finished"}, {removed, "%d removed"}} {
		if n.n == 0 {
			continue
		}
		if out != "" {
			out += ", "
		}
		out += fmt.Sprintf(n.word, n.n)
	}
	return out
}
