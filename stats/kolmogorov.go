package stats

import "math"

// KolmogorovTail is the chance that the two-sided Kolmogorov–Smirnov distance of n
// numbers to their own distribution exceeds d. It follows R. Simard & P.
// L'Ecuyer, Journal of Statistical Software 39 (2011), in the choice of method
// that scipy.stats.kstwo.sf makes, and agrees with it to about 1e-9. NaN if n is
// not a whole number above 0.
func KolmogorovTail(d, n float64) float64 {
	t := n * d
	s := t * d
	switch {
	case math.IsNaN(d) || !(n >= 1) || n != math.Trunc(n) || math.IsInf(n, 1):
		return math.NaN()
	case d >= 1:
		return 0
	case t <= 0.5:
		return 1
	case t <= 1:
		return unit(1 - ruben(n, 2*t-1))
	case t >= n-1:
		return unit(2 * math.Pow(1-d, n))
	case d >= 0.5:
		return unit(2 * smirnov(n, d))
	case n <= 140 && s <= 4:
		return unit(1 - durbin(int(n), d))
	case n <= 140:
		return unit(2 * smirnov(n, d))
	case s >= 370:
		return 0
	case s >= 2.2:
		return unit(2 * smirnov(n, d))
	case n <= 100000 && n*math.Pow(d, 1.5) <= 1.4:
		return unit(1 - durbin(int(n), d))
	}
	return unit(1 - pelzGood(n, d))
}

func unit(p float64) float64 { return min(max(p, 0), 1) }

// ruben is n!/nⁿ xⁿ, the chance of a distance below 1/n.
func ruben(n, x float64) float64 {
	if n > 140 {
		return math.Exp(math.Log(2*math.Pi*n)/2 + stirlingError(n) - n + n*math.Log(x))
	}
	p := 1.0
	for i := 1.0; i <= n; i++ {
		p *= i / n * x
	}
	return p
}

// stirlingError is log n! - log(√(2πn) (n/e)ⁿ). Source: C. Loader, Fast and
// Accurate Computation of Binomial Probabilities (2000).
func stirlingError(n float64) float64 {
	if n < 16 {
		lg, _ := math.Lgamma(n + 1)
		return lg - (n+0.5)*math.Log(n) + n - math.Log(2*math.Pi)/2
	}
	q := 1 / (n * n)
	return (1.0/12 - q*(1.0/360-q*(1.0/1260-q*(1.0/1680-q*(1.0/1188-q*691.0/360360))))) / n
}

// deviance is x log(x/(x+d)) + d, the part of a binomial chance that a distance d
// of x from its mean takes, without cancellation near 0. Source: C. Loader, as
// above.
func deviance(x, d float64) float64 {
	v := d / (2*x + d) // (mean-x)/(mean+x)
	if math.Abs(v) > 0.1 {
		return d - x*math.Log1p(d/x)
	}
	sum, power := 0.0, v
	for i := 3.0; ; i += 2 {
		power *= v * v
		next := sum + power/i
		if next == sum {
			break
		}
		sum = next
	}
	// log((1+v)/(1-v)) = 2(v + v³/3 + …), and d - 2xv = v d.
	return d*v - 2*x*sum
}

// fullSum is the n up to which Smirnov's sum takes every term. Above it, the terms
// are a smooth function that falls to nothing at both ends, and a sum over every
// few of them is as exact (the trapezoid rule).
const (
	fullSum = 1 << 14
	someSum = 1 << 13
)

// smirnov is the chance that the one-sided distance of n numbers exceeds d: the
// sum over j of d C(n,j) (d+j/n)^(j-1) (1-d-j/n)^(n-j). Each term is a binomial
// chance by Loader's formula, so that no factorial is rounded. Source: N. Smirnov,
// Annals of Mathematical Statistics 15 (1944).
func smirnov(n, d float64) float64 {
	step := 1.0
	if n > fullSum {
		step = math.Floor(n / someSum)
	}
	shift := n * d
	last := math.Floor(n * (1 - d))
	sum := 0.0
	if step == 1 {
		sum = math.Exp(n*math.Log1p(-d)) / d // j = 0
	}
	for j := step; j <= last; j += step {
		rest := n - j
		if rest <= shift {
			break
		}
		log := stirlingError(n) - stirlingError(j) - stirlingError(rest) - deviance(j, shift) - deviance(rest, -shift)
		sum += step * math.Exp(log) * math.Sqrt(n/(2*math.Pi*j*rest)) / (d + j/n)
	}
	return d * sum
}

