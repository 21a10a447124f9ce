package drift

import (
	"math"

	"benchside/drift/distances"
	"benchside/stats"
)

// Test is a way to score a column and to judge the score.
type Test struct {
	Name      string // Evidently's, where it has the test
	Display   string
	Threshold float64 // the usual one
	Compare   string  // drift if: p<t, p<=t, s>=t, s>t
	Numeric   bool    // fits numbers
	Labels    bool    // fits categories

	score func(*pair) (float64, error)
}

// PValue says that the score is a p value: less is more drift.
func (t Test) PValue() bool { return t.Compare[0] == 'p' }

// Detects judges a score by a threshold.
func (t Test) Detects(score, threshold float64) bool {
	switch t.Compare {
	case "p<t":
		return score < threshold
	case "p<=t":
		return score <= threshold
	case "s>t":
		return score > threshold
	}
	return score >= threshold
}

// Tests lists the tests: those of Evidently 0.7 by its names, except for those
// that shuffle, train a classifier or compare kernels, then ours.
func Tests() []Test {
	return []Test{
		{"ks", "K-S p_value", 0.05, "p<=t", true, false, scoreKS},
		{"wasserstein", "Wasserstein distance (normed)", 0.1, "s>=t", true, false, scoreWasserstein},
		{"chisquare", "chi-square p_value", 0.05, "p<t", true, true, scoreFit},
		{"z", "Z-test p_value", 0.05, "p<t", true, true, scoreZ},
		{"jensenshannon", "Jensen-Shannon distance", 0.1, "s>=t", true, true, onBins(distances.Binned.JensenShannon)},
		{"psi", "PSI", 0.1, "s>=t", true, true, onBins(distances.Binned.PSI)},
		{"kl_div", "Kullback-Leibler divergence", 0.1, "s>=t", true, true, onBins(distances.Binned.KullbackLeibler)},
		{"hellinger", "Hellinger distance", 0.1, "s>=t", true, true, scoreHellinger},
		{"ed", "Energy-distance", 0.1, "s>t", true, false, scoreEnergy},
		{"mannw", "Mann-Whitney U-rank test", 0.05, "p<t", true, false, scoreMannWhitneyLess},
		{"t_test", "t_test", 0.05, "p<t", true, false, scoreStudent},
		{"anderson", "Anderson-Darling", 0.1, "p<t", true, false, scoreAnderson},
		{"cramer_von_mises", "Cramer-Von Mises", 0.1, "p<=t", true, false, scoreMises},
		{"g_test", "g_test", 0.1, "p<t", false, true, scoreG},
		{"fisher_exact", "Fisher's Exact test", 0.1, "p<t", false, true, scoreFisher},
		{"chi2_contingency", "chi-square (contingency) p_value", 0.05, "p<t", true, true, scoreContingency},
		{"mann_whitney", "Mann-Whitney two-sided p_value", 0.05, "p<t", true, false, scoreMannWhitney},
		{"welch", "Welch t p_value", 0.05, "p<t", true, false, scoreWelch},
		{"ks_distance", "K-S distance", 0.1, "s>=t", true, false, func(p *pair) (float64, error) { return p.pooled().D, nil }},
		{"total_variation", "Total variation", 0.1, "s>=t", true, true, onBins(distances.Binned.TotalVariation)},
		{"l_infinity", "L-infinity distance", 0.1, "s>=t", true, true, onBins(distances.Binned.LInfinity)},
		{"psi_quantile10", "PSI (deciles of the reference)", 0.1, "s>=t", true, false, scoreDeciles},
		{"jensen_shannon", "Jensen-Shannon distance (NannyML, base 2)", 0.1, "s>t", true, true, scoreNanny},
	}
}

// TestNamed finds a test by its name or by Evidently's display name.
func TestNamed(name string) (Test, bool) {
	for _, t := range Tests() {
		if t.Name == name || t.Display == name {
			return t, true
		}
	}
	return Test{}, false
}

