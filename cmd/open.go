package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"benchside/store"
	"benchside/store/joined"
	"benchside/store/mlruns"
	"benchside/store/sqlite"
)

const trackingURI = "MLFLOW_TRACKING_URI"

// open opens the stores that were named, or the one that MLflow would use here.
// It is the only place that knows the backends.
func (s *session) open(ctx context.Context) (store.Store, error) {
	from := ""
	if len(s.stores) == 0 {
		uri, where, err := find()
		if err != nil {
			return nil, err
		}
		s.stores, from = []string{uri}, where
	}
	if len(s.stores) > 1 {
		return s.join(ctx)
	}
	st, err := openAt(ctx, s.stores[0], s.readOnly, s.writes)
	if err != nil && from != "" {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return st, err
}

// mostStores bounds the stores that are open together.
const mostStores = 9

// join opens several stores as one.
func (s *session) join(ctx context.Context) (_ store.Store, err error) {
	if len(s.stores) > mostStores {
		return nil, usage("--store: at most %d stores, not %d", mostStores, len(s.stores))
	}
	var members []joined.Member
	defer func() {
		if err != nil {
			err = errors.Join(err, joined.New(members...).Close())
		}
	}()
	labels := labelsOf(s.stores)
	var seen []os.FileInfo
	for i, uri := range s.stores {
		st, err := openAt(ctx, uri, s.readOnly, s.writes)
		if err != nil {
			return nil, err
		}
		members = append(members, joined.Member{Store: st, Label: labels[i]})
		about, err := st.About(ctx)
		if err != nil {
			return nil, err
		}
		members[i].Path = about.Path
		info, err := os.Stat(about.Path)
		if err != nil {
			return nil, fmt.Errorf("open %w", err)
		}
		if slices.ContainsFunc(seen, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
			return nil, usage("--store %s: this store is named twice", uri)
		}
		seen = append(seen, info)
	}
	return joined.New(members...), nil
}

// labelsOf are short names that tell stores apart: the last parts of their
// paths, as many as that takes.
func labelsOf(uris []string) []string {
	for parts := 1; ; parts++ {
		labels, longest := make([]string, len(uris)), 0
		for i, uri := range uris {
			names := strings.Split(strings.Trim(filepath.ToSlash(uri), "/"), "/")
			longest = max(longest, len(names))
			labels[i] = strings.Join(names[max(len(names)-parts, 0):], "/")
		}
		if parts >= longest || len(slices.Compact(slices.Sorted(slices.Values(labels)))) == len(labels) {
			return labels
		}
	}
}

func openAt(ctx context.Context, uri string, readOnly, writes bool) (store.Store, error) {
	path, err := local(uri)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("open %s: there is no such file or folder", path)
	case err != nil:
		return nil, fmt.Errorf("open %w", err)
	case !info.IsDir():
		return sqlite.Open(ctx, path, sqlite.Options{URI: uri, ReadOnly: readOnly, Recover: writes})
	}
	db := filepath.Join(path, "mlflow.db")
	if _, err := os.Stat(db); err == nil {
		return sqlite.Open(ctx, db, sqlite.Options{URI: uri, ReadOnly: readOnly, Recover: writes})
	}
	return mlruns.Open(ctx, path, fileURI(uri))
}

// fileURI is the URI of a folder if it was named by one, and empty for a path.
func fileURI(uri string) string {
	if strings.HasPrefix(uri, "file:") {
		return uri
	}
	return ""
}

// find looks where MLflow keeps its store. It says from where the name is if
// the user did not choose it here.
func find() (uri, from string, err error) {
	if uri := os.Getenv(trackingURI); uri != "" {
		return uri, trackingURI, nil
	}
	for _, name := range []string{"mlflow.db", "mlruns"} {
		if _, err := os.Stat(name); err == nil {
			return name, "", nil
		}
	}
	return "", "", errors.New("no store: looked for " + trackingURI + ", which is not set, ./mlflow.db and ./mlruns; " +
		"name one with --store, or see benchside demo")
}

// local turns a URI as MLflow spells it into a path.
func local(uri string) (string, error) {
	if uri == "databricks" {
		return "", errServer(uri)
	}
	scheme, rest, ok := strings.Cut(uri, ":")
	if !ok || strings.ContainsAny(scheme, `/.\`) {
		return uri, nil
	}
	dialect, _, _ := strings.Cut(strings.ToLower(scheme), "+") // sqlite+pysqlite
	switch {
	case dialect == "sqlite":
		// Three slashes and a path, relative unless it has a fourth.
		path, ok := strings.CutPrefix(rest, "///")
		path, _, _ = strings.Cut(path, "?")
		if !ok || path == "" || path == ":memory:" {
			return "", fmt.Errorf("open %s: an SQLite store is sqlite:///relative/path or sqlite:////absolute/path", uri)
		}
		return path, nil
	case dialect == "file":
		u, err := url.Parse(uri)
		if err != nil || u.Host != "" && u.Host != "localhost" {
			return "", fmt.Errorf("open %s: a file store here is file:///absolute/path", uri)
		}
		if u.Opaque != "" {
			return url.PathUnescape(u.Opaque) // file:./mlruns
		}
		return u.Path, nil
	case !strings.HasPrefix(rest, "//") && dialect != "databricks":
		return uri, nil // a file may have a colon in its name
	}
	return "", errServer(uri)
}

func errServer(uri string) error {
	return fmt.Errorf("open %s: benchside opens stores on this machine: mlflow.db, sqlite:///…, or a folder; it is no client of servers",
		withoutPassword(uri))
}

// withoutPassword is the URI for a message, which others may read.
func withoutPassword(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		scheme, _, _ := strings.Cut(uri, ":")
		return scheme + "://…"
	}
	return u.Redacted()
}
