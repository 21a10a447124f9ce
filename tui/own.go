package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"benchside/themes"
	"benchside/tui/view"
)

// Own is what the user's configuration and earlier sessions say of a session.
type Own struct {
	Keys  Keymap
	Theme themes.Theme // colours of their own; one without a name is none
	Wrong []string     // what of the configuration was not taken
	// NoMouse leaves the mouse to the terminal.
	NoMouse bool
}

// mistakes says what of the configuration was not taken: the first of it whole.
func (o Own) mistakes() view.Say {
	switch n := len(o.Wrong); n {
	case 0:
		return view.Say{}
	case 1:
		return view.Say{Text: o.Wrong[0], Bad: true}
	default:
		return view.Say{Text: fmt.Sprintf("%s; and %d more: benchside config check", o.Wrong[0], n-1), Bad: true}
	}
}

// flipMouse gives the mouse to the terminal, or takes it.
func (a *App) flipMouse() tea.Cmd {
	own := &a.opts.Own
	own.NoMouse = !own.NoMouse
	a.said = view.Say{Text: "the mouse selects, opens, scrolls, sorts and pulls columns"}
	if own.NoMouse {
		a.said = view.Say{Text: "the mouse is the terminal's: it selects text"}
	}
	return nil
}
