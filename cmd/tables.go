package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"benchside/store"
	"benchside/views"
)

// stateDir is where programs keep what they come back to: XDG_STATE_HOME, or what it is
// without that.
func stateDir() (string, error) {
	if folder := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(folder) {
		return folder, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state"), nil
}

// stateIn is keptIn for a file of the state.
func stateIn[V any](name string) *kept[V] {
	k := &kept[V]{held: map[string]V{}}
	folder, err := stateDir()
	if err != nil {
		return k
	}
	k.path = filepath.Join(folder, "benchside", name)
	if held, err := k.read(); err == nil {
		k.held = held
	}
	return k
}

// runTables keeps how tables of runs are set up: views with names in views.toml of the
// configuration, and how a table was left in the state, for each store by itself.
type runTables struct {
	left  *kept[map[string]views.Left]
	store string
}

func keptTables(store string) runTables {
	return runTables{stateIn[map[string]views.Left]("tables.json"), store}
}

// viewsPath is where the views with names are, or would be.
func viewsPath() (string, error) {
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", errors.New("there is no folder for configuration: set XDG_CONFIG_HOME or HOME")
	}
	return filepath.Join(folder, "benchside", "views.toml"), nil
}

// readViews reads the file of views as it is; it is empty where there is none.
func readViews() (path, content string, err error) {
	if path, err = viewsPath(); err != nil {
		return "", "", err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, "", nil
	case err != nil:
		return path, "", fmt.Errorf("read the views: %w", err)
	case !info.Mode().IsRegular() || info.Size() > views.MostBytes:
		return path, "", fmt.Errorf("read the views: %s: no file of up to %d bytes", path, views.MostBytes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return path, "", fmt.Errorf("read the views: %w", err)
	}
	return path, string(text), nil
}

// Views implements view.Tables.
func (t runTables) Views() (views.File, error) {
	path, content, err := readViews()
	if err != nil {
		return nil, err
	}
	return views.Parse(path, content)
}

// Keep implements view.Tables. A file that cannot be read is not written over.
func (t runTables) Keep(name string, v *views.View) error {
	path, content, err := readViews()
	if err != nil {
		return err
	}
	file, err := views.Parse(path, content)
	if err != nil {
		return err
	}
	if _, there := file[name]; v == nil && !there {
		return fmt.Errorf("no view is called %s", name)
	}
	if content, err = views.Put(content, name, v); err != nil {
		return err
	}
	file, err = views.Parse(path, content)
	if _, there := file[name]; err != nil || there != (v != nil) {
		return fmt.Errorf("%s is written in a way that is not understood: change it there", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return writeNew(path, content)
}

// Left implements view.Tables.
func (t runTables) Left(scope string) (views.Left, bool) {
	left, ok := t.left.all()[t.store][scope]
	return left, ok
}

// The scopes of a store whose tables are kept: the limit is of the file.
const mostScopes = 200

// Leave implements view.Tables.
func (t runTables) Leave(scope string, l views.Left) error {
	if n := len(l.View.Columns); n > views.MostColumns {
		return fmt.Errorf("%d columns; at most %d are kept", n, views.MostColumns)
	}
	return t.left.change(func(held map[string]map[string]views.Left) {
		of := map[string]views.Left{}
		for key, was := range held[t.store] {
			if len(of) < mostScopes-1 {
				of[key] = was
			}
		}
		of[scope] = l
		held[t.store] = of
	})
}

// looks keeps when the user looked last at what became of runs, for each store by itself.
type looks struct {
	*kept[int64]
	store string
}

func keptLooks(store string) looks { return looks{stateIn[int64]("looks.json"), store} }

// Last implements view.Looks.
func (l looks) Last() (store.Time, bool) {
	ms, ok := l.all()[l.store]
	return store.At(ms), ok
}

// Look implements view.Looks.
func (l looks) Look(at store.Time) error {
	return l.change(func(held map[string]int64) { held[l.store] = at.Millis() })
}
