package mlruns

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"benchside/store"
	"benchside/store/memory"
	"benchside/store/search"
)

// Experiments implements store.ExperimentReader.
func (s *Store) Experiments(ctx context.Context, q store.ExperimentQuery) ([]store.Experiment, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]store.Experiment, len(x.experiments))
	for i, e := range x.experiments {
		all[i] = e.Experiment
		all[i].Tags = map[string]string{}
		if err := x.readTexts(e.dir+"/"+tags, all[i].Tags); err != nil {
			return nil, fmt.Errorf("read the tags of experiment %s: %w", e.ID, err)
		}
	}
	return memory.FindExperiments(all, q), nil
}

// Activity implements store.ExperimentReader.
func (s *Store) Activity(ctx context.Context) (map[string]store.Activity, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	sums := map[string]store.Activity{}
	for _, r := range x.runs {
		a := sums[r.ExperimentID]
		memory.AddTo(&a, &r.Head)
		sums[r.ExperimentID] = a
	}
	return sums, nil
}

// Run implements store.RunReader.
func (s *Store) Run(ctx context.Context, id string) (store.Run, error) {
	x, err := s.index(ctx)
	if err != nil {
		return store.Run{}, err
	}
	r, err := x.find(id)
	if err != nil {
		return store.Run{}, err
	}
	return s.whole(x, r)
}

// Runs implements store.RunReader.
func (s *Store) Runs(ctx context.Context, q store.RunQuery) ([]store.Run, error) {
	x, found, err := s.match(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.wholeRuns(ctx, x, found)
}

// RunsOf implements store.RunReader.
func (s *Store) RunsOf(ctx context.Context, ids []string) ([]store.Run, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	var found []*run
	for _, id := range ids {
		if r := x.byID[id]; r != nil {
			found = append(found, r)
		}
	}
	return s.wholeRuns(ctx, x, found)
}

func (s *Store) wholeRuns(ctx context.Context, x *index, found []*run) ([]store.Run, error) {
	runs := make([]store.Run, 0, len(found))
	for _, r := range found {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		full, err := s.whole(x, r)
		if err != nil {
			return nil, err
		}
		runs = append(runs, full)
	}
	return runs, nil
}

// Children implements store.RunReader.
func (s *Store) Children(ctx context.Context, id string) ([]store.Head, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	var heads []store.Head
	for _, r := range x.runs {
		if r.ParentID == id {
			heads = append(heads, r.Head)
		}
	}
	memory.OldestFirst(heads)
	return heads, nil
}

// Recent implements store.RunScanner.
func (s *Store) Recent(ctx context.Context, q store.RunQuery, n int) (store.Page, error) {
	x, err := s.index(ctx)
	if err != nil {
		return store.Page{}, err
	}
	return memory.Newest(x.heads(func(*store.Head) bool { return true }), q, n), nil
}

func (x *index) heads(want func(*store.Head) bool) []store.Head {
	heads := make([]store.Head, 0, len(x.runs))
	for _, r := range x.runs {
		if want(&r.Head) {
			heads = append(heads, r.Head)
		}
	}
	return heads
}

// Heads implements store.RunScanner.
func (s *Store) Heads(ctx context.Context, q store.RunQuery, yield func(store.Page) error) error {
	const headsPerPage = 5000
	x, err := s.index(ctx)
	if err != nil {
		return err
	}
	heads := x.heads(func(h *store.Head) bool { return memory.Sees(q, h) })
	for part := range slices.Chunk(heads, headsPerPage) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(store.Page{Heads: part, Total: len(heads)}); err != nil {
			return err
		}
	}
	return nil
}

// HeadsOf implements store.RunScanner.
func (s *Store) HeadsOf(ctx context.Context, ids []string) ([]store.Head, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	return x.heads(func(h *store.Head) bool { return asked[h.ID] }), nil
}

// Match implements store.RunScanner.
func (s *Store) Match(ctx context.Context, q store.RunQuery) ([]string, error) {
	_, found, err := s.match(ctx, q)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	for i, r := range found {
		ids[i] = r.ID
	}
	return ids, nil
}

// match finds the runs of a query. Of each it reads what the filter and the
// order ask for.
func (s *Store) match(ctx context.Context, q store.RunQuery) (*index, []*run, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, nil, err
	}
	filter, err := memory.Settled(q.Filter, func(key string) (bool, error) { return s.anyMetric(ctx, x, key) })
	if err != nil {
		return nil, nil, err
	}
	var found []*subject
	matches := search.Matcher(filter)
	for _, r := range x.runs {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if subject := s.subject(x, r); memory.Sees(q, &r.Head) && matches(subject) {
			found = append(found, subject)
		}
	}
	compare := search.Sequence(q.Order, search.Runs)
	slices.SortFunc(found, func(a, b *subject) int { return compare(a, b) })
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	runs := make([]*run, len(found))
	for i, f := range found {
		runs[i] = f.run
	}
	return x, runs, ctx.Err()
}

// Statement implements store.QueryExplainer.
func (s *Store) Statement(context.Context, store.RunQuery) (string, error) {
	return "", fmt.Errorf("say how it is asked: a store of files is no database: %w", store.ErrUnsupported)
}

// anyMetric reports whether a run has a metric of a key.
func (s *Store) anyMetric(ctx context.Context, x *index, key string) (bool, error) {
	for _, r := range x.runs {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if _, ok := s.subject(x, r).Metric(key); ok {
			return true, nil
		}
	}
	return false, nil
}

// Cells implements store.RunScanner.
func (s *Store) Cells(ctx context.Context, ids []string, fields []store.Field) (map[string]store.Cells, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	cells := make(map[string]store.Cells, len(ids))
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r := x.byID[id]
		if r == nil {
			continue
		}
		some := s.subject(x, r).some(fields)
		if c := memory.CellsOf(&some, fields); c.Metrics != nil || c.Params != nil || c.Tags != nil {
			cells[id] = c
		}
	}
	return cells, nil
}

