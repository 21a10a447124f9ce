package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"benchside/store"
)

// What is removed for good. MLflow's gc removes the same rows of a run, and leaves
// its inputs, the data sets that only it read and its links to traces.

const (
	somePoints = `DELETE FROM metrics WHERE rowid IN (SELECT rowid FROM metrics WHERE run_uuid = ?1 LIMIT ?2)`
	manyPoints = `SELECT 1 FROM metrics WHERE run_uuid = ?1 LIMIT 1 OFFSET ?2`
	rowsGone   = `SELECT changes()`

	inputsOfRun = `SELECT input_uuid, source_type, source_id FROM inputs WHERE destination_type = 'RUN' AND destination_id = ?1
		UNION SELECT input_uuid, source_type, source_id FROM inputs WHERE source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id = ?1`
	dropInputs    = `DELETE FROM inputs WHERE destination_type = 'RUN' AND destination_id = ?1 OR source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id = ?1`
	dropInputTags = `DELETE FROM input_tags WHERE input_uuid = ?1`
	dropDataset   = `DELETE FROM datasets WHERE dataset_uuid = ?1
		AND NOT EXISTS (SELECT 1 FROM inputs i WHERE i.source_type = 'DATASET' AND i.source_id = ?1)`
	dropLinks = `DELETE FROM entity_associations WHERE destination_type = 'run' AND destination_id = ?1 OR source_type = 'run' AND source_id = ?1`

	modelInputs = `DELETE FROM inputs WHERE destination_type IN ('MODEL_INPUT', 'MODEL_OUTPUT') AND destination_id = ?1`
)

// pointsAtOnce bounds the points that are removed in one transaction, about 100 ms.
const pointsAtOnce = 20_000

// thin removes most of the points of the runs of an intent, in portions, so that
// nobody who writes waits for long. What is left goes with the run.
func (d *DB) thin(ctx context.Context, i store.Intent) error {
	for _, m := range i.Mutations {
		run, ok := m.(store.PurgeRun)
		if !ok || i.DryRun {
			continue
		}
		more, err := d.hasMany(ctx, run.Run.ID)
		if err != nil {
			return fmt.Errorf("%s: %w", run.Sentence(), err)
		}
		for more {
			err := d.transaction(ctx, patient{until: d.opts.Endurance, tell: i.Waiting}, false, func(t *tx) error {
				w := newWork(t, i, &store.Receipt{})
				if _, err := w.wantPurgeable(&run); err != nil {
					more = false
					if errors.As(err, new(*refusal)) {
						return nil // the whole of it is refused, or deletes the run first
					}
					return err
				}
				if err := t.exec(somePoints, run.Run.ID, pointsAtOnce); err != nil {
					return err
				}
				n, err := t.one(rowsGone)
				more = n == pointsAtOnce
				return err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", run.Sentence(), err)
			}
		}
	}
	return nil
}

// hasMany reports whether a run has more points than go in one transaction.
func (d *DB) hasMany(ctx context.Context, run string) (many bool, err error) {
	err = d.burst(ctx, func(c *conn) error {
		many = false
		return c.query(ctx, manyPoints, []any{run, pointsAtOnce}, func([]driver.Value) error { many = true; return nil })
	})
	return many, err
}

// wantPurgeable returns the row of a run that is deleted, was so when it was
// looked at, and that no version comes from.
func (w *work) wantPurgeable(m *store.PurgeRun) (row, error) {
	found, err := w.wantRun(&m.Run)
	if err != nil {
		return nil, err
	}
	if found["lifecycle_stage"] != string(store.Deleted) {
		return nil, refuse(store.ErrStale, "%v: run %s is not deleted", store.ErrStale, m.Run)
	}
	if err := hold("the time of its deletion", m.Deleted, moment(found["deleted_time"]), true); err != nil {
		return nil, err
	}
	return found, w.wantFree(m.Run.ID)
}

// wantFree refuses what a version of a registered model comes from.
func (w *work) wantFree(id string) error {
	held := ""
	err := w.query(versionFrom, []any{id}, func(v []driver.Value) error {
		held = fmt.Sprintf("%s v%d", text(v[0]), integer(v[1]))
		return nil
	})
	if err == nil && held != "" {
		err = refuse(store.ErrDenied, "%s comes from it", held)
	}
	return err
}

func (w *work) purgeRun(m store.PurgeRun) error {
	if _, err := w.wantPurgeable(&m); err != nil {
		return err
	}
	if err := w.purgeInputs(m.Run.ID); err != nil {
		return err
	}
	tables := []struct{ table, column string }{
		{"metrics", "run_uuid"}, {"latest_metrics", "run_uuid"}, {"params", "run_uuid"}, {"tags", "run_uuid"}, {"logged_model_metrics", "run_id"},
	}
	for _, t := range tables {
		if !w.has(t.table) {
			continue
		}
		if err := w.exec("DELETE FROM "+t.table+" WHERE "+t.column+" = ?1", m.Run.ID); err != nil {
			return err
		}
	}
	w.did(m)
	return w.remove(rowsOfRuns(), keyOfRun(m.Run.ID))
}

// purgeInputs removes what a run read and wrote, the data sets that nobody else
// read, and the links to its traces, which stay.
func (w *work) purgeInputs(run string) error {
	if w.has("entity_associations") {
		if err := w.exec(dropLinks, run); err != nil {
			return err
		}
	}
	if !w.has("inputs") {
		return nil
	}
	var inputs, datasets []string
	err := w.query(inputsOfRun, []any{run}, func(v []driver.Value) error {
		inputs = append(inputs, text(v[0]))
		if text(v[1]) == "DATASET" {
			datasets = append(datasets, text(v[2]))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range inputs {
		if err := w.exec(dropInputTags, id); err != nil {
			return err
		}
	}
	if err := w.exec(dropInputs, run); err != nil {
		return err
	}
	for _, id := range datasets {
		if err := w.exec(dropDataset, id); err != nil {
			return err
		}
	}
	return nil
}

func loggedModelRows() kind { return kind{"logged_models", []string{"model_id"}, ""} }

// purgeModel leaves params, tags and metrics of the model to the foreign keys.
func (w *work) purgeModel(m store.PurgeModel) error {
	key := row{"model_id": m.Model.ID}
	found, there, err := w.find(loggedModelRows(), key)
	switch {
	case err != nil:
		return err
	case !there:
		return refuse(store.ErrNotFound, "Logged model with ID '%s' not found.", m.Model.ID)
	case found["lifecycle_stage"] != string(store.Deleted):
		return refuse(store.ErrStale, "%v: logged model %s is not deleted", store.ErrStale, m.Model)
	}
	if err := hold("the time of its deletion", m.Deleted, moment(found["last_updated_timestamp_ms"]), true); err != nil {
		return err
	}
	if err := w.wantFree(m.Model.ID); err != nil {
		return err
	}
	if err := w.exec(modelInputs, m.Model.ID); err != nil {
		return err
	}
	m.Model.Name = asText(found["name"])
	w.did(m)
	return w.remove(loggedModelRows(), key)
}

// purgeRest removes the rows of the tables that were counted. What it removed is
// known by number only.
func (w *work) purgeRest(m store.PurgeRest) error {
	removed := map[string]int64{}
	for _, o := range orphans() {
		if m.Counts[o.table] == 0 || !w.has(o.table) {
			continue
		}
		if err := w.exec("DELETE FROM " + o.table + " AS x WHERE " + o.condition); err != nil {
			return err
		}
		var err error
		if removed[o.table], err = w.one(rowsGone); err != nil {
			return err
		}
	}
	m.Counts = removed
	w.did(m)
	return nil
}
