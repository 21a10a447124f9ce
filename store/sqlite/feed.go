package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"benchside/store"
)

// How the feed keeps its pace: a single commit is told at once, a busy writer's
// are gathered, and a silent operating system is asked now and then.
const (
	settle   = 10 * time.Millisecond // from the first sign of a commit to the look
	pace     = 80 * time.Millisecond // between two looks
	fallback = time.Second           // between two looks where nothing is told
	safety   = 5 * time.Second       // between two looks in case something was not told
	rescan   = 4 * time.Second       // between two scans of all runs of a big store
)

// Watch implements store.Watcher.
func (d *DB) Watch(ctx context.Context) (<-chan store.Change, error) {
	f := &feed{db: d, out: make(chan store.Change)}
	if err := f.begin(ctx); err != nil {
		return nil, err
	}
	signs, mode := d.signs(ctx)
	f.mode = mode
	go f.run(ctx, signs)
	return f.out, nil
}

// signs tells of writes to the store's files. A nil channel means that the
// operating system does not tell and one must look.
func (d *DB) signs(ctx context.Context) (<-chan struct{}, store.Mode) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, store.Polling
	}
	if err := w.Add(filepath.Dir(d.path)); err != nil {
		w.Close()
		return nil, store.Polling
	}
	out := make(chan struct{}, 1)
	name := filepath.Base(d.path)
	go func() {
		defer w.Close()
		for {
			select {
			case <-ctx.Done():
				return
			case e, ok := <-w.Events:
				if !ok {
					return
				}
				if !strings.HasPrefix(filepath.Base(e.Name), name) {
					continue
				}
			case <-w.Errors: // an overflow: something happened
			}
			select {
			case out <- struct{}{}:
			default: // one is waiting already
			}
		}
	}()
	return out, store.Notified
}

// feed follows one store for one reader.
type feed struct {
	db   *DB
	out  chan store.Change
	mode store.Mode

	seen    marks
	version int64 // PRAGMA data_version of conn
	conn    *conn // data_version counts the commits of others on one connection
	runs    ledger
	known   string // digest of the experiments
	scanned time.Time
	dirty   bool // something was committed since the last scan of all runs
	lost    bool
}

func (f *feed) run(ctx context.Context, signs <-chan struct{}) {
	defer close(f.out)
	defer f.release()
	every := safety
	if signs == nil {
		every = fallback
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		wait := settle
		select {
		case <-ctx.Done():
			return
		case <-signs:
		case <-tick.C:
			wait = 0
		}
		if !rest(ctx, wait) {
			return
		}
		if !f.look(ctx) || !rest(ctx, pace) {
			return
		}
		for f.dirty && ctx.Err() == nil && !f.lost && f.scanDue() {
			if !f.look(ctx) {
				return
			}
		}
		if f.dirty {
			tick.Reset(min(every, rescan))
		} else {
			tick.Reset(every)
		}
	}
}

func (f *feed) scanDue() bool {
	return f.dirty && (!f.runs.filled || len(f.runs.rows) <= smallStore || time.Since(f.scanned) >= rescan)
}

func rest(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// look reads what was committed since the last look and tells it. It reports
// false once the reader is gone.
func (f *feed) look(ctx context.Context) bool {
	changed, reload, err := f.changed(ctx)
	switch {
	case ctx.Err() != nil:
		return false
	case err != nil:
		return f.problem(ctx, err)
	case reload || f.lost:
		f.lost = false
		if err := f.begin(ctx); err != nil {
			return f.problem(ctx, err)
		}
		return f.tell(ctx, store.Change{Reload: true})
	case !changed && !f.scanDue():
		return true
	}
	f.dirty = true
	if err := f.grown(ctx); err != nil {
		return f.problem(ctx, err)
	}
	return true
}

func (f *feed) problem(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.Is(err, errTold) {
		return false
	}
	f.release()
	told := f.lost
	f.lost = true
	if told {
		return true
	}
	return f.tell(ctx, store.Change{Problem: err, Mode: store.Lost})
}

// errTold ends the reading of what grew when the reader has gone.
var errTold = errors.New("the reader has gone")

func (f *feed) tell(ctx context.Context, c store.Change) bool {
	c.At = time.Now()
	if c.Problem == nil {
		c.Mode = f.mode
	}
	select {
	case f.out <- c:
		return true
	case <-ctx.Done():
		return false
	}
}
