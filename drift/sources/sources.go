// Package sources finds the data that a name stands for: files and folders,
// artifacts of runs, datasets that runs read, what a model was trained on; and has
// two of them compared. It opens no store and prints nothing.
package sources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"benchside/artifacts"
	"benchside/artifacts/mlmodel"
	"benchside/artifacts/previews"
	"benchside/drift"
	"benchside/drift/inputs"
	"benchside/lineage"
	"benchside/store"
)

// ErrNoStore: a name is of a store, and there is none.
var ErrNoStore = errors.New("no store is open")

// Finder finds data. Its zero value finds nothing.
type Finder struct {
	Store lineage.Sources // nil: names of a store are refused with ErrNoStore
	// Run finds a run by its id, the start of it or its name.
	Run    func(ctx context.Context, name string) (store.Run, error)
	Places func(store.Run) artifacts.Places
	// Local lets paths be opened, also those that a store gives a dataset: for a
	// user of this machine, never for a guest.
	Local bool
}

// Names says how data are named, for help.
const Names = "a file, a folder of batches or a Delta table (PATH@vN for a version), runs:/RUN/PATH, datasets:/RUN[/NAME] or models:/NAME/VERSION"

// Data is what a name stands for.
type Data struct {
	*inputs.Set
	Source drift.Source   // without rows and digest
	Model  *mlmodel.Model // whose training data these are; nil if that is not known
	URI    string         // models:/NAME/VERSION of it
	close  func() error
}

// Close lets go of the folder.
func (d *Data) Close() error { return d.close() }

// OfStore reports whether a name is of something in a store.
func OfStore(name string) bool {
	scheme, _, ok := strings.Cut(name, ":/")
	return ok && (scheme == "runs" || scheme == "datasets" || scheme == "models")
}

// Open finds the files of a name.
func (f Finder) Open(ctx context.Context, name string) (*Data, error) {
	if OfStore(name) {
		if f.Store == nil {
			return nil, fmt.Errorf("%s: %w", name, ErrNoStore)
		}
		scheme, rest, _ := strings.Cut(name, ":/")
		rest = strings.Trim(rest, "/")
		switch scheme {
		case "runs":
			return f.artifact(ctx, name, rest)
		case "datasets":
			return f.dataset(ctx, name, rest)
		}
		return f.model(ctx, name, rest)
	}
	return f.local(ctx, name, strings.TrimPrefix(name, "file://"))
}

