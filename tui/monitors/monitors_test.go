package monitors_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/memory"
	"benchside/themes"
	"benchside/tui/monitors"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // the screen shows moments in local time
	os.Exit(m.Run())
}

const day = 24 * 60 // minutes

// watched are three monitors: one that drifts and has an alert, one that is paused,
// and one that found nothing yet and whose texts are hostile.
func watched() memory.Records {
	r := memory.Records{}
	w := &r.Watched
	w.Monitors = []store.Monitor{
		{ID: 1, Name: "flights", Arrives: store.Arrival{Kind: store.InFolder, Folder: "/data/flights"}, Reference: store.DataSource{Kind: store.FromFile, Path: "/data/2013.csv"}},
		{ID: 2, Name: "census", Paused: true, Arrives: store.Arrival{Kind: store.InExperiment, Experiment: "4"}},
		{ID: 3, Name: "evil\x1b[2J", Arrives: store.Arrival{Kind: store.InFolder, Folder: "/\u202edata\x07"}},
	}
	w.Reports = map[int64][]byte{}
	for i, verdict := range []string{"ok", "ok", "warn", "drift", "drift"} {
		w.Results = append(w.Results, store.BatchResult{
			ID: int64(i + 1), Monitor: 1, Batch: store.Batch{Name: fmt.Sprintf("b%d.csv", i), Rows: 900, End: viewtest.Ago((9 - i) * day)}, At: viewtest.Ago(30 - i),
			State: store.BatchCompared, Verdict: verdict, Says: fmt.Sprintf("%s: %d of 10 columns drift", strings.ToUpper(verdict), i), Share: float64(i) / 10, Limit: 0.3, Report: 40,
		})
		w.Reports[int64(i+1)] = []byte(`{"schema": "benchside-drift-report/1"}`)
	}
	w.Results[4].Schema = []string{"column extra is new"}
	w.Results = append(w.Results, store.BatchResult{ID: 9, Monitor: 3, Batch: store.Batch{Name: "\x1b]0;x\x07.csv"}, State: store.BatchUnreadable, Share: math.NaN(), Says: "torn\x1b[31m"})
	w.Alerts = []store.Alert{
		{ID: 6, Monitor: 1, Rule: "temp", Says: "psi:temp 1.2 (>= 1 in 1 of 1)", Batch: "b2.csv", Fired: viewtest.Ago(28), Resolved: viewtest.Ago(27)},
		{ID: 7, Monitor: 1, Rule: "share", Says: "share 0.3 (>= 0.3 in 1 of 1)", Batch: "b3.csv", Fired: viewtest.Ago(27)},
	}
	return r
}

func shown(t *testing.T, r memory.Records, look monitors.Look, width, height int) (*viewtest.Stage, *monitors.View, *memory.Store) {
	t.Helper()
	s := memory.New(r)
	v := monitors.New(s, look, viewtest.Theme())
	return viewtest.Start(t, v, width, height), v, s
}

func looks(context.Context, store.Monitor) (string, error) { return "1 compared", nil }

func TestFrames(t *testing.T) {
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"watched": func(t *testing.T, w, h int) *viewtest.Stage { s, _, _ := shown(t, watched(), looks, w, h); return s },
		"the last": func(t *testing.T, w, h int) *viewtest.Stage {
			s, _, _ := shown(t, watched(), looks, w, h)
			s.Press("G")
			return s
		},
		"nothing": func(t *testing.T, w, h int) *viewtest.Stage {
			s, _, _ := shown(t, memory.Records{}, nil, w, h)
			return s
		},
		"keeps none": func(t *testing.T, w, h int) *viewtest.Stage {
			return viewtest.Start(t, monitors.New(nil, nil, viewtest.Theme()), w, h)
		},
		"error above old rows": func(t *testing.T, w, h int) *viewtest.Stage {
			s, _, m := shown(t, watched(), looks, w, h)
			m.Fail("Monitors", errors.New("read monitors: locked by another process"))
			s.Send(view.Refresh{})
			return s
		},
		"plain ASCII": func(t *testing.T, w, h int) *viewtest.Stage {
			theme := themes.Plain()
			theme.Glyphs = themes.ASCII()
			theme.Glyphs.Graphemes = true
			return viewtest.Start(t, monitors.New(memory.New(watched()), nil, &theme), w, h)
		},
	})
}

