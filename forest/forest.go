// Package forest arranges runs into trees by their parents. It reads nothing
// and draws nothing: callers bring heads and show rows.
package forest

import (
	"slices"

	"benchside/store"
)

// Forest is the tree of the runs of some experiments. It is not safe for
// concurrent use.
type Forest struct {
	heads []store.Head
	index map[string]int32 // by id
	freed []int32          // places of removed heads

	order    []int32 // all heads in the order of the sort
	parent   []int32 // none for a root
	children [][]int32
	roots    []int32
	below    []int32 // descendants

	label   func(i int32) (string, bool) // of the groups; nil for trees by parents
	groups  map[group]int32
	grouped map[int32]group // by place
}

const none = -1

// New returns the forest of the heads, in their order. A head that comes twice
// counts once, as it came last.
func New(heads []store.Head) *Forest {
	f := &Forest{}
	f.Grow(len(heads))
	f.Upsert(heads...)
	return f
}

// Grow makes room for so many more runs at once.
func (f *Forest) Grow(n int) {
	f.heads, f.order = slices.Grow(f.heads, n), slices.Grow(f.order, n)
	if len(f.index) == 0 {
		f.index = make(map[string]int32, n)
	}
}

// Len returns the number of runs.
func (f *Forest) Len() int { return len(f.index) }

// Head returns the run at a place that a Row names.
func (f *Forest) Head(i int32) *store.Head { return &f.heads[i] }

// Children returns the ids of the runs below a run, as they are arranged.
func (f *Forest) Children(id string) []string {
	at, ok := f.Find(id)
	if !ok || int(at) >= len(f.children) {
		return nil
	}
	ids := make([]string, len(f.children[at]))
	for i, child := range f.children[at] {
		ids[i] = f.heads[child].ID
	}
	return ids
}

// Find returns the place of a run, or of a group by the id of its head.
func (f *Forest) Find(id string) (int32, bool) {
	i, ok := f.index[id]
	if ok || f.label == nil {
		return i, ok
	}
	for g, i := range f.groups {
		if g.id() == id {
			return i, true
		}
	}
	return 0, false
}

// Upsert adds runs, or replaces what is known of them. Arrange comes after.
func (f *Forest) Upsert(heads ...store.Head) {
	for _, h := range heads {
		if i, ok := f.index[h.ID]; ok {
			f.heads[i] = h
			continue
		}
		var i int32
		if n := len(f.freed); n > 0 {
			i, f.freed = f.freed[n-1], f.freed[:n-1]
			f.heads[i] = h
		} else {
			i = int32(len(f.heads))
			f.heads = append(f.heads, h)
		}
		f.index[h.ID] = i
		f.order = append(f.order, i)
	}
}

// Remove forgets runs. Arrange comes after.
func (f *Forest) Remove(ids ...string) {
	gone := map[int32]bool{}
	for _, id := range ids {
		if i, ok := f.index[id]; ok {
			gone[i] = true
			delete(f.index, id)
			f.heads[i] = store.Head{}
			f.freed = append(f.freed, i)
		}
	}
	f.order = slices.DeleteFunc(f.order, func(i int32) bool { return gone[i] })
}

// Places is one more than the highest place of a head: the length of a slice
// that is to hold something for every run.
func (f *Forest) Places() int { return len(f.heads) }

// Arrange sorts the runs by a total order over their places, nil for the order
// in which they came, and links them to their parents. A run whose parent is
// not there is a root; a circle is cut at the run that comes first in it.
func (f *Forest) Arrange(compare func(a, b int32) int) {
	if compare != nil {
		slices.SortFunc(f.order, compare)
	}
	if f.label != nil {
		f.enter()
	} else {
		f.link()
	}
	n := len(f.heads)
	f.children, f.roots = make([][]int32, n), f.roots[:0]
	for _, i := range f.order {
		p := f.parent[i]
		switch {
		case p == none:
			f.roots = append(f.roots, i)
			continue
		case f.label != nil && len(f.children[p]) == 0:
			f.roots = append(f.roots, p)
		}
		f.children[p] = append(f.children[p], i)
	}
	f.below = make([]int32, n)
	for _, r := range f.roots {
		f.count(r)
	}
}

