package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"benchside/store"
)

// Watched is what is kept of monitors.
type Watched struct {
	Monitors []store.Monitor
	Results  []store.BatchResult // in the order of their numbers
	Reports  map[int64][]byte    // by result
	Alerts   []store.Alert       // in the order of their numbers
	States   map[int64][]store.RuleState
	turn     int64 // the last number that was given
}

var _ store.MonitorReader = (*Store)(nil)

func (r *Records) cloneWatched() {
	w := &r.Watched
	w.Monitors, w.Results, w.Alerts = slices.Clone(w.Monitors), slices.Clone(w.Results), slices.Clone(w.Alerts)
	w.Reports, w.States = maps.Clone(w.Reports), cloneLists(w.States)
	for _, of := range w.Results {
		w.turn = max(w.turn, of.ID)
	}
	for _, of := range w.Alerts {
		w.turn = max(w.turn, of.ID)
	}
}

// watch does the mutations of monitors, and reports whether this was one.
func (r *Records) watch(i store.Intent, m store.Mutation, now time.Time) (is bool, err error) {
	at := store.AtTime(now)
	switch m := m.(type) {
	case store.AddMonitor:
		return true, r.addMonitor(m.Monitor, i.By.Name, at)
	case store.PauseMonitor:
		return true, r.onMonitor(m.Monitor, func(of *store.Monitor) error { of.Paused = m.Paused; return nil })
	case store.RemoveMonitor:
		return true, r.removeMonitor(m.Monitor)
	case store.RecordBatch:
		return true, r.onMonitor(m.Monitor, func(of *store.Monitor) error { return r.record(of.ID, m, at) })
	case store.AcknowledgeAlert:
		return true, r.acknowledge(m, i.By.Name, at)
	}
	return false, nil
}

