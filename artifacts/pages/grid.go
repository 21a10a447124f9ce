package pages

import (
	"slices"
	"strings"

	tables "github.com/yuin/goldmark/extension/ast"
)

// gap stands between the columns of a table.
const gap = 2

// table lays a table out: columns as wide as their text, the widest of them
// narrower where the width ends. A table that still has no room goes on behind
// the edge, one sign a column.
func (p paper) table(t *tables.Table, width int) (rows []row) {
	var cells [][]row
	for line := t.FirstChild(); line != nil && p.ctx.Err() == nil; line = line.NextSibling() {
		look := ink(0)
		if _, head := line.(*tables.TableHeader); head {
			look = strong
		}
		var of []row
		for c := line.FirstChild(); c != nil; c = c.NextSibling() {
			of = append(of, p.inline(c, look))
		}
		cells = append(cells, of)
	}
	wide := widths(cells, len(t.Alignments), width)
	for i, line := range cells {
		rows = append(rows, gridRow(line, wide, t.Alignments)...)
		if i == 0 {
			var rule row
			for j, w := range wide {
				rule = rule.add(piece{strings.Repeat("─", w), faint})
				if j < len(wide)-1 {
					rule = append(rule, piece{strings.Repeat(" ", gap), 0})
				}
			}
			rows = append(rows, rule)
		}
	}
	return rows
}

// widths says how wide each column is.
func widths(cells [][]row, columns, width int) []int {
	wide := make([]int, columns)
	for _, line := range cells {
		for j, c := range line[:min(len(line), columns)] {
			wide[j] = max(wide[j], c.width())
		}
	}
	room, total := max(width-gap*(columns-1), columns), 0
	for _, w := range wide {
		total += w
	}
	if total <= room {
		return wide
	}
	// The largest width that, as a limit of all columns, fits.
	sorted := slices.Sorted(slices.Values(wide))
	limit := 1
	for i, w := range sorted {
		limit = max(room/(columns-i), 1)
		if w > limit {
			break
		}
		room -= w
	}
	for j := range wide {
		wide[j] = min(wide[j], limit)
	}
	return wide
}

// gridRow lays one row of cells out, as high as its highest.
func gridRow(cells []row, wide []int, at []tables.Alignment) (rows []row) {
	columns := make([][]row, len(wide))
	high := 1
	for j := range wide {
		if j < len(cells) {
			columns[j] = wrap(cells[j], wide[j])
		}
		high = max(high, len(columns[j]))
	}
	for i := range high {
		var line row
		for j, column := range columns {
			var cell row
			if i < len(column) {
				cell = column[i]
			}
			left, right := 0, max(wide[j]-cell.width(), 0)
			switch at[j] {
			case tables.AlignRight:
				left, right = right, 0
			case tables.AlignCenter:
				left, right = right/2, right-right/2
			case tables.AlignLeft, tables.AlignNone:
			}
			if j < len(columns)-1 {
				right += gap
			}
			line = line.add(piece{strings.Repeat(" ", left), 0})
			line = append(line, cell...)
			line = line.add(piece{strings.Repeat(" ", right), 0})
		}
		rows = append(rows, line)
	}
	return rows
}
