package compare

import (
	"math"
	"slices"
)

// Parting is where two curves of one metric part.
type Parting struct {
	Found  bool
	Step   float64 // from it on they stay apart
	Noise  float64 // twice the deviation of the difference, in units of the metric
	Common int     // steps that both have, with finite values
}

// leastCommon is how many steps noise is estimated from at least.
const leastCommon = 5

// leastApart is how many steps the curves have to be apart: one is no parting.
const leastApart = 3

// Part finds the first step from which on b stays on one side of a by more than
// the noise of both. The noise of a curve is the deviation of its steps from one
// to the next about their median, by the median absolute deviation times 1.4826,
// over √2: a trend does not count as noise. It needs five common steps, of which
// the last point of each counts, and three that are apart. The steps of each
// curve rise. Source: for the factors, Rousseeuw & Croux, JASA 88 (1993); for
// differences, von Neumann, Annals of Mathematical Statistics 12 (1941).
func Part(stepsA, a, stepsB, b []float64) Parting {
	x, ya, yb := common(stepsA, a, stepsB, b)
	p := Parting{Common: len(x), Noise: math.NaN()}
	if len(x) < leastCommon {
		return p
	}
	p.Noise = 2 * math.Hypot(jitter(ya), jitter(yb))
	from := len(x)
	last := yb[len(x)-1] - ya[len(x)-1]
	for i := len(x) - 1; i >= 0; i-- {
		d := yb[i] - ya[i]
		if !(math.Abs(d) > p.Noise) || (d > 0) != (last > 0) {
			break
		}
		from = i
	}
	if p.Found = from <= len(x)-leastApart; p.Found {
		p.Step = x[from]
	}
	return p
}

// common returns the finite values of the steps that both curves have, of
// several at one step the last.
func common(stepsA, a, stepsB, b []float64) (x, ya, yb []float64) {
	last := func(steps []float64, i int) int {
		for i+1 < len(steps) && steps[i+1] == steps[i] {
			i++
		}
		return i
	}
	for i, j := 0, 0; i < len(stepsA) && j < len(stepsB); {
		i, j = last(stepsA, i), last(stepsB, j)
		switch {
		case stepsA[i] < stepsB[j]:
			i++
			continue
		case stepsA[i] > stepsB[j]:
			j++
			continue
		}
		if u, v := a[i], b[j]; u-u == 0 && v-v == 0 { // finite
			x, ya, yb = append(x, stepsA[i]), append(ya, u), append(yb, v)
		}
		i, j = i+1, j+1
	}
	return x, ya, yb
}

func jitter(y []float64) float64 {
	d := make([]float64, len(y)-1)
	for i := range d {
		d[i] = y[i+1] - y[i]
	}
	m := median(d)
	for i := range d {
		d[i] = math.Abs(d[i] - m)
	}
	const normal = 1.4826
	if mad := median(d); mad > 0 {
		return normal * mad / math.Sqrt2
	}
	// Most steps are of one size, as those of a rounded metric are.
	_, sd := MeanSD(d)
	return sd / math.Sqrt2
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return sorted[n/2-1]/2 + sorted[n/2]/2
}
