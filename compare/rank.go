package compare

import "math"

// Rank is the place of a value among others.
type Rank struct {
	Place int // from 1; equal values share the best one
	Of    int // values that were ranked: the finite ones
}

// RankOf ranks a value among others, itself included: by what is better, or, where
// that is not known, from the highest. It is false for a value that is not finite.
func RankOf(value float64, among []float64, d Direction) (Rank, bool) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return Rank{}, false
	}
	if d == Unknown {
		d = Higher
	}
	r := Rank{Place: 1}
	for _, v := range among {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		r.Of++
		if d.Better(v, value) {
			r.Place++
		}
	}
	return r, r.Of > 0
}
