package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mattn/go-sqlite3"

	"benchside/store"
)

// grain is how often a read that waits for a lock tries again. SQLite's own
// busy handler waits up to 100 ms at a time and cannot be cancelled.
const grain = 2 * time.Millisecond

// burst is one short read: statements that together hold the read lock for at
// most 50 ms, on a connection of their own. Longer reads are cut into many
// bursts, since MLflow's COMMIT waits for a lock of ours. A burst may run read
// again from its start if the store was locked, so read must begin afresh each
// time. Its errors are of the kinds of package store.
func (d *DB) burst(ctx context.Context, read func(c *conn) error) error {
	err := d.attempt(ctx, read)
	if errors.Is(err, errReplaced) {
		if err = d.restart(ctx); err == nil {
			err = d.attempt(ctx, read)
		}
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	if missing(err) {
		return d.migrated(ctx, err)
	}
	return err
}

// attempt reads once, or more often while the store is locked or its files are
// being exchanged, as long as patience allows.
func (d *DB) attempt(ctx context.Context, read func(c *conn) error) error {
	var deadline time.Time
	for {
		err := d.once(ctx, read)
		if err == nil || !busy(err) {
			return d.explain(ctx, err)
		}
		now := time.Now()
		if deadline.IsZero() {
			deadline = now.Add(d.opts.Patience)
		}
		switch {
		case now.Before(deadline):
		case errors.Is(err, errNoIndex):
			return d.withoutIndex()
		default:
			return fmt.Errorf("%w for more than %v: wait for its writer to finish, or end it", store.ErrBusy, d.opts.Patience)
		}
		if err := sleep(ctx, grain); err != nil {
			return err
		}
	}
}

// courtesy is how long a read that finds a journal waits for the commit: a
// writer that finds a reader sleeps for up to 100 ms. A journal that stays is
// not waited for again during rudeness.
const (
	courtesy = 10 * time.Millisecond
	rudeness = time.Second
)

func (d *DB) yield(ctx context.Context) error {
	if time.Now().UnixNano() < d.rude.Load() {
		return nil
	}
	for range courtesy / grain {
		if !d.writing() {
			return nil
		}
		if err := sleep(ctx, grain); err != nil {
			return err
		}
	}
	d.rude.Store(time.Now().Add(rudeness).UnixNano())
	return nil
}

// writing reports whether a writer has begun a transaction, or left its journal.
func (d *DB) writing() bool {
	journal := stat(d.pool.path() + "-journal")
	return journal != nil && journal.Size() > 0
}

// once runs read under the gate, which is not held between attempts. While there
// is a writer, reads go one by one: SQLite lets a connection join the lock that
// another one of the same process holds, past a writer that waits for its end,
// so reads that overlap would keep the writer waiting for ever.
func (d *DB) once(ctx context.Context, read func(c *conn) error) error {
	if err := d.yield(ctx); err != nil {
		return err
	}
	if err := d.gate.enter(ctx, d.writing); err != nil {
		return err
	}
	defer d.gate.leave()
	c, err := d.pool.take(ctx)
	if err != nil {
		return err
	}
	err = read(c)
	if stale := d.pool.giveBack(c); err == nil && stale {
		return errMoved
	}
	return err
}

// errMoved: the files changed below a connection that takes no locks.
var errMoved = errors.New("the store was opened by a writer meanwhile")

func busy(err error) bool {
	if errors.Is(err, errMoved) || errors.Is(err, errNoIndex) {
		return true
	}
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// migrated tells a table or column that another process took away from a
// mistake of ours.
func (d *DB) migrated(ctx context.Context, cause error) error {
	before := d.schema.revision()
	if err := d.learn(ctx); err != nil {
		return err
	}
	if after := d.schema.revision(); after != before {
		return fmt.Errorf("read %s: %w: it was migrated from revision %s to %s; read it again",
			d.path, store.ErrStale, before, after)
	}
	return cause
}
