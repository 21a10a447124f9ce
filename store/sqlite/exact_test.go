package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	sqlite3 "github.com/mattn/go-sqlite3"

	"benchside/store"
	"benchside/store/search"
)

const labStore = "../../testdata/lab/mlflow.db"

// edited opens a copy of the lab store after some statements on it.
func edited(t *testing.T, statements ...string) *DB {
	t.Helper()
	data, err := os.ReadFile(labStore)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "mlflow.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	raw, err := (&sqlite3.SQLiteDriver{}).Open(path + "?_synchronous=off")
	if err != nil {
		t.Fatal(err)
	}
	c := raw.(*sqlite3.SQLiteConn)
	for _, s := range statements {
		if _, err := c.ExecContext(context.Background(), s, nil); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return opened(t, path)
}

// asked is what one plain statement answers, row by row.
func asked(t *testing.T, d *DB, statement string, args ...any) [][]driver.Value {
	t.Helper()
	var rows [][]driver.Value
	err := d.burst(context.Background(), func(c *conn) error {
		rows = nil
		return c.query(context.Background(), statement, args, func(v []driver.Value) error {
			rows = append(rows, slices.Clone(v))
			return nil
		})
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return rows
}

func firsts(rows [][]driver.Value) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = text(r[0])
	}
	return out
}

// crowd adds 20,000 runs whose rows are in no order of time, some without start,
// in three experiments, with parents, params and metrics, some of them NaN.
var crowd = []string{
	`DELETE FROM tags; DELETE FROM params; DELETE FROM latest_metrics; DELETE FROM metrics; DELETE FROM runs`,
	`INSERT INTO runs (run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id)
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
		SELECT printf('%08x%024x', (i * 2654435761) % 4294967296, i), iif(i % 11 = 0, NULL, 'run-' || (i % 500)), 'ada',
			iif(i % 3, 'FINISHED', 'FAILED'), iif(i % 97 = 0, NULL, 1700000000000 + (i * 7919) % 5003), NULL,
			iif(i % 13, 'active', 'deleted'), 'x', iif(i % 1000 = 1, 5, 1 + i % 2)
		FROM n`,
	`INSERT INTO tags (key, value, run_uuid) SELECT 'mlflow.parentRunId',
		(SELECT p.run_uuid FROM runs p WHERE p.rowid = 1 + r.rowid / 20), r.run_uuid FROM runs r WHERE r.rowid % 20 <> 1`,
	`INSERT INTO params (key, value, run_uuid)
		SELECT 'optimizer', iif(rowid % 3, 'adam', 'sgd'), run_uuid FROM runs WHERE rowid % 5`,
	`INSERT INTO params (key, value, run_uuid) SELECT 'rare', 'yes', run_uuid FROM runs WHERE rowid % 700 = 3`,
	`INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
		SELECT 'auc', iif(rowid % 17 = 0, 0, (rowid * 31 % 1009) / 1009.0), 0, 0, rowid % 17 = 0, run_uuid FROM runs WHERE rowid % 7`,
}

func TestNewestRunsAreExact(t *testing.T) {
	d := edited(t, crowd...)
	for name, c := range map[string]struct {
		query store.RunQuery
		where string
	}{
		"all active runs":                        {store.RunQuery{}, `lifecycle_stage = 'active'`},
		"deleted runs":                           {store.RunQuery{Stage: store.DeletedOnly}, `lifecycle_stage = 'deleted'`},
		"any stage":                              {store.RunQuery{Stage: store.AnyStage}, `1`},
		"few and old runs of one experiment":     {store.RunQuery{Experiments: []string{"5"}}, `lifecycle_stage = 'active' AND experiment_id = 5`},
		"two experiments":                        {store.RunQuery{Experiments: []string{"5", "2"}}, `lifecycle_stage = 'active' AND experiment_id IN (5, 2)`},
		"no experiment":                          {store.RunQuery{Experiments: []string{}}, `0`},
		"an experiment whose id is not a number": {store.RunQuery{Experiments: []string{"one"}}, `0`},
	} {
		for _, n := range []int{1, 30, 200, 1500, 30000} {
			t.Run(fmt.Sprint(name, n), func(t *testing.T) {
				want := firsts(asked(t, d, `SELECT run_uuid FROM runs WHERE `+c.where+` ORDER BY start_time DESC, run_uuid LIMIT ?`, n))
				page, err := d.Recent(context.Background(), c.query, n)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				parents := map[string]bool{}
				for i, h := range page.Heads {
					if i < len(want) {
						got = append(got, h.ID)
					}
					parents[h.ID] = true
				}
				if !slices.Equal(got, want) {
					t.Errorf("got %d runs, first %.3q; want %d, first %.3q", len(got), got, len(want), want)
				}
				for _, h := range page.Heads {
					if h.ParentID != "" && !parents[h.ParentID] {
						t.Fatalf("run %s came without its parent %s", h.ID, h.ParentID)
					}
				}
			})
		}
	}
}

func TestMatchAgreesWithOneStatement(t *testing.T) {
	d := edited(t, crowd...)
	const join = `SELECT r.run_uuid FROM runs r
		LEFT JOIN latest_metrics m ON m.key = 'auc' AND m.run_uuid = r.run_uuid
		LEFT JOIN params p ON p.key = 'optimizer' AND p.run_uuid = r.run_uuid
		LEFT JOIN params q ON q.key = 'rare' AND q.run_uuid = r.run_uuid
		WHERE r.lifecycle_stage = 'active' AND `
	const usual = `r.start_time DESC, r.run_uuid`
	auc := func(op search.Op, n float64) search.Expr {
		return search.Compare{Entity: search.Metric, Key: "auc", Op: op, Number: n}
	}
	param := func(key string, op search.Op, v string) search.Expr {
		return search.Compare{Entity: search.Param, Key: key, Op: op, Text: v}
	}
	by := func(e search.Entity, key string, desc bool) []search.Order {
		return []search.Order{{Entity: e, Key: key, Desc: desc}}
	}
	for name, c := range map[string]struct {
		filter      search.Expr
		order       []search.Order
		where, sort string
	}{
		"no filter":                       {nil, nil, `1`, usual},
		"a metric":                        {auc(search.Greater, 0.9), nil, `m.value > 0.9 AND NOT m.is_nan`, usual},
		"NaN differs":                     {auc(search.NotEqual, 0), nil, `(m.value <> 0 OR m.is_nan)`, usual},
		"NaN is not less":                 {auc(search.Less, 0.1), nil, `m.value < 0.1 AND NOT m.is_nan`, usual},
		"a metric and a param":            {search.And{auc(search.Greater, 0.5), param("optimizer", search.Equal, "sgd")}, nil, `m.value > 0.5 AND NOT m.is_nan AND p.value = 'sgd'`, usual},
		"a param that few have":           {param("rare", search.Equal, "yes"), nil, `q.value = 'yes'`, usual},
		"a param nobody has":              {param("none", search.Equal, "yes"), nil, `0`, usual},
		"a value nobody has":              {param("optimizer", search.Equal, "rmsprop"), nil, `0`, usual},
		"a missing param":                 {param("rare", search.IsNull, ""), nil, `q.value IS NULL`, usual},
		"a param that is there":           {param("rare", search.IsNotNull, ""), nil, `q.value IS NOT NULL`, usual},
		"another value":                   {param("optimizer", search.NotEqual, "sgd"), nil, `p.value <> 'sgd'`, usual},
		"a pattern":                       {param("optimizer", search.Like, "%da%"), nil, `p.value = 'adam'`, usual},
		"by metric up":                    {nil, by(search.Metric, "auc", false), `1`, `CASE WHEN m.is_nan THEN 1 WHEN m.value IS NULL THEN 2 ELSE 0 END, m.value, ` + usual},
		"by metric down":                  {nil, by(search.Metric, "auc", true), `1`, `CASE WHEN m.is_nan THEN 1 WHEN m.value IS NULL THEN 2 ELSE 0 END, m.value DESC, ` + usual},
		"by param of few":                 {nil, by(search.Param, "rare", false), `1`, `q.value IS NULL, q.value, ` + usual},
		"filtered, by param":              {auc(search.Greater, 0.99), by(search.Param, "optimizer", true), `m.value > 0.99 AND NOT m.is_nan`, `p.value IS NULL, p.value DESC, ` + usual},
		"by name":                         {nil, by(search.Attribute, "run_name", true), `1`, `r.name IS NULL, r.name DESC, ` + usual},
		"by start up":                     {nil, by(search.Attribute, "start_time", false), `1`, `r.start_time IS NULL, r.start_time, r.run_uuid`},
		"by two keys":                     {nil, append(by(search.Attribute, "status", false), by(search.Metric, "auc", true)...), `1`, `r.status, CASE WHEN m.is_nan THEN 1 WHEN m.value IS NULL THEN 2 ELSE 0 END, m.value DESC, ` + usual},
		"a metric filtered and sorted by": {auc(search.LessEqual, 0.5), by(search.Metric, "auc", true), `m.value <= 0.5 AND NOT m.is_nan`, `m.value DESC, ` + usual},
	} {
		for _, n := range []int{0, 1, 100, 5000} {
			t.Run(fmt.Sprint(name, n), func(t *testing.T) {
				limit := n
				if n == 0 {
					limit = -1
				}
				want := firsts(asked(t, d, join+c.where+` ORDER BY `+c.sort+` LIMIT ?`, limit))
				q := store.RunQuery{Filter: search.Filter{Expr: c.filter}, Order: c.order, Limit: n}
				got, err := d.Match(context.Background(), q)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, want) {
					t.Errorf("got %d runs, first %.3q; want %d, first %.3q", len(got), got, len(want), want)
				}
			})
		}
	}
}

