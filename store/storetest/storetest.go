// Package storetest is the contract of store.Store as tests that every backend
// runs, over what the real MLflow client says of the same store. It opens no
// store itself.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/search"
)

// Test holds a store to the facts.
func Test(t *testing.T, s store.Store, f Facts) {
	c := contract{s, f}
	for name, test := range map[string]func(*testing.T){
		"experiments":          c.experiments,
		"activity":             c.activity,
		"whole runs":           c.wholeRuns,
		"a run by its id":      c.byID,
		"stages":               c.stages,
		"children":             c.children,
		"the newest":           c.recent,
		"heads":                c.heads,
		"searches":             c.searches,
		"cells":                c.cells,
		"columns":              c.columns,
		"histories":            c.histories,
		"inputs":               c.inputs,
		"models":               c.models,
		"the registry":         c.registry,
		"keys":                 c.keys,
		"values":               c.values,
		"about":                c.about,
		"the feed ends":        c.watch,
		"cancelled":            c.cancelled,
		"quiet":                c.quiet,
		"many readers at once": c.together,
	} {
		t.Run(name, test)
	}
}

// everything is the query for the runs of all stages.
var everything = store.RunQuery{Stage: store.AnyStage}

type contract struct {
	store.Store
	facts Facts
}

// same compares by what %+v writes: a NaN is as good as another.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		at := 0
		for at < min(len(g), len(w)) && g[at] == w[at] {
			at++
		}
		from := max(0, at-80)
		t.Errorf("%s:\ngot  …%.300s\nwant …%.300s", what, g[from:], w[from:])
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(got T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
}

func ids[T any](of []T, id func(T) string) []string {
	names := make([]string, len(of))
	for i := range of {
		names[i] = id(of[i])
	}
	return names
}

func headID(h store.Head) string { return h.ID }
func runID(r store.Run) string   { return r.ID }
func factID(r Run) string        { return r.ID }

// where returns the facts that a rule fits, in MLflow's order.
func (c contract) where(fits func(Run) bool) []Run {
	return slices.DeleteFunc(slices.Clone(c.facts.Runs), func(r Run) bool { return !fits(r) })
}

func (c contract) experiments(t *testing.T) {
	got := must[[]store.Experiment](t)(c.Experiments(t.Context(), store.ExperimentQuery{Stage: store.AnyStage}))
	same(t, "all of them", got, c.facts.Experiments)
	got = must[[]store.Experiment](t)(c.Experiments(t.Context(), store.ExperimentQuery{Stage: store.DeletedOnly, Limit: 1}))
	for _, e := range got {
		if e.Stage != store.Deleted || len(got) != 1 {
			t.Errorf("the deleted ones: got %d, one %s", len(got), e.Stage)
		}
	}
}

func (c contract) activity(t *testing.T) {
	want := map[string]store.Activity{}
	for _, r := range c.facts.Runs {
		a := want[r.ExperimentID]
		switch {
		case r.Stage == store.Deleted:
			a.Deleted++
			want[r.ExperimentID] = a
			continue
		case r.Status == store.Running:
			a.Running++
		case r.Status == store.Failed:
			a.Failed++
		}
		a.Runs++
		a.Newest = slices.MaxFunc([]store.Time{a.Newest, r.Start, r.End}, store.Time.Compare)
		want[r.ExperimentID] = a
	}
	same(t, "by experiment", must[map[string]store.Activity](t)(c.Activity(t.Context())), want)
}

func (c contract) wholeRuns(t *testing.T) {
	runs := must[[]store.Run](t)(c.Runs(t.Context(), everything))
	same(t, "the order", ids(runs, runID), ids(c.facts.Runs, factID))
	asked := append(ids(c.facts.Runs, factID), "unknown")
	slices.Reverse(asked)
	runs = must[[]store.Run](t)(c.RunsOf(t.Context(), asked))
	slices.Reverse(runs)
	if len(runs) != len(c.facts.Runs) {
		t.Fatalf("by ids: got %d runs, want %d", len(runs), len(c.facts.Runs))
	}
	for i, r := range runs {
		same(t, r.ID, r, c.facts.Runs[i].Run)
	}
}

