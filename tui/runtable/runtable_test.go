package runtable_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/runtable"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// table is a staged table with its store.
type table struct {
	*viewtest.Stage
	t     *testing.T
	store *memory.Store
}

func open(t *testing.T, r memory.Records, scope view.ShowRuns, width, height int) table {
	t.Helper()
	m := memory.New(r)
	return table{viewtest.Start(t, runtable.New(m, scope, viewtest.Theme()), width, height), t, m}
}

var sweep = view.ShowRuns{Experiments: []string{"1"}, Title: "churn/hpo-sweep"}

func all(t *testing.T) table { t.Helper(); return open(t, viewtest.Small(), view.ShowRuns{}, 120, 40) }

// keys presses keys in a line; what begins with = is typed.
func (s table) keys(line string) table {
	s.t.Helper()
	for _, k := range strings.Fields(line) {
		if text, ok := strings.CutPrefix(k, "="); ok {
			s.Type(strings.ReplaceAll(text, "_", " "))
			continue
		}
		s.Press(k)
	}
	return s
}

// rows returns the names of the rows from the heading on; the one with the
// cursor begins with >.
func (s table) rows() []string {
	s.t.Helper()
	var out []string
	lines := strings.Split(s.Screen(), "\n")
	from := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "──") }) + 1
	for _, l := range lines[from:] {
		name, cursor := strings.CutPrefix(l, "▌")
		words := strings.Fields(strings.TrimLeft(name, " ▾▸├└⚑0123456789"))
		if len(words) == 0 {
			continue
		}
		if cursor {
			words[0] = ">" + words[0]
		}
		out = append(out, words[0])
	}
	return out
}

func (s table) at() string {
	s.t.Helper()
	for _, r := range s.rows() {
		if name, ok := strings.CutPrefix(r, ">"); ok {
			return name
		}
	}
	return ""
}

// change changes the store and tells the table what the feed would.
func (s table) change(events []store.Event, change func(r *memory.Records)) {
	s.t.Helper()
	s.store.Change(change)
	s.Send(view.StoreChanged{Change: store.Change{Events: events}})
}

func TestFrames(t *testing.T) {
	frame := func(r memory.Records, scope view.ShowRuns, keys string) func(*testing.T, int, int) *viewtest.Stage {
		return func(t *testing.T, width, height int) *viewtest.Stage {
			t.Helper()
			return open(t, r, scope, width, height).keys(keys).Stage
		}
	}
	none := viewtest.Small()
	for i := range none.Runs {
		none.Runs[i].Metrics, none.Runs[i].Params = nil, nil
	}
	none.Histories = nil
	cases := map[string]func(*testing.T, int, int) *viewtest.Stage{
		"all experiments":        frame(viewtest.Small(), view.ShowRuns{}, ""),
		"one experiment":         frame(viewtest.Small(), sweep, ""),
		"folded":                 frame(viewtest.Small(), sweep, "{"),
		"one family folded":      frame(viewtest.Small(), sweep, "j h"),
		"flat":                   frame(viewtest.Small(), sweep, "t"),
		"filtered":               frame(viewtest.Small(), sweep, "f =metrics.`val/auc`_>_0.9 enter"),
		"completion of a key":    frame(viewtest.Small(), sweep, "f =metrics.au"),
		"completion of a value":  frame(viewtest.Small(), sweep, "f =params.optimizer_=_ down"),
		"error in the filter":    frame(viewtest.Small(), sweep, "f =metrics.`val/auc`_>>_3_and_x"),
		"nothing matches":        frame(viewtest.Small(), sweep, "f =metrics.`val/auc`_>_7 enter"),
		"found by letters":       frame(viewtest.Small(), sweep, "/ =owl enter"),
		"sorted by a metric":     frame(viewtest.Small(), sweep, "t l l l l s"),
		"marked":                 frame(viewtest.Small(), sweep, "j j space j v"),
		"deleted too":            frame(viewtest.Small(), view.ShowRuns{}, "D"),
		"deleted only":           frame(viewtest.Small(), view.ShowRuns{}, "D D"),
		"empty store":            frame(memory.Records{}, view.ShowRuns{}, ""),
		"no metrics":             frame(none, sweep, ""),
		"columns to the right":   frame(viewtest.Small(), sweep, "l l l l l l l"),
		"choosing columns":       picker(""),
		"choosing among letters": picker("down enter =aut"),
		"error above old rows": func(t *testing.T, width, height int) *viewtest.Stage {
			s := open(t, viewtest.Small(), sweep, width, height)
			s.Send(view.StoreChanged{Change: store.Change{Problem: errors.New("read runs: locked by another process")}})
			return s.Stage
		},
		"reading": func(t *testing.T, width, height int) *viewtest.Stage {
			m := memory.New(viewtest.Small())
			m.Fail("Recent", errors.New("list runs: damaged or half-written"))
			return viewtest.Start(t, runtable.New(m, sweep, viewtest.Theme()), width, height)
		},
	}
	viewtest.Frames(t, viewtest.Sizes(), cases)
	viewtest.Frames(t, [][2]int{{200, 50}}, map[string]func(*testing.T, int, int) *viewtest.Stage{"all experiments": cases["all experiments"]})
}

