package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/mattn/go-sqlite3"

	"benchside/store"
)

// explain turns an error of SQLite into one of the kinds of package store, with
// one line that says what is wrong with the file and what to do.
func (d *DB) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	name := filepath.Base(d.path)
	switch {
	case e.ExtendedCode == sqlite3.ErrReadonlyRollback:
		return fmt.Errorf("%w: a writer was stopped halfway and left %s-journal; "+
			"any MLflow command on the store, or benchside models observe, rolls it back", errHalfWritten, name)
	case e.Code == sqlite3.ErrReadonly || e.Code == sqlite3.ErrPerm || e.Code == sqlite3.ErrAuth:
		return fmt.Errorf("%w: %w", store.ErrReadOnly, err)
	case e.Code == sqlite3.ErrNotADB:
		return fmt.Errorf("%w: the file is not an SQLite database", store.ErrNotStore)
	case e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrFormat || e.ExtendedCode == sqlite3.ErrIoErrShortRead:
		return fmt.Errorf("%w: %s; restore a copy, or try sqlite3 %s .recover", store.ErrDamaged, d.damage(err), name)
	}
	if _, _, gone := d.pool.look(); gone != nil {
		return gone
	}
	return err
}

func (d *DB) withoutIndex() error {
	name := filepath.Base(d.path)
	return fmt.Errorf("%w: its log %s-wal came without %s-shm, as in a copy made while MLflow wrote; "+
		"any MLflow command on the store, or sqlite3 %s .tables, makes it whole", store.ErrDamaged, name, name, name)
}

// damage says what is wrong with the file, as far as can be seen.
func (d *DB) damage(err error) string {
	now, _, lost := d.pool.look()
	if lost != nil || now.file.Size() >= now.whole {
		return err.Error()
	}
	return fmt.Sprintf("the file ends after %d of its %d bytes", now.file.Size(), now.whole)
}

// errHalfWritten: a journal waits to be rolled back.
var errHalfWritten = fmt.Errorf("%w", store.ErrDamaged)

func halfWritten(err error) bool { return errors.Is(err, errHalfWritten) }

// missing reports whether a statement named a table, column or index that is
// not there.
func missing(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrError && strings.HasPrefix(e.Error(), "no such ")
}
