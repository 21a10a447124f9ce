package mlruns

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"benchside/store"
	"benchside/store/memory"
)

// The registry of a folder: models/NAME/{meta.yaml, tags/, aliases/ALIAS, version-N/
// {meta.yaml, tags/}}. It is small wherever MLflow itself could still read it, so
// all of it is read for a question.
const (
	aliases       = "aliases"
	versionFolder = "version-"
)

// mostVersions bounds the versions of one model.
const mostVersions = 100_000

// registered is a model with its versions, the highest first.
type registered struct {
	store.RegisteredModel
	versions []store.ModelVersion
}

// registry reads all models. What cannot be read of it is an error: a model that
// is left out would look deleted.
func (x *index) registry(ctx context.Context) ([]registered, error) {
	entries, err := list(x.root, models)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var found []registered
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !e.IsDir() {
			continue
		}
		m, err := x.model(e.Name())
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // no model, or being made
		case err != nil:
			return nil, fmt.Errorf("model %s: %w", e.Name(), err)
		}
		found = append(found, m)
	}
	return found, ctx.Err()
}

// model reads the folder of a model.
func (x *index) model(folder string) (registered, error) {
	dir := path.Join(models, folder)
	of, err := readMeta(x.root, path.Join(dir, metaFile), maxMeta)
	if err != nil {
		return registered{}, err
	}
	m := registered{RegisteredModel: store.RegisteredModel{
		Name: folder, Description: of.text("description"), Created: of.moment("creation_timestamp"), Updated: of.moment("last_updated_timestamp"),
		Tags: map[string]string{},
	}}
	if err := x.readTexts(path.Join(dir, tags), m.Tags); err != nil {
		return m, err
	}
	pointed := map[string]string{}
	if err := x.readTexts(path.Join(dir, aliases), pointed); err != nil {
		return m, err
	}
	for name, text := range pointed {
		if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil {
			m.Aliases = append(m.Aliases, store.Alias{Name: name, Version: n})
		}
	}
	slices.SortFunc(m.Aliases, func(a, b store.Alias) int { return strings.Compare(a.Name, b.Name) })
	entries, err := list(x.root, dir)
	if err != nil {
		return m, err
	}
	for _, e := range entries[:min(len(entries), mostVersions)] {
		number, isVersion := strings.CutPrefix(e.Name(), versionFolder)
		n, err := strconv.ParseInt(number, 10, 64)
		if !isVersion || err != nil || !e.IsDir() {
			continue
		}
		v, err := x.version(&m.RegisteredModel, path.Join(dir, e.Name()), n)
		switch {
		case errors.Is(err, fs.ErrNotExist), v.Stage == deletedStage:
			continue
		case err != nil:
			return m, fmt.Errorf("version %d: %w", n, err)
		}
		m.versions = append(m.versions, v)
	}
	slices.SortFunc(m.versions, memory.HighestVersion)
	m.Versions, m.Latest = len(m.versions), store.Latest(m.versions)
	return m, nil
}

// deletedStage is that of a version that was deleted and keeps its number.
const deletedStage = "Deleted_Internal"

func (x *index) version(of *store.RegisteredModel, dir string, number int64) (store.ModelVersion, error) {
	m, err := readMeta(x.root, path.Join(dir, metaFile), maxMeta)
	if err != nil {
		return store.ModelVersion{}, err
	}
	v := store.ModelVersion{
		Name: of.Name, Version: number, Stage: m.text("current_stage"), Status: m.text("status"), StatusMessage: m.text("status_message"),
		Source: m.text("source"), Location: m.text("storage_location"), RunID: m.text("run_id"), RunLink: m.text("run_link"),
		UserID: m.text("user_id"), Description: m.text("description"),
		Created: m.moment("creation_timestamp"), Updated: m.moment("last_updated_timestamp"),
		Aliases: of.AliasesOf(number), Tags: map[string]string{},
	}
	if v.Stage == "" {
		v.Stage = store.StageNone
	}
	return v, x.readTexts(path.Join(dir, tags), v.Tags)
}

// registry reads the registry as it is.
func (s *Store) registry(ctx context.Context) (*index, []registered, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, nil, err
	}
	all, err := x.registry(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read the registry of %s: %w", s.dir, err)
	}
	return x, all, nil
}

// Models implements store.RegistryReader.
func (s *Store) Models(ctx context.Context, q store.ModelQuery) ([]store.RegisteredModel, error) {
	_, all, err := s.registry(ctx)
	if err != nil {
		return nil, err
	}
	found := make([]store.RegisteredModel, len(all))
	for i := range all {
		found[i] = all[i].RegisteredModel
	}
	return memory.Lightened(memory.FindModels(found, q), q.Light), nil
}

func (s *Store) named(ctx context.Context, name string) (registered, error) {
	_, all, err := s.registry(ctx)
	if err != nil {
		return registered{}, err
	}
	for _, m := range all {
		if m.Name == name {
			return m, nil
		}
	}
	return registered{}, fmt.Errorf("read model %s: %w", name, store.ErrNotFound)
}

// Model implements store.RegistryReader.
func (s *Store) Model(ctx context.Context, name string) (store.RegisteredModel, error) {
	m, err := s.named(ctx, name)
	return m.RegisteredModel, err
}

// ModelVersions implements store.ModelSources.
func (s *Store) ModelVersions(ctx context.Context, name string) ([]store.ModelVersion, error) {
	m, err := s.named(ctx, name)
	return m.versions, err
}

// Versions implements store.RegistryReader.
func (s *Store) Versions(ctx context.Context, q store.VersionQuery) ([]store.ModelVersion, error) {
	_, all, err := s.registry(ctx)
	var versions []store.ModelVersion
	for i := range all {
		versions = append(versions, all[i].versions...)
	}
	return memory.FindVersions(versions, q), err
}

// VersionsFrom implements store.RegistryReader.
func (s *Store) VersionsFrom(ctx context.Context, runIDs []string) ([]store.ModelVersion, error) {
	x, all, err := s.registry(ctx)
	if err != nil {
		return nil, err
	}
	var found []store.ModelVersion
	for i := range all {
		for _, v := range all[i].versions {
			id, isLogged := strings.CutPrefix(v.Source, "models:/")
			from := v.RunID != "" && slices.Contains(runIDs, v.RunID)
			if !from && isLogged && goodID.MatchString(id) {
				m, err := x.loggedModel("", id)
				if err != nil && !errors.Is(err, fs.ErrNotExist) {
					return nil, fmt.Errorf("read model %s: %w", id, err)
				}
				from = m.SourceRunID != "" && slices.Contains(runIDs, m.SourceRunID)
			}
			if from {
				found = append(found, v)
			}
		}
	}
	slices.SortFunc(found, memory.NewestVersion)
	return found, nil
}

// LoggedModel implements store.ModelSources.
func (s *Store) LoggedModel(ctx context.Context, id string) (store.LoggedModel, error) {
	x, err := s.index(ctx)
	if err != nil {
		return store.LoggedModel{}, err
	}
	m, err := store.LoggedModel{}, error(fs.ErrNotExist)
	if goodID.MatchString(id) {
		m, err = x.loggedModel("", id)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.LoggedModel{}, fmt.Errorf("read model %s: %w", id, err)
	}
	m.Output = true // of the run that it names
	return m, nil
}