// picker stages the dialog that chooses columns.
func picker(keys string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		s := all(t).keys("o")
		d := viewtest.Start(t, s.Asked[0].(view.Ask).Dialog, width, height)
		return table{d, t, s.store}.keys(keys).Stage
	}
}

func TestKeysMove(t *testing.T) {
	for name, c := range map[string]struct{ keys, want string }{
		"the newest is first":            {"", "(no"},
		"down":                           {"j", "sweep-317"},
		"up stops at the first":          {"j k k", "(no"},
		"last":                           {"G", "kept"},
		"down stops at the last":         {"G j", "kept"},
		"first":                          {"G g", "(no"},
		"half a page":                    {"ctrl+d ctrl+u", "(no"},
		"left goes to the parent":        {"/ =bold enter h", "family-gboost"},
		"and to its parent":              {"/ =bold enter h h h", "sweep-317"},
		"left folds a family":            {"/ =gboost enter / esc h j", "logreg-1"},
		"right unfolds it":               {"/ =gboost enter / esc h l j", "wise-elk-3"},
		"finding keeps the cursor's run": {"/ =calm enter / esc", "calm-owl-7"},
		"a filter does, too":             {"/ =calm enter / esc f =status_=_'FINISHED' enter", "calm-owl-7"},
		"flat does, too":                 {"/ =calm enter / esc t", "calm-owl-7"},
		"sorting does, too":              {"/ =calm enter / esc s", "calm-owl-7"},
		"deleted runs do, too":           {"/ =calm enter / esc D", "calm-owl-7"},
		"folding all goes to the root":   {"g {", "(no"},
	} {
		if got := all(t).keys(c.keys).at(); got != c.want {
			t.Errorf("%s: %q is at %s, want %s", name, c.keys, got, c.want)
		}
	}
}

func TestFoldingToAnyDepth(t *testing.T) {
	var r memory.Records
	for i := range 40 {
		run := store.Run{Head: store.Head{ID: fmt.Sprintf("%04d", i), Name: fmt.Sprintf("gen-%d", i), ExperimentID: "1", Start: store.At(int64(i))}}
		if i > 0 {
			run.ParentID = fmt.Sprintf("%04d", i-1)
		}
		r.Runs = append(r.Runs, run)
	}
	s := open(t, r, sweep, 80, 60)
	if got := len(s.rows()); got != 40 {
		t.Fatalf("%d generations are shown, want 40", got)
	}
	for range 20 {
		s.keys("j")
	}
	if got := len(s.keys("h").rows()); got != 21 {
		t.Errorf("folded at generation 20, %d rows are shown, want 21", got)
	}
	if !strings.Contains(s.Screen(), "gen-20") {
		t.Errorf("the name of a deep run is not to be seen:\n%s", s.Screen())
	}
	if got := s.keys("{").rows(); len(got) != 1 {
		t.Errorf("all folded: got %v, want the root alone", got)
	}
	if got := len(s.keys("}").rows()); got != 40 {
		t.Errorf("all unfolded: %d rows, want 40", got)
	}
}

