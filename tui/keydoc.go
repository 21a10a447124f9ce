package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/driftreport"
	"benchside/tui/files"
	"benchside/tui/transition"
	"benchside/tui/view"
)

// KeyDoc writes docs/keys.md from what the screens declare.
func KeyDoc() string {
	a := New(store.Store(nil), Options{Theme: "dark", still: true})
	var b strings.Builder
	b.WriteString("# Keys\n\nWritten by `make docs` from the keys that the screens declare. The name works behind `:`.\n")
	section := func(title string, keys []view.Key) {
		fmt.Fprintf(&b, "\n## %s\n\n| key | does | name |\n|---|---|---|\n", title)
		for _, k := range keys {
			press := make([]string, len(k.Press))
			for i, p := range k.Press {
				press[i] = "`" + glyphOf(p) + "`"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", strings.Join(press, " "), k.Does, k.Command())
		}
	}
	section("Everywhere", a.keys())
	for _, s := range []struct {
		title   string
		request tea.Msg
	}{{"Experiments", view.ShowExperiments{}}, {"Runs", view.ShowRuns{}}, {"One run", view.ShowRun{}}, {"Comparison", view.ShowComparison{}}, {"Charts", view.ShowCharts{}}, {"Plot", view.ShowFigure{}}, {"Artifacts", view.ShowArtifacts{}}, {"Drift report", view.ShowDriftReport{}}, {"Models", view.ShowModels{}}, {"One model", view.ShowModel{}}, {"Activity", view.ShowActivity{}}, {"Inbox", view.ShowInbox{}}, {"The past", view.ShowPast{}}, {"Monitors", view.ShowMonitors{}}, {"Calendar", view.ShowCalendar{}}, {"Jobs", view.ShowJobs{}}, {"One job", view.ShowJob{}}, {"Deliveries", view.ShowDeliveries{}}} {
		section(s.title, a.screen(s.request).Keys())
	}
	section("Drift report: one column", driftreport.New(nil, "", a.theme).ColumnKeys())
	section("Move a version", transition.New(view.ShowTransition{}, transition.Means{}, a.theme).Keys())
	for _, p := range files.Parts(a.paint, a.theme) {
		section("Artifacts: "+p.Title, p.Keys)
	}
	return b.String()
}
