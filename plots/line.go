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
	// Smoothed are the series as Smooth makes them; what was logged lies faint
	// under them. Nil draws what was logged.
	Smoothed []Series
	Best     Best
	Events   []Event
	// Live: the series still grow, so the axes end at round numbers ahead of them.
	Live bool
	Note string // what else is to be said, such as "preview"
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

// crowd is the number of series from which on they are drawn as a density: more than
// there are colours with dashes, and nearly more than letters.
const crowd = 25

// drawn is a line chart laid out for a frame.
type drawn struct {
	*Line
	f      Frame
	xs, ys Scale
	scene  *scene.Scene
	lines  []Series // as drawn
	hidden int      // points without a place on a logarithmic axis
	alone  bool     // all points have one x: only
	only   float64
	seen   int  // points in the window
	told   bool // lines are told apart by letters
}

// Scene implements Chart.
func (l *Line) Scene(f Frame) *scene.Scene {
	d := l.lay(f)
	if len(l.Series) >= crowd {
		d.density()
	} else {
		d.groups()
		d.curves()
		d.letters()
	}
	d.cross()
	d.marks()
	d.words()
	return d.scene
}

func (l *Line) lay(f Frame) *drawn {
	d := &drawn{Line: l, f: f, scene: &scene.Scene{W: f.W, H: f.H}}
	d.lines = l.Series
	if len(l.Smoothed) == len(l.Series) {
		d.lines = l.Smoothed
	}
	d.told = d.needLetters()
	x, y := l.X, l.Y
	x.Log, y.Log = f.View.LogX, f.View.LogY
	x.Range = d.rangeX(x.Log)
	x.Whole = x.Whole || d.wholeX()
	if x.alone = d.alone; x.alone {
		x.only = d.only
	}
	y.Range = d.rangeY(x.Range, y.Log)
	if !f.View.X.Set() && !x.Log && !x.alone {
		if l.Live || !f.Look.ASCII { // one sign a cell has no room to spare
			x.Range.To = snap(x.Range, f.W)
		}
		if l.Live {
			x.Range = loose(x.Range, Range{x.Range.From, math.Inf(1)})
		}
	}
	if l.Live && !f.View.Y.Set() && !y.Log {
		y.Range = loose(y.Range, Range{math.Inf(-1), math.Inf(1)})
	}
	if f.View.SymY && !y.Log {
		y.Sym = symOf(y.Range)
	}
	var items []scene.Item
	d.scene.Area, d.xs, d.ys, items = f.Axes(x, y, d.topRows(), d.legendWidth())
	d.scene.Items = items
	return d
}

func (d *drawn) rangeX(log bool) Range {
	if v := d.f.View.X; v.Set() && (!log || v.From > 0) {
		return v
	}
	r := none
	for _, s := range d.Series {
		d.coverX(&r, s, log)
	}
	for _, g := range d.Groups {
		d.coverX(&r, g.Mean, log)
	}
	if d.alone, d.only = r.From == r.To, r.From; d.alone && d.X.Unit == Moment {
		const minutes = 2 * 60_000.0
		return Range{r.From - minutes, r.To + minutes}
	}
	return r.orUnit(log)
}

// coverX widens a range by the places of a series, counting those that have no
// place.
func (d *drawn) coverX(r *Range, s Series, log bool) {
	if log {
		_, n := inside(s.X, Range{math.Inf(-1), 0})
		d.hidden, d.seen = d.hidden+n, d.seen+n
	}
	for _, x := range ends(s.X, log) {
		r.add(x, log)
	}
}

// wholeX reports whether x is a whole number at all points, such as a step.
func (d *drawn) wholeX() bool {
	n, fractions := 0, 0
	for _, s := range d.Series {
		n, fractions = n+len(s.X), fractions+s.Facts.Fractions
	}
	for _, g := range d.Groups {
		n, fractions = n+len(g.Mean.X), fractions+g.Mean.Facts.Fractions
	}
	return n > 0 && fractions == 0 && d.X.Unit == Number
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

// aired is a range with some room at both ends, so that markers at its ends are not
// cut.
func (r Range) aired(log bool) Range {
	const part = 0.025
	s := Scale{Range: r, A: 0, B: 1, Log: log}
	if out := (Range{s.Value(-part), s.Value(1 + part)}); finite(out.From) && finite(out.To) && out.From < out.To && (!log || out.From > 0) {
		return out
	}
	return r
}

// rangeY fits the values that are visible, those under a smoothed line included.
func (d *drawn) rangeY(x Range, log bool) Range {
	r := none
	from, to := make([]int, len(d.Series)), make([]int, len(d.Series))
	for i, s := range d.Series {
		from[i], to[i] = inside(s.X, x)
		d.seen += to[i] - from[i]
		d.cover(&r, s, from[i], to[i], log)
	}
	for _, g := range d.Groups {
		a, b := inside(g.Mean.X, x)
		d.seen += b - a
		for _, y := range [...][]float64{g.Low, g.High, g.Mean.Y} {
			d.cover(&r, Series{Y: y}, a, b, log)
		}
	}
	if v := d.f.View.Y; v.Set() && (!log || v.From > 0) {
		return v
	}
	if m, ok := middle(d.sample(from, to, log)); ok {
		r = m
	}
	return r.orUnit(log)
}

// inside returns the places of the points of a range.
func inside(x []float64, r Range) (from, to int) {
	from, _ = slices.BinarySearch(x, r.From)
	to, _ = slices.BinarySearch(x, math.Nextafter(r.To, math.Inf(1)))
	return from, max(from, to)
}

// cover widens a range by the values of [from, to), counting those that have no
// place.
func (d *drawn) cover(r *Range, s Series, from, to int, log bool) {
	for i := from; i < to; {
		if level := s.whole(i, to); level >= 0 {
			if e := s.extremes(level, i); !log || e.From > 0 {
				r.add(e.From, log)
				r.add(e.To, log)
				i += levels[level]
				continue
			}
		}
		if log && s.Y[i] <= 0 {
			d.hidden++
		}
		r.add(s.Y[i], log)
		i++
	}
}

// sample returns the values in view, sorted, if outliers are to be ignored; an
// even sample of them where they are many.
func (d *drawn) sample(from, to []int, log bool) []float64 {
	if !d.f.View.NoOutliers {
		return nil
	}
	var out []float64
	by := stride(d.seen)
	for k, s := range d.Series {
		for i := from[k]; i < to[k]; i += by {
			if v := s.Y[i]; finite(v) && (!log || v > 0) {
				out = append(out, v)
			}
		}
	}
	slices.Sort(out)
	return out
}

// loose widens a range to the next round numbers within bounds: what still grows
// is not drawn anew with each point, but each time it has grown by a part.
func loose(r, within Range) Range {
	const parts = 6
	step := niceStep(r, parts)
	out := Range{max(math.Floor(r.From/step)*step, within.From), min(math.Ceil(r.To/step)*step, within.To)}
	if !(step > 0) || !finite(out.From) || !finite(out.To) || out.From >= out.To {
		return r
	}
	return out
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

// Scales returns the area of the data and how values and cells of a frame belong
// together.
func (l *Line) Scales(f Frame) (area scene.Box, xs, ys Scale) {
	d := l.lay(f)
	return d.scene.Area, d.xs, d.ys
}
