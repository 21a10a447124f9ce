package originals

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"benchside/plots"
)

// mostClasses bounds a confusion matrix.
const mostClasses = 200

func confusionOf(m Matrix) ([]plots.Chart, error) {
	shape := m.Shape()
	if len(shape) != 2 || shape[0] != shape[1] || shape[0] == 0 || shape[0] > mostClasses {
		return nil, fmt.Errorf("a matrix of %v: %w", shape, ErrNumbers)
	}
	n := shape[0]
	values := make([]float64, n*n)
	for i := range values {
		values[i] = m.At(i)
	}
	return drawConfusion(nil, values)
}

// confusion reads a square of counts, with or without names of the classes.
func (t table) confusion() ([]plots.Chart, error) {
	rows, names := t.rows, t.columns
	// A first column of names: of pandas' to_csv, or where the first header is empty.
	if n := len(rows); n > 0 && len(rows[0]) == n+1 && (len(names) == n+1 || math.IsNaN(number(rows[0][0]))) {
		if len(names) == n+1 {
			names = names[1:]
		}
		var classes []string
		cutRows := make([][]string, n)
		for i, row := range rows {
			if len(row) == 0 {
				return nil, fmt.Errorf("row %d is empty: %w", i, ErrNumbers)
			}
			classes = append(classes, row[0])
			cutRows[i] = row[1:]
		}
		if len(names) != n {
			names = classes
		}
		rows = cutRows
	}
	if len(rows) == 0 || len(rows) > mostClasses {
		return nil, fmt.Errorf("a matrix of %d rows: %w", len(rows), ErrNumbers)
	}
	var values []float64
	for _, row := range rows {
		if len(row) != len(rows) {
			return nil, fmt.Errorf("a matrix of %d rows has a row of %d: %w", len(rows), len(row), ErrNumbers)
		}
		for _, cell := range row {
			v := number(cell)
			if math.IsNaN(v) {
				return nil, fmt.Errorf("%q is no count: %w", cell, ErrNumbers)
			}
			values = append(values, v)
		}
	}
	return drawConfusion(names, values)
}

// drawConfusion draws the counts, and each row as parts of its sum.
func drawConfusion(names []string, values []float64) ([]plots.Chart, error) {
	n := int(math.Sqrt(float64(len(values))))
	classes := make([]string, n)
	for i := range classes {
		if classes[i] = fmt.Sprint(i); len(names) == n {
			classes[i] = label(names[i])
		}
	}
	parts, right, all := make([]float64, len(values)), 0.0, 0.0
	for i := range n {
		sum := 0.0
		for _, v := range values[i*n : (i+1)*n] {
			sum += v
		}
		right, all = right+values[i*n+i], all+sum
		for k := range n {
			parts[i*n+k] = values[i*n+k] / sum // NaN for a class that does not occur
		}
	}
	note := "rows: true classes" // as scikit-learn has it
	if accuracy := right / all; !math.IsNaN(accuracy) {
		note = fmt.Sprintf("accuracy %.4g; ", accuracy) + note
	}
	return []plots.Chart{
		&plots.Heatmap{Title: "confusion matrix", Rows: classes, Cols: classes, Values: values, Note: note},
		&plots.Heatmap{Title: "confusion matrix, parts of each row", Rows: classes, Cols: classes, Values: parts, Note: note},
	}, nil
}

// importance draws names with numbers, the greatest first.
func (t table) importance() ([]plots.Chart, error) {
	at := t.place("feature", "features", "name", "column", "variable")
	value := t.place("importance", "mean_abs_shap", "value", "gain", "weight", "score", "importances", "feature_importance")
	if at < 0 && len(t.columns) >= 2 {
		at = 0
	}
	if value < 0 && len(t.columns) >= 2 {
		value = 1
	}
	if at < 0 || value < 0 || at == value {
		return nil, ErrNumbers
	}
	c := &plots.Bars{Title: "feature importance"}
	for i := range t.rows {
		if v := number(t.cell(i, value)); !math.IsNaN(v) {
			c.Bars = append(c.Bars, plots.Bar{Name: label(t.cell(i, at)), Value: v})
		}
	}
	if len(c.Bars) == 0 {
		return nil, ErrNumbers
	}
	byValue(c.Bars)
	return []plots.Chart{c}, nil
}

func byValue(bars []plots.Bar) {
	slices.SortStableFunc(bars, func(a, b plots.Bar) int { return cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)) })
}

