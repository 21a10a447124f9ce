package sqlite

import (
	"context"
	"math"
	"testing"

	"benchside/store"
)

// series adds metrics that an index alone does not bring into order, between
// points of other keys of the same run 'r'.
var series = []string{
	`INSERT INTO runs (run_uuid, lifecycle_stage, experiment_id) VALUES ('r', 'active', 1)`,
	`INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 44999)
		SELECT 'rising', i * 0.5, 1700000000000 + i, 'r', i, 0 FROM n
		UNION ALL SELECT 'same step', i, 1700000000000 + (i * 7919) % 45007, 'r', 0, 0 FROM n
		UNION ALL SELECT 'two steps', i, 1700000000000 - i, 'r', i / 22500, 0 FROM n
		UNION ALL SELECT 'clock set back', i, 1700000000000 - i % 1000, 'r', i / 3, i % 7 = 0 FROM n`,
	`INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES
		('odd', 1, 10, 'r', 2.75, 0), ('odd', 2, 10, 'r', -3, 0), ('odd', 0, 11, 'r', 3, 1), ('odd', -1, 11, 'r', 3, 0),
		('odd', 1, 11, 'r', 3, 0), ('odd', 1.7976931348623157e308, 12, 'r', 4, 0), ('odd', -1.7976931348623157e308, 12, 'r', 4, 0),
		('odd', 5, 9, 'r', 9007199254740993, 0)`,
}

func TestHistoryIsInMLflowsOrder(t *testing.T) {
	for name, indexes := range map[string][]string{
		"with the index of MLflow 3.12": nil,
		"with the index of older ones":  {`DROP INDEX index_metrics_run_uuid_key_step`},
		"without any index":             {`DROP INDEX index_metrics_run_uuid_key_step`, `DROP INDEX index_metrics_run_uuid`},
	} {
		t.Run(name, func(t *testing.T) {
			d := edited(t, append(indexes, series...)...)
			for _, key := range []string{"rising", "same step", "two steps", "clock set back", "odd", "none"} {
				want := asked(t, d, `SELECT step, timestamp, value, is_nan FROM metrics NOT INDEXED
					WHERE run_uuid = 'r' AND key = ? ORDER BY timestamp, step, value`, key)
				var got []store.Point
				err := d.History(context.Background(), "r", key, func(p []store.Point) error {
					got = append(got, p...)
					return nil
				})
				if err != nil || len(got) != len(want) {
					t.Fatalf("%s: %d points, %v; want %d", key, len(got), err, len(want))
				}
				for i, p := range got {
					w := store.Point{Step: step(want[i][0]), Timestamp: integer(want[i][1]), Value: number(want[i][2], want[i][3])}
					if p != w && !(math.IsNaN(p.Value) && math.IsNaN(w.Value) && p.Step == w.Step && p.Timestamp == w.Timestamp) {
						t.Fatalf("%s: point %d is %+v, want %+v", key, i, p, w)
					}
				}
				if n, err := d.Count(context.Background(), "r", key); err != nil || n != len(want) {
					t.Errorf("%s: counted %d, %v; want %d", key, n, err, len(want))
				}
			}
		})
	}
}

func TestCountBeyondOneJump(t *testing.T) {
	d := edited(t, `INSERT INTO runs (run_uuid, lifecycle_stage, experiment_id) VALUES ('r', 'active', 1)`,
		`INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
			WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 449999)
			SELECT 'm', i, i, 'r', iif(i < 420000, 7, i), 0 FROM n`)
	if n, err := d.Count(context.Background(), "r", "m"); n != 450000 || err != nil {
		t.Errorf("counted %d, %v; want 450000", n, err)
	}
}

func TestHistoryValues(t *testing.T) {
	d := edited(t, series...)
	var got []store.Point
	err := d.History(context.Background(), "r", "odd", func(p []store.Point) error { got = append(got, p...); return nil })
	if err != nil || len(got) != 8 {
		t.Fatalf("%d points, %v; want 8", len(got), err)
	}
	for name, c := range map[string]struct{ got, want any }{
		"a step beyond 2^53 is exact":      {got[0].Step, store.StepOf(9007199254740993)},
		"a negative step":                  {got[1].Step, store.StepOf(-3)},
		"a step that was stored as REAL":   {got[2].Step, store.StepFloat(2.75)},
		"the least number is -infinity":    {got[6].Value, math.Inf(-1)},
		"the largest number is infinity":   {got[7].Value, math.Inf(1)},
		"NaN sorts as 0, between -1 and 1": {math.IsNaN(got[4].Value), true},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
}
