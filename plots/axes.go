package plots

import (
	"math"
	"unicode/utf8"

	"benchside/plots/scene"
)

// Axis is what an axis shows.
type Axis struct {
	Title string
	Range Range // of the values, as drawn
	Log   bool
	Sym   float64 // of a symmetric logarithm, see Scale; 0 for none
	Unit  Unit
	// Rows are the names of 1, 2 and so on, which are labelled instead of numbers.
	Rows  []string
	Whole bool // there are whole numbers only, so no tick stands between them
	// alone: only is the one value there is, and the one that is labelled.
	alone bool
	only  float64
}

// Below these a chart has no axes: they would take the room of the data.
const (
	leastAxesW = 16
	leastAxesH = 5
)

// Axes lays out the data area of a chart between a row of words above (top rows)
// and the labels of its axes, and returns what is drawn of them.
func (f Frame) Axes(x, y Axis, top, right int) (area scene.Box, xs, ys Scale, items []scene.Item) {
	w, h := max(f.W-right, 1), max(f.H, 1)
	top = min(top, h-1)
	area = scene.Box{X0: 0, Y0: float64(top), X1: float64(w), Y1: float64(h)}
	framed := w >= leastAxesW && h-top >= leastAxesH
	var labels []Tick
	if framed {
		area.Y1 -= 2
		if f.file() {
			area.Y0 += 0.5 // half of a label at the upper end
		}
		labels = y.ticks(f.yTicks(y, h-top-2))
		wide := 0
		for _, t := range labels {
			wide = max(wide, utf8.RuneCountInString(t.Label))
		}
		area.X0 = float64(min(wide, w/3) + 1)
	}
	ys = Scale{Range: y.Range, A: area.Y1 - 0.5/float64(max(f.DotsY, 1)), B: area.Y0 + 0.5/float64(max(f.DotsY, 1)), Log: y.Log, Sym: y.Sym}
	xs = Scale{Range: x.Range, A: area.X0 + 0.5/float64(max(f.DotsX, 1)), B: area.X1 - 0.5/float64(max(f.DotsX, 1)), Log: x.Log, Sym: x.Sym}
	if framed {
		items = f.frame(area, x, labels, xs, ys)
	}
	return area, xs, ys, items
}

// yTicks is how many labels an axis takes in so many rows: one in three of numbers,
// of names one a row.
func (f Frame) yTicks(y Axis, rows int) int {
	if y.Rows != nil {
		return max(1, rows)
	}
	return max(1, rows/3+1)
}

func (f Frame) frame(area scene.Box, x Axis, labels []Tick, xs, ys Scale) []scene.Item {
	quiet := f.Look.Quiet()
	left, bottom := area.X0-1, area.Y1
	if f.file() { // the lines lie at the edges of the data, not in the middle of cells
		left, bottom = left+0.5, bottom-0.5
	}
	corner, up, along, mark := '└', '│', '─', '┤'
	if f.Look.ASCII {
		corner, up, along, mark = '+', '|', '-', '+'
	}
	rules := make(scene.Rules, 0, len(labels)+16) // with room for the ticks of x
	rules = append(rules,
		scene.Rule{From: scene.Point{X: left, Y: area.Y0}, To: scene.Point{X: left, Y: area.Y1 - 1}, Sign: up, Ink: quiet},
		scene.Rule{From: scene.Point{X: area.X0, Y: bottom}, To: scene.Point{X: area.X1 - 1, Y: bottom}, Sign: along, Ink: quiet},
		scene.Rule{From: scene.Point{X: left, Y: bottom}, To: scene.Point{X: left, Y: bottom}, Sign: corner, Ink: quiet})
	texts := make(scene.Texts, 0, len(labels))
	for _, t := range labels {
		at := ys.At(t.Value)
		if row := math.Floor(at); row < math.Floor(area.Y0) || row >= area.Y1 || math.IsNaN(row) {
			continue
		}
		place := scene.Point{X: left, Y: math.Floor(at)}
		if f.file() {
			place.Y = at - 0.5
		}
		rules = append(rules, scene.Rule{From: place, To: place, Sign: mark, Ink: quiet})
		text := scene.Text{X: int(area.X0) - 2, Anchor: scene.End, Text: f.Look.cut(t.Label, int(area.X0)-1), Ink: quiet}
		texts = append(texts, f.raised(text, at))
	}
	below, ticks := f.below(area, x, xs)
	items := make([]scene.Item, 0, 32) // with room for what lies in the area
	return append(items, append(rules, ticks...), texts, below)
}

// raised puts a text at a height: into the row there, and in a file right there.
func (f Frame) raised(t scene.Text, at float64) scene.Text {
	t.Y = int(math.Floor(at))
	if f.file() {
		t.Shift.Y = at - math.Floor(at) - 0.5
	}
	return t
}

// below labels the x axis, at so many ticks as have room beside each other; the
// title takes what room they leave. A file has the marks of the ticks, too.
func (f Frame) below(area scene.Box, x Axis, xs Scale) (scene.Texts, scene.Rules) {
	most := max(1, int(area.X1-area.X0)/12+1)
	var ticks []Tick
	var items scene.Texts
	for fits := false; !fits && most > 0; most-- {
		ticks = x.ticks(most)
		if items == nil {
			items = make(scene.Texts, 0, len(ticks)+1)
		}
		items, fits = f.beside(items[:0], ticks, area, xs)
	}
	var rules scene.Rules
	if f.file() {
		for _, t := range ticks {
			if at := xs.At(t.Value); at >= area.X0 && at <= area.X1 {
				place := scene.Point{X: at - 0.5, Y: area.Y1 - 0.5}
				rules = append(rules, scene.Rule{From: place, To: place, Sign: '┬', Ink: f.Look.Quiet()})
			}
		}
	}
	return f.titled(items, x.Title, area), rules
}

// beside lays the labels of ticks beside each other, and reports whether all have
// room.
func (f Frame) beside(items scene.Texts, ticks []Tick, area scene.Box, xs Scale) (scene.Texts, bool) {
	end, fits := -1, true
	for _, t := range ticks {
		at := xs.At(t.Value)
		if math.IsNaN(at) {
			continue
		}
		n := utf8.RuneCountInString(t.Label)
		from := max(min(int(math.Floor(at))-n/2, int(area.X1)-n), 0)
		if from <= end || from+n > int(area.X1) {
			fits = false
			continue
		}
		text := scene.Text{X: from, Y: int(area.Y1) + 1, Text: t.Label, Ink: f.Look.Quiet()}
		if f.file() {
			text.Shift.X = max(min(at-float64(n)/2, area.X1-float64(n)), 0) - float64(from)
		}
		items = append(items, text)
		end = from + n
	}
	return items, fits
}

// titled adds the title of an axis to the labels of its ticks, as far right as it
// covers none of them.
func (f Frame) titled(items scene.Texts, title string, area scene.Box) scene.Texts {
	const air = 2
	n := utf8.RuneCountInString(title)
	if n == 0 || n+12 > int(area.X1-area.X0) {
		return items
	}
	right := int(area.X1)
	for i := len(items) - 1; i >= -1; i-- {
		left := int(area.X0) - air
		if i >= 0 {
			left = items[i].X + utf8.RuneCountInString(items[i].Text)
		}
		if right-n >= left+air {
			return append(items, scene.Text{X: right - 1, Y: int(area.Y1) + 1, Anchor: scene.End, Text: title, Ink: f.Look.Quiet()})
		}
		if i >= 0 {
			right = items[i].X - air
		}
	}
	return items
}
