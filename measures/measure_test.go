package measures

import (
	"math"
	"slices"
	"strings"
	"testing"

	"benchside/compare"
	"benchside/store"
)

func TestMeasuresAreReadAsTheyAreSpelled(t *testing.T) {
	for text, want := range map[string]Measure{
		"last": {}, "": {}, "best": {Kind: Best}, "MIN": {Kind: Min}, "max": {Kind: Max}, "mean": {Kind: Mean},
		"at 100": {At, 100}, "at -3": {At, -3}, "trend": {Kind: Trend},
	} {
		got, err := Parse(text)
		if err != nil || got != want {
			t.Errorf("%q: got %v %v, want %v", text, got, err, want)
		}
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Errorf("%v is spelled %q, which reads as %v %v", got, got.String(), again, err)
		}
	}
	for _, bad := range []string{"at", "at x", "worst", "best best", "at 9223372036854775808"} {
		if m, err := Parse(bad); err == nil {
			t.Errorf("%q is read as %v", bad, m)
		}
	}
}

func points(values ...float64) []store.Point {
	out := make([]store.Point, len(values))
	for i, v := range values {
		out[i] = store.Point{Step: store.StepOf(int64(i) * 10), Timestamp: int64(i), Value: v}
	}
	return out
}

func sketched(ps []store.Point, steps ...int64) *Sketch {
	s := NewSketch(steps...)
	for _, p := range ps {
		s.Add(p)
	}
	return s
}

func TestWhatAMeasureTakes(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for name, c := range map[string]struct {
		points    []store.Point
		measure   Measure
		direction compare.Direction
		want      float64
		found     bool
	}{
		"the last":                          {points(1, 3, 2), Measure{}, 0, 2, true},
		"the best of a higher metric":       {points(1, 3, 2), Measure{Kind: Best}, compare.Higher, 3, true},
		"the best of a lower metric":        {points(1, 3, 2), Measure{Kind: Best}, compare.Lower, 1, true},
		"no best where nobody said which":   {points(1, 3, 2), Measure{Kind: Best}, compare.Unknown, 0, false},
		"infinities are no best":            {points(1, inf, 2), Measure{Kind: Max}, 0, 2, true},
		"nothing but NaN":                   {points(nan), Measure{Kind: Max}, 0, nan, true},
		"the mean":                          {points(1, 3, 2), Measure{Kind: Mean}, 0, 2, true},
		"the mean passes over NaN":          {points(1, nan, 3), Measure{Kind: Mean}, 0, 2, true},
		"at a step that was logged":         {points(1, 3, 2), Measure{At, 10}, 0, 3, true},
		"at a step between":                 {points(1, 3, 2), Measure{At, 19}, 0, 3, true},
		"at a step beyond the end":          {points(1, 3), Measure{At, 19}, 0, 3, true},
		"at a step before the first":        {points(1, 3, 2), Measure{At, -1}, 0, 0, false},
		"at a step that nobody asked for":   {points(1, 3, 2), Measure{At, 7}, 0, 0, false},
		"nothing of nothing":                {nil, Measure{Kind: Max}, 0, 0, false},
		"no mean of nothing":                {nil, Measure{Kind: Mean}, 0, 0, false},
		"a part of a step is not the whole": {[]store.Point{{Step: store.StepFloat(10.5), Value: 7}}, Measure{At, 10}, 0, 0, false},
	} {
		p, found := sketched(c.points, 10, 19, -1).Point(c.measure, c.direction)
		if found != c.found || found && p.Value != c.want && !(math.IsNaN(p.Value) && math.IsNaN(c.want)) {
			t.Errorf("%s: got %v %v, want %v %v", name, p.Value, found, c.want, c.found)
		}
	}
}

func TestAShapeIsShortAndKeepsPeaks(t *testing.T) {
	values := make([]float64, 100_000)
	for i := range values {
		values[i] = math.Sin(float64(i) / 20_000)
	}
	values[41_234], values[77_001] = 50, math.Inf(-1)
	shape := sketched(points(values...)).Shape()
	if len(shape) >= 2*shapePoints || len(shape) < shapePoints {
		t.Errorf("%d values are kept of %d", len(shape), len(values))
	}
	if !slices.Contains(shape, 50) || !slices.Contains(shape, math.Inf(-1)) {
		t.Errorf("the peak or the infinity is lost: %v", shape)
	}
}

func TestAPartialSketchKnowsItsEndsAndItsShape(t *testing.T) {
	s := sketched(points(1, 2, 3), 5)
	s.Partial = true
	var known []string
	for _, m := range []Measure{{}, {Kind: Best}, {Kind: Min}, {Kind: Mean}, {At, 5}, {Kind: Trend}} {
		if s.Knows(m) {
			known = append(known, m.String())
		}
	}
	if got := strings.Join(known, " "); got != "last trend" {
		t.Errorf("it claims to know %s", got)
	}
}

func TestTheKeyGoesRound(t *testing.T) {
	var seen []string
	m := Measure{}
	for range 5 {
		seen = append(seen, m.String())
		m = m.Next()
	}
	if got := strings.Join(seen, " "); got != "last best mean trend last" {
		t.Errorf("got %s", got)
	}
	if got := (Measure{At, 3}).Next(); got != (Measure{}) {
		t.Errorf("after a step comes %v, want the last value", got)
	}
}

func BenchmarkSketchMillion(b *testing.B) {
	ps := points(make([]float64, 1_000_000)...)
	for b.Loop() {
		sketched(ps, 100)
	}
}
