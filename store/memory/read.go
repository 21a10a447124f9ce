package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"benchside/store"
)

// Experiments implements store.ExperimentReader.
func (s *Store) Experiments(ctx context.Context, q store.ExperimentQuery) (found []store.Experiment, err error) {
	err = s.read(ctx, "Experiments", func(r *Records) error {
		found = FindExperiments(r.Experiments, q)
		return nil
	})
	return found, err
}

// Activity implements store.ExperimentReader.
func (s *Store) Activity(ctx context.Context) (sums map[string]store.Activity, err error) {
	err = s.read(ctx, "Activity", func(r *Records) error {
		sums = map[string]store.Activity{}
		for i := range r.Runs {
			h := &r.Runs[i].Head
			a := sums[h.ExperimentID]
			AddTo(&a, h)
			sums[h.ExperimentID] = a
		}
		return nil
	})
	return sums, err
}

// AddTo counts one run of an experiment.
func AddTo(a *store.Activity, h *store.Head) {
	if h.Stage == store.Deleted {
		a.Deleted++
		return
	}
	a.Runs++
	switch h.Status {
	case store.Running:
		a.Running++
	case store.Failed:
		a.Failed++
	}
	for _, t := range []store.Time{h.Start, h.End} {
		if a.Newest.Compare(t) < 0 {
			a.Newest = t
		}
	}
}

// Run implements store.RunReader.
func (s *Store) Run(ctx context.Context, id string) (run store.Run, err error) {
	err = s.read(ctx, "Run", func(r *Records) error {
		found, err := r.find(id)
		if err == nil {
			run = copyRun(*found)
		}
		return err
	})
	return run, err
}

// Runs implements store.RunReader.
func (s *Store) Runs(ctx context.Context, q store.RunQuery) (runs []store.Run, err error) {
	err = s.read(ctx, "Runs", func(r *Records) error {
		for _, run := range r.match(q) {
			runs = append(runs, copyRun(*run))
		}
		return nil
	})
	return runs, err
}

// RunsOf implements store.RunReader.
func (s *Store) RunsOf(ctx context.Context, ids []string) (runs []store.Run, err error) {
	err = s.read(ctx, "RunsOf", func(r *Records) error {
		for _, id := range ids {
			if run := r.Run(id); run != nil {
				runs = append(runs, copyRun(*run))
			}
		}
		return nil
	})
	return runs, err
}

// Children implements store.RunReader.
func (s *Store) Children(ctx context.Context, id string) (heads []store.Head, err error) {
	err = s.read(ctx, "Children", func(r *Records) error {
		for i := range r.Runs {
			if r.Runs[i].ParentID == id {
				heads = append(heads, r.Runs[i].Head)
			}
		}
		OldestFirst(heads)
		return nil
	})
	return heads, err
}

