package plots

import (
	"math"
	"slices"
	"testing"
)

func TestSparkPictures(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		values []float64
		width  int
		want   string
	}{
		"gap":                {[]float64{0, nan, 1}, 3, "▁ █"},
		"rising":             {[]float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, "▁▂▃▄▅▆▇█"},
		"constant":           {[]float64{5, 5, 5}, 3, "▄▄▄"},
		"one point":          {[]float64{1}, 9, "▄"},
		"infinities":         {[]float64{0, inf, 1, -inf}, 4, "▁^█v"},
		"a peak is not lost": {[]float64{0, 0, 9, 0, 0, 0}, 3, "▁█▁"},
		"huge numbers":       {[]float64{-1e308, 1e308}, 2, "▁█"},
		"only NaN":           {[]float64{nan, nan}, 2, "  "},
		"nothing":            {nil, 5, ""},
		"no room":            {[]float64{1}, 0, ""},
	} {
		if got := Spark(c.values, c.width, false); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if got, want := Spark([]float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, true), "_.-~=+*#"; got != want {
		t.Errorf("ASCII: got %q, want %q", got, want)
	}
}

func TestReduceKeepsWhatCanBeSeen(t *testing.T) {
	values := make([]float64, 10_000)
	for i := range values {
		values[i] = math.Sin(float64(i) / 50)
	}
	values[1234], values[4321], values[7777] = 9, -9, math.NaN()
	got := Reduce(values, 100)
	if len(got) > 100 || !slices.IsSorted(got) {
		t.Fatalf("got %d places, sorted %v; want at most 100 that rise", len(got), slices.IsSorted(got))
	}
	for _, place := range []int{0, 1234, 4321, 7777, 9999} {
		if !slices.Contains(got, place) {
			t.Errorf("place %d is lost", place)
		}
	}
	if got := Reduce(values[:50], 100); len(got) != 50 {
		t.Errorf("few values: got %d places, want all 50", len(got))
	}
}
