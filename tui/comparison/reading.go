package comparison

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"benchside/artifacts"
	"benchside/compare"
	"benchside/store"
	"benchside/store/search"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// read is what a load brings.
type read struct {
	subjects []compare.Subject
	baseline string // of a run that is explained by a relative
	among    among
}

// among are the runs in which those of an explanation are ranked.
type among struct {
	what    string // "siblings"
	metrics map[string][]float64
}

// mostAmong bounds the runs that are ranked.
const mostAmong = 1000

// readOf reads the runs that were asked for, with what belongs to them.
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
	runs, err := r.RunsOf(ctx, ids)
	if err != nil {
		return out, err
	}
	home := ""
	for _, run := range runs {
		s, err := subjectOf(ctx, r, run, &home)
		if err != nil {
			return out, err
		}
		out.subjects = append(out.subjects, s)
	}
	if at := slices.IndexFunc(runs, func(run store.Run) bool { return run.ID != base }); base != "" && len(runs) == 2 && at >= 0 {
		out.among, err = amongOf(ctx, r, runs[at], ask.Among)
	}
	return out, err
}

// subjectOf reads what belongs to a run. Home is the path of the store, which is
// asked for when it is needed.
func subjectOf(ctx context.Context, r Reader, run store.Run, home *string) (compare.Subject, error) {
	s := compare.Subject{Run: run}
	var err error
	if s.Inputs, err = store.IfKept(r.Inputs(ctx, run.ID)); err != nil {
		return s, err
	}
	models, err := store.IfKept(r.LoggedModels(ctx, run.ID))
	if err != nil || len(models) == 0 && run.Tags[store.TagModels] == "" {
		return s, err
	}
	if *home == "" {
		about, err := r.About(ctx)
		if err != nil {
			return s, err
		}
		*home = about.Path
	}
	s.Environment, err = artifacts.Environment(cmp.Or(run.Store.Path, *home), &run, models)
	return s, err
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

// amongOf reads the metrics of the runs that a run is ranked in: those given, or
// the children of its parent, or the newest of its experiment.
func amongOf(ctx context.Context, r Reader, run store.Run, ids []string) (among, error) {
	out := among{what: widget.Several(len(ids), "run") + " compared", metrics: map[string][]float64{}}
	if ids == nil {
		siblings, err := siblingsOf(ctx, r, run)
		if err != nil {
			return out, err
		}
		ids, out.what = siblings, widget.Several(len(siblings), "sibling")
		if run.ParentID == "" {
			out.what = widget.Several(len(siblings), "run") + " of its experiment"
		}
	}
	runs, err := r.RunsOf(ctx, ids)
	for _, other := range runs {
		for key := range run.Metrics {
			if p, ok := other.Metrics[key]; ok {
				out.metrics[key] = append(out.metrics[key], p.Value)
			}
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
