package help_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"benchside/store/memory"
	"benchside/tui/help"
	"benchside/tui/runtable"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// start stages the help of the run table.
func start(t *testing.T, width, height int) *viewtest.Stage {
	t.Helper()
	keys := runtable.New(memory.New(memory.Records{}), view.ShowRuns{}, viewtest.Theme()).Keys()
	return viewtest.Start(t, help.New(keys, viewtest.Theme()), width, height)
}

func typed(text string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		s := start(t, width, height)
		s.Type(text)
		return s
	}
}

func TestFrames(t *testing.T) {
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"plain": start, "a search": typed("column"), "nothing found": typed("xyzzy"),
	})
}

func TestSearching(t *testing.T) {
	for text, want := range map[string]string{"half a page": "^D", "HALF": "^U", "ctrl+d": "half a page down", "move": "first run"} {
		if screen := typed(text)(t, 80, 24).Screen(); !strings.Contains(screen, want) {
			t.Errorf("searching %q does not show %q:\n%s", text, want, screen)
		}
	}
}

func TestMovingAndClosing(t *testing.T) {
	s := start(t, 60, 8)
	before := s.Screen()
	s.Press("pgdown")
	if s.Screen() == before {
		t.Error("a page down shows the same")
	}
	s.Press("pgup")
	if s.Screen() != before {
		t.Error("a page up does not come back")
	}
	s.Send(view.Wheel{Rows: 3})
	if s.Screen() == before {
		t.Error("the wheel does not scroll")
	}
	s.Press("esc")
	if len(s.Asked) != 1 {
		t.Errorf("esc asked for %v, want to be closed", s.Asked)
	}
}

func TestAnyKeysAtAnySize(t *testing.T) {
	for seed := range uint64(20) {
		start(t, 80, 24).Shake(rand.New(rand.NewPCG(seed, 6)), 60)
	}
}
