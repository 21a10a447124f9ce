package tui

import (
	tea "charm.land/bubbletea/v2"

	"benchside/tui/charts"
	"benchside/tui/comparison"
	"benchside/tui/experiments"
	"benchside/tui/figure"
	"benchside/tui/files"
	"benchside/tui/help"
	"benchside/tui/model"
	"benchside/tui/palette"
	"benchside/tui/registry"
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
		return rundetail.New(a.store, m.ID, a.theme).Within(a.opts.Places).At(m.Part)
	case view.ShowModels:
		return registry.New(a.store, a.theme)
	case view.ShowModel:
		return model.New(a.store, m, a.opts.Directions, a.opts.Places, a.theme)
	case view.ShowCharts:
		return charts.New(a.store, m, a.opts.Directions, a.theme)
	case view.ShowComparison:
		return comparison.New(a.store, m, a.opts.Directions, a.theme)
	case view.ShowArtifacts:
		return files.New(a.store, a.opts.Places, m, a.paint, a.theme).Served(a.opts.Served)
	case view.ShowFigure:
		return figure.New(a.store, m, a.opts.Directions, a.theme)
	}
	return nil
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
	{"5 Models", func(v view.View) bool { return is[*registry.View](v) || is[*model.View](v) }},
}

func is[V view.View](v view.View) bool { _, ok := v.(V); return ok }

func (a *App) help() view.View {
	return help.New(append(a.may(a.front()), a.keys()...), a.theme)
}

func (a *App) palette(start string) view.View {
	return palette.New(a.store, append(a.may(a.front()), a.keys()...), a.sets(), start, a.theme)
}

// glyphOf spells a key as the footer and the help show it.
func glyphOf(press string) string { return widget.Spell(press) }
