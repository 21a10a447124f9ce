package tui_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui"
	"benchside/tui/pump"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// typed gives the program the letters of a text.
func (a *app) typed(text string) *app {
	for _, r := range text {
		a.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return a
}

// does are the sentences of what was to be written last.
func (a *app) does() []string {
	intents := a.store.Intents()
	if len(intents) == 0 {
		return nil
	}
	var out []string
	for _, m := range intents[len(intents)-1].Mutations {
		out = append(out, m.Sentence())
	}
	return out
}

func TestRunsAndExperimentsAreChangedByKeys(t *testing.T) {
	// Each step is keys, or a text between slashes that is typed.
	tests := map[string]struct{ steps, want string }{
		"the run under the cursor is renamed": {"j R /x/ enter", "rename run sweep-317 ("},
		"the marked runs are tagged at once":  {"space space # /team/ tab /a/ enter", "tag run aaaa0001 with team = a; tag run sweep-317 ("},
		"a note is written":                   {"N /hi/ enter", "write the note of run aaaa0001"},
		"a run is deleted":                    {"ctrl+x enter", "delete run aaaa0001"},
		"a run that is stuck is ended":        {"Z enter", "set run aaaa0001 from SCHEDULED to KILLED"},
		"or said to have failed":              {"Z down enter", "set run aaaa0001 from SCHEDULED to FAILED"},
		"on its own screen, too":              {"enter R /x/ enter", "rename run aaaa0001 to x"},
		"an experiment is made":               {"0 n /new/ enter", "create experiment new"},
		"one is renamed":                      {"0 t R /x/ enter", "rename experiment Default (0) to Defaultx"},
		"one is tagged":                       {"0 t # /k/ tab /v/ enter", "tag experiment Default (0) with k = v"},
		"one has a note":                      {"0 t N /k/ enter", "write the note of experiment Default (0)"},
		"one is deleted":                      {"0 t ctrl+x enter", "delete experiment Default (0) with its"},
		"one is restored":                     {"0 t D k X enter", "restore experiment old-ideas (5) with all its runs"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, user := range []string{"ada", ""} {
				a := over(t, viewtest.Small(), user)
				for _, step := range strings.Fields(tt.steps) {
					if text := strings.Trim(step, "/"); text != step {
						a.typed(text)
						continue
					}
					a.keys(step)
				}
				got := strings.Join(a.does(), "; ")
				if want := map[bool]string{true: tt.want}[user != ""]; !strings.HasPrefix(got, want) || want == "" && got != "" {
					t.Errorf("user %q: got %q, want %q\n%s", user, got, want, a.screen())
				}
			}
		})
	}
}

func TestAChangeOfManyIsTakenBackAtOnceAndListed(t *testing.T) {
	a := over(t, viewtest.Small(), "ada")
	row := make([]store.RowChange, 1)
	of := func(id string) store.Subject { return store.Subject{Kind: store.RunSubject, Name: id} }
	a.store.Answer(store.Receipt{Lines: []store.Line{
		{Seq: 4, Sentence: "tag run one", Of: of("1"), Changes: row},
		{Seq: 5, Sentence: "tag run two", Of: of("2")},
		{Seq: 6, Sentence: "tag run three", Of: of("3"), Changes: row},
	}})
	a.keys("#").typed("k").keys("enter")
	a.store.Answer(store.Receipt{Lines: []store.Line{{Seq: 7, Sentence: "rename it", Of: of("1"), Changes: row}}})
	a.keys("R").typed("x").keys("enter")
	got := a.keys("U").screen()
	for _, want := range []string{"2 changes were made here", "7: rename it", "take back line 7: rename it"} {
		if !strings.Contains(got, want) {
			t.Errorf("U does not say %q:\n%s", want, got)
		}
	}
	if got := a.keys("down").screen(); !strings.Contains(got, "4 to 6: tag run one, and 1 more") {
		t.Errorf("down does not offer the change before:\n%s", got)
	}
	a.keys("enter")
	intents := a.store.Intents()
	want := []store.Mutation{
		store.Undo{Line: 6, Of: of("3"), Did: "tag run three"}, store.Undo{Line: 4, Of: of("1"), Did: "tag run one"},
	}
	if last := intents[len(intents)-1].Mutations; !slices.Equal(last, want) {
		t.Errorf("got %+v, want %+v", last, want)
	}
}

func TestWhatWasTakenBackIsNotOfferedAgain(t *testing.T) {
	a := over(t, viewtest.Small(), "ada")
	row := make([]store.RowChange, 1)
	change := func(seq int64, what, says string) {
		a.store.Answer(store.Receipt{Lines: []store.Line{{Seq: seq, What: what, Sentence: says, Changes: row}}})
		a.keys("#").typed("k").keys("enter")
	}
	change(1, "tag_run", "tag it")
	change(2, "rename_run", "rename it")
	change(3, "undo", "take back line 2: rename it")
	got := a.keys("U").screen()
	if !strings.Contains(got, "2 changes were made here") || !strings.Contains(got, "3: take back line 2") {
		t.Errorf("after an undo:\n%s", got)
	}
	if got := a.keys("down").screen(); !strings.Contains(got, "1: tag it") {
		t.Errorf("down offers what was taken back:\n%s", got)
	}
	a.keys("esc")
	change(4, "undo", "take back line 3: take back line 2: rename it")
	if got := a.keys("U down").screen(); !strings.Contains(got, "2: rename it") {
		t.Errorf("after the undo was taken back:\n%s", got)
	}
}

// editing is the program of a user whose editor writes a text.
func editing(t *testing.T, served bool) *app {
	t.Helper()
	script := filepath.Join(t.TempDir(), "ed")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nprintf '# Title\\n\\n\\tcode\\n' > \"$1\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	a := over(t, viewtest.Small(), "ada")
	o := tui.Options{Name: "mlflow.db", Theme: "dark", Served: served}
	o.Writes = view.Writes{Writer: a.store, Author: store.Author{Name: "ada"}, Editor: script}
	a.App = tui.New(a.store, tui.Still(o))
	pump.Run(a.Init(), a.update)
	a.resize(120, 40)
	return a
}

func TestAServedSessionOffersNoEditor(t *testing.T) {
	for served, want := range map[bool]bool{true: false, false: true} {
		if got := editing(t, served).keys("N").screen(); strings.Contains(got, "alt+e editor") != want {
			t.Errorf("served %t: the editor is offered: %t\n%s", served, !want, got)
		}
	}
}

// TestNoScreenGivesAKeyTwice reads the generated list: of two keys that are pressed
// alike only the first would ever be found.
func TestNoScreenGivesAKeyTwice(t *testing.T) {
	section, seen := "", map[string]bool{}
	for _, line := range strings.Split(tui.KeyDoc(), "\n") {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section, seen = title, map[string]bool{}
			continue
		}
		cells := strings.Split(line, " | ")
		if len(cells) != 3 || !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, key := range strings.Fields(strings.TrimPrefix(cells[0], "| ")) {
			if seen[key] {
				t.Errorf("%s: %s is given twice", section, key)
			}
			seen[key] = true
		}
	}
}
