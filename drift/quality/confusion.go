// Package quality measures how well predictions fit what came true, for which
// groups, and how that changed. It trains and stores nothing.
package quality

import (
	"math"

	"benchside/stats"
)

// Rate is a share that knows what it is of. Of nothing it is 0, as scikit-learn's
// zero_division=0 and fairlearn have it; a screen shows a dash.
type Rate struct{ Hits, Of int }

// Value is the share, 0 to 1.
func (r Rate) Value() float64 {
	if r.Of == 0 {
		return 0
	}
	return float64(r.Hits) / float64(r.Of)
}

// Confusion counts what was true, in rows, against what was predicted, in columns.
// Make it with NewConfusion.
type Confusion struct {
	Counts [][]int
	N      int
}

// NewConfusion makes an empty table of that many labels.
func NewConfusion(labels int) Confusion {
	c := Confusion{Counts: make([][]int, labels)}
	for i := range c.Counts {
		c.Counts[i] = make([]int, labels)
	}
	return c
}

// Add counts one row; a label outside of the table is left out.
func (c *Confusion) Add(truth, predicted int) {
	if n := len(c.Counts); truth < 0 || predicted < 0 || truth >= n || predicted >= n {
		return
	}
	c.Counts[truth][predicted]++
	c.N++
}

// margins are how often a label was true and how often it was predicted.
func (c Confusion) margins(label int) (truth, predicted int) {
	for i := range c.Counts {
		truth += c.Counts[label][i]
		predicted += c.Counts[i][label]
	}
	return truth, predicted
}

func (c Confusion) hits() int {
	hits := 0
	for i := range c.Counts {
		hits += c.Counts[i][i]
	}
	return hits
}

// Accuracy is the share of rows that were predicted right.
func (c Confusion) Accuracy() Rate { return Rate{c.hits(), c.N} }

// Precision is the share of the predictions of a label that came true.
func (c Confusion) Precision(label int) Rate {
	_, predicted := c.margins(label)
	return Rate{c.Counts[label][label], predicted}
}

// Recall is the share of the rows of a label that were predicted.
func (c Confusion) Recall(label int) Rate {
	truth, _ := c.margins(label)
	return Rate{c.Counts[label][label], truth}
}

// F1 is the harmonic mean of precision and recall of a label.
func (c Confusion) F1(label int) Rate {
	truth, predicted := c.margins(label)
	return Rate{2 * c.Counts[label][label], truth + predicted}
}

// Average says how the labels' rates become one.
type Average int

// Macro gives every label that was true or predicted one weight, Weighted its
// number of rows, and Micro counts all rows together.
const (
	Macro Average = iota
	Weighted
	Micro
)

// Over averages a rate of a label over the labels, as scikit-learn does.
func (c Confusion) Over(rate func(label int) Rate, average Average) float64 {
	if average == Micro {
		return c.Accuracy().Value() // one label a row
	}
	sum, weights := 0.0, 0.0
	for label := range c.Counts {
		truth, predicted := c.margins(label)
		weight := float64(truth)
		if average == Macro {
			weight = min(float64(truth+predicted), 1)
		}
		sum += weight * rate(label).Value()
		weights += weight
	}
	if weights == 0 {
		return 0
	}
	return sum / weights
}

// BalancedAccuracy is the mean recall of the labels that were true; NaN of none.
func (c Confusion) BalancedAccuracy() float64 {
	sum, labels := 0.0, 0.0
	for label := range c.Counts {
		if r := c.Recall(label); r.Of > 0 {
			sum, labels = sum+r.Value(), labels+1
		}
	}
	return sum / labels
}

// MCC is Matthews' correlation, -1 to 1; 0 if one label was always true or always
// predicted. Source: J. Gorodkin, Computational Biology and Chemistry 28 (2004).
func (c Confusion) MCC() float64 {
	n := float64(c.N)
	both, truths, predictions := 0.0, 0.0, 0.0
	for label := range c.Counts {
		truth, predicted := c.margins(label)
		both += float64(truth) * float64(predicted)
		truths += float64(truth) * float64(truth)
		predictions += float64(predicted) * float64(predicted)
	}
	below := math.Sqrt(n*n-truths) * math.Sqrt(n*n-predictions)
	if !(below > 0) {
		return 0
	}
	return (float64(c.hits())*n - both) / below
}

// Kappa is Cohen's, the accuracy above chance; NaN if chance would always be
// right. Source: J. Cohen, Educational and Psychological Measurement 20 (1960).
func (c Confusion) Kappa() float64 {
	n := float64(c.N)
	chance := 0.0
	for label := range c.Counts {
		truth, predicted := c.margins(label)
		chance += float64(truth) / n * (float64(predicted) / n)
	}
	if chance >= 1 {
		return math.NaN()
	}
	return (c.Accuracy().Value() - chance) / (1 - chance)
}

// defined turns NaN into an error, for what a formula cannot say.
func defined(what string, v float64, why string) (float64, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, stats.Cannot(what, "%s", why)
	}
	return v, nil
}
