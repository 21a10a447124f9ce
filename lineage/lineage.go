// Package lineage follows a version of a registered model back to what it was made
// of: its run, the data that the run read, the model that it logged, the files and
// their signature. It judges nothing and changes nothing.
package lineage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"benchside/artifacts"
	"benchside/artifacts/mlmodel"
	"benchside/artifacts/previews"
	"benchside/compare"
	"benchside/store"
)

// Sources is what is read of a store.
type Sources interface {
	RunsOf(ctx context.Context, ids []string) ([]store.Run, error)
	store.InputReader
	store.ModelSources
}

// Line is what a version was made of.
type Line struct {
	Version store.ModelVersion
	Run     *store.Run // nil: NoRun says why
	NoRun   string
	Inputs  []store.Input      // that the run read
	Logged  *store.LoggedModel // nil where the source is no model of MLflow 3 that is still there
}

// Of follows a version.
func Of(ctx context.Context, s Sources, v store.ModelVersion) (Line, error) {
	l := Line{Version: v}
	err := l.follow(ctx, s)
	if err != nil {
		return l, fmt.Errorf("follow %s v%d: %w", v.Name, v.Version, err)
	}
	return l, nil
}

func (l *Line) follow(ctx context.Context, s Sources) error {
	if err := l.followRun(ctx, s); err != nil {
		return err
	}
	id, ok := strings.CutPrefix(l.Version.Source, "models:/")
	if !ok || !strings.HasPrefix(id, "m-") {
		return nil
	}
	if l.Run != nil { // of several stores, that of the run has it
		made, err := store.IfKept(s.LoggedModels(ctx, l.Run.ID))
		if err != nil {
			return err
		}
		for i := range made {
			if made[i].ID == id || strings.HasSuffix(made[i].ID, ":"+id) {
				l.Logged = &made[i]
				return nil
			}
		}
	}
	m, err := s.LoggedModel(ctx, id)
	switch {
	case err == nil:
		l.Logged = &m
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return nil
}

func (l *Line) followRun(ctx context.Context, s Sources) error {
	if l.Version.RunID == "" {
		l.NoRun = "it was registered without one"
		return nil
	}
	runs, err := s.RunsOf(ctx, []string{l.Version.RunID})
	switch {
	case err != nil:
		return err
	case len(runs) == 0:
		l.NoRun = "run " + l.Version.RunID + " is not in the store"
		return nil
	}
	l.Run = &runs[0]
	l.Inputs, err = store.IfKept(s.Inputs(ctx, l.Run.ID))
	return err
}

// Folder is where the version's files stand among those of its run: "" if they are
// elsewhere.
func (l *Line) Folder() string {
	if l.Run == nil {
		return ""
	}
	if l.Logged != nil {
		return l.Logged.Name
	}
	rest, ok := strings.CutPrefix(l.Version.Source, "runs:/")
	if _, folder, found := strings.Cut(rest, "/"); ok && found {
		return folder
	}
	return ""
}

// Files opens the version's files: the folder of the model is in them. Places says
// where those of a run may lie.
func (l *Line) Files(ctx context.Context, s Sources, places func(store.Run) artifacts.Places) (files *previews.Run, folder string, err error) {
	from := store.Run{}
	if l.Run != nil {
		from.Store = l.Run.Store
	}
	location := cmp.Or(l.Version.Location, l.Version.Source)
	if l.Logged != nil {
		location = l.Logged.ArtifactLocation
	}
	rest, inRun := strings.CutPrefix(location, "runs:/")
	id, folder, found := strings.Cut(rest, "/")
	switch {
	case !inRun:
		from.ArtifactURI = location
		files, err = previews.OpenRun(places(from), from, nil)
		return files, "", err
	case !found || folder == "":
		return nil, "", fmt.Errorf("%s names no folder of a run", location)
	case l.Run == nil || l.Run.ID != id && !strings.HasSuffix(l.Run.ID, ":"+id):
		return nil, "", fmt.Errorf("%s: %w: the run is not in the store", location, store.ErrNotFound)
	}
	models, err := store.IfKept(s.LoggedModels(ctx, l.Run.ID))
	if err != nil {
		return nil, "", err
	}
	files, err = previews.OpenRun(places(*l.Run), *l.Run, models)
	return files, folder, err
}

// MLmodel reads the file by which MLflow knows the model.
func (l *Line) MLmodel(ctx context.Context, s Sources, places func(store.Run) artifacts.Places) (_ mlmodel.Model, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("the MLmodel of %s v%d: %w", l.Version.Name, l.Version.Version, err)
		}
	}()
	files, folder, err := l.Files(ctx, s, places)
	if err != nil {
		return mlmodel.Model{}, err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	p, err := previews.Open(ctx, files, path.Join(folder, "MLmodel"))
	if err != nil {
		return mlmodel.Model{}, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	m, ok := p.Body.(*previews.ModelFile)
	if !ok {
		return mlmodel.Model{}, fmt.Errorf("it cannot be read: %s", strings.Join(p.Notes, "; "))
	}
	return m.Model, nil
}

// Subject is the version as compare sees it: what its run holds, under the
// version's own name, tags and place in the registry, and its signature where the
// model is known.
func (l *Line) Subject(m *mlmodel.Model) compare.Subject {
	v := &l.Version
	s := compare.Subject{Inputs: l.Inputs}
	if l.Run != nil {
		s.Run = *l.Run
	}
	s.Run.Name, s.Run.Tags = fmt.Sprintf("v%d", v.Version), v.Tags
	s.Registered = map[string]string{
		"stage": v.Stage, "aliases": strings.Join(v.Aliases, ", "), "status": v.Status, "source": v.Source,
		"description": v.Description, "run": v.RunID,
	}
	if l.Run != nil {
		s.Registered["run"] = l.Run.Called()
	}
	if v.Created.Set() {
		s.Registered["registered"] = v.Created.Time().Format("2006-01-02 15:04:05")
	}
	if m != nil {
		s.Signature = signature(m)
	}
	return s
}

// signature spells each input, output and param of a model.
func signature(m *mlmodel.Model) map[string]string {
	out := map[string]string{}
	if !m.Signed {
		out["signature"] = "none"
	}
	columns := func(kind string, all []mlmodel.Column) {
		for i, c := range all {
			name := c.Name
			if name == "" {
				name = fmt.Sprint(i + 1)
			}
			text := c.Type
			if c.Shape != nil {
				text += " " + fmt.Sprint(c.Shape)
			}
			if c.Optional {
				text += ", optional"
			}
			out[kind+" "+name] = text
		}
	}
	columns("input", m.Inputs)
	columns("output", m.Outputs)
	for _, p := range m.Params {
		out["param "+p.Name] = p.Type + " = " + p.Default
	}
	for _, f := range m.Flavors {
		out["flavors"] = strings.TrimPrefix(out["flavors"]+", "+f.Name, ", ")
	}
	return out
}

// Named finds a version by a number, a stage, an alias behind @ or "latest", as
// MLflow's models:/ URIs do, among those of a model, the highest first.
func Named(versions []store.ModelVersion, wanted string) (store.ModelVersion, bool) {
	alias, isAlias := strings.CutPrefix(wanted, "@")
	for _, v := range versions {
		switch {
		case isAlias && slices.Contains(v.Aliases, alias),
			!isAlias && strings.TrimPrefix(wanted, "v") == fmt.Sprint(v.Version),
			!isAlias && (strings.EqualFold(wanted, "latest") || strings.EqualFold(wanted, v.Stage)):
			return v, true
		}
	}
	return store.ModelVersion{}, false
}
