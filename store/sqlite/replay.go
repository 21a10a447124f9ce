package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"time"
)

// Recording says which runs Replay logs again, and how fast.
type Recording struct {
	Parent string        // the run whose descendants are the trials of a sweep
	Pace   time.Duration // mean time between two logs; 0 means 300 ms
	Rest   time.Duration // between a sweep and the next; 0 means 5 s
}

const (
	atOnce     = 3   // trials that run at the same time
	perSweep   = 9   // trials of a sweep: three minutes at the usual pace
	worthwhile = 100 // points that a recorded run must have to be replayed
	// lockWait is how long a write waits for a lock, as MLflow does.
	lockWait = 20 * time.Second
)

// Replay logs recorded runs of a store again, now, as a training would: sweep
// after sweep, each a parent with three trials at a time. It leaves the rows
// that MLflow 3.17 leaves and is meant for a private copy of the demo store.
// It returns nil when ctx ends. A DB of the same process may have the copy
// open; Replay must have returned before that is closed: see file.
func Replay(ctx context.Context, path string, rec Recording) error {
	rec.Pace = cmp.Or(rec.Pace, 300*time.Millisecond)
	rec.Rest = cmp.Or(rec.Rest, 5*time.Second)
	r, err := openReplay(ctx, path, rec)
	if err == nil {
		defer r.db.Close()
		err = r.run(ctx)
	}
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("replay run %s: %w", rec.Parent, err)
	}
	return nil
}

// replay is one Replay under way.
type replay struct {
	db     *sql.DB
	rec    Recording
	parent recorded
	trials []recorded // in turn of different families
	next   int        // the trial that is next, counted on from sweep to sweep
	sweeps int
}

// recorded is a run as it was once logged.
type recorded struct {
	id, name, user, status string
	experiment             int64
	location               string     // of the experiment's artifacts
	tags, params           []keyValue // as they were
	batches                [][]logged // what was logged together, in order
}

type keyValue struct{ key, value string }

// logged is a metric point as the store holds it: NaN is 0 with a flag.
type logged struct {
	key   string
	value float64
	step  int64
	isNaN bool
}

// trial is a run that is being logged again.
type trial struct {
	recorded
	run  string // its new id
	done int    // batches logged
}

