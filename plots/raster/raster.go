// Package raster draws a scene into an image of pixels, in the layout and the
// colours of plots/svg. It reads no files: its font is compiled in.
package raster

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"benchside/plots/scene"
)

// The size of a cell, in pixels.
const (
	CellW = 9
	CellH = 18
)

// mostPixels bounds a picture: 64 megapixels are 256 MB.
const mostPixels = 64 << 20

// PNG returns the scene as a PNG, on a dark or a light background. A scene of
// more than 64 megapixels is an error.
func PNG(s *scene.Scene, dark bool) ([]byte, error) {
	if s.W < 1 || s.H < 1 || s.W*CellW > mostPixels/(s.H*CellH) {
		return nil, fmt.Errorf("draw a PNG of %d by %d cells: it must have a cell, and at most 64 megapixels", s.W, s.H)
	}
	p := &page{ink: color.RGBA{0x1c, 0x1c, 0x1c, 0xff}, paper: color.RGBA{0xff, 0xff, 0xff, 0xff}}
	if dark {
		p.ink, p.paper = color.RGBA{0xe4, 0xe4, 0xe4, 0xff}, color.RGBA{0x16, 0x16, 0x16, 0xff}
	}
	p.image = image.NewRGBA(image.Rect(0, 0, s.W*CellW, s.H*CellH))
	draw.Draw(p.image, p.image.Rect, image.NewUniform(p.paper), image.Point{}, draw.Src)
	a := s.Area
	p.area = image.Rect(whole(a.X0*CellW), whole(a.Y0*CellH), whole(a.X1*CellW), whole(a.Y1*CellH)).Intersect(p.image.Rect)
	parsed, err := opentype.Parse(gomono.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	const size = 14
	if p.face, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull}); err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	defer p.face.Close()
	for _, item := range s.Items {
		p.draw(item)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p.image); err != nil {
		return nil, fmt.Errorf("write a PNG: %w", err)
	}
	return b.Bytes(), nil
}

// whole is a pixel; what is no number or far away is bounded.
func whole(v float64) int {
	const far = 1e6
	if math.IsNaN(v) {
		return 0
	}
	return int(math.Round(min(max(v, -far), far)))
}

type page struct {
	image      *image.RGBA
	area       image.Rectangle // of the data, which are cut at its edges
	face       font.Face
	ink, paper color.RGBA
}