func TestSorting(t *testing.T) {
	r := memory.Records{}
	for name, value := range map[string]float64{"low": 1, "high": 9, "nan": math.NaN(), "inf": math.Inf(1), "minus": math.Inf(-1)} {
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: name, Name: name, ExperimentID: "1", Start: store.At(5)}, Metrics: map[string]store.Point{"m": {Value: value}}})
	}
	r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: "none", Name: "none", ExperimentID: "1", Start: store.At(9)}})
	for name, c := range map[string]struct{ keys, want string }{
		"numbers fall first":           {"l l l l s g", "inf high low minus nan none"},
		"then rise, with NaN still at": {"l l l l s s g", "minus low high inf nan none"},
		"then it is as at the start":   {"l l l l s s s g", "none high inf low minus nan"},
		"texts rise first":             {"s g", "high inf low minus nan none"},
		"then fall":                    {"s s g", "none nan minus low inf high"},
	} {
		got := strings.TrimPrefix(strings.Join(open(t, r, sweep, 120, 20).keys(c.keys).rows(), " "), ">")
		if got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	screen := open(t, r, sweep, 120, 20).Screen()
	for _, want := range []string{"NaN", "+Inf", "-Inf", "—"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%s is not on the screen:\n%s", want, screen)
		}
	}
}

func TestCommandsWithWords(t *testing.T) {
	for _, c := range []struct{ command, words, want string }{
		{"sort", "val/auc", "val/auc ▼"},
		{"sort", "val/auc asc", "val/auc ▲"},
		{"sort", "params.lr", "lr ▲"},
		{"sort", "mlflow.user", "mlflow.user ▼"},
		{"sort", "run", "run ▲"},
		{"sort", "run desc", "run ▼"},
		{"filter", "attributes.status = 'FAILED'", "1 of 19"},
		{"filter", "attributes.status = ", "attributes.status ="},
	} {
		s := all(t)
		s.Command(c.command, c.words)
		if !strings.Contains(s.Screen(), c.want) {
			t.Errorf("%s %s: no %q in\n%s", c.command, c.words, c.want, s.Screen())
		}
	}
	s := all(t)
	s.Command("sort", "nobody's")
	if say, ok := s.Asked[len(s.Asked)-1].(view.Say); !ok || !say.Bad {
		t.Errorf("a key that nobody has: asked for %v", s.Asked)
	}
}

func TestTheTitleSaysTheOrder(t *testing.T) {
	s := all(t)
	for _, step := range []struct{ keys, want string }{{"", "started ▼"}, {"s", "run ▲"}, {"s", "run ▼"}, {"l l s", "experiment ▲"}, {"l s s", "started ▲"}} {
		if s.keys(step.keys); !strings.Contains(s.Screen(), step.want) {
			t.Errorf("after %q: no %q in\n%s", step.keys, step.want, s.Screen())
		}
	}
}

func TestMarks(t *testing.T) {
	for name, c := range map[string]struct {
		keys string
		want string
	}{
		"one":                          {"space", "⚑ 1 "},
		"space twice unmarks":          {"space k space", ""},
		"a range":                      {"j space j j v", "⚑ 4 "},
		"a range upwards":              {"j j j j space g v", "⚑ 5 "},
		"all shown":                    {"a", "⚑ 19 "},
		"all again unmarks":            {"a a", ""},
		"all shown of a filter":        {"f =metrics.`val/auc`_>_0.9 enter a", "⚑ 4 "},
		"context is not marked":        {"/ =bold enter a", "⚑ 1 "},
		"marks outlive what hid them":  {"/ =bold enter a / esc", "⚑ 1 "},
		"a folded family is one":       {"{ a", "⚑ 4 "},
		"range after a mark elsewhere": {"space j space G v", "⚑ 18 "},
	} {
		s := all(t).keys(c.keys)
		status := s.Status()
		if marked := strings.Contains(status, "⚑"); c.want == "" && marked || !strings.Contains(status+" ", c.want) {
			t.Errorf("%s: %q has the status %q, want %q", name, c.keys, status, c.want)
		}
	}
}

