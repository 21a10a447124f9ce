package view

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
)

// Wrote is what became of a write, or that it is not done yet.
type Wrote struct {
	Receipt store.Receipt
	Done    bool
	Waited  time.Duration // for another program's lock, while it is under way
}

// Write returns the command that does mutations in one transaction. It answers with
// Loaded[Wrote]: once in a while as long as another program keeps the store locked,
// and at the end.
func Write(l *Loader, w Writes, reason string, mutations []store.Mutation) tea.Cmd {
	intent := store.Intent{By: w.Author, Reason: reason, Mutations: mutations, Hooks: w.Hooks}
	return Stream(l, func(ctx context.Context, emit func(Wrote) error) error {
		said := time.Duration(0)
		intent.Waiting = func(waited time.Duration) {
			if waited-said >= time.Second/2 {
				said = waited
				_ = emit(Wrote{Waited: waited}) // fails with ctx, which ends the write, too
			}
		}
		receipt, err := w.Writer.Write(ctx, intent)
		if err != nil {
			return err
		}
		if w.Deliver != nil {
			go w.Deliver(context.WithoutCancel(ctx))
		}
		return emit(Wrote{Receipt: receipt, Done: true})
	})
}

// Took takes an answer of Write into what a dialog shows of it: why nothing was
// written, and how long it has waited.
func Took(m Loaded[Wrote], err *error, waited *time.Duration) tea.Cmd {
	switch {
	case m.Err != nil:
		*err, *waited = m.Err, 0
	case m.Value.Done:
		return tea.Batch(m.Next, Done(m.Value.Receipt))
	default:
		*waited = m.Value.Waited
	}
	return m.Next
}

// Done closes the dialog that wrote, tells all views and says what was done.
func Done(r store.Receipt) tea.Cmd {
	return tea.Sequence(Send(Close{}), Send(Changed{Receipt: r}), Send(Say{Text: says(r)}))
}

func says(r store.Receipt) string {
	switch n := len(r.Lines); {
	case n == 0 && len(r.Observed) == 0:
		return "nothing to change"
	case n == 0:
		return fmt.Sprintf("recorded what others changed: %s", lines(len(r.Observed)))
	case n == 1:
		return "done: " + sanitize.Line(r.Lines[0].Sentence) + " · U takes it back"
	default:
		return fmt.Sprintf("%d changes made, the last: %s · U takes it back", n, sanitize.Line(r.Lines[n-1].Sentence))
	}
}

func lines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}
