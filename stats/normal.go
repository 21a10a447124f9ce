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
// df/(df+t²), by the continued fraction. The factor before it is taken without
// the logarithms of large factorials, so that many degrees of freedom lose no
// digits. Source: Abramowitz & Stegun 26.5.27, 26.5.8.
func StudentTwoSided(t, df float64) float64 {
	if math.IsNaN(t) || !(df > 0) || math.IsInf(df, 1) {
		return math.NaN()
	}
	t2 := t * t
	if math.IsInf(t2, 1) {
		return 0
	}
	if t2 == 0 {
		return 1
	}
	a, x, y := df/2, df/(df+t2), t2/(df+t2)
	front := math.Exp(-a*math.Log1p(t2/df)) * math.Sqrt(y/math.Pi) * gammaRatio(a)
	if x < (a+1)/(a+2.5) {
		return min(front*betaFraction(a, 0.5, x)/a, 1)
	}
	return max(1-front*betaFraction(0.5, a, y)/0.5, 0)
}

// gammaRatio is Γ(a+½)/Γ(a).
func gammaRatio(a float64) float64 {
	if a < 40 {
		top, _ := math.Lgamma(a + 0.5)
		low, _ := math.Lgamma(a)
		return math.Exp(top - low)
	}
	q := 1 / a // Abramowitz & Stegun 6.1.47, continued
	return math.Sqrt(a) * (1 + q*(-1.0/8+q*(1.0/128+q*(5.0/1024+q*(-21.0/32768+q*(-399.0/262144+q*869.0/4194304))))))
}

// betaFraction is the continued fraction of the incomplete beta function, by
// Lentz's method.
func betaFraction(a, b, x float64) float64 {
	const tiny = 1e-300
	safe := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/safe(1-(a+b)*x/(a+1))
	h := d
	for m := 1.0; m < 10000; m++ {
		step := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d, c = 1/safe(1+step*d), safe(1+step/c)
		h *= d * c
		step = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d, c = 1/safe(1+step*d), safe(1+step/c)
		h *= d * c
		if math.Abs(d*c-1) < 1e-16 {
			break
		}
	}
	return h
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
