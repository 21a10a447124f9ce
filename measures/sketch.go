package measures

import (
	"cmp"
	"context"
	"math"
	"slices"

	"benchside/compare"
	"benchside/store"
)

// shapePoints bounds the values that are kept for a shape: twice as many at most.
const shapePoints = 32

// Sketch is what is kept of a history: some 600 bytes, however long it is.
type Sketch struct {
	store.Summary
	// Partial: not all points were read, so that only the shape and the ends hold.
	Partial bool

	at    []reached
	shape []float64
	every int // points that a value of the shape stands for
}

// reached is the last point up to a step.
type reached struct {
	step  int64
	point store.Point
	found bool
}

// NewSketch returns a sketch that also knows the values at some steps.
func NewSketch(steps ...int64) *Sketch {
	s := &Sketch{every: 1}
	for _, step := range steps {
		s.at = append(s.at, reached{step: step})
	}
	return s
}

// Add takes one more point, in the order of steps.
func (s *Sketch) Add(p store.Point) {
	if n := s.Points % s.every; n == 0 {
		s.shape = append(s.shape, p.Value)
	} else {
		s.shape[len(s.shape)-1] = farther(s.shape[len(s.shape)-1], p.Value, s.Mean())
	}
	s.Summary.Add(p)
	if len(s.shape) == 2*shapePoints {
		middle := s.Mean()
		for i := range shapePoints {
			s.shape[i] = farther(s.shape[2*i], s.shape[2*i+1], middle)
		}
		s.shape, s.every = s.shape[:shapePoints], 2*s.every
	}
	for i := range s.at {
		r := &s.at[i]
		if p.Step.Whole < r.step || p.Step.Whole == r.step && p.Step.Part == 0 {
			if !r.found || p.Step.Compare(r.point.Step) >= 0 {
				r.point, r.found = p, true
			}
		}
	}
}

// farther returns which of two values stands for both in a shape: an infinity, or
// the one farther from the middle, so that no peak is lost.
func farther(a, b, middle float64) float64 {
	switch {
	case math.IsInf(a, 0) || math.IsNaN(b):
		return a
	case math.IsInf(b, 0) || math.IsNaN(a):
		return b
	case math.Abs(b-middle) > math.Abs(a-middle):
		return b
	}
	return a
}

// Shape returns the values of the line of blocks, in their order.
func (s *Sketch) Shape() []float64 { return s.shape }

// Knows reports whether the sketch has the answer to a measure: a partial one has only
// the shape and the last value, and the value at a step is there if it was asked for.
func (s *Sketch) Knows(m Measure) bool {
	if m.Kind == Last || m.Kind == Trend {
		return true
	}
	if m.Kind != At {
		return !s.Partial
	}
	for _, r := range s.at {
		if r.step == m.Step {
			return !s.Partial
		}
	}
	return false
}

// Point returns the point that a measure takes, by the direction of the metric; false if
// there is none. The mean has no step.
func (s *Sketch) Point(m Measure, d compare.Direction) (store.Point, bool) {
	kind := m.Kind
	if kind == Best {
		kind = map[compare.Direction]Kind{compare.Higher: Max, compare.Lower: Min}[d] // Last, if it is not known
		if kind == Last {
			return store.Point{}, false
		}
	}
	switch kind {
	case Min, Max:
		if s.Finite == 0 { // none but NaN and infinities: the last says which
			return s.Last, s.Points > 0
		}
		if kind == Min {
			return s.Min, true
		}
		return s.Max, true
	case Mean:
		return store.Point{Value: s.Mean()}, s.Points > 0
	case At:
		for _, r := range s.at {
			if r.step == m.Step {
				return r.point, r.found
			}
		}
		return store.Point{}, false
	}
	return s.Last, s.Points > 0
}

// glancePoints are looked at of a history that may be long.
const glancePoints = 200

// Read reads the history of a metric of a run: all of it if exact, else enough of it for
// its shape, in a time that does not depend on how long it is.
func Read(ctx context.Context, r store.MetricReader, run, key string, exact bool, steps ...int64) (*Sketch, error) {
	points, whole, err := r.Glance(ctx, run, key, glancePoints)
	if err != nil {
		return nil, err
	}
	s := NewSketch(steps...)
	if whole || !exact && len(points) > 0 {
		slices.SortStableFunc(points, func(a, b store.Point) int {
			return cmp.Or(a.Step.Compare(b.Step), cmp.Compare(a.Timestamp, b.Timestamp))
		})
		for _, p := range points {
			s.Add(p)
		}
		s.Partial = !whole
		return s, nil
	}
	err = r.Scan(ctx, run, key, func(points []store.Point) error {
		for _, p := range points {
			s.Add(p)
		}
		return ctx.Err()
	})
	return s, err
}
