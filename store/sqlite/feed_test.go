package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

const (
	oldRun = "ce987a4a19eb48cf8d9c468ade58eb89" // finished long ago
	second = "3b47b748b5d243f1a2f6e348b66f515c"
)

// follower collects what a feed sends.
type follower struct {
	changes <-chan store.Change
	seen    []store.Change
}

func follow(t testing.TB, d *DB) *follower {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	changes, err := d.Watch(ctx)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		for range changes {
		}
	})
	return &follower{changes: changes}
}

// until collects changes until one is wanted, for three seconds at most.
func (f *follower) until(t testing.TB, what string, wanted func(store.Change) bool) store.Change {
	t.Helper()
	return f.within(t, 3*time.Second, what, wanted)
}

func (f *follower) within(t testing.TB, d time.Duration, what string, wanted func(store.Change) bool) store.Change {
	t.Helper()
	timeout := time.After(d)
	for {
		select {
		case c, open := <-f.changes:
			if !open {
				t.Fatalf("%s: the feed has ended", what)
			}
			f.seen = append(f.seen, c)
			if wanted(c) {
				return c
			}
		case <-timeout:
			t.Fatalf("%s: not among %s", what, describe(f.seen))
		}
	}
}

func describe(changes []store.Change) string {
	var b strings.Builder
	for _, c := range changes[max(0, len(changes)-5):] {
		fmt.Fprintf(&b, "\n{reload %v, problem %v, mode %v", c.Reload, c.Problem, c.Mode)
		for _, e := range c.Events[:min(len(c.Events), 5)] {
			fmt.Fprintf(&b, "\n  %v %+v %s=%s %+v", e.Kind, e.Head.ID, e.Key, e.Text, e.Point)
		}
		b.WriteString("}")
	}
	return b.String()
}

func has(wanted func(e store.Event) bool) func(store.Change) bool {
	return func(c store.Change) bool { return slices.ContainsFunc(c.Events, wanted) }
}

func is(kind store.EventKind, run string) func(e store.Event) bool {
	return func(e store.Event) bool { return e.Kind == kind && (run == "" || e.Head.ID == run) }
}

func TestWatchTellsWhatOthersCommit(t *testing.T) {
	newID := strings.Repeat("ab", 16)
	tests := []struct {
		name, statement string
		wanted          func(e store.Event) bool
	}{
		{"a run is created", fmt.Sprintf(addRun, newID), func(e store.Event) bool {
			return is(store.RunCreated, newID)(e) && e.Head.Name == "new" && e.Head.Status == store.Running && e.Head.ExperimentID == "1"
		}},
		{"a param is logged", "INSERT INTO params (run_uuid, key, value) VALUES ('" + newID + "', 'lr', '0.1')", func(e store.Event) bool {
			return is(store.ParamLogged, newID)(e) && e.Key == "lr" && e.Text == "0.1"
		}},
		{"a point is logged", "INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan) VALUES ('" + newID + "', 'loss', 0.5, 1700000000001, 7, 0)", func(e store.Event) bool {
			return is(store.PointLogged, newID)(e) && e.Key == "loss" && e.Point == store.Point{Step: store.StepOf(7), Timestamp: 1700000000001, Value: 0.5}
		}},
		{"a tag is set", "INSERT INTO tags (run_uuid, key, value) VALUES ('" + newID + "', 'colour', 'red')", func(e store.Event) bool {
			return is(store.TagSet, newID)(e) && e.Key == "colour" && e.Text == "red"
		}},
		{"a parent is set", "INSERT INTO tags (run_uuid, key, value) VALUES ('" + newID + "', 'mlflow.parentRunId', '" + oldRun + "')", func(e store.Event) bool {
			return is(store.RunChanged, newID)(e) && e.Head.ParentID == oldRun
		}},
		{"a live run ends", "UPDATE runs SET status = 'FINISHED', end_time = 1700000000002 WHERE run_uuid = '" + newID + "'", func(e store.Event) bool {
			return is(store.RunChanged, newID)(e) && e.Head.Status == store.Finished && e.Head.End == store.At(1700000000002)
		}},
		{"an old run is renamed", "UPDATE runs SET name = 'other' WHERE run_uuid = '" + oldRun + "'", func(e store.Event) bool {
			return is(store.RunChanged, oldRun)(e) && e.Head.Name == "other"
		}},
		{"an old run is deleted", "UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = '" + oldRun + "'", func(e store.Event) bool {
			return is(store.RunChanged, oldRun)(e) && e.Head.Stage == store.Deleted
		}},
		{"an old run is removed", "DELETE FROM runs WHERE run_uuid = '" + oldRun + "'", is(store.RunRemoved, oldRun)},
		{"an experiment is renamed", "UPDATE experiments SET name = 'renamed' WHERE experiment_id = 1", is(store.ExperimentsChanged, "")},
	}
	for mode, path := range map[string]string{"rollback journal": copied(t, labFile, "mlflow.db"), "WAL": inWAL(t)} {
		t.Run(mode, func(t *testing.T) {
			p := startProcess(t, path)
			p.do(t, "PRAGMA foreign_keys = OFF")
			f := follow(t, opened(t, path))
			for _, tt := range tests {
				p.do(t, tt.statement)
				c := f.until(t, tt.name, has(tt.wanted))
				if len(c.Events) > 3 || c.Mode != store.Notified {
					t.Errorf("%s: told more or otherwise than that: %s", tt.name, describe([]store.Change{c}))
				}
				if late := time.Since(c.At); late > time.Second {
					t.Errorf("%s: told %v late", tt.name, late)
				}
			}
			if len(f.seen) > len(tests)+2 {
				t.Errorf("%d changes for %d commits: %s", len(f.seen), len(tests), describe(f.seen))
			}
		})
	}
}

