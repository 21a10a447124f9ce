package foreign

import (
	"benchside/drift"
)

// quality is what the metrics of a model say, by our names.
type quality struct {
	reference, current map[string]drift.Number
	rows               int // of the current
	regression, binary bool
}

// names7 are our names of the metrics of 0.7.
var names7 = map[string]string{
	"Accuracy": "accuracy", "Precision": "precision", "Recall": "recall", "F1Score": "f1", "RocAuc": "roc_auc", "LogLoss": "log_loss",
	"RMSE": "rmse", "R2Score": "r2",
}

// namesLegacy are our names of the metrics of 0.4 to 0.6.
var namesLegacy = map[string]string{
	"accuracy": "accuracy", "precision": "precision", "recall": "recall", "f1": "f1", "roc_auc": "roc_auc", "log_loss": "log_loss",
	"rmse": "rmse", "r2_score": "r2", "mean_error": "mean_error", "mean_abs_error": "mae",
}

// seven takes a metric of 0.7, which is of the current rows; false if it is another one.
func (q *quality) seven(kind string, value *float64) bool {
	if kind == "RowCount" && value != nil && *value >= 0 && *value < 1<<52 {
		q.rows = int(*value)
		return true
	}
	name := names7[kind]
	if name == "" || value == nil {
		q.binary = q.binary || kind == "TPR"
		return false
	}
	if q.current == nil {
		q.current = map[string]drift.Number{}
	}
	q.current[name] = drift.Number(*value)
	q.regression = q.regression || name == "rmse" || name == "r2"
	return true
}

// legacy takes a metric of 0.4 to 0.6; false if it is another one.
func (q *quality) legacy(m metric) bool {
	q.regression = q.regression || m.Metric == "RegressionQualityMetric"
	if m.Metric != "ClassificationQualityMetric" && m.Metric != "RegressionQualityMetric" {
		return false
	}
	var r struct {
		Reference map[string]any `json:"reference"`
		Current   map[string]any `json:"current"`
	}
	loose(m.Result, &r)
	take := func(from map[string]any) map[string]drift.Number {
		var out map[string]drift.Number
		for theirs, ours := range namesLegacy {
			if v, ok := from[theirs].(float64); ok {
				if out == nil {
					out = map[string]drift.Number{}
				}
				out[ours] = drift.Number(v)
			}
		}
		_, rate := from["tpr"].(float64)
		q.binary = q.binary || rate
		return out
	}
	q.reference, q.current = take(r.Reference), take(r.Current)
	return true
}

// report is the quality as a report has it, nil if there is none.
func (q *quality) report() *drift.Quality {
	if q.current == nil {
		return nil
	}
	out := &drift.Quality{Task: "multiclass", Threshold: nan(), Windows: []drift.QualityRow{}, Current: &drift.QualityRow{N: q.rows, Metrics: q.current}}
	switch {
	case q.regression:
		out.Task = "regression"
	case q.binary:
		out.Task = "binary"
	}
	if q.reference != nil {
		out.Reference = &drift.QualityRow{Metrics: q.reference}
	}
	return out
}
