package words

import (
	"cmp"
	"math"
	"slices"

	"benchside/drift"
	"benchside/sanitize"
)

// Move is a part of a distribution, a label or a bin, and its share on both sides.
type Move struct {
	Part               string // safe to show
	Reference, Current float64
	New, Gone          bool // the label is on one side only
}

// Moved lists what parts of a distribution moved: new labels, then vanished ones, then
// the parts whose shares changed the most; at most so many. The share of a label that
// is not in the histogram is not known.
func Moved(f drift.Finding, most int) []Move {
	parts := Parts(f)
	var out []Move
	odd := func(labels []string, is func(*Move)) {
		for _, l := range labels {
			m := Move{Part: sanitize.Line(l), Reference: math.NaN(), Current: math.NaN()}
			if at := labelAt(f, l); at >= 0 {
				m = parts[at]
			}
			is(&m)
			out = append(out, m)
		}
	}
	odd(f.Measures.NewLabels, func(m *Move) { m.New, m.Reference = true, 0 })
	odd(f.Measures.GoneLabels, func(m *Move) { m.Gone, m.Current = true, 0 })
	bySize := func(a, b Move) int { return cmp.Compare(b.change(), a.change()) }
	slices.SortStableFunc(out[:len(f.Measures.NewLabels)], bySize)
	slices.SortStableFunc(out[len(f.Measures.NewLabels):], bySize)
	rest := slices.DeleteFunc(parts, func(m Move) bool {
		return m.Reference == m.Current || slices.ContainsFunc(out, func(o Move) bool { return o.Part == m.Part })
	})
	slices.SortStableFunc(rest, bySize)
	out = append(out, rest...)
	return out[:min(len(out), most)]
}

// change is how much of all rows moved, 0 if that is not known.
func (m Move) change() float64 {
	if by := math.Abs(m.Current - m.Reference); by >= 0 {
		return by
	}
	return 0
}

func labelAt(f drift.Finding, label string) int {
	if f.Histogram == nil || len(f.Histogram.Edges) > 0 {
		return -1
	}
	return slices.Index(f.Histogram.Labels, label)
}

// Parts are all bins or labels of a finding with their shares; bins of both sides are
// the same. A report that bins each side by its own range has none that could be
// compared.
func Parts(f drift.Finding) []Move {
	h := f.Histogram
	if h == nil {
		return nil
	}
	x, y := part(h.Reference, h.OtherReference), part(h.Current, h.OtherCurrent)
	out := make([]Move, len(x))
	for i := range x {
		out[i] = Move{Reference: x[i], Current: y[i]}
		if len(h.Edges) > 0 {
			out[i].Part = Number(drift.Number(h.Edges[i])) + " – " + Number(drift.Number(h.Edges[i+1]))
			continue
		}
		out[i].Part = sanitize.Line(h.Labels[i])
	}
	return out
}
