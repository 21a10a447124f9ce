package experiments_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/experiments"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func stage(r memory.Records, keys ...string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		s := viewtest.Start(t, experiments.New(memory.New(r), viewtest.Theme()), width, height)
		s.Press(keys...)
		return s
	}
}

func TestFrames(t *testing.T) {
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"tree":    stage(viewtest.Small()),
		"folded":  stage(viewtest.Small(), "j", "j", "h", "h"),
		"flat":    stage(viewtest.Small(), "t"),
		"deleted": stage(viewtest.Small(), "D"),
		"empty":   stage(memory.Records{}),
		"find": func(t *testing.T, width, height int) *viewtest.Stage {
			s := stage(viewtest.Small(), "/")(t, width, height)
			s.Type("ex")
			return s
		},
		"nothing found": func(t *testing.T, width, height int) *viewtest.Stage {
			s := stage(viewtest.Small(), "/")(t, width, height)
			s.Type("xyz")
			return s
		},
		"error above old rows": func(t *testing.T, width, height int) *viewtest.Stage {
			s := stage(viewtest.Small())(t, width, height)
			s.Send(view.StoreChanged{Change: store.Change{Problem: errors.New("read experiments: locked by another process")}})
			return s
		},
	})
}

// at returns the first word of the line with the cursor.
func at(t *testing.T, s *viewtest.Stage) string {
	t.Helper()
	for _, line := range strings.Split(s.Screen(), "\n") {
		if rest, ok := strings.CutPrefix(line, "▌"); ok {
			return strings.Fields(strings.TrimLeft(rest, " ▾▸"))[0]
		}
	}
	return ""
}

func TestKeysMove(t *testing.T) {
	for name, c := range map[string]struct {
		keys string
		want string
	}{
		"down":                          {"j", "churn"},
		"down and up":                   {"j j k", "churn"},
		"not above the first":           {"k", "Default"},
		"last":                          {"G", "zoo"},
		"not below the last":            {"G j", "zoo"},
		"first":                         {"G g", "Default"},
		"a page":                        {"pgdown", "zoo"},
		"a folded folder hides":         {"j h j", "vision"},
		"an unfolded shows":             {"j h l j", "explain"},
		"left goes to the folder":       {"j j h", "churn"},
		"flat and back keeps the place": {"j j t t", "explain"},
		"flat is newest first":          {"t g", "vision/zoo"},
		"deleted are shown on request":  {"D G k k", "old-ideas"},
		"and hidden":                    {"D D G k k", "hpo-sweep"},
	} {
		s := stage(viewtest.Small(), strings.Fields(c.keys)...)(t, 80, 24)
		if got := at(t, s); got != c.want {
			t.Errorf("%s: %s is at %s, want %s\n%s", name, c.keys, got, c.want, s.Screen())
		}
	}
}

func TestOpening(t *testing.T) {
	for name, c := range map[string]struct {
		keys string
		want string
	}{
		"an experiment":                    {"enter", "[0] Default"},
		"a folder opens all under it":      {"j enter", "[2 1] churn/"},
		"an experiment that is also above": {"G k enter", "[3] vision"},
	} {
		s := stage(viewtest.Small(), strings.Fields(c.keys)...)(t, 80, 24)
		asked, ok := s.Asked[0].(view.ShowRuns)
		if got := "[" + strings.Join(asked.Experiments, " ") + "] " + asked.Title; !ok || got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestTheMouse(t *testing.T) {
	s := stage(viewtest.Small())(t, 80, 24)
	s.Send(view.Click{X: 5, Y: 3})
	if got := at(t, s); got != "churn" {
		t.Errorf("a click went to %s, want churn", got)
	}
	s.Send(view.Click{X: 5, Y: 4, Double: true})
	if len(s.Asked) != 1 {
		t.Fatalf("a double click asked for %v, want runs", s.Asked)
	}
	s.Send(view.Click{X: 5, Y: 20, Double: true})
	if len(s.Asked) != 1 {
		t.Errorf("a double click below the rows asked for %v", s.Asked[1:])
	}
}

func TestTheCursorStaysOnItsExperiment(t *testing.T) {
	m := memory.New(viewtest.Small())
	s := viewtest.Start(t, experiments.New(m, viewtest.Theme()), 80, 24)
	s.Press("G", "k")
	m.Change(func(r *memory.Records) {
		r.Experiments = append(r.Experiments, store.Experiment{ID: "9", Name: "another", Created: viewtest.Ago(0)})
	})
	s.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.ExperimentsChanged}}}})
	if got := at(t, s); got != "vision" || !strings.Contains(s.Screen(), "another") {
		t.Errorf("the cursor is at %s, want vision\n%s", got, s.Screen())
	}
}

func TestCopyAndHostileNames(t *testing.T) {
	names := []string{"a\x1b[2Jb", "rtl \u202eevil", "line\nbreak", strings.Repeat("long ", 1600), "👩‍🔬/🏳️‍🌈", "العربية/x", "日本語/の/実行", "", "/", "//", "a//b"}
	var r memory.Records
	for i, n := range names {
		r.Experiments = append(r.Experiments, store.Experiment{ID: string(rune('a' + i)), Name: n, Created: viewtest.Ago(i)})
	}
	for _, size := range viewtest.Sizes() {
		s := stage(r)(t, size[0], size[1])
		s.Screen()
		s.Press("t")
		s.Screen()
		s.Press("y")
		if got, ok := s.Asked[0].(view.Copy); !ok || got.Text == "" {
			t.Errorf("y asked for %v, want a copy of an id", s.Asked[0])
		}
	}
}

func TestAnyKeysAtAnySize(t *testing.T) {
	for seed := range uint64(40) {
		s := stage(viewtest.Small())(t, 80, 24)
		s.Shake(rand.New(rand.NewPCG(seed, 1)), 60)
	}
	s := stage(viewtest.Small(), "/")(t, 80, 24)
	s.Send(tea.PasteMsg{Content: "x\x1b[31m\ny"})
	s.Screen()
}
