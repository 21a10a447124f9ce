package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"benchside/store"
)

const (
	countExperiments = `SELECT count(*) FROM experiments`
	lastPoint        = `SELECT coalesce(max(rowid), 0) FROM metrics`
	countPoints      = `SELECT count(*) FROM metrics`
	journalMode      = `PRAGMA journal_mode`
)

// mostPoints bounds the points that are counted one by one, about 20 ms.
const mostPoints = 500_000

// About implements store.Describer.
func (d *DB) About(ctx context.Context) (store.About, error) {
	a := store.About{
		URI: d.opts.URI, Path: d.path, Kind: "sqlite", Points: -1,
		Revision: d.schema.revision(), Release: release(d.schema.revision()),
	}
	if err := d.count(ctx, &a); err != nil {
		return a, fmt.Errorf("describe %s: %w", d.path, err)
	}
	now, _, err := d.pool.look()
	if err != nil {
		return a, fmt.Errorf("describe %s: %w", d.path, err)
	}
	a.Bytes = now.file.Size()
	if now.log != nil {
		a.Bytes += now.log.Size()
	}
	if now.access != accessJournal {
		a.Journal = "wal" // an immutable connection does not know
	}
	if a.Writable, a.Why = d.writable(a.Revision, now.file); a.Writable {
		if found, err := d.foreign(ctx); err != nil {
			return a, fmt.Errorf("describe %s: %w", d.path, err)
		} else if found != "" {
			a.Writable, a.Why = false, found
		}
	}
	a.Notes = notes(a.Revision)
	return a, nil
}

// foreign says what is in another workspace than the default one.
func (d *DB) foreign(ctx context.Context) (found string, err error) {
	err = d.burst(ctx, func(c *conn) error {
		t := &tx{c: c, columns: map[string][]string{}}
		if err := t.learn(); err != nil {
			return err
		}
		found, err = t.foreign()
		return err
	})
	return found, err
}

// Writable reports whether the store may be changed, else why not. It counts nothing,
// unlike About.
func (d *DB) Writable() (ok bool, why string, err error) {
	now, _, err := d.pool.look()
	if err != nil {
		return false, "", fmt.Errorf("describe %s: %w", d.path, err)
	}
	ok, why = d.writable(d.schema.revision(), now.file)
	return ok, why, nil
}

func (d *DB) count(ctx context.Context, a *store.About) error {
	runs, err := d.rows(ctx, runRows)
	if err != nil {
		return err
	}
	if a.Runs, err = d.countRuns(ctx, runs, []any{nil, nil}); err != nil {
		return err
	}
	one := func(sql string, set func(driver.Value)) error {
		return d.burst(ctx, func(c *conn) error {
			return c.query(ctx, sql, nil, func(v []driver.Value) error { set(v[0]); return nil })
		})
	}
	if err := one(countExperiments, func(v driver.Value) { a.Experiments = int(integer(v)) }); err != nil {
		return err
	}
	if err := one(journalMode, func(v driver.Value) { a.Journal = text(v) }); err != nil {
		return err
	}
	var last int64
	if err := one(lastPoint, func(v driver.Value) { last = integer(v) }); err != nil || last > mostPoints {
		return err
	}
	return one(countPoints, func(v driver.Value) { a.Points = integer(v) })
}

// The right to write, as access(2) names it. Trying it by opening the file
// would give up SQLite's locks: see file.
const mayWrite = 2

// writable judges by the user's wish, the revision and the permissions whether
// the store could be written. Nothing is tried.
func (d *DB) writable(revision string, f os.FileInfo) (ok bool, why string) {
	real := realPath(d.path)
	folder := filepath.Dir(real)
	switch {
	case d.opts.ReadOnly:
		return false, "opened read-only as asked; leave out --read-only to allow changes"
	case release(revision) == "":
		return false, fmt.Sprintf("schema revision %q is not known here; a newer benchside may know it", revision)
	case !covered(revision):
		return false, fmt.Sprintf("schema revision %s (MLflow %s) is read only; after a backup, "+
			"mlflow db upgrade of MLflow 3.17 makes it one that can be written", revision, release(revision))
	case f.Mode().Perm()&0o222 == 0 || syscall.Access(real, mayWrite) != nil:
		return false, "no permission to write the file; ask its owner, or chmod u+w " + d.path
	case syscall.Access(folder, mayWrite) != nil:
		return false, "no permission to write the folder " + folder + ", where SQLite puts its journal"
	}
	return true, ""
}

// notes are what else a reader of the store should know.
func notes(revision string) []string {
	switch {
	case revision == "":
		return []string{"the store records no schema revision; what is there is shown"}
	case release(revision) == "":
		return []string{fmt.Sprintf("schema revision %q is not known here; what is there is shown", revision)}
	}
	return nil
}