func (r *Records) addMonitor(m store.Monitor, by string, at store.Time) error {
	if _, err := store.MonitorNamed(r.Watched.Monitors, m.Name); err == nil {
		return fmt.Errorf("there is a monitor %s already: %w", m.Name, store.ErrInvalid)
	}
	for _, other := range r.Watched.Monitors {
		m.ID = max(m.ID, other.ID)
	}
	m.ID, m.By, m.Added = m.ID+1, by, at
	r.Watched.Monitors = append(r.Watched.Monitors, m)
	slices.SortFunc(r.Watched.Monitors, func(a, b store.Monitor) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

func (r *Records) onMonitor(name string, change func(*store.Monitor) error) error {
	for i := range r.Watched.Monitors {
		if m := &r.Watched.Monitors[i]; m.Name == name {
			return change(m)
		}
	}
	return fmt.Errorf("monitor %s: %w", name, store.ErrNotFound)
}

func (r *Records) removeMonitor(name string) error {
	return r.onMonitor(name, func(of *store.Monitor) error {
		id, w := of.ID, &r.Watched
		w.Results = slices.DeleteFunc(w.Results, func(one store.BatchResult) bool {
			if one.Monitor == id {
				delete(w.Reports, one.ID)
			}
			return one.Monitor == id
		})
		w.Alerts = slices.DeleteFunc(w.Alerts, func(a store.Alert) bool { return a.Monitor == id })
		w.Monitors = slices.DeleteFunc(w.Monitors, func(m store.Monitor) bool { return m.ID == id })
		delete(w.States, id)
		return nil
	})
}

func (r *Records) record(monitor int64, m store.RecordBatch, at store.Time) error {
	w := &r.Watched
	last := int64(0)
	for _, one := range w.Results {
		if one.Monitor != monitor {
			continue
		}
		last = one.ID
		same := one.Batch.Name == m.Result.Batch.Name || m.Result.State != store.BatchDuplicate && one.State != store.BatchDuplicate
		if one.Batch.Digest == m.Result.Batch.Digest && same {
			return fmt.Errorf("%s was recorded already: %w", m.Result.Batch.Name, store.ErrStale)
		}
	}
	if last != m.Last {
		return fmt.Errorf("the last result is %d, not %d: %w", last, m.Last, store.ErrStale)
	}
	w.turn++
	result := m.Result
	result.ID, result.Monitor, result.At, result.Report = w.turn, monitor, at, len(m.Report)
	w.Results = append(w.Results, result)
	if w.Reports == nil {
		w.Reports = map[int64][]byte{}
	}
	if w.States == nil {
		w.States = map[int64][]store.RuleState{}
	}
	if m.Report != nil {
		w.Reports[result.ID] = m.Report
	}
	for _, s := range m.States {
		kept := slices.DeleteFunc(slices.Clone(w.States[monitor]), func(old store.RuleState) bool { return old.Rule == s.Rule })
		kept = append(kept, s)
		slices.SortFunc(kept, func(a, b store.RuleState) int { return strings.Compare(a.Rule, b.Rule) })
		w.States[monitor] = kept
	}
	for _, c := range m.Changes {
		r.changeAlert(result, c, at)
	}
	return nil
}

func (r *Records) changeAlert(of store.BatchResult, c store.AlertChange, at store.Time) {
	w := &r.Watched
	if !c.Resolved {
		w.turn++
		w.Alerts = append(w.Alerts, store.Alert{
			ID: w.turn, Monitor: of.Monitor, Rule: c.Rule, Says: c.Says, Value: c.Value, Result: of.ID, Batch: of.Batch.Name, Fired: at,
		})
		return
	}
	for i := range w.Alerts {
		if a := &w.Alerts[i]; a.Monitor == of.Monitor && a.Rule == c.Rule && !a.Resolved.Set() {
			a.Resolved = at
		}
	}
}

func (r *Records) acknowledge(m store.AcknowledgeAlert, by string, at store.Time) error {
	for i := range r.Watched.Alerts {
		a := &r.Watched.Alerts[i]
		switch {
		case a.ID != m.Alert:
			continue
		case a.Acknowledged.Set():
			return fmt.Errorf("%s acknowledged it: %w", a.By, store.ErrStale)
		}
		a.Acknowledged, a.By, a.Comment = at, by, m.Comment
		return nil
	}
	return fmt.Errorf("alert %d: %w", m.Alert, store.ErrNotFound)
}

// Monitors implements store.MonitorReader.
func (s *Store) Monitors(ctx context.Context) (all []store.Monitor, err error) {
	err = s.read(ctx, "Monitors", func(r *Records) error { all = slices.Clone(r.Watched.Monitors); return nil })
	return all, err
}

// endOf is where a result stands in time.
func endOf(r store.BatchResult) store.Time {
	if r.Batch.End.Set() {
		return r.Batch.End
	}
	return r.At
}

// Results implements store.MonitorReader.
func (s *Store) Results(ctx context.Context, q store.ResultQuery) (all []store.BatchResult, err error) {
	err = s.read(ctx, "Results", func(r *Records) error {
		for _, one := range r.Watched.Results {
			end := endOf(one)
			if (q.Monitor == 0 || q.Monitor == one.Monitor) && end.Compare(q.Since) >= 0 && (!q.Until.Set() || end.Compare(q.Until) < 0) {
				if !q.WithScores {
					one.Columns = store.ColumnScores{}
				}
				all = append(all, one)
			}
		}
		slices.SortStableFunc(all, func(a, b store.BatchResult) int {
			if c := endOf(b).Compare(endOf(a)); c != 0 {
				return c
			}
			return int(b.ID - a.ID)
		})
		if q.Limit > 0 && len(all) > q.Limit {
			all = all[:q.Limit]
		}
		return nil
	})
	return all, err
}

// Report implements store.MonitorReader.
func (s *Store) Report(ctx context.Context, result int64) (content []byte, err error) {
	err = s.read(ctx, "Report", func(r *Records) error {
		if content = r.Watched.Reports[result]; content == nil {
			return fmt.Errorf("read the drift report of result %d: %w", result, store.ErrNotFound)
		}
		return nil
	})
	return content, err
}

// Alerts implements store.MonitorReader.
func (s *Store) Alerts(ctx context.Context, q store.AlertQuery) (all []store.Alert, err error) {
	err = s.read(ctx, "Alerts", func(r *Records) error {
		for _, a := range slices.Backward(r.Watched.Alerts) {
			if (q.Monitor == 0 || q.Monitor == a.Monitor) && (!q.Open || a.Open()) && (q.Limit == 0 || len(all) < q.Limit) {
				all = append(all, a)
			}
		}
		return nil
	})
	return all, err
}

// RuleStates implements store.MonitorReader.
func (s *Store) RuleStates(ctx context.Context, monitor int64) (states []store.RuleState, last int64, err error) {
	err = s.read(ctx, "RuleStates", func(r *Records) error {
		states = slices.Clone(r.Watched.States[monitor])
		for _, one := range r.Watched.Results {
			if one.Monitor == monitor {
				last = max(last, one.ID)
			}
		}
		return nil
	})
	return states, last, err
}
