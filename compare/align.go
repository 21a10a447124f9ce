package compare

import (
	"math"

	"benchside/store"
)

// Across is what curves are aligned on.
type Across int

// The alignments.
const (
	Steps   Across = iota
	Elapsed        // seconds since the first point of the same curve
	Clock          // milliseconds since the Unix epoch
)

// Curve returns the places and values of the points of one metric of one run, in
// the order of the points.
func Curve(points []store.Point, by Across) (x, y []float64) {
	x, y = make([]float64, len(points)), make([]float64, len(points))
	first := int64(math.MaxInt64)
	for _, p := range points {
		first = min(first, p.Timestamp)
	}
	for i, p := range points {
		y[i] = p.Value
		switch by {
		case Elapsed:
			x[i] = float64(p.Timestamp-first) / 1000
		case Clock:
			x[i] = float64(p.Timestamp)
		default:
			x[i] = p.Step.Float()
		}
	}
	return x, y
}
