// Package distances splits two samples into bins and says how far apart the shares
// are, in the conventions of Evidently, NannyML and credit risk. It tests nothing
// and judges nothing.
package distances

import (
	"math"
	"sort"

	"benchside/stats"
)

// maxBins bounds the bins of a histogram: far more than Sturges or Doane give of
// any column that fits in memory, unless one outlier stretches a range of
// integers.
const maxBins = 1 << 16

// Linspace is numpy.linspace with both ends: n bins have n+1 edges.
func Linspace(low, high float64, n int) []float64 {
	edges := make([]float64, n+1)
	step := (high - low) / float64(n)
	for i := range edges {
		if step == 0 {
			edges[i] = float64(float64(i)/float64(n)*(high-low)) + low
			continue
		}
		edges[i] = float64(float64(i)*step) + low
	}
	edges[n] = high
	return edges
}

// edgesOf makes bins of about this width, as numpy.histogram_bin_edges does.
func edgesOf(low, high, width float64) ([]float64, error) {
	if low == high {
		low, high = low-0.5, high+0.5
		return Linspace(low, high, 1), nil
	}
	span := high - low
	bins := math.Ceil(span / width)
	switch {
	case math.IsInf(span, 0) || math.IsNaN(bins):
		return nil, stats.Cannot("the bins", "the values are too large")
	case width == 0:
		bins = 1
	case bins > maxBins:
		return nil, stats.Cannot("the bins", "there would be %.0f of them", bins)
	}
	return Linspace(low, high, max(int(bins), 1)), nil
}

// Sturges returns the edges of log2(n)+1 bins, one more where the division rounds
// up; whole numbers get no bin narrower than 1. Source: H. A. Sturges, JASA 21
// (1926); agrees with numpy.histogram_bin_edges(bins="sturges").
func Sturges(low, high float64, n int, whole bool) ([]float64, error) {
	width := (high - low) / (math.Log2(float64(n)) + 1)
	if whole && width < 1 {
		width = 1
	}
	return edgesOf(low, high, width)
}

// Doane returns the edges of Sturges' bins and more of them the more skewed the
// sample is. Source: D. P. Doane, The American Statistician 30 (1976); agrees with
// numpy.histogram_bin_edges(bins="doane") of floats.
func Doane(m *stats.Moments) ([]float64, error) {
	width := 0.0
	if n := float64(m.N); n > 2 && m.SD0() > 0 && m.Max > m.Min {
		spread := math.Sqrt(6 * (n - 2) / ((n + 1) * (n + 3)))
		skew := m.Skew()
		if math.IsNaN(skew) {
			skew = 0
		}
		width = (m.Max - m.Min) / (1 + math.Log2(n) + math.Log2(1+math.Abs(skew)/spread))
	}
	return edgesOf(m.Min, m.Max, width)
}

// Count counts sorted values in bins [e₀,e₁) … [eₙ₋₁,eₙ]; values outside are not
// counted. Agrees with numpy.histogram.
func Count(sorted, edges []float64) []int {
	counts := make([]int, len(edges)-1)
	below := sort.SearchFloat64s(sorted, edges[0])
	for i := range counts {
		next := sort.SearchFloat64s(sorted, edges[i+1])
		if i == len(counts)-1 {
			next = above(sorted, edges[i+1])
		}
		counts[i], below = next-below, next
	}
	return counts
}

// above is the number of values up to and including v.
func above(sorted []float64, v float64) int {
	return sort.Search(len(sorted), func(i int) bool { return sorted[i] > v })
}

// Binned is two samples in the same bins or labels.
type Binned struct {
	Edges  []float64 // nil: a bin is one value or label
	X, Y   []int
	N1, N2 int // of all values, counted or not
}

// Bin splits two sorted samples as Evidently's get_binned_data does: into Sturges'
// bins of both together if the reference has more than 20 distinct values, else
// into the distinct values of either. Whole says that both columns are of whole
// numbers.
func Bin(x, y []float64, distinct1 int, whole bool) (Binned, error) {
	b := Binned{N1: len(x), N2: len(y)}
	if distinct1 <= 20 {
		for _, g := range stats.Groups(x, y) {
			b.X, b.Y = append(b.X, g.X), append(b.Y, g.Y)
		}
		return b, nil
	}
	return SturgesBins(x, y, len(x)+len(y), whole)
}

// SturgesBins splits two sorted samples by Sturges' bins of n values in their
// common range. Evidently's Hellinger distance takes the number of distinct values
// for n.
func SturgesBins(x, y []float64, n int, whole bool) (Binned, error) {
	edges, err := Sturges(min(x[0], y[0]), max(x[len(x)-1], y[len(y)-1]), n, whole)
	if err != nil {
		return Binned{}, err
	}
	return InEdges(x, y, edges), nil
}

// InEdges counts two sorted samples in given bins.
func InEdges(x, y, edges []float64) Binned {
	return Binned{Edges: edges, X: Count(x, edges), Y: Count(y, edges), N1: len(x), N2: len(y)}
}

// Deciles splits by the inner deciles of the reference, equal ones once: bins
// (lo,hi], the outer ones open.
func Deciles(x, y []float64) Binned {
	b := Binned{N1: len(x), N2: len(y)}
	for i := 1; i < 10; i++ {
		edge := stats.Quantile(x, float64(i)/10)
		if len(b.Edges) == 0 || edge > b.Edges[len(b.Edges)-1] {
			b.Edges = append(b.Edges, edge)
		}
	}
	fromX, fromY := 0, 0
	for _, edge := range b.Edges {
		toX, toY := above(x, edge), above(y, edge)
		b.X, b.Y = append(b.X, toX-fromX), append(b.Y, toY-fromY)
		fromX, fromY = toX, toY
	}
	b.X, b.Y = append(b.X, len(x)-fromX), append(b.Y, len(y)-fromY)
	return b
}

// Shares are the counts over all values of their sides.
func (b Binned) Shares() (p, q []float64) {
	return share(b.X, b.N1), share(b.Y, b.N2)
}

func share(counts []int, of int) []float64 {
	out := make([]float64, len(counts))
	for i, c := range counts {
		out[i] = float64(c) / float64(of)
	}
	return out
}
