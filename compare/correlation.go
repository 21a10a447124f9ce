package compare

import (
	"math"

	"benchside/stats"
)

// Correlation is how two columns go together.
type Correlation struct {
	R         float64
	N         int
	P         float64 // two-sided, of R being 0
	Low, High float64 // at the confidence that was asked for; -1 and 1 of 3 pairs
}

// Pearson correlates pairs linearly: r, its two-sided p by Student's t with n-2
// degrees of freedom, and Fisher's z interval with the variance 1/(n-3). It needs
// three finite pairs in which neither side is constant. Source: R. A. Fisher,
// Metron 1 (1921); agrees with scipy.stats.pearsonr.
func Pearson(x, y []float64, confidence float64) (Correlation, error) {
	c, err := correlate("Pearson's correlation", x, y)
	if err != nil {
		return c, err
	}
	c.interval(confidence, 1)
	return c, nil
}

// Spearman correlates the ranks of pairs, ties sharing theirs: rho, its p as
// Pearson's on the ranks, and Fisher's z interval with the variance
// (1+rho²/2)/(n-3). It needs what Pearson needs. Source: Bonett & Wright,
// Psychometrika 65 (2000); rho and p agree with scipy.stats.spearmanr.
func Spearman(x, y []float64, confidence float64) (Correlation, error) {
	const what = "Spearman's correlation"
	if err := finite(what, x, y); err != nil {
		return Correlation{}, err
	}
	rx, _ := stats.Ranks(x)
	ry, _ := stats.Ranks(y)
	c, err := correlate(what, rx, ry)
	if err != nil {
		return c, err
	}
	c.interval(confidence, 1+c.R*c.R/2)
	return c, nil
}

func correlate(what string, x, y []float64) (Correlation, error) {
	if len(x) != len(y) || len(x) < 3 {
		return Correlation{}, cannot(what, "it needs 3 pairs, and has %d and %d values", len(x), len(y))
	}
	if err := finite(what, x, y); err != nil {
		return Correlation{}, err
	}
	mx, sx := MeanSD(x)
	my, sy := MeanSD(y)
	if sx <= 1e-14*math.Abs(mx) || sy <= 1e-14*math.Abs(my) {
		return Correlation{}, cannot(what, "one side is constant")
	}
	if math.IsInf(sx, 0) || math.IsInf(sy, 0) {
		return Correlation{}, cannot(what, "the values are too large")
	}
	n := float64(len(x))
	c := Correlation{N: len(x)}
	for i := range x {
		c.R += (x[i] - mx) / sx * ((y[i] - my) / sy)
	}
	c.R = min(max(c.R/(n-1), -1), 1)
	if rest := 1 - c.R*c.R; rest > 0 {
		c.P = stats.StudentTwoSided(c.R*math.Sqrt((n-2)/rest), n-2)
	}
	return c, nil
}

// interval sets the bounds by Fisher's z, whose variance is about factor/(n-3).
func (c *Correlation) interval(confidence, factor float64) {
	if c.N <= 3 {
		c.Low, c.High = -1, 1
		return
	}
	z := math.Atanh(c.R)
	half := stats.NormalQuantile(1-confidence) * math.Sqrt(factor/float64(c.N-3))
	c.Low, c.High = math.Tanh(z-half), math.Tanh(z+half)
}