// At 1,000 points a second, as single commits and as batches, none is missed.
func TestNoPointIsMissed(t *testing.T) {
	for mode, path := range map[string]string{"rollback journal": copied(t, labFile, "mlflow.db"), "WAL": inWAL(t)} {
		t.Run(mode, func(t *testing.T) {
			p := startProcess(t, path)
			f := follow(t, opened(t, path))
			want := make(chan int)
			go func() { want <- logPoints(t, p, 2*time.Second) }()
			got := map[string]int{}
			total, sent := 0, -1
			f.within(t, 20*time.Second, "all points", func(c store.Change) bool {
				for _, e := range c.Events {
					if e.Kind == store.PointLogged {
						got[e.Key+e.Point.Step.String()]++
						total++
					}
				}
				if sent < 0 {
					select {
					case sent = <-want:
					default:
					}
				}
				return sent >= 0 && total >= sent
			})
			if len(got) != sent || total != sent {
				t.Errorf("%d points, %d different ones; want %d, each once", total, len(got), sent)
			}
			if n := len(f.seen); n > 60 {
				t.Errorf("%d changes in about 2 s; want at most some 15 a second", n)
			}
		})
	}
}

// logPoints logs about 1,000 points a second, a tenth of them alone.
func logPoints(t *testing.T, p *process, d time.Duration) int {
	n := 0
	for start := time.Now(); time.Since(start) < d; {
		p.do(t, `INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan)
			VALUES ('%s', 'one', 1, 1, %d, 0)`, second, n)
		n++
		p.do(t, `WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n LIMIT 9)
			INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan) SELECT '%s', 'many', 1, 1, i, 0 FROM n`, n, second)
		n += 9
		time.Sleep(time.Until(start.Add(time.Duration(n) * time.Millisecond)))
	}
	// The last one is told within a second whatever happens.
	p.do(t, "INSERT INTO tags (run_uuid, key, value) VALUES ('%s', 'done', '1')", second)
	return n
}

func TestASlowReaderMissesNothing(t *testing.T) {
	const points = 30_000
	path := copied(t, labFile, "mlflow.db")
	f := follow(t, opened(t, path))
	db := writer(t, path)
	for i := range 3 {
		do(t, db, `WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n LIMIT ?)
			INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan) SELECT ?, 'k', 1, 1, i, 0 FROM n`, i*points/3, points/3, second)
		time.Sleep(100 * time.Millisecond)
	}
	steps := map[store.Step]bool{}
	f.until(t, "all points", func(c store.Change) bool {
		if len(c.Events) > 8000 {
			t.Errorf("a change of %d events", len(c.Events))
		}
		for _, e := range c.Events {
			steps[e.Point.Step] = true
		}
		time.Sleep(10 * time.Millisecond)
		return len(steps) == points
	})
}

func TestWatchOutlivesTheFile(t *testing.T) {
	path := copied(t, labFile, "mlflow.db")
	f := follow(t, opened(t, path))
	lost := func(c store.Change) bool { return c.Mode == store.Lost && errors.Is(c.Problem, store.ErrGone) }
	reload := func(c store.Change) bool { return c.Reload && c.Problem == nil }

	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	f.until(t, "removed", lost)
	duplicate(t, "../../testdata/old/2.22.2/mlflow.db", path)
	f.until(t, "another one", reload)
	if err := os.Rename(path+".old", path); err != nil {
		t.Fatal(err)
	}
	f.until(t, "the first one renamed over it", reload)
	do(t, writer(t, path), "INSERT INTO tags (run_uuid, key, value) VALUES (?, 'k', 'v')", second)
	f.until(t, "a commit to it", has(is(store.TagSet, second)))
}

