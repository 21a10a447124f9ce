package tui

import "benchside/tui/runtable"

// means are what a table of runs has of the session.
func (a *App) means() runtable.Means {
	return runtable.Means{Directions: a.opts.Directions, Tables: a.opts.Tables, Live: a.opts.Live}
}
