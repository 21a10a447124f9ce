package tally

import (
	"fmt"
	"math"
	"testing"
)

func of(numbers ...float64) Summary {
	t := New()
	for _, x := range numbers {
		t.Number(x)
	}
	return t.Summary()
}

func TestStatisticsAreThoseOfNumPy(t *testing.T) {
	s := of(2, 4, 4, 4, 5, 5, 7, 9)
	got := fmt.Sprintf("%v %v %v %.9f %v", s.Min, s.Max, s.Mean, s.SD, s.Quartiles)
	// numpy: x.min(), x.max(), x.mean(), x.std(ddof=1), quantile(x, [.25, .5, .75])
	if want := "2 9 5 2.138089935 [4 4.5 5.5]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNothingHasNoStatistics(t *testing.T) {
	s := of(math.NaN(), math.Inf(1))
	if !math.IsNaN(s.Mean) || !math.IsNaN(s.Quartiles[1]) || s.Bins != nil || s.Numbers != 0 || s.NaN != 1 || s.PosInf != 1 {
		t.Errorf("got %+v, want NaN for statistics", s)
	}
	if s := of(3); !math.IsNaN(s.SD) || s.Mean != 3 || len(s.Bins) != 1 {
		t.Errorf("one number: got %+v", s)
	}
}

func TestLargeNumbersDoNotOverflow(t *testing.T) {
	s := of(-math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64)
	if s.Mean != 0 || s.Quartiles[1] != 0 || len(s.Bins) == 0 {
		t.Errorf("got mean %v, median %v, %d bins, want 0, 0 and some", s.Mean, s.Quartiles[1], len(s.Bins))
	}
	if s := of(1e9+4, 1e9+7, 1e9+13, 1e9+16); math.Abs(s.SD-math.Sqrt(30)) > 1e-9 {
		t.Errorf("a small spread far from 0: got %v, want %v", s.SD, math.Sqrt(30))
	}
}

func TestBinsHoldAllNumbers(t *testing.T) {
	for name, numbers := range map[string][]float64{
		"even": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "most equal": {0, 0, 0, 0, 0, 0, 0, 1}, "an outlier": {1, 2, 3, 4, 5, 1e9},
		"extreme": {-1e308, 0, 1e308}, "equal": {4, 4},
	} {
		s := of(numbers...)
		total := int64(0)
		for i, b := range s.Bins {
			total += b.Count
			if i > 0 && b.Low != s.Bins[i-1].High {
				t.Errorf("%s: bin %d begins at %v, the one before ends at %v", name, i, b.Low, s.Bins[i-1].High)
			}
		}
		n := len(s.Bins)
		if total != int64(len(numbers)) || n > MostBins || s.Bins[0].Low != s.Min || s.Bins[n-1].High != s.Max {
			t.Errorf("%s: %d numbers in %d bins: %+v", name, total, n, s.Bins)
		}
	}
}

func TestBeyondTheBoundsASampleIsSaidToBeOne(t *testing.T) {
	tally := New()
	const n = 3 * MostExact
	for i := range n {
		tally.Number(float64(i))
	}
	s := tally.Summary()
	if s.Sample != MostExact || s.Numbers != n || !s.MoreDistinct || s.Distinct != MostDistinct {
		t.Errorf("got a sample of %d of %d, %d distinct, more %t", s.Sample, s.Numbers, s.Distinct, s.MoreDistinct)
	}
	for i, want := range []float64{n / 4, n / 2, 3 * n / 4} {
		if math.Abs(s.Quartiles[i]-want) > n/200 {
			t.Errorf("quartile %d: got %v, want %v within half a percent", i+1, s.Quartiles[i], want)
		}
	}
}

func TestFrequentValuesComeFirst(t *testing.T) {
	tally := New()
	for _, text := range []string{"a", "b", "b", "c", "c", "c"} {
		tally.Text(text)
	}
	tally.Number(2)
	tally.Number(2)
	tally.Missing()
	s := tally.Summary()
	got := ""
	for _, top := range s.Top {
		got += fmt.Sprintf("%s:%d ", top.Text, top.Count)
	}
	if want := "c:3 b:2 2:2 a:1 "; got != want || s.Distinct != 4 || s.Count != 9 || s.First != "a" || s.Last != "c" {
		t.Errorf("got %s of %+v, want %s", got, s, want)
	}
}

// TestIntegersAreCutAtIntegers: no bin of counts begins at a fraction.
func TestIntegersAreCutAtIntegers(t *testing.T) {
	for name, numbers := range map[string][]float64{
		"few": {1, 2, 2, 3, 9},
		"many": func() (all []float64) {
			for i := range 5000 {
				all = append(all, float64(i*i%977-40))
			}
			return all
		}(),
		"far":      {-1 << 53, 0, 1 << 53},
		"one more": {7, 8},
	} {
		s := of(numbers...)
		total := int64(0)
		for _, b := range s.Bins {
			if total += b.Count; b.Low != math.Trunc(b.Low) || b.High != math.Trunc(b.High) {
				t.Errorf("%s: a bin from %v to %v", name, b.Low, b.High)
			}
		}
		if n := len(s.Bins); total != int64(len(numbers)) || n > MostBins || n < 2 || s.Bins[0].Low != s.Min || s.Bins[n-1].High != s.Max {
			t.Errorf("%s: %d of %d numbers in %+v", name, total, len(numbers), s.Bins)
		}
	}
}
