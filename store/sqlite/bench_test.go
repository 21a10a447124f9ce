package sqlite

import (
	"context"
	"fmt"
	"os"
	"testing"

	"benchside/store"
	"benchside/store/search"
)

// big opens the store that BENCHSIDE_BIG names: 100,000 runs of 10 metrics.
func big(b *testing.B) *DB {
	b.Helper()
	path := os.Getenv("BENCHSIDE_BIG")
	if path == "" {
		b.Skip("BENCHSIDE_BIG names no store")
	}
	return opened(b, path)
}

func opened(t testing.TB, path string) *DB {
	t.Helper()
	d, err := Open(context.Background(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func someIDs(b *testing.B, d *DB, n int) []string {
	b.Helper()
	ids, err := d.Match(context.Background(), store.RunQuery{Limit: n})
	if err != nil || len(ids) != n {
		b.Fatalf("%d ids, %v; want %d", len(ids), err, n)
	}
	return ids
}

func BenchmarkReads(b *testing.B) {
	d := big(b)
	ctx := context.Background()
	auc := store.Field{Kind: store.MetricField, Key: "val/auc"}
	filter := search.Filter{Expr: search.And{
		search.Compare{Entity: search.Metric, Key: "val/auc", Op: search.Greater, Number: 0.9},
		search.Compare{Entity: search.Param, Key: "optimizer", Op: search.Equal, Text: "adam"},
	}}
	rare := search.Filter{Expr: search.Compare{Entity: search.Param, Key: "lr", Op: search.Equal, Text: "none"}}
	byMetric := []search.Order{{Entity: search.Metric, Key: "val/auc", Desc: true}}
	ids := someIDs(b, d, 60)
	var fields []store.Field
	for i, key := range []string{
		"val/auc", "train/loss", "val/loss", "val/f1", "optimizer", "lr",
		"batch_size", "depth", "mlflow.user", "team", "stage", "priority",
	} {
		fields = append(fields, store.Field{Kind: store.MetricField + store.FieldKind(i/4), Key: key})
	}
	one := func(n int, err error) error {
		if err == nil && n == 0 {
			return fmt.Errorf("found nothing")
		}
		return err
	}
	matching := func(q store.RunQuery) func() error {
		return func() error { ids, err := d.Match(ctx, q); return one(len(ids), err) }
	}
	column := func(experiments []string, f store.Field) func() error {
		return func() error {
			c, err := d.Column(ctx, experiments, f)
			return one(len(c.Numbers)+len(c.Texts), err)
		}
	}
	for _, bench := range []struct {
		name string
		read func() error
	}{
		{"Recent200", func() error { p, err := d.Recent(ctx, store.RunQuery{}, 200); return one(len(p.Heads), err) }},
		{"Recent200of1", func() error {
			p, err := d.Recent(ctx, store.RunQuery{Experiments: []string{"1"}}, 200)
			return one(len(p.Heads), err)
		}},
		{"HeadsFirst", func() error {
			err := d.Heads(ctx, store.RunQuery{}, func(store.Page) error { return context.Canceled })
			if err == nil {
				return fmt.Errorf("no page")
			}
			return nil
		}},
		{"Heads", func() error {
			n := 0
			err := d.Heads(ctx, store.RunQuery{}, func(p store.Page) error { n += len(p.Heads); return nil })
			return one(n, err)
		}},
		{"ColumnMetric", column(nil, auc)},
		{"ColumnMetricOfExperiment", column([]string{"1"}, auc)},
		{"ColumnParam", column(nil, store.Field{Kind: store.ParamField, Key: "optimizer"})},
		{"ColumnAttribute", column(nil, store.Field{Key: "user_id"})},
		{"MatchFilter", matching(store.RunQuery{Filter: filter})},
		{"MatchFilterLimit100", matching(store.RunQuery{Filter: filter, Limit: 100})},
		{"MatchRare", func() error { _, err := d.Match(ctx, store.RunQuery{Filter: rare, Limit: 100}); return err }},
		{"MatchOrderMetric", matching(store.RunQuery{Order: byMetric})},
		{"MatchOrderMetricLimit100", matching(store.RunQuery{Order: byMetric, Limit: 100})},
		{"MatchAll", matching(store.RunQuery{})},
		{"Match100", matching(store.RunQuery{Limit: 100})},
		{"Runs100", func() error { r, err := d.Runs(ctx, store.RunQuery{Limit: 100}); return one(len(r), err) }},
		{"Run", func() error { _, err := d.Run(ctx, ids[0]); return err }},
		{"Children", func() error { _, err := d.Children(ctx, ids[0]); return err }},
		{"Cells60x12", func() error { c, err := d.Cells(ctx, ids, fields); return one(len(c), err) }},
		{"KeysParams", func() error { k, err := d.Keys(ctx, store.ParamField); return one(len(k), err) }},
		{"KeysMetrics", func() error { k, err := d.Keys(ctx, store.MetricField); return one(len(k), err) }},
		{"ValuesParam", func() error {
			v, err := d.Values(ctx, store.Field{Kind: store.ParamField, Key: "optimizer"}, "", 50)
			return one(len(v), err)
		}},
		{"History10", func() error { return d.History(ctx, ids[0], "val/auc", func([]store.Point) error { return nil }) }},
		{"Count", func() error { n, err := d.Count(ctx, ids[0], "val/auc"); return one(n, err) }},
		{"Activity", func() error { a, err := d.Activity(ctx); return one(len(a), err) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := bench.read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
