package plots

import (
	"fmt"
	"math"
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
	Text      bool // Value is a param that is no number
	Missing   bool // there is no value, which is not NaN
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

// lowEnd is the end of a logarithmic axis that bars begin at: a decade below the least
// value, which so has a bar, too.
func lowEnd(least float64) float64 {
	const air = 1.5
	if low := math.Pow(10, math.Floor(math.Log10(least/air))); low > 0 {
		return low
	}
	return least
}

// rangeOf is what the axis shows. Its bars begin at 0, or at the low end.
func (c *Bars) rangeOf(log bool) Range {
	r := Range{0, 0}
	if log {
		r = none
	}
	for _, b := range c.Bars {
		r.add(b.Value, log)
		if b.Interval {
			r.add(b.Low, log)
			r.add(b.High, log)
		}
	}
	switch {
	case r.From > r.To:
		return r.orUnit(log)
	case log:
		return Range{lowEnd(r.From), r.To}
	case !r.Set():
		return Range{0, 1}
	}
	return r
}

// said is the value of a bar in words.
func (b Bar) said() string {
	switch {
	case b.Text:
		return "text"
	case b.Missing:
		return "—"
	}
	return short(b.Value)
}

func (c *Bars) lay(s *sheet) (xs Scale, each float64, shown, wide int) {
	names := make([]string, len(c.Bars))
	for i, b := range c.Bars {
		names[i] = b.Name
		wide = max(wide, utf8.RuneCountInString(b.said())+1)
	}
	if wide = min(wide, s.f.W/3); s.f.W < leastAxesW {
		wide = 0
	}
	// There is one axis of numbers, whichever is asked to be logarithmic.
	x := Axis{Log: s.f.View.LogX || s.f.View.LogY}
	x.Range = c.rangeOf(x.Log)
	xs, each, shown = s.rows(names, &x, wide)
	return xs, each, shown, wide
}

// Scene implements Chart.
func (c *Bars) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	xs, each, shown, wide := c.lay(s)
	var o odd
	for i, b := range c.Bars {
		if b.Text {
			o.texts++
		} else {
			o.place(b.Value, xs.Log)
		}
		if i < shown {
			c.bar(s, i, xs, s.middle(i, each), s.thick(each)/2)
		}
		if i < shown && wide > 0 {
			s.add(f.raised(scene.Text{X: f.W - 1, Anchor: scene.End, Text: b.said()}, s.middle(i, each)))
		}
	}
	axis := ""
	if xs.Log { // which bars on it do not show: they do not begin at 0
		axis = "logarithmic, bars from " + short(xs.Range.From)
	}
	o.infs = 0 // these reach to the end, and their value is written
	s.head(c.Title, c.Note, axis, o.said(), left(len(c.Bars)-shown, "bar"))
	return s.scene
}

func (c *Bars) bar(s *sheet, i int, xs Scale, middle, half float64) {
	b, area := c.Bars[i], s.scene.Area
	if b.Text {
		return
	}
	to, zero := xs.At(b.Value), xs.At(0)
	if xs.Log {
		zero = area.X0
	}
	switch {
	case math.IsInf(b.Value, 1):
		to = area.X1
	case math.IsInf(b.Value, -1) && !xs.Log:
		to = area.X0
	}
	if !math.IsNaN(to) {
		s.add(scene.Rect{Box: scene.Box{X0: min(zero, to), Y0: middle - half, X1: max(zero, to), Y1: middle + half}, Ink: s.f.Look.Series(b.Slot), Level: 1, ID: i})
	}
	if b.Interval {
		low := xs.At(b.Low)
		if xs.Log && b.Low <= 0 {
			low = area.X0
		}
		s.interval(low, xs.At(b.High), middle)
	}
}

// thick is how thick a bar is that leaves air to the next one, around the middle of
// its rows: an odd number of cells, of one row the whole.
func (s *sheet) thick(each float64) float64 {
	const part = 0.7
	if s.f.file() {
		return part * each
	}
	return max(2*math.Floor(each/2)-1, 1)
}

// interval marks two ends: by brackets in a terminal, whose cells a line would
// hide, else by a line.
func (s *sheet) interval(low, high, middle float64) {
	switch {
	case !finite(low) || !finite(high):
	case s.f.file():
		s.add(scene.Line{Points: []scene.Point{{X: low, Y: middle}, {X: high, Y: middle}}, ID: -1, Ink: scene.Ink{Bold: true}})
	default:
		for i, end := range []float64{low, high} {
			at := scene.Point{X: min(max(math.Floor(end), s.scene.Area.X0), s.scene.Area.X1-1), Y: math.Floor(middle)}
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
	text := b.Name + "  " + b.said()
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
		if b.Missing {
			row[1] = nil
		}
		if b.Interval {
			row[2], row[3] = b.Low, b.High
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
