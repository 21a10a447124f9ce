package confirm_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"benchside/tui/confirm"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func TestOnlyAYesDoesIt(t *testing.T) {
	for key, want := range map[string]int{"y": 1, "enter": 1, "n": 0, "esc": 0} {
		did := 0
		v := confirm.New("cancel job", "Ask job 7 to end.", "cancel it", func() tea.Cmd { did++; return nil }, viewtest.Theme())
		s := viewtest.Start(t, v, 40, 6)
		s.Press(key)
		if did != want {
			t.Errorf("%s: done %d times, want %d", key, did, want)
		}
		if len(s.Asked) == 0 || s.Asked[0] != (view.Close{}) {
			t.Errorf("%s: asked for %v, want a close first", key, s.Asked)
		}
	}
}

func TestTheSentenceIsWrappedAndTheKeysAreThere(t *testing.T) {
	long := strings.Repeat("a long word\x1b[2J and \u202e others\n", 20)
	for _, size := range [][2]int{{20, 3}, {40, 6}, {96, 30}, {4, 1}, {1, 1}} {
		v := confirm.New("x", long, "do it", nil, viewtest.Theme())
		s := viewtest.Start(t, v, size[0], size[1])
		if got := s.Screen(); size[0] >= 20 && !strings.Contains(got, "y do it") {
			t.Errorf("%v: no keys:\n%s", size, got)
		}
	}
	v := confirm.New("x", "Ask job 7 (./retrain.sh) to end: SIGTERM to all.", "cancel it", nil, viewtest.Theme())
	if got := v.Wants(30); got != 4 {
		t.Errorf("wants %d lines, want 4", got)
	}
	if got := viewtest.Start(t, v, 30, 4).Screen(); got != " Ask job 7 (./retrain.sh) to\n end: SIGTERM to all.\n\n y cancel it   esc leave it\n" {
		t.Errorf("got\n%s", got)
	}
}
