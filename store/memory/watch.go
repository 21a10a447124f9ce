package memory

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"benchside/store"
)

// maxEvents bounds the events of one change.
const maxEvents = 4096

// watcher keeps what its reader has not taken yet.
type watcher struct {
	waiting []store.Change // guarded by Store.mu
	wake    chan struct{}  // holds one token while something waits
}

// Watch implements store.Watcher.
func (s *Store) Watch(ctx context.Context) (<-chan store.Change, error) {
	if err := s.hooks.before(ctx, "Watch"); err != nil {
		return nil, err
	}
	w := &watcher{wake: make(chan struct{}, 1)}
	s.mu.Lock()
	s.watchers[w] = true
	s.mu.Unlock()
	out := make(chan store.Change)
	go s.feed(ctx, w, out)
	return out, nil
}

func (s *Store) feed(ctx context.Context, w *watcher, out chan<- store.Change) {
	defer close(out)
	defer func() {
		s.mu.Lock()
		delete(s.watchers, w)
		s.mu.Unlock()
	}()
	for {
		select {
		case <-w.wake:
		case <-ctx.Done():
			return
		}
		s.mu.Lock()
		waiting := w.waiting
		w.waiting = nil
		s.mu.Unlock()
		for _, c := range waiting {
			select {
			case out <- c:
			case <-ctx.Done():
				return
			}
		}
	}
}

// tell hands a change to every watcher; what would be too much for one change
// follows in the next.
func (s *Store) tell(c store.Change) {
	if c.At.IsZero() {
		c.At = time.Now()
	}
	for w := range s.watchers {
		rest := c
		for len(rest.Events) > maxEvents {
			first := rest
			first.Events, rest.Events = rest.Events[:maxEvents], rest.Events[maxEvents:]
			w.waiting = append(w.waiting, first)
		}
		w.waiting = append(w.waiting, rest)
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
}

// differences are the events that lead from one state of the records to the
// next.
func differences(old, now Records) []store.Event {
	var events []store.Event
	if !sameExperiments(old.Experiments, now.Experiments) {
		events = append(events, store.Event{Kind: store.ExperimentsChanged})
	}
	if !reflect.DeepEqual(old.Governed, now.Governed) {
		events = append(events, store.Event{Kind: store.RegistryChanged})
	}
	if fmt.Sprintf("%+v", old.Watched) != fmt.Sprintf("%+v", now.Watched) { // a NaN is as good as another
		events = append(events, store.Event{Kind: store.MonitorsChanged})
	}
	before := map[string]*store.Run{}
	for i := range old.Runs {
		before[old.Runs[i].ID] = &old.Runs[i]
	}
	for i := range now.Runs {
		run := &now.Runs[i]
		was := before[run.ID]
		delete(before, run.ID)
		switch {
		case was == nil:
			events = append(events, store.Event{Kind: store.RunCreated, Head: run.Head})
			was = &store.Run{}
		case was.Head != run.Head:
			events = append(events, store.Event{Kind: store.RunChanged, Head: run.Head})
		}
		events = append(events, logged(was, run, old.Histories[run.ID], now.Histories[run.ID])...)
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		events = append(events, store.Event{Kind: store.RunRemoved, Head: store.Head{ID: id}})
	}
	return events
}

// logged are the params, tags and points of a run that were not there before.
func logged(was, run *store.Run, old, now map[string][]store.Point) []store.Event {
	var events []store.Event
	head := store.Head{ID: run.ID}
	texts := func(kind store.EventKind, before, after map[string]string) {
		for _, key := range slices.Sorted(maps.Keys(after)) {
			if text, ok := before[key]; !ok || text != after[key] {
				events = append(events, store.Event{Kind: kind, Head: head, Key: key, Text: after[key]})
			}
		}
	}
	texts(store.ParamLogged, was.Params, run.Params)
	texts(store.TagSet, was.Tags, run.Tags)
	for _, key := range slices.Sorted(maps.Keys(now)) {
		had := map[store.Point]int{}
		for _, p := range old[key] {
			had[hashable(p)]++
		}
		for _, p := range now[key] {
			if had[hashable(p)] > 0 {
				had[hashable(p)]--
				continue
			}
			events = append(events, store.Event{Kind: store.PointLogged, Head: head, Key: key, Point: p})
		}
	}
	return events
}

// hashable makes points that are equal but for NaN equal as map keys: a NaN
// equals nothing, so it is told by a timestamp that no point has.
func hashable(p store.Point) store.Point {
	if p.Value != p.Value {
		p.Value, p.Timestamp = 0, -1-p.Timestamp
	}
	return p
}

func sameExperiments(a, b []store.Experiment) bool {
	return slices.EqualFunc(a, b, func(x, y store.Experiment) bool {
		return x.ID == y.ID && x.Name == y.Name && x.Stage == y.Stage && x.ArtifactLocation == y.ArtifactLocation &&
			x.Created == y.Created && x.Updated == y.Updated && maps.Equal(x.Tags, y.Tags)
	})
}
