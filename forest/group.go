package forest

import "benchside/store"

// GroupBy has the next Arrange put the runs under groups, each under its own whatever
// its parent is: label says of a place what its group is called, false for the group of
// those without. Groups come in the order of their first runs. Nil ends it.
func (f *Forest) GroupBy(label func(i int32) (string, bool)) {
	for _, i := range f.groups {
		f.heads[i] = store.Head{}
		f.freed = append(f.freed, i)
	}
	f.label, f.groups, f.grouped = label, nil, nil
	if label != nil {
		f.groups, f.grouped = map[group]int32{}, map[int32]group{}
	}
}

// group is what a group is known by.
type group struct {
	label string
	has   bool
}

// Grouped reports whether the runs are under groups.
func (f *Forest) Grouped() bool { return f.label != nil }

// Group returns what the group at a place is called, has being false for that of the
// runs without; ok is false if the place is a run's.
func (f *Forest) Group(i int32) (label string, has, ok bool) {
	g, ok := f.grouped[i]
	return g.label, g.has, ok
}

// groupPrefix begins the ids of groups: MLflow's are of hex digits.
const groupPrefix = "\x00group "

func (g group) id() string {
	if !g.has {
		return groupPrefix + "-"
	}
	return groupPrefix + "=" + g.label
}

// place returns the place of a group, which it makes if there is none yet.
func (f *Forest) place(g group) int32 {
	if i, ok := f.groups[g]; ok {
		return i
	}
	h := store.Head{ID: g.id(), Name: g.label, Stage: store.Active}
	var i int32
	if n := len(f.freed); n > 0 {
		i, f.freed = f.freed[n-1], f.freed[:n-1]
		f.heads[i] = h
	} else {
		i = int32(len(f.heads))
		f.heads = append(f.heads, h)
	}
	f.groups[g], f.grouped[i] = i, g
	return i
}

// enter sets the parents of all runs to their groups.
func (f *Forest) enter() {
	of := make([]int32, 0, len(f.order))
	for _, i := range f.order {
		label, has := f.label(i)
		of = append(of, f.place(group{label, has}))
	}
	f.parent = make([]int32, len(f.heads)) // with the places of the groups
	for _, i := range f.groups {
		f.parent[i] = none
	}
	for n, i := range f.order {
		f.parent[i] = of[n]
	}
}

// Members returns the places of all runs below the one at i, in no order; none of them
// is a group.
func (f *Forest) Members(i int32) []int32 {
	out := append([]int32(nil), f.children[i]...)
	for at := 0; at < len(out); at++ {
		out = append(out, f.children[out[at]]...)
	}
	return out
}

// Levels are orders of which each decides where those before it find runs equal.
type Levels []Order

// Compare returns the order of places of runs, as Order.Compare does for one level.
func (l Levels) Compare(f *Forest) func(a, b int32) int {
	if len(l) == 1 {
		return l[0].Compare(f)
	}
	keys := make([]func(a, b int32) int, len(l))
	for i := range l {
		keys[i] = l[i].key(f)
	}
	last := (&Order{Field: Started, Desc: true}).Compare(f)
	return func(a, b int32) int {
		for _, key := range keys {
			if c := key(a, b); c != 0 {
				return c
			}
		}
		return last(a, b)
	}
}
