package plots

import (
	"cmp"
	"math"
	"slices"
)

// Series is one curve. X rises; a Y of NaN is a gap, an infinity has no place
// but a mark at the edge.
type Series struct {
	ID, Name string
	X, Y     []float64
	Facts    Facts
	blocks   summaries
}

// Facts are what a curve alone does not show.
type Facts struct {
	NaNs, Infs int
	Repeated   int // points whose x the point before them has
	Negative   int // points of a negative x
	Fractions  int // points whose x is no whole number
}

// NewSeries sorts points by x, keeping the order of equal ones, and counts what
// is odd about them. It keeps the slices.
func NewSeries(id, name string, x, y []float64) Series {
	if !slices.IsSorted(x) {
		x, y = sorted(x, y)
	}
	s := Series{ID: id, Name: name, X: x, Y: y}
	for i, v := range y {
		s.Facts.add(x, i, v)
	}
	s.index()
	return s
}

func (f *Facts) add(x []float64, i int, v float64) {
	switch {
	case math.IsNaN(v):
		f.NaNs++
	case math.IsInf(v, 0):
		f.Infs++
	}
	if i > 0 && x[i] == x[i-1] {
		f.Repeated++
	}
	if x[i] != math.Trunc(x[i]) {
		f.Fractions++
	}
	if x[i] < 0 {
		f.Negative++
	}
}

func sorted(x, y []float64) ([]float64, []float64) {
	places := make([]int, len(x))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	xs, ys := make([]float64, len(x)), make([]float64, len(x))
	for i, p := range places {
		xs[i], ys[i] = x[p], y[p]
	}
	return xs, ys
}

// At returns the value at x: that of the last point at or before it. It is false
// before the first point and behind the last.
func (s Series) At(x float64) (at float64, value float64, ok bool) {
	i, _ := slices.BinarySearch(s.X, math.Nextafter(x, math.Inf(1)))
	if i == 0 || x > s.X[len(s.X)-1] {
		return 0, 0, false
	}
	return s.X[i-1], s.Y[i-1], true
}

// EMA smooths values by the exponential moving average of TensorBoard: with a
// weight w in [0, 1), m(i) = w·m(i-1) + (1-w)·y(i), divided by 1-w^i so that the
// start is not drawn to 0. Gaps and infinities stay, and the average goes on
// behind them.
func EMA(values []float64, weight float64) []float64 {
	out := make([]float64, len(values))
	mean, left := 0.0, 1.0 // left is w^i
	for i, v := range values {
		if !finite(v) {
			out[i] = v
			continue
		}
		mean = weight*mean + (1-weight)*v
		left *= weight
		out[i] = mean / (1 - left)
	}
	return out
}

// TimedEMA is EMA for points at uneven places, as Weights & Biases does it: the
// weight of the past is w^(Δx·n/span), where span is the whole range of x and n
// is 1000, so that smoothing depends on distance and not on how often was
// logged.
func TimedEMA(x, values []float64, weight float64) []float64 {
	const parts = 1000
	out := make([]float64, len(values))
	if len(x) == 0 {
		return out
	}
	span := x[len(x)-1] - x[0]
	mean, mass, before := 0.0, 0.0, x[0]
	for i, v := range values {
		if !finite(v) {
			out[i] = v
			continue
		}
		keep := weight
		if span > 0 {
			keep = math.Pow(weight, (x[i]-before)/span*parts)
		}
		if mass == 0 {
			keep = 0
		}
		mean, mass = keep*mean+v, keep*mass+1
		before = x[i]
		out[i] = mean / mass
	}
	return out
}

// window returns the places of the points of a range and of its neighbours.
func window(x []float64, r Range) (from, to int) {
	from, _ = slices.BinarySearch(x, r.From)
	to, _ = slices.BinarySearch(x, math.Nextafter(r.To, math.Inf(1)))
	from = max(from-1, 0)
	return from, max(from, min(to+1, len(x))) // a range may be reversed
}
