package plots

import (
	"math"
	"slices"
)

// Reduce returns the places of at most n of the values that keep the picture of
// all: see Reducer. The places rise; with no more than n values all are there.
func Reduce(values []float64, n int) []int {
	r := NewReducer[int](n)
	for i, v := range values {
		r.Add(i, v)
	}
	return r.Points()
}

// Reducer thins a series that comes point by point and whose length need not be
// known: of each stretch of points it keeps the first, the last, the least and
// the greatest (M4, Jugel et al., VLDB 2014, by place instead of time) and the
// first NaN, +Inf and -Inf, so that a gap stays a gap. All stretches but the last
// have the same length, a power of two; they double when there is too much to
// keep, which joins neighbours without a loss.
type Reducer[P any] struct {
	n     int // most points to return
	count int
	held  int // marks of all stretches
	size  int // points of a stretch
	parts []stretch[P]
}

// NewReducer returns a reducer to at most n points.
func NewReducer[P any](n int) *Reducer[P] { return &Reducer[P]{n: n, size: 1} }

// The marks of a stretch. Where not even one stretch fits, the last ones go.
const (
	first = iota
	last
	greatest
	least
	notNumber
	plusInf
	minusInf
	marksPerStretch
)

// spare is how many times more marks are held than asked for, so that the
// result is fine-grained whatever the length of the series.
const spare = 4

type mark[P any] struct {
	place int // -1: there is none
	value float64
	point P
}

type stretch[P any] [marksPerStretch]mark[P]

// Add takes the next point of the series and the value that is drawn of it.
func (r *Reducer[P]) Add(point P, value float64) {
	m := mark[P]{r.count, value, point}
	if r.count%r.size == 0 {
		r.parts = append(r.parts, only(m))
		r.held++
	} else {
		end := &r.parts[len(r.parts)-1]
		r.held -= len(end.marks())
		*end = joined(*end, only(m))
		r.held += len(end.marks())
	}
	r.count++
	if r.held > spare*max(r.n, 1)+marksPerStretch {
		r.double()
	}
}

// Points returns the points that are kept, in their order.
func (r *Reducer[P]) Points() []P {
	rest := Reducer[P]{n: r.n, count: r.count, held: r.held, size: r.size, parts: slices.Clone(r.parts)}
	for rest.held > r.n && len(rest.parts) > 1 {
		rest.double()
	}
	var kept []mark[P]
	for _, s := range rest.parts {
		kept = append(kept, s.marks()...)
	}
	kept = kept[:min(len(kept), max(r.n, 0))]
	slices.SortFunc(kept, func(a, b mark[P]) int { return a.place - b.place })
	points := make([]P, len(kept))
	for i, m := range kept {
		points[i] = m.point
	}
	return points
}

// double joins the stretches two by two.
func (r *Reducer[P]) double() {
	r.size *= 2
	r.held = 0
	for i := 0; 2*i < len(r.parts); i++ {
		s := r.parts[2*i]
		if 2*i+1 < len(r.parts) {
			s = joined(s, r.parts[2*i+1])
		}
		r.parts[i] = s
		r.held += len(s.marks())
	}
	r.parts = r.parts[:(len(r.parts)+1)/2]
}

// only is the stretch of one point.
func only[P any](m mark[P]) stretch[P] {
	var s stretch[P]
	for i := range s {
		s[i].place = -1
	}
	s[first], s[last] = m, m
	switch {
	case math.IsNaN(m.value):
		s[notNumber] = m
	case math.IsInf(m.value, 1):
		s[plusInf] = m
	case math.IsInf(m.value, -1):
		s[minusInf] = m
	default:
		s[least], s[greatest] = m, m
	}
	return s
}

// joined is the stretch of a and, right behind it, b. Of equal extrema the
// earlier one stays.
func joined[P any](a, b stretch[P]) stretch[P] {
	a[last] = b[last]
	if a[least].place < 0 || b[least].place >= 0 && b[least].value < a[least].value {
		a[least] = b[least]
	}
	if a[greatest].place < 0 || b[greatest].place >= 0 && b[greatest].value > a[greatest].value {
		a[greatest] = b[greatest]
	}
	for _, odd := range []int{notNumber, plusInf, minusInf} {
		if a[odd].place < 0 {
			a[odd] = b[odd]
		}
	}
	return a
}

// marks are the different points of a stretch, the most important first.
func (s *stretch[P]) marks() []mark[P] {
	out := make([]mark[P], 0, marksPerStretch)
	for _, m := range s {
		same := func(o mark[P]) bool { return o.place == m.place }
		if m.place >= 0 && !slices.ContainsFunc(out, same) {
			out = append(out, m)
		}
	}
	return out
}
