package quality

import (
	"cmp"
	"math"
	"slices"

	"benchside/stats"
)

// Scored is a row of a binary task.
type Scored struct {
	True  bool
	Score float64 // chance of true, 0 to 1
}

// Binary confuses rows at a threshold: predicted is a score of at least that.
// Label 0 is false, 1 is true.
func Binary(rows []Scored, threshold float64) Confusion {
	c := NewConfusion(2)
	for _, r := range rows {
		c.Add(index(r.True), index(r.Score >= threshold))
	}
	return c
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Ranking is what the order of scores tells.
type Ranking struct {
	AUC              float64 // 0 to 1, ties counting half
	AveragePrecision float64
	KS               float64 // largest distance between the scores of the classes
}

// Gini is 2 AUC - 1.
func (r Ranking) Gini() float64 { return 2*r.AUC - 1 }

// Rank ranks rows by score. It needs rows of both classes. Agrees with sklearn's
// roc_auc_score and average_precision_score (a sum over steps, not interpolated).
func Rank(rows []Scored) (Ranking, error) {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b Scored) int { return cmp.Compare(b.Score, a.Score) })
	positives := 0.0
	for _, r := range rows {
		positives += float64(index(r.True))
	}
	negatives := float64(len(rows)) - positives
	if positives == 0 || negatives == 0 {
		return Ranking{}, stats.Cannot("ROC AUC", "there is one class only")
	}
	var k Ranking
	hits, misses := 0.0, 0.0
	for from := 0; from < len(rows); {
		to, p, n := from, 0.0, 0.0
		for ; to < len(rows) && rows[to].Score == rows[from].Score; to++ {
			if rows[to].True {
				p++
			} else {
				n++
			}
		}
		k.AUC += n * (hits + p/2)
		hits, misses = hits+p, misses+n
		k.AveragePrecision += p / positives * (hits / (hits + misses))
		k.KS = max(k.KS, math.Abs(hits/positives-misses/negatives))
		from = max(to, from+1) // a NaN equals nothing
	}
	k.AUC /= positives * negatives
	return k, nil
}

// epsilon is where scikit-learn clips chances, so that no logarithm is infinite.
const epsilon = 0x1p-52

func surprise(p float64) float64 { return -math.Log(min(max(p, epsilon), 1-epsilon)) }

// LogLoss is the mean surprise in nats; NaN without rows. Agrees with
// sklearn.metrics.log_loss.
func LogLoss(rows []Scored) float64 {
	sum := 0.0
	for _, r := range rows {
		if r.True {
			sum += surprise(r.Score)
		} else {
			sum += surprise(1 - r.Score)
		}
	}
	return sum / float64(len(rows))
}

// Brier is the mean squared error of the scores, 0 to 1; NaN without rows.
func Brier(rows []Scored) float64 {
	sum := 0.0
	for _, r := range rows {
		d := r.Score - float64(index(r.True))
		sum += d * d
	}
	return sum / float64(len(rows))
}

// Bin is what came true of the rows whose score is in (lo,hi], 0 in the first.
type Bin struct {
	At    int // from 0
	N     int
	Score float64 // mean
	True  float64 // share
}

// Calibration sorts rows into equal bins of score and lists those with rows. Agrees
// with sklearn.calibration.calibration_curve.
func Calibration(rows []Scored, bins int) []Bin {
	all := binsOf(rows, bins)
	return slices.DeleteFunc(all, func(b Bin) bool { return b.N == 0 })
}

func binsOf(rows []Scored, bins int) []Bin {
	out := make([]Bin, bins)
	for i := range out {
		out[i].At = i
	}
	for _, r := range rows {
		b := &out[binOf(r.Score, bins)]
		b.N++
		b.Score += r.Score
		b.True += float64(index(r.True))
	}
	for i := range out {
		if n := float64(out[i].N); n > 0 {
			out[i].Score /= n
			out[i].True /= n
		}
	}
	return out
}

// binOf is the number of inner edges below a score.
func binOf(score float64, bins int) int {
	step := 1 / float64(bins)
	at := 0
	switch { // a score that is no probability stands in the outer bins
	case score >= 1:
		at = bins - 1
	case score > 0:
		at = int(score * float64(bins))
	}
	for at > 0 && float64(float64(at)*step) >= score {
		at--
	}
	for at < bins-1 && float64(float64(at+1)*step) < score {
		at++
	}
	return at
}

// CalibrationError is the mean distance of score and share over the bins, weighed
// by rows (ECE), and the largest (MCE); NaN without rows. Below about 100 rows
// noise alone makes an ECE of 0.1.
func CalibrationError(bins []Bin) (ece, mce float64) {
	n := 0.0
	for _, b := range bins {
		n += float64(b.N)
	}
	for _, b := range bins {
		far := math.Abs(b.True - b.Score)
		ece += float64(b.N) / n * far
		mce = max(mce, far)
	}
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	return ece, mce
}