// OldestFirst sorts children: by start, then by id.
func OldestFirst(heads []store.Head) {
	slices.SortFunc(heads, func(a, b store.Head) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
}

// Match implements store.RunScanner.
func (s *Store) Match(ctx context.Context, q store.RunQuery) (ids []string, err error) {
	err = s.read(ctx, "Match", func(r *Records) error {
		for _, run := range r.match(q) {
			ids = append(ids, run.ID)
		}
		return nil
	})
	return ids, err
}

func (r *Records) match(q store.RunQuery) []*store.Run {
	runs := make([]*store.Run, len(r.Runs))
	for i := range r.Runs {
		runs[i] = &r.Runs[i]
	}
	around := Around{
		Inputs: func(id string) []store.Input { return r.Inputs[id] },
		Find: func(id string) *store.Head {
			if run := r.Run(id); run != nil {
				return &run.Head
			}
			return nil
		},
		Points: func(id, key string) []store.Point { return r.Histories[id][key] },
	}
	return FindRuns(runs, around, q)
}

// Cells implements store.RunScanner.
func (s *Store) Cells(ctx context.Context, ids []string, fields []store.Field) (cells map[string]store.Cells, err error) {
	err = s.read(ctx, "Cells", func(r *Records) error {
		cells = make(map[string]store.Cells, len(ids))
		for i := range r.Runs {
			if run := &r.Runs[i]; slices.Contains(ids, run.ID) {
				if c := CellsOf(run, fields); c.Metrics != nil || c.Params != nil || c.Tags != nil {
					cells[run.ID] = c
				}
			}
		}
		return nil
	})
	return cells, err
}

// CellsOf picks fields of a run.
func CellsOf(run *store.Run, fields []store.Field) store.Cells {
	var c store.Cells
	for _, f := range fields {
		switch f.Kind {
		case store.MetricField:
			copyKey(&c.Metrics, run.Metrics, f.Key)
		case store.ParamField:
			copyKey(&c.Params, run.Params, f.Key)
		case store.TagField:
			copyKey(&c.Tags, run.Tags, f.Key)
		}
	}
	return c
}

func copyKey[V any](into *map[string]V, from map[string]V, key string) {
	value, ok := from[key]
	if !ok {
		return
	}
	if *into == nil {
		*into = map[string]V{}
	}
	(*into)[key] = value
}

// Column implements store.RunScanner.
func (s *Store) Column(ctx context.Context, experiments []string, field store.Field) (c store.Column, err error) {
	err = s.read(ctx, "Column", func(r *Records) error {
		for i := range r.Runs {
			if run := &r.Runs[i]; experiments == nil || slices.Contains(experiments, run.ExperimentID) {
				AddCell(&c, run, field)
			}
		}
		return nil
	})
	return c, err
}

// AddCell adds a field of a run to a column, if the run has it.
func AddCell(c *store.Column, run *store.Run, field store.Field) {
	cells := CellsOf(run, []store.Field{field})
	for _, p := range cells.Metrics {
		copyKey(&c.Numbers, map[string]float64{run.ID: p.Value}, run.ID)
	}
	for _, texts := range []map[string]string{cells.Params, cells.Tags} {
		for _, text := range texts {
			copyKey(&c.Texts, map[string]string{run.ID: text}, run.ID)
		}
	}
}

// History implements store.MetricReader.
func (s *Store) History(ctx context.Context, runID, key string, yield func([]store.Point) error) error {
	const pointsPerYield = 4096
	var points []store.Point
	err := s.read(ctx, "History", func(r *Records) error {
		points = r.Histories[runID][key]
		return nil
	})
	if err != nil {
		return err
	}
	for part := range slices.Chunk(points, pointsPerYield) {
		if err := yield(slices.Clone(part)); err != nil {
			return err
		}
	}
	return nil
}

// Scan implements store.MetricReader.
func (s *Store) Scan(ctx context.Context, runID, key string, yield func([]store.Point) error) error {
	return s.History(ctx, runID, key, yield)
}

// Glance implements store.MetricReader.
func (s *Store) Glance(ctx context.Context, runID, key string, n int) (points []store.Point, whole bool, err error) {
	err = s.read(ctx, "Glance", func(r *Records) error {
		points, whole = Thin(r.Histories[runID][key], n)
		return nil
	})
	return points, whole, err
}

// Thin is store.MetricReader's Glance over points that are at hand.
func Thin(points []store.Point, n int) (some []store.Point, whole bool) {
	points = slices.Clone(points)
	if len(points) <= n || n < 2 {
		return points, len(points) <= n
	}
	slices.SortStableFunc(points, func(a, b store.Point) int { return a.Step.Compare(b.Step) })
	for i := range n {
		some = append(some, points[i*(len(points)-1)/(n-1)])
	}
	return some, false
}

// Count implements store.MetricReader.
func (s *Store) Count(ctx context.Context, runID, key string) (n int, err error) {
	err = s.read(ctx, "Count", func(r *Records) error {
		n = len(r.Histories[runID][key])
		return nil
	})
	return n, err
}

// Inputs implements store.InputReader.
func (s *Store) Inputs(ctx context.Context, runID string) (inputs []store.Input, err error) {
	err = s.read(ctx, "Inputs", func(r *Records) error {
		inputs = slices.Clone(r.Inputs[runID])
		return nil
	})
	return inputs, err
}

// InputsOf implements store.InputReader.
func (s *Store) InputsOf(ctx context.Context, ids []string) (found map[string][]store.Input, err error) {
	err = s.read(ctx, "InputsOf", func(r *Records) error {
		found = those(r.Inputs, ids)
		return nil
	})
	return found, err
}

// those are the records of runs that have some.
func those[T any](all map[string][]T, ids []string) map[string][]T {
	found := map[string][]T{}
	for _, id := range ids {
		if of := all[id]; len(of) > 0 {
			found[id] = slices.Clone(of)
		}
	}
	return found
}

// LoggedModels implements store.InputReader.
func (s *Store) LoggedModels(ctx context.Context, runID string) (models []store.LoggedModel, err error) {
	err = s.read(ctx, "LoggedModels", func(r *Records) error {
		models = slices.Clone(r.Models[runID])
		return nil
	})
	return models, err
}

// LoggedModelsOf implements store.InputReader.
func (s *Store) LoggedModelsOf(ctx context.Context, ids []string) (found map[string][]store.LoggedModel, err error) {
	err = s.read(ctx, "LoggedModelsOf", func(r *Records) error {
		found = those(r.Models, ids)
		return nil
	})
	return found, err
}

// Keys implements store.KeyReader.
func (s *Store) Keys(ctx context.Context, kind store.FieldKind) (keys []string, err error) {
	err = s.read(ctx, "Keys", func(r *Records) error {
		found := map[string]bool{}
		for i := range r.Runs {
			AddKeys(found, &r.Runs[i], kind)
		}
		keys = SortedKeys(found, kind)
		return nil
	})
	return keys, err
}

// Values implements store.KeyReader.
func (s *Store) Values(ctx context.Context, field store.Field, part string, limit int) (values []string, err error) {
	err = s.read(ctx, "Values", func(r *Records) error {
		found := map[string]bool{}
		for _, run := range slices.Backward(r.Runs) {
			if limit > 0 && len(found) >= limit {
				break
			}
			if text, ok := TextOf(&run, field); ok && strings.Contains(text, part) {
				found[text] = true
			}
		}
		values = slices.Sorted(maps.Keys(found))
		return nil
	})
	return values, err
}

// About implements store.Describer. What the records say about themselves
// prevails, but for what can be counted.
func (s *Store) About(ctx context.Context) (about store.About, err error) {
	err = s.read(ctx, "About", func(r *Records) error {
		about = r.About
		about.Kind = cmp.Or(about.Kind, "memory")
		if about.Why == "" && !about.Writable {
			about.Why = "this store lives in memory and is only for looking at"
		}
		about.Experiments, about.Runs, about.Points = len(r.Experiments), len(r.Runs), 0
		for _, keys := range r.Histories {
			for _, points := range keys {
				about.Points += int64(len(points))
			}
		}
		return nil
	})
	if err != nil {
		return about, fmt.Errorf("describe the store: %w", err)
	}
	return about, nil
}
