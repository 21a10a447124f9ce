package distances

import (
	"math"

	"benchside/stats"
)

// empty is the share that stands for none, in PSI and Kullback–Leibler.
const empty = 1e-4

// filled are the shares with Evidently's filling of zeros: 0.0001, or a millionth
// of the smallest share if that is not above 0.0001. Nothing is renormalised.
func filled(shares []float64) []float64 {
	least := math.Inf(1)
	for _, v := range shares {
		if v > 0 {
			least = min(least, v)
		}
	}
	fill := empty
	if least <= empty {
		fill = least / 1e6
	}
	return fillWith(shares, fill)
}

func fillWith(shares []float64, fill float64) []float64 {
	out := make([]float64, len(shares))
	for i, v := range shares {
		if out[i] = v; v == 0 {
			out[i] = fill
		}
	}
	return out
}

func psi(p, q []float64) float64 {
	sum := 0.0
	for i := range p {
		sum += (p[i] - q[i]) * math.Log(p[i]/q[i])
	}
	return sum
}

// PSI is the population stability index Σ (p-q) ln(p/q), 0 and up; 0.1 and 0.25
// are the usual marks. Zeros are filled as Evidently 0.7 does.
func (b Binned) PSI() float64 {
	p, q := b.Shares()
	return psi(filled(p), filled(q))
}

// PlainPSI is the index with 0.0001 for every empty share, as credit risk has it.
func (b Binned) PlainPSI() float64 {
	p, q := b.Shares()
	return psi(fillWith(p, empty), fillWith(q, empty))
}

// KullbackLeibler is the divergence Σ p ln(p/q) of the reference from the other
// in nats, zeros filled as Evidently does and renormalised as
// scipy.stats.entropy(p, q) does.
func (b Binned) KullbackLeibler() float64 {
	p, q := b.Shares()
	p, q = normal(filled(p)), normal(filled(q))
	sum := 0.0
	for i := range p {
		sum += p[i] * math.Log(p[i]/q[i])
	}
	return sum
}

func normal(shares []float64) []float64 {
	sum := 0.0
	for _, v := range shares {
		sum += v
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

// JensenShannon is the distance, which is the root of the divergence, in nats: 0
// to √ln 2 = 0.8326. Divided by that it is the one in base 2. Source: Endres &
// Schindelin, IEEE Transactions on Information Theory 49 (2003); agrees with
// scipy.spatial.distance.jensenshannon.
func (b Binned) JensenShannon() float64 {
	p, q := b.Shares()
	return jensenShannon(normal(p), normal(q))
}

func jensenShannon(p, q []float64) float64 {
	sum := 0.0
	for i := range p {
		m := (p[i] + q[i]) / 2
		if p[i] > 0 {
			sum += p[i] * math.Log(p[i]/m)
		}
		if q[i] > 0 {
			sum += q[i] * math.Log(q[i]/m)
		}
	}
	return math.Sqrt(max(sum, 0) / 2)
}

// InBase2 turns a Jensen–Shannon distance in nats into one of 0 to 1.
func InBase2(js float64) float64 { return js / math.Sqrt(math.Ln2) }

// Hellinger is √(1 - Σ √(pq)), 0 to 1, as Evidently has it.
func (b Binned) Hellinger() float64 {
	p, q := b.Shares()
	sum := 0.0
	for i := range p {
		sum += math.Sqrt(p[i] * q[i])
	}
	return math.Sqrt(1 - min(max(sum, 0), 1))
}

// TotalVariation is half of Σ |p-q|, 0 to 1.
func (b Binned) TotalVariation() float64 {
	p, q := b.Shares()
	sum := 0.0
	for i := range p {
		sum += math.Abs(p[i] - q[i])
	}
	return sum / 2
}

// LInfinity is the largest |p-q|, 0 to 1.
func (b Binned) LInfinity() float64 {
	p, q := b.Shares()
	largest := 0.0
	for i := range p {
		largest = max(largest, math.Abs(p[i]-q[i]))
	}
	return largest
}

// Entropy is the entropy of counts in bits. Agrees with scipy.stats.entropy(base=2).
func Entropy(counts []int) float64 {
	total := 0
	for _, c := range counts {
		total += c
	}
	sum := 0.0
	for _, c := range counts {
		if c > 0 {
			p := float64(c) / float64(total)
			sum -= p * math.Log2(p)
		}
	}
	return max(sum, 0)
}

// Nanny has the shares as NannyML compares them: the bins or labels of the
// reference, and all that the other has outside of them in one more.
type Nanny struct{ p, q []float64 }

// NannyBins splits a sorted sample by Doane's bins of the sorted reference.
func NannyBins(x, y []float64, m *stats.Moments) (Nanny, error) {
	edges, err := Doane(m)
	if err != nil {
		return Nanny{}, err
	}
	return nanny(InEdges(x, y, edges)), nil
}

// NannyLabels splits by the labels that the reference has.
func NannyLabels(b Binned) Nanny {
	known := Binned{N1: b.N1, N2: b.N2}
	for i := range b.X {
		if b.X[i] > 0 {
			known.X, known.Y = append(known.X, b.X[i]), append(known.Y, b.Y[i])
		}
	}
	return nanny(known)
}

func nanny(b Binned) Nanny {
	p, q := b.Shares()
	rest := b.N2
	for _, n := range b.Y {
		rest -= n
	}
	if rest > 0 {
		p, q = append(p, 0), append(q, float64(rest)/float64(b.N2))
	}
	return Nanny{p, q}
}

// JensenShannon is the distance in base 2, 0 to 1.
func (n Nanny) JensenShannon() float64 {
	return InBase2(jensenShannon(normal(append([]float64(nil), n.p...)), normal(append([]float64(nil), n.q...))))
}

// Hellinger is ‖√p - √q‖/√2, 0 to 1.
func (n Nanny) Hellinger() float64 {
	sum := 0.0
	for i := range n.p {
		d := math.Sqrt(n.p[i]) - math.Sqrt(n.q[i])
		sum += d * d
	}
	return math.Sqrt(sum) / math.Sqrt2
}
