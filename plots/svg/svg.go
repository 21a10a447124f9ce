// Package svg writes a scene as a picture of vectors, in the layout that it has
// in the cells of a terminal. It draws no pixels and reads no files.
package svg

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"benchside/plots/scene"
)

// The size of a cell, in pixels. A chart for a file reduces its series to them:
// see plots.Frame.
const (
	CellW = 9
	CellH = 18
)

// Draw returns the scene as an SVG document, on a dark or a light background.
func Draw(s *scene.Scene, dark bool) string {
	p := &page{ink: "#1c1c1c", paper: "#ffffff"}
	if dark {
		p.ink, p.paper = "#e4e4e4", "#161616"
	}
	w, h := s.W*CellW, s.H*CellH
	p.f(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`, w, h, w, h)
	p.f(`<rect width="%d" height="%d" fill="%s"/>`, w, h, p.paper)
	a := s.Area
	p.f(`<clipPath id="area"><rect x="%s" y="%s" width="%s" height="%s"/></clipPath>`, px(a.X0), py(a.Y0), px(a.X1-a.X0), py(a.Y1-a.Y0))
	for _, item := range s.Items {
		p.draw(item)
	}
	p.f("</svg>")
	return p.b.String()
}

// faint is the opacity of what is faint.
const faint = 0.45

type page struct {
	b          strings.Builder
	ink, paper string
}

func (p *page) f(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

func (p *page) draw(item scene.Item) {
	switch i := item.(type) {
	case scene.Line:
		p.line(i)
	case scene.Band:
		p.band(i)
	case scene.Rect:
		if b := i.Box; b.X0 <= b.X1 && b.Y0 <= b.Y1 {
			p.f(`<rect clip-path="url(#area)" x="%s" y="%s" width="%s" height="%s" fill="%s"/>`, px(b.X0), py(b.Y0), px(b.X1-b.X0), py(b.Y1-b.Y0), p.color(i.Ink.Color))
		}
	case scene.Heat:
		p.heat(i)
	case scene.Marker:
		p.marker(i)
	case scene.Rule:
		p.rule(i)
	case scene.Text:
		p.text(i)
	case scene.Rules:
		for _, r := range i {
			p.rule(r)
		}
	case scene.Texts:
		for _, t := range i {
			p.text(t)
		}
	}
}

// line is one path; a gap begins a new part of it, and a point alone is a dot.
func (p *page) line(l scene.Line) {
	var d strings.Builder
	drawn := 0
	for i, at := range l.Points {
		if !placed(at) {
			drawn = 0
			continue
		}
		verb := "L"
		if drawn == 0 {
			verb = "M"
		}
		fmt.Fprintf(&d, "%s%s %s", verb, px(at.X), py(at.Y))
		if alone := i+1 == len(l.Points) || !placed(l.Points[i+1]); drawn == 0 && alone {
			d.WriteString("h0")
		}
		drawn++
	}
	if d.Len() == 0 {
		return
	}
	width, opacity, dash := 1.6, 1.0, ""
	if l.Ink.Faint {
		width, opacity = 1, faint
	}
	if n := ones(l.Ink.Dash); n > 0 {
		dash = fmt.Sprintf(` stroke-dasharray="%d %d"`, 2*n, 2*(8-n))
	}
	p.f(`<path clip-path="url(#area)" d="%s" fill="none" stroke="%s" stroke-width="%g" stroke-opacity="%g" stroke-linecap="round" stroke-linejoin="round"%s/>`,
		d.String(), p.color(l.Ink.Color), width, opacity, dash)
}

func placed(p scene.Point) bool { return !math.IsNaN(p.X) && !math.IsNaN(p.Y) }

// ones counts the dots of a dash mask that are drawn; 0 for a line without gaps.
func ones(mask uint8) int {
	n := 0
	for ; mask > 0; mask >>= 1 {
		n += int(mask & 1)
	}
	return n % 8
}

func (p *page) band(b scene.Band) {
	for from := 0; from < len(b.X); {
		to := from
		for to < len(b.X) && !math.IsNaN(b.X[to]+b.Low[to]+b.High[to]) {
			to++
		}
		if to > from {
			var d strings.Builder
			for i := from; i < to; i++ {
				fmt.Fprintf(&d, "%s,%s ", px(b.X[i]), py(b.High[i]))
			}
			for i := to - 1; i >= from; i-- {
				fmt.Fprintf(&d, "%s,%s ", px(b.X[i]), py(b.Low[i]))
			}
			p.f(`<polygon clip-path="url(#area)" points="%s" fill="%s" fill-opacity="0.22"/>`, strings.TrimSpace(d.String()), p.color(b.Ink.Color))
		}
		from = to + 1
	}
}

func (p *page) heat(h scene.Heat) {
	if h.Cols <= 0 || len(h.Values) < h.Cols {
		return
	}
	rows := len(h.Values) / h.Cols
	w, high := (h.Box.X1-h.Box.X0)/float64(h.Cols), (h.Box.Y1-h.Box.Y0)/float64(rows)
	for i, v := range h.Values[:rows*h.Cols] {
		if math.IsNaN(v) {
			continue
		}
		fill, opacity := p.ink, 0.15+0.85*min(max(v, 0), 1)
		if len(h.Ramp) > 0 {
			fill, opacity = p.color(h.Color(v)), 1
		}
		p.f(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" fill-opacity="%.3g" shape-rendering="crispEdges"/>`,
			px(h.Box.X0+w*float64(i%h.Cols)), py(h.Box.Y0+high*float64(i/h.Cols)), px(w), py(high), fill, opacity)
	}
}

