package plots

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"benchside/plots/scene"
)

// short writes a number in few signs.
func short(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	return strconv.FormatFloat(v+0, 'g', 4, 64) // no negative zero
}

// Rooms for words.
const (
	legendFrom = 70 // cells of a chart from which on the legend stands beside it
	legendMost = 26
)

func (d *drawn) topRows() int {
	if d.f.H < leastAxesH+1 {
		return 0
	}
	return 1
}

// legendWidth does not depend on the crosshair, which would move the curves.
func (d *drawn) legendWidth() int {
	n := len(d.Series) + len(d.Groups)
	if n < 2 || d.f.W < legendFrom || d.f.H < leastAxesH+1 {
		return 0
	}
	wide := 0
	for _, s := range d.Series {
		wide = max(wide, utf8.RuneCountInString(s.Name))
	}
	for _, g := range d.Groups {
		wide = max(wide, utf8.RuneCountInString(g.Mean.Name))
	}
	code := d.codeWidth()
	return min(wide+code+12, legendMost+code-2, d.f.W/3)
}

// words writes the title, what is odd about the data, and the legend.
func (d *drawn) words() {
	if d.topRows() == 0 {
		return
	}
	title, note := d.f.headed(d.Title, d.said())
	room := d.f.W
	if n := utf8.RuneCountInString(note); n > 0 {
		d.add(scene.Text{X: d.f.W - 1, Y: 0, Anchor: scene.End, Text: note, Ink: d.f.Look.Quiet()})
		room -= n + 1
	}
	d.add(scene.Text{X: 0, Y: 0, Text: title, Ink: scene.Ink{Bold: true}})
	if d.legendWidth() > 0 {
		d.legend()
	} else if d.f.Cross != nil {
		d.readout(utf8.RuneCountInString(title)+2, room)
	}
}

// said is what a picture alone would hide.
func (d *drawn) said() string {
	var f Facts
	for _, s := range d.Series {
		f.NaNs += s.Facts.NaNs
		f.Infs += s.Facts.Infs
		f.Repeated += s.Facts.Repeated
		f.Negative += s.Facts.Negative
	}
	var parts []string
	say := func(n int, what string) {
		if n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+what)
		}
	}
	if d.Note != "" {
		parts = append(parts, d.Note)
	}
	say(f.NaNs, "NaN")
	say(f.Infs, "Inf")
	say(f.Repeated, "repeated")
	say(f.Negative, "negative x")
	if d.hidden > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d ≤ 0 hidden", d.hidden, d.seen))
	}
	if d.seen == 0 && len(d.Series)+len(d.Groups) > 0 {
		parts = append(parts, "no point here")
	}
	if len(d.Series) >= crowd {
		parts = append(parts, fmt.Sprintf("density of %d runs", len(d.Series)))
	}
	return strings.Join(parts, ", ")
}

// Hit implements Chart.
func (l *Line) Hit(f Frame, at scene.Point) (Datum, bool) {
	const near = 3.0 // cells
	d := l.lay(f)
	best, found := Datum{}, false
	distance := near
	for i, s := range d.Series {
		from, to := window(s.X, Range{d.xs.Value(at.X - near), d.xs.Value(at.X + near)})
		for k := from; k < to; k++ {
			away := math.Hypot(d.xs.At(s.X[k])-at.X, 2*(d.ys.At(s.Y[k])-at.Y))
			if away < distance {
				distance, found = away, true
				best = Datum{Series: i, Name: s.Name, X: s.X[k], Y: s.Y[k], Text: fmt.Sprintf("%s  %s at %s", s.Name, short(s.Y[k]), short(s.X[k]))}
			}
		}
	}
	return best, found
}

// Table implements Chart.
func (l *Line) Table() Table {
	t := Table{Columns: []string{"series", "x", "y"}}
	for _, s := range l.Series {
		for i := range s.X {
			t.Rows = append(t.Rows, []any{s.Name, s.X[i], s.Y[i]})
		}
	}
	return t
}
