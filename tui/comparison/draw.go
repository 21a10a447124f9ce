package comparison

import (
	"fmt"
	"math"

	"benchside/compare"
	"benchside/plots"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/widget"
)

// The cells of columns.
const (
	keyWidth  = 26
	leastCell = 12
	mostCell  = 30
	mostName  = 22
	roomy     = 72 // cells of a screen on which the baseline stays in view
)

// columns makes the columns of the table, for the way it is turned.
func (v *View) columns() {
	g := &v.grid
	at := g.Col
	g.Columns = append(g.Columns[:0], widget.Column{Title: "", Width: 8, Min: 8, Max: keyWidth, Share: 35, Keep: true})
	if v.look.turned {
		g.Count = len(v.subjects)
		for _, i := range v.lines {
			r := v.table.Rows[i]
			g.Columns = append(g.Columns, widget.Column{Title: v.keyTitle(r), Width: 6, Min: 6, Max: mostCell})
		}
		for i := range v.subjects {
			g.Widen(0, v.runTitle(i))
		}
	} else {
		g.Count = len(v.lines)
		for s := compare.Params; s <= compare.Datasets; s++ {
			g.Widen(0, s.String())
		}
		for i := range v.subjects {
			c := widget.Column{Title: v.runTitle(i), Width: leastCell, Min: 8, Max: mostCell, Style: v.ink(i), Keep: i == v.table.Baseline && i == 0 && v.look.width >= roomy}
			if keyWidth+len(v.subjects)*mostCell <= v.look.width { // there is room for the whole name
				c.Width = min(max(c.Width, widget.Width(c.Title)), mostCell)
			}
			g.Columns = append(g.Columns, c)
		}
		if v.among.what != "" && len(v.subjects) == 2 {
			title := "rank in " + v.among.what
			g.Columns = append(g.Columns, widget.Column{Title: title, Width: min(widget.Width(title), mostCell), Min: 8, Max: mostCell})
		}
		for _, i := range v.lines {
			if i >= 0 {
				g.Widen(0, "  "+v.keyTitle(v.table.Rows[i]))
			}
		}
	}
	g.Col = max(min(at, len(g.Columns)-1), min(1, len(g.Columns)-1))
	v.fit()
}

// fit widens the columns that may be in view for the rows in the window.
func (v *View) fit() {
	from, to := v.grid.Window()
	first := max(v.grid.First, 1)
	last := min(len(v.grid.Columns), first+v.look.width/leastCell+2)
	for row := from; row < to; row++ {
		for col := first; col < last; col++ {
			v.grid.Widen(col, v.cell(row, col).Whole())
		}
		if len(v.grid.Columns) > 1 && v.grid.Columns[1].Keep {
			v.grid.Widen(1, v.cell(row, 1).Whole())
		}
	}
	for col := 1; col < len(v.grid.Columns); col++ { // a change that is cut says something else
		c := &v.grid.Columns[col]
		c.Min = max(min(c.Width, v.look.width-1-v.grid.Room(0)-2), 6)
	}
}

func (v *View) resize() {
	v.grid.Resize(max(v.look.width-1, 1), v.look.height-v.panelHeight()-v.above()-1)
	v.fit()
}

// above is the number of lines over the heading.
func (v *View) above() int {
	n := 1
	if v.find.typing || v.find.field.Text() != "" {
		n++
	}
	if v.err != nil {
		n++
	}
	return n
}

func (v *View) runTitle(i int) string {
	s := plots.Letter(v.slots[i]) + " " + v.names[i]
	if i == v.table.Baseline {
		s += " (base)"
	}
	return s
}

func (v *View) keyTitle(r compare.Row) string {
	return sanitize.Line(r.Key) + v.arrow(r.Direction)
}

// arrow says which way is better.
func (v *View) arrow(d compare.Direction) string {
	switch {
	case d == compare.Unknown:
		return ""
	case v.theme.Glyphs.ASCII:
		return " " + d.String()
	case d == compare.Higher:
		return " ↑"
	}
	return " ↓"
}

// cell is what stands at a place of the grid.
func (v *View) cell(row, col int) widget.Cell {
	line, subject := row, col-1
	if v.look.turned {
		line, subject = col-1, row
	}
	switch {
	case v.look.turned && col == 0:
		return widget.Cell{Text: v.runTitle(row), Style: v.ink(row)}
	case line < 0 || line >= len(v.lines):
		return widget.Cell{}
	case v.lines[line] < 0:
		if col == 0 {
			return widget.Cell{Text: compare.Section(-1 - v.lines[line]).String(), Style: v.theme.Accent}
		}
		return widget.Cell{}
	}
	r := &v.table.Rows[v.lines[line]]
	if col == 0 {
		return widget.Cell{Text: "  " + v.keyTitle(*r), Style: v.theme.Text}
	}
	if subject == len(v.subjects) {
		return v.rank(r)
	}
	return v.value(r, subject)
}

// rank is the place of the run that is explained, the second one, in a metric.
func (v *View) rank(r *compare.Row) widget.Cell {
	if r.Section != compare.Metrics || len(r.Cells) < 2 || v.among.metrics == nil {
		return widget.Cell{}
	}
	rank, ok := compare.RankOf(r.Cells[1].Number, v.among.metrics[r.Key], r.Direction)
	if !ok {
		return widget.Cell{Text: v.theme.Glyphs.Missing, Style: v.theme.Dim}
	}
	how := "best"
	if r.Direction == compare.Unknown {
		how = "highest"
	}
	if rank.Place > 1 {
		how = ordinal(rank.Place) + " " + how
	}
	return widget.Cell{Text: fmt.Sprintf("%s of %d", how, rank.Of), Style: v.theme.Dim}
}

