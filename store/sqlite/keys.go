package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"benchside/store"
)

const (
	// keysAfter jumps from key to key through the primary key, ?2 of them.
	keysAfter = `WITH RECURSIVE k(key) AS (
			SELECT min(t.key) FROM %[1]s t WHERE t.key > ?1
			UNION ALL
			SELECT (SELECT min(t.key) FROM %[1]s t WHERE t.key > k.key) FROM k WHERE k.key IS NOT NULL
			LIMIT ?2)
		SELECT key FROM k WHERE key IS NOT NULL ORDER BY key`
	emptyKey = `SELECT EXISTS (SELECT 1 FROM %[1]s t WHERE t.key = '')`

	// The texts of one window that contain ?4, at most ?5 of them.
	textsScanned = `SELECT DISTINCT t.value FROM %[1]s t NOT INDEXED
		WHERE t.rowid BETWEEN ?1 AND ?2 AND t.key = ?3 AND instr(t.value, ?4) > 0 LIMIT ?5`
	textsOfRuns = `SELECT DISTINCT %[1]s FROM runs r NOT INDEXED
		WHERE r.rowid BETWEEN ?1 AND ?2 AND ?3 IS NOT NULL AND instr(%[1]s, ?4) > 0 LIMIT ?5`
)

const (
	keysPerBurst = 2000
	// Values is for completion while one types: it stops with what it has.
	valuesTime = 150 * time.Millisecond
)

// Keys implements store.KeyReader.
func (d *DB) Keys(ctx context.Context, kind store.FieldKind) ([]string, error) {
	k, ok := keyedBy(kind)
	if !ok {
		return []string{"artifact_uri", "end_time", "run_id", "run_name", "start_time", "status", "user_id"}, nil
	}
	statement := fmt.Sprintf(keysAfter, k.table)
	keys, err := d.hasEmptyKey(ctx, k)
	if err != nil {
		return nil, fmt.Errorf("read the keys of %s: %w", k.table, err)
	}
	for after, n := "", keysPerBurst; n == keysPerBurst; {
		before := len(keys)
		err := d.burst(ctx, func(c *conn) error {
			keys = keys[:before]
			return c.query(ctx, statement, []any{after, keysPerBurst}, func(v []driver.Value) error {
				keys = append(keys, text(v[0]))
				return nil
			})
		})
		if err != nil {
			return nil, fmt.Errorf("read the keys of %s: %w", k.table, err)
		}
		if n = len(keys) - before; n > 0 {
			after = keys[len(keys)-1]
		}
	}
	return keys, nil
}

// hasEmptyKey returns the empty key if it is in use: no key is less than it.
func (d *DB) hasEmptyKey(ctx context.Context, k keyed) ([]string, error) {
	var keys []string
	err := d.burst(ctx, func(c *conn) error {
		keys = nil
		return c.query(ctx, fmt.Sprintf(emptyKey, k.table), nil, func(v []driver.Value) error {
			if integer(v[0]) != 0 {
				keys = []string{""}
			}
			return nil
		})
	})
	return keys, err
}

// Values implements store.KeyReader: the newest values that it finds, sorted.
// Only texts have values to choose from; metrics and times give none.
func (d *DB) Values(ctx context.Context, field store.Field, part string, limit int) ([]string, error) {
	f := &finder{db: d, part: part, limit: limit, until: time.Now().Add(valuesTime), found: map[string]bool{}}
	if err := f.find(ctx, field); err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("read the values of %s: %w", field.Key, err)
	}
	return slices.Sorted(maps.Keys(f.found)), nil
}

// errEnough ends a search of values early.
var errEnough = errors.New("enough values")

// finder collects distinct values until there are enough or time is up.
type finder struct {
	db    *DB
	part  string
	limit int // 0 means no limit
	until time.Time
	found map[string]bool
}

func (f *finder) add(v driver.Value) {
	if s := text(v); v != nil && strings.Contains(s, f.part) && (f.limit <= 0 || len(f.found) < f.limit) {
		f.found[s] = true
	}
}

func (f *finder) enough() error {
	if f.limit > 0 && len(f.found) >= f.limit || time.Now().After(f.until) {
		return errEnough
	}
	return nil
}

func (f *finder) find(ctx context.Context, field store.Field) error {
	k, ok := keyedBy(field.Kind)
	if !ok {
		column, numeric := attribute(field.Key)
		if column == "" || numeric {
			return nil
		}
		return f.scan(ctx, runRows, fmt.Sprintf(textsOfRuns, column), field.Key)
	}
	if field.Kind == store.MetricField {
		return nil
	}
	all, err := f.db.rows(ctx, k.sql(keyedRows))
	if err != nil {
		return err
	}
	many, err := f.db.common(ctx, k, field.Key, all)
	if err != nil {
		return err
	}
	if many {
		return f.scan(ctx, k.sql(keyedRows), fmt.Sprintf(textsScanned, k.table), field.Key)
	}
	return f.db.search(ctx, k, field.Key, func(v fieldValue) error {
		f.add(v.value)
		return f.enough()
	})
}

func (f *finder) scan(ctx context.Context, bounds, statement, key string) error {
	all, err := f.db.rows(ctx, bounds)
	if err != nil {
		return err
	}
	limit := -1
	if f.limit > 0 {
		limit = f.limit
	}
	return f.db.newestFirst(ctx, all, firstWindow, func(c *conn, w span) error {
		return c.query(ctx, statement, []any{w.low, w.high, key, f.part, limit}, func(v []driver.Value) error {
			f.add(v[0])
			return nil
		})
	}, f.enough)
}
