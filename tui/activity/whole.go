package activity

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// whole is the dialog that shows a line of the ledger with everything in it.
type whole struct {
	line  store.Line
	theme *themes.Theme
	rows  []fact
	table widget.Table
	size  struct{ width, height int }
}

// fact is one row of the dialog.
type fact struct{ name, text string }

func newWhole(l store.Line, theme *themes.Theme) *whole {
	return &whole{line: l, theme: theme}
}

// Title implements view.View.
func (w *whole) Title() string {
	if w.line.Seq == 0 {
		return "not recorded yet"
	}
	return fmt.Sprintf("line %d of the ledger", w.line.Seq)
}

// Status implements view.View.
func (w *whole) Status() string { return "" }

// Typing implements view.View.
func (w *whole) Typing() bool { return false }

// Init implements view.View.
func (w *whole) Init() tea.Cmd { return nil }

// Keys implements view.View.
func (w *whole) Keys() []view.Key {
	const group = "line"
	move := func(n func() int) func() tea.Cmd {
		return func() tea.Cmd { w.table.Scroll(n()); return nil }
	}
	by := func(n int) func() int { return func() int { return n } }
	page := func(sign int) func() int { return func() int { return sign * max(w.table.Height-1, 1) } }
	return []view.Key{
		{Press: []string{"esc", "enter"}, Does: "close", Group: group, Foot: true, Run: func() tea.Cmd { return view.Send(view.Close{}) }},
		{Press: []string{"y"}, Does: "copy all of it", Short: "copy", Group: group, Foot: true, Run: w.copyAll},
		{Press: []string{"j", "down"}, Does: "down", Group: group, Foot: true, Run: move(by(1))},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Foot: true, Run: move(by(-1))},
		{Press: []string{"pgdown", "space", "ctrl+d"}, Does: "page down", Group: group, Run: move(page(1))},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: move(page(-1))},
	}
}

// Update implements view.View.
func (w *whole) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		w.size.width, w.size.height = m.Width, m.Height
		w.rows = w.lay(m.Width)
		w.table.Count = len(w.rows)
		w.table.Resize(m.Width, m.Height)
	case view.Wheel:
		w.table.Scroll(m.Rows)
	}
	return nil
}

// facts are what the line holds, in its order.
func facts(l store.Line) []fact {
	out := []fact{{"says", l.Sentence}, {"at", widget.Stamp(l.At)}, {"by", strings.TrimSpace(l.By.Name + "  " + l.By.Via)}, {"what", l.What}, {"of", l.Of.String()}}
	if l.Reason != "" {
		out = append(out, fact{"reason", l.Reason})
	}
	for _, c := range l.Changes {
		out = append(out, fact{"row", c.Table + "  " + values(c.Key)})
		switch {
		case c.Before == nil:
			out = append(out, columns(c.After, func(key string) string { return "new: " + word(c.After[key]) })...)
		case c.After == nil:
			out = append(out, columns(c.Before, func(key string) string { return word(c.Before[key]) + ", gone" })...)
		default:
			out = append(out, columns(c.After, func(key string) string { return word(c.Before[key]) + " → " + word(c.After[key]) })...)
		}
	}
	if l.Hash != "" {
		out = append(out, fact{"hash", l.Hash})
	}
	if l.Prev != "" {
		out = append(out, fact{"hash before", l.Prev})
	}
	return out
}

func columns(of map[string]any, says func(key string) string) (out []fact) {
	for _, key := range slices.Sorted(maps.Keys(of)) {
		out = append(out, fact{"  " + key, says(key)})
	}
	return out
}

func values(key map[string]any) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(key)) {
		out = append(out, k+" "+word(key[k]))
	}
	return strings.Join(out, ", ")
}

func word(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}

// lay wraps the facts into rows of a width.
func (w *whole) lay(width int) (rows []fact) {
	const longest = 16 << 10 // bytes of a value that are worth a look
	for _, f := range facts(w.line) {
		text := f.text
		if len(text) > longest {
			text = strings.ToValidUTF8(text[:longest], "") + " …"
		}
		text = sanitize.Line(text)
		if w.theme.Glyphs.ASCII {
			text = strings.ReplaceAll(text, " → ", " -> ")
		}
		for i, part := range widget.Wrap(text, max(width-w.names(width)-1, 1)) {
			name := ""
			if i == 0 {
				name = sanitize.Line(f.name)
			}
			rows = append(rows, fact{name, part})
		}
	}
	return rows
}

// names is the room for the names of facts.
func (w *whole) names(width int) int { return min(20, max(width/3, 6)) }

// Wants implements view.Small.
func (w *whole) Wants(width int) int { return len(w.lay(width)) }

func (w *whole) copyAll() tea.Cmd {
	var b strings.Builder
	for _, f := range facts(w.line) {
		fmt.Fprintf(&b, "%s: %s\n", f.name, f.text)
	}
	return view.Send(view.Copy{Text: b.String(), What: "the line"})
}

// Draw implements view.View.
func (w *whole) Draw(width, height int) string {
	t := w.theme
	var lines []string
	top := min(w.table.Top, max(len(w.rows)-height, 0))
	for _, f := range w.rows[top:min(top+height, len(w.rows))] {
		l := widget.NewLine(width, themes.Style{}, t.Glyphs).Cell(f.name, w.names(width), false, t.Dim).Pad(1)
		lines = append(lines, l.Add(f.text, themes.Style{}).String())
	}
	return widget.Fit(lines, width, height)
}