// Column implements store.RunScanner.
func (s *Store) Column(ctx context.Context, experiments []string, field store.Field) (store.Column, error) {
	var c store.Column
	x, err := s.index(ctx)
	if err != nil {
		return c, err
	}
	q := store.RunQuery{Experiments: experiments, Stage: store.AnyStage}
	for _, r := range x.runs {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		if memory.Sees(q, &r.Head) {
			some := s.subject(x, r).some([]store.Field{field})
			memory.AddCell(&c, &some, field)
		}
	}
	return c, nil
}

// History implements store.MetricReader: the points in the order of the file,
// which is how MLflow's own client gives them. Lines that are no points make an
// error after the last point.
func (s *Store) History(ctx context.Context, runID, key string, yield func([]store.Point) error) error {
	const pointsPerYield = 4096
	x, err := s.index(ctx)
	if err != nil {
		return err
	}
	r := x.byID[runID]
	if r == nil {
		return nil
	}
	file, ok := keyFile(r.dir, metrics, key)
	if !ok || !stampAt(x.root, file).there() {
		return nil
	}
	points := make([]store.Point, 0, pointsPerYield)
	flush := func() error {
		if err := ctx.Err(); err != nil || len(points) == 0 {
			return err
		}
		full := points
		points = make([]store.Point, 0, pointsPerYield) // yield may keep it
		return yield(full)
	}
	_, bad, err := readPoints(x.root, file, 0, func(p store.Point) error {
		points = append(points, p)
		if len(points) == pointsPerYield {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err == nil && bad > 0 {
		err = fmt.Errorf("%d lines are no points: %w", bad, store.ErrDamaged)
	}
	if err != nil {
		return fmt.Errorf("read metric %s of run %s: %w", key, runID, err)
	}
	return nil
}

// Scan implements store.MetricReader.
func (s *Store) Scan(ctx context.Context, runID, key string, yield func([]store.Point) error) error {
	return s.History(ctx, runID, key, yield)
}

// Glance implements store.MetricReader. A file has no index, so all of it is
// read.
func (s *Store) Glance(ctx context.Context, runID, key string, n int) (points []store.Point, whole bool, err error) {
	err = s.History(ctx, runID, key, func(part []store.Point) error {
		points = append(points, part...)
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	points, whole = memory.Thin(points, n)
	return points, whole, nil
}

// Count implements store.MetricReader.
func (s *Store) Count(ctx context.Context, runID, key string) (int, error) {
	x, err := s.index(ctx)
	if err != nil {
		return 0, err
	}
	r := x.byID[runID]
	if r == nil {
		return 0, nil
	}
	file, ok := keyFile(r.dir, metrics, key)
	if !ok {
		return 0, nil
	}
	return s.series(x.root, file).points, nil
}

// Inputs implements store.InputReader.
func (s *Store) Inputs(ctx context.Context, runID string) ([]store.Input, error) {
	found, err := s.InputsOf(ctx, []string{runID})
	return found[runID], err
}

// InputsOf implements store.InputReader.
func (s *Store) InputsOf(ctx context.Context, ids []string) (map[string][]store.Input, error) {
	return ofRuns(ctx, s, ids, "inputs", (*index).datasets)
}

// ofRuns reads records of those runs that there are.
func ofRuns[T any](ctx context.Context, s *Store, ids []string, what string, read func(*index, *run) ([]T, error)) (map[string][]T, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string][]T{}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r := x.byID[id]
		if r == nil {
			continue
		}
		found, err := read(x, r)
		if err != nil {
			return nil, fmt.Errorf("read the %s of run %s: %w", what, id, err)
		}
		if len(found) > 0 {
			all[id] = found
		}
	}
	return all, nil
}

// LoggedModels implements store.InputReader.
func (s *Store) LoggedModels(ctx context.Context, runID string) ([]store.LoggedModel, error) {
	found, err := s.LoggedModelsOf(ctx, []string{runID})
	return found[runID], err
}

// LoggedModelsOf implements store.InputReader.
func (s *Store) LoggedModelsOf(ctx context.Context, ids []string) (map[string][]store.LoggedModel, error) {
	sources := map[string]map[string][]string{} // by experiment, then by run
	return ofRuns(ctx, s, ids, "models", func(x *index, r *run) (_ []store.LoggedModel, err error) {
		home := path.Dir(r.dir)
		if sources[home] == nil {
			if sources[home], err = x.modelsBy(home); err != nil {
				return nil, err
			}
		}
		return x.loggedModels(r, sources[home][r.ID])
	})
}

// Keys implements store.KeyReader.
func (s *Store) Keys(ctx context.Context, kind store.FieldKind) ([]string, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	folder, keyed := folders()[kind]
	for _, r := range x.runs {
		if !keyed {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := eachKey(x.root, r.dir+"/"+folder, func(key string) error { found[key] = true; return nil }); err != nil {
			return nil, fmt.Errorf("read the keys of run %s: %w", r.ID, err)
		}
	}
	return memory.SortedKeys(found, kind), nil
}

// Values implements store.KeyReader: of the newest runs first.
func (s *Store) Values(ctx context.Context, field store.Field, part string, limit int) ([]string, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, r := range x.runs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if limit > 0 && len(found) >= limit {
			break
		}
		some := s.subject(x, r).some([]store.Field{field})
		if text, ok := memory.TextOf(&some, field); ok && strings.Contains(text, part) {
			found[text] = true
		}
	}
	return memory.SortedKeys(found, store.ParamField), nil
}
