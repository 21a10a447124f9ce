package files_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/files"
	"benchside/tui/painter"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// hasNot fails if a text is on the screen.
func hasNot(t *testing.T, s *viewtest.Stage, texts ...string) {
	t.Helper()
	screen := s.Screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			t.Errorf("there is %q in\n%s", text, screen)
		}
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
}

// drawn is a PNG of a size.
func drawn(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestReadingAgainKeepsThePlace: r reads folders and file again, and cursor, scroll,
// folds, order, plane and zoom are where they were.
func TestReadingAgainKeepsThePlace(t *testing.T) {
	var text, csv strings.Builder
	csv.WriteString("id,charge\n")
	for i := range 500 {
		fmt.Fprintf(&text, "line %d of the notes\n", i)
		fmt.Fprintf(&csv, "%d,%d\n", i, (i*7919)%500)
	}
	s, _ := made(t, map[string]string{
		"notes.txt": text.String(), "t.csv": csv.String(), "p.png": drawn(t, 900, 900),
		"c.json": `{"a": {"deep": {"key": 1}}, "b": {"c": 2, "d": [1, 2, 3]}}`,
	})
	for name, press := range map[string]string{
		"notes.txt": "pgdown pgdown j", "t.csv": "l s s pgdown j j l", "c.json": "j enter j j j", "p.png": "z l j +",
	} {
		stage := open(t, s, []string{"run0"}, name, 100, 20)
		stage.Press(strings.Fields(press)...)
		before, status := stage.Screen(), stage.Status()
		stage.Send(view.Refresh{})
		if now := stage.Screen(); now != before || stage.Status() != status {
			t.Errorf("%s: r changed %q to %q, and\n%sto\n%s", name, status, stage.Status(), before, now)
		}
	}
	stage := open(t, lab(t), []string{explained}, "shap/shap_values.npy", 100, 20)
	stage.Press("p", "v", "j", "j", "l")
	before := stage.Screen()
	stage.Send(view.Refresh{})
	if now := stage.Screen(); now != before {
		t.Errorf("of an array r changed\n%sto\n%s", before, now)
	}
}

// TestFoldersStayUnfolded: r leaves the tree as it is but for what has changed.
func TestFoldersStayUnfolded(t *testing.T) {
	s, dirs := made(t, map[string]string{"a/b/one.txt": "1", "c/two.txt": "2", "c/three.txt": "3", "z.txt": "z"})
	stage := open(t, s, []string{"run0"}, "", 80, 20)
	stage.Press("enter", "j", "enter", "j", "j", "enter", "j")
	want(t, stage, "one.txt", "▌    three.txt", "two.txt")
	write(t, filepath.Join(dirs[0], "a", "b", "new.txt"), "")
	remove(t, filepath.Join(dirs[0], "c", "two.txt"))
	stage.Send(view.Refresh{})
	want(t, stage, "one.txt", "new.txt", "▌    three.txt", "z.txt")
	hasNot(t, stage, "two.txt")
}

// TestWhatIsGoneStays: what was read of a file that vanished is still shown, also
// after r.
func TestWhatIsGoneStays(t *testing.T) {
	s, dirs := made(t, map[string]string{"notes.txt": "precious\n", "other.txt": ""})
	stage := open(t, s, []string{"run0"}, "notes.txt", 60, 20)
	remove(t, filepath.Join(dirs[0], "notes.txt"))
	stage.Later()
	want(t, stage, "it is gone", "precious")
	stage.Send(view.Refresh{})
	want(t, stage, "it is gone", "precious")
	write(t, filepath.Join(dirs[0], "notes.txt"), "new\n")
	stage.Send(view.Refresh{})
	want(t, stage, "new")
	hasNot(t, stage, "it is gone", "precious")
}

// TestALogThatIsCut says so by itself, keeps what was read and follows what comes.
func TestALogThatIsCut(t *testing.T) {
	line := func(n int) string { return fmt.Sprintf("2026-01-01 10:00:00 INFO step %d\n", n) }
	s, dirs := made(t, map[string]string{"train.log": line(1) + line(2)})
	name := filepath.Join(dirs[0], "train.log")
	stage := open(t, s, []string{"run0"}, "train.log", 100, 20)
	write(t, name, line(7))
	stage.Later()
	want(t, stage, "the log was cut from", "step 1", "step 2", "was cut here", "step 7")
	write(t, name, line(7)+line(8))
	stage.Later()
	want(t, stage, "step 2", "step 8")
	remove(t, name)
	write(t, name, line(9))
	stage.Later()
	want(t, stage, "it is another file since; r reads it again", "step 8")
	stage.Send(view.Refresh{})
	want(t, stage, "step 9")
	hasNot(t, stage, "step 8", "another file")
}

// TestAFollowedLogSaysSo beside what was searched for, whose hits grow with it.
func TestAFollowedLogSaysSo(t *testing.T) {
	s, dirs := made(t, map[string]string{"train.log": "INFO step 1\nINFO step 2\n"})
	stage := open(t, s, []string{"run0"}, "train.log", 80, 24)
	stage.Press("/")
	stage.Type("step")
	stage.Press("enter", "G")
	if got := stage.Status(); !strings.HasSuffix(got, "hit 1 of 2   following") {
		t.Errorf("the status is %q", got)
	}
	write(t, filepath.Join(dirs[0], "train.log"), "INFO step 1\nINFO step 2\nINFO step 3\n")
	stage.Later()
	if got := stage.Status(); !strings.HasSuffix(got, "hit 1 of 3   following") {
		t.Errorf("the status is %q once it has grown", got)
	}
	stage.Press("n")
	if got := stage.Status(); !strings.HasSuffix(got, "hit 2 of 3   F follows") {
		t.Errorf("the status is %q once a hit was gone to", got)
	}
}

// TestStepsOfImages: the slider and the list go by step number, without the smaller
// twins; zoom stays and the cursor follows.
func TestStepsOfImages(t *testing.T) {
	all := map[string]string{}
	for i, step := range []int{10, 2, 1} {
		name := fmt.Sprintf("images/gen+step+%d+timestamp+177504480%04d+%08d-0000-0000-0000-000000000000", step, i, i)
		all[name+".png"], all[name+"+compressed.webp"] = drawn(t, 900, 900), "RIFF"
	}
	s, _ := made(t, all)
	stage := open(t, s, []string{"run0"}, "", 80, 24)
	stage.Press("enter", "j", "tab", "z")
	zoomed := stage.Status()
	if !strings.Contains(zoomed, "× what fits") {
		t.Fatalf("z leaves the picture as it is: %q", zoomed)
	}
	var at []string
	for i, line := range strings.Split(stage.Screen(), "\n") {
		if left, _, ok := strings.Cut(line, "│"); ok && i > 0 && strings.Contains(left, "step") {
			at = append(at, strings.Fields(strings.TrimLeft(left, "▌ "))[1])
		}
	}
	if want := []string{"1", "2", "10"}; !slices.Equal(at, want) {
		t.Errorf("the list has the steps %v, want %v", at, want)
	}
	for _, step := range []string{"▌    step 2  gen", "▌    step 10  gen"} {
		stage.Press("]")
		if want(t, stage, step); stage.Status() != zoomed {
			t.Errorf("at %q the picture is %q, and was %q", step, stage.Status(), zoomed)
		}
	}
}

// TestBackToTheCell: esc goes from a picture to the cell that it was opened from.
func TestBackToTheCell(t *testing.T) {
	var rows [][]any
	for i := range 40 {
		rows = append(rows, []any{i, map[string]string{"type": "image", "filepath": "table_images/t/a.png", "compressed_filepath": "table_images/t/a.webp"}})
	}
	table, err := json.Marshal(map[string]any{"columns": []string{"n", "img"}, "data": rows})
	if err != nil {
		t.Fatal(err)
	}
	s, _ := made(t, map[string]string{"t.json": string(table), "table_images/t/a.png": drawn(t, 9, 9)})
	stage := open(t, s, []string{"run0"}, "t.json", 100, 20)
	stage.Press("l", "pgdown", "j")
	before := stage.Screen()
	stage.Press("enter")
	want(t, stage, "table_images/t/a.png", "9 × 9 pixels")
	if stage.Press("esc"); stage.Screen() != before {
		t.Errorf("esc shows\n%snot\n%s", stage.Screen(), before)
	}
	stage.Press("enter", "tab", "j")
	hasNot(t, stage, "back to the table")
}

// TestARejectedFilterIsKept for mending.
func TestARejectedFilterIsKept(t *testing.T) {
	s, _ := made(t, map[string]string{"t.csv": "id,x\n1,2\n3,4\n"})
	stage := open(t, s, []string{"run0"}, "t.csv", 80, 20)
	stage.Press("f")
	stage.Type("y > 1")
	stage.Press("enter")
	want(t, stage, `column "y"`, "filter  y > 1")
	for range 5 {
		stage.Press("backspace")
	}
	stage.Type("x > 2")
	stage.Press("enter")
	want(t, stage, "filter  x > 2", "2    3    4")
	hasNot(t, stage, `column "y"`)
}

// TestRunsWithoutFiles stand behind those that have some, and no key falls over them.
func TestRunsWithoutFiles(t *testing.T) {
	s, dirs := made(t, nil, map[string]string{"a.txt": "of one"}, map[string]string{"a.txt": "of two"}, nil)
	for _, i := range []int{0, 3} {
		remove(t, dirs[i])
	}
	stage := open(t, s, []string{"run0", "run1", "run2", "run3"}, "", 80, 20)
	want(t, stage, "A run1   B run2", "without files: run0 (no artifacts), run3 (no artifacts)", "a.txt")
	if stage.Press("G"); !strings.Contains(stage.Screen(), "- of one") {
		t.Errorf("the files are not held against each other:\n%s", stage.Screen())
	}
	stage = open(t, s, []string{"run0", "run3", "run2"}, "a.txt", 80, 20)
	want(t, stage, "without files: run0", "of two")
	stage = open(t, s, []string{"run0", "run3"}, "a.txt", 80, 20)
	want(t, stage, "mlflow.log_artifact")
	stage.Send(view.Refresh{})
}

// TestRemoteArtifacts say what to do, which is readable on small screens.
func TestRemoteArtifacts(t *testing.T) {
	var r memory.Records
	r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: "run0", ExperimentID: "1"}, ArtifactURI: "s3://acme-ml/mlflow/remote/a8b9b3bc8a7f44939875381f8bc9d42b/artifacts"})
	for _, size := range [][2]int{{80, 21}, {40, 9}} { // what the program leaves of 80x24 and 40x12
		screen := open(t, memory.New(r), []string{"run0"}, "", size[0], size[1]).Screen()
		whole := strings.Join(strings.Fields(screen), "")
		for _, text := range []string{"artifactsdownload--artifact-uris3://acme-ml/mlflow/remote/a8b9b3bc8a7f44939875381f8bc9d42b/artifacts--dst-pathDIR", "[artifacts]:moved=[\"", "=DIR"} {
			if !strings.Contains(whole, text) {
				t.Errorf("%v: %q is not in\n%s", size, text, screen)
			}
		}
	}
}

