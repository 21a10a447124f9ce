package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func near(t *testing.T, what string, got, want, relative float64) {
	t.Helper()
	if !(math.Abs(got-want) <= relative*math.Abs(want)) && !(math.IsNaN(got) && math.IsNaN(want)) {
		t.Errorf("%s: got %.17g, want %.17g", what, got, want)
	}
}

func TestSorterSortsAsComparingDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var s Sorter
	for name, value := range map[string]func() float64{
		"any bits": func() float64 {
			for {
				if v := math.Float64frombits(r.Uint64()); !math.IsNaN(v) {
					return v
				}
			}
		},
		"few values":    func() float64 { return float64(r.IntN(3)) - 1 },
		"whole numbers": func() float64 { return float64(r.IntN(100000)) - 50000 },
		"near numbers":  func() float64 { return 1 + r.Float64()*1e-9 },
		"one value":     func() float64 { return 7 },
	} {
		for _, n := range []int{0, 1, 10, radixFrom - 1, radixFrom, 20000} {
			got := make([]float64, n)
			for i := range got {
				got[i] = value()
			}
			want := slices.Clone(got)
			slices.Sort(want)
			s.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %d numbers are not sorted", name, n)
			}
		}
	}
	zeros := append(make([]float64, 5000), math.Copysign(0, -1), -1)
	s.Sort(zeros)
	if slices.ContainsFunc(zeros[1:], func(v float64) bool { return v != 0 || math.Signbit(v) }) {
		t.Error("a -0 is left among the zeros")
	}
}

func TestMomentsOfPartsAreThoseOfTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for name, c := range map[string]struct{ offset, scale, tolerance float64 }{
		"usual":       {0.3, 1, 1e-12},
		"far offset":  {1e12, 50, 1e-10},
		"huge":        {1e150, 1e150, 1e-12},
		"small":       {1e-160, 1e-160, 1e-12},
		"near limits": {1e300, 1e305, 1e-12},
	} {
		values := make([]float64, 5000)
		for i := range values {
			values[i] = c.offset + c.scale*r.ExpFloat64()
		}
		var whole, parts, later Moments
		whole.Add(values)
		parts.Add(values[:10])
		parts.Add(values[10:2000])
		later.Add(values[2000:])
		parts.Merge(later)
		for what, of := range map[string]func(*Moments) float64{
			"mean": (*Moments).Mean, "sd": (*Moments).SD, "sd0": (*Moments).SD0, "skew": (*Moments).Skew, "kurtosis": (*Moments).Kurtosis,
		} {
			near(t, name+": "+what, of(&parts), of(&whole), c.tolerance)
		}
		if parts.Min != whole.Min || parts.Max != whole.Max || parts.N != whole.N {
			t.Errorf("%s: got %+v, want %+v", name, parts, whole)
		}
	}
}

func TestMomentsOfLittleAreUndefined(t *testing.T) {
	var none, one, constant Moments
	one.Add([]float64{0.1})
	constant.Add([]float64{0.1, 0.1, 0.1, 0.1, 0.1})
	for what, v := range map[string]float64{
		"mean of nothing": none.Mean(), "sd of nothing": none.SD(), "sd0 of nothing": none.SD0(), "skew of nothing": none.Skew(),
		"sd of one": one.SD(), "variance of one": one.Variance(), "skew of a constant": constant.Skew(),
		"kurtosis of a constant": constant.Kurtosis(), "unbiased skew of one": one.SkewUnbiased(), "quantile of nothing": Quantile(nil, 0.5),
		"quantile beyond": Quantile([]float64{1, 2}, 1.5),
	} {
		if !math.IsNaN(v) {
			t.Errorf("%s: got %v, want NaN", what, v)
		}
	}
	if constant.SD() != 0 {
		t.Errorf("deviation of a constant: got %v, want 0", constant.SD())
	}
}

// paths counts lattice paths outside of a corridor one by one.
func paths(x, y, m, n, h, g int, left bool) (outside, all float64) {
	left = left || abs(x*n-y*m) >= h*g
	if x == m && y == n {
		if left {
			return 1, 1
		}
		return 0, 1
	}
	if x < m {
		o, a := paths(x+1, y, m, n, h, g, left)
		outside, all = outside+o, all+a
	}
	if y < n {
		o, a := paths(x, y+1, m, n, h, g, left)
		outside, all = outside+o, all+a
	}
	return outside, all
}

func abs(v int) int { return max(v, -v) }

func TestExactKolmogorovSmirnovCountsPaths(t *testing.T) {
	for m := 1; m <= 8; m++ {
		for n := 1; n < m; n++ {
			g := gcd(m, n)
			for h := 1; h <= m*n/g; h++ {
				outside, all := paths(0, 0, m, n, h, g, false)
				near(t, "corridor", corridorPaths(m, n, g, h), outside/all, 1e-13)
			}
		}
		for h := 1; h <= m; h++ {
			outside, all := paths(0, 0, m, m, h, m, false)
			near(t, "square", squarePaths(m, h), outside/all, 1e-13)
		}
	}
}

func TestPoolSeesTiesAndSides(t *testing.T) {
	for name, c := range map[string]struct {
		x, y     []float64
		d, at    float64
		sign     int
		area, u  float64
		distinct int
	}{
		"apart":           {[]float64{1, 2}, []float64{3, 4}, 1, 2, 1, 2, 0, 4},
		"the other way":   {[]float64{3, 4}, []float64{1, 2}, 1, 2, -1, 2, 4, 4},
		"equal":           {[]float64{1, 2}, []float64{1, 2}, 0, 1, 1, 0, 2, 2},
		"ties":            {[]float64{1, 1, 2}, []float64{1, 2, 2}, 1.0 / 3, 1, 1, 1.0 / 3, 3, 2},
		"first in x wins": {[]float64{1, 4}, []float64{2, 3}, 0.5, 1, 1, 1, 2, 4},
	} {
		p := Pool(c.x, c.y)
		if math.Abs(p.D-c.d) > 1e-15 || p.At != c.at || p.Sign != c.sign || math.Abs(p.Wasserstein-c.area) > 1e-15 || p.U != c.u || p.Distinct != c.distinct {
			t.Errorf("%s: got %+v", name, p)
		}
	}
}

