package stats

import "math"

// Moments sums up finite numbers: it grows by slices and by other Moments, so
// that a column may come in parts. Its zero value is empty.
//
// Each slice is summed in two passes about its own mean, in units of a power of
// two near the largest deviation, so that neither 1e15 + small nor 1e150 loses
// digits; parts are joined by P. Pébay's formulas (Sandia report SAND2008-6212).
type Moments struct {
	N        int
	Zeros    int
	Min, Max float64

	mean, low  float64 // the mean, and what rounding took from it
	sum, rest  float64 // of all numbers, and what rounding took from it
	unit       float64 // power of two of m2, m3, m4
	m2, m3, m4 float64 // sums of the powers of (x - mean)/unit
}

// block is how many terms are added plainly before their sum is added exactly.
const block = 64

// twoSum adds exactly: a+b = sum+err. Source: D. Knuth, The Art of Computer
// Programming 2, 4.2.2.
func twoSum(a, b float64) (sum, err float64) {
	sum = a + b
	part := sum - a
	return sum, (a - (sum - part)) + (b - part)
}

// Add takes finite numbers in.
func (m *Moments) Add(values []float64) {
	if len(values) > 0 {
		m.Merge(momentsOf(values))
	}
}

func momentsOf(values []float64) Moments {
	m := Moments{N: len(values), Min: values[0], Max: values[0]}
	for _, v := range values {
		m.Min, m.Max = min(m.Min, v), max(m.Max, v)
		m.sum, v = add(m.sum, v, &m.Zeros)
		m.rest += v
	}
	n := float64(m.N)
	m.mean = (m.sum + m.rest) / n
	if math.IsInf(m.sum, 0) || math.IsNaN(m.mean) {
		m.mean = 0 // beyond the largest number: divided first
		for _, v := range values {
			m.mean += v / n
		}
		m.sum, m.rest = m.mean*n, 0
	}
	m.power(values)
	return m
}

// add is one step of an exact sum that counts zeros by the way.
func add(sum, v float64, zeros *int) (next, err float64) {
	if v == 0 {
		*zeros++
		return sum, 0
	}
	return twoSum(sum, v)
}

// power sums the powers of the deviations from the mean.
func (m *Moments) power(values []float64) {
	widest := max(m.Max-m.mean, m.mean-m.Min)
	m.unit = 1
	if widest > 0 && !math.IsInf(widest, 1) {
		_, e := math.Frexp(widest)
		m.unit = math.Ldexp(1, e)
	} else if widest != 0 {
		m.m2, m.m3, m.m4 = math.NaN(), math.NaN(), math.NaN()
		return
	}
	if m.unit == 0 || math.IsInf(m.unit, 1) || math.IsInf(1/m.unit, 1) {
		m.unit = widest
	}
	var s, lost [4]float64
	for from := 0; from < len(values); from += block {
		var a, b, c, d float64
		for _, v := range values[from:min(from+block, len(values))] {
			v = (v - m.mean) / m.unit
			a += v
			b += v * v
			c += v * v * v
			d += v * v * (v * v)
		}
		for i, part := range [4]float64{a, b, c, d} {
			var err float64
			s[i], err = twoSum(s[i], part)
			lost[i] += err
		}
	}
	for i := range s {
		s[i] += lost[i]
	}
	// The rounded mean is not the mean: move the sums to the one between.
	n := float64(m.N)
	d := s[0] / n
	m.low = d * m.unit
	m.m2 = max(s[1]-n*d*d, 0)
	m.m3 = s[2] - 3*d*s[1] + 2*n*d*d*d
	m.m4 = max(s[3]-4*d*s[2]+6*d*d*s[1]-3*n*d*d*d*d, 0)
}

// Merge takes another part of the same column in.
func (m *Moments) Merge(o Moments) {
	if o.N == 0 {
		return
	}
	if m.N == 0 {
		*m = o
		return
	}
	a, b := float64(m.N), float64(o.N)
	n := a + b
	gap := (o.mean - m.mean) + (o.low - m.low)
	unit := max(m.unit, o.unit)
	if far := math.Abs(gap); far > unit {
		_, e := math.Frexp(far)
		unit = math.Ldexp(1, e)
	}
	if math.IsInf(unit, 1) {
		unit = math.MaxFloat64
	}
	m.measure(unit)
	o.measure(unit)
	d := gap / unit
	m4 := m.m4 + o.m4 + d*d*d*d*a*b*(a*a-a*b+b*b)/(n*n*n) + 6*d*d*(a*a*o.m2+b*b*m.m2)/(n*n) + 4*d*(a*o.m3-b*m.m3)/n
	m3 := m.m3 + o.m3 + d*d*d*a*b*(a-b)/(n*n) + 3*d*(a*o.m2-b*m.m2)/n
	m2 := m.m2 + o.m2 + d*d*a*b/n
	m.m2, m.m3, m.m4 = m2, m3, m4
	mean, low := twoSum(m.mean, gap*(b/n))
	m.mean, m.low = mean, m.low+low
	sum, rest := twoSum(m.sum, o.sum)
	m.sum, m.rest = sum, m.rest+o.rest+rest
	m.N, m.Zeros = m.N+o.N, m.Zeros+o.Zeros
	m.Min, m.Max = min(m.Min, o.Min), max(m.Max, o.Max)
}

