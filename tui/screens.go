package tui

import (
	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/store"
	"benchside/tui/activity"
	"benchside/tui/calendar"
	"benchside/tui/charts"
	"benchside/tui/comparison"
	"benchside/tui/deliveries"
	"benchside/tui/driftreport"
	"benchside/tui/experiments"
	"benchside/tui/figure"
	"benchside/tui/files"
	"benchside/tui/help"
	"benchside/tui/inbox"
	"benchside/tui/jobs"
	"benchside/tui/model"
	"benchside/tui/monitors"
	"benchside/tui/palette"
	"benchside/tui/past"
	"benchside/tui/registry"
	"benchside/tui/rundetail"
	"benchside/tui/runtable"
	"benchside/tui/since"
	"benchside/tui/transition"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// screen is the index of screens: what a request opens, nil if it is none.
// A new screen is a folder of its own and a line here.
func (a *App) screen(request tea.Msg) view.View {
	switch m := request.(type) {
	case view.ShowExperiments:
		return experiments.New(a.store, a.theme).By(a.opts.Work.Folders)
	case view.ShowRuns:
		return runtable.New(a.store, m, a.theme).With(a.means())
	case view.ShowRun:
		return rundetail.New(a.store, m.ID, a.theme).Within(a.opts.Places).At(m.Part)
	case view.ShowModels:
		return registry.New(a.store, a.theme)
	case view.ShowModel:
		return model.New(a.store, m, a.opts.Directions, a.opts.Places, a.theme)
	case view.ShowActivity:
		ledger, _ := a.store.(store.LedgerReader)
		return activity.New(ledger, m, a.theme)
	case view.ShowPast:
		ledger, _ := a.store.(store.LedgerReader)
		return past.New(ledger, m, a.theme)
	case view.ShowInbox:
		return inbox.New(a.govern(), a.opts.Writes.Author.Name, a.theme)
	case view.ShowSince:
		return since.New(a.store, a.opts.Work.Looks, a.theme)
	case view.ShowCharts:
		return charts.New(a.store, m, a.opts.Directions, a.theme)
	case view.ShowComparison:
		return comparison.New(a.store, m, a.opts.Directions, a.theme)
	case view.ShowArtifacts:
		return files.New(a.store, a.opts.Places, m, a.paint, a.theme).Served(a.opts.Served)
	case view.ShowDriftReport:
		return driftreport.New(driftreport.OfRun(a.store, a.opts.Places, m), m.Path, a.theme)
	case view.ShowReport:
		return driftreport.New(m.Load, m.Title, a.theme)
	case view.ShowJobs:
		return jobs.New(a.keeper(), a.opts.Now, a.theme)
	case view.ShowJob:
		return jobs.NewLog(a.keeper(), m.ID, a.opts.Told.Logs, a.opts.Now, a.theme)
	case view.ShowDeliveries:
		return deliveries.New(a.outbox(), a.opts.Told.Hooks, a.opts.Told.Wake, a.opts.Now, a.theme)
	case view.ShowMonitors:
		return monitors.New(a.watching(), a.opts.Writes.Look, a.theme)
	case view.ShowCalendar:
		versions, _ := a.store.(store.ModelSources)
		ledger, _ := a.store.(store.LedgerReader)
		return calendar.New(calendar.Means{Monitors: a.watching(), Sources: a.store, Versions: versions, Ledger: ledger}, m.Monitor, a.theme)
	case view.ShowFigure:
		return figure.New(a.store, m, a.opts.Directions, a.theme)
	}
	return nil
}

// watching is the store as it keeps monitors, nil if it keeps none.
func (a *App) watching() store.MonitorReader {
	r, _ := a.store.(store.MonitorReader)
	return r
}

// govern is the part of the store that keeps rules and requests, nil if there is none.
func (a *App) govern() store.GovernanceReader {
	g, _ := a.store.(store.GovernanceReader)
	return g
}

// transition opens the dialog that moves a version, where the session may.
func (a *App) transition(m view.ShowTransition) tea.Cmd {
	if a.opts.Writes.Writer == nil {
		return a.request(view.Say{Text: "move a version: the session is read-only", Bad: true})
	}
	places := a.opts.Places
	if places == nil {
		places = func(store.Run) artifacts.Places { return artifacts.Places{} }
	}
	return a.request(view.Ask{Dialog: transition.New(m, transition.Means{
		Sources: a.store, Govern: a.govern(), Rules: a.opts.Rules, Places: places,
		Directions: a.opts.Directions, Now: a.opts.Now, Writes: a.opts.Writes,
	}, a.theme)})
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
	press, name string // its usual key; what it is called
	is          func(view.View) bool
}

var placesOf = []place{
	{"0", "Experiments", is[*experiments.View]},
	{"1", "Runs", func(v view.View) bool {
		return is[*runtable.View](v) || is[*rundetail.View](v) || is[*since.View](v)
	}},
	{"2", "Compare", func(v view.View) bool { return is[*comparison.View](v) || is[*figure.View](v) }},
	{"3", "Charts", is[*charts.View]},
	{"4", "Artifacts", is[*files.View]},
	{"5", "Models", func(v view.View) bool {
		return is[*registry.View](v) || is[*model.View](v) || is[*activity.View](v) || is[*past.View](v) || is[*inbox.View](v)
	}},
	{"6", "Monitors", func(v view.View) bool { return is[*monitors.View](v) || is[*calendar.View](v) }},
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
