package mlruns

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"benchside/store"
)

// whole reads all that belongs to a run.
func (s *Store) whole(x *index, r *run) (store.Run, error) {
	full := store.Run{
		Head: r.Head, ArtifactURI: r.artifactURI,
		Params: map[string]string{}, Tags: map[string]string{}, Metrics: map[string]store.Point{},
	}
	if e := x.experiment(r.ExperimentID); e != nil {
		full.ExperimentName = e.Name
	}
	for kind, texts := range map[string]map[string]string{params: full.Params, tags: full.Tags} {
		if err := x.readTexts(path.Join(r.dir, kind), texts); err != nil {
			return full, fmt.Errorf("read the %s of run %s: %w", kind, r.ID, err)
		}
	}
	folder := path.Join(r.dir, metrics)
	err := eachKey(x.root, folder, func(key string) error {
		if known := s.series(x.root, path.Join(folder, key)); known.points > 0 {
			full.Metrics[key] = known.latest
		}
		return nil
	})
	if err != nil {
		return full, fmt.Errorf("read the metrics of run %s: %w", r.ID, err)
	}
	return full, nil
}

func (x *index) experiment(id string) *experiment {
	for _, e := range x.experiments {
		if e.ID == id {
			return e
		}
	}
	return nil
}

func (x *index) readTexts(folder string, into map[string]string) error {
	return eachKey(x.root, folder, func(key string) error {
		if text, ok := readText(x.root, path.Join(folder, key)); ok {
			into[key] = text
		}
		return nil
	})
}

// edge links a run to a dataset or a model.
type edge struct {
	kind string // DATASET, MODEL, or RUN_OUTPUT
	id   string
	step int64
	tags map[string]string
}

// edges reads the folder inputs or outputs of a run.
func (x *index) edges(r *run, kind string) ([]edge, error) {
	folder := path.Join(r.dir, kind)
	entries, err := list(x.root, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []edge
	for _, d := range entries {
		m, err := readMeta(x.root, path.Join(folder, d.Name(), metaFile), maxMeta)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // being made
		case err != nil:
			return nil, fmt.Errorf("%s/%s: %w", kind, d.Name(), err)
		}
		step, _ := m.number("step")
		// destination_id is written with the source's id, by a mistake of MLflow.
		found = append(found, edge{kind: m.text("source_type"), id: m.text("source_id"), step: step, tags: m.texts("tags")})
	}
	return found, nil
}

// datasets reads the datasets that a run names as its inputs.
func (x *index) datasets(r *run) ([]store.Input, error) {
	edges, err := x.edges(r, inputs)
	if err != nil {
		return nil, err
	}
	var found []store.Input
	for _, e := range edges {
		if e.kind != "DATASET" || !goodID.MatchString(e.id) {
			continue
		}
		m, err := readMeta(x.root, path.Join(path.Dir(r.dir), "datasets", e.id, metaFile), maxDataset)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // an edge may outlive its dataset
		case err != nil:
			return nil, fmt.Errorf("dataset %s: %w", e.id, err)
		}
		found = append(found, store.Input{
			Name: m.text("name"), Digest: m.text("digest"), SourceType: m.text("source_type"),
			Source: m.text("source"), Schema: m.text("schema"), Profile: m.text("profile"),
			Context: e.tags[store.TagDataContext], Tags: e.tags,
		})
	}
	slices.SortFunc(found, func(a, b store.Input) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Digest, b.Digest))
	})
	return found, nil
}

