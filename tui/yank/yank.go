// Package yank is the dialog that offers what is under the cursor in several forms: as
// an id, a name, a row of Markdown or JSON. It knows no clipboard: it asks for a copy.
package yank

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// View is the dialog.
type View struct {
	forms []view.Form
	theme *themes.Theme
	table widget.Table
}

// New returns the dialog over forms, of which there is at least one.
func New(forms []view.Form, theme *themes.Theme) *View {
	v := &View{forms: forms, theme: theme}
	v.table.Count = len(forms)
	v.table.Columns = []widget.Column{{Width: 3, Keep: true}, {Width: 12, Max: 40, Share: 45, Keep: true}, {Width: 200, Min: 4}}
	for _, f := range forms {
		v.table.Widen(1, sanitize.Line(f.What))
	}
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "copy" }

// Status implements view.View.
func (v *View) Status() string { return "" }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Init implements view.View.
func (v *View) Init() tea.Cmd { return nil }

// Wants implements view.Small.
func (v *View) Wants(int) int { return len(v.forms) }

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "copy"
	keys := []view.Key{{Press: []string{"enter"}, Does: "copy it", Group: group, Foot: true, Run: func() tea.Cmd { return v.copy(v.table.Cursor) }}}
	for i, f := range v.forms {
		keys = append(keys, view.Key{Press: []string{f.Press}, Does: "copy " + sanitize.Line(f.What), Short: sanitize.Line(f.What), Group: group, Run: func() tea.Cmd { return v.copy(i) }})
	}
	keys = append(keys, view.Key{Press: []string{"esc"}, Does: "close", Group: group, Foot: true, Run: func() tea.Cmd { return view.Send(view.Close{}) }})
	return append(keys, view.Moves(group, v.table.Height, func(rows int) tea.Cmd { v.table.Move(rows); return nil })...)
}

func (v *View) copy(i int) tea.Cmd {
	return tea.Sequence(view.Send(view.Close{}), view.Send(v.forms[i].Copy))
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.table.Resize(m.Width-1, m.Height)
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Click:
		if p := v.table.Press(m.X, m.Y, 0, m.Double); p.Row >= 0 {
			v.table.To(p.Row)
			if m.Double {
				return v.copy(p.Row)
			}
		}
	}
	return nil
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t, table := v.theme, v.table
	table.Resize(width-1, height)
	var lines []string
	from, to := table.Window()
	for i := from; i < to; i++ {
		f := v.forms[i]
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell {
			switch col {
			case 0:
				return widget.Cell{Text: widget.Spell(f.Press), Style: t.Accent}
			case 1:
				return widget.Cell{Text: sanitize.Line(f.What)}
			}
			return widget.Cell{Text: oneLine(f.Text), Style: t.Dim}
		}))
	}
	return widget.Fit(lines, width, height)
}

// oneLine is the beginning of a text as one line; more of it is not seen anyway.
func oneLine(text string) string {
	const most = 400
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return sanitize.Line(strings.ReplaceAll(text, "\n", " ⏎ "))
}
