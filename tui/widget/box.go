package widget

import (
	"strings"

	"benchside/themes"
)

// Box draws a frame around lines that are width-4 cells wide.
func Box(title string, lines []string, width int, t *themes.Theme) []string {
	g, inner := t.Glyphs, width-2
	rule := func(n int) string { return strings.Repeat(g.Rule, max(n, 0)) }
	title = Cut(title, inner-4, g.More)
	head := g.TopLeft + g.Rule + " " + title + " " + rule(inner-3-Width(title)) + g.TopRight
	out := []string{t.Accent.Text(head)}
	for _, l := range lines {
		out = append(out, t.Accent.Text(g.Split)+" "+l+" "+t.Accent.Text(g.Split))
	}
	return append(out, t.Accent.Text(g.BottomLeft+rule(inner)+g.BottomRight))
}

// Over lays the lines of a box over a frame at a cell.
func Over(frame, box []string, x, y, width int, g themes.Glyphs) {
	cells := counted(g)
	for i, b := range box {
		if y+i < 0 || y+i >= len(frame) {
			continue
		}
		w := cells.StringWidth(b)
		line := frame[y+i]
		left, right := slice(line, 0, x, cells), slice(line, x+w, width, cells)
		// A wide sign under the edge of the box leaves a blank.
		left += strings.Repeat(" ", max(x-cells.StringWidth(left), 0))
		right = strings.Repeat(" ", max(width-x-w-cells.StringWidth(right), 0)) + right
		frame[y+i] = left + "\x1b[m" + b + right
	}
}
