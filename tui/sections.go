package tui

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"benchside/tui/activity"
	"benchside/tui/calendar"
	"benchside/tui/change"
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
)

// section is a screen as its keys are listed and remapped under it.
type section struct {
	name, title string
	is          func(view.View) bool
	request     tea.Msg                // what opens it; nil for a dialog
	dialog      func(a *App) view.View // one to ask for its keys
}

// sections are the screens and dialogs with keys of their own.
var sections = []section{
	{"experiments", "Experiments", is[*experiments.View], view.ShowExperiments{}, nil},
	{"runs", "Runs", is[*runtable.View], view.ShowRuns{}, nil},
	{"run", "One run", is[*rundetail.View], view.ShowRun{}, nil},
	{"comparison", "Comparison", is[*comparison.View], view.ShowComparison{}, nil},
	{"charts", "Charts", is[*charts.View], view.ShowCharts{}, nil},
	{"plot", "Plot", is[*figure.View], view.ShowFigure{}, nil},
	{"artifacts", "Artifacts", is[*files.View], view.ShowArtifacts{}, nil},
	{"drift", "Drift report", is[*driftreport.View], view.ShowDriftReport{}, nil},
	{"since", "Since the last look", is[*since.View], view.ShowSince{}, nil},
	{"models", "Models", is[*registry.View], view.ShowModels{}, nil},
	{"model", "One model", is[*model.View], view.ShowModel{}, nil},
	{"activity", "Activity", is[*activity.View], view.ShowActivity{}, nil},
	{"inbox", "Inbox", is[*inbox.View], view.ShowInbox{}, nil},
	{"past", "The past", is[*past.View], view.ShowPast{}, nil},
	{"monitors", "Monitors", is[*monitors.View], view.ShowMonitors{}, nil},
	{"calendar", "Calendar", is[*calendar.View], view.ShowCalendar{}, nil},
	{"jobs", "Jobs", is[*jobs.View], view.ShowJobs{}, nil},
	{"job", "One job", is[*jobs.Log], view.ShowJob{}, nil},
	{"deliveries", "Deliveries", is[*deliveries.View], view.ShowDeliveries{}, nil},
	{"move-version", "Move a version", is[*transition.View], nil, func(a *App) view.View {
		return transition.New(view.ShowTransition{}, transition.Means{}, a.theme)
	}},
	{"change", "Change", is[*change.View], nil, func(a *App) view.View { return change.New(view.Change{}, view.Writes{}, a.theme) }},
	{"find", "Palette", is[*palette.View], nil, func(a *App) view.View { return palette.New(a.store, nil, nil, "", a.theme) }},
	{"help", "Help", is[*help.View], nil, func(a *App) view.View { return help.New(nil, a.theme) }},
}

// sectionOf names the section of a view, "" if its keys are not remapped.
func sectionOf(v view.View) string {
	at := slices.IndexFunc(sections, func(s section) bool { return s.is(v) })
	if at < 0 {
		return ""
	}
	return sections[at].name
}

// Action is what a key of a section does, under a name that stays.
type Action struct {
	Section, Name string
	Does          string
	Command       string   // how a command line calls it, "" if it cannot
	Press         []string // as Bubble Tea spells them
}

// ID is what a configuration calls the action.
func (a Action) ID() string { return a.Section + "." + a.Name }

// actionName is the name of a key's action: its command, else what it does.
func actionName(k view.Key) string {
	if k.Name != "" {
		return k.Name
	}
	does := k.Does
	if i := strings.IndexAny(does, ",:;("); i > 0 {
		does = does[:i]
	}
	words := strings.FieldsFunc(strings.ToLower(does), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "the" || w == "a" || w == "an" }), "-")
}

// Actions are all actions with their usual keys, the program's own first. One that a
// section has in several states is there once.
func Actions() []Action {
	a := New(nil, Options{Theme: "dark", still: true})
	out := actionsOf(everywhere, a.ownKeys())
	for _, s := range sections {
		keys := s.keys(a)
		for _, p := range s.parts(a) {
			keys = append(keys, p.Keys...)
		}
		out = append(out, actionsOf(s.name, keys)...)
	}
	return out
}

// keys are the usual keys of a section.
func (s section) keys(a *App) []view.Key {
	if s.dialog != nil {
		return s.dialog(a).Keys()
	}
	return a.screen(s.request).Keys()
}

// parts are what a section shows in itself, each with keys of its own.
func (s section) parts(a *App) []files.Part {
	switch s.name {
	case "artifacts":
		return files.Parts(a.paint, a.theme)
	case "drift":
		return []files.Part{{Title: "one column", Keys: driftreport.New(nil, "", a.theme).ColumnKeys()}}
	}
	return nil
}

func actionsOf(section string, keys []view.Key) []Action {
	var out []Action
	for _, k := range keys {
		act := Action{Section: section, Name: actionName(k), Does: k.Does, Command: k.Command(), Press: slices.Clone(k.Press)}
		at := slices.IndexFunc(out, func(o Action) bool { return o.Name == act.Name })
		if at < 0 {
			out = append(out, act)
			continue
		}
		for _, press := range act.Press {
			if !slices.Contains(out[at].Press, press) {
				out[at].Press = append(out[at].Press, press)
			}
		}
	}
	return out
}
