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
	countAllRuns     = `SELECT count(*) FROM runs`
	lastPoint        = `SELECT coalesce(max(rowid), 0) FROM metrics`
	countPoints      = `SELECT count(*) FROM metrics`
)

// countable bounds the points that are counted one by one; a longer scan would
// keep a writer waiting.
const countable = 500_000

// About implements store.Describer.
func (d *DB) About(ctx context.Context) (store.About, error) {
	a := store.About{
		URI: d.opts.URI, Path: d.path, Kind: "sqlite", Revision: d.schema.revision, Release: releases[d.schema.revision], Points: -1,
	}
	if a.URI == "" {
		a.URI = "sqlite:///" + d.path
	}
	info, err := os.Stat(d.path)
	if err != nil {
		return a, fmt.Errorf("describe %s: %w", d.path, err)
	}
	a.Bytes = info.Size()
	a.Journal = d.mode
	one := func(sql string, to func(int64)) error {
		return d.burst(ctx, func(c *conn) error {
			return c.query(ctx, sql, nil, func(v []driver.Value) error { to(integer(v[0])); return nil })
		})
	}
	var last int64
	if err := one(countExperiments, func(n int64) { a.Experiments = int(n) }); err != nil {
		return a, err
	}
	if err := one(countAllRuns, func(n int64) { a.Runs = int(n) }); err != nil {
		return a, err
	}
	if err := one(lastPoint, func(n int64) { last = n }); err != nil {
		return a, err
	}
	if last <= countable {
		if err := one(countPoints, func(n int64) { a.Points = n }); err != nil {
			return a, err
		}
	}
	a.Writable, a.Why = d.writable(info)
	if a.Release == "" {
		a.Notes = append(a.Notes, fmt.Sprintf("schema revision %q is unknown to benchside; it is read by what it has", d.schema.revision))
	}
	return a, nil
}

// writable says whether the store could be written, judging by the file, the
// revision and the user's wish. Nothing is tried.
func (d *DB) writable(info os.FileInfo) (ok bool, why string) {
	switch {
	case d.opts.ReadOnly:
		return false, "opened with --read-only"
	case !tested[d.schema.revision]:
		return false, fmt.Sprintf("schema revision %s is not among those benchside's writes are tested with (mlflow 2.22 and 3.17); mlflow db upgrade brings the store to a newer one", d.schema.revision)
	case info.Mode().Perm()&0o222 == 0:
		return false, "the file's permissions forbid writing"
	}
	// Not by opening it: closing a second descriptor of a file drops the locks
	// that SQLite holds through the first (fcntl(2)).
	const mayWrite = 2
	if err := syscall.Access(d.path, mayWrite); err != nil {
		return false, "the file cannot be written: " + err.Error()
	}
	if err := syscall.Access(filepath.Dir(d.path), mayWrite); err != nil {
		return false, "its folder cannot take SQLite's journal: " + err.Error()
	}
	return true, ""
}
