package runtable_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"benchside/compare"
	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/runtable"
	"benchside/tui/view"
	"benchside/tui/viewtest"
	"benchside/views"
)

// keeper keeps what a session would.
type keeper struct {
	directions map[string]compare.Direction
	file       views.File
	left       map[string]views.Left
	bad        error
}

func newKeeper() *keeper {
	return &keeper{map[string]compare.Direction{}, views.File{}, map[string]views.Left{}, nil}
}

func (k *keeper) All() map[string]compare.Direction { return k.directions }
func (k *keeper) Views() (views.File, error)        { return k.file, k.bad }
func (k *keeper) Left(scope string) (views.Left, bool) {
	l, ok := k.left[scope]
	return l, ok
}
func (k *keeper) Leave(scope string, l views.Left) error { k.left[scope] = l; return nil }

// kept are the views of a keeper as view.Tables.
type kept struct{ *keeper }

func (k kept) Keep(name string, v *views.View) error {
	if v == nil {
		delete(k.file, name)
		return nil
	}
	k.file[name] = *v
	return nil
}

// said are the directions of a keeper as view.Directions.
type said struct{ *keeper }

func (s said) Keep(metric string, d compare.Direction) error { s.directions[metric] = d; return nil }

func work(t *testing.T, r memory.Records, scope view.ShowRuns, k *keeper, width, height int) table {
	t.Helper()
	m := memory.New(r)
	v := runtable.New(m, scope, viewtest.Theme()).With(runtable.Means{Directions: said{k}, Tables: kept{k}})
	return table{viewtest.Start(t, v, width, height), t, m}
}

func bench(t *testing.T, keys string) table {
	t.Helper()
	return work(t, viewtest.Small(), sweep, newKeeper(), 160, 40).keys(keys)
}

func TestWorkFrames(t *testing.T) {
	frame := func(keys string, commands ...string) stager {
		return func(t *testing.T, width, height int) *viewtest.Stage {
			t.Helper()
			k := newKeeper()
			k.directions["val/auc"] = compare.Higher
			s := work(t, viewtest.Small(), sweep, k, width, height).keys(keys)
			for _, c := range commands {
				name, words, _ := strings.Cut(c, " ")
				s.Command(name, words)
			}
			return s.Stage
		}
	}
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"the best of a metric":          frame("", "sort val/auc best"),
		"trends":                        frame("l l l l", "measure trend"),
		"at a step":                     frame("l l l l", "measure at 5"),
		"grouped by a param":            frame("", "group params.optimizer"),
		"grouped and folded":            frame("", "group params.optimizer", "sort val/auc").with("{"),
		"grouped by status":             frame("", "group status"),
		"grouped by dataset":            frame("", "group dataset").with("{"),
		"pinned":                        frame("j j j p j p"),
		"only failed or stalled":        frame("!"),
		"two levels":                    frame("t l s l l l S"),
		"terse":                         frame("f =params.optimizer_=_'none' enter d"),
		"a view of a name":              frame("", "keep-view best trees", "sort run"),
		"nothing failed under a filter": frame("f =status_=_'KILLED' enter !"),
	})
}

type stager func(*testing.T, int, int) *viewtest.Stage

// with presses keys afterwards.
func (f stager) with(keys string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		return table{f(t, width, height), t, nil}.keys(keys).Stage
	}
}

// row returns the line of a run, its blanks packed.
func (s table) row(name string) string {
	s.t.Helper()
	for _, l := range strings.Split(s.Screen(), "\n") {
		if strings.Contains(l, name) {
			return strings.Join(strings.Fields(l), " ")
		}
	}
	return ""
}

