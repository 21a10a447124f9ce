// Package previews shows each artifact of a run as what it is: a table, a tree, a
// picture, charts, a model. It draws nothing, executes nothing, and reads no more
// of a file than is asked for.
package previews

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"benchside/artifacts"
	"benchside/store"
)

var (
	// ErrAway: the artifacts are not where the store says they are.
	ErrAway = errors.New("moved, or on another machine")
	// ErrPath: a path that does not name something below the artifacts.
	ErrPath = errors.New("a path stays below the run's artifacts")
)

// Run is the artifacts of a run as one tree: the folder of its own and, as
// folders called by their names, those of the models of MLflow 3 that it wrote.
// It may be used by several goroutines at once.
type Run struct {
	ID     string
	places artifacts.Places
	root   *artifacts.Root // nil if only models have files
	models []Model         // sorted by folder

	mutex sync.Mutex
	open  map[string]*artifacts.Root // of models, by folder
}

// Model is a logged model that stands as a folder in a run's artifacts.
type Model struct {
	Folder string
	store.LoggedModel
}

// OpenRun finds the artifacts of a run; models are those that it is linked to.
// The error is artifacts.ErrNone if there are none, artifacts.ErrRemote or
// ErrAway if they are elsewhere; it says what to do.
func OpenRun(places artifacts.Places, run store.Run, models []store.LoggedModel) (*Run, error) {
	r := &Run{ID: run.ID, places: places, open: map[string]*artifacts.Root{}}
	root, err := places.Open(run.ArtifactURI)
	if err == nil {
		r.root = root
	}
	r.place(models)
	if err == nil || len(r.models) > 0 && errors.Is(err, artifacts.ErrNone) {
		return r, nil
	}
	if errors.Is(err, artifacts.ErrNone) && away(places, run.ArtifactURI) {
		err = fmt.Errorf("%w: %s is not on this machine; %s, DIR being where it is now",
			ErrAway, run.ArtifactURI, places.MovedHint(run.ArtifactURI, "DIR"))
	}
	if run.ID == "" { // a folder by itself
		return nil, err
	}
	return nil, fmt.Errorf("artifacts of run %s: %w", run.ID, err)
}

// away reports whether not even the folders around a missing one are there, up
// to the one that the store lies in as MLflow lays it out (mlruns/1/run/artifacts).
func away(places artifacts.Places, uri string) bool {
	folders, err := places.Folders(uri)
	if err != nil {
		return false
	}
	for _, folder := range folders {
		if folder, err = filepath.Abs(folder); err != nil {
			return false
		}
		for range 4 {
			folder = filepath.Dir(folder)
			if folder == filepath.Dir(folder) {
				break
			}
			if _, err := os.Stat(folder); err == nil {
				return false
			}
		}
	}
	return len(folders) > 0
}

// place gives each model that the run wrote a folder: its name, as MLflow's
// list_artifacts finds it, unless that is taken. Of several of a name the newest
// has it.
func (r *Run) place(models []store.LoggedModel) {
	wrote := slices.DeleteFunc(slices.Clone(models), func(m store.LoggedModel) bool { return !m.Output })
	slices.SortStableFunc(wrote, func(a, b store.LoggedModel) int { return cmp.Compare(b.Created.Millis(), a.Created.Millis()) })
	for _, m := range wrote {
		folder := m.Name
		if !single(folder) {
			folder = m.ID
		}
		if !single(folder) {
			continue // neither is a name
		}
		if r.taken(folder) {
			if folder = fmt.Sprintf("%s (%s)", folder, m.ID); !single(folder) || r.taken(folder) {
				continue
			}
		}
		r.models = append(r.models, Model{folder, m})
	}
	slices.SortFunc(r.models, func(a, b Model) int { return cmp.Compare(a.Folder, b.Folder) })
}

// single reports whether a name is one element of a path.
func single(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/\x00")
}

func (r *Run) taken(name string) bool {
	if _, ok := r.model(name); ok {
		return true
	}
	if r.root == nil {
		return false
	}
	_, err := r.root.Entry(name)
	return err == nil
}

func (r *Run) model(folder string) (Model, bool) {
	for _, m := range r.models {
		if m.Folder == folder {
			return m, true
		}
	}
	return Model{}, false
}

// Models are those that stand as folders at the top.
func (r *Run) Models() []Model { return slices.Clone(r.models) }

// Clean checks a path below the artifacts and brings it into its usual form; the
// top is "".
func Clean(name string) (string, error) {
	if strings.HasPrefix(name, "/") || strings.ContainsRune(name, 0) || slices.Contains(strings.Split(name, "/"), "..") {
		return "", fmt.Errorf("artifact %q: %w", name, ErrPath)
	}
	if name = path.Clean(name); name == "." {
		return "", nil
	}
	return name, nil
}

// find says which root a path lies below, and where in it.
func (r *Run) find(name string) (root *artifacts.Root, inner string, err error) {
	if name, err = Clean(name); err != nil {
		return nil, "", err
	}
	first, rest, _ := strings.Cut(name, "/")
	if m, ok := r.model(first); ok {
		root, err = r.modelRoot(m)
		return root, rest, err
	}
	if r.root == nil {
		return nil, "", fmt.Errorf("artifact %s: %w", name, fs.ErrNotExist)
	}
	return r.root, name, nil
}

