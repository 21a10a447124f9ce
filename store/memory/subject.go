package memory

import (
	"slices"

	"benchside/store"
	"benchside/store/search"
)

// RunSubject is a run as the search language sees it.
type RunSubject struct {
	*store.Run
	Inputs func(runID string) []store.Input // asked only if the filter is about datasets
}

var _ search.Subject = RunSubject{}

// Metric implements search.Subject.
func (r RunSubject) Metric(key string) (float64, bool) {
	p, ok := r.Metrics[key]
	return p.Value, ok
}

// Param implements search.Subject.
func (r RunSubject) Param(key string) (string, bool) {
	text, ok := r.Params[key]
	return text, ok
}

// Tag implements search.Subject.
func (r RunSubject) Tag(key string) (string, bool) {
	text, ok := r.Tags[key]
	return text, ok
}

// Text implements search.Subject.
func (r RunSubject) Text(attribute string) (string, bool) {
	switch attribute {
	case "run_id":
		return r.ID, true
	case "run_name":
		return r.Name, true
	case "status":
		return string(r.Status), true
	case "user_id":
		return r.UserID, true
	case "artifact_uri":
		return r.ArtifactURI, true
	}
	return "", false
}

// Number implements search.Subject.
func (r RunSubject) Number(attribute string) (int64, bool) {
	switch attribute {
	case "start_time":
		return r.Start.Millis(), r.Start.Set()
	case "end_time":
		return r.End.Millis(), r.End.Set()
	}
	return 0, false
}

// Datasets implements search.Subject.
func (r RunSubject) Datasets() []search.DatasetInput {
	var inputs []search.DatasetInput
	for _, in := range r.Inputs(r.ID) {
		_, tagged := in.Tags[store.TagDataContext]
		inputs = append(inputs, search.DatasetInput{
			Name: in.Name, Digest: in.Digest, Context: in.Context, HasContext: tagged || in.Context != "",
		})
	}
	return inputs
}

// experimentSubject is an experiment as the search language sees it.
type experimentSubject struct{ *store.Experiment }

func (experimentSubject) Metric(string) (float64, bool)   { return 0, false }
func (experimentSubject) Param(string) (string, bool)     { return "", false }
func (experimentSubject) Datasets() []search.DatasetInput { return nil }
func (e experimentSubject) Tag(key string) (string, bool) {
	text, ok := e.Tags[key]
	return text, ok
}

func (e experimentSubject) Text(attribute string) (string, bool) {
	switch attribute {
	case "name":
		return e.Name, true
	case "experiment_id":
		return e.ID, true
	}
	return "", false
}

func (e experimentSubject) Number(attribute string) (int64, bool) {
	switch attribute {
	case "creation_time":
		return e.Created.Millis(), e.Created.Set()
	case "last_update_time":
		return e.Updated.Millis(), e.Updated.Set()
	}
	return 0, false
}

// Sees reports whether a run is of a query's experiments and stage.
func Sees(q store.RunQuery, h *store.Head) bool {
	return q.Stage.Sees(h.Stage) && (q.Experiments == nil || slices.Contains(q.Experiments, h.ExperimentID))
}

// FindRuns returns the runs of a query in its order.
func FindRuns(runs []*store.Run, inputs func(runID string) []store.Input, q store.RunQuery) []*store.Run {
	var found []*store.Run
	for _, run := range runs {
		if Sees(q, &run.Head) && search.Match(q.Filter, RunSubject{run, inputs}) {
			found = append(found, run)
		}
	}
	compare := search.Sequence(q.Order, search.Runs)
	slices.SortFunc(found, func(a, b *store.Run) int {
		return compare(RunSubject{a, inputs}, RunSubject{b, inputs})
	})
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found
}

// FindExperiments returns the experiments of a query in its order.
func FindExperiments(all []store.Experiment, q store.ExperimentQuery) []store.Experiment {
	var found []store.Experiment
	for _, e := range all {
		if q.Stage.Sees(e.Stage) && search.Match(q.Filter, experimentSubject{&e}) {
			e.Tags = copied(e.Tags)
			found = append(found, e)
		}
	}
	compare := search.Sequence(q.Order, search.Experiments)
	slices.SortFunc(found, func(a, b store.Experiment) int {
		return compare(experimentSubject{&a}, experimentSubject{&b})
	})
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found
}
