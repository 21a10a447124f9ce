package demo

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/sqlite"
)

// expected is what demo/make noted about the store.
type expected struct {
	Experiments map[string]string
	Sweep       string `json:"sweep_parent"`
	Images      string
	Tables      string
	Snapshots   string
	Reference   string
	Proxied     string
	Months      []string
	Counts      map[string]int
	Status      map[store.Status]int
}

func expectations(t *testing.T) expected {
	t.Helper()
	content, err := os.ReadFile("../testdata/lab/expect.json")
	if err != nil {
		t.Fatal(err)
	}
	var e expected
	if err := json.Unmarshal(content, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTheArchiveHoldsTheStoreThatTheTestsKnow(t *testing.T) {
	dir := t.TempDir()
	if err := Unpack(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	e := expectations(t)
	if e.Sweep != Sweep {
		t.Errorf("Sweep is %s, want %s", Sweep, e.Sweep)
	}
	got, err := os.ReadFile(filepath.Join(dir, Database))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../testdata/lab/mlflow.db")
	if err != nil {
		t.Fatal(err)
	}
	if sha256.Sum256(got) != sha256.Sum256(want) {
		t.Error("its database is not testdata/lab/mlflow.db")
	}
	files := []string{
		"mlruns/4/" + e.Images + "/artifacts/static/last.png",
		"mlruns/4/" + e.Tables + "/artifacts/report.md",
		"mlruns/4/" + e.Tables + "/artifacts/odd names/ spaces & 100% — عربى.txt",
		"mlruns/4/" + e.Snapshots + "/artifacts/snapshots/features.parquet",
		"mlruns/5/" + e.Reference + "/artifacts/data/reference.csv",
		"mlartifacts/10/" + e.Proxied + "/artifacts/served.json",
	}
	for _, month := range e.Months {
		files = append(files, "mlruns/5/"+month+"/artifacts/monitoring/summary.json")
	}
	for _, name := range files {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, want a file with content", name, err)
		}
	}
}

func TestTheDemoStoreHoldsWhatItsMakerCounted(t *testing.T) {
	dir := t.TempDir()
	if err := Unpack(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, Database), sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	e := expectations(t)
	experiments, err := db.Experiments(t.Context(), store.ExperimentQuery{Stage: store.AnyStage})
	if err != nil {
		t.Fatal(err)
	}
	if len(experiments) != e.Counts["experiments"] {
		t.Errorf("%d experiments, want %d", len(experiments), e.Counts["experiments"])
	}
	for _, x := range experiments {
		if id, known := e.Experiments[x.Name]; x.ID != "0" && (!known || id != x.ID) {
			t.Errorf("experiment %q has id %s, want %s", x.Name, x.ID, id)
		}
	}
	runs, err := db.Runs(t.Context(), store.RunQuery{Stage: store.AnyStage})
	if err != nil {
		t.Fatal(err)
	}
	got, statuses := map[string]int{"runs": len(runs)}, map[store.Status]int{}
	for _, r := range runs {
		got["params"] += len(r.Params)
		got["tags"] += len(r.Tags)
		got["latest_metrics"] += len(r.Metrics)
		statuses[r.Status]++
	}
	for what, n := range got {
		if n != e.Counts[what] {
			t.Errorf("%d %s, want %d", n, what, e.Counts[what])
		}
	}
	if !maps.Equal(statuses, e.Status) {
		t.Errorf("runs by status: %v, want %v", statuses, e.Status)
	}
}

func TestWhatIsUnpackedIsForThisUserOnly(t *testing.T) {
	dir := t.TempDir()
	if err := Unpack(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// packed returns an archive with one file of that name and mode.
func packed(t *testing.T, name string, mode fs.FileMode) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	header := &zip.FileHeader{Name: name, Method: zip.Store}
	header.SetMode(mode)
	file, err := w.CreateHeader(header)
	if err == nil {
		_, err = file.Write([]byte("content"))
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestANameThatLeavesTheFolderIsRefused(t *testing.T) {
	cases := map[string]struct {
		name string
		mode fs.FileMode
	}{
		"a parent":             {"../evil", 0o600},
		"a parent further on":  {"mlruns/../../evil", 0o600},
		"an absolute path":     {"/evil", 0o600},
		"a backslash parent":   {`..\evil`, 0o600 | fs.ModeDir},
		"an empty element":     {"mlruns//evil", 0o600},
		"a link":               {"link", fs.ModeSymlink | 0o777},
		"a device":             {"device", fs.ModeDevice | 0o600},
		"the folder by itself": {".", 0o600},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			dir := filepath.Join(top, "store")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := unpack(t.Context(), packed(t, c.name, c.mode), dir); err == nil {
				t.Errorf("%q was unpacked", c.name)
			}
			left, _ := filepath.Glob(filepath.Join(top, "*"))
			inside, _ := filepath.Glob(filepath.Join(dir, "*"))
			if len(left) != 1 || len(inside) != 0 {
				t.Errorf("there are %v and %v, want the empty folder", left, inside)
			}
		})
	}
}

func TestALinkInTheWayIsNotWrittenThrough(t *testing.T) {
	dir, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	if err := os.Symlink(victim, filepath.Join(dir, Database)); err != nil {
		t.Fatal(err)
	}
	if err := unpack(t.Context(), packed(t, Database, 0o600), dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v, want %v", err, fs.ErrExist)
	}
	if _, err := os.Stat(victim); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the victim: %v, want it not to exist", err)
	}
}

func TestACancelledUnpackSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Unpack(ctx, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

func TestACopyIsPrivateAndLeavesNothing(t *testing.T) {
	temp := t.TempDir()
	c, err := open(t.Context(), temp)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(c.Dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v %v, want mode 0700", info.Mode(), err)
	}
	if _, err := os.Stat(c.Database()); err != nil {
		t.Error(err)
	}
	for range 2 { // closing again is no error
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := os.ReadDir(temp); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

func TestTheNextStartRemovesOnlyWhatKilledProcessesLeft(t *testing.T) {
	temp := t.TempDir()
	living, err := open(t.Context(), temp)
	if err != nil {
		t.Fatal(err)
	}
	defer living.Close()
	folder := func(name string, mode fs.FileMode, locked bool, age time.Duration) string {
		dir := filepath.Join(temp, name)
		if err := os.Mkdir(dir, mode); err != nil {
			t.Fatal(err)
		}
		if locked {
			if err := os.WriteFile(filepath.Join(dir, lockName), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(dir, when, when); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(living.Dir, old, old); err != nil {
		t.Fatal(err)
	}
	killed := folder(prefix+"killed", 0o700, true, time.Hour)
	kept := []string{
		living.Dir,
		folder(prefix+"young", 0o700, true, time.Second),
		folder(prefix+"open", 0o755, true, time.Hour),
		folder(prefix+"strange", 0o700, false, time.Hour),
		folder("another", 0o700, true, time.Hour),
	}
	if err := os.Symlink(kept[4], filepath.Join(temp, prefix+"link")); err != nil {
		t.Fatal(err)
	}
	next, err := open(t.Context(), temp)
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if _, err := os.Stat(killed); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the killed one's folder: %v, want it gone", err)
	}
	for _, dir := range kept {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("%v, want it kept", err)
		}
	}
}

func BenchmarkUnpack(b *testing.B) {
	for b.Loop() {
		if err := Unpack(b.Context(), b.TempDir()); err != nil {
			b.Fatal(err)
		}
	}
}
