package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mattn/go-sqlite3"

	"benchside/store"
)

const (
	beginImmediate = `BEGIN IMMEDIATE`
	commitAll      = `COMMIT`
	rollbackAll    = `ROLLBACK`
	// Pages stay in memory until the commit, so that what is taken back never
	// touched the file.
	keepInMemory = `PRAGMA cache_spill = OFF`
)

const (
	retry = 5 * time.Millisecond   // between two tries to get the lock
	pulse = 100 * time.Millisecond // between two words to the user who waits for it

	closing = 500 * time.Millisecond // for which a commit keeps new readers out

	shortWrite = 50 * time.Millisecond // of a write that can be done in parts
)

// Write implements store.Writer. To observe all models is done in many
// transactions, since each must be short and every model stands for itself.
func (d *DB) Write(ctx context.Context, i store.Intent) (store.Receipt, error) {
	if len(i.Mutations) == 0 {
		return store.Receipt{}, fmt.Errorf("change %s: %w", d.path, refuse(store.ErrInvalid, "nothing to do"))
	}
	if len(i.Mutations) == 1 && i.Mutations[0] == (store.Observe{}) && !i.DryRun {
		return d.observeAll(ctx, i)
	}
	if err := d.thin(ctx, i); err != nil {
		return store.Receipt{}, err
	}
	var receipt store.Receipt
	doing := i.Mutations[0]
	err := d.transaction(ctx, patient{until: d.opts.Endurance, tell: i.Waiting}, i.DryRun, func(t *tx) error {
		receipt = store.Receipt{}
		w := newWork(t, i, &receipt)
		return w.do(func() error {
			for _, doing = range i.Mutations {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := w.mutate(doing); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return store.Receipt{}, fmt.Errorf("%s: %w", doing.Sentence(), err)
	}
	return receipt, nil
}

// observeAll looks for models that others changed without holding up anybody, and
// then writes what it found, some models in a transaction.
func (d *DB) observeAll(ctx context.Context, i store.Intent) (store.Receipt, error) {
	var receipt store.Receipt
	names, err := d.changedModels(ctx)
	p := patient{until: d.opts.Endurance, tell: i.Waiting}
	for len(names) > 0 && err == nil {
		var some store.Receipt
		left := names
		err = d.transaction(ctx, p, false, func(t *tx) error {
			some, left = store.Receipt{}, names
			w := newWork(t, i, &some)
			return w.do(func() error {
				for start := time.Now(); len(left) > 0 && time.Since(start) < shortWrite; left = left[1:] {
					if err := w.look(left[0]); err != nil {
						return err
					}
				}
				return nil
			})
		})
		if err == nil {
			names = left
			receipt.Observed = append(receipt.Observed, some.Observed...)
		}
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", store.Observe{}.Sentence(), err)
	}
	return receipt, err
}

// refusal is an error of a kind whose text is its own, MLflow's where MLflow has
// one.
type refusal struct {
	kind error
	says string
}

func (r *refusal) Error() string { return r.says }
func (r *refusal) Unwrap() error { return r.kind }

func refuse(kind error, format string, args ...any) error {
	return &refusal{kind, fmt.Sprintf(format, args...)}
}

// patient is how long a write waits for the locks of others, and who is told.
type patient struct {
	until time.Duration
	tell  func(time.Duration)
	since time.Time
	told  time.Time
}

// wait waits a little, or says that it has been enough.
func (p *patient) wait(ctx context.Context) error {
	now := time.Now()
	if p.since.IsZero() {
		p.since, p.told = now, now
	}
	waited := now.Sub(p.since)
	if waited >= p.until {
		return fmt.Errorf("%w for more than %v: wait for it to finish, or end it", store.ErrBusy, p.until)
	}
	if p.tell != nil && now.Sub(p.told) >= pulse {
		p.told = now
		p.tell(waited)
	}
	return sleep(ctx, retry)
}

// transaction runs do inside one transaction that has the right to write from
// its first statement on; do must take milliseconds and may run again. With dry
// all of it is taken back.
func (d *DB) transaction(ctx context.Context, p patient, dry bool, do func(t *tx) error) error {
	if ok, why := d.mayWrite(); !ok {
		return refuse(store.ErrReadOnly, "%s: %v", why, store.ErrReadOnly)
	}
	return d.transact(ctx, p, dry, do)
}

func (d *DB) transact(ctx context.Context, p patient, dry bool, do func(t *tx) error) error {
	for {
		err := d.transactOnce(ctx, dry, do)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errReplaced):
			err = d.restart(ctx)
		case !busy(err):
			return d.explain(ctx, err)
		default:
			err = p.wait(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// mayWrite judges without trying whether the store may be written.
func (d *DB) mayWrite() (ok bool, why string) {
	now, _, err := d.pool.look()
	if err != nil && !busy(err) && !errors.Is(err, errReplaced) {
		return false, err.Error()
	}
	if now.file == nil {
		return true, "" // the files are being exchanged; it is asked again
	}
	return d.writable(d.schema.revision(), now.file)
}

func (d *DB) transactOnce(ctx context.Context, dry bool, do func(t *tx) error) error {
	if err := d.gate.enterToWrite(ctx); err != nil {
		return err
	}
	defer d.gate.leaveFromWrite()
	c, err := d.pool.writer(d.opts.ReadOnly)
	if err != nil {
		return err
	}
	defer c.close()
	t, err := begin(c)
	if err != nil {
		return err
	}
	if err := do(t); err != nil || dry {
		return errors.Join(err, t.exec(rollbackAll))
	}
	return d.commit(ctx, t)
}

// commit waits for readers, who keep their lock for moments. While it waits
// nobody else can begin to read; so it is given up after a while, or when
// somebody wants quiet, and the transaction is done again from its start.
func (d *DB) commit(ctx context.Context, t *tx) error {
	end := time.Now().Add(closing)
	for {
		err := ctx.Err()
		if err == nil {
			if err = t.exec(commitAll); err == nil {
				return nil
			}
		}
		if locked(err) && time.Now().Before(end) && !d.gate.wanted() {
			if err = sleep(ctx, retry); err == nil {
				continue
			}
		}
		// An error of the rollback says only that SQLite has done it already.
		_ = t.exec(rollbackAll)
		return err
	}
}

func locked(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrBusy
}
