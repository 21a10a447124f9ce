package joined_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/joined"
	"benchside/store/memory"
	"benchside/store/search"
	"benchside/store/storetest"
)

// TestContract holds a store with an empty one beside it to what holds for it
// alone.
func TestContract(t *testing.T) {
	facts := storetest.Load(t, "../../testdata/facts/lab.json.gz")
	r := memory.Records{
		Experiments: facts.Experiments, Histories: map[string]map[string][]store.Point{},
		Inputs: map[string][]store.Input{}, Models: map[string][]store.LoggedModel{},
		Registered: facts.Registered, Versions: facts.Versions,
	}
	for _, run := range slices.Backward(facts.Runs) {
		r.Runs = append(r.Runs, run.Run)
		r.Histories[run.ID], r.Inputs[run.ID], r.Models[run.ID] = run.History, run.Inputs, run.Models
	}
	storetest.Test(t, joined.New(joined.Member{Store: memory.New(r)}, joined.Member{Store: memory.New(memory.Records{})}), facts)
}

// family is a parent with a child, both with a metric.
func family(start int64) memory.Records {
	r := memory.Records{
		Experiments: []store.Experiment{{ID: "1", Name: "churn", Stage: store.Active}},
		Runs: []store.Run{
			{Head: store.Head{ID: "aaaa1111", Name: "parent", ExperimentID: "1", Stage: store.Active, Start: store.At(start)}, ExperimentName: "churn", ArtifactURI: "mlruns/1/a"},
			{Head: store.Head{ID: "bbbb2222", Name: "child", ExperimentID: "1", ParentID: "aaaa1111", Stage: store.Active, Start: store.At(start + 5)}, ExperimentName: "churn"},
		},
	}
	for i := range 3 {
		r.Log("bbbb2222", "auc", store.Point{Step: store.StepOf(int64(i)), Value: float64(start) + float64(i)})
	}
	return r
}

func TestModelsOfBothStores(t *testing.T) {
	model := func(start int64, run string) memory.Records {
		return memory.Records{Versions: []store.ModelVersion{{Name: "churn", Version: 1, RunID: run, Created: store.At(start)}}}
	}
	s := joined.New(joined.Member{Store: memory.New(model(10, "aaaa1111"))}, joined.Member{Store: memory.New(model(20, "aaaa1111"))})
	models, err := s.Models(t.Context(), store.ModelQuery{})
	if err != nil || len(models) != 2 || models[0].Name != "2:churn" || models[1].Name != "churn" {
		t.Errorf("got %+v, %v", models, err)
	}
	versions, err := s.ModelVersions(t.Context(), "2:churn")
	if err != nil || len(versions) != 1 || versions[0].Name != "2:churn" || versions[0].RunID != "2:aaaa1111" {
		t.Errorf("got %+v, %v", versions, err)
	}
	from, err := s.VersionsFrom(t.Context(), []string{"2:aaaa1111"})
	if err != nil || len(from) != 1 || from[0].Name != "2:churn" {
		t.Errorf("got %+v, %v", from, err)
	}
}

func both() (*joined.Store, *memory.Store) {
	second := memory.New(family(20))
	return joined.New(joined.Member{Store: memory.New(family(10)), Label: "old.db", Path: "/old.db"},
		joined.Member{Store: second, Label: "new.db", Path: "/new.db"}), second
}

