package plots

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"benchside/plots/scene"
)

// Dimension is one axis of parallel coordinates.
type Dimension struct {
	Name string
	Log  bool
	// Words name the values 0, 1, 2 … of a dimension that is no number.
	Words []string
	// Keep is the part that a path must be in to be drawn strong; the zero value
	// keeps all.
	Keep Range
}

// Path is one run across all dimensions; NaN where it has no value.
type Path struct {
	Name   string
	Values []float64
}

// Parallel is the chart of parallel coordinates. The last dimension colours the
// paths.
type Parallel struct {
	Title      string
	Dimensions []Dimension
	Paths      []Path
	Note       string
}

func (c *Parallel) lay(s *sheet) (axes []Scale, at []float64) {
	top := s.top()
	if s.f.H-top >= leastAxesH {
		top++ // names
	}
	if s.f.H-top >= leastAxesH {
		top++ // greatest values
	}
	bottom := s.f.H
	if s.f.H-top >= leastAxesH {
		bottom-- // lowest values
	}
	s.scene.Area = scene.Box{X0: 0, Y0: float64(top), X1: float64(s.f.W), Y1: float64(bottom)}
	for k, d := range c.Dimensions {
		r := none
		for _, p := range c.Paths {
			if k < len(p.Values) {
				r.add(p.Values[k], d.Log)
			}
		}
		half := 0.5 / float64(max(s.f.DotsY, 1))
		axes = append(axes, Scale{Range: r.orUnit(d.Log), A: float64(bottom) - half, B: float64(top) + half, Log: d.Log})
		x := 0.5
		if n := len(c.Dimensions); n > 1 {
			const air = 3
			x = min(air, float64(s.f.W)/4) + (float64(s.f.W)-2*min(air, float64(s.f.W)/4)-1)*float64(k)/float64(n-1) + 0.5
		}
		at = append(at, x)
	}
	return axes, at
}

// odd counts the paths that lack a value, each once.
func (c *Parallel) odd() odd {
	var all odd
	for _, p := range c.Paths {
		var o odd
		for k, d := range c.Dimensions {
			if k < len(p.Values) {
				o.place(p.Values[k], d.Log)
			} else {
				o.nans++
			}
		}
		all.nans += min(o.nans, 1)
		all.infs += min(o.infs, 1)
		all.hidden += min(o.hidden, 1)
	}
	return all
}

// runs counts runs.
func runs(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}

// Kept reports whether a path is in what every dimension keeps.
func (c *Parallel) Kept(p Path) bool {
	for k, d := range c.Dimensions {
		if d.Keep.Set() && !(k < len(p.Values) && p.Values[k] >= d.Keep.From && p.Values[k] <= d.Keep.To) {
			return false
		}
	}
	return true
}

// Scene implements Chart.
func (c *Parallel) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	axes, at := c.lay(s)
	strong := 0
	ramp := f.ramp(viridis())
	for _, i := range c.order(f.Focus - 1) {
		p := c.Paths[i]
		pass := c.Kept(p)
		line := scene.Line{ID: i, Ink: scene.Ink{Faint: !pass}}
		for k := range c.Dimensions {
			v := math.NaN()
			if k < len(p.Values) && finite(p.Values[k]) {
				v = axes[k].At(p.Values[k])
			}
			line.Points = append(line.Points, scene.Point{X: at[k], Y: v})
		}
		switch last := len(axes) - 1; {
		case i == f.Focus-1:
			line.Ink = scene.Ink{Bold: true}
		case !pass:
			line.Ink.Color = f.Look.Quiet().Color
		case last >= 0 && last < len(p.Values) && len(ramp) > 0 && !math.IsNaN(axes[last].At(p.Values[last])):
			part := (axes[last].A - axes[last].At(p.Values[last])) / max(axes[last].A-axes[last].B, 1e-9)
			line.Ink.Color = ramp[min(max(int(part*float64(len(ramp))), 0), len(ramp)-1)]
		default:
			line.Ink = f.Look.Series(i)
		}
		if pass {
			strong++
		}
		s.add(line)
	}
	c.frame(s, axes, at)
	note := runs(len(c.Paths))
	if strong < len(c.Paths) {
		note = fmt.Sprintf("%d of %d runs", strong, len(c.Paths))
	}
	s.head(c.Title, c.Note, note, c.odd().counted("with "))
	return s.scene
}

// order is that in which paths are drawn: what is kept over the rest, and what is
// pointed out over all.
func (c *Parallel) order(focus int) []int {
	all := make([]int, len(c.Paths))
	for i := range all {
		all[i] = i
	}
	height := func(i int) int {
		switch {
		case i == focus:
			return 2
		case c.Kept(c.Paths[i]):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b int) int { return height(a) - height(b) })
	return all
}

