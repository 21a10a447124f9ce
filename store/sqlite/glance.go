package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"benchside/store"
)

// The last point of run ?1 and key ?2, and ?5 + 1 points from step ?3 on, each at
// least ?4 behind the one before: a seek each.
const (
	farthestPoint = historyPoint + ` FROM metrics m INDEXED BY index_metrics_run_uuid_key_step
		WHERE m.run_uuid = ?1 AND m.key = ?2 ORDER BY m.step DESC, m.rowid DESC LIMIT 1`
	evenPoints = `WITH RECURSIVE i(b) AS (SELECT 0 UNION ALL SELECT b + 1 FROM i WHERE b < ?5) ` + historyPoint + `
		FROM i CROSS JOIN metrics m ON m.rowid = (
			SELECT p.rowid FROM metrics p INDEXED BY index_metrics_run_uuid_key_step
			WHERE p.run_uuid = ?1 AND p.key = ?2 AND p.step >= ?3 + i.b * ?4 ORDER BY p.step, p.rowid LIMIT 1)`
)

// Scan implements store.MetricReader: by step where there is an index of steps,
// else as they were written.
func (d *DB) Scan(ctx context.Context, runID, key string, yield func([]store.Point) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err := d.eachPoint(ctx, runID, key, func(part []store.Point) {
		if ctx.Err() != nil || len(part) == 0 {
			return
		}
		if err := yield(part); err != nil {
			stop(err)
		}
	})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("read metric %s of run %s: %w", key, runID, err)
	}
	return nil
}

// Glance implements store.MetricReader.
func (d *DB) Glance(ctx context.Context, runID, key string, n int) (points []store.Point, whole bool, err error) {
	if !d.schema.hasIndex(stepIndex) || n < 2 {
		return nil, false, nil
	}
	err = d.burst(ctx, func(c *conn) error {
		points, whole = nil, false
		last := int64(-1)
		row := func(v []driver.Value) error {
			if id := integer(v[4]); id != last {
				points, last = append(points, readPoint(v)), id
			}
			return nil
		}
		if err := c.query(ctx, pointsLater, []any{runID, key, beforeAll.step, n + 1}, row); err != nil {
			return err
		}
		if whole = len(points) <= n; whole {
			return nil
		}
		from := points[0].Step.Float()
		points, last = nil, -1
		if err := c.query(ctx, farthestPoint, []any{runID, key}, row); err != nil {
			return err
		}
		end, id := points[0], last
		points, last = nil, -1
		by := (end.Step.Float() - from) / float64(n-1)
		if err := c.query(ctx, evenPoints, []any{runID, key, from, by, n - 2}, row); err != nil {
			return err
		}
		if last != id {
			points = append(points, end)
		}
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("read metric %s of run %s: %w", key, runID, err)
	}
	if whole {
		slices.SortFunc(points, historyOrder)
	}
	return points, whole, nil
}
