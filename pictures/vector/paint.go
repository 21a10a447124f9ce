package vector

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"maps"
	"math"
	"slices"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/vector"

	"benchside/sanitize"
)

// painter draws a document into an image. It stops at the first err.
type painter struct {
	doc      *document
	image    *image.RGBA
	viewport box // what percent are of
	bitmap   func([]byte) (image.Image, error)
	ended    func() error
	raster   vector.Rasterizer
	fonts    map[string]*sfnt.Font
	glyphs   sfnt.Buffer
	// What may still be spent.
	work, elements, points int
	err                    error
}

// state is where and how an element is drawn.
type state struct {
	matrix matrix
	clip   image.Rectangle
	style  style
	depth  int
}

func newPainter(ctx context.Context, doc *document, page image.Rectangle, bitmap func([]byte) (image.Image, error)) *painter {
	return &painter{
		doc: doc, image: image.NewRGBA(page), bitmap: bitmap, ended: ctx.Err, fonts: map[string]*sfnt.Font{},
		work: mostWork + mostPages*page.Dx()*page.Dy(), elements: mostElements, points: mostPoints,
	}
}

// spend takes from what may be spent, and says whether to go on.
func (p *painter) spend(work int) bool {
	if p.err == nil {
		p.err = p.ended()
	}
	if p.work -= work; p.err == nil && (p.work < 0 || p.points < 0 || p.elements < 0) {
		p.err = fmt.Errorf("draw an SVG that takes too long: %w", ErrTooLarge)
	}
	return p.err == nil
}

// notes say what was not drawn, in the order of the alphabet.
func (p *painter) notes() (all []string) {
	const most, longest = 12, 40
	for _, what := range slices.Sorted(maps.Keys(p.doc.skips)) {
		if len(all) == most {
			return append(all, fmt.Sprintf("not drawn: %d more kinds", len(p.doc.skips)-most))
		}
		note := "not drawn: " + sanitize.Line(string([]rune(what)[:min(len([]rune(what)), longest)]))
		if n := p.doc.skips[what]; n > 1 {
			note += fmt.Sprintf(", %d times", n)
		}
		all = append(all, note)
	}
	return all
}

// fill paints the inside of figures.
func (p *painter) fill(figures []figure, at state, with paint, opacity float64) {
	if with.none || len(figures) == 0 || opacity <= 0 {
		return
	}
	area, rows := p.bounds(figures, at.matrix, at.clip)
	source, cost := p.source(with, opacity, at, figures)
	if area.Empty() || source == nil || !p.spend(rows+cost*area.Dx()*area.Dy()) {
		return
	}
	p.raster.Reset(area.Dx(), area.Dy())
	for _, f := range figures {
		for i, v := range f.points {
			x, y := inside(at.matrix.of(v), area)
			if i == 0 {
				p.raster.MoveTo(x, y)
			} else {
				p.raster.LineTo(x, y)
			}
		}
		p.raster.ClosePath()
	}
	p.raster.Draw(p.image, area, source, area.Min)
}

// inside is a point from the corner of an area, bounded to what the rasteriser
// can count.
func inside(v point, area image.Rectangle) (x, y float32) {
	const far = 30_000
	bound := func(v float64) float32 {
		if math.IsNaN(v) {
			return 0
		}
		return float32(min(max(v, -far), far))
	}
	return bound(v.x - float64(area.Min.X)), bound(v.y - float64(area.Min.Y))
}

// bounds returns the pixels that figures touch, and how many rows their lines
// cross in all.
func (p *painter) bounds(figures []figure, m matrix, clip image.Rectangle) (area image.Rectangle, rows int) {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	most := float64(clip.Dy())
	for _, f := range figures {
		last := m.of(f.points[0])
		for _, v := range f.points {
			at := m.of(v)
			low, high = point{min(low.x, at.x), min(low.y, at.y)}, point{max(high.x, at.x), max(high.y, at.y)}
			rows += 2 + crossed(at.y-last.y, most) + crossed(at.x-last.x, most)/8
			last = at
		}
	}
	const far = 1 << 20
	whole := func(v float64) int { return int(min(max(v, -far), far)) }
	if !(low.x <= high.x && low.y <= high.y) {
		return image.Rectangle{}, rows
	}
	return image.Rect(whole(math.Floor(low.x)), whole(math.Floor(low.y)), whole(math.Ceil(high.x))+1, whole(math.Ceil(high.y))+1).Intersect(clip), rows
}

// crossed is a distance in whole pixels up to the most; of what is no number,
// too.
func crossed(v, most float64) int {
	if v = math.Abs(v); v < most {
		return int(v)
	}
	return int(most)
}

// source returns what a shape is painted with and what a pixel of it costs.
func (p *painter) source(with paint, opacity float64, at state, figures []figure) (image.Image, int) {
	if with.gradient != nil {
		const dear = 30
		if g := p.gradient(with.gradient, at, figures, opacity); g != nil {
			return g, dear
		}
		return nil, 0
	}
	c := with.color
	c.A = uint8(math.Round(float64(c.A) * min(opacity, 1)))
	if c.A == 0 {
		return nil, 0
	}
	return image.NewUniform(color.RGBAModel.Convert(c)), 1
}
