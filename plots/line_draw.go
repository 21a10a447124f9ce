package plots

import (
	"math"

	"benchside/plots/scene"
)

func (d *drawn) ink(i int) scene.Ink {
	ink := d.f.Look.Series(d.slot(i))
	if len(d.Series)+len(d.Groups) == 1 {
		ink.Dash = 0 // there is nothing to tell it from
	}
	if d.f.Look.ASCII && d.f.DotsY == 1 {
		ink.Dash = 0 // it is made of letters
	}
	return ink
}

func (d *drawn) slot(i int) int {
	if i < len(d.Slots) {
		return d.Slots[i]
	}
	return i
}

// order is the series as they are drawn: the one in focus last.
func (d *drawn) order() []int {
	out := make([]int, 0, len(d.lines))
	for i := range d.lines {
		if i != d.f.Focus-1 {
			out = append(out, i)
		}
	}
	if n := d.f.Focus; n > 0 && n <= len(d.lines) {
		out = append(out, n-1)
	}
	return out
}

func (d *drawn) curves() {
	for _, i := range d.order() {
		ink := d.ink(i)
		if len(d.Smoothed) > 0 {
			faint := ink
			faint.Faint, faint.Color = true, d.f.Look.faint(ink.Color)
			d.add(scene.Line{Points: d.f.trace(d.Series[i], d.xs, d.ys), Ink: faint, ID: i})
		}
		d.add(scene.Line{Points: d.f.trace(d.lines[i], d.xs, d.ys), Ink: ink, ID: i, Sign: d.sign(i)})
	}
}

// sign is what a line is made of where a cell is one dot.
func (d *drawn) sign(i int) string {
	if d.entries() < 2 {
		return ""
	}
	return Letter(d.slot(i))[:1]
}

// faint is the colour of raw data under its smoothed line.
func (l Look) faint(c scene.Color) scene.Color {
	switch {
	case l.Depth == NoColor:
		return 0
	case l.Depth == Ansi16:
		return scene.Palette(8)
	case l.Dark:
		return scene.Palette(240)
	}
	return scene.Palette(250)
}

func (d *drawn) groups() {
	for i, g := range d.Groups {
		ink := d.ink(i)
		band := scene.Band{Ink: ink, ID: i}
		for k, x := range g.Mean.X {
			at := d.xs.At(x)
			if !finite(at) {
				continue
			}
			band.X = append(band.X, at)
			band.Low = append(band.Low, d.ys.At(g.Low[k]))
			band.High = append(band.High, d.ys.At(g.High[k]))
		}
		d.add(band, scene.Line{Points: d.f.trace(g.Mean, d.xs, d.ys), Ink: ink, ID: i, Sign: d.sign(i)})
	}
}

// density counts, for each place, the series that pass it: a crowd of lines is a
// blot in which the last hides all others. The one in focus lies on top.
func (d *drawn) density() {
	box := d.scene.Area
	cols, rows := int(box.X1-box.X0), 2*int(box.Y1-box.Y0)
	if cols <= 0 || rows <= 0 {
		return
	}
	counts := make([]float64, cols*rows)
	low, high := make([]float64, cols), make([]float64, cols)
	for _, s := range d.lines {
		d.count(counts, rows, s, low, high)
	}
	greatest := 0.0
	for i, n := range counts {
		counts[i] = math.Log1p(n)
		greatest = max(greatest, counts[i])
	}
	for i := range counts {
		if counts[i] == 0 {
			counts[i] = math.NaN()
		} else {
			counts[i] /= greatest
		}
	}
	d.add(scene.Heat{Box: box, Cols: cols, Values: counts, Ramp: d.f.ramp(viridis())})
	if i := d.f.Focus - 1; i >= 0 && i < len(d.lines) {
		d.add(scene.Line{Points: d.f.trace(d.lines[i], d.xs, d.ys), Ink: scene.Ink{Color: d.ink(i).Color, Bold: true}, ID: i})
	}
}

// count adds one series to the places that it passes, each column once. Low and
// high have room for a number a column.
func (d *drawn) count(counts []float64, rows int, s Series, low, high []float64) {
	f, cols := d.f, len(low)
	f.DotsX = 1
	for i := range low {
		low[i], high[i] = math.Inf(1), math.Inf(-1)
	}
	for _, p := range f.trace(s, d.xs, d.ys) {
		if col := p.X - d.scene.Area.X0; col >= 0 && col < float64(cols) {
			row := (p.Y - d.scene.Area.Y0) * 2
			low[int(col)], high[int(col)] = min(low[int(col)], row), max(high[int(col)], row)
		}
	}
	for col := range cols {
		for row := max(0, math.Floor(low[col])); row <= min(high[col], float64(rows-1)); row++ {
			counts[int(row)*cols+col]++
		}
	}
}

func (d *drawn) add(items ...scene.Item) { d.scene.Items = append(d.scene.Items, items...) }

