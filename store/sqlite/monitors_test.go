package sqlite

import (
	"math"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/storetest"
)

func TestMonitors(t *testing.T) {
	storetest.TestMonitors(t, func(t *testing.T) storetest.Watching {
		d, _ := base(t)
		return d
	})
}

// tellsOfMonitors does what the topics of monitors and drift are told of.
func tellsOfMonitors(t *testing.T, d *DB, do func(who string, m store.Mutation)) {
	t.Helper()
	do("ada", store.AddMonitor{Monitor: storetest.Watches("flights")})
	do("ada", store.PauseMonitor{Monitor: "flights", Paused: true})
	do("ada", store.PauseMonitor{Monitor: "flights"})
	result := storetest.Found("b", "d", 5000)
	result.Share = math.NaN()
	do("ada", store.RecordBatch{Monitor: "flights", Result: result, Changes: []store.AlertChange{{Rule: "share", Says: "s", Value: 0.5}}})
	alerts, err := d.Alerts(t.Context(), store.AlertQuery{})
	if err != nil || len(alerts) != 1 {
		t.Fatalf("alerts: %v, %v", alerts, err)
	}
	do("ada", store.AcknowledgeAlert{Alert: alerts[0].ID})
	do("ada", store.RecordBatch{
		Monitor: "flights", Result: storetest.Found("c", "e", 6000), Last: alerts[0].Result,
		Changes: []store.AlertChange{{Rule: "share", Resolved: true}},
	})
	do("ada", store.RemoveMonitor{Monitor: "flights"})
	var ids map[string]string
	load(t, "testdata/mutations/base.ids.json", &ids)
	do("ada", store.LogBatch{Run: ids["r-finished"], What: "drift report b", Tags: map[string]string{"benchside.drift.verdict": "ok"}})
}

func TestOnlyWhatChangesAnAlertGetsALine(t *testing.T) {
	d, _ := base(t)
	write(t, d, "ada", store.AddMonitor{Monitor: storetest.Watches("flights")})
	quiet := write(t, d, "ada", store.RecordBatch{Monitor: "flights", Result: storetest.Found("b", "d", 5000)})
	if len(quiet.Lines) != 0 {
		t.Errorf("a batch got a line: %+v", quiet.Lines)
	}
	_, last, err := d.RuleStates(t.Context(), lines(t, d, store.LineQuery{Limit: 1})[0].Seq)
	if err != nil {
		t.Fatal(err)
	}
	loud := write(t, d, "ada", store.RecordBatch{
		Monitor: "flights", Result: storetest.Found("c", "e", 6000), Last: last, Changes: []store.AlertChange{{Rule: "share", Says: "share 0.5 >= 0.5"}},
	})
	want := "monitor flights: c compared, drift; rule share fired: share 0.5 >= 0.5"
	if len(loud.Lines) != 1 || loud.Lines[0].Sentence != want {
		t.Errorf("got %+v, want the line %q", loud.Lines, want)
	}
	refused(t, d, store.ErrInvalid, "which is not taken back", "ada", store.Undo{Line: loud.Lines[0].Seq})
}

func TestTakingBackWhatWasSaidOfAMonitor(t *testing.T) {
	d, _ := base(t)
	added := write(t, d, "ada", store.AddMonitor{Monitor: storetest.Watches("flights")}).Lines[0]
	paused := write(t, d, "ada", store.PauseMonitor{Monitor: "flights", Paused: true}).Lines[0]
	refused(t, d, store.ErrStale, "has another paused", "ada", store.Undo{Line: added.Seq})
	write(t, d, "ada", store.Undo{Line: paused.Seq})
	all, err := d.Monitors(t.Context())
	if err != nil || len(all) != 1 || all[0].Paused {
		t.Fatalf("the pause was not taken back: %+v, %v", all, err)
	}
	write(t, d, "ada", store.RecordBatch{Monitor: "flights", Result: storetest.Found("b", "d", 5000)})
	refused(t, d, store.ErrStale, "has results", "ada", store.Undo{Line: added.Seq})
	gone := write(t, d, "ada", store.RemoveMonitor{Monitor: "flights"}).Lines[0]
	refused(t, d, store.ErrInvalid, "which are not kept", "ada", store.Undo{Line: gone.Seq})
	again := write(t, d, "ada", store.AddMonitor{Monitor: storetest.Watches("flights")}).Lines[0]
	write(t, d, "ada", store.Undo{Line: again.Seq})
	if all, err := d.Monitors(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("left are %+v, %v", all, err)
	}
}

