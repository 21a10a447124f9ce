package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// DeletedRun is a run that was marked as deleted and can be removed for good.
type DeletedRun struct {
	Head
	Deleted     Time
	ArtifactURI string
	Location    string // the artifact location of its experiment
	HeldBy      string // the version of a registered model that comes from it, which keeps it
}

// DeletedModel is a model of MLflow 3 that was marked as deleted.
type DeletedModel struct {
	Target
	Deleted     Time // its last update
	ArtifactURI string
	Location    string // the artifact location of its experiment
	HeldBy      string
}

// Purgeable is what can be removed from a store for good.
type Purgeable struct {
	Runs   []DeletedRun
	Models []DeletedModel
	// Rest counts, by table, the rows that belong to a run or a model that is gone,
	// such as those that MLflow's gc leaves behind.
	Rest map[string]int64
}

// Purger finds what can be removed for good.
type Purger interface {
	// Purgeable returns what was deleted before a time.
	Purgeable(ctx context.Context, before Time) (Purgeable, error)
}

// PurgeRun removes the rows of a run that is deleted: its params, metrics and
// tags, what it read, and the data sets that nobody else read. Its files are not of
// the store. It is not taken back. The points of a long run go in portions, each a
// transaction of its own, before the rest goes in one.
type PurgeRun struct {
	Run     Target
	Deleted Seen[Time]
}

// PurgeModel removes the rows of a model of MLflow 3 that is deleted.
type PurgeModel struct {
	Model   Target
	Deleted Seen[Time]
}

// PurgeRest removes the rows that belong to a run or a model that is gone.
type PurgeRest struct{ Counts map[string]int64 }

// Subject implements Mutation.
func (m PurgeRun) Subject() Subject { return m.Run.run() }

// Name implements Mutation.
func (m PurgeRun) Name() string { return "purge_run" }

// Sentence implements Mutation.
func (m PurgeRun) Sentence() string { return "remove run " + m.Run.String() + " for good" }

// Subject implements Mutation.
func (m PurgeModel) Subject() Subject { return Subject{Kind: LoggedModelSubject, Name: m.Model.ID} }

// Name implements Mutation.
func (m PurgeModel) Name() string { return "purge_model" }

// Sentence implements Mutation.
func (m PurgeModel) Sentence() string { return "remove logged model " + m.Model.String() + " for good" }

// Subject implements Mutation.
func (m PurgeRest) Subject() Subject { return Subject{Kind: StoreSubject} }

// Name implements Mutation.
func (m PurgeRest) Name() string { return "purge_rest" }

// Sentence implements Mutation.
func (m PurgeRest) Sentence() string {
	var parts []string
	for table, n := range m.Counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d of %s", n, table))
		}
	}
	if len(parts) == 0 {
		return "remove rows that belong to nothing"
	}
	slices.Sort(parts)
	return "remove rows that belong to nothing: " + strings.Join(parts, ", ")
}
