package artifacts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
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
		for i := range got {
			if got[i].Modified.IsZero() {
				t.Errorf("%s: %s has no time", name, got[i].Name)
			}
			got[i].Modified = time.Time{}
		}
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

func TestMappingsOfStoresThatWereMoved(t *testing.T) {
	base := t.TempDir()
	write(t, filepath.Join(base, "here/1/r/artifacts/a.txt"))
	write(t, filepath.Join(base, "deep/r/artifacts/b.txt"))
	places := Places{Store: filepath.Join(base, "mlflow.db"), Served: filepath.Join(base, "here")}
	for _, text := range []string{"s3://bucket/ml = " + base + "/here", "/old/place=" + base + "/here", "/old/place/1 = " + base + "/deep"} {
		m, err := ParseMoved(text)
		if err != nil {
			t.Fatal(err)
		}
		places.Moved = append(places.Moved, m)
	}
	for name, c := range map[string]struct{ uri, want string }{
		"a copy of a bucket":              {"s3://bucket/ml/1/r/artifacts", "a.txt"},
		"the longest prefix":              {"/old/place/1/r/artifacts", "b.txt"},
		"a prefix of a file URI":          {"file:///old/place/1/r/artifacts", "b.txt"},
		"the server's folder, configured": {"mlflow-artifacts:/1/r/artifacts", "a.txt"},
	} {
		root, err := places.Open(c.uri)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, _, err := root.List(""); err != nil || len(got) != 1 || got[0].Name != c.want {
			t.Errorf("%s: got %v, %v; want %s", name, got, err, c.want)
		}
		root.Close()
	}
	for name, uri := range map[string]string{
		"half a name":    "s3://bucket/mlx/1/r/artifacts",
		"another bucket": "s3://other/ml/1/r/artifacts",
	} {
		if _, err := places.Open(uri); !errors.Is(err, ErrRemote) {
			t.Errorf("%s: got %v, want %v", name, err, ErrRemote)
		}
	}
	if _, err := places.Open("s3://bucket/ml/../../etc"); err == nil {
		t.Error("a mapping lets a URI out of the folder that it names")
	}
	if m, err := ParseMoved("s3://b/day=1 = /copies"); err != nil || m != (Moved{"s3://b/day=1", "/copies"}) {
		t.Errorf("a sign in a name: got %v, %v", m, err)
	}
	for _, text := range []string{"", "a", "a =", "= b"} {
		if m, err := ParseMoved(text); !errors.Is(err, ErrMoved) {
			t.Errorf("mapping %q: got %v, %v; want %v", text, m, err, ErrMoved)
		}
	}
}

func TestARemoteRootSaysWhatToDo(t *testing.T) {
	for uri, parts := range map[string][]string{
		"s3://bucket/1/r/artifacts":         {"Amazon S3", "mlflow artifacts download --artifact-uri s3://bucket/1/r/artifacts --dst-path DIR", `: under [artifacts] in /u/config.toml write moved = ["s3://bucket/1/r/artifacts = DIR/artifacts"], DIR having a copy`},
		"models:/m/1":                       {`"models:/m/1 = DIR"`}, // of a model, mlflow copies what is in the folder
		"gs://b/x":                          {"Google Cloud Storage"},
		"wasbs://c@a.blob.core.windows.net": {"Azure"},
		"dbfs:/x":                           {"Databricks", "dbfs:/x"},
		"hdfs://h/x":                        {"HDFS"},
		"sftp://me:secret@host/x":           {"SFTP", "me:xxxxx@host"},
		"https://host/api":                  {"tracking server"},
		"s3://b/it's here":                  {`'s3://b/it'\''s here'`},
		"madeup://x":                        {`"madeup" is unknown`},
	} {
		_, err := Places{Store: t.TempDir(), Config: "/u/config.toml"}.Open(uri)
		if !errors.Is(err, ErrRemote) {
			t.Errorf("%s: got %v, want %v", uri, err, ErrRemote)
			continue
		}
		for _, part := range parts {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: got %q, which does not say %q", uri, err, part)
			}
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error tells a password: %v", uri, err)
		}
	}
}

func TestFilesOfALoggedModel(t *testing.T) {
	root, err := Places{Store: lab}.OpenModel("mlruns/3", "m-caf2377b470b468091b94c56a915f272")
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if f, err := root.OpenFile("MLmodel"); err != nil {
		t.Error(err)
	} else {
		f.Close()
	}
	for _, id := range []string{"", "..", "m-1/../../x", "a%2fb"} {
		if _, err := (Places{Store: lab}).OpenModel("mlruns/3", id); !errors.Is(err, ErrNone) {
			t.Errorf("model %q: got %v, want %v", id, err, ErrNone)
		}
	}
}

