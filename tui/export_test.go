package tui

import (
	"context"
	"io"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
)

// Still has a program start no ticks, as a frame that is rendered.
func Still(o Options) Options {
	o.still = true
	return o
}

// Arrived is what the program hears when the store changed.
func Arrived(c store.Change) tea.Msg { return arrived{c} }

// Aged is what it hears when the age of the newest change is to be shown anew.
func (a *App) Aged() tea.Msg { return aged{a.live.newest} }

// ProgramOn is the program over a terminal.
func (a *App) ProgramOn(terminal io.Writer, more ...tea.ProgramOption) *tea.Program {
	return a.program(context.Background(), terminal, more...)
}

// TakeBack ends it.
func (a *App) TakeBack(terminal io.Writer) error { return a.takeBack(terminal) }
