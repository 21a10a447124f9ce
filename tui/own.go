package tui

import (
	"fmt"
	"os"

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
	Where   Where  // where to begin; the zero value is the usual place
	Said    string // what to say at the start
	// Left is told where the user was and which runs are marked there when the program
	// ends, none if it was left at once; nil is told nothing.
	Left func(at Where, marked []string) error
	// Terminal is where the screen is; nil is the standard output.
	Terminal *os.File
}

// mistakes says what of the configuration was not taken: the first of it whole.
func (o Own) mistakes() view.Say {
	switch n := len(o.Wrong); n {
	case 0:
		return view.Say{Text: o.Said}
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

// terminal is where the screen is.
func (o Own) terminal() *os.File {
	if o.Terminal != nil {
		return o.Terminal
	}
	return os.Stdout
}

// left says where the user was. Who leaves at once prints no marks.
func (a *App) left() error {
	if a.opts.Own.Left == nil {
		return nil
	}
	var marked []string
	if !a.hasty {
		marked = a.marked()
	}
	return a.opts.Own.Left(a.Where(), marked)
}
