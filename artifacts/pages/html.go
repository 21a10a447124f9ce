// Package pages reads HTML and Markdown as lines, and what a PDF says of itself.
// It runs no script, fetches nothing, and draws no page.
package pages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"benchside/artifacts"
	"benchside/sanitize"
)

// Page is an HTML document as text, safe to show.
type Page struct {
	Title string
	Lines []string
	// Holds names what the scripts of the page would draw: "plotly", "Evidently",
	// "vega", "bokeh".
	Holds []string
	// Cut: there is more than is shown.
	Cut bool
}

const (
	mostHTML  = 16 << 20
	mostLines = 20_000
	mostText  = 2 << 20
	mostCols  = 64  // of a table
	mostCell  = 200 // runes of a cell
)

// HTML reads a page. What is hidden from readers is left out: scripts, styles,
// templates, vectors.
func HTML(ctx context.Context, data []byte) (Page, error) {
	w := &writer{}
	if len(data) > mostHTML {
		data, w.page.Cut = data[:mostHTML], true
	}
	z := html.NewTokenizer(bytes.NewReader(data))
	const longest = 8 << 20 // of one tag or text: a page may hold all of plotly.js
	z.SetMaxBuf(longest)
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return Page{}, fmt.Errorf("read HTML: %w", ctx.Err())
		}
		token := z.Next()
		if token == html.ErrorToken {
			if err := z.Err(); !errors.Is(err, io.EOF) {
				w.page.Cut = true // a part that is longer than the longest
			}
			break
		}
		if w.full() {
			w.page.Cut = true
			break
		}
		w.token(z, token)
	}
	w.endTable()
	w.newline()
	w.page.Title = sanitize.Line(strings.Join(strings.Fields(w.title.String()), " "))
	return w.page, nil
}

// writer gathers the text of a page.
type writer struct {
	page  Page
	title strings.Builder
	line  strings.Builder
	bytes int

	hidden atom.Atom // the element whose text is not for readers
	within int       // open elements of that name
	pre    int
	lists  int
	space  bool // one is due before the next word

	rows [][]string // of the table that is open
	cell bool
	deep int // open tables; those within a cell are part of it
}

func (w *writer) full() bool { return len(w.page.Lines) >= mostLines || w.bytes > mostText }

func (w *writer) token(z *html.Tokenizer, token html.TokenType) {
	switch token {
	case html.TextToken:
		w.words(z.Text())
	case html.StartTagToken, html.SelfClosingTagToken:
		name, more := z.TagName()
		w.start(atom.Lookup(name), token == html.SelfClosingTagToken, attributes(z, more))
	case html.EndTagToken:
		name, _ := z.TagName()
		w.end(atom.Lookup(name))
	}
}

// attributes are those that have something to say.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	out := map[string]string{}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch name := string(key); name {
		case "alt", "type", "hidden":
			out[name] = string(value)
		}
	}
	return out
}

// unseen are elements whose content is not for readers.
func unseen(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Template, atom.Svg, atom.Noscript, atom.Iframe, atom.Object, atom.Canvas, atom.Select, atom.Textarea, atom.Title:
		return true
	}
	return false
}

// broken are elements that stand on lines of their own.
func broken(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Aside, atom.Ul, atom.Ol, atom.Dl,
		atom.Dt, atom.Dd, atom.Blockquote, atom.Figure, atom.Figcaption, atom.Form, atom.Fieldset, atom.Details, atom.Summary, atom.Body,
		atom.Head, atom.Html, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre, atom.Caption:
		return true
	}
	return false
}

// hide reports whether an element is not for readers, or within one.
func (w *writer) hide(a atom.Atom, closed bool) bool {
	switch {
	case w.hidden != 0:
		if a == w.hidden && !closed {
			w.within++
		}
		return true
	case !unseen(a):
		return false
	case !closed || a == atom.Script || a == atom.Style: // those two are never closed by a slash
		w.hidden, w.within = a, 1
	}
	return true
}

func (w *writer) start(a atom.Atom, closed bool, attr map[string]string) {
	if w.hide(a, closed) {
		return
	}
	if w.cell && broken(a) {
		w.space = true
		return
	}
	switch a {
	case atom.Br:
		if w.cell {
			w.space = true
		} else {
			w.newline()
		}
	case atom.Hr:
		w.newline()
		w.put("────────")
		w.newline()
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.newline()
		w.blank()
		w.put("######"[:a.String()[1]-'0'] + " ")
	case atom.Li:
		w.newline()
		w.put(strings.Repeat("  ", min(max(w.lists-1, 0), 8)) + "- ")
	case atom.Ul, atom.Ol:
		w.newline()
		w.lists++
	case atom.Pre:
		w.newline()
		w.pre++
	case atom.Table:
		if w.deep++; w.deep == 1 {
			w.newline()
		}
		w.space = w.deep > 1
	case atom.Tr:
		if w.deep == 1 {
			w.endCell()
			w.rows = append(w.rows, nil)
		}
	case atom.Td, atom.Th:
		if w.deep == 1 {
			w.startCell()
		} else {
			w.space = true
		}
	case atom.Img:
		if alt := strings.TrimSpace(attr["alt"]); alt != "" {
			w.words([]byte(" [image: " + alt + "] "))
		} else {
			w.words([]byte(" [image] "))
		}
	default:
		if broken(a) {
			w.newline()
		}
	}
}

