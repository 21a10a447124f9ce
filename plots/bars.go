package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"benchside/plots/scene"
)

// Bar is one named number.
type Bar struct {
	Name  string
	Value float64
	// Low and High bound the value where Interval is set.
	Low, High float64
	Interval  bool
	Slot      int
}

// Bars is a chart of named numbers, a row each.
type Bars struct {
	Title string
	Bars  []Bar
	Note  string
}

// Height returns the height, of at most so many cells, that suits the bars best:
// with air between them, or a line each.
func (c *Bars) Height(most int) int {
	const around = 4 // title, axis and its labels
	n := len(c.Bars)
	if apart := 3*n - 1 + around; apart <= most {
		return apart
	}
	return min(n+around, most)
}

func (c *Bars) lay(s *sheet) (xs Scale, each float64, shown, wide int) {
	r := Range{0, 0}
	names := make([]string, len(c.Bars))
	for i, b := range c.Bars {
		names[i] = b.Name
		r.add(b.Value, false)
		if b.Interval {
			r.add(b.Low, false)
			r.add(b.High, false)
		}
		wide = max(wide, utf8.RuneCountInString(short(b.Value))+1)
	}
	if wide = min(wide, s.f.W/3); s.f.W < leastAxesW {
		wide = 0
	}
	xs, each, shown = s.rows(names, &Axis{Range: r.orUnit(false)}, wide)
	return xs, each, shown, wide
}

// Scene implements Chart.
func (c *Bars) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	xs, each, shown, wide := c.lay(s)
	area := s.scene.Area
	for i, b := range c.Bars[:shown] {
		from := area.Y0 + float64(i)*each
		high := max(each-math.Floor(each/3), 1)
		to, zero := xs.At(b.Value), xs.At(0)
		switch {
		case math.IsInf(b.Value, 1):
			to = area.X1
		case math.IsInf(b.Value, -1):
			to = area.X0
		}
		ink := f.Look.Series(b.Slot)
		if !math.IsNaN(to) {
			s.add(scene.Rect{Box: scene.Box{X0: min(zero, to), Y0: from, X1: max(zero, to), Y1: from + high}, Ink: ink, Level: 1, ID: i})
		}
		if b.Interval {
			s.interval(xs.At(b.Low), xs.At(b.High), math.Floor(from+high/2))
		}
		if wide > 0 {
			s.add(scene.Text{X: f.W - 1, Y: int(area.Y0 + (float64(i)+0.5)*each), Anchor: scene.End, Text: short(b.Value), Ink: scene.Ink{}})
		}
	}
	s.head(c.Title, c.Note, left(len(c.Bars)-shown, "bars"))
	return s.scene
}

// interval marks two ends: by brackets in a terminal, whose cells a line would
// hide, else by a line.
func (s *sheet) interval(low, high, row float64) {
	const braille = 4
	switch {
	case !finite(low) || !finite(high):
	case s.f.DotsY > braille:
		s.add(scene.Line{Points: []scene.Point{{X: low, Y: row + 0.5}, {X: high, Y: row + 0.5}}, ID: -1, Ink: scene.Ink{Bold: true}})
	default:
		for i, end := range []float64{low, high} {
			at := scene.Point{X: min(max(math.Floor(end), s.scene.Area.X0), s.scene.Area.X1-1), Y: row}
			s.add(scene.Rule{From: at, To: at, Sign: []rune("[]")[i], Ink: scene.Ink{Bold: true}})
		}
	}
}

// Hit implements Chart.
func (c *Bars) Hit(f Frame, at scene.Point) (Datum, bool) {
	s := newSheet(f)
	_, each, shown, _ := c.lay(s)
	i := int(math.Floor((at.Y - s.scene.Area.Y0) / each))
	if i < 0 || i >= shown {
		return Datum{}, false
	}
	b := c.Bars[i]
	text := b.Name + "  " + short(b.Value)
	if b.Interval {
		text += fmt.Sprintf("  [%s, %s]", short(b.Low), short(b.High))
	}
	return Datum{Series: i, Name: b.Name, X: float64(i), Y: b.Value, Text: text}, true
}

