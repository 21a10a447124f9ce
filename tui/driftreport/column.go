package driftreport

import (
	"fmt"
	"math"
	"strings"

	"benchside/drift"
	"benchside/drift/words"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/widget"
)

// column is one column with all that is known of it.
type column struct {
	top    int // the first line of the words that is shown
	shows  picture
	beside bool // the distributions are side by side
	log    bool
}

// picture is what the chart shows.
type picture int

const (
	shares picture = iota
	sums           // the cumulative distributions
	quantiles
	pictures
)

// wide is the width from which chart and words are beside each other.
const wide = 100

// drawColumn draws the column under the cursor.
func (v *View) drawColumn(width, height int) string {
	t, f := v.theme, *v.finding()
	var lines []string
	head := widget.Wrap(v.headline(f), max(width-2, 1))
	for _, part := range head[:min(len(head), max(height/6, 1))] {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(part, v.style(f.Status)).String())
	}
	chartW, chartH := v.chartSize(width, height-len(lines))
	chart := v.drawChart(f, chartW, chartH)
	room := height - len(lines)
	if width < wide {
		lines = append(lines, chart...)
		lines = append(lines, v.drawWords(f, width, room-len(chart))...)
		return widget.Fit(lines[:min(len(lines), height)], width, height)
	}
	right := v.drawWords(f, width-chartW-3, room)
	for i := range room {
		left := strings.Repeat(" ", chartW)
		if i < len(chart) {
			left = chart[i]
		}
		line := strings.Repeat(" ", width-chartW-3)
		if i < len(right) {
			line = right[i]
		}
		lines = append(lines, left+" "+t.Rule.Text(t.Glyphs.Split)+" "+line)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// chartSize is the room of the chart.
func (v *View) chartSize(width, height int) (w, h int) {
	const highest, least = 26, 5
	if width >= wide {
		return width * 11 / 20, min(height, highest)
	}
	return width, min(max(height*2/5, least), height)
}

// wordRows are the lines of the words of a column; titles are told by style.
func (v *View) wordRows(f drift.Finding, width int) (rows []string, titles map[int]bool) {
	titles = map[int]bool{}
	for _, g := range words.Grids(f) {
		if len(rows) > 0 {
			rows = append(rows, "")
		}
		titles[len(rows)] = true
		for _, line := range g.Lines() {
			rows = append(rows, v.plain(line))
		}
	}
	for _, n := range f.Notes {
		rows = append(rows, "")
		rows = append(rows, widget.Wrap(v.plain(sanitize.Line(n)), max(width-1, 1))...)
	}
	if len(rows) == 0 {
		rows = widget.Wrap("the report says no more of this column", max(width-1, 1))
	}
	return rows, titles
}

func (v *View) drawWords(f drift.Finding, width, height int) (lines []string) {
	t := v.theme
	rows, titles := v.wordRows(f, width)
	top := min(v.inside.top, max(len(rows)-height, 0))
	for i := top; i < len(rows) && i < top+height; i++ {
		style := themes.Style{}
		if titles[i] {
			style = t.Accent
		}
		lines = append(lines, widget.NewLine(max(width, 0), themes.Style{}, t.Glyphs).Pad(1).Add(rows[i], style).String())
	}
	return lines
}

// scroll moves the words; they end at the bottom.
func (v *View) scroll(by int) {
	f := v.finding()
	if f == nil {
		return
	}
	_, chart := v.chartSize(v.w, v.h-1)
	room := v.h - 1 - chart
	if v.w >= wide {
		room = v.h - 1
	}
	rows, _ := v.wordRows(*f, v.w)
	v.inside.top = min(max(v.inside.top+by, 0), max(len(rows)-room, 0))
}

// drawChart draws the distributions of a column.
func (v *View) drawChart(f drift.Finding, w, h int) []string {
	set, _ := cell.Named(v.theme.Glyphs.Dots)
	frame := plots.Frame{W: w, H: max(h, 1), Look: plots.LookOf(v.theme)}
	frame.View.LogY = v.inside.log && v.inside.shows == shares
	frame.DotsX, frame.DotsY = set.Size()
	chart := v.chart(f, w)
	if chart == nil {
		return []string{widget.NewLine(w, themes.Style{}, v.theme.Glyphs).Pad(1).Add("the report has no distribution of this column", v.theme.Dim).String()}
	}
	if _, lines := chart.(*plots.Line); !lines || h < 4 {
		return v.canvas.Lines(chart.Scene(frame), set)
	}
	frame.H--
	return append([]string{v.legend(w)}, v.canvas.Lines(chart.Scene(frame), set)...)
}

// legend says which line is which side.
func (v *View) legend(w int) string {
	l := widget.NewLine(w, themes.Style{}, v.theme.Glyphs)
	look := plots.LookOf(v.theme)
	names := sides
	if v.inside.shows == quantiles {
		names[0] = "if both were equal"
	}
	for side, name := range names {
		l.Add(look.Dash(side)+" ", v.ink(side)).Add(name+"   ", v.theme.Dim)
	}
	return l.String()
}

// sides are how the two sides are called.
var sides = [2]string{"reference", "current"}

// chart is the chart of a column, nil if there is nothing to draw.
func (v *View) chart(f drift.Finding, w int) plots.Chart {
	switch {
	case v.inside.shows == sums && v.noSums() == "":
		return v.sums(f)
	case v.inside.shows == quantiles && v.noQuantiles() == "":
		return v.quantiles(f)
	}
	return v.shares(f, w)
}

func (v *View) shares(f drift.Finding, w int) plots.Chart {
	c := &plots.Pair{Names: sides, Beside: v.inside.beside}
	switch h := f.Histogram; {
	case h != nil && len(h.Edges) > 1:
		c.Edges = h.Edges
		c.Shares[0], c.Shares[1] = words.Shares(f, len(h.Edges))
	case h != nil && len(h.Labels) > 0:
		for _, l := range h.Labels {
			c.Labels = append(c.Labels, v.plain(sanitize.Line(l)))
		}
		c.Shares[0], c.Shares[1] = words.Shares(f, len(h.Labels))
	case f.Shapes != nil:
		const bins = 20
		c.Edges, c.Shares[0], c.Shares[1] = words.Regrid(*f.Shapes, bins)
		c.Note = "drawn from bins of each side"
	default:
		return nil
	}
	return c
}

// sums are both cumulative distributions, by bin.
func (v *View) sums(f drift.Finding) plots.Chart {
	c := &plots.Line{Title: "share up to a value", Slots: []int{0, 1}, Y: plots.Axis{Range: plots.Range{From: 0, To: 1}}}
	for side, shape := range shapes(f) {
		x, y := make([]float64, 0, len(shape.Edges)), make([]float64, 0, len(shape.Edges))
		sum := 0.0
		for i, edge := range shape.Edges {
			if i > 0 {
				sum += shape.Shares[i-1]
			}
			x, y = append(x, edge), append(y, sum)
		}
		c.Series = append(c.Series, plots.NewSeries(sides[side], sides[side], x, y))
	}
	if ks := f.Measures.KS; ks != nil && ks.At.Defined() {
		c.Events = []plots.Event{{X: float64(ks.At), Text: "D " + words.Number(ks.Statistic)}}
		c.Note = fmt.Sprintf("K-S D %s at %s", words.Number(ks.Statistic), words.Number(ks.At))
	}
	return c
}

// shapes are both sides as shares of bins.
func shapes(f drift.Finding) [2]drift.Shape {
	if f.Shapes != nil {
		return [2]drift.Shape{f.Shapes.Reference, f.Shapes.Current}
	}
	x, y := words.Shares(f, len(f.Histogram.Edges))
	return [2]drift.Shape{{Edges: f.Histogram.Edges, Shares: x}, {Edges: f.Histogram.Edges, Shares: y}}
}

// quantiles are those of the current against those of the reference.
func (v *View) quantiles(f drift.Finding) plots.Chart {
	list := func(n *drift.Numbers) []float64 {
		q := n.Quantiles
		var out []float64
		for _, p := range []drift.Number{n.Min, q.P01, q.P05, q.P25, q.P50, q.P75, q.P95, q.P99, n.Max} {
			out = append(out, float64(p))
		}
		return out
	}
	x, y := list(f.Reference.Numbers), list(f.Current.Numbers)
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range append(append([]float64{}, x...), y...) {
		low, high = math.Min(low, p), math.Max(high, p)
	}
	return &plots.Line{
		Title: "quantiles of the current over the reference's", Slots: []int{1, 0}, Note: "0 1 5 25 50 75 95 99 100 %",
		Series: []plots.Series{
			plots.NewSeries("current", "current", x, y), plots.NewSeries("equal", "equal", []float64{low, high}, []float64{low, high}),
		},
	}
}
