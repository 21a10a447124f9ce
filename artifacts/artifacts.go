// Package artifacts finds and lists what a run logged as files. It never leaves
// a run's artifact root and decodes nothing.
package artifacts

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Root is the folder of one run's artifacts.
type Root struct{ root *os.Root }

// Entry is a file or a folder.
type Entry struct {
	Name   string
	Folder bool
	Bytes  int64 // of a file
}

// ErrRemote: the artifacts are where benchside cannot read.
var ErrRemote = errors.New("not on this machine")

// ErrNone: there is no such folder; MLflow makes it with the first artifact.
var ErrNone = errors.New("no artifacts were logged")

// Open finds the folder of an artifact URI. The store is the path of its
// database or folder: relative and served locations are looked for beside it,
// as is one whose store was moved since (the part from /mlruns/ on).
func Open(storePath, uri string) (*Root, error) {
	base := storePath
	if info, err := os.Stat(storePath); err == nil && !info.IsDir() {
		base = filepath.Dir(storePath)
	}
	places, err := places(base, uri)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		root, err := os.OpenRoot(p)
		if err == nil {
			return &Root{root}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("open artifacts %s: %w", uri, err)
		}
	}
	return nil, fmt.Errorf("open artifacts %s: %w", uri, ErrNone)
}

// places lists the folders where the artifacts of a URI may be.
func places(base, uri string) ([]string, error) {
	if strings.ContainsRune(uri, 0) || uri == "" {
		return nil, fmt.Errorf("open artifacts %q: %w", uri, ErrNone)
	}
	scheme, rest, found := strings.Cut(uri, ":")
	path := uri
	switch {
	case !found || strings.ContainsAny(scheme, "/."):
	case scheme == "file":
		u, err := url.Parse(uri)
		if err != nil {
			return nil, fmt.Errorf("open artifacts %s: %w", uri, err)
		}
		path = u.Path
	case scheme == "mlflow-artifacts":
		rest = strings.TrimPrefix(rest, "//")
		if strings.HasPrefix(uri, scheme+"://") {
			if _, after, ok := strings.Cut(rest, "/"); ok {
				rest = after // behind the host
			}
		}
		if !filepath.IsLocal(strings.TrimPrefix(rest, "/")) {
			return nil, fmt.Errorf("open artifacts %s: %w", uri, ErrNone)
		}
		return []string{filepath.Join(base, "mlartifacts", rest)}, nil
	default:
		return nil, fmt.Errorf("open artifacts %s: %w", uri, ErrRemote)
	}
	if !filepath.IsAbs(path) {
		if !filepath.IsLocal(path) {
			return nil, fmt.Errorf("open artifacts %s: %w", uri, ErrNone)
		}
		return []string{filepath.Join(base, path)}, nil
	}
	out := []string{path}
	if _, after, ok := strings.Cut(path, "/mlruns/"); ok && filepath.IsLocal(after) {
		out = append(out, filepath.Join(base, "mlruns", after), filepath.Join(base, after))
	}
	return out, nil
}

// Close lets go of the folder.
func (r *Root) Close() error { return r.root.Close() }

// FS returns the artifacts as a file system that cannot be left.
func (r *Root) FS() fs.FS { return r.root.FS() }

// mostEntries bounds what is listed of one folder.
const mostEntries = 10_000

// uploading begins the names of files that MLflow is still writing.
const uploading = ".artifact.uploading."

// List returns the entries of one folder by name, "" being the root; cut says
// that there are more than are listed.
func (r *Root) List(folder string) (entries []Entry, cut bool, err error) {
	if folder == "" {
		folder = "."
	}
	f, err := r.root.Open(folder)
	if err != nil {
		return nil, false, fmt.Errorf("list artifacts: %w", err)
	}
	defer f.Close()
	found, err := f.ReadDir(mostEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fmt.Errorf("list artifacts: %w", err)
	}
	cut = len(found) > mostEntries
	for _, d := range found[:min(len(found), mostEntries)] {
		if strings.HasPrefix(d.Name(), uploading) {
			continue
		}
		e := Entry{Name: d.Name(), Folder: d.IsDir()}
		if info, err := d.Info(); err == nil && !e.Folder {
			e.Bytes = info.Size()
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	return entries, cut, nil
}
