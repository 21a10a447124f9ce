package store

import "math"

// Summary is what the points of one metric of one run add up to. Its zero
// value is of no points. NaN and the infinities are counted and take no part
// in Min, Max and Mean.
type Summary struct {
	Points      int
	First, Last Point // by step, then timestamp, then value: MLflow's rule for "latest"
	Min, Max    Point // among finite values; the earliest step that reached it
	Finite      int
	NaNs, Infs  int
	Negative    int // points of a negative step
	Repeated    int // points whose step the point before them has
	sum, lost   float64
	step        Step
}

// Add takes one more point, in the order of History.
func (s *Summary) Add(p Point) {
	if s.Points > 0 && p.Step == s.step {
		s.Repeated++
	}
	s.step = p.Step
	if p.Step.Whole < 0 {
		s.Negative++
	}
	if s.Points == 0 || later(p, s.Last) {
		s.Last = p
	}
	if s.Points == 0 || later(s.First, p) {
		s.First = p
	}
	s.Points++
	switch {
	case math.IsNaN(p.Value):
		s.NaNs++
		return
	case math.IsInf(p.Value, 0):
		s.Infs++
		return
	}
	if s.Finite == 0 || p.Value < s.Min.Value || p.Value == s.Min.Value && p.Step.Compare(s.Min.Step) < 0 {
		s.Min = p
	}
	if s.Finite == 0 || p.Value > s.Max.Value || p.Value == s.Max.Value && p.Step.Compare(s.Max.Step) < 0 {
		s.Max = p
	}
	s.Finite++
	// Kahan's summation, so that a million losses do not drown in rounding.
	y := p.Value - s.lost
	t := s.sum + y
	s.lost = t - s.sum - y
	s.sum = t
}

// Mean returns the mean of the finite values, NaN if there are none.
func (s *Summary) Mean() float64 {
	if s.Finite == 0 {
		return math.NaN()
	}
	return s.sum / float64(s.Finite)
}

// later reports whether p replaces q as the latest point: step, timestamp and
// value decide, and a NaN counts as 0, which is how MLflow stores it.
func later(p, q Point) bool {
	if c := p.Step.Compare(q.Step); c != 0 {
		return c > 0
	}
	if p.Timestamp != q.Timestamp {
		return p.Timestamp > q.Timestamp
	}
	return zeroNaN(p.Value) > zeroNaN(q.Value)
}

func zeroNaN(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}
