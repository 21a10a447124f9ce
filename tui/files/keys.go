package files

import (
	tea "charm.land/bubbletea/v2"

	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	if v.focused && v.seen.front() != nil {
		keys := v.seen.front().Keys()
		if v.Typing() {
			return keys
		}
		return append(keys, v.fileKeys()...)
	}
	if v.tree.typing {
		return v.nameKeys()
	}
	return append(v.treeKeys(), v.fileKeys()...)
}

func (v *View) treeKeys() []view.Key {
	const group = "files"
	move := func(n int) func() tea.Cmd {
		return func() tea.Cmd { v.tree.table.Move(n); return v.follow() }
	}
	page := max(v.tree.table.Height-1, 1)
	return []view.Key{
		{Press: []string{"enter", "space"}, Name: "open", Does: "unfold the folder, or go into the file", Short: "open", Group: group, Foot: true, Run: v.enterLine},
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
		{Press: []string{"o"}, Name: "outside", Does: "open a copy of the file in $PAGER, $EDITOR or a viewer", Short: "open outside", Group: group, Off: v.notHere, Run: v.outside},
	}
	if len(v.ask.Runs) > 1 {
		keys = append(keys,
			view.Key{Press: []string{"b"}, Name: "next-run", Does: "against the next run", Short: "next run", Group: group, Foot: true, Off: v.oneOther, Run: v.nextRun},
			view.Key{Press: []string{"e"}, Name: "difference", Does: "the difference, or the first run's file", Short: "difference", Group: group, Foot: true, Off: v.noDifference, Run: func() tea.Cmd {
				v.seen.alone = !v.seen.alone
				return v.turned()
			}})
	}
	switch {
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
	for range v.runs {
		if v.against++; v.against >= len(v.runs) {
			v.against = 1
		}
		if v.runs[v.against].files != nil {
			break
		}
	}
	v.tree.forget()
	if v.seen.path != "" {
		return v.goTo(v.seen.path)
	}
	return v.list("", 0)
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
	if len(v.runs) < 3 {
		return "there are two runs"
	}
	return ""
}
