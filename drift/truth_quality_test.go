package drift_test

import (
	"fmt"
	"slices"
	"testing"

	"benchside/drift/quality"
)

func binaryCase(t *testing.T, c truth) func(expectation) (any, error) {
	columns := columnsOf(t, c.Input.Columns)
	threshold, _ := c.Input.Options["threshold"].(float64)
	positive := "1"
	if v, ok := c.Input.Options["pos_label"]; ok {
		positive = plainLabel(v)
	}
	var rows []quality.Scored
	proba := columns["proba"].Numbers
	for i, label := range labelsOf(columns["target"]) {
		rows = append(rows, quality.Scored{True: label == positive, Score: proba[i]})
	}
	k := quality.Binary(rows, threshold)
	return func(e expectation) (any, error) {
		if v, ok := confusionAnswer(k, e); ok {
			return v, nil
		}
		bins := 10
		if v := e.number("bins"); v > 0 {
			bins = int(v)
		}
		calibration := quality.Calibration(rows, bins)
		ece, mce := quality.CalibrationError(calibration)
		rank, rankErr := quality.Rank(rows)
		switch e.Fn {
		case "confusion":
			return map[string]any{
				"tn": float64(k.Counts[0][0]), "fp": float64(k.Counts[0][1]), "fn": float64(k.Counts[1][0]), "tp": float64(k.Counts[1][1]),
			}, nil
		case "specificity":
			return k.Recall(0).Value(), nil
		case "fpr":
			return 1 - k.Recall(0).Value(), nil
		case "roc_auc":
			return rank.AUC, rankErr
		case "average_precision":
			return rank.AveragePrecision, rankErr
		case "gini":
			return rank.Gini(), rankErr
		case "ks_score":
			return rank.KS, rankErr
		case "log_loss":
			return quality.LogLoss(rows), nil
		case "brier":
			return quality.Brier(rows), nil
		case "ece":
			return ece, nil
		case "mce":
			return mce, nil
		case "calibration_table":
			var out []any
			for _, b := range calibration {
				out = append(out, []any{float64(b.At), float64(b.N), b.Score, b.True})
			}
			return out, nil
		}
		return unknownFn(e)
	}
}

func plainLabel(v any) string {
	if f, ok := v.(float64); ok {
		return fmt.Sprint(f)
	}
	return v.(string)
}

// confusionAnswer answers what a table of any number of labels can.
func confusionAnswer(k quality.Confusion, e expectation) (any, bool) {
	average, averaged := map[string]quality.Average{"macro": quality.Macro, "weighted": quality.Weighted, "micro": quality.Micro}[e.arg("average")]
	rates := map[string]func(int) quality.Rate{"precision": k.Precision, "recall": k.Recall, "f1": k.F1}
	if rate, ok := rates[e.Fn]; ok {
		if averaged {
			return k.Over(rate, average), true
		}
		return rate(1).Value(), true
	}
	switch e.Fn {
	case "accuracy":
		return k.Accuracy().Value(), true
	case "balanced_accuracy":
		return k.BalancedAccuracy(), true
	case "mcc":
		return k.MCC(), true
	case "kappa":
		return k.Kappa(), true
	}
	return nil, false
}

func multiclassCase(t *testing.T, c truth) func(expectation) (any, error) {
	columns := columnsOf(t, c.Input.Columns)
	var labels []string
	for _, l := range c.Input.Options["labels"].([]any) {
		labels = append(labels, plainLabel(l))
	}
	k := quality.NewConfusion(len(labels))
	target, prediction := labelsOf(columns["target"]), labelsOf(columns["prediction"])
	var rows []quality.Chances
	for i := range target {
		row := quality.Chances{True: slices.Index(labels, target[i])}
		for _, l := range labels {
			row.Scores = append(row.Scores, columns["proba_"+l].Numbers[i])
		}
		rows = append(rows, row)
		k.Add(row.True, slices.Index(labels, prediction[i]))
	}
	return func(e expectation) (any, error) {
		if v, ok := confusionAnswer(k, e); ok {
			return v, nil
		}
		by := map[string]func(int) quality.Rate{"precision_by_label": k.Precision, "recall_by_label": k.Recall, "f1_by_label": k.F1}
		if rate, ok := by[e.Fn]; ok {
			out := map[string]any{}
			for i, l := range labels {
				out[l] = rate(i).Value()
			}
			return out, nil
		}
		switch e.Fn {
		case "confusion_matrix":
			var out []any
			for _, row := range k.Counts {
				out = append(out, list(row))
			}
			return out, nil
		case "log_loss":
			return quality.MultiLogLoss(rows), nil
		case "brier_multi":
			return quality.MultiBrier(rows), nil
		case "roc_auc":
			average := quality.Macro
			if e.arg("average") == "weighted" {
				average = quality.Weighted
			}
			return quality.OneVsRest(rows, len(labels), average)
		}
		return unknownFn(e)
	}
}

func regressionCase(t *testing.T, c truth) func(expectation) (any, error) {
	columns := columnsOf(t, c.Input.Columns)
	r, err := quality.Regress(columns["target"].Numbers, columns["prediction"].Numbers)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{
		"mae": r.MAE, "mse": r.MSE, "rmse": r.RMSE, "r2": r.R2, "mape": r.MAPE, "median_ae": r.MedianAE, "max_error": r.Max, "mean_error": r.Mean,
		"error_std": r.SD, "explained_variance": r.Explained, "pearson": r.Pearson, "spearman": r.Spearman,
	}
	return func(e expectation) (any, error) {
		if v, ok := values[e.Fn]; ok {
			return v, nil
		}
		return unknownFn(e)
	}
}
