package compare

import (
	"math"

	"benchside/stats"
)

// ErrCannot says that the numbers do not allow the answer; the error around it
// says why.
var ErrCannot = stats.ErrCannot

func cannot(what, format string, args ...any) error { return stats.Cannot(what, format, args...) }

// Sample sums up the finite values of a metric over some runs.
type Sample struct {
	Values   []float64 // finite, in the order of the runs
	Missing  int       // runs without the metric
	Infinite int       // runs in which it is NaN or infinite
	Mean     float64   // NaN without values
	SD       float64   // with n-1; NaN with fewer than two values
}

// SampleOf sums up values. NaN and the infinities are counted and left out.
func SampleOf(values []float64) Sample {
	s := Sample{}
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			s.Infinite++
			continue
		}
		s.Values = append(s.Values, v)
	}
	s.Mean, s.SD = MeanSD(s.Values)
	return s
}

// N is the number of values that the mean stands on.
func (s Sample) N() int { return len(s.Values) }

// MeanSD returns the arithmetic mean (NaN of nothing) and the sample standard
// deviation with the divisor n-1 (NaN of fewer than two values), in two passes
// with the correction of Chan, Golub & LeVeque, The American Statistician 37
// (1983), formula 1.7.
func MeanSD(values []float64) (mean, sd float64) {
	n := float64(len(values))
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	// Divided first, so that numbers near the largest do not overflow.
	for _, v := range values {
		mean += v / n
	}
	if n < 2 {
		return mean, math.NaN()
	}
	scale := 0.0
	for _, v := range values {
		scale = max(scale, math.Abs(v-mean))
	}
	if scale == 0 {
		return mean, 0
	}
	if math.IsInf(scale, 1) {
		return mean, scale
	}
	var sum, lost float64
	for _, v := range values {
		d := (v - mean) / scale
		sum += d * d
		lost += d
	}
	return mean + lost*scale/n, scale * math.Sqrt((sum-lost*lost/n)/(n-1))
}

// finite reports the first value that no test may be given, if there is one.
func finite(what string, samples ...[]float64) error {
	for _, s := range samples {
		for _, v := range s {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return cannot(what, "a value is %v", v)
			}
		}
	}
	return nil
}
