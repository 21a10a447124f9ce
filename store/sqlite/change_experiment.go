package sqlite

import (
	"database/sql/driver"
	"path/filepath"
	"strconv"
	"strings"

	"benchside/store"
	"benchside/store/ledger"
)

// The changes of MLflow's client to experiments.

const (
	lastExperiment = `SELECT coalesce(max(experiment_id), -1) FROM experiments`
	// The location of the oldest experiment whose folder is its id, as MLflow names them.
	oneLocation = `SELECT artifact_location, experiment_id FROM experiments
		WHERE artifact_location LIKE '%/' || experiment_id ORDER BY experiment_id LIMIT 1`
	runsOfExperiment  = `SELECT run_uuid, lifecycle_stage, deleted_time FROM runs WHERE experiment_id = ?1`
	stageOfRuns       = `UPDATE runs SET lifecycle_stage = ?1, deleted_time = ?2 WHERE experiment_id = ?3`
	mostOfArtifactURI = 2048
)

// wantExperiment returns the row of an experiment and its number, and fills in
// its name.
func (w *work) wantExperiment(t *store.Target) (row, int64, error) {
	number, err := strconv.ParseInt(t.ID, 10, 64)
	if err != nil {
		return nil, 0, refuse(store.ErrNotFound, "No Experiment with id=%s exists", t.ID)
	}
	found, there, err := w.find(experimentRows(), row{"experiment_id": number})
	if err == nil && !there {
		err = refuse(store.ErrNotFound, "No Experiment with id=%s exists", t.ID)
	}
	if err == nil {
		t.Name = asText(found["name"])
	}
	return found, number, err
}

// wantExperimentIn returns the number of an experiment of a stage.
func (w *work) wantExperimentIn(t *store.Target, stage store.Stage) (int64, error) {
	found, number, err := w.wantExperiment(t)
	if err == nil && found["lifecycle_stage"] != string(stage) {
		err = refuse(store.ErrNotFound, "No Experiment with id=%s exists", t.ID)
	}
	return number, err
}

// wantNewName refuses the name of another experiment, deleted ones included.
func (w *work) wantNewName(name string) error {
	if err := checkExperimentName(name); err != nil {
		return err
	}
	if found, err := w.list(experimentRows(), row{"name": name}); err != nil {
		return err
	} else if len(found) > 0 {
		stage := ""
		if found[0]["lifecycle_stage"] == string(store.Deleted) {
			stage = " (it is deleted)"
		}
		return invalid("Experiment(name=%s) already exists.%s", name, stage)
	}
	return nil
}

func (w *work) createExperiment(m store.CreateExperiment) error {
	if err := w.wantNewName(m.Called); err != nil {
		return err
	}
	if len(m.Location) > mostOfArtifactURI || strings.HasPrefix(m.Location, "runs:") {
		return invalid("an artifact location of at most %d characters that is no runs: URI", mostOfArtifactURI)
	}
	for _, key := range sortedKeys(m.Tags) {
		if err := checkTagOf(key, m.Tags[key], w.mostOfExperimentTag()); err != nil {
			return err
		}
	}
	last, err := w.one(lastExperiment)
	if err != nil {
		return err
	}
	number := last + 1
	location := m.Location
	if location == "" {
		if location, err = w.locationOf(number); err != nil {
			return err
		}
	}
	err = w.insert(experimentRows(), row{
		"experiment_id": number, "name": m.Called, "artifact_location": location, "lifecycle_stage": string(store.Active),
		"creation_time": w.now, "last_update_time": w.now,
	})
	for _, key := range sortedKeys(m.Tags) {
		if err == nil {
			err = w.insert(experimentTagRows(), row{"experiment_id": number, "key": key, "value": m.Tags[key]})
		}
	}
	made := store.Target{ID: strconv.FormatInt(number, 10), Name: m.Called}
	w.of = store.Subject{Kind: store.ExperimentSubject, Name: made.ID}
	w.says = "create experiment " + made.String()
	return err
}

// locationOf is where the artifacts of a new experiment go: beside those of the
// others, as a client does that goes on where the store was made.
func (w *work) locationOf(number int64) (location string, err error) {
	id := strconv.FormatInt(number, 10)
	err = w.query(oneLocation, nil, func(v []driver.Value) error {
		location = strings.TrimSuffix(text(v[0]), strconv.FormatInt(integer(v[1]), 10)) + id
		return nil
	})
	if location == "" {
		location = filepath.Join(filepath.Dir(w.c.file.path), "mlruns", id)
	}
	return location, err
}

func (w *work) mostOfExperimentTag() int {
	if w.has("logged_models") { // of MLflow 3
		return mostOfExperimentTag
	}
	return mostBefore3
}

