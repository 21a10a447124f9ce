// Package words says what is in a drift report: in a sentence, as a table of text, as
// Markdown, and cell by cell for a screen. It judges nothing and recomputes no score.
package words

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"benchside/drift"
	"benchside/sanitize"
)

// words of a verdict on a data set.
var verdicts = map[string]string{
	drift.VerdictOK: "OK", drift.VerdictWarn: "WARN", drift.VerdictDrift: "DRIFT", drift.VerdictUndefined: "UNDEFINED",
}

// Verdict says in a line what a report comes to: the share of drifted columns, then
// what became of the label, the prediction and the score, then the quality.
func Verdict(r drift.Report) string {
	parts := []string{Status(r.Verdict) + "  " + share(r)}
	for _, f := range r.Features {
		if label := roles[f.Role]; label != "" {
			parts = append(parts, label+" "+sanitize.Line(f.Name)+": "+Word(f.Status))
		}
	}
	if n := r.Verdict.Undefined; n > 0 {
		parts = append(parts, fmt.Sprintf("%d undefined", n))
	}
	if fall := fall(r.Quality, r.Config.MinRows); fall != "" {
		parts = append(parts, fall)
	}
	if r.Name != nil && *r.Name != "" {
		parts = append(parts, sanitize.Line(*r.Name))
	}
	return strings.Join(parts, " · ")
}

// Status is the word for a verdict on a data set.
func Status(v drift.Verdict) string { return cmp.Or(verdicts[v.Status], "UNDEFINED") }

// roles are the words for the roles that are no features'.
var roles = map[string]string{
	"target": "label", "prediction": "prediction", "probability": "score", "metric": "metric", "param": "param",
}

// share says how many columns drifted, and beside which limit.
func share(r drift.Report) string {
	v := r.Verdict
	what := "columns"
	if r.Config.Dataset == "features" || v.Columns == features(r) && v.Columns < len(r.Features) {
		what = "features"
	}
	if v.Tested == 0 && v.Drifted == 0 {
		return fmt.Sprintf("none of %d %s could be tested", v.Columns, what)
	}
	of := fmt.Sprintf("%d of %d %s", v.Drifted, v.Tested, what)
	if v.Tested == 0 {
		of = fmt.Sprintf("%d %s", v.Drifted, what)
	}
	if !v.Share.Defined() {
		return of
	}
	if v.Threshold == 0 {
		return fmt.Sprintf("%s (%.2f)", of, float64(v.Share))
	}
	sign := "<"
	if float64(v.Share) >= v.Threshold {
		sign = "≥"
	}
	return fmt.Sprintf("%s (%.2f %s %.2f)", of, float64(v.Share), sign, v.Threshold)
}

func features(r drift.Report) (n int) {
	for _, f := range r.Features {
		if f.Role == drift.Feature.String() {
			n++
		}
	}
	return n
}

// leading are the metrics of a task in the order in which one is said; more is better.
var leading = map[string][]string{
	"binary": {"roc_auc", "recall", "accuracy"}, "multiclass": {"accuracy", "f1_macro", "f1"}, "regression": {"r2"},
}

// fall says which of the leading metrics fell the most, and where; windows of few rows
// do not count.
func fall(q *drift.Quality, least int) string {
	if q == nil || q.Reference == nil {
		return ""
	}
	said, most := "", 0.0
	see := func(row drift.QualityRow, where string) {
		for _, name := range leading[q.Task] {
			before, there := q.Reference.Metrics[name]
			now, also := row.Metrics[name]
			if !there || !also || !before.Defined() || !now.Defined() || row.N < least {
				continue
			}
			if by := float64(before - now); by > most {
				said, most = fmt.Sprintf("%s %.2f → %.2f%s", plain(name), float64(before), float64(now), where), by
			}
		}
	}
	if q.Current != nil {
		see(*q.Current, "")
	}
	for _, w := range q.Windows {
		see(w, " ("+sanitize.Line(w.Label)+")")
	}
	return said
}

// plain is a metric's name without its underlines.
func plain(name string) string { return strings.ReplaceAll(sanitize.Line(name), "_", " ") }

// Sources says between what a report compares, who made it and when.
func Sources(r drift.Report) string {
	parts := []string{}
	for _, side := range []struct {
		name string
		of   drift.Source
	}{{"ref", r.Sources.Reference}, {"cur", r.Sources.Current}} {
		if said := source(side.of); said != "" {
			parts = append(parts, side.name+" "+said)
		}
	}
	if r.Profile != "" {
		parts = append(parts, "profile "+sanitize.Line(string(r.Profile)))
	}
	if r.Engine.Name != "" {
		parts = append(parts, "by "+strings.TrimSpace(sanitize.Line(r.Engine.Name+" "+r.Engine.Version)))
	}
	if !r.Created.IsZero() {
		parts = append(parts, r.Created.UTC().Format("2006-01-02 15:04 UTC"))
	}
	return strings.Join(parts, "   ")
}

// source is where a sample came from, and its rows.
func source(s drift.Source) string {
	said := cmp.Or(s.ArtifactPath, s.Path, s.DatasetName)
	if s.RunID != "" {
		said = strings.TrimSpace("run " + s.RunID[:min(len(s.RunID), 8)] + " " + said)
	}
	said = sanitize.Line(said)
	if s.Rows > 0 {
		said = strings.TrimSpace(said + " n=" + count(s.Rows))
	}
	return said
}

// Notes are what a report remarks, on itself and on its columns.
func Notes(r drift.Report) []string {
	var out []string
	for _, n := range r.Notes {
		out = append(out, sanitize.Line(n))
	}
	for _, f := range r.Features {
		for _, n := range f.Notes {
			out = append(out, sanitize.Line(f.Name)+": "+sanitize.Line(n))
		}
	}
	return out
}

// count writes a number of rows with thousands apart.
func count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// percent writes a share.
func percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return missing
	}
	return fmt.Sprintf("%.1f", 100*share)
}
