package compare

import (
	"math"

	"benchside/stats"
)

// WelchT is the answer of Welch's t test of b against a.
type WelchT struct {
	T     float64
	DF    float64 // Welch–Satterthwaite
	P     float64 // two-sided
	Delta float64 // mean of b - mean of a
	// Low and High bound Delta at the confidence that was asked for.
	Low, High float64
}

// Welch tests whether two samples with variances of their own have the same
// mean, and bounds the difference at a confidence such as 0.95. It needs two
// finite values in each sample, and a sample that is not constant. Source: B. L.
// Welch, Biometrika 34 (1947); agrees with scipy.stats.ttest_ind(b, a,
// equal_var=False).
func Welch(a, b []float64, confidence float64) (WelchT, error) {
	const what = "Welch's t test"
	if len(a) < 2 || len(b) < 2 {
		return WelchT{}, cannot(what, "it needs 2 values in each sample, and has %d and %d", len(a), len(b))
	}
	if err := finite(what, a, b); err != nil {
		return WelchT{}, err
	}
	meanA, sdA := MeanSD(a)
	meanB, sdB := MeanSD(b)
	na, nb := float64(len(a)), float64(len(b))
	scale := max(sdA, sdB)
	if scale == 0 || scale <= 1e-15*max(math.Abs(meanA), math.Abs(meanB)) {
		return WelchT{}, cannot(what, "both samples are constant")
	}
	if math.IsInf(scale, 1) {
		return WelchT{}, cannot(what, "the values are too large")
	}
	// By the larger deviation, so that no square overflows or vanishes.
	va, vb := sdA/scale*(sdA/scale)/na, sdB/scale*(sdB/scale)/nb
	w := WelchT{Delta: meanB - meanA, DF: (va + vb) * (va + vb) / (va*va/(na-1) + vb*vb/(nb-1))}
	se := scale * math.Sqrt(va+vb)
	if math.IsInf(w.Delta, 0) || math.IsInf(se, 0) {
		return WelchT{}, cannot(what, "the values are too large")
	}
	w.T = w.Delta / se
	w.P = stats.StudentTwoSided(w.T, w.DF)
	half := stats.StudentQuantile(1-confidence, w.DF) * se
	w.Low, w.High = w.Delta-half, w.Delta+half
	return w, nil
}
