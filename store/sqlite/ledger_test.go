package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

// longLedger is a store with some lines about m1 and m2.
func longLedger(t *testing.T) (*DB, string) {
	t.Helper()
	d, path := base(t)
	write(t, d, "ada", store.SetAlias{Model: "m1", Alias: "champion", Version: 2})
	write(t, d, "bob", store.MoveStage{Model: "m1", Version: 2, To: "Production", ArchiveExisting: true})
	write(t, d, "ada", store.TagModel{Model: "m2", Key: "team", Value: "risk"})
	write(t, d, "eve", store.DescribeVersion{Model: "m1", Version: 4, To: "old"})
	verified(t, d, 6)
	return d, path
}

func TestVerificationFindsWhatWasDoneToTheLedger(t *testing.T) {
	const open = "DROP TRIGGER benchside_ledger_stays; DROP TRIGGER benchside_ledger_is_not_edited;"
	for name, tt := range map[string]struct{ do, says string }{
		"a reason edited":         {"UPDATE benchside_ledger SET reason = 'another' WHERE seq = 3", "line 3 was edited"},
		"a row change edited":     {"UPDATE benchside_ledger SET changes = replace(changes, 'Production', 'Staging') WHERE seq = 3", "line 3 was edited"},
		"the author edited":       {"UPDATE benchside_ledger SET by_name = 'ada' WHERE seq = 3", "line 3 was edited"},
		"the time edited":         {"UPDATE benchside_ledger SET at = at + 1 WHERE seq = 6", "line 6 was edited"},
		"the first line cut":      {"DELETE FROM benchside_ledger WHERE seq = 1", "line 1 is missing"},
		"cut in the middle":       {"DELETE FROM benchside_ledger WHERE seq IN (3, 4)", "line 3 is missing: line 5 follows line 2"},
		"cut at the end":          {"DELETE FROM benchside_ledger WHERE seq > 4", "the lines after line 4 are missing: there were 6"},
		"cut away":                {"DELETE FROM benchside_ledger", "the lines after line 0 are missing: there were 6"},
		"two lines exchanged":     {"UPDATE benchside_ledger SET seq = 99 WHERE seq = 3; UPDATE benchside_ledger SET seq = 3 WHERE seq = 4; UPDATE benchside_ledger SET seq = 4 WHERE seq = 99", "line 3 does not follow"},
		"a line put in":           {"INSERT INTO benchside_ledger SELECT 7, at, by_name, by_via, what, of_kind, of_name, of_version, sentence, reason, changes, hash, hash FROM benchside_ledger WHERE seq = 6", "line 7 was edited"},
		"cut and closed again":    {"DELETE FROM benchside_ledger WHERE seq = 3; UPDATE benchside_ledger SET seq = seq - 1 WHERE seq > 3", "line 3 does not follow"},
		"the head taken away":     {"DELETE FROM benchside_head", "the head of the ledger is missing"},
		"the head set back":       {"UPDATE benchside_head SET lines = 5", "the head of the ledger is that of line 5, and there are 6"},
		"rows that are no longer": {"UPDATE benchside_ledger SET changes = '[{' WHERE seq = 2", "line 2 was edited"},
	} {
		t.Run(name, func(t *testing.T) {
			d, path := longLedger(t)
			db := writer(t, path)
			do(t, db, open+tt.do)
			db.Close()
			n, err := d.VerifyLedger(within(t, 5*time.Second))
			if !errors.Is(err, store.ErrBroken) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %d, %v; want %q", n, err, tt.says)
			}
		})
	}
}

