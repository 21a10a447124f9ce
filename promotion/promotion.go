// Package promotion brings together what is known of a version that is to be
// promoted: the version that holds the stage, both runs with their replicates, both
// models. It decides nothing (gates does) and moves nothing.
package promotion

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"benchside/artifacts"
	"benchside/compare"
	"benchside/gates"
	"benchside/lineage"
	"benchside/store"
	"benchside/store/search"
)

// Sources is what is read of a store.
type Sources interface {
	lineage.Sources
	CellReader
	Runs(ctx context.Context, q store.RunQuery) ([]store.Run, error)
}

// Question is what a card is to answer.
type Question struct {
	Version    store.ModelVersion
	Stage      string
	By         string
	Now        time.Time
	Directions map[string]compare.Direction
}

// Card holds a version to the rule of its model and the stage.
func Card(ctx context.Context, s Sources, places func(store.Run) artifacts.Places, rules gates.Rules, q Question) (store.GateCard, error) {
	f := gates.Facts{By: q.By, Now: q.Now, Directions: q.Directions}
	versions, err := s.ModelVersions(ctx, q.Version.Name)
	if err != nil {
		return store.GateCard{}, err
	}
	if f.Challenger, err = side(ctx, s, places, q.Version); err != nil {
		return store.GateCard{}, err
	}
	if at := slices.IndexFunc(versions, func(v store.ModelVersion) bool {
		return v.Stage == q.Stage && v.Version != q.Version.Version
	}); at >= 0 {
		champion, err := side(ctx, s, places, versions[at])
		if err != nil {
			return store.GateCard{}, err
		}
		f.Champion = &champion
	}
	drifts, err := DriftsOf(ctx, s, q.Version.Name, []store.ModelVersion{q.Version})
	if err != nil {
		return store.GateCard{}, err
	}
	f.Drift = drifts.Of(q.Version.Version)
	return gates.Check(rules.For(q.Version.Name, q.Stage), f), nil
}

// side follows a version to its run and its model.
func side(ctx context.Context, s Sources, places func(store.Run) artifacts.Places, v store.ModelVersion) (gates.Side, error) {
	out := gates.Side{Version: v}
	l, err := lineage.Of(ctx, s, v)
	if err != nil {
		return out, err
	}
	m, err := l.MLmodel(ctx, s, places)
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return out, err
	case err != nil:
		out.Unread = err.Error()
	default:
		out.Model = &m
	}
	if l.Run == nil {
		return out, nil
	}
	out.Run = &compare.Subject{Run: *l.Run, Inputs: l.Inputs}
	out.Alike, err = alike(ctx, s, *l.Run)
	return out, err
}

// Bounds of the search for replicates: params that are asked for, and runs that are
// looked at.
const (
	mostAsked  = 8
	mostLooked = 500
)

// alike are the finished runs of the experiment that differ from a run in nothing
// but seeds and folds, itself among them.
func alike(ctx context.Context, s Sources, run store.Run) ([]compare.Subject, error) {
	self := []compare.Subject{{Run: run}}
	if !slices.ContainsFunc(slices.Collect(maps.Keys(run.Params)), compare.IsSeed) {
		return self, nil // nothing says that it is one of several
	}
	filter := search.And{search.Compare{Entity: search.Attribute, Key: "status", Op: search.Equal, Text: string(store.Finished)}}
	for _, key := range slices.Sorted(maps.Keys(run.Params)) {
		if !compare.IsSeed(key) && len(filter) <= mostAsked {
			filter = append(filter, search.Compare{Entity: search.Param, Key: key, Op: search.Equal, Text: run.Params[key]})
		}
	}
	found, err := s.Runs(ctx, store.RunQuery{
		Experiments: []string{run.ExperimentID}, Filter: search.Filter{Expr: filter}, Limit: mostLooked,
	})
	if err != nil {
		return nil, err
	}
	subjects := self
	for _, r := range found {
		if r.ID != run.ID {
			subjects = append(subjects, compare.Subject{Run: r})
		}
	}
	groups, err := compare.GroupBy(subjects, "replicates")
	if err != nil {
		return nil, err
	}
	var out []compare.Subject
	for _, g := range groups {
		if slices.Contains(g.Members, 0) {
			for _, at := range g.Members {
				out = append(out, subjects[at])
			}
		}
	}
	return out, nil
}
