package artifacts

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// runIDs are what MLflow takes for one (mlflow/utils/validation.py).
var runIDs = regexp.MustCompile(`^[a-zA-Z0-9][\w\-]{0,255}$`)

// Make finds the folder of a run's artifacts to put something into it, and makes it
// where the folder of its experiment is, or that one's own. It refuses a URI that is
// not where MLflow puts the artifacts of the run: the store may be anybody's.
func (p Places) Make(uri, runID string) (*Root, error) {
	if !runIDs.MatchString(runID) || !strings.HasSuffix(strings.TrimRight(uri, "/"), "/"+runID+"/artifacts") {
		return nil, fmt.Errorf("put artifacts into %s: it does not end as the artifacts of run %s do", shown(uri), runID)
	}
	root, err := p.Open(uri)
	if !errors.Is(err, ErrNone) {
		return root, err
	}
	folders, err := p.Folders(uri)
	if err != nil {
		return nil, fmt.Errorf("put artifacts into %s: %w", shown(uri), err)
	}
	for _, above := range []int{2, 3} { // the folder of the experiment, and that of all
		for _, folder := range folders {
			known := folder
			for range above {
				known = filepath.Dir(known)
			}
			if info, err := os.Stat(known); err != nil || !info.IsDir() {
				continue
			}
			if err := os.MkdirAll(folder, 0o777); err != nil {
				return nil, fmt.Errorf("put artifacts into %s: %w", shown(uri), err)
			}
			return p.Open(uri)
		}
	}
	return nil, fmt.Errorf("put artifacts into %s: there is no folder of its experiment", shown(uri))
}

// Put is a file that was put below a root, in the place of the one that was there.
type Put struct {
	root        *Root
	name, spare string // spare is the file that was there, "" if there was none
}

// Put writes a file under another name and gives it its own once it is whole. What
// was there can be had back until Keep.
func (r *Root) Put(name string, content []byte) (*Put, error) {
	p, err := r.put(name, content)
	if err != nil {
		return nil, fmt.Errorf("put artifact %s: %w", name, bare(err))
	}
	return p, nil
}

func (r *Root) put(name string, content []byte) (*Put, error) {
	folder := path.Dir(name)
	if err := r.root.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	hidden := func(what string) string { return path.Join(folder, ".benchside-"+what+"-"+rand.Text()[:12]) }
	fresh := hidden("new")
	if err := r.write(fresh, content); err != nil {
		return nil, errors.Join(err, r.drop(fresh))
	}
	p := &Put{root: r, name: name}
	switch info, err := r.root.Lstat(name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, errors.Join(err, r.drop(fresh))
	case !info.Mode().IsRegular():
		return nil, errors.Join(regular(info), r.drop(fresh))
	default:
		spare := hidden("old")
		if err := r.root.Link(name, spare); err != nil {
			return nil, errors.Join(err, r.drop(fresh))
		}
		p.spare = spare
	}
	if err := r.root.Rename(fresh, name); err != nil {
		return nil, errors.Join(err, r.drop(fresh), p.Keep())
	}
	return p, nil
}

func (r *Root) write(name string, content []byte) error {
	f, err := r.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// drop removes a file that may not be there.
func (r *Root) drop(name string) error {
	if err := r.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Keep lets go of what was there before.
func (p *Put) Keep() error {
	if p.spare == "" {
		return nil
	}
	return p.root.drop(p.spare)
}

// Undo puts back what was there before.
func (p *Put) Undo() error {
	if p.spare == "" {
		return p.root.drop(p.name)
	}
	return p.root.root.Rename(p.spare, p.name)
}
