package tui

import (
	"benchside/tui/experiments"
	"benchside/tui/runtable"
	"benchside/tui/view"
)

// Work is what a session has to work with runs. The zero value keeps nothing and tells
// nobody.
type Work struct {
	Tables  view.Tables // how tables of runs are set up
	Looks   view.Looks  // when the user looked last at what became of runs
	Live    runtable.Live
	Folders experiments.Folders
	Notify  Notify
}

// means are what a table of runs has of the session.
func (a *App) means() runtable.Means {
	return runtable.Means{Directions: a.opts.Directions, Tables: a.opts.Work.Tables, Live: a.opts.Work.Live}
}
