// Package widget is what screens are put together from: lines, tables, text
// fields, pickers. It draws and moves, and knows no store.
package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"benchside/sanitize"
	"benchside/themes"
)

// Line builds one line of exactly so many cells. Styles that it is given are
// laid over its base, so that a cursor row keeps its background.
type Line struct {
	b     strings.Builder
	base  themes.Style
	width int // of the whole line
	used  int
	more  string
	cells ansi.Method // how the terminal counts
}

// NewLine returns an empty line of width cells over the base style.
func NewLine(width int, base themes.Style, g themes.Glyphs) *Line {
	l := &Line{base: base, width: width, more: g.More, cells: counted(g)}
	l.b.Grow(width + 64)
	return l
}

// Left returns the cells that are still free.
func (l *Line) Left() int { return l.width - l.used }

// Add appends text in a style, cut where the line ends.
func (l *Line) Add(text string, s themes.Style) *Line {
	if l.used >= l.width || text == "" {
		return l
	}
	text, w := l.cut(text, l.width-l.used)
	l.write(text, s)
	l.used += w
	return l
}

// Cell appends text in exactly w cells, on the right side of them if right.
func (l *Line) Cell(text string, w int, right bool, s themes.Style) *Line {
	w = min(w, l.width-l.used)
	if w <= 0 {
		return l
	}
	text, have := l.cut(text, w)
	pad := w - have
	if right {
		l.Pad(pad)
	}
	l.write(text, s)
	l.used += have
	if !right {
		l.Pad(pad)
	}
	return l
}

// fill appends n blanks in a style.
func (l *Line) fill(n int, s themes.Style) {
	n = min(n, l.width-l.used)
	if n > 0 {
		l.write(strings.Repeat(" ", n), s)
		l.used += n
	}
}

// filled is Cell with the blanks in the style of the text.
func (l *Line) filled(text string, w int, right bool, s themes.Style) {
	w = min(w, l.width-l.used)
	if w <= 0 {
		return
	}
	text, have := l.cut(text, w)
	blanks := strings.Repeat(" ", w-have)
	if right {
		text = blanks + text
	} else {
		text += blanks
	}
	l.write(text, s)
	l.used += w
}

// cut returns what of a text fits into w cells, and its own. Whatever a caller
// forgot, nothing that a terminal would obey gets past it.
func (l *Line) cut(text string, w int) (string, int) {
	if !plain(text) {
		text = sanitize.Line(text)
	}
	have := width(text, l.cells)
	if have <= w {
		return text, have
	}
	text = slice(text, 0, w-width(l.more, l.cells), l.cells) + l.more
	return text, width(text, l.cells)
}

// Pad appends n blanks.
func (l *Line) Pad(n int) *Line {
	n = min(n, l.width-l.used)
	if n > 0 {
		l.write(strings.Repeat(" ", n), themes.Style{})
		l.used += n
	}
	return l
}

// Right fills up so that text ends n cells before the line does.
func (l *Line) Right(text string, s themes.Style, n int) *Line {
	w := Width(text)
	if gap := l.width - l.used - w - n; gap > 0 {
		l.Pad(gap)
	}
	return l.Add(text, s)
}

func (l *Line) write(text string, s themes.Style) {
	if text == "" {
		return
	}
	sgr := s.With(l.base).SGR()
	if sgr == "" {
		l.b.WriteString(text)
		return
	}
	l.b.WriteString(sgr)
	l.b.WriteString(text)
	l.b.WriteString("\x1b[m")
}

// String returns the line, filled up with blanks.
func (l *Line) String() string {
	l.Pad(l.width - l.used)
	return l.b.String()
}

// Width returns the cells that s takes at most, however the terminal counts.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	return max(ansi.StringWidth(s), ansi.StringWidthWc(s))
}

func width(s string, cells ansi.Method) int {
	if plain(s) {
		return len(s)
	}
	return cells.StringWidth(s)
}

// plain reports printable ASCII, which most of a screen is and which need not be
// segmented into graphemes.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f {
			return false
		}
	}
	return true
}

func counted(g themes.Glyphs) ansi.Method {
	if g.Graphemes {
		return ansi.GraphemeWidth
	}
	return ansi.WcWidth
}

// Cut returns s in at most w cells, ended by more where something was cut.
func Cut(s string, w int, more string) string {
	if w <= 0 {
		return ""
	}
	if Width(s) <= w {
		return s
	}
	return ansi.Truncate(s, w, more)
}

// slice returns the cells from..to of a line, and all its escape sequences. A
// wide sign that stands across an end is left out.
func slice(s string, from, to int, cells ansi.Method) string {
	var b strings.Builder
	var state byte
	for at := 0; s != ""; {
		part, w, n, next := cells.DecodeSequenceInString(s, state, nil)
		escape := part[0] == '\x1b'
		if escape || at >= from && at+w <= to && (w > 0 || at > from) {
			b.WriteString(part)
		}
		s, state, at = s[n:], next, at+w
	}
	return b.String()
}

// Fit returns exactly height lines of width cells: what is missing is blank.
func Fit(lines []string, width, height int) string {
	blank := strings.Repeat(" ", max(width, 0))
	var b strings.Builder
	for i := range height {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i < len(lines) {
			b.WriteString(lines[i])
			continue
		}
		b.WriteString(blank)
	}
	return b.String()
}

// Rule returns a separator of width cells.
func Rule(width int, t *themes.Theme) string {
	return t.Rule.Text(strings.Repeat(t.Glyphs.Rule, max(width, 0)))
}

// Wrap breaks a text between words into lines of at most w cells; a longer word is
// broken where it must be.
func Wrap(text string, w int) (lines []string) {
	now := ""
	for word := range strings.FieldsSeq(text) {
		for Width(word) > w && w > 0 {
			part := ansi.Truncate(word, w, "")
			if part == "" {
				break
			}
			if now != "" {
				lines, now = append(lines, now), ""
			}
			lines, word = append(lines, part), strings.TrimPrefix(word, part)
		}
		if now != "" && Width(now)+1+Width(word) > w {
			lines, now = append(lines, now), ""
		}
		now = strings.TrimSpace(now + " " + word)
	}
	return append(lines, now)
}