func (c contract) byID(t *testing.T) {
	first := c.facts.Runs[0].ID
	for what, id := range map[string]string{"a whole id": first, "its beginning": first[:12]} {
		got, err := c.Run(t.Context(), id)
		if err != nil || got.ID != first {
			t.Errorf("%s: got %q, %v; want %s", what, got.ID, err, first)
		}
	}
	for what, id := range map[string]string{"nobody's": "ffffffffffffffff", "too short": first[:3], "none": "", "more than an id": first + "0"} {
		if got, err := c.Run(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: got %q, %v; want %v", what, got.ID, err, store.ErrNotFound)
		}
	}
}

func (c contract) stages(t *testing.T) {
	for stage, l := range map[store.Stage]store.Lifecycle{store.Active: store.ActiveOnly, store.Deleted: store.DeletedOnly} {
		want := c.where(func(r Run) bool { return r.Stage == stage })
		runs := must[[]store.Run](t)(c.Runs(t.Context(), store.RunQuery{Stage: l}))
		same(t, string(stage), ids(runs, runID), ids(want, factID))
	}
}

func (c contract) children(t *testing.T) {
	for _, parent := range append(ids(c.facts.Runs, factID), "unknown") {
		want := ids(c.where(func(r Run) bool { return r.ParentID == parent }), factID)
		heads := must[[]store.Head](t)(c.Children(t.Context(), parent))
		if !slices.IsSortedFunc(heads, func(a, b store.Head) int { return a.Start.Compare(b.Start) }) {
			t.Errorf("children of %s: not the oldest first", parent)
		}
		same(t, "children of "+parent, slices.Sorted(slices.Values(ids(heads, headID))), slices.Sorted(slices.Values(want)))
	}
}

func (c contract) recent(t *testing.T) {
	for _, n := range []int{0, 1, 5, len(c.facts.Runs)} {
		page := must[store.Page](t)(c.Recent(t.Context(), everything, n))
		newest := min(n, len(page.Heads))
		same(t, fmt.Sprintf("the newest %d", n), ids(page.Heads[:newest], headID), ids(c.facts.Runs, factID)[:n])
		there := map[string]bool{}
		for _, h := range page.Heads {
			there[h.ID] = true
		}
		for _, h := range page.Heads {
			known := slices.ContainsFunc(c.facts.Runs, func(r Run) bool { return r.ID == h.ParentID })
			if known && !there[h.ParentID] {
				t.Errorf("the newest %d: the parent of %s is missing", n, h.ID)
			}
		}
		if page.Total != 0 && page.Total != len(c.facts.Runs) {
			t.Errorf("the newest %d: of %d runs, want %d", n, page.Total, len(c.facts.Runs))
		}
	}
}

func (c contract) heads(t *testing.T) {
	got := map[string]store.Head{}
	err := c.Heads(t.Context(), everything, func(p store.Page) error {
		for _, h := range p.Heads {
			if _, twice := got[h.ID]; twice {
				t.Errorf("%s comes twice", h.ID)
			}
			got[h.ID] = h
		}
		return nil
	})
	if err != nil || len(got) != len(c.facts.Runs) {
		t.Errorf("got %d heads, %v; want %d", len(got), err, len(c.facts.Runs))
	}
	for _, r := range c.facts.Runs {
		same(t, r.ID, got[r.ID], r.Head)
	}
	enough := errors.New("enough")
	if err := c.Heads(t.Context(), everything, func(store.Page) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("a reader that has enough: got %v", err)
	}
	some := []string{c.facts.Runs[0].ID, "unknown"}
	same(t, "some", must[[]store.Head](t)(c.HeadsOf(t.Context(), some)), []store.Head{c.facts.Runs[0].Head})
}

