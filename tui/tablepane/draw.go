package tablepane

import (
	"fmt"
	"math"
	"strings"
	"time"

	"benchside/artifacts/tables"
	"benchside/artifacts/tally"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/widget"
)

// The panel about a column stands beside the table where there is room for both,
// else in its place.
const (
	panelWidth = 36
	leastTable = 38
)

func (v *View) beside() bool { return v.sum.open && v.w >= panelWidth+leastTable }

// above are the lines over the rows.
func (v *View) above() int {
	return 1 + len(v.trouble(v.w))
}

// trouble are the lines of an error.
func (v *View) trouble(width int) (lines []string) {
	if v.err == nil {
		return nil
	}
	for _, part := range widget.Wrap(sanitize.Line(v.err.Error()), max(width-2, 1)) {
		lines = append(lines, widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Pad(1).Add(part, v.theme.Bad).String())
	}
	return lines
}

func (v *View) resize() {
	w := v.w - 1
	if v.beside() {
		w -= panelWidth + 1
	}
	below := len(v.cellWhole(v.w, v.h))
	if v.filter.typing || v.order.condition != "" {
		below++
	}
	v.table.Resize(w, v.h-v.above()-below)
	v.table.Side(0)
}

// cellWhole is all of the cell under the cursor, if that is asked for.
func (v *View) cellWhole(width, height int) []string {
	c := v.column()
	if !v.whole || c < 0 {
		return nil
	}
	value, ok := v.value(v.table.Cursor, c)
	if !ok {
		return nil
	}
	return widget.Whole(shown(value), width, height*2/3, v.theme)
}

// titles marks the column that orders the rows.
func (v *View) titles() {
	for c, about := range v.base.Columns() {
		title := sanitize.Line(about.Title)
		if title == "" {
			title = sanitize.Line(about.Name)
		}
		if c == v.order.column {
			sign := v.theme.Glyphs.Up
			if v.order.descending {
				sign = v.theme.Glyphs.Down
			}
			title += " " + sign
		}
		v.table.Columns[c+1].Title = title
		v.table.Widen(c+1, title)
	}
	v.resize()
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	g := v.theme.Glyphs
	if v.inFront() {
		return widget.Fit(v.scrolled(width, height), width, height)
	}
	lines := v.trouble(width)
	body := []string{v.table.Heading(v.theme, 1)}
	from, to := v.table.Window()
	for row := from; row < to; row++ {
		body = append(body, v.table.Row(row, v.theme, func(col int) widget.Cell { return v.cell(row, col) }))
	}
	if v.table.Count == 0 {
		body = append(body, v.nothing())
	}
	if v.beside() {
		body = v.join(body, v.panel(panelWidth, v.table.Height+1))
	}
	lines = append(lines, body...)
	if below := v.cellWhole(width, height); len(below) > 0 {
		for len(lines) < v.table.Height+v.above() {
			lines = append(lines, strings.Repeat(" ", max(width, 0)))
		}
		lines = append(lines, below...)
	}
	if !v.filter.typing && v.order.condition == "" {
		return widget.Fit(lines, width, height)
	}
	l := widget.NewLine(width, themes.Style{}, g)
	l.Pad(1).Add("filter  ", v.theme.Dim)
	if v.filter.typing {
		v.filter.field.Draw(l, l.Left(), v.theme)
	} else {
		l.Add(sanitize.Line(v.order.condition), v.theme.Match)
	}
	return strings.TrimPrefix(widget.Fit(lines, width, height-1)+"\n"+l.String(), "\n")
}

func (v *View) nothing() string {
	said := "no rows"
	switch {
	case v.loads.rows.Busy() || v.loads.order.Busy():
		said = "reading"
	case v.order.condition != "":
		said = "no row is like that"
	}
	return widget.NewLine(v.table.Width+1, themes.Style{}, v.theme.Glyphs).Pad(1).Add(said, v.theme.Dim).String()
}

// join puts the panel beside the rows.
func (v *View) join(left, panel []string) []string {
	blank := strings.Repeat(" ", max(v.table.Width+1, 0))
	out := make([]string, v.table.Height+1)
	for i := range out {
		text := blank
		if i < len(left) {
			text = left[i]
		}
		text += v.theme.Rule.Text(v.theme.Glyphs.Split)
		if i < len(panel) {
			text += panel[i]
		} else {
			text += strings.Repeat(" ", panelWidth)
		}
		out[i] = text
	}
	return out
}

func (v *View) cell(row, col int) widget.Cell {
	if col == 0 {
		i := row - v.read.from
		if i < 0 || i >= len(v.read.numbers) {
			return widget.Cell{}
		}
		return widget.Cell{Text: fmt.Sprint(v.read.numbers[i] + 1), Style: v.theme.Dim}
	}
	value, ok := v.value(row, col-1)
	if !ok {
		return widget.Cell{Text: v.theme.Glyphs.More, Style: v.theme.Dim}
	}
	switch value.Kind {
	case tables.Missing:
		return widget.Cell{Text: v.theme.Glyphs.Missing, Style: v.theme.Dim}
	case tables.NaN, tables.PosInf, tables.NegInf:
		return widget.Cell{Text: shown(value), Style: v.theme.Warn}
	case tables.Structure:
		return widget.Cell{Text: shown(value), Style: v.theme.Dim}
	case tables.Picture:
		return widget.Cell{Text: shown(value), Style: v.theme.Info}
	}
	return widget.Cell{Text: v.brief(value, col-1)}
}

