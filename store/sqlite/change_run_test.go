package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

// Of the store that the golden changes start from.
const (
	finishedRun = "09ac97be31334c8a8651aae18f2c4b5e"
	childRun    = "70a82553388a4d049e4c6f178cda8364"
	runningRun  = "c8cc8a5e593245ddbe875cd26c3436d4"
	deletedRun  = "4f8b77bd25544febbc9a55e746002a3f"
)

func aRun(id string) store.Target { return store.Target{ID: id} }

// undone takes back lines, the newest first.
func undone(t *testing.T, d *DB, lines []store.Line) {
	t.Helper()
	var all []store.Mutation
	for _, l := range slices.Backward(lines) {
		all = append(all, store.Undo{Line: l.Seq, Of: l.Of})
	}
	write(t, d, "ada", all...)
}

func TestChangesOfRunsAndExperimentsAreTakenBack(t *testing.T) {
	alpha := store.Target{ID: "1"}
	tests := map[string][]store.Mutation{
		"rename run 70a82553":      {store.RenameRun{Run: aRun(childRun), To: "another", From: store.Saw("r-child")}},
		"a tag that was there":     {store.TagRun{Run: aRun(finishedRun), Key: "stage", Value: "final", From: store.Saw("baseline")}},
		"a tag that is taken":      {store.UntagRun{Run: aRun(finishedRun), Key: "stage"}},
		"a note":                   {store.NoteRun{Run: aRun(childRun), To: "# new", From: store.SawNone[string]()}},
		"a deleted run":            {store.DeleteRun{Run: aRun(finishedRun), From: store.Saw(store.Active)}},
		"a restored run":           {store.RestoreRun{Run: aRun(deletedRun), From: store.Saw(store.Deleted)}},
		"a run that was stuck":     {store.EndRun{Run: aRun(runningRun), To: store.Killed, From: store.Saw(store.Running)}},
		"a new experiment":         {store.CreateExperiment{Called: "new", Tags: map[string]string{"a": "b"}}},
		"a renamed experiment":     {store.RenameExperiment{Experiment: alpha, To: "omega", From: store.Saw("alpha")}},
		"an experiment with runs":  {store.DeleteExperiment{Experiment: alpha, Runs: store.Saw(4)}},
		"a restored experiment":    {store.RestoreExperiment{Experiment: store.Target{ID: "2"}}},
		"an experiment's note":     {store.NoteExperiment{Experiment: alpha, To: "text", From: store.Saw("old note")}},
		"an experiment's tag":      {store.UntagExperiment{Experiment: alpha, Key: "team"}},
		"one run in three changes": {store.TagRun{Run: aRun(childRun), Key: "k", Value: "1"}, store.TagRun{Run: aRun(childRun), Key: "k", Value: "2"}, store.UntagRun{Run: aRun(childRun), Key: "k"}},
		"four runs at once": {
			store.TagRun{Run: aRun(childRun), Key: "k", Value: "1"},
			store.TagRun{Run: aRun(finishedRun), Key: "k", Value: "1"},
			store.DeleteRun{Run: aRun(runningRun)},
			store.RestoreRun{Run: aRun(deletedRun)},
		},
	}
	for name, all := range tests {
		t.Run(name, func(t *testing.T) {
			d, path := base(t)
			before := dump(t, path)
			r := write(t, d, "ada", all...)
			if len(r.Lines) != len(all) {
				t.Fatalf("%d lines, want %d", len(r.Lines), len(all))
			}
			if got := diffed(before, dump(t, path)); len(got) == 0 && !strings.Contains(name, "three") {
				t.Fatal("nothing was changed")
			}
			undone(t, d, r.Lines)
			if got := diffed(before, dump(t, path)); len(got) > 0 {
				t.Errorf("not as before:\n%s", strings.Join(got, "\n"))
			}
			verified(t, d, int64(2*len(all)))
		})
	}
}

