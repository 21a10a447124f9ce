// Package curves holds the points of metrics in columns, which draw and smooth
// quickly and may share their steps. It reads no store and draws nothing.
package curves

import (
	"cmp"
	"math"
	"slices"

	"benchside/plots"
	"benchside/store"
)

// Across is what curves are aligned on.
type Across int

// The alignments.
const (
	Steps   Across = iota
	Elapsed        // seconds since the first point of the same curve
	Clock          // milliseconds since the Unix epoch
)

// State says how much of a metric a curve holds.
type State int

// The states of a curve.
const (
	Preview State = iota // some points, whose extrema may be missing
	Reduced              // the points that draw the picture of all, extrema kept
	Whole
)

// Curve is one metric of one run: points in the order of their steps, then of
// their times.
type Curve struct {
	Steps, Values []float64
	Times         []int64 // milliseconds since the Unix epoch
	State         State
	Total         int // points that were read; more than are held where reduced

	made struct {
		series plots.Series
		across Across
		there  bool
	}
	smoothed struct {
		series plots.Series
		by     Smoothing
		there  bool
	}
}

// New returns the curve of points in any order.
func New(points []store.Point, state State) *Curve {
	var b Builder
	b.Room = math.MaxInt
	b.Add(points)
	c := b.Curve()
	c.State = state
	return c
}

func (c *Curve) forget() { c.made.there, c.smoothed.there = false, false }

// order sorts the points by step and time.
func (c *Curve) order() {
	less := func(i, j int) int {
		return cmp.Or(cmp.Compare(c.Steps[i], c.Steps[j]), cmp.Compare(c.Times[i], c.Times[j]))
	}
	sorted := true
	for i := 1; i < len(c.Steps) && sorted; i++ {
		sorted = less(i-1, i) <= 0
	}
	if sorted {
		return
	}
	places := make([]int, len(c.Steps))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, less)
	steps, values, times := make([]float64, len(places)), make([]float64, len(places)), make([]int64, len(places))
	for i, p := range places {
		steps[i], values[i], times[i] = c.Steps[p], c.Values[p], c.Times[p]
	}
	c.Steps, c.Values, c.Times = steps, values, times
}

// Add puts a point that was logged later into its place, unless it is there: no
// two points of a metric have step, time and value in common.
func (c *Curve) Add(p store.Point) {
	step, n := p.Step.Float(), len(c.Steps)
	at, _ := slices.BinarySearch(c.Steps, math.Nextafter(step, math.Inf(1)))
	for i := at - 1; i >= 0 && c.Steps[i] == step; i-- {
		if c.Times[i] == p.Timestamp && (c.Values[i] == p.Value || c.Values[i] != c.Values[i] && p.Value != p.Value) {
			return
		}
		if c.Times[i] > p.Timestamp {
			at = i
		}
	}
	if at < n { // others may share what would be moved
		c.Steps, c.Times = slices.Clip(c.Steps), slices.Clip(c.Times)
	}
	c.Steps = slices.Insert(c.Steps, at, step)
	c.Values = slices.Insert(c.Values, at, p.Value)
	c.Times = slices.Insert(c.Times, at, p.Timestamp)
	c.Total++
	c.smoothed.there = false
	if at < n || c.made.across != Steps || !c.made.there || !c.made.series.Extend(c.Steps, c.Values) {
		c.forget()
	}
}

// Share makes the curve use the columns of another one that are like its own.
func (c *Curve) Share(o *Curve) {
	if !one(c.Steps, o.Steps) && slices.Equal(c.Steps, o.Steps) {
		c.Steps = slices.Clip(o.Steps)
		c.forget()
	}
	if !one(c.Times, o.Times) && slices.Equal(c.Times, o.Times) {
		c.Times = slices.Clip(o.Times)
	}
}

// one reports whether two columns are the same piece of memory.
func one[T any](a, b []T) bool {
	return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0]
}

// Series returns the curve as it is drawn.
func (c *Curve) Series(id, name string, by Across) plots.Series {
	if !c.made.there || c.made.across != by {
		x, y := c.Steps, c.Values
		if by != Steps {
			x = c.over(by)
		}
		c.made.series, c.made.across, c.made.there = plots.NewSeries(id, name, x, y), by, true
		c.smoothed.there = false
	}
	c.made.series.ID, c.made.series.Name = id, name
	return c.made.series
}

// over returns the places of the points on an axis of time.
func (c *Curve) over(by Across) []float64 {
	x, first := make([]float64, len(c.Times)), int64(0)
	if len(c.Times) > 0 {
		first = slices.Min(c.Times)
	}
	for i, t := range c.Times {
		if x[i] = float64(t); by == Elapsed {
			x[i] = float64(t-first) / 1000
		}
	}
	return x
}

// Smoothing is how strongly a curve is smoothed, and by what: the number of
// points (plots.EMA) or the distance in x (plots.TimedEMA). The zero value smooths
// nothing.
type Smoothing struct {
	Weight float64 // of the past, from 0 to below 1
	Timed  bool
}

// Smoothed returns the series that was made last, smoothed.
func (c *Curve) Smoothed(by Smoothing) plots.Series {
	s := &c.smoothed
	if !s.there || s.by != by {
		s.series, s.by, s.there = c.made.series.Smooth(by.Weight, by.Timed), by, true
	}
	s.series.ID, s.series.Name = c.made.series.ID, c.made.series.Name
	return s.series
}

// Over returns the curve over another metric of the same run: its values at the
// steps that both have, in the order of the other's values.
func (c *Curve) Over(x *Curve, id, name string) plots.Series {
	var xs, ys []float64
	for i, j := 0, 0; i < len(c.Steps) && j < len(x.Steps); {
		switch {
		case c.Steps[i] < x.Steps[j]:
			i++
		case c.Steps[i] > x.Steps[j]:
			j++
		default:
			if v := x.Values[j]; v-v == 0 { // else it has no place
				xs, ys = append(xs, v), append(ys, c.Values[i])
			}
			i, j = i+1, j+1
		}
	}
	return plots.NewSeries(id, name, xs, ys)
}

// columns calls visit with the place and the size in bytes of what is held.
func (c *Curve) columns(visit func(column any, bytes int)) {
	floats := func(s []float64) {
		if cap(s) > 0 {
			visit(&s[:1][0], 8*cap(s))
		}
	}
	floats(c.Steps)
	floats(c.Values)
	if cap(c.Times) > 0 {
		visit(&c.Times[:1][0], 8*cap(c.Times))
	}
	if c.made.there && len(c.made.series.X) > 0 {
		floats(c.made.series.X)
		floats(c.made.series.Y)
	}
	if c.smoothed.there && len(c.smoothed.series.Y) > 0 {
		floats(c.smoothed.series.Y)
	}
}

// Bytes is what curves hold together; a column that several share counts once.
func Bytes(all []*Curve) int {
	seen, total := map[any]bool{}, 0
	for _, c := range all {
		c.columns(func(column any, bytes int) {
			if !seen[column] {
				seen[column] = true
				total += bytes
			}
		})
	}
	return total
}
