package rundetail_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/rundetail"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // the screen shows moments in local time
	os.Exit(m.Run())
}

func open(t *testing.T, s *memory.Store, id string, width, height int) *viewtest.Stage {
	t.Helper()
	return viewtest.Start(t, rundetail.New(s, id, viewtest.Theme()), width, height)
}

func TestFrames(t *testing.T) {
	part := func(id string, keys ...string) func(*testing.T, int, int) *viewtest.Stage {
		return func(t *testing.T, width, height int) *viewtest.Stage {
			t.Helper()
			s := open(t, memory.New(viewtest.Small()), id, width, height)
			s.Press(keys...)
			return s
		}
	}
	const bold = "b01d0012"
	cases := map[string]func(*testing.T, int, int) *viewtest.Stage{
		"overview":              part(bold),
		"overview of a parent":  part("f0000000"),
		"overview of nothing":   part("aaaa0001"),
		"metrics":               part(bold, "]"),
		"metrics to the right":  part(bold, "]", "l", "l", "l", "l", "l", "l"),
		"system":                part(bold, "alt+3"),
		"params":                part(bold, "alt+4", "j"),
		"tags":                  part(bold, "alt+5"),
		"data":                  part(bold, "alt+6"),
		"models":                part(bold, "alt+7"),
		"artifacts":             part(bold, "["),
		"artifacts unfolded":    part(bold, "[", "j", "j", "enter"),
		"no metrics":            part("aaaa0001", "]"),
		"no artifacts":          part("aaaa0001", "["),
		"there is no such run":  part("0123456789"),
		"error above old lines": lost,
	}
	viewtest.Frames(t, viewtest.Sizes(), cases)
	viewtest.Frames(t, [][2]int{{200, 50}}, map[string]func(*testing.T, int, int) *viewtest.Stage{"overview": cases["overview"], "metrics": cases["metrics"]})
}

func lost(t *testing.T, width, height int) *viewtest.Stage {
	t.Helper()
	s := open(t, memory.New(viewtest.Small()), "b01d0012", width, height)
	s.Send(view.StoreChanged{Change: store.Change{Problem: errors.New("read the run: no longer there")}})
	return s
}

// at returns the line with the cursor.
func at(t *testing.T, s *viewtest.Stage) string {
	t.Helper()
	for _, l := range strings.Split(s.Screen(), "\n") {
		if rest, ok := strings.CutPrefix(l, "▌"); ok {
			return strings.Join(strings.Fields(rest), " ")
		}
	}
	return ""
}

func TestKeys(t *testing.T) {
	for name, c := range map[string]struct {
		keys string
		want string
	}{
		"the description is first":      {"", "description Gradient boosting, third round."},
		"down":                          {"j", "Wider trees after the plateau at step 40."},
		"up stops at the first":         {"k k", "description Gradient boosting, third round."},
		"last":                          {"G", "parent family-gboost 9b000000"},
		"first":                         {"G g", "description Gradient boosting, third round."},
		"next part":                     {"]", "grad_norm"},
		"tab is the next part, too":     {"tab", "grad_norm"},
		"previous part wraps":           {"[", "a name with blanks.txt"},
		"a part by its number":          {"alt+4", "lr 0.01"},
		"each part starts at its top":   {"alt+4 G alt+5", "mlflow.note.content"},
		"a page":                        {"alt+4 pgdown", "optimizer adam"},
		"a folder unfolds":              {"[ j j j enter j", "MLmodel"},
		"and folds":                     {"[ j j j enter enter j", "▸ plots/"},
		"system metrics stand apart":    {"alt+3", "system/cpu_utilization_percentage"},
		"columns scroll under the keys": {"] l l l", "grad_norm +Inf"},
	} {
		s := open(t, memory.New(viewtest.Small()), "b01d0012", 80, 24)
		s.Press(strings.Fields(c.keys)...)
		if got := at(t, s); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q is at %q, want %q", name, c.keys, got, c.want)
		}
	}
}

func TestFollowing(t *testing.T) {
	for name, c := range map[string]struct{ id, keys, want string }{
		"the parent from its line": {"b01d0012", "G enter", "9b000000"},
		"the parent by its key":    {"b01d0012", "p", "9b000000"},
		"a child":                  {"9b000000", "G enter", "e1c00003"},
	} {
		s := open(t, memory.New(viewtest.Small()), c.id, 80, 24)
		s.Press(strings.Fields(c.keys)...)
		if got, ok := s.Asked[0].(view.ShowRun); !ok || got.ID != c.want {
			t.Errorf("%s: asked for %v, want run %s", name, s.Asked[0], c.want)
		}
	}
	orphan := rundetail.New(memory.New(viewtest.Small()), "0a000001", viewtest.Theme())
	viewtest.Start(t, orphan, 80, 24)
	for _, k := range orphan.Keys() {
		if k.Name == "parent" && k.Why() == "" {
			t.Error("the parent of an orphan can be followed")
		}
	}
}

func TestCopying(t *testing.T) {
	for keys, want := range map[string]string{"alt+4 y": "0.01", "] y": "grad_norm +Inf at step 20", "j j j y": "b01d0012"} {
		s := open(t, memory.New(viewtest.Small()), "b01d0012", 80, 24)
		s.Press(strings.Fields(keys)...)
		if got, ok := s.Asked[0].(view.Copy); !ok || got.Text != want {
			t.Errorf("%s copies %v, want %q", keys, s.Asked[0], want)
		}
	}
}

