// Package treepane shows JSON, YAML and TOML as trees that are folded and
// searched. It parses nothing.
package treepane

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts/trees"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/textpane"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// View is the pane.
type View struct {
	tree   *trees.Tree
	theme  *themes.Theme
	folded map[int]bool
	shown  []int // nodes that are not within a folded one
	table  widget.Table
	field  widget.Field
	typing bool
	find   *regexp.Regexp
	hits   int
	whole  bool // all of the value under the cursor is shown below
	w, h   int
}

// New returns a pane over a document. Of a long one only the upper levels are
// unfolded.
func New(tree *trees.Tree, theme *themes.Theme) *View {
	v := &View{tree: tree, theme: theme, folded: map[int]bool{}, field: widget.NewField("key or value")}
	v.foldBelow(v.fitting())
	v.table.Resize(80, 24)
	return v
}

// fitting is the depth down to which a document is short enough to be shown
// unfolded.
func (v *View) fitting() int {
	const most = 200 // nodes
	var at [64]int
	for _, n := range v.tree.Nodes {
		at[min(n.Depth, len(at)-1)]++
	}
	sum := at[0]
	for depth := 1; depth < len(at); depth++ {
		if sum += at[depth]; sum > most && depth > 1 {
			return depth - 1
		}
	}
	return len(at) * 1000
}

func (v *View) foldBelow(depth int) {
	clear(v.folded)
	for i, n := range v.tree.Nodes {
		if n.Children > 0 && n.Depth >= depth {
			v.folded[i] = true
		}
	}
	v.show()
}

// show lists what is to be seen, and keeps the cursor on its node.
func (v *View) show() {
	at := v.current()
	v.shown = v.tree.Visible(func(i int) bool { return v.folded[i] })
	v.table.Count = len(v.shown)
	v.goTo(at)
}

func (v *View) current() int {
	if v.table.Cursor < len(v.shown) {
		return v.shown[v.table.Cursor]
	}
	return 0
}

// goTo puts the cursor on a node, or on the folded one that it is in.
func (v *View) goTo(node int) {
	best := 0
	for row, i := range v.shown {
		if i <= node {
			best = row
		}
	}
	v.table.To(best)
}

// Resume goes on where a pane of the same document was: what was folded is folded
// still, and the cursor is on the same place.
func (v *View) Resume(from view.View) {
	before, ok := from.(*View)
	if !ok || len(before.tree.Nodes) == 0 {
		return
	}
	old, now := names(before.tree), names(v.tree)
	folded := map[uint64]bool{} // by name, whether it was folded
	for i, n := range before.tree.Nodes {
		if n.Children > 0 {
			folded[old[i]] = before.folded[i]
		}
	}
	at := 0
	for i, name := range now {
		if was, known := folded[name]; known && v.tree.Nodes[i].Children > 0 {
			if delete(v.folded, i); was {
				v.folded[i] = true
			}
		}
		if name == old[before.current()] {
			at = i
		}
	}
	v.field, v.find, v.hits = before.field, before.find, before.hits
	v.whole, v.w, v.h = before.whole, before.w, before.h
	v.table.Resize(before.table.Width, before.table.Height)
	v.show()
	v.table.Top = before.table.Top
	v.goTo(at)
}

// names are numbers that tell the places of a document apart: two documents have
// the same for the same path.
func names(t *trees.Tree) []uint64 {
	out := make([]uint64, len(t.Nodes))
	h := fnv.New64a()
	for i, n := range t.Nodes {
		if n.Parent < 0 {
			continue
		}
		h.Reset()
		var above [8]byte
		binary.LittleEndian.PutUint64(above[:], out[n.Parent])
		key := n.Key
		if t.Nodes[n.Parent].Type == trees.Array {
			key = strconv.Itoa(n.Index)
		}
		_, _ = h.Write(above[:]) // a hash takes everything
		_, _ = h.Write([]byte(key))
		out[i] = h.Sum64()
	}
	return out
}

// Title implements view.View.
func (v *View) Title() string { return v.tree.Format.String() }

// Typing implements view.View.
func (v *View) Typing() bool { return v.typing }

// Status implements view.View.
func (v *View) Status() string {
	if len(v.tree.Nodes) == 0 {
		return ""
	}
	at := v.current()
	said := sanitize.Line(v.tree.Path(at))
	if n := &v.tree.Nodes[at]; n.Children == 0 {
		said = sanitize.Line(n.Text) + "   " + said
	}
	if v.find != nil {
		said = widget.Several(v.hits, "hit") + "   " + said
	}
	return said
}

