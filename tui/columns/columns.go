// Package columns is the dialog that chooses the columns of a table of runs. It
// shows no values and keeps no choice: who asked hears it.
package columns

import (
	"context"
	"slices"
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
	reader store.KeyReader
	theme  *themes.Theme
	owner  view.View
	load   view.Loader

	field  widget.Field
	all    []store.Field
	shown  []int // places in all of what the letters leave
	chosen []store.Field
	added  int // of chosen, that are no attributes
	table  widget.Table
	err    error
}

// Chosen are the columns that the dialog leaves behind, for the view that asked.
type Chosen struct {
	Owner  view.View
	Fields []store.Field
}

// New returns the dialog over the attributes and whatever keys the store has.
// The first of the chosen fields cannot be dropped.
func New(r store.KeyReader, owner view.View, attributes, chosen []store.Field, theme *themes.Theme) *View {
	v := &View{reader: r, owner: owner, theme: theme, field: widget.NewField("letters of a key"), all: slices.Clone(attributes), chosen: slices.Clone(chosen)}
	v.narrow()
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "columns" }

// Status implements view.View.
func (v *View) Status() string {
	if v.load.Busy() {
		return "reading"
	}
	return widget.Count(len(v.chosen)) + " of " + widget.Count(len(v.all))
}

// Typing implements view.View.
func (v *View) Typing() bool { return true }

type keysRead []store.Field

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	r := v.reader
	return view.Load(&v.load, func(ctx context.Context) (keysRead, error) {
		var out keysRead
		for _, kind := range []store.FieldKind{store.MetricField, store.ParamField, store.TagField} {
			keys, err := r.Keys(ctx, kind)
			if err != nil {
				return nil, err
			}
			for _, k := range keys {
				out = append(out, store.Field{Kind: kind, Key: k})
			}
		}
		return out, nil
	})
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "columns"
	move := func(n int) func() tea.Cmd {
		return func() tea.Cmd { v.table.Move(n); return nil }
	}
	return []view.Key{
		{Press: []string{"enter"}, Does: "choose or drop", Short: "choose", Group: group, Foot: true, Run: v.flip},
		{Press: []string{"esc"}, Does: "done", Group: group, Foot: true, Run: v.done},
		{Press: []string{"up"}, Does: "up", Group: group, Run: move(-1)},
		{Press: []string{"down"}, Does: "down", Group: group, Run: move(1)},
		{Press: []string{"pgup"}, Does: "page up", Group: group, Run: move(-10)},
		{Press: []string{"pgdown"}, Does: "page down", Group: group, Run: move(10)},
	}
}

func (v *View) done() tea.Cmd {
	return tea.Sequence(view.Send(view.Close{}), view.Send(Chosen{v.owner, v.chosen}))
}

func (v *View) flip() tea.Cmd {
	if len(v.shown) == 0 {
		return nil
	}
	f := v.all[v.shown[v.table.Cursor]]
	if at := slices.Index(v.chosen, f); at > 0 {
		v.chosen = slices.Delete(v.chosen, at, at+1)
	} else if at < 0 {
		v.choose(f)
	}
	v.table.Move(1)
	return nil
}

// choose puts a column behind the attributes and those chosen before it, where
// it is seen at once.
func (v *View) choose(f store.Field) {
	at := v.added
	for _, c := range v.chosen {
		if c.Kind == store.AttributeField {
			at++
		}
	}
	v.chosen = slices.Insert(v.chosen, min(at, len(v.chosen)), f)
	if f.Kind != store.AttributeField {
		v.added++
	}
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.table.Resize(m.Width-1, m.Height-2)
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Click:
		if row, _ := v.table.At(m.X, m.Y-2); row >= 0 {
			v.table.To(row)
			return v.flip()
		}
	case view.Loaded[keysRead]:
		if m.Of(&v.load) {
			v.err = m.Err
			v.all = append(v.all, m.Value...)
			v.narrow()
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		if v.field.Update(m) {
			v.narrow()
		}
	}
	return nil
}

func (v *View) narrow() {
	want := strings.ToLower(v.field.Text())
	v.shown = v.shown[:0]
	for i, f := range v.all {
		if strings.Contains(strings.ToLower(f.Key), want) {
			v.shown = append(v.shown, i)
		}
	}
	v.table.Count = len(v.shown)
	v.table.To(0)
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t, table := v.theme, v.table
	head := widget.NewLine(width, themes.Style{}, t.Glyphs).Add("find ", t.Dim)
	v.field.Draw(head, width-5, t)
	lines := []string{head.String(), widget.Rule(width, t)}
	note := func(text string, style themes.Style) {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add(text, style).String())
	}
	switch {
	case v.err != nil:
		note(sanitize.Line(v.err.Error()), t.Bad)
	case len(v.shown) == 0 && !v.load.Busy():
		note("no key has these letters", t.Dim)
	}
	table.Resize(width-1, height-len(lines))
	from, to := table.Window()
	for i := from; i < to; i++ {
		lines = append(lines, v.line(i, width))
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

var kinds = map[store.FieldKind]string{store.AttributeField: "run", store.MetricField: "metric", store.ParamField: "param", store.TagField: "tag"}

func (v *View) line(i, width int) string {
	t, f := v.theme, v.all[v.shown[i]]
	base, bar, box := themes.Style{}, " ", "[ ]"
	if i == v.table.Cursor {
		base, bar = t.Cursor, t.Glyphs.Bar
	}
	if slices.Contains(v.chosen, f) {
		box = "[x]"
	}
	l := widget.NewLine(width, base, t.Glyphs)
	l.Cell(bar, 1, false, t.Accent).Add(box+" ", t.Accent).Cell(kinds[f.Kind], 8, false, t.Dim)
	return l.Add(sanitize.Line(f.Key), themes.Style{}).String()
}
