package textpane

import (
	tea "charm.land/bubbletea/v2"

	"benchside/tui/view"
	"benchside/tui/widget"
)

// side moves over long lines, as far as those that were read go.
func (v *View) side(n int) {
	longest := 0
	for _, r := range v.page.Rows {
		longest = max(longest, widget.Width(r.text()))
	}
	v.left = max(min(v.left+n, longest-v.w/2), 0)
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "text"
	if v.find.typing {
		return []view.Key{
			{Press: []string{"enter"}, Does: "search", Group: group, Foot: true, Run: v.search},
			{Press: []string{"esc"}, Does: "leave it", Group: group, Foot: true, Run: func() tea.Cmd { v.find.typing = false; return nil }},
		}
	}
	by := func(n int) func() tea.Cmd { return func() tea.Cmd { return v.scroll(n) } }
	side := func(n int) func() tea.Cmd { return func() tea.Cmd { v.side(n); return nil } }
	noHits := func() string {
		if len(v.find.hits) == 0 {
			return "search for something first (/)"
		}
		return ""
	}
	page := max(v.body()-1, 1)
	const step = 8 // cells
	keys := []view.Key{
		{Press: []string{"/"}, Name: "search", Does: "search", Group: group, Foot: true, Run: func() tea.Cmd { v.find.typing = true; return nil }},
		{Press: []string{"n"}, Does: "next hit", Group: group, Off: noHits, Run: func() tea.Cmd { return v.goHit(v.find.at + 1) }},
		{Press: []string{"N"}, Does: "hit before", Group: group, Off: noHits, Run: func() tea.Cmd { return v.goHit(v.find.at - 1) }},
		{Press: []string{"W"}, Name: "wrap", Does: "wrap long lines, or cut them", Short: "wrap", Group: group, Foot: true, Run: func() tea.Cmd { v.wrap, v.left = !v.wrap, 0; return nil }},
		{Press: []string{"#"}, Name: "numbers", Does: "numbers of lines", Group: group, Run: func() tea.Cmd { v.plain = !v.plain; return nil }},
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: by(1)},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: by(-1)},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: by(page)},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: by(-page)},
		{Press: []string{"g", "home"}, Does: "first line", Group: group, Run: func() tea.Cmd { v.top, v.tail = 0, false; return v.load() }},
		{Press: []string{"G", "end"}, Does: "last line", Group: group, Run: v.end},
		{Press: []string{"l", "right"}, Does: "to the right", Group: group, Run: side(step)},
		{Press: []string{"h", "left"}, Does: "to the left", Group: group, Run: side(-step)},
	}
	_, grows := v.source.(Growing)
	still := func() string {
		if !grows {
			return "only logs are followed"
		}
		return ""
	}
	return append(keys, view.Key{Press: []string{"F"}, Name: "follow", Does: "follow the end of a log", Short: "follow", Group: group, Foot: grows, Off: still, Run: func() tea.Cmd {
		v.tail = !v.tail
		return v.load()
	}})
}
