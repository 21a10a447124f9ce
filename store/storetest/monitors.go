package storetest

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"benchside/store"
)

// Watching is a store that keeps monitors.
type Watching interface {
	store.Writer
	store.MonitorReader
}

// TestMonitors holds a store that may be written, and that has no monitor yet, to what
// the package store says of monitors. Open returns a fresh one.
func TestMonitors(t *testing.T, open func(t *testing.T) Watching) {
	for name, test := range map[string]func(watched, *testing.T){
		"a monitor comes back as it was added":     watched.roundTrip,
		"a name is given once":                     watched.namedOnce,
		"results come back, the latest data first": watched.results,
		"a batch is recorded once":                 watched.once,
		"of two that saw the same, one records":    watched.stale,
		"an alert fires, is known, and ends":       watched.alerts,
		"a pause is held to what was seen":         watched.pauses,
		"a monitor goes with all that it found":    watched.removed,
		"what was tried left nothing":              watched.dryRun,
	} {
		t.Run(name, func(t *testing.T) { test(watched{open(t)}, t) })
	}
}

type watched struct{ Watching }

// Watches is a monitor for tests, of a name.
func Watches(name string) store.Monitor {
	return store.Monitor{
		Name: name, Model: "churn", Metric: "val/auc",
		Reference: store.DataSource{Kind: store.FromFile, Path: "/data/reference.csv"},
		Arrives:   store.Arrival{Kind: store.InFolder, Folder: "/data/batches", Pattern: "*.csv"},
		Comparing: store.Comparing{
			Profile: "nannyml", Share: 0.4, MinRows: 50, Roles: map[string]string{"late": "target"},
			Columns: map[string]store.ColumnComparing{"temp": {Test: "psi", Threshold: 0.2}},
		},
		Rules: []store.AlertRule{{Name: "share", Value: "share", Op: ">=", Threshold: 0.5, Breaches: 2, Of: 3, Clear: 1}},
	}
}

// Found is a result of a batch, whose data ends at a time, with scores.
func Found(batch, digest string, end int64) store.BatchResult {
	return store.BatchResult{
		Batch: store.Batch{Name: batch, Digest: digest, Rows: 900, Bytes: 12345, Modified: store.At(end + 5), Start: store.At(end - 1000), End: store.At(end)},
		State: store.BatchCompared, Verdict: "drift", Says: "DRIFT: 1 of 2 columns drift", Share: 0.5, Limit: 0.5, Tested: 2, Drifted: 1,
		Schema: []string{"column extra is only in the batch"},
		Columns: store.ColumnScores{
			Names: []string{"temp", "dest", "id"}, Statuses: []string{"drift", "ok", "skipped"}, Tests: []string{"wasserstein", "chisquare", ""},
			Compares: []string{"s>=t", "p<t", ""}, Scores: []float64{3.02, 0.4, math.NaN()}, Thresholds: []float64{0.1, 0.05, math.NaN()},
			PSI: []float64{5.337, 0.01, math.NaN()}, Rows: []int{899, 900, 900},
		},
		Metrics: map[string]float64{"recall": 0.02},
	}
}

func (w watched) do(t *testing.T, by string, all ...store.Mutation) error {
	t.Helper()
	_, err := w.Write(t.Context(), store.Intent{By: store.Author{Name: by, Via: "cli"}, Mutations: all})
	return err
}

