package compare

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"benchside/store"
)

// BenchmarkTable compares 200 runs of 300 keys.
func BenchmarkTable(b *testing.B) {
	var all []Subject
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		s := subject(fmt.Sprint("run-", i), map[string]string{}, nil)
		for k := range 150 {
			s.Run.Params[fmt.Sprint("param-", k)] = fmt.Sprint((i * k) % 7)
			s.Run.Metrics[fmt.Sprint("metric-", k)] = store.Point{Value: random.Float64()}
		}
		all = append(all, s)
	}
	for what, baseline := range map[string]int{"from a baseline": 0, "without": -1} {
		b.Run(what, func(b *testing.B) {
			for b.Loop() {
				New(all, Options{Baseline: baseline})
			}
		})
	}
}
