package mlruns

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"benchside/store"
)

const made = "../../testdata/filestore.tar.gz"

// Runs of that store.
const (
	child = "d2fe8149413940f4954a02ee3ef7b2ae"
	live  = "53d0c9f9aeda453bbf65a465d61c2249"
	sweep = "878128527170667009"
	model = "397498331309092780" // the experiment of the live run
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	for what, c := range map[string]struct {
		path string
		want error
	}{
		"an empty folder":      {t.TempDir(), store.ErrNotStore},
		"a folder of others":   {filepath.Dir(file), store.ErrNotStore},
		"nothing of that name": {file + "s", fs.ErrNotExist},
	} {
		if _, err := Open(t.Context(), c.path, ""); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", what, err, c.want)
		}
	}
	dir := unpacked(t, made)
	if about, err := opened(t, filepath.Dir(dir)).About(t.Context()); err != nil || about.Path != dir {
		t.Errorf("the folder that holds mlruns: opened %q, %v; want %s", about.Path, err, dir)
	}
}

// entries describes all that is in a folder: names, sizes, times of change.
func entries(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		fmt.Fprintln(&b, name, info.Size(), info.ModTime(), info.Mode())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLookingLeavesNoTrace(t *testing.T) {
	dir := unpacked(t, made)
	before := entries(t, dir)
	s := opened(t, dir)
	changes, err := s.Watch(t.Context())
	if err != nil || changes == nil {
		t.Fatal(err)
	}
	if _, err := s.Runs(t.Context(), store.RunQuery{Stage: store.AnyStage}); err != nil {
		t.Fatal(err)
	}
	if after := entries(t, dir); after != before {
		t.Errorf("got\n%s\nwant\n%s", after, before)
	}
}

func TestNothingOutsideTheFolderIsRead(t *testing.T) {
	dir := unpacked(t, made)
	outside := t.TempDir()
	write(t, filepath.Join(outside, "secret"), "secret")
	write(t, filepath.Join(outside, "meta.yaml"), "experiment_id: '99'\nname: outside\n")
	run := filepath.Join(dir, sweep, child)
	for link, to := range map[string]string{
		filepath.Join(run, "params", "stolen"): filepath.Join(outside, "secret"),
		filepath.Join(run, "tags", "all"):      outside,
		filepath.Join(dir, "99"):               outside,
	} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	s := opened(t, dir)
	r, err := s.Run(t.Context(), child)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Params["stolen"]; ok || r.Tags["all/secret"] != "" {
		t.Errorf("a link out of the folder was followed: %q, %q", r.Params["stolen"], r.Tags)
	}
	for _, key := range []string{"../meta.yaml", "../../meta.yaml", "/etc/passwd", ".", "a/../../b", "a\x00b"} {
		f := store.Field{Kind: store.ParamField, Key: key}
		cells, err := s.Cells(t.Context(), []string{child}, []store.Field{f})
		if err != nil || len(cells) > 0 {
			t.Errorf("param %q: got %v, %v", key, cells, err)
		}
	}
	all, err := s.Experiments(t.Context(), store.ExperimentQuery{Stage: store.AnyStage})
	if err != nil || len(all) != 4 {
		t.Errorf("got %d experiments, %v; want the 4 of the folder", len(all), err)
	}
}

func TestWhatIsBrokenIsLeftOutAndNamed(t *testing.T) {
	dir := unpacked(t, made)
	metric := filepath.Join(dir, sweep, child, "metrics")
	write(t, filepath.Join(dir, sweep, "00000000000000000000000000000bad", metaFile), "run_id: [[[")
	write(t, filepath.Join(dir, sweep, "0000000000000000000000000000liar", metaFile), "run_id: "+child+"\nexperiment_id: '"+sweep+"'\n")
	write(t, filepath.Join(dir, sweep, "000000000000000000000000000empty", metaFile), "")
	write(t, filepath.Join(metric, "half"), "10 0.5 1\n20 0.7 2\n30 0.")
	write(t, filepath.Join(metric, "mixed"), "10 nan 1\nnonsense\n20 inf 2\n\n30 -inf -3\n40 1e999 4 data 1234\n")
	if err := syscall.Mkfifo(filepath.Join(metric, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	s := opened(t, dir)
	about, err := s.About(ctx)
	if err != nil || about.Runs != 13 || !strings.Contains(strings.Join(about.Notes, " "), "3 folders could not be read") {
		t.Errorf("got %d runs, %q, %v; want 13 and a note of 3 folders", about.Runs, about.Notes, err)
	}
	r, err := s.Run(ctx, child)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Metrics["half"]; p.Step != store.StepOf(2) || p.Value != 0.7 {
		t.Errorf("a line that is being written: the latest is %+v, want step 2", p)
	}
	if _, ok := r.Metrics["pipe"]; ok {
		t.Error("a pipe is a metric")
	}
	var got []store.Point
	err = s.History(ctx, child, "mixed", func(p []store.Point) error { got = append(got, p...); return nil })
	if !errors.Is(err, store.ErrDamaged) || len(got) != 4 {
		t.Fatalf("got %v, %v; want four points and %v", got, err, store.ErrDamaged)
	}
	want := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Inf(1)}
	for i, p := range got {
		if p.Value != want[i] && !(math.IsNaN(p.Value) && math.IsNaN(want[i])) {
			t.Errorf("point %d: got %v, want %v", i, p.Value, want[i])
		}
	}
}

func TestTheFolderGoesAndComes(t *testing.T) {
	dir := unpacked(t, made)
	s := opened(t, dir)
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(t.Context(), child); !errors.Is(err, store.ErrGone) {
		t.Errorf("while away: got %v, want %v", err, store.ErrGone)
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(t.Context(), child); err != nil {
		t.Errorf("when back: %v", err)
	}
}

// next returns the first event of the feed that is wanted.
func next(t *testing.T, changes <-chan store.Change, what string, wanted func(store.Change, store.Event) bool) store.Event {
	t.Helper()
	for late := time.After(5 * time.Second); ; {
		select {
		case c := <-changes:
			for _, e := range append(c.Events, store.Event{Kind: -1}) {
				if wanted(c, e) {
					return e
				}
			}
		case <-late:
			t.Fatalf("%s: not told in 5 s", what)
		}
	}
}

func TestWatchTellsWhatOthersWrite(t *testing.T) {
	dir := unpacked(t, made)
	s := opened(t, dir)
	s.poll = 20 * time.Millisecond
	changes, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	of := func(kind store.EventKind, key string) func(store.Change, store.Event) bool {
		return func(_ store.Change, e store.Event) bool { return e.Kind == kind && e.Key == key }
	}
	run := filepath.Join(dir, model, live)
	later := func() { time.Sleep(settled) } // than the file before

	write(t, filepath.Join(run, "metrics", "loss"), "10 0.5 1\n20 0.25 ")
	if e := next(t, changes, "a point", of(store.PointLogged, "loss")); e.Point.Value != 0.5 || e.Head.ID != live {
		t.Errorf("a point: got %+v", e)
	}
	write(t, filepath.Join(run, "metrics", "loss"), "10 0.5 1\n20 0.25 2\n")
	if e := next(t, changes, "the rest of a line", of(store.PointLogged, "loss")); e.Point.Step != store.StepOf(2) {
		t.Errorf("the rest of a line: got %+v", e)
	}
	write(t, filepath.Join(run, "params", "lr"), "0.1")
	if e := next(t, changes, "a param", of(store.ParamLogged, "lr")); e.Text != "0.1" {
		t.Errorf("a param: got %+v", e)
	}
	write(t, filepath.Join(run, "tags", "note"), "first")
	next(t, changes, "a tag", of(store.TagSet, "note"))
	write(t, filepath.Join(run, "tags", "note"), "second")
	if e := next(t, changes, "a tag set again", of(store.TagSet, "note")); e.Text != "second" {
		t.Errorf("a tag set again: got %+v", e)
	}
	later()
	meta, err := os.ReadFile(filepath.Join(run, metaFile))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(run, metaFile), strings.Replace(string(meta), "status: 1", "status: 3", 1))
	if e := next(t, changes, "an end", of(store.RunChanged, "")); e.Head.Status != store.Finished {
		t.Errorf("an end: got %+v", e)
	}
	fresh := strings.Repeat("f", 32)
	write(t, filepath.Join(dir, model, fresh, metaFile), strings.ReplaceAll(string(meta), live, fresh))
	if e := next(t, changes, "a new run", of(store.RunCreated, "")); e.Head.ID != fresh {
		t.Errorf("a new run: got %+v", e)
	}
	if err := os.RemoveAll(filepath.Join(dir, model, fresh)); err != nil {
		t.Fatal(err)
	}
	if e := next(t, changes, "a removed run", of(store.RunRemoved, "")); e.Head.ID != fresh {
		t.Errorf("a removed run: got %+v", e)
	}
	if err := os.Rename(filepath.Join(dir, sweep), filepath.Join(dir, trash, sweep)); err != nil {
		t.Fatal(err)
	}
	next(t, changes, "a deleted experiment", of(store.ExperimentsChanged, ""))
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	next(t, changes, "the folder is gone", func(c store.Change, _ store.Event) bool {
		return c.Mode == store.Lost && errors.Is(c.Problem, store.ErrGone)
	})
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	next(t, changes, "the folder is back", func(c store.Change, _ store.Event) bool { return c.Problem == nil })
}

func TestNoPointIsMissed(t *testing.T) {
	dir := unpacked(t, made)
	s := opened(t, dir)
	s.poll = time.Millisecond
	changes, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const points = 20_000
	name := filepath.Join(dir, model, live, "metrics", "loss")
	write(t, name, "")
	go func() {
		f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		for i := range points {
			// In two parts, as a buffer may be cut.
			line := fmt.Sprintf("%d %d %d\n", i, i, i)
			_, first := f.WriteString(line[:3])
			_, second := f.WriteString(line[3:])
			if err := errors.Join(first, second); err != nil {
				t.Error(err)
			}
		}
	}()
	var got []int64
	for late := time.After(30 * time.Second); len(got) < points; {
		select {
		case c := <-changes:
			if len(c.Events) > 5000 {
				t.Fatalf("a change has %d events", len(c.Events))
			}
			for _, e := range c.Events {
				if e.Kind == store.PointLogged {
					got = append(got, e.Point.Step.Whole)
				}
			}
		case <-late:
			t.Fatalf("got %d points in 30 s, want %d", len(got), points)
		}
	}
	for i, step := range got {
		if step != int64(i) {
			t.Fatalf("point %d has step %d: lost, doubled or moved; %v", i, step, got[max(0, i-2):i+1])
		}
	}
}

func TestPointsAreReadAsMLflowReadsThem(t *testing.T) {
	for line, want := range map[string]string{
		"10 0.5":                 "0 10 0.5",
		"10 0.5 3":               "3 10 0.5",
		"10 0.5 -3":              "-3 10 0.5",
		"10 0.5 2.5":             "2.5 10 0.5",
		"10 nan 1":               "1 10 NaN",
		"10 -inf 1":              "1 10 -Inf",
		"10 0.5 3 data 1234":     "3 10 0.5",
		"10 0.5 3 two words 123": "3 10 0.5",
		"10":                     "error",
		"now 0.5 3":              "error",
		"10 half 3":              "error",
		"10 0x1p3 3":             "error",
		"10 1_000 3":             "error",
		"10 0.5 nan":             "error",
		"10 0.5 1e300":           "error",
	} {
		p, err := parsePoint(line)
		got := fmt.Sprintf("%s %d %v", p.Step, p.Timestamp, p.Value)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", line, got, want)
		}
	}
}

func FuzzPoints(f *testing.F) {
	for _, seed := range []string{"", "10 0.5 3\n", "10 nan -1\n20 inf 2", "x\n\n1 2 3\r\n", strings.Repeat("1", 5000) + "\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		points, lines := 0, strings.Count(string(content), "\n")
		end, bad, err := scanPoints(strings.NewReader(string(content)), 0, func(store.Point) error { points++; return nil })
		if err != nil || points+bad > lines || end > int64(len(content)) {
			t.Fatalf("%d points and %d others of %d lines, to %d of %d, %v", points, bad, lines, end, len(content), err)
		}
		if end > 0 && content[end-1] != '\n' {
			t.Fatal("ends within a line")
		}
	})
}

func FuzzMeta(f *testing.F) {
	for _, seed := range []string{"run_id: a\nstatus: 3\n", "{}", "a: [[[", "? ? ?", "a: &b\n  c: *b\n", "start_time: 1e400", "- - -"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, content []byte) {
		m, err := parseMeta(content)
		if err != nil {
			return
		}
		_, _ = m.head("0", m.text("run_id"))
		m.moment("start_time")
		m.texts("tags")
		m.modelStatus()
	})
}

func TestRunsAreFoundInAFolderOfManyLevels(t *testing.T) {
	dir := unpacked(t, made)
	write(t, filepath.Join(dir, sweep, child, "metrics", "val", "auc", "top"), "1 0.5 1\n")
	write(t, filepath.Join(dir, sweep, child, "params", strings.Repeat("d/", 100)+"deep"), "x")
	r, err := opened(t, dir).Run(t.Context(), child)
	if err != nil || !slices.Contains(r.MetricKeys(), "val/auc/top") {
		t.Errorf("got %v, %v; want val/auc/top among them", r.MetricKeys(), err)
	}
}
