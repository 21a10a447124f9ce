package files

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/artifacts/previews"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// pageEntries are the entries of a folder that are listed at once.
const pageEntries = 200

// tree is the part of the files that is unfolded.
type tree struct {
	folders map[string]folder
	lines   []line
	table   widget.Table
	goal    string // a path that the cursor is to go to

	field  widget.Field // what names are searched for
	typing bool
	hits   []line // of a search; nil if there is none
	cut    bool
}

type folder struct {
	entries  []entry
	total    int
	unfolded bool
}

// entry is a file or a folder in one or both of two runs.
type entry struct {
	artifacts.Entry
	where where
	other int64 // bytes in the second run
}

// where says which of two runs an entry is in.
type where int

const (
	both where = iota
	onlyFirst
	onlySecond
)

type line struct {
	path   string
	folder string // that it is listed in
	depth  int
	entry  entry
	more   bool // there are more in the folder
}

func newTree() tree {
	t := tree{folders: map[string]folder{}, field: widget.NewField("part of a name")}
	t.table.Resize(24, 20)
	return t
}

// listed is a page of a folder.
type listed struct {
	folder  string
	from    int
	entries []entry
	total   int
}

// list reads a page of a folder, of two runs if there are.
func (v *View) list(name string, from int) tea.Cmd {
	if name == "." {
		name = ""
	}
	first, second := v.runs[0].files, v.second()
	return view.Load(&v.loads.list, func(ctx context.Context) (listed, error) {
		a, err := first.Page(ctx, name, from, pageEntries)
		if second != nil && errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err != nil {
			return listed{}, err
		}
		out := listed{folder: name, from: from, total: a.Total}
		if second == nil {
			for _, e := range a.Entries {
				out.entries = append(out.entries, entry{Entry: e})
			}
			return out, nil
		}
		b, err := second.Page(ctx, name, from, pageEntries)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return out, err
		}
		out.entries = joined(a.Entries, b.Entries)
		out.total = max(a.Total, b.Total, from+len(out.entries))
		return out, nil
	})
}

// second is the run that the first one is held against, nil if there is none.
func (v *View) second() *previews.Run {
	if v.against == 0 || v.against >= len(v.runs) {
		return nil
	}
	return v.runs[v.against].files
}

func joined(a, b []artifacts.Entry) (out []entry) {
	at := map[string]int{}
	for _, e := range a {
		at[e.Name] = len(out)
		out = append(out, entry{Entry: e, where: onlyFirst})
	}
	for _, e := range b {
		if i, ok := at[e.Name]; ok {
			out[i].where, out[i].other = both, e.Bytes
			continue
		}
		out = append(out, entry{Entry: e, where: onlySecond, other: e.Bytes})
	}
	slices.SortStableFunc(out, func(a, b entry) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func (t *tree) take(l listed) {
	f := t.folders[l.folder]
	if l.from == 0 {
		f.entries = nil
	}
	f.entries = append(f.entries[:min(l.from, len(f.entries))], l.entries...)
	f.total, f.unfolded = l.total, true
	t.folders[l.folder] = f
	t.lay()
}

// lay lists the lines that are unfolded, and keeps the cursor on its path.
func (t *tree) lay() {
	was := ""
	if l := t.current(); l != nil {
		was = l.path
	}
	t.lines = nil
	if t.hits != nil {
		t.lines = t.hits
	} else {
		t.branch("", 0)
	}
	t.table.Count = len(t.lines)
	t.put(was)
}

// put puts the cursor on a path, or leaves it in its place.
func (t *tree) put(name string) bool {
	for i, l := range t.lines {
		if l.path == name && !l.more {
			t.table.To(i)
			return true
		}
	}
	t.table.Move(0)
	return false
}

func (t *tree) branch(name string, depth int) {
	const deepest = 64
	f := t.folders[name]
	for _, e := range f.entries {
		full := path.Join(name, e.Name)
		t.lines = append(t.lines, line{path: full, folder: name, depth: depth, entry: e})
		if e.Folder && t.folders[full].unfolded && depth < deepest {
			t.branch(full, depth+1)
		}
	}
	if len(f.entries) < f.total {
		t.lines = append(t.lines, line{path: path.Join(name, "…"), folder: name, depth: depth, more: true})
	}
}

func (t *tree) current() *line {
	if t.table.Cursor < len(t.lines) {
		return &t.lines[t.table.Cursor]
	}
	return nil
}

// missing is the first folder on the way to the goal that was not read, false if
// there is none. What was read is unfolded.
func (t *tree) missing() (folder string, ok bool) {
	at := ""
	for part := range strings.SplitSeq("./"+path.Dir(t.goal), "/") {
		if part != "." {
			at = path.Join(at, part)
		}
		f, read := t.folders[at]
		if !read {
			return at, true
		}
		f.unfolded = true
		t.folders[at] = f
	}
	t.lay()
	return "", false
}

// reach puts the cursor on the goal if it is listed.
func (t *tree) reach() {
	if t.goal != "" && t.put(t.goal) {
		t.goal = ""
	}
}

// forget drops what was read.
func (t *tree) forget() { t.folders = map[string]folder{} }

// clear ends a search.
func (t *tree) clear() {
	t.hits, t.cut, t.typing = nil, false, false
	t.field.Set("")
	t.lay()
}

// flip unfolds the folder under the cursor, or folds it.
func (v *View) flip() tea.Cmd {
	l := v.tree.current()
	if l == nil || !l.entry.Folder {
		return nil
	}
	f, read := v.tree.folders[l.path]
	if !read {
		return v.list(l.path, 0)
	}
	f.unfolded = !f.unfolded
	v.tree.folders[l.path] = f
	v.tree.lay()
	return nil
}

// mostFound bounds what a search lists.
const mostFound = 500

type found struct {
	lines []line
	cut   bool
}

// search lists the files whose paths have what was typed in them.
func (v *View) search() tea.Cmd {
	text := strings.ToLower(v.tree.field.Text())
	if text == "" {
		v.loads.find.Cancel()
		v.tree.hits, v.tree.cut = nil, false
		v.tree.lay()
		return nil
	}
	files := v.runs[0].files
	return view.Load(&v.loads.find, func(ctx context.Context) (found, error) {
		out := found{lines: []line{}}
		cut, err := files.Walk(ctx, "", func(name string, e artifacts.Entry) error {
			if e.Folder || !strings.Contains(strings.ToLower(name), text) {
				return nil
			}
			out.lines = append(out.lines, line{path: name, entry: entry{Entry: e}})
			if len(out.lines) >= mostFound {
				return artifacts.ErrEnough
			}
			return nil
		})
		out.cut = cut
		slices.SortFunc(out.lines, func(a, b line) int { return cmp.Compare(a.path, b.path) })
		return out, err
	})
}

func (t *tree) found(f found) {
	t.hits, t.cut = f.lines, f.cut
	t.lay()
	t.table.To(0)
}
