package quality

import (
	"math"

	"benchside/stats"
)

// Chances is a row of a task with several labels.
type Chances struct {
	True   int       // label, from 0
	Scores []float64 // chance of each label
}

// MultiLogLoss is the mean surprise of the true label in nats; NaN without rows.
func MultiLogLoss(rows []Chances) float64 {
	sum := 0.0
	for _, r := range rows {
		sum += surprise(r.Scores[r.True])
	}
	return sum / float64(len(rows))
}

// MultiBrier is the mean over rows of Σ (p-y)² over labels, 0 to 2.
func MultiBrier(rows []Chances) float64 {
	sum := 0.0
	for _, r := range rows {
		for label, p := range r.Scores {
			d := p - float64(index(label == r.True))
			sum += d * d
		}
	}
	return sum / float64(len(rows))
}

// OneVsRest is the mean of the labels' AUC, each against all others, by Macro or
// Weighted. It needs rows of every label. Agrees with
// roc_auc_score(multi_class="ovr").
func OneVsRest(rows []Chances, labels int, average Average) (float64, error) {
	sum, weights := 0.0, 0.0
	for label := range labels {
		own := make([]Scored, len(rows))
		weight := 0.0
		for i, r := range rows {
			own[i] = Scored{True: r.True == label, Score: r.Scores[label]}
			weight += float64(index(r.True == label))
		}
		rank, err := Rank(own)
		if err != nil {
			return 0, err
		}
		if average == Macro {
			weight = 1
		}
		sum, weights = sum+weight*rank.AUC, weights+weight
	}
	if weights == 0 {
		return 0, stats.Cannot("ROC AUC", "there are no labels")
	}
	return sum / weights, nil
}

// Regression is how far predictions are from numbers that came true.
type Regression struct {
	N                 int
	MAE, MSE, RMSE    float64
	MAPE              float64 // a fraction; ZeroTargets make it explode
	ZeroTargets       int
	MedianAE, Max     float64
	Mean, SD          float64 // of prediction less target; SD is NaN of one row
	R2, Explained     float64 // NaN of fewer than two rows
	Pearson, Spearman float64 // NaN if a side is constant
}

// Regress compares numbers that came true with predictions, both finite and of one
// length. It needs a row. Agrees with sklearn.metrics: a constant target has an R²
// of 1 if it is met and else of 0.
func Regress(truth, predicted []float64) (Regression, error) {
	if len(truth) == 0 || len(truth) != len(predicted) {
		return Regression{}, stats.Cannot("the error", "it needs pairs, and has %d and %d values", len(truth), len(predicted))
	}
	n := float64(len(truth))
	r := Regression{N: len(truth)}
	errors, sizes := make([]float64, len(truth)), make([]float64, len(truth))
	for i := range truth {
		e := predicted[i] - truth[i]
		errors[i], sizes[i] = e, math.Abs(e)
		r.MSE += e * e / n
		r.MAPE += math.Abs(e) / max(math.Abs(truth[i]), epsilon) / n
		if truth[i] == 0 {
			r.ZeroTargets++
		}
	}
	var size, miss, target, prediction stats.Moments
	size.Add(sizes)
	miss.Add(errors)
	target.Add(truth)
	prediction.Add(predicted)
	r.RMSE, r.MAE, r.Max = math.Sqrt(r.MSE), size.Mean(), size.Max
	r.Mean, r.SD = miss.Mean(), miss.SD()
	new(stats.Sorter).Sort(sizes)
	r.MedianAE = stats.Quantile(sizes, 0.5)
	r.R2, r.Explained = math.NaN(), math.NaN()
	if r.N > 1 {
		r.R2 = explained(r.MSE, target.SD0())
		r.Explained = explained(square(miss.SD0()), target.SD0())
	}
	r.Pearson = correlation(truth, predicted, &target, &prediction)
	r.Spearman = spearman(truth, predicted)
	return r, nil
}

func square(v float64) float64 { return v * v }

// explained is 1 - rest/variance by scikit-learn's rule for no variance.
func explained(rest, sd float64) float64 {
	switch {
	case sd > 0:
		return 1 - rest/sd/sd
	case rest == 0:
		return 1
	}
	return 0
}

func correlation(x, y []float64, mx, my *stats.Moments) float64 {
	if len(x) < 2 || !(mx.SD0() > 1e-14*math.Abs(mx.Mean())) || !(my.SD0() > 1e-14*math.Abs(my.Mean())) {
		return math.NaN()
	}
	sum := 0.0
	for i := range x {
		sum += (x[i] - mx.Mean()) / mx.SD0() * ((y[i] - my.Mean()) / my.SD0())
	}
	return min(max(sum/float64(len(x)), -1), 1)
}

func spearman(x, y []float64) float64 {
	rx, _ := stats.Ranks(x)
	ry, _ := stats.Ranks(y)
	var mx, my stats.Moments
	mx.Add(rx)
	my.Add(ry)
	return correlation(rx, ry, &mx, &my)
}
