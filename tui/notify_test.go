package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/pump"
	"benchside/tui/view"
)

// told collects what a change has the program say by notices.
func toldBy(t *testing.T, n Notify, served bool, changes ...store.Event) (raw string, said []string) {
	t.Helper()
	a := New(memory.New(memory.Records{}), Options{Theme: "dark", still: true, Work: Work{Notify: n}, Served: served, Now: func() time.Time { return time.UnixMilli(1000) }})
	for _, e := range changes {
		pump.Run(a.notify(store.Change{Events: []store.Event{e}}), func(msg tea.Msg) tea.Cmd {
			switch m := msg.(type) {
			case tea.RawMsg:
				raw += m.Msg.(string)
			case view.Say:
				said = append(said, m.Text)
			}
			return nil
		})
	}
	return raw, said
}

func TestTheUserIsToldOfRunsThatEnd(t *testing.T) {
	event := func(kind store.EventKind, status store.Status, end int64) store.Event {
		h := store.Head{ID: "r1", Name: "a;b\x1b[2J\x07", Status: status, Start: store.At(5)}
		if end > 0 {
			h.End = store.At(end)
		}
		return store.Event{Kind: kind, Head: h}
	}
	all := Notify{Bell: true, OSC9: true}
	for name, c := range map[string]struct {
		notify Notify
		events []store.Event
		want   string
	}{
		"finished":                       {all, []store.Event{event(store.RunCreated, store.Running, 0), event(store.RunChanged, store.Finished, 9)}, "\a\x1b]9;a,b␛[2J␇ finished\x07"},
		"failed after the session began": {Notify{OSC9: true}, []store.Event{event(store.RunChanged, store.Failed, 2000)}, "\x1b]9;a,b␛[2J␇ failed\x07"},
		"ended before, and renamed now":  {all, []store.Event{event(store.RunChanged, store.Finished, 500)}, ""},
		"once":                           {Notify{Bell: true}, []store.Event{event(store.RunCreated, store.Running, 0), event(store.RunChanged, store.Finished, 500), event(store.RunChanged, store.Finished, 500)}, "\a"},
		"goes on":                        {all, []store.Event{event(store.RunChanged, store.Running, 0)}, ""},
		"not asked for":                  {Notify{}, []store.Event{event(store.RunChanged, store.Failed, 2000)}, ""},
	} {
		if got, _ := toldBy(t, c.notify, false, c.events...); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestACommandHearsOfRunsThatEnd(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	e := store.Event{Kind: store.RunChanged, Head: store.Head{ID: "r1", Name: "$(touch x); {id}", Status: store.Failed, End: store.At(2000)}}
	n := Notify{Command: []string{"/bin/sh", "-c", `printf '%s|' "$@" > ` + out, "sh", "{name}", "{status}"}}
	if _, said := toldBy(t, n, false, e); len(said) > 0 {
		t.Fatalf("said %v", said)
	}
	got, err := os.ReadFile(out)
	if err != nil || string(got) != "$(touch x); {id}|FAILED|" {
		t.Errorf("the command got %q %v", got, err)
	}
	if _, said := toldBy(t, Notify{Command: []string{"/nowhere/at-all"}}, false, e); len(said) != 1 || !strings.Contains(said[0], "notify: /nowhere/at-all") {
		t.Errorf("a command that is not there: said %v", said)
	}
	if _, said := toldBy(t, Notify{Command: []string{"/nowhere/at-all"}}, true, e); len(said) != 0 {
		t.Errorf("a user at another machine: said %v", said)
	}
}
