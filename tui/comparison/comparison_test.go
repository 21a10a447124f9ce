package comparison_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"benchside/compare"
	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/comparison"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// family are runs of the small store: one of them with NaN and infinities.
var family = []string{"b01d0012", "ca170007", "eee00019"}

func open(t testing.TB, s *memory.Store, keep view.Directions, ids []string, width, height int) *viewtest.Stage {
	t.Helper()
	return viewtest.Start(t, comparison.New(s, view.ShowComparison{Runs: ids, Title: "family-gboost"}, keep, viewtest.Theme()), width, height)
}

func keys(line string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		s := open(t, memory.New(viewtest.Small()), nil, family, width, height)
		s.Press(strings.Fields(line)...)
		return s
	}
}

func TestFrames(t *testing.T) {
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"differences":          keys(""),
		"all keys":             keys("d"),
		"from a baseline":      keys("b"),
		"with a direction":     keys("b D"),
		"a row for each run":   keys("b t"),
		"groups":               keys("b v"),
		"params":               keys("v v"),
		"without what's below": keys("v v v"),
		"none of them there": func(t *testing.T, w, h int) *viewtest.Stage {
			return open(t, memory.New(viewtest.Small()), nil, []string{"gone"}, w, h)
		},
	})
}

// seeds is a store of two settings of three seeds each, and one metric that
// tells them apart and one that does not.
func seeds() memory.Records {
	var r memory.Records
	for i := range 6 {
		id := fmt.Sprintf("run%d", i)
		lr := []string{"0.1", "0.01"}[i/3]
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: id, Name: id, ExperimentID: "1"}, Params: map[string]string{"lr": lr, "seed": fmt.Sprint(i)}})
		for step := range 40 {
			auc := 0.5 + 0.001*float64(i%3)
			if i >= 3 && step >= 20 {
				auc += 0.2
			}
			r.Log(id, "auc", store.Point{Step: store.StepOf(int64(step)), Timestamp: int64(step), Value: auc})
		}
		r.Log(id, "luck", store.Point{Value: float64(i % 3)})
	}
	return r
}

func TestNoiseIsSaid(t *testing.T) {
	s := open(t, memory.New(seeds()), nil, []string{"run0", "run1", "run2", "run3", "run4", "run5"}, 160, 40)
	s.Press("b")
	got := s.Screen()
	for _, want := range []string{"baseline run", "2 groups of replicates", "noise"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said:\n%s", want, got)
		}
	}
	for _, line := range strings.Split(got, "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " ▌"), "auc ") && strings.Contains(line, "+0.2") && strings.Contains(line, "+0.200 noise") {
			t.Errorf("a difference of 0.2 between groups that vary by 0.002 is called noise: %s", line)
		}
	}
	s.Press("v")
	if got := s.Screen(); !strings.Contains(got, "lr=0.1") || !strings.Contains(got, "real") {
		t.Errorf("the groups are not tested:\n%s", got)
	}
}

func TestWhereCurvesPartIsSaid(t *testing.T) {
	s := viewtest.Start(t, comparison.New(memory.New(seeds()), view.ShowComparison{Runs: []string{"run0", "run3"}, Carry: view.Carry{Baseline: "run0"}}, nil, viewtest.Theme()), 120, 40)
	s.Press("l", "l")
	if got := s.Screen(); !strings.Contains(got, "parts from the baseline at step 20") {
		t.Errorf("want step 20:\n%s", got)
	}
}

// siblings is a parent with three children, and a run of no parent before them.
func siblings() memory.Records {
	r := memory.Records{Runs: []store.Run{
		{Head: store.Head{ID: "parent", Name: "parent", ExperimentID: "1", Start: store.At(10)}},
		{Head: store.Head{ID: "lone", Name: "lone", ExperimentID: "1", Start: store.At(5)}},
	}}
	for i := range 3 {
		id := fmt.Sprintf("child%d", i)
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: id, Name: id, ExperimentID: "1", ParentID: "parent", Start: store.At(int64(20 + i))}, Params: map[string]string{"lr": fmt.Sprint(i)}})
		r.Log(id, "auc", store.Point{Value: float64(i)})
	}
	return r
}

func TestARunIsExplainedByARelative(t *testing.T) {
	for what, c := range map[string]struct {
		run     string
		against view.Relative
		want    []string
	}{
		"by the sibling before it": {"child2", view.Previous, []string{"baseline child1", "rank in 3 siblings", "highest of 3", "+1"}},
		"by its parent":            {"child1", view.Parent, []string{"baseline parent", "2nd highest of 3"}},
		"by the run before":        {"parent", view.Previous, []string{"baseline lone", "rank in 5 runs of its"}},
	} {
		s := viewtest.Start(t, comparison.New(memory.New(siblings()), view.ShowComparison{Runs: []string{c.run}, Against: c.against}, nil, viewtest.Theme()), 120, 40)
		for _, want := range c.want {
			if got := s.Screen(); !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in\n%s", what, want, got)
			}
		}
	}
}

func TestWhatCannotBeExplainedIsNotShown(t *testing.T) {
	for what, c := range map[string]struct {
		run     string
		against view.Relative
		want    string
	}{
		"the first child":  {"child0", view.Previous, "child0 is the first of its parent"},
		"the first run":    {"lone", view.Previous, "lone is the first of its experiment"},
		"without a parent": {"lone", view.Parent, "lone has no parent"},
	} {
		v := comparison.New(memory.New(siblings()), view.ShowComparison{Runs: []string{c.run}, Against: c.against}, nil, viewtest.Theme())
		s := viewtest.Start(t, v, 120, 40)
		if len(s.Asked) != 1 {
			t.Fatalf("%s: asked for %+v", what, s.Asked)
		}
		if w, ok := s.Asked[0].(view.Withdraw); !ok || w.View != v || !strings.Contains(w.Why, c.want) {
			t.Errorf("%s: got %+v, want that it is withdrawn since %s", what, s.Asked[0], c.want)
		}
	}
}

