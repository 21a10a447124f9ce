package view

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
)

// patience is how long a training may log before a view looks again.
const patience = time.Second

// Pace has a view read again what was committed: at once, but not with every point
// that a training logs. The zero value is ready.
type Pace struct{ soon bool }

// Look has the view that it is of look again.
type Look struct{ At View }

// Hear returns what a view does about a change: again, or to wait for it.
func (p *Pace) Hear(v View, c store.Change, again func() tea.Cmd) tea.Cmd {
	switch {
	case !c.OnlyRuns():
		return p.Now(again)
	case p.soon:
		return nil
	}
	p.soon = true
	return Send(Wait{For: patience, Then: Look{v}})
}

// Now ends the wait and does it.
func (p *Pace) Now(again func() tea.Cmd) tea.Cmd {
	p.soon = false
	return again()
}
