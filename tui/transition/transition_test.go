package transition_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"benchside/artifacts"
	"benchside/gates"
	"benchside/store"
	"benchside/store/memory"
	"benchside/themes"
	"benchside/tui/transition"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// strict asks of Production what v5 of the fixture has not: the dataset is known, its
// drift is not.
const strict = "version = 1\n[[gate]]\nmetrics = [\"val/auc max\"]\ndrift = true\n"

// dialog is the dialog over a store.
type dialog struct {
	*viewtest.Stage
	view  *transition.View
	store *memory.Store
}

// asks says how a dialog begins.
type asks struct {
	rules   string
	version int64 // 0 is 5
	change  func(*memory.Records)
	theme   *themes.Theme
	size    [2]int // zero is 90x30
}

func open(t *testing.T, a asks) *dialog {
	t.Helper()
	r := viewtest.Governed()
	r.Governed.Requests = nil
	if a.change != nil {
		a.change(&r)
	}
	s := memory.New(r)
	at := a.version
	if at == 0 {
		at = 5
	}
	of := r.Versions[at-1]
	if a.theme == nil {
		a.theme = viewtest.Theme()
	}
	v := transition.New(view.ShowTransition{Version: of}, transition.Means{
		Sources: s, Govern: s, Now: func() time.Time { return time.UnixMilli(viewtest.Now) },
		Rules:  func(context.Context) (gates.Rules, error) { return gates.Parse("rules", a.rules) },
		Places: func(store.Run) artifacts.Places { return artifacts.Places{Store: "testdata/none/mlflow.db"} },
		Writes: view.Writes{Writer: s, Author: store.Author{Name: "grace", Via: "tui"}},
	}, a.theme)
	if a.size == [2]int{} {
		a.size = [2]int{90, 30}
	}
	return &dialog{viewtest.Start(t, v, a.size[0], a.size[1]), v, s}
}

// plain is a file of rules that asks for nothing.
const plain = "version = 1\n[[gate]]\nmetrics = [\"val/auc max\"]\nsignature = \"any\"\n[[gate]]\nstage = \"Staging\"\nsignature = \"any\"\n"

func rule(r store.Rule) func(*memory.Records) {
	return func(m *memory.Records) { m.Governed.Rules["churn"] = []store.Rule{r} }
}

// why is why a key cannot be used.
func (d *dialog) why(t *testing.T, press string) string {
	t.Helper()
	for _, k := range d.view.Keys() {
		if k.Press[0] == press {
			return k.Why()
		}
	}
	t.Fatalf("no key %s", press)
	return ""
}

// written are the mutations of the only intent.
func (d *dialog) written(t *testing.T) (store.Intent, []store.Mutation) {
	t.Helper()
	got := d.store.Intents()
	if len(got) != 1 {
		t.Fatalf("%d intents were written, want 1; the dialog shows\n%s", len(got), d.Screen())
	}
	return got[0], got[0].Mutations
}

func TestFrames(t *testing.T) {
	stage := func(a asks, press ...string) func(*testing.T, int, int) *viewtest.Stage {
		return func(t *testing.T, w, h int) *viewtest.Stage {
			a.size = [2]int{min(w-4, 96), min(h-5, 20)} // what the program gives a dialog
			d := open(t, a)
			d.Press(press...)
			return d.Stage
		}
	}
	ascii := themes.Plain()
	ascii.Glyphs = themes.ASCII()
	ascii.Glyphs.Graphemes = true
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"to staging":         stage(asks{rules: plain}),
		"failed":             stage(asks{rules: strict}, "down"),
		"failed, the checks": stage(asks{rules: strict}, "down", "tab", "tab", "down", "down"),
		"plain ASCII":        stage(asks{rules: strict, theme: &ascii}, "down"),
		"archived":           stage(asks{rules: plain}, "down", "down"),
		"needs approval":     stage(asks{rules: plain, change: rule(store.Rule{Stage: store.StageProduction, NeedsApproval: true})}, "down"),
		"wrong rules":        stage(asks{rules: "version = 1\n[[gate]]\nnonsense = 1\n"}),
		"waived": func(t *testing.T, w, h int) *viewtest.Stage {
			d := open(t, asks{rules: strict, size: [2]int{min(w-4, 96), min(h-5, 20)}})
			d.Press("down")
			d.Type("the month is new")
			d.Press("ctrl+w")
			return d.Stage
		},
	})
}

