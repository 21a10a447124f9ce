package registry_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/themes"
	"benchside/tui/registry"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func staged(t *testing.T, s store.Store, width, height int) *viewtest.Stage {
	t.Helper()
	return viewtest.Start(t, registry.New(s, viewtest.Theme()), width, height)
}

func TestFrames(t *testing.T) {
	small := memory.New(viewtest.Registry())
	viewtest.Frames(t, append(viewtest.Sizes(), [2]int{200, 50}), map[string]func(t *testing.T, width, height int) *viewtest.Stage{
		"models": func(t *testing.T, w, h int) *viewtest.Stage { return staged(t, small, w, h) },
		"filtered": func(t *testing.T, w, h int) *viewtest.Stage {
			s := staged(t, small, w, h)
			s.Press("f")
			s.Type("tags.team = 'growth'")
			return s
		},
		"wrong filter": func(t *testing.T, w, h int) *viewtest.Stage {
			s := staged(t, small, w, h)
			s.Press("/")
			s.Type("stage = 'Production'")
			return s
		},
		"none": func(t *testing.T, w, h int) *viewtest.Stage { return staged(t, memory.New(viewtest.Small()), w, h) },
		"plain ASCII": func(t *testing.T, w, h int) *viewtest.Stage {
			theme := themes.Plain()
			theme.Glyphs = themes.ASCII()
			theme.Glyphs.Graphemes = true
			return viewtest.Start(t, registry.New(small, &theme), w, h)
		},
		"unreadable": func(t *testing.T, w, h int) *viewtest.Stage {
			s := memory.New(viewtest.Registry())
			s.Fail("Models", errors.New("search the models: disk I/O error"))
			return staged(t, s, w, h)
		},
	})
}

func TestTheListIsFilteredAndSorted(t *testing.T) {
	s := staged(t, memory.New(viewtest.Registry()), 120, 20)
	first := func() string {
		return strings.TrimPrefix(strings.Fields(strings.Split(s.Screen(), "\n")[2])[0], "▌")
	}
	if got := first(); got != "churn-classifier" {
		t.Errorf("by name: the first is %q", got)
	}
	s.Press("G", "s")
	s.Press("g")
	if got := first(); got != "churn-classifier" {
		t.Errorf("by change: the first is %q", got)
	}
	s.Command("sort", "creation")
	if got := first(); got != "image-tagger" {
		t.Errorf("by creation: the first is %q", got)
	}
	s.Command("filter", "name LIKE 'c%'")
	if got := s.Status(); got != "2 models" {
		t.Errorf("filtered: got %q", got)
	}
}

func TestEnterOpensTheModel(t *testing.T) {
	s := staged(t, memory.New(viewtest.Registry()), 120, 20)
	s.Press("j", "enter")
	if got := s.Asked[len(s.Asked)-1]; got != (view.ShowModel{Name: "credit-risk"}) {
		t.Errorf("got %#v", got)
	}
}

func TestWhatOthersRegisterAppears(t *testing.T) {
	r := memory.New(viewtest.Registry())
	s := staged(t, r, 120, 20)
	s.Press("j")
	r.Change(func(r *memory.Records) { r.Registered = append(r.Registered, store.RegisteredModel{Name: "a-new-one"}) })
	s.Send(view.StoreChanged{})
	if got := s.Screen(); !strings.Contains(got, "a-new-one") || !strings.Contains(got, "▌credit-risk") {
		t.Errorf("the new model is missing, or the cursor left its own:\n%s", got)
	}
}

func TestOnlyWhatIsShownIsReadWhole(t *testing.T) {
	records := memory.Records{}
	for i := range 500 {
		records.Registered = append(records.Registered, store.RegisteredModel{Name: "model-" + string(rune('a'+i%26)) + strings.Repeat("x", i/26)})
	}
	r := memory.New(records)
	s := staged(t, r, 120, 20)
	before := r.Calls("Models")
	s.Press("j")
	if got := r.Calls("Models"); got != before {
		t.Errorf("a step within the window reads %d times", got-before)
	}
	s.Press("G")
	if got := r.Calls("Models"); got == before {
		t.Error("the end of the list is not read")
	}
	if got := s.Screen(); strings.Contains(got, " … ") {
		t.Errorf("something is never read:\n%s", got)
	}
}

func TestAnyKeysInAnyOrder(t *testing.T) {
	for seed := range uint64(20) {
		staged(t, memory.New(viewtest.Registry()), 80, 24).Shake(rand.New(rand.NewPCG(seed, 5)), 60)
	}
}

func TestATrainingDoesNotHaveItReadWithEveryPoint(t *testing.T) {
	r := memory.New(viewtest.Registry())
	s := staged(t, r, 120, 20)
	before := r.Calls("Models")
	point := view.StoreChanged{Change: store.Change{Events: []store.Event{{Kind: store.PointLogged, Head: store.Head{ID: "e1c00003"}}}}}
	s.Send(point, point, point)
	if n := r.Calls("Models") - before; n != 0 {
		t.Errorf("three points: read %d times at once", n)
	}
	s.Later()
	if n := r.Calls("Models") - before; n < 1 || n > 2 {
		t.Errorf("a second later: read %d times", n)
	}
}

func TestTitlesSortAndTheirEdgesArePulled(t *testing.T) {
	s := viewtest.Start(t, registry.New(memory.New(viewtest.Governed()), viewtest.Theme()), 120, 20)
	heading := func() string { return strings.Split(s.Screen(), "\n")[0] }
	at := strings.Index(heading(), "changed")
	for _, step := range []struct {
		x    int
		want string
	}{{at, "changed ▼"}, {at, "created ▼"}, {2, "model ▲"}, {at, "changed ▼"}} {
		if s.Send(view.Click{X: step.x, Y: 0}); !strings.Contains(heading(), step.want) {
			t.Errorf("a press at %d: %q, want %q", step.x, heading(), step.want)
		}
	}
	edge := strings.Index(heading(), "Production") - 1
	s.Send(view.Click{X: edge, Y: 0}, view.Drag{FromX: edge, X: edge + 7})
	if now := strings.Index(heading(), "Production") - 1; now != edge+7 {
		t.Errorf("pulled by 7 the edge stands at %d, it was at %d", now, edge)
	}
	if !strings.Contains(heading(), "changed ▼") {
		t.Errorf("the edge sorted: %s", heading())
	}
}
