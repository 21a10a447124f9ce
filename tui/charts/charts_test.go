package charts_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/charts"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// family are runs of the small store: one of them with NaN and infinities.
var family = []string{"b01d0012", "ca170007", "eee00019"}

func open(t *testing.T, s *memory.Store, ids []string, width, height int) *viewtest.Stage {
	t.Helper()
	return viewtest.Start(t, charts.New(s, view.ShowCharts{Runs: ids, Title: "family-gboost"}, nil, viewtest.Theme()), width, height)
}

func keys(line string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		s := open(t, memory.New(viewtest.Small()), family, width, height)
		s.Press(strings.Fields(line)...)
		return s
	}
}

func TestFrames(t *testing.T) {
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"a grid":        keys(""),
		"one chart":     keys("l enter"),
		"the crosshair": keys("l enter > > >"),
		"smoothed":      keys("l enter ] ] ]"),
		"over time":     keys("l enter x"),
		"logarithmic":   keys("l enter L"),
		"the mean":      keys("l enter m"),
		"zoomed in":     keys("l enter + +"),
		"no metrics there": func(t *testing.T, w, h int) *viewtest.Stage {
			return open(t, memory.New(viewtest.Small()), []string{"aaaa0001"}, w, h)
		},
	})
}

func TestWhatKeysSay(t *testing.T) {
	for line, want := range map[string]string{
		"":      "step",
		"x":     "time since the start",
		"x x":   "time of day",
		"x x x": "step",
		"] ]":   "smoothed 0.8",
		"] [":   "step",
		"L":     "log y",
		"L L":   "symlog y",
		"L L L": "step",
		"X":     "log x",
		"o":     "2–98 %",
		"m":     "mean ± sd",
		"m m":   "mean, min–max",
		"m m m": "step",
		"T ]":   "smoothed 0.5 by distance",
		"M":     "over ",
		"M x":   "step",
	} {
		if got := keys(line)(t, 120, 40).Status(); !strings.Contains(got, want) {
			t.Errorf("%q: the status is %q, want %q in it", line, got, want)
		}
	}
}

func TestAPatternChoosesMetrics(t *testing.T) {
	s := keys("/")(t, 120, 40)
	s.Type("^val/")
	if got := s.Status(); !strings.Contains(got, "2 metrics") {
		t.Errorf("val alone: %q", got)
	}
	s.Type("(")
	if got := s.Screen(); !strings.Contains(got, "no pattern") || !strings.Contains(got, "val/auc") {
		t.Errorf("a pattern that is wrong does not say so above the charts:\n%s", got)
	}
	s.Press("esc")
	if got := s.Status(); strings.Contains(got, "2 metrics") {
		t.Errorf("cleared: %q", got)
	}
}

// logged is a store of one live run with one metric of n points.
func logged(n int) *memory.Store {
	r := memory.Records{Runs: []store.Run{{Head: store.Head{ID: "aaaa", Name: "live", ExperimentID: "1", Status: store.Running}}}}
	for i := range n {
		r.Log("aaaa", "loss", store.Point{Step: store.StepOf(int64(i)), Timestamp: int64(i) * 1000, Value: 1 / float64(i+1)})
	}
	return memory.New(r)
}

func TestPointsArriveByThemselves(t *testing.T) {
	db := logged(10)
	s := open(t, db, []string{"aaaa"}, 80, 24)
	changes, err := db.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	log := func(key string, step int64, value float64) {
		db.Change(func(r *memory.Records) {
			r.Log("aaaa", key, store.Point{Step: store.StepOf(step), Timestamp: step * 1000, Value: value})
		})
		s.Send(view.StoreChanged{Change: <-changes})
	}
	before := s.Screen()
	log("loss", 10, 7)
	if after := s.Screen(); after == before || !strings.Contains(after, "8┤") {
		t.Errorf("a point of 7 did not change the picture:\n%s", after)
	}
	log("loss", 11, math.NaN())
	if got := s.Screen(); !strings.Contains(got, "1 NaN") {
		t.Errorf("a NaN is not said:\n%s", got)
	}
	log("accuracy", 0, 0.5)
	if got := s.Screen(); !strings.Contains(got, "accuracy") {
		t.Errorf("a new metric has no chart:\n%s", got)
	}
}

func TestOnlyWhatIsShownIsRead(t *testing.T) {
	r := memory.Records{Runs: []store.Run{{Head: store.Head{ID: "aaaa", ExperimentID: "1"}}}}
	for i := range 200 {
		r.Log("aaaa", fmt.Sprintf("m%03d", i), store.Point{Value: 1})
	}
	db := memory.New(r)
	s := open(t, db, []string{"aaaa"}, 80, 24)
	if n := db.Calls("Glance"); n == 0 || n > 4 {
		t.Errorf("%d histories of 200 were read for a grid of at most 4 charts", n)
	}
	s.Press("G")
	if got := s.Screen(); !strings.Contains(got, "[m199]") {
		t.Errorf("the last chart is not there:\n%s", got)
	}
}

