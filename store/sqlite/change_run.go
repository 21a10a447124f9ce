package sqlite

import (
	"database/sql/driver"
	"strings"

	"benchside/store"
)

// The changes of MLflow's client to runs (mlflow/store/tracking/sqlalchemy_store.py).

// changeTracking does a mutation of a run or an experiment.
func (w *work) changeTracking(m store.Mutation) error {
	switch m := m.(type) {
	case store.RenameRun:
		return w.renameRun(m)
	case store.TagRun:
		return w.tagRun(m)
	case store.UntagRun:
		return w.untagRun(m)
	case store.NoteRun:
		return w.noteRun(m)
	case store.DeleteRun:
		return w.deleteRun(m)
	case store.RestoreRun:
		return w.restoreRun(m)
	case store.EndRun:
		return w.endRun(m)
	case store.CreateExperiment:
		return w.createExperiment(m)
	case store.RenameExperiment:
		return w.renameExperiment(m)
	case store.DeleteExperiment:
		return w.deleteExperiment(m)
	case store.RestoreExperiment:
		return w.restoreExperiment(m)
	case store.TagExperiment:
		return w.tagExperiment(m)
	case store.UntagExperiment:
		return w.untagExperiment(m)
	case store.NoteExperiment:
		return w.noteExperiment(m)
	case store.PurgeRun:
		return w.purgeRun(m)
	case store.PurgeModel:
		return w.purgeModel(m)
	case store.PurgeRest:
		return w.purgeRest(m)
	}
	return w.govern(m)
}

func keyOfRun(id string) row { return row{"run_uuid": id} }

// wantRun returns the row of a run, and fills in its name.
func (w *work) wantRun(t *store.Target) (row, error) {
	found, there, err := w.find(rowsOfRuns(), keyOfRun(t.ID))
	if err == nil && !there {
		err = refuse(store.ErrNotFound, "Run with id=%s not found", t.ID)
	}
	if err == nil {
		t.Name = asText(found["name"])
	}
	return found, err
}

// wantActiveRun returns the row of a run that was not deleted.
func (w *work) wantActiveRun(t *store.Target) (row, error) {
	found, err := w.wantRun(t)
	if err == nil && found["lifecycle_stage"] != string(store.Active) {
		err = invalid("The run %s must be in the 'active' state. Current state is %s.", t.ID, asText(found["lifecycle_stage"]))
	}
	return found, err
}

func (w *work) renameRun(m store.RenameRun) error {
	found, err := w.wantActiveRun(&m.Run)
	if err != nil {
		return err
	}
	if err := hold("the name", m.From, asText(found["name"]), true); err != nil {
		return err
	}
	w.did(m)
	if m.To == "" {
		return nil // MLflow leaves it as it is
	}
	if err := w.update(rowsOfRuns(), keyOfRun(m.Run.ID), row{"name": m.To}); err != nil {
		return err
	}
	return w.put(runTagRows(), row{"run_uuid": m.Run.ID, "key": store.TagRunName, "value": m.To})
}

func (w *work) tagRun(m store.TagRun) error {
	if err := w.setRunTag(&m.Run, m.Key, m.Value, m.From); err != nil {
		return err
	}
	w.did(m)
	return nil
}

func (w *work) noteRun(m store.NoteRun) error {
	if err := w.setRunTag(&m.Run, store.TagNote, m.To, m.From); err != nil {
		return err
	}
	w.did(m)
	return nil
}

func (w *work) setRunTag(t *store.Target, key, value string, from store.Seen[string]) error {
	if err := checkTagOf(key, value, mostOfRunTag); err != nil {
		return err
	}
	if _, err := w.wantActiveRun(t); err != nil {
		return err
	}
	tag, err := w.wantTag(runTagRows(), row{"run_uuid": t.ID, "key": key}, from)
	if err != nil {
		return err
	}
	if key == store.TagRunName {
		return w.renameRun(store.RenameRun{Run: *t, To: value})
	}
	tag["value"] = value
	return w.put(runTagRows(), tag)
}

func (w *work) untagRun(m store.UntagRun) error {
	if _, err := w.wantActiveRun(&m.Run); err != nil {
		return err
	}
	tag, err := w.wantTag(runTagRows(), row{"run_uuid": m.Run.ID, "key": m.Key}, m.From)
	if err != nil {
		return err
	}
	if _, there, err := w.find(runTagRows(), tag); err != nil {
		return err
	} else if !there {
		return refuse(store.ErrNotFound, "No tag with name: %s in run with id %s", m.Key, m.Run.ID)
	}
	w.did(m)
	return w.remove(runTagRows(), tag)
}

func (w *work) deleteRun(m store.DeleteRun) error {
	found, err := w.wantRun(&m.Run)
	if err != nil {
		return err
	}
	if err := hold("the stage", m.From, store.Stage(asText(found["lifecycle_stage"])), true); err != nil {
		return err
	}
	if err := w.dropAssessments(map[string]bool{m.Run.ID: true}); err != nil {
		return err
	}
	w.did(m)
	return w.update(rowsOfRuns(), keyOfRun(m.Run.ID), row{"lifecycle_stage": string(store.Deleted), "deleted_time": w.now})
}

func (w *work) restoreRun(m store.RestoreRun) error {
	found, err := w.wantRun(&m.Run)
	if err != nil {
		return err
	}
	if err := hold("the stage", m.From, store.Stage(asText(found["lifecycle_stage"])), true); err != nil {
		return err
	}
	w.did(m)
	return w.update(rowsOfRuns(), keyOfRun(m.Run.ID), row{"lifecycle_stage": string(store.Active), "deleted_time": nil})
}

func (w *work) endRun(m store.EndRun) error {
	if m.To != store.Killed && m.To != store.Failed && m.To != store.Finished {
		return invalid("a run ends %s, %s or %s, not %s", store.Killed, store.Failed, store.Finished, m.To)
	}
	found, err := w.wantActiveRun(&m.Run)
	if err != nil {
		return err
	}
	status := store.Status(asText(found["status"]))
	if err := hold("the status", m.From, status, true); err != nil {
		return err
	}
	m.From = store.Saw(status)
	w.did(m)
	return w.update(rowsOfRuns(), keyOfRun(m.Run.ID), row{"status": string(m.To), "end_time": w.now})
}

// ofRun begins what MLflow 3 writes into the metadata of an assessment that a run
// made: the id and a quote follow.
const ofRun = `"mlflow.assessment.sourceRunId": "`

const assessmentsOfRuns = `SELECT assessment_id, assessment_metadata FROM assessments WHERE instr(assessment_metadata, ?1) > 0`

// dropAssessments deletes the assessments that runs made, as MLflow 3 does when
// it deletes a run.
func (w *work) dropAssessments(runs map[string]bool) error {
	if !w.hasColumn(assessmentRows().table, "assessment_metadata") {
		return nil
	}
	var drop []string
	err := w.query(assessmentsOfRuns, []any{ofRun}, func(v []driver.Value) error {
		_, rest, _ := strings.Cut(text(v[1]), ofRun)
		if id, _, whole := strings.Cut(rest, `"`); whole && runs[id] {
			drop = append(drop, text(v[0]))
		}
		return nil
	})
	for _, id := range drop {
		if err == nil {
			err = w.remove(assessmentRows(), row{"assessment_id": id})
		}
	}
	return err
}
