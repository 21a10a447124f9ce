package figure_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"benchside/compare"
	"benchside/figures"
	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/figure"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// sweep is a store of 24 runs of a search over two numbers and a word.
func sweep() (memory.Records, []string) {
	var r memory.Records
	var ids []string
	for i := range 24 {
		id := fmt.Sprintf("run%02d", i)
		lr, depth := math.Pow(10, -1-float64(i%4)), i%6+1
		opt := []string{"adam", "sgd"}[i%2]
		r.Runs = append(r.Runs, store.Run{
			Head:   store.Head{ID: id, Name: "trial-" + id[3:], ExperimentID: "1"},
			Params: map[string]string{"lr": fmt.Sprint(lr), "depth": fmt.Sprint(depth), "optimizer": opt, "seed": fmt.Sprint(i)},
		})
		r.Log(id, "auc", store.Point{Value: 0.6 + 0.04*float64(depth) - 0.01*float64(i%4)})
		r.Log(id, "latency", store.Point{Value: float64(depth*depth) + float64(i%3)})
		ids = append(ids, id)
	}
	return r, ids
}

// kept remembers directions for a test.
type kept map[string]compare.Direction

func (k kept) All() map[string]compare.Direction { return k }

func (k kept) Keep(metric string, d compare.Direction) error { k[metric] = d; return nil }

func open(t *testing.T, ask view.ShowFigure, width, height int) *viewtest.Stage {
	t.Helper()
	r, ids := sweep()
	if ask.Runs == nil {
		ask.Runs = ids
	}
	return viewtest.Start(t, figure.New(memory.New(r), ask, kept{}, viewtest.Theme()), width, height)
}

func TestFrames(t *testing.T) {
	cases := map[string]func(*testing.T, int, int) *viewtest.Stage{}
	for _, k := range figures.Kinds {
		cases[k.Name] = func(t *testing.T, w, h int) *viewtest.Stage {
			return open(t, view.ShowFigure{Kind: k.Name, Field: "metrics.auc", Title: "the sweep"}, w, h)
		}
	}
	cases["brushed"] = func(t *testing.T, w, h int) *viewtest.Stage {
		s := open(t, view.ShowFigure{Kind: "parallel", Field: "metrics.auc"}, w, h)
		s.Press("]", "]", "]", "]", "]", "]", "]", "]", "]", "]", "n")
		return s
	}
	cases["one run pointed out"] = func(t *testing.T, w, h int) *viewtest.Stage {
		s := open(t, view.ShowFigure{Field: "metrics.auc"}, w, h)
		s.Press("n", "n")
		return s
	}
	cases["fields alone"] = func(t *testing.T, w, h int) *viewtest.Stage {
		s := open(t, view.ShowFigure{}, w, h)
		s.Press("tab")
		return s
	}
	viewtest.Frames(t, viewtest.Sizes(), cases)
}

func TestABrushKeepsRuns(t *testing.T) {
	s := open(t, view.ShowFigure{Kind: "parallel", Field: "metrics.auc"}, 120, 40)
	if got := s.Status(); strings.Contains(got, "kept") {
		t.Errorf("without a brush: %q", got)
	}
	for range 18 {
		s.Press("]")
	}
	s.Press("c")
	ask, ok := s.Asked[len(s.Asked)-1].(view.ShowComparison)
	// auc is from 0.62 to 0.83, so that 18 of 20 steps leave 0.81 and 0.83.
	if !ok || len(ask.Runs) != 4 {
		t.Fatalf("the upper tenth of auc is kept: %d runs, want 4", len(ask.Runs))
	}
	for _, id := range ask.Runs {
		var n int
		fmt.Sscanf(id, "run%d", &n)
		if n%6 != 5 {
			t.Errorf("%s has depth %d and is among the best", id, n%6+1)
		}
	}
	s.Press("0")
	if got := s.Status(); strings.Contains(got, "kept") {
		t.Errorf("after 0: %q", got)
	}
}

func TestADragBrushesAnAxis(t *testing.T) {
	s := open(t, view.ShowFigure{Kind: "parallel", Field: "metrics.auc"}, 120, 40)
	s.Send(view.Drag{FromX: 115, FromY: 4, X: 115, Y: 10, Done: true})
	if got := s.Status(); !strings.Contains(got, "kept") {
		t.Errorf("a drag along the last axis keeps nothing: %q", got)
	}
}

func TestTheBrushOfOneWord(t *testing.T) {
	s := open(t, view.ShowFigure{Kind: "parallel", Field: "params.optimizer"}, 120, 40)
	s.Press("]", "c")
	if ask := s.Asked[len(s.Asked)-1].(view.ShowComparison); len(ask.Runs) != 12 {
		t.Errorf("%d runs use sgd, want 12", len(ask.Runs))
	}
}

func TestParetoAsksWhatIsBetter(t *testing.T) {
	s := open(t, view.ShowFigure{Kind: "pareto", Field: "metrics.auc"}, 120, 40)
	if got := s.Screen(); !strings.Contains(got, "better high or low?") {
		t.Fatalf("a front without directions:\n%s", got)
	}
	s.Press("D", "j", "D", "D")
	if got := s.Screen(); !strings.Contains(got, "on the front") {
		t.Errorf("auc up and latency down have no front:\n%s", got)
	}
}

