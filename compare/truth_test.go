package compare

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
)

// truth is testdata/truth.json, which make_truth.py wrote by scipy.
type truth struct {
	Versions map[string]string
	Pairs    []struct {
		Name        string
		A, B        []float64
		MeanA       float64  `json:"mean_a"`
		MeanB       float64  `json:"mean_b"`
		SDA         *float64 `json:"sd_a"`
		SDB         *float64 `json:"sd_b"`
		Welch       *struct{ T, DF, P, Low, High float64 }
		MannWhitney struct{ U, P float64 } `json:"mann_whitney"`
		Cliff       float64
		D, G        *float64
	}
	Correlations []struct {
		Name              string
		X, Y              []float64
		Pearson, Spearman *struct{ R, P, Low, High float64 }
	}
	Families []struct {
		Name        string
		P, Holm, BH []float64
	}
}

func readTruth(t *testing.T) truth {
	t.Helper()
	content, err := os.ReadFile("testdata/truth.json")
	if err != nil {
		t.Fatal(err)
	}
	var all truth
	if err := json.Unmarshal(content, &all); err != nil {
		t.Fatal(err)
	}
	if all.Versions["scipy"] == "" || all.Versions["numpy"] == "" {
		t.Errorf("the truth does not say of which versions it is: %v", all.Versions)
	}
	return all
}

// near holds a number to 1e-9 of its size, or of 1 if it is smaller and not a
// tail: p values are held to 1e-9 of themselves down to 1e-280.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Abs(want)+1e-280 && math.Abs(got-want) > 1e-15 {
		t.Errorf("%s: got %.17g, want %.17g", what, got, want)
	}
}

// relative holds a number to 1e-9 of its size, however small.
func relative(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Abs(want) {
		t.Errorf("%s: got %.17g, want %.17g", what, got, want)
	}
}

func TestTwoSamplesAreToldApartAsScipyDoes(t *testing.T) {
	for _, c := range readTruth(t).Pairs {
		meanA, sdA := MeanSD(c.A)
		meanB, sdB := MeanSD(c.B)
		near(t, c.Name+": mean of a", meanA, c.MeanA)
		near(t, c.Name+": mean of b", meanB, c.MeanB)
		for _, sd := range []struct {
			got  float64
			want *float64
		}{{sdA, c.SDA}, {sdB, c.SDB}} {
			if sd.want == nil {
				if !math.IsNaN(sd.got) {
					t.Errorf("%s: got a deviation of %v of one value, want NaN", c.Name, sd.got)
				}
				continue
			}
			relative(t, c.Name+": sd", sd.got, *sd.want)
		}
		w, err := Welch(c.A, c.B, 0.95)
		switch {
		case c.Welch == nil:
			if !errors.Is(err, ErrCannot) {
				t.Errorf("%s: Welch: got %+v, %v, want %v", c.Name, w, err, ErrCannot)
			}
		case err != nil:
			t.Errorf("%s: Welch: %v", c.Name, err)
		default:
			near(t, c.Name+": t", w.T, c.Welch.T)
			relative(t, c.Name+": df", w.DF, c.Welch.DF)
			relative(t, c.Name+": p", w.P, c.Welch.P)
			near(t, c.Name+": low", w.Low, c.Welch.Low)
			near(t, c.Name+": high", w.High, c.Welch.High)
		}
		u, err := MannWhitney(c.A, c.B)
		if err != nil {
			t.Errorf("%s: Mann–Whitney: %v", c.Name, err)
		}
		near(t, c.Name+": U", u.U, c.MannWhitney.U)
		relative(t, c.Name+": p of U", u.P, c.MannWhitney.P)
		near(t, c.Name+": Cliff's delta", u.Biserial, c.Cliff)
		e, err := EffectOf(c.A, c.B)
		if (err != nil) != (c.D == nil) {
			t.Errorf("%s: effect: got %+v, %v, want %v", c.Name, e, err, c.D)
		}
		if err == nil && c.D != nil {
			near(t, c.Name+": d", e.D, *c.D)
			near(t, c.Name+": g", e.G, *c.G)
		}
	}
}

