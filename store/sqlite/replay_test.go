package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// sweepRun is the parent of the lab store's sweep.
const sweepRun = "ce987a4a19eb48cf8d9c468ade58eb89"

// labCopy returns the path of a copy of the lab store.
func labCopy(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("../../testdata/lab/mlflow.db")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "mlflow.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// column returns the first column of a statement's rows, as texts.
func column(t *testing.T, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// replayedOnce returns a store in which one sweep was replayed at once.
func replayedOnce(t *testing.T) *sql.DB {
	t.Helper()
	r, err := openReplay(t.Context(), labCopy(t), Recording{Parent: sweepRun, Pace: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.db.Close() })
	if _, err := r.db.Exec("PRAGMA synchronous = off"); err != nil {
		t.Fatal(err)
	}
	if err := r.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r.db
}

// newRuns chooses the runs that the replay made.
const newRuns = `(SELECT run_uuid FROM runs WHERE start_time > 1790000000000)`

func TestAReplayedSweepIsAParentWithNineTrials(t *testing.T) {
	db := replayedOnce(t)
	parents := column(t, db, `SELECT run_uuid FROM runs WHERE name = 'live-sweep-1' AND status = 'FINISHED' AND end_time >= start_time`)
	if len(parents) != 1 {
		t.Fatalf("there are %d parents, want 1", len(parents))
	}
	children := column(t, db, `SELECT r.name || ' ' || r.status FROM runs r JOIN tags t USING (run_uuid)
		WHERE t.key = 'mlflow.parentRunId' AND t.value = ? AND r.end_time >= r.start_time ORDER BY r.rowid`, parents[0])
	want := []string{
		"logreg-t02 FINISHED", "random_forest-t05 FINISHED", "mlp-t03 FINISHED",
		"logreg-t03 FAILED", "random_forest-t06 FINISHED", "mlp-t04 FINISHED",
		"logreg-t04 FINISHED", "xgb-like-t02 FINISHED", "mlp-t05 KILLED",
	}
	if !slices.Equal(children, want) {
		t.Errorf("the trials are %q, want %q", children, want)
	}
}

// rowsOf are the rows of a run and of the run it is recorded from, without what
// must differ, with the type in which SQLite keeps each value.
var rowsOf = map[string]string{
	"runs": `SELECT concat_ws('|', name, source_type, source_name, entry_point_name, user_id, status, source_version,
		lifecycle_stage, experiment_id, typeof(start_time), typeof(end_time), typeof(deleted_time), typeof(experiment_id),
		replace(artifact_uri, run_uuid, '*')) FROM runs WHERE run_uuid = ?`,
	"params": `SELECT concat_ws('|', key, value, typeof(value)) FROM params WHERE run_uuid = ? ORDER BY key`,
	"tags": `SELECT concat_ws('|', key, value, typeof(value)) FROM tags
		WHERE run_uuid = ? AND key <> 'mlflow.parentRunId' ORDER BY key`,
	"metrics": `SELECT concat_ws('|', key, quote(value), typeof(value), step, typeof(step), is_nan, typeof(is_nan),
		typeof(timestamp)) FROM metrics WHERE run_uuid = ? ORDER BY key, step, value`,
	"latest metrics": `SELECT concat_ws('|', key, quote(value), typeof(value), step, typeof(step), is_nan, typeof(is_nan),
		typeof(timestamp)) FROM latest_metrics WHERE run_uuid = ? ORDER BY key`,
}

func TestAReplayedTrialHasTheRowsOfTheRecordedOne(t *testing.T) {
	db := replayedOnce(t)
	names := column(t, db, `SELECT name FROM runs WHERE run_uuid IN `+newRuns+` AND name <> 'live-sweep-1'`)
	for _, name := range names {
		recorded := column(t, db, `SELECT run_uuid FROM runs WHERE name = ? AND run_uuid NOT IN `+newRuns, name)[0]
		replayed := column(t, db, `SELECT run_uuid FROM runs WHERE name = ? AND run_uuid IN `+newRuns, name)[0]
		for table, query := range rowsOf {
			got, want := column(t, db, query, replayed), column(t, db, query, recorded)
			if !slices.Equal(got, want) {
				t.Errorf("%s of %s:\ngot  %s\nwant %s", table, name, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
			}
		}
	}
	if nans := column(t, db, `SELECT count(*) FROM metrics WHERE is_nan = 1 AND run_uuid IN `+newRuns); nans[0] == "0" {
		t.Error("no point of the replay is NaN")
	}
}

func TestTheLatestMetricsOfAReplayFollowMLflowsRule(t *testing.T) {
	db := replayedOnce(t)
	const row = `concat_ws('|', run_uuid, key, value, timestamp, step, is_nan)`
	got := column(t, db, `SELECT `+row+` FROM latest_metrics WHERE run_uuid IN `+newRuns+` ORDER BY 1`)
	want := column(t, db, `SELECT `+row+` FROM (
		SELECT *, row_number() OVER (PARTITION BY run_uuid, key ORDER BY step DESC, timestamp DESC, value DESC) AS place
		FROM metrics WHERE run_uuid IN `+newRuns+`) WHERE place = 1 ORDER BY 1`)
	if len(got) == 0 || !slices.Equal(got, want) {
		t.Errorf("got %d rows\n%s\nwant %d\n%s", len(got), strings.Join(got, "\n"), len(want), strings.Join(want, "\n"))
	}
}

func TestAReplayTouchesNothingThatWasThere(t *testing.T) {
	path := labCopy(t)
	before, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	after := replayedOnce(t)
	for _, table := range []string{"runs", "params", "tags", "metrics", "latest_metrics"} {
		columns := strings.Join(column(t, before, `SELECT name FROM pragma_table_info(?)`, table), ", ")
		rows := `SELECT concat_ws('|', rowid, ` + columns + `) FROM ` + table + ` WHERE run_uuid NOT IN ` + newRuns
		want, got := column(t, before, rows), column(t, after, rows)
		if !slices.Equal(got, want) {
			t.Errorf("rows of %s changed", table)
		}
	}
	for _, table := range []string{"experiments", "experiment_tags", "inputs", "datasets", "logged_models"} {
		query := `SELECT count(*) FROM ` + table
		if got, want := column(t, after, query), column(t, before, query); !slices.Equal(got, want) {
			t.Errorf("%s has %v rows, want %v", table, got, want)
		}
	}
}

func TestAReplayGoesOnWhileAReaderLooksAndEndsWithItsContext(t *testing.T) {
	path := labCopy(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Replay(ctx, path, Recording{Parent: sweepRun, Pace: 5 * time.Millisecond})
	}()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro&_busy_timeout=20000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// The points of two moments, each seen within the time that a log takes on
	// a slow disk.
	for range 2 {
		start := column(t, db, `SELECT count(*) FROM metrics`)[0]
		deadline := time.Now().Add(20 * time.Second)
		for column(t, db, `SELECT count(*) FROM metrics`)[0] == start {
			if time.Now().After(deadline) {
				t.Fatal("no new point in 20 s")
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended with %v, want nil", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it did not end within 20 s of its context")
	}
}

func TestAReplayOfNothingSaysSo(t *testing.T) {
	cases := map[string]struct {
		path   string
		parent string
		want   error
	}{
		"a run that is not there":   {labCopy(t), strings.Repeat("0", 32), sql.ErrNoRows},
		"a store that is not there": {filepath.Join(t.TempDir(), "none.db"), sweepRun, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := Replay(t.Context(), c.path, Recording{Parent: c.parent})
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if _, err := os.Stat(c.path); name == "a store that is not there" && err == nil {
				t.Error("it made one")
			}
		})
	}
}
