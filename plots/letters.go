package plots

import (
	"math"
	"slices"

	"benchside/plots/scene"
)

// needLetters reports whether colours do not tell the lines apart: there are none, or
// fewer than lines.
func (d *drawn) needLetters() bool {
	if d.entries() < 2 || len(d.lines) >= crowd || d.f.Look.ASCII && d.f.DotsY == 1 {
		return false
	}
	slots := make([]int, max(len(d.lines), len(d.Groups)))
	for i := range slots {
		slots[i] = d.slot(i)
	}
	return d.f.Look.Depth == NoColor || d.f.Look.Dashed(slots...)
}

// lettering is the letters that are on the lines, and the cells that they take.
type lettering struct {
	*drawn
	texts scene.Texts
	taken []bool // cells of the area, row by row
	cols  int
}

// letters writes the sign of each series at the end of its line, and on it now and
// then. Where another letter is, it stands a little aside, on the same line.
func (d *drawn) letters() {
	if !d.told {
		return
	}
	area := d.scene.Area
	l := lettering{drawn: d, cols: int(area.X1 - area.X0)}
	l.taken = make([]bool, l.cols*(int(math.Ceil(area.Y1))-int(area.Y0)))
	every := 36.0
	if d.f.Look.Depth == NoColor {
		every = 18
	}
	n := d.entries()
	every *= max(1, float64(n)/slots) // a crowd of letters hides the lines
	l.texts = make(scene.Texts, 0, n*(2+l.cols/int(every)))
	for i := range n {
		l.end(i)
	}
	for i := range n {
		from := area.X0 + math.Mod(float64(2+3*i), every)
		for col := from; col < area.X1; col += every {
			l.put(i, col, 1, int(every/2))
		}
	}
	d.add(l.texts)
}

// end writes the sign of a series where its line ends.
func (l *lettering) end(i int) {
	s, area := l.drawnSeries(i), l.scene.Area
	_, to := inside(s.X, l.xs.Range)
	if to == 0 {
		return
	}
	const back = 40 // cells, where many lines end at one place
	at := l.xs.At(s.X[to-1])
	if next := to < len(s.X); next {
		at = area.X1 - 1
	}
	l.put(i, min(math.Floor(at), area.X1-1), -1, back)
}

// put writes the sign of a series on its line, at a column or the first free one of
// so many after it.
func (l *lettering) put(i int, col, step float64, most int) {
	s, area := l.drawnSeries(i), l.scene.Area
	letter := Letter(l.slotOf(i))
	for range most {
		if !(col >= area.X0 && col+float64(len(letter)) <= area.X1) {
			return
		}
		x := l.xs.Value(col + 0.5)
		if n := len(s.X); step < 0 && n > 0 {
			x = min(x, s.X[n-1]) // the end lies within its cell
		}
		v, ok := l.drawnAt(s, x)
		row := math.Floor(l.ys.At(v))
		if ok && row >= area.Y0 && row < area.Y1 && l.take(int(col), int(row), len(letter)) {
			ink := scene.Ink{Color: l.entry(i).ink.Color, Bold: true}
			l.texts = append(l.texts, l.f.raised(scene.Text{X: int(col), Text: letter, Ink: ink}, l.ys.At(v)))
			return
		}
		col += step
	}
}

// take takes so many cells from a place of the scene on, false if one has a letter.
func (l *lettering) take(col, row, n int) bool {
	from := (row-int(l.scene.Area.Y0))*l.cols + col - int(l.scene.Area.X0)
	cells := l.taken[from : from+n]
	if slices.Contains(cells, true) {
		return false
	}
	for k := range cells {
		cells[k] = true
	}
	return true
}

// drawnSeries is the series of an entry, or the mean of a group.
func (d *drawn) drawnSeries(i int) Series {
	if i < len(d.lines) {
		return d.lines[i]
	}
	return d.Groups[i-len(d.lines)].Mean
}

// slotOf is the slot of an entry.
func (d *drawn) slotOf(i int) int {
	if i >= len(d.lines) {
		i -= len(d.lines)
	}
	return d.slot(i)
}
