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
	datasetEdges = `SELECT w.value, i.source_id, i.input_uuid
		FROM json_each(?1) w CROSS JOIN inputs i
			ON i.destination_type = 'RUN' AND i.destination_id = w.value AND i.source_type = 'DATASET'`
	datasetsOf = `SELECT d.dataset_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source,
			d.dataset_schema, d.dataset_profile
		FROM json_each(?1) w CROSS JOIN datasets d ON d.dataset_uuid = w.value`
	inputTags = `SELECT t.input_uuid, t.name, t.value
		FROM json_each(?1) w CROSS JOIN input_tags t ON t.input_uuid = w.value
		ORDER BY t.input_uuid, t.name`

	// The column step is as old as logged models but came in a revision of its own.
	modelEdges          = `SELECT w.value, i.destination_id, i.source_type = 'RUN_OUTPUT', i.step` + linkedModels
	modelEdgesUnstepped = `SELECT w.value, i.destination_id, i.source_type = 'RUN_OUTPUT', 0` + linkedModels

	linkedModels = ` FROM json_each(?1) w CROSS JOIN inputs i ON i.source_id = w.value
			AND (i.source_type = 'RUN_INPUT' AND i.destination_type = 'MODEL_INPUT'
				OR i.source_type = 'RUN_OUTPUT' AND i.destination_type = 'MODEL_OUTPUT')
		ORDER BY w.key, i.source_type, i.destination_id`
	modelRows = `SELECT (SELECT min(rowid) FROM logged_models), (SELECT max(rowid) FROM logged_models)`
	modelsBy  = `SELECT m.source_run_id, m.model_id FROM logged_models m NOT INDEXED
		WHERE m.rowid BETWEEN ?1 AND ?2 AND m.source_run_id IN (SELECT value FROM json_each(?3)) ORDER BY m.rowid`

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

// The bounds of what one statement reads.
const (
	linkedPerBurst   = 500 // runs, with what they are linked to
	datasetsPerBurst = 20  // their schemas and profiles may be long
	modelsPerBurst   = 50  // their params, tags and metrics
)

// Inputs implements store.InputReader.
func (d *DB) Inputs(ctx context.Context, runID string) ([]store.Input, error) {
	found, err := d.InputsOf(ctx, []string{runID})
	return found[runID], err
}

// inputEdge links a run to a dataset; its id owns the tags.
type inputEdge struct{ run, dataset, id string }

// InputsOf implements store.InputReader. A dataset that many runs share is read
// once.
func (d *DB) InputsOf(ctx context.Context, ids []string) (map[string][]store.Input, error) {
	if !d.schema.has("datasets") || !d.schema.has("inputs") {
		return nil, nil // before MLflow 2.4
	}
	edges, err := d.inputEdges(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("find the inputs of %s: %w", these(ids), err)
	}
	datasets, err := d.datasets(ctx, edges)
	if err != nil {
		return nil, fmt.Errorf("read the inputs of %s: %w", these(ids), err)
	}
	tags := map[string]map[string]string{}
	for part := range slices.Chunk(edges, idsPerBurst) {
		owners := make([]string, len(part))
		for i, e := range part {
			owners[i] = e.id
		}
		if err := d.texts(ctx, inputTags, owners, tags); err != nil {
			return nil, fmt.Errorf("read the input tags of %s: %w", these(ids), err)
		}
	}
	slices.SortStableFunc(edges, func(a, b inputEdge) int {
		x, y := datasets[a.dataset], datasets[b.dataset]
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Digest, y.Digest), cmp.Compare(a.id, b.id))
	})
	found := map[string][]store.Input{}
	for _, e := range edges {
		if in, ok := datasets[e.dataset]; ok { // an edge may outlive its dataset
			in.Tags = tags[e.id]
			in.Context = in.Tags[store.TagDataContext]
			found[e.run] = append(found[e.run], in)
		}
	}
	return found, nil
}

// these names the runs of a read, for its errors.
func these(ids []string) string {
	if len(ids) == 1 {
		return "run " + ids[0]
	}
	return fmt.Sprintf("%d runs", len(ids))
}

func (d *DB) inputEdges(ctx context.Context, ids []string) (edges []inputEdge, err error) {
	for part := range slices.Chunk(distinct(ids), linkedPerBurst) {
		before := len(edges)
		err := d.burst(ctx, func(c *conn) error {
			edges = edges[:before]
			return c.query(ctx, datasetEdges, []any{list(part)}, func(v []driver.Value) error {
				edges = append(edges, inputEdge{text(v[0]), text(v[1]), text(v[2])})
				return nil
			})
		})
		if err != nil {
			return nil, err
		}
	}
	return edges, nil
}

