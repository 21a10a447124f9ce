package sqlite

import (
	"context"
	"errors"
	"time"

	"benchside/store"
)

// How the feed keeps its pace. A commit is told at once; while a writer is
// busy, its commits are gathered, which keeps our share of a core small.
const (
	pace  = 75 * time.Millisecond // from one change to the next
	every = time.Second           // between two looks at the files when nothing is told
	grace = 50 * time.Millisecond // for the operating system to tell what a look has found

	// A writer of a log makes its commit visible some time after it has written
	// it, usually at once, and nobody is told. So it is read again after settle,
	// then four times as long, and so on until settled.
	settle  = 25 * time.Millisecond
	settled = 2 * time.Second
)

// Watch implements store.Watcher. What was committed before it returns is not
// told. Changes of runs that have ended long ago are found by comparing all
// runs, which takes some seconds in a store of 100,000 runs.
func (d *DB) Watch(ctx context.Context) (<-chan store.Change, error) {
	f := &feed{db: d, out: make(chan store.Change), signs: newSigns()}
	if err := f.begin(ctx); err != nil {
		f.signs.close()
		return nil, err
	}
	go f.run(ctx)
	return f.out, nil
}

// feed follows the store for one reader. It belongs to one goroutine.
type feed struct {
	db    *DB
	out   chan store.Change
	signs *signs
	mode  store.Mode

	seen    footing       // of the files at the last look
	epoch   int           // of the pool, which counts the files under our name
	again   time.Time     // when to read again, see settle; zero for never
	delay   time.Duration // from the reading before
	problem error         // why nothing can be read now
	mark    mark          // how far the store was told
	runs    roll
	shelf   shelf
	told    time.Time // when the last change was sent
}

func (f *feed) run(ctx context.Context) {
	defer close(f.out)
	defer f.signs.close()
	tick := time.NewTimer(every)
	defer tick.Stop()
	for rested := false; ctx.Err() == nil; rested = f.rest(ctx) {
		if !rested {
			f.listen(ctx, tick)
		}
		if !f.look(ctx) {
			return
		}
		if err := errors.Join(f.compare(ctx), f.registry(ctx)); err != nil && !f.fail(ctx, err) {
			return
		}
	}
}

// listen waits until something is told or it is time to look.
func (f *feed) listen(ctx context.Context, tick *time.Timer) {
	tick.Reset(f.wait())
	select {
	case <-ctx.Done():
	case <-f.signs.told:
		f.mode = store.Notified
	case <-tick.C:
		f.askSigns(ctx)
	}
}

// rest keeps the pace after a change, without listening: a busy writer would
// tell us thousands of things a second. It reports whether it did.
func (f *feed) rest(ctx context.Context) bool {
	rest := time.Until(f.told.Add(pace))
	if rest <= 0 {
		return false
	}
	f.signs.pause()
	_ = sleep(ctx, rest) // the loop ends with ctx
	f.signs.follow(f.db.pool.path())
	return true
}

// wait is how long to do nothing if nothing is told.
func (f *feed) wait() time.Duration {
	wait := every
	if f.problem == nil {
		wait = min(wait, f.runs.due(), f.shelf.due())
	}
	if !f.again.IsZero() {
		wait = min(wait, time.Until(f.again))
	}
	return max(wait, time.Millisecond)
}

// askSigns finds out whether the operating system tells of commits: if a look
// finds one that is not told soon after, it does not, as on many a network disk.
func (f *feed) askSigns(ctx context.Context) {
	f.signs.follow(f.db.pool.path())
	now, _, err := f.db.pool.look()
	if f.problem != nil || err != nil || !f.seen.differs(now) {
		return
	}
	select {
	case <-f.signs.told:
		f.mode = store.Notified
	case <-time.After(grace):
		f.mode = store.Polling
	case <-ctx.Done():
	}
}

// look reads what was committed since the last look and sends it. It reports
// false once the reader is gone.
func (f *feed) look(ctx context.Context) bool {
	now, epoch, err := f.db.pool.look()
	if err != nil || epoch != f.epoch || f.problem != nil {
		return f.recover(ctx)
	}
	differs := f.seen.file == nil || f.seen.differs(now)
	if !f.due(differs, now.access) {
		return true
	}
	f.seen = now
	f.runs.dirty, f.shelf.dirty = true, true
	return f.read(ctx)
}

// due reports whether to read now, and notes when to do it again.
func (f *feed) due(differs bool, a access) bool {
	now := time.Now()
	switch {
	case differs && a == accessWAL:
		f.delay = settle
	case differs:
		f.again = time.Time{}
		return true
	case f.again.IsZero() || now.Before(f.again):
		return false
	default:
		f.delay *= 4
	}
	f.again = now.Add(f.delay)
	if f.delay > settled {
		f.again = time.Time{}
	}
	return true
}

// read sends the rows that were added, one page after the other.
func (f *feed) read(ctx context.Context) bool {
	for more := true; more; {
		b, err := f.readBatch(ctx)
		switch {
		case errors.Is(err, errRebuilt) || errors.Is(err, store.ErrStale):
			return f.reload(ctx)
		case err != nil:
			return f.fail(ctx, err)
		}
		events := f.events(b)
		f.mark, more = b.next, b.full
		if len(events) > 0 && !f.send(ctx, store.Change{Events: events}) {
			return false
		}
	}
	return ctx.Err() == nil
}

// recover tries to read again after a problem, or after the file was replaced.
func (f *feed) recover(ctx context.Context) bool {
	if err := f.db.relearn(ctx); err != nil {
		return f.fail(ctx, err)
	}
	_, epoch, err := f.db.pool.look()
	switch {
	case err != nil:
		return f.fail(ctx, err)
	case epoch != f.epoch || errors.Is(f.problem, store.ErrGone):
		return f.reload(ctx)
	}
	f.problem = nil
	// What was committed meanwhile is told next.
	f.seen = footing{}
	return f.send(ctx, store.Change{}) && f.look(ctx)
}

func (f *feed) reload(ctx context.Context) bool {
	f.problem = nil
	if err := f.begin(ctx); err != nil {
		return f.fail(ctx, err)
	}
	return f.send(ctx, store.Change{Reload: true})
}

// fail sends why the store cannot be read, once.
func (f *feed) fail(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	if f.problem != nil && f.problem.Error() == err.Error() {
		return true
	}
	f.problem = err
	return f.send(ctx, store.Change{Problem: err, Mode: store.Lost})
}

func (f *feed) send(ctx context.Context, c store.Change) bool {
	c.At = time.Now()
	if c.Problem == nil {
		c.Mode = f.mode
	}
	select {
	case f.out <- c:
		f.told = time.Now()
		return true
	case <-ctx.Done():
		return false
	}
}

// begin takes the store as it is for told.
func (f *feed) begin(ctx context.Context) error {
	if f.mode = store.Notified; !f.signs.follow(f.db.pool.path()) {
		f.mode = store.Polling
	}
	if err := f.db.relearn(ctx); err != nil {
		return err
	}
	var err error
	if f.seen, f.epoch, err = f.db.pool.look(); err != nil {
		return err
	}
	if f.mark, err = f.readMark(ctx); err != nil {
		return err
	}
	live, err := f.readLive(ctx)
	if err != nil {
		return err
	}
	f.again, f.told = time.Time{}, time.Time{}
	f.runs = newRoll(f.mark.runs.row, live)
	f.shelf = newShelf(f.runs.next)
	return nil
}
