package rundetail

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/widget"
)

// fillOverview lists what the run is, then its children, metrics and params.
func (v *View) fillOverview() {
	v.columns(widget.Column{Title: "", Width: factWidth, Keep: true}, widget.Column{Width: 20, Min: 8, Max: 120})
	if !v.known {
		return
	}
	t := v.theme
	fact := func(name, value string) *line {
		if value == "" {
			return &line{}
		}
		v.add(line{cells: []widget.Cell{{Text: name, Style: t.Dim}, {Text: sanitize.Line(value)}}, full: value})
		return &v.lines[len(v.lines)-1]
	}
	r := v.run
	v.describe()
	fact("run id", r.ID)
	fact("experiment", r.ExperimentName+"  ("+r.ExperimentID+")")
	fact("started", widget.Stamp(r.Start))
	fact("ended", widget.Stamp(r.End))
	fact("user", r.UserID)
	fact("source", strings.TrimSpace(r.Tags[store.TagSourceName]+"  "+r.Tags[store.TagSourceType]))
	fact("git", strings.TrimSpace(r.Tags[store.TagGitCommit]+"  "+r.Tags[store.TagGitBranch]))
	fact("artifacts", r.ArtifactURI)
	switch {
	case v.links.parent != nil:
		fact("parent", v.links.parent.Name+"  "+r.ParentID).run = r.ParentID
	case r.ParentID != "":
		fact("parent", r.ParentID+"  (not in this store)")
	}
	fact("stage", map[store.Stage]string{store.Deleted: "deleted"}[r.Stage])
	for i, c := range v.links.children {
		name := "children"
		if i > 0 {
			name = ""
		}
		glyph, style := widget.Status(c.Status, t)
		v.add(line{cells: []widget.Cell{{Text: name, Style: t.Dim}, {Text: glyph + " " + sanitize.Line(c.Name), Style: style}}, full: c.ID, run: c.ID})
	}
}

// describe lists the run's description, wrapped to the room that it has.
func (v *View) describe() {
	note := v.run.Note()
	if note == "" {
		return
	}
	room := max(v.table.Width-factWidth-2, 20)
	name := "description"
	for text := range strings.SplitSeq(ansi.Wrap(sanitize.Text(note), room, ""), "\n") {
		v.add(line{cells: []widget.Cell{{Text: name, Style: v.theme.Dim}, {Text: strings.ReplaceAll(text, "\t", "  ")}}, full: note})
		name = ""
	}
	v.add(line{})
}

// factWidth is the room of a fact's name.
const factWidth = 12

// wide reports whether metrics and params stand beside the facts.
func (v *View) wide() bool { return v.tab == overview && v.width >= 120 }

// split is the width of the facts where something stands beside them.
func (v *View) split() int { return v.width * 45 / 100 }

// beside puts metrics and params to the right of the facts' rows.
func (v *View) beside(rows int, lines []string, width, height int) []string {
	facts := lines[len(lines)-rows:]
	lines = lines[:len(lines)-rows]
	left := v.split()
	aside := v.aside(width-left-2, height)
	blank := strings.Repeat(" ", left)
	for i := range height {
		row := blank
		if i < len(facts) {
			row = facts[i]
		}
		lines = append(lines, row+v.theme.Rule.Text(v.theme.Glyphs.Split)+" "+aside[i])
	}
	return lines
}

// asideRows says how many metrics and params stand beside the facts.
func (v *View) asideRows(height int) (metrics, params int) {
	free := max(height-3, 0) // two headings and a line between
	metrics, params = len(v.asideKeys()), len(v.run.Params)
	if metrics+params <= free {
		return metrics, params
	}
	metrics = min(metrics, max(free-params, free*3/5))
	return metrics, min(params, free-metrics)
}

func (v *View) asideKeys() []string {
	return slices.DeleteFunc(v.run.MetricKeys(), isSystem)
}

// clickAside goes to the part that was clicked.
func (v *View) clickAside(row int) tea.Cmd {
	n, _ := v.asideRows(v.height - v.above())
	if row > n+1 {
		return v.show(params)
	}
	return v.show(metrics)
}

// aside draws the metrics and the params, as many as there is room for.
func (v *View) aside(width, height int) []string {
	nm, np := v.asideRows(height)
	keys := v.asideKeys()
	table := widget.Table{Width: width - 1, Cursor: -1, Columns: []widget.Column{
		{Title: "metric", Width: 12, Max: 32, Share: 36, Keep: true},
		{Title: "last", Width: 9, Right: true, Keep: true},
		{Title: "min", Width: 9, Min: 7, Right: true},
		{Title: "max", Width: 9, Min: 7, Right: true},
		{Title: "trend", Width: 8, Min: 6},
		{Max: 30, Min: 4},
	}}
	var rows [][]widget.Cell
	for _, key := range keys[:nm] {
		c := v.metricLine(key).cells
		if len(c) > 9 {
			c = []widget.Cell{c[0], c[1], c[2], c[4], {}, c[10]}
		}
		rows = append(rows, c)
	}
	v.asideFit(&table, rows)
	const trend = 4
	table.Fill(trend, 8, 40)
	for i, key := range keys[:nm] {
		if s := v.sums[key]; s != nil && len(rows[i]) > trend {
			rows[i][trend] = widget.Cell{Text: s.spark(table.Shown(trend), v.theme.Glyphs.ASCII), Style: v.theme.Info}
		}
	}
	out := v.asideTable(&table, rows, len(keys)-nm)
	out = append(out, strings.Repeat(" ", width))
	pairs := widget.Table{Width: width - 1, Cursor: -1, Columns: []widget.Column{{Title: "param", Width: 12, Max: 40, Share: 45, Keep: true}, {Title: "value", Width: 12, Max: 200, Min: 6}}}
	rows = nil
	for _, key := range slices.Sorted(maps.Keys(v.run.Params))[:np] {
		rows = append(rows, []widget.Cell{{Text: sanitize.Line(key), Style: v.theme.Dim}, {Text: sanitize.Line(v.run.Params[key])}})
	}
	v.asideFit(&pairs, rows)
	out = append(out, v.asideTable(&pairs, rows, len(v.run.Params)-np)...)
	return strings.Split(widget.Fit(out[:min(len(out), height)], width, height), "\n")
}

// asideFit widens the columns to what is in them.
func (v *View) asideFit(table *widget.Table, rows [][]widget.Cell) {
	for i := range table.Columns {
		for _, cells := range rows {
			if i < len(cells) {
				table.Widen(i, cells[i].Text)
			}
		}
	}
}

// asideTable draws a heading with the number of rows that are left out, and the
// rows.
func (v *View) asideTable(table *widget.Table, rows [][]widget.Cell, more int) []string {
	table.Count, table.Height = len(rows), len(rows)
	switch {
	case more > 0:
		table.Columns[0].Title += fmt.Sprintf("  %d more", more)
	case len(rows) == 0:
		l := widget.NewLine(table.Width+1, themes.Style{}, v.theme.Glyphs)
		return []string{l.Add(" no "+table.Columns[0].Title+"s", v.theme.Dim).String()}
	}
	out := []string{table.Heading(v.theme, 1)}
	for i, cells := range rows {
		out = append(out, table.Row(i, v.theme, func(col int) widget.Cell {
			if col < len(cells) {
				return cells[col]
			}
			return widget.Cell{}
		}))
	}
	return out
}
