package registry_test

import (
	"reflect"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/registry"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func TestKeysAskForTheChangeOfTheModel(t *testing.T) {
	for name, c := range map[string]struct {
		key   string
		texts []string
		want  store.Mutation
		typed string
	}{
		"n creates":      {"n", []string{" new ", "text"}, store.CreateModel{Model: "new", Description: "text"}, ""},
		"d describes":    {"d", []string{"all who leave"}, store.DescribeModel{Model: "churn", To: "all who leave", From: store.Saw("who leaves")}, ""},
		"t sets a tag":   {"t", []string{"team", "risk"}, store.TagModel{Model: "churn", Key: "team", Value: "risk", From: store.Saw("growth")}, ""},
		"a new tag":      {"t", []string{"x", "y"}, store.TagModel{Model: "churn", Key: "x", Value: "y", From: store.SawNone[string]()}, ""},
		"T takes a tag":  {"T", []string{"team"}, store.UntagModel{Model: "churn", Key: "team", From: store.Saw("growth")}, ""},
		"R renames":      {"R", []string{"leavers"}, store.RenameModel{Model: "churn", To: "leavers"}, ""},
		"ctrl+x deletes": {"ctrl+x", nil, store.DeleteModel{Model: "churn", Versions: store.Saw(6)}, "churn"},
	} {
		s := viewtest.Start(t, registry.New(memory.New(viewtest.Governed()), viewtest.Theme()), 100, 30)
		s.Press(c.key)
		ask := s.Asked[len(s.Asked)-1].(view.Change)
		got, err := ask.Make(view.Input{Texts: c.texts})
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], c.want) || ask.Typed != c.typed {
			t.Errorf("%s: got %+v, %v, typed %q; want %+v, typed %q", name, got, err, ask.Typed, c.want, c.typed)
		}
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	for key, texts := range map[string][]string{"n": {" ", ""}, "t": {"", "x"}, "T": {"nothing"}, "R": {"churn"}} {
		s := viewtest.Start(t, registry.New(memory.New(viewtest.Governed()), viewtest.Theme()), 100, 30)
		s.Press(key)
		if got, err := s.Asked[len(s.Asked)-1].(view.Change).Make(view.Input{Texts: texts}); err == nil {
			t.Errorf("%s with %q: got %v, want an error", key, texts, got)
		}
	}
}

func TestTheCursorGoesToTheModelThatWasMade(t *testing.T) {
	r := viewtest.Governed()
	r.Registered = append(r.Registered, store.RegisteredModel{Name: "zebra"})
	v := registry.New(memory.New(r), viewtest.Theme())
	stage := viewtest.Start(t, v, 100, 30)
	made := view.Changed{Receipt: store.Receipt{Lines: []store.Line{{What: "create_model", Of: store.Subject{Kind: store.ModelSubject, Name: "zebra"}}}}}
	stage.Send(view.Do{Run: func() tea.Cmd { return v.Update(made) }})
	stage.Press("enter")
	if got := stage.Asked[len(stage.Asked)-1]; got != (view.ShowModel{Name: "zebra"}) {
		t.Errorf("got %+v", got)
	}
}

func TestTheStatusSaysHowManyRequestsWait(t *testing.T) {
	r := viewtest.Governed()
	s := memory.New(r)
	stage := viewtest.Start(t, registry.New(s, viewtest.Theme()), 100, 30)
	if got := stage.Status(); got != "3 requests wait: :inbox   2 models" {
		t.Errorf("got %q", got)
	}
	s.Change(func(r *memory.Records) { r.Governed.Requests = r.Governed.Requests[:2] })
	stage.Send(view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.RegistryChanged}}}})
	if got := stage.Status(); !strings.HasPrefix(got, "1 request waits: :inbox") {
		t.Errorf("got %q", got)
	}
}
