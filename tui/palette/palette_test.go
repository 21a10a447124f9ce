package palette_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/palette"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func keys() []view.Key {
	say := func(text string) func() tea.Cmd {
		return func() tea.Cmd { return view.Send(view.Say{Text: text}) }
	}
	return []view.Key{
		{Press: []string{"f"}, Name: "filter", Does: "filter", Run: say("filtered")},
		{Press: []string{"s"}, Name: "sort", Does: "sort by the column", Run: say("sorted")},
		{Press: []string{"j"}, Does: "down", Run: say("moved")},
		{
			Press: []string{"d"}, Name: "drop", Does: "drop one", Takes: "a name", Run: say("asked"), Among: func() []string { return []string{"blue", "green"} },
			With: func(words string) tea.Cmd { return say("dropped " + words)() },
		},
		{Press: []string{"p"}, Name: "parent", Does: "parent run", Off: func() string { return "this run has no parent" }, Run: say("went")},
	}
}

// begin stages the palette with a text typed into it.
func begin(start, text string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		s := viewtest.Start(t, palette.New(memory.New(viewtest.Small()), keys(), map[string][]string{"my five": {"b01d0012"}}, start, viewtest.Theme()), width, height)
		s.Type(text)
		return s
	}
}

func TestFrames(t *testing.T) {
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"plain": begin("", ""), "a query": begin("", "owl"), "a command": begin(":", "so"), "nothing found": begin("", "xyzzy"), "what there is": begin(":drop ", ""),
	})
}

func TestPicking(t *testing.T) {
	for name, c := range map[string]struct {
		start, text string
		want        tea.Msg
	}{
		"an action":                  {"", "filt", view.Say{Text: "filtered"}},
		"a command":                  {":", "sort", view.Say{Text: "sorted"}},
		"the first of what there is": {":drop ", "", view.Say{Text: "dropped blue"}},
		"one of what there is":       {":drop ", "gr", view.Say{Text: "dropped green"}},
		"none of what there is":      {":drop ", "red", view.Say{Text: "dropped red"}},
		"a run by letters":           {"", "calmowl", view.ShowRun{ID: "ca170007"}},
		"a set":                      {"", "my five", view.ShowCharts{Runs: []string{"b01d0012"}, Title: "my five"}},
		"a run by its id":            {"", "eee0", view.ShowRun{ID: "eee00019"}},
		"what is off says why":       {":", "parent", view.Say{Text: "parent run: this run has no parent", Bad: true}},
		"what is not there says so":  {"", "xyzzy", view.Say{Text: `nothing is called "xyzzy"`, Bad: true}},
		"a key without a name is no": {":", "down", view.Say{Text: `nothing is called ":down"`, Bad: true}},
	} {
		s := begin(c.start, c.text)(t, 80, 24)
		s.Press("enter")
		if got := s.Asked[len(s.Asked)-1]; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: asked for %#v, want %#v", name, got, c.want)
		}
	}
	s := begin("", "explain")(t, 80, 24)
	s.Press("enter")
	if got, ok := s.Asked[len(s.Asked)-1].(view.ShowRuns); !ok || got.Experiments[0] != "2" {
		t.Errorf("an experiment: asked for %v", s.Asked)
	}
}

func TestTheMouse(t *testing.T) {
	s := begin("", "")(t, 80, 24)
	s.Send(view.Click{X: 20, Y: 3})
	if got := s.Asked[len(s.Asked)-1]; got != (view.Say{Text: "sorted"}) {
		t.Errorf("a click on the second line asked for %v", got)
	}
}

func TestHostileNames(t *testing.T) {
	evil := "x\x1b[2J\u202e\n" + strings.Repeat("tag ", 2000) + "👩‍🔬"
	r := memory.Records{Experiments: []store.Experiment{{ID: "1\x1b", Name: evil}}, Runs: []store.Run{{Head: store.Head{ID: "a\x1b[1m", Name: evil, ExperimentID: "1\x1b"}}, {Head: store.Head{ID: "b", ExperimentID: "1\x1b"}}}}
	for _, size := range viewtest.Sizes() {
		s := viewtest.Start(t, palette.New(memory.New(r), keys(), nil, "", viewtest.Theme()), size[0], size[1])
		s.Screen()
		s.Type("x")
		s.Screen()
	}
}

func TestAnyKeysAtAnySize(t *testing.T) {
	for seed := range uint64(20) {
		begin("", "")(t, 80, 24).Shake(rand.New(rand.NewPCG(seed, 7)), 60)
	}
}
