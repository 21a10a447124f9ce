package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"benchside/store"
)

// inspection is one look at a store.
type inspection struct {
	*DB
	asked store.Inspection
	now   time.Time
}

// usualIdle is for how long a run that is RUNNING may log nothing.
const usualIdle = 24 * time.Hour

// mostOfIDs bounds the ids that a finding names.
const mostOfIDs = 10

// Inspect implements store.Inspector. Each look is a read like any other, in bursts.
func (d *DB) Inspect(ctx context.Context, asked store.Inspection, yield func(store.Finding) error) error {
	if asked.Idle == 0 {
		asked.Idle = usualIdle
	}
	i := inspection{d, asked, time.Now()}
	looks := []struct {
		check string
		look  func(context.Context) (store.Finding, error)
	}{
		{"schema", i.revision},
		{"file", i.pages},
		{"integrity", i.integrity},
		{"runs without experiment", i.lostRuns},
		{"points without run", i.lostPoints},
		{"latest metrics", i.latest},
		{"rows left behind", i.leftBehind},
		{"stuck runs", i.stuck},
		{"statistics", i.statistics},
		{"ledger", i.ledger},
	}
	for _, l := range looks {
		f, err := l.look(ctx)
		if err != nil {
			return fmt.Errorf("inspect %s: %s: %w", d.path, l.check, err)
		}
		f.Check = l.check
		f.Of = f.Of[:min(len(f.Of), mostOfIDs)]
		if err := yield(f); err != nil {
			return err
		}
	}
	return nil
}

func fine(format string, args ...any) store.Finding {
	return store.Finding{Verdict: store.Passed, Says: fmt.Sprintf(format, args...)}
}

func (i inspection) one(ctx context.Context, sql string, args ...any) (n int64, err error) {
	err = i.burst(ctx, func(c *conn) error {
		return c.query(ctx, sql, args, func(v []driver.Value) error { n = integer(v[0]); return nil })
	})
	return n, err
}

func (i inspection) revision(context.Context) (store.Finding, error) {
	id := i.schema.revision()
	says := fmt.Sprintf("revision %s, MLflow %s", id, release(id))
	ok, why, err := i.Writable()
	switch {
	case err != nil:
		return store.Finding{}, err
	case release(id) == "":
		return store.Finding{Verdict: store.Warned, Says: fmt.Sprintf("revision %q is not known here", id), Advice: why}, nil
	case !ok:
		return store.Finding{Verdict: store.Passed, Says: says + ", only read", Advice: why}, nil
	}
	return fine("%s, can be written", says), nil
}

const (
	pagesOfFile = `PRAGMA page_count`
	bytesOfPage = `PRAGMA page_size`
	freePages   = `PRAGMA freelist_count`
)

// pages says what of the file is free, and what a writer left beside it.
func (i inspection) pages(ctx context.Context) (f store.Finding, err error) {
	var numbers [3]int64
	for at, statement := range []string{pagesOfFile, bytesOfPage, freePages} {
		if numbers[at], err = i.one(ctx, statement); err != nil {
			return f, err
		}
	}
	count, size, free := numbers[0], numbers[1], numbers[2]
	f = fine("%s, %s of it free", bytesOf(count*size), bytesOf(free*size))
	if left, ok := space(filepath.Dir(realPath(i.path))); ok {
		f.Says += fmt.Sprintf("; the disk has room for %s", bytesOf(left))
		const little = 256 << 20 // bytes; a journal and some metrics
		if left < little {
			f.Verdict, f.Advice = store.NotMet, "free some of the disk: a write that finds none fails"
		}
	}
	if free > count/2 && f.Verdict == store.Passed {
		f.Verdict, f.Advice = store.Warned, "VACUUM, while nobody uses the store, gives the free pages back"
	}
	return f, nil
}

