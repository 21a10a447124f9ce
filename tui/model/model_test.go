package model_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"benchside/artifacts"
	"benchside/compare"
	"benchside/store"
	"benchside/store/memory"
	"benchside/themes"
	"benchside/tui/columns"
	"benchside/tui/model"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// better says that higher is better for val/auc.
type better struct{}

func (better) All() map[string]compare.Direction {
	return map[string]compare.Direction{"val/auc": compare.Higher}
}
func (better) Keep(string, compare.Direction) error { return nil }

func places(store.Run) artifacts.Places { return artifacts.Places{Store: "testdata/none/mlflow.db"} }

func staged(t *testing.T, s store.Store, name string, width, height int) *viewtest.Stage {
	t.Helper()
	return viewtest.Start(t, model.New(s, view.ShowModel{Name: name}, better{}, places, viewtest.Theme()), width, height)
}

func TestFrames(t *testing.T) {
	small := memory.New(viewtest.Registry())
	of := func(name string, press ...string) func(t *testing.T, w, h int) *viewtest.Stage {
		return func(t *testing.T, w, h int) *viewtest.Stage {
			s := staged(t, small, name, w, h)
			s.Press(press...)
			return s
		}
	}
	viewtest.Frames(t, append(viewtest.Sizes(), [2]int{200, 50}), map[string]func(t *testing.T, width, height int) *viewtest.Stage{
		"trend":            of("churn-classifier"),
		"description":      of("churn-classifier", "]", "tab"),
		"lineage":          of("churn-classifier", "]", "]", "tab"),
		"no signature":     of("churn-classifier", "]", "]", "]"),
		"tags":             of("churn-classifier", "j", "alt+5", "tab"),
		"compared":         of("churn-classifier", "space", "j", "space", "alt+6", "tab"),
		"without a run":    of("credit-risk", "alt+3", "tab"),
		"without versions": of("empty-model"),
		"hostile":          of("image-tagger 🖼️\x1b[2J", "alt+3", "tab"),
		"unknown":          of("nothing"),
		"many": func(t *testing.T, w, h int) *viewtest.Stage {
			return staged(t, memory.New(viewtest.Many(60)), "nightly", w, h)
		},
		"plain ASCII": func(t *testing.T, w, h int) *viewtest.Stage {
			theme := themes.Plain()
			theme.Glyphs = themes.ASCII()
			theme.Glyphs.Graphemes = true
			return viewtest.Start(t, model.New(small, view.ShowModel{Name: "churn-classifier"}, better{}, places, &theme), w, h)
		},
	})
}

// last is what the view asked for last.
func last(s *viewtest.Stage) any { return s.Asked[len(s.Asked)-1] }

func TestChangesAgainstProductionAreGoodOnlyByASaidDirection(t *testing.T) {
	s := staged(t, memory.New(viewtest.Registry()), "churn-classifier", 160, 40)
	if got := s.Screen(); !strings.Contains(got, "▲ +0.049") || !strings.Contains(got, "▼ -0.012") {
		t.Errorf("higher is better:\n%s", got)
	}
	s = viewtest.Start(t, model.New(memory.New(viewtest.Registry()), view.ShowModel{Name: "churn-classifier"}, nil, places, viewtest.Theme()), 160, 40)
	if got := s.Screen(); strings.Contains(got, "▲ +0.049") || !strings.Contains(got, "+0.049") {
		t.Errorf("nobody said what is better:\n%s", got)
	}
}

func TestLinksLeadToTheRunItsDataAndItsFiles(t *testing.T) {
	s := staged(t, memory.New(viewtest.Registry()), "churn-classifier", 120, 40)
	s.Press("enter")
	if got := last(s); got != (view.ShowRun{ID: "b01d0012"}) {
		t.Errorf("enter on a version: got %#v", got)
	}
	s.Press("alt+3", "tab", "enter")
	if got := last(s); got != (view.ShowRun{ID: "b01d0012", Part: "Data"}) {
		t.Errorf("enter on its dataset: got %#v", got)
	}
	s.Press("j", "j", "enter")
	files, ok := last(s).(view.ShowArtifacts)
	if !ok || files.Path != "churn/MLmodel" || files.Runs[0] != "b01d0012" {
		t.Errorf("enter on its logged model: got %#v", last(s))
	}
	s.Press("tab", "4")
	if files, ok = last(s).(view.ShowArtifacts); !ok || files.Path != "churn/MLmodel" {
		t.Errorf("4: got %#v", last(s))
	}
}

func TestComparisonIsOfTheSourceRuns(t *testing.T) {
	s := staged(t, memory.New(viewtest.Registry()), "churn-classifier", 120, 40)
	s.Press("c")
	got, ok := last(s).(view.ShowComparison)
	if !ok || strings.Join(got.Runs, " ") != "f0000004 b01d0012" || got.Baseline != "f0000004" {
		t.Errorf("with Production: got %#v", last(s))
	}
	s.Press("space", "space", "c")
	if got, ok = last(s).(view.ShowComparison); !ok || strings.Join(got.Runs, " ") != "ca170007 b01d0012" {
		t.Errorf("of marked versions: got %#v", last(s))
	}
}

