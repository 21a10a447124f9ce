package stats

import "math"

// TTest is the answer of a t test of x against y.
type TTest struct {
	T  float64 // of the mean of x less that of y; infinite if neither sample varies
	DF float64
	P  float64 // two-sided
}

// pairwise sums in the order of numpy's add.reduce, so that a mean near 1e15 is
// rounded as there.
func pairwise(values []float64) float64 {
	n := len(values)
	switch {
	case n < 8:
		sum := 0.0
		for _, v := range values {
			sum += v
		}
		return sum
	case n > 128:
		half := n / 2
		half -= half % 8
		return pairwise(values[:half]) + pairwise(values[half:])
	}
	var r [8]float64
	copy(r[:], values)
	at := 8
	for ; at < n-n%8; at += 8 {
		for i := range r {
			r[i] += values[at+i]
		}
	}
	sum := ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
	for ; at < n; at++ {
		sum += values[at]
	}
	return sum
}

// meanAndVariance are numpy's, the variance with the divisor n-1,
// 0 of one value.
func meanAndVariance(values []float64) (mean, variance float64) {
	n := float64(len(values))
	mean = pairwise(values) / n
	squares := make([]float64, len(values))
	for i, v := range values {
		squares[i] = (v - mean) * (v - mean)
	}
	if n == 1 {
		return mean, 0
	}
	return mean, pairwise(squares) / n * (n / (n - 1))
}

// Student tests whether two samples with one variance have the same mean. It
// needs three finite values together, one in each; of two constant samples with one
// mean it says that it cannot. It rounds as scipy.stats.ttest_ind(x, y), whose digits it has
// even where 1e15 is added to all values; x and y are in their own order for that.
func Student(x, y []float64) (TTest, error) {
	const what = "Student's t test"
	if len(x) < 1 || len(y) < 1 || len(x)+len(y) < 3 {
		return TTest{}, Cannot(what, "it needs 3 values in two samples, and has %d and %d", len(x), len(y))
	}
	m1, v1 := meanAndVariance(x)
	m2, v2 := meanAndVariance(y)
	n1, n2 := float64(len(x)), float64(len(y))
	df := n1 + n2 - 2
	pooled := ((n1-1)*v1 + (n2-1)*v2) / df
	return tTest(what, m1-m2, math.Sqrt(pooled*(1/n1+1/n2)), df)
}

// Welch tests whether two samples with variances of their own have the same mean.
// It needs two finite values in each, and rounds as scipy.stats.ttest_ind(x, y,
// equal_var=False): where the squares of variances run over, at deviations of
// about 1e77, it has one degree of freedom. Source: B. L. Welch, Biometrika 34
// (1947).
func Welch(x, y []float64) (TTest, error) {
	const what = "Welch's t test"
	if err := enough(what, x, y); err != nil {
		return TTest{}, err
	}
	m1, v1 := meanAndVariance(x)
	m2, v2 := meanAndVariance(y)
	n1, n2 := float64(len(x)), float64(len(y))
	v1, v2 = v1/n1, v2/n2
	df := (v1 + v2) * (v1 + v2) / (v1*v1/(n1-1) + v2*v2/(n2-1))
	if math.IsNaN(df) {
		df = 1
	}
	return tTest(what, m1-m2, math.Sqrt(v1+v2), df)
}

func enough(what string, x, y []float64) error {
	if len(x) < 2 || len(y) < 2 {
		return Cannot(what, "it needs 2 values in each sample, and has %d and %d", len(x), len(y))
	}
	return nil
}

func tTest(what string, difference, se, df float64) (TTest, error) {
	if se == 0 && difference == 0 {
		return TTest{}, Cannot(what, "both samples are one constant")
	}
	t := difference / se
	if math.IsNaN(t) || math.IsInf(se, 0) || !(df > 0) {
		return TTest{}, Cannot(what, "the values are too large")
	}
	return TTest{T: t, DF: df, P: StudentTwoSided(t, df)}, nil
}

func square(v float64) float64 { return v * v }
