package stats

import "math"

// AndersonDarling is the answer of the two-sample Anderson–Darling test.
type AndersonDarling struct {
	A2 float64 // normalised
	P  float64 // interpolated in a table and cut to 0.001 … 0.25
}

// Of the seven significance levels and critical values of two samples: log p is
// taken as a quadratic function of the statistic. Source: F. W. Scholz & M. A.
// Stephens, JASA 82 (1987), table 2 with m = 1.
var andersonLevels = [...]struct{ critical, level float64 }{
	{0.675 - 0.245 - 0.105, 0.25},
	{1.281 + 0.25 - 0.305, 0.1},
	{1.645 + 0.678 - 0.362, 0.05},
	{1.96 + 1.149 - 0.391, 0.025},
	{2.326 + 1.822 - 0.396, 0.01},
	{2.573 + 2.364 - 0.345, 0.005},
	{3.085 + 3.615 - 0.154, 0.001},
}

// Anderson tests whether two samples come from one distribution, with weight on
// the tails: the midrank statistic, normalised. It needs four values together and
// two distinct ones. Source: Scholz & Stephens, as above; agrees with
// scipy.stats.anderson_ksamp(variant="midrank").
func Anderson(groups []Group, n1, n2 int) (AndersonDarling, error) {
	const what = "the Anderson–Darling test"
	n := float64(n1 + n2)
	if n1+n2 < 4 {
		return AndersonDarling{}, Cannot(what, "it needs 4 values, and has %d", n1+n2)
	}
	if len(groups) < 2 {
		return AndersonDarling{}, Cannot(what, "all values are one value")
	}
	var sum1, sum2, before1, before2, block1, block2 float64
	for i, g := range groups {
		x, y := float64(g.X), float64(g.Y)
		ties := x + y
		b := before1 + before2 + ties/2
		m1, m2 := before1+x/2, before2+y/2
		weight := ties / n / (b*(n-b) - n*ties/4)
		block1 += weight * (n*m1 - b*float64(n1)) * (n*m1 - b*float64(n1))
		block2 += weight * (n*m2 - b*float64(n2)) * (n*m2 - b*float64(n2))
		before1, before2 = before1+x, before2+y
		if i%block == block-1 || i == len(groups)-1 {
			sum1, sum2, block1, block2 = sum1+block1, sum2+block2, 0, 0
		}
	}
	a2 := (sum1/float64(n1) + sum2/float64(n2)) * (n - 1) / n
	a := AndersonDarling{A2: (a2 - 1) / andersonSD(n1, n2)}
	a.P = andersonP(a.A2)
	return a, nil
}

// andersonSD is the deviation of the statistic of two samples.
func andersonSD(n1, n2 int) float64 {
	const k = 2.0
	total := n1 + n2
	n := float64(total)
	inverse := 1/float64(n1) + 1/float64(n2)
	var h, g float64
	for i := total - 1; i > 1; i-- {
		h += 1 / float64(i)
		g += h / float64(total-i+1)
	}
	h++
	a := (4*g-6)*(k-1) + (10-6*g)*inverse
	b := (2*g-4)*k*k + 8*h*k + (2*g-14*h-4)*inverse - 8*h + 4*g - 6
	c := (6*h+2*g-2)*k*k + (4*h-4*g+6)*k + (2*h-6)*inverse + 4*h
	d := (2*h+6)*k*k - 4*h*k
	return math.Sqrt((a*n*n*n + b*n*n + c*n + d) / ((n - 1) * (n - 2) * (n - 3)))
}

// andersonP fits log p to the table by least squares, on centred values.
func andersonP(a2 float64) float64 {
	first, last := andersonLevels[0], andersonLevels[len(andersonLevels)-1]
	if a2 < first.critical {
		return first.level
	}
	if a2 > last.critical {
		return last.level
	}
	n, centre := float64(len(andersonLevels)), 0.0
	for _, l := range andersonLevels {
		centre += l.critical / n
	}
	// Orthogonal polynomials 1, u, u² - slope u - mean of squares.
	var u2, u3 float64
	for _, l := range andersonLevels {
		u := l.critical - centre
		u2, u3 = u2+u*u, u3+u*u*u
	}
	square := func(u float64) float64 { return u*u - u3/u2*u - u2/n }
	var level, line, bend, norm float64
	for _, l := range andersonLevels {
		u, y := l.critical-centre, math.Log(l.level)
		level, line = level+y/n, line+y*u/u2
		bend, norm = bend+y*square(u), norm+square(u)*square(u)
	}
	u := a2 - centre
	return math.Exp(level + line*u + bend/norm*square(u))
}

// CramerMises is the answer of the two-sample Cramér–von Mises test.
type CramerMises struct {
	T     float64
	P     float64
	Exact bool // else by the limiting distribution
}

