// Package themes turns palettes into the styles that screens draw with. It
// keeps no current theme: a session owns its own value.
package themes

import (
	"fmt"
	"strings"
)

// Style is how a piece of text looks, as the SGR parameters that select it.
// The zero value is the terminal's own text.
type Style struct{ sgr string }

// SGR returns the escape sequence that switches the style on, "" if none.
func (s Style) SGR() string {
	if s.sgr == "" {
		return ""
	}
	return "\x1b[" + s.sgr + "m"
}

// Text returns s in the style, ended by a reset.
func (s Style) Text(t string) string {
	if s.sgr == "" || t == "" {
		return t
	}
	return "\x1b[" + s.sgr + "m" + t + "\x1b[m"
}

// reverse swaps text and background.
const reverse = "7"

// With returns the style with those parts of u that it lacks laid over it.
func (s Style) With(u Style) Style {
	switch {
	case u.sgr == reverse: // colours under it would be as many backgrounds
		return u
	case u.sgr == "":
		return s
	case s.sgr == "":
		return u
	}
	return Style{s.sgr + ";" + u.sgr}
}

// Theme gives every role of a screen its style. Meaning never rests on colour
// alone: callers add a glyph or a word.
type Theme struct {
	Name   string
	Dark   bool
	Colors int // that charts may use: 0, 16 or 256

	Text   Style // ordinary text
	Dim    Style // secondary text
	Strong Style // names and headings
	Accent Style // the active place, the cursor's bar
	Cursor Style // background of the cursor row
	Column Style // heading of the column under the cursor
	Rule   Style // separators
	Fresh  Style // changed a moment ago
	Good   Style
	Bad    Style
	Warn   Style
	Info   Style // running, links
	Match  Style // the letters that a search found
	Mark   Style // the mark of a marked run

	Glyphs Glyphs
	Paper  Paper
	Axes   uint8 // what charts write beside their axes, of the palette of 256; 0 is the usual
}

// Paper is what a theme is read on, as #rrggbb. It is asked of a terminal whose
// own would not do.
type Paper struct {
	Back, Fore string
	Always     bool // also where the terminal's own is as dark or as light
}

// Glyphs are the signs that a theme draws with; plain terminals get ASCII.
type Glyphs struct {
	Bar, Rule, Split                                             string
	Folded, Unfolded, Branch, Last, Pipe                         string
	Finished, Running, Failed, Killed, Scheduled, Stalled        string
	Mark, Star, Up, Down, Missing, Sep, Live, Paused, Lost, More string
	TopLeft, TopRight, BottomLeft, BottomRight                   string
	ASCII                                                        bool
	Dots                                                         string // of charts: braille, octant, sextant, quadrant, half or ascii
	// Graphemes: the terminal gives a grapheme such as a joined emoji the cells of
	// one sign; else each of its code points has cells of its own.
	Graphemes bool
}

// Unicode is the usual set of glyphs.
func Unicode() Glyphs {
	return Glyphs{
		Bar: "▌", Rule: "─", Split: "│", Folded: "▸", Unfolded: "▾", Branch: "├ ", Last: "└ ", Pipe: "│ ",
		Finished: "●", Running: "◐", Failed: "✗", Killed: "■", Scheduled: "○", Stalled: "◌",
		Mark: "⚑", Star: "★", Up: "▲", Down: "▼", Missing: "—", Sep: " › ", Live: "●", Paused: "‖", Lost: "✗", More: "…",
		TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomRight: "╯", Dots: "braille",
	}
}

// ASCII is the set for terminals and fonts without the others.
func ASCII() Glyphs {
	return Glyphs{
		Bar: ">", Rule: "-", Split: "|", Folded: "+", Unfolded: "-", Branch: "|-", Last: "`-", Pipe: "| ",
		Finished: "*", Running: "~", Failed: "x", Killed: "#", Scheduled: "o", Stalled: "?",
		Mark: "!", Star: "*", Up: "^", Down: "v", Missing: "--", Sep: " > ", Live: "*", Paused: "=", Lost: "x", More: "~",
		TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+", ASCII: true, Dots: "ascii",
	}
}

// Palette is the style of a series: a text colour of the palette of 256, of
// which the first 16 are the terminal's own; none without colours.
func Palette(n uint8, coloured bool) Style {
	switch {
	case !coloured:
		return Style{}
	case n < 8:
		return Style{fmt.Sprint(30 + n)}
	case n < 16:
		return Style{fmt.Sprint(82 + n)}
	}
	return palette(int(n))
}

// palette is a text colour of the palette of 256.
func palette(n int) Style { return Style{"38;5;" + fmt.Sprint(n)} }

func fg(rgb int) Style { return Style{"38;2;" + triple(rgb)} }
func bg(rgb int) Style { return Style{"48;2;" + triple(rgb)} }

func bold(s Style) Style { return Style{"1;" + s.sgr} }

func triple(rgb int) string {
	return strings.Join([]string{fmt.Sprint(rgb >> 16 & 255), fmt.Sprint(rgb >> 8 & 255), fmt.Sprint(rgb & 255)}, ";")
}

// Reverse is the style of a text cursor.
func Reverse() Style { return Style{reverse} }
