package tui

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/view"
)

// Notify says how the user is told that a run finished or failed. The zero value is not
// at all.
type Notify struct {
	Bell, OSC9 bool
	// Command is a program and its arguments, in which {name}, {id} and {status} stand for
	// the run's. No shell sees them.
	Command []string
}

// A command for a notice has so much time, and a change starts so many at most.
const (
	noticeTime  = 20 * time.Second
	mostNotices = 5
)

// ended are the runs of a change that finished, failed or were killed.
func (a *App) ended(c store.Change) (heads []store.Head) {
	for i := range c.Events {
		h := c.Events[i].Head
		was, known := a.running[h.ID]
		switch c.Events[i].Kind {
		case store.RunCreated, store.RunChanged:
			if h.Status.Live() {
				a.running[h.ID] = true
				continue
			}
			if h.End.Set() && (was && known || h.End.Millis() > a.begunAt) {
				heads = append(heads, h)
			}
			delete(a.running, h.ID)
		}
	}
	return heads
}

// notify tells the user of runs that ended, as they asked for.
func (a *App) notify(c store.Change) tea.Cmd {
	n := a.opts.Work.Notify
	heads := a.ended(c)
	if len(heads) == 0 || !n.Bell && !n.OSC9 && len(n.Command) == 0 {
		return nil
	}
	var cmds []tea.Cmd
	if n.Bell {
		cmds = append(cmds, tea.Raw("\a"))
	}
	if n.OSC9 {
		text := noticeOf(heads[0])
		if more := len(heads) - 1; more > 0 {
			text += fmt.Sprintf(", and %d more", more)
		}
		cmds = append(cmds, tea.Raw("\x1b]9;"+text+"\x07"))
	}
	if len(n.Command) > 0 && !a.opts.Served {
		for _, h := range heads[:min(len(heads), mostNotices)] {
			cmds = append(cmds, outside(n.Command, h))
		}
	}
	return tea.Batch(cmds...)
}

// noticeOf is a run that ended in a few words, with nothing in them that a terminal obeys.
func noticeOf(h store.Head) string {
	name := sanitize.Line(h.Name)
	if name == "" {
		name = sanitize.Line(h.ID)
	}
	return strings.ReplaceAll(name, ";", ",") + " " + sanitize.Line(strings.ToLower(string(h.Status)))
}

// outside runs the command for a run that ended.
func outside(command []string, h store.Head) tea.Cmd {
	put := strings.NewReplacer("{name}", h.Name, "{id}", h.ID, "{status}", string(h.Status))
	args := make([]string, len(command))
	for i, arg := range command {
		args[i] = strings.ReplaceAll(put.Replace(arg), "\x00", "")
	}
	args[0] = command[0] // no run chooses the program
	return func() tea.Msg {
		ctx, stop := context.WithTimeout(context.Background(), noticeTime)
		defer stop()
		c := exec.CommandContext(ctx, args[0], args[1:]...)
		c.WaitDelay = time.Second
		if err := c.Run(); err != nil {
			return view.Say{Text: fmt.Sprintf("notify: %s: %s", sanitize.Line(args[0]), sanitize.Line(err.Error())), Bad: true}
		}
		return nil
	}
}