func TestALineNamesTheRunAsItIsCalled(t *testing.T) {
	d, _ := base(t)
	r := write(t, d, "ada",
		store.TagRun{Run: store.Target{ID: childRun, Name: "another name"}, Key: "k", Value: "v"},
		store.EndRun{Run: aRun(runningRun), To: store.Failed},
		store.CreateExperiment{Called: "new"},
		store.DeleteExperiment{Experiment: store.Target{ID: "1"}},
	)
	want := []string{
		"tag run r-child (70a82553) with k = v", "set run r-running (c8cc8a5e) from RUNNING to FAILED",
		"create experiment new (4)", "delete experiment alpha (1) with its 4 active runs",
	}
	for i, l := range r.Lines {
		if l.Sentence != want[i] {
			t.Errorf("line %d says %q, want %q", i, l.Sentence, want[i])
		}
	}
	found := lines(t, d, store.LineQuery{Of: store.Subject{Kind: store.RunSubject, Name: childRun}})
	if len(found) != 1 || found[0].What != "tag_run" {
		t.Errorf("the lines of the run are %+v", found)
	}
	if got := lines(t, d, store.LineQuery{Of: store.Subject{Kind: store.ExperimentSubject, Name: "4"}}); len(got) != 1 {
		t.Errorf("the lines of the new experiment are %+v", got)
	}
}

func TestChangesOfRunsAreRefused(t *testing.T) {
	alpha := store.Target{ID: "1"}
	tests := map[string]struct {
		kind error
		says string
		do   store.Mutation
	}{
		"where the name is another one":      {store.ErrStale, "the name was x and is r-child now", store.RenameRun{Run: aRun(childRun), To: "y", From: store.Saw("x")}},
		"where the tag is another one":       {store.ErrStale, "tag stage was x and is baseline now", store.TagRun{Run: aRun(finishedRun), Key: "stage", Value: "y", From: store.Saw("x")}},
		"where the tag came":                 {store.ErrStale, "was not there and is baseline now", store.UntagRun{Run: aRun(finishedRun), Key: "stage", From: store.SawNone[string]()}},
		"where the note is another one":      {store.ErrStale, "changed by someone else", store.NoteRun{Run: aRun(finishedRun), To: "y", From: store.Saw("x")}},
		"where the run was deleted":          {store.ErrStale, "the stage was active and is deleted now", store.DeleteRun{Run: aRun(deletedRun), From: store.Saw(store.Active)}},
		"where the run was restored":         {store.ErrStale, "the stage was deleted and is active now", store.RestoreRun{Run: aRun(childRun), From: store.Saw(store.Deleted)}},
		"where the run ended":                {store.ErrStale, "the status was RUNNING and is FINISHED now", store.EndRun{Run: aRun(finishedRun), To: store.Killed, From: store.Saw(store.Running)}},
		"where a run came":                   {store.ErrStale, "the number of active runs was 3 and is 4 now", store.DeleteExperiment{Experiment: alpha, Runs: store.Saw(3)}},
		"where the experiment was renamed":   {store.ErrStale, "the name was x and is alpha now", store.RenameExperiment{Experiment: alpha, To: "y", From: store.Saw("x")}},
		"of a run that is not there":         {store.ErrNotFound, "Run with id=nope not found", store.DeleteRun{Run: aRun("nope")}},
		"of an experiment that is no number": {store.ErrNotFound, "No Experiment with id=x exists", store.RestoreExperiment{Experiment: store.Target{ID: "x"}}},
		"to a status that is no end":         {store.ErrInvalid, "a run ends KILLED", store.EndRun{Run: aRun(runningRun), To: store.Scheduled}},
		"with a tag too long":                {store.ErrInvalid, "maximum length of 8000", store.TagRun{Run: aRun(childRun), Key: "k", Value: strings.Repeat("v", 8001)}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { refused(t, plainBase(t), tt.kind, tt.says, "ada", tt.do) })
	}
	t.Run("all of them where one is", func(t *testing.T) {
		refused(t, plainBase(t), store.ErrStale, "the stage", "ada",
			store.DeleteRun{Run: aRun(childRun)}, store.DeleteRun{Run: aRun(deletedRun), From: store.Saw(store.Active)})
	})
	t.Run("with workspaces", func(t *testing.T) {
		d := changedBase(t, "INSERT INTO experiments (name, workspace, lifecycle_stage) VALUES ('x', 'team', 'active')")
		refused(t, d, store.ErrReadOnly, "workspace team", "ada", store.DeleteRun{Run: aRun(childRun)})
	})
	for _, revision := range []string{"bda7b8c39065", "acf3f17fdcc7", "ffffffffffff", ""} {
		t.Run("at revision "+revision, func(t *testing.T) {
			d := changedBase(t, fmt.Sprintf("UPDATE alembic_version SET version_num = '%s'", revision))
			refused(t, d, store.ErrReadOnly, "", "ada", store.TagRun{Run: aRun(childRun), Key: "k", Value: "v"})
		})
	}
}