// local opens a path of this machine.
func (f Finder) local(ctx context.Context, name, file string) (*Data, error) {
	if scheme, _, ok := strings.Cut(file, "://"); ok {
		return nil, fmt.Errorf("%s: %w: %s is not read from; fetch a copy", name, artifacts.ErrRemote, scheme)
	}
	if !f.Local {
		return nil, fmt.Errorf("%s: paths are not opened here", name)
	}
	full, version := file, ""
	if _, err := os.Stat(file); err != nil {
		if base, _, ok := inputs.Version(file); ok {
			full, version = base, strings.TrimPrefix(file, base)
		}
	}
	full, err := filepath.Abs(full)
	if err == nil {
		full, err = filepath.EvalSymlinks(full)
	}
	if err != nil {
		var at *os.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	root, err := artifacts.Places{}.Open(filepath.Dir(full))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return opened(ctx, root, filepath.Base(full)+strings.TrimPrefix(version, "/"), name, root.Close, drift.Source{Kind: "file", Path: name})
}

// opened opens the set of files in a folder under the name that the user knows.
func opened(ctx context.Context, files inputs.Files, inner, name string, closing func() error, source drift.Source) (*Data, error) {
	set, err := inputs.Open(ctx, files, inner)
	if err != nil {
		below := errors.Unwrap(err)
		return nil, errors.Join(fmt.Errorf("read %s: %w", name, below), closing())
	}
	set.Name = name
	return &Data{Set: set, Source: source, close: closing}, nil
}

// artifact opens RUN/PATH.
func (f Finder) artifact(ctx context.Context, name, rest string) (*Data, error) {
	called, file, ok := strings.Cut(rest, "/")
	if !ok || file == "" {
		return nil, fmt.Errorf("%s: name an artifact: runs:/RUN/PATH", name)
	}
	run, err := f.Run(ctx, called)
	if err != nil {
		return nil, err
	}
	models, err := store.IfKept(f.Store.LoggedModels(ctx, run.ID))
	if err != nil {
		return nil, err
	}
	files, err := previews.OpenRun(f.Places(run), run, models)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return opened(ctx, files, file, name, files.Close, drift.Source{Kind: "artifact", RunID: run.ID, ArtifactPath: file})
}

// dataset opens RUN/NAME, or the only dataset of RUN.
func (f Finder) dataset(ctx context.Context, name, rest string) (*Data, error) {
	called, wanted, _ := strings.Cut(rest, "/")
	run, err := f.Run(ctx, called)
	if err != nil {
		return nil, err
	}
	read, err := store.IfKept(f.Store.Inputs(ctx, run.ID))
	if err != nil {
		return nil, err
	}
	in, err := chosen(read, wanted)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f.input(ctx, name, run, in)
}

// training are the contexts of the data that a model was made of.
func training(context string) bool {
	return strings.EqualFold(context, "training") || strings.EqualFold(context, "train") || strings.EqualFold(context, "fit")
}

// chosen is the dataset of a name, else the only one, else the one for training.
func chosen(read []store.Input, wanted string) (store.Input, error) {
	if wanted != "" {
		read = slices.DeleteFunc(slices.Clone(read), func(in store.Input) bool { return in.Name != wanted && in.Digest != wanted && in.Context != wanted })
	}
	trained := slices.DeleteFunc(slices.Clone(read), func(in store.Input) bool { return !training(in.Context) })
	switch {
	case len(read) == 0 && wanted != "":
		return store.Input{}, fmt.Errorf("dataset %s: %w", wanted, store.ErrNotFound)
	case len(read) == 0:
		return store.Input{}, fmt.Errorf("the run read no dataset: %w", store.ErrNotFound)
	case len(read) == 1:
		return read[0], nil
	case len(trained) == 1:
		return trained[0], nil
	}
	var names []string
	for _, in := range read {
		names = append(names, in.Name)
	}
	return store.Input{}, fmt.Errorf("the run read %d datasets, name one: %s", len(read), strings.Join(names, ", "))
}

// place is where MLflow says that a dataset came from (mlflow/data/*_source.py).
type place struct {
	URI     string `json:"uri"`
	URL     string `json:"url"`
	Path    string `json:"path"`
	Version *int64 `json:"delta_table_version"`
}

// input opens a dataset that a run read.
func (f Finder) input(ctx context.Context, name string, run store.Run, in store.Input) (*Data, error) {
	var p place
	if err := json.Unmarshal([]byte(in.Source), &p); err != nil {
		return nil, fmt.Errorf("%s: where dataset %s came from cannot be read", name, in.Name)
	}
	where := p.Path
	for _, other := range []string{p.URI, p.URL} {
		if where == "" {
			where = other
		}
	}
	source := drift.Source{Kind: "dataset", RunID: run.ID, DatasetName: in.Name, Digest: in.Digest}
	if rest, ok := strings.CutPrefix(where, "runs:/"); ok {
		d, err := f.artifact(ctx, name, rest)
		if err == nil {
			d.Source = source
		}
		return d, err
	}
	if u, err := url.Parse(where); err == nil && u.Scheme == "file" {
		where = u.Path
	}
	if where == "" || strings.Contains(where, "://") {
		return nil, fmt.Errorf("%s: %w: dataset %s is of the type %s%s", name, artifacts.ErrRemote, in.Name, in.SourceType, at(where))
	}
	if p.Version != nil {
		where = fmt.Sprintf("%s@v%d", where, *p.Version)
	}
	if !filepath.IsAbs(where) { // as it was for the script: beside the store most likely
		where = filepath.Join(filepath.Dir(f.Places(run).Store), where)
	}
	d, err := f.local(ctx, name, where)
	if err != nil {
		return nil, err
	}
	d.Source = source
	return d, nil
}

// at says where something is, if that is known.
func at(where string) string {
	if where == "" {
		return ""
	}
	if u, err := url.Parse(where); err == nil && u.User != nil {
		where = u.Redacted()
	}
	return ", at " + where
}

// model opens what NAME/VERSION was trained on: the dataset that its run read.
func (f Finder) model(ctx context.Context, name, rest string) (*Data, error) {
	model, wanted := path.Split(rest)
	model = strings.TrimSuffix(model, "/")
	if model == "" {
		if at := strings.LastIndexByte(rest, '@'); at > 0 {
			model, wanted = rest[:at], rest[at:]
		}
	}
	if model == "" || wanted == "" {
		return nil, fmt.Errorf("%s: name a version: models:/NAME/VERSION", name)
	}
	versions, err := f.Store.ModelVersions(ctx, model)
	if err != nil {
		return nil, err
	}
	v, ok := lineage.Named(versions, wanted)
	if !ok {
		return nil, fmt.Errorf("%s: version %s: %w", name, wanted, store.ErrNotFound)
	}
	line, err := lineage.Of(ctx, f.Store, v)
	if err != nil {
		return nil, err
	}
	if line.Run == nil {
		return nil, fmt.Errorf("%s: what it was trained on is not known: %s", name, line.NoRun)
	}
	in, err := chosen(line.Inputs, "")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	d, err := f.input(ctx, name, *line.Run, in)
	if err != nil {
		return nil, err
	}
	d.URI = fmt.Sprintf("models:/%s/%d", v.Name, v.Version)
	if m, err := line.MLmodel(ctx, f.Store, f.Places); err == nil { // without it, names tell the roles
		d.Model = &m
	}
	return d, nil
}
