package files

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/artifacts/previews"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// pageEntries are the entries of a folder that are listed at once; stepEntries those
// of the folder of logged pictures, whose order by step is that of all.
const (
	pageEntries = 200
	stepEntries = 10_000
)

// tree is the part of the files that is unfolded.
type tree struct {
	folders map[string]folder
	lines   []line
	table   widget.Table
	goal    string // a path that the cursor is to go to

	field  widget.Field // what names are searched for
	typing bool
	hits   []line // of a search; nil if there is none
	sought string // what they were searched for with
	cut    bool
}

type folder struct {
	entries  []entry
	read     int // entries that were read, those included that have no line
	total    int
	unfolded bool
}

// entry is a file or a folder in one or both of two runs.
type entry struct {
	artifacts.Entry
	where where
	other int64  // bytes in the second run
	label string // of a logged picture, safe to show
	twin  string // the name of the smaller picture that stands behind this one
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
	read    int // entries on it
	entries []entry
	total   int
	gone    bool // the folder
}

// list reads a page of a folder, of two runs if there are.
func (v *View) list(name string, from int) tea.Cmd {
	if name == "." {
		name = ""
	}
	first, second := v.runs[0].files, v.second()
	return view.Load(&v.loads.list, func(ctx context.Context) (listed, error) {
		return page(ctx, first, second, name, from, pageEntries)
	})
}

// relist reads again what was read of the folders that are unfolded.
func (v *View) relist() tea.Cmd {
	first, second := v.runs[0].files, v.second()
	read := map[string]int{}
	for name, f := range v.tree.folders {
		if f.unfolded {
			read[name] = f.read
		}
	}
	if len(read) == 0 {
		read[""] = pageEntries
	}
	return view.Load(&v.loads.list, func(ctx context.Context) (all []listed, err error) {
		for _, name := range slices.Sorted(maps.Keys(read)) {
			one, err := page(ctx, first, second, name, 0, max(read[name], pageEntries))
			if err != nil && (name == "" || !errors.Is(err, fs.ErrNotExist)) {
				return nil, err
			}
			one.gone = err != nil
			all = append(all, one)
		}
		return all, nil
	})
}

// page reads entries of a folder from a place on.
func page(ctx context.Context, first, second *previews.Run, name string, from, most int) (listed, error) {
	if name == previews.StepsFolder {
		most = max(most, stepEntries)
	}
	out := listed{folder: name, from: from}
	a, err := first.Page(ctx, name, from, most)
	if second != nil && errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return out, err
	}
	out.total, out.read = a.Total, len(a.Entries)
	if second == nil {
		for _, e := range a.Entries {
			out.entries = append(out.entries, entry{Entry: e})
		}
		out.entries = arranged(out.entries)
		return out, nil
	}
	b, err := second.Page(ctx, name, from, most)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return out, err
	}
	out.entries = joined(a.Entries, b.Entries)
	out.read = len(out.entries)
	out.total = max(a.Total, b.Total, from+out.read)
	out.entries = arranged(out.entries)
	return out, nil
}

// arranged puts logged pictures in the order of their steps.
func arranged(entries []entry) []entry {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name
	}
	out := make([]entry, 0, len(entries))
	for _, p := range previews.Arranged(names) {
		e := entries[p.At]
		e.label, e.twin = p.Label, p.Twin
		out = append(out, e)
	}
	return out
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
		f = folder{}
	}
	f.entries, f.read = append(f.entries[:len(f.entries):len(f.entries)], l.entries...), f.read+l.read
	f.total, f.unfolded = l.total, true
	t.folders[l.folder] = f
	t.lay()
}

// replace takes folders that were read again, in the place of all that was read.
func (t *tree) replace(all []listed) {
	t.folders = map[string]folder{}
	for _, l := range all {
		if !l.gone {
			t.folders[l.folder] = folder{entries: l.entries, read: l.read, total: l.total, unfolded: true}
		}
	}
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
		twin := l.entry.twin != "" && path.Join(path.Dir(l.path), l.entry.twin) == name
		if (l.path == name || twin) && !l.more {
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
	if f.read < f.total {
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
	text  string
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
		out := found{text: text, lines: []line{}}
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
		out.arrange()
		return out, err
	})
}

// arrange puts logged pictures among the hits in the order of their steps.
func (f *found) arrange() {
	names := make([]string, len(f.lines))
	for i, l := range f.lines {
		names[i] = l.path
	}
	lines := make([]line, 0, len(names))
	for _, p := range previews.Arranged(names) {
		l := f.lines[p.At]
		if l.entry.label = p.Label; p.Twin != "" {
			l.entry.twin = path.Base(p.Twin)
		}
		lines = append(lines, l)
	}
	f.lines = lines
}

// found shows what was found. The cursor stays where it was if the same was found
// again.
func (t *tree) found(f found) {
	again := t.hits != nil && t.sought == f.text
	t.hits, t.cut, t.sought = f.lines, f.cut, f.text
	t.lay()
	if !again {
		t.table.To(0)
	}
}
