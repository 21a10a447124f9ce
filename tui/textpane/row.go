package textpane

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"benchside/artifacts/texts"
	"benchside/themes"
	"benchside/tui/widget"
)

// Style returns how a role of code looks.
func Style(r texts.Role, t *themes.Theme) themes.Style {
	switch r {
	case texts.Keyword:
		return t.Accent
	case texts.String, texts.Inserted:
		return t.Good
	case texts.Comment:
		return t.Dim
	case texts.Number:
		return t.Warn
	case texts.Name:
		return t.Info
	case texts.Heading:
		return t.Strong
	case texts.Deleted:
		return t.Bad
	}
	return themes.Style{}
}

// row draws one line in one or, wrapped, several lines of the screen.
func (v *View) row(r Row, at, numbers, width, most int) (lines []string) {
	if r.Styled != "" {
		if !v.wrap {
			return []string{v.styled(r.Styled, numbers, width, v.left)}
		}
		text := ansi.Hardwrap(r.Styled, max(v.across(width, numbers), 1), true)
		for _, part := range strings.Split(text, "\n") {
			lines = append(lines, v.styled(part, numbers, width, 0))
		}
		return lines[:min(len(lines), most)]
	}
	if !v.wrap {
		l := v.begin(r.Number, at, numbers, width)
		v.add(l, skip(r.Spans, v.left))
		return []string{l.String()}
	}
	across := v.across(width, numbers)
	for i, part := range wrapped(r.Spans, across, r.hang(across), most) {
		number, hang := r.Number, 0
		if i > 0 {
			number, hang = 0, r.hang(across)
		}
		l := v.begin(number, at, numbers, width).Pad(hang)
		v.add(l, part)
		lines = append(lines, l.String())
	}
	return lines
}

// hang is how far the second line of a wrapped row stands in: not at all in a file,
// whose lines are as they are.
func (r Row) hang(room int) int {
	const more, least = 2, 20 // cells
	if r.Number > 0 || len(r.Spans) == 0 || room < least {
		return 0
	}
	text := r.Spans[0].Text
	return min(len(text)-len(strings.TrimLeft(text, " "))+more, room/2)
}

// across is how many cells of a line are behind its number or its mark.
func (v *View) across(width, numbers int) int { return max(width-numbers-1, 1) }

// begin is a line with the number before it, or the mark of a hit where lines have
// none.
func (v *View) begin(number, at, numbers, width int) *widget.Line {
	l := widget.NewLine(width, themes.Style{}, v.theme.Glyphs)
	if numbers == 0 {
		mark, style := " ", themes.Style{}
		if v.find.isHit(at) {
			mark, style = v.theme.Glyphs.Bar, v.theme.Match
		}
		return l.Add(mark, style)
	}
	text, style := "", v.theme.Rule
	if number > 0 {
		text = fmt.Sprint(number)
	}
	if v.find.isHit(at) {
		style = v.theme.Match
	}
	return l.Cell(text, numbers, true, style).Pad(1)
}

// wrapped breaks spans into at most so many parts of room cells, but for the first one
// of hang cells less: behind a blank where there is one, else where the room ends.
func wrapped(spans []texts.Span, room, hang, most int) (parts [][]texts.Span) {
	var part []texts.Span
	left := room
	next := func() {
		if len(parts) == 0 {
			room -= hang
		}
		parts = append(parts, part)
		part, left = nil, room
	}
	for _, s := range spans {
		for text := s.Text; text != "" && len(parts) < most; {
			head := text
			if widget.Width(text) > left {
				head = ansi.Truncate(text, left, "")
				switch i := strings.LastIndexByte(head, ' '); {
				case i >= 0:
					head = head[:i+1]
				case left < room:
					head = "" // the word begins on a line of its own
				case head == "":
					text = "" // a sign that fits nowhere
				}
			}
			if head != "" {
				part = append(part, texts.Span{Text: head, Role: s.Role})
				left -= widget.Width(head)
			}
			if text = strings.TrimPrefix(text, head); text != "" {
				next()
			}
		}
	}
	if len(parts) < most && (len(part) > 0 || len(parts) == 0) {
		next()
	}
	return parts
}

// styled is a line with escapes in it, which the maker of the line knows to be
// those of styles alone.
func (v *View) styled(text string, numbers, width, left int) string {
	before := 1
	if numbers > 0 {
		before = numbers + 1
	}
	before = min(before, width)
	text = ansi.Cut(text, left, left+width-before)
	pad := max(width-before-ansi.StringWidth(text), 0)
	return strings.Repeat(" ", before) + text + "\x1b[m" + strings.Repeat(" ", pad)
}

// add appends spans to a line, cut where it ends.
func (v *View) add(l *widget.Line, spans []texts.Span) {
	for _, s := range spans {
		v.marked(l, s.Text, Style(s.Role, v.theme))
	}
}

// marked adds a text in which what was searched for is set off.
func (v *View) marked(l *widget.Line, text string, style themes.Style) {
	if v.find.pattern != nil {
		at := v.find.pattern.FindStringIndex(text)
		for at != nil && at[0] < at[1] {
			l.Add(text[:at[0]], style).Add(text[at[0]:at[1]], v.theme.Match)
			text = text[at[1]:]
			at = v.find.pattern.FindStringIndex(text)
		}
	}
	l.Add(text, style)
}

// skip drops the first cells of spans.
func skip(spans []texts.Span, cells int) []texts.Span {
	for i, s := range spans {
		w := widget.Width(s.Text)
		if cells < w {
			if cells == 0 {
				return spans[i:]
			}
			return append([]texts.Span{{Text: ansi.TruncateLeft(s.Text, cells, ""), Role: s.Role}}, spans[i+1:]...)
		}
		cells -= w
	}
	return nil
}
