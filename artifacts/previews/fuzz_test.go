package previews

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"benchside/artifacts"
	"benchside/artifacts/pages"
	"benchside/store"
)

// FuzzOpen opens any bytes under any name: there is always something to show, and
// nothing of it moves a cursor.
func FuzzOpen(f *testing.F) {
	seeds, err := filepath.Glob("../../testdata/lab/mlruns/4/*/artifacts/*/*.*")
	if err != nil {
		f.Fatal(err)
	}
	const biggest = 4096 // of a seed, so that much is tried
	for _, path := range seeds {
		if content, err := os.ReadFile(path); err == nil && len(content) <= biggest {
			f.Add(filepath.Base(path), content)
		}
	}
	f.Add("a.csv", []byte("a,b\n1,\x1b[2J\n"))
	f.Add("a.json", []byte(`{"columns":["a"],"data":[["\u001b[2J"]]}`))
	f.Add("a.json", []byte(`{"data":[{"type":"scatter","y":[1,2]}],"layout":{}}`))
	f.Add("MLmodel", []byte("flavors:\n  sklearn:\n    a: \"\\e[2J\"\nmlflow_version: 3\n"))
	f.Add("a.txt", []byte("\xff\xfea\x00\x1b\x00"))
	f.Add("a.csv.gz", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03KT\xd2I\x02\x00\x00\x00\xff\xff"))
	dir := f.TempDir()
	run, err := OpenRun(artifacts.Places{}, store.Run{ArtifactURI: dir}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { run.Close() })
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		name = filepath.Base(name)
		if !single(name) || os.WriteFile(filepath.Join(dir, name), content, 0o600) != nil {
			t.Skip("no name of a file")
		}
		defer os.Remove(filepath.Join(dir, name))
		p, err := Open(t.Context(), run, name)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if page, ok := p.Body.(*Page); ok {
			if _, err := page.Lines(t.Context(), 40, pages.NoTTY); err != nil {
				t.Errorf("lines: %v", err)
			}
		}
		for _, words := range append([]string{p.Line()}, p.Notes...) {
			if strings.ContainsFunc(words, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("unsafe: %q", words)
			}
		}
		facts, err := p.Facts(t.Context())
		if err != nil {
			return // damaged behind its beginning
		}
		if _, err := json.Marshal(facts); err != nil {
			t.Error(err)
		}
	})
}
