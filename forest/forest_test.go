package forest

import (
	"fmt"
	"strings"
	"testing"

	"benchside/store"
)

// heads reads "id<parent" words.
func heads(text string) []store.Head {
	var out []store.Head
	for _, w := range strings.Fields(text) {
		id, parent, _ := strings.Cut(w, "<")
		out = append(out, store.Head{ID: id, ParentID: parent})
	}
	return out
}

// picture draws rows: two blanks a level, + folded, ~ context, ! last sibling.
func picture(f *Forest, rows []Row) string {
	var out []string
	for _, r := range rows {
		s := strings.Repeat(".", int(r.Depth)) + f.Head(r.At).ID
		if r.Folded {
			s += "+"
		}
		if r.Context {
			s += "~"
		}
		if r.Last {
			s += "!"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestRowsOfATree(t *testing.T) {
	only := func(ids string) func(string) bool {
		return func(id string) bool { return strings.Contains(ids, id) }
	}
	for name, c := range map[string]struct {
		heads string
		view  View
		want  string
	}{
		"roots and children":          {"a b<a c<a d", View{}, "a .b .c! d!"},
		"any depth":                   {"a b<a c<b d<c", View{}, "a! .b! ..c! ...d!"},
		"child before its parent":     {"b<a a", View{}, "a! .b!"},
		"missing parent is a root":    {"b<x a", View{}, "b a!"},
		"own parent is a root":        {"a<a b<a", View{}, "a! .b!"},
		"a circle is cut":             {"a<c b<a c<b", View{}, "a! .b! ..c!"},
		"a circle with a tail":        {"t<a a<b b<a", View{}, "a! .t .b!"},
		"folded":                      {"a b<a c", View{Folded: func(*store.Head, int) bool { return true }}, "a+ c!"},
		"flat":                        {"a b<a c", View{Flat: true}, "a b c"},
		"a match keeps its ancestors": {"a b<a c<b d<a e", View{Match: only("c")}, "a~! .b~! ..c!"},
		"flat keeps only matches":     {"a b<a c<b", View{Flat: true, Match: only("c")}, "c"},
		"a matching parent alone":     {"a b<a", View{Match: only("a")}, "a!"},
		"none":                        {"", View{}, ""},
		"twice counts once":           {"a b<a b", View{}, "a b!"},
	} {
		f := New(heads(c.heads))
		f.Arrange(nil)
		if got := picture(f, f.Rows(c.view, nil)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestChangesKeepTheTree(t *testing.T) {
	f := New(heads("a b<a c<a"))
	f.Remove("b")
	f.Upsert(heads("d<c e")...)
	f.Arrange(func(a, b int32) int { return strings.Compare(f.Head(a).ID, f.Head(b).ID) })
	if got, want := picture(f, f.Rows(View{}, nil)), "a .c! ..d! e!"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if i, _ := f.Find("a"); f.Below(i) != 2 {
		t.Errorf("below a: got %d, want 2", f.Below(i))
	}
}

func family(n int) []store.Head {
	out := make([]store.Head, n)
	for i := range out {
		out[i].ID = fmt.Sprintf("%032d", i)
		out[i].Start = store.At(int64(n - i))
		if i%20 != 0 {
			out[i].ParentID = fmt.Sprintf("%032d", i-i%20)
		}
	}
	return out
}

func BenchmarkArrange100k(b *testing.B) {
	f := New(family(100_000))
	b.ReportAllocs()
	for b.Loop() {
		f.Arrange(func(a, b int32) int { return f.Head(b).Start.Compare(f.Head(a).Start) })
	}
}

func BenchmarkRows100k(b *testing.B) {
	f := New(family(100_000))
	f.Arrange(nil)
	var rows []Row
	for b.Loop() {
		rows = f.Rows(View{}, rows)
	}
}
