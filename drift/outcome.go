package drift

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"benchside/drift/quality"
)

// outcome is what a table says of a model: what came true, and what it said.
type outcome struct {
	target, score, prediction *Column
	positive                  string
	threshold                 float64
}

// quality measures the model on both sides and in every window, if the table says
// what came true.
func (w *work) quality(ctx context.Context, jobs []job, r *Report) error {
	ref, cur := outcome{}, outcome{}
	for _, j := range jobs {
		switch j.role {
		case Target:
			ref.target, cur.target = j.ref, j.cur
		case Probability:
			ref.score, cur.score = j.ref, j.cur
		case Prediction:
			ref.prediction, cur.prediction = j.ref, j.cur
		}
	}
	if cur.target == nil || cur.score == nil && cur.prediction == nil {
		return nil
	}
	for _, side := range []*outcome{&ref, &cur} {
		side.threshold, side.positive = w.options.Threshold, cmp.Or(w.options.Positive, usualPositive(cur.target))
	}
	task := cur.task()
	q := &Quality{Task: task, Windows: []QualityRow{}, Threshold: Number(math.NaN())}
	if task == "binary" {
		q.Threshold = Number(w.options.Threshold)
	}
	before, now := ref.measure(task, "", nil), cur.measure(task, "", nil)
	q.Reference, q.Current = &before, &now
	for _, s := range w.slots {
		if err := ctx.Err(); err != nil {
			return err
		}
		q.Windows = append(q.Windows, cur.measure(task, s.Label, s.Rows))
	}
	if task == "binary" && cur.score != nil {
		q.Concept = w.concept(ref.scored(nil), cur.scored(nil))
	}
	r.Quality = q
	return w.fairness(ctx, jobs, ref, cur, task, r)
}

// usualPositive is what true is called in a column.
func usualPositive(c *Column) string {
	if c.Storage != String {
		return "1"
	}
	for _, l := range c.Texts.Labels {
		if strings.EqualFold(l, "true") || strings.EqualFold(l, "yes") {
			return l
		}
	}
	return "1"
}

// task is what the columns make the model do.
func (o outcome) task() string {
	switch {
	case o.score != nil:
		return "binary"
	case o.target.Storage == String || o.target.Storage == Bool || quickCount(o.target).distinct <= 2:
		return "multiclass"
	case EvidentlyKind(*o.target) == Categorical:
		return "multiclass"
	}
	return "regression"
}

// eachRow calls see with some rows, or all.
func eachRow(n int, rows []int, see func(row int)) {
	if rows == nil {
		for row := range n {
			see(row)
		}
	}
	for _, row := range rows {
		see(row)
	}
}

// name is the label of a row: booleans are 0 and 1, as the numbers are.
func (c *Column) name(row int) string {
	if c.Storage == String {
		return c.Texts.Labels[c.Texts.Codes[row]]
	}
	return numberName(c.Numbers[row], false, c.whole())
}

// scored are the rows that have a target and a score.
func (o outcome) scored(rows []int) []quality.Scored {
	var out []quality.Scored
	if o.score.Storage == String || o.score.Storage == Other {
		return nil
	}
	eachRow(o.target.Len(), rows, func(row int) {
		if !o.target.absent(row) && !o.score.absent(row) {
			out = append(out, quality.Scored{True: o.target.name(row) == o.positive, Score: o.score.Numbers[row]})
		}
	})
	return out
}

func (o outcome) measure(task, label string, rows []int) QualityRow {
	switch task {
	case "binary":
		return binaryRow(label, o.scored(rows), o.threshold)
	case "regression":
		return o.regressionRow(label, rows)
	}
	return o.multiclassRow(label, rows)
}

// rate is a share of something, undefined of nothing.
func rate(r quality.Rate) Number {
	if r.Of == 0 {
		return Number(math.NaN())
	}
	return Number(r.Value())
}

