// Package memory is a store that lives in memory, for the tests of whatever
// shows a store, and the evaluation of queries over records that are there. It
// reads and writes no file.
package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"benchside/store"
)

// Records is what the store holds. A test names what it cares about, and New
// completes the rest: see there.
type Records struct {
	Experiments []store.Experiment
	Runs        []store.Run                         // oldest row first
	Histories   map[string]map[string][]store.Point // by run and key, in any order
	Inputs      map[string][]store.Input            // by run
	Models      map[string][]store.LoggedModel      // by run
	Registered  []store.RegisteredModel             // with their aliases
	Versions    []store.ModelVersion                // of registered models
	Governed    Governed
	Watched     Watched
	About       store.About
	Webhooks    []store.Webhook
	Deliveries  []store.Delivery // oldest first
	Jobs        []store.Job      // oldest first; New numbers those without an ID
}

// Run returns the run of an id, to be changed in place; nil if there is none.
func (r *Records) Run(id string) *store.Run {
	for i := range r.Runs {
		if r.Runs[i].ID == id {
			return &r.Runs[i]
		}
	}
	return nil
}

// Log adds a point to the history of a metric.
func (r *Records) Log(runID, key string, p store.Point) {
	if r.Histories == nil {
		r.Histories = map[string]map[string][]store.Point{}
	}
	if r.Histories[runID] == nil {
		r.Histories[runID] = map[string][]store.Point{}
	}
	r.Histories[runID][key] = append(r.Histories[runID][key], p)
}

// Remove deletes a run and what belongs to it for good.
func (r *Records) Remove(runID string) {
	r.Runs = slices.DeleteFunc(r.Runs, func(run store.Run) bool { return run.ID == runID })
	delete(r.Histories, runID)
	delete(r.Inputs, runID)
	delete(r.Models, runID)
}

// Store is a store.Store over records. It is safe for concurrent use.
type Store struct {
	mu       sync.Mutex
	records  Records
	hooks    hooks
	written  written
	watchers map[*watcher]bool
	clock    func() time.Time
	quiet    chan struct{} // closed when the store is no longer quiet; nil if it is not
}

var _ store.Store = (*Store)(nil)

// New returns a store of the records, completed as MLflow would have them: a
// stage is active and a status FINISHED unless said otherwise; an experiment
// that only runs name exists and is named by its id, and so does a model that only
// versions name; a name and a parent are also tags; a metric without a history has one point, and one with a history
// ends in its latest point.
func New(r Records) *Store {
	s := &Store{records: r.clone(), watchers: map[*watcher]bool{}, clock: time.Now}
	s.records.complete()
	return s
}

// Change changes the records, completes them again and tells the watchers what
// became different.
func (s *Store) Change(change func(*Records)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.records
	s.records = old.clone()
	change(&s.records)
	s.records.complete()
	s.tell(store.Change{At: time.Now(), Events: differences(old, s.records)})
}

// Tell sends a change to the watchers as it is, for what Change cannot cause:
// another mode, a problem, a reload.
func (s *Store) Tell(c store.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell(c)
}

// Quiet implements store.Quieter.
func (s *Store) Quiet(ctx context.Context) (func(), error) {
	if err := s.hooks.before(ctx, "Quiet"); err != nil {
		return nil, err
	}
	if err := s.awake(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	quiet := make(chan struct{})
	s.quiet = quiet
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.quiet = nil
		close(quiet)
	}), nil
}

