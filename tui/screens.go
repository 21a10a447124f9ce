package tui

import (
	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/charts"
	"benchside/tui/comparison"
	"benchside/tui/deliveries"
	"benchside/tui/experiments"
	"benchside/tui/figure"
	"benchside/tui/files"
	"benchside/tui/help"
	"benchside/tui/jobs"
	"benchside/tui/palette"
	"benchside/tui/rundetail"
	"benchside/tui/runtable"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// screen is the index of screens: what a request opens, nil if it is none.
// A new screen is a folder of its own and a line here.
func (a *App) screen(request tea.Msg) view.View {
	switch m := request.(type) {
	case view.ShowExperiments:
		return experiments.New(a.store, a.theme)
	case view.ShowRuns:
		return runtable.New(a.store, m, a.theme)
	case view.ShowRun:
		return rundetail.New(a.store, m.ID, a.theme).Within(a.opts.Places)
	case view.ShowCharts:
		return charts.New(a.store, m, a.opts.Directions, a.theme)
	case view.ShowComparison:
		return comparison.New(a.store, m, a.opts.Directions, a.theme)
	case view.ShowArtifacts:
		return files.New(a.store, a.opts.Places, m, a.paint, a.theme).Served(a.opts.Served)
	case view.ShowJobs:
		return jobs.New(a.keeper(), a.opts.Now, a.theme)
	case view.ShowJob:
		return jobs.NewLog(a.keeper(), m.ID, a.opts.Told.Logs, a.opts.Now, a.theme)
	case view.ShowDeliveries:
		return deliveries.New(a.outbox(), a.opts.Told.Hooks, a.opts.Told.Wake, a.opts.Now, a.theme)
	case view.ShowFigure:
		return figure.New(a.store, m, a.opts.Directions, a.theme)
	}
	return nil
}

// keeper is the store as it keeps jobs, nil if it keeps none.
func (a *App) keeper() store.JobKeeper {
	k, _ := a.store.(store.JobKeeper)
	return k
}

// outbox is the store as it keeps deliveries, nil if it keeps none.
func (a *App) outbox() store.Outbox {
	o, _ := a.store.(store.Outbox)
	return o
}

// place is one of the top-level places.
type place struct {
	name string
	is   func(view.View) bool
}

var placesOf = []place{
	{"0 Experiments", is[*experiments.View]},
	{"1 Runs", func(v view.View) bool {
		return is[*runtable.View](v) || is[*rundetail.View](v)
	}},
	{"2 Compare", func(v view.View) bool { return is[*comparison.View](v) || is[*figure.View](v) }},
	{"3 Charts", is[*charts.View]},
	{"4 Artifacts", is[*files.View]},
}

func is[V view.View](v view.View) bool { _, ok := v.(V); return ok }

func (a *App) help() view.View {
	return help.New(append(a.frontKeys(), a.keys()...), a.theme)
}

func (a *App) palette(start string) view.View {
	return palette.New(a.store, append(a.frontKeys(), a.keys()...), a.sets(), start, a.theme)
}

// glyphOf spells a key as the footer and the help show it.
func glyphOf(press string) string { return widget.Spell(press) }
