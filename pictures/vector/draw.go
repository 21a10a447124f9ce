package vector

import (
	"encoding/base64"
	"image"
	"image/color"
	"math"
	"strings"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

func (p *painter) children(n *node, at state) {
	for _, kid := range n.kids {
		if !p.spend(1) {
			return
		}
		p.element(kid, at)
	}
}

// element draws an element and what is inside of it.
func (p *painter) element(n *node, at state) {
	if n.name == "" {
		return
	}
	p.elements--
	if at.depth++; at.depth > mostDepth {
		p.doc.skip("what is nested deeper than 64")
		return
	}
	at = p.clipped(n, p.styled(n, at))
	if at.style.gone || at.clip.Empty() || !p.spend(elementWork) {
		return
	}
	switch n.name {
	case "g", "a", "svg", "switch":
		p.children(n, at)
	case "use":
		p.use(n, at)
	case "text":
		p.text(n, at)
	case "image":
		p.picture(n, at)
	case "path", "rect", "circle", "ellipse", "line", "polyline", "polygon":
		p.shape(n, at)
	}
}

// named finds what a reference within the file names.
func (p *painter) named(reference string) *node {
	id, ok := strings.CutPrefix(strings.TrimSpace(reference), "#")
	if !ok {
		p.doc.skip("a reference out of the file")
		return nil
	}
	return p.doc.ids[id]
}

func (p *painter) use(n *node, at state) {
	target := p.named(n.attr("href"))
	if target == nil {
		return
	}
	at.matrix = at.matrix.then(matrix{1, 0, 0, 1, length(n.attr("x"), p.viewport.w), length(n.attr("y"), p.viewport.h)})
	if target.name == "symbol" {
		p.children(target, p.styled(target, at))
		return
	}
	p.element(target, at)
}

// clipped cuts at the box of a clip path, which is all of it if that is a
// rectangle.
func (p *painter) clipped(n *node, at state) state {
	reference := n.attr("clip-path")
	for _, s := range settings(n.attr("style")) {
		if s.name == "clip-path" {
			reference = s.value
		}
	}
	inner, ok := strings.CutPrefix(reference, "url(")
	if !ok {
		return at
	}
	clip := p.named(strings.Trim(strings.TrimSuffix(strings.TrimSpace(inner), ")"), `'" `))
	if clip == nil || clip.name != "clipPath" {
		return at
	}
	if clip.attr("clipPathUnits") == "objectBoundingBox" {
		p.doc.skip("a clip path in units of a box")
		return at
	}
	m := at.matrix.then(transform(clip.attr("transform")))
	all := image.Rectangle{}
	for _, kid := range clip.kids {
		inner := m.then(transform(kid.attr("transform")))
		figures := p.outline(kid, inner)
		if kid.name != "rect" || inner.b != 0 && inner.a != 0 {
			p.doc.skip("the shape of a clip path; its box is")
		}
		all = all.Union(around(figures, inner))
	}
	at.clip = at.clip.Intersect(all)
	return at
}

// around is the box of figures in whole pixels.
func around(figures []figure, m matrix) image.Rectangle {
	const far = 1e6
	low, high := point{far, far}, point{-far, -far}
	for _, f := range figures {
		for _, v := range f.points {
			at := m.of(v)
			low, high = point{min(low.x, at.x), min(low.y, at.y)}, point{max(high.x, at.x), max(high.y, at.y)}
		}
	}
	if !(low.x < high.x && low.y < high.y) {
		return image.Rectangle{}
	}
	whole := func(v float64) int { return int(math.Round(min(max(v, -far), far))) }
	return image.Rect(whole(low.x), whole(low.y), whole(high.x), whole(high.y))
}

// outline returns the figures of a shape.
func (p *painter) outline(n *node, m matrix) []figure {
	o := outline{fine: m.scale(), left: p.points}
	x := func(name string) float64 { return length(n.attr(name), p.viewport.w) }
	y := func(name string) float64 { return length(n.attr(name), p.viewport.h) }
	switch n.name {
	case "path":
		o.data(n.attr("d"))
	case "rect":
		rx, ry := x("rx"), y("ry")
		if n.attr("rx") == "" {
			rx = ry
		}
		if n.attr("ry") == "" {
			ry = rx
		}
		o.rect(box{x("x"), y("y"), x("width"), y("height")}, rx, ry)
	case "circle":
		o.ellipse(point{x("cx"), y("cy")}, x("r"), x("r"))
	case "ellipse":
		o.ellipse(point{x("cx"), y("cy")}, x("rx"), y("ry"))
	case "line":
		o.move(point{x("x1"), y("y1")})
		o.line(point{x("x2"), y("y2")})
	case "polyline", "polygon":
		s := scanner{n.attr("points")}
		for !o.over {
			a, ok := s.number()
			b, both := s.number()
			if !ok || !both {
				break
			}
			if len(o.figures) == 0 {
				o.move(point{a, b})
			} else {
				o.line(point{a, b})
			}
		}
		if n.name == "polygon" {
			o.close()
		}
	}
	p.points = o.left
	if o.over {
		p.points = -1
	}
	return o.figures
}

func (p *painter) shape(n *node, at state) {
	if at.style.hidden {
		return
	}
	figures := p.outline(n, at.matrix)
	if n.name != "line" {
		p.fill(figures, at, at.style.fill, at.style.fillOpacity*at.style.opacity)
	}
	p.stroke(figures, at)
}

func (p *painter) stroke(figures []figure, at state) {
	if at.style.stroke.none || at.style.width == 0 || !p.spend(1) {
		return
	}
	out, spent, over := stroked(figures, at.style.pen, at.matrix.scale(), p.points)
	p.points -= spent
	if over {
		p.points = -1
	}
	p.fill(out, at, at.style.stroke, at.style.strokeOpacity*at.style.opacity)
}

// picture draws a bitmap that is inside of the file.
func (p *painter) picture(n *node, at state) {
	head, data, ok := strings.Cut(n.attr("href"), ",")
	if !ok || !strings.HasPrefix(head, "data:image/") || !strings.HasSuffix(head, ";base64") || p.bitmap == nil {
		p.doc.skip("a picture out of the file")
		return
	}
	content, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
	if err != nil || at.style.hidden || !p.spend(len(content)) {
		return
	}
	m, err := p.bitmap(content)
	if err != nil {
		if p.spend(1) {
			p.doc.skip("a picture that cannot be decoded")
		}
		return
	}
	const dear = 4 // decoding takes longer than filling
	b := m.Bounds()
	if !p.spend(dear*b.Dx()*b.Dy() + dear*at.clip.Dx()*at.clip.Dy()) {
		return
	}
	w, h := orElse(length(n.attr("width"), p.viewport.w), float64(b.Dx())), orElse(length(n.attr("height"), p.viewport.h), float64(b.Dy()))
	x, y := length(n.attr("x"), p.viewport.w), length(n.attr("y"), p.viewport.h)
	view := page{view: box{0, 0, float64(b.Dx()), float64(b.Dy())}, stretch: n.attr("preserveAspectRatio") == "none"}.fit(w, h)
	to := at.matrix.then(matrix{1, 0, 0, 1, x, y}).then(view).then(matrix{1, 0, 0, 1, -float64(b.Min.X), -float64(b.Min.Y)})
	if _, ok := to.back(); !ok || !to.moderate() {
		return
	}
	var filter draw.Transformer = draw.ApproxBiLinear
	if strings.Contains(n.attr("style"), "pixelated") || strings.Contains(n.attr("style"), "crisp-edges") {
		filter = draw.NearestNeighbor
	}
	options := &draw.Options{SrcMask: image.NewUniform(color.Alpha{uint8(255 * at.style.opacity)})}
	if at.style.opacity >= 1 {
		options = nil
	}
	dst := p.image.SubImage(at.clip).(*image.RGBA)
	filter.Transform(dst, f64.Aff3{to.a, to.c, to.e, to.b, to.d, to.f}, m, b, draw.Over, options)
}