func why(v *monitors.View, press string) string {
	for _, k := range v.Keys() {
		if k.Press[0] == press {
			return k.Why()
		}
	}
	return "no such key"
}

func TestWhatCanBeDone(t *testing.T) {
	for name, c := range map[string]struct {
		moves, key, want string
		look             monitors.Look
	}{
		"one that waits is looked at":     {"", "n", "", looks},
		"a paused one is not":             {"j", "n", "it is paused; p has it go on", looks},
		"a guest compares nothing":        {"", "n", "this session compares no data", nil},
		"an alert is acknowledged":        {"", "a", "", nil},
		"none waits":                      {"j", "a", "no alert waits", nil},
		"no report of what is no table":   {"G", "o", "no batch was compared yet", nil},
		"the report of the last is there": {"", "o", "", nil},
	} {
		s, v, _ := shown(t, watched(), c.look, 100, 30)
		s.Press(strings.Fields(c.moves)...)
		if got := why(v, c.key); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestKeysAskForTheChange(t *testing.T) {
	for press, want := range map[string]store.Mutation{
		"a":   store.AcknowledgeAlert{Alert: 7, Comment: "seen", Of: store.Subject{Kind: store.MonitorSubject, Name: "flights"}},
		"p":   store.PauseMonitor{Monitor: "flights", Paused: true, From: store.Saw(false)},
		"j p": store.PauseMonitor{Monitor: "census", From: store.Saw(true)},
		"X":   store.RemoveMonitor{Monitor: "flights"},
	} {
		s, _, _ := shown(t, watched(), nil, 100, 30)
		s.Press(strings.Fields(press)...)
		ask, ok := s.Asked[len(s.Asked)-1].(view.Change)
		if !ok {
			t.Fatalf("%s: asked for %+v", press, s.Asked)
		}
		got, err := ask.Make(view.Input{Texts: []string{" seen "}})
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %+v, %v, want %+v", press, got, err, want)
		}
	}
}

func TestALookSaysWhatItFound(t *testing.T) {
	s, _, _ := shown(t, watched(), looks, 100, 30)
	s.Press("n")
	if got := s.Said(); got != "flights: 1 compared" {
		t.Errorf("got %q", got)
	}
	s, _, _ = shown(t, watched(), func(context.Context, store.Monitor) (string, error) { return "", errors.New("no such folder") }, 100, 30)
	s.Press("n")
	if got := s.Said(); got != "no such folder" {
		t.Errorf("got %q", got)
	}
}

func TestEnterOpensTheCalendar(t *testing.T) {
	s, _, _ := shown(t, watched(), nil, 100, 30)
	s.Press("enter")
	if got, want := s.Asked[len(s.Asked)-1], (view.ShowCalendar{Monitor: "flights"}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	s.Press("o")
	report, ok := s.Asked[len(s.Asked)-1].(view.ShowReport)
	if !ok || report.Title != "flights b4.csv" {
		t.Fatalf("got %+v", s.Asked)
	}
	if _, err := report.Load(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWhatAnotherProgramFoundArrives(t *testing.T) {
	s, _, m := shown(t, watched(), nil, 120, 30)
	m.Change(func(r *memory.Records) {
		r.Watched.Results = append(r.Watched.Results, store.BatchResult{
			ID: 20, Monitor: 1, Batch: store.Batch{Name: "fresh.csv", End: viewtest.Ago(day)}, State: store.BatchCompared, Verdict: "ok", Says: "OK",
		})
	})
	s.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.MonitorsChanged}}}})
	if got := s.Screen(); !strings.Contains(got, "fresh.csv") {
		t.Errorf("got\n%s", got)
	}
}

func TestNothingThatAUserDoesBreaksTheFrame(t *testing.T) {
	s, _, _ := shown(t, watched(), looks, 80, 24)
	s.Shake(rand.New(rand.NewPCG(5, 6)), 300)
}