func TestCorrectionsKeepOrderAndSkipWhatIsUndefined(t *testing.T) {
	p := []float64{0.04, math.NaN(), 0.01, 0.03}
	for c, want := range map[Correction][]float64{
		Holm: {0.06, math.NaN(), 0.03, 0.06}, BenjaminiHochberg: {0.04, math.NaN(), 0.03, 0.04}, Bonferroni: {0.12, math.NaN(), 0.03, 0.09},
	} {
		for i, got := range c.Adjust(p) {
			near(t, c.String(), got, want[i], 1e-12)
		}
	}
	if got := Holm.Reject(p, 0.05); !slices.Equal(got, []bool{false, false, true, false}) {
		t.Errorf("Holm rejects %v", got)
	}
	if got := BenjaminiHochberg.Reject(p, 0.05); !slices.Equal(got, []bool{true, false, true, true}) {
		t.Errorf("Benjamini–Hochberg rejects %v", got)
	}
	if got := Holm.Adjust(nil); len(got) != 0 {
		t.Errorf("nothing becomes %v", got)
	}
}

func TestWhatCannotBeTestedSaysWhy(t *testing.T) {
	second := func(_ any, err error) error { return err }
	for why, err := range map[string]error{
		"needs 3 values in two":     second(Student([]float64{1}, []float64{2})),
		"needs 2 values in each":    second(Welch([]float64{1}, []float64{2, 3})),
		"both samples are one":      second(Student([]float64{1, 1}, []float64{1, 1})),
		"too large":                 second(Welch([]float64{1e308, -1e308}, []float64{1e308, -1e308})),
		"needs 4 values":            second(Anderson(Groups([]float64{1}, []float64{2}), 1, 1)),
		"all values are one value":  second(Anderson(Groups([]float64{1, 1}, []float64{1, 1}), 2, 2)),
		"2 values in each sample":   second(CramerVonMises(Groups([]float64{1}, []float64{2, 3}), 1, 2)),
		"one label only":            second(Fit([]int{3}, []int{4})),
		"a value in each sample":    second(Contingency([]int{0, 0}, []int{1, 2}, false)),
		"in each sample, and has 0": second(Proportions(0, 0, 1, 2)),
		"exact test cannot":         second(Fisher(0, 0, 1, 2)),
	} {
		if !errors.Is(err, ErrCannot) || !strings.Contains(err.Error(), why) {
			t.Errorf("got %v, want %v and %q", err, ErrCannot, why)
		}
	}
}

func TestTailsAreTailsEverywhere(t *testing.T) {
	for _, n := range []float64{1, 2, 10, 139, 140, 141, 5000, 16384, 16385, 100000, 1e6, 1e9} {
		last := 1.0
		for d := 1e-5; d < 1; d *= 1.4 {
			p := KolmogorovTail(d, n)
			if !(p >= 0 && p <= last*(1+1e-8)+1e-13) {
				t.Fatalf("the chance of more than %v of %v numbers is %v, after %v", d, n, p, last)
			}
			last = p
		}
	}
	for what, v := range map[string]float64{
		"no numbers": KolmogorovTail(0.5, 0), "a part of a number": KolmogorovTail(0.5, 2.5), "no distance": KolmogorovTail(math.NaN(), 3),
		"no degree of freedom": ChiSquareTail(1, 0), "t without freedom": StudentTwoSided(1, 0),
	} {
		if !math.IsNaN(v) {
			t.Errorf("%s: got %v, want NaN", what, v)
		}
	}
}

func FuzzPool(f *testing.F) {
	f.Add([]byte{1, 2, 3}, []byte{2, 2, 9})
	f.Add([]byte{0}, []byte{255})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if len(a) == 0 || len(b) == 0 {
			return
		}
		side := func(bytes []byte) []float64 {
			out := make([]float64, len(bytes))
			for i, v := range bytes {
				out[i] = float64(int8(v))
			}
			slices.Sort(out)
			return out
		}
		x, y := side(a), side(b)
		p, q := Pool(x, y), Pool(y, x)
		if math.Abs(p.D-q.D) > 1e-12 || math.Abs(p.Wasserstein-q.Wasserstein) > 1e-9 || p.U+q.U != float64(len(a)*len(b)) || p.Ties != q.Ties {
			t.Errorf("from one side %+v, from the other %+v", p, q)
		}
		if p.Distinct != len(Groups(x, y)) {
			t.Errorf("%d distinct values, and %d groups", p.Distinct, len(Groups(x, y)))
		}
		for _, k := range []KS{KolmogorovSmirnov(p, Auto), KolmogorovSmirnov(p, Asymptotic)} {
			if k.P < 0 || k.P > 1 || k.D < 0 || k.D > 1 {
				t.Errorf("got %+v", k)
			}
		}
		r := MannWhitney(p.U, p.N1, p.N2, p.Ties)
		if !(r.P >= 0 && r.P <= 1 && r.Less >= 0 && r.Less <= 1) {
			t.Errorf("got %+v", r)
		}
	})
}

func BenchmarkSortMillion(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	values, work := make([]float64, 1e6), make([]float64, 1e6)
	for i := range values {
		values[i] = r.NormFloat64()
	}
	var s Sorter
	for b.Loop() {
		copy(work, values)
		s.Sort(work)
	}
}