func TestRolesAreSwapped(t *testing.T) {
	s := open(t, view.ShowFigure{Kind: "scatter", Field: "metrics.auc"}, 120, 40)
	before := s.Screen()
	if !strings.Contains(before, "auc over depth") {
		t.Fatalf("not auc over a param:\n%s", before)
	}
	s.Press("x")
	if got := s.Screen(); !strings.Contains(got, "depth over auc") {
		t.Errorf("x on what is y does not swap them:\n%s", got)
	}
}

func TestOpenAndCommand(t *testing.T) {
	s := open(t, view.ShowFigure{Field: "metrics.auc"}, 120, 40)
	s.Press("n", "enter")
	if _, ok := s.Asked[len(s.Asked)-1].(view.ShowRun); !ok {
		t.Errorf("enter asked %+v", s.Asked)
	}
	s.Command("plot", "heat")
	if got := s.Status(); !strings.Contains(got, "heatmap") {
		t.Errorf("plot heat: %q", got)
	}
	s.Command("plot", "pie")
	if said, ok := s.Asked[len(s.Asked)-1].(view.Say); !ok || !said.Bad {
		t.Errorf("plot pie: %+v", s.Asked[len(s.Asked)-1])
	}
	s.Press("C")
	if c, ok := s.Asked[len(s.Asked)-1].(view.Copy); !ok || !strings.Contains(c.Text, "auc") {
		t.Errorf("C copied %+v", s.Asked[len(s.Asked)-1])
	}
}

func TestTheNewestValueArrives(t *testing.T) {
	r, ids := sweep()
	db := memory.New(r)
	s := viewtest.Start(t, figure.New(db, view.ShowFigure{Runs: ids, Kind: "bar", Field: "metrics.auc"}, nil, viewtest.Theme()), 120, 40)
	changes, err := db.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db.Change(func(r *memory.Records) { r.Log("run03", "auc", store.Point{Step: store.StepOf(1), Value: 77}) })
	s.Send(view.StoreChanged{Change: <-changes})
	if got := s.Screen(); !strings.Contains(got, "77") {
		t.Errorf("a point of 77 is not in the bars:\n%s", got)
	}
}

func TestNothingToDraw(t *testing.T) {
	for _, runs := range [][]string{{"gone"}, {"run00"}} {
		for _, k := range figures.Kinds {
			s := open(t, view.ShowFigure{Runs: runs, Kind: k.Name}, 80, 24)
			if got := s.Screen(); !strings.Contains(got, "runs") {
				t.Errorf("%s of %v says nothing:\n%s", k.Name, runs, got)
			}
		}
	}
}

func TestHostileFields(t *testing.T) {
	evil := "x\x1b[2J\u202e\n" + strings.Repeat("tag ", 500)
	var r memory.Records
	for i := range 6 {
		id := fmt.Sprint(i)
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: id, Name: evil + id, ExperimentID: "1"}, Params: map[string]string{evil: evil + id, "日本語": fmt.Sprint(i)}})
		r.Log(id, evil, store.Point{Value: []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300, 0}[i]})
	}
	ids := []string{"0", "1", "2", "3", "4", "5"}
	for _, size := range viewtest.Sizes() {
		s := viewtest.Start(t, figure.New(memory.New(r), view.ShowFigure{Runs: ids}, kept{evil: compare.Higher}, viewtest.Theme()), size[0], size[1])
		for range figures.Kinds {
			viewtest.Check(t, s.Draw(), size[0], size[1])
			s.Press("n", "v")
		}
	}
}

func TestNoKeyBreaksTheScreen(t *testing.T) {
	for seed := range uint64(10) {
		s := open(t, view.ShowFigure{}, 80, 24)
		s.Shake(rand.New(rand.NewPCG(seed, 7)), 200)
	}
}

func TestAContourBeginsWithNumbers(t *testing.T) {
	for name, c := range map[string]struct {
		drop []string // params
		want string
		list string // how the field that is x begins in the list
	}{
		"numbers before a word": {nil, "", "x depth"},
		"one number":            {[]string{"depth", "seed"}, "only one param is such a number", ""},
		"none":                  {[]string{"depth", "seed", "lr"}, "no param is such a number", ""},
	} {
		r, ids := sweep()
		for i := range r.Runs {
			r.Runs[i].Params["activation"] = []string{"relu", "tanh"}[i%2] // before all others
			for _, key := range c.drop {
				delete(r.Runs[i].Params, key)
			}
		}
		s := viewtest.Start(t, figure.New(memory.New(r), view.ShowFigure{Runs: ids, Kind: "contour", Field: "metrics.auc"}, kept{}, viewtest.Theme()), 200, 40)
		got := strings.Join(strings.Fields(s.Screen()), " ")
		if !strings.Contains(got, c.want) || !strings.Contains(got, c.list) {
			t.Errorf("%s: %q or %q is not in\n%s", name, c.want, c.list, s.Screen())
		}
		if c.want == "" && strings.Contains(got, "text") {
			t.Errorf("%s: the contour is of a text:\n%s", name, s.Screen())
		}
	}
}
