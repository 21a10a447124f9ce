package compare

import (
	"fmt"
	"testing"

	"benchside/store"
)

// BenchmarkTable compares 200 runs of 300 keys.
func BenchmarkTable(b *testing.B) {
	var all []Subject
	for i := range 200 {
		s := subject(fmt.Sprint("run-", i), map[string]string{}, nil)
		for k := range 150 {
			s.Run.Params[fmt.Sprint("param-", k)] = fmt.Sprint((i * k) % 7)
			s.Run.Metrics[fmt.Sprint("metric-", k)] = store.Point{Value: float64(i*k%97) / 97}
		}
		all = append(all, s)
	}
	b.ResetTimer()
	for range b.N {
		New(all, Options{Baseline: 0})
	}
}
