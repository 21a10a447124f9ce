package sqlite

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

func purgeable(t *testing.T, d *DB, before time.Time) store.Purgeable {
	t.Helper()
	found, err := d.Purgeable(within(t, 20*time.Second), store.AtTime(before))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func calledAll(runs []store.DeletedRun) string {
	var all []string
	for _, r := range runs {
		all = append(all, r.Name)
	}
	return strings.Join(all, " ")
}

func TestWhatWasDeletedIsFoundByItsAge(t *testing.T) {
	d, _ := base(t)
	found := purgeable(t, d, time.Now())
	if got := calledAll(found.Runs); got != "r-deleted r-in-beta" {
		t.Errorf("the deleted runs are %q", got)
	}
	r := found.Runs[0]
	if r.ArtifactURI != "mlruns/1/"+deletedRun+"/artifacts" || r.Location != "mlruns/1" || r.Deleted.Millis() != 1767603845039 {
		t.Errorf("the first one is %+v", r)
	}
	if got := calledAll(purgeable(t, d, time.UnixMilli(1767603900000)).Runs); got != "r-deleted" {
		t.Errorf("those that were deleted before are %q", got)
	}
	if len(found.Rest) != 0 {
		t.Errorf("rows of nothing: %v", found.Rest)
	}
}

// TestAPurgeLeavesNothingOfARun compares with what the other runs have: nothing of
// them may go, and nothing of the run may stay.
func TestAPurgeLeavesNothingOfARun(t *testing.T) {
	path := copied(t, "../../testdata/lab/mlflow.db", "mlflow.db")
	d := writable(t, path)
	db := writer(t, path)
	ids := column(t, db, `SELECT i.destination_id FROM inputs i JOIN runs r ON r.run_uuid = i.destination_id
		WHERE i.destination_type = 'RUN' AND i.destination_id IN (SELECT run_uuid FROM metrics)
			AND i.destination_id IN (SELECT run_uuid FROM params) LIMIT 1`)
	run := ids[0]
	do(t, db, `INSERT INTO entity_associations (association_id, source_type, source_id, destination_type, destination_id)
		VALUES ('a', 'trace', 'tr-1', 'run', ?), ('b', 'trace', 'tr-1', 'run', 'another')`, run)
	db.Close()
	before := dump(t, path)
	write(t, d, "ada", store.DeleteRun{Run: aRun(run)}, store.PurgeRun{Run: aRun(run)})
	after := dump(t, path)
	changed := map[string]int{}
	for table, rows := range before {
		for key, r := range rows {
			if _, there := after[table][key]; there {
				continue
			}
			changed[table]++
			if !strings.Contains(fmt.Sprint(r.values), run) && table != "input_tags" && table != "datasets" {
				t.Errorf("a row of %s went that is not of the run: %v", table, r.values)
			}
		}
	}
	for _, table := range []string{"runs", "metrics", "latest_metrics", "params", "tags", "inputs", "entity_associations"} {
		if changed[table] == 0 {
			t.Errorf("no row of %s went: %v", table, changed)
		}
		for _, r := range after[table] {
			if strings.Contains(fmt.Sprint(r.values), run) && !strings.Contains(fmt.Sprint(r.values["key"]), "parentRunId") {
				t.Errorf("a row of %s stays: %v", table, r.values)
			}
		}
	}
	if got := purgeable(t, d, time.Now()).Rest; got["inputs"]+got["input_tags"]+got["datasets"] != 0 {
		t.Errorf("rows of nothing are left: %v", got)
	}
}

func TestAPurgeIsRefused(t *testing.T) {
	tests := map[string]struct {
		prepare string
		do      store.Mutation
		kind    error
		says    string
	}{
		"of a run that is not deleted": {"", store.PurgeRun{Run: aRun(childRun)}, store.ErrStale, "is not deleted"},
		"of a run that was restored": {
			"UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL WHERE run_uuid = '" + deletedRun + "'",
			store.PurgeRun{Run: aRun(deletedRun), Deleted: store.Saw(store.At(1767603845039))},
			store.ErrStale, "is not deleted",
		},
		"of a run that was deleted again": {
			"UPDATE runs SET deleted_time = 1767603845040 WHERE run_uuid = '" + deletedRun + "'",
			store.PurgeRun{Run: aRun(deletedRun), Deleted: store.Saw(store.At(1767603845039))},
			store.ErrStale, "the time of its deletion",
		},
		"of a run that a version comes from": {
			"UPDATE model_versions SET run_id = '" + deletedRun + "' WHERE name = 'm2'",
			store.PurgeRun{Run: aRun(deletedRun)},
			store.ErrDenied, "m2 v1 comes from it",
		},
		"of a logged model that is there": {"", store.PurgeModel{Model: store.Target{ID: "m-eaf6632c290b48adabe6c9a9546bdfa5"}}, store.ErrStale, "is not deleted"},
		"of a logged model that is registered": {
			"UPDATE logged_models SET lifecycle_stage = 'deleted'; UPDATE model_versions SET source = 'models:/m-eaf6632c290b48adabe6c9a9546bdfa5' WHERE name = 'm2'",
			store.PurgeModel{Model: store.Target{ID: "m-eaf6632c290b48adabe6c9a9546bdfa5"}},
			store.ErrDenied, "m2 v1 comes from it",
		},
		"of what is not there": {"", store.PurgeRun{Run: aRun("nope")}, store.ErrNotFound, "not found"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := plainBase(t)
			if tt.prepare != "" {
				d = changedBase(t, tt.prepare)
			}
			refused(t, d, tt.kind, tt.says, "ada", tt.do)
		})
	}
}

