package store

import (
	"context"

	"benchside/store/search"
)

// The stages of MLflow's registry. A version that was deleted keeps its row and
// its number under a fifth that no reader returns.
const (
	StageNone       = "None"
	StageStaging    = "Staging"
	StageProduction = "Production"
	StageArchived   = "Archived"
)

// RegisteredModel is one row of registered_models with what hangs on it.
type RegisteredModel struct {
	Name             string
	Description      string
	Created, Updated Time // tags and aliases do not move Updated
	Tags             map[string]string
	Aliases          []Alias        // by name
	Versions         int            // not deleted
	Latest           []ModelVersion // the highest version of each stage that has one, by number
}

// Alias is a name that points to one version of a model.
type Alias struct {
	Name    string
	Version int64
}

// ModelQuery asks for registered models. The zero value asks for all, by name.
// Prompts, which MLflow keeps among them, are left out as MLflow does.
type ModelQuery struct {
	Filter search.Filter // parsed for search.Models
	Order  []search.Order
	Limit  int // 0 means no limit
}

// VersionQuery asks for versions of models. The zero value asks for all, the
// latest change first, as MLflow does.
type VersionQuery struct {
	Filter search.Filter // parsed for search.Versions
	Order  []search.Order
	Limit  int // 0 means no limit
}

// RegistryReader reads the registry of models. Not every backend keeps one:
// ErrUnsupported.
type RegistryReader interface {
	ModelSources
	Models(ctx context.Context, q ModelQuery) ([]RegisteredModel, error)
	// Model returns one model by its whole name, or ErrNotFound.
	Model(ctx context.Context, name string) (RegisteredModel, error)
	Versions(ctx context.Context, q VersionQuery) ([]ModelVersion, error)
	// VersionsFrom returns the versions that came from the given runs, directly or by
	// a model of MLflow 3 that one of them wrote, the newest first.
	VersionsFrom(ctx context.Context, runIDs []string) ([]ModelVersion, error)
}