func TestACopyOfAStoreIsToldFromIt(t *testing.T) {
	s, _ := both()
	ctx := t.Context()
	runs, err := s.Runs(ctx, store.RunQuery{})
	if got := ids(runs); err != nil || got != "2:bbbb2222 2:aaaa1111 bbbb2222 aaaa1111" {
		t.Fatalf("the latest first: got %s, %v", got, err)
	}
	if r := runs[0]; r.ParentID != "2:aaaa1111" || r.ExperimentID != "2:1" || r.ExperimentName != "new.db/churn" || r.Store.Path != "/new.db" {
		t.Errorf("the second store's run is %+v", r)
	}
	for id, want := range map[string]float64{"bbbb2222": 12, "2:bbbb2222": 22} {
		r, err := s.Run(ctx, id)
		if err != nil || r.ID != id || r.Metrics["auc"].Value != want {
			t.Errorf("run %s: got %s with %v, %v; want %g", id, r.ID, r.Metrics, err, want)
		}
		points := []store.Point{}
		if err := s.Scan(ctx, id, "auc", func(p []store.Point) error { points = append(points, p...); return nil }); err != nil || points[2].Value != want {
			t.Errorf("points of %s: got %v, %v", id, points, err)
		}
	}
	if _, err := s.Run(ctx, "bbbb2"); !errors.Is(err, store.ErrAmbiguous) || !strings.Contains(err.Error(), "2:bbbb2222 of new.db") {
		t.Errorf("the start of an id that both have: got %v", err)
	}
	if _, err := s.Run(ctx, "3:bbbb2222"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an id of a third store: got %v", err)
	}
	if children, err := s.Children(ctx, "2:aaaa1111"); err != nil || len(children) != 1 || children[0].ID != "2:bbbb2222" {
		t.Errorf("children: got %v, %v", children, err)
	}
}

func TestQueriesReachTheStoresTheyName(t *testing.T) {
	s, _ := both()
	order, err := search.ParseOrder([]string{"metrics.auc ASC"}, search.Runs)
	if err != nil {
		t.Fatal(err)
	}
	filter, err := search.Parse("metrics.auc > 1", search.Runs)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		q    store.RunQuery
		want string
	}{
		"all":                          {store.RunQuery{}, "2:bbbb2222 2:aaaa1111 bbbb2222 aaaa1111"},
		"those of the second":          {store.RunQuery{Experiments: []string{"2:1"}}, "2:bbbb2222 2:aaaa1111"},
		"those of the first":           {store.RunQuery{Experiments: []string{"1"}}, "bbbb2222 aaaa1111"},
		"in an order across both":      {store.RunQuery{Order: order, Filter: filter}, "bbbb2222 2:bbbb2222"},
		"the first of them":            {store.RunQuery{Order: order, Filter: filter, Limit: 1}, "bbbb2222"},
		"of an experiment of nobody's": {store.RunQuery{Experiments: []string{"7"}}, ""},
	} {
		found, err := s.Match(t.Context(), c.q)
		if got := strings.Join(found, " "); err != nil || got != c.want {
			t.Errorf("%s: matched %q, %v; want %q", what, got, err, c.want)
		}
		runs, err := s.Runs(t.Context(), c.q)
		if got := ids(runs); err != nil || got != c.want {
			t.Errorf("%s: read %q, %v; want %q", what, got, err, c.want)
		}
	}
}

func TestTheNewestBringTheirAncestors(t *testing.T) {
	s, _ := both()
	page, err := s.Recent(t.Context(), store.RunQuery{}, 1)
	if err != nil || page.Total != 4 {
		t.Fatalf("got %+v, %v", page, err)
	}
	var got []string
	for _, h := range page.Heads {
		got = append(got, h.ID)
	}
	if want := []string{"2:bbbb2222", "2:aaaa1111"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestChangesOfEachAreTold(t *testing.T) {
	s, second := both()
	ctx, stop := context.WithCancel(t.Context())
	changes, err := s.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second.Change(func(r *memory.Records) { r.Log("bbbb2222", "auc", store.Point{Step: store.StepOf(9), Value: 1}) })
	c := <-changes
	if len(c.Events) != 1 || c.Events[0].Head.ID != "2:bbbb2222" || c.Events[0].Head.ExperimentID != "" {
		t.Errorf("got %+v", c.Events)
	}
	stop()
	for range changes {
	}
}

func TestAnErrorNamesItsStore(t *testing.T) {
	s, second := both()
	second.Fail("Runs", errors.New("locked"))
	_, err := s.Runs(t.Context(), store.RunQuery{})
	if err == nil || !strings.HasPrefix(err.Error(), "new.db: ") {
		t.Errorf("got %v", err)
	}
}

func ids(runs []store.Run) string {
	var out []string
	for _, r := range runs {
		out = append(out, r.ID)
	}
	return strings.Join(out, " ")
}
