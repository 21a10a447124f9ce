package stats

import "math"

// KS is the answer of the two-sample Kolmogorov–Smirnov test.
type KS struct {
	D     float64
	P     float64 // two-sided; NaN where the asymptotic formula has none
	Exact bool    // else by the asymptotic formula
}

// Method chooses how a p value is found.
type Method int

// Auto is scipy's choice: exact up to 10,000 values in the larger sample.
const (
	Auto Method = iota
	Exact
	Asymptotic
)

const exactKS = 10000

// KolmogorovSmirnov tests whether two samples come from one continuous
// distribution, as scipy.stats.ks_2samp does. With ties the exact p is too large
// rather than too small. Source: J. L. Hodges, Arkiv för Matematik 3 (1958).
func KolmogorovSmirnov(p Pooled, method Method) KS {
	k := KS{D: p.D, P: math.NaN()}
	exact := method == Exact || method == Auto && max(p.N1, p.N2) <= exactKS
	g := gcd(p.N1, p.N2)
	if exact && float64(p.N1/g)*float64(p.N2/g) < math.MaxInt32 {
		common := p.N1 / g * p.N2
		h := int(math.RoundToEven(p.D * float64(common)))
		k.D = float64(h) / float64(common)
		switch {
		case h == 0:
			k.P = 1
		case p.N1 == p.N2:
			k.P = squarePaths(p.N1, h)
		case vanishes(p.N1, p.N2, k.D):
			k.P = 0
		default:
			k.P = corridorPaths(max(p.N1, p.N2), min(p.N1, p.N2), g, h)
		}
		if k.Exact = k.P >= 0 && k.P <= 1; k.Exact {
			return k
		}
	}
	larger, smaller := float64(max(p.N1, p.N2)), float64(min(p.N1, p.N2))
	k.P = KolmogorovTail(k.D, math.RoundToEven(larger*smaller/(larger+smaller)))
	return k
}

// vanishes says that p is below the smallest number: it is at most e
// exp(-2 d² mn/(m+n)). It spares the longest counts. Source: F. Wei & R. M. Dudley,
// Statistics & Probability Letters 82 (2012).
func vanishes(m, n int, d float64) bool {
	a, b := float64(m), float64(n)
	return 2*d*d*a*b/(a+b) > 760
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// squarePaths is the share of paths from (0,0) to (n,n) that leave |x-y| < h, by a
// product that does not cancel.
func squarePaths(n, h int) float64 {
	p := 0.0
	for k := n / h; k >= 0; k-- {
		factor := 1.0
		for j := range h {
			factor = float64(n-k*h-j) * factor / float64(n+k*h+j+1)
		}
		p = factor * (1 - p)
	}
	return 2 * p
}

// corridorPaths is the share of paths from (0,0) to (m,n), m > n, that reach
// |x/m - y/n| ≥ h/lcm. The chance that a path to (x,y) did is that of its last
// step's start: x/(x+y) from the left, y/(x+y) from below; outside of the
// corridor it is 1. Only sums of positive numbers, so nothing cancels.
func corridorPaths(m, n, g, h int) float64 {
	mg, ng := m/g, n/g
	share := make([]float64, n+2)
	inverse := make([]float64, m+n+1)
	for i := range inverse[1:] {
		inverse[i+1] = 1 / float64(i+1)
	}
	for i := range share {
		share[i] = 1 // outside
	}
	for y := 0; y <= n && y*mg < h; y++ {
		share[y] = 0 // x = 0, inside
	}
	for x := 1; x <= m; x++ {
		low := 0
		if below := ng*x - h; below >= 0 {
			low = below/mg + 1
		}
		high := min((ng*x+h+mg-1)/mg, n+1) // first y outside
		if high <= low {
			return 1
		}
		under := 1.0 // below is outside; y = 0 is reached from the left only
		for y := low; y < high; y++ {
			part := inverse[x+y]
			under = share[y]*(float64(x)*part) + under*(float64(y)*part)
			if under < 1e-306 {
				under = 0 // the processor is slow below the normal numbers
			}
			share[y] = under
		}
	}
	return share[n]
}