func TestHostileNames(t *testing.T) {
	evil := "x\x1b[2J\u202e\n" + strings.Repeat("tag ", 2000) + "👩‍🔬"
	r := memory.Records{Runs: []store.Run{
		{Head: store.Head{ID: "a", Name: evil, ExperimentID: "1"}},
		{Head: store.Head{ID: "b", Name: "日本語の実行名テスト日本語の実行名テスト", ExperimentID: "1"}},
	}}
	for _, id := range []string{"a", "b"} {
		r.Log(id, evil, store.Point{Value: math.Inf(1)})
		r.Log(id, evil, store.Point{Step: store.StepOf(3), Value: 1e300})
	}
	for _, size := range viewtest.Sizes() {
		s := open(t, memory.New(r), []string{"a", "b"}, size[0], size[1])
		s.Screen()
		s.Press("enter", ">")
		s.Screen()
	}
}

func TestAnyKeysAtAnySize(t *testing.T) {
	for seed := range uint64(20) {
		keys("")(t, 80, 24).Shake(rand.New(rand.NewPCG(seed, 3)), 60)
	}
}

func TestTheWheelZoomsAtThePointer(t *testing.T) {
	s := viewtest.Start(t, charts.New(logged(101), view.ShowCharts{Runs: []string{"aaaa"}}, nil, viewtest.Theme()), 80, 24)
	s.Send(view.Click{X: 20, Y: 10})
	at := reading(t, s)
	before := s.Screen()
	if at := strings.IndexRune(strings.Split(before, "\n")[10][20:], '│'); at < 0 {
		t.Errorf("no crosshair where the click was:\n%s", before)
	}
	s.Send(view.Wheel{X: 20, Y: 10, Rows: -3}, view.Wheel{X: 20, Y: 10, Rows: -3})
	if s.Screen() == before {
		t.Error("the wheel changes nothing")
	}
	s.Send(view.Click{X: 20, Y: 10})
	if now := reading(t, s); now != at && now != "21" && now != "23" {
		t.Errorf("step %s is under the pointer, before the zoom %s", now, at)
	}
}

// reading is the step at which the crosshair stands, as the screen says it.
func reading(t *testing.T, s *viewtest.Stage) string {
	t.Helper()
	found := regexp.MustCompile(`[└─]([0-9.]+)─`).FindStringSubmatch(s.Screen())
	if found == nil {
		t.Fatalf("no step is read out:\n%s", s.Screen())
	}
	return found[1]
}

func TestADragPans(t *testing.T) {
	s := viewtest.Start(t, charts.New(logged(101), view.ShowCharts{Runs: []string{"aaaa"}}, nil, viewtest.Theme()), 80, 24)
	s.Press("+", "+") // 37.5 to 62.5
	s.Send(view.Click{X: 20, Y: 10})
	before := reading(t, s)
	for x := 21; x <= 40; x++ {
		s.Send(view.Drag{FromX: 20, FromY: 10, X: x, Y: 10, Done: x == 40})
	}
	s.Send(view.Click{X: 40, Y: 10})
	if after := reading(t, s); after != before {
		t.Errorf("step %s was taken from column 20 to 40, where %s is now", before, after)
	}
}

func TestADoubleClickOpensAndCloses(t *testing.T) {
	s := open(t, memory.New(viewtest.Small()), family, 120, 40)
	before := s.Screen()
	s.Send(view.Click{X: 70, Y: 5}, view.Click{X: 70, Y: 5, Double: true})
	if got := s.Screen(); strings.Contains(got, "grad_norm") || !strings.Contains(got, "val/auc") {
		t.Errorf("the chart under the pointer is not alone:\n%s", got)
	}
	s.Send(view.Click{X: 70, Y: 5, Double: true})
	if got := s.Screen(); strings.ReplaceAll(got, "[", "") == "" || !strings.Contains(got, "grad_norm") {
		t.Errorf("all charts are not back, were:\n%s\nare:\n%s", before, got)
	}
}

