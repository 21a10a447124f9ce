package pictures

import (
	"image"
	"math"
)

// Port is what part of a picture is looked at. The zero value is all of it.
type Port struct {
	Zoom float64 // how much larger than what fits; 0 means 1
	// X and Y are where the middle is, from -1 at the left or top edge of the
	// picture to 1 at the other.
	X, Y float64
}

// Box is where a picture is drawn.
type Box struct {
	Cols, Rows int
	// CellW and CellH are the pixels of a cell; 0 means 8 by 16. To cells, they
	// say its shape; with 2 by 4 a pixel of the picture is about one block.
	CellW, CellH int
}

func (b Box) usual() Box {
	b.Cols, b.Rows = min(max(b.Cols, 1), mostSide), min(max(b.Rows, 1), mostSide)
	if b.CellW < 1 || b.CellH < 1 || b.CellW > mostSide || b.CellH > mostSide {
		b.CellW, b.CellH = 8, 16
	}
	return b
}

// mostSide bounds the columns and rows of a box, and the pixels of its cell.
const mostSide = 2000

// mostZoom bounds zooming: at 64 a pixel of any picture can be seen.
const mostZoom = 64

// Seen is a part of a picture and the cells that it takes, which may be fewer
// than the box has.
type Seen struct {
	Part       image.Rectangle // of the picture, from its top left corner
	Cols, Rows int
}

// Pixels returns how many pixels of a box what is seen is worth: no more than
// the part has, as terminals enlarge by themselves.
func (s Seen) Pixels(box Box) (w, h int) {
	box = box.usual()
	return min(s.Part.Dx(), s.Cols*box.CellW), min(s.Part.Dy(), s.Rows*box.CellH)
}

// Actual returns the zoom at which a pixel of the picture is one of the screen.
func Actual(size image.Point, box Box) float64 { return 1 / fitting(size, box.usual()) }

// fitting is how many pixels of the screen a pixel of a picture takes when all
// of it fits.
func fitting(size image.Point, box Box) float64 {
	w, h := float64(max(size.X, 1)), float64(max(size.Y, 1))
	return min(float64(box.Cols*box.CellW)/w, float64(box.Rows*box.CellH)/h)
}

// zoom is between a pixel of the picture on one of the screen, or all of it, and
// mostZoom.
func (p Port) zoom(size image.Point, box Box) float64 {
	if !(p.Zoom > 0) {
		return 1
	}
	return min(max(p.Zoom, min(1, Actual(size, box))), mostZoom)
}

// See returns the part of a picture of a size that a box shows.
func (p Port) See(size image.Point, box Box) Seen {
	box = box.usual()
	size.X, size.Y = max(size.X, 1), max(size.Y, 1)
	scale := fitting(size, box) * p.zoom(size, box)
	x0, x1, cols := span(p.X, size.X, box.Cols, box.CellW, scale)
	y0, y1, rows := span(p.Y, size.Y, box.Rows, box.CellH, scale)
	return Seen{Part: image.Rect(x0, y0, x1, y1), Cols: cols, Rows: rows}
}

// span returns the pixels of a picture that are seen along one side, and in how
// many cells.
func span(middle float64, size, cells, cell int, scale float64) (from, to, taken int) {
	if !(middle >= -1) { // NaN, too
		middle = -1
	}
	middle = min(middle, 1)
	seen := float64(cells*cell) / scale // pixels of the picture that the box has room for
	if seen >= float64(size) {
		taken = int(math.Round(float64(size) * scale / float64(cell)))
		return 0, size, min(max(taken, 1), cells)
	}
	wide := max(int(math.Round(seen)), 1)
	from = int(math.Round((middle+1)/2*float64(size) - seen/2))
	from = min(max(from, 0), size-wide)
	return from, from + wide, cells
}

// Pan moves by halves of what is seen: dx to the right, dy down. It stops at the
// edges.
func (p Port) Pan(size image.Point, box Box, dx, dy int) Port {
	seen := p.See(size, box).Part
	p.X = moved(seen.Min.X, seen.Max.X, size.X, dx)
	p.Y = moved(seen.Min.Y, seen.Max.Y, size.Y, dy)
	return p
}

func moved(from, to, size, halves int) float64 {
	half := float64(to-from) / 2
	middle := float64(from) + half + float64(min(max(halves, -1<<20), 1<<20))*half
	middle = min(max(middle, half), float64(max(size, 1))-half)
	return 2*middle/float64(max(size, 1)) - 1
}

// Jump looks at one of nine parts, counted from 1 like the letters of a page. At
// the zoom of the whole picture it also goes to 3, where a ninth fills the box.
func (p Port) Jump(n int) Port {
	if n < 1 || n > 9 {
		return p
	}
	if !(p.Zoom > 1) {
		p.Zoom = 3
	}
	const step = 2.0 / 3
	p.X, p.Y = float64((n-1)%3-1)*step, float64((n-1)/3-1)*step
	return p
}

// Minimap returns what is seen as a part of a map of all the picture in cols by
// rows cells; at least one cell.
func (p Port) Minimap(size image.Point, box Box, cols, rows int) image.Rectangle {
	seen := p.See(size, box).Part
	x0, x1 := on(seen.Min.X, seen.Max.X, size.X, cols)
	y0, y1 := on(seen.Min.Y, seen.Max.Y, size.Y, rows)
	return image.Rect(x0, y0, x1, y1)
}

func on(from, to, size, cells int) (a, b int) {
	size, cells = max(size, 1), max(cells, 1)
	a = min(from*cells/size, cells-1)
	b = (to*cells + size - 1) / size
	return a, min(max(b, a+1), cells)
}
