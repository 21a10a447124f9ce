package inbox_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/memory"
	"benchside/themes"
	"benchside/tui/inbox"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // the screen shows moments in local time
	os.Exit(m.Run())
}

// adas is the inbox as ada sees it.
func adas(t *testing.T, r memory.Records, width, height int) (*viewtest.Stage, *inbox.View, *memory.Store) {
	t.Helper()
	s := memory.New(r)
	v := inbox.New(s, "ada", viewtest.Theme())
	return viewtest.Start(t, v, width, height), v, s
}

func TestFrames(t *testing.T) {
	of := func(r memory.Records, press ...string) func(*testing.T, int, int) *viewtest.Stage {
		return func(t *testing.T, w, h int) *viewtest.Stage {
			s, _, _ := adas(t, r, w, h)
			s.Press(press...)
			return s
		}
	}
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"waiting": of(viewtest.Governed(), "j"),
		"decided": of(viewtest.Governed(), "D"),
		"empty":   of(memory.Records{}),
		"no requests": func(t *testing.T, w, h int) *viewtest.Stage {
			return viewtest.Start(t, inbox.New(nil, "ada", viewtest.Theme()), w, h)
		},
		"error above old rows": func(t *testing.T, w, h int) *viewtest.Stage {
			s, _, m := adas(t, viewtest.Governed(), w, h)
			m.Fail("Requests", errors.New("read the requests: locked by another process"))
			s.Send(view.Refresh{})
			return s
		},
		"plain ASCII": func(t *testing.T, w, h int) *viewtest.Stage {
			theme := themes.Plain()
			theme.Glyphs = themes.ASCII()
			theme.Glyphs.Graphemes = true
			return viewtest.Start(t, inbox.New(memory.New(viewtest.Governed()), "ada", &theme), w, h)
		},
	})
}

// number is that of the request under the cursor.
func number(t *testing.T, s *viewtest.Stage) string {
	t.Helper()
	for _, line := range strings.Split(s.Screen(), "\n") {
		if rest, ok := strings.CutPrefix(line, "▌"); ok {
			return strings.Fields(rest)[0]
		}
	}
	return ""
}

func TestThoseForMeStandFirst(t *testing.T) {
	s, _, _ := adas(t, viewtest.Governed(), 100, 30)
	var got []string
	for range 3 {
		got = append(got, number(t, s))
		s.Press("j")
	}
	if want := "4 2 3"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if got := s.Status(); got != "2 for you, 1 of yours" {
		t.Errorf("got %q", got)
	}
}

func why(v *inbox.View, press string) string {
	for _, k := range v.Keys() {
		if k.Press[0] == press {
			return k.Why()
		}
	}
	return "no such key"
}

func TestWhoMayDecideWhat(t *testing.T) {
	for name, c := range map[string]struct{ moves, key, want string }{
		"another's is approved":    {"j", "a", ""},
		"another's is rejected":    {"j", "x", ""},
		"another's is not taken":   {"j", "c", "only who asked cancels it; x rejects it"},
		"mine is not approved":     {"j j", "a", "somebody else decides about your request; c takes it back"},
		"mine is not rejected":     {"j j", "x", "somebody else decides about your request; c takes it back"},
		"mine is cancelled":        {"j j", "c", ""},
		"what was decided is over": {"D", "a", "it was approved"},
	} {
		s, v, _ := adas(t, viewtest.Governed(), 100, 30)
		s.Press(strings.Fields(c.moves)...)
		if got := why(v, c.key); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestKeysAskForTheDecision(t *testing.T) {
	for name, c := range map[string]struct {
		press   string
		id      int64
		version int64
		want    store.Decision
	}{
		"a approves": {"j a", 2, 5, store.Approved},
		"x rejects":  {"j x", 2, 5, store.Rejected},
		"c cancels":  {"j j c", 3, 4, store.Cancelled},
	} {
		s, _, _ := adas(t, viewtest.Governed(), 100, 30)
		s.Press(strings.Fields(c.press)...)
		ask := s.Asked[len(s.Asked)-1].(view.Change)
		got, err := ask.Make(view.Input{Texts: []string{" fine "}})
		want := store.DecideRequest{Request: c.id, Decision: c.want, Comment: "fine", Of: store.Subject{Kind: store.VersionSubject, Name: "churn", Version: c.version}}
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
}

func TestEnterOpensTheModelAtTheVersion(t *testing.T) {
	s, _, _ := adas(t, viewtest.Governed(), 100, 30)
	s.Press("j", "enter")
	if got, want := s.Asked[len(s.Asked)-1], (view.ShowModel{Name: "churn", Version: 5}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestANewRequestArrivesByItself(t *testing.T) {
	s, _, m := adas(t, viewtest.Governed(), 100, 30)
	s.Press("j")
	m.Change(func(r *memory.Records) {
		r.Governed.Requests = append(r.Governed.Requests, store.Request{ID: 9, Model: "churn", Version: 6, To: store.StageStaging, By: "grace", State: store.Waiting})
	})
	s.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.RegistryChanged}}}})
	if got := s.Screen(); !strings.Contains(got, "churn v6") || number(t, s) != "2" {
		t.Errorf("got\n%s", got)
	}
}

func TestNothingThatAUserDoesBreaksTheFrame(t *testing.T) {
	s, _, _ := adas(t, viewtest.Governed(), 80, 24)
	s.Shake(rand.New(rand.NewPCG(5, 6)), 600)
}
