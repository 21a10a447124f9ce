package joined

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"benchside/store"
	"benchside/store/memory"
)

// A model of the second store is named 2:NAME, since two stores may well have
// models of one name; MLflow allows no colon in one.

// registries calls read with every member that keeps a registry.
func (s *Store) registries(read func(i int, r store.RegistryReader) error) error {
	kept := false
	err := s.each(func(i int, m *Member) error {
		err := read(i, m.Store)
		if errors.Is(err, store.ErrUnsupported) {
			return nil
		}
		kept = true
		return err
	})
	if err == nil && !kept {
		err = fmt.Errorf("the registry: %w", store.ErrUnsupported)
	}
	return err
}

// registryOf is the registry of the member that a name or an id is of.
func (s *Store) registryOf(name string) (member int, r store.RegistryReader, own string) {
	member, own = s.split(name)
	return member, s.members[member].Store, own
}

func versionsOf(member int, versions []store.ModelVersion) []store.ModelVersion {
	for i := range versions {
		v := &versions[i]
		v.Name = prefix(member) + v.Name
		if v.RunID != "" {
			v.RunID = prefix(member) + v.RunID
		}
	}
	return versions
}

func modelOf(member int, m store.RegisteredModel) store.RegisteredModel {
	m.Name, m.Latest = prefix(member)+m.Name, versionsOf(member, m.Latest)
	return m
}

// Models implements store.RegistryReader.
func (s *Store) Models(ctx context.Context, q store.ModelQuery) ([]store.RegisteredModel, error) {
	parts := s.byMember(q.Names)
	var all []store.RegisteredModel
	err := s.registries(func(i int, r store.RegistryReader) error {
		own := q
		if q.Names != nil {
			if own.Names = parts[i]; own.Names == nil {
				return ctx.Err()
			}
		}
		found, err := r.Models(ctx, own)
		for _, m := range found {
			all = append(all, modelOf(i, m))
		}
		return err
	})
	return memory.OrderModels(all, q), err
}

// Model implements store.RegistryReader.
func (s *Store) Model(ctx context.Context, name string) (store.RegisteredModel, error) {
	i, r, own := s.registryOf(name)
	m, err := r.Model(ctx, own)
	return modelOf(i, m), s.wrap(i, err)
}

// ModelVersions implements store.ModelSources.
func (s *Store) ModelVersions(ctx context.Context, name string) ([]store.ModelVersion, error) {
	i, r, own := s.registryOf(name)
	versions, err := r.ModelVersions(ctx, own)
	return versionsOf(i, versions), s.wrap(i, err)
}

// Versions implements store.RegistryReader.
func (s *Store) Versions(ctx context.Context, q store.VersionQuery) ([]store.ModelVersion, error) {
	var all []store.ModelVersion
	err := s.registries(func(i int, r store.RegistryReader) error {
		found, err := r.Versions(ctx, q)
		all = append(all, versionsOf(i, found)...)
		return err
	})
	return memory.OrderVersions(all, q), err
}

// VersionsFrom implements store.RegistryReader.
func (s *Store) VersionsFrom(ctx context.Context, runIDs []string) ([]store.ModelVersion, error) {
	parts := s.byMember(runIDs)
	var all []store.ModelVersion
	err := s.registries(func(i int, r store.RegistryReader) error {
		if len(parts[i]) == 0 {
			return ctx.Err()
		}
		found, err := r.VersionsFrom(ctx, parts[i])
		all = append(all, versionsOf(i, found)...)
		return err
	})
	slices.SortStableFunc(all, memory.NewestVersion)
	return all, err
}

// LoggedModel implements store.ModelSources. An id that says no store is looked
// for in all of them, since the source of a version says none.
func (s *Store) LoggedModel(ctx context.Context, id string) (store.LoggedModel, error) {
	member, own := s.split(id)
	missing := fmt.Errorf("read model %s: %w", id, store.ErrNotFound)
	for i := range s.members {
		if own != id && i != member {
			continue
		}
		m, err := s.members[i].LoggedModel(ctx, own)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		m.ID, m.ExperimentID = prefix(i)+m.ID, prefix(i)+m.ExperimentID
		if m.SourceRunID != "" {
			m.SourceRunID = prefix(i) + m.SourceRunID
		}
		return m, s.wrap(i, err)
	}
	return store.LoggedModel{}, missing
}
