package sqlite

import (
	"context"
	"slices"
	"testing"

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
	hits := 0
	for i := range queries {
		q := store.RunQuery{Filter: search.Filter{Expr: g.expr(3)}, Stage: store.AnyStage}
		if i%3 == 0 {
			q.Limit, q.Stage = 5, store.ActiveOnly
		}
		var want []string
		for _, r := range memory.FindRuns(runs, around, q) {
			want = append(want, r.ID)
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
	if hits < queries/4 {
		t.Errorf("only %d of %d queries tell runs apart", hits, queries)
	}
}
