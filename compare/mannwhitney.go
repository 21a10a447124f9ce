package compare

import "benchside/stats"

// RankTest is the answer of the Mann–Whitney U test of b against a.
type RankTest struct {
	U     float64 // of b: pairs in which b is larger, ties counting half
	P     float64 // two-sided
	Exact bool    // else by the normal approximation
	// Biserial is the rank-biserial correlation, which is Cliff's delta: the
	// chance that b is larger less the chance that it is smaller, -1 to 1.
	Biserial float64
}

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
	all, ties := stats.Ranks(append(append(make([]float64, 0, len(a)+len(b)), a...), b...))
	sum := 0.0
	for _, r := range all[len(a):] {
		sum += r
	}
	r := stats.MannWhitney(sum-nb*(nb+1)/2, len(b), len(a), ties)
	return RankTest{U: r.U, P: r.P, Exact: r.Exact, Biserial: 2*r.U/(na*nb) - 1}, nil
}
