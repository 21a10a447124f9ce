package plots

import "benchside/plots/scene"

// Frame is the room and the look that a chart is drawn for.
type Frame struct {
	W, H         int // cells
	DotsX, DotsY int // dots in a cell: 2 and 4 for braille; more for a file. At least 1
	Look         Look
	View         View
	// Cross is where the crosshair stands, in the units of x; nil for none.
	Cross *float64
	Focus int // 1 + the series that lies on top and is told from the others; 0 for none
	// Traces holds the lines of the frame before; nil for none.
	Traces *Traces
}

// file reports whether the frame is one of pixels: no terminal has so many dots.
func (f Frame) file() bool {
	const braille = 4
	return f.DotsY > braille
}

// View is the window of a chart. The zero value shows everything.
type View struct {
	X, Y       Range
	LogX, LogY bool
	// SymY makes y of lines a symmetric logarithm, on which every number has a place.
	SymY bool
	// NoOutliers fits y to the values between the 2nd and the 98th percentile.
	NoOutliers bool
}

// Range is a part of an axis in its own units; the zero value means all.
type Range struct{ From, To float64 }

// Set reports whether the range was chosen.
func (r Range) Set() bool { return r.From != r.To }

// Datum is what a chart shows at a place.
type Datum struct {
	Series int // its number
	Name   string
	X, Y   float64
	Text   string // for people: all there is to say of it
}

// Table is the data of a chart, for a file, a script or a reader of screens.
// Cells are string, float64, int64 or nil where there is nothing.
type Table struct {
	Columns []string
	Rows    [][]any
}

// Chart is something that can be drawn. Its methods change nothing.
type Chart interface {
	// Scene draws the chart. It is exactly f.W by f.H cells, whatever the data.
	Scene(f Frame) *scene.Scene
	// Hit returns the datum nearest to a place of the scene, false if none is near.
	Hit(f Frame, at scene.Point) (Datum, bool)
	// Table returns all the data, not only what is drawn.
	Table() Table
}

// Depth is how many colours there are.
type Depth int

// The depths of colour. A terminal of 16 million gets the palette, too, unless
// TrueColor is asked for, which draws ramps without steps; files always do.
const (
	NoColor Depth = iota
	Ansi16
	Ansi256
	TrueColor
)

// Look is the part of a theme that charts need.
type Look struct {
	Dark  bool
	Depth Depth
	ASCII bool
	Axes  uint8 // their colour and that of secondary words, of the palette of 256; 0 is the usual
}
