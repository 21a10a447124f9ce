package pages

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// ink says how a piece of text looks: bits of it together.
type ink uint16

const (
	strong ink = 1 << iota
	slanted
	struck
	heading
	code
	link
	faint
)

// palettes are the colours of each style, as parameters of SGR, in the order of
// the inks.
var palettes = [...][7]string{
	Dark:  {"1", "3", "9", "1;38;5;39", "38;5;216", "4;38;5;37", "38;5;245"},
	Light: {"1", "3", "9", "1;38;5;26", "38;5;130", "4;38;5;24", "38;5;242"},
	NoTTY: {},
}

// piece is text of one look.
type piece struct {
	text string
	ink  ink
}

// row is a line of what is laid out.
type row []piece

func (r row) width() int {
	wide := 0
	for _, p := range r {
		wide += ansi.StringWidth(p.text)
	}
	return wide
}

// add appends text, to the last piece where it looks the same.
func (r row) add(p piece) row {
	if n := len(r); n > 0 && r[n-1].ink == p.ink {
		r[n-1].text += p.text
		return r
	}
	return append(r, p)
}

// paint writes a row with its colours. Blanks at its end are left out.
func (r row) paint(style Style) string {
	var b strings.Builder
	for i, p := range r {
		text := p.text
		if i == len(r)-1 {
			text = strings.TrimRight(text, " ")
		}
		var on []string
		for bit, colour := range palettes[style] {
			if p.ink&(1<<bit) != 0 && colour != "" {
				on = append(on, colour)
			}
		}
		if len(on) == 0 || text == "" {
			b.WriteString(text)
			continue
		}
		b.WriteString("\x1b[" + strings.Join(on, ";") + "m" + text + "\x1b[0m")
	}
	return strings.TrimRight(b.String(), " ")
}

// wrap breaks text at its blanks into rows of a width, and words that are wider
// anywhere. A line break ends a row.
func wrap(text row, width int) []row {
	w := wrapper{width: max(width, 1)}
	for _, p := range text {
		for i, line := range strings.Split(p.text, "\n") {
			if i > 0 {
				w.word()
				w.end()
			}
			for j, part := range strings.Split(line, " ") {
				if j > 0 {
					w.word()
					w.blank, w.between = true, p.ink
				}
				if part != "" {
					w.open = w.open.add(piece{part, p.ink})
				}
			}
		}
	}
	w.word()
	if len(w.line) > 0 || len(w.rows) == 0 {
		w.end()
	}
	return w.rows
}

// wrapper is the state of wrap: the rows so far, the one that is filled, and the
// word that may go there or to the next.
type wrapper struct {
	width   int
	rows    []row
	line    row
	filled  int // cells of line
	blank   bool
	between ink // of the blank
	open    row
}

func (w *wrapper) end() {
	w.rows = append(w.rows, w.line)
	w.line, w.filled, w.blank = nil, 0, false
}

// word puts the open word where it has room.
func (w *wrapper) word() {
	wide := w.open.width()
	if wide == 0 {
		return
	}
	if w.filled > 0 && w.blank {
		if w.filled+1+wide > w.width {
			w.end()
		} else {
			w.line = w.line.add(piece{" ", w.between & ^link})
			w.filled++
		}
	}
	for _, p := range w.open {
		w.put(p)
	}
	w.open, w.blank = nil, false
}

// put appends a piece of a word, over several rows if it must.
func (w *wrapper) put(p piece) {
	for p.text != "" {
		head := ansi.Truncate(p.text, w.width-w.filled, "")
		if head == "" && w.filled == 0 { // a sign that is wider than the row
			head = p.text
		}
		if head != "" {
			w.line = w.line.add(piece{head, p.ink})
			w.filled += ansi.StringWidth(head)
		}
		if p.text = p.text[len(head):]; p.text != "" {
			w.end()
		}
	}
}