func TestHeadsStreamEveryRunOnce(t *testing.T) {
	d := edited(t, crowd...)
	for name, c := range map[string]struct {
		query store.RunQuery
		where string
	}{
		"all runs":                 {store.RunQuery{Stage: store.AnyStage}, `1`},
		"active runs":              {store.RunQuery{}, `r.lifecycle_stage = 'active'`},
		"few of an experiment":     {store.RunQuery{Experiments: []string{"5"}}, `r.lifecycle_stage = 'active' AND r.experiment_id = 5`},
		"an experiment of many":    {store.RunQuery{Experiments: []string{"1"}}, `r.lifecycle_stage = 'active' AND r.experiment_id = 1`},
		"an experiment of nothing": {store.RunQuery{Experiments: []string{"77"}}, `0`},
	} {
		t.Run(name, func(t *testing.T) {
			want := asked(t, d, `SELECT r.run_uuid, r.name, t.value, r.start_time FROM runs r
				LEFT JOIN tags t ON t.key = 'mlflow.parentRunId' AND t.run_uuid = r.run_uuid
				WHERE `+c.where+` ORDER BY r.rowid DESC`)
			var got []store.Head
			err := d.Heads(context.Background(), c.query, func(p store.Page) error {
				if p.Total != len(want) {
					t.Errorf("total %d, want %d", p.Total, len(want))
				}
				got = append(got, p.Heads...)
				return nil
			})
			if err != nil || len(got) != len(want) {
				t.Fatalf("%d heads, %v; want %d", len(got), err, len(want))
			}
			for i, h := range got {
				w := want[i]
				if h.ID != w[0] || h.Name != text(w[1]) || h.ParentID != text(w[2]) || h.Start != moment(w[3]) {
					t.Fatalf("head %d is %+v, want %v", i, h, w)
				}
			}
		})
	}
}

