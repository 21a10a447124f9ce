package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// ErrKept: files that are not removed, since they do not lie where MLflow puts
// those of a run or a model, or not below the folder that files may be removed from.
var ErrKept = errors.New("the files are kept")

// Of what MLflow names itself. Nothing else is removed, whatever a store says.
var (
	runID   = regexp.MustCompile(`^[0-9a-f]{32}$`)
	modelID = regexp.MustCompile(`^m-[0-9a-f]{32}$`)
)

// Removal names the files of one run or logged model that was removed from its
// store.
type Removal struct {
	// Within is the folder below which files may be removed.
	Within string
	// Location is the artifact location of the experiment, URI that of the run or
	// the model, ID its id: URI is Location/ID/artifacts, or Location/models/ID/artifacts.
	Location, URI, ID string
}

// folder returns the folder of the files below Within, as a path there. It is
// ErrNone where there is none.
func (p Places) folder(r Removal) (rel string, err error) {
	location := strings.TrimRight(r.Location, "/")
	switch {
	case runID.MatchString(r.ID) && r.URI == location+"/"+r.ID+"/artifacts":
	case modelID.MatchString(r.ID) && r.URI == ModelURI(location, r.ID):
	default:
		return "", fmt.Errorf("%w: %s is not where MLflow puts them", ErrKept, shown(r.URI))
	}
	within, err := filepath.EvalSymlinks(r.Within)
	if err == nil {
		within, err = filepath.Abs(within)
	}
	if err != nil {
		return "", err
	}
	folders, err := p.Folders(r.URI)
	if err != nil {
		return "", err
	}
	for _, folder := range folders {
		folder, err := filepath.Abs(folder)
		if err != nil {
			return "", err
		}
		if info, err := os.Lstat(folder); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return "", err
		} else if !info.IsDir() {
			return "", fmt.Errorf("%w: %s is no folder", ErrKept, folder)
		}
		// Only what is above the run's folder may lead elsewhere.
		above, err := filepath.EvalSymlinks(filepath.Dir(filepath.Dir(folder)))
		if err != nil {
			return "", err
		}
		rel, err := filepath.Rel(within, filepath.Join(above, r.ID, "artifacts"))
		if err != nil || !filepath.IsLocal(rel) {
			return "", fmt.Errorf("%w: %s is outside %s", ErrKept, folder, within)
		}
		return rel, nil
	}
	return "", ErrNone
}

// Measure adds up what Remove would remove.
func (p Places) Measure(ctx context.Context, r Removal) (Usage, error) {
	rel, root, err := p.openWithin(r)
	if err != nil {
		return Usage{}, err
	}
	defer root.Close()
	in, err := root.OpenRoot(rel)
	if err != nil {
		return Usage{}, fmt.Errorf("measure %s: %w", rel, err)
	}
	files := &Root{in}
	defer files.Close()
	return files.Du(ctx, "")
}

// Remove removes the files of a run or a model, and its own folder if nothing else
// is in it. No link is followed.
func (p Places) Remove(r Removal) error {
	rel, root, err := p.openWithin(r)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.RemoveAll(rel); err != nil {
		return fmt.Errorf("remove %s: %w", rel, err)
	}
	// MLflow made the folder for the files alone. It stays if something else is in it.
	if err := root.Remove(filepath.Dir(rel)); err != nil && !errors.Is(err, syscall.ENOTEMPTY) {
		return fmt.Errorf("remove %s: %w", filepath.Dir(rel), err)
	}
	return nil
}

// openWithin opens the folder that files may be removed from, and refuses a path
// below it that goes through a link.
func (p Places) openWithin(r Removal) (rel string, root *os.Root, err error) {
	if rel, err = p.folder(r); err != nil {
		return "", nil, err
	}
	if root, err = os.OpenRoot(r.Within); err != nil {
		return "", nil, err
	}
	for at := rel; at != "."; at = filepath.Dir(at) {
		info, err := root.Lstat(at)
		if err == nil && info.Mode()&fs.ModeSymlink != 0 {
			err = fmt.Errorf("%w: %s is a link", ErrKept, at)
		}
		if err != nil {
			return "", nil, errors.Join(err, root.Close())
		}
	}
	return rel, root, nil
}

// Orphans names the folders of runs below an experiment's location that known does
// not know, with their files as Removals. It is empty where the location is not on
// this machine.
func (p Places) Orphans(ctx context.Context, within, location string, known func(id string) bool) ([]Removal, error) {
	root, err := p.Open(location)
	if errors.Is(err, ErrNone) || errors.Is(err, ErrRemote) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	page, err := root.Page(ctx, "", 0, mostNames)
	if err != nil {
		return nil, err
	}
	var out []Removal
	for _, e := range page.Entries {
		if e.Folder && runID.MatchString(e.Name) && !known(e.Name) {
			out = append(out, Removal{
				Within: within, Location: location, ID: e.Name, URI: strings.TrimRight(location, "/") + "/" + e.Name + "/artifacts",
			})
		}
	}
	return out, nil
}
