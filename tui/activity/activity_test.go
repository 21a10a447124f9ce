package activity_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/memory"
	"benchside/themes"
	"benchside/tui/activity"
	"benchside/tui/pump"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // the screen shows moments in local time
	os.Exit(m.Run())
}

func staged(t *testing.T, r memory.Records, width, height int) (*viewtest.Stage, *memory.Store) {
	t.Helper()
	s := memory.New(r)
	return viewtest.Start(t, activity.New(s, view.ShowActivity{}, viewtest.Theme()), width, height), s
}

// asked is the last request of a kind.
func asked[T any](t *testing.T, s *viewtest.Stage) T {
	t.Helper()
	for i := len(s.Asked) - 1; i >= 0; i-- {
		if m, ok := s.Asked[i].(T); ok {
			return m
		}
	}
	var none T
	t.Fatalf("nothing of %T was asked", none)
	return none
}

func TestFrames(t *testing.T) {
	of := func(r memory.Records, press ...string) func(*testing.T, int, int) *viewtest.Stage {
		return func(t *testing.T, w, h int) *viewtest.Stage {
			s, _ := staged(t, r, w, h)
			s.Press(press...)
			return s
		}
	}
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"lines":    of(viewtest.Governed()),
		"a reason": of(viewtest.Governed(), "j", "j", "j"),
		"empty":    of(memory.Records{}),
		"no ledger": func(t *testing.T, w, h int) *viewtest.Stage {
			return viewtest.Start(t, activity.New(nil, view.ShowActivity{}, viewtest.Theme()), w, h)
		},
		"whole": func(t *testing.T, w, h int) *viewtest.Stage {
			s, _ := staged(t, viewtest.Governed(), w, h)
			s.Press("j", "j", "j", "enter")
			return viewtest.Start(t, asked[view.Ask](t, s).Dialog, w, h)
		},
		"error above old lines": func(t *testing.T, w, h int) *viewtest.Stage {
			s, m := staged(t, viewtest.Governed(), w, h)
			m.Fail("Lines", errors.New("read the ledger: locked by another process"))
			s.Send(view.Refresh{})
			return s
		},
		"plain ASCII": func(t *testing.T, w, h int) *viewtest.Stage {
			theme := themes.Plain()
			theme.Glyphs = themes.ASCII()
			theme.Glyphs.Graphemes = true
			return viewtest.Start(t, activity.New(memory.New(viewtest.Governed()), view.ShowActivity{}, &theme), w, h)
		},
	})
}

// off is why a key cannot be used.
func off(t *testing.T, v view.View, press string) string {
	t.Helper()
	for _, k := range v.Keys() {
		if k.Press[0] == press {
			return k.Why()
		}
	}
	t.Fatalf("no key %s", press)
	return ""
}

func TestKeysAskForTheChangeOfTheLine(t *testing.T) {
	stage := store.Subject{Kind: store.VersionSubject, Name: "churn", Version: 3}
	for name, c := range map[string]struct {
		press  string
		want   store.Mutation
		reason view.Reason
	}{
		"B rolls a stage back":      {"j j j B", store.RollBack{Line: 2, Of: stage}, view.NeedReason},
		"B rolls an alias back":     {"j j B", store.RollBack{Line: 3, Of: stage}, view.NeedReason},
		"u takes a line back":       {"j j j u", store.Undo{Line: 2, Of: stage}, view.AskReason},
		"o records what others did": {"o", store.Observe{}, view.NoReason},
	} {
		s, _ := staged(t, viewtest.Governed(), 100, 30)
		s.Press(strings.Fields(c.press)...)
		m := asked[view.Change](t, s)
		if got, err := m.Make(view.Input{}); err != nil || len(got) != 1 || got[0] != c.want || m.Reason != c.reason {
			t.Errorf("%s: got %v, %v and reason %d, want %v and %d", name, got, err, m.Reason, c.want, c.reason)
		}
	}
}

