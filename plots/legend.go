package plots

import (
	"fmt"
	"unicode/utf8"

	"benchside/plots/scene"
)

// entry is what a legend says of a series or of a group.
type entry struct {
	letter string
	ink    scene.Ink
	word   scene.Ink // of its name and value
}

func (d *drawn) entries() int { return len(d.lines) + len(d.Groups) }

// entry is that of a series, or behind them that of a group: for the legend beside
// the chart.
func (d *drawn) entry(i int) entry {
	at := i
	if i >= len(d.lines) {
		at -= len(d.lines)
	}
	e := entry{letter: Letter(d.slot(at)), ink: d.ink(at)}
	if len(d.Groups) == 1 && len(d.lines) == 0 {
		e.letter = "mean" // one group is told from nothing
	}
	e.ink.Bold = i == d.f.Focus-1
	e.word = e.ink
	e.word.Color = d.f.Look.Word(d.slot(at)).Color
	return e
}

// codeWidth is the room of the letters of a legend, of the dashes and the marker where
// they are drawn, and of the blank behind them.
func (d *drawn) codeWidth() int {
	wide := 1
	for i := range max(len(d.Series), len(d.Groups)) {
		wide = max(wide, len(d.entry(i).letter))
	}
	if d.told {
		wide += 2
	}
	if d.marked() {
		wide += 2
	}
	return wide + 1
}

// marked reports whether the lines have markers, at their best points.
func (d *drawn) marked() bool {
	return d.Best != NoBest && len(d.lines) > 1 && len(d.lines) < crowd
}

// codes are the letter of an entry, its dashes and its marker, beside each other.
func (d *drawn) codes(to scene.Texts, i, x, y int) scene.Texts {
	e, look := d.entry(i), d.f.Look
	to = append(to, scene.Text{X: x, Y: y, Text: e.letter, Ink: e.ink})
	x += len(e.letter)
	if d.told {
		to = append(to, scene.Text{X: x, Y: y, Text: look.Dash(d.slotOf(i)), Ink: e.ink})
		x += 2
	}
	if d.marked() {
		to = append(to, scene.Text{X: x + 1, Y: y, Text: look.Mark(d.slotOf(i)), Ink: e.ink})
	}
	return to
}

// legend names the series beside the chart, with their values at the crosshair
// or their last ones. Those without a row are counted in the last one.
func (d *drawn) legend() {
	n, code := d.entries(), d.codeWidth()
	left, top := d.f.W-d.legendWidth()+1, int(d.scene.Area.Y0)
	rows := max(d.f.H-top, 0)
	shown := n
	if n > rows {
		shown = max(rows-1, 0)
	}
	words := make([]string, 2*n)
	names, values := words[:n], words[n:]
	wide := 0
	for i := range n {
		names[i], values[i] = d.wordsOf(i)
		wide = max(wide, utf8.RuneCountInString(values[i]))
	}
	names = d.f.Look.names(names, d.f.W-left-code-wide-1)
	texts := make(scene.Texts, 0, 5*shown+1)
	for i := range shown {
		e := d.entry(i)
		texts = d.codes(texts, i, left, top+i)
		texts = append(texts,
			scene.Text{X: left + code, Y: top + i, Text: names[i], Ink: e.word},
			scene.Text{X: d.f.W - 1, Y: top + i, Anchor: scene.End, Text: values[i]})
	}
	if shown < n && rows > 0 {
		texts = append(texts, scene.Text{X: left, Y: top + shown, Text: fmt.Sprintf("and %d more", n-shown), Ink: d.f.Look.Quiet()})
	}
	d.add(texts)
}

// wordsOf are the name and the value of an entry.
func (d *drawn) wordsOf(i int) (name, value string) {
	if i < len(d.lines) {
		return d.lines[i].Name, d.valueOf(d.lines[i])
	}
	s := d.Groups[i-len(d.lines)].Mean
	if d.f.Cross == nil {
		return s.Name, d.valueOf(s)
	}
	v, ok := d.drawnAt(s, *d.f.Cross)
	if !ok {
		return s.Name, "—"
	}
	return s.Name, short(v)
}

func (d *drawn) valueOf(s Series) string {
	if d.f.Cross != nil {
		if _, v, ok := s.At(*d.f.Cross); ok {
			return short(v)
		}
		return "—"
	}
	if len(s.Y) == 0 {
		return "—"
	}
	return short(s.Y[len(s.Y)-1])
}

// drawnAt is the value at x of the line that is drawn, which is straight between
// two points of a series on the scales of the chart.
func (d *drawn) drawnAt(s Series, x float64) (float64, bool) {
	before, value, ok := s.At(x)
	if !ok || before == x {
		return value, ok
	}
	_, next := inside(s.X, Range{before, before})
	part := (d.xs.At(x) - d.xs.At(before)) / (d.xs.At(s.X[next]) - d.xs.At(before))
	v := d.ys.Value(d.ys.At(value)*(1-part) + d.ys.At(s.Y[next])*part)
	return v, finite(v)
}

// readout is the legend of a narrow chart: letters and values. What has no room
// is not silent.
func (d *drawn) readout(from, to int) {
	n := d.entries()
	for i := range n {
		e := d.entry(i)
		_, value := d.wordsOf(i)
		wide := len(e.letter) + 1 + utf8.RuneCountInString(value)
		room := to - from
		if i+1 < n {
			room -= 3 // for what says that there are more
		}
		if wide > room {
			if from < to {
				d.add(scene.Text{X: from, Y: 0, Text: d.f.Look.more(), Ink: d.f.Look.Quiet()})
			}
			return
		}
		d.add(scene.Text{X: from, Y: 0, Text: e.letter + " " + value, Ink: e.word})
		from += wide + 2
	}
}