func TestAnUndoOfARunThatOthersChangedIsRefused(t *testing.T) {
	tests := map[string]struct {
		do    store.Mutation
		other string
		says  string
	}{
		"a tag": {
			store.TagRun{Run: aRun(childRun), Key: "k", Value: "v"},
			"UPDATE tags SET value = 'w' WHERE key = 'k' AND run_uuid = '" + childRun + "'", "tags",
		},
		"an ended run": {
			store.EndRun{Run: aRun(runningRun), To: store.Killed},
			"UPDATE runs SET status = 'FINISHED' WHERE run_uuid = '" + runningRun + "'", "has another status",
		},
		"an experiment with a run": {
			store.CreateExperiment{Called: "new"},
			"UPDATE runs SET experiment_id = 4 WHERE run_uuid = '" + childRun + "'", "came meanwhile",
		},
		"an experiment with a trace": {
			store.CreateExperiment{Called: "new"},
			"INSERT INTO trace_info (request_id, experiment_id, timestamp_ms, status) VALUES ('tr-1', 4, 1, 'OK')", "came meanwhile",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d, path := base(t)
			r := write(t, d, "ada", tt.do)
			db := writer(t, path)
			do(t, db, tt.other)
			db.Close()
			refused(t, d, store.ErrStale, tt.says, "ada", store.Undo{Line: r.Lines[0].Seq, Of: r.Lines[0].Of})
		})
	}
}

func TestAssessmentsOfARunGoWithItAndComeBack(t *testing.T) {
	d, path := base(t)
	db := writer(t, path)
	do(t, db, "INSERT INTO trace_info (request_id, experiment_id, timestamp_ms, status) VALUES ('tr-1', 1, 1, 'OK')")
	for id, metadata := range map[string]string{
		"mine":   `{"mlflow.assessment.sourceRunId": "` + childRun + `"}`,
		"theirs": `{"mlflow.assessment.sourceRunId": "` + finishedRun + `"}`,
		"none":   `{"note": "` + childRun + `"}`,
	} {
		do(t, db, fmt.Sprintf(`INSERT INTO assessments (assessment_id, trace_id, name, assessment_type, value, created_timestamp,
			last_updated_timestamp, source_type, valid, assessment_metadata) VALUES ('%s', 'tr-1', 'n', 'feedback', '1', 1, 1, 'HUMAN', 1, '%s')`, id, metadata))
	}
	db.Close()
	before := dump(t, path)
	r := write(t, d, "ada", store.DeleteRun{Run: aRun(childRun)})
	left := sortedKeys(dump(t, path)["assessments"])
	if got := strings.Join(left, " "); strings.Contains(got, "mine") || !strings.Contains(got, "theirs") || !strings.Contains(got, "none") {
		t.Errorf("what is left is %q", left)
	}
	undone(t, d, r.Lines)
	if got := diffed(before, dump(t, path)); len(got) > 0 {
		t.Errorf("not as before:\n%s", strings.Join(got, "\n"))
	}
}

func TestANewExperimentHasItsFolderBesideTheOthers(t *testing.T) {
	locationOf := func(d *DB) string {
		found, err := d.Experiments(within(t, 10*time.Second), store.ExperimentQuery{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range found {
			if e.Name == "new" {
				return e.ArtifactLocation
			}
		}
		return ""
	}
	for from, want := range map[string]string{
		"":                      "mlruns/4",
		"/data/ml/mlruns":       "/data/ml/mlruns/4",
		"mlflow-artifacts:":     "mlflow-artifacts:/4",
		"s3://bucket/somewhere": "s3://bucket/somewhere/4",
	} {
		d := plainBase(t)
		if from != "" {
			d = changedBase(t, "UPDATE experiments SET artifact_location = '"+from+"/' || experiment_id")
		}
		write(t, d, "ada", store.CreateExperiment{Called: "new"})
		if got := locationOf(d); got != want {
			t.Errorf("beside %q it is %q, want %q", from, got, want)
		}
	}
	d := changedBase(t, "UPDATE experiments SET artifact_location = 'gs://one/place'")
	write(t, d, "ada", store.CreateExperiment{Called: "new"})
	if got := locationOf(d); !strings.HasSuffix(got, "/mlruns/4") || !strings.HasPrefix(got, "/") {
		t.Errorf("beside places of other names it is %q", got)
	}
}