func (w *work) renameExperiment(m store.RenameExperiment) error {
	found, number, err := w.wantExperiment(&m.Experiment)
	if err != nil {
		return err
	}
	if found["lifecycle_stage"] != string(store.Active) {
		return invalid("Cannot rename a non-active experiment.")
	}
	if err := hold("the name", m.From, m.Experiment.Name, true); err != nil {
		return err
	}
	if m.To != m.Experiment.Name {
		if err := w.wantNewName(m.To); err != nil {
			return err
		}
	}
	w.did(m)
	return w.update(experimentRows(), row{"experiment_id": number}, row{"name": m.To, "last_update_time": w.now})
}

func (w *work) deleteExperiment(m store.DeleteExperiment) error {
	number, err := w.wantExperimentIn(&m.Experiment, store.Active)
	if err != nil {
		return err
	}
	active, err := w.moveRuns(number, store.Deleted, w.now)
	if err != nil {
		return err
	}
	if err := hold("the number of active runs", m.Runs, active, true); err != nil {
		return err
	}
	m.Runs = store.Saw(active)
	w.did(m)
	return w.update(experimentRows(), row{"experiment_id": number}, row{
		"lifecycle_stage": string(store.Deleted), "last_update_time": w.now,
	})
}

func (w *work) restoreExperiment(m store.RestoreExperiment) error {
	number, err := w.wantExperimentIn(&m.Experiment, store.Deleted)
	if err != nil {
		return err
	}
	if _, err := w.moveRuns(number, store.Active, nil); err != nil {
		return err
	}
	w.did(m)
	return w.update(experimentRows(), row{"experiment_id": number}, row{
		"lifecycle_stage": string(store.Active), "last_update_time": w.now,
	})
}

// moveRuns gives all runs of an experiment a stage, and counts those that were
// active. It is one statement, since there may be a hundred thousand of them.
func (w *work) moveRuns(experiment int64, stage store.Stage, deleted any) (active int, err error) {
	set := row{"lifecycle_stage": string(stage), "deleted_time": deleted}
	runs := map[string]bool{}
	err = w.query(runsOfExperiment, []any{experiment}, func(v []driver.Value) error {
		id, was := text(v[0]), row{}
		runs[id] = true
		var err error
		if was["lifecycle_stage"], err = kept(v[1]); err != nil {
			return err
		}
		if was["deleted_time"], err = kept(v[2]); err != nil {
			return err
		}
		if was["lifecycle_stage"] == string(store.Active) {
			active++
		}
		if c, differs := runChange(keyOfRun(id), was, set); differs {
			w.changes = append(w.changes, c)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if stage == store.Deleted {
		if err := w.dropAssessments(runs); err != nil {
			return 0, err
		}
	}
	return active, w.exec(stageOfRuns, string(stage), deleted, experiment)
}

// runChange is what became of a run's row.
func runChange(key, was, set row) (c store.RowChange, differs bool) {
	c = store.RowChange{Table: rowsOfRuns().table, Key: key, Before: row{}, After: row{}}
	for column, v := range set {
		if !ledger.Same(was[column], v) {
			c.Before[column], c.After[column] = was[column], v
		}
	}
	return c, len(c.After) > 0
}

// wantExperimentTag returns the key of a tag of an active experiment, if it is
// what was seen.
func (w *work) wantExperimentTag(t *store.Target, key, value string, from store.Seen[string]) (row, error) {
	if err := checkTagOf(key, value, w.mostOfExperimentTag()); err != nil {
		return nil, err
	}
	found, number, err := w.wantExperiment(t)
	if err != nil {
		return nil, err
	}
	if stage := asText(found["lifecycle_stage"]); stage != string(store.Active) {
		return nil, invalid("The experiment %s must be in the 'active' state. Current state is %s.", t.ID, stage)
	}
	return w.wantTag(experimentTagRows(), row{"experiment_id": number, "key": key}, from)
}

func (w *work) tagExperiment(m store.TagExperiment) error {
	tag, err := w.wantExperimentTag(&m.Experiment, m.Key, m.Value, m.From)
	if err != nil {
		return err
	}
	w.did(m)
	tag["value"] = m.Value
	return w.put(experimentTagRows(), tag)
}

func (w *work) noteExperiment(m store.NoteExperiment) error {
	tag, err := w.wantExperimentTag(&m.Experiment, store.TagNote, m.To, m.From)
	if err != nil {
		return err
	}
	w.did(m)
	tag["value"] = m.To
	return w.put(experimentTagRows(), tag)
}

func (w *work) untagExperiment(m store.UntagExperiment) error {
	tag, err := w.wantExperimentTag(&m.Experiment, m.Key, "", m.From)
	if err != nil {
		return err
	}
	if _, there, err := w.find(experimentTagRows(), tag); err != nil {
		return err
	} else if !there {
		return refuse(store.ErrNotFound, "No tag with name: %s in experiment with id %s", m.Key, m.Experiment.ID)
	}
	w.did(m)
	return w.remove(experimentTagRows(), tag)
}
