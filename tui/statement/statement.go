// Package statement is the dialog that shows the SQL by which a query is asked. It
// runs nothing and changes nothing.
package statement

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// View is the dialog.
type View struct {
	reader store.QueryExplainer
	query  store.RunQuery
	theme  *themes.Theme
	load   view.Loader

	text  string
	lines []string // of text, in the width
	table widget.Table
	err   error
}

// New returns the dialog over a query.
func New(r store.QueryExplainer, q store.RunQuery, theme *themes.Theme) *View {
	return &View{reader: r, query: q, theme: theme}
}

// Title implements view.View.
func (v *View) Title() string { return "SQL" }

// Status implements view.View.
func (v *View) Status() string { return "" }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

type written string

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	r, q := v.reader, v.query
	return view.Load(&v.load, func(ctx context.Context) (written, error) {
		text, err := r.Statement(ctx, q)
		return written(text), err
	})
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "SQL"
	move := func(n int) func() tea.Cmd {
		return func() tea.Cmd { v.table.Move(n); return nil }
	}
	return []view.Key{
		{Press: []string{"y"}, Does: "copy the statement", Short: "copy", Group: group, Foot: true, Off: v.nothing, Run: func() tea.Cmd {
			return view.Send(view.Copy{Text: v.text + ";", What: "the statement"})
		}},
		{Press: []string{"esc", "enter"}, Does: "close", Group: group, Foot: true, Run: func() tea.Cmd { return view.Send(view.Close{}) }},
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: move(1)},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: move(-1)},
		{Press: []string{"pgdown"}, Does: "page down", Group: group, Run: move(10)},
		{Press: []string{"pgup"}, Does: "page up", Group: group, Run: move(-10)},
	}
}

func (v *View) nothing() string {
	if v.text == "" {
		return "there is no statement yet"
	}
	return ""
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.table.Resize(m.Width-1, m.Height)
		v.wrap()
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Loaded[written]:
		if m.Of(&v.load) {
			v.text, v.err = string(m.Value), m.Err
			v.wrap()
		}
	}
	return nil
}

// wrap breaks the statement into lines; what goes on stands under where it began.
func (v *View) wrap() {
	v.lines = nil
	for part := range strings.Lines(sanitize.Text(v.text)) {
		part = strings.TrimRight(part, "\n")
		indent := part[:len(part)-len(strings.TrimLeft(part, " "))]
		room := max(v.table.Width-3-len(indent), 1) // two less, for what goes on
		for i, l := range widget.Wrap(part, room) {
			if i == 1 {
				indent += "  "
			}
			v.lines = append(v.lines, indent+l)
		}
	}
	v.table.Count = len(v.lines)
	v.table.To(v.table.Cursor)
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t, table := v.theme, v.table
	table.Resize(width-1, height)
	var lines []string
	add := func(text string, style themes.Style) {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(text, style).String())
	}
	switch {
	case v.err != nil:
		add(sanitize.Line(v.err.Error()), t.Bad)
	case v.load.Busy():
		add("writing it", t.Dim)
	}
	from, to := table.Window()
	for _, l := range v.lines[from:to] {
		add(l, themes.Style{})
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}