func TestAnExplanationFromAComparisonRanksItsRuns(t *testing.T) {
	k := &kept{held: map[string]compare.Direction{}}
	s := open(t, memory.New(siblings()), k, []string{"child0", "child1", "child2"}, 120, 40)
	s.Press("b", "D", "l", "e")
	ask, ok := s.Asked[len(s.Asked)-1].(view.ShowComparison)
	if !ok || len(ask.Runs) != 2 || len(ask.Among) != 3 {
		t.Fatalf("asked for %+v", s.Asked)
	}
}

func TestGroupsByTheKeyUnderTheCursor(t *testing.T) {
	s := open(t, memory.New(seeds()), nil, []string{"run0", "run1", "run2", "run3", "run4", "run5"}, 160, 40)
	s.Press("b", "home", "j", "ctrl+g")
	if got := s.Screen(); !strings.Contains(got, "2 groups of params.lr") {
		t.Errorf("not grouped by the param:\n%s", got)
	}
}

// kept remembers directions.
type kept struct {
	held map[string]compare.Direction
	err  error
}

func (k *kept) All() map[string]compare.Direction { return map[string]compare.Direction{} }

func (k *kept) Keep(metric string, d compare.Direction) error {
	if k.held == nil {
		k.held = map[string]compare.Direction{}
	}
	k.held[metric] = d
	return k.err
}

func TestADirectionIsAskedAndKept(t *testing.T) {
	k := &kept{}
	s := open(t, memory.New(seeds()), k, []string{"run0", "run3"}, 120, 40)
	s.Press("b")
	if got := s.Screen(); strings.Contains(got, "★") || strings.Contains(got, "▲") || strings.Contains(got, "▼") {
		t.Errorf("a best was guessed:\n%s", got)
	}
	s.Press("D")
	if k.held["auc"] != compare.Higher || !strings.Contains(s.Screen(), "auc ↑") || !strings.Contains(s.Screen(), "★") {
		t.Errorf("kept %v:\n%s", k.held, s.Screen())
	}
	s.Press("D", "D")
	if k.held["auc"] != compare.Unknown || strings.Contains(s.Screen(), "★") {
		t.Errorf("kept %v after two more:\n%s", k.held, s.Screen())
	}
	k.err = errors.New("disk full")
	s.Press("D")
	if last := s.Asked[len(s.Asked)-1]; !strings.Contains(fmt.Sprint(last), "disk full") {
		t.Errorf("said %v, want the disk to be full", last)
	}
}

func TestPointsOfOthersArrive(t *testing.T) {
	db := memory.New(seeds())
	s := open(t, db, nil, []string{"run0", "run3"}, 120, 40)
	changes, err := db.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db.Change(func(r *memory.Records) { r.Log("run3", "luck", store.Point{Step: store.StepOf(1), Value: math.Inf(1)}) })
	s.Send(view.StoreChanged{Change: <-changes})
	if got := s.Screen(); !strings.Contains(got, "+Inf") {
		t.Errorf("an infinity did not arrive:\n%s", got)
	}
}

func TestOnlyTheMetricUnderTheCursorIsRead(t *testing.T) {
	db := memory.New(seeds())
	s := open(t, db, nil, []string{"run0", "run3"}, 120, 40)
	if n := db.Calls("Glance"); n != 2 {
		t.Errorf("%d histories were read for one metric of two runs", n)
	}
	s.Press("j", "k")
	s.Press("v", "v", "v", "j")
	if n := db.Calls("Glance"); n > 6 {
		t.Errorf("%d histories were read", n)
	}
}

func TestExplainAsksForTwo(t *testing.T) {
	s := open(t, memory.New(seeds()), nil, []string{"run0", "run1", "run3"}, 120, 40)
	s.Press("b", "l", "e")
	ask, ok := s.Asked[len(s.Asked)-1].(view.ShowComparison)
	if !ok || len(ask.Runs) != 2 || ask.Baseline == "" || ask.Runs[0] != ask.Baseline {
		t.Errorf("asked %+v, want the baseline and one run", s.Asked)
	}
}

func TestHostileNames(t *testing.T) {
	evil := "x\x1b[2J\u202e\n" + strings.Repeat("tag ", 2000) + "👩‍🔬"
	r := memory.Records{Runs: []store.Run{
		{Head: store.Head{ID: "a", Name: evil, ExperimentID: "1"}, Params: map[string]string{evil: evil, "p": "日本語の実行名テスト"}},
		{Head: store.Head{ID: "b", Name: "日本語の実行名テスト日本語の実行名テスト", ExperimentID: "1"}, Params: map[string]string{"p": evil}},
	}}
	for _, id := range []string{"a", "b"} {
		r.Log(id, evil, store.Point{Value: math.Inf(1)})
		r.Log(id, evil, store.Point{Step: store.StepOf(3), Value: map[string]float64{"a": 1e300, "b": -1e300}[id]})
	}
	for _, size := range viewtest.Sizes() {
		s := open(t, memory.New(r), nil, []string{"a", "b"}, size[0], size[1])
		for range 4 {
			viewtest.Check(t, s.Draw(), size[0], size[1])
			s.Press("t", "b")
			viewtest.Check(t, s.Draw(), size[0], size[1])
			s.Press("v")
		}
	}
}

func TestNoKeyBreaksTheScreen(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 7))
		s := open(t, memory.New(viewtest.Small()), nil, family, 80, 24)
		s.Shake(random, 200)
	}
}
