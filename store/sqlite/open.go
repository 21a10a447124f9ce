package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"benchside/store"
)

// Options say how a store is opened; the zero value is the usual way.
type Options struct {
	URI      string // as the user or MLflow spelled it; "" means sqlite:/// and the path
	ReadOnly bool   // the user forbids writing
	// Recover rolls back what a writer that was killed left half-written, as any
	// writer does. Without it such a store is refused: looking changes no byte.
	Recover bool
	// Patience is how long a read waits for another process's lock; 0 means 2 s.
	Patience time.Duration
	// Endurance is how long a write waits for another process's lock; 0 means 10 s.
	Endurance time.Duration
}

// patience is the usual one. MLflow's commits take 5 to 10 ms.
const patience = 2 * time.Second

// endurance is the usual one: a migration or a delete of MLflow takes seconds,
// and somebody waits for us.
const endurance = 10 * time.Second

// DB is an open MLflow store. It may be used by many at once. A process should
// have one DB for a file: see file.
type DB struct {
	path   string // absolute
	opts   Options
	schema schema
	gate   gate
	pool   pool

	starting sync.Mutex   // held while a replaced file is opened
	rude     atomic.Int64 // until when reads do not wait for a journal, in Unix nanoseconds
}

// Open opens the store at path for reading. It creates nothing: what is missing,
// empty, damaged or no MLflow store is an error that says so.
func Open(ctx context.Context, path string, opts Options) (*DB, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if opts.URI == "" {
		opts.URI = "sqlite:///" + full
	}
	if opts.Patience == 0 {
		opts.Patience = patience
	}
	if opts.Endurance == 0 {
		opts.Endurance = endurance
	}
	d := &DB{path: full, opts: opts, schema: newSchema(&facts{}), pool: newPool()}
	if err := d.start(ctx); err != nil {
		_ = d.Close() // nothing was written: the reason is the error before
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return d, nil
}

// start opens the file that has the store's name now and learns its schema.
func (d *DB) start(ctx context.Context) error {
	f, err := openFile(realPath(d.path))
	if err != nil {
		return err
	}
	d.pool.adopt(f)
	err = d.learn(ctx)
	if d.opts.Recover && !d.opts.ReadOnly && halfWritten(err) {
		if err = d.rollBackJournal(ctx); err == nil {
			err = d.learn(ctx)
		}
	}
	return err
}

// rollBackJournal lets SQLite undo what a writer left behind when it was killed.
func (d *DB) rollBackJournal(ctx context.Context) error {
	c, err := d.pool.writer(false)
	if err != nil {
		return err
	}
	defer c.close()
	return c.query(ctx, `SELECT 1 FROM sqlite_schema LIMIT 1`, nil, func([]driver.Value) error { return nil })
}

// restart opens the file anew if another one has its name now.
func (d *DB) restart(ctx context.Context) error {
	d.starting.Lock()
	defer d.starting.Unlock()
	if _, _, err := d.pool.look(); !errors.Is(err, errReplaced) {
		return err // another reader was here first
	}
	return d.start(ctx)
}

// relearn reads the schema of a store that may have changed.
func (d *DB) relearn(ctx context.Context) error {
	if err := d.burst(ctx, func(*conn) error { return nil }); err != nil {
		return err
	}
	return d.learn(ctx)
}

// learn reads the schema and checks that it is one of MLflow's.
func (d *DB) learn(ctx context.Context) error {
	var found *facts
	err := d.attempt(ctx, func(c *conn) (err error) {
		found, err = readFacts(ctx, c)
		return err
	})
	if err != nil {
		return err
	}
	if err := found.check(); err != nil {
		return err
	}
	d.schema.now.Store(found)
	return nil
}

// realPath follows symbolic links as far as they lead.
func realPath(path string) string {
	if found, err := filepath.EvalSymlinks(path); err == nil {
		return found
	}
	return path
}

// Close closes all connections once the reads under way have ended. Later reads
// fail.
func (d *DB) Close() error {
	d.pool.close()
	return d.gate.empty(context.Background())
}

var _ interface { // what this part of the package does
	store.Describer
	store.Watcher
	store.Quieter
	store.Writer
	store.Purger
	store.Inspector
	store.Analyzer
	store.LedgerReader
	store.GovernanceReader
	store.Outbox
	store.JobKeeper
} = (*DB)(nil)
