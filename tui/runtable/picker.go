package runtable

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// picker is the dialog that chooses the columns.
type picker struct {
	owner  *View
	load   view.Loader
	field  widget.Field
	all    []column
	shown  []int
	chosen []column
	table  widget.Table
	err    error
}

// columnsChosen are the columns that the dialog leaves behind.
type columnsChosen struct {
	owner   *View
	columns []column
}

func (v *View) pickColumns() tea.Cmd {
	p := &picker{owner: v, field: widget.NewField("letters of a key"), chosen: slices.Clone(v.columns)}
	p.all = append(attributeColumns(), column{field: userField, title: "user"})
	p.narrow()
	return view.Send(view.Ask{Dialog: p})
}

func (v *View) takeColumns(m columnsChosen) tea.Cmd {
	if m.owner != v {
		return nil
	}
	v.setColumns(m.columns)
	clear(v.cells)
	return v.loadCells()
}

// shift moves the column under the cursor by n; the name stays the first.
func (v *View) shift(n int) tea.Cmd {
	from, to := v.table.Col, v.table.Col+n
	if from < 1 || to < 1 || to >= len(v.columns) {
		return nil
	}
	v.columns[from], v.columns[to] = v.columns[to], v.columns[from]
	v.table.Col = to
	v.setColumns(v.columns)
	return nil
}

func (v *View) hide() tea.Cmd {
	if at := v.table.Col; at > 0 && at < len(v.columns) {
		v.setColumns(slices.Delete(slices.Clone(v.columns), at, at+1))
	}
	return nil
}

// Title implements view.View.
func (p *picker) Title() string { return "columns" }

// Status implements view.View.
func (p *picker) Status() string { return "" }

// Typing implements view.View.
func (p *picker) Typing() bool { return true }

type keysRead []column

// Init implements view.View.
func (p *picker) Init() tea.Cmd {
	r := p.owner.reader
	return view.Load(&p.load, func(ctx context.Context) (keysRead, error) {
		var out keysRead
		for _, kind := range []store.FieldKind{store.MetricField, store.ParamField, store.TagField} {
			keys, err := r.Keys(ctx, kind)
			if err != nil {
				return nil, err
			}
			for _, k := range keys {
				out = append(out, column{field: store.Field{Kind: kind, Key: k}, title: k})
			}
		}
		return out, nil
	})
}

// Keys implements view.View.
func (p *picker) Keys() []view.Key {
	const group = "columns"
	move := func(n int) func() tea.Cmd {
		return func() tea.Cmd { p.table.Move(n); return nil }
	}
	return []view.Key{
		{Press: []string{"enter"}, Does: "choose or drop", Group: group, Foot: true, Run: p.flip},
		{Press: []string{"esc"}, Does: "done", Group: group, Foot: true, Run: p.done},
		{Press: []string{"up"}, Does: "up", Group: group, Run: move(-1)},
		{Press: []string{"down"}, Does: "down", Group: group, Run: move(1)},
		{Press: []string{"pgup"}, Does: "page up", Group: group, Run: move(-10)},
		{Press: []string{"pgdown"}, Does: "page down", Group: group, Run: move(10)},
	}
}

func (p *picker) done() tea.Cmd {
	return tea.Sequence(view.Send(view.Close{}), view.Send(columnsChosen{p.owner, p.chosen}))
}

func (p *picker) flip() tea.Cmd {
	if len(p.shown) == 0 {
		return nil
	}
	c := p.all[p.shown[p.table.Cursor]]
	if at := p.place(c); at > 0 {
		p.chosen = slices.Delete(p.chosen, at, at+1)
	} else if at < 0 {
		p.chosen = append(p.chosen, c)
	}
	p.table.Move(1)
	return nil
}

func (p *picker) place(c column) int {
	return slices.IndexFunc(p.chosen, func(x column) bool { return x.field == c.field })
}

// Update implements view.View.
func (p *picker) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		p.table.Resize(m.Width-1, m.Height-2)
	case view.Wheel:
		p.table.Scroll(m.Rows)
	case view.Click:
		if row, _ := p.table.At(m.X, m.Y-2); row >= 0 {
			p.table.To(row)
			return p.flip()
		}
	case view.Loaded[keysRead]:
		if m.Of(&p.load) {
			p.err = m.Err
			p.all = append(p.all, m.Value...)
			p.narrow()
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		if p.field.Update(m) {
			p.narrow()
		}
	}
	return nil
}

func (p *picker) narrow() {
	want := strings.ToLower(p.field.Text())
	p.shown = p.shown[:0]
	for i, c := range p.all {
		if strings.Contains(strings.ToLower(c.title), want) {
			p.shown = append(p.shown, i)
		}
	}
	p.table.Count = len(p.shown)
	p.table.To(0)
}

var kinds = map[store.FieldKind]string{store.AttributeField: "run", store.MetricField: "metric", store.ParamField: "param", store.TagField: "tag"}

// Draw implements view.View.
func (p *picker) Draw(width, height int) string {
	t := p.owner.theme
	head := widget.NewLine(width, themes.Style{}, t.Glyphs).Add("find ", t.Dim)
	p.field.Draw(head, width-5, t)
	lines := []string{head.String(), widget.Rule(width, t)}
	if p.err != nil {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add(clean(p.err.Error()), t.Bad).String())
	}
	from, to := p.table.Window()
	for i := from; i < to && len(lines) < height; i++ {
		c := p.all[p.shown[i]]
		base, bar, box := themes.Style{}, " ", "[ ]"
		if i == p.table.Cursor {
			base, bar = t.Cursor, t.Glyphs.Bar
		}
		if p.place(c) >= 0 {
			box = "[x]"
		}
		l := widget.NewLine(width, base, t.Glyphs)
		l.Cell(bar, 1, false, t.Accent).Add(box+" ", t.Accent).Cell(kinds[c.field.Kind], 8, false, t.Dim)
		lines = append(lines, l.Add(clean(c.title), themes.Style{}).String())
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}
