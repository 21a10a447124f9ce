package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"benchside/store"
)

// keyed is one of the three tables that hold a value per run and key, all with
// the primary key (key, run_uuid). Its statements are templates of that table
// and of its flag for NaN.
type keyed struct{ table, isNaN string }

func keyedBy(kind store.FieldKind) (keyed, bool) {
	switch kind {
	case store.MetricField:
		return keyed{"latest_metrics", "t.is_nan"}, true
	case store.ParamField:
		return keyed{"params", "0"}, true
	case store.TagField:
		return keyed{"tags", "0"}, true
	}
	return keyed{}, false
}

const (
	keyedRows = `SELECT (SELECT min(rowid) FROM %[1]s), (SELECT max(rowid) FROM %[1]s)`
	// keyedCount stops at ?2: it only has to tell few from many.
	keyedCount = `SELECT count(*) FROM (SELECT 1 FROM %[1]s t WHERE t.key = ?1 LIMIT ?2)`
	keyedScan  = `SELECT t.run_uuid, t.value, %[2]s FROM %[1]s t NOT INDEXED
		WHERE t.rowid BETWEEN ?1 AND ?2 AND t.key = ?3 ORDER BY t.rowid`
	keyedSearch = `SELECT t.run_uuid, t.value, %[2]s FROM %[1]s t
		WHERE t.key = ?1 AND t.run_uuid > ?2 ORDER BY t.run_uuid LIMIT ?3`
	keyedLookup = `SELECT t.run_uuid, t.value, %[2]s
		FROM json_each(?2) w CROSS JOIN %[1]s t ON t.key = ?1 AND t.run_uuid = w.value
		ORDER BY t.run_uuid`
)

func (k keyed) sql(template string) string {
	if template == keyedRows || template == keyedCount {
		return fmt.Sprintf(template, k.table)
	}
	return fmt.Sprintf(template, k.table, k.isNaN)
}

// A search of the primary key costs about as much as scanning this many rows of
// its table in their order (measured on 100,000 runs).
const rowsPerSearch = 25

// Beyond this many, counting keys takes longer than we hold a lock.
const mostCounted = 200_000

// scanBeatsSearch reports whether reading all rows of a table is cheaper than
// that many searches of it.
func scanBeatsSearch(searches int64, all span) bool {
	return searches*rowsPerSearch > all.high-all.low
}

// fieldValue is the value of a field of a run, as the driver gave it.
type fieldValue struct {
	run          string
	value, isNaN driver.Value
}

// eachValue visits the value of a key of every run that has it, or at least of
// those of only, if that is not nil. No lock is held while visit runs.
func (d *DB) eachValue(ctx context.Context, k keyed, key string, only []string, visit func(fieldValue) error) error {
	all, err := d.rows(ctx, k.sql(keyedRows))
	if err != nil {
		return err
	}
	if only != nil && !scanBeatsSearch(int64(len(only)), all) {
		return d.lookup(ctx, k, key, only, visit)
	}
	many, err := d.common(ctx, k, key, all)
	if err != nil {
		return err
	}
	if !many {
		return d.search(ctx, k, key, visit)
	}
	statement := k.sql(keyedScan)
	return d.scan(ctx, all, 2*firstWindow, func(ctx context.Context) worker {
		var part []fieldValue
		return worker{
			read: func(c *conn, w span) (err error) {
				part, err = readValues(ctx, c, statement, []any{w.low, w.high, key}, part[:0])
				return err
			},
			done: func() error { return visitAll(part, visit) },
		}
	})
}

func readValues(ctx context.Context, c *conn, statement string, args []any, into []fieldValue) ([]fieldValue, error) {
	err := c.query(ctx, statement, args, func(v []driver.Value) error {
		into = append(into, fieldValue{text(v[0]), v[1], v[2]})
		return nil
	})
	return into, err
}

func visitAll(values []fieldValue, visit func(fieldValue) error) error {
	for _, v := range values {
		if err := visit(v); err != nil {
			return err
		}
	}
	return nil
}

// common reports whether so many runs have a key that its table is better
// scanned than searched.
func (d *DB) common(ctx context.Context, k keyed, key string, all span) (bool, error) {
	limit := min((all.high-all.low)/rowsPerSearch, mostCounted) + 1
	count := int64(0)
	err := d.burst(ctx, func(c *conn) error {
		return c.query(ctx, k.sql(keyedCount), []any{key, limit}, func(v []driver.Value) error {
			count = integer(v[0])
			return nil
		})
	})
	return count >= limit, err
}

// valuesPerBurst bounds the searches of one statement, about 1.5 µs each.
const valuesPerBurst = 4000

