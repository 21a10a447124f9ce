package stats

import "math"

// Pooled is what one walk over two sorted samples tells of them. X is the
// reference and y what is compared with it, all through.
type Pooled struct {
	N1, N2 int
	// Distinct values: of x, of y, of both together.
	Distinct1, Distinct2, Distinct int
	Min, Max                       float64 // of both together

	D    float64 // the largest distance between the distribution functions
	At   float64 // the value where it is: the first in x, else the first in y
	Sign int     // 1 if x's function is the higher one there, -1 if y's is

	Wasserstein float64 // the area between the functions, in units of the values
	Energy      float64 // √(2 ∫ (F1-F2)²), in √ of the units of the values

	// U is Mann and Whitney's of x: pairs in which x is larger, ties counting half.
	U    float64
	Ties float64 // the sum of t³-t over groups of t equal values of both
}

// gap keeps the extremes of F1-F2 over the values of one sample.
type gap struct {
	high, low     float64
	atHigh, atLow float64
}

func (g *gap) see(d, at float64) {
	if d > g.high {
		g.high, g.atHigh = d, at
	}
	if d < g.low {
		g.low, g.atLow = d, at
	}
}

// Pool walks over two sorted samples of finite numbers, each with one number at
// least, as scipy.stats.ks_2samp, wasserstein_distance, energy_distance and
// mannwhitneyu define what it sums.
func Pool(x, y []float64) Pooled {
	p := Pooled{N1: len(x), N2: len(y), Min: min(x[0], y[0]), Max: max(x[len(x)-1], y[len(y)-1])}
	n1, n2 := float64(len(x)), float64(len(y))
	none := gap{high: math.Inf(-1), low: math.Inf(1)}
	inX, inY := none, none
	var area, square, blockArea, blockSquare float64
	var twiceU uint64
	last, d := p.Min, 0.0
	for i, j := 0, 0; i < len(x) || j < len(y); {
		var v float64
		if j == len(y) || i < len(x) && x[i] <= y[j] {
			v = x[i]
		} else {
			v = y[j]
		}
		fromI, fromJ := i, j
		for i < len(x) && x[i] == v {
			i++
		}
		for j < len(y) && y[j] == v {
			j++
		}
		width := v - last
		blockArea += math.Abs(d) * width
		blockSquare += d * d * width
		d, last = float64(i)/n1-float64(j)/n2, v
		if i > fromI {
			p.Distinct1++
			inX.see(d, v)
			twiceU += uint64(i-fromI) * uint64(fromJ+j)
		}
		if j > fromJ {
			p.Distinct2++
			inY.see(d, v)
		}
		if t := float64(i - fromI + j - fromJ); t > 1 {
			p.Ties += t*t*t - t
		}
		if p.Distinct++; p.Distinct%1024 == 0 {
			area, square, blockArea, blockSquare = area+blockArea, square+blockSquare, 0, 0
		}
	}
	p.U = float64(twiceU) / 2
	p.Wasserstein, p.Energy = area+blockArea, math.Sqrt(2*(square+blockSquare))
	p.gaps(inX, inY)
	return p
}

// gaps takes the larger of the two extremes; the negative one only if it is
// strictly larger, and a value of y only if no value of x has it.
func (p *Pooled) gaps(g, y gap) {
	if y.high > g.high {
		g.high, g.atHigh = y.high, y.atHigh
	}
	if y.low < g.low {
		g.low, g.atLow = y.low, y.atLow
	}
	p.D, p.At, p.Sign = g.high, g.atHigh, 1
	if low := min(max(-g.low, 0), 1); low > g.high {
		p.D, p.At, p.Sign = low, g.atLow, -1
	}
}

// Group is one value of two pooled samples and how often each has it.
type Group struct {
	Value float64
	X, Y  int
}

// Groups lists the distinct values of two sorted samples, in order.
func Groups(x, y []float64) []Group {
	var groups []Group
	for i, j := 0, 0; i < len(x) || j < len(y); {
		g := Group{}
		if j == len(y) || i < len(x) && x[i] <= y[j] {
			g.Value = x[i]
		} else {
			g.Value = y[j]
		}
		for ; i < len(x) && x[i] == g.Value; i++ {
			g.X++
		}
		for ; j < len(y) && y[j] == g.Value; j++ {
			g.Y++
		}
		groups = append(groups, g)
	}
	return groups
}
