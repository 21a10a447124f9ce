package stats

import "math"

// RankSum is the answer of the Mann–Whitney U test.
type RankSum struct {
	U     float64 // of x: pairs in which x is larger, ties counting half
	P     float64 // two-sided
	Less  float64 // one-sided: that x tends to be smaller than y
	Exact bool    // else by the normal approximation
}

// exactBelow is the size of the smaller sample up to which scipy's "auto" counts
// the arrangements.
const exactBelow = 8

// MannWhitney tests whether x tends to be larger or smaller than y, from U, the
// sizes and the sum of t³-t over ties. Without ties and with at most 8 values in
// one sample the p values are exact, else by the normal approximation with the
// corrections for ties and continuity. Source: Mann & Whitney, Annals of
// Mathematical Statistics 18 (1947); agrees with scipy.stats.mannwhitneyu(x, y,
// method="auto").
func MannWhitney(u float64, n1, n2 int, ties float64) RankSum {
	r := RankSum{U: u}
	a, b := float64(n1), float64(n2)
	of := a*b - u // y's
	larger := max(u, of)
	if r.Exact = ties == 0 && min(n1, n2) <= exactBelow; r.Exact {
		r.P = min(2*arrangements(n1, n2, int(larger)), 1)
		r.Less = arrangements(n1, n2, int(of))
		return r
	}
	n := a + b
	sd := math.Sqrt(a * b / 12 * (n + 1 - ties/(n*(n-1))))
	if !(sd > 0) {
		r.P, r.Less = 1, 1 // all values are one value
		return r
	}
	r.P = min(2*NormalTail((larger-a*b/2-0.5)/sd), 1)
	r.Less = NormalTail((of - a*b/2 - 0.5) / sd)
	return r
}

// arrangements is the chance of a U of at least u when all arrangements of n1 and
// n2 values are equally likely. By symmetry it is that of n1·n2-u or less. The
// number of arrangements is the coefficient of a Gaussian binomial, built by
// multiplying with (1-q^(larger+i))/(1-q^i).
func arrangements(n1, n2, u int) float64 {
	small, large := min(n1, n2), max(n1, n2)
	if 2*u < small*large {
		return 1 - arrangements(n1, n2, small*large-u+1)
	}
	most := small*large - u
	if most < 0 {
		return 0
	}
	// Each factor is divided by the number of its arrangements, so that counts
	// are chances from the start.
	chance := make([]float64, most+1)
	chance[0] = 1
	for i := 1; i <= small; i++ {
		for at := most; at >= large+i; at-- {
			chance[at] -= chance[at-large-i]
		}
		for at := i; at <= most; at++ {
			chance[at] += chance[at-i]
		}
		for at := range chance {
			chance[at] *= float64(i) / float64(large+i)
		}
	}
	sum := 0.0
	for _, c := range chance {
		sum += c
	}
	return sum
}