func (p *page) draw(item scene.Item) {
	switch i := item.(type) {
	case scene.Line:
		p.line(i)
	case scene.Band:
		p.band(i)
	case scene.Rect:
		p.fill(i.Box, p.color(i.Ink.Color))
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

// faint is the part of a faint colour over the background.
const faint = 0.45

type pixel struct{ x, y float64 }

func placed(at scene.Point) bool { return !math.IsNaN(at.X) && !math.IsNaN(at.Y) }

func pixelOf(at scene.Point) pixel {
	const far = 1e5
	return pixel{min(max(at.X*CellW, -far), far), min(max(at.Y*CellH, -far), far)}
}

// line strokes each part between two points, with the dashes of its ink.
func (p *page) line(l scene.Line) {
	c, width := p.color(l.Ink.Color), 1.6
	if l.Ink.Faint {
		c, width = p.mixed(c, faint), 1
	}
	walked := 0.0
	for i, at := range l.Points {
		switch {
		case !placed(at):
		case i > 0 && placed(l.Points[i-1]):
			walked = p.stroke(pixelOf(l.Points[i-1]), pixelOf(at), width, c, l.Ink.Dash, walked)
		case i+1 == len(l.Points) || !placed(l.Points[i+1]):
			at := pixelOf(at)
			p.polygon(c, p.area, circle(at, width))
		}
	}
}

// stroke draws from a to b; a dash has one bit for two pixels. It returns how far
// the line has come.
func (p *page) stroke(a, b pixel, width float64, c color.RGBA, dash uint8, walked float64) float64 {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if dash == 0 || length > 1e4 {
		p.segment(a, b, width, c)
		return walked
	}
	const bit = 2.0
	for done := 0.0; done < length; {
		step := min(bit-math.Mod(walked, bit), length-done)
		if step <= 1e-9 {
			step = min(bit, length-done)
		}
		if dash>>(int(walked/bit+1e-9)%8)&1 == 1 {
			at := func(d float64) pixel { return pixel{a.x + (b.x-a.x)*d/length, a.y + (b.y-a.y)*d/length} }
			p.segment(at(done), at(done+step), width, c)
		}
		done, walked = done+step, walked+step
	}
	return walked
}

func (p *page) segment(a, b pixel, width float64, c color.RGBA) {
	dx, dy := b.x-a.x, b.y-a.y
	length := math.Hypot(dx, dy)
	if length == 0 {
		p.polygon(c, p.area, circle(a, width/2))
		return
	}
	// Half a width longer at both ends, so that bends close.
	dx, dy = dx/length*width/2, dy/length*width/2
	p.polygon(c, p.area, []pixel{{a.x - dx - dy, a.y - dy + dx}, {b.x + dx - dy, b.y + dy + dx}, {b.x + dx + dy, b.y + dy - dx}, {a.x - dx + dy, a.y - dy - dx}})
}

func circle(at pixel, r float64) []pixel {
	const corners = 20
	out := make([]pixel, corners)
	for i := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		out[i] = pixel{at.x + r*cos, at.y + r*sin}
	}
	return out
}

// polygon fills corners, antialiased, inside a part of the picture.
func (p *page) polygon(c color.RGBA, within image.Rectangle, corners []pixel) {
	box := image.Rectangle{Min: image.Pt(1<<20, 1<<20), Max: image.Pt(-1<<20, -1<<20)}
	for _, k := range corners {
		box.Min.X, box.Min.Y = min(box.Min.X, int(math.Floor(k.x))), min(box.Min.Y, int(math.Floor(k.y)))
		box.Max.X, box.Max.Y = max(box.Max.X, int(math.Ceil(k.x))+1), max(box.Max.Y, int(math.Ceil(k.y))+1)
	}
	box = box.Intersect(within)
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, k := range corners {
		x, y := float32(k.x-float64(box.Min.X)), float32(k.y-float64(box.Min.Y))
		if i == 0 {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.ClosePath()
	r.Draw(p.image, box, image.NewUniform(c), image.Point{})
}

// band fills each stretch without a gap as one shape: between two there would be a
// seam.
func (p *page) band(b scene.Band) {
	c := p.mixed(p.color(b.Ink.Color), 0.25)
	var upper, lower []pixel
	end := func() {
		slices.Reverse(lower)
		p.polygon(c, p.area, append(upper, lower...))
		upper, lower = nil, nil
	}
	for i := range min(len(b.X), len(b.Low), len(b.High)) {
		high, low := scene.Point{X: b.X[i], Y: b.High[i]}, scene.Point{X: b.X[i], Y: b.Low[i]}
		if !placed(high) || !placed(low) {
			end()
			continue
		}
		upper, lower = append(upper, pixelOf(high)), append(lower, pixelOf(low))
	}
	end()
}

func (p *page) fill(b scene.Box, c color.RGBA) {
	box := image.Rect(whole(b.X0*CellW), whole(b.Y0*CellH), whole(b.X1*CellW), whole(b.Y1*CellH))
	if b.X0 <= b.X1 && b.Y0 <= b.Y1 {
		draw.Draw(p.image, box.Intersect(p.area), image.NewUniform(c), image.Point{}, draw.Src)
	}
}

func (p *page) heat(h scene.Heat) {
	if h.Cols < 1 {
		return
	}
	rows := (len(h.Values) + h.Cols - 1) / h.Cols
	wide, high := (h.Box.X1-h.Box.X0)/float64(h.Cols), (h.Box.Y1-h.Box.Y0)/float64(max(rows, 1))
	for i, v := range h.Values {
		if math.IsNaN(v) {
			continue
		}
		x, y := h.Box.X0+float64(i%h.Cols)*wide, h.Box.Y0+float64(i/h.Cols)*high
		c := p.mixed(p.ink, min(max(v, 0), 1))
		if len(h.Ramp) > 0 {
			c = p.color(h.Color(v))
		}
		p.fill(scene.Box{X0: x, Y0: y, X1: x + wide, Y1: y + high}, c)
	}
}

// marker draws the shape of a series: circle, square, triangle and diamond, then
// the same hollow.
func (p *page) marker(m scene.Marker) {
	if !placed(m.At) {
		return
	}
	if m.Sign != "" {
		p.text(m.Text())
		return
	}
	at := pixelOf(m.At)
	c := p.color(m.Ink.Color)
	if m.Ink.Faint {
		c = p.mixed(c, faint)
	}
	shape := (m.Shape%scene.Shapes + scene.Shapes) % scene.Shapes
	const r = 4
	p.shape(at, shape%4, r, c)
	if shape >= 4 {
		p.shape(at, shape%4, r-1.5, p.paper)
	}
}

func (p *page) shape(at pixel, shape int, r float64, c color.RGBA) {
	corners := circle(at, r)
	switch shape {
	case 1:
		corners = []pixel{{at.x - r, at.y - r}, {at.x + r, at.y - r}, {at.x + r, at.y + r}, {at.x - r, at.y + r}}
	case 2:
		corners = []pixel{{at.x, at.y - r}, {at.x + r, at.y + r}, {at.x - r, at.y + r}}
	case 3:
		corners = []pixel{{at.x, at.y - r}, {at.x + r, at.y}, {at.x, at.y + r}, {at.x - r, at.y}}
	}
	p.polygon(c, p.area, corners)
}

// rule runs through the middle of its cells.
func (p *page) rule(r scene.Rule) {
	c := p.color(r.Ink.Color)
	x0, y0 := whole((r.From.X+0.5)*CellW), whole((r.From.Y+0.5)*CellH)
	x1, y1 := whole((r.To.X+0.5)*CellW), whole((r.To.Y+0.5)*CellH)
	put := func(box image.Rectangle) {
		draw.Draw(p.image, box.Intersect(p.image.Rect), image.NewUniform(c), image.Point{}, draw.Src)
	}
	switch {
	case r.From == r.To && (r.Sign == '└' || r.Sign == '+'):
		put(image.Rect(x0, y0-CellH/2, x0+1, y0))
		put(image.Rect(x0, y0, x0+CellW/2+1, y0+1))
	case r.From == r.To && (r.Sign == '┃' || r.Sign == '#'):
		put(image.Rect(x0-1, y0-CellH/2, x0+1, y0+CellH/2))
	case r.From == r.To && r.Sign == '┬':
		put(image.Rect(x0, y0, x0+1, y0+CellH/4))
	case r.From == r.To:
		put(image.Rect(x0-CellW/2, y0, x0+1, y0+1))
	case r.From.X == r.To.X && (r.Sign == '┊' || r.Sign == ':'):
		for y := max(y0-CellH/2, 0); y < min(y1+CellH/2, p.image.Rect.Max.Y); y += 6 {
			put(image.Rect(x0, y, x0+1, y+2))
		}
	case r.From.X == r.To.X:
		put(image.Rect(x0, y0-CellH/2, x0+1, y1+CellH/2))
	default:
		put(image.Rect(x0-CellW/2, y0, x1+CellW/2+1, y0+1))
	}
}

// text writes each sign into a cell, shifted as the text is.
func (p *page) text(t scene.Text) {
	signs := []rune(t.Text)
	x := (float64(t.X) + t.Shift.X) * CellW
	switch t.Anchor {
	case scene.Middle:
		x += CellW/2.0 - float64(len(signs))*CellW/2
	case scene.End:
		x += CellW - float64(len(signs))*CellW
	}
	left, base := whole(x), whole((float64(t.Y)+t.Shift.Y+0.75)*CellH)
	if t.Over {
		under := image.Rect(left, base-CellH*3/4, left+len(signs)*CellW, base+CellH/4)
		draw.Draw(p.image, under.Intersect(p.image.Rect), image.NewUniform(p.paper), image.Point{}, draw.Src)
	}
	d := font.Drawer{Dst: p.image, Src: image.NewUniform(p.color(t.Ink.Color)), Face: p.face}
	for _, r := range signs {
		if left >= 0 && left < p.image.Rect.Dx() && base >= 0 && base < p.image.Rect.Dy()+CellH {
			d.Dot = fixed.P(left, base)
			d.DrawString(string(r))
			if t.Ink.Bold {
				d.Dot = fixed.P(left+1, base)
				d.DrawString(string(r))
			}
		}
		left += CellW
	}
}

// mixed is a colour over the background.
func (p *page) mixed(c color.RGBA, part float64) color.RGBA {
	of := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*part + float64(b)*(1-part))) }
	return color.RGBA{of(c.R, p.paper.R), of(c.G, p.paper.G), of(c.B, p.paper.B), 0xff}
}

// color is a colour of a scene, the ink of the page for none.
func (p *page) color(c scene.Color) color.RGBA {
	r, g, b, ok := c.RGB()
	if !ok {
		return p.ink
	}
	return color.RGBA{r, g, b, 0xff}
}
