package sqlite

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"benchside/store"
)

// inputs is MLflow's table of edges: DATASET to RUN, RUN_INPUT to MODEL_INPUT
// and RUN_OUTPUT to MODEL_OUTPUT.
const (
	datasetsOf = `SELECT d.name, d.digest, d.dataset_source_type, d.dataset_source,
			d.dataset_schema, d.dataset_profile, i.input_uuid
		FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
		WHERE i.destination_type = 'RUN' AND i.destination_id = ?1 AND i.source_type = 'DATASET'
		ORDER BY d.name, d.digest, i.input_uuid`
	inputTags = `SELECT t.input_uuid, t.name, t.value
		FROM json_each(?1) w CROSS JOIN input_tags t ON t.input_uuid = w.value
		ORDER BY t.input_uuid, t.name`

	// The column step is as old as logged models but came in a revision of its own.
	modelEdges = `SELECT i.destination_id, i.source_type = 'RUN_OUTPUT', i.step FROM inputs i
		WHERE i.source_id = ?1 AND (i.source_type = 'RUN_INPUT' AND i.destination_type = 'MODEL_INPUT'
			OR i.source_type = 'RUN_OUTPUT' AND i.destination_type = 'MODEL_OUTPUT')
		ORDER BY i.source_type, i.destination_id`
	modelEdgesUnstepped = `SELECT i.destination_id, i.source_type = 'RUN_OUTPUT', 0 FROM inputs i
		WHERE i.source_id = ?1 AND (i.source_type = 'RUN_INPUT' AND i.destination_type = 'MODEL_INPUT'
			OR i.source_type = 'RUN_OUTPUT' AND i.destination_type = 'MODEL_OUTPUT')
		ORDER BY i.source_type, i.destination_id`
	modelRows = `SELECT (SELECT min(rowid) FROM logged_models), (SELECT max(rowid) FROM logged_models)`
	modelsBy  = `SELECT m.model_id FROM logged_models m NOT INDEXED
		WHERE m.rowid BETWEEN ?1 AND ?2 AND m.source_run_id = ?3 ORDER BY m.rowid`

	modelsOf = `SELECT m.model_id, m.name, m.experiment_id, m.artifact_location, m.status, m.status_message,
			m.model_type, m.source_run_id, m.lifecycle_stage, m.creation_timestamp_ms, m.last_updated_timestamp_ms
		FROM json_each(?1) w CROSS JOIN logged_models m ON m.model_id = w.value
		ORDER BY m.model_id`
	modelParams = `SELECT p.model_id, p.param_key, p.param_value
		FROM json_each(?1) w CROSS JOIN logged_model_params p ON p.model_id = w.value
		ORDER BY p.model_id, p.param_key`
	modelTags = `SELECT t.model_id, t.tag_key, t.tag_value
		FROM json_each(?1) w CROSS JOIN logged_model_tags t ON t.model_id = w.value
		ORDER BY t.model_id, t.tag_key`
	modelMetrics = `SELECT x.model_id, x.metric_name, x.metric_value, x.metric_step, x.metric_timestamp_ms,
			x.run_id, x.dataset_name, x.dataset_digest
		FROM json_each(?1) w CROSS JOIN logged_model_metrics x ON x.model_id = w.value
		ORDER BY x.model_id, x.metric_name, x.metric_timestamp_ms, x.metric_step, x.run_id`
)

// modelsPerBurst bounds the models whose params, tags and metrics one statement reads.
const modelsPerBurst = 50

