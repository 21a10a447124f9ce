package plots

import (
	"math"

	"benchside/plots/scene"
)

// far bounds places outside the area, so that a line to a point far away costs
// nothing and keeps its slope near the area.
const far = 1e6

// trace turns a series into the points of a line on dots: of the points of a
// stretch without a gap that share a column of dots, the first, the lowest, the
// highest and the last (M4, Jugel et al., VLDB 2014), which draw the same dots as
// all of them. Out-of-window neighbours of the window are kept, so that lines
// enter and leave it.
type trace struct {
	s      Series
	xs, ys Scale
	across linear
	out    []scene.Point
	dots   float64 // dots in a cell
	column float64
	wide   int    // points of the column before
	n      int    // points of the column that were added
	part   [4]int // their places in the series
	low    float64
	high   float64
}

// The points that are kept of a column.
const (
	colFirst = iota
	colLow
	colHigh
	colLast
)

// linear is a Scale without a logarithm, made quick: a + (v/2 - half)·k.
type linear struct {
	a, half, k float64
	ok         bool
}

func (s Scale) linear() linear {
	l := linear{a: s.A, half: s.Range.From / 2}
	l.k = (s.B - s.A) / (s.Range.To/2 - l.half)
	l.ok = !s.Log && finite(l.k)
	return l
}

func (t *trace) columnOf(i int) float64 {
	x := t.s.X[i]
	if t.across.ok {
		return math.Floor((t.across.a + (x/2-t.across.half)*t.across.k) * t.dots)
	}
	return math.Floor(t.xs.At(x) * t.dots)
}

// end is the first place behind i whose column is another one. The columns before
// say about where that is.
func (t *trace) end(i, to int) int {
	const slack = 2 // columns of even steps differ by one point
	low, high, by := i, to, max(t.wide-slack, 1)
	for at := i + by; at < to; at += by {
		if t.columnOf(at) != t.column {
			high = at
			break
		}
		if by = 2 * by; low == i {
			by = 1
		}
		low = at
	}
	for high-low > 1 {
		if at := int(uint(low+high) >> 1); t.columnOf(at) == t.column {
			low = at
		} else {
			high = at
		}
	}
	t.wide = high - i
	return high
}

func (t *trace) add(i int) {
	y := t.s.Y[i]
	if y-y != 0 || t.ys.Log && y <= 0 { // no place
		t.gap()
		return
	}
	if t.n == 0 {
		t.part = [4]int{i, i, i, i}
		t.low, t.high = y, y
	}
	if y < t.low {
		t.low, t.part[colLow] = y, i
	}
	if y > t.high {
		t.high, t.part[colHigh] = y, i
	}
	t.part[colLast] = i
	t.n++
}

func (t *trace) flush() {
	if t.n == 0 {
		return
	}
	if t.part[colLow] > t.part[colHigh] {
		t.part[colLow], t.part[colHigh] = t.part[colHigh], t.part[colLow]
	}
	before := -1
	for _, i := range t.part {
		if i > before {
			x, y := t.xs.At(t.s.X[i]), t.ys.At(t.s.Y[i])
			t.out = append(t.out, scene.Point{X: min(max(x, -far), far), Y: min(max(y, -far), far)})
			before = i
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

// take adds a block by its ends and extrema.
func (t *trace) take(level, i int) {
	low, high := t.s.extrema(level, i)
	e := t.s.extremes(level, i)
	if t.n == 0 {
		t.part = [4]int{i, low, high, i}
		t.low, t.high = e.From, e.To
	}
	if e.From < t.low {
		t.low, t.part[colLow] = e.From, low
	}
	if e.To > t.high {
		t.high, t.part[colHigh] = e.To, high
	}
	t.part[colLast] = i + levels[level] - 1
	t.n += levels[level]
}

// block takes the longest block at i that ends before to and whose values all have a
// place, and returns its length, 0 if there is none.
func (t *trace) block(i, to int) int {
	for level := len(levels) - 1; level >= 0; level-- {
		if !t.s.has(level, i, to) {
			continue
		}
		if t.ys.Log && t.s.extremes(level, i).From <= 0 {
			continue
		}
		t.take(level, i)
		return levels[level]
	}
	return 0
}

// stretch adds the points of a column.
func (t *trace) stretch(i, to int) {
	for i < to {
		if n := t.block(i, to); n > 0 {
			i += n
			continue
		}
		for end := min(to, i-i%levels[0]+levels[0]); i < end; i++ {
			t.add(i)
		}
	}
	t.flush()
}

// reduce places the points of a series that draw the picture of all, into the memory
// of into if it has room.
func (f Frame) reduce(into []scene.Point, s Series, xs, ys Scale) []scene.Point {
	t := trace{s: s, xs: xs, ys: ys, across: xs.linear(), dots: float64(max(f.DotsX, 1)), out: into}
	from, to := window(s.X, xs.Range)
	if most := min(2*(to-from), 4*int(float64(f.W)*t.dots)) + 2; cap(into) < most {
		t.out = make([]scene.Point, 0, most)
	}
	for i := from; i < to; {
		if t.column = t.columnOf(i); math.IsNaN(t.column) {
			t.gap()
			i++
			continue
		}
		end := t.end(i, to)
		t.stretch(i, end)
		i = end
	}
	return t.out
}
