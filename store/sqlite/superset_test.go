package sqlite

import (
	"context"
	"database/sql/driver"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/memory"
	"benchside/store/search"
)

// remembered is a store in memory that has the runs of another.
func remembered(t testing.TB, d *DB) ([]*store.Run, memory.Around) {
	t.Helper()
	ctx := context.Background()
	all, err := d.Runs(ctx, store.RunQuery{Stage: store.AnyStage})
	if err != nil {
		t.Fatal(err)
	}
	runs, ids, at := make([]*store.Run, len(all)), make([]string, len(all)), map[string]*store.Run{}
	histories := map[[2]string][]store.Point{}
	for i := range all {
		runs[i], ids[i], at[all[i].ID] = &all[i], all[i].ID, &all[i]
		for key := range all[i].Metrics {
			err := d.History(ctx, all[i].ID, key, func(points []store.Point) error {
				k := [2]string{all[i].ID, key}
				histories[k] = append(histories[k], points...)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	inputs, err := d.InputsOf(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	return runs, memory.Around{
		Inputs: func(id string) []store.Input { return inputs[id] },
		Find: func(id string) *store.Head {
			if r := at[id]; r != nil {
				return &r.Head
			}
			return nil
		},
		Points: func(id, key string) []store.Point { return histories[[2]string{id, key}] },
	}
}

// bySQL returns the ids that the statement for people finds.
func bySQL(t testing.TB, d *DB, q store.RunQuery) []string {
	t.Helper()
	statement, err := d.Statement(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := selected(d, statement)
	if err != nil {
		t.Fatalf("%v in\n%s", err, statement)
	}
	return ids
}

func TestGeneratedFiltersAnswerAlikeInSQLAndInMemory(t *testing.T) {
	queries := 1000
	if testing.Short() {
		queries = 150 // of which the race detector makes as much work
	}
	d := opened(t, labFile)
	runs, around := remembered(t, d)
	g := newGenerator(42, runs)
	hits, judged := 0, 0
	for i := range queries {
		q := store.RunQuery{Filter: search.Filter{Expr: g.expr(3)}, Stage: store.AnyStage}
		if i%3 == 0 {
			q.Limit, q.Stage = 5, store.ActiveOnly
		}
		var want []string
		for _, r := range memory.FindRuns(runs, around, q) {
			want = append(want, r.ID)
		}
		if q.Limit == 0 {
			by, err := d.judgedFor(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if by != nil {
				judged++
			}
		}
		got, err := d.Match(context.Background(), q)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("query %d %#v:\ngot  %d %.8q, %v\nwant %d %.8q", i, q.Filter.Expr, len(got), got, err, len(want), want)
		}
		if shown := bySQL(t, d, q); !slices.Equal(shown, want) {
			t.Errorf("query %d %#v: the statement that is shown finds %d %.8q, want %d %.8q", i, q.Filter.Expr, len(shown), shown, len(want), want)
		}
		if len(want) > 0 && len(want) < len(runs) {
			hits++
		}
		if t.Failed() && i > 5 {
			break
		}
	}
	if judged < queries/20 || judged > queries*9/10 {
		t.Errorf("%d of %d queries are decided by scans: not all ways are tried", judged, queries)
	}
	if hits < queries/4 {
		t.Errorf("only %d of %d queries tell runs apart", hits, queries)
	}
}

// read parses a filter of runs.
func read(t testing.TB, filter string) search.Filter {
	t.Helper()
	f, err := search.Read(filter, search.Runs)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	return f
}

func TestStoresOfAnyAgeAnswerAlikeInSQLAndInMemory(t *testing.T) {
	old, err := filepath.Glob("../../testdata/old/*/mlflow.db")
	if err != nil || len(old) < 3 {
		t.Fatalf("got %q, %v", old, err)
	}
	for _, path := range old {
		d := opened(t, path)
		runs, around := remembered(t, d)
		keys, err := d.Keys(context.Background(), store.MetricField)
		if err != nil || len(keys) == 0 {
			t.Fatalf("%s: metrics %q, %v", path, keys, err)
		}
		metric := "metrics.`" + keys[0] + "`"
		for _, filter := range []string{
			"min(" + metric + ") < 0.5", "max(" + metric + ") >= 0", "first(" + metric + ") != 1", "count(" + metric + ") > 1", "mean(" + metric + ") is not null",
			"not " + metric + " > 0 or depth > 0", "parent is null", "a", "'a' or not e", "run_name ~ '[a-m]' and not end_time is null", "datasets.name ~ '.'",
		} {
			q := store.RunQuery{Filter: read(t, filter), Stage: store.AnyStage}
			var want []string
			for _, r := range memory.FindRuns(runs, around, q) {
				want = append(want, r.ID)
			}
			got, err := d.Match(context.Background(), q)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s of %s: got %q, %v, want %q", filter, path, got, err, want)
			}
			if shown := bySQL(t, d, q); !slices.Equal(shown, want) {
				t.Errorf("%s of %s: the statement that is shown finds %q, want %q", filter, path, shown, want)
			}
		}
	}
}

// TestLongMetricsAreReadInParts has every statement take too long, so that all runs are
// read one by one.
func TestLongMetricsAreReadInParts(t *testing.T) {
	d, ctx := opened(t, labFile), context.Background()
	for _, name := range search.Summaries() {
		c := read(t, name+"(metrics.`val/auc`) > 0.5").Expr.(search.Compare)
		if c.Summary == search.Latest {
			continue
		}
		want, err := d.summarised(ctx, c, store.RunQuery{})
		if err != nil || len(want) == 0 {
			t.Fatalf("%s: %d runs, %v", name, len(want), err)
		}
		got, err := d.summarisedWithin(ctx, c, store.RunQuery{}, time.Nanosecond)
		slices.Sort(want)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := d.summarisedWithin(cancelled, read(t, "min(metrics.a) > 1").Expr.(search.Compare), store.RunQuery{}, time.Nanosecond); err == nil {
		t.Error("a cancelled search ended well")
	}
}

func TestParentsInACircleEnd(t *testing.T) {
	parents := map[string]string{"a": "b", "b": "a", "c": "a", "d": "gone", "e": "root", "f": "e"}
	there := map[string]bool{"a": true, "b": true, "c": true, "d": true, "e": true, "f": true, "root": true}
	known := map[string]int{}
	for id, want := range map[string]int{"a": deepest, "c": deepest, "d": 0, "root": 0, "e": 1, "f": 2} {
		if got := depthIn(id, parents, there, known); got != want {
			t.Errorf("%s: got %d, want %d", id, got, want)
		}
	}
}

// TestNumbersInTextsAreSQLites holds search.Decimal to what SQLite takes for a number.
func TestNumbersInTextsAreSQLites(t *testing.T) {
	path := copied(t, labFile, "mlflow.db")
	db := writer(t, path)
	texts := []string{
		"1", "-.5", "+2.", "1e-05", " 3\n", "1E+2", "1e400", "", "x", "1x", ".", "e5", "1e", "0x10", "nan", "inf", "1_0", "1 2", "--1", "１", "1\u00a0", "0.1",
		"\v1", "1\f", "-", "+", "1e+", "1e5.5", "00012", "123456789012345678901234567890", "true", "1,5", "1\x002",
	}
	for i, text := range texts {
		do(t, db, "INSERT INTO params (key, value, run_uuid) SELECT ?, ?, min(run_uuid) FROM runs", "n"+string(rune('a'+i)), text)
	}
	db.Close()
	d := opened(t, path)
	for i, text := range texts {
		c := search.Compare{Entity: search.Param, Key: "n" + string(rune('a'+i)), Op: search.Less, Numeric: true, Number: 2.5}
		for _, c.Op = range []search.Op{search.Equal, search.NotEqual, search.Less, search.GreaterEqual} {
			for _, c.Number = range []float64{0.1, 2, 100, 1e300} {
				f := search.Filter{Expr: c}
				ids, err := d.Match(context.Background(), store.RunQuery{Filter: f, Stage: store.AnyStage})
				want := search.Match(f, runSubject{Run: store.Run{Params: map[string]string{c.Key: text}}})
				if err != nil || (len(ids) == 1) != want {
					t.Errorf("%q %s %g: SQL found %d runs, %v; memory says %v", text, c.Op, c.Number, len(ids), err, want)
				}
			}
		}
	}
}

// TestNoConditionReadsAllPoints asks SQLite how it would search: through the index that
// is named, never the points or params of all runs for one run.
func TestNoConditionReadsAllPoints(t *testing.T) {
	d := opened(t, labFile)
	for _, c := range constructs {
		f, err := d.settled(context.Background(), read(t, c.filter))
		if err != nil {
			t.Fatal(err)
		}
		where, args, err := d.schema.whereRuns(f)
		if err != nil {
			t.Fatal(err)
		}
		err = d.burst(context.Background(), func(conn *conn) error {
			return conn.query(context.Background(), "EXPLAIN QUERY PLAN SELECT 1 FROM runs r NOT INDEXED WHERE "+where, args, func(v []driver.Value) error {
				step := text(v[3])
				if strings.HasPrefix(c.filter, "first") && step == "SCAN t" {
					return nil // of the one point that was found
				}
				for _, bad := range []string{"SCAN t", "SCAN m", "SCAN p", "SCAN n", "autoindex_metrics"} {
					if strings.HasPrefix(step, bad) || strings.Contains(step, "sqlite_"+bad) {
						t.Errorf("%s: %s", c.filter, step)
					}
				}
				return nil
			})
		})
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
		}
	}
}
