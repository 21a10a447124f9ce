package storetest

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"

	"benchside/store"
)

// Facts is what the real MLflow client says of a store. Experiments and runs of
// all stages are in MLflow's own order.
type Facts struct {
	Experiments []store.Experiment
	Runs        []Run
	Registered  []store.RegisteredModel // without prompts
	Versions    []store.ModelVersion    // the latest change first
}

// Run is a run with what belongs to it.
type Run struct {
	store.Run
	History map[string][]store.Point // by key, in MLflow's order
	Inputs  []store.Input            // by name, then digest
	Models  []store.LoggedModel      // that MLflow links to the run
}

// Load reads facts that testdata/facts/make.py wrote.
func Load(t testing.TB, path string) Facts {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var written struct {
		Experiments []experiment
		Runs        []run
		Registered  []registeredModel
		Versions    []modelVersion
	}
	if err := json.NewDecoder(unpacked).Decode(&written); err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	var f Facts
	names := map[string]string{}
	for _, e := range written.Experiments {
		names[e.ID] = e.Name
		f.Experiments = append(f.Experiments, store.Experiment{
			ID: e.ID, Name: e.Name, ArtifactLocation: e.Location, Stage: e.Stage,
			Created: moment(e.Created), Updated: moment(e.Updated), Tags: e.Tags,
		})
	}
	for i := range written.Runs {
		f.Runs = append(f.Runs, written.Runs[i].fact(names))
	}
	for i := range written.Versions {
		f.Versions = append(f.Versions, written.Versions[i].fact(written.Registered))
	}
	for i := range written.Registered {
		f.Registered = append(f.Registered, written.Registered[i].fact(f.Versions))
	}
	if len(f.Runs) == 0 {
		t.Fatalf("%s tells of no run", path)
	}
	return f
}

type experiment struct {
	ID, Name, Location string
	Stage              store.Stage
	Created, Updated   *int64
	Tags               map[string]string
}

type run struct {
	ID, Name, Experiment, User, URI string
	Status                          store.Status
	Stage                           store.Stage
	Start, End                      *int64
	Params, Tags                    map[string]string
	History                         map[string][]point
	Latest                          map[string]point
	Inputs                          []input
	Models                          []model
}

type input struct {
	Name, Digest, Source, Schema, Profile string
	SourceType                            string `json:"source_type"`
	Tags                                  map[string]string
}

type model struct {
	ID, Name, Experiment, Location, Status, Type string
	SourceRun                                    string `json:"source_run"`
	Created, Updated                             *int64
	Output                                       bool
	Step                                         int64
	Params, Tags                                 map[string]string
	Metrics                                      []modelMetric
}

// point is [step, timestamp, value], where the value is a float as Python
// writes it.
type point store.Point

func (p *point) UnmarshalJSON(text []byte) error {
	var step json.Number
	var value string
	return row(text, []any{&step, &p.Timestamp, &value}, func() error {
		var err error
		if p.Value, err = strconv.ParseFloat(value, 64); err != nil {
			return err
		}
		if whole, err := step.Int64(); err == nil {
			p.Step = store.StepOf(whole)
			return nil
		}
		f, err := step.Float64()
		p.Step = store.StepFloat(f)
		return err
	})
}

// modelMetric is [key, value, step, timestamp, run, dataset, digest].
type modelMetric store.ModelMetric

func (m *modelMetric) UnmarshalJSON(text []byte) error {
	var value string
	return row(text, []any{&m.Key, &value, &m.Step, &m.Timestamp, &m.RunID, &m.DatasetName, &m.DatasetDigest}, func() (err error) {
		m.Value, err = strconv.ParseFloat(value, 64)
		return err
	})
}

func row(text []byte, into []any, then func() error) error {
	want := len(into)
	if err := json.Unmarshal(text, &into); err != nil {
		return err
	}
	if len(into) != want {
		return fmt.Errorf("%d values in %s, want %d", len(into), text, want)
	}
	return then()
}

func moment(ms *int64) store.Time {
	if ms == nil {
		return store.Time{}
	}
	return store.At(*ms)
}

func (r *run) fact(experiments map[string]string) Run {
	f := Run{
		Run: store.Run{
			Head: store.Head{
				ID: r.ID, Name: r.Name, ExperimentID: r.Experiment, ParentID: r.Tags[store.TagParent], UserID: r.User,
				Status: r.Status, Stage: r.Stage, Start: moment(r.Start), End: moment(r.End),
			},
			ExperimentName: experiments[r.Experiment], ArtifactURI: r.URI,
			Params: r.Params, Tags: r.Tags, Metrics: map[string]store.Point{},
		},
		History: map[string][]store.Point{},
	}
	for key, p := range r.Latest {
		f.Metrics[key] = store.Point(p)
	}
	for key, points := range r.History {
		for _, p := range points {
			f.History[key] = append(f.History[key], store.Point(p))
		}
	}
	for _, in := range r.Inputs {
		f.Inputs = append(f.Inputs, store.Input{
			Name: in.Name, Digest: in.Digest, SourceType: in.SourceType, Source: in.Source,
			Schema: in.Schema, Profile: in.Profile, Context: in.Tags[store.TagDataContext], Tags: in.Tags,
		})
	}
	for i := range r.Models {
		f.Models = append(f.Models, r.Models[i].fact())
	}
	return f
}

func (m *model) fact() store.LoggedModel {
	f := store.LoggedModel{
		ID: m.ID, Name: m.Name, ExperimentID: m.Experiment, ArtifactLocation: m.Location, Status: m.Status, Type: m.Type,
		SourceRunID: m.SourceRun, Stage: store.Active, Created: moment(m.Created), Updated: moment(m.Updated),
		Output: m.Output, Step: m.Step, Params: m.Params, Tags: m.Tags,
	}
	for _, x := range m.Metrics {
		f.Metrics = append(f.Metrics, store.ModelMetric(x))
	}
	return f
}