func TestAPurgeIsNotTakenBack(t *testing.T) {
	d, _ := base(t)
	r := write(t, d, "ada", store.PurgeRun{Run: aRun(deletedRun)})
	refused(t, d, store.ErrInvalid, "removed something for good", "ada", store.Undo{Line: r.Lines[0].Seq, Of: r.Lines[0].Of})
	verified(t, d, 1)
}

func TestADeletedModelIsPurgedWithItsRows(t *testing.T) {
	d := changedBase(t, "UPDATE logged_models SET lifecycle_stage = 'deleted'; UPDATE model_versions SET source = 'x', storage_location = 'x'")
	found := purgeable(t, d, time.Now()).Models
	if len(found) != 2 {
		t.Fatalf("the deleted models are %+v", found)
	}
	for _, m := range found {
		if m.HeldBy != "" || !strings.HasSuffix(m.ArtifactURI, "/models/"+m.ID+"/artifacts") {
			t.Errorf("a deleted model is %+v", m)
		}
		write(t, d, "ada", store.PurgeModel{Model: m.Target, Deleted: store.Saw(m.Deleted)})
	}
	rows := dump(t, d.path)
	for _, table := range []string{"logged_models", "logged_model_params", "logged_model_tags", "logged_model_metrics"} {
		for _, r := range rows[table] {
			t.Errorf("a row of %s stays: %v", table, r.values)
		}
	}
}

// leftovers are rows that nothing refers to, as gc and programs without foreign
// keys leave them.
const leftovers = `PRAGMA foreign_keys = OFF;
	INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id) VALUES
		('i1', 'DATASET', 'd1', 'RUN', 'gone'), ('i2', 'RUN_OUTPUT', 'gone', 'MODEL_OUTPUT', 'm-gone');
	INSERT INTO input_tags (input_uuid, name, value) VALUES ('i1', 'k', 'v'), ('i9', 'k', 'v');
	INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source) VALUES ('d9', 1, 'n', 'd', 'local', '{}');
	INSERT INTO entity_associations (association_id, source_type, source_id, destination_type, destination_id) VALUES ('a', 'trace', 't', 'run', 'gone');
	INSERT INTO params (key, value, run_uuid) VALUES ('k', 'v', 'gone');
	INSERT INTO tags (key, value, run_uuid) VALUES ('k', 'v', 'gone'), ('l', 'v', 'gone');
	INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('k', 1, 1, 'gone', 0, 0), ('k', 1, 1, 'gone', 1, 0), ('k', 1, 1, 'zzz', 1, 0)`

func TestRowsThatBelongToNothingAreFoundAndRemoved(t *testing.T) {
	d, path := base(t)
	before := dump(t, path)
	db := writer(t, path)
	do(t, db, leftovers)
	db.Close()
	found := purgeable(t, d, time.Now()).Rest
	want := map[string]int64{"inputs": 2, "input_tags": 1, "datasets": 1, "entity_associations": 1, "params": 1, "tags": 2, "metrics": 3}
	if fmt.Sprint(found) != fmt.Sprint(want) {
		t.Errorf("found %v, want %v", found, want)
	}
	r := write(t, d, "ada", store.PurgeRest{Counts: found})
	if !strings.Contains(r.Lines[0].Sentence, "2 of tags") {
		t.Errorf("the line says %q", r.Lines[0].Sentence)
	}
	again := purgeable(t, d, time.Now()).Rest
	write(t, d, "ada", store.PurgeRest{Counts: again}) // the tag of an input that went
	if got := diffed(before, dump(t, path)); len(got) > 0 {
		t.Errorf("not as before:\n%s", strings.Join(got, "\n"))
	}
}

func TestTheManyPointsOfARunGoInPortions(t *testing.T) {
	d, path := base(t)
	db := writer(t, path)
	do(t, db, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45000)
		INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) SELECT 'many', i, i, ?, i, 0 FROM n`, deletedRun)
	db.Close()
	if _, err := d.Write(within(t, 20*time.Second), store.Intent{
		By: by("ada"), DryRun: true, Mutations: []store.Mutation{store.PurgeRun{Run: aRun(deletedRun)}},
	}); err != nil {
		t.Fatal(err)
	}
	if n := len(dump(t, path)["metrics"]); n < 45000 {
		t.Fatalf("a dry run left %d points", n)
	}
	write(t, d, "ada", store.PurgeRun{Run: aRun(deletedRun)})
	for _, r := range dump(t, path)["metrics"] {
		if r.values["run_uuid"] == deletedRun {
			t.Fatal("a point stays")
		}
	}
}
