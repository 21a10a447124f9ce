package sqlite

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"benchside/store"
)

const (
	readMonitors = `SELECT id, name, model, metric, reference, arrives, comparing, rules, paused, by_name, added
		FROM benchside_monitors ORDER BY name`
	resultColumns = `SELECT id, monitor, batch, digest, row_count, bytes, modified, data_start, data_end, at, state, verdict,
			says, share, share_limit, tested, drifted, differs, metrics, report`
	// What is asked for is paged by id behind the end of the data, so that a burst
	// reads some hundred rows.
	resultsBack = ` FROM benchside_results
		WHERE (?1 = 0 OR monitor = ?1) AND coalesce(data_end, at) >= ?2 AND coalesce(data_end, at) < ?3
			AND (coalesce(data_end, at), id) < (?4, ?5)
		ORDER BY coalesce(data_end, at) DESC, id DESC LIMIT ?6`
	// A text or a body beyond these bounds is none of ours.
	plainResults  = resultColumns + `, ''` + resultsBack
	scoredResults = resultColumns + `, iif(length(scores) < 8000000, scores, '')` + resultsBack
	readReport    = `SELECT body FROM benchside_drift_reports WHERE result = ?1 AND length(body) < 64000000`
	readAlerts    = `SELECT id, monitor, rule, says, value, result, batch, fired, resolved, acknowledged, by_name, comment
		FROM benchside_alerts
		WHERE (?1 = 0 OR monitor = ?1) AND (NOT ?2 OR resolved IS NULL AND acknowledged IS NULL)
		ORDER BY id DESC LIMIT ?3`
	readStates = `SELECT rule, firing, state FROM benchside_rule_states WHERE monitor = ?1 ORDER BY rule`
)

const (
	resultsPerBurst = 100
	mostReport      = 64 << 20 // bytes of a report, as drift.Read has it
)

