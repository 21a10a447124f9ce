package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/tui/clipboard"
	"benchside/tui/view"
	"benchside/tui/widget"
	"benchside/tui/yank"
)

// copied is what became of a copy on this machine.
type copied struct {
	said    string // when it went to the terminal
	took    []string
	err     error
	tooLong bool // for the terminal
}

// copy puts a text on the clipboard: the terminal is told, which may sit elsewhere and
// never answers, and then the programs of this machine are.
func (a *App) copy(m view.Copy) tea.Cmd {
	text, dropped := clipboard.Clean(m.Text)
	if text == "" {
		return a.request(view.Say{Text: "nothing to copy: " + sanitize.Line(m.What) + " is empty", Bad: true})
	}
	said := "copied " + sanitize.Line(m.What)
	if dropped > 0 {
		said += ", without " + widget.Several(dropped, "control character")
	}
	sequence, err := a.board.Sequence(text)
	a.said = view.Say{Text: said}
	if err != nil {
		a.said = view.Say{Text: sanitize.Line(m.What) + ": " + err.Error(), Bad: true}
	}
	if a.opts.still {
		return tea.Raw(sequence)
	}
	board, now := a.board, a.said.Text
	native := func() tea.Msg {
		took, failed := board.Run(context.Background(), text)
		return copied{said: now, took: took, err: failed, tooLong: err != nil}
	}
	if sequence == "" {
		return native
	}
	return tea.Sequence(tea.Raw(sequence), native)
}

// tookCopy says which programs have a copy, too, or that none has.
func (a *App) tookCopy(m copied) tea.Cmd {
	switch {
	case a.said.Text != m.said: // something was pressed since
	case len(m.took) > 0 && m.tooLong:
		a.said = view.Say{Text: fmt.Sprintf("copied by %s; %s", strings.Join(m.took, " and "), m.said)}
	case len(m.took) > 0:
		a.said.Text += ", by " + strings.Join(m.took, " and ") + ", too"
	case m.err != nil:
		a.said.Text += ", to the terminal alone: " + sanitize.Line(m.err.Error())
	}
	return nil
}

// forms are what can be copied of what is under the cursor.
func (a *App) forms() []view.Form {
	c, ok := a.front().(view.Copier)
	if !ok {
		return nil
	}
	return c.Copies()
}

func (a *App) noCopies() string {
	switch {
	case len(a.dialogs) > 0:
		return "close the dialog first (esc)"
	case len(a.forms()) == 0:
		return "there is nothing under the cursor"
	}
	return ""
}

func (a *App) copyAs() tea.Cmd {
	return a.request(view.Ask{Dialog: yank.New(a.forms(), a.theme)})
}
