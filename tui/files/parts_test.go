package files_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"benchside/tui/files"
	"benchside/tui/painter"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// TestTablesAreAsked orders, filters and sums up a table of more rows than a
// screen has.
func TestTablesAreAsked(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("id,plan,charge\n")
	for i := range 5000 {
		fmt.Fprintf(&csv, "%d,%s,%d.5\n", i, []string{"free", "gold"}[i%2], (i*7919)%5000)
	}
	s, _ := made(t, map[string]string{"t.csv": csv.String()})
	for name, c := range map[string]struct {
		press, filter string
		want          []string
	}{
		"the end of the file":  {"G", "", []string{"▌5000  4999  gold"}},
		"a falling order":      {"l l s s", "", []string{"charge ▼", "4999.5"}},
		"as in the file again": {"l l s s s", "", []string{"▌   1     0  free"}},
		"a condition":          {"", "plan = 'gold' and id >= 4997", []string{"4998  4997  gold", "5000  4999  gold", "filter  plan = 'gold'"}},
		"no row is like that":  {"", "id < 0", []string{"no row is like that"}},
		"a wrong condition":    {"", "nothing > 1", []string{"nothing"}},
		"a column summed up":   {"l u", "", []string{"distinct                  2", "most frequent"}},
	} {
		t.Run(name, func(t *testing.T) {
			stage := open(t, s, []string{"run0"}, "t.csv", 120, 40)
			if c.filter != "" {
				stage.Press("f")
				stage.Type(c.filter)
				stage.Press("enter")
			}
			stage.Press(strings.Fields(c.press)...)
			want(t, stage, c.want...)
		})
	}
}

// TestTextsAreSearched goes from hit to hit, and wraps long lines.
func TestTextsAreSearched(t *testing.T) {
	var text strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&text, "line %d of the notes\n", i)
	}
	text.WriteString(strings.Repeat("long ", 60) + "end of it\n")
	s, _ := made(t, map[string]string{"notes.txt": text.String()})
	stage := open(t, s, []string{"run0"}, "notes.txt", 120, 24)
	stage.Press("/")
	stage.Type("line 1[05]00 ")
	stage.Press("enter")
	want(t, stage, "1001 line 1000 of the notes")
	if got := stage.Status(); !strings.HasSuffix(got, "hit 1 of 2") {
		t.Errorf("the status is %q", got)
	}
	stage.Press("n")
	want(t, stage, "1501 line 1500 of the notes")
	stage.Press("n")
	want(t, stage, "1001 line 1000 of the notes")
	stage.Press("G")
	if strings.Contains(stage.Screen(), "end of it") {
		t.Error("a long line is not cut")
	}
	stage.Press("W")
	stage.Press("G")
	want(t, stage, "2001 long", "end of it")
	if stage.Press("g"); !strings.Contains(stage.Screen(), "  1 line 0 of the notes") {
		t.Error("the first line is not the first")
	}
}

// TestTreesFold folds, searches in what is folded, and copies.
func TestTreesFold(t *testing.T) {
	s, _ := made(t, map[string]string{"c.json": `{"a": {"deep": {"key": "needle"}}, "b": [1, 2.50, null]}`})
	stage := open(t, s, []string{"run0"}, "c.json", 120, 24)
	stage.Press("{")
	if strings.Contains(stage.Screen(), "needle") {
		t.Error("what is folded is shown")
	}
	stage.Press("/")
	stage.Type("needle")
	stage.Press("enter")
	want(t, stage, "key  needle")
	stage.Press("Y")
	if got, ok := stage.Asked[len(stage.Asked)-1].(view.Copy); !ok || got.Text != "a.deep.key" {
		t.Errorf("it copied %+v", stage.Asked[len(stage.Asked)-1])
	}
	stage.Press("}", "G", "k")
	if got := stage.Status(); !strings.Contains(got, "2.50   b[1]") {
		t.Errorf("a number is not as it was written: %q", got)
	}
}

