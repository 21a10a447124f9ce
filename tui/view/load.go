package view

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
)

// loadLimit bounds a single load: longer than any read that a screen makes,
// shorter than a user's patience with a store on a dead network disk.
const loadLimit = 60 * time.Second

// Loader is one thing that a view loads. Starting it again cancels what it was
// loading, and answers that come late are dropped. The zero value is ready.
type Loader struct {
	cancel context.CancelFunc
	turn   int
	busy   bool
}

// Busy reports whether a load is under way.
func (l *Loader) Busy() bool { return l.busy }

// Cancel stops what is being loaded.
func (l *Loader) Cancel() {
	if l.cancel != nil {
		l.cancel()
	}
	l.turn++
	l.busy = false
}

func (l *Loader) start() (context.Context, int) {
	l.Cancel()
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel, l.busy = cancel, true
	return ctx, l.turn
}

// Loaded answers a load. Last is false where more parts follow; then the view
// returns Next to go on.
type Loaded[T any] struct {
	Value T
	Err   error
	Last  bool
	Next  tea.Cmd

	loader *Loader
	turn   int
}

// Of reports whether the answer is of this loader's newest load. The view
// drops it if not.
func (m Loaded[T]) Of(l *Loader) bool {
	if m.loader != l || m.turn != l.turn {
		return false
	}
	if m.Last {
		l.busy = false
		l.cancel()
	}
	return true
}

// Load returns the command that runs read and answers with Loaded[T]. It
// cancels the loader's load before.
func Load[T any](l *Loader, read func(ctx context.Context) (T, error)) tea.Cmd {
	ctx, turn := l.start()
	return func() tea.Msg {
		limited, done := context.WithTimeout(ctx, loadLimit)
		defer done()
		v, err := read(limited)
		return Loaded[T]{Value: v, Err: plain(err), Last: true, loader: l, turn: turn}
	}
}

// Stream is Load for answers that come in parts: read calls emit with each and
// waits until the view has taken it.
func Stream[T any](l *Loader, read func(ctx context.Context, emit func(T) error) error) tea.Cmd {
	ctx, turn := l.start()
	parts := make(chan Loaded[T])
	send := func(m Loaded[T]) error {
		select {
		case parts <- m:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var next tea.Cmd = func() tea.Msg {
		select {
		case m := <-parts:
			return m
		case <-ctx.Done():
			return nil
		}
	}
	return func() tea.Msg {
		go func() {
			limited, done := context.WithTimeout(ctx, loadLimit)
			defer done()
			err := read(limited, func(v T) error { return send(Loaded[T]{Value: v, Next: next, loader: l, turn: turn}) })
			_ = send(Loaded[T]{Err: plain(err), Last: true, loader: l, turn: turn})
		}()
		return next()
	}
}

func plain(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("the store did not answer within a minute; r tries again")
	}
	return err
}
