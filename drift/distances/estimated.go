package distances

import (
	"math"

	"benchside/stats"
)

// NannyML estimates from the counts in 10,000 bins once the reference has as many
// rows.
const (
	estimatedFrom = 10000
	estimatedBins = 10000
)

// NannyKS is NannyML's Kolmogorov–Smirnov distance of two sorted samples: exact,
// or, of a reference of 10,000 rows, from 10,000 equal bins of its range.
func NannyKS(x, y []float64) float64 {
	if len(x) < estimatedFrom {
		return stats.KolmogorovSmirnov(stats.Pool(x, y), stats.Auto).D
	}
	b := InEdges(x, y, Linspace(x[0], x[len(x)-1], estimatedBins))
	p, q := b.Shares()
	far, f := 0.0, 0.0
	g := float64(countBelow(y, x[0])) / float64(len(y))
	for i := range p {
		f, g = f+p[i], g+q[i]
		far = max(far, math.Abs(f-g))
	}
	return far
}

func countBelow(sorted []float64, v float64) int {
	n := 0
	for n < len(sorted) && sorted[n] < v {
		n++
	}
	return n
}

// NannyWasserstein is NannyML's distance of two sorted samples in units of the
// values: exact, or, of a reference of 10,000 rows, from 10,000 bins with the
// tails weighed by (n+1)/N as it does. That is slightly too much: it is here to
// reproduce NannyML, not to copy.
func NannyWasserstein(x, y []float64) float64 {
	if len(x) < estimatedFrom {
		return stats.Pool(x, y).Wasserstein
	}
	low, high := x[0], x[len(x)-1]
	if low == high {
		low, high = low-0.5, high+0.5
	}
	edges := Linspace(low, high, estimatedBins)
	n := float64(len(y))
	smaller, larger := y[:countBelow(y, low)], y[above(y, high):]
	sum, f, g := 0.0, 0.0, 0.0
	if k := len(smaller); k > 0 {
		g = float64(k+1) / n
		sum += g * tail(append(append([]float64(nil), smaller...), low), false)
	}
	if k := len(larger); k > 0 {
		sum += float64(k+1) / n * tail(append([]float64{high}, larger...), true)
	}
	b := InEdges(x, y, edges)
	p, q := b.Shares()
	width := edges[1] - edges[0]
	for i := range p {
		f, g = f+p[i], g+q[i]
		sum += math.Abs(f-g) * width
	}
	return sum
}

// tail is the area below the distribution function of sorted values, or above it.
func tail(sorted []float64, over bool) float64 {
	area, n := 0.0, float64(len(sorted))
	for i := 1; i < len(sorted); i++ {
		f := float64(i) / n
		if over {
			f = 1 - f
		}
		area += f * (sorted[i] - sorted[i-1])
	}
	return area
}