// loggedModels reads the models that a run read or wrote, and its own, which name
// it as their source.
func (x *index) loggedModels(r *run, own []string) ([]store.LoggedModel, error) {
	read, err := x.edges(r, inputs)
	if err != nil {
		return nil, err
	}
	wrote, err := x.edges(r, outputs)
	if err != nil {
		return nil, err
	}
	var found []store.LoggedModel
	take := func(id string, output bool, step int64) error {
		m, err := x.loggedModel(r, id)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("model %s: %w", id, err)
		}
		m.Output, m.Step = output, step
		found = append(found, m)
		return nil
	}
	written := map[string]bool{}
	for _, e := range slices.Concat(read, wrote) {
		output := e.kind == "RUN_OUTPUT"
		if e.kind == "DATASET" || !goodID.MatchString(e.id) {
			continue
		}
		written[e.id] = written[e.id] || output
		if err := take(e.id, output, e.step); err != nil {
			return nil, err
		}
	}
	for _, id := range own {
		if written[id] {
			continue
		}
		if err := take(id, true, 0); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(found, func(a, b store.LoggedModel) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// modelsBy returns the models of an experiment that name runs as their sources, by
// run.
func (x *index) modelsBy(experiment string) (map[string][]string, error) {
	folder := path.Join(experiment, models)
	entries, err := list(x.root, folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	ids := map[string][]string{}
	for _, d := range entries {
		m, err := readMeta(x.root, path.Join(folder, d.Name(), metaFile), maxMeta)
		if source := m.text("source_run_id"); err == nil && source != "" {
			ids[source] = append(ids[source], d.Name())
		}
	}
	return ids, nil
}

// loggedModel reads a model, first looking in the run's own experiment.
func (x *index) loggedModel(r *run, id string) (store.LoggedModel, error) {
	dirs := []string{path.Dir(r.dir)}
	for _, e := range x.experiments {
		dirs = append(dirs, e.dir)
	}
	var m meta
	err := error(fs.ErrNotExist)
	dir := ""
	for _, d := range dirs {
		dir = path.Join(d, models, id)
		if m, err = readMeta(x.root, path.Join(dir, metaFile), maxMeta); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err != nil {
		return store.LoggedModel{}, err
	}
	model := store.LoggedModel{
		ID: id, Name: m.text("name"), ExperimentID: m.text("experiment_id"), ArtifactLocation: m.text("artifact_location"),
		Status: m.modelStatus(), StatusMessage: m.text("status_message"), Type: m.text("model_type"),
		SourceRunID: m.text("source_run_id"), Stage: m.stage(),
		Created: m.moment("creation_timestamp"), Updated: m.moment("last_updated_timestamp"),
		Params: map[string]string{}, Tags: map[string]string{},
	}
	err = errors.Join(
		x.readTexts(path.Join(dir, params), model.Params),
		x.readTexts(path.Join(dir, tags), model.Tags),
		eachKey(x.root, path.Join(dir, metrics), func(key string) error {
			model.Metrics = append(model.Metrics, x.modelMetric(path.Join(dir, metrics, key), key)...)
			return nil
		}))
	slices.SortFunc(model.Metrics, func(a, b store.ModelMetric) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Timestamp, b.Timestamp), cmp.Compare(a.Step, b.Step), cmp.Compare(a.RunID, b.RunID))
	})
	return model, err
}

// modelMetric reads a metric of a model: of each dataset the latest value, as
// MLflow does. Its lines are timestamp, value, step, run, and perhaps the
// dataset's name and digest.
func (x *index) modelMetric(file, key string) []store.ModelMetric {
	content, _, err := readFile(x.root, file, maxText)
	if err != nil {
		return nil
	}
	type dataset struct{ name, digest string }
	latest := map[dataset]store.ModelMetric{}
	for line := range strings.Lines(string(content)) {
		fields := strings.Fields(line)
		p, err := parsePoint(line)
		if err != nil || len(fields) < 4 || !strings.HasSuffix(line, "\n") {
			continue
		}
		m := store.ModelMetric{Key: key, Value: p.Value, Step: p.Step.Whole, Timestamp: p.Timestamp, RunID: fields[3]}
		if n := len(fields); n > 5 {
			m.DatasetName, m.DatasetDigest = strings.Join(fields[4:n-1], " "), fields[n-1]
		}
		of := dataset{m.DatasetName, m.DatasetDigest}
		old, known := latest[of]
		if !known || later(p, store.Point{Step: store.StepOf(old.Step), Timestamp: old.Timestamp, Value: old.Value}) {
			latest[of] = m
		}
	}
	var all []store.ModelMetric
	for _, m := range latest {
		all = append(all, m)
	}
	return all
}
