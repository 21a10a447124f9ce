package runtable

import (
	"cmp"
	"fmt"
	"strings"

	"benchside/forest"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/widget"
)

// above returns the lines over the rows: a filter, a search, an error, the
// heading and its rule.
func (v *View) above() int {
	return len(v.bars(v.table.Width+1)) + 2
}

// Status implements view.View.
func (v *View) Status() string {
	var parts []string
	if s := v.full(); s != "" {
		parts = append(parts, s)
	}
	if n := len(v.marking.ids); n > 0 {
		parts = append(parts, fmt.Sprintf("%s %d", v.theme.Glyphs.Mark, n))
	}
	switch {
	case v.loads.first.Busy() && v.runs.Len() == 0:
		parts = append(parts, "reading")
	case v.loads.sort.Busy():
		parts = append(parts, "sorting")
	case v.loads.match.Busy():
		parts = append(parts, "filtering")
	case !v.scan.whole && v.scan.total > v.runs.Len():
		parts = append(parts, fmt.Sprintf("%s %s of %s", v.theme.Glyphs.More, widget.Count(v.runs.Len()), widget.Count(v.scan.total)))
	default:
		parts = append(parts, v.count())
	}
	return strings.Join(parts, "   ")
}

func (v *View) count() string {
	n := v.runs.Len() - v.scan.outside
	if !v.scan.whole {
		n = max(n, v.scan.total)
	}
	if n == 1 {
		return "1 run"
	}
	return widget.Count(n) + " runs"
}

// full is the whole value under the cursor.
func (v *View) full() string {
	h := v.current()
	if h == nil || v.table.Col >= len(v.columns) {
		return ""
	}
	c := v.columns[v.table.Col]
	cells := v.cells[h.ID]
	switch c.field.Kind {
	case store.MetricField:
		if p, ok := cells.Metrics[c.field.Key]; ok {
			return c.title() + " " + widget.Full(p.Value) + " at step " + p.Step.String()
		}
	case store.ParamField:
		return clean(cells.Params[c.field.Key])
	case store.TagField:
		return clean(cells.Tags[c.field.Key])
	}
	switch c.field {
	case forest.Started:
		return widget.Stamp(h.Start)
	case forest.Name:
		return widget.Cut(clean(h.ID), 8, "") // enough to find it; y copies all of it
	case forest.Experiment:
		return clean(v.names[h.ExperimentID])
	}
	return ""
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t, table := v.theme, v.table
	lines := v.bars(width)
	table.Resize(width-1, height-len(lines)-2)
	lines = append(lines, table.Heading(t, 1), widget.Rule(width, t))
	if len(v.rows) == 0 {
		lines = append(lines, "", widget.NewLine(width, themes.Style{}, t.Glyphs).Add("  "+v.nothing(), t.Dim).String())
		lines[len(lines)-2] = strings.Repeat(" ", width)
	}
	from, to := table.Window()
	for i := from; i < to; i++ {
		row := v.rows[i]
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell {
			if col == 0 {
				return v.named(row, table.Room(0))
			}
			return v.cell(row, col)
		}))
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// nothing says why there are no rows and what brings some.
func (v *View) nothing() string {
	switch {
	case v.loads.first.Busy() || v.loads.heads.Busy():
		return "reading"
	case v.filter.matched != nil:
		return "no match; f then esc clears the filter"
	case v.find.letters() != "":
		return "no such run; / then esc clears the find"
	case v.scan.stage == store.DeletedOnly:
		return "no deleted runs; D shows the others"
	}
	return "no runs: mlflow.start_run brings them"
}

// bars are the lines above the heading.
func (v *View) bars(width int) []string {
	t := v.theme
	var lines []string
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, t.Glyphs) }
	count := ""
	if v.filter.matched != nil {
		count = fmt.Sprintf("%s of %s", widget.Count(len(v.filter.matched)), v.count())
	}
	lines = append(lines, v.filter.bar.Draw(width, count)...)
	if v.find.typing || v.find.field.Text() != "" {
		l := line().Add(" find    ", t.Dim)
		if v.find.typing {
			v.find.field.Draw(l, width-10, t)
		} else {
			l.Add(clean(v.find.field.Text()), t.Match)
		}
		lines = append(lines, l.String())
	}
	if v.err != nil {
		lines = append(lines, line().Add(" "+clean(v.err.Error()), t.Bad).String())
	}
	return lines
}