func TestMeasuresOfAMetric(t *testing.T) {
	r := memory.Records{}
	for _, name := range []string{"up", "down"} {
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: name, Name: name, ExperimentID: "1", Start: store.At(5)}})
		for i := range 11 {
			value := float64(i)
			if name == "down" {
				value = 20 - value
			}
			r.Log(name, "m", store.Point{Step: store.StepOf(int64(i) * 10), Timestamp: int64(i), Value: value})
		}
	}
	for _, c := range []struct{ command, up, down string }{
		{"last", "10", "10"}, {"best", "10", "20"}, {"min", "0", "10"}, {"max", "10", "20"}, {"mean", "5", "15"}, {"at 35", "3", "17"}, {"trend", "▁▁▂▃▄▅▅▆▇█", "██▇▆▅▅▄▃▂▁"},
	} {
		k := newKeeper()
		k.directions["m"] = compare.Higher
		s := work(t, r, sweep, k, 120, 20).keys("l l l l")
		s.Command("measure", c.command)
		if up, down := s.row("up"), s.row("down"); !strings.HasSuffix(up, " "+c.up) || !strings.HasSuffix(down, " "+c.down) {
			t.Errorf("%s: got\n%s\n%s\nwant %s and %s", c.command, up, down, c.up, c.down)
		}
	}
}

func TestWhichIsBetterIsAskedOnceAndKept(t *testing.T) {
	k := newKeeper()
	s := work(t, viewtest.Small(), sweep, k, 160, 40).keys("l l l l m")
	if p, ok := s.Asked[len(s.Asked)-1].(view.Prompt); !ok || p.Text != ":better " {
		t.Fatalf("asked for %v, want which values are better", s.Asked)
	}
	s.Command("better", "max")
	if k.directions["val/auc"] != compare.Higher {
		t.Errorf("kept %v", k.directions)
	}
	s = work(t, viewtest.Small(), sweep, k, 160, 40).keys("l l l l m m m m") // round to the best again
	for _, m := range s.Asked {
		if _, ok := m.(view.Prompt); ok {
			t.Errorf("asked again: %v", m)
		}
	}
	if got := s.row("wise-elk-3"); !strings.Contains(got, "0.887") {
		t.Errorf("the best is not there: %s", got)
	}
}

func TestALoggedPointIsInTheBestAtOnce(t *testing.T) {
	k := newKeeper()
	k.directions["val/auc"] = compare.Higher
	s := work(t, viewtest.Small(), sweep, k, 160, 40).keys("l l l l m")
	p := store.Point{Step: store.StepOf(13), Timestamp: viewtest.Now, Value: 0.999}
	s.change([]store.Event{{Kind: store.PointLogged, Head: store.Head{ID: "e1c00003"}, Key: "val/auc", Point: p}}, func(r *memory.Records) { r.Log("e1c00003", "val/auc", p) })
	if got := s.row("wise-elk-3"); !strings.Contains(got, "0.999") {
		t.Errorf("got %s", got)
	}
	s.Later()
	if got := s.row("family-gboost"); !strings.Contains(got, "0.999") {
		t.Errorf("the parent's best is not the new one: %s", got)
	}
}

