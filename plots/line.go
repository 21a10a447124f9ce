package plots

import (
	"math"
	"slices"

	"benchside/plots/scene"
)

// Line is the chart of one metric over its steps, or over time: of several runs,
// each a series.
type Line struct {
	Title  string
	X      Axis // Title and Unit; the ranges are those of the data, or of the view
	Y      Axis
	Series []Series
	Slots  []int // of the series' inks, see Slots; nil numbers them
	Groups []Group
	// Smooth is the weight of the past in [0, 1); 0 draws what was logged. Timed
	// smooths by distance on x rather than by points.
	Smooth float64
	Timed  bool
	Best   Best
	Events []Event
	Note   string // what else is to be said, such as "preview"
}

// Best says which point of a series is marked. A chart never guesses.
type Best int

// The directions of a metric.
const (
	NoBest Best = iota
	Least
	Greatest
)

// Event is something that happened at an x.
type Event struct {
	X    float64
	Text string
}

// crowd is the number of series from which on they are drawn as a density.
const crowd = 13

// drawn is a line chart laid out for a frame.
type drawn struct {
	*Line
	f      Frame
	xs, ys Scale
	scene  *scene.Scene
	lines  []Series // as drawn: smoothed
	hidden int      // points without a place on a logarithmic axis
	seen   int      // points in the window
}

// Scene implements Chart.
func (l *Line) Scene(f Frame) *scene.Scene {
	d := l.lay(f)
	if len(l.Series) >= crowd {
		d.density()
	} else {
		d.groups()
		d.curves()
	}
	d.cross()
	d.marks()
	d.words()
	return d.scene
}

func (l *Line) lay(f Frame) *drawn {
	d := &drawn{Line: l, f: f, scene: &scene.Scene{W: f.W, H: f.H}}
	d.lines = l.smoothed()
	x, y := l.X, l.Y
	x.Log, y.Log = f.View.LogX, f.View.LogY
	x.Range = d.rangeX(x.Log)
	y.Range = d.rangeY(x.Range, y.Log)
	if !f.View.X.Set() && !x.Log {
		x.Range.To = snap(x.Range, f.W)
	}
	var items []scene.Item
	d.scene.Area, d.xs, d.ys, items = f.Axes(x, y, d.topRows(), d.legendWidth())
	d.scene.Items = items
	return d
}

func (l *Line) smoothed() []Series {
	if l.Smooth <= 0 {
		return l.Series
	}
	out := make([]Series, len(l.Series))
	for i, s := range l.Series {
		out[i] = s
		if l.Timed {
			out[i].Y = TimedEMA(s.X, s.Y, l.Smooth)
		} else {
			out[i].Y = EMA(s.Y, l.Smooth)
		}
	}
	return out
}

func (d *drawn) rangeX(log bool) Range {
	if v := d.f.View.X; v.Set() && (!log || v.From > 0) {
		return v
	}
	r := none
	for _, s := range d.Series {
		for _, x := range ends(s.X, log) {
			r.add(x, log)
		}
	}
	for _, g := range d.Groups {
		for _, x := range ends(g.Mean.X, log) {
			r.add(x, log)
		}
	}
	return r.orUnit(log)
}

// ends are the places that bound rising numbers: all of them on a logarithmic
// axis, where the first may have no place.
func ends(x []float64, log bool) []float64 {
	if len(x) <= 2 || log {
		return x
	}
	return []float64{x[0], x[len(x)-1]}
}

// none is the range of nothing.
var none = Range{math.Inf(1), math.Inf(-1)}

func (r *Range) add(v float64, log bool) {
	if finite(v) && (!log || v > 0) {
		r.From, r.To = min(r.From, v), max(r.To, v)
	}
}

// orUnit widens a range of nothing or of one value, which keeps it in the
// middle.
func (r Range) orUnit(log bool) Range {
	switch {
	case r.From > r.To && log:
		return Range{1, 10}
	case r.From > r.To:
		return Range{0, 1}
	case r.From < r.To:
		return r
	case log:
		return Range{r.From / 2, r.From * 2}
	}
	by := max(math.Abs(r.From)/10, math.SmallestNonzeroFloat64*1e10)
	if r.From == 0 {
		by = 1
	}
	return Range{r.From - by, r.To + by}
}

// rangeY fits the values that are visible, those under a smoothed line included.
func (d *drawn) rangeY(x Range, log bool) Range {
	if v := d.f.View.Y; v.Set() && (!log || v.From > 0) {
		return v
	}
	r := none
	var all []float64
	take := func(s Series) {
		from, to := window(s.X, x)
		for i := from; i < to; i++ {
			if s.X[i] < x.From || s.X[i] > x.To {
				continue
			}
			d.seen++
			if log && s.Y[i] <= 0 {
				d.hidden++
			}
			if d.f.View.NoOutliers && finite(s.Y[i]) && (!log || s.Y[i] > 0) {
				all = append(all, s.Y[i])
			}
			r.add(s.Y[i], log)
		}
	}
	for _, s := range d.Series {
		take(s)
	}
	for _, g := range d.Groups {
		take(Series{X: g.Mean.X, Y: g.Low})
		take(Series{X: g.Mean.X, Y: g.High})
		take(g.Mean)
	}
	if len(all) > 10 {
		slices.Sort(all)
		r = Range{all[len(all)*2/100], all[(len(all)-1)*98/100]}
	}
	return r.orUnit(log)
}

// snap moves the end of x up to a round number, so that a series that grows does
// not move all that is drawn with each point.
func snap(r Range, width int) float64 {
	step := niceStep(Range{0, r.To - r.From}, max(1, width/12)) / 2
	if step <= 0 || !finite(step) {
		return r.To
	}
	if to := math.Ceil(r.To/step) * step; finite(to) {
		return to
	}
	return r.To
}