// ordinal spells a place: 1st, 2nd, 3rd, 4th.
func ordinal(n int) string {
	end := "th"
	if tens := n / 10 % 10; tens != 1 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return fmt.Sprint(n, end)
}

// ink is the style of a run, the same as in charts.
func (v *View) ink(i int) themes.Style {
	look := plots.LookOf(v.theme)
	n, _ := look.Word(v.slots[i]).Color.Index()
	return themes.Palette(n, look.Depth != plots.NoColor)
}

// value is what a run has under a key: with its change from the baseline, a sign
// for better or worse, and a word where that is noise.
func (v *View) value(r *compare.Row, subject int) widget.Cell {
	c := r.Cells[subject]
	g := v.theme.Glyphs
	if c.Missing {
		return widget.Cell{Text: g.Missing, Style: v.theme.Dim}
	}
	out := widget.Cell{Text: sanitize.Line(c.Text), Style: v.theme.Text}
	if !r.Varies || r.Section == compare.Attributes {
		out.Style = v.theme.Dim
	}
	if c.Best {
		out.Text += " " + g.Star
	}
	if c.Change == "" {
		return out
	}
	change := c.Change
	if v.look.percent {
		change = percent(c.Percent, g.Missing)
	}
	sign := "  "
	switch {
	case v.below.tests.noise(subject, r.Key):
		change += " noise"
		out.TailStyle = v.theme.Dim
	case c.Delta == 0 || r.Direction == compare.Unknown:
		out.TailStyle = v.theme.Text
	case r.Direction.Better(c.Delta, 0):
		sign, out.TailStyle = "  "+g.Up+" ", v.theme.Good
	default:
		sign, out.TailStyle = "  "+g.Down+" ", v.theme.Bad
	}
	out.Tail = sign + change
	return out
}

// percent writes a change as a part of the baseline's number.
func percent(p float64, missing string) string {
	if math.IsNaN(p) {
		return missing + " %"
	}
	text := fmt.Sprintf("%+.3g %%", p)
	if math.Abs(p) < 100 && text == "-100 %" { // it is not all that is gone
		return fmt.Sprintf("%+.5g %%", p)
	}
	return text
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Pad(1) }
	lines := []string{v.top(line())}
	if v.find.typing || v.find.field.Text() != "" {
		lines = append(lines, v.patternLine(line()))
	}
	if v.err != nil {
		lines = append(lines, line().Add(sanitize.Line(v.err.Error()), v.theme.Bad).String())
	}
	lines = append(lines, v.grid.Heading(v.theme, 1))
	from, to := v.grid.Window()
	for row := from; row < to; row++ {
		lines = append(lines, v.grid.Row(row, v.theme, func(col int) widget.Cell { return v.cell(row, col) }))
	}
	if len(v.lines) == 0 && !v.loads.runs.Busy() {
		lines = append(lines, line().Add(v.nothing(), v.theme.Dim).String())
	}
	panel := v.panelHeight()
	for len(lines) < height-panel {
		lines = append(lines, widget.NewLine(width, themes.Style{}, v.theme.Glyphs).String())
	}
	lines = lines[:min(len(lines), max(height-panel, 0))]
	if panel > 0 {
		lines = append(lines, v.drawBelow(width, panel)...)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// top says what is compared with what.
func (v *View) top(l *widget.Line) string {
	base := "none, b sets it"
	if v.table.Baseline >= 0 {
		base = v.names[v.table.Baseline]
	}
	l.Add("baseline ", v.theme.Dim).Add(widget.Cut(base, 40, v.theme.Glyphs.More), v.theme.Text)
	if r := v.row(); r != nil && r.Section == compare.Metrics && r.Direction == compare.Unknown {
		l.Add("   D says whether "+widget.Cut(sanitize.Line(r.Key), 30, v.theme.Glyphs.More)+" is better high or low", v.theme.Dim)
	}
	if n := len(v.below.tests.groups); n > 0 && n < len(v.subjects) {
		if said := widget.Several(n, "group") + " of " + sanitize.Line(v.look.grouping); widget.Width(said)+3 <= l.Left() {
			l.Right(said, v.theme.Dim, 1)
		}
	}
	return l.String()
}

func (v *View) nothing() string {
	switch {
	case v.find.field.Text() != "":
		return "no key fits the pattern; / changes it"
	case v.err != nil:
		return ""
	case len(v.subjects) == 0:
		return "these runs are not in the store any more"
	case v.look.all:
		return "these runs hold nothing"
	}
	return "nothing differs; d shows what they have alike"
}

func (v *View) patternLine(l *widget.Line) string {
	l.Add("keys  ", v.theme.Accent)
	wrong := ""
	if v.find.err != nil {
		wrong = "no pattern: " + sanitize.Line(v.find.err.Error())
	}
	if v.find.typing {
		v.find.field.Draw(l, max(l.Left()-widget.Width(wrong)-1, l.Left()/3), v.theme)
	} else {
		l.Add(sanitize.Line(v.find.field.Text()), v.theme.Text)
	}
	l.Right(wrong, v.theme.Bad, 0)
	return l.String()
}
