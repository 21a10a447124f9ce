package vector

import (
	"image/color"
	"slices"
	"strings"
)

// rule is a selector of a style sheet and what it sets.
type rule struct {
	element, id, class string // "" is any
	weight             int
	sets               []setting
}

type setting struct{ name, value string }

// sheet reads a style element. Selectors of one step are understood.
func (doc *document) sheet(n *node) {
	var text strings.Builder
	for _, kid := range n.kids {
		text.WriteString(kid.text)
	}
	rest := uncommented(text.String())
	for len(doc.rules) < mostRules {
		selectors, after, ok := strings.Cut(rest, "{")
		if !ok {
			break
		}
		body, next, _ := strings.Cut(after, "}")
		rest = next
		sets := settings(body)
		for selector := range strings.SplitSeq(selectors, ",") {
			r, ok := selected(strings.TrimSpace(selector))
			if !ok || len(doc.rules) >= mostRules {
				doc.skip("a style's selector")
				continue
			}
			r.sets = sets
			doc.rules = append(doc.rules, r)
		}
	}
	slices.SortStableFunc(doc.rules, func(a, b rule) int { return a.weight - b.weight })
}

func uncommented(css string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(css, "/*")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		_, css, _ = strings.Cut(after, "*/")
	}
}

// selected reads *, element, .class, #id and element.class.
func selected(selector string) (r rule, ok bool) {
	if selector == "" || strings.ContainsAny(selector, " >+~:[@\t\r\n") {
		return r, false
	}
	rest, id, _ := strings.Cut(selector, "#")
	element, class, _ := strings.Cut(rest, ".")
	if element == "*" {
		element = ""
	}
	r = rule{element: element, id: id, class: class}
	for i, part := range []string{element, class, id} {
		if part != "" {
			r.weight += []int{1, 10, 100}[i]
		}
	}
	return r, !strings.ContainsAny(id+class, ".#")
}

func (r rule) fits(n *node, classes []string) bool {
	return (r.element == "" || r.element == n.name) && (r.id == "" || r.id == n.attr("id")) &&
		(r.class == "" || slices.Contains(classes, r.class))
}

// settings reads the declarations of a style, at most some dozens.
func settings(text string) (sets []setting) {
	const most = 64
	for part := range strings.SplitSeq(text, ";") {
		name, value, ok := strings.Cut(part, ":")
		if ok && len(sets) < most {
			value = strings.TrimSuffix(strings.TrimSpace(value), "!important")
			sets = append(sets, setting{strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)})
		}
	}
	return sets
}

// paint is what a shape is filled or stroked with: a colour, a gradient, or
// nothing.
type paint struct {
	none     bool
	color    color.NRGBA
	gradient *node
}

// style is what elements hand down to those inside of them.
type style struct {
	fill, stroke               paint
	ink                        color.NRGBA // "currentColor"
	fillOpacity, strokeOpacity float64
	opacity                    float64 // of this element and all around it
	hidden, gone               bool
	pen
	letters
}

// pen is how lines are stroked.
type pen struct {
	width                float64
	dashes               []float64
	dashed               float64 // where in the dashes a line starts
	roundCap, squareCap  bool
	roundJoin, bevelJoin bool
	miter                float64
}

// letters are how text is written.
type letters struct {
	size             float64
	font             string
	bold, italic     bool
	anchor, baseline string
}

func usualStyle() style {
	black := color.NRGBA{A: 255}
	return style{
		fill: paint{color: black}, stroke: paint{none: true}, ink: black,
		fillOpacity: 1, strokeOpacity: 1, opacity: 1, pen: pen{width: 1, miter: 4}, letters: letters{size: 16},
	}
}

// presentation are the attributes that say what a style can say.
var presentation = []string{
	"color", "fill", "stroke", "fill-opacity", "stroke-opacity", "opacity", "stroke-width", "stroke-dasharray",
	"stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "visibility", "display", "font-size",
	"font-family", "font-weight", "font-style", "text-anchor", "dominant-baseline", "fill-rule", "filter", "mask",
	"marker-start", "marker-mid", "marker-end", "mix-blend-mode",
}

