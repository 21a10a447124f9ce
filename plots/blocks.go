package plots

import (
	"math"
	"slices"
)

// perBlock is the length of a block: short, since the points at the edges of a
// column are walked one by one.
const perBlock = 64

// block says where the extrema of perBlock points are, so that what is drawn of
// a million points costs what is drawn and not a million.
type block struct {
	low, high uint8
	odd       bool // some value is not finite; then the extrema say nothing
}

// blockOf sums up the first perBlock of values. Of equal extrema the first counts.
func blockOf(values []float64) block {
	var b block
	low, high := values[0], values[0]
	for i, v := range values[:perBlock] {
		if !finite(v) {
			return block{odd: true}
		}
		if v < low {
			low, b.low = v, uint8(i)
		}
		if v > high {
			high, b.high = v, uint8(i)
		}
	}
	return b
}

// index sums up the blocks that are full and not summed up yet.
func (s *Series) index() {
	for at := len(s.blocks) * perBlock; at+perBlock <= len(s.Y); at += perBlock {
		s.blocks = append(s.blocks, blockOf(s.Y[at:]))
	}
}

// Extend takes longer columns that begin with the series' own. It is false, and
// nothing is done, where the new part of x does not rise.
func (s *Series) Extend(x, y []float64) bool {
	n := len(s.X)
	if !slices.IsSorted(x[max(n-1, 0):]) {
		return false
	}
	s.X, s.Y = x, y
	for i := n; i < len(x); i++ {
		s.Facts.add(x, i, y[i])
	}
	s.index()
	return true
}

// whole reports whether a block without odd values begins at a place and ends
// before to.
func (s *Series) whole(i, to int) bool {
	return i%perBlock == 0 && i+perBlock <= to && i/perBlock < len(s.blocks) && !s.blocks[i/perBlock].odd
}

// marks are the first point of the block at i, its extrema and its last point,
// in their order.
func (s *Series) marks(i int) [4]int {
	b := s.blocks[i/perBlock]
	low, high := i+int(b.low), i+int(b.high)
	if low > high {
		low, high = high, low
	}
	return [4]int{i, low, high, i + perBlock - 1}
}

// outer calls take with places among which are the least and the greatest
// finite value of [from, to), the first of equal ones, and every value that is
// not finite.
func (s *Series) outer(from, to int, take func(i int)) {
	for i := from; i < to; {
		if !s.whole(i, to) {
			take(i)
			i++
			continue
		}
		m := s.marks(i)
		take(m[1])
		take(m[2])
		i += perBlock
	}
}

// odd calls take with the places of the values in [from, to) that are not finite.
func (s *Series) odd(from, to int, take func(i int)) {
	for i := from; i < to; {
		if s.whole(i, to) {
			i += perBlock
			continue
		}
		if !finite(s.Y[i]) {
			take(i)
		}
		i++
	}
}

// Smooth returns series as they are drawn when smoothed: by the average of EMA,
// or, if timed, of TimedEMA. They share their x.
func Smooth(series []Series, weight float64, timed bool) []Series {
	out := make([]Series, len(series))
	for i, s := range series {
		out[i] = s.Smooth(weight, timed)
	}
	return out
}

// Smooth is Smooth of one series.
func (s Series) Smooth(weight float64, timed bool) Series {
	if timed {
		s.Y = TimedEMA(s.X, s.Y, weight)
	} else {
		s.Y = EMA(s.Y, weight)
	}
	s.blocks = nil
	s.index()
	return s
}

// sampled bounds the values that percentiles are taken of.
const sampled = 50_000

// middle is the range between the 2nd and the 98th percentile of sorted values,
// false where they are too few for that.
func middle(values []float64) (Range, bool) {
	if len(values) <= 10 {
		return Range{}, false
	}
	return Range{values[len(values)*2/100], values[(len(values)-1)*98/100]}, true
}

// stride is the distance of the values that are looked at of n for a sample.
func stride(n int) int { return max(1, int(math.Ceil(float64(n)/sampled))) }
