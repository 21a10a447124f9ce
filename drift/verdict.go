package drift

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"benchside/stats"
)

// remark notes what a test does not see or overdoes.
func (w *work) remark(p *pair, f *Finding) {
	if f.Test == nil {
		return
	}
	if f.Test.Name == "wasserstein" && p.x.moments.SD0() < leastSD {
		f.Notes = append(f.Notes, fmt.Sprintf("the deviation of the reference is below %g, which stands for it: drift is hard to reach", leastSD))
	}
	if f.Test.Name == "chisquare" && len(f.Measures.NewLabels) > 0 && f.Measures.Chi2 != nil {
		rows := 0
		for _, l := range p.labels() {
			if l.x == 0 {
				rows += l.y
			}
		}
		f.Notes = append(f.Notes, fmt.Sprintf("new label %q (%d of %d rows) forces p=0; contingency p %.2g",
			f.Measures.NewLabels[0], rows, p.y.n(), float64(f.Measures.Chi2.P)))
	}
	w.missing(p, f)
}

// A change of the missing share is worth a mark from 5 points, if chance makes it
// in less than one of a hundred.
const (
	missingPoints = 0.05
	missingP      = 0.01
)

func (w *work) missing(p *pair, f *Finding) {
	before, now := float64(p.x.missing)/float64(p.x.rows), float64(p.y.missing)/float64(p.y.rows)
	chance, err := stats.Proportions(p.x.missing, p.x.rows, p.y.missing, p.y.rows)
	if err != nil || !(chance < missingP) || math.Abs(now-before) < missingPoints {
		return
	}
	f.Notes = append(f.Notes, fmt.Sprintf("missing rows %.1f %% → %.1f %%, which the test does not see", 100*before, 100*now))
	if f.Status == OK {
		f.Status = Possible
	}
}

// correct adds q values to the columns that have a p value, and judges by them in
// a profile that does.
func (w *work) correct(r *Report) {
	ps := make([]float64, len(r.Features))
	tested := 0
	for i, f := range r.Features {
		ps[i] = math.NaN()
		if f.Test != nil && f.Test.PValue && f.Status != Undefined {
			ps[i] = float64(f.Test.Score)
			tested++
		}
	}
	correction, decides := w.options.correction(tested)
	if decides {
		r.Config.Correction = correction.String()
	}
	for i, q := range correction.Adjust(ps) {
		if math.IsNaN(q) {
			continue
		}
		f := &r.Features[i]
		f.PAdjusted = Number(q)
		t, _ := TestNamed(f.Test.Name)
		found := t.Detects(q, float64(f.Test.Threshold))
		switch {
		case f.Status == Drifted && !found && decides:
			f.Status = Possible
		case f.Status == Drifted && !found:
			f.Notes = append(f.Notes, fmt.Sprintf("p only: among %d tests the corrected p is %.2g", tested, q))
		}
	}
}

// worst orders statuses.
func worst(s Status) int { return slices.Index([]Status{Drifted, Possible, OK, Undefined, Skipped}, s) }

// judge orders the columns, counts them and says the verdict.
func judge(r *Report, o Options) {
	slices.SortStableFunc(r.Features, func(a, b Finding) int {
		return cmp.Or(worst(a.Status)-worst(b.Status), -cmp.Compare(size(a), size(b)), strings.Compare(a.Name, b.Name))
	})
	v := Verdict{Threshold: o.Share, Share: Number(math.NaN()), Status: VerdictUndefined}
	for _, f := range r.Features {
		if o.FeaturesOnly && f.Role != Feature.String() {
			continue
		}
		v.Columns++
		switch f.Status {
		case Undefined:
			v.Undefined++
		case Drifted:
			v.Drifted++
			v.Tested++
		case OK, Possible:
			v.Tested++
		}
	}
	if v.Tested > 0 {
		v.Share = Number(float64(v.Drifted) / float64(v.Tested))
		switch {
		case float64(v.Share) >= o.Share:
			v.Status = VerdictDrift
		case v.Drifted > 0:
			v.Status = VerdictWarn
		default:
			v.Status = VerdictOK
		}
	}
	v.Line = line(r, v, o)
	r.Verdict = v
}

func size(f Finding) float64 {
	if !f.Measures.PSI.Defined() {
		return -1
	}
	return float64(f.Measures.PSI)
}

// line says a verdict in one line.
func line(r *Report, v Verdict, o Options) string {
	what := "columns"
	if o.FeaturesOnly {
		what = "features"
	}
	if v.Tested == 0 {
		return fmt.Sprintf("UNDEFINED: none of %d %s could be tested", v.Columns, what)
	}
	sign := "<"
	if v.Status == VerdictDrift {
		sign = ">="
	}
	parts := []string{fmt.Sprintf("%s: %d of %d %s drift (share %.2f %s %.2f)", strings.ToUpper(v.Status), v.Drifted, v.Tested, what, float64(v.Share), sign, o.Share)}
	for _, f := range r.Features {
		if f.Role == Target.String() || f.Role == Prediction.String() || f.Role == Probability.String() {
			parts = append(parts, fmt.Sprintf("%s %s: %s", f.Role, f.Name, f.Status))
		}
	}
	if v.Undefined > 0 {
		parts = append(parts, fmt.Sprintf("%d undefined", v.Undefined))
	}
	return strings.Join(parts, "; ")
}