// styled returns the state for an element: attributes, then style sheets, then
// its own style.
func (p *painter) styled(n *node, at state) state {
	at.style.gone = false
	var sets []setting
	for _, name := range presentation {
		if value := n.attr(name); value != "" {
			sets = append(sets, setting{name, value})
		}
	}
	if len(p.doc.rules) > 0 {
		classes := strings.Fields(n.attr("class"))
		for _, r := range p.doc.rules {
			if r.fits(n, classes) {
				sets = append(sets, r.sets...)
			}
		}
	}
	sets = append(sets, settings(n.attr("style"))...)
	opacity := 1.0
	for _, s := range sets {
		if s.name == "opacity" {
			opacity = ratio(s.value, 1) // it does not add up within an element
			continue
		}
		p.set(&at.style, s.name, s.value)
	}
	at.style.opacity *= opacity
	if text := n.attr("transform"); text != "" {
		at.matrix = at.matrix.then(transform(text))
	}
	return at
}

func (p *painter) set(s *style, name, value string) {
	if value == "inherit" {
		return
	}
	switch name {
	case "color":
		if c, ok := colour(value); ok {
			s.ink = c
		}
	case "fill":
		s.fill = p.paint(value, s)
	case "stroke":
		s.stroke = p.paint(value, s)
	case "fill-opacity":
		s.fillOpacity = ratio(value, 1)
	case "stroke-opacity":
		s.strokeOpacity = ratio(value, 1)
	case "visibility":
		s.hidden = value == "hidden" || value == "collapse"
	case "display":
		s.gone = value == "none"
	case "fill-rule":
		if value == "evenodd" {
			p.doc.skip("fill-rule: evenodd")
		}
	case "filter", "mask", "marker-start", "marker-mid", "marker-end", "mix-blend-mode":
		if value != "none" && value != "normal" {
			p.doc.skip(name)
		}
	default:
		if !s.pen.set(name, value, p.viewport) {
			s.letters.set(name, value)
		}
	}
}

func (s *pen) set(name, value string, view box) bool {
	switch name {
	case "stroke-width":
		s.width = max(length(value, view.w), 0)
	case "stroke-dasharray":
		s.dashes = s.dashes[:0:0]
		sum := 0.0
		for _, v := range numbers(value, 32) {
			s.dashes = append(s.dashes, max(v, 0))
			sum += max(v, 0)
		}
		if len(s.dashes)%2 == 1 {
			s.dashes = append(s.dashes, s.dashes...)
		}
		if sum == 0 {
			s.dashes = nil
		}
	case "stroke-dashoffset":
		s.dashed = length(value, view.w)
	case "stroke-linecap":
		s.roundCap, s.squareCap = value == "round", value == "square"
	case "stroke-linejoin":
		s.roundJoin, s.bevelJoin = value == "round", value == "bevel"
	case "stroke-miterlimit":
		s.miter = max(length(value, 1), 1)
	default:
		return false
	}
	return true
}

func (s *letters) set(name, value string) {
	switch name {
	case "font-size":
		switch {
		case strings.HasSuffix(value, "em") && !strings.HasSuffix(value, "rem"):
			s.size *= length(strings.TrimSuffix(value, "em"), 1)
		default:
			s.size = orElse(length(value, s.size), s.size)
		}
		s.size = min(s.size, 1e5)
	case "font-family":
		s.font = value
	case "font-weight":
		s.bold = strings.HasPrefix(value, "bold") || length(value, 0) >= 600
	case "font-style":
		s.italic = value == "italic" || value == "oblique"
	case "text-anchor":
		s.anchor = value
	case "dominant-baseline":
		s.baseline = value
	}
}

// paint reads what something is filled with. Of what is not drawn the colour
// that stands behind it is taken, or none.
func (p *painter) paint(value string, s *style) paint {
	switch value {
	case "none":
		return paint{none: true}
	case "currentColor", "currentcolor":
		return paint{color: s.ink}
	}
	if c, ok := colour(value); ok {
		return paint{color: c}
	}
	rest, isURL := strings.CutPrefix(value, "url(")
	if !isURL {
		return paint{color: s.ink}
	}
	id, after, _ := strings.Cut(rest, ")")
	n := p.named(strings.Trim(strings.TrimSpace(id), `'"`))
	switch {
	case n != nil && (n.name == "linearGradient" || n.name == "radialGradient"):
		return paint{gradient: n}
	case strings.TrimSpace(after) != "" && strings.TrimSpace(after) != "none":
		return p.paint(strings.TrimSpace(after), s)
	}
	p.doc.skip("a fill that is no colour or gradient")
	return paint{none: true}
}
