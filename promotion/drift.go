package promotion

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"benchside/gates"
	"benchside/store"
)

// CellReader reads fields of runs.
type CellReader interface {
	Cells(ctx context.Context, ids []string, fields []store.Field) (map[string]store.Cells, error)
}

// Drifts are the latest drift reports about a model.
type Drifts struct {
	// Logged are those that the source runs of versions have.
	Logged map[int64]gates.DriftReport
	// Watched is the latest result of the model's monitors, of the data that arrives;
	// nil if there is none.
	Watched *gates.DriftReport
}

// Of is the report that tells most of a version: the later one of what its run has
// and of what monitors found, which is nil if there is none.
func (d Drifts) Of(version int64) *gates.DriftReport {
	logged, there := d.Logged[version]
	if !there || d.Watched != nil && d.Watched.At.After(logged.At) {
		return d.Watched
	}
	return &logged
}

// DriftsOf reads the latest drift reports about a model's versions. A store that
// keeps no monitors has what the runs have.
func DriftsOf(ctx context.Context, s CellReader, model string, versions []store.ModelVersion) (Drifts, error) {
	out := Drifts{Logged: map[int64]gates.DriftReport{}}
	var ids []string
	for _, v := range versions {
		if v.RunID != "" {
			ids = append(ids, v.RunID)
		}
	}
	cells, err := s.Cells(ctx, ids, []store.Field{
		{Kind: store.TagField, Key: store.TagDriftVerdict}, {Kind: store.MetricField, Key: store.MetricDriftShare}, {Kind: store.MetricField, Key: store.MetricDriftColumns},
	})
	if err != nil {
		return out, err
	}
	for _, v := range versions {
		if c := cells[v.RunID]; c.Tags[store.TagDriftVerdict] != "" {
			out.Logged[v.Version] = logged(c)
		}
	}
	watch, ok := s.(store.MonitorReader)
	if !ok {
		return out, nil
	}
	out.Watched, err = watched(ctx, watch, model)
	return out, err
}

// logged is what the tags and metrics of a report say.
func logged(c store.Cells) gates.DriftReport {
	drifted, share := c.Metrics[store.MetricDriftColumns], c.Metrics[store.MetricDriftShare]
	r := gates.DriftReport{Drifted: c.Tags[store.TagDriftVerdict] == driftVerdict, Says: "no column drifts"}
	if drifted.Value > 0 {
		r.Says = fmt.Sprintf("%g columns drift", drifted.Value)
		if share.Value > 0 && share.Value <= 1 {
			r.Says = columns(drifted.Value, math.Round(drifted.Value/share.Value))
		}
	}
	if at := cmp.Or(drifted.Timestamp, share.Timestamp); at > 0 {
		r.At = store.At(at).Time()
	}
	return r
}

// driftVerdict is the verdict of a report on data that drifts.
const driftVerdict = "drift"

func columns(drifted, of float64) string { return fmt.Sprintf("%g of %g columns", drifted, of) }

// watched is the latest result that the monitors of a model have.
func watched(ctx context.Context, r store.MonitorReader, model string) (*gates.DriftReport, error) {
	monitors, err := store.IfKept(r.Monitors(ctx))
	if err != nil {
		return nil, err
	}
	var latest *gates.DriftReport
	for _, m := range monitors {
		if m.Model != model || model == "" {
			continue
		}
		const some = 10 // the latest of which may be duplicates, late or unreadable
		results, err := r.Results(ctx, store.ResultQuery{Monitor: m.ID, Limit: some})
		if err != nil {
			return nil, err
		}
		for _, found := range results {
			if !found.Counted() {
				continue
			}
			if at := found.At.Time(); latest == nil || at.After(latest.At) {
				latest = &gates.DriftReport{
					Drifted: found.Verdict == driftVerdict, At: at,
					Says: columns(float64(found.Drifted), float64(found.Tested)) + ", monitor " + m.Name,
				}
			}
			break
		}
	}
	return latest, nil
}