func TestAMonitorFollowsItsModelToAnotherName(t *testing.T) {
	d, _ := base(t)
	one := storetest.Watches("flights")
	one.Model = "m1"
	write(t, d, "ada", store.AddMonitor{Monitor: one})
	renamed := write(t, d, "ada", store.RenameModel{Model: "m1", To: "m9"}).Lines[0]
	if all, err := d.Monitors(t.Context()); err != nil || all[0].Model != "m9" {
		t.Errorf("got %+v, %v", all, err)
	}
	write(t, d, "ada", store.Undo{Line: renamed.Seq})
	if all, err := d.Monitors(t.Context()); err != nil || all[0].Model != "m1" {
		t.Errorf("back: got %+v, %v", all, err)
	}
}

func TestMonitorsThatAreNoneAreRefused(t *testing.T) {
	d, _ := base(t)
	for says, change := range map[string]func(*store.Monitor){
		"is no name":         func(m *store.Monitor) { m.Name = "" },
		"terminal obeys":     func(m *store.Monitor) { m.Name = "a\x1b[2J" },
		"has no reference":   func(m *store.Monitor) { m.Reference.Path = "" },
		"batches arrive":     func(m *store.Monitor) { m.Arrives.Folder = "" },
		"two rules":          func(m *store.Monitor) { m.Rules = append(m.Rules, m.Rules[0]) },
		"is no name of a mo": func(m *store.Monitor) { m.Name = strings.Repeat("n", 201) },
	} {
		m := storetest.Watches("flights")
		change(&m)
		refused(t, d, store.ErrInvalid, says, "ada", store.AddMonitor{Monitor: m})
	}
}

// TestTheTablesOfAStrangerAreReadWithCare: whoever made the file may have put
// anything into its tables.
func TestTheTablesOfAStrangerAreReadWithCare(t *testing.T) {
	d, path := base(t)
	write(t, d, "ada", store.AddMonitor{Monitor: storetest.Watches("flights")})
	write(t, d, "ada", store.RecordBatch{Monitor: "flights", Result: storetest.Found("b", "d", 5000), Report: []byte("{}")})
	db := writer(t, path)
	defer db.Close()
	for name, c := range map[string]struct{ sql, want string }{
		"lists of different lengths": {`UPDATE benchside_results SET scores = json_set(scores, '$.scores', json('[1]'))`, "3 columns have 1 scores"},
		"a number that is none":      {`UPDATE benchside_results SET scores = json_set(scores, '$.scores', json('["x",1,2]'))`, "invalid syntax"},
		"a list that is none":        {`UPDATE benchside_results SET scores = json_set(scores, '$.scores', 7)`, "no list"},
		"no JSON":                    {`UPDATE benchside_results SET scores = 'x'`, "invalid character"},
	} {
		if _, err := db.Exec(c.sql); err != nil {
			t.Fatal(err)
		}
		_, err := d.Results(t.Context(), store.ResultQuery{WithScores: true})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if _, err := d.Results(t.Context(), store.ResultQuery{}); err != nil {
			t.Errorf("%s: without scores: %v", name, err)
		}
		if _, err := db.Exec(`UPDATE benchside_results SET scores = '{"names":["a","b","c"],"statuses":["","",""],"tests":["","",""],"compares":["","",""],"scores":[1,2,3],"thresholds":[1,2,3],"psi":[1,2,3],"rows":[1,2,3]}'`); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(`UPDATE benchside_drift_reports SET body = 'x'`); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Report(t.Context(), 2); err == nil {
		t.Error("a body that is no gzip was read")
	}
	if _, err := db.Exec(`UPDATE benchside_monitor_head SET format = 9`); err != nil {
		t.Fatal(err)
	}
	refused(t, d, store.ErrReadOnly, "newer than this benchside", "ada", store.PauseMonitor{Monitor: "flights", Paused: true})
}
