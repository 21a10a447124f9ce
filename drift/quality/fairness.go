package quality

import (
	"math"
	"slices"
)

// Outcome is a group of rows and what was predicted of them.
type Outcome struct {
	Group          string
	TP, FP, TN, FN int
}

// Add counts one row.
func (o *Outcome) Add(truth, predicted bool) {
	switch {
	case truth && predicted:
		o.TP++
	case predicted:
		o.FP++
	case truth:
		o.FN++
	default:
		o.TN++
	}
}

// N is the number of rows of the group.
func (o Outcome) N() int { return o.TP + o.FP + o.TN + o.FN }

// The rates of a group. Each is 0 of nothing, with Of saying so, as fairlearn has
// it: a group without positives has a TPR of 0.
func (o Outcome) Selection() Rate { return Rate{o.TP + o.FP, o.N()} }

// BaseRate is the share of rows that came true.
func (o Outcome) BaseRate() Rate { return Rate{o.TP + o.FN, o.N()} }

// TPR is recall.
func (o Outcome) TPR() Rate { return Rate{o.TP, o.TP + o.FN} }

// FPR is the share of false rows that were predicted true.
func (o Outcome) FPR() Rate { return Rate{o.FP, o.FP + o.TN} }

// TNR is the share of false rows that were predicted false.
func (o Outcome) TNR() Rate { return Rate{o.TN, o.FP + o.TN} }

// FNR is the share of true rows that were predicted false.
func (o Outcome) FNR() Rate { return Rate{o.FN, o.TP + o.FN} }

// Precision is the share of predictions that came true.
func (o Outcome) Precision() Rate { return Rate{o.TP, o.TP + o.FP} }

// Accuracy is the share of rows that were predicted right.
func (o Outcome) Accuracy() Rate { return Rate{o.TP + o.TN, o.N()} }

// Gap is how far a rate spreads over groups.
type Gap struct {
	Difference float64 // largest less smallest
	Ratio      float64 // smallest over largest; NaN if all are 0
}

func spread(groups []Outcome, rate func(Outcome) Rate) Gap {
	if len(groups) == 0 {
		return Gap{math.NaN(), math.NaN()}
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, g := range groups {
		v := rate(g).Value()
		low, high = min(low, v), max(high, v)
	}
	return Gap{high - low, low / high}
}

// Fairness compares groups as fairlearn does.
type Fairness struct {
	Groups []Outcome // in order of their names
	Parity Gap       // demographic: of the selection rates
	Odds   Gap       // equalised: the worse of TPR and FPR
	// OddsMean is the mean of both differences and of both ratios.
	OddsMean    Gap
	Opportunity Gap // equal: of the TPR
	// Unfounded names the groups whose TPR or FPR is 0 of no rows.
	Unfounded []string
}

// Compare compares groups. A group of fewer rows than least is listed, and left
// out of what is compared.
func Compare(groups []Outcome, least int) Fairness {
	f := Fairness{Groups: slices.Clone(groups)}
	slices.SortFunc(f.Groups, func(a, b Outcome) int {
		if a.Group < b.Group {
			return -1
		}
		return index(a.Group > b.Group)
	})
	counted := slices.DeleteFunc(slices.Clone(f.Groups), func(o Outcome) bool { return o.N() < max(least, 1) })
	tpr, fpr := spread(counted, Outcome.TPR), spread(counted, Outcome.FPR)
	f.Parity, f.Opportunity = spread(counted, Outcome.Selection), tpr
	f.Odds = Gap{max(tpr.Difference, fpr.Difference), tpr.Ratio}
	if fpr.Ratio < tpr.Ratio { // a NaN is neither, as in fairlearn
		f.Odds.Ratio = fpr.Ratio
	}
	f.OddsMean = Gap{(tpr.Difference + fpr.Difference) / 2, meanOf(tpr.Ratio, fpr.Ratio)}
	for _, g := range counted {
		if g.TPR().Of == 0 || g.FPR().Of == 0 {
			f.Unfounded = append(f.Unfounded, g.Group)
		}
	}
	return f
}

func meanOf(a, b float64) float64 {
	switch {
	case math.IsNaN(a):
		return b
	case math.IsNaN(b):
		return a
	}
	return (a + b) / 2
}

// DisparateImpact is the selection rate of a group over that of the privileged
// one; below 0.8 the four-fifths rule calls it adverse.
func DisparateImpact(group, privileged Outcome) (float64, error) {
	return defined("disparate impact", group.Selection().Value()/privileged.Selection().Value(),
		"nobody of the privileged group was selected")
}
