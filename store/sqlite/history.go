package sqlite

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"math"
	"slices"

	"benchside/store"
)

// Without statistics SQLite would read the points that all runs have of a key
// through the primary key, so the index is always named. The better one is
// there since MLflow 3.12.
const (
	stepIndex = "index_metrics_run_uuid_key_step"
	runIndex  = "index_metrics_run_uuid"
)

// The points of run ?1 and key ?2 come in windows of at most pointsPerBurst, in
// the order of step and rowid: first those left at step ?3 behind rowid ?4, then
// those of later steps.
const (
	historyPoint = `SELECT m.step, m.timestamp, m.value, m.is_nan, m.rowid`

	restOfStep = ` FROM metrics m INDEXED BY index_metrics_run_uuid_key_step
		WHERE m.run_uuid = ?1 AND m.key = ?2 AND m.step = ?3 AND m.rowid > ?4 ORDER BY m.rowid `
	laterSteps = ` FROM metrics m INDEXED BY index_metrics_run_uuid_key_step
		WHERE m.run_uuid = ?1 AND m.key = ?2 AND m.step > ?3 ORDER BY m.step, m.rowid `

	pointsAtStep = historyPoint + restOfStep + `LIMIT ?5`
	pointsLater  = historyPoint + laterSteps + `LIMIT ?4`
)

// The same over the points of all keys of run ?1, in the order of rowid, for
// stores that have no better index, and over the whole table, for stores
// without any: rowids above ?3 up to ?4.
const (
	endOfWindow = `SELECT max(rowid) FROM (
		SELECT m.rowid FROM metrics m INDEXED BY index_metrics_run_uuid
		WHERE m.run_uuid = ?1 AND m.rowid > ?2 ORDER BY m.rowid LIMIT ?3)`
	pointsInRun = historyPoint + ` FROM metrics m INDEXED BY index_metrics_run_uuid
		WHERE m.run_uuid = ?1 AND m.key = ?2 AND m.rowid > ?3 AND m.rowid <= ?4 ORDER BY m.rowid`
	countInRun = `SELECT count(*) FROM metrics m INDEXED BY index_metrics_run_uuid
		WHERE m.run_uuid = ?1 AND m.key = ?2 AND m.rowid > ?3 AND m.rowid <= ?4`

	metricRows    = `SELECT (SELECT min(rowid) FROM metrics), (SELECT max(rowid) FROM metrics)`
	pointsInTable = historyPoint + ` FROM metrics m NOT INDEXED
		WHERE m.run_uuid = ?1 AND m.key = ?2 AND m.rowid > ?3 AND m.rowid <= ?4 ORDER BY m.rowid`
	countInTable = `SELECT count(*) FROM metrics m NOT INDEXED
		WHERE m.run_uuid = ?1 AND m.key = ?2 AND m.rowid > ?3 AND m.rowid <= ?4`
)

const (
	pointsPerBurst = 10_000 // 6 to 10 ms
	// skippedPerBurst points of a covering index are counted in some 8 ms.
	skippedPerBurst = 200_000
)

// place is behind a point in the order of step and rowid. Step stays as SQLite
// gave it, so that a REAL is compared as one.
type place struct {
	step  driver.Value
	rowid int64
}

var beforeAll = place{step: math.Inf(-1)}

// History implements store.MetricReader. No index has MLflow's order (timestamp,
// step, value) for one run, so all points are collected, 32 bytes each, before
// the first is yielded. Most series rise in step and timestamp together and need
// no sorting.
func (d *DB) History(ctx context.Context, runID, key string, yield func([]store.Point) error) error {
	var parts [][]store.Point
	sorted, last := true, store.Point{Timestamp: math.MinInt64}
	err := d.eachPoint(ctx, runID, key, func(part []store.Point) {
		if len(part) == 0 {
			return
		}
		sorted = sorted && historyOrder(last, part[0]) <= 0 && slices.IsSortedFunc(part, historyOrder)
		last = part[len(part)-1]
		parts = append(parts, slices.Clone(part))
	})
	if err != nil {
		return fmt.Errorf("read metric %s of run %s: %w", key, runID, err)
	}
	if !sorted {
		all := slices.Concat(parts...)
		slices.SortFunc(all, historyOrder)
		parts = slices.Collect(slices.Chunk(all, pointsPerBurst))
	}
	for _, part := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(part); err != nil {
			return err
		}
	}
	return nil
}

