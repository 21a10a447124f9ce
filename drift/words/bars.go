package words

import (
	"math"
	"slices"
	"strings"

	"benchside/drift"
)

// Shares are what of the rows is in each of at most n cells on both sides, the same
// cells for both: parts of the range of numbers, or labels in the report's order. Nil
// where a report has no distribution.
func Shares(f drift.Finding, n int) (reference, current []float64) {
	h := f.Histogram
	switch {
	case n <= 0:
		return nil, nil
	case h != nil && len(h.Edges) > 1:
		reference, current = part(h.Reference, 0), part(h.Current, 0)
		if len(reference) <= n {
			return reference, current
		}
		return squeeze(reference, n), squeeze(current, n)
	case h != nil && len(h.Labels) > 0:
		n = min(n, len(h.Labels))
		return part(h.Reference, h.OtherReference)[:n], part(h.Current, h.OtherCurrent)[:n]
	case f.Shapes != nil:
		low, high := span(f.Shapes)
		return regrid(f.Shapes.Reference, low, high, n), regrid(f.Shapes.Current, low, high, n)
	}
	return nil, nil
}

// Regrid puts both sides into n cells of one width over the range of both, and says
// where their edges are.
func Regrid(s drift.Shapes, n int) (edges, reference, current []float64) {
	low, high := span(&s)
	for i := range n + 1 {
		part := float64(i) / float64(n)
		edges = append(edges, low*(1-part)+high*part)
	}
	return edges, regrid(s.Reference, low, high, n), regrid(s.Current, low, high, n)
}

// span is from the first edge of both sides to the last.
func span(s *drift.Shapes) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, edge := range slices.Concat(s.Reference.Edges, s.Current.Edges) {
		low, high = min(low, edge), max(high, edge)
	}
	return low, high
}

// part divides counts by their sum and what else there is.
func part(counts []int, other int) []float64 {
	sum := float64(other)
	for _, n := range counts {
		sum += float64(n)
	}
	out := make([]float64, len(counts))
	for i, n := range counts {
		if sum > 0 {
			out[i] = float64(n) / sum
		}
	}
	return out
}

// squeeze puts bins of equal width into fewer cells; a bin that is in two cells is
// divided between them by its width.
func squeeze(shares []float64, n int) []float64 {
	out := make([]float64, n)
	wide := float64(n) / float64(len(shares)) // cells a bin
	for i, s := range shares {
		spread(out, float64(i)*wide, float64(i+1)*wide, s)
	}
	return out
}

// spread adds a share to the cells between two places.
func spread(cells []float64, from, to, share float64) {
	if !(to > from) { // a bin without width, at one value
		cells[max(min(int(from), len(cells)-1), 0)] += share
		return
	}
	for c := max(int(from), 0); c < len(cells) && float64(c) < to; c++ {
		const noise = 1e-9 // of the arithmetic
		if overlap := math.Min(to, float64(c+1)) - math.Max(from, float64(c)); overlap > noise*(to-from) {
			cells[c] += share * overlap / (to - from)
		}
	}
}

// regrid puts a shape into n cells from low to high.
func regrid(s drift.Shape, low, high float64, n int) []float64 {
	out := make([]float64, n)
	place := func(v float64) float64 {
		if !(high > low) {
			return 0
		}
		return (v/2 - low/2) / (high/2 - low/2) * float64(n) // in halves: the distance may overflow
	}
	for i, share := range s.Shares {
		spread(out, place(s.Edges[i]), place(s.Edges[i+1]), share)
	}
	return out
}

// Sparklines draw both sides of a finding in at most width cells, to one scale, so that
// the bars can be compared. They are empty where there is no distribution.
func Sparklines(f drift.Finding, width int, ascii bool) (reference, current string) {
	x, y := Shares(f, width)
	if x == nil {
		return "", ""
	}
	top := max(slices.Max(x), slices.Max(y))
	return Spark(x, top, ascii), Spark(y, top, ascii)
}

// Sparkline draws one side of a histogram in at most width cells, to its own scale.
func Sparkline(h drift.Histogram, current bool, width int) string {
	x, y := Shares(drift.Finding{Histogram: &h}, width)
	if current {
		x = y
	}
	if len(x) == 0 {
		return ""
	}
	return Spark(x, slices.Max(x), false)
}

// Spark draws shares as bars, a cell each; top is the share of a full cell. No share is
// a blank, any other at least the lowest bar.
func Spark(shares []float64, top float64, ascii bool) string {
	signs := []rune("▁▂▃▄▅▆▇█")
	if ascii {
		signs = []rune("_.-~=+*#")
	}
	var b strings.Builder
	for _, s := range shares {
		if !(s > 0) || !(top > 0) {
			b.WriteByte(' ')
			continue
		}
		const half = 1e-9 // so that two halves are as high
		b.WriteRune(signs[min(int((s/top+half)*float64(len(signs))), len(signs)-1)])
	}
	return b.String()
}