func TestColumnsAreChosen(t *testing.T) {
	v := model.New(memory.New(viewtest.Registry()), view.ShowModel{Name: "churn-classifier"}, better{}, places, viewtest.Theme())
	s := viewtest.Start(t, v, 160, 40)
	s.Press("o")
	if _, ok := last(s).(view.Ask); !ok {
		t.Fatalf("o: got %#v", last(s))
	}
	s.Send(columns.Chosen{Owner: v, Fields: []store.Field{
		{Kind: store.AttributeField, Key: "version"}, {Kind: store.ParamField, Key: "max_depth"}, {Kind: store.MetricField, Key: "val/loss"},
	}})
	if got := s.Screen(); !strings.Contains(got, "max_depth") || !strings.Contains(got, "val/loss") || strings.Contains(got, "val/auc") {
		t.Errorf("the columns are others:\n%s", got)
	}
}

func TestAChangeOfTheRegistryIsSeen(t *testing.T) {
	r := memory.New(viewtest.Registry())
	s := staged(t, r, "churn-classifier", 120, 40)
	s.Press("j", "space", "k", "j")
	r.Change(func(r *memory.Records) {
		r.Versions = append(r.Versions, store.ModelVersion{Name: "churn-classifier", Version: 6, Stage: store.StageStaging, RunID: "ca170007"})
	})
	s.Send(view.StoreChanged{})
	if got := s.Screen(); !strings.Contains(got, "6 versions") || !strings.Contains(got, "⚑ 4") {
		t.Errorf("the new version is missing, or the mark is lost:\n%s", got)
	}
	r.Fail("Model", errors.New("read model churn-classifier: locked"))
	s.Send(view.Refresh{})
	if got := s.Screen(); !strings.Contains(got, "locked") || !strings.Contains(got, "Production v3") {
		t.Errorf("an error does not stand above what was there:\n%s", got)
	}
}

func TestWhatCannotBeDoneSaysWhy(t *testing.T) {
	s := staged(t, memory.New(viewtest.Registry()), "credit-risk", 120, 40)
	s.Press("enter")
	if got := s.Said(); !strings.Contains(got, "without a run") {
		t.Errorf("got %q", got)
	}
	s = staged(t, memory.New(viewtest.Registry()), "image-tagger 🖼️\x1b[2J", 120, 40)
	s.Press("enter")
	if got := s.Said(); !strings.Contains(got, "not in the store") {
		t.Errorf("got %q", got)
	}
}

func TestAnyKeysInAnyOrder(t *testing.T) {
	for seed := range uint64(20) {
		for _, name := range []string{"churn-classifier", "image-tagger 🖼️\x1b[2J", "empty-model"} {
			staged(t, memory.New(viewtest.Registry()), name, 80, 24).Shake(rand.New(rand.NewPCG(seed, 7)), 40, "o")
		}
	}
}

func TestATrainingDoesNotHaveItReadWithEveryPoint(t *testing.T) {
	r := memory.New(viewtest.Registry())
	s := staged(t, r, "churn-classifier", 120, 40)
	before := r.Calls("Model")
	point := view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.PointLogged, Head: store.Head{ID: "e1c00003"}}}}}
	s.Send(point, point, point)
	if n := r.Calls("Model") - before; n != 0 {
		t.Errorf("three points: read %d times at once", n)
	}
	s.Later()
	if n := r.Calls("Model") - before; n < 1 || n > 2 {
		t.Errorf("a second later: read %d times", n)
	}
}

func TestTheDriftOfVersionsIsBesideThem(t *testing.T) {
	r := viewtest.Registry()
	of := func(version int64, verdict string, drifted, share float64) {
		at := slices.IndexFunc(r.Versions, func(m store.ModelVersion) bool { return m.Name == "churn-classifier" && m.Version == version })
		run := r.Run(r.Versions[at].RunID)
		run.Tags[store.TagDriftVerdict] = verdict
		run.Metrics[store.MetricDriftColumns] = store.Point{Value: drifted}
		run.Metrics[store.MetricDriftShare] = store.Point{Value: share}
	}
	of(3, "drift", 4, 4.0/14)
	of(5, "ok", 0, 0)
	s := viewtest.Start(t, model.New(memory.New(r), view.ShowModel{Name: "churn-classifier"}, nil, places, viewtest.Theme()), 160, 40)
	for start, want := range map[string]string{"5  None": "2 h ago     ok", "3  Production": "▲ 4 of 14 columns", "1  Archived": "—"} {
		found := false
		for line := range strings.Lines(s.Screen()) {
			found = found || strings.Contains(line, start) && strings.Contains(line, want)
		}
		if !found {
			t.Errorf("%s: want %q in\n%s", start, want, s.Screen())
		}
	}
}
