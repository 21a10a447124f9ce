package monitors_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"benchside/artifacts"
	"benchside/drift"
	"benchside/drift/cells"
	"benchside/monitors"
	"benchside/store"
	"benchside/store/sqlite"
)

// csvReader reads plain CSV, and counts.
type csvReader struct{ reads map[string]int }

func (c csvReader) Read(ctx context.Context, path string) ([]drift.Column, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if c.reads != nil {
		c.reads[filepath.Base(path)]++
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("read %s: it is empty", path)
	}
	columns := make([]drift.Column, len(rows[0]))
	for i, name := range rows[0] {
		var s cells.Sniffer
		for _, row := range rows[1:] {
			s.See([]byte(row[i]))
		}
		columns[i] = drift.Column{Name: name, Storage: s.Storage()}
		for _, row := range rows[1:] {
			cells.Append(&columns[i], []byte(row[i]))
		}
	}
	return columns, nil
}

// months are the flights of New York by month, header first.
func months(t testing.TB) (header string, rows map[string][]string) {
	t.Helper()
	rows = map[string][]string{}
	content, err := os.ReadFile("../drift/testdata/real/flights2013_current.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	at := slices.Index(strings.Split(lines[0], ","), "time_hour")
	if at < 0 {
		t.Fatalf("no time in %s", lines[0])
	}
	for _, l := range lines[1:] {
		month := strings.Split(l, ",")[at][:7]
		rows[month] = append(rows[month], l)
	}
	return lines[0], rows
}

// bench is a store with one monitor over a folder.
type bench struct {
	*testing.T
	db     *sqlite.DB
	engine monitors.Engine
	folder string
	header string
	months map[string][]string
}

func newBench(t *testing.T, rules ...store.AlertRule) *bench {
	t.Helper()
	db, path := opened(t)
	b := &bench{T: t, db: db, folder: t.TempDir()}
	b.header, b.months = months(t)
	b.engine = engineOf(db, path)
	if len(rules) == 0 {
		rules = []store.AlertRule{monitors.UsualRule(0)}
	}
	reference, err := filepath.Abs("../drift/testdata/real/flights2013_reference.csv")
	if err != nil {
		t.Fatal(err)
	}
	b.add(store.Monitor{
		Name: "flights", Reference: store.DataSource{Kind: store.FromFile, Path: reference},
		Arrives: store.Arrival{Kind: store.InFolder, Folder: b.folder}, Rules: rules,
		Comparing: store.Comparing{Roles: map[string]string{"time_hour": "timestamp", "late": "target", "late_proba": "probability"}},
	})
	return b
}

func engineOf(db *sqlite.DB, path string) monitors.Engine {
	return monitors.Engine{
		Source: db, Writer: db, Reader: csvReader{}, By: store.Author{Name: "ada", Via: "cli"}, Settled: time.Millisecond, Version: "test",
		Places: func(store.Run) artifacts.Places { return artifacts.Places{Store: path} },
	}
}

func (b *bench) add(m store.Monitor) {
	b.Helper()
	_, err := b.db.Write(b.Context(), store.Intent{Mutations: []store.Mutation{store.AddMonitor{Monitor: m}}})
	if err != nil {
		b.Fatal(err)
	}
}

// put writes a month's flights as a file that came an hour ago.
func (b *bench) put(name, month string) {
	b.Helper()
	b.write(name, b.header+"\n"+strings.Join(b.months[month], "\n")+"\n")
}

func (b *bench) write(name, content string) {
	b.Helper()
	path := filepath.Join(b.folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.Fatal(err)
	}
	hour := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, hour, hour); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) monitor() store.Monitor {
	b.Helper()
	all, err := b.db.Monitors(b.Context())
	if err != nil || len(all) == 0 {
		b.Fatalf("%v, %v", all, err)
	}
	return all[len(all)-1]
}

func (b *bench) look() monitors.Outcome {
	b.Helper()
	o, err := b.engine.Look(b.Context(), b.monitor())
	if err != nil {
		b.Fatal(err)
	}
	return o
}

// states are what became of the batches that a look recorded.
func states(o monitors.Outcome) map[string]string {
	out := map[string]string{}
	for _, r := range o.Results {
		out[r.Batch.Name] = strings.TrimSuffix(string(r.State)+" "+r.Verdict, " ")
	}
	return out
}