func TestRollUpsOfParents(t *testing.T) {
	s := bench(t, "")
	for name, want := range map[string]string{
		"sweep-317": "0.901 ± 0.020", "family-forest": "0.894 ± 0.01", "bold-ape-12": "0.941",
	} {
		if got := s.row(name); !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if got := s.row("family-gboost"); !strings.HasSuffix(got, "2 values 2 values 4 values") {
		t.Errorf("params: got %s", got)
	}
	if got := s.keys("{").row("sweep-317"); !strings.Contains(got, "●12 ◌1 ✗1") {
		t.Errorf("folded: got %s, want how many are what", got)
	}
	s = bench(t, "f =metrics.`val/auc`_>_0.94 enter")
	if got := s.row("family-gboost"); !strings.Contains(got, "0.941") || strings.Contains(got, "±") {
		t.Errorf("under a filter: got %s, want what the filter leaves", got)
	}
}

func TestGroups(t *testing.T) {
	s := bench(t, "")
	s.Command("group", "params.optimizer")
	want := []string{">(none)", "sweep-317", "family-gboost", "family-forest", "sgd", "wise-elk-3", "keen-fox-19"}
	rows := s.rows()
	for i, r := range rows {
		rows[i] = strings.TrimPrefix(r, ">")
	}
	for _, w := range want {
		if !slices.Contains(rows, strings.TrimPrefix(w, ">")) {
			t.Errorf("no row %s in %v", w, rows)
		}
	}
	s.keys("g {")
	if got := len(s.rows()); got != 4 {
		t.Errorf("folded there are %d groups, want 4: (none), sgd, none, adam\n%s", got, s.Screen())
	}
	s.keys("G enter")
	if got := len(s.rows()); got <= 4 {
		t.Errorf("enter does not unfold a group:\n%s", s.Screen())
	}
	s.keys("g space")
	if got := s.Status(); !strings.Contains(got, "⚑ 2") {
		t.Errorf("space on a group marks %q, want the two runs of sgd", got)
	}
	s.keys("}").Command("group", "none")
	if got := s.rows(); len(got) != 15 {
		t.Errorf("without groups there are %d rows, want 15", len(got))
	}
	s.Command("group", "params.nobody")
	if got := s.Said(); !strings.Contains(got, "no run here has nobody") {
		t.Errorf("a key that nobody has: said %q", got)
	}
	s.Command("group", "metrics.loss")
	if got := s.Said(); !strings.Contains(got, "runs are grouped by") {
		t.Errorf("a metric: said %q", got)
	}
}

func TestARunThatArrivesComesIntoItsGroup(t *testing.T) {
	s := bench(t, "")
	s.Command("group", "params.optimizer")
	head := store.Head{ID: "feed0001", Name: "fresh", ExperimentID: "1", Status: store.Running, Stage: store.Active, Start: viewtest.Ago(0)}
	s.change([]store.Event{{Kind: store.RunCreated, Head: head}, {Kind: store.ParamLogged, Head: store.Head{ID: "feed0001"}, Key: "optimizer", Text: "lion"}},
		func(r *memory.Records) {
			r.Runs = append(r.Runs, store.Run{Head: head, Params: map[string]string{"optimizer": "lion"}})
		})
	rows := s.rows()
	if at := slices.Index(rows, "lion"); at < 0 || rows[at+1] != "fresh" {
		t.Errorf("got %v, want the run under lion", rows)
	}
}

func TestLevelsOfASort(t *testing.T) {
	s := bench(t, "t l s l l l S")
	heading := strings.Split(s.Screen(), "\n")[0]
	if !strings.Contains(heading, "status ▲¹") || !strings.Contains(heading, "val/auc ▼²") {
		t.Errorf("the heading is %s", heading)
	}
	rows := s.keys("g").rows()
	finished := slices.IndexFunc(rows, func(r string) bool { return strings.HasSuffix(r, "bold-ape-12") })
	if finished < 0 || rows[finished+1] != "calm-owl-7" {
		t.Errorf("among finished runs the best are not first: %v", rows)
	}
	s.keys("S S")
	if heading := strings.Split(s.Screen(), "\n")[0]; !strings.Contains(heading, "status ▲ ") || strings.Contains(heading, "val/auc ▼") {
		t.Errorf("after S turned and dropped the level the heading is %s", heading)
	}
}

func TestPinnedRunsStayOnTop(t *testing.T) {
	s := work(t, viewtest.Small(), sweep, newKeeper(), 120, 14).keys("G p g")
	for _, keys := range []string{"", "G", "{", "f =status_=_'FAILED' enter"} {
		lines := strings.Split(s.keys(keys).Screen(), "\n")
		from := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "──") })
		if !strings.HasPrefix(lines[from+1], " ^ bold-ape-12") || !strings.HasPrefix(lines[from+2], "──") {
			t.Errorf("after %q the pinned run is not on top:\n%s", keys, strings.Join(lines, "\n"))
		}
	}
	s.Send(view.Click{X: 4, Y: 1})
	if !strings.Contains(s.Screen(), "run ▲") {
		t.Errorf("a click on a title above pinned runs does not sort:\n%s", s.Screen())
	}
}

