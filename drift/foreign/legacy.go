package foreign

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"benchside/drift"
)

// metric is a metric of Evidently 0.4 to 0.6.
type metric struct {
	Metric string          `json:"metric"`
	Result json.RawMessage `json:"result"`
}

// errEnough ends a look through a list.
var errEnough = errors.New("enough")

// isLegacy reports whether metrics are those of 0.4 to 0.6.
func isLegacy(ctx context.Context, raw json.RawMessage) bool {
	var first metric
	_ = elements(ctx, raw, func(value json.RawMessage) error {
		shallow(ctx, value, map[string]any{"metric": &first.Metric, "result": &first.Result})
		return errEnough
	})
	return first.Metric != "" && first.Result != nil
}

// legacyReport reads what Report.save_json of 0.4 to 0.6 writes.
func (b *builder) legacyReport(parts map[string]json.RawMessage) (known bool, err error) {
	loose(parts["version"], &b.version)
	err = elements(b.ctx, parts["metrics"], func(value json.RawMessage) error {
		var m metric
		shallow(b.ctx, value, map[string]any{"metric": &m.Metric, "result": &m.Result})
		is, err := b.legacy(m)
		known = known || is
		return err
	})
	return known, err
}

// legacySnapshot reads what Report.save of 0.4 to 0.6 writes.
func (b *builder) legacySnapshot(parts map[string]json.RawMessage) (known bool, err error) {
	var results json.RawMessage
	shallow(b.ctx, parts["suite"], map[string]any{"metric_results": &results})
	loose(parts["timestamp"], &b.at)
	loose(parts["name"], &b.name)
	b.version = "0.4 to 0.6"
	err = elements(b.ctx, results, func(value json.RawMessage) error {
		var kind string
		shallow(b.ctx, value, map[string]any{"type": &kind})
		name := kind[strings.LastIndexByte(kind, ':')+1:]
		is, err := b.legacy(metric{strings.TrimSuffix(strings.TrimSuffix(name, "Results"), "Result"), value})
		known = known || is
		return err
	})
	return known, err
}

// drifted is the drift of a column in 0.4 to 0.6.
type drifted struct {
	Column    string   `json:"column_name"`
	Kind      string   `json:"column_type"`
	Method    string   `json:"stattest_name"`
	Limit     *float64 `json:"stattest_threshold"`
	Score     *float64 `json:"drift_score"`
	Detected  *bool    `json:"drift_detected"`
	Reference side     `json:"reference"`
	Current   side     `json:"current"`
}

type side struct {
	Small json.RawMessage `json:"small_distribution"`
}

func (d drifted) column(name string) column {
	return column{
		name: name, kind: d.Kind, method: d.Method, score: d.Score, limit: d.Limit, detected: d.Detected,
		reference: d.Reference.Small, current: d.Current.Small,
	}
}

// legacy reads a metric; known is false if it is none of Evidently's.
func (b *builder) legacy(m metric) (known bool, err error) {
	switch {
	case strings.HasPrefix(m.Metric, "DatasetDrift"):
		b.legacyDataset(m.Result)
	case strings.HasPrefix(m.Metric, "DataDriftTable"):
		return true, b.legacyTable(m.Result)
	case strings.HasPrefix(m.Metric, "ColumnDrift"):
		var d drifted
		loose(m.Result, &d)
		return true, b.add(d.column(d.Column))
	default:
		if !b.quality.legacy(m) {
			b.others++
			return b.version != "" && m.Result != nil, nil
		}
	}
	return true, nil
}

func (b *builder) legacyDataset(raw json.RawMessage) {
	var r struct {
		Limit   *float64 `json:"drift_share"`
		Columns *int     `json:"number_of_columns"`
		Drifted *int     `json:"number_of_drifted_columns"`
		Share   *float64 `json:"share_of_drifted_columns"`
		Drift   *bool    `json:"dataset_drift"`
	}
	loose(raw, &r)
	b.data = dataset{columns: r.Columns, drifted: r.Drifted, share: r.Share, limit: r.Limit, drift: r.Drift}
}

func (b *builder) legacyTable(raw json.RawMessage) error {
	var columns json.RawMessage
	shallow(b.ctx, raw, map[string]any{"drift_by_columns": &columns})
	if columns == nil {
		return b.ctx.Err()
	}
	return ordered(b.ctx, columns, func(name string, value json.RawMessage) error {
		var d drifted
		loose(value, &d)
		return b.add(d.column(name))
	})
}

// suiteDecimals are those to which a TestSuite rounds its scores.
const suiteDecimals = 3

// testSuite reads what TestSuite.save_json of 0.4 to 0.6 writes.
func (b *builder) testSuite(parts map[string]json.RawMessage) (known bool, err error) {
	loose(parts["version"], &b.version)
	err = elements(b.ctx, parts["tests"], func(value json.RawMessage) error {
		var status, group string
		var parameters json.RawMessage
		shallow(b.ctx, value, map[string]any{"status": &status, "group": &group, "parameters": &parameters})
		known = known || group != "" && status != "" && parameters != nil
		var features, condition json.RawMessage
		shallow(b.ctx, parameters, map[string]any{"features": &features, "condition": &condition})
		if features == nil || len(b.findings) > 0 {
			return nil
		}
		if err := b.suiteColumns(features); err != nil {
			return err
		}
		b.suiteDataset(status, condition)
		return nil
	})
	return known, err
}

// suiteDataset takes the verdict on all columns, which are counted.
func (b *builder) suiteDataset(status string, condition json.RawMessage) {
	var c struct {
		Below *float64 `json:"lt"`
	}
	loose(condition, &c)
	failed, count, hits := status == "FAIL", len(b.findings), 0
	for _, f := range b.findings {
		if f.Status == drift.Drifted {
			hits++
		}
	}
	b.data = dataset{columns: &count, drifted: &hits, limit: c.Below, drift: &failed}
}

func (b *builder) suiteColumns(raw json.RawMessage) error {
	return ordered(b.ctx, raw, func(name string, value json.RawMessage) error {
		var v struct {
			Method   string   `json:"stattest"`
			Score    *float64 `json:"score"`
			Limit    *float64 `json:"threshold"`
			Detected *bool    `json:"detected"`
		}
		loose(value, &v)
		return b.add(column{name: name, method: v.Method, score: v.Score, limit: v.Limit, detected: v.Detected, decimals: suiteDecimals})
	})
}
