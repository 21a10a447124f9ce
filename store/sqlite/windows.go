package sqlite

import (
	"context"
	"database/sql/driver"
	"sync"
	"sync/atomic"
	"time"
)

// A SELECT that we keep open blocks MLflow's COMMIT, so whatever may be long is
// read in windows of rows, one burst each, that grow until they take as long as
// windowTime. It is far below the 100 ms that we allow ourselves, since a window
// of a cold cache or of longer rows takes longer than the one before it.
const (
	windowTime  = 6 * time.Millisecond
	firstWindow = 4096 // rows; a few milliseconds at most
)

// span is a range of rowids, both ends included.
type span struct{ low, high int64 }

// rows returns the rowids of a table from bounds, a statement that selects its
// smallest and largest one. An empty table is the span 0, -1.
func (d *DB) rows(ctx context.Context, bounds string) (span, error) {
	all := span{0, -1}
	err := d.burst(ctx, func(c *conn) error {
		return c.query(ctx, bounds, nil, func(v []driver.Value) error {
			if v[1] != nil {
				all = span{integer(v[0]), integer(v[1])}
			}
			return nil
		})
	})
	return all, err
}

// newestFirst reads a span in windows from its end, each under one burst. After
// each, done runs without any lock. The first window has first rows. Read may
// run again for the same window.
func (d *DB) newestFirst(ctx context.Context, all span, first int64,
	read func(*conn, span) error, done func() error,
) error {
	s := &shared{left: all, pacer: newPacer(first)}
	for window, ok := s.next(); ok; window, ok = s.next() {
		if err := d.share(ctx, s, window, worker{read, done}); err != nil {
			return err
		}
	}
	return nil
}

// pacer finds the number of rows that takes windowTime.
type pacer struct{ size int64 }

func newPacer(first int64) *pacer { return &pacer{size: max(first, 1)} }

func (p *pacer) measure(window span, took time.Duration) {
	rows := float64(window.high - window.low + 1)
	fit := rows * float64(windowTime) / float64(max(took, time.Microsecond))
	p.size = max(int64(min(fit, 4*rows)), 64)
}

// worker is one of those that share a scan: read fills its part of the answer
// from a window, done hands the part over.
type worker struct {
	read func(*conn, span) error
	done func() error
}

// scanWorkers is how many windows are read at once. A second connection nearly
// halves the time of a scan; a third finds little left to do and takes a core
// from the training that we watch.
const scanWorkers = 2

// scan reads a span in windows from its end, like newestFirst, but several at a
// time and in no exact order. Each worker is made by hire and reads under its context; done runs without any
// read lock and never twice at once.
func (d *DB) scan(ctx context.Context, all span, first int64, hire func(context.Context) worker) error {
	if all.high-all.low < first {
		w := hire(ctx)
		return d.newestFirst(ctx, all, first, w.read, w.done)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &shared{left: all, pacer: newPacer(first)}
	var group sync.WaitGroup
	for range scanWorkers {
		w := hire(ctx)
		group.Go(func() {
			for {
				window, ok := s.next()
				if !ok {
					return
				}
				if err := d.share(ctx, s, window, w); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// shared is what the workers of a scan have in common.
type shared struct {
	mu    sync.Mutex
	left  span
	pacer *pacer
}

func (s *shared) next() (span, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	window := span{max(s.left.low, s.left.high-s.pacer.size+1), s.left.high}
	s.left.high = window.low - 1
	return window, window.low <= window.high
}

func (d *DB) share(ctx context.Context, s *shared, window span, w worker) error {
	var took time.Duration
	err := d.burst(ctx, func(c *conn) error {
		from := time.Now()
		defer func() { took = time.Since(from) }()
		return w.read(c, window)
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pacer.measure(window, took)
	return w.done()
}

// beside calls read with the places from 0 to n, some at a time and in no exact
// order, until one fails.
func beside(ctx context.Context, n int, read func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
			if err := read(ctx, i); err != nil {
				cancel(err)
			}
		}
	}
	var group sync.WaitGroup
	for range min(n, scanWorkers) - 1 {
		group.Go(work)
	}
	work()
	group.Wait()
	return context.Cause(ctx)
}

func nothing() error { return nil }