// TestAnOddFile is a line in the pane: nothing hangs and nothing ends.
func TestAnOddFile(t *testing.T) {
	s, dirs := made(t, map[string]string{
		"broken.png": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\x00\x00\x00", "cut.parquet": "PAR1....PAR1",
		"lying.npy": "\x93NUMPY\x01\x00\x76\x00{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }", "esc.txt": "a\x1b[31mred\x1b]0;title\x07\n",
		"a/" + strings.Repeat("long", 50) + ".txt": "x",
	})
	if err := os.Symlink("/etc/passwd", dirs[0]+"/leaves"); err != nil {
		t.Fatal(err)
	}
	stage := open(t, s, []string{"run0"}, "", 100, 24)
	for range 8 {
		stage.Press("j")
		stage.Draw()
	}
	stage.Press("g", "enter", "j")
	for _, name := range []string{"broken.png", "cut.parquet", "lying.npy", "esc.txt", "leaves"} {
		if screen := open(t, s, []string{"run0"}, name, 100, 24).Screen(); strings.Contains(screen, "root:") {
			t.Errorf("%s shows\n%s", name, screen)
		}
	}
}

// TestServedSessionsStayWithin: where the user sits elsewhere no file is written.
func TestServedSessionsStayWithin(t *testing.T) {
	s, _ := made(t, map[string]string{"a.txt": "x"})
	v := files.New(s, nil, view.ShowArtifacts{Runs: []string{"run0"}, Path: "a.txt"}, painter.New(""), viewtest.Theme()).Served(true)
	stage := viewtest.Start(t, v, 100, 24)
	to := t.TempDir()
	stage.Command("download", to)
	if left, err := os.ReadDir(to); err != nil || len(left) > 0 || !strings.Contains(stage.Said(), "artifacts get") {
		t.Errorf("it wrote %v and says %q (%v)", left, stage.Said(), err)
	}
}

// TestBeforeAnythingIsRead draws the screen while the runs are still read, and when
// they cannot be.
func TestBeforeAnythingIsRead(t *testing.T) {
	s, _ := made(t, map[string]string{"a.txt": "x"}, nil)
	for _, size := range viewtest.Sizes() {
		for _, runs := range [][]string{{"run0"}, {"run0", "run1"}, {"gone", "run1"}} {
			v := files.New(s, nil, view.ShowArtifacts{Runs: runs, Path: "a.txt"}, painter.New(""), viewtest.Theme())
			v.Update(view.Sized{Width: size[0], Height: size[1]})
			viewtest.Check(t, v.Draw(size[0], size[1]), size[0], size[1])
			for _, k := range v.Keys() {
				if k.Why() == "" {
					k.Run()
				}
			}
			v.Status()
			stage := viewtest.Start(t, v, size[0], size[1])
			stage.Draw()
		}
	}
}

// TestWhatIsCutIsShownWhole below, in a document and in a table, until it is closed.
func TestWhatIsCutIsShownWhole(t *testing.T) {
	long := strings.Repeat("word ", 30) + "the end"
	s, _ := made(t, map[string]string{"c.json": fmt.Sprintf(`{"a": %q, "b": 1}`, long), "t.csv": "id,text\n1," + long + "\n2,short\n"})
	for name, press := range map[string]string{"c.json": "j enter", "t.csv": "l enter"} {
		for _, size := range [][2]int{{120, 24}, {40, 12}} {
			stage := open(t, s, []string{"run0"}, name, size[0], size[1])
			hasNot(t, stage, "the end")
			stage.Press(strings.Fields(press)...)
			want(t, stage, "the end")
			stage.Press("j")
			hasNot(t, stage, "the end")
			stage.Press("k", "enter")
			hasNot(t, stage, "the end")
		}
	}
}

// TestASummaryIsReadOnASmallScreen: what has no room is scrolled to, and no bar of the
// chart is left out.
func TestASummaryIsReadOnASmallScreen(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("id,charge\n")
	for i := range 400 {
		fmt.Fprintf(&csv, "%d,%d\n", i, (i*7919)%400)
	}
	s, _ := made(t, map[string]string{"t.csv": csv.String()})
	stage := open(t, s, []string{"run0"}, "t.csv", 40, 9)
	stage.Press("l", "u")
	want(t, stage, "values                  400", "more lines: j")
	hasNot(t, stage, "mean")
	seen := ""
	for range 25 {
		stage.Press("j")
		seen += stage.Screen()
	}
	for _, text := range []string{"mean", "sd ", "how many from each number on"} {
		if !strings.Contains(seen, text) {
			t.Errorf("%q cannot be scrolled to", text)
		}
	}
	if strings.Contains(seen, "more bar") || strings.Contains(seen, ".5 █") {
		t.Error("bars are left out, or begin at fractions")
	}
	hasNot(t, stage, "more lines: j")
	stage.Press("u")
	want(t, stage, "▌  1    0")
}
