package mlruns

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"benchside/store"
)

// Store is an open folder of MLflow's file store. It is safe for concurrent use.
type Store struct {
	dir string // absolute
	uri string

	scanning sync.Mutex // held for a scan; guards what follows
	root     *os.Root
	last     *index

	seriesMu sync.Mutex
	known    map[string]series // by path

	poll time.Duration // between looks at what cannot be watched
}

var _ store.Store = (*Store)(nil)

// Open opens a folder of MLflow's file store, or the folder mlruns in a folder.
// The URI is what About says; empty for the folder's own.
func Open(ctx context.Context, dir, uri string) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	if !isStore(abs) && isStore(filepath.Join(abs, "mlruns")) {
		abs = filepath.Join(abs, "mlruns")
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	if !isStore(abs) {
		return nil, errors.Join(fmt.Errorf("open %s: %w: neither an mlflow.db nor an experiment with a meta.yaml is in it", dir, store.ErrNotStore), root.Close())
	}
	if uri == "" {
		uri = "file://" + filepath.ToSlash(abs)
	}
	return &Store{dir: abs, uri: uri, root: root, known: map[string]series{}, poll: poll}, ctx.Err()
}

// isStore reports whether a folder holds an experiment, as MLflow looks for one.
func isStore(dir string) bool {
	found, err := filepath.Glob(filepath.Join(escape(dir), "*", metaFile))
	if err != nil {
		return false
	}
	deleted, err := filepath.Glob(filepath.Join(escape(dir), trash, "*", metaFile))
	return err == nil && len(found)+len(deleted) > 0
}

// escape keeps a path from being a pattern.
func escape(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.scanning.Lock()
	defer s.scanning.Unlock()
	return s.root.Close()
}

// Quiet implements store.Quieter. Files are read without locks, so that a
// program that stops holds nothing.
func (s *Store) Quiet(ctx context.Context) (func(), error) { return func() {}, ctx.Err() }

// About implements store.Describer.
func (s *Store) About(ctx context.Context) (store.About, error) {
	x, err := s.index(ctx)
	if err != nil {
		return store.About{}, err
	}
	about := store.About{
		URI: s.uri, Path: s.dir, Kind: "mlruns",
		Experiments: len(x.experiments), Runs: len(x.runs), Points: -1,
		Why: "MLflow's file store is read-only here; MLflow itself retired it: mlflow migrate-filestore",
	}
	bytes, all := size(ctx, x.root)
	about.Bytes = bytes
	if !all {
		about.Notes = append(about.Notes, "the size is of a part of the files only: there are very many")
	}
	if n := len(x.problems); n > 0 {
		about.Notes = append(about.Notes, fmt.Sprintf("%d folders could not be read and are left out; the first: %s", n, x.problems[0]))
	}
	return about, ctx.Err()
}

// size adds up what MLflow tracks, without artifacts, as far as that goes in
// sizeTime.
func size(ctx context.Context, root *os.Root) (bytes int64, all bool) {
	const sizeTime = 200 * time.Millisecond
	until := time.Now().Add(sizeTime)
	errLate := errors.New("late")
	err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // gone since its folder was listed
		case time.Now().After(until) || ctx.Err() != nil:
			return errLate
		case d.IsDir() && path.Base(name) == "artifacts":
			return fs.SkipDir
		case d.Type().IsRegular():
			if info, err := d.Info(); err == nil {
				bytes += info.Size()
			}
		}
		return nil
	})
	return bytes, err == nil
}