// marks draws events, infinities at the edge, NaN at the foot and the best points.
func (d *drawn) marks() {
	d.events()
	upper, lower, gap := "^", "v", "×"
	if d.f.Look.ASCII {
		gap = "x"
	}
	for _, i := range d.order() {
		if d.Series[i].Facts.NaNs+d.Series[i].Facts.Infs > 0 {
			d.odd(i, map[float64]string{1: upper, -1: lower, 0: gap})
		}
		if d.Best != NoBest && len(d.lines) < crowd {
			d.best(i)
		}
	}
}

// Rooms for the words of events, which cover what is drawn.
const (
	eventsFromW = 56
	eventsFromH = 12
)

// events are ruled, and named where there is room.
func (d *drawn) events() {
	area := d.scene.Area
	named := area.X1-area.X0 >= eventsFromW && area.Y1-area.Y0 >= eventsFromH
	for _, e := range d.Events {
		x := math.Floor(d.xs.At(e.X))
		if !(x >= area.X0 && x < area.X1) {
			continue
		}
		d.add(scene.Rule{From: scene.Point{X: x, Y: area.Y0}, To: scene.Point{X: x, Y: area.Y1 - 1}, Sign: d.dotted(), Ink: d.f.Look.Quiet()})
		if named {
			d.add(scene.Text{X: int(x) + 1, Y: int(area.Y0), Text: d.f.Look.cut(e.Text, int(area.X1-x)-1), Ink: d.f.Look.Quiet()})
		}
	}
}

func (d *drawn) dotted() rune {
	if d.f.Look.ASCII {
		return ':'
	}
	return '┊'
}

// odd marks the columns in which a series has a NaN or an infinity, once each.
func (d *drawn) odd(i int, signs map[float64]string) {
	area, s := d.scene.Area, d.Series[i]
	done := map[[2]int]bool{}
	from, to := window(s.X, d.xs.Range)
	s.odd(from, to, func(k int) {
		x := d.xs.At(s.X[k])
		if !(x >= area.X0 && x < area.X1) {
			return
		}
		kind, row := 0.0, int(area.Y1)-1
		if math.IsInf(s.Y[k], 1) {
			kind, row = 1, int(area.Y0)
		} else if math.IsInf(s.Y[k], -1) {
			kind = -1
		}
		at := [2]int{int(x), row}
		if !done[at] {
			done[at] = true
			d.add(scene.Text{X: at[0], Y: at[1], Text: signs[kind], Ink: d.ink(i)})
		}
	})
}

// best marks the best finite value that was logged, the first of equal ones.
func (d *drawn) best(i int) {
	s := d.Series[i]
	at := d.Best.of(s)
	if at < 0 {
		return
	}
	x, y := d.xs.At(s.X[at]), d.ys.At(s.Y[at])
	if finite(x) && finite(y) {
		ink := d.ink(i)
		ink.Bold = true
		d.add(scene.Marker{At: scene.Point{X: x, Y: y}, Shape: d.slot(i), Sign: markOf(d.slot(i)), Ink: ink, ID: i})
	}
}

// of is the place of the best finite value, the first of equal ones; -1 for none.
func (b Best) of(s Series) int {
	at := -1
	take := func(k int) {
		v := s.Y[k]
		if finite(v) && (at < 0 || b == Greatest && v > s.Y[at] || b == Least && v < s.Y[at]) {
			at = k
		}
	}
	for i := 0; i < len(s.Y); {
		level := s.whole(i, len(s.Y))
		if level < 0 {
			take(i)
			i++
			continue
		}
		if e := s.extremes(level, i); at < 0 || b == Greatest && e.To > s.Y[at] || b == Least && e.From < s.Y[at] {
			low, high := s.extrema(level, i)
			take(low)
			take(high)
		}
		i += levels[level]
	}
	return at
}

// cross draws the crosshair and, at its head, the x; the legend has the values.
func (d *drawn) cross() {
	if d.f.Cross == nil {
		return
	}
	area, x := d.scene.Area, d.xs.At(*d.f.Cross)
	if !(x >= area.X0 && x < area.X1) {
		return
	}
	sign := '│'
	if d.f.Look.ASCII {
		sign = '|'
	}
	col := math.Floor(x)
	d.add(scene.Rule{From: scene.Point{X: col, Y: area.Y0}, To: scene.Point{X: col, Y: area.Y1 - 1}, Sign: sign, Ink: d.f.Look.Quiet()})
	if area.Y1+1 < float64(d.f.H) {
		label := labelsOf([]float64{*d.f.Cross}, 1, d.X.Unit)[0]
		if d.X.Unit == Number {
			label = short(*d.f.Cross)
		}
		d.add(scene.Text{X: int(col), Y: int(area.Y1), Anchor: scene.Middle, Text: label, Ink: scene.Ink{Bold: true}})
	}
}
