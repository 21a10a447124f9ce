package distances

import (
	"errors"
	"math"
	"slices"
	"testing"

	"benchside/stats"
)

func TestBinsAreNumpys(t *testing.T) {
	// numpy.histogram_bin_edges([1, …, 10], "sturges") has 5 bins, of whole and of
	// broken numbers.
	edges, err := Sturges(1, 10, 10, false)
	if want := []float64{1, 2.8, 4.6, 6.4, 8.2, 10}; err != nil || !slices.EqualFunc(edges, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
		t.Errorf("got %v, %v, want %v", edges, err, want)
	}
	if edges, _ := Sturges(0, 3, 1000, true); len(edges) != 4 {
		t.Errorf("whole numbers of 0 to 3: got %v, want bins of width 1", edges)
	}
	if edges, _ := Sturges(5, 5, 10, false); !slices.Equal(edges, []float64{4.5, 5.5}) {
		t.Errorf("one value: got %v, want 4.5 to 5.5", edges)
	}
	if _, err := Sturges(-1e308, 1e308, 10, false); !errors.Is(err, stats.ErrCannot) {
		t.Errorf("all numbers there are: got %v", err)
	}
	if got := Count([]float64{0, 0, 1, 2, 2, 3, 9}, []float64{0, 1, 2}); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("got %v, want the last bin closed and what is outside left out", got)
	}
}

func TestMeasuresOfEqualAndOfDisjointShares(t *testing.T) {
	equal := Binned{X: []int{5, 15}, Y: []int{10, 30}, N1: 20, N2: 40}
	apart := Binned{X: []int{20, 0}, Y: []int{0, 40}, N1: 20, N2: 40}
	for name, c := range map[string]struct {
		of           func(Binned) float64
		same, beyond float64
	}{
		"Jensen–Shannon":  {Binned.JensenShannon, 0, math.Sqrt(math.Ln2)},
		"Hellinger":       {Binned.Hellinger, 0, 1},
		"total variation": {Binned.TotalVariation, 0, 1},
		"largest":         {Binned.LInfinity, 0, 1},
		"PSI":             {Binned.PSI, 0, 2 * (1 - 1e-4) * math.Log(1e4)},
		"plain PSI":       {Binned.PlainPSI, 0, 2 * (1 - 1e-4) * math.Log(1e4)},
		"NannyML's":       {func(b Binned) float64 { return NannyLabels(b).JensenShannon() }, 0, 1},
	} {
		if got := c.of(equal); math.Abs(got-c.same) > 3e-8 {
			t.Errorf("%s of equal shares: got %v, want %v", name, got, c.same)
		}
		if got := c.of(apart); math.Abs(got-c.beyond) > 1e-9 {
			t.Errorf("%s of disjoint shares: got %v, want %v", name, got, c.beyond)
		}
	}
}

func TestARareLabelIsFilledByAMillionth(t *testing.T) {
	rare := Binned{X: []int{99999, 1, 0}, Y: []int{99998, 1, 1}, N1: 100000, N2: 100000}
	// The smallest share of x is 1e-5, so the zero becomes 1e-11.
	want := (1e-11-1e-5)*math.Log(1e-6) + 1e-5*math.Log(0.99999/0.99998)
	if got := rare.PSI(); math.Abs(got-want) > 1e-12 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDecilesThatAreOneValueAreOneEdge(t *testing.T) {
	b := Deciles([]float64{1, 1, 1, 1, 1}, []float64{0, 1, 2, 3})
	if !slices.Equal(b.Edges, []float64{1}) || !slices.Equal(b.X, []int{5, 0}) || !slices.Equal(b.Y, []int{2, 2}) {
		t.Errorf("got %+v, want what is up to 1 and what is above", b)
	}
}
