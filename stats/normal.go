package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// NormalTail is the chance that a standard normal number exceeds z.
func NormalTail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// NormalQuantile returns the z that a standard normal number exceeds in size with
// the chance p.
func NormalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfcinv(p) }

// StudentTwoSided is the chance of a |t| at least this large under Student's
// distribution with df degrees of freedom, which may be broken: I(df/2, 1/2) at
// df/(df+t²). Source: Abramowitz & Stegun 26.5.27.
func StudentTwoSided(t, df float64) float64 {
	if math.IsNaN(t) || !(df > 0) || math.IsInf(df, 1) {
		return math.NaN()
	}
	t = math.Abs(t)
	if math.IsInf(t*t, 1) {
		return 0
	}
	if t*t < df {
		// The complement, where the other argument would round to 1.
		return 1 - mathext.RegIncBeta(0.5, df/2, t*t/(df+t*t))
	}
	return mathext.RegIncBeta(df/2, 0.5, df/(df+t*t))
}

// StudentQuantile returns the t that is exceeded in size with the chance p: by
// bisection on StudentTwoSided, which falls from 1 to 0.
func StudentQuantile(p, df float64) float64 {
	if !(p > 0) {
		return math.Inf(1)
	}
	low, high := 0.0, 1.0
	for StudentTwoSided(high, df) > p && high < 1e150 {
		low, high = high, high*2
	}
	for range 200 {
		mid := low + (high-low)/2
		if mid == low || mid == high {
			break
		}
		if StudentTwoSided(mid, df) > p {
			low = mid
		} else {
			high = mid
		}
	}
	return low + (high-low)/2
}

// ChiSquareTail is the chance that a chi-square number with df degrees of freedom
// exceeds x: Q(df/2, x/2). Source: Abramowitz & Stegun 26.4.19. NaN without a
// degree of freedom.
func ChiSquareTail(x, df float64) float64 {
	switch {
	case math.IsNaN(x) || !(df > 0):
		return math.NaN()
	case x <= 0:
		return 1
	case math.IsInf(x, 1):
		return 0
	}
	return mathext.GammaIncRegComp(df/2, x/2)
}
