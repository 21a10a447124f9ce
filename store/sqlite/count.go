package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
)

// Counting goes over the same points as History, a jump at a time: the place
// that many points ahead, or how many are left if they are fewer.
const (
	jumpAtStep  = `SELECT m.step, m.rowid` + restOfStep + `LIMIT 1 OFFSET ?5`
	jumpLater   = `SELECT m.step, m.rowid` + laterSteps + `LIMIT 1 OFFSET ?4`
	countAtStep = `SELECT count(*) FROM (SELECT 1` + restOfStep + `)`
	countLater  = `SELECT count(*) FROM (SELECT 1` + laterSteps + `)`
)

// Count implements store.MetricReader.
func (d *DB) Count(ctx context.Context, runID, key string) (int, error) {
	n, err := d.countPoints(ctx, runID, key)
	if err != nil {
		return 0, fmt.Errorf("count metric %s of run %s: %w", key, runID, err)
	}
	return n, nil
}

func (d *DB) countPoints(ctx context.Context, runID, key string) (int, error) {
	if !d.schema.hasIndex(stepIndex) {
		return d.countOfRun(ctx, runID, key)
	}
	total := 0
	for at, inStep := beforeAll, false; ; {
		jump, count := jumpLater, countLater
		args := []any{runID, key, at.step}
		if inStep {
			jump, count = jumpAtStep, countAtStep
			args = append(args, at.rowid)
		}
		next, left := at, int64(-1)
		err := d.burst(ctx, func(c *conn) error {
			next, left = at, -1
			found := false
			err := c.query(ctx, jump, append(args[:len(args):len(args)], skippedPerBurst-1), func(v []driver.Value) error {
				next, found = place{v[0], integer(v[1])}, true
				return nil
			})
			if err != nil || found {
				return err
			}
			return c.query(ctx, count, args, func(v []driver.Value) error { left = integer(v[0]); return nil })
		})
		switch {
		case err != nil:
			return 0, err
		case left < 0: // there may be more at the step that the jump ended in
			total, at, inStep = total+skippedPerBurst, next, true
		case inStep:
			total, inStep = total+int(left), false
		default:
			return total + int(left), nil
		}
	}
}

func (d *DB) countOfRun(ctx context.Context, runID, key string) (int, error) {
	statement := countInTable
	if d.schema.hasIndex(runIndex) {
		statement = countInRun
	}
	total, part := 0, 0
	err := d.windowsOfRun(ctx, runID, func(c *conn, after, end int64) error {
		return c.query(ctx, statement, []any{runID, key, after, end}, func(v []driver.Value) error {
			part = int(integer(v[0]))
			return nil
		})
	}, func() { total += part })
	return total, err
}
