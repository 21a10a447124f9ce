package joined

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"benchside/store"
	"benchside/store/memory"
	"benchside/store/search"
)

// Experiments implements store.ExperimentReader.
func (s *Store) Experiments(ctx context.Context, q store.ExperimentQuery) ([]store.Experiment, error) {
	var all []store.Experiment
	err := s.each(func(i int, m *Member) error {
		found, err := m.Experiments(ctx, q)
		for _, e := range found {
			e.ID, e.Name = prefix(i)+e.ID, m.named(e.Name)
			all = append(all, e)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return memory.FindExperiments(all, store.ExperimentQuery{Order: q.Order, Stage: q.Stage, Limit: q.Limit}), nil
}

// Activity implements store.ExperimentReader.
func (s *Store) Activity(ctx context.Context) (map[string]store.Activity, error) {
	all := map[string]store.Activity{}
	err := s.each(func(i int, m *Member) error {
		found, err := m.Activity(ctx)
		for id, a := range found {
			all[prefix(i)+id] = a
		}
		return err
	})
	return all, err
}

// Run implements store.RunReader. An id that says no store is looked for in all
// of them.
func (s *Store) Run(ctx context.Context, id string) (store.Run, error) {
	member, own := s.split(id)
	if own != id {
		r, err := s.members[member].Run(ctx, own)
		return s.run(member, r), s.wrap(member, err)
	}
	var found []store.Run
	missing := fmt.Errorf("run %s: %w", id, store.ErrNotFound)
	for i := range s.members {
		r, err := s.members[i].Run(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
			missing = err
		case err != nil:
			return r, s.wrap(i, err)
		case i == 0 && r.ID == id:
			return s.run(i, r), nil
		default:
			found = append(found, s.run(i, r))
		}
	}
	switch len(found) {
	case 0:
		return store.Run{}, missing
	case 1:
		return found[0], nil
	}
	return store.Run{}, fmt.Errorf("run %s: %w: %s of %s and %s of %s; 1: or 2: before it chooses the store", id, store.ErrAmbiguous,
		found[0].ID, found[0].Store.Label, found[1].ID, found[1].Store.Label)
}

// subject is a run as the search language sees it, to order runs of several
// stores; filters were asked of each.
func subject(r *store.Run) search.Subject {
	return memory.RunSubject{Run: r}
}

// Runs implements store.RunReader.
func (s *Store) Runs(ctx context.Context, q store.RunQuery) ([]store.Run, error) {
	var all []store.Run
	err := s.each(func(i int, m *Member) error {
		own := q
		var ok bool
		if own.Experiments, ok = s.scope(i, q.Experiments); !ok {
			return ctx.Err()
		}
		found, err := m.Runs(ctx, own)
		for _, r := range found {
			all = append(all, s.run(i, r))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	compare := search.Sequence(q.Order, search.Runs)
	slices.SortStableFunc(all, func(a, b store.Run) int { return compare(subject(&a), subject(&b)) })
	if q.Limit > 0 {
		all = all[:min(q.Limit, len(all))]
	}
	return all, nil
}

// Match implements store.RunScanner.
func (s *Store) Match(ctx context.Context, q store.RunQuery) ([]string, error) {
	var runs []store.Run
	err := s.each(func(i int, m *Member) error {
		own := q
		var ok bool
		if own.Experiments, ok = s.scope(i, q.Experiments); !ok {
			return ctx.Err()
		}
		ids, err := m.Match(ctx, own)
		if err != nil {
			return err
		}
		found, err := light(ctx, m, ids, len(q.Order) > 0)
		for _, r := range found {
			runs = append(runs, s.run(i, r))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	compare := search.Sequence(q.Order, search.Runs)
	slices.SortStableFunc(runs, func(a, b store.Run) int { return compare(subject(&a), subject(&b)) })
	if q.Limit > 0 {
		runs = runs[:min(q.Limit, len(runs))]
	}
	ids := make([]string, len(runs))
	for i := range runs {
		ids[i] = runs[i].ID
	}
	return ids, nil
}

// Statement implements store.QueryExplainer: the statements of all stores, each under
// the store's name.
func (s *Store) Statement(ctx context.Context, q store.RunQuery) (string, error) {
	var parts []string
	err := s.each(func(i int, m *Member) error {
		own := q
		var ok bool
		if own.Experiments, ok = s.scope(i, q.Experiments); !ok {
			return ctx.Err()
		}
		sql, err := m.Statement(ctx, own)
		parts = append(parts, "-- "+strings.Join(strings.Fields(m.Label), " ")+"\n"+sql)
		return err
	})
	return strings.Join(parts, ";\n\n"), err
}

// light reads of runs what they are ordered by: their heads, or, for an order
// that the user chose, all of them.
func light(ctx context.Context, m *Member, ids []string, whole bool) ([]store.Run, error) {
	if whole {
		return m.RunsOf(ctx, ids)
	}
	heads, err := m.HeadsOf(ctx, ids)
	out := make([]store.Run, len(heads))
	for i, h := range heads {
		out[i].Head = h
	}
	return out, err
}

// RunsOf implements store.RunReader.
func (s *Store) RunsOf(ctx context.Context, ids []string) ([]store.Run, error) {
	found := map[string]store.Run{}
	parts := s.byMember(ids)
	err := s.each(func(i int, m *Member) error {
		if len(parts[i]) == 0 {
			return nil
		}
		runs, err := m.RunsOf(ctx, parts[i])
		for _, r := range runs {
			r = s.run(i, r)
			found[r.ID] = r
		}
		return err
	})
	var out []store.Run
	for _, id := range ids {
		if r, ok := found[id]; ok {
			out = append(out, r)
		}
	}
	return out, err
}

// Children implements store.RunReader.
func (s *Store) Children(ctx context.Context, id string) ([]store.Head, error) {
	member, own := s.split(id)
	heads, err := s.members[member].Children(ctx, own)
	return s.heads(member, heads), s.wrap(member, err)
}

// Keys implements store.KeyReader.
func (s *Store) Keys(ctx context.Context, kind store.FieldKind) ([]string, error) {
	all := map[string]bool{}
	err := s.each(func(_ int, m *Member) error {
		keys, err := m.Keys(ctx, kind)
		for _, k := range keys {
			all[k] = true
		}
		return err
	})
	return slices.Sorted(maps.Keys(all)), err
}

// Values implements store.KeyReader.
func (s *Store) Values(ctx context.Context, field store.Field, part string, limit int) ([]string, error) {
	all := map[string]bool{}
	err := s.each(func(_ int, m *Member) error {
		values, err := m.Values(ctx, field, part, limit)
		for _, v := range values {
			all[v] = true
		}
		return err
	})
	out := slices.Sorted(maps.Keys(all))
	return out[:min(len(out), max(limit, 0))], err
}

// Inputs implements store.InputReader.
func (s *Store) Inputs(ctx context.Context, runID string) ([]store.Input, error) {
	member, own := s.split(runID)
	inputs, err := s.members[member].Inputs(ctx, own)
	return inputs, s.wrap(member, err)
}

// InputsOf implements store.InputReader.
func (s *Store) InputsOf(ctx context.Context, ids []string) (map[string][]store.Input, error) {
	return ofRuns(s, ids, func(i int, own []string) (map[string][]store.Input, error) {
		return s.members[i].InputsOf(ctx, own)
	})
}

// ofRuns reads records of runs from the members that have the runs.
func ofRuns[T any](s *Store, ids []string, read func(member int, own []string) (map[string][]T, error)) (map[string][]T, error) {
	all := map[string][]T{}
	parts := s.byMember(ids)
	err := s.each(func(i int, _ *Member) error {
		if len(parts[i]) == 0 {
			return nil
		}
		found, err := read(i, parts[i])
		for id, of := range found {
			all[prefix(i)+id] = of
		}
		return err
	})
	return all, err
}

// LoggedModels implements store.InputReader.
func (s *Store) LoggedModels(ctx context.Context, runID string) ([]store.LoggedModel, error) {
	member, own := s.split(runID)
	models, err := s.members[member].LoggedModels(ctx, own)
	return s.models(member, models), s.wrap(member, err)
}

// LoggedModelsOf implements store.InputReader.
func (s *Store) LoggedModelsOf(ctx context.Context, ids []string) (map[string][]store.LoggedModel, error) {
	return ofRuns(s, ids, func(i int, own []string) (map[string][]store.LoggedModel, error) {
		found, err := s.members[i].LoggedModelsOf(ctx, own)
		for id, models := range found {
			found[id] = s.models(i, models)
		}
		return found, err
	})
}

func (s *Store) models(member int, models []store.LoggedModel) []store.LoggedModel {
	for i := range models {
		m := &models[i]
		m.ID, m.ExperimentID = prefix(member)+m.ID, prefix(member)+m.ExperimentID
		if m.SourceRunID != "" {
			m.SourceRunID = prefix(member) + m.SourceRunID
		}
	}
	return models
}

// History implements store.MetricReader.
func (s *Store) History(ctx context.Context, runID, key string, yield func([]store.Point) error) error {
	member, own := s.split(runID)
	return s.wrap(member, s.members[member].History(ctx, own, key, yield))
}

// Scan implements store.MetricReader.
func (s *Store) Scan(ctx context.Context, runID, key string, yield func([]store.Point) error) error {
	member, own := s.split(runID)
	return s.wrap(member, s.members[member].Scan(ctx, own, key, yield))
}

// Glance implements store.MetricReader.
func (s *Store) Glance(ctx context.Context, runID, key string, n int) ([]store.Point, bool, error) {
	member, own := s.split(runID)
	points, whole, err := s.members[member].Glance(ctx, own, key, n)
	return points, whole, s.wrap(member, err)
}

// Count implements store.MetricReader.
func (s *Store) Count(ctx context.Context, runID, key string) (int, error) {
	member, own := s.split(runID)
	n, err := s.members[member].Count(ctx, own, key)
	return n, s.wrap(member, err)
}
