package plots

import (
	"math"
	"slices"
)

// levels are the lengths of blocks, each of eight of the level below, so that
// what is drawn of a million points costs what is drawn and not a million.
var levels = [...]int{16, 128, 1024}

// block says where the extrema of some points are.
type block struct {
	low, high uint16 // places in the block; of equal extrema the first
	odd       bool   // some value is not finite; then the extrema say nothing
}

// summaries are the blocks of a series by level.
type summaries struct {
	of [len(levels)][]block
	// extremes are the values of the extrema, above the lowest level: looking them up
	// all over a column that no cache holds would take most of a frame.
	extremes [len(levels)][]Range
}

// blockOf sums up values.
func blockOf(values []float64) block {
	var b block
	low, high := values[0], values[0]
	for i, v := range values {
		if !finite(v) {
			return block{odd: true}
		}
		if v < low {
			low, b.low = v, uint16(i)
		}
		if v > high {
			high, b.high = v, uint16(i)
		}
	}
	return b
}

// join sums up blocks that follow each other, of so many values each.
func join(parts []block, values []float64, size int) block {
	b := parts[0]
	for i, p := range parts {
		if p.odd {
			return block{odd: true}
		}
		at := uint16(i * size)
		if values[at+p.low] < values[b.low] {
			b.low = at + p.low
		}
		if values[at+p.high] > values[b.high] {
			b.high = at + p.high
		}
	}
	return b
}

// index sums up the blocks that are full and not summed up yet.
func (s *Series) index() {
	for level, size := range levels {
		for at := len(s.blocks.of[level]) * size; at+size <= len(s.Y); at += size {
			values := s.Y[at : at+size]
			if level == 0 {
				s.blocks.of[level] = append(s.blocks.of[level], blockOf(values))
				continue
			}
			below := levels[level-1]
			b := join(s.blocks.of[level-1][at/below:(at+size)/below], values, below)
			s.blocks.of[level] = append(s.blocks.of[level], b)
			s.blocks.extremes[level] = append(s.blocks.extremes[level], Range{values[b.low], values[b.high]})
		}
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

// whole returns the level of the longest block without odd values that begins at
// a place and ends before to, -1 if there is none.
func (s *Series) whole(i, to int) int {
	for level := len(levels) - 1; level >= 0; level-- {
		if s.has(level, i, to) {
			return level
		}
	}
	return -1
}

// has reports whether such a block is of a level.
func (s *Series) has(level, i, to int) bool {
	size := levels[level]
	return i&(size-1) == 0 && i+size <= to && i/size < len(s.blocks.of[level]) && !s.blocks.of[level][i/size].odd
}

// extrema are the places of the least and the greatest value of a block.
func (s *Series) extrema(level, i int) (low, high int) {
	b := s.blocks.of[level][i/levels[level]]
	return i + int(b.low), i + int(b.high)
}

// extremes are the least and the greatest value of a block.
func (s *Series) extremes(level, i int) Range {
	if level == 0 {
		low, high := s.extrema(level, i)
		return Range{s.Y[low], s.Y[high]}
	}
	return s.blocks.extremes[level][i/levels[level]]
}

// odd calls take with the places of the values in [from, to) that are not finite.
func (s *Series) odd(from, to int, take func(i int)) {
	for i := from; i < to; {
		if level := s.whole(i, to); level >= 0 {
			i += levels[level]
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
	s.blocks = summaries{}
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
