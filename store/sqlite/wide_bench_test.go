package sqlite

import (
	"context"
	"os"
	"testing"

	"benchside/store"
)

func BenchmarkWide(b *testing.B) {
	path := os.Getenv("BENCHSIDE_WIDE")
	if path == "" {
		b.Skip("BENCHSIDE_WIDE names no store")
	}
	d := opened(b, path)
	ids, _ := d.Match(context.Background(), store.RunQuery{})
	b.Run("RunsOf", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := d.RunsOf(context.Background(), ids); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Inputs", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, id := range ids {
				d.Inputs(context.Background(), id)
				d.LoggedModels(context.Background(), id)
			}
		}
	})
}