func bytesOf(n int64) string {
	const step = 1000
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, u := float64(n), 0
	for v >= step && u < len(units)-1 {
		v, u = v/step, u+1
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") + " " + units[u]
}

const lostRun = `NOT EXISTS (SELECT 1 FROM experiments e WHERE e.experiment_id = x.experiment_id)`

func (i inspection) lostRuns(ctx context.Context) (store.Finding, error) {
	var of []string
	all, err := i.rows(ctx, runRows)
	if err != nil {
		return store.Finding{}, err
	}
	var some []string
	err = i.newestFirst(ctx, all, firstWindow, func(c *conn, s span) error {
		some = nil
		return c.query(ctx, "SELECT x.run_uuid FROM runs x NOT INDEXED WHERE x.rowid BETWEEN ?1 AND ?2 AND "+lostRun, []any{s.low, s.high},
			func(v []driver.Value) error { some = append(some, text(v[0])); return nil })
	}, func() error { of = append(of, some...); return nil })
	if err != nil || len(of) == 0 {
		return fine("each run is of an experiment"), err
	}
	return store.Finding{
		Verdict: store.NotMet, Count: int64(len(of)), Of: of, Says: fmt.Sprintf("%d runs are of an experiment that is gone", len(of)),
		Advice: "a program changed the store without its foreign keys; a backup from before may help",
	}, nil
}

func (i inspection) lostPoints(ctx context.Context) (store.Finding, error) {
	gone, err := i.orphanRuns(ctx)
	if err != nil {
		return store.Finding{}, err
	}
	counts := map[string]int64{}
	for _, table := range []string{"params", "tags", "latest_metrics"} {
		if counts[table], err = i.countWhere(ctx, table, orphanCondition(table)); err != nil {
			return store.Finding{}, err
		}
	}
	total := int64(len(gone)) + counts["params"] + counts["tags"] + counts["latest_metrics"]
	if total == 0 {
		return fine("metrics, params and tags are of runs that are there"), nil
	}
	return store.Finding{
		Verdict: store.NotMet, Count: total, Of: gone,
		Says: fmt.Sprintf("of runs that are gone: points of %d runs, %d latest metrics, %d params, %d tags",
			len(gone), counts["latest_metrics"], counts["params"], counts["tags"]),
		Advice: "benchside runs purge --yes removes them",
	}, nil
}

func orphanCondition(table string) string {
	for _, o := range orphans() {
		if o.table == table {
			return o.condition
		}
	}
	return "0"
}

func (i inspection) leftBehind(ctx context.Context) (store.Finding, error) {
	var parts []string
	var total int64
	for _, o := range orphans() {
		if slices.Contains([]string{"params", "tags", "latest_metrics", "metrics"}, o.table) || !i.canHaveOrphans(o.table) {
			continue
		}
		n, err := i.countWhere(ctx, o.table, o.condition)
		if err != nil {
			return store.Finding{}, err
		}
		if n > 0 {
			total += n
			parts = append(parts, fmt.Sprintf("%d of %s", n, o.table))
		}
	}
	if total == 0 {
		return fine("no rows of runs and models that were removed"), nil
	}
	return store.Finding{
		Verdict: store.Warned, Count: total, Says: "mlflow gc leaves rows of what it removes: " + strings.Join(parts, ", "),
		Advice: "benchside runs purge --yes removes them",
	}, nil
}

const stuckRuns = `SELECT r.run_uuid, r.start_time, (SELECT max(l.timestamp) FROM latest_metrics l WHERE l.run_uuid = r.run_uuid)
	FROM runs r NOT INDEXED WHERE r.rowid BETWEEN ?1 AND ?2 AND r.status IN ('RUNNING', 'SCHEDULED') AND r.lifecycle_stage IS NOT 'deleted'`

// stuck finds runs that are RUNNING and neither began nor logged a metric lately.
func (i inspection) stuck(ctx context.Context) (store.Finding, error) {
	all, err := i.rows(ctx, runRows)
	if err != nil {
		return store.Finding{}, err
	}
	before := i.now.Add(-i.asked.Idle).UnixMilli()
	var of, some []string
	err = i.newestFirst(ctx, all, firstWindow, func(c *conn, s span) error {
		some = nil
		return c.query(ctx, stuckRuns, []any{s.low, s.high}, func(v []driver.Value) error {
			if max(integer(v[1]), integer(v[2])) < before {
				some = append(some, text(v[0]))
			}
			return nil
		})
	}, func() error { of = append(of, some...); return nil })
	if err != nil || len(of) == 0 {
		return fine("no run is RUNNING that logged nothing for %s", spanOf(i.asked.Idle)), err
	}
	return store.Finding{
		Verdict: store.Warned, Count: int64(len(of)), Of: of,
		Says:   fmt.Sprintf("%d runs are RUNNING or SCHEDULED and logged nothing for %s", len(of), spanOf(i.asked.Idle)),
		Advice: "benchside runs kill sets those KILLED whose process is gone",
	}, nil
}

func spanOf(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		if d == day {
			return "a day"
		}
		return fmt.Sprintf("%d days", d/day)
	}
	return d.String()
}

const statisticsThere = `SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'`

// manyRuns is from where on MLflow's own sort by a metric takes seconds without
// statistics, which it never gathers: six on 10,000 runs, minutes on 100,000.
const manyRuns = 2000

func (i inspection) statistics(ctx context.Context) (store.Finding, error) {
	there, err := i.one(ctx, statisticsThere)
	if err != nil {
		return store.Finding{}, err
	}
	if there > 0 {
		return fine("SQLite has statistics to plan queries by"), nil
	}
	all, err := i.rows(ctx, runRows)
	if runs := all.high - all.low + 1; err != nil || runs < manyRuns {
		return fine("SQLite has no statistics to plan queries by, and few runs to need them"), err
	}
	return store.Finding{
		Verdict: store.Warned, Says: "SQLite has no statistics to plan queries by: MLflow's own searches that sort by a metric take seconds to minutes",
		Advice: "benchside store doctor --analyze gathers them, in a moment",
	}, nil
}

func (i inspection) ledger(ctx context.Context) (store.Finding, error) {
	lines, err := i.VerifyLedger(ctx)
	switch {
	case errors.Is(err, store.ErrBroken):
		return store.Finding{Verdict: store.NotMet, Says: err.Error(), Advice: "a backup tells what it said"}, nil
	case err != nil:
		return store.Finding{}, err
	case lines == 0:
		return fine("benchside has changed nothing here"), nil
	}
	return fine("%d lines hold", lines), nil
}

const (
	limitAnalysis = `PRAGMA analysis_limit = 1000`
	analyze       = `ANALYZE`
)

// Analyze implements store.Analyzer. The limit bounds what is read of each index,
// so that it takes milliseconds.
func (d *DB) Analyze(ctx context.Context) error {
	err := d.transaction(ctx, patient{until: d.opts.Endurance}, false, func(t *tx) error {
		if err := t.exec(limitAnalysis); err != nil {
			return err
		}
		return t.exec(analyze)
	})
	if err != nil {
		return fmt.Errorf("analyze %s: %w", d.path, err)
	}
	return nil
}
