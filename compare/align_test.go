package compare

import (
	"math"
	"slices"
	"testing"

	"benchside/store"
)

func TestCurvesAreAligned(t *testing.T) {
	points := []store.Point{
		{Step: store.StepOf(3), Timestamp: 9_000, Value: 1}, {Step: store.StepFloat(1.5), Timestamp: 4_000, Value: 2}, {Step: store.StepOf(-1), Timestamp: 4_500, Value: math.Inf(1)},
	}
	for by, want := range map[Across][]float64{Steps: {3, 1.5, -1}, Elapsed: {5, 0, 0.5}, Clock: {9_000, 4_000, 4_500}} {
		x, y := Curve(points, by)
		if !slices.Equal(x, want) || !slices.Equal(y, []float64{1, 2, math.Inf(1)}) {
			t.Errorf("by %d: got %v, %v; want %v", by, x, y, want)
		}
	}
	if x, y := Curve(nil, Elapsed); len(x)+len(y) > 0 {
		t.Errorf("of nothing: %v, %v", x, y)
	}
}
