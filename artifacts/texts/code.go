package texts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/chroma/v2"
)

// Role is what a part of code is; a theme gives it a colour.
type Role int

// The roles of code.
const (
	Plain Role = iota
	Keyword
	String
	Comment
	Number
	Name // of a function, a type, a key
	Heading
	Inserted
	Deleted
)

// Span is a part of a line of one role, safe to show.
type Span struct {
	Text string
	Role Role
}

const (
	// mostCode is how many bytes are highlighted, longestCode the longest line of
	// them, and patience how long it may take: patterns of lexers go back and
	// forth over hostile text.
	mostCode    = 256 << 10
	longestCode = 8 << 10
	patience    = time.Second / 2
)

// Highlight splits code into lines of spans. The language is one that chroma
// knows or a file name; cut says that what follows is plain: behind 256 KB, in
// an unknown language, after a second.
func Highlight(ctx context.Context, language, text string) (lines [][]Span, cut bool, err error) {
	head, rest := text, ""
	if len(text) > mostCode {
		at := strings.LastIndexByte(text[:mostCode], '\n') + 1
		head, rest = text[:at], text[at:]
	}
	of := lexer(language)
	if of == nil || longest(head) > longestCode {
		return plain(text), true, nil
	}
	head = strings.ReplaceAll(head, "\r\n", "\n") // as lexers do
	timed, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	w, err := tokens(timed, chroma.Coalesce(of), head)
	switch {
	case ctx.Err() != nil:
		return nil, false, fmt.Errorf("highlight: %w", ctx.Err())
	case err != nil || w.bytes > len(head):
		return plain(text), true, nil
	}
	rest = head[w.bytes:] + rest
	w.add(rest, Plain)
	return w.done(), rest != "", nil
}

// tokens runs a lexer. A lexer that panics over a text is as good as none.
func tokens(ctx context.Context, of chroma.Lexer, text string) (w *spans, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("highlight: %v", broken)
		}
	}()
	next, err := of.Tokenise(&chroma.TokeniseOptions{State: "root", EnsureLF: false}, text)
	if err != nil {
		return nil, err
	}
	w = &spans{}
	for token := next(); token != chroma.EOF; token = next() {
		if ctx.Err() != nil {
			return w, nil // the rest stays plain
		}
		w.add(token.Value, role(token.Type))
	}
	return w, nil
}

// spans gathers spans into lines.
type spans struct {
	lines [][]Span
	line  []Span
	bytes int
}

func (w *spans) add(text string, r Role) {
	w.bytes += len(text)
	for {
		part, rest, newline := strings.Cut(text, "\n")
		if part != "" {
			if n := len(w.line); n > 0 && w.line[n-1].Role == r {
				w.line[n-1].Text += part
			} else {
				w.line = append(w.line, Span{part, r})
			}
		}
		if !newline {
			return
		}
		w.lines, w.line = append(w.lines, w.line), nil
		text = rest
	}
}

// done makes the lines safe. Tabs are expanded as wide as their place in the
// line asks.
func (w *spans) done() [][]Span {
	lines := w.lines
	if w.line != nil {
		lines = append(lines, w.line)
	}
	for _, line := range lines {
		column := 0
		for i := range line {
			pad := strings.Repeat(" ", column%tabWidth)
			text := strings.TrimSuffix(line[i].Text, "\r")
			if len(text) > mostLine {
				text = string(whole([]byte(text[:mostLine]), true)) + "…"
			}
			text = strings.TrimPrefix(Safe(pad+text), pad)
			line[i].Text = text
			column += len([]rune(text))
		}
	}
	return lines
}

func longest(text string) int {
	most := 0
	for line := range strings.SplitSeq(text, "\n") {
		most = max(most, len(line))
	}
	return most
}

func plain(text string) [][]Span {
	var w spans
	w.add(text, Plain)
	return w.done()
}

func role(t chroma.TokenType) Role {
	switch {
	case t.InCategory(chroma.Comment):
		return Comment
	case t.InCategory(chroma.Keyword), t == chroma.OperatorWord:
		return Keyword
	case t.InSubCategory(chroma.LiteralString), t == chroma.Literal:
		return String
	case t.InSubCategory(chroma.LiteralNumber):
		return Number
	case t == chroma.NameFunction, t == chroma.NameClass, t == chroma.NameTag, t == chroma.NameAttribute,
		t == chroma.NameDecorator, t == chroma.NameNamespace, t == chroma.NameBuiltin:
		return Name
	case t == chroma.GenericHeading, t == chroma.GenericSubheading:
		return Heading
	case t == chroma.GenericInserted:
		return Inserted
	case t == chroma.GenericDeleted:
		return Deleted
	}
	return Plain
}
