package compare

import (
	"math"

	"benchside/stats"
)

// Effect is how far apart two samples are, in standard deviations.
type Effect struct {
	D float64 // Cohen's d of b against a, by the pooled deviation
	G float64 // Hedges' g: d without its bias in small samples
}

// EffectOf returns Cohen's d and Hedges' g of b against a. It needs three finite
// values together, one in each sample, and a deviation that is not 0. Source: J.
// Cohen, Statistical Power Analysis (1988); L. V. Hedges, Journal of Educational
// Statistics 6 (1981), with the exact correction by the gamma function.
func EffectOf(a, b []float64) (Effect, error) {
	const what = "the effect size"
	if len(a) < 1 || len(b) < 1 || len(a)+len(b) < 3 {
		return Effect{}, cannot(what, "it needs 3 values in two samples, and has %d and %d", len(a), len(b))
	}
	if err := finite(what, a, b); err != nil {
		return Effect{}, err
	}
	meanA, _ := MeanSD(a)
	meanB, _ := MeanSD(b)
	sd := PooledSD(a, b)
	if sd == 0 || math.IsInf(sd, 0) || sd <= 1e-15*max(math.Abs(meanA), math.Abs(meanB)) {
		return Effect{}, cannot(what, "the values do not vary within the samples")
	}
	e := Effect{D: (meanB - meanA) / sd}
	df := float64(len(a) + len(b) - 2)
	e.G = e.D * hedges(df)
	return e, nil
}

// hedges is the factor that takes the bias from d: Γ(m/2) / (√(m/2) Γ((m-1)/2)),
// 0 for one degree of freedom, where Γ has a pole.
func hedges(df float64) float64 {
	if df <= 1 {
		return 0
	}
	top, _ := math.Lgamma(df / 2)
	low, _ := math.Lgamma((df - 1) / 2)
	return math.Exp(top-low) / math.Sqrt(df/2)
}

// PooledSD returns the deviation within samples, each about its own mean, with
// the divisor n - number of samples; NaN if no sample has two values.
func PooledSD(samples ...[]float64) float64 {
	sum, df, scale := 0.0, 0, 0.0
	sds := make([]float64, len(samples))
	for i, s := range samples {
		if len(s) > 1 {
			_, sds[i] = MeanSD(s)
			scale = max(scale, sds[i])
			df += len(s) - 1
		}
	}
	if df == 0 {
		return math.NaN()
	}
	if scale == 0 || math.IsInf(scale, 1) {
		return scale
	}
	for i, s := range samples {
		sum += sds[i] / scale * (sds[i] / scale) * float64(max(len(s)-1, 0))
	}
	return scale * math.Sqrt(sum/float64(df))
}

// Correction makes p values of several tests honest about their number.
type Correction = stats.Correction

// The corrections that the screens offer.
const (
	Holm              = stats.Holm
	BenjaminiHochberg = stats.BenjaminiHochberg
)