// ofMonitors runs read in a burst; a store without monitors has nothing to read.
func (d *DB) ofMonitors(ctx context.Context, what string, read func(query queries) error) error {
	err := d.burst(ctx, func(c *conn) error {
		err := read(func(sql string, args []any, row func(v []driver.Value) error) error {
			return c.query(ctx, sql, args, row)
		})
		if missing(err) {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// Monitors implements store.MonitorReader.
func (d *DB) Monitors(ctx context.Context) (all []store.Monitor, err error) {
	err = d.ofMonitors(ctx, "monitors", func(query queries) error {
		all = nil
		return query(readMonitors, nil, func(v []driver.Value) error {
			m := store.Monitor{
				ID: integer(v[0]), Name: text(v[1]), Model: text(v[2]), Metric: text(v[3]), Paused: integer(v[8]) != 0,
				By: text(v[9]), Added: moment(v[10]),
			}
			for i, to := range []any{&m.Reference, &m.Arrives, &m.Comparing, &m.Rules} {
				if err := json.Unmarshal([]byte(text(v[4+i])), to); err != nil {
					return fmt.Errorf("%w: monitor %s: %w", store.ErrDamaged, m.Name, err)
				}
			}
			all = append(all, m)
			return nil
		})
	})
	return all, err
}

func readResult(v []driver.Value, u *unpacker) (r store.BatchResult, err error) {
	r = store.BatchResult{
		ID: integer(v[0]), Monitor: integer(v[1]),
		Batch: store.Batch{
			Name: text(v[2]), Digest: text(v[3]), Rows: int(integer(v[4])), Bytes: integer(v[5]), Modified: moment(v[6]),
			Start: moment(v[7]), End: moment(v[8]),
		},
		At: moment(v[9]), State: store.BatchState(text(v[10])), Verdict: text(v[11]), Says: text(v[12]), Share: number(v[13], nil),
		Limit: number(v[14], nil), Tested: int(integer(v[15])), Drifted: int(integer(v[16])), Report: int(integer(v[19])),
	}
	broken := func(err error) (store.BatchResult, error) {
		return r, fmt.Errorf("%w: result %d: %w", store.ErrDamaged, r.ID, err)
	}
	if err := json.Unmarshal([]byte(text(v[17])), &r.Schema); err != nil {
		return broken(err)
	}
	if err := json.Unmarshal([]byte(text(v[18])), &r.Metrics); err != nil {
		return broken(err)
	}
	if scores := text(v[20]); scores != "" {
		if r.Columns, err = u.read(scores); err != nil {
			return broken(err)
		}
	}
	return r, nil
}

// Results implements store.MonitorReader.
func (d *DB) Results(ctx context.Context, q store.ResultQuery) (all []store.BatchResult, err error) {
	statement := plainResults
	if q.WithScores {
		statement = scoredResults
	}
	since, until := int64(math.MinInt64), int64(math.MaxInt64)
	if q.Since.Set() {
		since = q.Since.Millis()
	}
	if q.Until.Set() {
		until = q.Until.Millis()
	}
	var u unpacker
	before := [2]int64{math.MaxInt64, math.MaxInt64}
	for more := true; more; {
		page := resultsPerBurst
		if q.Limit > 0 {
			page = min(page, q.Limit-len(all))
		}
		var found []store.BatchResult
		err := d.ofMonitors(ctx, "results", func(query queries) error {
			found = nil
			return query(statement, []any{q.Monitor, since, until, before[0], before[1], page}, func(v []driver.Value) error {
				r, err := readResult(v, &u)
				found = append(found, r)
				return err
			})
		})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
		if more = len(found) == page && (q.Limit == 0 || len(all) < q.Limit); more {
			last := found[len(found)-1]
			before = [2]int64{endOf(last).Millis(), last.ID}
		}
	}
	return all, nil
}

// endOf is where a result stands in time.
func endOf(r store.BatchResult) store.Time {
	if r.Batch.End.Set() {
		return r.Batch.End
	}
	return r.At
}

// Report implements store.MonitorReader.
func (d *DB) Report(ctx context.Context, result int64) ([]byte, error) {
	var body []byte
	err := d.ofMonitors(ctx, "a drift report", func(query queries) error {
		body = nil
		return query(readReport, []any{result}, func(v []driver.Value) error { body = []byte(text(v[0])); return nil })
	})
	if err != nil {
		return nil, err
	}
	if body == nil {
		return nil, fmt.Errorf("read the drift report of result %d: %w", result, store.ErrNotFound)
	}
	content, err := expanded(body)
	if err != nil {
		return nil, fmt.Errorf("read the drift report of result %d: %w: %w", result, store.ErrDamaged, err)
	}
	return content, nil
}

func expanded(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(z, mostReport+1))
	if err == nil && len(content) > mostReport {
		err = fmt.Errorf("it has more than %d bytes", mostReport)
	}
	return content, err
}

// Alerts implements store.MonitorReader.
func (d *DB) Alerts(ctx context.Context, q store.AlertQuery) (all []store.Alert, err error) {
	err = d.ofMonitors(ctx, "alerts", func(query queries) error {
		all = nil
		return query(readAlerts, []any{q.Monitor, q.Open, atMost(q.Limit)}, func(v []driver.Value) error {
			all = append(all, store.Alert{
				ID: integer(v[0]), Monitor: integer(v[1]), Rule: text(v[2]), Says: text(v[3]), Value: number(v[4], nil), Result: integer(v[5]),
				Batch: text(v[6]), Fired: moment(v[7]), Resolved: moment(v[8]), Acknowledged: moment(v[9]), By: text(v[10]), Comment: text(v[11]),
			})
			return nil
		})
	})
	return all, err
}

// RuleStates implements store.MonitorReader.
func (d *DB) RuleStates(ctx context.Context, monitor int64) (states []store.RuleState, last int64, err error) {
	err = d.ofMonitors(ctx, "what rules remember", func(query queries) error {
		states, last = nil, 0
		err := query(readStates, []any{monitor}, func(v []driver.Value) error {
			states = append(states, store.RuleState{Rule: text(v[0]), Firing: integer(v[1]) != 0, State: text(v[2])})
			return nil
		})
		if err != nil {
			return err
		}
		return query(lastResult, []any{monitor}, func(v []driver.Value) error { last = integer(v[0]); return nil })
	})
	return states, last, err
}