func (w *writer) end(a atom.Atom) {
	if w.hidden != 0 {
		if a == w.hidden {
			if w.within--; w.within == 0 {
				w.hidden = 0
			}
		}
		return
	}
	switch a {
	case atom.Table:
		if w.deep == 1 {
			w.endTable()
		}
		w.deep = max(w.deep-1, 0)
	case atom.Td, atom.Th, atom.Tr:
		if w.deep == 1 {
			w.endCell()
		}
	case atom.Ul, atom.Ol:
		w.lists = max(w.lists-1, 0)
		w.breakLine()
	case atom.Pre:
		w.pre = max(w.pre-1, 0)
		w.breakLine()
	default:
		if broken(a) {
			w.breakLine()
		}
	}
}

// breakLine ends the line, or parts words within a cell.
func (w *writer) breakLine() {
	if w.cell {
		w.space = true
		return
	}
	w.newline()
}

// words takes text; space between words counts once, but in what is preformatted.
func (w *writer) words(raw []byte) {
	switch w.hidden {
	case atom.Title:
		w.title.Write(raw[:min(len(raw), mostCell*utf8.UTFMax)])
		return
	case atom.Script:
		w.script(raw)
		return
	case 0:
	default:
		return
	}
	if w.pre > 0 && !w.cell {
		lines := strings.Split(html.UnescapeString(string(raw)), "\n")
		for i, line := range lines {
			if i > 0 {
				w.flush()
			}
			w.put(line)
		}
		return
	}
	for i, word := range bytes.FieldsFunc(raw, func(r rune) bool { return r != '\u00a0' && unicode.IsSpace(r) }) {
		if i > 0 || w.space || len(raw) > 0 && unicode.IsSpace(rune(raw[0])) {
			w.gap()
		}
		w.space = false
		w.put(html.UnescapeString(string(word)))
	}
	if n := len(raw); n > 0 && unicode.IsSpace(rune(raw[n-1])) {
		w.space = true
	}
}

func (w *writer) gap() {
	if w.line.Len() > 0 && !strings.HasSuffix(w.line.String(), " ") {
		w.put(" ")
	}
}

// script looks for names of libraries; it is text and never run.
func (w *writer) script(raw []byte) {
	text := string(raw)
	add := func(what string, holds bool) {
		for _, known := range w.page.Holds {
			holds = holds && known != what
		}
		if holds {
			w.page.Holds = append(w.page.Holds, what)
		}
	}
	add("Evidently", artifacts.FromEvidently(text))
	if slices.Contains(w.page.Holds, "Evidently") {
		w.evidently(text)
	}
	add("plotly", strings.Contains(text, "Plotly.newPlot("))
	add("vega", strings.Contains(text, "vegaEmbed("))
	add("bokeh", strings.Contains(text, "Bokeh.embed"))
}

func (w *writer) put(text string) {
	w.line.WriteString(text)
	w.bytes += len(text)
}

// newline ends a line that has something in it.
func (w *writer) newline() {
	w.space = false
	if strings.TrimSpace(w.line.String()) == "" {
		w.line.Reset()
		return
	}
	w.flush()
}

func (w *writer) flush() {
	if len(w.page.Lines) < mostLines {
		w.page.Lines = append(w.page.Lines, sanitize.Line(strings.TrimRight(strings.ReplaceAll(w.line.String(), "\t", "    "), " \r")))
	}
	w.line.Reset()
}

// blank puts an empty line before what follows, not at the start.
func (w *writer) blank() {
	if n := len(w.page.Lines); n > 0 && w.page.Lines[n-1] != "" {
		w.page.Lines = append(w.page.Lines, "")
	}
}

func (w *writer) startCell() {
	w.endCell()
	if len(w.rows) == 0 {
		w.rows = append(w.rows, nil)
	}
	w.line.Reset()
	w.cell, w.space = true, false
}

func (w *writer) endCell() {
	if !w.cell {
		return
	}
	row := &w.rows[len(w.rows)-1]
	if len(*row) < mostCols {
		*row = append(*row, cut(strings.TrimSpace(w.line.String())))
	} else {
		w.page.Cut = true
	}
	w.line.Reset()
	w.cell, w.space = false, false
}

// endTable writes the rows with their columns aligned.
func (w *writer) endTable() {
	w.endCell()
	var wide [mostCols]int
	for _, row := range w.rows {
		for i, cell := range row {
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range w.rows {
		for i, cell := range row {
			if i > 0 {
				w.put("  ")
			}
			w.put(cell)
			if i < len(row)-1 {
				w.put(strings.Repeat(" ", wide[i]-utf8.RuneCountInString(cell)))
			}
		}
		w.newline()
	}
	w.rows = nil
}
