package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"benchside/store"
	"benchside/store/memory"
	"benchside/store/search"
)

// summaryTime bounds a statement over the points of some runs: how many they have is
// not known before. It is the longest that we hold a lock; on a busy machine a statement
// of windowTime may take as long. What takes longer is cut in half, and a run that alone
// takes longer is read in parts.
const summaryTime = 100 * time.Millisecond

// The statements take the condition on the view. A run without points has a row.
const (
	// summariesIn takes the value, of the points m of the key ?5.
	summariesIn = `SELECT r.run_uuid, r.rowid, %s
		FROM runs r NOT INDEXED LEFT JOIN metrics m INDEXED BY ` + stepIndex + `
			ON m.run_uuid = r.run_uuid AND m.key = ?5
		WHERE r.rowid BETWEEN ?1 AND ?2 AND` + inScope + ` AND %s
		GROUP BY r.rowid`
	firstsIn = `SELECT r.run_uuid, r.rowid,
			(SELECT iif(m.is_nan, 'nan', m.value) FROM metrics m INDEXED BY ` + stepIndex + `
			WHERE m.run_uuid = r.run_uuid AND m.key = ?5 ORDER BY m.step, m.timestamp, m.value LIMIT 1)` + inView + ` AND %s`

	ofFinite = ` FILTER (WHERE m.is_nan = 0 AND abs(m.value) < 1.7976931348623157e308)`
)

// summaryIn is the statement for a summary.
func summaryIn(of search.Summary, where string) string {
	switch of {
	case search.First:
		return fmt.Sprintf(firstsIn, where)
	case search.Count:
		return fmt.Sprintf(summariesIn, "nullif(count(m.key), 0)", where)
	}
	value := map[search.Summary]string{search.Minimum: "min", search.Maximum: "max", search.Mean: "avg"}[of]
	return fmt.Sprintf(summariesIn, value+"(m.value)"+ofFinite, where)
}

// summarising finds the runs by what the points of a metric add up to.
type summarising struct {
	db        *DB
	compare   search.Compare
	statement string
	query     store.RunQuery
	args      []any // behind the rowids of a window
	within    time.Duration

	rows []int64
	long []rowOf // runs with more points than are read at once
}

func (d *DB) summarised(ctx context.Context, c search.Compare, q store.RunQuery) ([]int64, error) {
	return d.summarisedWithin(ctx, c, q, summaryTime)
}

// summarisedWithin bounds each statement.
func (d *DB) summarisedWithin(ctx context.Context, c search.Compare, q store.RunQuery, within time.Duration) ([]int64, error) {
	s := &summarising{db: d, compare: c, query: q, within: within}
	if !d.schema.hasIndex(stepIndex) { // before MLflow 3.12
		runs, err := d.inQuery(ctx, q)
		s.long = runs
		if err != nil {
			return nil, err
		}
		return s.rows, s.readLong(ctx)
	}
	where, args, err := d.schema.whereRuns(q.Filter)
	if err != nil {
		return nil, err
	}
	s.statement = summaryIn(c.Summary, where)
	s.args = append([]any{stage(q.Stage), scope(q.Experiments), c.Key}, args...)
	all, err := d.rows(ctx, runRows)
	if err != nil {
		return nil, err
	}
	if err := s.scan(ctx, all); err != nil {
		return nil, err
	}
	return s.rows, s.readLong(ctx)
}

// scan reads all runs in windows; those that take too long come back smaller.
func (s *summarising) scan(ctx context.Context, all span) error {
	const firstRuns = 128
	var mu sync.Mutex // guards slow
	slow := []span(nil)
	err := s.db.scan(ctx, all, firstRuns, func(ctx context.Context) worker {
		var part []rowOf
		return worker{
			read: func(c *conn, w span) (err error) {
				part, err = s.read(ctx, c, w)
				if late(ctx, err) {
					mu.Lock()
					defer mu.Unlock()
					slow, part = append(slow, w), nil
					return nil
				}
				return err
			},
			done: func() error { s.take(part); return nil },
		}
	})
	for err == nil && len(slow) > 0 {
		w := slow[len(slow)-1]
		slow = slow[:len(slow)-1]
		var halves []span
		if halves, err = s.again(ctx, w); err == nil {
			slow = append(slow, halves...)
		}
	}
	return err
}

// again reads a window that took too long, and returns its halves if it still does.
func (s *summarising) again(ctx context.Context, w span) (halves []span, err error) {
	if w.low == w.high {
		return nil, s.alone(ctx, w)
	}
	var part []rowOf
	err = s.db.burst(ctx, func(c *conn) (err error) {
		part, err = s.read(ctx, c, w)
		return err
	})
	if late(ctx, err) {
		middle := w.low + (w.high-w.low)/2
		return []span{{w.low, middle}, {middle + 1, w.high}}, nil
	}
	s.take(part)
	return nil, err
}

// late reports whether a statement was stopped because of its own time.
func late(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded)
}

// read returns the runs of a window that match.
func (s *summarising) read(ctx context.Context, c *conn, w span) (found []rowOf, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.within)
	defer cancel()
	err = c.query(ctx, s.statement, append([]any{w.low, w.high}, s.args...), func(v []driver.Value) error {
		value, ok := number(v[2], nil), v[2] != nil
		if _, isNaN := v[2].(string); isNaN {
			value = math.NaN()
		}
		if s.compare.MatchesNumber(value, ok) {
			found = append(found, rowOf{text(v[0]), integer(v[1])})
		}
		return nil
	})
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return found, err
}

func (s *summarising) take(part []rowOf) {
	for _, r := range part {
		s.rows = append(s.rows, r.row)
	}
}

// alone notes the one run of a window, if it is in view, to be read in parts.
func (s *summarising) alone(ctx context.Context, w span) error {
	runs, err := s.db.inQueryRows(ctx, s.query, w)
	s.long = append(s.long, runs...)
	return err
}

// readLong reads the points of runs one after the other.
func (s *summarising) readLong(ctx context.Context) error {
	for _, r := range s.long {
		var sum store.Summary
		var err error
		if s.compare.Summary == search.Count {
			sum.Points, err = s.db.countPoints(ctx, r.id, s.compare.Key)
		} else {
			err = s.db.Scan(ctx, r.id, s.compare.Key, func(points []store.Point) error {
				for _, p := range points {
					sum.Add(p)
				}
				return nil
			})
		}
		if err != nil {
			return err
		}
		if s.compare.MatchesNumber(memory.SummaryOf(&sum, s.compare.Summary)) {
			s.rows = append(s.rows, r.row)
		}
	}
	return nil
}
