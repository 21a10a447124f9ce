// Package vector draws SVG pictures as pixels: shapes, text, gradients along a
// line and pictures that are inside of the file. It runs no script, follows no
// reference out of the file, knows no entity, and says what it does not draw.
package vector

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
)

// ErrTooLarge means that a picture has more of something than is drawn.
var ErrTooLarge = errors.New("over the limit")

// The limits of what is read.
const (
	mostBytes    = 16 << 20
	mostDepth    = 64      // of elements in each other, and of uses in uses
	mostElements = 200_000 // in the file, and again drawn
	mostPoints   = 4_000_000
	mostRules    = 2_000 // of style sheets
	// What filling may cost, in rows and pixels touched, some 10 ns each: so
	// many pages filled, and what elements take by themselves.
	mostPages   = 60
	elementWork = 100
	mostWork    = 2 * elementWork * mostElements
)

// Limits bound a drawing, and say how pictures inside of it are decoded.
type Limits struct {
	// Side is the longer side of the drawing in pixels; 0 means its own, but at
	// least 1600, as a drawing gains by it, and at most 4096.
	Side   int
	Pixels int64 // at most these are drawn; 0 means 40 million
	// Bitmap decodes a picture that is inside of the file; nil leaves them out.
	Bitmap func([]byte) (image.Image, error)
}

// Drawing is an SVG as pixels.
type Drawing struct {
	Image *image.RGBA
	// Notes say what is not drawn. They are safe to show.
	Notes []string
}

// Size returns the size of an SVG in the pixels of CSS, 96 to an inch. It reads
// no further than the root element.
func Size(r io.Reader) (width, height int, err error) {
	root, err := first(io.LimitReader(r, mostBytes))
	if err != nil {
		return 0, 0, err
	}
	box := root.page()
	return int(math.Ceil(box.w)), int(math.Ceil(box.h)), nil
}

// Draw reads an SVG and draws it on nothing: where it has no background it is
// transparent.
func Draw(ctx context.Context, r io.Reader, limits Limits) (Drawing, error) {
	if limits.Pixels == 0 {
		limits.Pixels = 40_000_000
	}
	doc, err := read(ctx, r)
	if err != nil {
		return Drawing{}, err
	}
	page := doc.root.page()
	scale := page.scale(limits)
	w, h := max(int(math.Round(page.w*scale)), 1), max(int(math.Round(page.h*scale)), 1)
	if int64(w)*int64(h) > limits.Pixels {
		return Drawing{}, fmt.Errorf("draw %d by %d pixels: %w of %d", w, h, ErrTooLarge, limits.Pixels)
	}
	p := newPainter(ctx, doc, image.Rect(0, 0, w, h), limits.Bitmap)
	p.viewport = page.view
	at := state{matrix: page.fit(float64(w), float64(h)), clip: p.image.Rect, style: usualStyle(), depth: 1}
	p.children(doc.root, p.styled(doc.root, at))
	if p.err != nil {
		return Drawing{}, p.err
	}
	return Drawing{Image: p.image, Notes: p.notes()}, nil
}

// page is the size of a drawing and the part of its coordinates that it shows.
type page struct {
	w, h    float64
	view    box
	stretch bool // preserveAspectRatio="none"
}

type box struct{ x, y, w, h float64 }

// page returns what the root element says; without a size it is 300 by 150, as
// in browsers, and never far from what can be drawn.
func (n *node) page() page {
	const wide, high, most = 300, 150, 1e6
	p := page{stretch: n.attr("preserveAspectRatio") == "none"}
	v := numbers(n.attr("viewBox"), 4)
	if len(v) == 4 && v[2] > 0 && v[3] > 0 {
		p.view = box{v[0], v[1], v[2], v[3]}
	}
	p.w, p.h = length(n.attr("width"), p.view.w), length(n.attr("height"), p.view.h)
	switch {
	case p.w > 0 && p.h > 0:
	case p.view.w == 0:
		p.w, p.h = orElse(p.w, wide), orElse(p.h, high)
	case p.w > 0:
		p.h = p.w * p.view.h / p.view.w
	case p.h > 0:
		p.w = p.h * p.view.w / p.view.h
	default:
		p.w, p.h = p.view.w, p.view.h
	}
	p.w, p.h = min(max(p.w, 1), most), min(max(p.h, 1), most)
	if p.view.w == 0 {
		p.view = box{0, 0, p.w, p.h}
	}
	return p
}

func orElse(v, other float64) float64 {
	if v > 0 {
		return v
	}
	return other
}

func (p page) scale(limits Limits) float64 {
	const least, most = 1600, 4096
	side := float64(limits.Side)
	if side <= 0 {
		side = min(max(p.w, p.h, least), most)
	}
	return min(side/max(p.w, p.h), math.Sqrt(float64(limits.Pixels)/(p.w*p.h))*0.999)
}

// fit leads from the coordinates of the drawing to w by h pixels.
func (p page) fit(w, h float64) matrix {
	sx, sy := w/p.view.w, h/p.view.h
	if p.stretch {
		return matrix{sx, 0, 0, sy, -p.view.x * sx, -p.view.y * sy}
	}
	s := min(sx, sy)
	return matrix{s, 0, 0, s, (w-p.view.w*s)/2 - p.view.x*s, (h-p.view.h*s)/2 - p.view.y*s}
}
