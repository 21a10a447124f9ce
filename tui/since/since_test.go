package since_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/since"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// looks is a moment that is kept.
type looks struct {
	last store.Time
	bad  error
}

func (l *looks) Last() (store.Time, bool) { return l.last, l.last.Set() }
func (l *looks) Look(at store.Time) error {
	if l.bad == nil {
		l.last = at
	}
	return l.bad
}

func TestFrames(t *testing.T) {
	frame := func(l *looks, keys ...string) func(*testing.T, int, int) *viewtest.Stage {
		return func(t *testing.T, width, height int) *viewtest.Stage {
			t.Helper()
			mine := *l
			s := viewtest.Start(t, since.New(memory.New(viewtest.Small()), &mine, viewtest.Theme()), width, height)
			s.Press(keys...)
			return s
		}
	}
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"three days":   frame(&looks{last: viewtest.Ago(3 * 24 * 60)}),
		"nothing new":  frame(&looks{last: viewtest.Ago(1)}),
		"first look":   frame(&looks{}),
		"farther back": frame(&looks{last: viewtest.Ago(1)}, "b", "b", "b"),
	})
}

func TestToOpenItIsToLook(t *testing.T) {
	l := &looks{last: viewtest.Ago(60)}
	viewtest.Start(t, since.New(memory.New(viewtest.Small()), l, viewtest.Theme()), 100, 20)
	if l.last.Millis() != viewtest.Now {
		t.Errorf("the next look begins at %d, want now", l.last.Millis())
	}
	l.bad = errors.New("the disk is full")
	s := viewtest.Start(t, since.New(memory.New(viewtest.Small()), l, viewtest.Theme()), 100, 20)
	if !strings.Contains(s.Said(), "the disk is full") {
		t.Errorf("said %q", s.Said())
	}
}

func TestWhatHappensMeanwhileIsThere(t *testing.T) {
	m := memory.New(viewtest.Small())
	s := viewtest.Start(t, since.New(m, &looks{last: viewtest.Ago(10)}, viewtest.Theme()), 100, 20)
	if got := s.Screen(); !strings.Contains(got, "2 started") {
		t.Errorf("got\n%s", got)
	}
	var head store.Head
	m.Change(func(r *memory.Records) {
		run := r.Run("e1c00003")
		run.Status, run.End = store.Failed, viewtest.Ago(0)
		head = run.Head
	})
	s.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.RunChanged, Head: head}}}})
	s.Later()
	if got := s.Screen(); !strings.Contains(got, "1 failed   1 started") {
		t.Errorf("after one failed:\n%s", got)
	}
	s.Press("enter")
	if got, ok := s.Asked[len(s.Asked)-1].(view.ShowRun); !ok || got.ID != "e1c00003" {
		t.Errorf("enter asked for %v", s.Asked)
	}
}

func TestAnyKeys(t *testing.T) {
	for seed := range uint64(10) {
		viewtest.Start(t, since.New(memory.New(viewtest.Small()), nil, viewtest.Theme()), 80, 24).Shake(rand.New(rand.NewPCG(seed, 1)), 40)
	}
}