// modelRoot opens the folder of a model when it is first looked into.
func (r *Run) modelRoot(m Model) (*artifacts.Root, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if root := r.open[m.Folder]; root != nil {
		return root, nil
	}
	root, err := r.places.Open(m.ArtifactLocation)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", m.Folder, err)
	}
	r.open[m.Folder] = root
	return root, nil
}

// Page returns at most so many entries of a folder, "" being the top, in the
// order of their names, from a place on.
func (r *Run) Page(ctx context.Context, folder string, from, most int) (artifacts.Page, error) {
	name, err := Clean(folder)
	if err != nil {
		return artifacts.Page{}, err
	}
	if name == "" {
		return r.top(ctx, max(from, 0), max(most, 0))
	}
	root, inner, err := r.find(name)
	if err != nil {
		return artifacts.Page{}, err
	}
	return root.Page(ctx, inner, from, most)
}

// top merges the models into a page of the run's own folder. That is read so many
// entries earlier and longer as there are models, so each has its place.
func (r *Run) top(ctx context.Context, from, most int) (artifacts.Page, error) {
	var own artifacts.Page
	more := len(r.models)
	first := max(from-more, 0)
	if r.root != nil {
		var err error
		if own, err = r.root.Page(ctx, "", first, most+more); err != nil {
			return artifacts.Page{}, err
		}
	}
	total := own.Total + more
	out := artifacts.Page{From: min(from, total), Total: total, Cut: own.Cut}
	before := 0 // models whose place is before what was read of the folder
	if first > 0 && len(own.Entries) > 0 {
		before, _ = slices.BinarySearchFunc(r.models, own.Entries[0].Name, func(m Model, name string) int { return cmp.Compare(m.Folder, name) })
	}
	merged := own.Entries
	for _, m := range r.models[before:] {
		merged = append(merged, artifacts.Entry{Name: m.Folder, Folder: true, Modified: m.Created.Time()})
	}
	slices.SortStableFunc(merged, func(a, b artifacts.Entry) int { return cmp.Compare(a.Name, b.Name) })
	if first > own.Total { // behind the end of the folder
		first = own.Total
	}
	skip := min(max(out.From-first-before, 0), len(merged))
	out.Entries = merged[skip:min(skip+most, len(merged))]
	return out, nil
}

// Entry looks at one path.
func (r *Run) Entry(name string) (artifacts.Entry, error) {
	clean, err := Clean(name)
	if err != nil {
		return artifacts.Entry{}, err
	}
	if m, ok := r.model(clean); ok || clean == "" {
		return artifacts.Entry{Name: clean, Folder: true, Modified: m.Created.Time()}, nil
	}
	root, inner, err := r.find(clean)
	if err != nil {
		return artifacts.Entry{}, err
	}
	return root.Entry(inner)
}

// OpenFile opens one file.
func (r *Run) OpenFile(name string) (*artifacts.File, error) {
	root, inner, err := r.find(name)
	if err != nil {
		return nil, err
	}
	if inner == "" {
		return nil, fmt.Errorf("open artifact %s: %w but a folder", cmp.Or(name, "."), artifacts.ErrNotFile)
	}
	return root.OpenFile(inner)
}

// Walk visits what lies under a folder, as artifacts.Root has it; models come
// last. A model whose files are elsewhere is visited as an empty folder.
func (r *Run) Walk(ctx context.Context, folder string, visit func(name string, e artifacts.Entry) error) (cut bool, err error) {
	name, err := Clean(folder)
	if err != nil {
		return false, err
	}
	if name != "" {
		return r.walk(ctx, name, visit)
	}
	if r.root != nil {
		if cut, err = r.root.Walk(ctx, "", visit); err != nil || cut {
			return cut, err
		}
	}
	for _, m := range r.models {
		err := visit(m.Folder, artifacts.Entry{Name: m.Folder, Folder: true, Modified: m.Created.Time()})
		if errors.Is(err, artifacts.ErrEnough) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if _, err := r.modelRoot(m); err != nil {
			continue
		}
		more, err := r.walk(ctx, m.Folder, visit)
		if cut = cut || more; err != nil {
			return cut, err
		}
	}
	return cut, nil
}

func (r *Run) walk(ctx context.Context, folder string, visit func(name string, e artifacts.Entry) error) (cut bool, err error) {
	root, inner, err := r.find(folder)
	if err != nil {
		return false, err
	}
	above := strings.TrimSuffix(folder, inner)
	return root.Walk(ctx, inner, func(name string, e artifacts.Entry) error { return visit(path.Join(above, name), e) })
}

// Du adds up what lies under a folder.
func (r *Run) Du(ctx context.Context, folder string) (artifacts.Usage, error) {
	var u artifacts.Usage
	cut, err := r.Walk(ctx, folder, func(_ string, e artifacts.Entry) error {
		u.Add(e)
		return nil
	})
	u.Cut = cut
	return u, err
}

// Close lets go of the folders.
func (r *Run) Close() error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var errs []error
	if r.root != nil {
		errs = append(errs, r.root.Close())
	}
	for _, root := range r.open {
		errs = append(errs, root.Close())
	}
	clear(r.open)
	return errors.Join(errs...)
}