func TestColumnsThatSayNothingAreHidden(t *testing.T) {
	s := bench(t, "f =params.optimizer_=_'none' enter d")
	heading := ""
	for _, l := range strings.Split(s.Screen(), "\n") {
		if strings.Contains(l, "started") {
			heading = l
		}
	}
	if strings.Contains(heading, "optimizer") || strings.Contains(heading, "val/loss") || !strings.Contains(heading, "max_depth") || !strings.Contains(heading, "val/auc") {
		t.Errorf("the heading is %s", heading)
	}
	if !strings.Contains(s.Screen(), "hidden 4 columns empty or alike in 8 runs") {
		t.Errorf("it is not said what is hidden:\n%s", s.Screen())
	}
	s.keys("l l l l l l")
	if s.keys("d"); !strings.Contains(s.Screen(), "optimizer") {
		t.Errorf("d again does not bring them back:\n%s", s.Screen())
	}
}

func TestStalledRuns(t *testing.T) {
	s := bench(t, "")
	if got := s.row("wise-elk-3"); !strings.Contains(got, "◌ stalled") {
		t.Errorf("a run that logged each second and is silent for minutes: %s", got)
	}
	if got := strings.Join(s.keys("!").rows(), " "); got != "sweep-317 family-gboost >wise-elk-3 keen-fox-19" {
		t.Errorf("only failed or stalled: got %s", got)
	}
	at := int64(viewtest.Now)
	for i := range 20 {
		p := store.Point{Step: store.StepOf(int64(12 + i)), Timestamp: at - int64(20-i)*1000, Value: 0.9}
		s.change([]store.Event{{Kind: store.PointLogged, Head: store.Head{ID: "e1c00003"}, Key: "val/auc", Point: p}}, func(r *memory.Records) { r.Log("e1c00003", "val/auc", p) })
	}
	if got := s.keys("!").row("wise-elk-3"); !strings.Contains(got, "◐ RUNNING") {
		t.Errorf("a run that logs again: %s", got)
	}
	s.keys("/ =wise enter")
	s.Command("total", "91")
	if got := s.row("wise-elk-3"); !strings.Contains(got, "ETA 0:59") {
		t.Errorf("60 steps at 1 a second, 1 s after the last: %s", got)
	}
	if got := s.keys("l").Status(); !strings.Contains(got, "step 31 of 91 by you, 1 steps/s, done in 0:59") {
		t.Errorf("the status says %q", got)
	}
}

func TestATableIsRestoredAsItWasLeft(t *testing.T) {
	k := newKeeper()
	k.directions["val/auc"] = compare.Higher
	s := work(t, viewtest.Small(), sweep, k, 200, 40).keys("l l l l m > | + + l _ f =status_=_'FINISHED' enter t d g p G p")
	s.Command("group", "params.optimizer")
	s.Command("sort", "val/auc best")
	s.keys("S")
	before := s.keys("g").Screen()
	again := work(t, viewtest.Small(), sweep, k, 200, 40).keys("g")
	if left := k.left["1"]; len(left.View.Columns) == 0 || left.View.Group.Key != "optimizer" || len(left.View.Pins) == 0 || left.View.Filter == "" {
		t.Errorf("it was left as %+v", left)
	}
	if after := again.Screen(); !reflect.DeepEqual(strings.Fields(before), strings.Fields(after)) {
		t.Errorf("left as\n%s\nrestored as\n%s", before, after)
	}
	if other := work(t, viewtest.Small(), view.ShowRuns{}, k, 200, 40).Screen(); strings.Contains(other, "by params") {
		t.Errorf("another scope is set up alike:\n%s", other)
	}
}

