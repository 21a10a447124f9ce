package stats

import "math"

// ChiSquare is the answer of a test on counts.
type ChiSquare struct {
	Statistic float64 // infinite if something was counted that was expected never
	DF        int
	P         float64
	V         float64 // Cramér's, of a contingency table: 0 to 1
}

// Fit tests counts of y against the shares of x as if those were known without
// error: Pearson's statistic with the expectation x·n2/n1. A label that x lacks is
// expected never, so that one row of it gives p = 0. It needs two labels. Agrees
// with scipy.stats.chisquare; the counts of x and y are of the same labels, none 0
// in both.
func Fit(x, y []int) (ChiSquare, error) {
	const what = "the chi-square test"
	n1, n2, err := totals(what, x, y)
	if err != nil {
		return ChiSquare{}, err
	}
	c := ChiSquare{DF: len(x) - 1}
	ratio := n2 / n1
	for i := range x {
		expected := float64(x[i]) * ratio
		c.Statistic += square(float64(y[i])-expected) / expected
	}
	if c.DF < 1 {
		return c, Cannot(what, "there is one label only")
	}
	c.P = ChiSquareTail(c.Statistic, float64(c.DF))
	return c, nil
}

func totals(what string, x, y []int) (n1, n2 float64, err error) {
	a, b := 0, 0
	for i := range x {
		a, b = a+x[i], b+y[i]
	}
	if a == 0 || b == 0 {
		return 0, 0, Cannot(what, "it needs a value in each sample, and has %d and %d", a, b)
	}
	return float64(a), float64(b), nil
}

// expectations calls see with each count of a 2×k table and what was to be
// expected of it.
func expectations(x, y []int, n1, n2 float64, see func(observed, expected float64)) {
	for i := range x {
		both := float64(x[i] + y[i])
		see(float64(x[i]), both*n1/(n1+n2))
		see(float64(y[i]), both*n2/(n1+n2))
	}
}

// Contingency tests whether two rows of counts are of one distribution: Pearson's
// statistic of a 2×k table, with Yates' correction of a 2×2 table if asked. One
// label only is no difference: p = 1. Agrees with scipy.stats.chi2_contingency;
// V is scipy.stats.contingency.association without correction, NaN of one label.
func Contingency(x, y []int, yates bool) (ChiSquare, error) {
	n1, n2, err := totals("the chi-square test", x, y)
	if err != nil {
		return ChiSquare{}, err
	}
	c := ChiSquare{DF: len(x) - 1}
	plain := 0.0
	expectations(x, y, n1, n2, func(observed, expected float64) {
		far := math.Abs(observed - expected)
		plain += far * far / expected
		if yates && c.DF == 1 {
			far -= min(0.5, far)
		}
		c.Statistic += far * far / expected
	})
	return c.withP(plain, n1+n2), nil
}

func (c ChiSquare) withP(plain, n float64) ChiSquare {
	if c.DF == 0 {
		c.Statistic, c.P, c.V = 0, 1, math.NaN()
		return c
	}
	c.P = ChiSquareTail(c.Statistic, float64(c.DF))
	c.V = math.Sqrt(plain / n) // over min(k-1, 1) = 1
	return c
}

// GTest tests what Contingency does by the likelihood ratio, without correction.
// Agrees with chi2_contingency(lambda_="log-likelihood", correction=False).
func GTest(x, y []int) (ChiSquare, error) {
	n1, n2, err := totals("the G test", x, y)
	if err != nil {
		return ChiSquare{}, err
	}
	c := ChiSquare{DF: len(x) - 1}
	plain := 0.0
	expectations(x, y, n1, n2, func(observed, expected float64) {
		plain += square(observed-expected) / expected
		if observed > 0 {
			c.Statistic += 2 * observed * math.Log(observed/expected)
		}
	})
	c.Statistic = max(c.Statistic, 0)
	return c.withP(plain, n1+n2), nil
}

// Proportions is the two-sided p of two pooled proportions, of hits1 among n1 and
// hits2 among n2, in Evidently's form 2(1-Φ(|z|)), which knows no p below 1e-16.
// Two samples that are both all hits or both none do not differ: p = 1.
func Proportions(hits1, n1, hits2, n2 int) (float64, error) {
	if n1 == 0 || n2 == 0 {
		return 0, Cannot("the z test", "it needs a value in each sample, and has %d and %d", n1, n2)
	}
	a, b := float64(n1), float64(n2)
	p1, p2 := float64(hits1)/a, float64(hits2)/b
	p := float64(hits1+hits2) / (a + b)
	if hits1+hits2 == 0 || hits1+hits2 == n1+n2 {
		return 1, nil
	}
	z := (p1 - p2) / math.Sqrt(p*(1-p)*(1/a+1/b))
	return 2 * (1 - NormalTail(-math.Abs(z))), nil
}

// Fisher is the two-sided exact p of a 2×2 table of two samples with a hits among
// n1 and b among n2: the tables with these margins that are at most as likely.
// Agrees with scipy.stats.fisher_exact.
func Fisher(a, n1, b, n2 int) (float64, error) {
	if n1 == 0 || n2 == 0 {
		return 0, Cannot("Fisher's exact test", "it needs a value in each sample, and has %d and %d", n1, n2)
	}
	hits := a + b
	low, high := max(0, hits-n2), min(hits, n1)
	total := logChoose(n1+n2, hits)
	chance := func(k int) float64 {
		return math.Exp(logChoose(n1, k) + logChoose(n2, hits-k) - total)
	}
	limit := chance(a) * (1 + 1e-7) // scipy's allowance for rounding
	sum := 0.0
	for k := low; k <= high; k++ {
		if p := chance(k); p <= limit {
			sum += p
		}
	}
	return min(sum, 1), nil
}

// logChoose is log C(n,k), by the parts of Stirling's formula that do not cancel.
func logChoose(n, k int) float64 {
	if k <= 0 || k >= n {
		return 0
	}
	a, b := float64(n), float64(k)
	c := a - b
	return stirlingError(a) - stirlingError(b) - stirlingError(c) +
		b*math.Log(a/b) + c*math.Log1p(b/c) + math.Log(a/(2*math.Pi*b*c))/2
}
