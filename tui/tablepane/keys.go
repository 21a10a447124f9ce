package tablepane

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts/tables"
	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "table"
	if v.filter.typing {
		return v.filterKeys()
	}
	keys := []view.Key{
		{Press: []string{"s"}, Name: "sort", Does: "sort by the column: rising, falling, as in the file", Short: "sort", Group: group, Foot: true, Off: v.noColumn, Run: v.sort},
		{Press: []string{"f", "/"}, Name: "filter", Does: "filter rows by a condition", Short: "filter", Group: group, Foot: true, Run: func() tea.Cmd {
			v.filter.typing = true
			v.resize()
			return nil
		}, With: func(words string) tea.Cmd {
			v.filter.field.Set(words)
			return v.applyFilter()
		}, Takes: "a condition"},
		{Press: []string{"u"}, Name: "summary", Does: "sum up the column under the cursor", Short: v.sums(), Group: group, Foot: true, Off: v.noColumn, Run: func() tea.Cmd {
			v.sum.open, v.sum.top = !v.sum.open, 0
			v.resize()
			return tea.Batch(v.summarise(true), v.loadMissing())
		}},
		{Press: []string{"enter"}, Name: "show", Does: "the image in the cell, or all of the cell", Short: v.shows(), Group: group, Foot: !v.inFront(), Off: v.noCell, Run: v.show},
		{Press: []string{"y"}, Name: "copy", Does: "copy the cell", Short: "copy", Group: group, Foot: true, Off: v.noColumn, Run: func() tea.Cmd {
			value, _ := v.value(v.table.Cursor, v.column())
			return view.Send(view.Copy{Text: value.Text, What: "the cell"})
		}},
	}
	all := func() string {
		if v.order.condition == "" {
			return "all rows are shown"
		}
		return ""
	}
	keys = append(keys, view.Key{Press: []string{"F"}, Name: "all-rows", Does: "show all rows again", Short: "all rows", Group: group, Foot: v.order.condition != "", Off: all, Run: func() tea.Cmd {
		v.filter.field.Set("")
		return v.applyFilter()
	}})
	return append(keys, v.moveKeys(group)...)
}

func (v *View) moveKeys(group string) []view.Key {
	move := func(n int) func() tea.Cmd {
		return func() tea.Cmd {
			if v.inFront() {
				v.scrollPanel(n)
				return nil
			}
			v.table.Move(n)
			v.resize()
			return v.loadMissing()
		}
	}
	side := func(n int) func() tea.Cmd {
		return func() tea.Cmd {
			v.table.Side(n)
			if v.table.Col == 0 {
				v.table.Side(1)
			}
			v.resize()
			return tea.Batch(v.loadMissing(), v.summarise(true))
		}
	}
	page := max(v.table.Height-1, 1)
	return []view.Key{
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: move(1)},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: move(-1)},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: move(page)},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: move(-page)},
		{Press: []string{"g", "home"}, Does: "first row", Group: group, Run: func() tea.Cmd { v.table.To(0); return v.loadMissing() }},
		{Press: []string{"G", "end"}, Does: "last row", Group: group, Run: v.end},
		{Press: []string{"l", "right"}, Does: "next column", Group: group, Run: side(1)},
		{Press: []string{"h", "left"}, Does: "previous column", Group: group, Run: side(-1)},
	}
}

// click goes to a cell, shows it if it is pressed twice, and orders the rows by a
// title.
func (v *View) click(m view.Click) tea.Cmd {
	p := v.table.Press(m.X, m.Y-v.above(), 1, m.Double)
	if p.Col > 0 && (p.Head || p.Row >= 0) {
		v.table.Col = p.Col
	}
	switch {
	case p.Head && v.noColumn() == "":
		return v.sort()
	case p.Row < 0:
		return nil
	}
	v.table.To(p.Row)
	v.resize()
	if m.Double && v.noCell() == "" {
		return v.show()
	}
	return v.loadMissing()
}

func (v *View) filterKeys() []view.Key {
	const group = "filter"
	return []view.Key{
		{Press: []string{"enter"}, Does: "filter", Group: group, Foot: true, Run: v.applyFilter},
		{Press: []string{"esc"}, Does: "leave it", Group: group, Foot: true, Run: func() tea.Cmd {
			v.filter.typing, v.err = false, nil
			v.filter.field.Set(v.order.condition)
			v.resize()
			return nil
		}},
	}
}

// applyFilter filters by what was typed. What is no condition stays in the field,
// to be mended.
func (v *View) applyFilter() tea.Cmd {
	o := v.order
	o.condition = strings.TrimSpace(v.filter.field.Text())
	if o.condition != "" {
		if _, err := tables.ParseCondition(o.condition, v.base.Columns()); err != nil {
			v.err, v.filter.typing = err, true
			v.resize()
			return nil
		}
	}
	v.filter.typing, v.err = false, nil
	v.resize()
	return v.reorder(o)
}

func (v *View) noColumn() string {
	if v.column() < 0 {
		return "there is no column"
	}
	return ""
}

// picture is the path of the image that the cell under the cursor refers to.
func (v *View) picture() string {
	value, ok := v.value(v.table.Cursor, max(v.column(), 0))
	if !ok {
		return ""
	}
	p, ok := tables.PictureOf(value)
	if !ok {
		return ""
	}
	return p.Path
}

// show shows the image that the cell refers to, or all of what is in it.
func (v *View) show() tea.Cmd {
	if p := v.picture(); p != "" {
		return view.Send(view.ShowFile{Path: p})
	}
	v.whole = !v.whole
	v.resize()
	return v.loadMissing()
}

func (v *View) noCell() string {
	if v.inFront() {
		return "the summary is in front; u closes it"
	}
	return v.noColumn()
}

// sums is what summing up would do.
func (v *View) sums() string {
	if v.sum.open {
		return "close"
	}
	return "sum up"
}

// shows is what show would do.
func (v *View) shows() string {
	switch {
	case v.picture() != "":
		return "image"
	case v.whole:
		return "close"
	}
	return "all of it"
}