func TestColumns(t *testing.T) {
	heading := func(s table) string {
		for _, l := range strings.Split(s.Screen(), "\n") {
			if strings.Contains(l, "run") && strings.Contains(l, "status") || strings.Contains(l, "  run ") {
				return strings.Join(strings.Fields(l), " ")
			}
		}
		return ""
	}
	one := func(keys string) table { return open(t, viewtest.Small(), sweep, 160, 40).keys(keys) }
	usual := "run status started ▼ duration │ val/auc val/loss grad_norm │ max_depth optimizer lr"
	for name, c := range map[string]struct{ keys, want string }{
		"metrics that most have and params that differ": {"", usual},
		"moved left":                       {"l l l l l <", "run status started ▼ duration │ val/loss val/auc grad_norm │ max_depth optimizer lr"},
		"moved right":                      {"l l l l >", "run status started ▼ duration │ val/loss val/auc grad_norm │ max_depth optimizer lr"},
		"the name stays first":             {"l <", usual},
		"hidden":                           {"l l l l _", "run status started ▼ duration │ val/loss grad_norm │ max_depth optimizer lr"},
		"the name is not":                  {"_", usual},
		"sorted keeps the room for a sign": {"l l l l s", "run status started duration │ val/auc ▼ val/loss grad_norm │ max_depth optimizer lr"},
	} {
		if got := heading(one(c.keys)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
	if got := heading(all(t)); !strings.HasPrefix(got, "run status experiment") {
		t.Errorf("over all experiments the heading is %s, want one of experiments", got)
	}
	if got := heading(open(t, viewtest.Small(), view.ShowRuns{Experiments: []string{"1", "2"}}, 160, 40)); !strings.HasPrefix(got, "run status experiment") {
		t.Errorf("over two experiments the heading is %s, want one of experiments", got)
	}
}

func TestChoosingColumns(t *testing.T) {
	s := open(t, viewtest.Small(), sweep, 160, 40).keys("o")
	d := table{viewtest.Start(t, s.Asked[0].(view.Ask).Dialog, 60, 20), t, s.store}
	d.keys("enter down down enter").Type("team")
	d.keys("enter esc")
	for _, m := range d.Sent {
		s.Send(m)
	}
	screen := s.Screen()
	if !strings.Contains(screen, "team") || !strings.Contains(screen, "growth") {
		t.Errorf("the tag is not a column:\n%s", screen)
	}
	if strings.Contains(screen, "started") || !strings.Contains(screen, "  run ") {
		t.Errorf("started is still there, or the name is not:\n%s", screen)
	}
}

func TestTheMouse(t *testing.T) {
	s := open(t, viewtest.Small(), sweep, 120, 20)
	s.Send(view.Click{X: 10, Y: 5})
	if got := s.at(); got != "forest-7" {
		t.Errorf("a click on the fourth row went to %s, want forest-7", got)
	}
	s.Send(view.Click{X: 10, Y: 4, Double: true})
	if got, ok := s.Asked[0].(view.ShowRun); !ok || got.ID != "f0000008" {
		t.Errorf("a double click asked for %v, want the run forest-8", s.Asked[0])
	}
	before := s.Screen()
	s.Send(view.Click{X: 4, Y: 0})
	if !strings.Contains(s.Screen(), "run ▲") {
		t.Errorf("a click on a title did not sort:\n%s", s.Screen())
	}
	s = open(t, viewtest.Small(), sweep, 120, 8)
	s.Send(view.Wheel{Rows: 3})
	if s.Screen() == before || s.at() == "sweep-317" {
		t.Errorf("the wheel did not scroll:\n%s", s.Screen())
	}
	s.Send(view.Wheel{Rows: -30})
	if got := s.rows()[0]; !strings.HasSuffix(got, "sweep-317") {
		t.Errorf("the wheel upwards ends at %s, want sweep-317", got)
	}
}

// TestClicksHitTheRowsUnderAFilter holds that the lines of the filter bar move
// what is below them.
func TestClicksHitTheRowsUnderAFilter(t *testing.T) {
	s := open(t, viewtest.Small(), sweep, 120, 20).keys("f =status_=_'FINISHED' enter")
	lines := strings.Split(s.Screen(), "\n")
	y := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "calm-owl-7") })
	s.Send(view.Click{X: 10, Y: y})
	if got := s.at(); got != "calm-owl-7" {
		t.Errorf("a click on calm-owl-7 went to %s", got)
	}
}

