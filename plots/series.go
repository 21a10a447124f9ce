package plots

import (
	"cmp"
	"math"
	"slices"

	"benchside/plots/scene"
)

// Series is one curve. X rises; a Y of NaN is a gap, an infinity has no place
// but a mark at the edge.
type Series struct {
	ID, Name string
	X, Y     []float64
	Facts    Facts
}

// Facts are what a curve alone does not show.
type Facts struct {
	NaNs, Infs int
	Repeated   int // points whose x the point before them has
	Negative   int // points of a negative x
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

// trace turns a series into the points of a line on dots: of the points of a
// stretch without a gap that share a column of dots, the first, the lowest, the
// highest and the last (M4, Jugel et al., VLDB 2014), which draw the same dots as
// all of them. Out-of-window neighbours of the window are kept, so that lines
// enter and leave it.
type trace struct {
	out    []scene.Point
	dots   float64 // dots in a cell
	column float64
	n      int // points of the column
	part   [4]scene.Point
	order  [4]int // when each of part came
}

// The points that are kept of a column.
const (
	colFirst = iota
	colLow
	colHigh
	colLast
)

func (t *trace) add(p scene.Point) {
	column := math.Floor(p.X * t.dots)
	if t.n > 0 && column != t.column {
		t.flush()
	}
	if t.n == 0 {
		t.column = column
		t.part = [4]scene.Point{p, p, p, p}
		t.order = [4]int{}
	}
	if p.Y > t.part[colLow].Y {
		t.part[colLow], t.order[colLow] = p, t.n
	}
	if p.Y < t.part[colHigh].Y {
		t.part[colHigh], t.order[colHigh] = p, t.n
	}
	t.part[colLast], t.order[colLast] = p, t.n
	t.n++
}

func (t *trace) flush() {
	if t.n == 0 {
		return
	}
	a, b := colLow, colHigh
	if t.order[a] > t.order[b] {
		a, b = b, a
	}
	last := -1
	for _, i := range [...]int{colFirst, a, b, colLast} {
		if t.order[i] > last {
			t.out = append(t.out, t.part[i])
			last = t.order[i]
		}
	}
	t.n = 0
}

// gap ends a stretch.
func (t *trace) gap() {
	t.flush()
	if n := len(t.out); n > 0 && !math.IsNaN(t.out[n-1].X) {
		t.out = append(t.out, scene.Point{X: math.NaN(), Y: math.NaN()})
	}
}

// far bounds places outside the area, so that a line to a point far away costs
// nothing and keeps its slope near the area.
const far = 1e6

func (f Frame) trace(s Series, xs, ys Scale) []scene.Point {
	t := trace{dots: float64(max(f.DotsX, 1))}
	t.out = make([]scene.Point, 0, min(2*len(s.X), 4*int(float64(f.W)*t.dots))+2)
	from, to := window(s.X, xs.Range)
	for i := from; i < to; i++ {
		x, y := xs.At(s.X[i]), ys.At(s.Y[i])
		if odd := x - x + y - y; odd != 0 { // NaN or infinite
			t.gap()
			continue
		}
		t.add(scene.Point{X: min(max(x, -far), far), Y: min(max(y, -far), far)})
	}
	t.flush()
	return t.out
}

// window returns the places of the points of a range and of its neighbours.
func window(x []float64, r Range) (from, to int) {
	from, _ = slices.BinarySearch(x, r.From)
	to, _ = slices.BinarySearch(x, math.Nextafter(r.To, math.Inf(1)))
	return max(from-1, 0), min(to+1, len(x))
}
