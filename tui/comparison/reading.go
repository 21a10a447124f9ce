package comparison

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"benchside/artifacts"
	"benchside/store"
	"benchside/store/search"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// read is what the first load brings, of which the table is made.
type read struct {
	runs     []store.Run
	baseline string // of a run that is explained by a relative
	among    among
}

// linked is what the second load brings: what belongs to the runs, by run id.
type linked struct {
	inputs       map[string][]store.Input
	environments map[string]map[string]string
	metrics      map[string][]float64 // of the runs among which one is ranked
}

// among are the runs in which those of an explanation are ranked.
type among struct {
	what    string // "siblings"
	ids     []string
	metrics map[string][]float64
}

// mostAmong bounds the runs that are ranked.
const mostAmong = 1000

// readOf reads the runs that were asked for.
func readOf(ctx context.Context, r Reader, ask view.ShowComparison) (read, error) {
	var out read
	ids, base := ask.Runs, ask.Baseline
	if ask.Against != view.NoRelative && len(ids) == 1 {
		relative, err := relativeOf(ctx, r, ids[0], ask.Against)
		if err != nil {
			return out, err
		}
		out.baseline, base = relative, relative
		ids = []string{relative, ids[0]}
	}
	var err error
	if out.runs, err = r.RunsOf(ctx, ids); err != nil {
		return out, err
	}
	at := slices.IndexFunc(out.runs, func(run store.Run) bool { return run.ID != base })
	if base != "" && len(out.runs) == 2 && at >= 0 {
		out.among, err = amongOf(ctx, r, out.runs[at], ask.Among)
	}
	return out, err
}

// linkedOf reads what belongs to runs.
func linkedOf(ctx context.Context, r Reader, runs []store.Run, ranked []string) (out linked, err error) {
	ids := make([]string, len(runs))
	for i := range runs {
		ids[i] = runs[i].ID
	}
	if out.inputs, err = store.IfKept(r.InputsOf(ctx, ids)); err != nil {
		return out, err
	}
	if out.environments, err = artifacts.Environments(ctx, r, runs); err != nil {
		return out, err
	}
	out.metrics, err = metricsOf(ctx, r, ranked)
	return out, err
}

// errNoRelative is what it is to have no parent, or no run before it.
var errNoRelative = errors.New("nothing to explain it by")

// relativeOf finds the parent of a run, or the one before it.
func relativeOf(ctx context.Context, r Reader, id string, what view.Relative) (string, error) {
	run, err := r.Run(ctx, id)
	if err != nil {
		return "", err
	}
	if what == view.Parent {
		if run.ParentID == "" {
			return "", fmt.Errorf("%s has no parent: %w", run.Called(), errNoRelative)
		}
		return run.ParentID, nil
	}
	if !run.Start.Set() {
		return "", fmt.Errorf("%s has not started, so none is before it: %w", run.Called(), errNoRelative)
	}
	if run.ParentID != "" {
		siblings, err := r.Children(ctx, run.ParentID)
		at := slices.IndexFunc(siblings, func(h store.Head) bool { return h.ID == run.ID })
		if err != nil {
			return "", err
		}
		if at > 0 {
			return siblings[at-1].ID, nil
		}
		return "", fmt.Errorf("%s is the first of its parent: %w", run.Called(), errNoRelative)
	}
	filter, err := search.Parse(fmt.Sprintf("attributes.start_time < %d", run.Start.Millis()), search.Runs)
	if err != nil {
		return "", err
	}
	before, err := r.Match(ctx, store.RunQuery{Experiments: []string{run.ExperimentID}, Filter: filter, Limit: 1})
	if err != nil {
		return "", err
	}
	if len(before) == 1 {
		return before[0], nil
	}
	return "", fmt.Errorf("%s is the first of its experiment: %w", run.Called(), errNoRelative)
}

// amongOf finds the runs that a run is ranked in: those given, or the children of
// its parent, or the newest of its experiment.
func amongOf(ctx context.Context, r Reader, run store.Run, ids []string) (among, error) {
	if ids != nil {
		return among{what: widget.Several(len(ids), "run") + " compared", ids: ids}, nil
	}
	siblings, err := siblingsOf(ctx, r, run)
	out := among{what: widget.Several(len(siblings), "sibling"), ids: siblings}
	if run.ParentID == "" {
		out.what = widget.Several(len(siblings), "run") + " of its experiment"
	}
	return out, err
}

// metricsOf reads what runs have of each metric.
func metricsOf(ctx context.Context, r Reader, ids []string) (map[string][]float64, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	runs, err := r.RunsOf(ctx, ids)
	out := map[string][]float64{}
	for _, run := range runs {
		for key, p := range run.Metrics {
			out[key] = append(out[key], p.Value)
		}
	}
	return out, err
}

// siblingsOf are a run and the other children of its parent, or, without one, the
// newest runs of its experiment.
func siblingsOf(ctx context.Context, r Reader, run store.Run) ([]string, error) {
	if run.ParentID == "" {
		return r.Match(ctx, store.RunQuery{Experiments: []string{run.ExperimentID}, Limit: mostAmong})
	}
	heads, err := r.Children(ctx, run.ParentID)
	var ids []string
	for _, h := range heads[:min(len(heads), mostAmong)] {
		ids = append(ids, h.ID)
	}
	return ids, err
}
