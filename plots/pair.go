package plots

import (
	"fmt"
	"math"

	"benchside/plots/scene"
)

// Pair is the chart of two distributions over the same bins or labels: over each other,
// where what they share is of a third colour, or side by side.
type Pair struct {
	Note   string
	Names  [2]string
	Edges  []float64    // of bins of numbers, one more than there are shares
	Labels []string     // in their place
	Shares [2][]float64 // of all rows, for each bin or label
	Beside bool
}

// The slots of the two sides, and the ink of what they share.
const (
	pairFirst  = 0
	pairSecond = 1
)

func (c *Pair) inks(l Look) [3]scene.Ink { // of the first, the second and both
	return [3]scene.Ink{{Color: l.Series(pairFirst).Color}, {Color: l.Series(pairSecond).Color}, {Color: l.Quiet().Color}}
}

// pairLevels are the shades of the three without colours.
var pairLevels = [3]float64{0, 0.4, 1}

// PairInk is the ink of the first side or the second.
func (l Look) PairInk(side int) scene.Ink { return l.Series([2]int{pairFirst, pairSecond}[side]) }

// top is the greatest share.
func (c *Pair) top() (most float64) {
	for _, side := range c.Shares {
		for _, v := range side {
			most = max(most, v)
		}
	}
	return most
}

// extent is the axis of the shares; a logarithmic one begins below the least of them.
func (c *Pair) extent(log bool) Axis {
	a := Axis{Log: log, Range: Range{0, c.top()}}
	if !(a.Range.To > 0) {
		a.Range.To = 1
	}
	if log {
		least := a.Range.To
		for _, side := range c.Shares {
			for _, v := range side {
				if v > 0 {
					least = min(least, v)
				}
			}
		}
		a.Range.From = lowEnd(least)
	}
	return a
}

// at is a share of a side, 0 beyond them.
func (c *Pair) at(side, i int) float64 {
	if i < len(c.Shares[side]) {
		return c.Shares[side][i]
	}
	return 0
}

// Scene implements Chart.
func (c *Pair) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	log := f.View.LogX || f.View.LogY
	if c.Edges == nil {
		c.lying(s, log)
	} else {
		c.standing(s, log)
	}
	return s.scene
}

// standing draws bins as bars that stand.
func (c *Pair) standing(s *sheet, log bool) {
	xs, ys := s.axes(c.range1(), c.extent(log))
	base := s.scene.Area.Y1
	height := func(share float64) float64 {
		if y := ys.At(share); !math.IsNaN(y) && share > 0 {
			return y
		}
		return base
	}
	inks := c.inks(s.f.Look)
	for i := range len(c.Edges) - 1 {
		x0, x1 := xs.At(c.Edges[i]), xs.At(c.Edges[i+1])
		if !s.f.file() { // cells are not divided: the signs of parts would hide each other
			x0, x1 = math.Floor(x0), max(math.Floor(x1), math.Floor(x0)+1)
		}
		a, b := height(c.at(0, i)), height(c.at(1, i))
		if c.Beside {
			middle := x0 + (x1-x0)/2
			if !s.f.file() {
				middle = math.Floor(middle)
			}
			s.part(x0, a, middle, base, inks[0], pairLevels[0], i)
			s.part(middle, b, x1, base, inks[1], pairLevels[1], i)
			continue
		}
		longer := 0
		if b < a {
			longer = 1
		}
		s.part(x0, min(a, b), x1, base, inks[longer], pairLevels[longer], i)
		s.part(x0, max(a, b), x1, base, inks[2], pairLevels[2], i)
	}
	c.headed(s, c.Beside, 0)
}

// part adds a rectangle that is not empty.
func (s *sheet) part(x0, y0, x1, y1 float64, ink scene.Ink, level float64, id int) {
	if x1 > x0 && y1 > y0 {
		s.add(scene.Rect{Box: scene.Box{X0: x0, Y0: y0, X1: x1, Y1: y1}, Ink: ink, Level: level, ID: id})
	}
}

func (c *Pair) range1() Axis {
	if len(c.Edges) == 0 {
		return Axis{Range: Range{0, 1}}
	}
	r := none
	r.add(c.Edges[0], false)
	r.add(c.Edges[len(c.Edges)-1], false)
	return Axis{Range: r.orUnit(false)}
}