func TestAMoveKeepsItsCardInTheSameTransaction(t *testing.T) {
	d := open(t, asks{rules: plain})
	d.Press("down")
	d.Type("better on the new month")
	if got := d.Screen(); !strings.Contains(got, "move churn v5 from None to Production and archive v3") {
		t.Errorf("the sentence is missing:\n%s", got)
	}
	d.Press("enter")
	intent, m := d.written(t)
	want := store.MoveStage{Model: "churn", Version: 5, To: store.StageProduction, ArchiveExisting: true, From: store.Saw("None")}
	if len(m) != 2 || m[1] != want {
		t.Fatalf("got %+v, want a card and %+v", m, want)
	}
	card := m[0].(store.RecordGate).Card
	if card.Stage != store.StageProduction || card.Against != 3 || card.Version != 5 || card.Verdict != store.Passed || card.By != "grace" {
		t.Errorf("got the card %+v", card)
	}
	if intent.Reason != "better on the new month" || intent.By.Via != "tui" {
		t.Errorf("got reason %q by %+v", intent.Reason, intent.By)
	}
	closed := false
	for _, m := range d.Asked {
		_, is := m.(view.Close)
		closed = closed || is
	}
	if !closed {
		t.Errorf("the dialog stays open: %v", d.Asked)
	}
}

func TestWhatIsThereStaysWhereTheBoxIsEmpty(t *testing.T) {
	d := open(t, asks{rules: plain})
	d.Press("down", "tab", "space", "enter")
	_, m := d.written(t)
	if got := m[1].(store.MoveStage).ArchiveExisting; got {
		t.Error("it is archived")
	}
}

func TestAStageThatIsNotInUseHasNoCard(t *testing.T) {
	d := open(t, asks{rules: strict, version: 3})
	d.Press("enter")
	_, m := d.written(t)
	want := store.MoveStage{Model: "churn", Version: 3, To: store.StageArchived, From: store.Saw(store.StageProduction)}
	if len(m) != 1 || m[0] != want {
		t.Errorf("got %+v, want %+v", m, want)
	}
}

func TestWhatFailedIsWaivedWithTheReason(t *testing.T) {
	d := open(t, asks{rules: strict})
	d.Press("down")
	if got, want := d.why(t, "enter"), "stand against it: ctrl+w waives with the reason, ctrl+r requests approval"; !strings.HasSuffix(got, want) {
		t.Fatalf("enter: got %q, want …%q", got, want)
	}
	if got := d.why(t, "ctrl+w"); got != "write the reason first" {
		t.Errorf("ctrl+w without a reason: got %q", got)
	}
	d.Type("the month is new")
	d.Press("ctrl+w", "enter")
	_, m := d.written(t)
	card := m[0].(store.RecordGate).Card
	if card.Verdict != store.Waived {
		t.Errorf("got the verdict %s", card.Verdict)
	}
	for _, c := range card.Checks {
		if c.Verdict == store.Waived && (c.Reason != "the month is new" || c.By != "grace") {
			t.Errorf("%s: got the reason %q by %q", c.Name, c.Reason, c.By)
		}
	}
}

func TestRulesMayAllowNoWaivers(t *testing.T) {
	d := open(t, asks{rules: strict + "waivers = false\n"})
	d.Press("down")
	d.Type("please")
	if got := d.why(t, "ctrl+w"); got != "the rules allow no waivers" {
		t.Errorf("ctrl+w: got %q", got)
	}
	if got := d.why(t, "enter"); !strings.Contains(got, "the rules allow no waivers, ctrl+r requests approval") {
		t.Errorf("enter: got %q", got)
	}
}

