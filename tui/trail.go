package tui

import (
	"reflect"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/tui/view"
)

// visited is a view of the trail, and the request that opened it.
type visited struct {
	view.View
	asked tea.Msg
}

// longestTrail bounds the views that are kept.
const longestTrail = 24

// open answers a request for a screen, false if it is none. A screen that is in front
// stays. From a screen of some runs to the one of the same runs before it is back: else
// to and fro between their curves and their table would be a way that never ends.
func (a *App) open(request tea.Msg) (tea.Cmd, bool) {
	v := a.screen(request)
	switch {
	case v == nil:
		return nil, false
	case reflect.DeepEqual(a.trail[a.at].asked, request):
		a.dialogs = nil
		return a.resize(), true
	case a.at > 0 && ofRuns(a.trail[a.at].asked) && sameRuns(a.trail[a.at-1].asked, request):
		return a.step(-1), true
	}
	a.dialogs = nil
	gone := a.leave()
	a.trail = append(a.trail[:a.at+1], visited{v, request}) // what lay forward is forgotten
	if len(a.trail) > longestTrail {
		a.trail = slices.Delete(a.trail, 1, 2)
	}
	a.at = len(a.trail) - 1
	return tea.Batch(gone, v.Init(), a.resize()), true
}

// sameRuns reports whether two requests are for the same screen of the same runs,
// whatever they are called and carry.
func sameRuns(a, b tea.Msg) bool {
	switch m := b.(type) {
	case view.ShowCharts:
		o, ok := a.(view.ShowCharts)
		return ok && slices.Equal(o.Runs, m.Runs)
	case view.ShowComparison:
		o, ok := a.(view.ShowComparison)
		return ok && slices.Equal(o.Runs, m.Runs) && o.Against == m.Against && (o.Among == nil) == (m.Among == nil)
	case view.ShowFigure:
		o, ok := a.(view.ShowFigure)
		return ok && slices.Equal(o.Runs, m.Runs) && o.Kind == m.Kind && o.Field == m.Field
	}
	return false
}

// ofRuns reports whether a request is for a screen of some runs.
func ofRuns(request tea.Msg) bool {
	switch request.(type) {
	case view.ShowCharts, view.ShowComparison, view.ShowFigure:
		return true
	}
	return false
}

// step goes back or forward.
func (a *App) step(n int) tea.Cmd {
	at := min(max(a.at+n, 0), len(a.trail)-1)
	if at == a.at {
		return nil
	}
	gone := a.leave()
	a.dialogs, a.at = nil, at
	return tea.Batch(gone, a.trail[at].Init(), a.resize())
}

// withdraw takes a view off the trail that has nothing to show, and says why.
func (a *App) withdraw(m view.Withdraw) tea.Cmd {
	at := slices.IndexFunc(a.trail, func(v visited) bool { return v.View == m.View })
	if at <= 0 {
		return nil
	}
	a.said = view.Say{Text: m.Why, Bad: true}
	var cmd tea.Cmd
	if at == a.at {
		cmd = a.step(-1)
	} else if at < a.at {
		a.at--
	}
	a.trail = slices.Delete(a.trail, at, at+1)
	return cmd
}
