package vector

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// node is an element, or text if it has no name.
type node struct {
	name  string
	attrs []xml.Attr
	kids  []*node
	text  string
}

// attr returns an attribute, of whatever name space: href and xlink:href.
func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// document is an SVG in memory.
type document struct {
	root  *node
	ids   map[string]*node
	rules []rule
	skips map[string]int // what is not drawn, and how often
}

// kept are the elements that are drawn or needed to draw.
var kept = map[string]bool{
	"svg": true, "g": true, "defs": true, "use": true, "path": true, "rect": true, "circle": true, "ellipse": true,
	"line": true, "polyline": true, "polygon": true, "clipPath": true, "style": true, "image": true, "text": true,
	"tspan": true, "linearGradient": true, "radialGradient": true, "stop": true, "symbol": true, "a": true, "switch": true,
}

// silent are those that have nothing to draw.
var silent = map[string]bool{"metadata": true, "title": true, "desc": true}

// begin returns a decoder that knows no entity but those of XML itself.
func begin(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") || strings.EqualFold(charset, "utf8") {
			return in, nil
		}
		return nil, fmt.Errorf("the encoding %.20q", charset)
	}
	return d
}

// first returns the root element without its children.
func first(r io.Reader) (*node, error) {
	d := begin(r)
	for {
		token, err := d.RawToken()
		if err != nil {
			return nil, fmt.Errorf("read an SVG: %w", err)
		}
		start, ok := token.(xml.StartElement)
		switch {
		case ok && start.Name.Local == "svg":
			return &node{name: "svg", attrs: start.Attr}, nil
		case ok:
			return nil, fmt.Errorf("read an SVG: it begins with %.20q", start.Name.Local)
		}
	}
}

// bounded fails after so many bytes, where io.LimitReader would end.
func bounded(ctx context.Context, r io.Reader) io.Reader { return &counted{ctx.Err, r, mostBytes} }

type counted struct {
	ended func() error
	r     io.Reader
	left  int
}

func (c *counted) Read(p []byte) (int, error) {
	if err := c.ended(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	if c.left -= n; c.left < 0 {
		return 0, fmt.Errorf("more than %d MB: %w", mostBytes>>20, ErrTooLarge)
	}
	return n, err
}

// read reads all elements that are kept.
func read(ctx context.Context, r io.Reader) (*document, error) {
	doc := &document{ids: map[string]*node{}, skips: map[string]int{}}
	d := begin(bounded(ctx, r))
	open := []*node{{}}
	elements := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(open) == 1 && len(open[0].kids) > 0 {
			doc.root = open[0].kids[0]
			return doc, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read an SVG: %w", err)
		}
		top := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if elements++; elements > mostElements || len(open) > mostDepth {
				return nil, fmt.Errorf("read an SVG of %d elements, %d in each other: %w", elements, len(open), ErrTooLarge)
			}
			if !kept[t.Name.Local] {
				doc.skip(t.Name.Local)
				if err := d.Skip(); err != nil {
					return nil, fmt.Errorf("read an SVG: %w", err)
				}
				continue
			}
			n := &node{name: t.Name.Local, attrs: t.Copy().Attr}
			if len(open) == 1 && n.name != "svg" {
				return nil, fmt.Errorf("read an SVG: it begins with %.20q", n.name)
			}
			if id := n.attr("id"); id != "" && doc.ids[id] == nil {
				doc.ids[id] = n
			}
			top.kids = append(top.kids, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
			if top.name == "style" {
				doc.sheet(top)
			}
		case xml.CharData:
			if keepsText(top.name) {
				top.kids = append(top.kids, &node{text: string(t)})
			}
		}
	}
}

func keepsText(name string) bool {
	return name == "text" || name == "tspan" || name == "style" || name == "a"
}

func (doc *document) skip(what string) {
	const most = 100 // kinds; the notes name some only
	if !silent[what] && len(doc.skips) < most {
		doc.skips[what]++
	}
}
