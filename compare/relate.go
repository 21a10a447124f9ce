package compare

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// FewPairs is the number of runs below which a correlation is a hint at most.
const FewPairs = 20

// ParamCorrelation is how a param goes together with a metric.
type ParamCorrelation struct {
	Param string
	Correlation
}

// Correlate ranks the params that vary and are numbers by Spearman's correlation
// with a metric, the strongest first, P corrected by Holm; left is the number of
// params that vary but are no numbers in three runs that have the metric.
func Correlate(subjects []Subject, metric string) (found []ParamCorrelation, left int) {
	var p []float64
	for _, r := range New(subjects, Options{Baseline: -1}).Rows {
		if r.Section != Params || !r.Varies {
			continue
		}
		x, y := pairs(r, subjects, metric)
		const confidence = 0.95
		c, err := Spearman(x, y, confidence)
		if err != nil {
			left++
			continue
		}
		found = append(found, ParamCorrelation{Param: r.Key, Correlation: c})
		p = append(p, c.P)
	}
	for i, v := range Holm.Adjust(p) {
		found[i].P = v
	}
	slices.SortStableFunc(found, func(a, b ParamCorrelation) int { return cmp.Compare(math.Abs(b.R), math.Abs(a.R)) })
	return found, left
}

// pairs are the finite numbers of a param and a metric of the runs that have
// both.
func pairs(r Row, subjects []Subject, metric string) (x, y []float64) {
	for i, s := range subjects {
		v, err := strconv.ParseFloat(r.Cells[i].Text, 64)
		p, ok := s.Run.Metrics[metric]
		if err == nil && ok && !math.IsNaN(v+p.Value) && !math.IsInf(v, 0) && !math.IsInf(p.Value, 0) {
			x, y = append(x, v), append(y, p.Value)
		}
	}
	return x, y
}