// fits says that a test can be made of a kind.
func (t Test) fits(k Kind) bool { return k == Numeric && t.Numeric || k == Categorical && t.Labels }

// run scores a pair; a score that is no number is an error.
func (t Test) run(p *pair) (float64, error) {
	score, err := t.score(p)
	if err == nil && (math.IsNaN(score) || math.IsInf(score, 0)) {
		err = stats.Cannot(t.Display, "the values do not allow it")
	}
	if err != nil {
		return math.NaN(), err
	}
	return score, nil
}

func onBins(measure func(distances.Binned) float64) func(*pair) (float64, error) {
	return func(p *pair) (float64, error) {
		b, err := p.bins()
		if err != nil {
			return 0, err
		}
		return measure(b), nil
	}
}

func scoreKS(p *pair) (float64, error) {
	return stats.KolmogorovSmirnov(*p.pooled(), stats.Auto).P, nil
}

// leastSD is Evidently's smallest deviation of a reference, an absolute number: a
// column in units of 1e-6 hardly ever drifts by its rule.
const leastSD = 0.001

func scoreWasserstein(p *pair) (float64, error) {
	return p.pooled().Wasserstein / max(p.x.moments.SD0(), leastSD), nil
}

func scoreFit(p *pair) (float64, error) {
	b := p.levels()
	c, err := stats.Fit(b.X, b.Y)
	return c.P, err
}

func scoreContingency(p *pair) (float64, error) {
	b := p.levels()
	c, err := stats.Contingency(b.X, b.Y, false)
	return c.P, err
}

func scoreG(p *pair) (float64, error) {
	b := p.levels()
	c, err := stats.GTest(b.X, b.Y)
	return c.P, err
}

// scoreZ counts what is not the smallest label, of two labels the larger one.
func scoreZ(p *pair) (float64, error) {
	first := p.labels()[0]
	return stats.Proportions(p.x.n()-first.x, p.x.n(), p.y.n()-first.y, p.y.n())
}

func scoreFisher(p *pair) (float64, error) {
	if n := len(p.labels()); n != 2 {
		return 0, stats.Cannot("Fisher's exact test", "it needs 2 labels, and has %d", n)
	}
	first := p.labels()[0]
	return stats.Fisher(first.x, p.x.n(), first.y, p.y.n())
}

func scoreHellinger(p *pair) (float64, error) {
	b, err := p.hellingerBins()
	if err != nil {
		return 0, err
	}
	return b.Hellinger(), nil
}

func scoreEnergy(p *pair) (float64, error) { return p.pooled().Energy, nil }

func (p *pair) rankSum() stats.RankSum {
	pool := p.pooled()
	return stats.MannWhitney(pool.U, pool.N1, pool.N2, pool.Ties)
}

func scoreMannWhitney(p *pair) (float64, error) { return p.rankSum().P, nil }

// scoreMannWhitneyLess is Evidently's: it sees only that the current is larger.
func scoreMannWhitneyLess(p *pair) (float64, error) { return p.rankSum().Less, nil }

func scoreStudent(p *pair) (float64, error) {
	t, err := stats.Student(p.ref.finite(), p.cur.finite())
	return t.P, err
}

func scoreWelch(p *pair) (float64, error) {
	t, err := stats.Welch(p.ref.finite(), p.cur.finite())
	return t.P, err
}

func scoreAnderson(p *pair) (float64, error) {
	a, err := stats.Anderson(p.groups(), p.x.n(), p.y.n())
	return a.P, err
}

func scoreMises(p *pair) (float64, error) {
	c, err := stats.CramerVonMises(p.groups(), p.x.n(), p.y.n())
	return c.P, err
}

func scoreDeciles(p *pair) (float64, error) {
	return distances.Deciles(p.x.sorted, p.y.sorted).PlainPSI(), nil
}

func scoreNanny(p *pair) (float64, error) {
	n, err := p.nanny()
	if err != nil {
		return 0, err
	}
	return n.JensenShannon(), nil
}
