package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// sets are the runs that were given names.
func (a *App) sets() map[string][]string {
	if a.opts.Sets == nil {
		return nil
	}
	return a.opts.Sets.All()
}

// keepSet gives runs a name, or forgets it.
func (a *App) keepSet(m view.KeepSet) tea.Cmd {
	keep, held := a.opts.Sets, len(a.sets()[m.Name])
	if keep == nil {
		return view.Send(view.Say{Text: "sets are not kept in this session", Bad: true})
	}
	if len(m.Runs) == 0 && held == 0 {
		return view.Send(view.Say{Text: fmt.Sprintf("no set is called %s", sanitize.Line(m.Name)), Bad: true})
	}
	return func() tea.Msg {
		if err := keep.Keep(m.Name, m.Runs); err != nil {
			return view.Say{Text: "the set is not kept: " + err.Error(), Bad: true}
		}
		if len(m.Runs) == 0 {
			return view.Say{Text: "forgot the set " + sanitize.Line(m.Name)}
		}
		return view.Say{Text: fmt.Sprintf("kept %s as %s: ctrl+p finds it", widget.Several(len(m.Runs), "run"), sanitize.Line(m.Name))}
	}
}

// noSets says why no set can be forgotten.
func (a *App) noSets() string {
	if len(a.sets()) == 0 {
		return "there are no sets; K keeps the runs of charts or of a comparison as one"
	}
	return ""
}
