package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
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
	xs, ys := s.beside(x, y, c.legendWidth(s.f))
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
	mark := func(i int, ink scene.Ink) {
		taken[[2]int{int(places[i].X), int(places[i].Y)}] = true
		s.add(scene.Marker{At: places[i], Shape: c.Spots[i].Slot, Sign: markOf(c.Spots[i].Slot), Ink: ink, ID: i})
	}
	for i, p := range places {
		if !math.IsNaN(p.X) {
			ink := f.Look.Series(c.Spots[i].Slot)
			ink.Bold, ink.Faint = c.Spots[i].Front, c.Staircase && !c.Spots[i].Front
			mark(i, ink)
		}
	}
	under := c.piles(f, places)
	if i := f.Focus - 1; i >= 0 && i < len(places) && !math.IsNaN(places[i].X) {
		mark(i, scene.Ink{Bold: true})
		label(s, c.Spots[i].Name+more(under[i]), places[i], scene.Ink{Bold: true}, taken)
	}
	if !c.Unnamed {
		c.labels(s, places, under, taken)
		c.legend(s)
	}
	title := c.Title
	if title == "" {
		title = c.Y.Title + " over " + c.X.Title
	}
	s.head(title, c.Note, o.said())
	return s.scene
}

// piles are the places of the spots that lie under a spot, in one cell of a terminal
// or in one place of a picture. A spot under others has no entry.
func (c *Scatter) piles(f Frame, places []scene.Point) map[int][]int {
	at := map[scene.Point][]int{}
	for i, p := range places {
		if math.IsNaN(p.X) {
			continue
		}
		if !f.file() {
			p = scene.Point{X: math.Floor(p.X), Y: math.Floor(p.Y)}
		}
		at[p] = append(at[p], i)
	}
	out := map[int][]int{}
	for _, pile := range at {
		if k := slices.Index(pile, f.Focus-1); k >= 0 { // it is drawn last
			pile = append(slices.Delete(pile, k, k+1), f.Focus-1)
		}
		out[pile[len(pile)-1]] = pile[:len(pile)-1]
	}
	return out
}

// more counts what lies under a spot.
func more(under []int) string {
	if len(under) == 0 {
		return ""
	}
	return fmt.Sprintf(" +%d", len(under))
}

// slots are those of the spots, each once, with the first name that it has.
func (c *Scatter) slots() (slots []int, names []string) {
	known := map[int]bool{}
	for _, p := range c.Spots {
		if !known[p.Slot] {
			known[p.Slot] = true
			slots, names = append(slots, p.Slot), append(names, p.Name)
		}
	}
	return slots, names
}

// keyWidth is the room of the letter of a slot, of its marker and of two blanks.
const keyWidth = 4

// legendWidth is the room of the key to the markers, 0 where there is none.
func (c *Scatter) legendWidth(f Frame) int {
	_, names := c.slots()
	if c.Unnamed || len(names) < 2 || f.W < legendFrom || f.H < leastAxesH+1 {
		return 0
	}
	wide := 0
	for _, n := range names {
		wide = max(wide, utf8.RuneCountInString(n))
	}
	return min(wide+keyWidth+1, legendMost, f.W/3)
}

// legend says which marker is whose. Those without a row are counted in the last one.
func (c *Scatter) legend(s *sheet) {
	wide := c.legendWidth(s.f)
	if wide == 0 {
		return
	}
	slots, names := c.slots()
	x, top := s.f.W-wide+1, s.top()
	rows := s.f.H - top
	shown := len(slots)
	if shown > rows {
		shown = max(rows-1, 0)
		s.add(scene.Text{X: x, Y: top + shown, Text: fmt.Sprintf("and %d more", len(slots)-shown), Ink: s.f.Look.Quiet()})
	}
	names = s.f.Look.names(names, wide-1-keyWidth)
	for i, slot := range slots[:shown] {
		ink, key := s.f.Look.Series(slot), Letter(slot)
		if markOf(slot) == "" {
			key += " " + s.f.Look.Mark(slot)
		}
		s.add(scene.Texts{{X: x, Y: top + i, Text: key, Ink: ink}, {X: x + keyWidth, Y: top + i, Text: names[i], Ink: ink}})
	}
}

// labels name spots that are not in focus, those on the front first. Of a pile the
// uppermost is named, and the others are counted.
func (c *Scatter) labels(s *sheet, places []scene.Point, under map[int][]int, taken map[[2]int]bool) {
	const most = 14
	names := make([]string, len(places))
	for i := range names {
		names[i] = c.Spots[i].Name
	}
	names = s.f.Look.names(names, most)
	for _, front := range []bool{true, false} {
		for i, p := range places {
			if pile, top := under[i]; top && i != s.f.Focus-1 && c.Spots[i].Front == front {
				label(s, names[i]+more(pile), p, s.f.Look.Quiet(), taken)
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
	text := ""
	for top, pile := range c.piles(f, places) {
		if top != i && !slices.Contains(pile, i) {
			continue
		}
		i = top // which is what one sees
		var below []string
		for _, k := range slices.Backward(pile) {
			below = append(below, c.Spots[k].Name)
		}
		if len(below) > 0 {
			text = fmt.Sprintf("  over %d: %s", len(below), strings.Join(below, ", "))
		}
		break
	}
	p := c.Spots[i]
	return Datum{Series: i, Name: p.Name, X: p.X, Y: p.Y, Text: fmt.Sprintf("%s  %s %s  %s %s", p.Name, c.X.Title, short(p.X), c.Y.Title, short(p.Y)) + text}, true
}

// Table implements Chart.
func (c *Scatter) Table() Table {
	t := Table{Columns: []string{"name", c.X.Title, c.Y.Title}}
	for _, p := range c.Spots {
		t.Rows = append(t.Rows, []any{p.Name, p.X, p.Y})
	}
	return t
}
