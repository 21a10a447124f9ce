package drift

import (
	"math"

	"benchside/drift/distances"
	"benchside/stats"
)

// pair is one column on both sides, with what several measures share kept.
type pair struct {
	ref, cur *Column
	kind     Kind
	x, y     sample
	upper    float64 // NannyML's limit, of the profile that has one
	// integral says that both sides are whole numbers without a missing row, which
	// is when pandas keeps them so.
	integral bool

	pool   *stats.Pooled
	all    []label
	binned *distances.Binned
}

// newPair cleans both sides of a column. They must have rows that can be compared
// as kind.
func newPair(ref, cur *Column, kind Kind, x, y sample) (*pair, error) {
	p := &pair{ref: ref, cur: cur, kind: kind, x: x, y: y, upper: math.NaN()}
	whole := func(c *Column, s *sample) bool { return (c.Storage == Int || c.Storage == Uint) && s.missing == 0 }
	p.integral = whole(ref, &x) && whole(cur, &y)
	switch {
	case x.n() == 0:
		return nil, stats.Cannot("drift", "reference is empty")
	case y.n() == 0:
		return nil, stats.Cannot("drift", "current is empty")
	case (ref.Storage == String) != (cur.Storage == String):
		return nil, stats.Cannot("drift", "the reference is %s and the current %s", ref.Storage, cur.Storage)
	case kind == Numeric && ref.Storage == String:
		return nil, stats.Cannot("drift", "the values are texts, not numbers")
	}
	return p, nil
}

func (p *pair) pooled() *stats.Pooled {
	if p.pool == nil {
		pool := stats.Pool(p.x.sorted, p.y.sorted)
		p.pool = &pool
	}
	return p.pool
}

func (p *pair) groups() []stats.Group { return stats.Groups(p.x.sorted, p.y.sorted) }

// labels are the distinct values of both sides.
func (p *pair) labels() []label {
	if p.all == nil {
		p.all = labels(p.ref, p.cur, &p.x, &p.y)
	}
	return p.all
}

// distinct is the number of distinct values over both sides.
func (p *pair) distinct() int {
	if p.ref.Storage != String {
		return p.pooled().Distinct
	}
	return len(p.labels())
}

// levels counts each distinct value of both sides.
func (p *pair) levels() distances.Binned { return binnedLabels(p.labels(), p.x.n(), p.y.n()) }

// bins splits the pair as Evidently does.
func (p *pair) bins() (distances.Binned, error) {
	if p.binned != nil {
		return *p.binned, nil
	}
	b := distances.Binned{}
	var err error
	if p.kind == Numeric {
		b, err = distances.Bin(p.x.sorted, p.y.sorted, p.x.distinct, p.integral)
	} else {
		b = p.levels()
	}
	if err != nil {
		return b, err
	}
	p.binned = &b
	return b, nil
}

// hellingerBins splits the pair for Evidently's Hellinger distance.
func (p *pair) hellingerBins() (distances.Binned, error) {
	if p.kind != Numeric {
		return p.levels(), nil
	}
	return distances.SturgesBins(p.x.sorted, p.y.sorted, p.distinct(), p.integral)
}

// nanny splits the pair as NannyML does.
func (p *pair) nanny() (distances.Nanny, error) {
	if p.kind != Numeric {
		return distances.NannyLabels(p.levels()), nil
	}
	return distances.NannyBins(p.x.sorted, p.y.sorted, &p.x.moments)
}
