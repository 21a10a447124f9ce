package driftreport

import (
	"cmp"
	"context"

	"benchside/artifacts"
	"benchside/artifacts/previews"
	"benchside/drift"
	"benchside/store"
	"benchside/tui/view"
)

// Reader is what finding a report reads of a store.
type Reader interface {
	store.RunReader
	store.InputReader
	store.Describer
}

// OfRun reads the report among the artifacts of a run that is asked for; places says
// where they lie, nil is beside the store.
func OfRun(r Reader, places func(store.Run) artifacts.Places, ask view.ShowDriftReport) Source {
	return func(ctx context.Context) (drift.Report, error) {
		about, err := r.About(ctx)
		if err != nil {
			return drift.Report{}, err
		}
		run, err := r.Run(ctx, ask.Run)
		if err != nil {
			return drift.Report{}, err
		}
		models, err := store.IfKept(r.LoggedModels(ctx, run.ID))
		if err != nil {
			return drift.Report{}, err
		}
		var p artifacts.Places
		if places != nil {
			p = places(run)
		}
		p.Store = cmp.Or(p.Store, run.Store.Path, about.Path)
		files, err := previews.OpenRun(p, run, models)
		if err != nil {
			return drift.Report{}, err
		}
		defer files.Close()
		at, err := previews.TheReport(ctx, files, ask.Path)
		if err != nil {
			return drift.Report{}, err
		}
		return previews.DriftReport(ctx, files, at)
	}
}
