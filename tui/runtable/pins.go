package runtable

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/forest"
	"benchside/themes"
	"benchside/tui/widget"
)

// mostPins bounds the runs that are pinned.
const mostPins = 50

// pin keeps the run under the cursor on top, or lets it go.
func (v *View) pin() {
	h := v.current()
	if at := slices.Index(v.set.pins, h.ID); at >= 0 {
		v.set.pins = slices.Delete(slices.Clone(v.set.pins), at, at+1)
	} else if len(v.set.pins) < mostPins {
		v.set.pins = append(slices.Clone(v.set.pins), h.ID)
	}
	v.resize()
}

// pinned are the runs that stand on top: those that are known, as many as leave most of
// the room to the others.
func (v *View) pinned() (ids []string) {
	for _, id := range v.set.pins {
		if at, ok := v.runs.Find(id); ok && !v.isGroup(at) && len(ids) < v.room.height/3 {
			ids = append(ids, id)
		}
	}
	return ids
}

// pinLines are the lines that pinned runs take, a rule below them included.
func (v *View) pinLines() int {
	if n := len(v.pinned()); n > 0 {
		return n + 1
	}
	return 0
}

// headingAt is where the heading is, from the first row of the list.
func (v *View) headingAt() int { return -2 - v.pinLines() }

// drawPins draws the pinned runs.
func (v *View) drawPins(table *widget.Table, width int) (lines []string) {
	t := v.theme
	for _, id := range v.pinned() {
		at, _ := v.runs.Find(id)
		row := forest.Row{At: at}
		lines = append(lines, table.Row(-1, t, func(col int) widget.Cell {
			if v.columns[col].Field == forest.Name {
				return widget.Cell{Text: pinSign + " " + v.nameOf(v.runs.Head(at)), Style: t.Strong}
			}
			return v.cell(row, col)
		}))
	}
	if len(lines) > 0 {
		lines = append(lines, widget.Rule(width, t))
	}
	return lines
}

// pinSign stands before a run that is pinned.
const pinSign = "^"

func (v *View) turnFaulty() tea.Cmd {
	v.set.faulty = !v.set.faulty
	v.unroll()
	v.show(v.spot())
	v.seek()
	return tea.Batch(v.loadCells(), v.loadAllBeats())
}

// terse is that columns are left out that say nothing.
type terse struct {
	on   bool
	rows int // that were looked at
	off  int // columns that are left out
}

// said is the line above the heading that says how the table is set up, "" for as usual.
func (v *View) said(width int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs)
	n := 0
	add := func(dim, text string) {
		if n++; n > 1 {
			l.Add("   ", t.Dim)
		}
		l.Add(" "+dim, t.Dim).Add(text, themes.Style{})
	}
	if v.set.view != "" {
		add("view ", clean(v.set.view)+map[bool]string{true: " (changed)"}[v.changedSince()])
	}
	if g := v.set.group; g.Key != "" {
		add("by ", clean(spell(g)))
	}
	if v.set.faulty {
		add("only ", "failed or stalled")
	}
	if v.set.terse.on && v.set.terse.rows > 0 {
		add("hidden ", widget.Several(v.set.terse.off, "column")+" empty or alike in "+widget.Several(v.set.terse.rows, "run"))
	}
	if n == 0 {
		return ""
	}
	return l.String()
}