// awake locks the store as soon as it is not quiet.
func (s *Store) awake(ctx context.Context) error {
	for {
		s.mu.Lock()
		quiet := s.quiet
		if quiet == nil {
			return nil
		}
		s.mu.Unlock()
		select {
		case <-quiet:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close implements store.Store. The watchers end with their contexts.
func (s *Store) Close() error { return nil }

// read runs a call on the records as they are, after whatever the test put
// before it.
func (s *Store) read(ctx context.Context, call string, read func(*Records) error) error {
	if err := s.hooks.before(ctx, call); err != nil {
		return err
	}
	if err := s.awake(ctx); err != nil {
		return err
	}
	records := s.records // replaced, never changed in place
	s.mu.Unlock()
	return read(&records)
}

func (r *Records) clone() Records {
	c := *r
	c.Experiments = slices.Clone(r.Experiments)
	for i := range c.Experiments {
		c.Experiments[i].Tags = copied(c.Experiments[i].Tags)
	}
	c.Runs = slices.Clone(r.Runs)
	for i := range c.Runs {
		c.Runs[i] = copyRun(c.Runs[i])
	}
	c.Histories = make(map[string]map[string][]store.Point, len(r.Histories))
	for id, keys := range r.Histories {
		c.Histories[id] = make(map[string][]store.Point, len(keys))
		for key, points := range keys {
			c.Histories[id][key] = slices.Clone(points)
		}
	}
	c.Inputs, c.Models = cloneLists(r.Inputs), cloneLists(r.Models)
	c.cloneRegistry()
	c.cloneGoverned()
	c.cloneWatched()
	c.Webhooks, c.Deliveries, c.Jobs = slices.Clone(r.Webhooks), slices.Clone(r.Deliveries), slices.Clone(r.Jobs)
	return c
}

func copyRun(r store.Run) store.Run {
	r.Params, r.Tags, r.Metrics = copied(r.Params), copied(r.Tags), copied(r.Metrics)
	return r
}

// copied is never nil, as no map of a backend is.
func copied[V any](m map[string]V) map[string]V {
	c := make(map[string]V, len(m))
	maps.Copy(c, m)
	return c
}

func cloneLists[K comparable, T any](lists map[K][]T) map[K][]T {
	c := make(map[K][]T, len(lists))
	for id, list := range lists {
		c[id] = slices.Clone(list)
	}
	return c
}

func (r *Records) complete() {
	known := map[string]string{}
	for i := range r.Experiments {
		e := &r.Experiments[i]
		e.Stage = orElse(e.Stage, store.Active)
		known[e.ID] = e.Name
	}
	for i := range r.Runs {
		run := &r.Runs[i]
		run.ExperimentID = orElse(run.ExperimentID, "0")
		if _, ok := known[run.ExperimentID]; !ok {
			name := orElse(run.ExperimentName, run.ExperimentID)
			known[run.ExperimentID] = name
			r.Experiments = append(r.Experiments, store.Experiment{ID: run.ExperimentID, Name: name, Stage: store.Active})
		}
		run.ExperimentName = known[run.ExperimentID]
		r.completeRun(run)
	}
	r.completeRegistry()
	for i := range r.Jobs {
		r.Jobs[i].ID = orElse(r.Jobs[i].ID, int64(i+1))
	}
}

func (r *Records) completeRun(run *store.Run) {
	*run = copyRun(*run) // a run that Change added may lack its maps
	run.Stage = orElse(run.Stage, store.Active)
	run.Status = orElse(run.Status, store.Finished)
	run.Name, run.Tags = mirror(run.Name, run.Tags, store.TagRunName)
	run.ParentID, run.Tags = mirror(run.ParentID, run.Tags, store.TagParent)
	for key, p := range run.Metrics {
		if len(r.Histories[run.ID][key]) == 0 {
			r.Log(run.ID, key, p)
		}
	}
	for key, points := range r.Histories[run.ID] {
		if len(points) == 0 {
			continue
		}
		slices.SortStableFunc(points, ByTime)
		run.Metrics[key] = slices.MaxFunc(points, byStep)
	}
}

// mirror keeps what is both a field and a tag the same; the field prevails.
func mirror(field string, tags map[string]string, tag string) (string, map[string]string) {
	if field == "" {
		return tags[tag], tags
	}
	tags[tag] = field
	return field, tags
}

func orElse[T comparable](value, usual T) T {
	var zero T
	if value == zero {
		return usual
	}
	return value
}

// find returns the one run that id names or begins.
func (r *Records) find(id string) (*store.Run, error) {
	const shortest = 4
	var found *store.Run
	for i := range r.Runs {
		run := &r.Runs[i]
		switch {
		case run.ID == id:
			return run, nil
		case len(id) < shortest || !strings.HasPrefix(run.ID, id):
		case found != nil:
			return nil, fmt.Errorf("run %s: %w", id, store.ErrAmbiguous)
		default:
			found = run
		}
	}
	if found == nil {
		return nil, fmt.Errorf("run %s: %w", id, store.ErrNotFound)
	}
	return found, nil
}
