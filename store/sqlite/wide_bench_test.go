package sqlite

import (
	"context"
	"os"
	"testing"

	"benchside/store"
)

// BenchmarkWide reads the store that BENCHSIDE_WIDE names: 200 runs of 300 metrics.
func BenchmarkWide(b *testing.B) {
	path := os.Getenv("BENCHSIDE_WIDE")
	if path == "" {
		b.Skip("BENCHSIDE_WIDE names no store")
	}
	d := opened(b, path)
	ctx := context.Background()
	ids, err := d.Match(ctx, store.RunQuery{})
	if err != nil {
		b.Fatal(err)
	}
	for what, read := range map[string]func() error{
		"RunsOf":         func() error { _, err := d.RunsOf(ctx, ids); return err },
		"InputsOf":       func() error { _, err := d.InputsOf(ctx, ids); return err },
		"LoggedModelsOf": func() error { _, err := d.LoggedModelsOf(ctx, ids); return err },
	} {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