func TestFiltering(t *testing.T) {
	for name, c := range map[string]struct{ keys, want string }{
		"a key is completed":                {"f =metrics.au tab", "metrics.`val/auc`"},
		"a comparator":                      {"f =metrics.`val/auc`_ down tab", "metrics.`val/auc` !="},
		"a value":                           {"f =params.optimizer_=_ down tab", "params.optimizer = 'none'"},
		"a status":                          {"f =status_=_'fa tab", "status = 'FAILED'"},
		"the chosen one wraps around":       {"f =status_=_'f up up tab", "status = 'FINISHED'"},
		"an attribute":                      {"f =star tab", "start_time"},
		"AND":                               {"f =status_=_'FAILED'_ tab", "status = 'FAILED' AND"},
		"a bare word finds a key":           {"f =norm tab", "metrics.grad_norm"},
		"esc clears":                        {"f =status_=_'FAILED' esc f", "metrics.`val/auc` > 0.9 and"}, // the hint
		"enter keeps":                       {"f =status_=_'FAILED' enter", "status = 'FAILED'"},
		"the count is live while one types": {"f =metrics.`val/auc`_>_0.9", "4 of 15 runs"},
		"a wrong one keeps the old rows":    {"f =metrics.`val/auc`_>_0.9 =_and_x", "4 of 15 runs"},
	} {
		s := open(t, viewtest.Small(), sweep, 120, 24).keys(c.keys)
		if line := s.bar(); !strings.Contains(line, c.want) {
			t.Errorf("%s: %q leaves %q, want %q", name, c.keys, line, c.want)
		}
	}
}

func (s table) bar() string {
	for _, l := range strings.Split(s.Screen(), "\n") {
		if strings.HasPrefix(l, " filter") {
			return l
		}
	}
	return ""
}

func TestEnterDoesNotKeepAWrongFilter(t *testing.T) {
	s := open(t, viewtest.Small(), sweep, 120, 24).keys("f =status_=_'FAILED enter")
	if say, ok := s.Asked[0].(view.Say); !ok || !say.Bad {
		t.Errorf("enter asked for %v, want a word about the error", s.Asked)
	}
	if s.keys("=' enter"); len(s.rows()) != 3 || !strings.Contains(s.bar(), "1 of 15 runs") {
		t.Errorf("mended, the rows are %v, want one failed run under its parents\n%s", s.rows(), s.bar())
	}
}

