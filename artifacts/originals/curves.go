package originals

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Curve is a line of points with the threshold of each, NaN where there is none.
type Curve struct{ X, Y, Threshold []float64 }

// ROCOf computes the receiver operating characteristic of scores as
// sklearn.metrics.roc_curve does with drop_intermediate=False: x are the rates of
// false, y of true positives, from (0, 0) on, by falling threshold. Truth is
// positive where it is > 0; rows with a NaN are left out. It is false if there
// are not both classes.
func ROCOf(truth, score []float64) (Curve, bool) {
	c := Curve{X: []float64{0}, Y: []float64{0}, Threshold: []float64{math.Inf(1)}}
	steps, positives, negatives := ranked(truth, score)
	if positives == 0 || negatives == 0 {
		return Curve{}, false
	}
	for _, s := range steps {
		c.X = append(c.X, s.negatives/negatives)
		c.Y = append(c.Y, s.positives/positives)
		c.Threshold = append(c.Threshold, s.score)
	}
	return c, true
}

// PROf computes precision (y) over recall (x) as sklearn.metrics.
// precision_recall_curve does, but by falling threshold, so recall rises; the
// point without threshold, of recall 0 and precision 1, comes first.
func PROf(truth, score []float64) (Curve, bool) {
	c := Curve{X: []float64{0}, Y: []float64{1}, Threshold: []float64{math.Inf(1)}}
	steps, positives, _ := ranked(truth, score)
	if positives == 0 {
		return Curve{}, false
	}
	for _, s := range steps {
		c.X = append(c.X, s.positives/positives)
		c.Y = append(c.Y, s.positives/(s.positives+s.negatives))
		c.Threshold = append(c.Threshold, s.score)
	}
	return c, true
}

// LiftOf computes how many times more positives are among the best-scored part
// (x) than among as many drawn at random: the gain divided by the part.
func LiftOf(truth, score []float64) (Curve, bool) {
	steps, positives, negatives := ranked(truth, score)
	if positives == 0 {
		return Curve{}, false
	}
	var c Curve
	for _, s := range steps {
		part := (s.positives + s.negatives) / (positives + negatives)
		c.X = append(c.X, part)
		c.Y = append(c.Y, s.positives/positives/part)
		c.Threshold = append(c.Threshold, s.score)
	}
	return c, true
}

// CalibrationOf computes the part of positives (y) over the mean score (x) of
// bins of one width, as sklearn.calibration.calibration_curve does with
// strategy="uniform"; empty bins are left out. It is false for scores that are no
// probabilities.
func CalibrationOf(truth, score []float64, bins int) (Curve, bool) {
	sums, hits, counts := make([]float64, bins), make([]float64, bins), make([]float64, bins)
	for i, s := range score {
		if math.IsNaN(s) || math.IsNaN(truth[i]) {
			continue
		}
		if s < 0 || s > 1 {
			return Curve{}, false
		}
		// numpy.searchsorted of the inner edges: an edge belongs to the bin below it.
		at := 0
		for at < bins-1 && s > float64(at+1)/float64(bins) {
			at++
		}
		sums[at] += s
		counts[at]++
		if truth[i] > 0 {
			hits[at]++
		}
	}
	var c Curve
	for i, n := range counts {
		if n > 0 {
			c.X, c.Y, c.Threshold = append(c.X, sums[i]/n), append(c.Y, hits[i]/n), append(c.Threshold, math.NaN())
		}
	}
	return c, len(c.X) > 0
}

// step is how many are counted at a threshold or above it.
type step struct{ score, positives, negatives float64 }

// ranked counts by falling score; equal scores are one step.
func ranked(truth, score []float64) (steps []step, positives, negatives float64) {
	var order []int
	for i, s := range score {
		if !math.IsNaN(s) && !math.IsNaN(truth[i]) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	for n, i := range order {
		if truth[i] > 0 {
			positives++
		} else {
			negatives++
		}
		if n+1 == len(order) || score[order[n+1]] != score[i] {
			steps = append(steps, step{score[i], positives, negatives})
		}
	}
	return steps, positives, negatives
}

// AUC is the area under a line by trapezoids, as sklearn.metrics.auc has it: x
// may rise or fall. It is false if it does neither, or for fewer than two points.
func AUC(x, y []float64) (float64, bool) {
	if len(x) < 2 || len(x) != len(y) {
		return 0, false
	}
	sum, rises, falls := 0.0, false, false
	for i := 1; i < len(x); i++ {
		rises, falls = rises || x[i] > x[i-1], falls || x[i] < x[i-1]
		sum += (x[i] - x[i-1]) * (y[i]/2 + y[i-1]/2)
	}
	if falls {
		sum = -sum
	}
	return sum, !(rises && falls) && !math.IsNaN(sum)
}

// AP is the average precision, as sklearn.metrics.average_precision_score has it:
// the sum of the steps of recall times the precision behind each step. Recall may
// rise or fall.
func AP(recall, precision []float64) (float64, bool) {
	if len(recall) < 2 || len(recall) != len(precision) {
		return 0, false
	}
	r, p := slices.Clone(recall), slices.Clone(precision)
	if r[0] > r[len(r)-1] {
		slices.Reverse(r)
		slices.Reverse(p)
	}
	sum := r[0] * p[0] // recall begins at 0, whether or not that point was logged
	for i := 1; i < len(r); i++ {
		if !(r[i] >= r[i-1]) {
			return 0, false
		}
		sum += (r[i] - r[i-1]) * p[i]
	}
	return sum, !math.IsNaN(sum)
}

// said is a number of a curve in words, "" if it has none.
func said(name string, value float64, ok bool) string {
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s %.4g", name, value)
}
