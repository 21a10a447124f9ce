package runtable

import (
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
	n := 2
	if v.filter.typing || v.filter.field.Text() != "" {
		n++
		if v.filter.typing && (len(v.filter.offers) > 0 || v.filter.wrong != nil) {
			n++
		}
	}
	if v.find.typing || v.find.field.Text() != "" {
		n++
	}
	if v.err != nil {
		n++
	}
	return n
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
		parts = append(parts, widget.Count(v.runs.Len())+" runs")
	}
	return strings.Join(parts, "   ")
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
			return clean(c.title) + " " + widget.Full(p.Value) + " at step " + p.Step.String()
		}
	case store.ParamField:
		return clean(cells.Params[c.field.Key])
	case store.TagField:
		return clean(cells.Tags[c.field.Key])
	}
	switch c.field {
	case startField:
		return widget.Stamp(h.Start)
	case nameField:
		return h.ID
	}
	return ""
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t, table := v.theme, v.table
	table.Resize(width-1, height-v.above())
	lines := v.bars(width)
	lines = append(lines, table.Heading(t, 1), widget.Rule(width, t))
	if len(v.rows) == 0 {
		lines = append(lines, "", widget.NewLine(width, themes.Style{}, t.Glyphs).Add("  "+v.nothing(), t.Dim).String())
		lines[len(lines)-2] = strings.Repeat(" ", width)
	}
	from, to := table.Window()
	for i := from; i < to; i++ {
		row := v.rows[i]
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell { return v.cell(row, col) }))
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// nothing says why there are no rows and what brings some.
func (v *View) nothing() string {
	switch {
	case v.loads.first.Busy() || v.loads.heads.Busy():
		return "reading"
	case v.filter.text != "":
		return "no run matches the filter; esc in the filter bar (f) clears it"
	case v.find.letters() != "":
		return "no run has these letters; / then esc clears them"
	case v.stage == store.DeletedOnly:
		return "no deleted runs; D shows the others"
	}
	return "no runs yet: they appear here as soon as a training calls mlflow.start_run"
}

// bars are the lines above the heading.
func (v *View) bars(width int) []string {
	t := v.theme
	var lines []string
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, t.Glyphs) }
	if v.filter.typing || v.filter.field.Text() != "" {
		l := line().Add(" filter  ", t.Dim)
		count := fmt.Sprintf("%s runs", widget.Count(v.filter.took))
		if v.filter.matched == nil {
			count = ""
		}
		if v.filter.typing {
			v.filter.field.Draw(l, max(width-9-widget.Width(count)-2, 4), t)
		} else {
			l.Add(clean(v.filter.field.Text()), t.Match)
		}
		lines = append(lines, l.Right(count, t.Dim, 1).String())
		lines = append(lines, v.underFilter(line())...)
	}
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

// underFilter is the line below the bar while it is typed in: what is wrong, or
// the completions.
func (v *View) underFilter(l *widget.Line) []string {
	t := v.theme
	switch {
	case !v.filter.typing:
		return nil
	case v.filter.wrong != nil:
		l.Pad(9 + min(widget.Width(v.filter.wrong.Text[:min(v.filter.wrong.Pos, len(v.filter.wrong.Text))]), l.Left()/2))
		return []string{l.Add("^ "+clean(v.filter.wrong.Reason), t.Bad).String()}
	case len(v.filter.offers) == 0:
		return nil
	}
	l.Pad(9)
	for i, o := range v.filter.offers {
		style := t.Dim
		if i == v.filter.chosen {
			style = t.Accent
		}
		l.Add(clean(o), style).Pad(3)
	}
	return []string{l.String()}
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
	case nameField:
		return widget.Cell{Text: v.name(row, h)}
	case statusField:
		glyph, style := widget.Status(h.Status, t)
		text := glyph + " " + string(h.Status)
		if h.Stage == store.Deleted {
			text = glyph + " DELETED"
		}
		return widget.Cell{Text: text, Style: style}
	case startField:
		return widget.Cell{Text: widget.Ago(h.Start, v.now), Style: t.Dim}
	case durationField:
		return widget.Cell{Text: widget.Lasted(h.Start, h.End, v.now), Style: t.Dim}
	}
	return widget.Cell{Text: clean(h.UserID), Style: t.Dim}
}

// name draws the tree's guides and the run's name.
func (v *View) name(row forest.Row, h *store.Head) string {
	g := v.theme.Glyphs
	const deepest = 12 // levels that are indented; a deeper run says its depth
	var b strings.Builder
	if v.marking.ids[h.ID] {
		b.WriteString(g.Mark + " ")
	} else {
		b.WriteString("  ")
	}
	if depth := int(row.Depth); depth > 0 {
		b.WriteString(strings.Repeat("  ", min(depth-1, deepest)))
		if depth > deepest {
			fmt.Fprintf(&b, "%d", depth)
		}
		if row.Last {
			b.WriteString(g.Last)
		} else {
			b.WriteString(g.Branch)
		}
	}
	switch {
	case row.Folded:
		b.WriteString(g.Folded + " ")
	case row.Children:
		b.WriteString(g.Unfolded + " ")
	}
	name := clean(h.Name)
	if name == "" {
		name = "(no name) " + h.ID[:min(8, len(h.ID))]
	}
	b.WriteString(name)
	if row.Folded {
		fmt.Fprintf(&b, "  %d", v.runs.Below(row.At))
	}
	return b.String()
}