// exactMises is the size of the larger sample up to which scipy's "auto" counts.
const exactMises = 20

// CramerVonMises tests whether two samples come from one distribution, by the
// squared distance of their functions. P is exact up to 20 values in the larger
// sample, ties left out of account, and above by the limiting distribution. It
// needs two values in each. Source: T. W. Anderson, Annals of Mathematical
// Statistics 33 (1962); agrees with scipy.stats.cramervonmises_2samp, whose series
// ends at terms of 1e-7, so that a p below about 1e-6 says no more than that.
func CramerVonMises(groups []Group, n1, n2 int) (CramerMises, error) {
	if n1 < 2 || n2 < 2 {
		return CramerMises{}, Cannot("the Cramér–von Mises test", "it needs 2 values in each sample, and has %d and %d", n1, n2)
	}
	a, b := float64(n1), float64(n2)
	n, k := a+b, a*b
	u, before1, before2 := 0.0, 0.0, 0.0
	for _, g := range groups {
		x, y := float64(g.X), float64(g.Y)
		rank := before1 + before2 + (x+y+1)/2
		// Σ (rank - i)² over i = before+1 … before+x.
		u += a*squares(rank-before1, x) + b*squares(rank-before2, y)
		before1, before2 = before1+x, before2+y
	}
	c := CramerMises{T: u/(k*n) - (4*k-1)/(6*n), Exact: max(n1, n2) <= exactMises}
	if c.Exact {
		c.P = misesExact(u, n1, n2)
		return c, nil
	}
	mean := (1 + 1/n) / 6
	variance := (n + 1) * (4*k*n - 3*(a*a+b*b) - 2*k) / (45 * n * n * 4 * k)
	c.P = 1 - misesLimit(1.0/6+(c.T-mean)/math.Sqrt(45*variance))
	return c, nil
}

// frequency is how many paths have a sum.
type frequency struct{ sum, paths int }

// misesExact is the share of paths from (0,0) to (m,n) whose sum of squared
// distances from the diagonal is at least that of u. Source: Y. Xiao, A. Gordon &
// A. Yakovlev, Journal of Statistical Software 17 (2006).
func misesExact(u float64, m, n int) float64 {
	common := m / gcd(m, n) * n
	mn := float64(m * n)
	limit := int(math.Floor(float64(common*common*(m+n)) * (6*u - mn*(4*mn-1)) / (6 * mn * mn)))
	column := make([][]frequency, m+1) // a list of sums for each x, at one y
	column[0] = []frequency{{0, 1}}
	for y := range n + 1 {
		var left []frequency
		for x := range column {
			left = joined(left, column[x])
			far := common/m*x - common/n*y
			for i := range left {
				left[i].sum += far * far
			}
			column[x] = left
		}
	}
	var above, all float64
	for _, f := range column[m] {
		all += float64(f.paths)
		if f.sum >= limit {
			above += float64(f.paths)
		}
	}
	return above / all
}

// joined adds up two lists that are sorted by their sums.
func joined(a, b []frequency) []frequency {
	out := make([]frequency, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].sum < b[0].sum:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0].sum < a[0].sum:
			out, b = append(out, b[0]), b[1:]
		default:
			out = append(out, frequency{a[0].sum, a[0].paths + b[0].paths})
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// squares is Σ (r-i)² over i = 1 … t.
func squares(r, t float64) float64 {
	return t*r*r - r*t*(t+1) + t*(t+1)*(2*t+1)/6
}

// misesLimit is the limiting distribution of the Cramér–von Mises statistic.
// Source: S. Csörgő & J. J. Faraway, JRSS B 58 (1996), 1.2.
func misesLimit(x float64) float64 {
	if x < 0.003 {
		return 0 // below 1e-18
	}
	sum := 0.0
	for k := 0.0; k < 200; k++ {
		top, _ := math.Lgamma(k + 0.5)
		low, _ := math.Lgamma(k + 1)
		y := 4*k + 1
		q := y * y / (16 * x)
		term := math.Exp(top-low) / (math.Pow(math.Pi, 1.5) * math.Sqrt(x)) * math.Sqrt(y) * besselQuarter(q)
		if sum += term; term < 1e-7 { // where scipy stops
			break
		}
	}
	return min(sum, 1)
}

// besselQuarter is e^-q K_¼(q): ∫ e^(-q(1+cosh t)) cosh(t/4) dt over t > 0, by the
// trapezoid rule, which converges faster than any power here.
func besselQuarter(q float64) float64 {
	const step = 1.0 / 32
	sum := math.Exp(-2*q) / 2
	for t := step; ; t += step {
		term := math.Exp(-q*(1+math.Cosh(t))) * math.Cosh(t/4)
		if sum += term; term < 1e-20*sum || term == 0 {
			return sum * step
		}
	}
}