// lying draws labels as bars that lie, under each other.
func (c *Pair) lying(s *sheet, log bool) {
	axis := c.extent(log)
	xs, each, shown := s.rows(c.Labels, &axis, 0)
	zero := s.scene.Area.X0
	length := func(share float64) float64 {
		if x := xs.At(share); !math.IsNaN(x) && share > 0 {
			return x
		}
		return zero
	}
	inks := c.inks(s.f.Look)
	apart := c.Beside && each >= 2
	for i := range shown {
		a, b := length(c.at(0, i)), length(c.at(1, i))
		y0 := s.scene.Area.Y0 + float64(i)*each
		y1 := y0 + max(each-1, 1) // air to the next
		if each < 3 {
			y1 = y0 + each
		}
		if apart {
			middle := y0 + math.Floor(max((y1-y0)/2, 1))
			s.part(zero, y0, a, middle, inks[0], pairLevels[0], i)
			s.part(zero, middle, b, y1, inks[1], pairLevels[1], i)
			continue
		}
		longer := 0
		if b > a {
			longer = 1
		}
		if each >= 2 && !s.f.file() {
			y1 = y0 + 1
		}
		s.part(zero, y0, max(a, b), y1, inks[longer], pairLevels[longer], i)
		s.part(zero, y0, min(a, b), y1, inks[2], pairLevels[2], i)
	}
	c.headed(s, apart, len(c.Labels)-shown)
}

// headed writes which ink is which side, and of both where the sides are not apart.
func (c *Pair) headed(s *sheet, apart bool, hidden int) {
	if s.top() == 0 {
		return
	}
	inks := c.inks(s.f.Look)
	words := []string{c.Names[0], c.Names[1], "both"}
	if apart {
		words = words[:2]
	}
	x := 0
	for i, word := range words {
		sign := "█"
		if inks[i].Color == 0 {
			sign = pairShade(pairLevels[i])
		}
		if s.f.Look.ASCII {
			sign = "#"
		}
		if x+len(word)+2 > s.f.W {
			return
		}
		s.add(scene.Text{X: x, Y: 0, Text: sign, Ink: inks[i]}, scene.Text{X: x + 2, Y: 0, Text: word, Ink: s.f.Look.Quiet()})
		x += len(word) + 4
	}
	note := left(hidden, "label")
	if note == "" {
		note = c.Note
	}
	if note != "" && x+len([]rune(note)) < s.f.W {
		s.add(scene.Text{X: s.f.W - 1, Y: 0, Anchor: scene.End, Text: note, Ink: s.f.Look.Quiet()})
	}
}

// pairShade is what a rectangle without a colour is filled with, as plots/cell does.
func pairShade(level float64) string {
	signs := []string{"░", "▒", "▓", "█"}
	return signs[min(int(level*float64(len(signs))), len(signs)-1)]
}

// Hit implements Chart.
func (c *Pair) Hit(f Frame, at scene.Point) (Datum, bool) {
	s := newSheet(f)
	if c.Edges == nil {
		axis := c.extent(f.View.LogX || f.View.LogY)
		_, each, shown := s.rows(c.Labels, &axis, 0)
		i := int(math.Floor((at.Y - s.scene.Area.Y0) / each))
		if i < 0 || i >= shown {
			return Datum{}, false
		}
		return c.datum(i, c.Labels[i]), true
	}
	xs, _ := s.axes(c.range1(), c.extent(f.View.LogX || f.View.LogY))
	for i := range len(c.Edges) - 1 {
		if at.X >= xs.At(c.Edges[i]) && at.X < xs.At(c.Edges[i+1]) {
			return c.datum(i, short(c.Edges[i])+" to "+short(c.Edges[i+1])), true
		}
	}
	return Datum{}, false
}

func (c *Pair) datum(i int, name string) Datum {
	a, b := c.at(0, i), c.at(1, i)
	return Datum{
		Series: i, Name: name, X: a, Y: b,
		Text: fmt.Sprintf("%s  %s %.2f %%  %s %.2f %%", name, c.Names[0], 100*a, c.Names[1], 100*b),
	}
}

// Table implements Chart.
func (c *Pair) Table() Table {
	if c.Edges == nil {
		t := Table{Columns: []string{"label", c.Names[0], c.Names[1]}}
		for i, l := range c.Labels {
			t.Rows = append(t.Rows, []any{l, c.at(0, i), c.at(1, i)})
		}
		return t
	}
	t := Table{Columns: []string{"from", "to", c.Names[0], c.Names[1]}}
	for i := range len(c.Edges) - 1 {
		t.Rows = append(t.Rows, []any{c.Edges[i], c.Edges[i+1], c.at(0, i), c.at(1, i)})
	}
	return t
}
