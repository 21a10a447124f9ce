package rollups

import (
	"fmt"
	"math"
	"testing"

	"benchside/compare"
	"benchside/store"
)

func sum(values ...float64) (s Sum) {
	for _, v := range values {
		s.Add(v)
	}
	return s
}

func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*max(1, math.Abs(b))
}

func TestSums(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		sum      Sum
		mean, sd float64
		n        int
	}{
		"of nothing":             {sum(), nan, nan, 0},
		"of one":                 {sum(3), 3, nan, 1},
		"of some":                {sum(2, 4, 4, 4, 5, 5, 7, 9), 5, math.Sqrt(32. / 7), 8},
		"NaN takes no part":      {sum(1, nan, 3), 2, math.Sqrt2, 2},
		"infinities take none":   {sum(1, inf, 3, -inf), 2, math.Sqrt2, 2},
		"of alike":               {sum(7, 7, 7), 7, 0, 3},
		"far from 0":             {sum(1e9+1, 1e9+2, 1e9+3), 1e9 + 2, 1, 3},
		"nothing but infinities": {sum(inf), nan, nan, 0},
	} {
		if got := c.sum; !near(got.Mean(), c.mean) || !near(got.SD(), c.sd) || got.N != c.n {
			t.Errorf("%s: got %v ± %v of %d, want %v ± %v of %d", name, got.Mean(), got.SD(), got.N, c.mean, c.sd, c.n)
		}
	}
}

func TestTheBestGoesByTheDirection(t *testing.T) {
	s := sum(2, -1, 5)
	for d, want := range map[compare.Direction]string{compare.Higher: "5 true", compare.Lower: "-1 true", compare.Unknown: "0 false"} {
		best, ok := s.Best(d)
		if got := fmt.Sprint(best, ok); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

func TestCountsByStatus(t *testing.T) {
	var c Counts
	for _, s := range []store.Status{store.Finished, store.Finished, store.Failed, store.Killed, store.Scheduled, store.Running, "odd"} {
		c.Add(s, false)
	}
	c.Add(store.Running, true)
	want := Counts{Runs: 8, Finished: 2, Running: 1, Failed: 1, Killed: 1, Scheduled: 1, Stalled: 1}
	if c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestTexts(t *testing.T) {
	var x Texts
	if _, ok := x.Only(); ok {
		t.Error("of no texts there is one")
	}
	x.Add("adam")
	x.Add("adam")
	if text, ok := x.Only(); !ok || text != "adam" || x.N != 2 {
		t.Errorf("got %q %v of %d", text, ok, x.N)
	}
	for i := range 3 * mostTexts {
		x.Add(fmt.Sprint(i))
	}
	if n, more := x.Different(); n != mostTexts || !more {
		t.Errorf("got %d, more %v; want %d and more", n, more, mostTexts)
	}
}
