package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"benchside/store"
)

func (c contract) inputs(t *testing.T) {
	for _, r := range c.facts.Runs {
		got := must[[]store.Input](t)(c.Inputs(t.Context(), r.ID))
		slices.SortStableFunc(got, func(a, b store.Input) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Digest, b.Digest))
		})
		same(t, r.ID, got, r.Inputs)
	}
	linkedOf(t, c, c.Inputs, c.InputsOf)
}

// linkedOf holds records of many runs against those of each.
func linkedOf[T any](t *testing.T, c contract, one func(context.Context, string) ([]T, error), many func(context.Context, []string) (map[string][]T, error)) {
	t.Helper()
	ids := []string{"nobody"}
	want := map[string][]T{}
	for _, r := range c.facts.Runs {
		ids = append(ids, r.ID)
		if of := must[[]T](t)(one(t.Context(), r.ID)); len(of) > 0 {
			want[r.ID] = of
		}
	}
	same(t, "many runs", must[map[string][]T](t)(many(t.Context(), append(ids, ids[1]))), want)
	if none := must[map[string][]T](t)(many(t.Context(), nil)); len(none) > 0 {
		t.Errorf("no run has %v", none)
	}
}

func (c contract) models(t *testing.T) {
	order := func(a, b store.LoggedModel) int { return cmp.Compare(a.ID, b.ID) }
	for _, r := range c.facts.Runs {
		got := must[[]store.LoggedModel](t)(c.LoggedModels(t.Context(), r.ID))
		got = slices.DeleteFunc(got, func(m store.LoggedModel) bool {
			linked := slices.ContainsFunc(r.Models, func(w store.LoggedModel) bool { return w.ID == m.ID && w.Output == m.Output })
			return !linked && m.SourceRunID == r.ID // its own all the same
		})
		want := slices.SortedFunc(slices.Values(r.Models), order)
		slices.SortFunc(got, order)
		for _, list := range [][]store.LoggedModel{got, want} {
			for i := range list {
				list[i].StatusMessage = ""
				slices.SortFunc(list[i].Metrics, func(a, b store.ModelMetric) int {
					return cmp.Compare(fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b))
				})
			}
		}
		same(t, r.ID, got, want)
	}
	linkedOf(t, c, c.LoggedModels, c.LoggedModelsOf)
}