// durbin is the chance of a distance of at most d: the middle of the n-th power of
// Durbin's matrix. Source: G. Marsaglia, W. W. Tsang & J. Wang, Journal of
// Statistical Software 8 (2003).
func durbin(n int, d float64) float64 {
	const big = 128 // bits that are taken out before they run over
	nd := float64(n) * d
	k := int(math.Ceil(nd))
	h := float64(k) - nd
	m := durbinMatrix(2*k-1, h)
	power := identity(m.size)
	exponent, own := 0, 0
	for left := n; left > 0; left /= 2 {
		if left%2 == 1 {
			power = power.times(m)
			exponent += own
		}
		m = m.times(m)
		own *= 2
		if math.Abs(m.at(k-1, k-1)) > math.Ldexp(1, big) {
			m.scale(math.Ldexp(1, -big))
			own += big
		}
	}
	p := power.at(k-1, k-1)
	for i := 1; i <= n; i++ {
		p *= float64(i) / float64(n)
		if math.Abs(p) < math.Ldexp(1, -big) {
			p = math.Ldexp(p, big)
			exponent -= big
		}
	}
	return math.Ldexp(p, exponent)
}

type matrix struct {
	size  int
	cells []float64
}

func identity(size int) matrix {
	m := matrix{size, make([]float64, size*size)}
	for i := range size {
		m.cells[i*size+i] = 1
	}
	return m
}

func durbinMatrix(size int, h float64) matrix {
	m := matrix{size, make([]float64, size*size)}
	factorial := make([]float64, size+2) // 1/i!
	factorial[0] = 1
	for i := 1; i < len(factorial); i++ {
		factorial[i] = factorial[i-1] / float64(i)
	}
	for row := range size {
		for column := range size {
			if above := row - column + 1; above >= 0 {
				m.cells[row*size+column] = factorial[above]
			}
		}
	}
	for i := range size {
		edge := factorial[i+1] * (1 - math.Pow(h, float64(i+1)))
		m.cells[i*size] = edge
		m.cells[size*size-1-i] = edge
	}
	corner := math.Pow(max(2*h-1, 0), float64(size)) - 2*math.Pow(h, float64(size))
	m.cells[(size-1)*size] = factorial[size] * (1 + corner)
	return m
}

func (m matrix) at(row, column int) float64 { return m.cells[row*m.size+column] }

func (m matrix) scale(by float64) {
	for i := range m.cells {
		m.cells[i] *= by
	}
}

func (m matrix) times(o matrix) matrix {
	out := matrix{m.size, make([]float64, len(m.cells))}
	for row := range m.size {
		line := out.cells[row*m.size : (row+1)*m.size]
		for k := range m.size {
			factor := m.at(row, k)
			for column, v := range o.cells[k*m.size : (k+1)*m.size] {
				line[column] += factor * v
			}
		}
	}
	return out
}

// pelzGood is the chance of a distance of at most d by four terms of an expansion
// in 1/√n. Source: W. Pelz & I. J. Good, JRSS B 38 (1976), in the form of Simard &
// L'Ecuyer.
func pelzGood(n, d float64) float64 {
	const pi2 = math.Pi * math.Pi
	const pi4, pi6 = pi2 * pi2, pi2 * pi2 * pi2
	z := math.Sqrt(n) * d
	z2 := z * z
	z4, z6 := z2*z2, z2*z2*z2
	var k [4]float64
	for i := math.Ceil(16 * z / math.Pi); i >= 1; i-- {
		m2 := (2*i - 1) * (2*i - 1)
		e := math.Exp(-pi2 / 8 / z2 * m2)
		k[0] += e
		k[1] += e * (pi2/4*m2 - z2)
		k[2] += e * (6*z6 + 2*z4 + (2*z4-5*z2)*pi2/4*m2 + pi4*(1-2*z2)/16*m2*m2)
		k[3] += e * (-30*z6 - 90*z4*z4 + pi2*(135*z4-96*z6)/4*m2 +
			pi4*(-60*z2+212*z4)/16*m2*m2 + pi6*(5-30*z2)/64*m2*m2*m2)
		e = math.Exp(-pi2 / 2 / z2 * i * i)
		k[2] += e * i * i * pi2 / -36 / (z * z2) * (72 * z6 * z)
		k[3] += e * i * i * (3*z2 - pi2*i*i) * pi2 / 216 / z6 * (6480 * z6 * z4)
	}
	root := math.Sqrt(2 * math.Pi)
	return root * (k[0]/z + k[1]/(6*z4)/math.Sqrt(n) + k[2]/(72*z6*z)/n + k[3]/(6480*z6*z4)/(n*math.Sqrt(n)))
}