// Init implements view.View.
func (v *View) Init() tea.Cmd { return nil }

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.w, v.h = m.Width, m.Height
		v.resize()
	case view.Wheel:
		v.table.Scroll(m.Rows)
		v.resize()
	case view.Click:
		if row, _ := v.table.At(m.X, m.Y); row >= 0 {
			v.table.To(row)
			if m.Double {
				v.flip()
			}
			v.resize()
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		v.field.Update(m)
	}
	return nil
}

func (v *View) resize() { v.table.Resize(v.w-1, v.room(v.h)) }

func (v *View) room(height int) int {
	if v.typing {
		height--
	}
	return max(height-len(v.value(v.w, height)), 0)
}

// value is all of the value under the cursor, if that is asked for: it may be cut
// where it stands.
func (v *View) value(width, height int) []string {
	at := v.current()
	if !v.whole || at >= len(v.tree.Nodes) || v.tree.Nodes[at].Children > 0 {
		return nil
	}
	return widget.Whole(v.tree.Nodes[at].Text, width, height*2/3, v.theme)
}

// flip folds or unfolds; of a value, which has nothing to fold, it shows all.
func (v *View) flip() {
	at := v.current()
	if len(v.tree.Nodes) == 0 {
		return
	}
	if n := &v.tree.Nodes[at]; n.Children == 0 {
		v.whole = !v.whole && n.Type != trees.Object && n.Type != trees.Array
		return
	}
	if v.folded[at] = !v.folded[at]; !v.folded[at] {
		delete(v.folded, at)
	}
	v.show()
}

// turns is what flip would do next.
func (v *View) turns() string {
	switch at := v.current(); {
	case at >= len(v.tree.Nodes) || v.tree.Nodes[at].Children > 0:
		return "fold"
	case v.whole:
		return "close"
	}
	return "all of it"
}

// in unfolds, or goes to the first child.
func (v *View) in() {
	at := v.current()
	switch n := v.tree.Nodes[at]; {
	case v.folded[at]:
		v.flip()
	case n.Children > 0:
		v.table.Move(1)
	}
}

// out folds, or goes to the parent.
func (v *View) out() {
	at := v.current()
	n := v.tree.Nodes[at]
	if n.Children > 0 && !v.folded[at] {
		v.flip()
		return
	}
	if n.Parent >= 0 {
		v.goTo(n.Parent)
	}
}

// search counts the nodes that fit and goes to the next one from the cursor on.
func (v *View) search() tea.Cmd {
	v.typing = false
	v.find, v.hits = nil, 0
	if v.field.Text() == "" {
		return nil
	}
	v.find = textpane.Pattern(v.field.Text())
	for i := range v.tree.Nodes {
		if v.fits(i) {
			v.hits++
		}
	}
	v.next(0, 1)
	return nil
}

func (v *View) fits(i int) bool {
	n := &v.tree.Nodes[i]
	return v.find.MatchString(n.Key) || n.Children == 0 && v.find.MatchString(n.Text)
}

// next goes to a node that fits, from so far behind the cursor on.
func (v *View) next(from, by int) {
	n := len(v.tree.Nodes)
	for i := range n {
		at := ((v.current()+from+by*i)%n + n) % n
		if !v.fits(at) {
			continue
		}
		for up := v.tree.Nodes[at].Parent; up >= 0; up = v.tree.Nodes[up].Parent {
			delete(v.folded, up)
		}
		v.show()
		v.goTo(at)
		return
	}
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t := v.theme
	room := v.room(height)
	below := v.value(width, height)
	var lines []string
	for row := v.table.Top; row < len(v.shown) && len(lines) < room; row++ {
		lines = append(lines, v.row(row, width))
	}
	if len(v.tree.Nodes) == 0 {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add("nothing in it", t.Dim).String())
	}
	for len(below) > 0 && len(lines) < room {
		lines = append(lines, strings.Repeat(" ", max(width, 0)))
	}
	lines = append(lines, below...)
	if !v.typing {
		return widget.Fit(lines, width, height)
	}
	l := widget.NewLine(width, themes.Style{}, t.Glyphs)
	l.Pad(1).Add("search  ", t.Dim)
	v.field.Draw(l, l.Left(), t)
	return strings.TrimPrefix(widget.Fit(lines, width, height-1)+"\n"+l.String(), "\n")
}

func (v *View) row(row, width int) string {
	t := v.theme
	i := v.shown[row]
	n := &v.tree.Nodes[i]
	base, bar, style := themes.Style{}, " ", themes.Style{}
	if row == v.table.Cursor {
		base, bar, style = t.Cursor, t.Glyphs.Bar, t.Accent
	}
	l := widget.NewLine(width, base, t.Glyphs)
	l.Cell(bar, 1, false, style)
	const deepest = 40 // levels that are indented
	l.Pad(2 * min(n.Depth, deepest))
	sign := " "
	switch {
	case n.Children > 0 && v.folded[i]:
		sign = t.Glyphs.Folded
	case n.Children > 0:
		sign = t.Glyphs.Unfolded
	}
	l.Add(sign+" ", t.Dim)
	v.key(l, n)
	v.scalar(l, n)
	return l.String()
}