func TestAParentOfAMatchIsContext(t *testing.T) {
	s := open(t, viewtest.Small(), sweep, 120, 24).keys("f =status_=_'FAILED' enter")
	want := []string{"sweep-317", "family-gboost", ">keen-fox-19"}
	if got := s.rows(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	dim := viewtest.Theme().Dim.SGR()
	for _, l := range strings.Split(s.Draw(), "\n") {
		if strings.Contains(l, "family-gboost") && !strings.Contains(l, dim+"  ") {
			t.Errorf("the parent is not dim: %q", l)
		}
	}
}

// packed leaves out the blanks.
func packed(frame string) string { return strings.ReplaceAll(frame, " ", "") }

func TestLive(t *testing.T) {
	created := func(id, name, parent string, minutes int) store.Head {
		return store.Head{ID: id, Name: name, ExperimentID: "1", ParentID: parent, Status: store.Running, Stage: store.Active, Start: viewtest.Ago(minutes)}
	}
	s := open(t, viewtest.Small(), sweep, 120, 40).keys("/ =calm enter / esc")
	before := slices.IndexFunc(s.rows(), func(r string) bool { return r == ">calm-owl-7" })

	head := created("feed0001", "fresh-run", "", 0)
	s.change([]store.Event{{Kind: store.RunCreated, Head: head}}, func(r *memory.Records) { r.Runs = append(r.Runs, store.Run{Head: head}) })
	rows := s.rows()
	if rows[0] != "fresh-run" || rows[before+1] != ">calm-owl-7" {
		t.Errorf("after a run arrived the rows are %v; want it first and the cursor on calm-owl-7", rows)
	}
	s.change([]store.Event{{Kind: store.RunRemoved, Head: store.Head{ID: "feed0001"}}, {Kind: store.RunCreated, Head: created("feed0002", "its place", "", 1)}},
		func(r *memory.Records) { r.Remove("feed0001") })
	if got := s.at(); got != "calm-owl-7" {
		t.Errorf("after a run went and another came the cursor is at %s, want calm-owl-7", got)
	}
	s.change([]store.Event{{Kind: store.PointLogged, Head: store.Head{ID: "ca170007"}, Key: "val/auc"}},
		func(r *memory.Records) {
			r.Log("ca170007", "val/auc", store.Point{Step: store.StepOf(99), Timestamp: viewtest.Now, Value: 0.987})
		})
	bright := viewtest.Theme().Fresh.With(viewtest.Theme().Cursor).SGR() + "0.987"
	if !strings.Contains(s.Screen(), "0.987") || !strings.Contains(packed(s.Draw()), bright) {
		t.Errorf("a new value is not shown, or not bright:\n%s", s.Screen())
	}
	s.Send(view.Settled{})
	if strings.Contains(packed(s.Draw()), bright) {
		t.Error("a new value stays bright after it settled")
	}
	s.change([]store.Event{{Kind: store.RunRemoved, Head: store.Head{ID: "ca170007"}}}, func(r *memory.Records) { r.Remove("ca170007") })
	if got := s.at(); got == "" || got == "calm-owl-7" {
		t.Errorf("after the run under the cursor went, the cursor is at %q, want its neighbour", got)
	}
}

func TestTheFirstRunsOfAnEmptyStoreBringTheirColumns(t *testing.T) {
	s := open(t, memory.Records{Experiments: []store.Experiment{{ID: "1", Name: "churn"}}}, view.ShowRuns{}, 120, 12)
	head := store.Head{ID: "feed0001", Name: "first", ExperimentID: "1", Status: store.Running, Stage: store.Active, Start: viewtest.Ago(1)}
	s.change([]store.Event{{Kind: store.RunCreated, Head: head}, {Kind: store.PointLogged, Head: store.Head{ID: "feed0001"}, Key: "loss"}}, func(r *memory.Records) {
		r.Runs = append(r.Runs, store.Run{Head: head, Metrics: map[string]store.Point{"loss": {Value: 0.25}}})
	})
	if screen := s.Screen(); !strings.Contains(screen, "loss") || !strings.Contains(screen, "0.250") {
		t.Errorf("the metric of the first run has no column:\n%s", screen)
	}
}

func TestReadingAgainKeepsTheCursorAndNeverMixesRuns(t *testing.T) {
	var r memory.Records
	for i := range 1000 {
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: fmt.Sprintf("%04d", i), Name: fmt.Sprintf("run-%d", i), ExperimentID: "1", Start: store.At(int64(i))}})
	}
	s := open(t, r, sweep, 100, 20)
	s.keys("G k k k")
	want := s.at()
	s.Send(view.Refresh{})
	if got := s.at(); got != want {
		t.Errorf("after reading again the cursor is at %s, want %s", got, want)
	}
	s.store.Change(func(r *memory.Records) { r.Runs = r.Runs[:20] })
	s.Send(view.StoreChanged{Change: store.Change{Reload: true}})
	if got := len(s.rows()); got != 18 {
		t.Errorf("after the store was replaced %d rows are shown, want 18", got)
	}
	if got := s.at(); got == "" {
		t.Error("after the store was replaced no row has the cursor")
	}
}