// Inputs implements store.InputReader.
func (d *DB) Inputs(ctx context.Context, runID string) ([]store.Input, error) {
	if !d.schema.has("datasets") || !d.schema.has("inputs") {
		return nil, nil // before MLflow 2.4
	}
	var inputs []store.Input
	var edges []string
	err := d.burst(ctx, func(c *conn) error {
		inputs, edges = nil, nil
		return c.query(ctx, datasetsOf, []any{runID}, func(v []driver.Value) error {
			inputs = append(inputs, store.Input{
				Name: text(v[0]), Digest: text(v[1]), SourceType: text(v[2]), Source: text(v[3]),
				Schema: text(v[4]), Profile: text(v[5]),
			})
			edges = append(edges, text(v[6]))
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read the inputs of run %s: %w", runID, err)
	}
	tags := map[string]map[string]string{}
	for part := range slices.Chunk(edges, idsPerBurst) {
		if err := d.texts(ctx, inputTags, part, tags); err != nil {
			return nil, fmt.Errorf("read the input tags of run %s: %w", runID, err)
		}
	}
	for i := range inputs {
		inputs[i].Tags = tags[edges[i]]
		inputs[i].Context = inputs[i].Tags[store.TagDataContext]
	}
	return inputs, nil
}

// texts reads a statement of owner, key, value about the owners ids.
func (d *DB) texts(ctx context.Context, statement string, ids []string, into map[string]map[string]string) error {
	return d.burst(ctx, func(c *conn) error {
		return c.query(ctx, statement, []any{list(ids)}, func(v []driver.Value) error {
			owner := text(v[0])
			m := into[owner]
			put(&m, text(v[1]), text(v[2]))
			into[owner] = m
			return nil
		})
	})
}

// modelEdge says how a run is linked to a model.
type modelEdge struct {
	id     string
	output bool
	step   int64
}

// LoggedModels implements store.InputReader. A model that the run both read and
// wrote is listed twice.
func (d *DB) LoggedModels(ctx context.Context, runID string) ([]store.LoggedModel, error) {
	if !d.schema.has("logged_models") {
		return nil, nil // before MLflow 3
	}
	edges, err := d.modelEdges(ctx, runID)
	if err != nil {
		return nil, fmt.Errorf("find the models of run %s: %w", runID, err)
	}
	var ids []string
	for _, e := range edges {
		ids = append(ids, e.id)
	}
	slices.Sort(ids)
	models := map[string]*store.LoggedModel{}
	for part := range slices.Chunk(slices.Compact(ids), modelsPerBurst) {
		if err := d.readModels(ctx, part, models); err != nil {
			return nil, fmt.Errorf("read the models of run %s: %w", runID, err)
		}
	}
	var found []store.LoggedModel
	for _, e := range edges {
		if m := models[e.id]; m != nil { // an edge may outlive its model
			linked := *m
			linked.Output, linked.Step = e.output, e.step
			found = append(found, linked)
		}
	}
	slices.SortStableFunc(found, func(a, b store.LoggedModel) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

func (d *DB) modelEdges(ctx context.Context, runID string) ([]modelEdge, error) {
	statement := modelEdges
	if !d.schema.hasColumn("inputs", "step") {
		statement = modelEdgesUnstepped
	}
	var edges []modelEdge
	err := d.burst(ctx, func(c *conn) error {
		edges = nil
		return c.query(ctx, statement, []any{runID}, func(v []driver.Value) error {
			edges = append(edges, modelEdge{text(v[0]), integer(v[1]) != 0, integer(v[2])})
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	written := map[string]bool{}
	for _, e := range edges {
		written[e.id] = written[e.id] || e.output
	}
	all, err := d.rows(ctx, modelRows)
	if err != nil {
		return nil, err
	}
	return edges, d.newestFirst(ctx, all, firstWindow, func(c *conn, w span) error {
		return c.query(ctx, modelsBy, []any{w.low, w.high, runID}, func(v []driver.Value) error {
			if id := text(v[0]); !written[id] {
				written[id] = true
				edges = append(edges, modelEdge{id: id, output: true})
			}
			return nil
		})
	}, nothing)
}

// modelStatus spells the states that MLflow numbers.
func modelStatus(n int64) string {
	states := [...]string{"UNSPECIFIED", "PENDING", "READY", "FAILED"}
	if n < 0 || n >= int64(len(states)) {
		return states[0]
	}
	return states[n]
}

func (d *DB) readModels(ctx context.Context, ids []string, models map[string]*store.LoggedModel) error {
	err := d.burst(ctx, func(c *conn) error {
		return c.query(ctx, modelsOf, []any{list(ids)}, func(v []driver.Value) error {
			models[text(v[0])] = &store.LoggedModel{
				ID: text(v[0]), Name: text(v[1]), ExperimentID: text(v[2]), ArtifactLocation: text(v[3]),
				Status: modelStatus(integer(v[4])), StatusMessage: text(v[5]), Type: text(v[6]),
				SourceRunID: text(v[7]), Stage: store.Stage(text(v[8])), Created: moment(v[9]), Updated: moment(v[10]),
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	params, tags := map[string]map[string]string{}, map[string]map[string]string{}
	if err := d.texts(ctx, modelParams, ids, params); err != nil {
		return err
	}
	if err := d.texts(ctx, modelTags, ids, tags); err != nil {
		return err
	}
	metrics := map[string][]store.ModelMetric{}
	err = d.burst(ctx, func(c *conn) error {
		clear(metrics)
		return c.query(ctx, modelMetrics, []any{list(ids)}, func(v []driver.Value) error {
			id := text(v[0])
			metrics[id] = append(metrics[id], store.ModelMetric{
				Key: text(v[1]), Value: number(v[2], nil), Step: integer(v[3]), Timestamp: integer(v[4]),
				RunID: text(v[5]), DatasetName: text(v[6]), DatasetDigest: text(v[7]),
			})
			return nil
		})
	})
	for id, m := range models {
		if slices.Contains(ids, id) {
			m.Params, m.Tags, m.Metrics = params[id], tags[id], metrics[id]
		}
	}
	return err
}