// inFront reports whether the panel stands in the place of the table.
func (v *View) inFront() bool { return v.sum.open && !v.beside() && !v.filter.typing }

// tall is how high a panel is that shows all that it can.
const tall = 28

// scrolled are the lines of the panel from where it is scrolled to, and how many more
// there are.
func (v *View) scrolled(width, height int) []string {
	all := v.panel(width, max(height, tall))
	top := min(v.sum.top, max(len(all)-height, 0))
	lines := all[top:]
	if len(lines) > height && height > 1 {
		more := fmt.Sprintf("%s %d more lines: j", v.theme.Glyphs.More, len(lines)-height+1)
		lines = append(lines[:height-1:height-1], widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Pad(1).Add(more, v.theme.Dim).String())
	}
	return lines
}

// scrollPanel moves over the panel.
func (v *View) scrollPanel(n int) {
	v.sum.top = min(max(v.sum.top+n, 0), max(len(v.panel(v.w, max(v.h, tall)))-v.h, 0))
}

// panel draws what is known of a column.
func (v *View) panel(width, height int) []string {
	t := v.theme
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1) }
	about := v.base.Columns()[v.sum.column]
	lines := []string{line().Add(sanitize.Line(about.Name), t.Strong).Add("  "+about.Type.String(), t.Dim).String()}
	if !v.sum.known {
		said := "reading the column"
		if v.err != nil && !v.loads.sum.Busy() {
			said = "it could not be read"
		}
		return append(lines, line().Add(said, t.Dim).String())
	}
	for _, fact := range facts(&v.sum.Summary, about.Type) {
		lines = append(lines, line().Cell(fact[0], 10, false, t.Dim).Cell(fact[1], 17, true, themes.Style{}).String())
	}
	room := height - len(lines) - 1
	const others = 3 // lines of a chart that are no bars
	chart := spread(&v.sum.Summary, about.Type, room-others)
	if chart != nil && room >= 4 {
		f := plots.Frame{W: width, H: chart.Height(room), Look: plots.LookOf(t)}
		set, _ := cell.Named(t.Glyphs.Dots)
		f.DotsX, f.DotsY = set.Size()
		lines = append(append(lines, line().String()), v.canvas.Lines(chart.Scene(f), set)...)
	}
	return lines
}

// facts are the lines of a summary.
func facts(s *tally.Summary, typed tables.Type) (out [][2]string) {
	count := func(name string, n int64) {
		if n > 0 {
			out = append(out, [2]string{name, widget.Count(int(n))})
		}
	}
	number := func(name string, x float64) {
		if !math.IsNaN(x) {
			out = append(out, [2]string{name, written(x, typed)})
		}
	}
	out = append(out, [2]string{"values", widget.Count(int(s.Count))})
	count("missing", s.Missing)
	count("NaN", s.NaN)
	count("+Inf", s.PosInf)
	count("-Inf", s.NegInf)
	distinct := widget.Count(int(s.Distinct))
	if s.MoreDistinct {
		distinct = "> " + distinct
	}
	out = append(out, [2]string{"distinct", distinct})
	if s.Numbers > 0 {
		number("least", s.Min)
		number("1st quart.", s.Quartiles[0])
		number("median", s.Quartiles[1])
		number("3rd quart.", s.Quartiles[2])
		number("greatest", s.Max)
		number("mean", s.Mean)
		if typed != tables.Time {
			number("sd", s.SD)
		}
	}
	return out
}

// written is a number of a column, or the moment that it stands for.
func written(x float64, typed tables.Type) string {
	if typed == tables.Time {
		return time.UnixMilli(int64(x * 1000)).UTC().Format("2006-01-02 15:04")
	}
	return fmt.Sprintf("%.6g", x)
}

// spread is the chart of a summary: bins of numbers, at most so many, or the most
// frequent texts.
func spread(s *tally.Summary, typed tables.Type, most int) *plots.Bars {
	bars := &plots.Bars{}
	if s.Numbers > 0 && len(s.Bins) > 1 {
		for _, b := range merged(s.Bins, most) {
			bars.Bars = append(bars.Bars, plots.Bar{Name: written(b.Low, typed), Value: float64(b.Count)})
		}
		bars.Title = "how many from each number on"
		return bars
	}
	for _, top := range s.Top {
		bars.Bars = append(bars.Bars, plots.Bar{Name: sanitize.Line(top.Text), Value: float64(top.Count)})
	}
	bars.Title = "most frequent"
	if len(bars.Bars) == 0 {
		return nil
	}
	return bars
}

// merged joins neighbours until there are few enough bins for the lines of a
// panel.
func merged(bins []tally.Bin, most int) []tally.Bin {
	const few = 4
	for len(bins) > max(most, few) {
		var half []tally.Bin
		for i := 0; i < len(bins); i += 2 {
			b := bins[i]
			if i+1 < len(bins) {
				b.High, b.Count = bins[i+1].High, b.Count+bins[i+1].Count
			}
			half = append(half, b)
		}
		bins = half
	}
	return bins
}
