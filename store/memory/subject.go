package memory

import (
	"slices"
	"time"

	"benchside/store"
	"benchside/store/search"
)

// RunSubject is a run as the search language sees it.
type RunSubject struct {
	*store.Run
	Around
}

// Around finds what belongs to runs and stands apart from them. What is nil finds
// nothing; each is asked only if a filter is about it.
type Around struct {
	Inputs func(runID string) []store.Input
	Find   func(runID string) *store.Head // of any stage; nil if there is no such run
	Points func(runID, key string) []store.Point
}

var _ search.Related = RunSubject{}

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
	case "depth":
		return r.depth(), true
	}
	return 0, false
}

// deepest is where counting parents ends: they may go in a circle.
const deepest = 1000

func (r RunSubject) depth() int64 {
	n := int64(0)
	for at := r.parent(r.ParentID); at != nil && n < deepest; at = r.parent(at.ParentID) {
		n++
	}
	return n
}

func (r RunSubject) parent(id string) *store.Head {
	if id == "" || r.Find == nil {
		return nil
	}
	return r.Find(id)
}

// Several implements search.Related.
func (r RunSubject) Several(attribute string) []string {
	if attribute != "parent" || r.ParentID == "" {
		return nil
	}
	texts := []string{r.ParentID}
	if p := r.parent(r.ParentID); p != nil && p.Name != "" {
		texts = append(texts, p.Name)
	}
	return texts
}

// Summary implements search.Related.
func (r RunSubject) Summary(key string, of search.Summary) (float64, bool) {
	var points []store.Point
	if r.Points != nil {
		points = r.Points(r.ID, key)
	}
	if p, ok := r.Metrics[key]; ok && len(points) == 0 {
		points = []store.Point{p}
	}
	var sum store.Summary
	for _, p := range points {
		sum.Add(p)
	}
	return SummaryOf(&sum, of)
}

// SummaryOf returns one number of a summary; false if its points have none.
func SummaryOf(s *store.Summary, of search.Summary) (float64, bool) {
	switch of {
	case search.Minimum:
		return s.Min.Value, s.Finite > 0
	case search.Maximum:
		return s.Max.Value, s.Finite > 0
	case search.Mean:
		return s.Mean(), s.Finite > 0
	case search.First:
		return s.First.Value, s.Points > 0
	case search.Latest:
		return s.Last.Value, s.Points > 0
	case search.Count:
		return float64(s.Points), s.Points > 0
	}
	return 0, false
}

// Words implements search.Related.
func (r RunSubject) Words() (name string, texts []string) {
	texts = append(wordsOf(r.Tags), r.ID)
	for _, text := range r.Params {
		texts = append(texts, text)
	}
	return r.Name, texts
}

// wordsOf are the texts of tags that plain words are looked for in.
func wordsOf(tags map[string]string) (texts []string) {
	for key, text := range tags {
		if search.TagIsWords(key) {
			texts = append(texts, text)
		}
	}
	return texts
}

// Datasets implements search.Subject.
func (r RunSubject) Datasets() []search.DatasetInput {
	var inputs []search.DatasetInput
	if r.Inputs == nil {
		return nil
	}
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

var _ search.Related = experimentSubject{}

func (experimentSubject) Several(string) []string                        { return nil }
func (experimentSubject) Summary(string, search.Summary) (float64, bool) { return 0, false }
func (e experimentSubject) Words() (name string, texts []string)         { return e.Name, wordsOf(e.Tags) }

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

// Settled is a filter of records that are there, at this time; metric tells whether
// one of them has a metric.
func Settled(f search.Filter, metric func(key string) (bool, error)) (search.Filter, error) {
	return search.Resolve(f, search.Facts{Now: time.Now().UnixMilli(), Metric: metric})
}

// settled is Settled of records that have no metrics.
func settled(f search.Filter) search.Filter {
	f, _ = Settled(f, func(string) (bool, error) { return false, nil }) // which is the only thing that fails
	return f
}

// FindRuns returns the runs of a query in its order.
func FindRuns(runs []*store.Run, around Around, q store.RunQuery) []*store.Run {
	filter, _ := Settled(q.Filter, func(key string) (bool, error) {
		return slices.ContainsFunc(runs, func(r *store.Run) bool { _, ok := r.Metrics[key]; return ok }), nil
	})
	var found []*store.Run
	matches := search.Matcher(filter)
	for _, run := range runs {
		if Sees(q, &run.Head) && matches(RunSubject{run, around}) {
			found = append(found, run)
		}
	}
	compare := search.Sequence(q.Order, search.Runs)
	slices.SortFunc(found, func(a, b *store.Run) int {
		return compare(RunSubject{a, around}, RunSubject{b, around})
	})
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found
}

// FindExperiments returns the experiments of a query in its order.
func FindExperiments(all []store.Experiment, q store.ExperimentQuery) []store.Experiment {
	var found []store.Experiment
	matches := search.Matcher(settled(q.Filter))
	for _, e := range all {
		if q.Stage.Sees(e.Stage) && matches(experimentSubject{&e}) {
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
