package memory

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"benchside/store"
)

// LatestFirst is MLflow's order of runs: the latest start first, one that is
// not set last, then by id.
func LatestFirst(a, b store.Head) int {
	return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(a.ID, b.ID))
}

// ByTime is the order of a metric's history: timestamp, step, value.
func ByTime(a, b store.Point) int {
	return cmp.Or(cmp.Compare(a.Timestamp, b.Timestamp), a.Step.Compare(b.Step), cmp.Compare(stored(a.Value), stored(b.Value)))
}

// byStep is the order whose maximum is the latest point: step, timestamp, value.
func byStep(a, b store.Point) int {
	return cmp.Or(a.Step.Compare(b.Step), cmp.Compare(a.Timestamp, b.Timestamp), cmp.Compare(stored(a.Value), stored(b.Value)))
}

// stored is the number that MLflow keeps in SQL for a NaN, and the value else.
func stored(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// AddKeys adds the keys that a run has of a kind.
func AddKeys(found map[string]bool, run *store.Run, kind store.FieldKind) {
	switch kind {
	case store.MetricField:
		for key := range run.Metrics {
			found[key] = true
		}
	case store.ParamField:
		for key := range run.Params {
			found[key] = true
		}
	case store.TagField:
		for key := range run.Tags {
			found[key] = true
		}
	}
}

// SortedKeys returns the keys found; the attributes are always the same.
func SortedKeys(found map[string]bool, kind store.FieldKind) []string {
	if kind == store.AttributeField {
		return []string{"artifact_uri", "end_time", "run_id", "run_name", "start_time", "status", "user_id"}
	}
	return slices.Sorted(maps.Keys(found))
}

// TextOf returns a param, a tag or a text attribute of a run; metrics and times
// are none.
func TextOf(run *store.Run, field store.Field) (string, bool) {
	switch field.Kind {
	case store.ParamField:
		return RunSubject{Run: run}.Param(field.Key)
	case store.TagField:
		return RunSubject{Run: run}.Tag(field.Key)
	case store.AttributeField:
		return RunSubject{Run: run}.Text(field.Key)
	}
	return "", false
}
