package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestRunsWithThousandsOfKeysAreWhole(t *testing.T) {
	many := func(run string, n int) string {
		return fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d)
			INSERT INTO params (key, value, run_uuid) SELECT 'many/' || i, i, run_uuid FROM n, (SELECT run_uuid FROM runs ORDER BY run_uuid LIMIT 1 OFFSET %s)`, n, run)
	}
	counts := []int{6_000, 3_999, 25_000, 10_000, 1, 6_000}
	var statements []string
	for i, n := range counts {
		statements = append(statements, many(fmt.Sprint(i), n))
	}
	d := edited(t, statements...)
	ids := firsts(asked(t, d, `SELECT run_uuid FROM runs ORDER BY run_uuid LIMIT 6`))
	ids = append(ids, ids[2], "unknown", ids[0]) // some twice
	runs, err := d.RunsOf(context.Background(), ids)
	if err != nil || len(runs) != 8 {
		t.Fatalf("%d runs, %v; want 8", len(runs), err)
	}
	for i, n := range append(counts, counts[2], counts[0]) {
		got := 0
		for key, value := range runs[i].Params {
			if number, ok := strings.CutPrefix(key, "many/"); ok && number == value {
				got++
			}
		}
		if got != n {
			t.Errorf("run %d has %d of %d params", i, got, n)
		}
	}
}

func TestManyRunsAreReadInTheirOrder(t *testing.T) {
	d := edited(t)
	all := firsts(asked(t, d, `SELECT run_uuid FROM runs ORDER BY run_uuid`))
	var ids []string
	for range 1 + 3*runsPerBurst/len(all) { // parts that are read side by side
		ids = append(ids, all...)
	}
	runs, err := d.RunsOf(context.Background(), ids)
	if err != nil || len(runs) != len(ids) {
		t.Fatalf("%d runs, %v; want %d", len(runs), err, len(ids))
	}
	for i, r := range runs {
		if r.ID != ids[i] {
			t.Fatalf("run %d is %s, want %s", i, r.ID, ids[i])
		}
	}
}
