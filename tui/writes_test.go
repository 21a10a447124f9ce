package tui_test

import (
	"slices"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui"
	"benchside/tui/pump"
	"benchside/tui/view"
	"benchside/tui/viewtest"

	tea "charm.land/bubbletea/v2"
)

// over is the program over records; it may write if it has a name.
func over(t *testing.T, r memory.Records, user string) *app {
	t.Helper()
	a := &app{t: t, store: memory.New(r), now: viewtest.Now}
	o := tui.Options{Name: "mlflow.db", Theme: "dark"}
	if user != "" {
		o.Writes = view.Writes{Writer: a.store, Author: store.Author{Name: user, Via: "tui"}}
	}
	a.App = tui.New(a.store, tui.Still(o))
	pump.Run(a.Init(), a.update)
	a.resize(120, 40)
	return a
}

// writing are the ways to the screens that have keys which write, and those keys.
var writing = map[string]struct{ reach, keys string }{
	"models":    {"5", "n d t T R ctrl+x"},
	"one model": {"5 enter", "m a A t T d C X n R D ctrl+x"},
	"activity":  {"alt+h", "B u o"},
	"inbox":     {"alt+i", "a x c"},
}

func TestASessionThatIsReadOnlyHasNoKeyThatWrites(t *testing.T) {
	for name, c := range writing {
		for _, key := range strings.Fields(c.keys + " U") {
			a := over(t, viewtest.Governed(), "").keys(c.reach)
			a.keys(key)
			if got := a.screen(); strings.Contains(got, "╭─") || strings.Contains(got, "to be sure") {
				t.Errorf("%s: %s opens\n%s", name, key, got)
			}
			if got := a.store.Intents(); len(got) > 0 {
				t.Fatalf("%s: %s wrote %v", name, key, got)
			}
		}
	}
}

func TestEachWritingKeyOpensADialogWhereTheSessionMayWrite(t *testing.T) {
	for name, c := range writing {
		for _, key := range strings.Fields(c.keys) {
			r := viewtest.Governed()
			r.Versions[5].Tags = map[string]string{"a": "b"} // the one under the cursor
			a := over(t, r, "ada").keys(c.reach)
			switch {
			case name == "inbox" && key == "c":
				a.keys("j j")
			case name == "activity" && key != "o":
				a.keys("j j")
			}
			if got := a.keys(key).screen(); !strings.Contains(got, "╭─") {
				t.Errorf("%s: %s opens nothing:\n%s", name, key, got)
			}
		}
	}
}

// TestTheHelpAndThePaletteKnowNoWritingKey compares them with those of a session that
// may write.
func TestTheHelpAndThePaletteKnowNoWritingKey(t *testing.T) {
	words := map[string][]string{
		"models":    {"create a model", "describe the model", "delete the model"},
		"one model": {"move the version", "point an alias", "delete the version", "register a new version"},
		"activity":  {"roll back the stage", "take back what the line did", "record what others"},
		"inbox":     {"approve, which moves", "reject", "cancel a request"},
	}
	for name, c := range writing {
		for _, say := range words[name] {
			for _, way := range []string{"?", "ctrl+p"} {
				for _, user := range []string{"", "ada"} {
					a := over(t, viewtest.Governed(), user).keys(c.reach + " " + way)
					for _, r := range say {
						a.send(tea.KeyPressMsg{Code: r, Text: string(r)})
					}
					lines := strings.Split(a.screen(), "\n")
					has := slices.ContainsFunc(lines, func(l string) bool {
						return strings.Contains(l, say) && !strings.Contains(l, "find ") && !strings.Contains(l, "> ")
					})
					if has != (user != "") {
						t.Errorf("%s, %s, user %q: %q is there: %t\n%s", name, way, user, say, has, a.screen())
					}
				}
			}
		}
	}
}

func TestAMoveIsWrittenSaidAndTakenBack(t *testing.T) {
	a := over(t, viewtest.Governed(), "ada").keys("5 enter m")
	a.store.Answer(store.Receipt{Lines: []store.Line{{Seq: 9, Changes: make([]store.RowChange, 1), Sentence: "move churn v6 from None to Archived", Of: store.Subject{Kind: store.VersionSubject, Name: "churn", Version: 6}}}})
	if got := a.keys("down down").screen(); !strings.Contains(got, "move churn v6 from None to Archived") {
		t.Fatalf("the sentence is missing:\n%s", got)
	}
	got := a.keys("enter").screen()
	if strings.Contains(got, "╭─") || !strings.Contains(got, "done: move churn v6 from None to Archived · U takes it back") {
		t.Errorf("what was done is not said:\n%s", got)
	}
	a.keys("U enter")
	intents := a.store.Intents()
	want := store.Undo{Line: 9, Of: store.Subject{Kind: store.VersionSubject, Name: "churn", Version: 6}, Did: "move churn v6 from None to Archived"}
	if len(intents) != 2 || intents[1].Mutations[0] != want {
		t.Errorf("got %+v, want a move and %+v", intents, want)
	}
}

func TestCommandsReachTheGovernance(t *testing.T) {
	for command, want := range map[string]string{
		"activity":        "activity",
		"history":         "activity",
		"inbox":           "inbox",
		"requests":        "inbox",
		"at 2026-11-01":   "models on 2026-11-01",
		"at 2026-13-01":   "a date such as 2026-05-01",
		"at 2026-11-01 9": "a date such as 2026-05-01",
	} {
		a := over(t, viewtest.Governed(), "").keys("5 :")
		for _, r := range command {
			a.send(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
		if got := a.keys("enter").screen(); !strings.Contains(got, want) {
			t.Errorf(":%s: want %q in\n%s", command, want, got)
		}
	}
}
