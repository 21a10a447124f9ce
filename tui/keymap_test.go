package tui_test

import (
	"slices"
	"strings"
	"testing"

	"benchside/tui"
)

func TestAKeymapGivesActionsOtherKeys(t *testing.T) {
	for name, c := range map[string]struct {
		bindings []tui.Binding
		want     map[string]string // action: its keys
		wrong    map[int]string
	}{
		"one action of one screen": {
			[]tui.Binding{{"runs.compare", []string{"C"}}}, map[string]string{"runs.compare": "C", "charts.compare": "2"}, nil,
		},
		"a name for all screens that have it": {
			[]tui.Binding{{"page-down", []string{"ctrl+f"}}}, map[string]string{"runs.page-down": "ctrl+f", "models.page-down": "ctrl+f"}, nil,
		},
		"no key at all": {[]tui.Binding{{"runs.explain", nil}}, map[string]string{"runs.explain": ""}, nil},
		"a swap":        {[]tui.Binding{{"runs.down", []string{"k"}}, {"runs.up", []string{"j"}}}, map[string]string{"runs.down": "k", "runs.up": "j"}, nil},
		"a key of another action": {
			[]tui.Binding{{"runs.compare", []string{"s"}}}, map[string]string{"runs.compare": "c 2"}, map[int]string{0: "s is the key of runs.sort already"},
		},
		"a key of the program's": {
			[]tui.Binding{{"runs.compare", []string{"q"}}}, map[string]string{"runs.compare": "c 2"}, map[int]string{0: "q is the key of everywhere.quit already"},
		},
		"a key of the program's that a screen has": {
			[]tui.Binding{{"everywhere.refresh", []string{"f"}}}, map[string]string{"everywhere.refresh": "r"}, map[int]string{0: "f is the key of runs.filter already"},
		},
		"the later of two is to blame": {
			[]tui.Binding{{"runs.filter", []string{"F"}}, {"runs.sort", []string{"F"}}},
			map[string]string{"runs.filter": "F", "runs.sort": "s"},
			map[int]string{1: "F is the key of runs.filter already"},
		},
		"one that is taken back takes its usual key from another": {
			[]tui.Binding{{"runs.sort", []string{"c"}}, {"runs.compare", []string{"q"}}},
			map[string]string{"runs.sort": "s", "runs.compare": "c 2"},
			map[int]string{0: "c is the key of runs.compare already", 1: "q is the key of"},
		},
		"no such action":    {[]tui.Binding{{"runs.fly", []string{"F"}}}, nil, map[int]string{0: "there is no action runs.fly"}},
		"no such key":       {[]tui.Binding{{"runs.sort", []string{"hyper+s"}}}, nil, map[int]string{0: `no key is called "hyper+s"`}},
		"a shifted letter":  {[]tui.Binding{{"runs.sort", []string{"shift+s"}}}, nil, map[int]string{0: "such as S"}},
		"the way out":       {[]tui.Binding{{"everywhere.leave-at-once", []string{"Q"}}}, nil, map[int]string{0: "ctrl+c always leaves"}},
		"the key that ends": {[]tui.Binding{{"runs.sort", []string{"ctrl+c"}}}, nil, map[int]string{0: "ctrl+c always leaves"}},
	} {
		t.Run(name, func(t *testing.T) {
			keys, wrong := tui.ParseKeymap(c.bindings)
			for i := range c.bindings {
				switch want := c.wrong[i]; {
				case want == "" && wrong[i] != nil:
					t.Errorf("binding %d: %v", i, wrong[i])
				case want != "" && (wrong[i] == nil || !strings.Contains(wrong[i].Error(), want)):
					t.Errorf("binding %d: got %v, want %q", i, wrong[i], want)
				}
			}
			for _, a := range keys.Keys() {
				if want, ok := c.want[a.ID()]; ok && strings.Join(a.Press, " ") != want {
					t.Errorf("%s has %v, want %q", a.ID(), a.Press, want)
				}
			}
		})
	}
}

// TestEachActionHasANameOfItsOwn also holds that names are such as one types.
func TestEachActionHasANameOfItsOwn(t *testing.T) {
	var ids []string
	for _, a := range tui.Actions() {
		if slices.Contains(ids, a.ID()) {
			t.Errorf("%s is there twice", a.ID())
		}
		ids = append(ids, a.ID())
		if strings.Trim(a.ID(), "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" || strings.Count(a.ID(), ".") != 1 || strings.HasSuffix(a.ID(), ".") {
			t.Errorf("%q is no name that one types", a.ID())
		}
	}
	if len(ids) < 200 {
		t.Errorf("%d actions, want all", len(ids))
	}
}

func TestTheUsualKeysStandInNoOnesWay(t *testing.T) {
	// The empty keymap is the usual one; each action given its own keys is it, too.
	var all []tui.Binding
	for _, a := range tui.Actions() {
		if a.Name != "leave-at-once" {
			all = append(all, tui.Binding{Action: a.ID(), Press: a.Press})
		}
	}
	if _, wrong := tui.ParseKeymap(all); len(wrong) > 0 {
		t.Errorf("the usual keys are in conflict: %v", wrong)
	}
}

func TestTheScreenFollowsTheKeymap(t *testing.T) {
	o := live()
	var wrong map[int]error
	o.Own.Keys, wrong = tui.ParseKeymap([]tui.Binding{
		{"runs.open", []string{"O"}},
		{"everywhere.models", []string{"f5"}},
		{"find.up", []string{"u", "ctrl+t"}},
		{"everywhere.help", []string{"f2"}},
	})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	a := start(t, o, 120, 30)
	a.keys("enter")
	if got := a.header(); strings.Contains(got, "sweep-317") {
		t.Errorf("enter still opens: %s", got)
	}
	if screen := a.screen(); !strings.Contains(screen, "O open") || !strings.Contains(screen, "f5 Models") || !strings.Contains(screen, "f2 help") {
		t.Errorf("the screen does not say the user's keys:\n%s", screen)
	}
	a.keys("j O")
	if got := a.header(); !strings.Contains(got, "sweep-317") {
		t.Errorf("O does not open: %s", got)
	}
	a.keys("f5")
	if got := a.header(); !strings.Contains(got, "models") {
		t.Errorf("f5 does not show the models: %s", got)
	}
	a.keys("ctrl+p =u")
	if screen := a.screen(); !strings.Contains(screen, "> u") {
		t.Errorf("a letter became a key while text is typed:\n%s", screen)
	}
}
