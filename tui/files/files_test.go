package files_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/store/sqlite"
	"benchside/tui/files"
	"benchside/tui/painter"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// The runs of the lab store that logged something of each kind.
const (
	zoo       = "38096efa07f84cef93a359b6a886ea40" // tables and text
	figures   = "55da5886cf9548088392a7bee2a0f4ab"
	steps     = "7966223abb0d4c61ab642c3004b90cd7" // images by step
	explained = "310a45d9cebd4282bf899b77b81b18cf" // SHAP values
	forest    = "4056b39d23934fbba21ad93749dd8b36" // of autolog, with a model
	boosted   = "5b7d17ad05e74759b79203e01c2e4bfd"
	evaluated = "0762204cfd064c6482a28217a8984dcd" // pictures without numbers
	remote    = "a8b9b3bc8a7f44939875381f8bc9d42b" // in S3
)

func lab(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), "../../testdata/lab/mlflow.db", sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func open(t *testing.T, s files.Reader, runs []string, name string, width, height int) *viewtest.Stage {
	t.Helper()
	return viewtest.Start(t, files.New(s, nil, view.ShowArtifacts{Runs: runs, Path: name}, painter.New(""), viewtest.Theme()), width, height)
}

func frame(run, name, press string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		s := open(t, lab(t), []string{run}, name, width, height)
		s.Press(strings.Fields(press)...)
		return s
	}
}

func against(a, b, name, press string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		s := open(t, lab(t), []string{a, b}, name, width, height)
		s.Press(strings.Fields(press)...)
		return s
	}
}

func TestFrames(t *testing.T) {
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"the tree":              frame(zoo, "", "j enter"),
		"files by name":         frame(zoo, "", "/ e v a l enter"),
		"a log":                 frame(zoo, "logs/train.log", ""),
		"a log searched":        frame(zoo, "logs/train.log", "/ = 2 9 9 enter n"),
		"escapes in a log":      frame(zoo, "logs/ansi.log", ""),
		"an empty file":         frame(zoo, "logs/empty.txt", ""),
		"a document":            frame(zoo, "config/config.json", ""),
		"a document folded":     frame(zoo, "config/config.yaml", "{"),
		"a broken document":     frame(zoo, "config/broken.json", ""),
		"Markdown":              frame(zoo, "report.md", ""),
		"a page":                frame(forest, "estimator.html", ""),
		"a table":               frame(zoo, "tables/eval.json", ""),
		"a table sorted":        frame(zoo, "tables/quoted.csv", "s s"),
		"a column summed up":    frame(zoo, "tables/frame.parquet", "l l u"),
		"an array":              frame(explained, "shap/shap_values.npy", "p"),
		"numbers of an array":   frame(explained, "shap/shap_values.npy", "p v"),
		"charts of SHAP values": frame(explained, "shap/shap_values.npy", ""),
		"a plotly figure":       frame(figures, "figs/interactive.html", ""),
		"a PDF":                 frame(figures, "figs/lines.pdf", ""),
		"a vector picture":      frame(figures, "figs/lines.svg", ""),
		"a picture":             frame(evaluated, "confusion_matrix.png", ""),
		"a picture zoomed":      frame(evaluated, "confusion_matrix.png", "+ + alt+9"),
		"steps of an image":     frame(steps, "", "enter j j tab ]"),
		"a model":               frame(forest, "model/MLmodel", ""),
		"a pickle":              frame(forest, "model/model.pkl", ""),
		"a chart, not the file": frame(forest, "feature_importance.json", ""),
		"two documents":         against(forest, boosted, "feature_importance.json", ""),
		"two texts":             against(forest, boosted, "model/conda.yaml", ""),
		"two pictures":          against(forest, boosted, "plots/feature_importance.png", "x"),
		"two trees":             against(zoo, explained, "", ""),
		"a picture larger":      frame(steps, "static/last.png", "z l"),
		"a filter that is none": frame(zoo, "tables/quoted.csv", "f n o p e enter"),
		"a cell whole":          frame(zoo, "tables/eval.json", "enter"),
		"a picture of a cell":   frame(zoo, "tables/with_images.json", "enter"),
		"remote artifacts":      frame(remote, "", ""),
		"runs without files":    against(remote, zoo, "report.md", ""),
	})
}

// made is a store of runs whose files the test has written.
func made(t *testing.T, runs ...map[string]string) (s *memory.Store, dirs []string) {
	t.Helper()
	var r memory.Records
	for i, all := range runs {
		dir := t.TempDir()
		for name, content := range all {
			full := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, full, content)
		}
		id := fmt.Sprintf("run%d", i)
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: id, Name: id, ExperimentID: "1"}, ArtifactURI: "file://" + dir})
		dirs = append(dirs, dir)
	}
	return memory.New(r), dirs
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, s *viewtest.Stage, texts ...string) {
	t.Helper()
	screen := s.Screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			t.Errorf("there is no %q in\n%s", text, screen)
		}
	}
}