// frame draws the axes over the paths, with their names and ends.
func (c *Parallel) frame(s *sheet, axes []Scale, at []float64) {
	sign := '│'
	if s.f.Look.ASCII {
		sign = '|'
	}
	area := s.scene.Area
	wide := s.f.W
	if len(at) > 1 {
		wide = int(at[1] - at[0])
	}
	for k, d := range c.Dimensions {
		s.add(scene.Rule{From: scene.Point{X: math.Floor(at[k]), Y: area.Y0}, To: scene.Point{X: math.Floor(at[k]), Y: area.Y1 - 1}, Sign: sign, Ink: s.f.Look.Quiet()})
		put := func(y int, text string, ink scene.Ink) {
			text = s.f.Look.cut(text, max(wide-1, 1))
			n := utf8.RuneCountInString(text)
			x := min(max(int(at[k])-n/2, 0), max(s.f.W-n, 0))
			s.add(scene.Text{X: x, Y: y, Text: text, Ink: ink})
		}
		if int(area.Y0) > s.top() {
			put(s.top(), d.Name, scene.Ink{Bold: true})
		}
		if int(area.Y1) < s.f.H {
			put(int(area.Y1), d.word(axes[k].Range.From), s.f.Look.Quiet())
		}
		if int(area.Y0) > s.top()+1 {
			put(int(area.Y0)-1, d.word(axes[k].Range.To), s.f.Look.Quiet())
		}
		c.between(s, d, axes[k], at[k], wide)
	}
}

// between names the categories of an axis that are not at its ends, where rows are
// left, beside the axis and over the paths.
func (c *Parallel) between(s *sheet, d Dimension, axis Scale, at float64, wide int) {
	taken := map[int]bool{}
	for i, word := range d.Words {
		if v := float64(i); v <= axis.Range.From || v >= axis.Range.To {
			continue
		}
		const around = 2 // blanks, which keep the paths off the word
		word = s.f.Look.cut(word, wide-1-around)
		if word == "" {
			return
		}
		text := scene.Text{X: int(at) + 1, Text: " " + word + " ", Ink: s.f.Look.Quiet(), Over: true}
		if n := utf8.RuneCountInString(text.Text); text.X+n > s.f.W {
			text.X = int(at) - n
		}
		text = s.f.raised(text, axis.At(float64(i)))
		if text.X >= 0 && !taken[text.Y] {
			taken[text.Y] = true
			s.add(text)
		}
	}
}

// word writes a value of the dimension.
func (d Dimension) word(v float64) string {
	if len(d.Words) == 0 {
		return short(v)
	}
	if i := int(math.Round(v)); i >= 0 && i < len(d.Words) {
		return d.Words[i]
	}
	return ""
}

// Hit implements Chart.
func (c *Parallel) Hit(f Frame, at scene.Point) (Datum, bool) {
	axes, xs := c.lay(newSheet(f))
	var places []scene.Point
	var whose []int
	for i, p := range c.Paths {
		for k := range c.Dimensions {
			if k < len(p.Values) {
				places, whose = append(places, scene.Point{X: xs[k], Y: axes[k].At(p.Values[k])}), append(whose, i*len(c.Dimensions)+k)
			}
		}
	}
	n := nearest(at, places)
	if n < 0 {
		return Datum{}, false
	}
	i, k := whose[n]/len(c.Dimensions), whose[n]%len(c.Dimensions)
	p, d := c.Paths[i], c.Dimensions[k]
	return Datum{Series: i, Name: p.Name, X: float64(k), Y: p.Values[k], Text: p.Name + "  " + d.Name + " " + d.word(p.Values[k])}, true
}

// Extent is the range of the values that a dimension has, false if it has none.
func (c *Parallel) Extent(dimension int) (Range, bool) {
	r, some := none, false
	var o odd
	for _, p := range c.Paths {
		if dimension < len(p.Values) && o.place(p.Values[dimension], c.Dimensions[dimension].Log) {
			r.add(p.Values[dimension], c.Dimensions[dimension].Log)
			some = true
		}
	}
	return r, some
}

// Axis is the dimension nearest to a place of the scene, and the value there.
func (c *Parallel) Axis(f Frame, at scene.Point) (dimension int, value float64, ok bool) {
	axes, xs := c.lay(newSheet(f))
	dimension = -1
	for k, x := range xs {
		if dimension < 0 || math.Abs(x-at.X) < math.Abs(xs[dimension]-at.X) {
			dimension = k
		}
	}
	if dimension < 0 {
		return 0, 0, false
	}
	s := axes[dimension]
	return dimension, min(max(s.Value(at.Y), s.Range.From), s.Range.To), true
}

// Table implements Chart.
func (c *Parallel) Table() Table {
	t := Table{Columns: []string{"name"}}
	for _, d := range c.Dimensions {
		t.Columns = append(t.Columns, d.Name)
	}
	for _, p := range c.Paths {
		row := []any{p.Name}
		for k := range c.Dimensions {
			if k < len(p.Values) {
				row = append(row, p.Values[k])
			} else {
				row = append(row, nil)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
