package stats

import "math"

// TTest is the answer of a t test of x against y.
type TTest struct {
	T  float64 // of the mean of x less that of y; infinite if neither sample varies
	DF float64
	P  float64 // two-sided
}

// Student tests whether two samples with one variance have the same mean. It
// needs three values together; of two constant samples with one mean it says that
// it cannot. Agrees with scipy.stats.ttest_ind(x, y).
func Student(x, y *Moments) (TTest, error) {
	const what = "Student's t test"
	if x.N < 1 || y.N < 1 || x.N+y.N < 3 {
		return TTest{}, Cannot(what, "it needs 3 values in two samples, and has %d and %d", x.N, y.N)
	}
	a, b := float64(x.N), float64(y.N)
	df := a + b - 2
	scale := max(x.SD0(), y.SD0())
	if scale == 0 {
		return constantTest(what, x, y, df)
	}
	v := (square(x.SD0()/scale)*a + square(y.SD0()/scale)*b) / df
	return tTest(what, x, y, scale*math.Sqrt(v*(1/a+1/b)), df)
}

// Welch tests whether two samples with variances of their own have the same mean.
// It needs two values in each; of two constant samples with one mean it says that
// it cannot. Source: B. L. Welch, Biometrika 34 (1947); agrees with
// scipy.stats.ttest_ind(x, y, equal_var=False).
func Welch(x, y *Moments) (TTest, error) {
	const what = "Welch's t test"
	if x.N < 2 || y.N < 2 {
		return TTest{}, Cannot(what, "it needs 2 values in each sample, and has %d and %d", x.N, y.N)
	}
	a, b := float64(x.N), float64(y.N)
	scale := max(x.SD(), y.SD())
	if scale == 0 {
		return constantTest(what, x, y, a+b-2)
	}
	// By the larger deviation, so that no square overflows or vanishes.
	va, vb := square(x.SD()/scale)/a, square(y.SD()/scale)/b
	df := (va + vb) * (va + vb) / (va*va/(a-1) + vb*vb/(b-1))
	return tTest(what, x, y, scale*math.Sqrt(va+vb), df)
}

func square(v float64) float64 { return v * v }

func tTest(what string, x, y *Moments, se, df float64) (TTest, error) {
	t, err := checked(what, ((x.mean-y.mean)+(x.low-y.low))/se)
	if err != nil {
		return TTest{}, err
	}
	return TTest{T: t, DF: df, P: StudentTwoSided(t, df)}, nil
}

// constantTest is scipy's answer for two samples that do not vary.
func constantTest(what string, x, y *Moments, df float64) (TTest, error) {
	if x.Mean() == y.Mean() {
		return TTest{}, Cannot(what, "both samples are one constant")
	}
	sign := 1
	if x.Mean() < y.Mean() {
		sign = -1
	}
	return TTest{T: math.Inf(sign), DF: df, P: 0}, nil
}