func TestWhatCannotBeTakenBackSaysWhy(t *testing.T) {
	for name, c := range map[string]struct{ moves, key, want string }{
		"not recorded":             {"", "B", "record it first (o)"},
		"not recorded, undo":       {"", "u", "record it first (o)"},
		"a tag is no stage":        {"j", "B", "the line moved no stage and no alias"},
		"others are not undone":    {"j j j j", "u", "another program did it; B rolls a stage or an alias back"},
		"a line of mine is undone": {"j", "u", ""},
	} {
		v := activity.New(memory.New(viewtest.Governed()), view.ShowActivity{}, viewtest.Theme())
		viewtest.Start(t, v, 100, 30).Press(strings.Fields(c.moves)...)
		if got := off(t, v, c.key); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestOnlyWritingKeysAreMarkedSo(t *testing.T) {
	v := activity.New(memory.New(viewtest.Governed()), view.ShowActivity{}, viewtest.Theme())
	for _, k := range v.Keys() {
		if want := strings.Contains(" B u o ", " "+k.Press[0]+" "); k.Writes != want {
			t.Errorf("%s: writes %t, want %t", k.Press[0], k.Writes, want)
		}
	}
}

func TestVerifySaysWhetherTheLedgerHolds(t *testing.T) {
	r := viewtest.Governed()
	s, _ := staged(t, r, 100, 30)
	if s.Press("v"); s.Said() != "4 lines of the ledger: each holds, none is missing" {
		t.Errorf("got %q", s.Said())
	}
	r.Governed.Broken = fmt.Errorf("verify the ledger: line 3: %w", store.ErrBroken)
	s, _ = staged(t, r, 100, 30)
	if s.Press("v"); !strings.Contains(s.Said(), "line 3: the ledger does not hold") {
		t.Errorf("got %q", s.Said())
	}
}

// long is a ledger of n lines.
func long(n int) memory.Records {
	var r memory.Records
	for i := range n {
		r.Governed.Lines = append(r.Governed.Lines, store.Line{Seq: int64(i + 1), Of: store.Subject{Kind: store.ModelSubject, Name: "m"}, Sentence: fmt.Sprintf("change %d", i+1)})
	}
	return r
}

func TestOlderLinesAreReadWhenTheEndIsReached(t *testing.T) {
	s, m := staged(t, long(450), 100, 30)
	if got := m.Calls("Lines"); got != 1 || s.Status() != "the newest 200 lines" {
		t.Fatalf("at first: %d reads, %q", got, s.Status())
	}
	s.Press("G", "G", "G")
	if got := s.Status(); got != "450 lines" {
		t.Errorf("got %q, want all", got)
	}
	if got := s.Screen(); !strings.Contains(got, "change 1\n") && !strings.Contains(got, "change 1 ") {
		t.Errorf("the first line is not shown:\n%s", got)
	}
}

func TestAChangeOfTheRegistryIsReadAndKeepsTheCursor(t *testing.T) {
	s, m := staged(t, long(5), 100, 30)
	s.Press("j", "j")
	m.Change(func(r *memory.Records) {
		r.Governed.Lines = append(r.Governed.Lines, store.Line{Seq: 6, Sentence: "change 6"})
	})
	calls := m.Calls("Lines")
	s.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.RunCreated}}}})
	if got := m.Calls("Lines"); got != calls {
		t.Errorf("a run made it read")
	}
	s.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.RegistryChanged}}}})
	if got := s.Screen(); !strings.Contains(got, "change 6") || !strings.Contains(got, "▌   3") {
		t.Errorf("got\n%s", got)
	}
}

func TestOneModelHasItsOwnLines(t *testing.T) {
	r := viewtest.Governed()
	r.Governed.Lines = append(r.Governed.Lines, store.Line{Seq: 5, Of: store.Subject{Kind: store.ModelSubject, Name: "idle"}, Sentence: "create model idle"})
	v := activity.New(memory.New(r), view.ShowActivity{Of: store.Subject{Kind: store.ModelSubject, Name: "idle"}}, viewtest.Theme())
	got := viewtest.Start(t, v, 100, 30).Screen()
	if !strings.Contains(got, "create model idle") || strings.Contains(got, "churn") {
		t.Errorf("got\n%s", got)
	}
}

func TestNothingThatAUserDoesBreaksTheFrame(t *testing.T) {
	s, _ := staged(t, viewtest.Governed(), 80, 24)
	s.Shake(rand.New(rand.NewPCG(1, 2)), 600)
}

func TestTheSubjectOfALineIsOpened(t *testing.T) {
	for name, tt := range map[string]struct {
		of   store.Subject
		want any
		why  string
	}{
		"a run":          {store.Subject{Kind: store.RunSubject, Name: "ca170007"}, view.ShowRun{ID: "ca170007"}, ""},
		"a version":      {store.Subject{Kind: store.VersionSubject, Name: "churn", Version: 2}, view.ShowModel{Name: "churn", Version: 2}, ""},
		"a logged model": {store.Subject{Kind: store.LoggedModelSubject, Name: "m-1"}, nil, "about no model, run or experiment"},
	} {
		r := memory.Records{}
		r.Governed.Lines = []store.Line{{Seq: 1, What: "x", Of: tt.of, Sentence: "did it"}}
		s := viewtest.Start(t, activity.New(memory.New(r), view.ShowActivity{}, viewtest.Theme()), 100, 20)
		if tt.why == "" {
			s.Press("m")
			if got := s.Asked[len(s.Asked)-1]; got != tt.want {
				t.Errorf("%s: asked for %+v", name, got)
			}
			continue
		}
		for _, k := range activityKeys(memory.New(r)) {
			if k.Name == "model" && !strings.Contains(k.Why(), tt.why) {
				t.Errorf("%s: m is off because %q", name, k.Why())
			}
		}
	}
}

// activityKeys are the keys of the screen once its lines are there.
func activityKeys(m *memory.Store) []view.Key {
	v := activity.New(m, view.ShowActivity{}, viewtest.Theme())
	pump.Run(v.Init(), v.Update)
	return v.Keys()
}
