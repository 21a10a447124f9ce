package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"

	"benchside/store"
)

// How long a write tries. MLflow's own client gives up after 20 s.
const (
	writePatience = 20 * time.Second
	// commitPatience is how long one attempt waits, holding the right to write, for
	// the reads of other processes to end.
	commitPatience = 2 * time.Second
	writeGrain     = 5 * time.Millisecond
)

// tx is one transaction that writes. Nobody else of this process reads or writes
// meanwhile.
type tx struct {
	c      *conn
	schema schema
	now    int64 // milliseconds since the Unix epoch, the time of everything in it
}

// transact runs do in one BEGIN IMMEDIATE transaction and commits it, or takes it
// back if dry or if do fails. While another process keeps the store locked it
// tries again, from the start, and tells waiting.
func (d *DB) transact(ctx context.Context, dry bool, waiting func(time.Duration), do func(ctx context.Context, t *tx) error) error {
	if err := d.mayWrite(ctx); err != nil {
		return err
	}
	from := time.Now()
	for {
		err := d.writeOnce(ctx, dry, do)
		if err == nil || !busy(err) {
			return d.explain(ctx, err)
		}
		waited := time.Since(from)
		if waited > writePatience {
			return fmt.Errorf("%w for more than %v: wait for its writer to finish, or end it", store.ErrBusy, writePatience)
		}
		if waiting != nil {
			waiting(waited)
		}
		if err := sleep(ctx, writeGrain); err != nil {
			return err
		}
	}
}

// mayWrite says why the store is not to be written, before anything is opened for
// it.
func (d *DB) mayWrite(ctx context.Context) error {
	now, _, err := d.pool.look()
	if err != nil {
		return err
	}
	if ok, why := d.writable(d.schema.revision(), now.file); !ok {
		return fmt.Errorf("%w: %s", store.ErrReadOnly, why)
	}
	return nil
}

func (d *DB) writeOnce(ctx context.Context, dry bool, do func(ctx context.Context, t *tx) error) (err error) {
	if err := d.gate.enter(ctx, func() bool { return true }); err != nil {
		return err
	}
	defer d.gate.leave()
	c, err := d.pool.dialWriter()
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.run(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	// Once it has begun, only its own end ends it: a context that is cancelled is
	// looked at before the commit.
	inside := context.WithoutCancel(ctx)
	err = do(inside, &tx{c: c, schema: d.schema, now: time.Now().UnixMilli()})
	if err == nil && !dry {
		err = ctx.Err()
	}
	if err == nil && !dry {
		err = commit(inside, c)
	}
	if err != nil || dry {
		return errors.Join(err, c.run(inside, "ROLLBACK"))
	}
	return nil
}

// commit waits for the reads of other processes to end.
func commit(ctx context.Context, c *conn) error {
	for from := time.Now(); ; {
		err := c.run(ctx, "COMMIT")
		if err == nil || !busy(err) || time.Since(from) > commitPatience {
			return err
		}
		if err := sleep(ctx, grain); err != nil {
			return err
		}
	}
}

// run runs a statement without rows.
func (c *conn) run(ctx context.Context, sql string, args ...any) error {
	return c.query(ctx, sql, args, func([]driver.Value) error { return nil })
}

// dialWriter opens a connection that may write. The idle ones that read are
// closed: one that takes no locks would go on reading the file as it was.
func (p *pool) dialWriter() (*conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == nil {
		return nil, errClosed
	}
	now, err := p.file.look()
	if err != nil && !errors.Is(err, errNoIndex) { // a writer makes the index
		return nil, err
	}
	p.drop()
	q := url.Values{"mode": {"rw"}, "_foreign_keys": {"1"}, "_busy_timeout": {"0"}, "_cslike": {"1"}}
	name := url.URL{Path: filepath.ToSlash(p.file.path)}
	raw, err := (&sqlite3.SQLiteDriver{}).Open("file:" + name.EscapedPath() + "?" + q.Encode())
	if err != nil {
		return nil, err
	}
	p.file.hold()
	return &conn{raw: raw.(*sqlite3.SQLiteConn), file: p.file, opened: now, statements: map[string]*statement{}}, nil
}
