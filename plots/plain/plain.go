// Package plain draws line charts as ASCII text for logs and terminals that have
// nothing else, by asciigraph. It chooses no ranges and reduces no series: callers
// bring a value for each column.
package plain

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/guptarohit/asciigraph"
)

// Chart is what is drawn.
type Chart struct {
	Head   string // the line above, such as a title
	Names  []string
	Values [][]float64 // of each series, by column: 0 is at the bottom, 1 at the top, NaN is a gap
	Rows   int         // of the data, at least 2
	// Y are the labels of the rows, from the bottom; X those of equal parts of the
	// width, from the left end to the right one.
	Y, X []string
}

// signs turn what asciigraph draws into ASCII.
var signs = strings.NewReplacer("┤", "+", "┼", "+", "└", "+", "─", "-", "┬", "+", "│", "|")

// Letter is the sign that the lines of a series are made of; one alone is made of
// strokes.
func Letter(i int) string { return string(rune('a' + i%26)) }

// Lines draws the chart. Its texts must be safe to show.
func (c Chart) Lines() []string {
	lines := []string{c.Head}
	if len(c.Values) == 0 || len(c.Values[0]) == 0 {
		return append(lines, "no points")
	}
	data := make([][]float64, len(c.Values))
	sets := make([]asciigraph.CharSet, len(c.Values))
	for i, values := range c.Values {
		for _, v := range values {
			data[i] = append(data[i], within(v))
		}
		data[i] = append(data[i], data[i][len(values)-1]) // asciigraph draws a column to the next
		sets[i] = asciigraph.CreateCharSet(Letter(i))
	}
	if len(sets) == 1 {
		sets[0] = asciigraph.CharSet{Horizontal: "-", VerticalLine: "|", ArcDownRight: ".", ArcDownLeft: ".", ArcUpRight: "'", ArcUpLeft: "'", EndCap: "-", StartCap: "-"}
	}
	rows := max(c.Rows, 2) - 1
	text := asciigraph.PlotMany(data, asciigraph.Height(rows), asciigraph.LowerBound(0), asciigraph.UpperBound(1), asciigraph.Offset(2),
		asciigraph.SeriesChars(sets...), asciigraph.YAxisValueFormatter(label(padded(c.Y))),
		asciigraph.XAxisRange(0, 1), asciigraph.XAxisTickCount(len(c.X)), asciigraph.XAxisValueFormatter(label(c.X)))
	lines = append(lines, strings.Split(signs.Replace(text), "\n")...)
	if len(c.Names) > 0 {
		var names []string
		for i, name := range c.Names {
			if len(c.Names) > 1 {
				name = Letter(i) + " " + name
			}
			names = append(names, name)
		}
		lines = append(lines, strings.Join(names, "   "))
	}
	return lines
}

// within keeps a value in the chart.
func within(v float64) float64 {
	if math.IsNaN(v) {
		return v
	}
	return min(max(v, 0), 1)
}

// label finds the label of a place between 0 and 1.
func label(of []string) func(float64) string {
	return func(at float64) string {
		if i := int(math.Round(at * float64(len(of)-1))); i >= 0 && i < len(of) {
			return of[i]
		}
		return ""
	}
}

// padded makes labels as wide as the widest, and as wide as asciigraph needs.
func padded(labels []string) []string {
	wide := 2
	for _, text := range labels {
		wide = max(wide, utf8.RuneCountInString(text))
	}
	out := make([]string, len(labels))
	for i, text := range labels {
		out[i] = strings.Repeat(" ", wide-utf8.RuneCountInString(text)) + text
	}
	return out
}
