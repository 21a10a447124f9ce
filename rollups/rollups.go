// Package rollups sums up what stands below one row of a table: how many runs of which
// status, the mean and the spread of a metric, the values of a param. It reads no store
// and knows no rows: callers bring heads and values.
package rollups

import (
	"math"

	"benchside/compare"
	"benchside/store"
)

// Counts are runs by status.
type Counts struct {
	Runs                                         int
	Finished, Running, Failed, Killed, Scheduled int
	Stalled                                      int // of the running ones
}

// Add counts one more run.
func (c *Counts) Add(s store.Status, stalled bool) {
	c.Runs++
	switch s {
	case store.Finished:
		c.Finished++
	case store.Running:
		if stalled {
			c.Stalled++
			return
		}
		c.Running++
	case store.Failed:
		c.Failed++
	case store.Killed:
		c.Killed++
	case store.Scheduled:
		c.Scheduled++
	}
}

// Sum is what numbers add up to. NaN and the infinities are counted and take no part in
// the rest. Its zero value is of no numbers.
type Sum struct {
	N        int // finite numbers
	Others   int // NaN and the infinities
	Min, Max float64
	mean, m2 float64 // Welford's
}

// Add takes one more number.
func (s *Sum) Add(v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		s.Others++
		return
	}
	if s.N == 0 || v < s.Min {
		s.Min = v
	}
	if s.N == 0 || v > s.Max {
		s.Max = v
	}
	s.N++
	away := v - s.mean
	s.mean += away / float64(s.N)
	s.m2 += away * (v - s.mean)
}

// Mean returns the mean, NaN of no numbers.
func (s Sum) Mean() float64 {
	if s.N == 0 {
		return math.NaN()
	}
	return s.mean
}

// SD returns the standard deviation of the sample, NaN of fewer than two numbers.
func (s Sum) SD() float64 {
	if s.N < 2 {
		return math.NaN()
	}
	return math.Sqrt(s.m2 / float64(s.N-1))
}

// Best returns the best number by a direction; false if nobody said which is better.
func (s Sum) Best(d compare.Direction) (float64, bool) {
	switch {
	case s.N == 0 || d == compare.Unknown:
		return 0, false
	case d == compare.Higher:
		return s.Max, true
	}
	return s.Min, true
}

// mostTexts bounds the different texts that are told apart.
const mostTexts = 1000

// Texts are the values of a param or a tag. Its zero value is of none.
type Texts struct {
	N    int // runs that have one
	seen map[string]bool
}

// Add takes one more text.
func (t *Texts) Add(text string) {
	t.N++
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	if len(t.seen) <= mostTexts {
		t.seen[text] = true
	}
}

// Only returns the text if there is but one.
func (t Texts) Only() (string, bool) {
	if len(t.seen) != 1 {
		return "", false
	}
	for text := range t.seen {
		return text, true
	}
	return "", false
}

// Different returns how many texts there are; more is true if there are more than that.
func (t Texts) Different() (n int, more bool) {
	return min(len(t.seen), mostTexts), len(t.seen) > mostTexts
}
