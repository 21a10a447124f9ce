package store

import (
	"math"
	"testing"
)

func points(values ...float64) []Point {
	out := make([]Point, len(values))
	for i, v := range values {
		out[i] = Point{Step: StepOf(int64(i)), Timestamp: int64(i), Value: v}
	}
	return out
}

func TestSummaryOfPoints(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		in                     []Point
		last, low, high, mean  float64
		points, nans, infs, at int
	}{
		"rising":             {points(1, 2, 3), 3, 1, 3, 2, 3, 0, 0, 2},
		"NaN is no extremum": {points(1, nan, 3, nan), nan, 1, 3, 2, 4, 2, 0, 2},
		"nor is an infinity": {points(1, inf, 3), 3, 1, 3, 2, 3, 0, 1, 2},
		"the earliest best":  {points(3, 1, 3), 3, 1, 3, 7. / 3, 3, 0, 0, 0},
		"one point":          {points(5), 5, 5, 5, 5, 1, 0, 0, 0},
	} {
		var s Summary
		for _, p := range c.in {
			s.Add(p)
		}
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
		if !same(s.Last.Value, c.last) || s.Min.Value != c.low || s.Max.Value != c.high || math.Abs(s.Mean()-c.mean) > 1e-12 {
			t.Errorf("%s: got last %v min %v max %v mean %v, want %v %v %v %v", name, s.Last.Value, s.Min.Value, s.Max.Value, s.Mean(), c.last, c.low, c.high, c.mean)
		}
		if s.Points != c.points || s.NaNs != c.nans || s.Infs != c.infs || s.Max.Step.Whole != int64(c.at) {
			t.Errorf("%s: got %d points, %d NaN, %d Inf, best at %d; want %d, %d, %d, %d", name, s.Points, s.NaNs, s.Infs, s.Max.Step.Whole, c.points, c.nans, c.infs, c.at)
		}
	}
}

func TestSummaryNamesOddSteps(t *testing.T) {
	var s Summary
	for _, step := range []int64{-2, -1, 0, 0, 1} {
		s.Add(Point{Step: StepOf(step), Value: 1})
	}
	if s.Negative != 2 || s.Repeated != 1 {
		t.Errorf("got %d negative and %d repeated steps, want 2 and 1", s.Negative, s.Repeated)
	}
	var empty Summary
	if !math.IsNaN(empty.Mean()) {
		t.Errorf("the mean of nothing: got %v, want NaN", empty.Mean())
	}
}
