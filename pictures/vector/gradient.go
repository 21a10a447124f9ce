package vector

import (
	"image"
	"image/color"
	"math"
	"slices"
)

// gradient is an image that changes along a line.
type gradient struct {
	back  matrix // from pixels to where the line is from (0, 0) to (1, 0)
	stops []stop
	area  image.Rectangle
}

type stop struct {
	at    float64
	color color.NRGBA
}

func (g *gradient) ColorModel() color.Model { return color.NRGBAModel }
func (g *gradient) Bounds() image.Rectangle { return g.area }

func (g *gradient) At(x, y int) color.Color {
	at := g.back.of(point{float64(x) + 0.5, float64(y) + 0.5}).x
	i, _ := slices.BinarySearchFunc(g.stops, at, func(s stop, at float64) int {
		if s.at <= at {
			return -1
		}
		return 1
	})
	switch {
	case i == 0:
		return g.stops[0].color
	case i == len(g.stops):
		return g.stops[i-1].color
	}
	a, b := g.stops[i-1], g.stops[i]
	t := (at - a.at) / (b.at - a.at)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-t) + float64(b)*t)) }
	return color.NRGBA{mix(a.color.R, b.color.R), mix(a.color.G, b.color.G), mix(a.color.B, b.color.B), mix(a.color.A, b.color.A)}
}

// gradient returns what a gradient paints on figures; one that is not along a
// line is the mean of its stops.
func (p *painter) gradient(n *node, at state, figures []figure, opacity float64) image.Image {
	chain := p.templates(n)
	stops := p.stops(chain, opacity)
	if len(stops) == 0 {
		return nil
	}
	attr := func(name, usual string) string {
		for _, n := range chain {
			if v := n.attr(name); v != "" {
				return v
			}
		}
		return usual
	}
	unit := at.matrix
	whole := p.viewport
	if attr("gradientUnits", "objectBoundingBox") != "userSpaceOnUse" {
		low, high := spread(figures)
		unit = unit.then(matrix{high.x - low.x, 0, 0, high.y - low.y, low.x, low.y})
		whole = box{0, 0, 1, 1}
	}
	unit = unit.then(transform(attr("gradientTransform", "")))
	x1, y1 := length(attr("x1", "0%"), whole.w), length(attr("y1", "0%"), whole.h)
	dx, dy := length(attr("x2", "100%"), whole.w)-x1, length(attr("y2", "0%"), whole.h)-y1
	back, ok := unit.then(matrix{dx, dy, -dy, dx, x1, y1}).back()
	switch {
	case n.name == "radialGradient":
		p.doc.skip("the circles of a radial gradient; its mean colour is")
		return image.NewUniform(middle(stops))
	case !ok:
		return image.NewUniform(stops[len(stops)-1].color)
	}
	return &gradient{back: back, stops: stops, area: p.image.Rect}
}

// templates are a gradient and those that it refers to.
func (p *painter) templates(n *node) (chain []*node) {
	const most = 8
	for n != nil && len(chain) < most && (n.name == "linearGradient" || n.name == "radialGradient") {
		chain = append(chain, n)
		href := n.attr("href")
		if href == "" {
			break
		}
		n = p.named(href)
	}
	return chain
}

// stops are those of the first of a chain that has some, in order.
func (p *painter) stops(chain []*node, opacity float64) (stops []stop) {
	const most = 256
	for _, n := range chain {
		for _, kid := range n.kids {
			if kid.name != "stop" || len(stops) == most {
				continue
			}
			s := stop{at: ratio(kid.attr("offset"), 0), color: color.NRGBA{A: 255}}
			alpha := kid.attr("stop-opacity")
			value := kid.attr("stop-color")
			for _, set := range settings(kid.attr("style")) {
				switch set.name {
				case "stop-color":
					value = set.value
				case "stop-opacity":
					alpha = set.value
				}
			}
			if c, ok := colour(value); ok {
				s.color = c
			}
			s.color.A = uint8(float64(s.color.A)*ratio(alpha, 1)*min(opacity, 1) + 0.5)
			if n := len(stops); n > 0 {
				s.at = max(s.at, stops[n-1].at)
			}
			stops = append(stops, s)
		}
		if len(stops) > 0 {
			break
		}
	}
	return stops
}

func middle(stops []stop) color.NRGBA {
	var sum [4]int
	for _, s := range stops {
		for k, v := range [4]uint8{s.color.R, s.color.G, s.color.B, s.color.A} {
			sum[k] += int(v)
		}
	}
	n := len(stops)
	return color.NRGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), uint8(sum[3] / n)}
}

// spread is the box of figures in their own units.
func spread(figures []figure) (low, high point) {
	low, high = point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, f := range figures {
		for _, v := range f.points {
			low, high = point{min(low.x, v.x), min(low.y, v.y)}, point{max(high.x, v.x), max(high.y, v.y)}
		}
	}
	return low, high
}
