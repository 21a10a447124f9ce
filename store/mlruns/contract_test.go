package mlruns

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"benchside/store"
	"benchside/store/storetest"
)

func TestContract(t *testing.T) {
	for name, packed := range map[string]string{
		"3.17.2": "../../testdata/filestore.tar.gz",
		"2.22.2": "../../testdata/old/2.22.2/mlruns.tar.gz",
		"2.9.2":  "../../testdata/old/2.9.2/mlruns.tar.gz",
		"1.30.1": "../../testdata/old/1.30.1/mlruns.tar.gz",
	} {
		t.Run(name, func(t *testing.T) {
			facts := storetest.Load(t, "../../testdata/facts/mlruns-"+name+".json.gz")
			if name == "1.30.1" {
				// It moved an experiment to the trash and left its meta.yaml as it
				// was. The client finds it among the deleted and calls it active.
				facts.Experiments[0].Stage = store.Deleted
			}
			storetest.Test(t, opened(t, unpacked(t, packed)), facts)
		})
	}
}

func opened(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// unpacked returns the folder mlruns of an archive.
func unpacked(t testing.TB, name string) string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.FromSlash(header.Name))
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		write(t, to, string(content))
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", "mlruns"))
	if direct := filepath.Join(dir, "mlruns"); err == nil && len(found) == 0 {
		return direct
	}
	return found[0]
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		t.Fatal(err)
	}
}
