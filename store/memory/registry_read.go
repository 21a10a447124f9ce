package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"benchside/store"
)

// completeRegistry makes models of all that versions and aliases name, and tells
// each what hangs on it.
func (r *Records) completeRegistry() {
	for i := range r.Versions {
		v := &r.Versions[i]
		v.Stage, v.Status = orElse(v.Stage, store.StageNone), orElse(v.Status, "READY")
		v.Tags = copied(v.Tags)
		if r.model(v.Name) == nil {
			r.Registered = append(r.Registered, store.RegisteredModel{Name: v.Name, Created: v.Created, Updated: v.Updated})
		}
		v.Aliases = r.model(v.Name).AliasesOf(v.Version)
	}
	for i := range r.Registered {
		m := &r.Registered[i]
		m.Tags = copied(m.Tags)
		slices.SortFunc(m.Aliases, func(a, b store.Alias) int { return cmp.Compare(a.Name, b.Name) })
		versions := r.versionsOf(m.Name)
		m.Versions, m.Latest = len(versions), store.Latest(versions)
	}
}

func (r *Records) model(name string) *store.RegisteredModel {
	for i := range r.Registered {
		if r.Registered[i].Name == name {
			return &r.Registered[i]
		}
	}
	return nil
}

// versionsOf returns the versions of a model, the highest first.
func (r *Records) versionsOf(name string) []store.ModelVersion {
	var found []store.ModelVersion
	for _, v := range r.Versions {
		if v.Name == name {
			v.Tags = copied(v.Tags)
			found = append(found, v)
		}
	}
	slices.SortFunc(found, HighestVersion)
	return found
}

// HighestVersion orders the versions of a model by number, the highest first.
func HighestVersion(a, b store.ModelVersion) int { return cmp.Compare(b.Version, a.Version) }

// cloneRegistry copies what completeRegistry changes.
func (r *Records) cloneRegistry() {
	r.Versions = slices.Clone(r.Versions)
	r.Registered = slices.Clone(r.Registered)
	for i := range r.Registered {
		r.Registered[i].Aliases = slices.Clone(r.Registered[i].Aliases)
	}
}

// Lightened are models as far as a query of heads asks for them.
func Lightened(models []store.RegisteredModel, light bool) []store.RegisteredModel {
	for i := range models {
		m := &models[i]
		if light {
			*m = store.RegisteredModel{Name: m.Name, Description: m.Description, Created: m.Created, Updated: m.Updated}
			continue
		}
		m.Tags = copied(m.Tags)
		m.Latest = slices.Clone(m.Latest)
		for j, v := range m.Latest {
			m.Latest[j] = store.ModelVersion{Name: v.Name, Version: v.Version, Stage: v.Stage, Aliases: v.Aliases}
		}
	}
	return models
}

// Models implements store.RegistryReader.
func (s *Store) Models(ctx context.Context, q store.ModelQuery) (models []store.RegisteredModel, err error) {
	err = s.read(ctx, "Models", func(r *Records) error {
		models = Lightened(FindModels(r.Registered, q), q.Light)
		return nil
	})
	return models, err
}

// Model implements store.RegistryReader.
func (s *Store) Model(ctx context.Context, name string) (model store.RegisteredModel, err error) {
	err = s.read(ctx, "Model", func(r *Records) error {
		m := r.model(name)
		if m == nil {
			return fmt.Errorf("read model %s: %w", name, store.ErrNotFound)
		}
		model = *m
		model.Tags = copied(m.Tags)
		return nil
	})
	return model, err
}

// ModelVersions implements store.ModelSources.
func (s *Store) ModelVersions(ctx context.Context, name string) (versions []store.ModelVersion, err error) {
	err = s.read(ctx, "ModelVersions", func(r *Records) error {
		if r.model(name) == nil {
			return fmt.Errorf("read the versions of model %s: %w", name, store.ErrNotFound)
		}
		versions = r.versionsOf(name)
		return nil
	})
	return versions, err
}

// Versions implements store.RegistryReader.
func (s *Store) Versions(ctx context.Context, q store.VersionQuery) (versions []store.ModelVersion, err error) {
	err = s.read(ctx, "Versions", func(r *Records) error {
		versions = FindVersions(r.Versions, q)
		return nil
	})
	return versions, err
}

// VersionsFrom implements store.RegistryReader.
func (s *Store) VersionsFrom(ctx context.Context, runIDs []string) (versions []store.ModelVersion, err error) {
	err = s.read(ctx, "VersionsFrom", func(r *Records) error {
		made := map[string]bool{}
		for _, id := range runIDs {
			for _, m := range r.Models[id] {
				if m.SourceRunID == id || m.Output {
					made["models:/"+m.ID] = true
				}
			}
		}
		for _, v := range r.Versions {
			if made[v.Source] || v.RunID != "" && slices.Contains(runIDs, v.RunID) {
				versions = append(versions, v)
			}
		}
		slices.SortFunc(versions, NewestVersion)
		return nil
	})
	return versions, err
}

// LoggedModel implements store.ModelSources.
func (s *Store) LoggedModel(ctx context.Context, id string) (model store.LoggedModel, err error) {
	err = s.read(ctx, "LoggedModel", func(r *Records) error {
		for _, of := range r.Models {
			for _, m := range of {
				if m.ID == id {
					model, model.Output = m, true
					return nil
				}
			}
		}
		return fmt.Errorf("read model %s: %w", id, store.ErrNotFound)
	})
	return model, err
}
