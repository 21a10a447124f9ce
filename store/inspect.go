package store

import (
	"context"
	"time"
)

// Finding is what one look at a store found.
type Finding struct {
	Check   string
	Verdict Verdict
	Says    string
	Advice  string   // what to do about it; "" if nothing is to be done
	Of      []string // some of the ids that it is about
	Count   int64    // how many there are
}

// Inspection says how closely a store is looked at.
type Inspection struct {
	// Integrity has SQLite check each page, which takes about a second for every
	// 100 MB.
	Integrity bool
	// Idle is for how long a run that is RUNNING may log nothing; 0 means a day.
	Idle time.Duration
}

// Inspector looks for what is wrong with a store. It changes nothing, and keeps
// nobody who writes waiting for longer than any other read.
type Inspector interface {
	Inspect(ctx context.Context, i Inspection, yield func(Finding) error) error
}

// Analyzer gathers the statistics that SQLite plans queries by, MLflow's
// included. It writes to the store and to no table of MLflow's.
type Analyzer interface {
	Analyze(ctx context.Context) error
}
