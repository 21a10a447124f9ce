package view

import (
	"benchside/store"
	"benchside/views"
)

// Tables keeps how tables of runs are set up, beyond the session. What has a name is in
// a file of the user's, to be shared; how a table was left is state, and never in a store.
type Tables interface {
	// Views returns the views that have names, or what is wrong with their file.
	Views() (views.File, error)
	// Keep gives a view a name; nil forgets the name.
	Keep(name string, v *views.View) error
	// Left returns how the table over a scope was left last; false if it never was.
	Left(scope string) (views.Left, bool)
	// Leave keeps how the table over a scope is now.
	Leave(scope string, l views.Left) error
}

// Looks keeps when the user looked last at what became of runs, beyond the session.
type Looks interface {
	Last() (store.Time, bool)
	Look(at store.Time) error
}

// ShowSince asks for what became of runs since the last look.
type ShowSince struct{}