func TestColumnAgreesWithOneStatement(t *testing.T) {
	d := edited(t, crowd...)
	for name, c := range map[string]struct {
		experiments []string
		field       store.Field
		table       string
		where       string
	}{
		"a metric of all":            {nil, store.Field{Kind: store.MetricField, Key: "auc"}, "latest_metrics", `1`},
		"a metric of one experiment": {[]string{"1"}, store.Field{Kind: store.MetricField, Key: "auc"}, "latest_metrics", `r.experiment_id = 1`},
		"a metric of a small one":    {[]string{"5"}, store.Field{Kind: store.MetricField, Key: "auc"}, "latest_metrics", `r.experiment_id = 5`},
		"a metric of all of them":    {[]string{"1", "2", "5"}, store.Field{Kind: store.MetricField, Key: "auc"}, "latest_metrics", `1`},
		"a metric of none":           {[]string{}, store.Field{Kind: store.MetricField, Key: "auc"}, "latest_metrics", `0`},
		"a param":                    {nil, store.Field{Kind: store.ParamField, Key: "optimizer"}, "params", `1`},
		"a param that few have":      {[]string{"2"}, store.Field{Kind: store.ParamField, Key: "rare"}, "params", `r.experiment_id = 2`},
		"a tag":                      {nil, store.Field{Kind: store.TagField, Key: store.TagParent}, "tags", `1`},
	} {
		t.Run(name, func(t *testing.T) {
			want := asked(t, d, `SELECT t.run_uuid, t.* FROM `+c.table+` t JOIN runs r ON r.run_uuid = t.run_uuid
				WHERE t.key = ? AND `+c.where, c.field.Key)
			got, err := d.Column(context.Background(), c.experiments, c.field)
			if err != nil || len(got.Numbers)+len(got.Texts) != len(want) {
				t.Fatalf("%d values, %v; want %d", len(got.Numbers)+len(got.Texts), err, len(want))
			}
			for _, w := range want {
				id := text(w[0])
				if c.field.Kind != store.MetricField {
					if got.Texts[id] != text(w[2]) {
						t.Fatalf("run %s has %q, want %q", id, got.Texts[id], w[2])
					}
					continue
				}
				if v, want := got.Numbers[id], number(w[2], w[5]); v != want && !(math.IsNaN(v) && math.IsNaN(want)) {
					t.Fatalf("run %s has %v, want %v", id, v, want)
				}
			}
		})
	}
}