// Table implements Chart.
func (c *Bars) Table() Table {
	t := Table{Columns: []string{"name", "value", "low", "high"}}
	for _, b := range c.Bars {
		row := []any{b.Name, b.Value, nil, nil}
		if b.Interval {
			row[2], row[3] = b.Low, b.High
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Histogram is the chart of how often numbers occur.
type Histogram struct {
	Title  string
	X      Axis
	Values []float64
	Note   string
}

// Bin is one bar of a histogram: From is in it, To is not but in the last.
type Bin struct {
	From, To float64
	Count    int
}

// Bins counts finite values in at most so many bins of one width, chosen by
// Freedman & Diaconis, Zeitschrift für Wahrscheinlichkeitstheorie 57 (1981).
func Bins(values []float64, most int) []Bin {
	var all []float64
	for _, v := range values {
		if finite(v) {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	low, high := all[0], all[len(all)-1]
	if low == high {
		r := Range{low, high}.orUnit(false)
		return []Bin{{From: r.From, To: r.To, Count: len(all)}}
	}
	// Halved, so that the widest range does not overflow.
	span := high/2 - low/2
	n := 1
	if iqr := Quantile(all, 0.75)/2 - Quantile(all, 0.25)/2; iqr > 0 {
		n = int(min(math.Ceil(span/(2*iqr/math.Cbrt(float64(len(all))))), float64(most)))
	} else {
		n = int(math.Ceil(math.Log2(float64(len(all)))) + 1)
	}
	n = max(1, min(n, most))
	bins := make([]Bin, n)
	for i := range bins {
		a, b := float64(i)/float64(n), float64(i+1)/float64(n)
		bins[i].From, bins[i].To = low*(1-a)+high*a, low*(1-b)+high*b
	}
	for _, v := range all {
		at := int((v/2 - low/2) / span * float64(n))
		bins[min(max(at, 0), n-1)].Count++
	}
	return bins
}

// Quantile returns the q quantile of sorted finite values by linear
// interpolation (Hyndman & Fan's type 7, numpy's default); NaN of nothing.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	i := int(math.Floor(at))
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	part := at - float64(i)
	return sorted[i]*(1-part) + sorted[i+1]*part
}

func (c *Histogram) lay(s *sheet) (bins []Bin, xs, ys Scale, o odd) {
	for _, v := range c.Values {
		o.place(v, false)
	}
	bins = Bins(c.Values, max(s.f.W/2, 1))
	r, most := none, 1
	for _, b := range bins {
		r.add(b.From, false)
		r.add(b.To, false)
		most = max(most, b.Count)
	}
	x := c.X
	x.Range = r.orUnit(false)
	xs, ys = s.axes(x, Axis{Range: Range{0, float64(most)}})
	return bins, xs, ys, o
}

// Scene implements Chart.
func (c *Histogram) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	bins, xs, ys, o := c.lay(s)
	n := 0
	for i, b := range bins {
		n += b.Count
		if b.Count == 0 {
			continue
		}
		x0, x1 := xs.At(b.From), xs.At(b.To)
		if x1-x0 > 3 {
			x1-- // air between broad bars
		}
		s.add(scene.Rect{Box: scene.Box{X0: x0, Y0: ys.At(float64(b.Count)), X1: x1, Y1: s.scene.Area.Y1}, Ink: f.Look.Series(0), Level: 1, ID: i})
	}
	s.head(cmp.Or(c.Title, c.X.Title), c.Note, fmt.Sprintf("n %d", n), o.said())
	return s.scene
}

// Hit implements Chart.
func (c *Histogram) Hit(f Frame, at scene.Point) (Datum, bool) {
	bins, xs, _, _ := c.lay(newSheet(f))
	for i, b := range bins {
		if at.X >= xs.At(b.From) && at.X < xs.At(b.To) {
			return Datum{Series: i, X: b.From, Y: float64(b.Count), Text: fmt.Sprintf("%s to %s  %d", short(b.From), short(b.To), b.Count)}, true
		}
	}
	return Datum{}, false
}

// Table implements Chart.
func (c *Histogram) Table() Table {
	t := Table{Columns: []string{"from", "to", "count"}}
	const most = 100
	for _, b := range Bins(c.Values, most) {
		t.Rows = append(t.Rows, []any{b.From, b.To, int64(b.Count)})
	}
	return t
}
