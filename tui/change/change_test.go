package change_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/change"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// describing is a dialog over the description of a model.
func describing(text string) view.Change {
	return view.Change{
		Title: "description", Fields: []view.Field{{Name: "text", Value: text, Lines: true}},
		Make: func(in view.Input) ([]store.Mutation, error) {
			return []store.Mutation{store.DescribeModel{Model: "m", To: in.Texts[0]}}, nil
		},
	}
}

func open(t *testing.T, c view.Change) (*viewtest.Stage, *change.View, *memory.Store) {
	t.Helper()
	s := memory.New(memory.Records{})
	v := change.New(c, view.Writes{Writer: s, Author: store.Author{Name: "ada", Via: "tui"}}, viewtest.Theme())
	return viewtest.Start(t, v, 70, 12), v, s
}

func enter(v *change.View) string {
	for _, k := range v.Keys() {
		if k.Press[0] == "enter" {
			return k.Why()
		}
	}
	return "no such key"
}

func TestATextOfSeveralLinesKeepsThem(t *testing.T) {
	s, _, m := open(t, describing("# Title\n\n- one"))
	s.Press("alt+enter")
	s.Type("- two")
	s.Press("enter")
	want := store.DescribeModel{Model: "m", To: "# Title\n\n- one\n- two"}
	if got := m.Intents(); len(got) != 1 || got[0].Mutations[0] != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestATextThatTheFieldCannotHoldIsLeftAlone(t *testing.T) {
	for name, text := range map[string]string{
		"too long": strings.Repeat("x", 5000), "a tab": "a\tb", "a carriage return": "a\r\nb", "the sign itself": "a ⏎ b",
	} {
		_, v, _ := open(t, describing(text))
		if got := enter(v); !strings.Contains(got, "cannot") {
			t.Errorf("%s: enter would write it", name)
		}
	}
}

func TestWhatIsNeededIsNeeded(t *testing.T) {
	c := describing("x")
	c.Reason, c.Typed = view.NeedReason, "churn"
	s, v, m := open(t, c)
	if got := enter(v); got != "a reason is needed" {
		t.Errorf("got %q", got)
	}
	s.Press("tab")
	s.Type("because")
	if got := enter(v); got != "type churn" {
		t.Errorf("got %q", got)
	}
	s.Press("tab")
	s.Type("churn")
	s.Press("enter")
	if got := m.Intents(); len(got) != 1 || got[0].Reason != "because" || got[0].By.Name != "ada" {
		t.Errorf("got %+v", got)
	}
}

func TestWhatWasRefusedIsSaid(t *testing.T) {
	s, _, m := open(t, describing("x"))
	m.Fail("Write", errors.New("describe m: changed by someone else"))
	s.Press("enter")
	if got := s.Screen(); !strings.Contains(got, "changed by someone else") || !strings.Contains(got, "nothing was written") {
		t.Errorf("got\n%s", got)
	}
}

func TestNothingThatAUserDoesBreaksTheFrame(t *testing.T) {
	c := describing("a\nb")
	c.Boxes, c.Note, c.Reason = []view.Box{{Says: "and more"}}, "first \x1b[2J this", view.AskReason
	s, _, _ := open(t, c)
	s.Shake(rand.New(rand.NewPCG(9, 10)), 500)
}

func TestAClickGoesToAFieldAndTicksABox(t *testing.T) {
	var got view.Input
	ask := view.Change{
		Title: "set a tag", Note: "of churn", Fields: []view.Field{{Name: "key"}, {Name: "value"}},
		Boxes: []view.Box{{Says: "also of the versions"}},
		Make: func(in view.Input) ([]store.Mutation, error) {
			got = view.Input{Texts: slices.Clone(in.Texts), Set: slices.Clone(in.Set)}
			return nil, nil
		},
	}
	s := viewtest.Start(t, change.New(ask, view.Writes{}, viewtest.Theme()), 60, 12)
	s.Send(view.Click{X: 5, Y: 3}) // below the note and a blank line: key, value, box
	s.Type("growth")
	s.Send(view.Click{X: 5, Y: 4}, view.Click{X: 5, Y: 9}, view.Click{X: 5, Y: 0})
	s.Screen()
	if want := (view.Input{Texts: []string{"", "growth"}, Set: []bool{true}}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
