package model

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/widget"
)

// part is one of the panel's.
type part int

const (
	trend part = iota
	described
	lineageOf
	signature
	tagged
	compared
	reviewed
	parts
)

var partNames = [parts]string{"Trend", "Description", "Lineage", "Signature", "Tags", "Compare", "Review"}

// row is a line of the panel that the cursor can be on.
type row struct {
	cells  []widget.Cell
	styled string // a line that was laid out already, instead of cells
	full   string // for the status line and the clipboard
	goes   tea.Msg
}

// split says how many lines the table with its head has, and how many the panel
// below. Where there is no room for both, the one with the focus has it all.
func (v *View) split() (top, below int) {
	const least = 15
	h := v.size.height
	if h < least {
		if v.side.focus {
			return 0, h
		}
		return h, 0
	}
	below = max(h*45/100, 8)
	if rows := len(v.versions) + v.above(); rows < h-below { // few versions need no more
		below = h - max(rows, 6)
	}
	return h - below, below
}

// above counts the lines over the versions.
func (v *View) above() int {
	n := 3 // facts, heading, rule
	if v.err != nil {
		n++
	}
	return n
}

// sideHead counts the lines over the rows of the panel.
func (v *View) sideHead() int { return 1 }

func (v *View) arrange() {
	top, _ := v.split()
	v.table.Resize(v.size.width-1, max(top-v.above(), 0))
	v.fillSide()
}

// fillSide makes the rows of the part in front.
func (v *View) fillSide() {
	_, below := v.split()
	s := &v.side
	s.rows = nil
	s.table.Columns = nil
	switch s.part {
	case described:
		v.fillDescription()
	case lineageOf:
		v.fillLineage()
	case signature:
		v.fillSignature()
	case tagged:
		v.fillTags()
	case compared:
		v.fillCompared()
	case reviewed:
		v.fillReview()
	}
	s.table.Count = len(s.rows)
	for _, r := range s.rows {
		for i := range r.cells {
			s.table.Widen(i, r.cells[i].Whole())
		}
	}
	s.table.Resize(v.size.width-1, max(below-v.sideHead(), 0))
}

func (v *View) addRow(r row) { v.side.rows = append(v.side.rows, r) }

func (v *View) pair(key, value string, goes tea.Msg) {
	style := themes.Style{}
	if goes != nil {
		style = v.theme.Info
	}
	v.addRow(row{full: value, goes: goes, cells: []widget.Cell{{Text: sanitize.Line(key), Style: v.theme.Dim}, {Text: sanitize.Line(value), Style: style}}})
}

// wrapped is a pair whose value takes as many rows as it needs.
func (v *View) wrapped(key, value string) {
	for _, text := range widget.Wrap(sanitize.Line(value), max(v.size.width-16, 10)) {
		v.pair(key, text, nil)
		v.side.rows[len(v.side.rows)-1].full = value
		key = ""
	}
}

func (v *View) pairs() {
	v.side.table.Columns = []widget.Column{{Title: "", Width: 12, Max: 40, Keep: true}, {Title: "", Width: 20, Min: 8, Max: 200}}
}

// drawSide draws the panel.
func (v *View) drawSide(width, height int) []string {
	s, t := &v.side, v.theme
	lines := []string{v.partLine(width)}
	switch {
	case s.part == trend:
		lines = append(lines, v.drawTrend(width, height-1)...)
	case len(s.rows) == 0:
		for _, text := range v.noRows() {
			lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add("  "+text, t.Dim).String())
		}
	}
	table := s.table
	if !s.focus {
		table.Cursor = -1
	}
	from, to := s.table.Window()
	for i := from; i < to && len(lines) < height; i++ {
		if r := s.rows[i]; r.styled != "" {
			lines = append(lines, v.styledRow(r.styled, width, s.focus && i == s.table.Cursor))
			continue
		}
		cells := s.rows[i].cells
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell {
			if col < len(cells) {
				return cells[col]
			}
			return widget.Cell{}
		}))
	}
	return strings.Split(widget.Fit(lines[:min(len(lines), height)], width, height), "\n")
}

// styledRow is a line of its own styles, behind the cursor's bar.
func (v *View) styledRow(text string, width int, cursor bool) string {
	bar := " "
	if cursor {
		bar = v.theme.Accent.Text(v.theme.Glyphs.Bar)
	}
	text = widget.Cut(text, width-2, v.theme.Glyphs.More)
	return bar + text + strings.Repeat(" ", max(width-1-widget.Width(text), 0))
}

// noRows says why a part is empty, and what would fill it.
func (v *View) noRows() []string {
	m := v.version()
	switch {
	case !v.known:
		return nil
	case m == nil && v.side.part != described && v.side.part != tagged:
		return []string{"no version"}
	case v.side.gone != nil:
		return []string{sanitize.Line(v.side.gone.Error())}
	case v.side.part == described:
		return []string{"no description: client.update_model_version(…, description=\"…\") writes one, in Markdown"}
	case v.side.part == tagged:
		return []string{"no tags: client.set_model_version_tag sets them"}
	case v.side.part == reviewed && (v.side.review.of == m.Version || !v.governed()):
		return []string{"no request, no comment and no gate card: C comments, m moves it or asks for it"}
	case v.side.part == compared:
		return []string{"mark versions with space: what tells them apart would be here; c compares their source runs"}
	}
	return []string{"reading"}
}

func (v *View) partLine(width int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs)
	l.Add(t.Glyphs.Rule, t.Rule)
	for p := v.firstPart(width); p < parts; p++ {
		style := t.Dim
		if p == v.side.part {
			style = t.Accent
		}
		l.Add(" ", t.Rule).Add(partNames[p], style).Add(" ", t.Rule).Add(t.Glyphs.Rule, t.Rule)
	}
	if m := v.version(); m != nil && v.side.part != trend && v.side.part != compared {
		l.Add(fmt.Sprintf(" v%d ", m.Version), t.Strong)
	}
	return l.Add(strings.Repeat(t.Glyphs.Rule, max(l.Left(), 0)), t.Rule).String()
}

// firstPart is the first that is named where not all have room: the one in front is
// always among them.
func (v *View) firstPart(width int) part {
	first, need := part(0), 1
	for p := range v.side.part + 1 {
		need += widget.Width(partNames[p]) + 3
	}
	for ; need > width && first < v.side.part; first++ {
		need -= widget.Width(partNames[first]) + 3
	}
	return first
}

func (v *View) clickPart(x int) tea.Cmd {
	at := 1
	for p := v.firstPart(v.size.width); p < parts; p++ {
		w := widget.Width(partNames[p]) + 3
		if x >= at && x < at+w {
			return v.show(p)
		}
		at += w
	}
	return nil
}
