package cmd

import "benchside/store"

// datasetJSON is a dataset that a run read.
type datasetJSON struct {
	Name       string            `json:"name"`
	Digest     string            `json:"digest"`
	SourceType string            `json:"source_type"`
	Source     string            `json:"source"`
	Schema     *string           `json:"schema"`
	Profile    *string           `json:"profile"`
	Context    *string           `json:"context"`
	Tags       map[string]string `json:"tags"`
}

// modelJSON is a model of MLflow 3 that a run read or wrote.
type modelJSON struct {
	ID               string            `json:"model_id"`
	Name             string            `json:"name"`
	ExperimentID     string            `json:"experiment_id"`
	ArtifactLocation string            `json:"artifact_location"`
	Status           string            `json:"status"`
	StatusMessage    *string           `json:"status_message"`
	Type             *string           `json:"model_type"`
	SourceRunID      *string           `json:"source_run_id"`
	Stage            store.Stage       `json:"lifecycle_stage"`
	Created          store.Time        `json:"creation_time"`
	Updated          store.Time        `json:"last_updated_time"`
	Output           bool              `json:"output"`
	Step             int64             `json:"step"`
	Params           map[string]string `json:"params"`
	Tags             map[string]string `json:"tags"`
	Metrics          []modelMetricJSON `json:"metrics"`
}

// modelMetricJSON is a value that a run logged about a model.
type modelMetricJSON struct {
	Key           string `json:"key"`
	Value         number `json:"value"`
	Step          int64  `json:"step"`
	Timestamp     int64  `json:"timestamp"`
	RunID         string `json:"run_id"`
	DatasetName   string `json:"dataset_name"`
	DatasetDigest string `json:"dataset_digest"`
}

// orNull is a text that MLflow may leave unset; JSON has null for it.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func datasetsJSON(inputs []store.Input) []datasetJSON {
	out := make([]datasetJSON, 0, len(inputs))
	for _, in := range inputs {
		out = append(out, datasetJSON{
			Name: in.Name, Digest: in.Digest, SourceType: in.SourceType, Source: in.Source, Schema: orNull(in.Schema), Profile: orNull(in.Profile),
			Context: orNull(in.Context), Tags: filled(in.Tags),
		})
	}
	return out
}

func modelsJSON(models []store.LoggedModel) []modelJSON {
	out := make([]modelJSON, 0, len(models))
	for i := range models {
		m := &models[i]
		j := modelJSON{
			ID: m.ID, Name: m.Name, ExperimentID: m.ExperimentID, ArtifactLocation: m.ArtifactLocation, Status: m.Status,
			StatusMessage: orNull(m.StatusMessage), Type: orNull(m.Type),
			SourceRunID: orNull(m.SourceRunID), Stage: m.Stage, Created: m.Created, Updated: m.Updated,
			Output: m.Output, Step: m.Step, Params: filled(m.Params), Tags: filled(m.Tags), Metrics: []modelMetricJSON{},
		}
		for _, v := range m.Metrics {
			j.Metrics = append(j.Metrics, modelMetricJSON{v.Key, number(v.Value), v.Step, v.Timestamp, v.RunID, v.DatasetName, v.DatasetDigest})
		}
		out = append(out, j)
	}
	return out
}
