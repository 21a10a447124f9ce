package sqlite

import (
	"context"
	"os"
	"testing"

	"benchside/store"
	"benchside/store/search"
)

// BenchmarkRegistry reads the store that BENCHSIDE_REGISTRY names: 5,000 models of
// 20 versions, by bench/registry.py.
func BenchmarkRegistry(b *testing.B) {
	path := os.Getenv("BENCHSIDE_REGISTRY")
	if path == "" {
		b.Skip("BENCHSIDE_REGISTRY names no store")
	}
	d, ctx := opened(b, path), context.Background()
	tag, err := search.Parse("tags.owner = 'team-1' AND name LIKE '%7%'", search.Models)
	if err != nil {
		b.Fatal(err)
	}
	light, err := d.Models(ctx, store.ModelQuery{Light: true})
	if err != nil {
		b.Fatal(err)
	}
	var shown []string
	for _, m := range light[1000:1050] {
		shown = append(shown, m.Name)
	}
	runs := someIDs(b, d, 50)
	for name, read := range map[string]func() error{
		"all models, light": func() error { _, err := d.Models(ctx, store.ModelQuery{Light: true}); return err },
		"a window of them":  func() error { _, err := d.Models(ctx, store.ModelQuery{Names: shown}); return err },
		"all models, full":  func() error { _, err := d.Models(ctx, store.ModelQuery{}); return err },
		"a filter":          func() error { _, err := d.Models(ctx, store.ModelQuery{Filter: tag, Light: true}); return err },
		"one model":         func() error { _, err := d.Model(ctx, shown[0]); return err },
		"its versions":      func() error { _, err := d.ModelVersions(ctx, shown[0]); return err },
		"of 50 runs":        func() error { _, err := d.VersionsFrom(ctx, runs); return err },
		"all versions":      func() error { _, err := d.Versions(ctx, store.VersionQuery{}); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