func (c contract) searches(t *testing.T) {
	for filter, fits := range map[string]func(Run) bool{
		"":                                   func(Run) bool { return true },
		"attributes.status = 'RUNNING'":      func(r Run) bool { return r.Status == store.Running },
		"attributes.run_name LIKE '%child%'": func(r Run) bool { return strings.Contains(r.Name, "child") },
		"tags.`mlflow.parentRunId` IS NULL":  func(r Run) bool { return r.ParentID == "" },
		"metrics.auc > 0.8":                  func(r Run) bool { return r.Metrics["auc"].Value > 0.8 },
		"params.nobody = 'set'":              func(Run) bool { return false },
		// What MLflow's language has not.
		"parent is null":        func(r Run) bool { return r.ParentID == "" },
		"not metrics.auc > 0.8": func(r Run) bool { return !(r.Metrics["auc"].Value > 0.8) },
		"run_name ~ 'chi.d$'":   func(r Run) bool { return strings.HasSuffix(r.Name, "child") },
		"child":                 func(r Run) bool { return strings.Contains(r.Name, "child") },
		"status = 'RUNNING' or parent is not null":             func(r Run) bool { return r.Status == store.Running || r.ParentID != "" },
		"metrics.auc is null and (depth = 0 or not depth = 0)": func(r Run) bool { _, ok := r.Metrics["auc"]; return !ok },
		"count(metrics.auc) is not null and start_time < now":  func(r Run) bool { _, ok := r.Metrics["auc"]; return ok && r.Start.Set() },
	} {
		parsed, err := search.Read(filter, search.Runs)
		if err != nil {
			t.Fatal(err)
		}
		want := ids(c.where(fits), factID)
		q := store.RunQuery{Stage: store.AnyStage, Filter: parsed}
		same(t, filter, must[[]string](t)(c.Match(t.Context(), q)), want)
		q.Limit = 2
		same(t, filter+", two of them", must[[]string](t)(c.Match(t.Context(), q)), want[:min(2, len(want))])
	}
	order, err := search.ParseOrder([]string{"attributes.run_id ASC"}, search.Runs)
	if err != nil {
		t.Fatal(err)
	}
	got := must[[]string](t)(c.Match(t.Context(), store.RunQuery{Stage: store.AnyStage, Order: order}))
	same(t, "by id", got, slices.Sorted(slices.Values(ids(c.facts.Runs, factID))))
	if got := must[[]string](t)(c.Match(t.Context(), store.RunQuery{Experiments: []string{}})); len(got) != 0 {
		t.Errorf("of no experiment: got %v", got)
	}
}

// fields are all fields that runs have.
func (c contract) fields() (fields []store.Field) {
	for kind, keys := range c.allKeys() {
		for _, key := range keys {
			fields = append(fields, store.Field{Kind: kind, Key: key})
		}
	}
	return fields
}

func (c contract) allKeys() map[store.FieldKind][]string {
	found := map[store.FieldKind]map[string]bool{store.MetricField: {}, store.ParamField: {}, store.TagField: {}}
	for _, r := range c.facts.Runs {
		for key := range r.Metrics {
			found[store.MetricField][key] = true
		}
		for key := range r.Params {
			found[store.ParamField][key] = true
		}
		for key := range r.Tags {
			found[store.TagField][key] = true
		}
	}
	all := map[store.FieldKind][]string{}
	for kind, keys := range found {
		all[kind] = slices.Sorted(maps.Keys(keys))
	}
	return all
}

func (c contract) cells(t *testing.T) {
	asked := append(ids(c.facts.Runs, factID), "unknown")
	got := must[map[string]store.Cells](t)(c.Cells(t.Context(), asked, c.fields()))
	for _, r := range c.facts.Runs {
		cells := got[r.ID]
		same(t, "metrics of "+r.ID, orEmpty(cells.Metrics), r.Metrics)
		same(t, "params of "+r.ID, orEmpty(cells.Params), r.Params)
		same(t, "tags of "+r.ID, orEmpty(cells.Tags), r.Tags)
	}
	if len(got["unknown"].Tags) > 0 {
		t.Error("an unknown run has tags")
	}
}

func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		m = map[string]V{}
	}
	return m
}

func (c contract) columns(t *testing.T) {
	for _, field := range c.fields() {
		numbers, texts := map[string]float64{}, map[string]string{}
		for _, r := range c.facts.Runs {
			if p, ok := r.Metrics[field.Key]; ok && field.Kind == store.MetricField {
				numbers[r.ID] = p.Value
			}
			from := map[store.FieldKind]map[string]string{store.ParamField: r.Params, store.TagField: r.Tags}[field.Kind]
			if text, ok := from[field.Key]; ok {
				texts[r.ID] = text
			}
		}
		got := must[store.Column](t)(c.Column(t.Context(), nil, field))
		same(t, "numbers of "+field.Key, orEmpty(got.Numbers), numbers)
		same(t, "texts of "+field.Key, orEmpty(got.Texts), texts)
	}
}

