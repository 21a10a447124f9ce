package past_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"benchside/store/memory"
	"benchside/tui/past"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // the screen shows moments in local time
	os.Exit(m.Run())
}

const day = 24 * 60 // minutes

func staged(t *testing.T, daysAgo, width, height int) *viewtest.Stage {
	t.Helper()
	v := past.New(memory.New(viewtest.Governed()), view.ShowPast{At: viewtest.Ago(daysAgo * day)}, viewtest.Theme())
	return viewtest.Start(t, v, width, height)
}

func TestFrames(t *testing.T) {
	of := func(daysAgo int) func(*testing.T, int, int) *viewtest.Stage {
		return func(t *testing.T, w, h int) *viewtest.Stage { return staged(t, daysAgo, w, h) }
	}
	empty := memory.New(memory.Records{})
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"as it was":         of(30),
		"before the ledger": of(45),
		"long before":       of(90),
		"no ledger": func(t *testing.T, w, h int) *viewtest.Stage {
			return viewtest.Start(t, past.New(nil, view.ShowPast{At: viewtest.Ago(0)}, viewtest.Theme()), w, h)
		},
		"empty": func(t *testing.T, w, h int) *viewtest.Stage {
			return viewtest.Start(t, past.New(empty, view.ShowPast{At: viewtest.Ago(0)}, viewtest.Theme()), w, h)
		},
	})
}

func TestVersionsThatCameLaterAreAbsent(t *testing.T) {
	got := staged(t, 30, 100, 30).Screen()
	if !strings.Contains(got, "v4") || strings.Contains(got, "v5") || strings.Contains(got, "idle") {
		t.Errorf("got\n%s", got)
	}
}

func TestEnterOpensTheVersion(t *testing.T) {
	s := staged(t, 30, 100, 30)
	s.Press("j", "enter")
	if got, want := s.Asked[len(s.Asked)-1], (view.ShowModel{Name: "churn", Version: 1}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheSinceIsThatOfTheFirstLine(t *testing.T) {
	s := staged(t, 30, 100, 30)
	if got, want := s.Screen(), "begins on "+viewtest.Ago(40*day).Time().Format("2006-01-02"); !strings.Contains(got, want) {
		t.Errorf("want %q in\n%s", want, got)
	}
}

func TestNothingThatAUserDoesBreaksTheFrame(t *testing.T) {
	staged(t, 30, 80, 24).Shake(rand.New(rand.NewPCG(7, 8)), 400)
}
