package store

import (
	"context"
	"slices"
	"time"
)

// Watcher tells of changes that other processes commit.
type Watcher interface {
	// Watch starts the change feed, which ends with ctx by closing the channel.
	// Changes are coalesced while the reader is busy, but no point is left out:
	// a change holds at most a few thousand events and the next follows.
	Watch(ctx context.Context) (<-chan Change, error)
}

// Mode is how the feed learns of changes.
type Mode int

// The modes of the feed.
const (
	Notified Mode = iota // told by the operating system
	Polling              // looks again every so often
	Lost                 // the store cannot be read now; Problem says why
)

// Change is what was committed since the change before it.
type Change struct {
	At   time.Time // when it was seen
	Mode Mode
	// Problem is why the store cannot be read now; nil once it can again.
	Problem error
	// Reload: the store was replaced or rebuilt, so everything must be read
	// again; Events is empty.
	Reload bool
	Events []Event
}

// Touches reports whether the change concerns the run.
func (c Change) Touches(runID string) bool {
	if c.Reload {
		return true
	}
	for i := range c.Events {
		if c.Events[i].Head.ID == runID {
			return true
		}
	}
	return false
}

// TouchesRegistry reports whether the change tells of models, versions, or what is
// kept of them.
func (c Change) TouchesRegistry() bool {
	return c.Reload || slices.ContainsFunc(c.Events, func(e Event) bool { return e.Kind == RegistryChanged })
}

// TouchesMonitors reports whether the change tells of monitors, results or alerts.
func (c Change) TouchesMonitors() bool {
	return c.Reload || slices.ContainsFunc(c.Events, func(e Event) bool { return e.Kind == MonitorsChanged })
}

// OnlyRuns reports whether the change tells of runs alone. Other things may have
// changed with them all the same.
func (c Change) OnlyRuns() bool {
	return !c.Reload && len(c.Events) > 0 && !slices.ContainsFunc(c.Events, func(e Event) bool { return e.Head.ID == "" })
}

// EventKind says what happened.
type EventKind int

// The kinds of event.
const (
	RunCreated EventKind = iota
	RunChanged           // status, name, end, stage or parent; Head is the new state
	RunRemoved           // gone from the store; only Head.ID is known
	PointLogged
	ParamLogged
	TagSet
	ExperimentsChanged // at least one was made, renamed, deleted or restored
	RegistryChanged    // a registered model, a version, or what benchside keeps of them
	MonitorsChanged    // a monitor, a result or an alert
)

func (k EventKind) String() string {
	return [...]string{
		"run_created", "run_changed", "run_removed", "metric", "param", "tag", "experiments_changed",
		"registry_changed", "monitors_changed",
	}[k]
}

// Event is one thing that happened in the store.
type Event struct {
	Kind  EventKind
	Head  Head   // the run; only ID is set for PointLogged, ParamLogged and TagSet
	Key   string // of PointLogged, ParamLogged, TagSet; of RegistryChanged the model, empty for many
	Text  string // the value of ParamLogged and TagSet
	Point Point  // of PointLogged
}