// datasets reads the datasets of edges, by their ids.
func (d *DB) datasets(ctx context.Context, edges []inputEdge) (map[string]store.Input, error) {
	ids := make([]string, len(edges))
	for i, e := range edges {
		ids[i] = e.dataset
	}
	found := map[string]store.Input{}
	for part := range slices.Chunk(distinct(ids), datasetsPerBurst) {
		err := d.burst(ctx, func(c *conn) error {
			return c.query(ctx, datasetsOf, []any{list(part)}, func(v []driver.Value) error {
				found[text(v[0])] = store.Input{
					Name: text(v[1]), Digest: text(v[2]), SourceType: text(v[3]), Source: text(v[4]),
					Schema: text(v[5]), Profile: text(v[6]),
				}
				return nil
			})
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// distinct are texts, each once and sorted.
func distinct(texts []string) []string {
	texts = slices.Sorted(slices.Values(texts))
	return slices.Compact(texts)
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
	run, id string
	output  bool
	step    int64
}

// LoggedModels implements store.InputReader. A model that the run both read and
// wrote is listed twice.
func (d *DB) LoggedModels(ctx context.Context, runID string) ([]store.LoggedModel, error) {
	found, err := d.LoggedModelsOf(ctx, []string{runID})
	return found[runID], err
}

// LoggedModelsOf implements store.InputReader.
func (d *DB) LoggedModelsOf(ctx context.Context, ids []string) (map[string][]store.LoggedModel, error) {
	if !d.schema.has("logged_models") {
		return nil, nil // before MLflow 3
	}
	edges, err := d.modelEdges(ctx, distinct(ids))
	if err != nil {
		return nil, fmt.Errorf("find the models of %s: %w", these(ids), err)
	}
	linked := make([]string, len(edges))
	for i, e := range edges {
		linked[i] = e.id
	}
	models := map[string]*store.LoggedModel{}
	for part := range slices.Chunk(distinct(linked), modelsPerBurst) {
		if err := d.readModels(ctx, part, models); err != nil {
			return nil, fmt.Errorf("read the models of %s: %w", these(ids), err)
		}
	}
	found := map[string][]store.LoggedModel{}
	for _, e := range edges {
		if m := models[e.id]; m != nil { // an edge may outlive its model
			linked := *m
			linked.Output, linked.Step = e.output, e.step
			found[e.run] = append(found[e.run], linked)
		}
	}
	for _, of := range found {
		slices.SortStableFunc(of, func(a, b store.LoggedModel) int {
			return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
		})
	}
	return found, nil
}

// modelEdges finds the models that runs are linked to, and those that name one of
// them as their source.
func (d *DB) modelEdges(ctx context.Context, ids []string) (edges []modelEdge, err error) {
	statement := modelEdges
	if !d.schema.hasColumn("inputs", "step") {
		statement = modelEdgesUnstepped
	}
	for part := range slices.Chunk(ids, linkedPerBurst) {
		before := len(edges)
		err := d.burst(ctx, func(c *conn) error {
			edges = edges[:before]
			return c.query(ctx, statement, []any{list(part)}, func(v []driver.Value) error {
				edges = append(edges, modelEdge{text(v[0]), text(v[1]), integer(v[2]) != 0, integer(v[3])})
				return nil
			})
		})
		if err != nil {
			return nil, err
		}
	}
	type link struct{ run, id string }
	written := map[link]bool{}
	for _, e := range edges {
		written[link{e.run, e.id}] = written[link{e.run, e.id}] || e.output
	}
	all, err := d.rows(ctx, modelRows)
	if err != nil {
		return nil, err
	}
	sources := list(ids)
	return edges, d.newestFirst(ctx, all, firstWindow, func(c *conn, w span) error {
		return c.query(ctx, modelsBy, []any{w.low, w.high, sources}, func(v []driver.Value) error {
			if at := (link{text(v[0]), text(v[1])}); !written[at] {
				written[at] = true
				edges = append(edges, modelEdge{run: at.run, id: at.id, output: true})
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
	for _, id := range ids {
		if m := models[id]; m != nil {
			m.Params, m.Tags, m.Metrics = params[id], tags[id], metrics[id]
		}
	}
	return err
}
