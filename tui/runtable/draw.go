package runtable

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"benchside/forest"
	"benchside/measures"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/widget"
)

// above returns the lines over the rows: a filter, a search, an error, the
// heading and its rule.
func (v *View) above() int {
	return len(v.bars(v.table.Width+1)) + 2 + v.pinLines()
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
	case v.loads.group.Busy():
		parts = append(parts, "grouping")
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
	c, row := v.columns[v.table.Col], v.rows[v.table.Cursor]
	cells := v.cells[h.ID]
	switch c.Field.Kind {
	case store.MetricField:
		if full, ok := v.fullNumber(h, c); ok {
			return full
		}
		return v.rollFull(row, c)
	case store.ParamField:
		return clean(cells.Params[c.Field.Key])
	case store.TagField:
		return clean(cells.Tags[c.Field.Key])
	}
	if v.isGroup(row.At) {
		return ""
	}
	switch c.Field {
	case forest.Status, forest.Duration, speedField, etaField:
		return v.liveText(h)
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
	table.Resize(width-1, height-len(lines)-2-v.pinLines())
	lines = append(lines, table.Heading(t, 1), widget.Rule(width, t))
	lines = append(lines, v.drawPins(&table, width)...)
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
	case v.set.faulty:
		return "no run failed or stalled; ! shows the others"
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
	if said := v.said(width); said != "" {
		lines = append(lines, said)
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
	if c.Field.Kind == store.AttributeField {
		out = v.attribute(row, h, c.Field)
	} else {
		out = v.value(row, h, c)
	}
	switch {
	case row.Context || h.Stage == store.Deleted:
		out.Style = t.Dim
	case v.fresh[h.ID] && c.Field.Kind != store.AttributeField && out.Text != t.Glyphs.Missing:
		out.Style = t.Fresh
	}
	return out
}

// value is what a run has under a column, or what those below it add up to.
func (v *View) value(row forest.Row, h *store.Head, c column) widget.Cell {
	t := v.theme
	missing := widget.Cell{Text: t.Glyphs.Missing + strings.Repeat(" ", c.spread), Style: t.Dim}
	if v.isGroup(row.At) {
		out, _ := v.rollCell(row, c)
		return out
	}
	if c.Measure.Kind == measures.Trend {
		return v.trend(h, c)
	}
	cells, ok := v.cells[h.ID]
	if !ok || len(v.columns) > fewColumns && !slices.Contains(v.set.reads, c.Field) {
		return widget.Cell{}
	}
	var text string
	switch c.Field.Kind {
	case store.MetricField:
		var p store.Point
		if p, ok = v.number(h, c); ok {
			return v.numberCell(p.Value, c)
		}
		if _, there := cells.Metrics[c.Field.Key]; there && !c.Measure.Stored() && !v.answered(h.ID, c) {
			return widget.Cell{} // its history is being read
		}
	case store.ParamField:
		text, ok = cells.Params[c.Field.Key]
	case store.TagField:
		text, ok = cells.Tags[c.Field.Key]
	}
	if ok {
		return widget.Cell{Text: clean(text)}
	}
	if out, ok := v.rollCell(row, c); ok {
		return out
	}
	return missing
}

// answered reports whether the history of a run was read that a column takes.
func (v *View) answered(id string, c column) bool {
	s := v.set.sketches[history{id, c.Field.Key}]
	return s != nil && s.Knows(c.Measure)
}

func (v *View) numberCell(n float64, c column) widget.Cell {
	text := widget.Number(n, c.digits)
	out := widget.Cell{Text: text + strings.Repeat(" ", c.spread)}
	if strings.HasSuffix(text, "Inf") || text == "NaN" {
		out.Style = v.theme.Warn
	}
	return out
}

// fullNumber is the whole number that a column shows of a run; false if it has none.
func (v *View) fullNumber(h *store.Head, c column) (string, bool) {
	if c.Measure.Kind == measures.Trend {
		s := v.set.sketches[history{h.ID, c.Field.Key}]
		if s == nil || s.Partial || s.Finite == 0 {
			return "", false
		}
		return fmt.Sprintf("%s: %s, %s to %s", c.title(), widget.Several(s.Points, "point"), widget.Full(s.Min.Value), widget.Full(s.Max.Value)), true
	}
	p, ok := v.number(h, c)
	if !ok {
		return "", false
	}
	text := c.title() + " " + widget.Full(p.Value)
	if c.Measure.Kind != measures.Mean {
		text += " at step " + p.Step.String()
	}
	return text, true
}

func (v *View) attribute(row forest.Row, h *store.Head, f store.Field) widget.Cell {
	t := v.theme
	if v.isGroup(row.At) && f != forest.Name {
		return v.groupAttribute(h, f)
	}
	switch f {
	case speedField, etaField:
		return v.liveCell(h, f)
	case forest.Name:
		text, tail := v.name(row, h)
		return widget.Cell{Text: text + tail}
	case forest.Experiment:
		return widget.Cell{Text: clean(cmp.Or(v.names[h.ExperimentID], h.ExperimentID)), Style: t.Dim}
	case forest.Status:
		if r := v.set.rolls[h.ID]; row.Folded && r != nil {
			return v.countCell(r.counts)
		}
		glyph, style := widget.Status(h.Status, t)
		text := glyph + " " + string(h.Status)
		if v.isStalled(h) {
			glyph, style = t.Glyphs.Stalled, t.Warn
			text = glyph + " stalled"
		}
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
		if left, ok := v.eta(h); ok {
			return widget.Cell{Text: "ETA " + took(left), Style: t.Info}
		}
		return widget.Cell{Text: widget.Lasted(h.Start, h.End, v.now), Style: t.Dim}
	}
	return widget.Cell{Text: clean(h.UserID), Style: t.Dim}
}

// groupAttribute is what stands under an attribute of a group.
func (v *View) groupAttribute(h *store.Head, f store.Field) widget.Cell {
	r := v.set.rolls[h.ID]
	switch {
	case r == nil:
	case f == forest.Status:
		return v.countCell(r.counts)
	case f == forest.Started:
		return widget.Cell{Text: widget.Ago(r.newest, v.now), Style: v.theme.Dim}
	}
	return widget.Cell{}
}

// nameOf is what a run is called.
func (v *View) nameOf(h *store.Head) string {
	if name := clean(h.Name); name != "" {
		return name
	}
	return "(no name) " + widget.Cut(clean(h.ID), 8, "")
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
	if v.isGroup(row.At) {
		b.WriteString(v.groupName(row.At))
	} else {
		b.WriteString(v.nameOf(h))
	}
	if row.Folded || v.isGroup(row.At) {
		tail = "  " + widget.Count(v.runs.Below(row.At))
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
