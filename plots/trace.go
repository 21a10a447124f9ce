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
	n      int    // points of the column
	part   [4]int // their places in the series
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

func (t *trace) add(i int) {
	y := t.s.Y[i]
	column := t.columnOf(i)
	if y-y != 0 || t.ys.Log && y <= 0 || math.IsNaN(column) { // no place
		t.gap()
		return
	}
	if t.n > 0 && column != t.column {
		t.flush()
	}
	if t.n == 0 {
		t.column = column
		t.part = [4]int{i, i, i, i}
	}
	if y < t.s.Y[t.part[colLow]] {
		t.part[colLow] = i
	}
	if y > t.s.Y[t.part[colHigh]] {
		t.part[colHigh] = i
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

// take adds a block that lies in one column, by its ends and extrema.
func (t *trace) take(level, i int, column float64) {
	low, high := t.s.extrema(level, i)
	last := i + levels[level] - 1
	if t.n > 0 && column != t.column {
		t.flush()
	}
	if t.n == 0 {
		t.column, t.part = column, [4]int{i, low, high, last}
	}
	if t.s.Y[low] < t.s.Y[t.part[colLow]] {
		t.part[colLow] = low
	}
	if t.s.Y[high] > t.s.Y[t.part[colHigh]] {
		t.part[colHigh] = high
	}
	t.part[colLast] = last
	t.n += levels[level]
}

// block takes the longest block at i that lies in one column and whose values all
// have a place, and returns its length, 0 if there is none.
func (t *trace) block(i, to int) int {
	for level := len(levels) - 1; level >= 0; level-- {
		if !t.s.has(level, i, to) {
			continue
		}
		column := t.columnOf(i)
		if low, _ := t.s.extrema(level, i); column != t.columnOf(i+levels[level]-1) || t.ys.Log && t.s.Y[low] <= 0 {
			continue
		}
		t.take(level, i, column)
		return levels[level]
	}
	return 0
}

func (f Frame) trace(s Series, xs, ys Scale) []scene.Point {
	t := trace{s: s, xs: xs, ys: ys, across: xs.linear(), dots: float64(max(f.DotsX, 1))}
	from, to := window(s.X, xs.Range)
	t.out = make([]scene.Point, 0, min(2*(to-from), 4*int(float64(f.W)*t.dots))+2)
	for i := from; i < to; {
		if n := t.block(i, to); n > 0 {
			i += n
			continue
		}
		for end := min(to, i-i%levels[0]+levels[0]); i < end; i++ {
			t.add(i)
		}
	}
	t.flush()
	return t.out
}
