package files

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/tui/copies"
	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	front := v.seen.front()
	if v.focused && front != nil {
		keys := front.Keys()
		if v.Typing() {
			return keys
		}
		return append(keys, v.fileKeys()...)
	}
	if v.tree.typing {
		return v.nameKeys()
	}
	keys := append(v.treeKeys(), v.fileKeys()...)
	if front == nil {
		return keys
	}
	return append(keys, inside(front.Keys(), keys)...)
}

// inside are the keys of the part beside the tree that the tree has not itself: the
// help lists them, and says how to get to them.
func inside(part, taken []view.Key) (out []view.Key) {
	for _, k := range part {
		if slices.ContainsFunc(taken, func(t view.Key) bool {
			return k.Name != "" && k.Name == t.Name || slices.ContainsFunc(t.Press, func(press string) bool { return slices.Contains(k.Press, press) })
		}) {
			continue
		}
		k.Foot, k.Off = false, func() string { return "tab into the file first" }
		out = append(out, k)
	}
	return out
}

func (v *View) treeKeys() []view.Key {
	const group = "files"
	move := func(n int) func() tea.Cmd {
		return func() tea.Cmd { v.tree.table.Move(n); return v.follow() }
	}
	page := max(v.tree.table.Height-1, 1)
	return []view.Key{
		{Press: []string{"enter", "space"}, Name: "open", Does: "unfold the folder, or go into the file", Short: "open", Group: group, Foot: true, Off: v.noFiles, Run: v.enterLine},
		{Press: []string{"/", "f"}, Name: "find", Does: "find files by a part of their path", Short: "find", Group: group, Foot: true, Off: v.noFiles, Run: func() tea.Cmd {
			v.tree.typing = true
			return v.resize()
		}},
		{Press: []string{"l", "right"}, Does: "unfold, or go into the file", Group: group, Run: v.in},
		{Press: []string{"h", "left"}, Does: "fold, or to the folder", Group: group, Run: v.out},
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: move(1)},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: move(-1)},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: move(page)},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: move(-page)},
		{Press: []string{"g", "home"}, Does: "first", Group: group, Run: func() tea.Cmd { v.tree.table.To(0); return v.follow() }},
		{Press: []string{"G", "end"}, Does: "last", Group: group, Run: func() tea.Cmd { v.tree.table.To(len(v.tree.lines)); return v.follow() }},
	}
}

// nameKeys are those while a name is typed.
func (v *View) nameKeys() []view.Key {
	const group = "files"
	return []view.Key{
		{Press: []string{"enter"}, Does: "keep", Group: group, Foot: true, Run: func() tea.Cmd {
			v.tree.typing = false
			return v.resize()
		}},
		{Press: []string{"esc"}, Does: "all files", Group: group, Foot: true, Run: v.allFiles},
		{Press: []string{"down"}, Does: "down", Group: group, Run: func() tea.Cmd { v.tree.table.Move(1); return v.follow() }},
		{Press: []string{"up"}, Does: "up", Group: group, Run: func() tea.Cmd { v.tree.table.Move(-1); return v.follow() }},
	}
}

// allFiles ends the search; the cursor stays on the file that it found.
func (v *View) allFiles() tea.Cmd {
	v.loads.find.Cancel()
	at := ""
	if l := v.tree.current(); l != nil {
		at = l.path
	}
	v.tree.clear()
	if at == "" {
		return v.resize()
	}
	return tea.Batch(v.resize(), v.goTo(at))
}