func TestAncestors(t *testing.T) {
	chain := func(n int) string {
		return fmt.Sprintf(`INSERT INTO tags (key, value, run_uuid) SELECT 'mlflow.parentRunId', p.run_uuid, r.run_uuid
			FROM runs r JOIN runs p ON p.rowid = r.rowid - 1 WHERE r.rowid <= %d`, n)
	}
	for name, c := range map[string]struct {
		links string
		last  int // the rowid of the run asked for
		want  int
	}{
		"a chain deeper than one read":    {chain(9000), 9000, 9000},
		"a run that is its own parent":    {`INSERT INTO tags (key, value, run_uuid) SELECT 'mlflow.parentRunId', run_uuid, run_uuid FROM runs`, 7, 1},
		"two runs that are their parents": {`INSERT INTO tags (key, value, run_uuid) SELECT 'mlflow.parentRunId', p.run_uuid, r.run_uuid FROM runs r JOIN runs p ON p.rowid = iif(r.rowid % 2, r.rowid + 1, r.rowid - 1)`, 8, 2},
		"a parent that is gone":           {`INSERT INTO tags (key, value, run_uuid) SELECT 'mlflow.parentRunId', 'gone', run_uuid FROM runs`, 9, 1},
	} {
		t.Run(name, func(t *testing.T) {
			latest := fmt.Sprintf(`UPDATE runs SET lifecycle_stage = 'active', start_time = 1900000000000 WHERE rowid = %d`, c.last)
			d := edited(t, append(slices.Clone(crowd), `DELETE FROM tags`, c.links, latest)...)
			page, err := d.Recent(context.Background(), store.RunQuery{}, 1)
			if err != nil || len(page.Heads) != c.want {
				t.Errorf("got %d runs, %v; want %d", len(page.Heads), err, c.want)
			}
		})
	}
}

func TestCancelledReadsEnd(t *testing.T) {
	d := edited(t, crowd...)
	for name, read := range map[string]func(context.Context) error{
		"match": func(ctx context.Context) error { _, err := d.Match(ctx, store.RunQuery{}); return err },
		"column": func(ctx context.Context) error {
			_, err := d.Column(ctx, nil, store.Field{Kind: store.TagField, Key: store.TagParent})
			return err
		},
		"activity": func(ctx context.Context) error { _, err := d.Activity(ctx); return err },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if err := read(ctx); err == nil || ctx.Err() == nil {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
		})
	}
	t.Run("heads, between two pages", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		pages := 0
		err := d.Heads(ctx, store.RunQuery{}, func(store.Page) error { pages++; cancel(); return nil })
		if pages != 1 || err == nil {
			t.Errorf("got %d pages, %v; want 1 and %v", pages, err, context.Canceled)
		}
	})
}
