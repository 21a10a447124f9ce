package widget

import "slices"

// Tile is where an item or the heading of some stands.
type Tile struct {
	Item       int    // -1 for a heading
	Head       string // of a heading
	X, Y, W, H int
}

// Over reports whether a cell is of the tile.
func (t Tile) Over(x, y int) bool { return x >= t.X && x < t.X+t.W && y >= t.Y && y < t.Y+t.H }

// gridRow is one row: items side by side, or a heading.
type gridRow struct {
	head     string
	from, to int // items; none for a heading
}

// Grid lays out items of one size in rows under headings, and scrolls by rows to
// the one that has the focus.
type Grid struct {
	Width, Height            int
	LeastW, LeastH, MostCols int // of an item
	Focus                    int

	rows      []gridRow
	cols, top int
}

// least is how high a row is at least.
func (g *Grid) least(r gridRow) int {
	if r.from == r.to {
		return 1
	}
	return g.LeastH
}

// Arrange puts n items into rows. Heads are the headings of the items, nil for
// none: where it changes, a row of its own begins below the new one.
func (g *Grid) Arrange(n int, heads []string) {
	g.cols = max(1, min(g.Width/max(g.LeastW, 1), g.MostCols, n))
	g.rows = g.rows[:0]
	for from := 0; from < n; {
		to := n
		if heads != nil {
			for to = from; to < n && heads[to] == heads[from]; to++ {
			}
			g.rows = append(g.rows, gridRow{head: heads[from], from: from, to: from})
		}
		for ; from < to; from += g.cols {
			g.rows = append(g.rows, gridRow{from: from, to: min(from+g.cols, to)})
		}
		from = to
	}
	g.Focus = max(0, min(g.Focus, n-1))
	g.show()
}

// rowOf is the row of an item, -1 for none.
func (g *Grid) rowOf(item int) int {
	return slices.IndexFunc(g.rows, func(r gridRow) bool { return item >= r.from && item < r.to })
}

// show scrolls to the item that has the focus, and its heading where it is first.
func (g *Grid) show() {
	at := max(g.rowOf(g.Focus), 0)
	if g.top >= at {
		g.top = at
		if at > 0 && g.rows[at-1].from == g.rows[at-1].to {
			g.top--
		}
	}
	for g.top < at {
		high := 0
		for _, r := range g.rows[g.top : at+1] {
			high += g.least(r)
		}
		if high <= g.Height {
			break
		}
		g.top++
	}
	for g.top > 0 { // no room stays empty at the end
		high := 0
		for _, r := range g.rows[g.top-1:] {
			high += g.least(r)
		}
		if high > g.Height {
			break
		}
		g.top--
	}
}

// Tiles lays out what is in view, each row of items as high as the others.
func (g *Grid) Tiles(width, height int) []Tile {
	to, high, full := g.top, 0, 0
	for ; to < len(g.rows) && (high+g.least(g.rows[to]) <= height || full == 0); to++ {
		high += g.least(g.rows[to])
		if g.rows[to].from < g.rows[to].to {
			full++
		}
	}
	if to > g.top && to < len(g.rows) && g.rows[to-1].from == g.rows[to-1].to {
		to-- // a heading without items below it
	}
	room := height - (to - g.top - full)
	var out []Tile
	y, nth := 0, 0
	for _, r := range g.rows[min(g.top, len(g.rows)):to] {
		if r.from == r.to {
			out = append(out, Tile{Item: -1, Head: r.head, Y: y, W: width, H: 1})
			y++
			continue
		}
		h := room*(nth+1)/full - room*nth/full
		for i := r.from; i < r.to; i++ {
			col := i - r.from
			x := width * col / g.cols
			out = append(out, Tile{Item: i, X: x, Y: y, W: width*(col+1)/g.cols - x, H: h})
		}
		y, nth = y+h, nth+1
	}
	return out
}

// Headed reports whether there are headings.
func (g *Grid) Headed() bool { return len(g.rows) > 0 && g.rows[0].from == g.rows[0].to }

// Aside moves the focus by rows of items, staying in its column where it can.
func (g *Grid) Aside(by int) {
	at := g.rowOf(g.Focus)
	if at < 0 {
		return
	}
	col, step := g.Focus-g.rows[at].from, 1
	if by < 0 {
		step = -1
	}
	for next := at + step; by != 0 && next >= 0 && next < len(g.rows); next += step {
		if r := g.rows[next]; r.from < r.to {
			g.Focus = min(r.from+col, r.to-1)
			by -= step
		}
	}
}