// historyOrder compares values as they are stored, a NaN as 0 and behind it.
func historyOrder(a, b store.Point) int {
	if c := cmp.Compare(a.Timestamp, b.Timestamp); c != 0 {
		return c
	}
	if c := a.Step.Compare(b.Step); c != 0 {
		return c
	}
	x, xNaN := stored(a.Value)
	y, yNaN := stored(b.Value)
	return cmp.Or(cmp.Compare(x, y), cmp.Compare(xNaN, yNaN))
}

func stored(v float64) (number float64, isNaN int) {
	if math.IsNaN(v) {
		return 0, 1
	}
	return v, 0
}

func readPoint(v []driver.Value) store.Point {
	return store.Point{Step: step(v[0]), Timestamp: integer(v[1]), Value: number(v[2], v[3])}
}

// eachPoint visits the points in the order of the index that there is.
func (d *DB) eachPoint(ctx context.Context, runID, key string, visit func([]store.Point)) error {
	if !d.schema.hasIndex(stepIndex) {
		return d.eachPointOfRun(ctx, runID, key, visit)
	}
	var part []store.Point
	for at := beforeAll; ; {
		next := at
		err := d.burst(ctx, func(c *conn) error {
			part, next = part[:0], at
			row := func(v []driver.Value) error {
				part, next = append(part, readPoint(v)), place{v[0], integer(v[4])}
				return nil
			}
			err := c.query(ctx, pointsAtStep, []any{runID, key, at.step, at.rowid, pointsPerBurst}, row)
			if err != nil || len(part) == pointsPerBurst {
				return err
			}
			return c.query(ctx, pointsLater, []any{runID, key, at.step, pointsPerBurst - len(part)}, row)
		})
		if err != nil {
			return err
		}
		visit(part)
		if len(part) < pointsPerBurst {
			return nil
		}
		at = next
	}
}

func (d *DB) eachPointOfRun(ctx context.Context, runID, key string, visit func([]store.Point)) error {
	statement := pointsInTable
	if d.schema.hasIndex(runIndex) {
		statement = pointsInRun
	}
	var part []store.Point
	return d.windowsOfRun(ctx, runID, func(c *conn, after, end int64) error {
		part = part[:0]
		return c.query(ctx, statement, []any{runID, key, after, end}, func(v []driver.Value) error {
			part = append(part, readPoint(v))
			return nil
		})
	}, func() { visit(part) })
}

// windowsOfRun reads the points of a run, or without an index on it of the whole
// store, in windows of rowids above after and up to end.
func (d *DB) windowsOfRun(ctx context.Context, runID string, read func(c *conn, after, end int64) error, done func()) error {
	if !d.schema.hasIndex(runIndex) {
		all, err := d.rows(ctx, metricRows)
		if err != nil {
			return err
		}
		return d.newestFirst(ctx, all, firstWindow, func(c *conn, w span) error {
			return read(c, w.low-1, w.high)
		}, func() error { done(); return nil })
	}
	for after, more := int64(math.MinInt64), true; more; {
		end := after
		err := d.burst(ctx, func(c *conn) error {
			more = false
			err := c.query(ctx, endOfWindow, []any{runID, after, 2 * pointsPerBurst}, func(v []driver.Value) error {
				if v[0] != nil {
					end, more = integer(v[0]), true
				}
				return nil
			})
			if err != nil || !more {
				return err
			}
			return read(c, after, end)
		})
		if err != nil {
			return err
		}
		if more {
			done()
		}
		after = end
	}
	return nil
}