func TestOneStepIsBars(t *testing.T) {
	r := memory.Records{}
	for i, id := range []string{"aaaa", "bbbb", "cccc"} {
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: id, Name: "run-" + id, ExperimentID: "1"}})
		r.Log(id, "test/auc", store.Point{Value: []float64{0.5, 0.75, math.NaN()}[i]})
	}
	s := open(t, memory.New(r), []string{"aaaa", "bbbb", "cccc"}, 80, 24)
	got := s.Screen()
	for _, want := range []string{"0.5", "0.75", "NaN", "█", "run-aaaa"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the bars of a metric of one step:\n%s", want, got)
		}
	}
}

func TestGroups(t *testing.T) {
	r := memory.Records{Runs: []store.Run{
		{Head: store.Head{ID: "p1", Name: "family-a", ExperimentID: "1"}},
		{Head: store.Head{ID: "p2", Name: "family-b", ExperimentID: "1"}},
	}}
	var ids []string
	for i, lr := range []string{"0.1", "0.1", "0.2", "0.2"} {
		id := fmt.Sprintf("run%d", i)
		ids = append(ids, id)
		r.Runs = append(r.Runs, store.Run{
			Head:   store.Head{ID: id, Name: id, ExperimentID: "1", ParentID: fmt.Sprintf("p%d", 1+i%2)},
			Params: map[string]string{"lr": lr, "seed": fmt.Sprint(i)},
		})
		for step := range 10 {
			r.Log(id, "auc", store.Point{Step: store.StepOf(int64(step)), Value: float64(i + step)})
		}
	}
	for line, want := range map[string][]string{
		"m":       {"mean ± sd of 4 runs"},
		"m m":     {"mean, min–max of 4 runs"},
		"g g":     {"mean ± sd by replicates", "lr=0.1 (2)", "lr=0.2 (2)", "9.5", "11.5"},
		"g g g":   {"mean ± sd by parent", "family-a (2)", "family-b (2)", "10", "11"},
		"g g m ]": {"mean, min–max by replicates", "lr=0.1 (2)"},
	} {
		s := open(t, memory.New(r), ids, 100, 24)
		s.Press(strings.Fields(line)...)
		for _, text := range want {
			if got := s.Screen(); !strings.Contains(got, text) {
				t.Errorf("%s: %q is not in\n%s", line, text, got)
			}
		}
	}
}

func TestSections(t *testing.T) {
	r := memory.Records{Runs: []store.Run{{Head: store.Head{ID: "aaaa", Name: "live", ExperimentID: "1"}}}}
	for _, key := range []string{"train/loss", "train/auc", "val/auc", "system/cpu", "val/loss", "epoch"} {
		for i := range 3 {
			r.Log("aaaa", key, store.Point{Step: store.StepOf(int64(i)), Value: float64(i)})
		}
	}
	s := open(t, memory.New(r), []string{"aaaa"}, 120, 70)
	for _, head := range []string{"train (2)", "val (2)", "system (1)", "other metrics (1)"} {
		if strings.Contains(s.Screen(), head) {
			t.Errorf("%s is headed though most sections are of one chart", head)
		}
	}
	s.Press("S")
	for _, head := range []string{"train (2)", "val (2)", "system (1)", "other metrics (1)"} {
		if !strings.Contains(s.Screen(), head) {
			t.Errorf("no heading %s:\n%s", head, s.Screen())
		}
	}
	s.Press("S")
	if strings.Contains(s.Screen(), "train (2)") {
		t.Error("S does not take the headings away")
	}
}

func TestWhyTheCrosshairStays(t *testing.T) {
	one := memory.Records{Runs: []store.Run{{Head: store.Head{ID: "aaaa", Name: "one", ExperimentID: "1"}}, {Head: store.Head{ID: "bbbb", Name: "two", ExperimentID: "1"}}}}
	one.Log("aaaa", "auc", store.Point{Step: store.StepOf(7), Value: 0.5})
	one.Log("bbbb", "auc", store.Point{Step: store.StepOf(7), Value: 0.75})
	v := charts.New(memory.New(one), view.ShowCharts{Runs: []string{"aaaa", "bbbb"}}, nil, viewtest.Theme())
	viewtest.Start(t, v, 80, 24)
	for _, press := range []string{">", "<", "+", "-", ")", "("} {
		for _, k := range v.Keys() {
			if want := "all points of auc are at step 7"; slices.Contains(k.Press, press) && k.Why() != want {
				t.Errorf("%s of points at one step: got %q, want %q", press, k.Why(), want)
			}
		}
	}
	several := charts.New(logged(10), view.ShowCharts{Runs: []string{"aaaa"}}, nil, viewtest.Theme())
	viewtest.Start(t, several, 80, 24)
	for _, k := range several.Keys() {
		if slices.Contains(k.Press, ">") && k.Why() != "" {
			t.Errorf("the crosshair of several steps cannot be moved: %s", k.Why())
		}
	}
}