func TestOnlyRegularFilesOfTheRootAreOpened(t *testing.T) {
	base := t.TempDir()
	write(t, filepath.Join(base, "secret.txt"))
	in := filepath.Join(base, "mlruns")
	write(t, filepath.Join(in, "sub/a.txt"))
	for from, to := range map[string]string{
		"inside": "sub/a.txt", "outside": "../secret.txt", "absolute": filepath.Join(base, "secret.txt"),
		"loop": "pool", "pool": "loop", "dev": "/dev/zero", "nothing": "gone", "folder": "sub",
	} {
		if err := os.Symlink(to, filepath.Join(in, from)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(in, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := Open(base, "mlruns")
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"sub/a.txt", "inside"} {
		f, err := root.OpenFile(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := make([]byte, 3)
		if _, err := f.ReadAt(got, 1); err != nil || string(got) != "234" || f.Size() != 5 || f.ModTime().IsZero() {
			t.Errorf("%s: got %q, %v, %d bytes of %v", name, got, err, f.Size(), f.ModTime())
		}
		f.Close()
	}
	for _, name := range []string{"outside", "absolute", "loop", "dev", "nothing", "folder", "sub", "fifo", "../secret.txt", "/etc/passwd", "", "a\x00b"} {
		done := make(chan error, 1)
		go func() {
			f, err := root.OpenFile(name)
			if err == nil {
				f.Close()
			}
			done <- err
		}()
		select {
		case err := <-done:
			if err == nil {
				t.Errorf("%s was opened", name)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("opening %s waits", name)
		}
	}
	entries, _, err := root.List("")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		want := map[string]string{"fifo": "fifo", "outside": "link", "absolute": "link", "loop": "link", "pool": "link", "dev": "link", "nothing": "link"}[e.Name]
		if !strings.HasPrefix(e.Special, want) || want == "" && e.Special != "" {
			t.Errorf("%s is listed as %q, want %q", e.Name, e.Special, want)
		}
		if e.Folder != (e.Name == "sub" || e.Name == "folder") {
			t.Errorf("%s: folder %v", e.Name, e.Folder)
		}
	}
}

func TestAFileThatShrinksIsAnError(t *testing.T) {
	base := t.TempDir()
	write(t, filepath.Join(base, "a/log"))
	root, err := Open(base, "a")
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f, err := root.OpenFile("log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Truncate(filepath.Join(base, "a/log"), 2); err != nil {
		t.Fatal(err)
	}
	if n, err := f.ReadAt(make([]byte, 5), 0); n != 2 || err == nil {
		t.Errorf("got %d bytes and %v, want 2 and an error", n, err)
	}
	if err := f.Look(); err != nil || f.Size() != 2 {
		t.Errorf("got %d bytes, %v; want 2", f.Size(), err)
	}
}

func TestPagesOfAFolderOf100000Files(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 100,000 files")
	}
	base := t.TempDir()
	for i := range 100_000 {
		f, err := os.Create(filepath.Join(base, "f"+strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	root, err := Open(base, base)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	start := time.Now()
	page, err := root.Page(t.Context(), "", 0, 200)
	took := time.Since(start)
	if err != nil || len(page.Entries) != 200 || page.Total != 100_000 || page.Entries[2].Name != "f10" || page.Cut {
		t.Errorf("got %d of %d entries, %v", len(page.Entries), page.Total, err)
	}
	t.Logf("the first page took %v", took)
	if took > time.Second { // the budget is 100 ms; a busy machine has some slack
		t.Errorf("the first page took %v", took)
	}
	page, err = root.Page(t.Context(), "", 99_990, 200)
	if err != nil || len(page.Entries) != 10 || page.From != 99_990 || page.Entries[9].Name != "f99999" {
		t.Errorf("got %d entries from %d, %v", len(page.Entries), page.From, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := root.Page(ctx, "", 0, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	if _, err := root.Du(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestTotalsOfATree(t *testing.T) {
	base := t.TempDir()
	for _, name := range []string{"a", "b/c", "b/d/e", "b/" + uploading + "x"} {
		write(t, filepath.Join(base, name))
	}
	if err := os.Symlink("..", filepath.Join(base, "b/up")); err != nil {
		t.Fatal(err)
	}
	root, err := Open(base, base)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	got, err := root.Du(t.Context(), "")
	if want := (Usage{Files: 3, Folders: 2, Bytes: 15, Special: 1}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	seen := 0
	cut, err := root.Walk(t.Context(), "", func(string, Entry) error {
		if seen++; seen == 2 {
			return ErrEnough
		}
		return nil
	})
	if !cut || err != nil || seen != 2 {
		t.Errorf("a walk that has enough: got %v, %v after %d", cut, err, seen)
	}
}

func TestNamesOfABigFolderAreAllRead(t *testing.T) {
	folder := t.TempDir()
	var want []string
	for i := range 3000 {
		want = append(want, fmt.Sprintf("%04d %s", i, strings.Repeat("ü\n", 1+i%60)))
	}
	for _, name := range want {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := Open(folder, folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, c := range []struct{ from, most int }{{0, 5000}, {0, 7}, {2990, 100}, {1234, 56}} {
		page, err := root.Page(t.Context(), "", c.from, c.most)
		var got []string
		for _, e := range page.Entries {
			got = append(got, e.Name)
		}
		if wanted := want[c.from:min(c.from+c.most, len(want))]; err != nil || page.Total != len(want) || !slices.Equal(got, wanted) {
			t.Errorf("from %d, %d: got %d of %d, %v; want %d", c.from, c.most, len(got), page.Total, err, len(wanted))
		}
	}
}
