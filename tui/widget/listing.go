package widget

import (
	"strings"

	"benchside/sanitize"
	"benchside/themes"
)

// Listing is a table that fills a screen, an error above it, and below it what is
// known of the row under the cursor.
type Listing struct {
	Table   Table
	Cell    func(row, col int) Cell
	Err     error
	Nothing []string // why there are no rows, shown if there are none
	Below   []string // lines as wide as the screen, from the top of its last Room lines
	Room    int
}

// Draw draws it in exactly height lines.
func (l Listing) Draw(width, height int, t *themes.Theme) string {
	var lines []string
	if l.Err != nil {
		lines = append(lines, NewLine(width, themes.Style{}, t.Glyphs).Add(" "+sanitize.Line(l.Err.Error()), t.Bad).String())
	}
	lines = append(lines, l.Table.Heading(t, 1), Rule(width, t))
	if l.Table.Count == 0 && l.Err == nil {
		lines = append(lines, strings.Repeat(" ", width))
		for _, text := range l.Nothing {
			for _, part := range Wrap(text, max(width-3, 1)) {
				lines = append(lines, NewLine(width, themes.Style{}, t.Glyphs).Pad(2).Add(part, t.Dim).String())
			}
		}
	}
	from, to := l.Table.Window()
	for i := from; i < to; i++ {
		lines = append(lines, l.Table.Row(i, t, func(col int) Cell { return l.Cell(i, col) }))
	}
	if len(l.Below) > 0 {
		for len(lines) < height-l.Room {
			lines = append(lines, strings.Repeat(" ", width))
		}
		lines = append(lines, l.Below...)
	}
	return Fit(lines[:min(len(lines), height)], width, height)
}