func (d *DB) lookup(ctx context.Context, k keyed, key string, ids []string, visit func(fieldValue) error) error {
	statement := k.sql(keyedLookup)
	var found []fieldValue
	for part := range slices.Chunk(ids, valuesPerBurst) {
		err := d.burst(ctx, func(c *conn) (err error) {
			found, err = readValues(ctx, c, statement, []any{key, list(part)}, found[:0])
			return err
		})
		if err != nil {
			return err
		}
		if err := visitAll(found, visit); err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) search(ctx context.Context, k keyed, key string, visit func(fieldValue) error) error {
	statement := k.sql(keyedSearch)
	var found []fieldValue
	for after := ""; ; {
		err := d.burst(ctx, func(c *conn) (err error) {
			found, err = readValues(ctx, c, statement, []any{key, after, valuesPerBurst}, found[:0])
			return err
		})
		if err != nil {
			return err
		}
		if err := visitAll(found, visit); err != nil {
			return err
		}
		if len(found) < valuesPerBurst {
			return nil
		}
		after = found[len(found)-1].run
	}
}

// Column implements store.RunScanner.
func (d *DB) Column(ctx context.Context, experiments []string, field store.Field) (store.Column, error) {
	var column store.Column
	k, ok := keyedBy(field.Kind)
	if !ok {
		column, err := d.attributes(ctx, experiments, field.Key)
		if err != nil {
			return column, fmt.Errorf("read %s of all runs: %w", field.Key, err)
		}
		return column, nil
	}
	among, err := d.among(ctx, k, experiments)
	if err != nil {
		return column, fmt.Errorf("read the runs of %d experiments: %w", len(experiments), err)
	}
	visit := func(v fieldValue) error {
		if !among.outside[v.run] {
			column.Numbers[v.run] = number(v.value, v.isNaN)
		}
		return nil
	}
	if field.Kind == store.MetricField {
		column.Numbers = map[string]float64{}
	} else {
		column.Texts = map[string]string{}
		known := newNames()
		visit = func(v fieldValue) error {
			if !among.outside[v.run] {
				column.Texts[v.run] = known.text(v.value)
			}
			return nil
		}
	}
	if err := d.eachValue(ctx, k, field.Key, among.inside, visit); err != nil {
		return store.Column{}, fmt.Errorf("read %s of all runs: %w", field.Key, err)
	}
	return column, nil
}

// members tells the runs of some experiments by naming either those inside, if
// they are few, or those outside. The zero value is all runs.
type members struct {
	inside  []string
	outside map[string]bool
}

const (
	runsInside  = `SELECT r.run_uuid` + inView + ` ORDER BY r.rowid`
	runsOutside = `SELECT r.run_uuid FROM runs r NOT INDEXED
		WHERE r.rowid BETWEEN ?1 AND ?2
			AND NOT (r.experiment_id IS NOT NULL AND` + inScope + `)
		ORDER BY r.rowid`
)

func (d *DB) among(ctx context.Context, k keyed, experiments []string) (members, error) {
	if experiments == nil {
		return members{}, nil
	}
	runs, err := d.rows(ctx, runRows)
	if err != nil {
		return members{}, err
	}
	values, err := d.rows(ctx, k.sql(keyedRows))
	if err != nil {
		return members{}, err
	}
	view := []any{nil, scope(experiments)}
	n, err := d.countRuns(ctx, runs, view)
	if err != nil || int64(n) == runs.high-runs.low+1 {
		return members{}, err
	}
	if !scanBeatsSearch(int64(n), values) {
		inside := make([]string, 0, n)
		err := d.runIDs(ctx, runs, runsInside, view, func(id string) { inside = append(inside, id) })
		return members{inside: inside}, err
	}
	outside := map[string]bool{}
	err = d.runIDs(ctx, runs, runsOutside, view, func(id string) { outside[id] = true })
	return members{outside: outside}, err
}

func (d *DB) runIDs(ctx context.Context, runs span, statement string, args []any, visit func(id string)) error {
	return d.scan(ctx, runs, firstWindow, func(ctx context.Context) worker {
		var part []string
		return worker{
			read: func(c *conn, w span) error {
				part = part[:0]
				return c.query(ctx, statement, append([]any{w.low, w.high}, args...), func(v []driver.Value) error {
					part = append(part, text(v[0]))
					return nil
				})
			},
			done: func() error {
				for _, id := range part {
					visit(id)
				}
				return nil
			},
		}
	})
}

// attributes reads a column of runs itself.
func (d *DB) attributes(ctx context.Context, experiments []string, key string) (store.Column, error) {
	expression, numeric := attribute(key)
	if expression == "" {
		return store.Column{}, fmt.Errorf("attribute %s: %w", key, store.ErrNotFound)
	}
	runs, err := d.rows(ctx, runRows)
	if err != nil {
		return store.Column{}, err
	}
	column := store.Column{Numbers: map[string]float64{}}
	if !numeric {
		column = store.Column{Texts: map[string]string{}}
	}
	statement := `SELECT r.run_uuid, ` + expression + inView + ` ORDER BY r.rowid`
	known := newNames()
	read := func(c *conn, w span) error {
		args := []any{w.low, w.high, nil, scope(experiments)}
		return c.query(ctx, statement, args, func(v []driver.Value) error {
			switch {
			case v[1] == nil:
			case numeric:
				column.Numbers[text(v[0])] = number(v[1], nil)
			default:
				column.Texts[text(v[0])] = known.text(v[1])
			}
			return nil
		})
	}
	return column, d.newestFirst(ctx, runs, firstWindow, read, nothing)
}

// attribute returns the column of runs, of our own spelling, that an attribute
// of MLflow's search names, and whether it is a number; "" if there is none.
func attribute(key string) (column string, numeric bool) {
	switch key {
	case "run_id":
		return "r.run_uuid", false
	case "run_name":
		return "r.name", false
	case "status":
		return "r.status", false
	case "user_id":
		return "r.user_id", false
	case "artifact_uri":
		return "r.artifact_uri", false
	case "start_time", "created":
		return "r.start_time", true
	case "end_time":
		return "r.end_time", true
	}
	return "", false
}
