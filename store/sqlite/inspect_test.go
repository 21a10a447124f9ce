package sqlite

import (
	"os"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

func inspected(t *testing.T, d *DB, how store.Inspection) map[string]store.Finding {
	t.Helper()
	found := map[string]store.Finding{}
	err := d.Inspect(within(t, 30*time.Second), how, func(f store.Finding) error { found[f.Check] = f; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAStoreThatIsWellIsSaidToBe(t *testing.T) {
	path := copied(t, mutationsBase, "mlflow.db")
	before := hashOf(t, path)
	for name, f := range inspected(t, opened(t, path), store.Inspection{Integrity: true, Idle: 100 * 365 * 24 * time.Hour}) {
		if f.Verdict != store.Passed {
			t.Errorf("%s: %s: %s", name, f.Verdict, f.Says)
		}
	}
	if hashOf(t, path) != before {
		t.Error("looking changed the file")
	}
}

func TestWhatIsWrongIsFound(t *testing.T) {
	tests := map[string]struct {
		change  string
		check   string
		verdict store.Verdict
		says    string
		of      string
	}{
		"a run without its experiment": {
			"PRAGMA foreign_keys = OFF; UPDATE runs SET experiment_id = 77 WHERE run_uuid = '" + childRun + "'",
			"runs without experiment", store.NotMet, "1 runs are of an experiment that is gone", childRun,
		},
		"points without their run": {leftovers, "points without run", store.NotMet, "points of 2 runs, 0 latest metrics, 1 params, 2 tags", "gone"},
		"what gc leaves":           {leftovers, "rows left behind", store.Warned, "1 of datasets", ""},
		"a latest metric that is another point": {
			"UPDATE latest_metrics SET step = 0 WHERE key = 'acc' AND run_uuid = '" + finishedRun + "'", "latest metrics", store.NotMet, "1 latest metrics are not the last", finishedRun + " acc",
		},
		"a latest metric without points": {
			"DELETE FROM metrics WHERE key = 'acc' AND run_uuid = '" + finishedRun + "'", "latest metrics", store.NotMet, "1 latest metrics are not the last", finishedRun + " acc",
		},
		"a stuck run":                {"", "stuck runs", store.Warned, "1 runs are RUNNING or SCHEDULED and logged nothing for a day", runningRun},
		"a revision that is unknown": {"UPDATE alembic_version SET version_num = 'ffffffffffff'", "schema", store.Warned, "is not known", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := plainBase(t)
			if tt.change != "" {
				d = changedBase(t, tt.change)
			}
			f := inspected(t, d, store.Inspection{})[tt.check]
			if f.Verdict != tt.verdict || !strings.Contains(f.Says, tt.says) || !strings.Contains(strings.Join(f.Of, " "), tt.of) || f.Advice == "" {
				t.Errorf("got %+v", f)
			}
		})
	}
}

func TestARunThatLoggedLatelyIsNotStuck(t *testing.T) {
	now := time.Now().UnixMilli()
	path := copied(t, mutationsBase, "mlflow.db")
	db := writer(t, path)
	do(t, db, "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES ('k', 1, ?, 0, 0, ?)", now, runningRun)
	db.Close()
	if f := inspected(t, writable(t, path), store.Inspection{})["stuck runs"]; f.Verdict != store.Passed {
		t.Errorf("got %+v", f)
	}
}

func TestADamagedPageIsFound(t *testing.T) {
	path := copied(t, mutationsBase, "mlflow.db")
	db := writer(t, path)
	root := column(t, db, "SELECT rootpage FROM sqlite_schema WHERE name = 'index_params_run_uuid'")
	page, err := db.Query("SELECT rootpage FROM sqlite_schema WHERE name = 'index_params_run_uuid'")
	if err != nil {
		t.Fatal(err, root)
	}
	number := int64(0)
	for page.Next() {
		if err := page.Scan(&number); err != nil {
			t.Fatal(err)
		}
	}
	page.Close()
	db.Close()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, 100), (number-1)*4096+8); err != nil {
		t.Fatal(err)
	}
	f.Close()
	d := writable(t, path)
	if f := inspected(t, d, store.Inspection{Integrity: true})["integrity"]; f.Verdict != store.NotMet || len(f.Of) == 0 {
		t.Errorf("got %+v", f)
	}
	if f := inspected(t, d, store.Inspection{})["integrity"]; f.Verdict != store.NotKnown {
		t.Errorf("unasked it is %+v", f)
	}
}

func TestBrokenLedgersAndMissingStatisticsAreFound(t *testing.T) {
	d, path := base(t)
	write(t, d, "ada", store.DeleteRun{Run: aRun(childRun)})
	db := writer(t, path)
	do(t, db, `DROP TRIGGER benchside_ledger_is_not_edited; UPDATE benchside_ledger SET reason = 'another'`)
	do(t, db, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
		INSERT INTO runs (run_uuid, experiment_id, lifecycle_stage, status) SELECT 'r' || i, 1, 'active', 'FINISHED' FROM n`)
	db.Close()
	found := inspected(t, d, store.Inspection{})
	if f := found["ledger"]; f.Verdict != store.NotMet {
		t.Errorf("the ledger: %+v", f)
	}
	if f := found["statistics"]; f.Verdict != store.Warned || !strings.Contains(f.Advice, "--analyze") {
		t.Errorf("statistics: %+v", f)
	}
	before := dump(t, path)
	if err := d.Analyze(within(t, 20*time.Second)); err != nil {
		t.Fatal(err)
	}
	if f := inspected(t, d, store.Inspection{})["statistics"]; f.Verdict != store.Passed {
		t.Errorf("statistics after the analysis: %+v", f)
	}
	if got := diffed(before, dump(t, path)); len(got) > 0 {
		t.Errorf("the analysis changed rows: %v", got)
	}
	if err := opened(t, path).Analyze(within(t, 20*time.Second)); err == nil {
		t.Error("a store that is open for reading was analyzed")
	}
}

func TestACheckGivesWayToAWriter(t *testing.T) {
	path := copied(t, mutationsBase, "mlflow.db")
	d := opened(t, path)
	if err := os.WriteFile(path+"-journal", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// A statement that never ends stands for the check of a big file; what is of
	// no use as a journal makes it look as if a writer had begun.
	endless := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n`
	go func() {
		time.Sleep(100 * time.Millisecond)
		_ = os.WriteFile(path+"-journal", []byte("not a journal"), 0o600)
	}()
	start := time.Now()
	i := inspection{d, store.Inspection{Integrity: true}, start}
	_, err := i.checkPages(within(t, 20*time.Second), endless)
	if err == nil || time.Since(start) > 15*time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
}
