package monitors_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"benchside/artifacts"
	"benchside/drift"
	"benchside/monitors"
	"benchside/store"
	"benchside/store/memory"
	"benchside/store/sqlite"
)

// opened is a copy of the lab store that may be written.
func opened(t *testing.T) (*sqlite.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mlflow.db")
	content, err := os.ReadFile("../testdata/lab/mlflow.db")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(filepath.Dir(path), "mlruns"), 0o700); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, path
}

// example is the report of the interchange's example.
func example(t *testing.T) drift.Report {
	t.Helper()
	content, err := os.ReadFile("../drift/testdata/report.example.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := drift.Read(content)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// anyRun is a run of a store whose artifacts lie in a folder.
func anyRun(t *testing.T, db *sqlite.DB) store.Run {
	t.Helper()
	runs, err := db.Runs(t.Context(), store.RunQuery{Experiments: []string{"0"}, Limit: 1})
	if err != nil || len(runs) != 1 {
		t.Fatalf("runs: %v, %v", runs, err)
	}
	return runs[0]
}

func logs(t *testing.T, db store.Writer, path string, run store.Run, r drift.Report) (store.Receipt, error) {
	t.Helper()
	i := store.Intent{By: store.Author{Name: "ada"}, Mutations: monitors.Logged(r, run.ID, "oct.csv")}
	return monitors.Log(t.Context(), db, artifacts.Places{Store: path}, run, i, r)
}

func TestAReportOnARun(t *testing.T) {
	db, path := opened(t)
	run, r := anyRun(t, db), example(t)
	if _, err := logs(t, db, path, run, r); err != nil {
		t.Fatal(err)
	}
	after, err := db.Run(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"drift/share": float64(r.Verdict.Share), "drift/columns": float64(r.Verdict.Drifted)}
	for _, f := range r.Features {
		if f.Test != nil && f.Test.Score.Defined() {
			want["drift/"+f.Name] = float64(f.Test.Score)
		}
	}
	for key, value := range want {
		got, there := after.Metrics[key]
		if !there || got.Value != value || got.Timestamp != r.Created.UnixMilli() {
			t.Errorf("%s: got %+v (%v), want %v", key, got, there, value)
		}
	}
	if len(want) < 10 {
		t.Errorf("the example has %d scores", len(want))
	}
	for key, value := range map[string]string{
		"benchside.drift.verdict": r.Verdict.Status, "benchside.drift.share": "0.5", "benchside.drift.report": "drift/report.json",
	} {
		if after.Tags[key] != value {
			t.Errorf("tag %s: got %q, want %q", key, after.Tags[key], value)
		}
	}
	root, err := artifacts.Open(path, run.ArtifactURI)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	entries, _, err := root.List("drift")
	if err != nil || len(entries) != 1 || entries[0].Name != "report.json" {
		t.Errorf("the folder has %+v, %v", entries, err)
	}
}

// failing is a writer whose first writes succeed.
type failing struct {
	store.Writer
	left int
}

var errBroken = errors.New("the disk is full")

func (f *failing) Write(ctx context.Context, i store.Intent) (store.Receipt, error) {
	if f.left--; f.left < 0 {
		return store.Receipt{}, errBroken
	}
	return f.Writer.Write(ctx, i)
}

func TestTheFileIsWhatItWasWhereTheRowsAreNotWritten(t *testing.T) {
	for name, before := range map[string]string{"there was none": "", "there was one": "the one before"} {
		db, path := opened(t)
		run := anyRun(t, db)
		file := filepath.Join(filepath.Dir(path), run.ArtifactURI, "drift", "report.json")
		if before != "" {
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := logs(t, &failing{db, 1}, path, run, example(t)); !errors.Is(err, errBroken) {
			t.Fatalf("%s: got %v", name, err)
		}
		content, err := os.ReadFile(file)
		if string(content) != before || before == "" && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: it is %.40q, %v", name, content, err)
		}
		entries, err := os.ReadDir(filepath.Dir(file))
		if err != nil {
			t.Fatal(err)
		}
		if want := min(len(before), 1); len(entries) != want {
			t.Errorf("%s: left are %v", name, entries)
		}
	}
}

func TestARunElsewhereIsNotWrittenTo(t *testing.T) {
	db, path := opened(t)
	run := anyRun(t, db)
	other := t.TempDir()
	for name, uri := range map[string]string{
		"a folder that is not the run's": other,
		"above the run's":                filepath.Dir(run.ArtifactURI),
		"no folder of an experiment":     filepath.Join(other, "x", "y", run.ID, "artifacts"),
		"a bucket":                       "s3://bucket/1/" + run.ID + "/artifacts",
		"up and away":                    "../../" + run.ID + "/artifacts",
	} {
		hostile := run
		hostile.ArtifactURI = uri
		if _, err := logs(t, db, path, hostile, example(t)); err == nil {
			t.Errorf("%s: it was written", name)
		}
		after, err := db.Run(t.Context(), run.ID)
		if err != nil || after.Tags["benchside.drift.verdict"] != "" {
			t.Errorf("%s: the rows were written, %v", name, err)
		}
	}
	if entries, err := os.ReadDir(other); err != nil || len(entries) > 0 {
		t.Errorf("left are %v, %v", entries, err)
	}
}

func TestALinkOutOfTheRunIsNotFollowed(t *testing.T) {
	db, path := opened(t)
	run, other := anyRun(t, db), t.TempDir()
	folder := filepath.Join(filepath.Dir(path), run.ArtifactURI)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, filepath.Join(folder, "drift")); err != nil {
		t.Fatal(err)
	}
	if _, err := logs(t, db, path, run, example(t)); err == nil {
		t.Error("it was written")
	}
	if entries, err := os.ReadDir(other); err != nil || len(entries) > 0 {
		t.Errorf("left are %v, %v", entries, err)
	}
}

func TestKeysThatMLflowTakes(t *testing.T) {
	db, path := opened(t)
	run := anyRun(t, db)
	r := drift.Report{Verdict: drift.Verdict{Status: "drift", Drifted: 3, Share: 0.5}}
	names := []string{
		"plain", "share", "columns", "a@b", "a_b", "", "..", "../up", "a//b", "a/", "/a", "Größe", "x\x1b[2J", "bad\xff",
		strings.Repeat("n", 400), strings.Repeat("n", 401), "undefined",
	}
	for _, name := range names {
		score := drift.Number(0.25)
		if name == "undefined" {
			score = drift.Number(math.NaN())
		}
		r.Features = append(r.Features, drift.Finding{Name: name, Test: &drift.TestResult{Score: score}})
	}
	if _, err := logs(t, db, path, run, r); err != nil {
		t.Fatal(err)
	}
	after, err := db.Run(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for key := range after.Metrics {
		if strings.HasPrefix(key, "drift/") {
			n++
		}
	}
	if want := 2 + len(names) - 1; n != want {
		t.Errorf("there are %d metrics, want %d: one for each column and two", n, want)
	}
	for _, key := range []string{"drift/plain", "drift/share_2", "drift/a_b", "drift/a_b_2", "drift/Größe"} {
		if _, there := after.Metrics[key]; !there {
			t.Errorf("there is no %s", key)
		}
	}
}

func TestAReportOfManyColumnsIsSeveralBatches(t *testing.T) {
	r := drift.Report{}
	for range 2500 {
		r.Features = append(r.Features, drift.Finding{Name: "c", Test: &drift.TestResult{Score: 1}})
	}
	total, seen := 0, map[string]bool{}
	for _, m := range monitors.Logged(r, "r", "x") {
		batch := m.(store.LogBatch)
		if len(batch.Metrics) > 1000 {
			t.Errorf("a batch has %d metrics", len(batch.Metrics))
		}
		for _, p := range batch.Metrics {
			seen[p.Key] = true
		}
		total += len(batch.Metrics)
	}
	if total != 2502 || len(seen) != total {
		t.Errorf("got %d metrics, %d keys, want 2502", total, len(seen))
	}
}

func TestADryRunTouchesNoFile(t *testing.T) {
	_, path := opened(t)
	s := memory.New(memory.Records{})
	run := store.Run{Head: store.Head{ID: "r1"}, ArtifactURI: "mlruns/1/r1/artifacts"}
	_, err := monitors.Log(t.Context(), s, artifacts.Places{Store: path}, run, store.Intent{DryRun: true}, example(t))
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Join(filepath.Dir(path), "mlruns")); err != nil || len(entries) > 0 {
		t.Errorf("left are %v, %v", entries, err)
	}
}