func TestTheMouse(t *testing.T) {
	for _, width := range []int{40, 80, 120, 200} {
		for _, part := range []string{"Metrics 3", "Params 3"} {
			s := open(t, memory.New(viewtest.Small()), "b01d0012", width, 24)
			s.Press("alt+2")
			line, _, _ := strings.Cut(s.Screen(), "\n")
			x := strings.Index(line, part)
			if x < 0 {
				continue // it does not fit
			}
			s.Send(view.Click{X: x + 2, Y: 0})
			want := map[string]string{"Metrics 3": "grad_norm", "Params 3": "lr"}[part]
			if got := at(t, s); !strings.HasPrefix(got, want) {
				t.Errorf("at %d cells a click on %s went to %q", width, part, got)
			}
		}
	}
	s := open(t, memory.New(viewtest.Small()), "9b000000", 80, 24)
	lines := strings.Split(s.Screen(), "\n")
	for y, l := range lines {
		if strings.Contains(l, "keen-fox-19") {
			s.Send(view.Click{X: 20, Y: y, Double: true})
		}
	}
	if got, ok := s.Asked[0].(view.ShowRun); !ok || got.ID != "eee00019" {
		t.Errorf("a double click on a child asked for %v", s.Asked)
	}
	s = open(t, memory.New(viewtest.Small()), "b01d0012", 160, 30)
	s.Send(view.Click{X: 120, Y: 5})
	if got := at(t, s); !strings.HasPrefix(got, "grad_norm") {
		t.Errorf("a click on the metrics beside the facts went to %q", got)
	}
}

func TestLivePoints(t *testing.T) {
	m := memory.New(viewtest.Small())
	s := open(t, m, "e1c00003", 160, 24)
	s.Press("]")
	p := store.Point{Step: store.StepOf(50), Timestamp: viewtest.Now, Value: 0.999}
	m.Change(func(r *memory.Records) { r.Log("e1c00003", "val/auc", p) })
	s.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.PointLogged, Head: store.Head{ID: "e1c00003"}, Key: "val/auc", Point: p}}}})
	words := strings.Fields(at(t, s))
	if got := strings.Join(words[:9], " "); got != "val/auc 0.999 0.500 0 0.999 50 0.804 0.500 13" {
		t.Errorf("after a point arrived the line is %q", got)
	}
	if m.Calls("History") != 1 {
		t.Errorf("the history was read %d times, want once", m.Calls("History"))
	}
	head := store.Head{ID: "e1c00003", Name: "wise-elk-3", ExperimentID: "1", Status: store.Finished, Stage: store.Active, Start: viewtest.Ago(4), End: viewtest.Ago(1)}
	m.Change(func(r *memory.Records) { r.Run("e1c00003").Status, r.Run("e1c00003").End = store.Finished, head.End })
	s.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.RunChanged, Head: head}}}})
	if !strings.Contains(s.Screen(), "● FINISHED   3:00") {
		t.Errorf("the run's end is not shown:\n%s", s.Screen())
	}
}

func hostile() memory.Records {
	evil := "x\x1b[2J\u202e\n" + strings.Repeat("tag ", 2000) + "👩‍🔬"
	run := store.Run{Head: store.Head{ID: "evil0000", Name: evil, ExperimentID: "1", UserID: evil, Status: "\x1b[5m", ParentID: "evil0000"}, ArtifactURI: evil}
	run.Params, run.Metrics = map[string]string{evil: evil}, map[string]store.Point{}
	run.Tags = map[string]string{store.TagGitCommit: "é\x1b日本語", store.TagSourceName: evil, store.TagNote: evil + "\ttab\n\n" + evil}
	for i := range 12_000 {
		run.Metrics[fmt.Sprintf("layer/%05d/\x1b[31mnorm", i)] = store.Point{Value: float64(i)}
	}
	return memory.Records{
		Runs:   []store.Run{run},
		Inputs: map[string][]store.Input{"evil0000": {{Name: evil, Digest: evil, Source: evil, Schema: evil, Profile: evil, Context: evil, SourceType: evil}}},
		Models: map[string][]store.LoggedModel{"evil0000": {{ID: evil, Name: evil, Status: evil, Type: evil, ArtifactLocation: evil}}},
	}
}

func TestHostileRuns(t *testing.T) {
	for _, size := range append(viewtest.Sizes(), [2]int{20, 5}, [2]int{200, 50}) {
		s := open(t, memory.New(hostile()), "evil0000", size[0], size[1])
		for range 8 {
			s.Screen()
			s.Press("G", "]")
			if strings.ContainsAny(s.Status(), "\x1b\n\u202e") {
				t.Errorf("the status is %q", s.Status())
			}
		}
	}
}

func TestAnyKeysAtAnySize(t *testing.T) {
	for seed := range uint64(30) {
		s := open(t, memory.New(viewtest.Small()), "b01d0012", 80, 24)
		s.Shake(rand.New(rand.NewPCG(seed, 4)), 60)
	}
	s := open(t, memory.New(hostile()), "evil0000", 80, 24)
	s.Shake(rand.New(rand.NewPCG(1, 5)), 60)
}