func TestViewsWithNames(t *testing.T) {
	k := newKeeper()
	s := work(t, viewtest.Small(), sweep, k, 160, 40)
	s.Command("sort", "val/auc")
	s.Command("keep-view", "by auc")
	if got := slices.Collect(maps.Keys(k.file)); !slices.Equal(got, []string{"by auc"}) {
		t.Fatalf("kept %v", got)
	}
	if !strings.Contains(s.Screen(), "view by auc") || strings.Contains(s.Screen(), "(changed)") {
		t.Errorf("the view is not named:\n%s", s.Screen())
	}
	if s.keys("t"); !strings.Contains(s.Screen(), "view by auc (changed)") {
		t.Errorf("it is not said that it changed:\n%s", s.Screen())
	}
	if s.Command("view", "by auc"); strings.Contains(s.Screen(), "(changed)") || !strings.Contains(s.Screen(), "val/auc ▼") {
		t.Errorf("shown again:\n%s", s.Screen())
	}
	s.Command("view", "nobody's")
	if got := s.Said(); !strings.Contains(got, "there are by auc") {
		t.Errorf("a view that is not there: said %q", got)
	}
	k.bad = errors.New("views.toml:3: by auc.columns: \"x\" is no field")
	s.Command("view", "by auc")
	if got := s.Said(); !strings.Contains(got, "views.toml:3") {
		t.Errorf("a bad file: said %q", got)
	}
}

func TestTwelveThousandColumnsScroll(t *testing.T) {
	run := store.Run{Head: store.Head{ID: "1", Name: "wide", ExperimentID: "1"}, Metrics: map[string]store.Point{}}
	k := newKeeper()
	left := views.View{Columns: []views.Column{{Field: store.Field{Key: "name"}}}}
	for i := range 12_000 {
		key := fmt.Sprintf("layer/%05d/norm", i)
		run.Metrics[key] = store.Point{Value: float64(i)}
		left.Columns = append(left.Columns, views.Column{Field: store.Field{Kind: store.MetricField, Key: key}})
	}
	k.left["1"] = views.Left{View: left}
	s := work(t, memory.Records{Runs: []store.Run{run}}, sweep, k, 120, 20)
	for i := range 300 {
		s.keys("l")
		if i%50 == 0 && !strings.Contains(s.Screen(), fmt.Sprint(i)) {
			t.Fatalf("after %d columns the number is not there:\n%s", i, s.Screen())
		}
	}
	if got := s.row("wide"); !strings.Contains(got, "299") {
		t.Errorf("at column 300: %s", got)
	}
}

func BenchmarkScroll12000Columns(b *testing.B) {
	r := memory.Records{}
	k := newKeeper()
	left := views.View{Columns: []views.Column{{Field: store.Field{Key: "name"}}}}
	for i := range 12_000 {
		left.Columns = append(left.Columns, views.Column{Field: store.Field{Kind: store.MetricField, Key: fmt.Sprintf("layer/%05d/norm", i)}})
	}
	for i := range 60 {
		run := store.Run{Head: store.Head{ID: fmt.Sprint(i), Name: "wide", ExperimentID: "1"}, Metrics: map[string]store.Point{}}
		for _, c := range left.Columns[1:] {
			run.Metrics[c.Field.Key] = store.Point{Value: float64(i)}
		}
		r.Runs = append(r.Runs, run)
	}
	k.left["1"] = views.Left{View: left}
	v := runtable.New(memory.New(r), sweep, viewtest.Theme()).With(runtable.Means{Directions: said{k}, Tables: kept{k}})
	s := viewtest.Start(b, v, 200, 50)
	for b.Loop() {
		s.Press("l")
		v.Draw(200, 50)
	}
}

func TestAnyKeysOfTheWorkbench(t *testing.T) {
	for seed := range uint64(20) {
		s := work(t, viewtest.Small(), view.ShowRuns{}, newKeeper(), 80, 24)
		s.Shake(rand.New(rand.NewPCG(seed, 7)), 60)
		s = work(t, hostile(), view.ShowRuns{}, newKeeper(), 80, 24)
		s.Command("group", []string{"params.p", "user", "experiment"}[seed%3])
		s.Shake(rand.New(rand.NewPCG(seed, 8)), 40)
	}
}