func hostile() memory.Records {
	r := memory.Records{Experiments: []store.Experiment{{ID: "1", Name: "e\x1b]0;title\x07"}, {ID: "2", Name: "\u202eevil"}}}
	names := []string{
		"\x1b[2J\x1b[31mred", "\u202edesrever\u202c", "new\nline\r\ttab", strings.Repeat("x", 8000), "👩‍🔬👨‍👩‍👧‍👦🏳️‍🌈👍🏽1️⃣", "العربية من اليمين", "日本語の実行名テスト", "", "\x00\x7f\u009b31m",
		"Z\u0337\u0347\u0300a\u0335l\u0336g\u0337o", "\xff\xfe", "क्षि", "\u200b\ufeff",
	}
	for i, n := range names {
		run := store.Run{Head: store.Head{ID: fmt.Sprintf("run%d\x1b[7m", i), Name: n, ExperimentID: "1", UserID: n, Status: store.Finished, Start: store.At(int64(i))}}
		run.Metrics, run.Params = map[string]store.Point{n: {Value: float64(i)}, "m": {Value: 1e300}}, map[string]string{n: n, "p": n}
		run.Tags = map[string]string{"t": strings.Repeat("tag ", 2000)}
		r.Runs = append(r.Runs, run)
	}
	for i, parent := range []string{"b0001", "c0002", "a0000", "gone", "self4"} { // a circle of three, a missing parent, itself
		id := fmt.Sprintf("%c%04d", 'a'+i, i)
		if i == 4 {
			id = "self4"
		}
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: id, Name: "kin-" + id, ParentID: parent, ExperimentID: "2", Status: "\x1b[5m?"}})
	}
	return r
}

func TestHostileRuns(t *testing.T) {
	for _, size := range append(viewtest.Sizes(), [2]int{20, 5}, [2]int{200, 50}) {
		s := open(t, hostile(), view.ShowRuns{}, size[0], size[1])
		s.Screen()
		for range len(hostile().Runs) {
			s.keys("j l")
			s.Screen()
			if strings.ContainsAny(s.Status(), "\x1b\n\u202e") {
				t.Errorf("the status is %q", s.Status())
			}
		}
	}
	screen := open(t, hostile(), view.ShowRuns{}, 120, 40).Screen()
	for _, want := range []string{"␛[2J", "U+202E", "new␊line", "日本語", "(no name)", "kin-self4", "kin-a0000", "kin-b0001", "kin-c0002", "kin-d0003"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not to be seen:\n%s", want, screen)
		}
	}
}

func TestThousandsOfKeys(t *testing.T) {
	run := store.Run{Head: store.Head{ID: "1", Name: "wide", ExperimentID: "1"}, Metrics: map[string]store.Point{}}
	for i := range 12_000 {
		run.Metrics[fmt.Sprintf("layer/%05d/norm", i)] = store.Point{Value: float64(i)}
	}
	s := open(t, memory.Records{Runs: []store.Run{run}}, sweep, 120, 20)
	s.Screen()
	s.keys("f =metrics.11999")
	if screen := s.Screen(); !strings.Contains(screen, "layer/11999/norm") {
		t.Errorf("the key is not offered:\n%s", screen)
	}
	s.keys("esc o")
	d := table{viewtest.Start(t, s.Asked[len(s.Asked)-1].(view.Ask).Dialog, 60, 20), t, s.store}
	if d.keys("=09876"); !strings.Contains(d.Screen(), "layer/09876/norm") {
		t.Errorf("the key cannot be chosen:\n%s", d.Screen())
	}
}

func TestAnyKeysAtAnySize(t *testing.T) {
	for seed := range uint64(30) {
		s := open(t, viewtest.Small(), view.ShowRuns{}, 80, 24)
		s.Shake(rand.New(rand.NewPCG(seed, 2)), 60)
		s = open(t, hostile(), view.ShowRuns{}, 80, 24)
		s.Shake(rand.New(rand.NewPCG(seed, 3)), 40)
	}
	s := open(t, viewtest.Small(), sweep, 60, 10).keys("f")
	s.Send(tea.PasteMsg{Content: "status = '\x1b[31m\nx\u202e'"})
	s.Screen()
}
