package compare

import "math"

// RankTest is the answer of the Mann–Whitney U test of b against a.
type RankTest struct {
	U     float64 // of b: pairs in which b is larger, ties counting half
	P     float64 // two-sided
	Exact bool    // else by the normal approximation
	// Biserial is the rank-biserial correlation, which is Cliff's delta: the
	// chance that b is larger less the chance that it is smaller, -1 to 1.
	Biserial float64
}

// exactBelow is the size of the smaller sample up to which scipy's "auto" counts
// the arrangements.
const exactBelow = 8

// MannWhitney tests whether values of b tend to be larger than values of a or
// smaller. Without ties and with at most 8 values in one sample the p value is
// exact, else by the normal approximation with the corrections for ties and
// continuity. It needs one finite value in each sample. Source: Mann & Whitney,
// Annals of Mathematical Statistics 18 (1947); agrees with
// scipy.stats.mannwhitneyu(b, a, method="auto").
func MannWhitney(a, b []float64) (RankTest, error) {
	const what = "the Mann–Whitney test"
	if len(a) == 0 || len(b) == 0 {
		return RankTest{}, cannot(what, "it needs a value in each sample, and has %d and %d", len(a), len(b))
	}
	if err := finite(what, a, b); err != nil {
		return RankTest{}, err
	}
	na, nb := float64(len(a)), float64(len(b))
	all, ties := ranks(append(append(make([]float64, 0, len(a)+len(b)), a...), b...))
	sum := 0.0
	for _, r := range all[len(a):] {
		sum += r
	}
	r := RankTest{U: sum - nb*(nb+1)/2}
	r.Biserial = 2*r.U/(na*nb) - 1
	larger := max(r.U, na*nb-r.U)
	if r.Exact = ties == 0 && min(len(a), len(b)) <= exactBelow; r.Exact {
		r.P = min(2*exactTail(len(a), len(b), int(larger)), 1)
		return r, nil
	}
	n := na + nb
	sd := math.Sqrt(na * nb / 12 * (n + 1 - ties/(n*(n-1))))
	if !(sd > 0) {
		r.P = 1 // all values are one value
		return r, nil
	}
	r.P = min(2*normalTail((larger-na*nb/2-0.5)/sd), 1)
	return r, nil
}

// exactTail is the chance of a U of at least u when all arrangements of na and nb
// values are equally likely. By symmetry it is that of na·nb-u or less. The
// number of arrangements is the coefficient of a Gaussian binomial, built by
// multiplying with (1-q^(larger+i))/(1-q^i).
func exactTail(na, nb, u int) float64 {
	small, large := min(na, nb), max(na, nb)
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