// cell says what stands in a column of a row.
func (v *View) cell(row forest.Row, col int) widget.Cell {
	t, c := v.theme, v.columns[col]
	h := v.runs.Head(row.At)
	var out widget.Cell
	if c.field.Kind == store.AttributeField {
		out = v.attribute(row, h, c.field)
	} else {
		out = v.value(h, c)
	}
	switch {
	case row.Context || h.Stage == store.Deleted:
		out.Style = t.Dim
	case v.fresh[h.ID] && c.field.Kind != store.AttributeField && out.Text != t.Glyphs.Missing:
		out.Style = t.Fresh
	}
	return out
}

func (v *View) value(h *store.Head, c column) widget.Cell {
	t := v.theme
	cells, ok := v.cells[h.ID]
	if !ok {
		return widget.Cell{}
	}
	missing := widget.Cell{Text: t.Glyphs.Missing, Style: t.Dim}
	switch c.field.Kind {
	case store.MetricField:
		p, ok := cells.Metrics[c.field.Key]
		if !ok {
			return missing
		}
		out := widget.Cell{Text: widget.Number(p.Value, c.digits)}
		if strings.HasSuffix(out.Text, "Inf") || out.Text == "NaN" {
			out.Style = t.Warn
		}
		return out
	case store.ParamField:
		if text, ok := cells.Params[c.field.Key]; ok {
			return widget.Cell{Text: clean(text)}
		}
	case store.TagField:
		if text, ok := cells.Tags[c.field.Key]; ok {
			return widget.Cell{Text: clean(text)}
		}
	}
	return missing
}

func (v *View) attribute(row forest.Row, h *store.Head, f store.Field) widget.Cell {
	t := v.theme
	switch f {
	case forest.Name:
		text, tail := v.name(row, h)
		return widget.Cell{Text: text + tail}
	case forest.Experiment:
		return widget.Cell{Text: clean(cmp.Or(v.names[h.ExperimentID], h.ExperimentID)), Style: t.Dim}
	case forest.Status:
		glyph, style := widget.Status(h.Status, t)
		text := glyph + " " + string(h.Status)
		switch {
		case v.table.Width < narrow:
			text = glyph
		case h.Stage == store.Deleted:
			text = glyph + " DELETED"
		}
		return widget.Cell{Text: text, Style: style}
	case forest.Started:
		return widget.Cell{Text: widget.Ago(h.Start, v.now), Style: t.Dim}
	case forest.Duration:
		return widget.Cell{Text: widget.Lasted(h.Start, h.End, v.now), Style: t.Dim}
	}
	return widget.Cell{Text: clean(h.UserID), Style: t.Dim}
}

// name draws the mark, the tree's guides and the run's name. The tail stays when
// the name is cut: how many runs are folded under it.
func (v *View) name(row forest.Row, h *store.Head) (text, tail string) {
	g := v.theme.Glyphs
	var b strings.Builder
	b.WriteString(map[bool]string{true: g.Mark + " ", false: "  "}[v.marking.ids[h.ID]])
	if !v.folds.flat {
		b.WriteString(v.guide(row))
	}
	name := clean(h.Name)
	if name == "" {
		name = "(no name) " + widget.Cut(clean(h.ID), 8, "")
	}
	b.WriteString(name)
	if row.Folded {
		tail = fmt.Sprintf("  %d", v.runs.Below(row.At))
	}
	return b.String(), tail
}

// guide indents a row of the tree, by less where the room is small, and ends in
// two cells for the sign of a family. A run that is too deep says how deep.
func (v *View) guide(row forest.Row) string {
	g := v.theme.Glyphs
	step := 2
	if v.table.Width < narrow {
		step = 1
	}
	most := v.table.Room(0) / 3
	indent := strings.Repeat(" ", min(int(row.Depth)*step, most))
	if int(row.Depth)*step > most {
		indent = widget.Cut(fmt.Sprintf("%-*d", most, row.Depth), most, "")
	}
	switch {
	case row.Folded:
		return indent + g.Folded + " "
	case row.Children:
		return indent + g.Unfolded + " "
	case row.Depth == 0:
		return "  "
	case row.Last:
		return indent + g.Last
	}
	return indent + g.Branch
}

// named is the cell of a name in the room that its column has.
func (v *View) named(row forest.Row, room int) widget.Cell {
	cell := v.cell(row, 0)
	text, tail := v.name(row, v.runs.Head(row.At))
	if free := room - widget.Width(tail); tail != "" && widget.Width(text) > free {
		cell.Text = widget.Cut(text, free, v.theme.Glyphs.More) + tail
	}
	return cell
}