func TestTheLedgerIsOnlyEverAddedTo(t *testing.T) {
	_, path := longLedger(t)
	db := writer(t, path)
	for _, statement := range []string{"DELETE FROM benchside_ledger WHERE seq = 3", "UPDATE benchside_ledger SET reason = '' WHERE seq = 3"} {
		if _, err := db.Exec(statement); err == nil || !strings.Contains(err.Error(), "only ever added to") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestNothingIsAddedToALedgerWithoutItsHead(t *testing.T) {
	d, path := longLedger(t)
	db := writer(t, path)
	do(t, db, "DELETE FROM benchside_head")
	db.Close()
	refused(t, d, store.ErrBroken, "the head of the ledger is missing", "ada", store.TagModel{Model: "m1", Key: "a", Value: "b"})
}

func TestLinesByWhatTheyAreAbout(t *testing.T) {
	d, _ := longLedger(t)
	write(t, d, "ada", store.RenameModel{Model: "m1", To: "m9"})
	write(t, d, "ada", store.TagVersion{Model: "m9", Version: 2, Key: "k", Value: "v"})
	m1 := store.Subject{Kind: store.ModelSubject, Name: "m1"}
	for name, tt := range map[string]struct {
		query store.LineQuery
		want  []int64
	}{
		"all":                          {store.LineQuery{}, []int64{8, 7, 6, 5, 4, 3, 2, 1}},
		"a model before its new name":  {store.LineQuery{Of: m1}, []int64{7, 6, 3, 2, 1}},
		"a model with its earlier one": {store.LineQuery{Of: store.Subject{Kind: store.ModelSubject, Name: "m9"}}, []int64{8, 7, 6, 3, 2, 1}},
		"a version":                    {store.LineQuery{Of: store.Subject{Kind: store.VersionSubject, Name: "m1", Version: 2}}, []int64{7, 3, 2, 1}},
		"a version that was archived":  {store.LineQuery{Of: store.Subject{Kind: store.VersionSubject, Name: "m1", Version: 3}, Limit: 2}, []int64{7, 3}},
		"the last two":                 {store.LineQuery{Limit: 2}, []int64{8, 7}},
		"before a line":                {store.LineQuery{Before: 4, Limit: 2}, []int64{3, 2}},
		"since tomorrow":               {store.LineQuery{Since: store.AtTime(time.Now().Add(24 * time.Hour))}, nil},
		"of nothing":                   {store.LineQuery{Of: store.Subject{Kind: store.ModelSubject, Name: "m"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int64
			for _, l := range lines(t, d, tt.query) {
				got = append(got, l.Seq)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAStoreWithoutALedgerHasNoLines(t *testing.T) {
	d := opened(t, copied(t, mutationsBase, "mlflow.db"))
	verified(t, d, 0)
	if got := lines(t, d, store.LineQuery{}); len(got) != 0 {
		t.Errorf("it has %v", got)
	}
	if got, err := d.Unrecorded(context.Background()); len(got) != 0 || err != nil {
		t.Errorf("unrecorded are %v, %v", got, err)
	}
	models, versions, err := d.RegistryAt(context.Background(), store.AtTime(time.Now()))
	if len(models)+len(versions) != 0 || err != nil {
		t.Errorf("the registry was %v, %v, %v", models, versions, err)
	}
}

func TestWhatOthersDidIsRecordedBeforeTheNextChange(t *testing.T) {
	for name, tt := range map[string]struct{ does, says string }{
		"a stage":       {"UPDATE model_versions SET current_stage = 'Production' WHERE name = 'm1' AND version = 2", "m1: v2 stage Staging → Production (by another program)"},
		"an alias":      {"UPDATE registered_model_aliases SET version = 2 WHERE alias = 'champion'", "m1: alias champion v3 → v2 (by another program)"},
		"a new alias":   {"INSERT INTO registered_model_aliases (name, alias, version, workspace) VALUES ('m1', 'x', 2, 'default')", "m1: alias x → v2 (by another program)"},
		"an alias gone": {"DELETE FROM registered_model_aliases WHERE alias = 'old'", "m1: alias old taken away (by another program)"},
		"a tag":         {"UPDATE registered_model_tags SET value = 'eve'", "m1: tag owner ada → eve (by another program)"},
		"a new version": {"INSERT INTO model_versions (name, version, current_stage, workspace) VALUES ('m1', 5, 'None', 'default')", "m1: v5 registered (by another program)"},
		"a deletion":    {"UPDATE model_versions SET current_stage = 'Deleted_Internal' WHERE name = 'm1' AND version = 1", "m1: v1 deleted (by another program)"},
		"a description": {"UPDATE registered_models SET description = 'x', last_updated_time = 9 WHERE name = 'm1'", "m1: described (by another program)"},
		"two at once": {
			"UPDATE model_versions SET current_stage = 'Archived' WHERE name = 'm1' AND version IN (2, 3)",
			"m1: v2 stage Staging → Archived, v3 stage Production → Archived (by another program)",
		},
		"its end": {
			"DELETE FROM registered_model_aliases; DELETE FROM model_version_tags; DELETE FROM registered_model_tags; DELETE FROM model_versions; DELETE FROM registered_models WHERE name = 'm1'",
			"m1: deleted with its versions (by another program)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, path := base(t)
			write(t, d, "ada", store.Observe{Model: "m1"})
			db := writer(t, path)
			do(t, db, tt.does)
			db.Close()
			before := hashOf(t, path)
			unrecorded, err := d.Unrecorded(within(t, 5*time.Second))
			if err != nil || len(unrecorded) != 1 || unrecorded[0].Sentence != tt.says || unrecorded[0].Seq != 0 {
				t.Fatalf("unrecorded are %v, %v; want %s", unrecorded, err, tt.says)
			}
			if hashOf(t, path) != before {
				t.Error("looking changed the file")
			}
			r := write(t, d, "ada", store.Observe{})
			if len(r.Observed) != 2 || r.Observed[0].Sentence != tt.says || len(r.Lines) != 0 {
				t.Errorf("observed are %v", r.Observed)
			}
			if again := write(t, d, "ada", store.Observe{}); len(again.Observed) != 0 {
				t.Errorf("it was observed again: %v", again.Observed)
			}
			verified(t, d, 3)
		})
	}
}

func TestANewModelOfAnotherIsNews(t *testing.T) {
	d, path := longLedger(t)
	db := writer(t, path)
	do(t, db, "INSERT INTO registered_models (name, creation_time, workspace) VALUES ('older', 1, 'default'), ('newer', ?, 'default')", time.Now().UnixMilli())
	db.Close()
	unrecorded, err := d.Unrecorded(within(t, 5*time.Second))
	if err != nil || len(unrecorded) != 1 || unrecorded[0].Sentence != "newer was first seen: 0 versions" {
		t.Errorf("unrecorded are %v, %v", unrecorded, err)
	}
}

func TestAModelThatTakesTheNameOfAnotherInheritsNoApproval(t *testing.T) {
	d, path := base(t)
	write(t, d, "ada", store.SetRule{Model: "m2", Rule: store.Rule{Stage: "Production", NeedsGate: true}},
		store.RecordGate{Card: store.GateCard{Model: "m2", Version: 1, Stage: "Production", Verdict: store.Passed}})
	db := writer(t, path)
	do(t, db, "UPDATE registered_models SET creation_time = creation_time + 1 WHERE name = 'm2'")
	db.Close()
	write(t, d, "ada", store.Observe{Model: "m2"})
	found, err := d.GateCards(context.Background(), "m2", 0)
	if err != nil || len(found) != 0 {
		t.Errorf("it has cards %v, %v", found, err)
	}
}

func TestTheRegistryAsOfADate(t *testing.T) {
	d, _ := longLedger(t)
	all := lines(t, d, store.LineQuery{})
	time.Sleep(3 * time.Millisecond)
	write(t, d, "ada", store.DeleteVersion{Model: "m1", Version: 2}, store.DeleteModel{Model: "m2"}, store.CreateModel{Model: "m5"})
	models, versions, err := d.RegistryAt(within(t, 5*time.Second), all[0].At)
	if err != nil {
		t.Fatal(err)
	}
	if len(models) != 2 || models[0].Name != "m1" || models[0].Versions != 4 || models[1].Tags["team"] != "risk" ||
		!slices.Equal(models[0].Aliases, []store.Alias{{Name: "champion", Version: 2}, {Name: "old", Version: 1}}) {
		t.Errorf("models were %+v", models)
	}
	var stood []string
	for _, v := range versions {
		stood = append(stood, fmt.Sprintf("%s v%d %s %v %s", v.Name, v.Version, v.Stage, v.Aliases, v.Description))
	}
	want := []string{
		"m1 v4 Archived [] old", "m1 v3 Archived [] version 3", "m1 v2 Production [champion] version 2",
		"m1 v1 None [old] version 1", "m2 v1 None [] ",
	}
	if !slices.Equal(stood, want) {
		t.Errorf("versions were\n%s\nwant\n%s", strings.Join(stood, "\n"), strings.Join(want, "\n"))
	}
	models, versions, err = d.RegistryAt(within(t, 5*time.Second), store.AtTime(time.Now().Add(time.Hour)))
	if err != nil || len(models) != 2 || models[1].Name != "m5" || len(versions) != 3 {
		t.Errorf("models are %+v, versions %+v, %v", models, versions, err)
	}
}

func TestAnUndoGivesTheRowsBack(t *testing.T) {
	registerVersion := store.RegisterVersion{Model: "m2", Source: "runs:/1/model", Tags: map[string]string{"a": "b"}}
	for name, m := range map[string]store.Mutation{
		"create a model":       store.CreateModel{Model: "m3", Tags: map[string]string{"a": "b"}},
		"rename":               store.RenameModel{Model: "m1", To: "m0"},
		"describe a model":     store.DescribeModel{Model: "m1", To: "x"},
		"tag a model":          store.TagModel{Model: "m1", Key: "owner", Value: "eve"},
		"untag a model":        store.UntagModel{Model: "m1", Key: "owner"},
		"delete a model":       store.DeleteModel{Model: "m1"},
		"register":             registerVersion,
		"describe a version":   store.DescribeVersion{Model: "m1", Version: 1, To: "x"},
		"tag a version":        store.TagVersion{Model: "m1", Version: 1, Key: "k", Value: "v"},
		"untag a version":      store.UntagVersion{Model: "m1", Version: 3, Key: "n"},
		"delete a version":     store.DeleteVersion{Model: "m1", Version: 3},
		"set an alias":         store.SetAlias{Model: "m1", Alias: "new", Version: 3},
		"move an alias":        store.SetAlias{Model: "m1", Alias: "champion", Version: 1},
		"delete an alias":      store.DeleteAlias{Model: "m1", Alias: "champion"},
		"move with an archive": store.MoveStage{Model: "m1", Version: 2, To: "Production", ArchiveExisting: true},
		"ask":                  store.RequestStage{Model: "m1", Version: 2, To: "Production"},
		"comment":              store.CommentVersion{Model: "m1", Version: 2, Text: "x"},
		"a rule":               store.SetRule{Model: "m1", Rule: store.Rule{Stage: "Staging", NeedsGate: true}},
		"a card":               store.RecordGate{Card: store.GateCard{Model: "m1", Version: 2, Stage: "Staging", Verdict: store.NotMet}},
	} {
		t.Run(name, func(t *testing.T) {
			d, path := base(t)
			write(t, d, "ada", store.SetRule{Model: "m1", Rule: store.Rule{Stage: "None", NeedsGate: true}},
				store.CommentVersion{Model: "m1", Version: 1, Text: "first"}, store.Observe{})
			start := dumped(t, path, undoable)
			done := write(t, d, "ada", m).Lines[0]
			after := dumped(t, path, undoable)
			undone := write(t, d, "bob", store.Undo{Line: done.Seq, Of: done.Of}).Lines[0]
			if got := diffed(start, dumped(t, path, undoable)); len(got) != 0 {
				t.Errorf("after the undo it differs:\n%s", strings.Join(got, "\n"))
			}
			if undone.Sentence != fmt.Sprintf("take back line %d: %s", done.Seq, done.Sentence) {
				t.Errorf("the line says %s", undone.Sentence)
			}
			write(t, d, "ada", store.Undo{Line: undone.Seq})
			if got := diffed(after, dumped(t, path, undoable)); len(got) != 0 {
				t.Errorf("after the undo was undone it differs:\n%s", strings.Join(got, "\n"))
			}
			verified(t, d, undone.Seq+1)
			if left := write(t, d, "ada", store.Observe{}).Observed; len(left) != 0 {
				t.Errorf("the ledger lost sight of %v", left[0].Sentence)
			}
		})
	}
}

func undoable(table string) bool { _, ok := kindOf(table); return ok }

func TestAnUndoIsRefused(t *testing.T) {
	d, path := base(t)
	r := write(t, d, "ada", store.SetAlias{Model: "m1", Alias: "champion", Version: 2}, store.CreateModel{Model: "m3"})
	alias, model := r.Lines[0], r.Lines[1]
	refused(t, d, store.ErrInvalid, "tells what another program did", "ada", store.Undo{Line: 1})
	refused(t, d, store.ErrNotFound, "line 99", "ada", store.Undo{Line: 99})
	refused(t, d, store.ErrStale, "is about m1 v2", "ada", store.Undo{Line: alias.Seq, Of: store.Subject{Kind: store.ModelSubject, Name: "x"}})
	write(t, d, "bob", store.SetAlias{Model: "m1", Alias: "champion", Version: 1})
	refused(t, d, store.ErrStale, "registered_model_aliases m1 champion has another version", "ada", store.Undo{Line: alias.Seq})
	write(t, d, "bob", store.TagModel{Model: "m3", Key: "k", Value: "v"})
	refused(t, d, store.ErrStale, "registered_model_tags m3 k came meanwhile", "ada", store.Undo{Line: model.Seq})
	noop := write(t, d, "bob", store.UntagModel{Model: "m3", Key: "nothing"}).Lines[0]
	refused(t, d, store.ErrInvalid, "changed nothing", "ada", store.Undo{Line: noop.Seq})
	db := writer(t, path)
	do(t, db, "DROP TRIGGER benchside_ledger_is_not_edited; UPDATE benchside_ledger SET changes = '[]' WHERE seq = ?", alias.Seq)
	db.Close()
	refused(t, d, store.ErrBroken, "was edited", "ada", store.Undo{Line: alias.Seq})
}

func TestARollBackIsANewChange(t *testing.T) {
	d, path := base(t)
	write(t, d, "ada", store.MoveStage{Model: "m1", Version: 2, To: "Production", ArchiveExisting: true})
	write(t, d, "ada", store.DescribeModel{Model: "m1", To: "changed since"})
	refused(t, d, store.ErrStale, "another last_updated_time", "ada", store.Undo{Line: 2})
	refused(t, d, store.ErrInvalid, "needs a reason", "ada", store.RollBack{Line: 2})
	r := write(t, d, "ada", store.RollBack{Line: 2})
	if got := stageOf(t, d, "m1", 2) + " " + stageOf(t, d, "m1", 3); got != "Staging Production" {
		t.Errorf("v2 and v3 are in %s", got)
	}
	want := "roll m1 v2 back to what it was before line 2: move m1 v2 from Staging to Production and archive v3"
	if r.Lines[0].Sentence != want || r.Lines[0].Reason != "a reason" {
		t.Errorf("the line is %+v", r.Lines[0])
	}
	db := writer(t, path)
	do(t, db, "UPDATE registered_model_aliases SET version = 2 WHERE alias = 'champion'")
	db.Close()
	seen := write(t, d, "ada", store.Observe{Model: "m1"}).Observed[0]
	write(t, d, "ada", store.RollBack{Line: seen.Seq, Of: seen.Of})
	if found, err := d.ModelVersions(context.Background(), "m1"); err != nil || !slices.Contains(found[1].Aliases, "champion") {
		t.Errorf("versions are %+v, %v", found, err)
	}
	if _, err := d.Write(context.Background(), store.Intent{Reason: "x", Mutations: []store.Mutation{store.RollBack{Line: seen.Seq}}}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("rolling back twice says %v", err)
	}
	if _, err := d.Write(context.Background(), store.Intent{Reason: "x", Mutations: []store.Mutation{store.RollBack{Line: 3}}}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("rolling back a description says %v", err)
	}
}

// TestRowsOfAnyKindComeBack: what a store holds may be no text of MLflow's.
func TestRowsOfAnyKindComeBack(t *testing.T) {
	d, path := base(t)
	db := writer(t, path)
	do(t, db, `UPDATE registered_model_tags SET value = x'00ff'`)
	do(t, db, `UPDATE model_versions SET description = CAST(x'ff41' AS TEXT), run_link = 1.5, status_message = 'a & <b>' WHERE version = 3`)
	db.Close()
	write(t, d, "ada", store.Observe{})
	before := dumped(t, path, undoable)
	line := write(t, d, "ada", store.DeleteModel{Model: "m1"}).Lines[0]
	write(t, d, "ada", store.Undo{Line: line.Seq})
	if got := diffed(before, dumped(t, path, undoable)); len(got) != 0 {
		t.Errorf("it differs:\n%s", strings.Join(got, "\n"))
	}
}
