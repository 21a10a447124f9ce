package arraypane

import (
	"math"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "array"
	by := func(rows, columns int64) func() tea.Cmd { return func() tea.Cmd { return v.move(rows, columns) } }
	rows, columns := v.room()
	charted := func() string {
		if !v.numbers {
			return "the chart shows all of it; v shows numbers"
		}
		return ""
	}
	keys := []view.Key{
		{Press: []string{"v"}, Name: "numbers", Does: "a chart, or the numbers", Short: "numbers", Group: group, Foot: true, Run: func() tea.Cmd { v.numbers = !v.numbers; return v.load() }},
		{Press: []string{"]"}, Name: "next-slice", Does: "next plane along the axis", Short: "plane", Group: group, Foot: len(v.axes()) > 0, Off: v.flat, Run: func() tea.Cmd { return v.slice(1) }},
		{Press: []string{"["}, Name: "previous-slice", Does: "plane before", Group: group, Off: v.flat, Run: func() tea.Cmd { return v.slice(-1) }},
		{Press: []string{"a"}, Name: "axis", Does: "another axis to walk along", Short: "axis", Group: group, Foot: len(v.axes()) > 1, Off: v.flat, Run: v.turnAxis},
		{Press: []string{"j", "down"}, Does: "down", Group: group, Off: charted, Run: by(1, 0)},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Off: charted, Run: by(-1, 0)},
		{Press: []string{"l", "right"}, Does: "to the right", Group: group, Off: charted, Run: by(0, 1)},
		{Press: []string{"h", "left"}, Does: "to the left", Group: group, Off: charted, Run: by(0, -1)},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Off: charted, Run: by(int64(rows), 0)},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Off: charted, Run: by(-int64(rows), 0)},
		{Press: []string{")"}, Does: "page to the right", Group: group, Off: charted, Run: by(0, int64(columns))},
		{Press: []string{"("}, Does: "page to the left", Group: group, Off: charted, Run: by(0, -int64(columns))},
		{Press: []string{"g", "home"}, Does: "first number", Group: group, Off: charted, Run: func() tea.Cmd { v.from = [2]int64{}; return v.load() }},
		{Press: []string{"G", "end"}, Does: "last row", Group: group, Off: charted, Run: by(math.MaxInt32, 0)},
	}
	return append(keys,
		view.Key{Press: []string{"n"}, Name: "next-array", Does: "next array of the file", Short: "next array", Group: group, Foot: true, Off: v.alone, Run: func() tea.Cmd { return v.turn(1) }},
		view.Key{Press: []string{"N"}, Name: "previous-array", Does: "array before", Group: group, Off: v.alone, Run: func() tea.Cmd { return v.turn(-1) }})
}

func (v *View) alone() string {
	if v.archive == nil || len(v.archive.Names()) < 2 {
		return "there is one array"
	}
	return ""
}

func (v *View) turn(n int) tea.Cmd {
	if all := len(v.archive.Names()); all > 0 {
		v.which = ((v.which+n)%all + all) % all
		return v.open()
	}
	return nil
}

// axes are those that are not of the plane.
func (v *View) axes() (out []int) {
	if v.array == nil {
		return nil
	}
	for i := range v.array.Shape {
		if i != v.plane.RowAxis && i != v.plane.ColumnAxis {
			out = append(out, i)
		}
	}
	return out
}

func (v *View) flat() string {
	if len(v.axes()) == 0 {
		return "there is one plane"
	}
	return ""
}

func (v *View) slice(n int64) tea.Cmd {
	if at := slices.Index(v.axes(), v.axis); at < 0 {
		v.axis = v.axes()[0]
	}
	v.plane.At = slices.Clone(v.plane.At)
	v.plane.At[v.axis] = max(min(v.plane.At[v.axis]+n, v.array.Shape[v.axis]-1), 0)
	return v.load()
}

func (v *View) turnAxis() tea.Cmd {
	all := v.axes()
	v.axis = all[(slices.Index(all, v.axis)+1)%len(all)]
	return nil
}
