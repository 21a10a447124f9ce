package artifacts

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWhereArtifactsAre(t *testing.T) {
	base := t.TempDir()
	db := filepath.Join(base, "mlflow.db")
	write(t, db)
	write(t, filepath.Join(base, "mlruns/1/r/artifacts/a.txt"))
	write(t, filepath.Join(base, "mlartifacts/1/r/artifacts/a.txt"))
	for name, uri := range map[string]string{
		"relative to the store":    "mlruns/1/r/artifacts",
		"absolute":                 filepath.Join(base, "mlruns/1/r/artifacts"),
		"a file URI":               "file://" + filepath.Join(base, "mlruns/1/r/artifacts"),
		"of a store that moved":    "/elsewhere/mlruns/1/r/artifacts",
		"served":                   "mlflow-artifacts:/1/r/artifacts",
		"served, with a host name": "mlflow-artifacts://host:5000/1/r/artifacts",
	} {
		root, err := Open(db, uri)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, _, err := root.List("")
		if want := []Entry{{Name: "a.txt", Bytes: 5}}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v; want %v", name, got, err, want)
		}
		root.Close()
	}
	for name, c := range map[string]struct {
		uri  string
		kind error
	}{
		"remote":            {"s3://bucket/1/r/artifacts", ErrRemote},
		"not there":         {"mlruns/9/r/artifacts", ErrNone},
		"out of the folder": {"../../etc", ErrNone},
		"served, out":       {"mlflow-artifacts:/../../etc", ErrNone},
		"empty":             {"", ErrNone},
	} {
		if _, err := Open(db, c.uri); !errors.Is(err, c.kind) {
			t.Errorf("%s: got %v, want %v", name, err, c.kind)
		}
	}
}

func TestARootCannotBeLeft(t *testing.T) {
	base := t.TempDir()
	write(t, filepath.Join(base, "secret/s.txt"))
	write(t, filepath.Join(base, "mlruns/a.txt"))
	if err := os.Symlink(filepath.Join(base, "secret"), filepath.Join(base, "mlruns/out")); err != nil {
		t.Fatal(err)
	}
	root, err := Open(base, "mlruns")
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, folder := range []string{"out", "../secret", "/etc"} {
		if got, _, err := root.List(folder); err == nil {
			t.Errorf("listing %s: got %v, want an error", folder, got)
		}
	}
}
