package change_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
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

// afterEditor opens the text in an editor that does this to its file.
func afterEditor(t *testing.T, text, script string) (*viewtest.Stage, *memory.Store) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ed")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	m := memory.New(memory.Records{})
	w := view.Writes{Writer: m, Author: store.Author{Name: "ada", Via: "tui"}, Editor: name + " --wait"}
	s := viewtest.Start(t, change.New(describing(text), w, viewtest.Theme()), 70, 12)
	s.Press("alt+e")
	out, ok := s.Asked[len(s.Asked)-1].(view.Outside)
	if !ok {
		t.Fatalf("it asked for %T", s.Asked[len(s.Asked)-1])
	}
	file := out.Command.Args[2]
	s.Send(out.Then(out.Command.Run()))
	if _, err := os.Stat(filepath.Dir(file)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of the text stays: %v", err)
	}
	return s, m
}

func TestATextIsEditedInTheUsersEditor(t *testing.T) {
	long := strings.Repeat("word ", 1500)
	for name, tt := range map[string]struct{ text, script, want string }{
		"a line is added":            {"# Title", `printf '\n- one\n' >> "$2"`, "# Title\n- one"},
		"it is left as it is":        {"a\nb", ":", "a\nb"},
		"its last line end stays":    {"a\n", ":", "a\n"},
		"what no line shows":         {"x", `printf 'a\tb\r\nc' > "$2"`, "a\tb\r\nc"},
		"what was too long":          {long, `printf 'short' > "$2"`, "short"},
		"what is longer than a line": {"x", `printf '` + long + `' > "$2"`, long},
	} {
		t.Run(name, func(t *testing.T) {
			s, m := afterEditor(t, tt.text, tt.script)
			s.Press("enter")
			want := store.DescribeModel{Model: "m", To: tt.want}
			if got := m.Intents(); len(got) != 1 || got[0].Mutations[0] != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestAnEditorThatFailsLeavesTheText(t *testing.T) {
	for name, script := range map[string]string{
		"it says no": `printf x > "$2"; exit 3`, "the file is gone": `rm "$2"`, "it is far too long": `head -c 1100000 /dev/zero > "$2"`,
	} {
		s, m := afterEditor(t, "kept", script)
		if got := s.Screen(); !strings.Contains(got, "edit:") {
			t.Errorf("%s: nothing is said:\n%s", name, got)
		}
		s.Press("enter")
		if got := m.Intents(); len(got) != 1 || got[0].Mutations[0] != (store.DescribeModel{Model: "m", To: "kept"}) {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestWhatIsKeptAsideIsNotTypedInto(t *testing.T) {
	s, m := afterEditor(t, "x", `printf 'a\tb' > "$2"`)
	s.Type("zz")
	s.Press("alt+enter", "enter")
	if got := m.Intents(); len(got) != 1 || got[0].Mutations[0] != (store.DescribeModel{Model: "m", To: "a\tb"}) {
		t.Errorf("got %+v", got)
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