func (w watched) must(t *testing.T, all ...store.Mutation) {
	t.Helper()
	if err := w.do(t, "ada", all...); err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

// one adds a monitor and returns it.
func (w watched) one(t *testing.T) store.Monitor {
	t.Helper()
	w.must(t, store.AddMonitor{Monitor: Watches("flights")})
	all := must[[]store.Monitor](t)(w.Monitors(t.Context()))
	m, err := store.MonitorNamed(all, "flights")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// last is the last result of a monitor.
func (w watched) last(t *testing.T, m store.Monitor) int64 {
	t.Helper()
	_, last, err := w.RuleStates(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	return last
}

func (w watched) roundTrip(t *testing.T) {
	if all := must[[]store.Monitor](t)(w.Monitors(t.Context())); len(all) != 0 {
		t.Errorf("before: %v", all)
	}
	w.must(t, store.AddMonitor{Monitor: Watches("zoo")})
	m := w.one(t)
	if m.ID == 0 || m.By != "ada" || !m.Added.Set() {
		t.Errorf("it has no number, author or time: %+v", m)
	}
	want := Watches("flights")
	want.ID, want.By, want.Added = m.ID, m.By, m.Added
	same(t, "the monitor", m, want)
	all := must[[]store.Monitor](t)(w.Monitors(t.Context()))
	same(t, "by name", ids(all, func(m store.Monitor) string { return m.Name }), []string{"flights", "zoo"})
}

func (w watched) namedOnce(t *testing.T) {
	w.one(t)
	refused(t, "again", w.do(t, "ada", store.AddMonitor{Monitor: Watches("flights")}), store.ErrInvalid)
	refused(t, "one that is not there", w.do(t, "ada", store.RemoveMonitor{Monitor: "nobody"}), store.ErrNotFound)
}

func (w watched) results(t *testing.T) {
	m := w.one(t)
	report := []byte(`{"schema": "benchside-drift-report/1"}`)
	for i, end := range []int64{5000, 9000, 7000} {
		w.must(t, store.RecordBatch{Monitor: m.Name, Result: Found(fmt.Sprint("b", i), fmt.Sprint("d", i), end), Report: report, Last: w.last(t, m)})
	}
	got := must[[]store.BatchResult](t)(w.Results(t.Context(), store.ResultQuery{Monitor: m.ID, WithScores: true}))
	same(t, "the order", ids(got, func(r store.BatchResult) string { return r.Batch.Name }), []string{"b1", "b2", "b0"})
	want := Found("b1", "d1", 9000)
	want.ID, want.Monitor, want.At, want.Report = got[0].ID, m.ID, got[0].At, len(report)
	same(t, "a result", got[0], want)
	if content, err := w.Report(t.Context(), got[0].ID); err != nil || string(content) != string(report) {
		t.Errorf("the report: got %q, %v", content, err)
	}
	_, err := w.Report(t.Context(), 999)
	refused(t, "a report that is not there", err, store.ErrNotFound)
	for what, c := range map[string]struct {
		q    store.ResultQuery
		want []string
	}{
		"two of them":     {store.ResultQuery{Limit: 2}, []string{"b1", "b2"}},
		"since then":      {store.ResultQuery{Since: store.At(7000)}, []string{"b1", "b2"}},
		"until then":      {store.ResultQuery{Until: store.At(7000)}, []string{"b0"}},
		"of another":      {store.ResultQuery{Monitor: m.ID + 77}, []string{}},
		"of all monitors": {store.ResultQuery{}, []string{"b1", "b2", "b0"}},
	} {
		found := must[[]store.BatchResult](t)(w.Results(t.Context(), c.q))
		same(t, what, ids(found, func(r store.BatchResult) string { return r.Batch.Name }), c.want)
		if len(found) > 0 && len(found[0].Columns.Names) > 0 {
			t.Errorf("%s: scores that nobody asked for", what)
		}
	}
}

func (w watched) once(t *testing.T) {
	m := w.one(t)
	w.must(t, store.RecordBatch{Monitor: m.Name, Result: Found("b", "d", 5000)})
	again := store.RecordBatch{Monitor: m.Name, Result: Found("c", "d", 6000), Last: w.last(t, m)}
	refused(t, "its content under another name", w.do(t, "ada", again), store.ErrStale)
	again.Result.State = store.BatchDuplicate
	w.must(t, again)
	again.Last = w.last(t, m)
	refused(t, "the duplicate again", w.do(t, "ada", again), store.ErrStale)
	if all := must[[]store.BatchResult](t)(w.Results(t.Context(), store.ResultQuery{Monitor: m.ID})); len(all) != 2 {
		t.Errorf("there are %+v, want the batch and its duplicate", all)
	}
}

func (w watched) stale(t *testing.T) {
	m := w.one(t)
	w.must(t, store.RecordBatch{Monitor: m.Name, Result: Found("b", "d", 5000)})
	late := store.RecordBatch{Monitor: m.Name, Result: Found("c", "e", 6000), Changes: []store.AlertChange{{Rule: "share", Says: "x"}}}
	refused(t, "a record that saw no result", w.do(t, "ada", late), store.ErrStale)
	if alerts := must[[]store.Alert](t)(w.Alerts(t.Context(), store.AlertQuery{})); len(alerts) > 0 {
		t.Errorf("what was refused left an alert: %+v", alerts)
	}
}

func (w watched) alerts(t *testing.T) {
	m := w.one(t)
	fires := store.RecordBatch{
		Monitor: m.Name, Result: Found("b", "d", 5000), States: []store.RuleState{{Rule: "share", Firing: true, State: `{"firing":true}`}},
		Changes: []store.AlertChange{{Rule: "share", Says: "share 0.5 >= 0.5", Value: 0.5}},
	}
	w.must(t, fires)
	open := must[[]store.Alert](t)(w.Alerts(t.Context(), store.AlertQuery{Open: true}))
	if len(open) != 1 || open[0].Rule != "share" || open[0].Batch != "b" || open[0].Value != 0.5 || !open[0].Fired.Set() {
		t.Fatalf("open are %+v", open)
	}
	states, _, err := w.RuleStates(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what the rule remembers", states, fires.States)
	w.must(t, store.AcknowledgeAlert{Alert: open[0].ID, Comment: "I look"})
	refused(t, "acknowledged again", w.do(t, "bob", store.AcknowledgeAlert{Alert: open[0].ID}), store.ErrStale)
	refused(t, "no such alert", w.do(t, "bob", store.AcknowledgeAlert{Alert: 999}), store.ErrNotFound)
	if open := must[[]store.Alert](t)(w.Alerts(t.Context(), store.AlertQuery{Open: true})); len(open) > 0 {
		t.Errorf("acknowledged, and open: %+v", open)
	}
	w.must(t, store.RecordBatch{
		Monitor: m.Name, Result: Found("c", "e", 6000), Last: w.last(t, m), States: []store.RuleState{{Rule: "share", State: `{}`}},
		Changes: []store.AlertChange{{Rule: "share", Resolved: true}},
	})
	all := must[[]store.Alert](t)(w.Alerts(t.Context(), store.AlertQuery{Monitor: m.ID}))
	if len(all) != 1 || all[0].By != "ada" || all[0].Comment != "I look" || !all[0].Resolved.Set() {
		t.Errorf("the alert became %+v", all)
	}
}

func (w watched) pauses(t *testing.T) {
	m := w.one(t)
	w.must(t, store.PauseMonitor{Monitor: m.Name, Paused: true})
	all := must[[]store.Monitor](t)(w.Monitors(t.Context()))
	if !all[0].Paused {
		t.Error("it is not paused")
	}
}

func (w watched) removed(t *testing.T) {
	m := w.one(t)
	w.must(t, store.RecordBatch{Monitor: m.Name, Result: Found("b", "d", 5000), Report: []byte("{}"), Changes: []store.AlertChange{{Rule: "share"}}})
	number := w.last(t, m)
	w.must(t, store.RemoveMonitor{Monitor: m.Name})
	results := must[[]store.BatchResult](t)(w.Results(t.Context(), store.ResultQuery{}))
	alerts := must[[]store.Alert](t)(w.Alerts(t.Context(), store.AlertQuery{}))
	if len(results) > 0 || len(alerts) > 0 {
		t.Errorf("left are %v and %v", results, alerts)
	}
	_, err := w.Report(t.Context(), number)
	refused(t, "its report", err, store.ErrNotFound)
}

func (w watched) dryRun(t *testing.T) {
	_, err := w.Write(t.Context(), store.Intent{DryRun: true, Mutations: []store.Mutation{store.AddMonitor{Monitor: Watches("flights")}}})
	if err != nil {
		t.Fatal(err)
	}
	if all := must[[]store.Monitor](t)(w.Monitors(t.Context())); len(all) != 0 {
		t.Errorf("it left %v", all)
	}
}