func TestWatchWaitsForALock(t *testing.T) {
	path := copied(t, labFile, "mlflow.db")
	d, err := Open(context.Background(), path, Options{Patience: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	f := follow(t, d)
	p := startProcess(t, path)
	p.do(t, "BEGIN EXCLUSIVE")
	p.do(t, "PRAGMA cache_size = 1")
	p.do(t, "UPDATE tags SET value = value || ' '") // spills, so that the header is written as well
	p.do(t, "UPDATE metrics SET value = value + 1")
	p.do(t, "UPDATE runs SET name = 'x' WHERE run_uuid = '%s'", oldRun)
	p.do(t, "CREATE TABLE extra (a)")
	time.Sleep(1500 * time.Millisecond)
	p.do(t, "COMMIT")
	f.until(t, "the commit", has(is(store.RunChanged, oldRun)))
	for _, c := range f.seen {
		if c.Problem != nil && !errors.Is(c.Problem, store.ErrBusy) {
			t.Errorf("told %v; want nothing but ErrBusy", c.Problem)
		}
	}
	if last := f.seen[len(f.seen)-1]; last.Problem != nil || last.Mode == store.Lost {
		t.Errorf("after the commit: %+v", last)
	}
}

func TestRowsNumberedAnewAreReadAnew(t *testing.T) {
	for name, statements := range map[string][]string{
		"a migration":           {"UPDATE alembic_version SET version_num = 'feedfacecafe'"},
		"the newest rows go":    {"DELETE FROM metrics WHERE rowid > (SELECT max(rowid) FROM metrics) - 10"},
		"all of the store goes": {"DELETE FROM metrics", "DELETE FROM params", "DELETE FROM tags"},
	} {
		t.Run(name, func(t *testing.T) {
			path := copied(t, labFile, "mlflow.db")
			f := follow(t, opened(t, path))
			db := writer(t, path)
			for _, s := range statements {
				do(t, db, s)
			}
			f.until(t, name, func(c store.Change) bool { return c.Reload })
			time.Sleep(3 * pace) // each statement may be told by itself, and a reload tells all before it
			do(t, db, "INSERT INTO tags (run_uuid, key, value) VALUES (?, 'k', 'v')", second)
			f.until(t, "a commit after it", has(is(store.TagSet, second)))
		})
	}
}

func TestACompactionIsNoChange(t *testing.T) {
	path := copied(t, labFile, "mlflow.db")
	db := writer(t, path)
	do(t, db, "DELETE FROM metrics WHERE rowid < 1000")
	f := follow(t, opened(t, path))
	do(t, db, "VACUUM")
	do(t, db, "INSERT INTO tags (run_uuid, key, value) VALUES (?, 'k', 'v')", second)
	f.until(t, "the commit after it", has(is(store.TagSet, second)))
	if len(f.seen) != 1 || len(f.seen[0].Events) != 1 {
		t.Errorf("more was told than one tag: %s", describe(f.seen))
	}
}

// A commit is never delayed by our reading, nor by our being stopped.
func TestCommitsAreNotDelayed(t *testing.T) {
	path := copied(t, labFile, "mlflow.db")
	d := opened(t, path)
	f := follow(t, d)
	go func() {
		for range f.changes {
		}
	}()
	p := startProcess(t, path)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for range 3 {
		go func() {
			for ctx.Err() == nil {
				_, _ = d.Runs(ctx, store.RunQuery{})
			}
		}()
	}
	took := make([]time.Duration, 60)
	for i := range took {
		took[i] = p.do(t, "UPDATE runs SET name = 'n%d' WHERE run_uuid = '%s'", i, oldRun)
	}
	slices.Sort(took)
	if slow := took[len(took)-4]; slow > 100*time.Millisecond { // the disk itself may stall now and then
		t.Errorf("the commits took %v while we read; want at most 100ms", took)
	}
	resume, err := d.Quiet(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer resume()
	if took := p.do(t, "UPDATE runs SET name = 'quiet' WHERE run_uuid = '%s'", oldRun); took > time.Second {
		t.Errorf("the commit took %v while it was quiet; want no delay", took)
	}
}