// link sets the parents and cuts circles.
func (f *Forest) link() {
	f.parent = make([]int32, len(f.heads))
	for _, i := range f.order {
		f.parent[i] = none
		if id := f.heads[i].ParentID; id != "" && id != f.heads[i].ID {
			if p, ok := f.index[id]; ok {
				f.parent[i] = p
			}
		}
	}
	done := make([]int32, len(f.heads)) // the walk that passed, 0 for none
	for walk, i := range f.order {
		mark := int32(walk) + 1
		for at := i; at != none && done[at] == 0; at = f.parent[at] {
			done[at] = mark
			if p := f.parent[at]; p != none && done[p] == mark {
				f.parent[p] = none
			}
		}
	}
}

// count fills below for a root and all under it, without recursion: a chain of
// runs may be as deep as the store is long.
func (f *Forest) count(root int32) {
	stack := []int32{root}
	for at := 0; at < len(stack); at++ {
		stack = append(stack, f.children[stack[at]]...)
	}
	for _, i := range slices.Backward(stack) {
		if p := f.parent[i]; p != none && i != root {
			f.below[p] += f.below[i] + 1
		}
	}
}

// Below returns how many runs are under the one at i.
func (f *Forest) Below(i int32) int { return int(f.below[i]) }

// Ancestors returns the parents of a run, the nearest first.
func (f *Forest) Ancestors(i int32) []int32 {
	var out []int32
	for p := f.parent[i]; p != none; p = f.parent[p] {
		out = append(out, p)
	}
	return out
}

// Row is a run as a tree shows it.
type Row struct {
	At       int32 // place of the head
	Depth    int32
	Children bool
	Folded   bool
	Last     bool // the last of its siblings
	Context  bool // shown for what is under it, not for itself
}

// View says which runs are shown and how.
type View struct {
	Flat   bool
	Match  func(id string) bool // nil matches every run
	Folded func(h *store.Head, depth int) bool
}

// Rows flattens the forest. Where something under it matches, a run that does
// not match itself is kept as context, and is unfolded.
func (f *Forest) Rows(v View, rows []Row) []Row {
	rows = rows[:0]
	keep := f.kept(v)
	if v.Flat {
		for _, i := range f.order {
			if keep == nil || keep[i] == matches {
				rows = append(rows, Row{At: i})
			}
		}
		return rows
	}
	type step struct {
		at    int32
		depth int32
		last  bool
	}
	var stack []step
	push := func(list []int32, depth int32) {
		last := true
		for _, i := range slices.Backward(list) {
			if keep != nil && keep[i] == hidden {
				continue
			}
			stack = append(stack, step{i, depth, last})
			last = false
		}
	}
	push(f.roots, 0)
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		row := Row{At: s.at, Depth: s.depth, Last: s.last, Children: len(f.children[s.at]) > 0}
		row.Context = keep != nil && keep[s.at] == context
		if keep != nil && row.Children {
			row.Children = slices.ContainsFunc(f.children[s.at], func(c int32) bool { return keep[c] != hidden })
		}
		row.Folded = row.Children && v.Folded != nil && v.Folded(&f.heads[s.at], int(s.depth))
		rows = append(rows, row)
		if row.Children && !row.Folded {
			push(f.children[s.at], s.depth+1)
		}
	}
	return rows
}

const (
	hidden byte = iota
	context
	matches
)

// kept says of every head whether it matches, is context or is hidden; nil if
// all match.
func (f *Forest) kept(v View) []byte {
	if v.Match == nil {
		return nil
	}
	keep := make([]byte, len(f.heads))
	for _, i := range f.order {
		if !v.Match(f.heads[i].ID) {
			continue
		}
		keep[i] = matches
		for p := f.parent[i]; p != none && keep[p] == hidden; p = f.parent[p] {
			keep[p] = context
		}
	}
	return keep
}
