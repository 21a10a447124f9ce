package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/tui/view"
)

// quietLimit is how long a suspend waits for reads under way, which are short.
const quietLimit = 2 * time.Second

// quieted: nothing is being read, so the process may stop.
type quieted struct{ resume func() }

// suspend stops the program like a shell's ^Z, but only once no read is under
// way: a stopped process that holds SQLite's shared lock would keep MLflow
// from committing, and kill its training after 20 s.
func (a *App) suspend() tea.Cmd {
	s := a.store
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), quietLimit)
		defer cancel()
		resume, err := s.Quiet(ctx)
		if err != nil {
			return nil
		}
		return quieted{resume}
	}
}

// outside runs a program of the user's on the whole screen.
func (a *App) outside(m view.Outside) tea.Cmd {
	m.Command.Stdout = a.opts.Own.terminal() // and not what pictures are painted through
	return tea.Sequence(tea.Raw(a.paint.Forget()), tea.ExecProcess(m.Command, func(err error) tea.Msg { return cameBack{m.Then(err)} }))
}

// cameBack: the user's program ended.
type cameBack struct{ said tea.Msg }

// stopNow suspends the process; the reads go on when it is continued.
func (a *App) stopNow(m quieted) tea.Cmd {
	a.resume = m.resume
	return tea.Sequence(tea.Raw(a.paint.Forget()), tea.Suspend)
}

func (a *App) resumed() tea.Cmd {
	if a.resume != nil {
		a.resume()
		a.resume = nil
	}
	a.now = a.opts.Now().UnixMilli()
	return a.paint.Again()
}
