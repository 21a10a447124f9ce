package view

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
)

// mostChanged bounds the runs that are changed at once, all of whose tags are
// read before.
const mostChanged = 1000

// Chosen are runs that were read to be changed, and what asks for the change.
type Chosen struct {
	Runs []store.Run
	Ask  func(runs []store.Run) tea.Msg
}

// ChooseRuns reads runs as they are now and then sends what ask makes of them:
// what the dialog shows is what the change is held to.
func ChooseRuns(l *Loader, r store.RunReader, ids []string, ask func(runs []store.Run) tea.Msg) tea.Cmd {
	if len(ids) > mostChanged {
		return Send(Say{Text: fmt.Sprintf("%d runs are too many to change at once: mark at most %d", len(ids), mostChanged), Bad: true})
	}
	return Load(l, func(ctx context.Context) (Chosen, error) {
		runs, err := r.RunsOf(ctx, ids)
		if err == nil && len(runs) < len(ids) {
			err = fmt.Errorf("%d of them are gone: %w", len(ids)-len(runs), store.ErrNotFound)
		}
		return Chosen{runs, ask}, err
	})
}

// Answer sends what the runs were read for, or says why they were not.
func (c Chosen) Answer(err error) tea.Cmd {
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case err != nil:
		return Send(Say{Text: "read the runs: " + sanitize.Line(err.Error()), Bad: true})
	}
	return Send(c.Ask(c.Runs))
}

// RunKeys are the keys that change runs; ids are those that are meant, off says
// why none is.
func RunKeys(group string, l *Loader, r store.RunReader, ids func() []string, off func() string) []Key {
	key := func(press, name, does string, ask func(runs []store.Run) tea.Msg) Key {
		return Key{
			Press: []string{press}, Name: name, Does: does, Group: group, Writes: true, Off: off,
			Run: func() tea.Cmd { return ChooseRuns(l, r, ids(), ask) },
		}
	}
	return []Key{
		key("R", "rename", "rename the run", func(runs []store.Run) tea.Msg {
			if len(runs) > 1 {
				return Say{Text: "rename: one run at a time; unmark the others", Bad: true}
			}
			return RenameRun(runs[0])
		}),
		key("#", "tag", "set a tag", func(runs []store.Run) tea.Msg { return TagRuns(runs) }),
		key("~", "untag", "take a tag away", func(runs []store.Run) tea.Msg {
			if c, ok := UntagRuns(runs); ok {
				return c
			}
			return Say{Text: "take a tag: there is none", Bad: true}
		}),
		key("N", "note", "write the note", func(runs []store.Run) tea.Msg { return NoteRuns(runs) }),
		key("ctrl+x", "delete", "delete", only("delete", "deleted already", store.Active, DeleteRuns)),
		key("X", "restore", "restore what is deleted", only("restore", "not deleted", store.Deleted, RestoreRuns)),
		key("Z", "kill", "end what is stuck: KILLED or FAILED", func(runs []store.Run) tea.Msg {
			for i := range runs {
				if !runs[i].Status.Live() {
					return Say{Text: sanitize.Line("end: " + CalledRuns(runs[i:i+1]) + " is " + string(runs[i].Status) + " already"), Bad: true}
				}
			}
			return EndRuns(runs)
		}),
	}
}

// only asks for a change of runs that are all in a stage.
func only(doing, otherwise string, stage store.Stage, ask func([]store.Run) Change) func([]store.Run) tea.Msg {
	return func(runs []store.Run) tea.Msg {
		for i := range runs {
			if (runs[i].Stage == store.Deleted) != (stage == store.Deleted) {
				return Say{Text: doing + ": " + CalledRuns(runs[i:i+1]) + " is " + otherwise, Bad: true}
			}
		}
		return ask(runs)
	}
}

// TouchesRuns reports whether something that was done here changed runs or
// experiments.
func (c Changed) TouchesRuns() bool {
	for _, l := range c.Receipt.Lines {
		if l.Of.Kind == store.RunSubject || l.Of.Kind == store.ExperimentSubject {
			return true
		}
	}
	return false
}
