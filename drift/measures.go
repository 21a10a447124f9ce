package drift

import (
	"errors"
	"math"

	"benchside/drift/distances"
	"benchside/stats"
)

// listed bounds the new and vanished labels of a report.
const listed = 1000

// measures fills the panel that is shown beside the test.
func (p *pair) measures() Measures {
	m := noMeasures()
	if p.kind == Numeric {
		p.numericMeasures(&m)
	} else {
		p.labelMeasures(&m)
	}
	if b, err := p.bins(); err == nil {
		m.PSI, m.JS, m.TotalVariation = Number(b.PSI()), Number(b.JensenShannon()), Number(b.TotalVariation())
	}
	if b, err := p.hellingerBins(); err == nil {
		m.Hellinger = Number(b.Hellinger())
	}
	return m
}

func (p *pair) numericMeasures(m *Measures) {
	pool := p.pooled()
	ks := stats.KolmogorovSmirnov(*pool, stats.Auto)
	m.KS = &Statistic{Statistic: Number(ks.D), P: Number(ks.P), At: Number(pool.At)}
	m.Wasserstein = Number(pool.Wasserstein)
	m.WassersteinNorm = Number(pool.Wasserstein / max(p.x.moments.SD0(), leastSD))
}

func (p *pair) labelMeasures(m *Measures) {
	b := p.levels()
	m.LInfinity = Number(b.LInfinity())
	if c, err := stats.Contingency(b.X, b.Y, false); err == nil {
		m.Chi2 = &Statistic{Statistic: Number(c.Statistic), P: Number(c.P), DF: c.DF, At: Number(math.NaN())}
		m.CramersV = Number(c.V)
	}
	for _, l := range p.labels() {
		switch {
		case l.x == 0 && len(m.NewLabels) < listed:
			m.NewLabels = append(m.NewLabels, l.name)
		case l.y == 0 && len(m.GoneLabels) < listed:
			m.GoneLabels = append(m.GoneLabels, l.name)
		}
	}
}

// histogram counts both sides in the edges of the test, in Sturges' if the test
// has none, and categories and up to five distinct numbers by value.
func (p *pair) histogram() *Histogram {
	if p.kind == Numeric {
		b, err := p.bins()
		if p.distinct() <= fewValues {
			return labelHistogram(p.labels())
		}
		if err == nil && b.Edges == nil {
			b, err = distances.SturgesBins(p.x.sorted, p.y.sorted, p.x.n()+p.y.n(), p.integral)
		}
		if err != nil {
			return nil
		}
		return &Histogram{Edges: b.Edges, Reference: b.X, Current: b.Y}
	}
	return labelHistogram(mostRows(p.labels()))
}

func labelHistogram(all []label) *Histogram {
	h := &Histogram{Labels: []string{}, Reference: []int{}, Current: []int{}}
	for i, l := range all {
		if i >= topLabels {
			h.OtherReference, h.OtherCurrent = h.OtherReference+l.x, h.OtherCurrent+l.y
			continue
		}
		h.Labels, h.Reference, h.Current = append(h.Labels, l.name), append(h.Reference, l.x), append(h.Current, l.y)
	}
	return h
}

// mostRows orders labels by the rows of both sides.
func mostRows(all []label) []label {
	sum := make([]label, len(all))
	byName := make(map[string]label, len(all))
	for i, l := range all {
		sum[i] = label{name: l.name, x: l.x + l.y}
		byName[l.name] = l
	}
	out := make([]label, 0, len(all))
	for _, t := range top(sum, len(sum)) {
		out = append(out, byName[t.Label])
	}
	return out
}

// limit sets NannyML's limit of a pair from ten chunks of its reference.
func (p *pair) limit() error {
	o := ChunkOptions{}
	var sorter stats.Sorter
	var scores []float64
	for _, rows := range o.cut(p.ref.Len()) {
		part := p.ref.pick(rows)
		score, _, err := o.score(p.ref, &part, p.kind, p.x, &sorter)
		if err != nil {
			return err
		}
		scores = append(scores, score)
	}
	p.upper = o.upper(scores)
	return nil
}

// reason is an error as a report gives it.
func reason(err error) string {
	if errors.Is(err, stats.ErrCannot) {
		for _, why := range []string{"reference is empty", "current is empty"} {
			if err.Error() == stats.Cannot("drift", "%s", why).Error() {
				return why
			}
		}
	}
	return err.Error()
}
