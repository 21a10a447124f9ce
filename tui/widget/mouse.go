package widget

import (
	"cmp"
	"maps"
	"strings"
)

// Press is what a press of the mouse met on a table.
type Press struct {
	Row, Col int  // -1 where none is
	Head     bool // the heading of Col
	Edge     bool // the right edge of the heading of Col, which Pull moves now
}

// narrowest is the width below which no column is pulled, in cells.
const narrowest = 3

// hold is the edge of a column that the mouse has.
type hold struct {
	col, from int // the column, and its width when it was taken
	x         int // where the mouse was then
	on        bool
}

// Press says what is at a cell, y counting from the first row; the heading is head
// lines above it, 0 for none. An edge is held until the next press; pressed twice, it lets the
// column be as wide as it wants again.
func (t *Table) Press(x, y, head int, twice bool) Press {
	t.held = hold{}
	if head == 0 || y != -head {
		row, col := t.At(x, y)
		return Press{Row: row, Col: col}
	}
	for _, p := range t.Layout(t.Width) {
		switch at := x - 1 - p.X; {
		case at >= 0 && at < p.Width:
			return Press{Row: -1, Col: p.Col, Head: true}
		case at >= p.Width && at < p.Width+gap:
			if twice {
				t.letGo(p.Col)
			} else {
				t.held = hold{p.Col, p.Width, x, true}
			}
			return Press{Row: -1, Col: p.Col, Edge: true}
		}
	}
	return Press{Row: -1, Col: -1}
}

// Pull moves the edge that is held to a cell. It reports whether there is one.
func (t *Table) Pull(x int) bool {
	h := t.held
	if !h.on || h.col >= len(t.Columns) {
		return false
	}
	pulled := maps.Clone(t.pulled) // a frame may be drawn from a copy
	if pulled == nil {
		pulled = map[string]int{}
	}
	pulled[t.key(h.col)] = max(h.from+x-h.x, narrowest)
	t.pulled = pulled
	return true
}

func (t *Table) letGo(col int) {
	t.pulled = maps.Clone(t.pulled)
	delete(t.pulled, t.key(col))
}

// key is what a column is known by when a screen lays its columns out again: its
// title without the sign of an order.
func (t *Table) key(col int) string { return strings.TrimRight(t.Columns[col].Title, " ▲▼^v") }

// Cells are the titles of all columns without the signs of an order, and what a row
// shows in them: a row to be copied.
func (t *Table) Cells(cell func(col int) Cell) (titles, texts []string) {
	for col := range t.Columns {
		titles = append(titles, cmp.Or(t.key(col), "#"))
		texts = append(texts, strings.TrimSpace(cell(col).Whole()))
	}
	return titles, texts
}
