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
	Unit  Unit
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
		labels = Ticks(y.Range, max(1, (h-top-2)/3+1), y.Log, y.Unit)
		wide := 0
		for _, t := range labels {
			wide = max(wide, utf8.RuneCountInString(t.Label))
		}
		area.X0 = float64(min(wide, w/3) + 1)
	}
	ys = Scale{Range: y.Range, A: area.Y1 - 0.5/float64(max(f.DotsY, 1)), B: area.Y0 + 0.5/float64(max(f.DotsY, 1)), Log: y.Log}
	xs = Scale{Range: x.Range, A: area.X0 + 0.5/float64(max(f.DotsX, 1)), B: area.X1 - 0.5/float64(max(f.DotsX, 1)), Log: x.Log}
	if framed {
		items = f.frame(area, x, labels, xs, ys)
	}
	return area, xs, ys, items
}

func (f Frame) frame(area scene.Box, x Axis, labels []Tick, xs, ys Scale) []scene.Item {
	quiet := f.Look.Quiet()
	left, bottom := area.X0-1, area.Y1
	corner, up, along, mark := '└', '│', '─', '┤'
	if f.Look.ASCII {
		corner, up, along, mark = '+', '|', '-', '+'
	}
	rules := make(scene.Rules, 0, len(labels)+3)
	rules = append(rules,
		scene.Rule{From: scene.Point{X: left, Y: area.Y0}, To: scene.Point{X: left, Y: bottom - 1}, Sign: up, Ink: quiet},
		scene.Rule{From: scene.Point{X: area.X0, Y: bottom}, To: scene.Point{X: area.X1 - 1, Y: bottom}, Sign: along, Ink: quiet},
		scene.Rule{From: scene.Point{X: left, Y: bottom}, To: scene.Point{X: left, Y: bottom}, Sign: corner, Ink: quiet})
	texts := make(scene.Texts, 0, len(labels))
	for _, t := range labels {
		row := math.Floor(ys.At(t.Value))
		if row < area.Y0 || row >= area.Y1 || math.IsNaN(row) {
			continue
		}
		rules = append(rules, scene.Rule{From: scene.Point{X: left, Y: row}, To: scene.Point{X: left, Y: row}, Sign: mark, Ink: quiet})
		texts = append(texts, scene.Text{X: int(left) - 1, Y: int(row), Anchor: scene.End, Text: f.Look.cut(t.Label, int(left)), Ink: quiet})
	}
	items := make([]scene.Item, 0, 32) // with room for what lies in the area
	return append(items, rules, texts, f.below(area, x, xs))
}

// below labels the x axis, leaving out what would touch the label before.
func (f Frame) below(area scene.Box, x Axis, xs Scale) scene.Texts {
	ticks := Ticks(x.Range, max(1, int(area.X1-area.X0)/12+1), x.Log, x.Unit)
	items := make(scene.Texts, 0, len(ticks)+1)
	quiet := f.Look.Quiet()
	end, room := -1, int(area.X1-area.X0)
	title := x.Title
	last := int(area.X1)
	if n := utf8.RuneCountInString(title); n > 0 && n+12 <= room {
		items = append(items, scene.Text{X: int(area.X1) - 1, Y: int(area.Y1) + 1, Anchor: scene.End, Text: title, Ink: quiet})
		last -= n + 1
	}
	for _, t := range ticks {
		at := xs.At(t.Value)
		if math.IsNaN(at) {
			continue
		}
		n := utf8.RuneCountInString(t.Label)
		from := max(int(math.Floor(at))-n/2, int(area.X0)-1)
		if from <= end || from+n > last {
			continue
		}
		items = append(items, scene.Text{X: from, Y: int(area.Y1) + 1, Text: t.Label, Ink: quiet})
		end = from + n
	}
	return items
}