func binaryRow(label string, rows []quality.Scored, threshold float64) QualityRow {
	k := quality.Binary(rows, threshold)
	rank := Number(math.NaN())
	if ranking, err := quality.Rank(rows); err == nil {
		rank = Number(ranking.AUC)
	}
	ece, _ := quality.CalibrationError(quality.Calibration(rows, 10))
	mean, base := 0.0, quality.Rate{Of: len(rows)}
	for _, r := range rows {
		mean += r.Score / float64(len(rows))
		if r.True {
			base.Hits++
		}
	}
	if len(rows) == 0 {
		mean = math.NaN()
	}
	return QualityRow{label, len(rows), map[string]Number{
		"accuracy": rate(k.Accuracy()), "precision": rate(k.Precision(1)), "recall": rate(k.Recall(1)), "f1": rate(k.F1(1)),
		"roc_auc": rank, "log_loss": Number(quality.LogLoss(rows)), "brier": Number(quality.Brier(rows)), "ece10": Number(ece),
		"base_rate": rate(base), "mean_p": Number(mean),
	}}
}

func (o outcome) regressionRow(label string, rows []int) QualityRow {
	var truth, predicted []float64
	if o.prediction.Storage != String && o.prediction.Storage != Other {
		eachRow(o.target.Len(), rows, func(row int) {
			if !o.target.absent(row) && !o.prediction.absent(row) {
				truth, predicted = append(truth, o.target.Numbers[row]), append(predicted, o.prediction.Numbers[row])
			}
		})
	}
	out := QualityRow{label, len(truth), map[string]Number{}}
	r, err := quality.Regress(truth, predicted)
	if err != nil {
		return out
	}
	mape := Number(r.MAPE)
	if r.ZeroTargets > 0 {
		mape = Number(math.NaN()) // a zero target makes it about 1e15
	}
	out.Metrics = map[string]Number{
		"mae": Number(r.MAE), "rmse": Number(r.RMSE), "r2": Number(r.R2), "mape": mape, "median_ae": Number(r.MedianAE),
		"max_error": Number(r.Max), "mean_error": Number(r.Mean), "error_std": Number(r.SD), "pearson": Number(r.Pearson),
		"spearman": Number(r.Spearman),
	}
	return out
}

// maxLabels bounds a table of confusion.
const maxLabels = 1000

func (o outcome) multiclassRow(label string, rows []int) QualityRow {
	at := map[string]int{}
	var pairs [][2]int
	index := func(name string) int {
		i, ok := at[name]
		if !ok {
			i = len(at)
			at[name] = i
		}
		return i
	}
	eachRow(o.target.Len(), rows, func(row int) {
		if !o.target.absent(row) && !o.prediction.absent(row) {
			pairs = append(pairs, [2]int{index(o.target.name(row)), index(o.prediction.name(row))})
		}
	})
	out := QualityRow{label, len(pairs), map[string]Number{}}
	if len(at) > maxLabels {
		return out
	}
	k := quality.NewConfusion(len(at))
	for _, p := range pairs {
		k.Add(p[0], p[1])
	}
	out.Metrics = map[string]Number{
		"accuracy": rate(k.Accuracy()), "balanced_accuracy": Number(k.BalancedAccuracy()), "mcc": Number(k.MCC()), "kappa": Number(k.Kappa()),
		"precision_macro": Number(k.Over(k.Precision, quality.Macro)), "recall_macro": Number(k.Over(k.Recall, quality.Macro)),
		"f1_macro": Number(k.Over(k.F1, quality.Macro)), "f1_weighted": Number(k.Over(k.F1, quality.Weighted)),
	}
	return out
}

// conceptBins is the number of bins of the score.
const conceptBins = 10

func (w *work) concept(before, now []quality.Scored) *Concept {
	shift := quality.ConceptShift(before, now, conceptBins, w.options.MinRows, w.options.Alpha)
	out := &Concept{Change: Number(shift.Change), Drift: shift.Drift, Bins: []ConceptBin{}}
	for _, b := range shift.Bins {
		out.Bins = append(out.Bins, ConceptBin{
			From: float64(b.At) / conceptBins, To: float64(b.At+1) / conceptBins, Reference: b.Before, Current: b.Now,
			ReferenceOf: share(b.TrueBefore, b.Before), CurrentOf: share(b.TrueNow, b.Now), P: Number(b.P), PAdjusted: Number(b.Q),
		})
	}
	return out
}

