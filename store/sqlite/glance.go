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

// seeksPerBurst bounds the seeks of a burst: where nothing is cached each reads
// two pages from the disk.
const seeksPerBurst = 50

// Glance implements store.MetricReader.
func (d *DB) Glance(ctx context.Context, runID, key string, n int) (points []store.Point, whole bool, err error) {
	if !d.schema.hasIndex(stepIndex) || n < 2 {
		return nil, false, nil
	}
	points, err = d.pointsOf(ctx, pointsLater, runID, key, beforeAll.step, n+1)
	if err == nil && len(points) > n {
		points, err = d.evenly(ctx, runID, key, points[0].Step.Float(), n)
	} else if err == nil {
		whole = true
		slices.SortFunc(points, historyOrder)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read metric %s of run %s: %w", key, runID, err)
	}
	return points, whole, nil
}

// evenly seeks n points from a step on to the last one.
func (d *DB) evenly(ctx context.Context, runID, key string, from float64, n int) ([]store.Point, error) {
	end, err := d.pointsOf(ctx, farthestPoint, runID, key)
	if err != nil || len(end) == 0 {
		return nil, err
	}
	by := (end[0].Step.Float() - from) / float64(n-1)
	var points []store.Point
	for at := 0; at < n-1; at += seeksPerBurst {
		more := min(seeksPerBurst, n-1-at)
		part, err := d.pointsOf(ctx, evenPoints, runID, key, from+float64(at)*by, by, more-1)
		if err != nil {
			return nil, err
		}
		points = append(points, part...)
	}
	points = append(points, end[0])
	// Where steps are far apart, several seeks find the same point.
	return slices.Compact(points), nil
}

func (d *DB) pointsOf(ctx context.Context, statement, runID, key string, args ...any) (points []store.Point, err error) {
	err = d.burst(ctx, func(c *conn) error {
		points = nil
		return c.query(ctx, statement, append([]any{runID, key}, args...), func(v []driver.Value) error {
			points = append(points, readPoint(v))
			return nil
		})
	})
	return points, err
}
