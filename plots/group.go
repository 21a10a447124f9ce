package plots

import (
	"math"
	"slices"
)

// Spread is what the band around the mean of a group shows.
type Spread int

// The spreads of a group.
const (
	Deviation Spread = iota // mean ± the sample's standard deviation
	Extremes                // least to greatest
)

// Group is several series as one: the mean at each x where at least one of them
// has a value, and how far they spread.
type Group struct {
	Mean      Series
	Low, High []float64 // NaN where fewer than two series have a value
	N         []int     // series that have a value at this x
}

// JoinedPlaces bounds the places at which a group is computed.
const JoinedPlaces = 20_000

// Join makes a group. The places are all x of all series, or, where they are more
// than JoinedPlaces, an even choice of those of each; between two of its own points
// a series counts with the straight line between them, outside of them and across a
// gap not at all.
func Join(id, name string, of []Series, spread Spread) Group {
	x := placesOf(of)
	g := Group{Low: make([]float64, len(x)), High: make([]float64, len(x)), N: make([]int, len(x))}
	mean := make([]float64, len(x))
	places := make([]int, len(of))
	values := make([]float64, 0, len(of))
	for i, at := range x {
		values = values[:0]
		for k, s := range of {
			for places[k] < len(s.X) && s.X[places[k]] <= at {
				places[k]++
			}
			if v := between(s, places[k], at); finite(v) {
				values = append(values, v)
			}
		}
		g.N[i] = len(values)
		mean[i], g.Low[i], g.High[i] = spreadOf(values, spread)
	}
	g.Mean = NewSeries(id, name, x, mean)
	return g
}

// placesOf are the places of all series, sorted, each once. Columns that several
// series share count once.
func placesOf(of []Series) []float64 {
	var columns [][]float64
	total := 0
	for _, s := range of {
		held := func(c []float64) bool { return len(c) == len(s.X) && &c[0] == &s.X[0] }
		if len(s.X) > 0 && !slices.ContainsFunc(columns, held) {
			columns = append(columns, s.X)
			total += len(s.X)
		}
	}
	by := max(1, (total+JoinedPlaces-1)/JoinedPlaces)
	var x []float64
	for _, c := range columns {
		for i := 0; i < len(c); i += by {
			x = append(x, c[i])
		}
		x = append(x, c[len(c)-1])
	}
	slices.Sort(x)
	return slices.Compact(x)
}

// between is the value of a series at a place, next being its first point behind
// it; NaN if it has none.
func between(s Series, next int, at float64) float64 {
	switch {
	case next == 0:
		return math.NaN()
	case s.X[next-1] == at:
		return s.Y[next-1]
	case next == len(s.X):
		return math.NaN()
	}
	a, b := next-1, next
	part := (at - s.X[a]) / (s.X[b] - s.X[a])
	return s.Y[a]*(1-part) + s.Y[b]*part
}

func spreadOf(values []float64, spread Spread) (mean, low, high float64) {
	none := math.NaN()
	if len(values) == 0 {
		return none, none, none
	}
	for i, v := range values {
		mean += (v - mean) / float64(i+1)
	}
	if len(values) == 1 {
		return mean, none, none
	}
	if spread == Extremes {
		return mean, slices.Min(values), slices.Max(values)
	}
	sum := 0.0
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	sd := math.Sqrt(sum / float64(len(values)-1))
	return mean, mean - sd, mean + sd
}