func (b *bench) want(o monitors.Outcome, want map[string]string) {
	b.Helper()
	if got := states(o); !maps.Equal(got, want) {
		b.Errorf("got %v, want %v; trouble: %v", got, want, o.Trouble)
	}
}

func TestWhatBecomesOfABatch(t *testing.T) {
	b := newBench(t)
	b.put("apr.csv", "2013-04")
	b.put("may.csv", "2013-05")
	o := b.look()
	b.want(o, map[string]string{"apr.csv": "compared drift", "may.csv": "compared warn"})
	if o.Results[0].Batch.Name != "apr.csv" || o.Results[0].Batch.Rows != len(b.months["2013-04"]) {
		t.Errorf("the first is %+v", o.Results[0].Batch)
	}
	if o := b.look(); len(o.Results) > 0 || o.Known != 2 {
		t.Errorf("again: %v", o)
	}

	b.put("copy.csv", "2013-04")                                         // the content of April
	b.put("jul.csv", "2013-07")                                          // the next
	b.put("late.csv", "2013-06")                                         // its data ends before July's
	b.write("torn.csv", b.header+"\n1,2\n")                              // no table
	b.write("unlike.csv", "temp,extra\n"+strings.Repeat("warm,1\n", 40)) // another schema
	b.write("half.csv.part", b.header+"\n")                              // still being written
	b.write(".hidden.csv", b.header+"\n")                                // by its name
	b.write("notes.txt", "no table")                                     // none of ours
	b.put("apr.csv", "2013-08")                                          // another content under its name
	if err := os.Mkdir(filepath.Join(b.folder, "dir.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	o = b.look()
	b.want(o, map[string]string{
		"apr.csv": "rewritten drift", "copy.csv": "duplicate", "jul.csv": "compared drift", "late.csv": "compared drift", "torn.csv": "unreadable",
		"unlike.csv": "compared undefined",
	})
	if got := slices.Sorted(slices.Values(o.Partial)); !slices.Equal(got, []string{".hidden.csv", "half.csv.part"}) {
		t.Errorf("still written are %v", got)
	}
}

func TestALateBatchIsComparedAndNotCounted(t *testing.T) {
	b := newBench(t)
	b.put("jul.csv", "2013-07")
	b.look()
	b.put("jun.csv", "2013-06")
	o := b.look()
	if len(o.Results) != 1 || o.Results[0].State != store.BatchLate || o.Results[0].Report != 0 && o.Results[0].Verdict == "" {
		t.Errorf("got %v", states(o))
	}
	all, err := b.db.Results(t.Context(), store.ResultQuery{})
	if err != nil || len(all) != 2 || all[0].Batch.Name != "jul.csv" || all[1].Report == 0 {
		t.Errorf("kept are %+v, %v", all, err)
	}
}

func TestColumnsThatChangedAreNamed(t *testing.T) {
	b := newBench(t)
	lines := append([]string{b.header}, b.months["2013-05"]...)
	names := strings.Split(b.header, ",")
	temp, dest := slices.Index(names, "temp"), slices.Index(names, "dest")
	for i, l := range lines {
		cells := strings.Split(l, ",")
		if i == 0 {
			cells[dest] = "goal"
		} else {
			cells[temp] = "warm"
		}
		lines[i] = strings.Join(cells, ",")
	}
	b.write("may.csv", strings.Join(lines, "\n")+"\n")
	o := b.look()
	want := []string{"column goal is new", "column temp is string, not number", "column dest is missing"}
	if len(o.Results) != 1 || len(o.Results[0].Schema) != 3 {
		t.Fatalf("got %+v", o)
	}
	for _, w := range want {
		if !slices.Contains(o.Results[0].Schema, w) {
			t.Errorf("%q is not among %q", w, o.Results[0].Schema)
		}
	}
}

func TestAFileThatGrowsIsNotTaken(t *testing.T) {
	b := newBench(t)
	b.engine.Settled = 300 * time.Millisecond
	path := filepath.Join(b.folder, "apr.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 12 {
			_, _ = f.WriteString(b.header + "\n")
			time.Sleep(50 * time.Millisecond)
		}
	}()
	o := b.look()
	if len(o.Results) > 0 || !slices.Equal(o.Partial, []string{"apr.csv"}) {
		t.Errorf("while it grows: %v, still written %v", states(o), o.Partial)
	}
	<-done
	b.put("apr.csv", "2013-04")
	b.want(b.look(), map[string]string{"apr.csv": "compared drift"})
}

func TestARuleFiresOnceAndEnds(t *testing.T) {
	b := newBench(t, store.AlertRule{Name: "temp", Value: "psi:temp", Op: ">=", Threshold: 1, Breaches: 2, Of: 3, Clear: 1})
	var fired []string
	for _, month := range []string{"2013-04", "2013-05", "2013-06", "2013-11", "2013-12"} {
		b.put(month+".csv", month)
		for _, c := range b.look().Changes {
			what := "fired"
			if c.Resolved {
				what = "ended"
			}
			fired = append(fired, month+" "+what)
		}
	}
	open, err := b.db.Alerts(t.Context(), store.AlertQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if len(fired) == 0 || fired[0] != "2013-05 fired" || len(open) != (len(fired)+1)/2 {
		t.Errorf("changes %v, alerts %+v", fired, open)
	}
}

func TestARestartFiresNothingTwice(t *testing.T) {
	b := newBench(t)
	b.put("apr.csv", "2013-04")
	if o := b.look(); len(o.Changes) != 1 {
		t.Fatalf("got %v", o.Changes)
	}
	b.put("jun.csv", "2013-06") // drifts, too
	again := engineOf(b.db, "")
	o, err := again.Look(t.Context(), b.monitor())
	if err != nil || len(o.Results) != 1 || len(o.Changes) != 0 {
		t.Errorf("a fresh engine: %v, %v, %v", states(o), o.Changes, err)
	}
}

// whole is all that a store keeps of a monitor, without numbers and times.
func whole(t testing.TB, db *sqlite.DB) string {
	t.Helper()
	var parts []string
	results, err := db.Results(t.Context(), store.ResultQuery{WithScores: true})
	if err != nil {
		t.Fatal(err)
	}
	batch := map[int64]string{}
	for _, r := range results {
		batch[r.ID] = r.Batch.Name
		if r.Verdict != "" {
			if _, err := db.Report(t.Context(), r.ID); err != nil {
				t.Errorf("a result without its report: %v", err)
			}
		}
		parts = append(parts, fmt.Sprint(r.Batch.Name, r.State, r.Verdict, r.Share, len(r.Columns.Names)))
	}
	alerts, err := db.Alerts(t.Context(), store.AlertQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range alerts {
		if batch[a.Result] != a.Batch {
			t.Errorf("alert %d is of result %d, which is no %s", a.ID, a.Result, a.Batch)
		}
		parts = append(parts, fmt.Sprint("alert ", a.Rule, a.Batch, a.Resolved.Set()))
	}
	return strings.Join(parts, "\n")
}

// cuts is a writer that ends the program's context before or after a write.
type cuts struct {
	store.Writer
	at     int
	after  bool
	cancel func()
	writes int
}

func (c *cuts) Write(ctx context.Context, i store.Intent) (store.Receipt, error) {
	c.writes++
	if c.writes == c.at && !c.after {
		c.cancel()
	}
	r, err := c.Writer.Write(ctx, i)
	if c.writes == c.at && c.after {
		c.cancel()
	}
	return r, err
}

func TestALookThatIsCutShortIsGoneOnWith(t *testing.T) {
	fill := func(b *bench) {
		for _, month := range []string{"2013-04", "2013-05", "2013-06", "2013-07"} {
			b.put(month+".csv", month)
		}
		b.put("copy.csv", "2013-04")
	}
	straight := newBench(t)
	fill(straight)
	straight.look()
	want := whole(t, straight.db)
	cut := []int{1, 3, 5}
	if testing.Short() { // the race detector: a look takes ten times as long
		cut = cut[1:2]
	}
	for _, at := range cut {
		for _, after := range []bool{false, true} {
			b := newBench(t)
			fill(b)
			ctx, cancel := context.WithCancel(t.Context())
			b.engine.Writer = &cuts{Writer: b.db, at: at, after: after, cancel: cancel}
			if _, err := b.engine.Look(ctx, b.monitor()); !errors.Is(err, context.Canceled) {
				t.Fatalf("write %d: got %v", at, err)
			}
			b.engine.Writer = b.db
			b.look()
			if got := whole(t, b.db); got != want {
				t.Errorf("cut at write %d (after it: %v): got\n%s\nwant\n%s", at, after, got, want)
			}
		}
	}
}

func TestTwoProgramsTellOfABatchOnce(t *testing.T) {
	b := newBench(t)
	for _, month := range []string{"2013-04", "2013-05", "2013-06", "2013-07"} {
		b.put(month+".csv", month)
	}
	m := b.monitor()
	done := make(chan error)
	for range 3 {
		go func() {
			_, err := engineOf(b.db, "").Look(t.Context(), m)
			done <- err
		}()
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	straight := newBench(t)
	straight.folder = b.folder
	one := straight.monitor()
	one.Arrives.Folder = b.folder
	if _, err := straight.engine.Look(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	if got, want := whole(t, b.db), whole(t, straight.db); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMain also is the program that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("BENCHSIDE_LOOK"); path != "" {
		db, err := sqlite.Open(context.Background(), path, sqlite.Options{Recover: true})
		if err != nil {
			os.Exit(1)
		}
		all, err := db.Monitors(context.Background())
		if err != nil || len(all) == 0 {
			os.Exit(1)
		}
		if _, err := engineOf(db, path).Look(context.Background(), all[0]); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestAProgramThatIsKilledLeavesNoHalfReport(t *testing.T) {
	if testing.Short() {
		t.Skip("a process that is killed says nothing of races")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	fill := func(b *bench) {
		for month := range b.months {
			b.put(month+".csv", month)
		}
	}
	straight := newBench(t)
	fill(straight)
	straight.look()
	want := whole(t, straight.db)

	db, path := opened(t)
	b := &bench{T: t, db: db, folder: straight.folder}
	m := straight.monitor()
	b.add(m)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	random, killed := rand.New(rand.NewPCG(7, 8)), 0
	for range 200 {
		c := exec.CommandContext(t.Context(), program)
		c.Env = append(os.Environ(), "BENCHSIDE_LOOK="+path)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if killed < 6 {
			time.AfterFunc(time.Duration(random.IntN(400))*time.Millisecond, func() { _ = c.Process.Signal(syscall.SIGKILL) })
		}
		err := c.Wait()
		if err == nil {
			break
		}
		killed++
	}
	again, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := whole(t, again); got != want {
		t.Errorf("after %d kills: got\n%s\nwant\n%s", killed, got, want)
	}
	if n, err := again.VerifyLedger(t.Context()); err != nil {
		t.Errorf("the ledger holds for %d lines: %v", n, err)
	}
}

func TestWatchTakesWhatArrives(t *testing.T) {
	b := newBench(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	found := make(chan string, 100)
	b.engine.Found = func(_ store.Monitor, r store.BatchResult, _ []store.AlertChange) { found <- r.Batch.Name }
	ended := make(chan error)
	go func() { ended <- b.engine.Watch(ctx, monitors.Watching{Every: time.Minute}) }()
	for _, month := range []string{"2013-04", "2013-05"} {
		b.put("."+month, month)
		if err := os.Rename(filepath.Join(b.folder, "."+month), filepath.Join(b.folder, month+".csv")); err != nil {
			t.Fatal(err)
		}
		select {
		case name := <-found:
			if name != month+".csv" {
				t.Errorf("got %s, want %s.csv", name, month)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s was not taken within 20 s", month)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestRunsOfAnExperimentBringBatches(t *testing.T) {
	b := newBench(t)
	runs, err := b.db.Runs(t.Context(), store.RunQuery{Experiments: []string{"4"}})
	if err != nil || len(runs) < 3 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	finished := slices.DeleteFunc(runs, func(r store.Run) bool { return r.Status != store.Finished })
	finds := map[string]string{"2013-04": "compared drift", "2013-05": "compared warn"}
	for i, month := range []string{"2013-04", "2013-05"} {
		places := b.engine.Places(finished[i])
		root, err := places.Make(finished[i].ArtifactURI, finished[i].ID)
		if err != nil {
			t.Fatal(err)
		}
		put, err := root.Put("data/scored.csv", []byte(b.header+"\n"+strings.Join(b.months[month], "\n")+"\n"))
		if err != nil || put.Keep() != nil {
			t.Fatal(err)
		}
		root.Close()
	}
	m := b.monitor()
	m.Name, m.Arrives = "scored", store.Arrival{Kind: store.InExperiment, Experiment: "4"}
	b.add(m)
	o := b.look()
	b.want(o, map[string]string{finished[0].ID: finds["2013-04"], finished[1].ID: finds["2013-05"]})
	if want := len(finished) - 2; len(o.Without) != want {
		t.Errorf("%d runs are without a table, want %d", len(o.Without), want)
	}
	if o := b.look(); len(o.Results) > 0 || o.Known != 2 {
		t.Errorf("again: %v", o)
	}
}
