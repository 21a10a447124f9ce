package driftreport

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/drift/words"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// quality is what the report says of the model, in place of its columns.
type quality struct {
	shown bool
	lines []string // a blank one between two tables
	top   int      // the first line in the window
}

// assess lays out what a report says of the model.
func (v *View) assess() {
	v.model.lines = nil
	for _, g := range words.OfModel(v.report) {
		if len(v.model.lines) > 0 {
			v.model.lines = append(v.model.lines, "")
		}
		v.model.lines = append(v.model.lines, g.Lines()...)
	}
	if len(v.model.lines) == 0 {
		v.model.shown = false
	}
	v.page(0)
}

// page moves the window over the lines.
func (v *View) page(lines int) {
	most := max(len(v.model.lines)-v.room(), 0)
	v.model.top = min(max(v.model.top+lines, 0), most)
}

// room is how many lines of the model there are in the window.
func (v *View) room() int { return max(v.h-len(v.top(v.w))-1, 1) }

func (v *View) noModel() string {
	if len(v.model.lines) == 0 {
		return "the report says nothing of a model: its data had no target"
	}
	return ""
}

func (v *View) flipModel() tea.Cmd {
	v.model.shown = !v.model.shown
	v.page(0)
	return nil
}

func (v *View) modelKeys() []view.Key {
	const group = "drift report"
	keys := []view.Key{
		{Press: []string{"v", "esc"}, Name: "quality", Does: "the columns again", Short: "columns", Group: group, Foot: true, Run: v.flipModel},
		{Press: []string{"M"}, Name: "markdown", Does: "copy the report as Markdown", Group: group, Run: v.copyMarkdown},
	}
	return append(keys, view.Moves("move", v.room(), func(n int) tea.Cmd { v.page(n); return nil })...)
}

func (v *View) drawModel(width, height int) string {
	t := v.theme
	lines := append(v.top(width), strings.Repeat(" ", width))
	titles := true // the first line of a table
	for i, text := range v.model.lines {
		if i >= v.model.top && len(lines) < height {
			style := themes.Style{}
			if titles {
				style = t.Dim
			}
			lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(text, style).String())
		}
		titles = text == ""
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}