// marker draws a disc, a square, a triangle or a diamond, the last four hollow.
func (p *page) marker(m scene.Marker) {
	if !placed(m.At) {
		return
	}
	const r = 4.5
	x, y := m.At.X*CellW, m.At.Y*CellH
	color := p.color(m.Ink.Color)
	if m.Sign != "" {
		p.text(m.Text())
		return
	}
	fill := color
	shape := (m.Shape%scene.Shapes + scene.Shapes) % scene.Shapes
	if shape >= 4 {
		fill = p.paper
	}
	opacity := ""
	if m.Ink.Faint {
		opacity = fmt.Sprintf(` opacity="%g"`, faint)
	}
	look := fmt.Sprintf(`clip-path="url(#area)" fill="%s" stroke="%s" stroke-width="1.5"%s`, fill, color, opacity)
	switch shape % 4 {
	case 0:
		p.f(`<circle %s cx="%.2f" cy="%.2f" r="%g"/>`, look, x, y, r)
	case 1:
		p.f(`<rect %s x="%.2f" y="%.2f" width="%g" height="%g"/>`, look, x-r, y-r, 2*r, 2*r)
	case 2:
		p.f(`<path %s d="M%.2f %.2fl%g %gh%gz"/>`, look, x, y-r, r, 2*r, -2*r)
	default:
		p.f(`<path %s d="M%.2f %.2fl%g %gl%g %gl%g %gz"/>`, look, x, y-r, r, r, -r, r, -r, -r)
	}
}

// rule runs through the middle of its cells. One that is a single cell is a
// corner, a median or the mark of a tick.
func (p *page) rule(r scene.Rule) {
	x0, y0 := (r.From.X+0.5)*CellW, (r.From.Y+0.5)*CellH
	x1, y1 := (r.To.X+0.5)*CellW, (r.To.Y+0.5)*CellH
	switch {
	case r.From == r.To && strings.ContainsRune("└+", r.Sign):
		p.f(`<path d="M%.1f %.1fV%.1fH%.1f" fill="none" stroke="%s"/>`, x0, y0-CellH/2, y0, x0+CellW/2.0, p.color(r.Ink.Color))
		return
	case r.From == r.To && strings.ContainsRune("┃#", r.Sign):
		p.f(`<path d="M%.1f %.1fV%.1f" stroke="%s" stroke-width="2"/>`, x0, y0-CellH/2, y0+CellH/2, p.color(r.Ink.Color))
		return
	case r.From == r.To && r.Sign == '┬':
		y1 += CellH / 4.0
	case r.From == r.To:
		x0 -= CellW / 2.0
	case r.From.X == r.To.X:
		y0, y1 = y0-CellH/2, y1+CellH/2
	default:
		x0, x1 = x0-CellW/2.0, x1+CellW/2.0
	}
	dash := ""
	if strings.ContainsRune("┊:", r.Sign) {
		dash = ` stroke-dasharray="2 4"`
	}
	p.f(`<path d="M%.1f %.1fL%.1f %.1f" stroke="%s"%s/>`, x0, y0, x1, y1, p.color(r.Ink.Color), dash)
}

func (p *page) text(t scene.Text) {
	if t.Text == "" {
		return
	}
	x, anchor := float64(t.X)+t.Shift.X, "start"
	switch t.Anchor {
	case scene.Middle:
		x, anchor = x+0.5, "middle"
	case scene.End:
		x, anchor = x+1, "end"
	}
	if t.Over {
		wide := float64(utf8.RuneCountInString(t.Text))
		from := x - map[string]float64{"start": 0, "middle": wide / 2, "end": wide}[anchor]
		p.f(`<rect x="%s" y="%s" width="%s" height="%d" fill="%s"/>`, px(from), py(float64(t.Y)+t.Shift.Y), px(wide), CellH, p.paper)
	}
	weight := ""
	if t.Ink.Bold {
		weight = ` font-weight="bold"`
	}
	var safe strings.Builder
	_ = xml.EscapeText(&safe, []byte(visible(t.Text))) // a Builder takes everything
	p.f(`<text x="%s" y="%s" text-anchor="%s" fill="%s"%s xml:space="preserve">%s</text>`, px(x), py(float64(t.Y)+t.Shift.Y+0.74), anchor, p.color(t.Ink.Color), weight, safe.String())
}

// visible leaves out controls, which XML forbids.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
}

// far bounds coordinates: what lies far outside is cut anyhow.
func px(cells float64) string { return number(cells * CellW) }

func py(cells float64) string { return number(cells * CellH) }

func number(v float64) string {
	const far = 1e6
	s := fmt.Sprintf("%.2f", min(max(v, -far), far))
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// color is a colour in hexadecimal, the ink of the page for none.
func (p *page) color(c scene.Color) string {
	r, g, b, ok := c.RGB()
	if !ok {
		return p.ink
	}
	return fmt.Sprintf("#%02x%02x%02x", r, g, b)
}