func (v *View) key(l *widget.Line, n *trees.Node) {
	if n.Parent < 0 {
		return
	}
	style, name := v.theme.Info, sanitize.Line(n.Key)
	if v.tree.Nodes[n.Parent].Type == trees.Array {
		style, name = v.theme.Dim, fmt.Sprint(n.Index)
	}
	if v.find != nil && v.find.MatchString(n.Key) {
		style = v.theme.Match
	}
	l.Add(name, style)
	if n.Again {
		l.Add(" (again)", v.theme.Warn)
	}
	l.Add("  ", themes.Style{})
}

func (v *View) scalar(l *widget.Line, n *trees.Node) {
	t := v.theme
	text, style := sanitize.Line(n.Text), themes.Style{}
	switch n.Type {
	case trees.Object:
		text, style = "{"+widget.Several(n.Children, "key")+"}", t.Dim
	case trees.Array:
		text, style = "["+widget.Several(n.Children, "item")+"]", t.Dim
	case trees.String:
		style = t.Good
		if n.Text == "" {
			text = `""`
		}
	case trees.Number:
		style = t.Warn
	case trees.Bool, trees.Null, trees.Other:
		style = t.Accent
	}
	if v.find != nil && n.Children == 0 && v.find.MatchString(n.Text) {
		style = t.Match
	}
	l.Add(text, style)
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "tree"
	if v.typing {
		return []view.Key{
			{Press: []string{"enter"}, Does: "search", Group: group, Foot: true, Run: v.search},
			{Press: []string{"esc"}, Does: "leave it", Group: group, Foot: true, Run: func() tea.Cmd { v.typing = false; return nil }},
		}
	}
	then := func(do func()) func() tea.Cmd {
		return func() tea.Cmd {
			do()
			v.resize() // the value under the cursor takes as much room as it is long
			return nil
		}
	}
	none := func() string {
		if v.find == nil {
			return "search for something first (/)"
		}
		return ""
	}
	empty := func() string {
		if len(v.tree.Nodes) == 0 {
			return "there is nothing in it"
		}
		return ""
	}
	page := max(v.table.Height-1, 1)
	return []view.Key{
		{Press: []string{"enter", "space"}, Name: "fold", Does: "fold or unfold; all of a value that is cut", Short: v.turns(), Group: group, Foot: true, Off: empty, Run: then(v.flip)},
		{Press: []string{"/"}, Name: "search", Does: "search", Group: group, Foot: true, Off: empty, Run: then(func() { v.typing = true })},
		{Press: []string{"n"}, Does: "next hit", Group: group, Off: none, Run: then(func() { v.next(1, 1) })},
		{Press: []string{"N"}, Does: "hit before", Group: group, Off: none, Run: then(func() { v.next(-1, -1) })},
		{Press: []string{"{"}, Name: "fold-all", Does: "fold all", Group: group, Foot: true, Run: then(func() { v.foldBelow(1) })},
		{Press: []string{"}"}, Name: "unfold-all", Does: "unfold all", Group: group, Foot: true, Run: then(func() { v.foldBelow(len(v.tree.Nodes)) })},
		{Press: []string{"y"}, Name: "copy-value", Does: "copy the value", Short: "copy", Group: group, Foot: true, Off: empty, Run: func() tea.Cmd {
			return view.Send(view.Copy{Text: v.tree.Nodes[v.current()].Text, What: "the value"})
		}},
		{Press: []string{"Y"}, Name: "copy-path", Does: "copy the path to the value", Group: group, Off: empty, Run: func() tea.Cmd {
			return view.Send(view.Copy{Text: v.tree.Path(v.current()), What: "the path"})
		}},
		{Press: []string{"l", "right"}, Does: "unfold, or to the first in it", Group: group, Off: empty, Run: then(v.in)},
		{Press: []string{"h", "left"}, Does: "fold, or to what it is in", Group: group, Off: empty, Run: then(v.out)},
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: then(func() { v.table.Move(1) })},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: then(func() { v.table.Move(-1) })},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: then(func() { v.table.Move(page) })},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: then(func() { v.table.Move(-page) })},
		{Press: []string{"g", "home"}, Does: "first", Group: group, Run: then(func() { v.table.To(0) })},
		{Press: []string{"G", "end"}, Does: "last", Group: group, Run: then(func() { v.table.To(len(v.shown)) })},
	}
}
