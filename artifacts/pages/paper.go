package pages

import (
	"context"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"

	"benchside/sanitize"
)

// narrowest is the width below which nothing is laid out narrower.
const narrowest = 10

// tab stands for a tab in code.
const tab = "    "

// paper lays the blocks of a document out.
type paper struct {
	ctx    context.Context
	source []byte
}

// blocks lays out what a node holds, a blank row between its blocks if they are
// apart. What is cancelled ends early.
func (p paper) blocks(parent ast.Node, width int, apart bool) (rows []row) {
	for n := parent.FirstChild(); n != nil && p.ctx.Err() == nil; n = n.NextSibling() {
		part := p.block(n, max(width, narrowest))
		if len(rows) > 0 && len(part) > 0 && apart {
			rows = append(rows, nil)
		}
		rows = append(rows, part...)
	}
	return rows
}

func (p paper) block(n ast.Node, width int) []row {
	switch n := n.(type) {
	case *ast.Heading:
		text := append(row{{strings.Repeat("#", n.Level) + " ", heading}}, p.inline(n, heading)...)
		return wrap(text, width)
	case *ast.Blockquote:
		return indented(p.blocks(n, width-2, true), piece{"│ ", faint}, piece{"│ ", faint})
	case *ast.List:
		return p.list(n, width)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return p.verbatim(n, width, code)
	case *ast.HTMLBlock:
		return p.verbatim(n, width, faint)
	case *ast.ThematicBreak:
		return []row{{{strings.Repeat("─", width), faint}}}
	case *tables.Table:
		return p.table(n, width)
	}
	return wrap(p.inline(n, 0), width)
}

// indented puts one piece before the first row and another before the others.
func indented(rows []row, first, others piece) []row {
	for i, r := range rows {
		before := others
		if i == 0 {
			before = first
		}
		rows[i] = append(row{before}, r...)
	}
	return rows
}

func (p paper) list(list *ast.List, width int) (rows []row) {
	number := list.Start
	for item := list.FirstChild(); item != nil && p.ctx.Err() == nil; item = item.NextSibling() {
		sign := "• "
		if list.IsOrdered() {
			sign = strconv.Itoa(number) + ". "
			number++
		}
		under := strings.Repeat(" ", len([]rune(sign)))
		part := p.blocks(item, width-len(under), false)
		if len(part) == 0 {
			part = []row{nil}
		}
		rows = append(rows, indented(part, piece{sign, faint}, piece{under, 0})...)
	}
	return rows
}

// verbatim shows lines as they are, broken where the width ends.
func (p paper) verbatim(n ast.Node, width int, look ink) (rows []row) {
	lines := n.Lines()
	for i := range lines.Len() {
		segment := lines.At(i)
		text := strings.TrimRight(string(segment.Value(p.source)), "\n")
		w := wrapper{width: max(width-2, 1)}
		w.put(piece{sanitize.Line(strings.ReplaceAll(text, "\t", tab)), look})
		w.end()
		rows = append(rows, indented(w.rows, piece{"  ", 0}, piece{"  ", 0})...)
	}
	return rows
}

// inline returns the text within a node. A link is followed by where it leads.
func (p paper) inline(parent ast.Node, look ink) (text row) {
	for n := parent.FirstChild(); n != nil && p.ctx.Err() == nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			text = text.add(piece{p.written(n.Segment.Value(p.source), n.IsRaw()), look})
			switch {
			case n.HardLineBreak():
				text = append(text, piece{"\n", 0})
			case n.SoftLineBreak():
				text = text.add(piece{" ", look})
			}
		case *ast.String:
			text = text.add(piece{p.written(n.Value, n.IsRaw()), look})
		case *ast.CodeSpan:
			text = append(text, p.raw(n, look|code)...)
		case *ast.Emphasis:
			with := slanted
			if n.Level > 1 {
				with = strong
			}
			text = append(text, p.inline(n, look|with)...)
		case *tables.Strikethrough:
			text = append(text, p.inline(n, look|struck)...)
		case *tables.TaskCheckBox:
			text = text.add(piece{map[bool]string{true: "[x] ", false: "[ ] "}[n.IsChecked], look})
		case *ast.Link:
			text = append(text, p.leading(p.inline(n, look|link), n.Destination, look)...)
		case *ast.AutoLink:
			text = text.add(piece{sanitize.Line(string(n.URL(p.source))), look | link})
		case *ast.Image:
			alt := append(row{{"[image: ", look | faint}}, p.inline(n, look|faint)...)
			text = append(text, p.leading(alt.add(piece{"]", look | faint}), n.Destination, look)...)
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				text = text.add(piece{sanitize.Line(string(segment.Value(p.source))), look | faint})
			}
		default:
			text = append(text, p.inline(n, look)...)
		}
	}
	return text
}

// written is text as it is meant: escapes and entities are resolved, and then
// made safe.
func (p paper) written(text []byte, raw bool) string {
	if !raw {
		text = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(text)))
	}
	return sanitize.Line(strings.ReplaceAll(string(text), "\n", " "))
}

// raw is the text of a span of code, whose line breaks are blanks.
func (p paper) raw(n ast.Node, look ink) (text row) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			text = text.add(piece{p.written(t.Segment.Value(p.source), true), look})
		}
	}
	return text
}

// leading writes a destination behind a text that does not say it.
func (p paper) leading(text row, destination []byte, look ink) row {
	to := sanitize.Line(string(destination))
	said := ""
	for _, t := range text {
		said += t.text
	}
	if to == "" || said == to {
		return text
	}
	return append(text, piece{" (" + to + ")", look | faint})
}
