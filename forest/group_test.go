package forest

import (
	"strconv"
	"strings"
	"testing"

	"benchside/store"
)

// byLetter groups runs by the first letter of their ids; those of x have none.
func byLetter(f *Forest) func(i int32) (string, bool) {
	return func(i int32) (string, bool) {
		letter := f.Head(i).ID[:1]
		return letter, letter != "x"
	}
}

func groups(f *Forest, rows []Row) string {
	return strings.NewReplacer(groupPrefix+"=", "=", groupPrefix+"-", "-").Replace(picture(f, rows))
}

func TestGroups(t *testing.T) {
	only := func(ids string) func(string) bool {
		return func(id string) bool { return strings.Contains(ids, id) }
	}
	for name, c := range map[string]struct {
		heads string
		view  View
		want  string
	}{
		"in the order of their first runs":     {"b1 a1 b2", View{}, "=b .b1 .b2! =a! .a1!"},
		"a child is in its own group":          {"a1 b1<a1 a2<b1", View{}, "=a .a1 .a2! =b! .b1!"},
		"runs without a label are one":         {"x1 a1 x2", View{}, "- .x1 .x2! =a! .a1!"},
		"folded":                               {"a1 b1", View{Folded: func(*store.Head, int) bool { return true }}, "=a+ =b+!"},
		"flat has none":                        {"a1 b1", View{Flat: true}, "a1 b1"},
		"a match keeps its group":              {"a1 b1 b2", View{Match: only("b2")}, "=b~! .b2!"},
		"a group without a match is not there": {"a1", View{Match: only("z")}, ""},
	} {
		f := New(heads(c.heads))
		f.GroupBy(byLetter(f))
		f.Arrange(nil)
		if got := groups(f, f.Rows(c.view, nil)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestGroupsComeAndGo(t *testing.T) {
	f := New(heads("a1 b1<a1"))
	f.GroupBy(byLetter(f))
	f.Arrange(nil)
	f.Upsert(heads("c1 a2")...)
	f.Remove("b1")
	f.Arrange(nil)
	if got, want := groups(f, f.Rows(View{}, nil)), "=a .a1 .a2! =c! .c1!"; got != want {
		t.Errorf("after runs came and went: got %q, want %q", got, want)
	}
	if n := f.Len(); n != 3 {
		t.Errorf("there are %d runs, want 3: groups are none", n)
	}
	at, ok := f.Find(groupPrefix + "=a")
	if label, has, group := f.Group(at); !ok || label != "a" || !has || !group || f.Below(at) != 2 || len(f.Members(at)) != 2 {
		t.Errorf("the group is found as %q %v %v, with %d below", label, has, ok, f.Below(at))
	}
	if got := strings.Join(f.Children(groupPrefix+"=a"), " "); got != "a1 a2" {
		t.Errorf("its children are %s", got)
	}
	f.GroupBy(nil)
	f.Upsert(heads("d1<c1 e1")...)
	f.Arrange(nil)
	if got, want := groups(f, f.Rows(View{}, nil)), "a1 c1 .d1! a2 e1!"; got != want {
		t.Errorf("without groups: got %q, want %q", got, want)
	}
}

func TestLevels(t *testing.T) {
	f := New([]store.Head{
		{ID: "1", Name: "b", Status: store.Failed, Start: store.At(1)},
		{ID: "2", Name: "a", Status: store.Finished, Start: store.At(2)},
		{ID: "3", Name: "a", Status: store.Failed, Start: store.At(3)},
		{ID: "4", Name: "a", Status: store.Failed, Start: store.At(4)},
	})
	for name, c := range map[string]struct {
		levels Levels
		want   string
	}{
		"the second decides where the first does not": {Levels{{Field: Status}, {Field: Name}}, "4 3 1 2"},
		"each has its own way":                        {Levels{{Field: Status, Desc: true}, {Field: Name, Desc: true}}, "2 1 4 3"},
		"three":                                       {Levels{{Field: Name}, {Field: Status}, {Field: Started}}, "3 4 2 1"},
		"none is the latest start":                    {Levels{}, "4 3 2 1"},
	} {
		f.Arrange(c.levels.Compare(f))
		if got := picture(f, f.Rows(View{Flat: true}, nil)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func BenchmarkGroup100k(b *testing.B) {
	f := New(family(100_000))
	labels := make([]string, 100_000)
	for i := range labels {
		labels[i] = strconv.Itoa(i % 40)
	}
	for b.Loop() {
		f.GroupBy(func(i int32) (string, bool) { return labels[i], true })
		f.Arrange(func(a, b int32) int { return f.Head(b).Start.Compare(f.Head(a).Start) })
	}
}
