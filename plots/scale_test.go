package plots

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func labels(ticks []Tick) string {
	out := make([]string, len(ticks))
	for i, t := range ticks {
		out[i] = t.Label
	}
	return strings.Join(out, " ")
}

func TestTicks(t *testing.T) {
	for name, c := range map[string]struct {
		r    Range
		most int
		log  bool
		unit Unit
		want string
	}{
		"whole numbers":            {Range{0, 100}, 5, false, Number, "0 25 50 75 100"},
		"fractions":                {Range{0.5, 0.95}, 5, false, Number, "0.5 0.6 0.7 0.8 0.9"},
		"digits that tell apart":   {Range{0.912, 0.9135}, 4, false, Number, "0.9120 0.9125 0.9130 0.9135"},
		"around zero":              {Range{-1, 1}, 3, false, Number, "-1 0 1"},
		"thousands":                {Range{0, 50_000}, 3, false, Number, "0 20k 40k"},
		"millions":                 {Range{0, 3e6}, 4, false, Number, "0 1M 2M 3M"},
		"the largest numbers":      {Range{-math.MaxFloat64, math.MaxFloat64}, 3, false, Number, "-1e+308 0 1e+308"},
		"the smallest":             {Range{0, 4e-9}, 3, false, Number, "0 2e-09 4e-09"},
		"one value":                {Range{7, 7}, 5, false, Number, "7"},
		"decades":                  {Range{1e-5, 1e3}, 5, true, Number, "0.0001 0.01 1 100"},
		"within a decade":          {Range{1, 60}, 8, true, Number, "1 2 5 10 20 50"},
		"minutes":                  {Range{0, 600}, 4, false, Duration, "0s 5:00 10:00"},
		"hours":                    {Range{0, 4 * 3600}, 5, false, Duration, "0s 1:00:00 2:00:00 3:00:00 4:00:00"},
		"parts of a second":        {Range{0, 1}, 3, false, Duration, "0s 0.5s 1s"},
		"a day of the calendar":    {Range{1772323200000, 1772323200000 + 2*86400_000}, 3, false, Moment, "2026-03-01 2026-03-02 2026-03-03"},
		"an hour of the calendar":  {Range{1772323200000, 1772323200000 + 3600_000}, 3, false, Moment, "03-01 00:00 03-01 00:30 03-01 01:00"},
		"a range that has no end":  {Range{0, math.Inf(1)}, 3, false, Number, ""},
		"a range that is reversed": {Range{2, 1}, 3, false, Number, ""},
		"no room":                  {Range{0, 1}, 0, false, Number, ""},
	} {
		if got := labels(Ticks(c.r, c.most, c.log, c.unit)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestScalesLeadThereAndBack(t *testing.T) {
	for _, s := range []Scale{
		{Range: Range{0, 10}, A: 5, B: 90},
		{Range: Range{-1e300, 1e300}, A: 20, B: 1},
		{Range: Range{1e-6, 1e6}, A: 0, B: 50, Log: true},
	} {
		for part := range 11 {
			at := s.A + (s.B-s.A)*float64(part)/10
			if back := s.At(s.Value(at)); math.Abs(back-at) > 1e-9 {
				t.Errorf("%+v: cell %v came back as %v", s, at, back)
			}
		}
	}
	if at := (Scale{Range: Range{1, 10}, B: 9, Log: true}).At(-1); !math.IsNaN(at) {
		t.Errorf("a negative number has the place %v on a logarithmic scale", at)
	}
}

func near(a, b float64) bool {
	return math.Abs(a-b) < 1e-12 || math.IsNaN(a) && math.IsNaN(b) || a == b
}

func TestSmoothing(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct{ got, want []float64 }{
		"the start is not drawn to zero": {EMA([]float64{4, 4, 4}, 0.9), []float64{4, 4, 4}},
		"by hand":                        {EMA([]float64{1, 3}, 0.5), []float64{1, (0.5*0.5 + 0.5*3) / 0.75}},
		"gaps stay":                      {EMA([]float64{2, nan, 2}, 0.5), []float64{2, nan, 2}},
		"no weight":                      {EMA([]float64{1, 2, 3}, 0), []float64{1, 2, 3}},
		"timed, a constant":              {TimedEMA([]float64{0, 1, 50}, []float64{4, 4, 4}, 0.9), []float64{4, 4, 4}},
		"timed, far points forget":       {TimedEMA([]float64{0, 1000}, []float64{1, 3}, 0.5), []float64{1, 3}},
		"timed, nothing":                 {TimedEMA(nil, nil, 0.5), nil},
	} {
		if !slices.EqualFunc(c.got, c.want, near) {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
}

func TestSeriesCountWhatIsOdd(t *testing.T) {
	s := NewSeries("a", "a", []float64{2, -1, 2, 3, 4}, []float64{1, 2, math.NaN(), math.Inf(1), 5})
	if want := (Facts{NaNs: 1, Infs: 1, Repeated: 1, Negative: 1}); s.Facts != want {
		t.Errorf("got %+v, want %+v", s.Facts, want)
	}
	if !slices.IsSorted(s.X) || s.Y[0] != 2 {
		t.Errorf("not in the order of x: %v, %v", s.X, s.Y)
	}
	for x, want := range map[float64]float64{-1: 2, 0: 2, 3.5: math.Inf(1), 4: 5} {
		if _, got, ok := s.At(x); !ok || got != want {
			t.Errorf("at %v: got %v, %v; want %v", x, got, ok, want)
		}
	}
	for _, x := range []float64{-2, 4.1} {
		if _, got, ok := s.At(x); ok {
			t.Errorf("at %v, outside: got %v", x, got)
		}
	}
}

func TestGroups(t *testing.T) {
	nan := math.NaN()
	a := NewSeries("a", "a", []float64{0, 1, 2}, []float64{1, 2, 3})
	b := NewSeries("b", "b", []float64{0, 2, 4}, []float64{3, 5, 7})
	g := Join("g", "g", []Series{a, b}, Extremes)
	for what, c := range map[string]struct{ got, want []float64 }{
		"places": {g.Mean.X, []float64{0, 1, 2, 4}},
		"mean":   {g.Mean.Y, []float64{2, 3, 4, 7}},
		"least":  {g.Low, []float64{1, 2, 3, nan}},
		"most":   {g.High, []float64{3, 4, 5, nan}},
	} {
		if !slices.EqualFunc(c.got, c.want, near) {
			t.Errorf("%s: got %v, want %v", what, c.got, c.want)
		}
	}
	if !slices.Equal(g.N, []int{2, 2, 2, 1}) {
		t.Errorf("counts: got %v", g.N)
	}
	d := Join("g", "g", []Series{a, b}, Deviation)
	if !near(d.High[0]-d.Mean.Y[0], math.Sqrt2) {
		t.Errorf("the deviation of 1 and 3 is %v, want √2", d.High[0]-d.Mean.Y[0])
	}
}

func TestARunKeepsItsColour(t *testing.T) {
	ids := []string{"a1", "b2", "c3", "d4", "e5", "f6", "g7", "h8", "i9", "j10"}
	all := Slots(ids)
	seen := map[int]bool{}
	for _, s := range all {
		if seen[s] || s < 0 {
			t.Fatalf("slots %v: one is given twice", all)
		}
		seen[s] = true
	}
	if got := Slots(ids[:1])[0]; got != all[0] {
		t.Errorf("alone it has slot %d, first among others %d", got, all[0])
	}
}

func TestSymmetricLogarithm(t *testing.T) {
	s := Scale{Range: Range{-1000, 1000}, A: 0, B: 12, Sym: 1}
	for v, want := range map[float64]float64{-1000: 0, 0: 6, 1000: 12, 9: 8, -9: 4, 99: 10} {
		if got := s.At(v); math.Abs(got-want) > 0.01 {
			t.Errorf("%g stands at %g, want %g", v, got, want)
		}
		if back := s.Value(s.At(v)); math.Abs(back-v) > 1e-9*math.Abs(v) {
			t.Errorf("%g comes back as %g", v, back)
		}
	}
	if got := s.At(math.NaN()); !math.IsNaN(got) {
		t.Errorf("NaN stands at %g", got)
	}
	var labels []string
	for _, tick := range (Axis{Range: Range{-50, 5000}, Sym: 10}).ticks(9) {
		labels = append(labels, tick.Label)
	}
	if got := strings.Join(labels, " "); got != "-10 0 10 100 1000" {
		t.Errorf("ticks: %s", got)
	}
	for greatest, want := range map[float64]float64{5000: 1, 0.5: 1e-4, 0: 1, math.Inf(1): 1} {
		if got := symOf(Range{-greatest, greatest / 2}); math.Abs(got-want) > 1e-12 {
			t.Errorf("the constant for %g is %g, want %g", greatest, got, want)
		}
	}
}

func TestLabelsOfNumbersFarFromZeroDiffer(t *testing.T) {
	for what, c := range map[string]struct {
		r    Range
		want string
	}{
		"steps of a huge number": {Range{1e15, 1e15 + 6}, "1e+15+0 +2 +4 +6"},
		"not at its power":       {Range{1_234_567_890_123, 1_234_567_890_129}, "1234567890120+4 +6 +8"},
		"small parts of one":     {Range{0.12345678901, 0.12345678904}, "0.123456789+1e-11 +2e-11 +3e-11 +4e-11"},
		"negative":               {Range{-1e15 - 6, -1e15}, "-1.00000000000001e+15+4 +6 +8 +10"},
		"short enough":           {Range{100_000, 100_006}, "100.000k 100.002k 100.004k 100.006k"},
	} {
		var got []string
		for _, tick := range Ticks(c.r, 4, false, Number) {
			got = append(got, tick.Label)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: got %q, want %q", what, text, c.want)
		}
	}
}
