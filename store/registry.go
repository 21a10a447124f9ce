package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

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

// Stages lists the stages that a version may be moved to.
func Stages() []string { return []string{StageNone, StageStaging, StageProduction, StageArchived} }

// StageNamed finds a stage by its name, whatever its case.
func StageNamed(name string) (string, bool) {
	for _, s := range Stages() {
		if strings.EqualFold(s, name) {
			return s, true
		}
	}
	return "", false
}

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

// At returns the highest version of a stage; false if none is there.
func (m *RegisteredModel) At(stage string) (ModelVersion, bool) {
	for _, v := range m.Latest {
		if v.Stage == stage {
			return v, true
		}
	}
	return ModelVersion{}, false
}

// AliasesOf returns the aliases that point to a version.
func (m *RegisteredModel) AliasesOf(version int64) []string {
	var names []string
	for _, a := range m.Aliases {
		if a.Version == version {
			names = append(names, a.Name)
		}
	}
	return names
}

// Latest returns the highest version of each stage that has one, by number.
func Latest(versions []ModelVersion) []ModelVersion {
	var latest []ModelVersion
	for _, v := range versions {
		i := slices.IndexFunc(latest, func(l ModelVersion) bool { return l.Stage == v.Stage })
		if i < 0 {
			latest = append(latest, v)
		} else if latest[i].Version < v.Version {
			latest[i] = v
		}
	}
	slices.SortFunc(latest, func(a, b ModelVersion) int { return cmp.Compare(a.Version, b.Version) })
	return latest
}

// Alias is a name that points to one version of a model.
type Alias struct {
	Name    string
	Version int64
}

// ModelQuery asks for registered models. The zero value asks for all, by name.
// Prompts, which MLflow keeps among them, are left out as MLflow does.
type ModelQuery struct {
	Names  []string      // whole names; nil means every model
	Light  bool          // without tags, aliases and versions: what a long list is made of
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

// RegistryReader reads the registry of models. Not every store keeps one:
// ErrUnsupported.
type RegistryReader interface {
	ModelSources
	// Models returns models with their tags and aliases; of their latest versions only
	// the numbers, stages and aliases.
	Models(ctx context.Context, q ModelQuery) ([]RegisteredModel, error)
	// Model returns one model by its whole name, its latest versions complete, or
	// ErrNotFound. A prompt is a model here.
	Model(ctx context.Context, name string) (RegisteredModel, error)
	Versions(ctx context.Context, q VersionQuery) ([]ModelVersion, error)
	// VersionsFrom returns the versions that came from the given runs, directly or by
	// a model of MLflow 3 that one of them wrote, the newest first.
	VersionsFrom(ctx context.Context, runIDs []string) ([]ModelVersion, error)
}
