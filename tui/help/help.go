// Package help is the screen that lists the keys of what has the focus. It
// declares none of them: it shows what views declare.
package help

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// View lists keys by group; typing narrows the list.
type View struct {
	keys  []view.Key
	lines []line
	field widget.Field
	table widget.Table
	theme *themes.Theme
	width int
}

// line is one line of the screen: a heading, or a key and what it does, of which more
// lines may follow.
type line struct {
	heading string
	press   string
	does    string
	why     string // why it cannot be used now
}

// New returns the help for the keys.
func New(keys []view.Key, theme *themes.Theme) *View {
	v := &View{keys: keys, field: widget.NewField("type to search"), theme: theme, width: 80}
	v.table.Columns = []widget.Column{{Width: 18}, {Width: 70}}
	v.narrow()
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "keys" }

// Status implements view.View.
func (v *View) Status() string { return "" }

// Typing implements view.View.
func (v *View) Typing() bool { return true }

// Init implements view.View.
func (v *View) Init() tea.Cmd { return nil }

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	move := func(n int) func() tea.Cmd {
		return func() tea.Cmd { v.table.Move(n); return nil }
	}
	return []view.Key{
		{Press: []string{"up", "ctrl+k"}, Does: "up", Group: "help", Run: move(-1)},
		{Press: []string{"down", "ctrl+j"}, Does: "down", Group: "help", Run: move(1)},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: "help", Run: move(-10)},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: "help", Run: move(10)},
		{Press: []string{"esc", "enter"}, Does: "close", Group: "help", Foot: true, Run: func() tea.Cmd { return view.Send(view.Close{}) }},
	}
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		at := v.table.Cursor
		if v.width != m.Width {
			v.width = m.Width
			v.narrow()
		}
		v.table.Resize(m.Width-1, m.Height-2)
		v.table.To(at)
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case tea.KeyPressMsg, tea.PasteMsg:
		if v.field.Update(m) {
			v.narrow()
		}
	}
	return nil
}

func (v *View) narrow() {
	want := strings.ToLower(v.field.Text())
	v.lines = nil
	var groups []string
	for _, k := range v.keys {
		if !slices.Contains(groups, k.Group) {
			groups = append(groups, k.Group)
		}
	}
	for _, g := range groups {
		first := true
		for _, k := range v.keys {
			if k.Group != g || !strings.Contains(strings.ToLower(g+" "+k.Does+" "+strings.Join(k.Press, " ")), want) {
				continue
			}
			if first {
				v.lines = append(v.lines, line{heading: g})
				first = false
			}
			v.lines = append(v.lines, v.lay(k)...)
		}
	}
	v.table.Count = len(v.lines)
	v.table.To(0)
}

// pressed is how wide the keys stand before what they do.
func (v *View) pressed() int { return min(20, max(v.width/4, 10)) }

// lay writes a key in as many lines as what it does takes, and why it cannot be used.
func (v *View) lay(k view.Key) []line {
	room := max(v.width-2-v.pressed()-1, 1)
	does, why := k.Does, k.Why()
	if why != "" {
		why = "not now: " + why
	}
	if widget.Width(does)+3+widget.Width(why) <= room {
		return []line{{press: spellAll(k.Press), does: does, why: why}}
	}
	var lines []line
	for _, part := range widget.Wrap(does, room) {
		lines = append(lines, line{does: part})
	}
	lines[0].press = spellAll(k.Press)
	if why == "" {
		return lines
	}
	for _, part := range widget.Wrap(why, room) {
		lines = append(lines, line{why: part})
	}
	return lines
}

func spellAll(press []string) string {
	out := make([]string, len(press))
	for i, p := range press {
		out[i] = widget.Spell(p)
	}
	return strings.Join(out, " ")
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t := v.theme
	head := widget.NewLine(width, themes.Style{}, t.Glyphs)
	head.Add("find ", t.Dim)
	v.field.Draw(head, width-5, t)
	lines := []string{head.String(), widget.Rule(width, t)}
	from, to := v.table.Window()
	for i := from; i < to; i++ {
		lines = append(lines, v.draw(i, width))
	}
	if len(v.lines) == 0 {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add("no key does that", t.Dim).String())
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

func (v *View) draw(i, width int) string {
	t, k := v.theme, v.lines[i]
	if k.heading != "" {
		return widget.NewLine(width, themes.Style{}, t.Glyphs).Add(k.heading, t.Strong).String()
	}
	base := themes.Style{}
	if i == v.table.Cursor {
		base = t.Cursor
	}
	l := widget.NewLine(width, base, t.Glyphs)
	l.Pad(2).Cell(k.press, v.pressed(), false, t.Accent).Pad(1)
	l.Add(k.does, themes.Style{})
	if k.why != "" && k.does != "" {
		l.Pad(3)
	}
	return l.Add(k.why, t.Dim).String()
}