// TestNotesAreRead at any width: wrapped, and as far as there is room before they are
// asked for.
func TestNotesAreRead(t *testing.T) {
	s, _ := made(t, map[string]string{"broken.json": "{not json", "tiny.txt": "one line"})
	for _, size := range [][2]int{{80, 21}, {40, 9}} {
		stage := open(t, s, []string{"run0"}, "broken.json", size[0], size[1])
		if screen := stage.Screen(); strings.Contains(screen, "! shows all") {
			stage.Press("!")
		}
		if whole := strings.Join(strings.Fields(strings.ReplaceAll(stage.Screen(), "│", " ")), " "); !strings.Contains(strings.ReplaceAll(whole, " tiny.txt 8 B", ""), "a key is missing") {
			t.Errorf("%v: the reason is cut in\n%s", size, stage.Screen())
		}
	}
	stage := open(t, s, []string{"run0"}, "tiny.txt", 40, 3)
	if got := stage.Status(); got != "line 1 of 1" {
		t.Errorf("the status of a line is %q", got)
	}
}

// TestKeysOfThePart are in the help wherever the focus is, and say how to get there.
func TestKeysOfThePart(t *testing.T) {
	s, _ := made(t, map[string]string{"p.png": drawn(t, 900, 900)})
	v := files.New(s, nil, view.ShowArtifacts{Runs: []string{"run0"}}, painter.New(""), viewtest.Theme())
	stage := viewtest.Start(t, v, 100, 20)
	stage.Press("j", "g")
	why := map[string]string{}
	for _, k := range v.Keys() {
		why[k.Press[0]] = k.Why()
		for _, press := range k.Press {
			if press >= "0" && press <= "9" && len(press) == 1 {
				t.Errorf("%s is %q here and a place of the program", press, k.Does)
			}
		}
	}
	for key, want := range map[string]string{"z": "tab into the file first", "alt+9": "tab into the file first", "tab": ""} {
		if got, there := why[key]; !there || got != want {
			t.Errorf("%s: %q (%v), want %q", key, got, there, want)
		}
	}
}