func TestColumnsAreCorrelatedAsScipyDoes(t *testing.T) {
	for _, c := range readTruth(t).Correlations {
		for _, k := range []struct {
			name string
			of   func(x, y []float64, confidence float64) (Correlation, error)
			want *struct{ R, P, Low, High float64 }
		}{{"Pearson", Pearson, c.Pearson}, {"Spearman", Spearman, c.Spearman}} {
			what := c.Name + ": " + k.name
			got, err := k.of(c.X, c.Y, 0.95)
			if k.want == nil {
				if !errors.Is(err, ErrCannot) {
					t.Errorf("%s: got %+v, %v, want %v", what, got, err, ErrCannot)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", what, err)
				continue
			}
			near(t, what+" r", got.R, k.want.R)
			near(t, what+" p", got.P, k.want.P)
			near(t, what+" low", got.Low, k.want.Low)
			near(t, what+" high", got.High, k.want.High)
			if got.N != len(c.X) {
				t.Errorf("%s: got n %d, want %d", what, got.N, len(c.X))
			}
		}
	}
}

func TestSeveralTestsAreCorrected(t *testing.T) {
	for _, c := range readTruth(t).Families {
		for correction, want := range map[Correction][]float64{Holm: c.Holm, BenjaminiHochberg: c.BH} {
			got := correction.Adjust(c.P)
			if len(got) != len(want) {
				t.Errorf("%s: got %d values, want %d", c.Name, len(got), len(want))
				continue
			}
			for i := range want {
				near(t, c.Name+": "+correction.String(), got[i], want[i])
			}
		}
	}
	got := Holm.Adjust([]float64{0.01, math.NaN(), 0.02})
	if got[0] != 0.02 || !math.IsNaN(got[1]) || got[2] != 0.02 {
		t.Errorf("a test that could not be made: got %v, want [0.02 NaN 0.02]", got)
	}
}

func TestWhatCannotBeComputedSaysWhy(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	second := func(_ any, err error) error { return err }
	welch := func(a, b []float64) error { return second(Welch(a, b, 0.95)) }
	rank := func(a, b []float64) error { return second(MannWhitney(a, b)) }
	effect := func(a, b []float64) error { return second(EffectOf(a, b)) }
	pearson := func(a, b []float64) error { return second(Pearson(a, b, 0.95)) }
	spearman := func(a, b []float64) error { return second(Spearman(a, b, 0.95)) }
	for name, c := range map[string]struct {
		of   func(a, b []float64) error
		a, b []float64
		why  string
	}{
		"one value":           {welch, []float64{1}, []float64{1, 2}, "needs 2 values in each sample, and has 1 and 2"},
		"no value":            {rank, nil, []float64{1, 2}, "needs a value in each sample, and has 0 and 2"},
		"a NaN":               {welch, []float64{1, nan}, []float64{1, 2}, "a value is NaN"},
		"an infinity":         {rank, []float64{1, 3}, []float64{inf, 2}, "a value is +Inf"},
		"constant samples":    {welch, []float64{1, 1}, []float64{2, 2}, "both samples are constant"},
		"beyond all numbers":  {welch, []float64{1e308, -1e308}, []float64{1e308, -1.7e308}, "too large"},
		"nothing varies":      {effect, []float64{1, 1}, []float64{2, 2}, "do not vary"},
		"two values":          {effect, []float64{1}, []float64{2}, "needs 3 values"},
		"two pairs":           {pearson, []float64{1, 2}, []float64{1, 2}, "needs 3 pairs, and has 2 and 2"},
		"pairs without ends":  {pearson, []float64{1, 2, 3}, []float64{1, 2}, "3 and 2 values"},
		"a constant side":     {spearman, []float64{1, 1, 1}, []float64{1, 2, 3}, "one side is constant"},
		"a NaN among ranks":   {spearman, []float64{1, nan, 1}, []float64{1, 2, 3}, "a value is NaN"},
		"rounding's constant": {pearson, []float64{.1, .1, .1}, []float64{1, 2, 3}, "one side is constant"},
	} {
		err := c.of(c.a, c.b)
		if !errors.Is(err, ErrCannot) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: got %v, want %v and %q", name, err, ErrCannot, c.why)
		}
	}
}

func TestSampleCountsWhatItLeavesOut(t *testing.T) {
	s := SampleOf([]float64{1, math.NaN(), 3, math.Inf(-1)})
	if s.N() != 2 || s.Infinite != 2 || s.Mean != 2 || math.Abs(s.SD-math.Sqrt2) > 1e-15 {
		t.Errorf("got %+v, want 2 values, 2 left out, mean 2, sd √2", s)
	}
	if s := SampleOf(nil); s.N() != 0 || !math.IsNaN(s.Mean) || !math.IsNaN(s.SD) {
		t.Errorf("nothing: got %+v, want NaN", s)
	}
}
