package quality

import (
	"math"

	"benchside/stats"
)

// Shift is what came true of one bin of scores, before and now.
type Shift struct {
	At                    int // bin, from 0: scores in (At/bins, (At+1)/bins]
	Before, Now           int // rows
	TrueBefore, TrueNow   float64
	ScoreBefore, ScoreNow float64 // mean
	P, Q                  float64 // z test and its Benjamini–Hochberg value; NaN of few rows
}

// Concept is the change of P(y|x), seen through the score.
type Concept struct {
	Bins []Shift // those with rows on a side
	// Change is the mean |TrueNow - TrueBefore| over bins with enough rows on both
	// sides, weighed by the rows of now; NaN if there is no such bin.
	Change float64
	Worst  int  // index in Bins of the largest change with enough rows; -1 of none
	Drift  bool // a bin has a Q below alpha
}

// ConceptShift compares what came true at equal scores: bins of equal width, a two-
// proportion z test in each that has at least least rows on both sides, corrected
// by Benjamini–Hochberg at alpha. The score stands for x, so that a change of the
// mix of scores alone is not seen; that is prediction drift.
func ConceptShift(before, now []Scored, bins, least int, alpha float64) Concept {
	c := Concept{Change: math.NaN(), Worst: -1}
	a, b := binsOf(before, bins), binsOf(now, bins)
	sum, rows, worst := 0.0, 0.0, -1.0
	var ps []float64
	for i := range a {
		if a[i].N == 0 && b[i].N == 0 {
			continue
		}
		s := Shift{
			At: i, Before: a[i].N, Now: b[i].N, TrueBefore: a[i].True, TrueNow: b[i].True,
			ScoreBefore: a[i].Score, ScoreNow: b[i].Score, P: math.NaN(),
		}
		if min(s.Before, s.Now) >= max(least, 1) {
			s.P, _ = stats.Proportions(hits(a[i]), a[i].N, hits(b[i]), b[i].N) // both have rows
			far := math.Abs(s.TrueNow - s.TrueBefore)
			sum, rows = sum+far*float64(s.Now), rows+float64(s.Now)
			if far > worst {
				worst, c.Worst = far, len(c.Bins)
			}
		}
		c.Bins, ps = append(c.Bins, s), append(ps, s.P)
	}
	for i, q := range stats.BenjaminiHochberg.Adjust(ps) {
		c.Bins[i].Q = q
		c.Drift = c.Drift || q < alpha
	}
	if rows > 0 {
		c.Change = sum / rows
	}
	return c
}

func hits(b Bin) int { return int(math.Round(b.True * float64(b.N))) }
