package widget

import (
	"benchside/themes"
)

// Column is one column of a table.
type Column struct {
	Title string
	Width int          // cells; the widest of what was fitted
	Min   int          // cells below which it is dropped instead
	Max   int          // cells at most; 0 means no limit
	Right bool         // numbers stand on the right
	Keep  bool         // never dropped: the first columns
	Split bool         // a rule stands before it
	Share int          // percent of the table that it takes at most; 0 means no limit
	Style themes.Style // of the title; none means secondary text
	From  int          // cells of the table below which it is left out, unless the cursor is on it
	Off   bool         // left out
}

// Cell is what a table shows in one place.
type Cell struct {
	Text  string
	Style themes.Style
	// Tail stands behind the text, in a style of its own; not where numbers stand on
	// the right.
	Tail      string
	TailStyle themes.Style
}

// Whole is all that the cell shows.
func (c Cell) Whole() string { return c.Text + c.Tail }

// Table is a list of rows with a cursor, of which only those in the window are
// ever asked for. It holds no rows.
type Table struct {
	Columns []Column
	Count   int // rows
	Cursor  int // row
	Top     int // first row in the window
	Col     int // column under the cursor
	First   int // first of the columns that are scrolled, behind those kept
	Height  int // rows in the window, set by Resize
	Width   int
	Pick    bool // the column cursor is shown

	held   hold
	pulled map[string]int // the widths that the mouse gave columns
}

// Resize says how much room the rows have, without the heading.
func (t *Table) Resize(width, height int) {
	t.Width, t.Height = width, max(height, 0)
	t.Move(0)
}

// Move moves the cursor by n rows and keeps it in the window.
func (t *Table) Move(n int) { t.To(t.Cursor + n) }

// To puts the cursor on a row and the row into the window.
func (t *Table) To(row int) {
	t.Cursor = min(max(row, 0), max(t.Count-1, 0))
	switch {
	case t.Cursor < t.Top:
		t.Top = t.Cursor
	case t.Height > 0 && t.Cursor >= t.Top+t.Height:
		t.Top = t.Cursor - t.Height + 1
	}
	t.Top = min(t.Top, max(t.Count-t.Height, 0))
}

// Scroll moves the window by n rows and takes the cursor along.
func (t *Table) Scroll(n int) {
	t.Top = min(max(t.Top+n, 0), max(t.Count-t.Height, 0))
	t.Cursor = min(max(t.Cursor, t.Top), max(t.Top, t.Top+t.Height-1))
	t.Cursor = min(t.Cursor, max(t.Count-1, 0))
}

// Side moves the column cursor and scrolls it into the window.
func (t *Table) Side(n int) {
	t.step(n)
	kept := t.kept()
	t.First = min(max(t.First, kept), max(len(t.Columns)-1, kept))
	if t.Col < kept {
		t.First = kept
		return
	}
	t.First = min(t.First, t.Col)
	for t.First < t.Col && !t.shows(t.Col) {
		t.First++
	}
}

// step moves the column cursor over n columns that are not left out.
func (t *Table) step(n int) {
	last := max(len(t.Columns)-1, 0)
	t.Col = min(max(t.Col, 0), last)
	by := 1
	if n < 0 {
		by, n = -1, -n
	}
	for at := t.Col + by; n > 0 && at >= 0 && at <= last; at += by {
		if !t.Columns[at].Off {
			t.Col = at
			n--
		}
	}
	for t.Col > 0 && t.Columns[t.Col].Off { // the cursor was on one that went
		t.Col--
	}
}

func (t *Table) kept() int {
	for i, c := range t.Columns {
		if !c.Keep {
			return i
		}
	}
	return len(t.Columns)
}

func (t *Table) shows(col int) bool {
	for _, p := range t.Layout(t.Width) {
		if p.Col == col {
			return true
		}
	}
	return false
}

// Window returns the rows that are shown: from, and the row after the last.
func (t *Table) Window() (from, to int) { return t.Top, min(t.Top+t.Height, t.Count) }

// Place is where a column stands on the screen.
type Place struct{ Col, X, Width int }

// gap is the room between two columns.
const gap = 2

