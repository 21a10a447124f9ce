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
	g := v.theme.Glyphs
	rest, first := r, true
	for first || v.wrap && len(lines) < most && (len(rest.Spans) > 0 || rest.Styled != "") {
		l := widget.NewLine(width, themes.Style{}, g)
		if numbers > 0 {
			number := ""
			if first {
				number = fmt.Sprint(r.Number)
			}
			style := v.theme.Rule
			if v.find.isHit(at) {
				style = v.theme.Match
			}
			l.Cell(number, numbers, true, style).Pad(1)
		} else {
			mark, style := " ", themes.Style{}
			if v.find.isHit(at) {
				mark, style = g.Bar, v.theme.Match
			}
			l.Add(mark, style)
		}
		room := l.Left()
		switch {
		case r.Styled != "" && v.wrap:
			text := ansi.Hardwrap(r.Styled, max(room, 1), true)
			for _, part := range strings.Split(text, "\n") {
				lines = append(lines, v.styled(part, numbers, width, 0))
			}
			return lines[:min(len(lines), most)]
		case r.Styled != "":
			return []string{v.styled(r.Styled, numbers, width, v.left)}
		case v.wrap:
			rest.Spans = v.add(l, rest.Spans, room)
		default:
			v.add(l, skip(r.Spans, v.left), -1)
		}
		lines = append(lines, l.String())
		if first = false; !v.wrap {
			break
		}
	}
	return lines
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

// add appends spans to a line: of room cells and no more, the rest is returned,
// or, if room is less than 0, cut where the line ends.
func (v *View) add(l *widget.Line, spans []texts.Span, room int) (rest []texts.Span) {
	for i, s := range spans {
		style := Style(s.Role, v.theme)
		if room < 0 {
			v.marked(l, s.Text, style)
			continue
		}
		w := widget.Width(s.Text)
		if w <= room {
			v.marked(l, s.Text, style)
			room -= w
			continue
		}
		head := ansi.Truncate(s.Text, room, "")
		v.marked(l, head, style)
		if head == "" && room > 2 {
			return nil // a sign that fits nowhere
		}
		return append([]texts.Span{{Text: s.Text[len(head):], Role: s.Role}}, spans[i+1:]...)
	}
	return nil
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
