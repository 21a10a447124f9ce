package stats

import (
	"cmp"
	"math"
	"slices"
)

// Correction makes p values of several tests honest about their number.
type Correction int

// The corrections. Holm, Bonferroni and Šidák bound the chance of one false find;
// Benjamini–Hochberg the share of false ones among the finds, and
// Benjamini–Yekutieli the same however the tests depend on each other.
const (
	Holm Correction = iota
	BenjaminiHochberg
	Bonferroni
	Sidak
	BenjaminiYekutieli
)

func (c Correction) String() string {
	return [...]string{"holm", "bh", "bonferroni", "sidak", "by"}[c]
}

// ordered lists the tests that were made, by p value.
func ordered(p []float64) []int {
	var order []int
	for i, v := range p {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return order
}

// harmonic is what Benjamini & Yekutieli pay for any dependence: 1 + 1/2 + … + 1/m.
func harmonic(m int) float64 {
	sum := 0.0
	for i := m; i > 0; i-- {
		sum += 1 / float64(i)
	}
	return sum
}

// Adjust returns p values that may be compared with one alpha, in their order. A
// NaN stays one and does not count as a test. Source: S. Holm, Scandinavian
// Journal of Statistics 6 (1979); Z. Šidák, JASA 62 (1967); Benjamini & Hochberg,
// JRSS B 57 (1995); Benjamini & Yekutieli, Annals of Statistics 29 (2001); agrees
// with statsmodels' multipletests.
func (c Correction) Adjust(p []float64) []float64 {
	out := slices.Clone(p)
	order := ordered(p)
	m := len(order)
	switch c {
	case Holm:
		highest := 0.0
		for k, at := range order {
			highest = max(highest, min(p[at]*float64(m-k), 1))
			out[at] = highest
		}
	case Bonferroni:
		for _, at := range order {
			out[at] = min(p[at]*float64(m), 1)
		}
	case Sidak:
		for _, at := range order {
			out[at] = -math.Expm1(float64(m) * math.Log1p(-p[at]))
		}
	default:
		factor := float64(m)
		if c == BenjaminiYekutieli {
			factor *= harmonic(m)
		}
		lowest := 1.0
		for k := m - 1; k >= 0; k-- {
			lowest = min(lowest, p[order[k]]*factor/float64(k+1))
			out[order[k]] = lowest
		}
	}
	return out
}

// Reject says of each test whether it is a find at this alpha; of a NaN, no. It
// compares as statsmodels does: p with its own limit, so that equality is
// theirs.
func (c Correction) Reject(p []float64, alpha float64) []bool {
	out := make([]bool, len(p))
	order := ordered(p)
	finds, m := 0, float64(len(order))
	for k, at := range order {
		limit := alpha / m // Bonferroni
		switch c {
		case Holm:
			limit = alpha / (m - float64(k))
		case Sidak:
			limit = -math.Expm1(math.Log1p(-alpha) / m)
		case BenjaminiHochberg:
			limit = float64(k+1) / m * alpha
		case BenjaminiYekutieli:
			limit = float64(k+1) / m / harmonic(len(order)) * alpha
		}
		if p[at] <= limit {
			finds = k + 1
		} else if c == Holm {
			break
		}
	}
	for _, at := range order[:finds] {
		out[at] = true
	}
	return out
}