// Layout says where the columns stand in width cells. Columns that do not fit
// are left out from the right; the last one takes the rest if that is enough.
func (t *Table) Layout(width int) []Place {
	const usual = 32 // columns that a wide screen shows; there may be thousands
	places := make([]Place, 0, min(len(t.Columns), usual))
	x := 0
	add := func(i int) bool {
		c := t.Columns[i]
		if c.Off || t.Width < c.From && i != t.Col {
			return true
		}
		at := x
		if at > 0 {
			at += gap
			if c.Split {
				at += 2
			}
		}
		w := min(t.Room(i), width-at)
		if w < min(max(c.Min, 1), t.Room(i), c.Width) {
			return false
		}
		places = append(places, Place{i, at, w})
		x = at + w
		return true
	}
	kept := t.kept()
	for i := range kept {
		if !add(i) {
			return places
		}
	}
	for i := max(t.First, kept); i < len(t.Columns); i++ {
		if !add(i) {
			break
		}
	}
	return places
}

// Room returns the cells of a column where nothing cuts it.
func (t *Table) Room(col int) int {
	c := t.Columns[col]
	if len(t.pulled) > 0 {
		if w := t.pulled[t.key(col)]; w > 0 {
			return min(w, max(t.Width, narrowest))
		}
	}
	if c.Share == 0 {
		return c.Width
	}
	return min(c.Width, max(t.Width*c.Share/100, c.Min))
}

// Shown returns the cells that a column takes now, 0 if it is not shown.
func (t *Table) Shown(col int) int {
	for _, p := range t.Layout(t.Width) {
		if p.Col == col {
			return p.Width
		}
	}
	return 0
}

// Fill gives a column what the others leave, from least to most cells.
func (t *Table) Fill(col, least, most int) {
	rest := t.Width
	for i, c := range t.Columns {
		if i == col || c.Off || t.Width < c.From && i != t.Col {
			continue
		}
		rest -= t.Room(i) + gap
		if c.Split {
			rest -= 2
		}
	}
	t.Columns[col].Width = min(max(rest, least), most)
}

// Widen makes a column at least as wide as the texts, never narrower, so that
// scrolling does not move the columns.
func (t *Table) Widen(col int, texts ...string) {
	c := &t.Columns[col]
	w := max(c.Width, Width(c.Title))
	for _, s := range texts {
		w = max(w, Width(s))
	}
	if c.Max > 0 {
		w = min(w, max(c.Max, min(Width(c.Title), 2*c.Max)))
	}
	c.Width = w
}

// Heading returns the line of titles. A title may carry a sign that is already
// in it; the one under the cursor is set off.
func (t *Table) Heading(theme *themes.Theme, indent int) string {
	l := NewLine(t.Width+indent, themes.Style{}, theme.Glyphs)
	l.Pad(indent)
	for _, p := range t.Layout(t.Width) {
		c := t.Columns[p.Col]
		if c.Split {
			l.Pad(indent + p.X - 2 - l.used)
			l.Add(theme.Glyphs.Split, theme.Rule)
		}
		l.Pad(indent + p.X - l.used)
		style := theme.Dim
		if c.Style != (themes.Style{}) {
			style = c.Style
		}
		if t.Pick && p.Col == t.Col {
			style = c.Style.With(theme.Column)
		}
		l.Cell(c.Title, p.Width, c.Right, style)
	}
	return l.String()
}

// Row returns one row as a line: the cursor's bar, then the cells.
func (t *Table) Row(row int, theme *themes.Theme, cell func(col int) Cell) string {
	base, bar, barStyle := themes.Style{}, " ", themes.Style{}
	if row == t.Cursor {
		base, bar, barStyle = theme.Cursor, theme.Glyphs.Bar, theme.Accent
	}
	l := NewLine(t.Width+1, base, theme.Glyphs)
	l.Cell(bar, 1, false, barStyle)
	last := themes.Style{}
	for _, p := range t.Layout(t.Width) {
		c := cell(p.Col)
		// Cells of one style and what is between them are sent as one piece.
		between := themes.Style{}
		if c.Style == last {
			between = last
		}
		if t.Columns[p.Col].Split {
			l.fill(1+p.X-2-l.used, last)
			l.Add(theme.Glyphs.Split, theme.Dim)
		}
		l.fill(1+p.X-l.used, between)
		if room := p.Width - Width(c.Text); c.Tail != "" && room > 0 {
			l.Add(c.Text, c.Style)
			l.filled(c.Tail, room, false, c.TailStyle)
			last = c.TailStyle
			continue
		}
		l.filled(c.Text, p.Width, t.Columns[p.Col].Right, c.Style)
		last = c.Style
	}
	return l.String()
}

// At returns the row and column at a cell of the drawn rows; -1 where none is.
func (t *Table) At(x, y int) (row, col int) {
	row, col = t.Top+y, -1
	if y < 0 || y >= t.Height || row >= t.Count {
		row = -1
	}
	for _, p := range t.Layout(t.Width) {
		if x-1 >= p.X && x-1 < p.X+p.Width {
			col = p.Col
		}
	}
	return row, col
}
