package histories

import (
	"errors"
	"math"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"benchside/curves"
	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/pump"
	"benchside/tui/view"
)

const many = 5000

func at(i int64) store.Point {
	return store.Point{Step: store.StepOf(i), Timestamp: i, Value: math.Sqrt(float64(i))}
}

// shelf is one of a run with the metrics a and b of many points, and c of three.
func shelf(budget int) (*Shelf, store.Run) {
	r := memory.Records{Runs: []store.Run{{Head: store.Head{ID: "run", Name: "r", ExperimentID: "1"}}}}
	for i := range int64(many) {
		r.Log("run", "a", at(i))
		r.Log("run", "b", at(i))
		if i < 3 {
			r.Log("run", "c", at(i))
		}
	}
	run := store.Run{Head: store.Head{ID: "run", Name: "r"}, Metrics: map[string]store.Point{"a": {}, "b": {}, "c": {}}}
	s := New(memory.New(r), budget)
	s.Runs([]store.Run{run})
	return s, run
}

// want reads metrics to the end; between is called behind each answer.
func want(t *testing.T, s *Shelf, between func(msg tea.Msg), keys ...string) {
	t.Helper()
	pump.Run(s.Want(keys), func(msg tea.Msg) tea.Cmd {
		cmd, taken, err := s.Update(msg)
		if !taken || err != nil {
			t.Fatalf("%T: taken %v, %v", msg, taken, err)
		}
		if between != nil {
			between(msg)
		}
		return cmd
	})
}

func TestAPreviewThenAllPoints(t *testing.T) {
	s, _ := shelf(Budget)
	if d := s.Draw("a", curves.Steps, "", curves.Smoothing{}); len(d.Series) != 0 || d.Note != "reading" {
		t.Errorf("before: %d series, note %q", len(d.Series), d.Note)
	}
	previews := 0
	want(t, s, func(tea.Msg) {
		if d := s.Draw("a", curves.Steps, "", curves.Smoothing{}); len(d.Series) == 1 && len(d.Series[0].X) == glance {
			if previews++; !strings.HasPrefix(d.Note, "preview, ") || s.Whole("a") {
				t.Errorf("a preview says %q", d.Note)
			}
		}
	}, "a", "c")
	if previews == 0 {
		t.Error("there was no preview")
	}
	for key, n := range map[string]int{"a": many, "c": 3} {
		d := s.Draw(key, curves.Steps, "", curves.Smoothing{Weight: 0.5})
		if len(d.Series) != 1 || len(d.Series[0].X) != n || d.Note != "" || len(d.Smoothed) != 1 || !s.Whole(key) {
			t.Errorf("%s: %d series, note %q; want %d points", key, len(d.Series), d.Note, n)
		}
	}
}

func TestAPointThatComesWhileReadingIsThereOnce(t *testing.T) {
	s, _ := shelf(Budget)
	want(t, s, func(msg tea.Msg) {
		if _, preview := msg.(view.Loaded[glanced]); preview {
			s.Add("run", "a", at(many))   // not in the store yet when it is scanned
			s.Add("run", "a", at(many-5)) // in it already
		}
	}, "a")
	c := s.Curve("run", "a")
	if len(c.Steps) != many+1 || c.Steps[many] != many {
		t.Errorf("%d points, want %d", len(c.Steps), many+1)
	}
}

func TestWhatIsOutOfViewGoesFirst(t *testing.T) {
	s, _ := shelf(20 * many)
	want(t, s, nil, "a")
	want(t, s, nil, "b")
	if s.Curve("run", "a") != nil || s.Curve("run", "b") == nil {
		t.Error("the metric out of view stayed, or the one in view went")
	}
}

func TestAnErrorIsSaidAndNotRepeated(t *testing.T) {
	whole, run := shelf(Budget)
	s := New(whole.reader, Budget)
	s.Runs([]store.Run{run})
	s.bad[id{"run", "a"}] = true
	want(t, s, nil, "a")
	if d := s.Draw("a", curves.Steps, "", curves.Smoothing{}); d.Note != "1 of 1 runs not read" || !s.Whole("a") {
		t.Errorf("note %q", d.Note)
	}
	if err := s.failed(errors.New("gone"), []id{{"run", "b"}}); err == nil || !s.bad[id{"run", "b"}] {
		t.Errorf("an error is kept: %v, %v", err, s.bad)
	}
}

func TestALeftScreenReadsNoMore(t *testing.T) {
	s, _ := shelf(Budget)
	want(t, s, func(tea.Msg) { s.Stop() }, "a")
	if s.Whole("a") || s.loads.scan.Busy() {
		t.Error("it went on")
	}
	want(t, s, nil, "a")
	if !s.Whole("a") {
		t.Error("it did not go on when it was wanted again")
	}
}