func share(v float64, of int) Number {
	if of == 0 {
		return Number(math.NaN())
	}
	return Number(v)
}

// fairness compares the groups of the columns that the options name.
func (w *work) fairness(ctx context.Context, jobs []job, ref, cur outcome, task string, r *Report) error {
	for _, name := range w.options.Groups {
		i := slices.IndexFunc(jobs, func(j job) bool { return j.cur.Name == name })
		if i < 0 {
			return fmt.Errorf("compare groups of %s: no such column on both sides", name)
		}
		if task == "regression" || !ref.decides() || !cur.decides() {
			r.Notes = append(r.Notes, "fairness of "+name+": the model decides nothing")
			continue
		}
		r.Fairness = append(r.Fairness, w.groups(ref, jobs[i].ref, "reference", nil), w.groups(cur, jobs[i].cur, "current", nil))
		for _, s := range w.slots {
			if err := ctx.Err(); err != nil {
				return err
			}
			r.Fairness = append(r.Fairness, w.groups(cur, jobs[i].cur, s.Label, s.Rows))
		}
	}
	return nil
}

// decides says that there is a prediction of true or false.
func (o outcome) decides() bool {
	if o.prediction != nil {
		return o.prediction.Storage != Other
	}
	return o.score != nil && o.score.Storage != String && o.score.Storage != Other
}

// predicts says what the model decided of a row, if it did.
func (o outcome) predicts(row int) (positive, ok bool) {
	if o.prediction != nil {
		return !o.prediction.absent(row) && o.prediction.name(row) == o.positive, !o.prediction.absent(row)
	}
	return o.score.Numbers[row] >= o.threshold, !o.score.absent(row)
}

func (w *work) groups(o outcome, by *Column, label string, rows []int) Fairness {
	all := map[string]*quality.Outcome{}
	eachRow(by.Len(), rows, func(row int) {
		predicted, ok := o.predicts(row)
		if !ok || by.absent(row) || o.target.absent(row) {
			return
		}
		name := by.name(row)
		if all[name] == nil {
			all[name] = &quality.Outcome{Group: name}
		}
		all[name].Add(o.target.name(row) == o.positive, predicted)
	})
	list := make([]quality.Outcome, 0, len(all))
	for _, g := range all {
		list = append(list, *g)
	}
	f := quality.Compare(list, w.options.MinRows)
	out := Fairness{
		Column: by.Name, Label: label, Groups: groupRows(f.Groups, w.options.MinRows),
		ParityGap: Number(f.Parity.Difference), ParityRatio: Number(f.Parity.Ratio), OddsGap: Number(f.Odds.Difference),
		OddsRatio: Number(f.Odds.Ratio), ChanceGap: Number(f.Opportunity.Difference), ChanceRatio: Number(f.Opportunity.Ratio),
	}
	for _, name := range f.Unfounded {
		out.Notes = append(out.Notes, fmt.Sprintf("group %s has rows of one class only: a rate of 0 is of nothing", name))
	}
	return out
}

// groupRows writes groups for a report: at most 1000.
func groupRows(groups []quality.Outcome, least int) []GroupRow {
	best := quality.Outcome{}
	for _, g := range groups {
		if g.N() >= max(least, 1) && g.Selection().Value() > best.Selection().Value() {
			best = g
		}
	}
	rows := []GroupRow{}
	for _, g := range groups[:min(len(groups), listed)] {
		impact, err := quality.DisparateImpact(g, best)
		if err != nil {
			impact = math.NaN()
		}
		rows = append(rows, GroupRow{
			Group: g.Group, N: g.N(), Compared: g.N() >= max(least, 1), BaseRate: rate(g.BaseRate()), Selection: rate(g.Selection()),
			TPR: rate(g.TPR()), FPR: rate(g.FPR()), Precision: rate(g.Precision()), Accuracy: rate(g.Accuracy()), Impact: Number(impact),
		})
	}
	return rows
}
