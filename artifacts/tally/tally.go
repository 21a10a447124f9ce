// Package tally summarises the values of a column or an array in one pass and
// in bounded memory. It reads no files and guesses nothing: what is exact and
// what comes from a sample is said.
package tally

import (
	"cmp"
	"hash/maphash"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

const (
	// MostExact is how many numbers are kept for quartiles and bins. Of more, a
	// uniform sample of that size is kept (Vitter's algorithm R, ACM TOMS 11,
	// 1985): the rank of a quartile is then off by some 0.05% of the numbers.
	MostExact    = 1 << 20
	MostDistinct = 10_000 // values that are told apart
	MostBins     = 60
	mostTop      = 10
	mostKey      = 256 // bytes of a text by which it is told apart, beside its hash
)

// Summary is what is known of the values.
type Summary struct {
	Count   int64 // of all values, missing ones included
	Missing int64
	NaN     int64
	PosInf  int64
	NegInf  int64
	Numbers int64 // that are finite; the statistics are of these
	Texts   int64 // and whatever else is no number

	Min, Max, Mean float64 // NaN without numbers
	SD             float64 // of a sample, with n-1; NaN below two numbers

	Quartiles [3]float64 // with linear interpolation, as numpy does by default
	Sample    int        // how many numbers the quartiles and bins are from; 0 means all

	Distinct     int64
	MoreDistinct bool  // there are more than Distinct: they were told apart no longer
	Top          []Top // the most frequent values; if MoreDistinct, of those that came first
	Bins         []Bin // counts of the sample, if there is one
	First, Last  string
}

// Top is a frequent value.
type Top struct {
	Text   string
	Number float64 // NaN for text
	Count  int64
}

// Bin counts the numbers from Low up to High, which belongs to the last bin only.
type Bin struct {
	Low, High float64
	Count     int64
}

// Tally takes values one by one.
type Tally struct {
	s       Summary
	m2      float64 // Welford's sum of squares of differences
	kept    []float64
	random  *rand.Rand
	numbers map[float64]int64
	texts   map[string]int64
	seed    maphash.Seed
}

// New returns a tally of nothing. The same values give the same summary.
func New() *Tally {
	return &Tally{
		s:      Summary{Min: math.NaN(), Max: math.NaN(), Mean: math.NaN(), SD: math.NaN()},
		random: rand.New(rand.NewPCG(1, 2)), numbers: map[float64]int64{}, texts: map[string]int64{}, seed: maphash.MakeSeed(),
	}
}

// Missing counts a value that is not there.
func (t *Tally) Missing() {
	t.s.Count++
	t.s.Missing++
}

// Number counts a number, NaN and the infinities included.
func (t *Tally) Number(x float64) {
	t.s.Count++
	switch {
	case math.IsNaN(x):
		t.s.NaN++
		return
	case math.IsInf(x, 1):
		t.s.PosInf++
		return
	case math.IsInf(x, -1):
		t.s.NegInf++
		return
	}
	t.s.Numbers++
	n := float64(t.s.Numbers)
	if t.s.Numbers == 1 {
		t.s.Min, t.s.Max, t.s.Mean = x, x, x
	} else {
		t.s.Min, t.s.Max = min(t.s.Min, x), max(t.s.Max, x)
		before := t.s.Mean
		t.s.Mean += x/n - before/n // not (x-before)/n, which may overflow
		t.m2 += (x - before) * (x - t.s.Mean)
	}
	if len(t.kept) < MostExact {
		t.kept = append(t.kept, x)
	} else if i := t.random.Int64N(t.s.Numbers); i < MostExact {
		t.kept[i] = x
	}
	if _, known := t.numbers[x]; known || t.room() {
		t.numbers[x]++
	}
}

// room reports whether another value can be told apart, and notes if not.
func (t *Tally) room() bool {
	if len(t.numbers)+len(t.texts) < MostDistinct {
		return true
	}
	t.s.MoreDistinct = true
	return false
}

// Text counts whatever is no number, by how it reads.
func (t *Tally) Text(text string) {
	t.s.Count++
	t.s.Texts++
	key := text
	if len(key) > mostKey {
		key = key[:mostKey] + "…" + strconv.FormatUint(maphash.String(t.seed, text), 36)
	}
	if t.s.Texts == 1 {
		t.s.First, t.s.Last = key, key
	}
	t.s.First, t.s.Last = min(t.s.First, key), max(t.s.Last, key)
	if _, known := t.texts[key]; known || t.room() {
		t.texts[key]++
	}
}

// Summary returns what is known now.
func (t *Tally) Summary() Summary {
	s := t.s
	if s.Numbers > 1 {
		s.SD = math.Sqrt(max(t.m2, 0) / float64(s.Numbers-1))
	}
	s.Distinct = int64(len(t.numbers) + len(t.texts))
	s.Top = t.top()
	if s.Numbers > int64(len(t.kept)) {
		s.Sample = len(t.kept)
	}
	sorted := slices.Clone(t.kept)
	slices.Sort(sorted)
	for i := range s.Quartiles {
		s.Quartiles[i] = quantile(sorted, float64(i+1)/4)
	}
	s.Bins = bins(sorted, s)
	return s
}

func (t *Tally) top() []Top {
	var all []Top
	for x, n := range t.numbers {
		all = append(all, Top{Text: strconv.FormatFloat(x, 'g', -1, 64), Number: x, Count: n})
	}
	for text, n := range t.texts {
		all = append(all, Top{Text: text, Number: math.NaN(), Count: n})
	}
	slices.SortFunc(all, func(a, b Top) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Text, b.Text))
	})
	return all[:min(len(all), mostTop):min(len(all), mostTop)]
}

func quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := p * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[i]
	}
	part := at - float64(i)
	return sorted[i]*(1-part) + sorted[i+1]*part
}

// bins cuts the numbers by the rule of Freedman and Diaconis (1981): a width of
// 2·IQR/∛n. Where half of the numbers are equal, by Sturges' rule.
func bins(sorted []float64, s Summary) []Bin {
	if len(sorted) == 0 {
		return nil
	}
	if s.Min == s.Max {
		return []Bin{{s.Min, s.Max, int64(len(sorted))}}
	}
	half := s.Max/2 - s.Min/2 // halves, as the whole may overflow
	n := math.Ceil(math.Log2(float64(len(sorted)))) + 1
	if iqr := s.Quartiles[2]/2 - s.Quartiles[0]/2; iqr > 0 {
		n = math.Ceil(half / (2 * iqr / math.Cbrt(float64(len(sorted)))))
	}
	if whole(sorted) {
		return wholeBins(sorted, s, min(max(n, 1), MostBins))
	}
	count := int(min(max(n, 1), MostBins))
	edge := func(i int) float64 {
		part := float64(i) / float64(count)
		return s.Min*(1-part) + s.Max*part
	}
	out := make([]Bin, count)
	for i := range out {
		out[i].Low, out[i].High = edge(i), edge(i+1)
	}
	at := 0
	for _, x := range sorted {
		for at < count-1 && x >= out[at].High {
			at++
		}
		out[at].Count++
	}
	return out
}

// whole reports whether all numbers are integers that a float holds exactly.
func whole(sorted []float64) bool {
	const exact = 1 << 53
	if sorted[0] < -exact || sorted[len(sorted)-1] > exact {
		return false
	}
	return !slices.ContainsFunc(sorted, func(x float64) bool { return x != math.Trunc(x) })
}

// wholeBins cuts integers where integers are: some n bins of one width, of which the
// last may be narrower.
func wholeBins(sorted []float64, s Summary, n float64) []Bin {
	wide := max(math.Round((s.Max-s.Min)/n), math.Ceil((s.Max-s.Min+1)/MostBins), 1)
	var out []Bin
	at := 0
	for low := s.Min; low <= s.Max; low += wide {
		b := Bin{Low: low, High: min(low+wide, s.Max)}
		for at < len(sorted) && sorted[at] < low+wide {
			b.Count++
			at++
		}
		out = append(out, b)
	}
	return out
}
