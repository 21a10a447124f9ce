package memory

import (
	"context"
	"sync"
	"time"
)

// hooks are what a test put before the calls, by the name of the call: "Runs".
// The empty name stands for every call.
type hooks struct {
	mu     sync.Mutex
	byCall map[string]func(context.Context) error
	calls  map[string]int
}

// Before has a function run before each call of a method, which fails with its
// error; nil ends that. An empty name means every method.
func (s *Store) Before(call string, hook func(context.Context) error) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	if s.hooks.byCall == nil {
		s.hooks.byCall = map[string]func(context.Context) error{}
	}
	s.hooks.byCall[call] = hook
}

// Fail has a method return err from now on; nil heals it.
func (s *Store) Fail(call string, err error) {
	s.Before(call, func(context.Context) error { return err })
}

// Delay has a method take at least d, or until its context ends.
func (s *Store) Delay(call string, d time.Duration) {
	s.Before(call, func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// Hold keeps a method waiting until release is called or its context ends: a
// loading state that lasts as long as a test looks at it.
func (s *Store) Hold(call string) (release func()) {
	open := make(chan struct{})
	s.Before(call, func(ctx context.Context) error {
		select {
		case <-open:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return sync.OnceFunc(func() {
		s.Before(call, nil)
		close(open)
	})
}

// Calls returns how often a method was called.
func (s *Store) Calls(call string) int {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	return s.hooks.calls[call]
}

func (h *hooks) before(ctx context.Context, call string) error {
	h.mu.Lock()
	if h.calls == nil {
		h.calls = map[string]int{}
	}
	h.calls[call]++
	own, every := h.byCall[call], h.byCall[""]
	h.mu.Unlock()
	for _, hook := range []func(context.Context) error{every, own} {
		if hook == nil {
			continue
		}
		if err := hook(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}