// measure changes the unit of the sums to a larger one.
func (m *Moments) measure(unit float64) {
	r := m.unit / unit
	m.m2, m.m3, m.m4 = m.m2*r*r, m.m3*r*r*r, m.m4*r*r*r*r
	m.unit = unit
}

// Mean is the arithmetic mean; NaN of nothing.
func (m *Moments) Mean() float64 {
	if m.N == 0 {
		return math.NaN()
	}
	return m.mean + m.low
}

// Sum is the sum of all numbers.
func (m *Moments) Sum() float64 { return m.sum + m.rest }

// SD is the deviation with the divisor n-1; NaN of fewer than two numbers.
func (m *Moments) SD() float64 {
	if m.N < 2 {
		return math.NaN()
	}
	return m.unit * math.Sqrt(m.m2/float64(m.N-1))
}

// SD0 is the deviation with the divisor n, numpy's default; NaN of nothing.
func (m *Moments) SD0() float64 {
	if m.N == 0 {
		return math.NaN()
	}
	return m.unit * math.Sqrt(m.m2/float64(m.N))
}

// Variance is the variance with the divisor n-1; NaN of fewer than two numbers,
// infinite beyond about 1e154 of deviation.
func (m *Moments) Variance() float64 {
	if m.N < 2 {
		return math.NaN()
	}
	return m.m2 / float64(m.N-1) * m.unit * m.unit
}

// constant says that the numbers are one number but for rounding, by scipy's
// rule: m2 is at most (2⁻⁵² mean)².
func (m *Moments) constant() bool { return !(m.SD0() > 0x1p-52*math.Abs(m.Mean())) }

// Skew is m3/m2^1.5, biased, as scipy.stats.skew; NaN if all are one number.
func (m *Moments) Skew() float64 {
	if m.N == 0 || m.constant() {
		return math.NaN()
	}
	v := m.m2 / float64(m.N)
	return m.m3 / float64(m.N) / (v * math.Sqrt(v))
}

// Kurtosis is m4/m2² - 3, biased, as scipy.stats.kurtosis; NaN if all are one
// number.
func (m *Moments) Kurtosis() float64 {
	if m.N == 0 || m.constant() {
		return math.NaN()
	}
	v := m.m2 / float64(m.N)
	return m.m4/float64(m.N)/(v*v) - 3
}

// SkewUnbiased is pandas' skew: g1 √(n(n-1))/(n-2); NaN of fewer than three.
func (m *Moments) SkewUnbiased() float64 {
	if m.N < 3 {
		return math.NaN()
	}
	n := float64(m.N)
	return math.Sqrt(n*(n-1)) / (n - 2) * m.Skew()
}

// KurtosisUnbiased is pandas' kurt: (n-1)/((n-2)(n-3)) ((n+1) g2 + 6); NaN of
// fewer than four.
func (m *Moments) KurtosisUnbiased() float64 {
	if m.N < 4 {
		return math.NaN()
	}
	n := float64(m.N)
	return (n - 1) / ((n - 2) * (n - 3)) * ((n+1)*m.Kurtosis() + 6)
}

// Quantile is the q quantile of sorted numbers, 0 to 1, interpolated linearly at
// q(n-1): R's type 7, and numpy's interpolation from the nearer end. NaN of
// nothing.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 || !(q >= 0 && q <= 1) {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	low := math.Floor(at)
	a := sorted[int(low)]
	b := sorted[min(int(low)+1, len(sorted)-1)]
	return lerp(a, b, at-low)
}

func lerp(a, b, part float64) float64 {
	gap := b - a
	if math.IsInf(gap, 0) {
		return a*(1-part) + b*part
	}
	if part >= 0.5 {
		return b - gap*(1-part)
	}
	return a + gap*part
}
