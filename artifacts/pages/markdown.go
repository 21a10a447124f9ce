package pages

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/glamour/v2"

	"benchside/sanitize"
)

// Style is the look of Markdown.
type Style int

// The looks: with colours on a dark or a light ground, or without any.
const (
	Dark Style = iota
	Light
	NoTTY
)

var styles = [...]string{"dark", "light", "notty"}

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
	text = sanitize.Text(strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n"))
	renderer, err := glamour.NewTermRenderer(glamour.WithStandardStyle(styles[style]), glamour.WithWordWrap(max(width, 10)))
	if err != nil {
		return nil, fmt.Errorf("lay out Markdown: %w", err)
	}
	out, err := renderer.Render(text)
	if err != nil {
		return nil, fmt.Errorf("lay out Markdown: %w", err)
	}
	for line := range strings.SplitSeq(strings.Trim(out, "\n"), "\n") {
		lines = append(lines, onlySGR(line, style != NoTTY))
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

// onlySGR drops all escapes but those that choose colours and weights.
func onlySGR(line string, keep bool) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		c := line[i]
		if c != 0x1b {
			r, n := utf8.DecodeRuneInString(line[i:])
			if !unicode.IsControl(r) {
				b.WriteString(line[i : i+n])
			}
			i += n
			continue
		}
		n, sgr := escape(line[i:])
		if sgr && keep {
			b.WriteString(line[i : i+n])
		}
		i += n
	}
	return strings.TrimRight(b.String(), " ")
}

// escape measures an escape sequence and says whether it is one of colours.
func escape(s string) (n int, sgr bool) {
	if len(s) < 2 {
		return len(s), false
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] == 0x1b { // it was broken off
				return i, false
			}
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1, s[i] == 'm' && strings.Trim(s[2:i], "0123456789;:") == ""
			}
		}
		return len(s), false
	case ']', 'P', '_', '^', 'X': // strings, which end at BEL or ST
		for i := 2; i < len(s); i++ {
			if s[i] == 0x07 {
				return i + 1, false
			}
			if s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\' {
				return i + 2, false
			}
		}
		return len(s), false
	}
	return 2, false
}
