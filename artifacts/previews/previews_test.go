package previews

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"benchside/artifacts"
	"benchside/artifacts/texts"
	"benchside/store"
)

const lab = "../../testdata/lab"

// folder opens a folder as the artifacts of a run.
func folder(t *testing.T, dir string, models ...store.LoggedModel) *Run {
	t.Helper()
	r, err := OpenRun(artifacts.Places{Store: filepath.Join(dir, "mlflow.db")}, store.Run{Head: store.Head{ID: "r"}, ArtifactURI: absolute(t, dir)}, models)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// holds makes a run of files.
func holds(t *testing.T, files map[string]string) *Run {
	t.Helper()
	return folder(t, written(t, files))
}

func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// having finds the lab's run that has an artifact.
func having(t *testing.T, name string) *Run {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(lab, "mlruns/*/*/artifacts", name))
	if err != nil || len(found) == 0 {
		t.Fatalf("no run of the lab has %s: %v", name, err)
	}
	return folder(t, strings.TrimSuffix(found[0], "/"+name))
}

func see(t *testing.T, r *Run, name string) *Preview {
	t.Helper()
	p, err := Open(t.Context(), r, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close %s: %v", name, err)
		}
	})
	return p
}

func TestArtifactsAreShownAsWhatTheyAre(t *testing.T) {
	for name, want := range map[string]string{
		"tables/frame.parquet":                "table: parquet, 3 columns, 5 rows",
		"tables/eval.json":                    "table: mlflow table, 4 columns, 6 rows",
		"tables/plain.tsv":                    "table: tsv, 2 columns, 1 row",
		"snapshots/features.csv":              "table: csv, 11 columns, 400 rows",
		"snapshots/features.jsonl":            "table: jsonl, 11 columns, 50 rows",
		"config/config.json":                  "tree: json, 9 values",
		"config/config.yaml":                  "tree: yaml, 9 values",
		"config/broken.json":                  "text: text",
		"report.md":                           "page: markdown",
		"figs/lines.png":                      "picture: png, 400 × 240 pixels",
		"figs/lines.svg":                      "picture: svg, 480 × 288 pixels",
		"figs/interactive.json":               "charts: plotly (json), 2 charts",
		"figs/interactive.html":               "charts: plotly (html), 2 charts",
		"binary/arr.npz":                      "arrays: npz, 2 arrays",
		"binary/blob.bin":                     "bytes: binary",
		"logs/empty.txt":                      "text: empty, 0 lines",
		"logs/train.log":                      "log: log, 3,000 lines",
		"shap/shap_values.npy":                "array: npy, float32, (100, 8)",
		"figs/lines.pdf":                      "document: pdf, 1 page, by Matplotlib pdf backend v3.11.2",
		"odd names/ spaces & 100% — عربى.txt": "text: text",
		"a/very/deeply/nested/dir/structure/of/artifacts/leaf.txt": "text: text",
	} {
		p := see(t, having(t, name), name)
		f, err := p.Facts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := f.ShownAs + ": " + p.Line(); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func absolute(t *testing.T, dir string) string {
	t.Helper()
	full, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return full
}

func TestWhatIsDamagedIsShownAsTextOrBytes(t *testing.T) {
	run := holds(t, map[string]string{
		"a.png":     "\x89PNG\r\n\x1a\nbroken",
		"a.parquet": "PAR1 and nothing behind it",
		"a.npy":     "\x93NUMPY\x01\x00",
		"a.npz":     "PK\x03\x04",
		"a.json":    "{\"a\": 1,, }",
		"deep.json": strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		"fig.json":  `{"data":[{"type":"surface","z":[[1]]}],"layout":{}}`,
		"a.pkl":     "\x80\x04\x95\x00",
		"MLmodel":   "flavors: 3\nmlflow_version: 3\n",
	})
	for name, want := range map[string][2]string{
		"a.png":     {"bytes", "shown as bytes: "},
		"a.parquet": {"bytes", "shown as bytes: "},
		"a.npy":     {"bytes", "shown as bytes: "},
		"a.npz":     {"bytes", "shown as bytes: "},
		"a.json":    {"text", "shown as text and not as json: "},
		"deep.json": {"text", "shown as text: "},
		"fig.json":  {"tree", ""},
		"a.pkl":     {"bytes", "a pickle is never loaded"},
		"MLmodel":   {"tree", "read MLmodel: no flavors"},
	} {
		p := see(t, run, name)
		f, err := p.Facts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if f.ShownAs != want[0] || len(f.Notes) == 0 || !strings.HasPrefix(f.Notes[0], want[1]) {
			t.Errorf("%s: got %s, notes %q; want %s, %q", name, f.ShownAs, f.Notes, want[0], want[1])
		}
		if _, err := json.Marshal(f); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatIsNotThereIsAnError(t *testing.T) {
	run := holds(t, map[string]string{"folder/a.txt": "a"})
	for name, want := range map[string]error{
		"b.txt": fs.ErrNotExist, "folder/../../x": ErrPath, "/etc/passwd": ErrPath, "folder": artifacts.ErrNotFile, "": artifacts.ErrNotFile,
	} {
		if _, err := Open(t.Context(), run, name); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", name, err, want)
		}
	}
}

func TestModelsAreFolders(t *testing.T) {
	base := t.TempDir()
	for _, name := range []string{"r/b.txt", "r/taken/x.txt", "m/m-1/MLmodel", "m/m-2/MLmodel", "m/m-3/MLmodel", "m/m-4/MLmodel"} {
		full := filepath.Join(base, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, []byte("12345"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	model := func(id, name string, created int64) store.LoggedModel {
		return store.LoggedModel{ID: id, Name: name, Output: true, ArtifactLocation: filepath.Join(base, "m", id), Created: store.At(created)}
	}
	input := model("m-5", "read", 9)
	input.Output = false
	run := folder(t, filepath.Join(base, "r"), model("m-1", "model", 1), model("m-2", "model", 2), model("m-3", "taken", 3), model("m-4", "../x", 4), input)
	var all []string
	for from := range 8 {
		page, err := run.Page(t.Context(), "", from, 1)
		if err != nil || page.Total != 6 {
			t.Fatalf("got %+v, %v", page, err)
		}
		for _, e := range page.Entries {
			all = append(all, e.Name)
		}
	}
	if want := []string{"b.txt", "m-4", "model", "model (m-1)", "taken", "taken (m-3)"}; !slices.Equal(all, want) {
		t.Errorf("got %q, want %q", all, want)
	}
	for folder, id := range map[string]string{"model": "m-2", "model (m-1)": "m-1", "taken (m-3)": "m-3"} {
		if m, ok := run.model(folder); !ok || m.ID != id {
			t.Errorf("%s: got %q, want %q", folder, m.ID, id)
		}
		if p, err := run.Page(t.Context(), folder, 0, 9); err != nil || len(p.Entries) != 1 || p.Entries[0].Name != "MLmodel" {
			t.Errorf("%s: got %v, %v", folder, p, err)
		}
	}
	if u, err := run.Du(t.Context(), ""); err != nil || u.Files != 6 || u.Folders != 5 || u.Bytes != 30 {
		t.Errorf("got %+v, %v", u, err)
	}
	var names []string
	if _, err := run.Walk(t.Context(), "model", func(name string, _ artifacts.Entry) error { names = append(names, name); return nil }); err != nil || !slices.Equal(names, []string{"model/MLmodel"}) {
		t.Errorf("got %q, %v", names, err)
	}
}

func TestARunWithoutArtifactsSaysWhy(t *testing.T) {
	base := t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Join(base, "mlruns/1"), 0o755), os.WriteFile(filepath.Join(base, "mlflow.db"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]error{
		"mlruns/1/r/artifacts":          artifacts.ErrNone,
		"s3://bucket/1/r/artifacts":     artifacts.ErrRemote,
		"/nowhere/at/all/1/r/artifacts": ErrAway,
	} {
		_, err := OpenRun(artifacts.Places{Store: filepath.Join(base, "mlflow.db")}, store.Run{ArtifactURI: uri}, nil)
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", uri, err, want)
		}
	}
}

func TestNumbersBehindPictures(t *testing.T) {
	for picture, want := range map[string]string{
		"shap/summary_beeswarm.png":                    "shap/shap_values.npy",
		"model_explanations_shap/summary_bar_plot.png": "model_explanations_shap/shap_values.npy",
		"shap/shap_values.npy":                         "shap/shap_values.npy",
		"confusion_matrix.png":                         "",
	} {
		run := having(t, picture)
		all, err := Originals(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		o, ok := Behind(all, picture)
		if ok != (want != "") || ok && o.Names[0] != want {
			t.Errorf("%s: got %v %v, want %q", picture, ok, o.Names, want)
			continue
		}
		if !ok {
			continue
		}
		if charts, err := Charts(t.Context(), run, o); err != nil || len(charts) == 0 {
			t.Errorf("%s: got %d charts, %v", picture, len(charts), err)
		}
	}
}

func TestALogIsFollowed(t *testing.T) {
	dir := written(t, map[string]string{"a.log": "one\n"})
	run := folder(t, dir)
	l, ok := see(t, run, "a.log").Body.(*Log)
	if !ok || len(l.Tail.Lines()) != 1 {
		t.Fatalf("got %+v", l)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.log"), []byte("one\ntwo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if more, err := l.Follow(t.Context()); more || err != nil || len(l.Tail.Lines()) != 2 || l.kept.Size != 8 {
		t.Errorf("got %v, %v, %v", l.Tail.Lines(), more, err)
	}
}

func TestTextsAreHighlighted(t *testing.T) {
	run := holds(t, map[string]string{"a.py": "def f():\n    return 1\n", "wide.txt": "\xff\xfea\x00\n\x00b\x00"})
	text, ok := see(t, run, "a.py").Body.(*Text)
	if !ok {
		t.Fatal("no text")
	}
	lines, cut, err := text.Highlighted(t.Context())
	if err != nil || cut || len(lines) < 2 || lines[0][0].Role != texts.Keyword {
		t.Errorf("got %v, %v, %v", lines, cut, err)
	}
	if n, err := see(t, run, "wide.txt").Lines().Count(t.Context()); n != 2 || err != nil {
		t.Errorf("UTF-16: got %d lines, %v", n, err)
	}
}

func TestAGzipSaysWhatItHolds(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("a,b\n1,2\n3,4\n")); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	run := holds(t, map[string]string{"t.csv.gz": packed.String(), "cut.csv.gz": packed.String()[:10]})
	for name, want := range map[string]string{"t.csv.gz": "gzip (csv)", "cut.csv.gz": "gzip"} {
		if got := see(t, run, name).Line(); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestManyEntriesArePaged(t *testing.T) {
	dir := t.TempDir()
	for i := range 50 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%02d", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var models []store.LoggedModel
	for i, name := range []string{"a", "f10x", "f30x", "z"} {
		models = append(models, store.LoggedModel{ID: fmt.Sprintf("m-%d", i), Name: name, Output: true})
	}
	run := folder(t, dir, models...)
	whole, err := run.Page(t.Context(), "", 0, 100)
	if err != nil || whole.Total != 54 || len(whole.Entries) != 54 {
		t.Fatalf("got %d of %d, %v", len(whole.Entries), whole.Total, err)
	}
	for from := range 60 {
		for _, most := range []int{0, 1, 7, 60} {
			page, err := run.Page(t.Context(), "", from, most)
			want := whole.Entries[min(from, 54):min(from+most, 54)]
			if err != nil || page.From != min(from, 54) || !slices.EqualFunc(page.Entries, want, func(a, b artifacts.Entry) bool { return a.Name == b.Name }) {
				t.Fatalf("from %d, %d: got %v at %d, want %v, %v", from, most, page.Entries, page.From, want, err)
			}
		}
	}
}

func TestAFileThatBecomesShorterIsAnError(t *testing.T) {
	dir := written(t, map[string]string{"a.txt": strings.Repeat("line\n", 1000)})
	p := see(t, folder(t, dir), "a.txt")
	if err := os.Truncate(filepath.Join(dir, "a.txt"), 10); err != nil {
		t.Fatal(err)
	}
	text, ok := p.Body.(*Text)
	if !ok {
		t.Fatal("no text")
	}
	if _, _, err := text.Highlighted(t.Context()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want %v", err, io.ErrUnexpectedEOF)
	}
}

func TestACancelledContextEnds(t *testing.T) {
	run := having(t, "tables/frame.parquet")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, run, "config/config.json"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if _, err := Originals(ctx, run); !errors.Is(err, context.Canceled) {
		t.Errorf("originals: got %v, want %v", err, context.Canceled)
	}
}