// axes are the names under which the two columns of a curve are logged.
var axes = map[Kind]struct {
	title, x, y string
	xs, ys      []string
}{
	ROC:             {"ROC", "false positive rate", "true positive rate", []string{"fpr", "false_positive_rate", "false positive rate", "x"}, []string{"tpr", "true_positive_rate", "true positive rate", "y"}},
	PrecisionRecall: {"precision and recall", "recall", "precision", []string{"recall", "x"}, []string{"precision", "y"}},
	Calibration:     {"calibration", "mean predicted probability", "part of positives", []string{"prob_pred", "mean_predicted_value", "predicted", "mean_predicted", "x"}, []string{"prob_true", "fraction_of_positives", "observed", "actual", "y"}},
	Lift:            {"lift", "part of the sample", "lift", []string{"percentage", "percentile", "fraction", "sample", "decile", "x"}, []string{"lift", "gain", "gains", "y"}},
}

// curves draws points that were logged, one line for each class.
func (t table) curves(kind Kind) ([]plots.Chart, error) {
	a := axes[kind]
	xs, okX := t.column(a.xs...)
	ys, okY := t.column(a.ys...)
	if !okX || !okY {
		// The truth and a score do as well.
		if made, err := t.predictions(); err == nil {
			for _, c := range made {
				if l, ok := c.(*plots.Line); ok && l.Title == a.title {
					return []plots.Chart{c}, nil
				}
			}
		}
		return nil, fmt.Errorf("no columns %s and %s: %w", a.xs[0], a.ys[0], ErrNumbers)
	}
	class := t.place("class", "label", "classes", "curve")
	var names []string
	points := map[string]*Curve{}
	for i := range xs {
		name := ""
		if class >= 0 {
			name = label(t.cell(i, class))
		}
		if points[name] == nil {
			if len(names) == mostClasses {
				break
			}
			points[name] = &Curve{}
			names = append(names, name)
		}
		if c := points[name]; !math.IsNaN(xs[i]) && !math.IsInf(xs[i], 0) {
			c.X, c.Y = append(c.X, xs[i]), append(c.Y, ys[i])
		}
	}
	l := curveChart(kind)
	for _, name := range names {
		addCurve(l, kind, name, *points[name])
	}
	return []plots.Chart{l}, nil
}

func curveChart(kind Kind) *plots.Line {
	a := axes[kind]
	l := &plots.Line{Title: a.title, X: plots.Axis{Title: a.x}, Y: plots.Axis{Title: a.y}}
	switch kind {
	case ROC:
		l.Series = append(l.Series, plots.NewSeries("chance", "chance", []float64{0, 1}, []float64{0, 1}))
	case Calibration:
		l.Series = append(l.Series, plots.NewSeries("perfect", "perfect", []float64{0, 1}, []float64{0, 1}))
	}
	return l
}

// addCurve adds a line and says its area.
func addCurve(l *plots.Line, kind Kind, name string, c Curve) {
	var words string
	switch kind {
	case ROC:
		area, ok := AUC(c.X, c.Y)
		words = said("AUC", area, ok)
	case PrecisionRecall:
		ap, ok := AP(c.X, c.Y)
		words = said("AP", ap, ok)
	}
	title := strings.TrimSpace(name + " " + words)
	if title == "" {
		title = axes[kind].title
	}
	if words != "" && name == "" {
		l.Note = words
	}
	x, y := slices.Clone(c.X), slices.Clone(c.Y)
	if len(x) > 1 && x[0] > x[len(x)-1] { // NewSeries keeps the order of equal x
		slices.Reverse(x)
		slices.Reverse(y)
	}
	l.Series = append(l.Series, plots.NewSeries(fmt.Sprint(len(l.Series)), title, x, y))
}

// calibrationBins is what MLflow's evaluator passes to scikit-learn.
const calibrationBins = 10

// predictions makes curves of the truth and the score of each row.
func (t table) predictions() ([]plots.Chart, error) {
	truth, okT := t.column("y_true", "target", "label", "truth", "actual")
	score, okS := t.column("y_score", "y_prob", "score", "probability", "proba", "y_proba", "prob", "prediction_score")
	if !okT || !okS {
		return nil, fmt.Errorf("no columns y_true and y_score: %w", ErrNumbers)
	}
	var out []plots.Chart
	for _, k := range []struct {
		kind Kind
		of   func(truth, score []float64) (Curve, bool)
	}{
		{ROC, ROCOf},
		{PrecisionRecall, PROf},
		{Calibration, func(truth, score []float64) (Curve, bool) { return CalibrationOf(truth, score, calibrationBins) }},
		{Lift, LiftOf},
	} {
		if c, ok := k.of(truth, score); ok {
			l := curveChart(k.kind)
			addCurve(l, k.kind, "", c)
			out = append(out, l)
		}
	}
	return out, nil
}
