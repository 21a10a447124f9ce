package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"benchside/plots/scene"
)

// Spot is one run in a scatter.
type Spot struct {
	Name string
	X, Y float64
	Slot int
	// Front marks a spot that no other beats.
	Front bool
	Text  bool // X or Y is a param that is no number
}

// Scatter is the chart of two numbers of several runs.
type Scatter struct {
	Title string
	X, Y  Axis
	Spots []Spot
	// Best says which values of x are better, for the staircase.
	Best Best
	// Staircase joins the spots on the front: a Pareto front.
	Staircase bool
	// Unnamed: no spot is named beside it, as where they are very many.
	Unnamed bool
	Note    string
}

// lay finds where the spots are; a spot without a place is NaN.
func (c *Scatter) lay(s *sheet) (places []scene.Point, o odd) {
	x, y := c.X, c.Y
	x.Log, y.Log = s.f.View.LogX, s.f.View.LogY
	rx, ry := none, none
	has := make([]bool, len(c.Spots))
	for i, p := range c.Spots {
		if p.Text {
			o.texts++
			continue
		}
		if has[i] = o.place(p.X, x.Log) && o.place(p.Y, y.Log); has[i] {
			rx.add(p.X, x.Log)
			ry.add(p.Y, y.Log)
		}
	}
	x.Range, y.Range = rx.orUnit(x.Log).aired(x.Log), ry.orUnit(y.Log).aired(y.Log)
	xs, ys := s.axes(x, y)
	places = make([]scene.Point, len(c.Spots))
	for i, p := range c.Spots {
		places[i] = scene.Point{X: math.NaN(), Y: math.NaN()}
		if has[i] {
			places[i] = scene.Point{X: xs.At(p.X), Y: ys.At(p.Y)}
		}
	}
	return places, o
}

// Scene implements Chart.
func (c *Scatter) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	places, o := c.lay(s)
	if c.Staircase {
		s.add(c.stairs(places, f))
	}
	taken := map[[2]int]bool{}
	for i, p := range places {
		if !math.IsNaN(p.X) {
			taken[[2]int{int(p.X), int(p.Y)}] = true
			ink := f.Look.Series(c.Spots[i].Slot)
			ink.Bold, ink.Faint = c.Spots[i].Front, c.Staircase && !c.Spots[i].Front
			s.add(scene.Marker{At: p, Shape: c.Spots[i].Slot, Ink: ink, ID: i})
		}
	}
	if i := f.Focus - 1; i >= 0 && i < len(places) && !math.IsNaN(places[i].X) {
		s.add(scene.Marker{At: places[i], Shape: c.Spots[i].Slot, Ink: scene.Ink{Bold: true}, ID: i})
		label(s, c.Spots[i].Name, places[i], scene.Ink{Bold: true}, taken)
	}
	if !c.Unnamed {
		c.labels(s, places, taken)
	}
	title := c.Title
	if title == "" {
		title = c.Y.Title + " over " + c.X.Title
	}
	s.head(title, c.Note, o.said())
	return s.scene
}

// labels name spots that are not in focus, those on the front first.
func (c *Scatter) labels(s *sheet, places []scene.Point, taken map[[2]int]bool) {
	const most = 14
	names := make([]string, len(places))
	for i := range names {
		names[i] = c.Spots[i].Name
	}
	names = s.f.Look.names(names, most)
	for _, front := range []bool{true, false} {
		for i, p := range places {
			if !math.IsNaN(p.X) && i != s.f.Focus-1 && c.Spots[i].Front == front {
				label(s, names[i], p, s.f.Look.Quiet(), taken)
			}
		}
	}
}

// label names a spot beside it, if nothing else is there.
func label(s *sheet, name string, p scene.Point, ink scene.Ink, taken map[[2]int]bool) {
	n, row := utf8.RuneCountInString(name), int(p.Y)
	area := s.scene.Area
	for _, from := range []int{int(p.X) + 2, int(p.X) - 1 - n} {
		free := n > 0 && from >= int(area.X0) && from+n <= int(area.X1) && row >= int(area.Y0) && row < int(area.Y1)
		for x := from - 1; free && x <= from+n; x++ {
			free = !taken[[2]int{x, row}] || x == int(p.X)
		}
		if !free {
			continue
		}
		for x := from; x < from+n; x++ {
			taken[[2]int{x, row}] = true
		}
		s.add(scene.Text{X: from, Y: row, Text: name, Ink: ink})
		return
	}
}

// stairs joins the front from left to right along the edge of what it beats: its
// corners have the worse x and the worse y of two neighbours. Of two neighbours,
// the one that is better by x is worse by y.
func (c *Scatter) stairs(places []scene.Point, f Frame) scene.Line {
	var front []scene.Point
	for i, p := range places {
		if c.Spots[i].Front && !math.IsNaN(p.X) {
			front = append(front, p)
		}
	}
	slices.SortFunc(front, func(a, b scene.Point) int { return cmp.Compare(a.X, b.X) })
	line := scene.Line{Ink: f.Look.Quiet(), ID: -1}
	for i, p := range front {
		switch {
		case i == 0:
		case c.Best == Greatest:
			line.Points = append(line.Points, scene.Point{X: front[i-1].X, Y: p.Y})
		default:
			line.Points = append(line.Points, scene.Point{X: p.X, Y: front[i-1].Y})
		}
		line.Points = append(line.Points, p)
	}
	return line
}

// Hit implements Chart.
func (c *Scatter) Hit(f Frame, at scene.Point) (Datum, bool) {
	places, _ := c.lay(newSheet(f))
	i := nearest(at, places)
	if i < 0 {
		return Datum{}, false
	}
	p := c.Spots[i]
	return Datum{Series: i, Name: p.Name, X: p.X, Y: p.Y, Text: fmt.Sprintf("%s  %s %s  %s %s", p.Name, c.X.Title, short(p.X), c.Y.Title, short(p.Y))}, true
}

// Table implements Chart.
func (c *Scatter) Table() Table {
	t := Table{Columns: []string{"name", c.X.Title, c.Y.Title}}
	for _, p := range c.Spots {
		t.Rows = append(t.Rows, []any{p.Name, p.X, p.Y})
	}
	return t
}
