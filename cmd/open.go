package cmd

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"benchside/store"
	"benchside/store/sqlite"
)

// open opens the store that was named, or the one that MLflow would use here.
func (s *session) open(ctx context.Context) (store.Store, error) {
	if s.store == "" {
		found, err := find()
		if err != nil {
			return nil, err
		}
		s.store = found
	}
	path, err := local(s.store)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		db := filepath.Join(path, "mlflow.db")
		if _, err := os.Stat(db); err != nil {
			return nil, fmt.Errorf("open %s: a folder without mlflow.db; folders of MLflow's file store (mlruns) cannot be opened yet: %w", path, store.ErrNotStore)
		}
		path = db
	}
	return sqlite.Open(ctx, path, sqlite.Options{URI: s.store, ReadOnly: s.readOnly})
}

// find looks where MLflow keeps its store.
func find() (string, error) {
	if uri := os.Getenv("MLFLOW_TRACKING_URI"); uri != "" {
		return uri, nil
	}
	for _, name := range []string{"mlflow.db", "mlruns"} {
		if _, err := os.Stat(name); err == nil {
			return name, nil
		}
	}
	return "", fmt.Errorf("no store here: MLFLOW_TRACKING_URI is not set, and there is no ./mlflow.db and no ./mlruns; name one with --store, or try benchside demo")
}

// local turns a URI as MLflow spells it into a path.
func local(uri string) (string, error) {
	scheme, _, ok := strings.Cut(uri, "://")
	if !ok {
		return strings.TrimPrefix(uri, "file:"), nil
	}
	switch {
	case scheme == "sqlite":
		path := strings.TrimPrefix(uri, "sqlite://")
		if !strings.HasPrefix(path, "/") || len(path) == 1 {
			return "", usage("%s: an SQLite URI is sqlite:///relative/path or sqlite:////absolute/path", uri)
		}
		path, _, _ = strings.Cut(path[1:], "?")
		return path, nil
	case scheme == "file":
		u, err := url.Parse(uri)
		if err != nil {
			return "", usage("%s: %w", uri, err)
		}
		return u.Path, nil
	}
	return "", fmt.Errorf("open %s: benchside opens stores on this machine (a path, a folder, sqlite:///…), not %s servers", uri, scheme)
}