func (c contract) histories(t *testing.T) {
	for _, r := range c.facts.Runs {
		for key, want := range r.History {
			var got []store.Point
			err := c.History(t.Context(), r.ID, key, func(p []store.Point) error { got = append(got, p...); return nil })
			if err != nil {
				t.Fatal(err)
			}
			same(t, r.ID+" "+key, got, want)
			var scanned []store.Point
			if err := c.Scan(t.Context(), r.ID, key, func(p []store.Point) error { scanned = append(scanned, p...); return nil }); err != nil {
				t.Fatal(err)
			}
			same(t, "scan of "+r.ID+" "+key, byStep(scanned), byStep(want))
			c.glances(t, r.ID, key, want)
			if n := must[int](t)(c.Count(t.Context(), r.ID, key)); n != len(want) {
				t.Errorf("%s %s: counted %d points, want %d", r.ID, key, n, len(want))
			}
		}
	}
	none := func([]store.Point) error { return errors.New("a point") }
	for _, of := range [][2]string{{c.facts.Runs[0].ID, "nobody's"}, {"unknown", "auc"}} {
		n, err := c.Count(t.Context(), of[0], of[1])
		if also := c.History(t.Context(), of[0], of[1], none); n != 0 || err != nil || also != nil {
			t.Errorf("%s: counted %d, %v; the points: %v", of, n, err, also)
		}
	}
}

func (c contract) keys(t *testing.T) {
	for kind, want := range c.allKeys() {
		same(t, fmt.Sprintf("of kind %d", kind), must[[]string](t)(c.Keys(t.Context(), kind)), want)
	}
}

func (c contract) values(t *testing.T) {
	const enough = 1000
	for _, key := range c.allKeys()[store.ParamField] {
		found := map[string]bool{}
		for _, r := range c.facts.Runs {
			if text, ok := r.Params[key]; ok {
				found[text] = true
			}
		}
		field := store.Field{Kind: store.ParamField, Key: key}
		got := must[[]string](t)(c.Values(t.Context(), field, "", enough))
		same(t, "values of "+key, slices.Sorted(slices.Values(got)), slices.Sorted(maps.Keys(found)))
		if got := must[[]string](t)(c.Values(t.Context(), field, "", 1)); len(got) != 1 {
			t.Errorf("one value of %s: got %q", key, got)
		}
	}
}

func (c contract) about(t *testing.T) {
	about := must[store.About](t)(c.About(t.Context()))
	if about.Experiments != len(c.facts.Experiments) || about.Runs != len(c.facts.Runs) {
		t.Errorf("%d experiments and %d runs, want %d and %d", about.Experiments, about.Runs, len(c.facts.Experiments), len(c.facts.Runs))
	}
	if about.Kind == "" || !about.Writable && about.Why == "" {
		t.Errorf("it does not say what it is, or why it is not writable: %+v", about)
	}
}

func (c contract) watch(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	changes, err := c.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	for late := time.After(5 * time.Second); ; {
		select {
		case _, open := <-changes:
			if !open {
				return
			}
		case <-late:
			t.Fatal("the feed outlives its context by 5 s")
		}
	}
}

func (c contract) cancelled(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	id := c.facts.Runs[0].ID
	for what, call := range map[string]func() error{
		"Run":          func() error { _, err := c.Run(ctx, id); return err },
		"Runs":         func() error { _, err := c.Runs(ctx, everything); return err },
		"Experiments":  func() error { _, err := c.Experiments(ctx, store.ExperimentQuery{}); return err },
		"Match":        func() error { _, err := c.Match(ctx, everything); return err },
		"Heads":        func() error { return c.Heads(ctx, everything, func(store.Page) error { return nil }) },
		"Inputs":       func() error { _, err := c.Inputs(ctx, id); return err },
		"LoggedModels": func() error { _, err := c.LoggedModels(ctx, id); return err },
		"InputsOf":     func() error { _, err := c.InputsOf(ctx, []string{id}); return err },
		"ModelsOf":     func() error { _, err := c.LoggedModelsOf(ctx, []string{id}); return err },
		"Keys":         func() error { _, err := c.Keys(ctx, store.ParamField); return err },
		"About":        func() error { _, err := c.About(ctx); return err },
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %v", what, err, context.Canceled)
		}
	}
}

func (c contract) quiet(t *testing.T) {
	resume, err := c.Quiet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	resume()
	if _, err := c.Run(t.Context(), c.facts.Runs[0].ID); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func (c contract) together(t *testing.T) {
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for _, r := range c.facts.Runs[:min(10, len(c.facts.Runs))] {
				got, err := c.Run(t.Context(), r.ID)
				if err != nil || len(got.Params) != len(r.Params) {
					t.Errorf("%s: %d params, %v; want %d", r.ID, len(got.Params), err, len(r.Params))
				}
			}
		})
	}
	readers.Wait()
}