func openReplay(ctx context.Context, path string, rec Recording) (*replay, error) {
	uri := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: url.Values{
		"mode":          {"rw"}, // never makes a store
		"_busy_timeout": {fmt.Sprint(lockWait.Milliseconds())},
		"_foreign_keys": {"on"},
		"_txlock":       {"immediate"},
	}.Encode()}
	db, err := sql.Open("sqlite3", uri.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	r := &replay{db: db, rec: rec}
	if err := r.load(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return r, nil
}

// load reads the recording into memory, so that only writes follow.
func (r *replay) load(ctx context.Context) error {
	var err error
	if r.parent, err = r.read(ctx, r.rec.Parent); err != nil {
		return err
	}
	ids, err := r.trialIDs(ctx)
	if err != nil {
		return err
	}
	share := len(ids) / atOnce
	if share == 0 {
		return fmt.Errorf("%d recorded trials are too few", len(ids))
	}
	for i := range share * atOnce {
		// They come family by family: three at once are to be of different ones.
		run, err := r.read(ctx, ids[i%atOnce*share+i/atOnce])
		if err != nil {
			return err
		}
		r.trials = append(r.trials, run)
	}
	return nil
}

const sqlReplayTrials = `
WITH RECURSIVE family(id) AS (
	SELECT ?1
	UNION
	SELECT t.run_uuid FROM family f JOIN tags t ON t.key = 'mlflow.parentRunId' AND t.value = f.id
)
SELECT r.run_uuid FROM runs r
WHERE r.run_uuid IN (SELECT id FROM family) AND r.run_uuid <> ?1
  AND (SELECT count(*) FROM metrics m WHERE m.run_uuid = r.run_uuid) >= ?2
ORDER BY r.start_time, r.run_uuid`

func (r *replay) trialIDs(ctx context.Context) ([]string, error) {
	return replayRows(ctx, r.db, func(scan func(...any) error) (id string, err error) {
		return id, scan(&id)
	}, sqlReplayTrials, r.rec.Parent, worthwhile)
}

const (
	sqlReplayRun = `
SELECT r.name, r.user_id, r.status, r.experiment_id, e.artifact_location
FROM runs r JOIN experiments e USING (experiment_id) WHERE r.run_uuid = ?`
	sqlReplayTags   = `SELECT key, value FROM tags WHERE run_uuid = ? ORDER BY rowid`
	sqlReplayParams = `SELECT key, value FROM params WHERE run_uuid = ? ORDER BY rowid`
	sqlReplayPoints = `
SELECT key, value, step, is_nan, timestamp FROM metrics INDEXED BY index_metrics_run_uuid
WHERE run_uuid = ? ORDER BY timestamp, step, rowid`
)

func (r *replay) read(ctx context.Context, id string) (recorded, error) {
	run := recorded{id: id}
	err := r.db.QueryRowContext(ctx, sqlReplayRun, id).
		Scan(&run.name, &run.user, &run.status, &run.experiment, &run.location)
	if err != nil {
		return run, fmt.Errorf("read run %s: %w", id, err)
	}
	pair := func(scan func(...any) error) (p keyValue, err error) {
		return p, scan(&p.key, &p.value)
	}
	if run.tags, err = replayRows(ctx, r.db, pair, sqlReplayTags, id); err != nil {
		return run, fmt.Errorf("read tags of run %s: %w", id, err)
	}
	if run.params, err = replayRows(ctx, r.db, pair, sqlReplayParams, id); err != nil {
		return run, fmt.Errorf("read params of run %s: %w", id, err)
	}
	var before int64
	_, err = replayRows(ctx, r.db, func(scan func(...any) error) (p logged, err error) {
		var at int64
		err = scan(&p.key, &p.value, &p.step, &p.isNaN, &at)
		if n := len(run.batches); n > 0 && at == before && run.batches[n-1][0].step == p.step {
			run.batches[n-1] = append(run.batches[n-1], p)
		} else {
			run.batches = append(run.batches, []logged{p})
		}
		before = at
		return p, err
	}, sqlReplayPoints, id)
	if err != nil {
		return run, fmt.Errorf("read points of run %s: %w", id, err)
	}
	return run, nil
}

// replayRows collects the rows of a statement.
func replayRows[T any](ctx context.Context, db *sql.DB, read func(scan func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		row, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

func (r *replay) run(ctx context.Context) error {
	for {
		if err := r.sweep(ctx); err != nil {
			return err
		}
		if err := pause(ctx, r.rec.Rest); err != nil {
			return err
		}
	}
}

// sweep logs one parent and its trials to their ends.
func (r *replay) sweep(ctx context.Context) error {
	r.sweeps++
	parent, err := r.start(ctx, r.parent, fmt.Sprintf("live-sweep-%d", r.sweeps), "")
	if err != nil {
		return err
	}
	var running []*trial
	for started := 0; started < perSweep || len(running) > 0; {
		for ; started < perSweep && len(running) < atOnce; started++ {
			run := r.trials[r.next%len(r.trials)]
			r.next++
			t, err := r.start(ctx, run, run.name, parent.run)
			if err != nil {
				return err
			}
			running = append(running, t)
		}
		if running, err = r.turn(ctx, running); err != nil {
			return err
		}
	}
	for last := []*trial{parent}; len(last) > 0; {
		if last, err = r.turn(ctx, last); err != nil {
			return err
		}
	}
	return nil
}

// turn takes a step of each trial and returns those that go on.
func (r *replay) turn(ctx context.Context, running []*trial) ([]*trial, error) {
	var on []*trial
	for _, t := range running {
		ended, err := r.step(ctx, t)
		if err != nil {
			return nil, err
		}
		if !ended {
			on = append(on, t)
		}
	}
	return on, nil
}

// step waits for the time of the trial's next log and does it, or ends the
// trial after its last.
func (r *replay) step(ctx context.Context, t *trial) (ended bool, err error) {
	pace := float64(r.rec.Pace)
	if err := pause(ctx, time.Duration(pace*(0.7+0.6*rand.Float64()))); err != nil {
		return false, err
	}
	if t.done == len(t.batches) {
		return true, r.finish(ctx, t)
	}
	err = r.log(ctx, t.run, t.batches[t.done])
	t.done++
	return false, err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// withPair returns the pairs with the value of a key set, or without the key where
// the value is empty.
func withPair(pairs []keyValue, key, value string) []keyValue {
	pairs = slices.DeleteFunc(slices.Clone(pairs), func(p keyValue) bool { return p.key == key })
	if value == "" {
		return pairs
	}
	return append(pairs, keyValue{key, value})
}