// fileKeys are those for the file that is shown, wherever the focus is.
func (v *View) fileKeys() []view.Key {
	const group = "file"
	keys := []view.Key{
		{Press: []string{"tab"}, Name: "focus", Does: "between the files and what one shows", Short: "focus", Group: group, Foot: true, Off: v.nothing, Run: func() tea.Cmd {
			v.focused = !v.focused
			return v.resize()
		}},
		{Press: []string{"p"}, Name: "flip", Does: "the chart of the numbers, or the file itself", Short: "chart/file", Group: group, Foot: v.seen.charts != nil, Off: v.noCharts, Run: func() tea.Cmd {
			v.seen.itself = !v.seen.itself
			return v.turned()
		}},
		{
			Press: []string{"d"}, Name: "download", Does: "copy the file to a folder", Short: "download", Group: group, Foot: !v.served, Off: v.notHere, Takes: "a folder",
			Run: func() tea.Cmd { return view.Send(view.Prompt{Text: ":download "}) }, With: v.download,
		},
		{Press: []string{"R"}, Name: "report", Does: "open the drift report that the file is", Short: "drift report", Group: group, Foot: v.noReport() == "", Off: v.noReport, Run: v.openReport},
		{Press: []string{"!"}, Name: "notes", Does: "all that is said of the file, or the first lines", Short: "notes", Group: group, Foot: v.cut(), Off: v.noMore, Run: func() tea.Cmd {
			v.unfolded = !v.unfolded
			return v.resize()
		}},
		{Press: []string{"o"}, Name: "outside", Does: "open a copy of the file in $PAGER, $EDITOR or a viewer", Short: "open outside", Group: group, Off: v.notHere, Run: v.outside},
	}
	keys = append(keys,
		view.Key{Press: []string{"b"}, Name: "next-run", Does: "against the next of several runs", Short: "next run", Group: group, Foot: true, Off: v.oneOther, Run: v.nextRun},
		view.Key{Press: []string{"e"}, Name: "difference", Does: "the difference of two runs, or the first one's file", Short: "difference", Group: group, Foot: true, Off: v.noDifference, Run: func() tea.Cmd {
			v.seen.alone = !v.seen.alone
			return v.turned()
		}})
	switch {
	case v.focused && v.behind != nil:
		keys = append(keys, view.Key{Press: []string{"esc"}, Does: "back to the table", Short: "table", Group: group, Foot: true, Run: v.back})
	case v.focused:
		keys = append(keys, view.Key{Press: []string{"esc"}, Does: "back to the files", Short: "files", Group: group, Run: func() tea.Cmd {
			v.focused = false
			return v.resize()
		}})
	case v.tree.hits != nil:
		keys = append(keys, view.Key{Press: []string{"esc"}, Does: "all files", Short: "all files", Group: group, Foot: true, Run: v.allFiles})
	}
	return keys
}

// turned puts another part in front.
func (v *View) turned() tea.Cmd {
	return tea.Batch(v.paint.Hide(), v.resize(), v.enter())
}

func (v *View) enterLine() tea.Cmd {
	l := v.tree.current()
	switch {
	case l == nil:
		return nil
	case l.more:
		return v.follow()
	case l.entry.Folder:
		return v.flip()
	}
	v.focused = true
	if l.path != v.seen.path {
		v.forget()
		return tea.Batch(v.open(l.path), v.resize())
	}
	return v.resize()
}

func (v *View) in() tea.Cmd {
	l := v.tree.current()
	if l != nil && l.entry.Folder && v.tree.folders[l.path].unfolded {
		v.tree.table.Move(1)
		return v.follow()
	}
	return v.enterLine()
}

func (v *View) out() tea.Cmd {
	l := v.tree.current()
	switch {
	case l == nil:
	case l.entry.Folder && v.tree.folders[l.path].unfolded:
		return v.flip()
	case l.folder != "":
		v.tree.put(l.folder)
	}
	return nil
}

// nextRun holds the first run against the next one that has files.
func (v *View) nextRun() tea.Cmd {
	v.against = v.against%(v.withFiles()-1) + 1
	v.forget()
	return tea.Batch(v.relist(), v.open(v.seen.path))
}

func (v *View) noFiles() string {
	if len(v.runs) == 0 || v.runs[0].files == nil {
		return "there are no files"
	}
	return ""
}

func (v *View) nothing() string {
	if v.seen.front() == nil {
		return "no file is open"
	}
	return ""
}

func (v *View) notHere() string {
	if v.served {
		return "only in a session on the machine of the store; `benchside artifacts get` fetches files"
	}
	return v.nothing()
}

func (v *View) noMore() string {
	if !v.cut() {
		return "all of it is shown"
	}
	return ""
}

func (v *View) noCharts() string {
	if v.seen.charts == nil {
		return "no numbers were logged beside this file"
	}
	return ""
}

func (v *View) noDifference() string {
	if v.seen.diff == nil {
		return "no file of two runs is open"
	}
	return ""
}

func (v *View) oneOther() string {
	switch v.withFiles() {
	case 0, 1:
		return "no other run has files"
	case 2:
		return "two runs have files"
	}
	return ""
}

// download copies the file that is shown to a folder. It replaces nothing.
func (v *View) download(folder string) tea.Cmd {
	folder = strings.TrimSpace(folder)
	if why := v.notHere(); why != "" {
		return view.Send(view.Say{Text: why, Bad: true})
	}
	if folder == "" {
		return view.Send(view.Say{Text: "download needs a folder: :download ~/plots", Bad: true})
	}
	files, name := v.runs[0].files, v.seen.path
	return view.Load(&v.loads.copy, func(ctx context.Context) (copies.Copied, error) { return copies.To(ctx, files, name, folder) })
}

// outside opens a copy of the file.
func (v *View) outside() tea.Cmd {
	if v.seen.preview == nil {
		return view.Send(view.Say{Text: "the first run has no such file", Bad: true})
	}
	files, name, text := v.runs[0].files, v.seen.path, v.seen.preview.Kind.Textual()
	return view.Load(&v.loads.copy, func(ctx context.Context) (copies.Copied, error) { return copies.Aside(ctx, files, name, text) })
}
