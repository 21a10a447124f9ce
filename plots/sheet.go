package plots

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"benchside/plots/scene"
)

// sheet is a chart that is being drawn for a frame.
type sheet struct {
	f     Frame
	scene *scene.Scene
}

func newSheet(f Frame) *sheet {
	return &sheet{f: f, scene: &scene.Scene{W: f.W, H: f.H, Area: scene.Box{X1: float64(f.W), Y1: float64(f.H)}}}
}

func (s *sheet) add(items ...scene.Item) { s.scene.Items = append(s.scene.Items, items...) }

// top is the number of rows above the data.
func (s *sheet) top() int {
	if s.f.H < leastAxesH+1 {
		return 0
	}
	return 1
}

// head writes the title and what else is to be said, if there is room.
func (s *sheet) head(title string, notes ...string) {
	if s.top() == 0 {
		return
	}
	var said []string
	for _, n := range notes {
		if n != "" {
			said = append(said, n)
		}
	}
	title, note := s.f.headed(title, strings.Join(said, ", "))
	if note != "" {
		s.add(scene.Text{X: s.f.W - 1, Y: 0, Anchor: scene.End, Text: note, Ink: s.f.Look.Quiet()})
	}
	s.add(scene.Text{X: 0, Y: 0, Text: title, Ink: scene.Ink{Bold: true}})
}

// headed cuts a title and a note so that both have room in one row: first the title,
// of which some signs stay, then the note.
func (f Frame) headed(title, note string) (string, string) {
	const some, least = 8, 12 // signs of a title, and of a note that still says something
	room := f.W - min(utf8.RuneCountInString(title), some) - 1
	if utf8.RuneCountInString(note) > room && room < least {
		note = ""
	}
	note = f.Look.cut(note, room)
	room = f.W
	if n := utf8.RuneCountInString(note); n > 0 {
		room -= n + 1
	}
	return f.Look.cut(title, room), note
}

// axes lays out two axes of numbers.
func (s *sheet) axes(x, y Axis) (xs, ys Scale) { return s.beside(x, y, 0) }

// beside is axes with so many cells for something else at the right.
func (s *sheet) beside(x, y Axis, right int) (xs, ys Scale) {
	area, xs, ys, items := s.f.Axes(x, y, s.top(), right)
	s.scene.Area = area
	s.add(items...)
	return xs, ys
}

// rows lays out names one above the other at the left, and an axis of numbers
// below if x is given. It returns the rows of each name, from and to below it,
// and how many names have room.
func (s *sheet) rows(names []string, x *Axis, right int) (xs Scale, each float64, shown int) {
	top, bottom := s.top(), s.f.H
	wide := 0
	for _, n := range names {
		wide = max(wide, utf8.RuneCountInString(n))
	}
	left := min(wide+1, s.f.W/3)
	if s.f.W < leastAxesW || left < 2 {
		left = 0
	}
	framed := x != nil && s.f.W >= leastAxesW && bottom-top >= leastAxesH
	if framed {
		bottom -= 2
	}
	area := scene.Box{X0: float64(left), Y0: float64(top), X1: float64(max(s.f.W-right, left+1)), Y1: float64(bottom)}
	s.scene.Area = area
	if x != nil {
		half := 0.5 / float64(max(s.f.DotsX, 1))
		xs = Scale{Range: x.Range, A: area.X0 + half, B: area.X1 - half, Log: x.Log}
	}
	if framed {
		sign := '─'
		if s.f.Look.ASCII {
			sign = '-'
		}
		y := area.Y1
		if s.f.file() {
			y -= 0.5
		}
		texts, ticks := s.f.below(area, *x, xs)
		s.add(scene.Rule{From: scene.Point{X: area.X0, Y: y}, To: scene.Point{X: area.X1 - 1, Y: y}, Sign: sign, Ink: s.f.Look.Quiet()}, ticks, texts)
	}
	room := int(area.Y1 - area.Y0)
	shown = min(len(names), room)
	if shown == 0 {
		return xs, 1, 0
	}
	if each = float64(room) / float64(shown); !s.f.file() {
		each = math.Floor(each)
	}
	names = s.f.Look.names(names, left-1)
	for i := range shown {
		if left > 0 {
			s.add(s.f.raised(scene.Text{Text: names[i], Ink: s.f.Look.Quiet()}, s.middle(i, each)))
		}
	}
	return xs, each, shown
}

// middle is the height at which the name of row i stands, and what is drawn of it:
// the middle of a row of cells, where there are cells.
func (s *sheet) middle(i int, each float64) float64 {
	at := s.scene.Area.Y0 + (float64(i)+0.5)*each
	if s.f.file() {
		return at
	}
	return math.Floor(at) + 0.5
}

// odd counts numbers that have no place.
type odd struct{ nans, infs, hidden, texts int }

// place reports whether v has a place on an axis, and counts it if not.
func (o *odd) place(v float64, log bool) bool {
	switch {
	case math.IsNaN(v):
		o.nans++
	case math.IsInf(v, 0):
		o.infs++
	case log && v <= 0:
		o.hidden++
	default:
		return true
	}
	return false
}

// texts words what is counted as text: params that are no numbers.
func texts(n int) string {
	if n == 1 {
		return "is text"
	}
	return "are text"
}

func (o odd) said() string { return o.counted("") }

// counted says how many there are, of what.
func (o odd) counted(of string) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{o.nans, "NaN or missing"}, {o.infs, "Inf"}, {o.hidden, "≤ 0 hidden"}, {o.texts, texts(o.texts)}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s%s", p.n, of, p.what))
		}
	}
	return strings.Join(parts, ", ")
}

// left says how many things had no room.
func left(n int, what string) string {
	if n <= 0 {
		return ""
	}
	if n > 1 {
		what += "s"
	}
	return fmt.Sprintf("%d more %s", n, what)
}

// nearest is the place of the nearest point within two cells, -1 for none.
func nearest(at scene.Point, places []scene.Point) int {
	best, found := 2.0, -1
	for i, p := range places {
		// A cell is about twice as high as it is wide.
		if d := math.Hypot(p.X-at.X, 2*(p.Y-at.Y)); d <= best || math.IsNaN(best) {
			best, found = d, i
		}
	}
	return found
}