// TestBigFoldersComeInPages: of a folder two hundred are listed, and the next when
// the cursor gets there.
func TestBigFoldersComeInPages(t *testing.T) {
	all := map[string]string{}
	for i := range 450 {
		all[fmt.Sprintf("f%03d.txt", i)] = fmt.Sprint(i)
	}
	s, _ := made(t, all)
	stage := open(t, s, []string{"run0"}, "", 80, 24)
	stage.Press("G", "k")
	want(t, stage, "f199.txt")
	if screen := stage.Screen(); strings.Contains(screen, "f201.txt") && !strings.Contains(screen, "f200.txt") {
		t.Errorf("a file is missing between the pages:\n%s", screen)
	}
	stage.Press("G")
	want(t, stage, "f400.txt")
	stage.Press("G")
	want(t, stage, "f449.txt")
}

// TestAFileThatChanges is told of, or followed if it is a log.
func TestAFileThatChanges(t *testing.T) {
	const name = "notes.txt"
	for said, change := range map[string]func(t *testing.T, file string){
		"it grew from 4 B to 9 B since":    func(t *testing.T, file string) { t.Helper(); write(t, file, "one\nmore\n") },
		"it was cut from 4 B to 1 B since": func(t *testing.T, file string) { t.Helper(); write(t, file, "o") },
		"it is gone": func(t *testing.T, file string) {
			t.Helper()
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		},
	} {
		s, dirs := made(t, map[string]string{name: "one\n"})
		stage := open(t, s, []string{"run0"}, name, 100, 20)
		want(t, stage, "one")
		change(t, filepath.Join(dirs[0], name))
		stage.Later()
		want(t, stage, said)
	}
	line := "2026-01-01 10:00:00 INFO step %d\n"
	s, dirs := made(t, map[string]string{"train.log": strings.Repeat(fmt.Sprintf(line, 1), 40)})
	stage := open(t, s, []string{"run0"}, "train.log", 100, 20)
	write(t, filepath.Join(dirs[0], "train.log"), strings.Repeat(fmt.Sprintf(line, 1), 40)+fmt.Sprintf(line, 99))
	stage.Later()
	want(t, stage, "step 99")
}

func TestDownloadsSayTheirSum(t *testing.T) {
	s, _ := made(t, map[string]string{"a/b.txt": "content"})
	stage := open(t, s, []string{"run0"}, "a/b.txt", 100, 20)
	to := filepath.Join(t.TempDir(), "new folder")
	stage.Command("download", to)
	sum := sha256.Sum256([]byte("content"))
	if said := stage.Said(); !strings.Contains(said, hex.EncodeToString(sum[:])) {
		t.Errorf("it says %q", said)
	}
	if got, err := os.ReadFile(filepath.Join(to, "b.txt")); err != nil || string(got) != "content" {
		t.Errorf("the copy has %q (%v)", got, err)
	}
	stage.Command("download", to)
	if said := stage.Said(); !strings.Contains(said, "exists") {
		t.Errorf("a file was replaced: %q", said)
	}
}

// TestSideBySide holds files of two runs against each other.
func TestSideBySide(t *testing.T) {
	s, _ := made(t,
		map[string]string{"a.txt": "one\ntwo\nthree\n", "c.json": `{"lr": 0.1, "seed": 1}`, "t.csv": "id,x\n1,2\n3,4\n", "only.txt": "x", "same.txt": "s"},
		map[string]string{"a.txt": "one\n2\nthree\n", "c.json": `{"seed": 1, "lr": 0.2}`, "t.csv": "id,x\n1,2\n3,5\n", "new.txt": "y", "same.txt": "s"},
		map[string]string{"same.txt": "s"})
	for name, texts := range map[string][]string{
		"a.txt":    {"- two", "+ 2", "only.txt  only A", "new.txt  only B"},
		"c.json":   {"lr  0.1  →  0.2"},
		"t.csv":    {"~ row 2  x 4 → 5"},
		"same.txt": {"the same, byte for byte"},
		"only.txt": {"not in run1"},
		"new.txt":  {"not in run0"},
	} {
		want(t, open(t, s, []string{"run0", "run1"}, name, 120, 24), texts...)
	}
	stage := open(t, s, []string{"run0", "run1", "run2"}, "new.txt", 120, 24)
	stage.Press("b")
	want(t, stage, "B run2", "not in run0")
	stage.Press("tab", "g")
	want(t, stage, "not in run2")
	stage = open(t, s, []string{"run0", "run1"}, "a.txt", 120, 24)
	stage.Press("e")
	want(t, stage, "three", "a.txt  14 B  text")
}

// TestARunWithoutFiles says what would be there.
func TestARunWithoutFiles(t *testing.T) {
	s, dirs := made(t, nil)
	want(t, open(t, s, []string{"run0"}, "", 80, 10), "mlflow.log_artifact")
	if err := os.Remove(dirs[0]); err != nil {
		t.Fatal(err)
	}
	want(t, open(t, s, []string{"run0"}, "", 80, 10), "mlflow.log_artifact")
}

// TestShaken presses keys by chance over the files of the zoo.
func TestShaken(t *testing.T) {
	for seed, run := range map[uint64]string{1: zoo, 2: figures, 3: steps, 4: explained, 5: forest} {
		s := open(t, lab(t), []string{run, evaluated}[:1+seed%2], "", 120, 40)
		s.Press("j")
		s.Shake(rand.New(rand.NewPCG(seed, 3)), 120, "o")
	}
}
