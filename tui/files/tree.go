package files

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

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
	sought string // what they were searched for with
	cut    bool
}

type folder struct {
	entries  []previews.Listed
	read     int // entries that were read, those included that have no line
	total    int
	unfolded bool
}

type line struct {
	path   string
	folder string // that it is listed in
	depth  int
	entry  previews.Listed
	more   bool // there are more in the folder
}

func newTree() tree {
	t := tree{folders: map[string]folder{}, field: widget.NewField("part of a name")}
	t.table.Resize(24, 20)
	return t
}

// listed is a page of a folder.
type listed struct {
	folder string
	from   int
	gone   bool // the folder
	previews.Listing
}

// list reads a page of a folder, of two runs if there are.
func (v *View) list(name string, from int) tea.Cmd {
	if name == "." {
		name = ""
	}
	first, second := v.runs[0].files, v.second()
	return view.Load(&v.loads.list, func(ctx context.Context) (listed, error) {
		page, err := previews.List(ctx, first, second, name, from, pageEntries)
		return listed{folder: name, from: from, Listing: page}, err
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
			page, err := previews.List(ctx, first, second, name, 0, max(read[name], pageEntries))
			if err != nil && (name == "" || !errors.Is(err, fs.ErrNotExist)) {
				return nil, err
			}
			all = append(all, listed{folder: name, gone: err != nil, Listing: page})
		}
		return all, nil
	})
}

// second is the run that the first one is held against, nil if there is none.
func (v *View) second() *previews.Run {
	if v.against == 0 || v.against >= len(v.runs) {
		return nil
	}
	return v.runs[v.against].files
}

func (t *tree) take(l listed) {
	f := t.folders[l.folder]
	if l.from == 0 {
		f = folder{}
	}
	f.entries, f.read = append(f.entries[:len(f.entries):len(f.entries)], l.Entries...), f.read+l.Read
	f.total, f.unfolded = l.Total, true
	t.folders[l.folder] = f
	t.lay()
}

// replace takes folders that were read again, in the place of all that was read.
func (t *tree) replace(all []listed) {
	t.folders = map[string]folder{}
	for _, l := range all {
		if !l.gone {
			t.folders[l.folder] = folder{entries: l.Entries, read: l.Read, total: l.Total, unfolded: true}
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
		twin := l.entry.Twin != "" && path.Join(path.Dir(l.path), l.entry.Twin) == name
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
	text := v.tree.field.Text()
	if text == "" {
		v.loads.find.Cancel()
		v.tree.hits, v.tree.cut = nil, false
		v.tree.lay()
		return nil
	}
	files := v.runs[0].files
	return view.Load(&v.loads.find, func(ctx context.Context) (found, error) {
		hits, cut, err := previews.Find(ctx, files, text, mostFound)
		out := found{text: text, lines: []line{}, cut: cut}
		for _, h := range hits {
			out.lines = append(out.lines, line{path: h.Path, entry: h})
		}
		return out, err
	})
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
