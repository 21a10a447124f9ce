package pages

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	reader "github.com/yuin/goldmark/text"
)

// Style is the look of Markdown.
type Style int

// The looks: with colours on a dark or a light ground, or without any.
const (
	Dark Style = iota
	Light
	NoTTY
)

// ErrBounds: the text is too long or too deep to be laid out. It can be shown as
// it is.
var ErrBounds = errors.New("too big to be laid out")

const (
	mostMarkdown = 256 << 10
	// deepestMarkdown bounds quotes and lists in one another: the time to lay them
	// out grows with the third power of their depth (at 400 it was 110 s).
	deepestMarkdown = 24
)

// Markdown lays a text out in lines of a width. Its only escapes are those of
// colours and weights; links are written out.
func Markdown(ctx context.Context, text string, width int, style Style) (lines []string, err error) {
	defer func() {
		if broken := recover(); broken != nil { // of the library, over hostile text
			lines, err = nil, fmt.Errorf("lay out Markdown: %w: %v", ErrBounds, broken)
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("lay out Markdown: %w", err)
	}
	if len(text) > mostMarkdown || nested(text) {
		return nil, fmt.Errorf("lay out Markdown: %w", ErrBounds)
	}
	source := []byte(strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n"))
	document := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(reader.NewReader(source))
	p := paper{ctx: ctx, source: source}
	rows := p.blocks(document, max(width, narrowest), true)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("lay out Markdown: %w", err)
	}
	for _, r := range rows {
		lines = append(lines, r.paint(style))
	}
	return lines, nil
}

// marks are those of quotes and items before the text of a line.
var marks = regexp.MustCompile(`^(?:[ \t]*(?:[-*+>]|\d{1,9}[.)])(?:[ \t]|$|>))*[ \t]*`)

// nested finds lines that nest deep, and brackets that would cost the square of
// their number.
func nested(text string) bool {
	brackets := 0
	for line := range strings.Lines(text) {
		before := marks.FindString(line)
		blanks := strings.Count(before, " ") + 4*strings.Count(before, "\t")
		depth := len(before) - strings.Count(before, " ") - strings.Count(before, "\t")
		// Indentation nests where an item stands behind it: two blanks a level.
		if depth > 0 {
			depth = max(depth, blanks/2)
		}
		if depth > deepestMarkdown {
			return true
		}
		brackets += strings.Count(line, "[") + strings.Count(line, "<")
	}
	const mostBrackets = 20_000
	return brackets > mostBrackets
}
