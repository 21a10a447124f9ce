// Package scene is a picture as a list of things to draw, in the cells of a
// terminal. It draws nothing itself: plots/cell, plots/svg and plots/raster do.
package scene

import "math"

// Ink is how something is drawn.
type Ink struct {
	Color Color
	Dash  uint8 // the dots of a line that are drawn, in turn, from the lowest bit; 0 means all
	Bold  bool
	// Faint gives way to what is not faint in the same cell: raw data under its
	// smoothed line.
	Faint bool
}

// Point is a place: X cells from the left edge of the scene, Y cells from its
// top, in fractions of a cell.
type Point struct{ X, Y float64 }

// Box is an area; X1 and Y1 are the first place right of it and below it.
type Box struct{ X0, Y0, X1, Y1 float64 }

// Scene is a picture of W by H cells.
type Scene struct {
	W, H int
	// Area is where the data are: lines, bands, rectangles, heats and markers
	// are cut at its edges; texts and rules at those of the scene.
	Area  Box
	Items []Item // the first is drawn first, the last lies on top
}

// Texts and Rules are many as one item.
type (
	Texts []Text
	Rules []Rule
)

// Item is one thing to draw: Line, Band, Rect, Heat, Marker, Rule, Text, or many
// rules or texts.
type Item interface{ item() }

// Line joins points. A point with a NaN is a gap; a point between two gaps is a
// dot.
type Line struct {
	Points []Point
	Ink    Ink
	ID     int    // of the series, for who owns a cell: the one with most dots in it
	Sign   string // what it is made of where a cell is one dot; "" for what others are
}

// Band is the area between two edges over the same places, drawn behind what
// else is there. A NaN is a gap.
type Band struct {
	X, Low, High []float64 // cells; Low is the lower edge, so the greater number
	Ink          Ink
	ID           int
}

// Rect is a filled rectangle, such as a bar. Without colours it is filled with
// a shade: Level 0 is the lightest, 1 the densest.
type Rect struct {
	Box   Box
	Ink   Ink
	Level float64
	ID    int
}

// Heat is a grid of values over a box, row by row from the top, each between 0
// and 1, or NaN where there is nothing.
type Heat struct {
	Box    Box
	Cols   int
	Values []float64
	Ramp   []Color // from 0 to 1; none means shades
}

// Marker is a sign at a point.
type Marker struct {
	At    Point
	Shape int    // as Shapes numbers them
	Sign  string // letters in place of the shape; "" for the shape
	Ink   Ink
	ID    int
}

// Text is a marker of letters as a text, in the middle of its place.
func (m Marker) Text() Text {
	const far = 1e6
	x, y := min(max(m.At.X, -far), far), min(max(m.At.Y, -far), far)
	t := Text{X: int(math.Floor(x)), Y: int(math.Floor(y)), Text: m.Sign, Ink: m.Ink}
	t.Shift = Point{X: x - float64(len(m.Sign))/2 - float64(t.X), Y: y - 0.5 - float64(t.Y)}
	return t
}

// Shapes is the number of shapes: disc, square, triangle and diamond, and the same
// hollow.
const Shapes = 8

var (
	shapes = [Shapes]string{"●", "■", "▲", "◆", "○", "□", "△", "◇"}
	// asciiShapes are no letters, which are markers, too.
	asciiShapes = [Shapes]string{"*", "+", "=", "$", "#", "@", "%", "&"}
)

// Shape is a shape as a sign of a terminal.
func Shape(n int, ascii bool) string {
	if n = (n%Shapes + Shapes) % Shapes; ascii {
		return asciiShapes[n]
	}
	return shapes[n]
}

// Rule is a straight line of the frame, the grid or the crosshair, horizontal
// or vertical, through the middle of cells. Sign is drawn in a terminal for each
// cell: '─', '│', '┤', '┊'.
type Rule struct {
	From, To Point // cells; both are drawn
	Sign     rune
	Ink      Ink
}

// Anchor says which end of a text stands at its place.
type Anchor int

// The anchors of a text.
const (
	Start Anchor = iota
	Middle
	End
)

// Text is one line of words, safe to show. X is the cell of its first sign, its
// middle or its last; Y is the row.
type Text struct {
	X, Y   int
	Shift  Point // cells from there, less than one: for pictures that have no cells
	Anchor Anchor
	Text   string
	Ink    Ink
	Back   Color // of the background, none to leave it
	Over   bool  // hides what is under it in a picture, too, as it does in cells
}

func (Line) item()   {}
func (Band) item()   {}
func (Rect) item()   {}
func (Heat) item()   {}
func (Marker) item() {}
func (Rule) item()   {}
func (Text) item()   {}
func (Texts) item()  {}
func (Rules) item()  {}
