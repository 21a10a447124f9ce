package vector

import (
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// em is the size in which glyphs are read before they are scaled.
const em = 1000

// span of a text is written in one style; a chunk of spans is anchored as one.
type span struct {
	text string
	at   state
}

// writing is a text being laid out.
type writing struct {
	pen    point
	chunk  []span
	anchor string
	blank  bool // what was written last ends with a blank
}

func (p *painter) text(n *node, at state) {
	w := &writing{blank: true}
	p.write(w, n, at)
	p.flush(w)
}

// write lays out an element of text; with a place of its own a new chunk begins.
func (p *painter) write(w *writing, n *node, at state) {
	x, y := n.attr("x"), n.attr("y")
	if x != "" || y != "" || n.name == "text" {
		p.flush(w)
		w.blank = true
		w.anchor = at.style.anchor
	}
	if x != "" {
		w.pen.x = length(strings.Fields(x + " 0")[0], p.viewport.w)
	}
	if y != "" {
		w.pen.y = length(strings.Fields(y + " 0")[0], p.viewport.h)
	}
	if dx, dy := n.attr("dx"), n.attr("dy"); dx != "" || dy != "" {
		p.flush(w)
		w.pen.x += relative(dx, at.style.size)
		w.pen.y += relative(dy, at.style.size)
	}
	for _, kid := range n.kids {
		if kid.name == "" {
			w.add(kid.text, at)
			continue
		}
		p.elements--
		inner := at
		if inner.depth++; inner.depth > mostDepth || !p.spend(elementWork) || kid.name != "tspan" && kid.name != "a" {
			continue
		}
		if inner = p.styled(kid, inner); !inner.style.gone {
			p.write(w, kid, inner)
		}
	}
}

// relative is a length that may be in units of the text's size.
func relative(text string, size float64) float64 {
	if number, ok := strings.CutSuffix(strings.TrimSpace(text), "em"); ok {
		return length(number, 0) * size
	}
	return length(text, 0)
}

// add takes in text; blanks that follow each other are one.
func (w *writing) add(text string, at state) {
	var b strings.Builder
	for _, r := range text {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
			if w.blank {
				continue
			}
			r = ' '
		}
		w.blank = r == ' '
		b.WriteRune(r)
	}
	if b.Len() > 0 {
		w.chunk = append(w.chunk, span{b.String(), at})
	}
}

// flush draws a chunk.
func (p *painter) flush(w *writing) {
	if n := len(w.chunk); n > 0 && w.blank {
		w.chunk[n-1].text = strings.TrimRight(w.chunk[n-1].text, " ")
	}
	wide := 0.0
	for _, s := range w.chunk {
		wide += p.width(s)
	}
	switch w.anchor {
	case "middle":
		w.pen.x -= wide / 2
	case "end":
		w.pen.x -= wide
	}
	for _, s := range w.chunk {
		if p.err == nil {
			p.line(w, s)
		}
	}
	w.chunk, w.anchor = nil, ""
}

// face returns the font of a style; Go's fonts stand for all others.
func (p *painter) face(s style) *sfnt.Font {
	name, content := "regular", goregular.TTF
	switch {
	case strings.Contains(strings.ToLower(s.font), "mono"):
		name, content = "mono", gomono.TTF
	case s.bold:
		name, content = "bold", gobold.TTF
	case s.italic:
		name, content = "italic", goitalic.TTF
	}
	if f := p.fonts[name]; f != nil {
		return f
	}
	f, err := sfnt.Parse(content)
	if err != nil {
		p.err = err
		return nil
	}
	p.fonts[name] = f
	return f
}

func (p *painter) width(s span) (wide float64) {
	f := p.face(s.at.style)
	for _, r := range s.text {
		if f == nil || !p.spend(5) {
			return wide
		}
		wide += p.advance(f, r, s.at.style.size)
	}
	return wide
}

func (p *painter) advance(f *sfnt.Font, r rune, size float64) float64 {
	glyph, err := f.GlyphIndex(&p.glyphs, r)
	if err != nil {
		return 0
	}
	wide, err := f.GlyphAdvance(&p.glyphs, glyph, fixed.I(em), font.HintingNone)
	if err != nil {
		return 0
	}
	return float64(wide) / 64 / em * size
}

// line draws the glyphs of a span as one shape and moves the pen behind it.
func (p *painter) line(w *writing, s span) {
	f := p.face(s.at.style)
	if f == nil {
		return
	}
	size := s.at.style.size
	o := outline{fine: s.at.matrix.scale(), left: p.points}
	y := w.pen.y
	switch s.at.style.baseline { // of Go's fonts: capitals are 0.7 high
	case "central", "middle":
		y += 0.35 * size
	case "hanging", "text-before-edge":
		y += 0.7 * size
	}
	for _, r := range s.text {
		if !p.spend(5) {
			return
		}
		p.glyph(&o, f, r, point{w.pen.x, y}, size)
		w.pen.x += p.advance(f, r, size)
	}
	if p.points = o.left; o.over {
		p.points = -1
	}
	if !s.at.style.hidden {
		p.fill(o.figures, s.at, s.at.style.fill, s.at.style.fillOpacity*s.at.style.opacity)
		p.stroke(o.figures, s.at)
	}
}

func (p *painter) glyph(o *outline, f *sfnt.Font, r rune, pen point, size float64) {
	glyph, err := f.GlyphIndex(&p.glyphs, r)
	if err != nil {
		return
	}
	segments, err := f.LoadGlyph(&p.glyphs, glyph, fixed.I(em), nil)
	if err != nil {
		return
	}
	at := func(v fixed.Point26_6) point {
		return point{pen.x + float64(v.X)/64/em*size, pen.y + float64(v.Y)/64/em*size}
	}
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			o.move(at(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			o.line(at(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			o.quad(at(s.Args[0]), at(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			o.cube(at(s.Args[0]), at(s.Args[1]), at(s.Args[2]))
		}
	}
	o.close()
}