func TestARequestCarriesTheCardAndTheReason(t *testing.T) {
	d := open(t, asks{rules: plain, change: rule(store.Rule{Stage: store.StageProduction, NeedsApproval: true})})
	d.Press("down")
	if got, want := d.why(t, "enter"), "moving to Production needs an approval by somebody else: ctrl+r requests it"; got != want {
		t.Fatalf("enter: got %q, want %q", got, want)
	}
	d.Type("ready")
	d.Press("ctrl+r")
	intent, m := d.written(t)
	want := store.RequestStage{Model: "churn", Version: 5, To: store.StageProduction, ArchiveExisting: true, From: store.Saw("None")}
	if len(m) != 2 || m[1] != want || intent.Reason != "ready" {
		t.Errorf("got %+v because %q, want %+v", m, intent.Reason, want)
	}
}

func TestWhoseRequestWaitsDecidesWhatEnterDoes(t *testing.T) {
	for name, c := range map[string]struct {
		by, why string
		want    store.Mutation
	}{
		"one of mine waits for somebody else": {by: "grace", why: "request 7 of yours waits for somebody else's approval"},
		"one of somebody else is approved": {by: "ada", want: store.DecideRequest{
			Request: 7, Decision: store.Approved, Comment: "fine", Of: store.Subject{Kind: store.VersionSubject, Name: "churn", Version: 5},
		}},
	} {
		d := open(t, asks{rules: plain, change: func(r *memory.Records) {
			rule(store.Rule{Stage: store.StageProduction, NeedsApproval: true})(r)
			r.Governed.Requests = []store.Request{{ID: 7, Model: "churn", Version: 5, From: "None", To: store.StageProduction, By: c.by, State: store.Waiting}}
		}})
		d.Press("down")
		d.Type("fine")
		if got := d.why(t, "enter"); got != c.why {
			t.Errorf("%s: got %q, want %q", name, got, c.why)
			continue
		}
		if c.want == nil {
			continue
		}
		d.Press("enter")
		if _, m := d.written(t); len(m) != 2 || m[1] != c.want {
			t.Errorf("%s: got %+v, want a card and %+v", name, m, c.want)
		}
	}
}

func TestTheCardIsCopiedAsMarkdown(t *testing.T) {
	d := open(t, asks{rules: plain})
	d.Press("down", "ctrl+y")
	got := d.Asked[len(d.Asked)-1].(view.Copy).Text
	if !strings.HasPrefix(got, "# churn v5 → Production: pass\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestWhatWasRefusedIsSaidAndTriedAgain(t *testing.T) {
	d := open(t, asks{rules: plain})
	d.store.Fail("Write", fmt.Errorf("move churn v5 to Staging: %w: it is in stage Archived now", store.ErrStale))
	d.Press("enter")
	if got := d.Screen(); !strings.Contains(got, "changed by someone else") || !strings.Contains(got, "nothing was written") {
		t.Errorf("got\n%s", got)
	}
	d.store.Fail("Write", nil)
	d.Press("enter")
	d.written(t)
}

func TestNothingIsMovedBeforeTheChecksAreDone(t *testing.T) {
	d := open(t, asks{rules: plain})
	d.store.Fail("ModelVersions", errors.New("read: locked"))
	d.Press("down")
	if got := d.why(t, "enter"); got != "what stands against it could not be read" {
		t.Errorf("got %q", got)
	}
	d.store.Fail("ModelVersions", nil)
	d.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.RegistryChanged}}}})
	if got := d.why(t, "enter"); got != "" {
		t.Errorf("after a change: got %q", got)
	}
}

func TestAStaleCardIsMadeAgain(t *testing.T) {
	d := open(t, asks{rules: strict})
	d.Press("down")
	d.Type("because")
	d.Press("ctrl+w")
	d.store.Change(func(r *memory.Records) { r.Versions[2].Stage = store.StageArchived })
	d.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.RegistryChanged}}}})
	if got := d.Screen(); strings.Contains(got, "against v3") || strings.Contains(got, "waived") {
		t.Errorf("the old card stays:\n%s", got)
	}
}

func TestTheStagesGoAround(t *testing.T) {
	d := open(t, asks{rules: plain})
	var got []string
	for range 3 {
		got = append(got, strings.Fields(d.view.Title())[3])
		d.Press("down")
	}
	if want := []string{"Staging", "Production", "Archived"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNothingThatAUserDoesBreaksTheFrame(t *testing.T) {
	d := open(t, asks{rules: strict, size: [2]int{76, 19}})
	d.Shake(rand.New(rand.NewPCG(3, 4)), 600)
}
