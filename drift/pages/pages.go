// Package pages writes a drift report as one page of HTML that stands for itself.
// It has no script, asks for nothing from anywhere, and computes nothing.
package pages

import (
	"bufio"
	_ "embed" // the template
	"fmt"
	"html/template"
	"io"
	"strings"

	"benchside/drift"
	"benchside/drift/words"
	"benchside/sanitize"
)

//go:embed page.html
var page string

// view is what the template shows of a report. All texts are safe to show; the
// template escapes them for HTML.
type view struct {
	Title, Status, Verdict, Sources string
	Heads                           []head
	Rows                            []row
	Quality                         *quality
	Notes                           []string
}

type head struct {
	Text  string
	Right bool
}

// row is one column of the data.
type row struct {
	Name, Status string
	Cells        []head
	Bars         []bar
	Labels       []string // below the bars
	Facts        [][3]string
	Measures     [][2]string
	Notes        []string
}

// bar is a bin on both sides: heights of 100.
type bar struct {
	X, Width           float64
	Reference, Current float64
	Said               string
}

type quality struct {
	Heads []string
	Rows  [][]string
}

// Write writes the page.
func Write(w io.Writer, r drift.Report) error {
	t, err := template.New("page").Parse(page)
	if err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	out := bufio.NewWriter(w)
	if err := t.Execute(out, viewOf(r)); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

func viewOf(r drift.Report) view {
	v := view{Title: "Drift report", Status: r.Verdict.Status, Verdict: words.Verdict(r), Sources: words.Sources(r), Quality: qualityOf(r.Quality)}
	if r.Name != nil && *r.Name != "" {
		v.Title = sanitize.Line(*r.Name)
	}
	columns, _ := words.Fit(r.Features, 0, false)
	for _, c := range columns {
		v.Heads = append(v.Heads, head{c.Title(), c.Right()})
	}
	for _, f := range r.Features {
		v.Rows = append(v.Rows, rowOf(f, columns))
	}
	for _, n := range r.Notes {
		v.Notes = append(v.Notes, sanitize.Line(n))
	}
	return v
}

func rowOf(f drift.Finding, columns []words.Column) row {
	out := row{Name: sanitize.Line(f.Name), Status: string(f.Status), Facts: facts(f), Measures: measures(f.Measures)}
	for _, c := range columns {
		out.Cells = append(out.Cells, head{words.Cell(f, c, false), c.Right()})
	}
	out.Bars, out.Labels = bars(f)
	for _, n := range f.Notes {
		out.Notes = append(out.Notes, sanitize.Line(n))
	}
	if f.Reason != "" {
		out.Notes = append(out.Notes, sanitize.Line(f.Reason))
	}
	return out
}

// mostBars is how many bins are drawn.
const mostBars = 40

// bars are the distributions of both sides, in shares of the highest bin.
func bars(f drift.Finding) ([]bar, []string) {
	reference, current := words.Shares(f, mostBars)
	top := 0.0
	for i := range reference {
		top = max(top, reference[i], current[i])
	}
	if top == 0 {
		return nil, nil
	}
	var out []bar
	width := 100 / float64(len(reference))
	for i := range reference {
		said := fmt.Sprintf("reference %.1f %%, current %.1f %%", 100*reference[i], 100*current[i])
		if h := f.Histogram; h != nil && i < len(h.Labels) {
			said = sanitize.Line(h.Labels[i]) + ": " + said
		}
		out = append(out, bar{float64(i) * width, width / 2.2, 100 * reference[i] / top, 100 * current[i] / top, said})
	}
	return out, ends(f.Histogram)
}

// ends are what the first and the last bar stand for.
func ends(h *drift.Histogram) []string {
	switch {
	case h == nil:
		return nil
	case len(h.Edges) > 1:
		return []string{words.Number(drift.Number(h.Edges[0])), words.Number(drift.Number(h.Edges[len(h.Edges)-1]))}
	case len(h.Labels) > 1:
		return []string{sanitize.Line(h.Labels[0]), sanitize.Line(h.Labels[len(h.Labels)-1])}
	}
	return nil
}

// facts are a column's sums, with those of both sides.
func facts(f drift.Finding) [][3]string {
	a, b := f.Reference, f.Current
	out := [][3]string{
		{"rows", fmt.Sprint(a.Rows), fmt.Sprint(b.Rows)},
		{"missing", fmt.Sprint(a.Missing), fmt.Sprint(b.Missing)},
		{"distinct", fmt.Sprint(a.Distinct), fmt.Sprint(b.Distinct)},
	}
	add := func(name string, x, y drift.Number) {
		out = append(out, [3]string{name, words.Number(x), words.Number(y)})
	}
	if x, y := a.Numbers, b.Numbers; x != nil && y != nil {
		add("mean", x.Mean, y.Mean)
		add("sd", x.SD, y.SD)
		add("skew", x.Skew, y.Skew)
		add("kurtosis", x.Kurtosis, y.Kurtosis)
		add("min", x.Min, y.Min)
		add("p5", x.Quantiles.P05, y.Quantiles.P05)
		add("p25", x.Quantiles.P25, y.Quantiles.P25)
		add("p50", x.Quantiles.P50, y.Quantiles.P50)
		add("p75", x.Quantiles.P75, y.Quantiles.P75)
		add("p95", x.Quantiles.P95, y.Quantiles.P95)
		add("max", x.Max, y.Max)
	}
	if x, y := a.Labels, b.Labels; x != nil && y != nil {
		out = append(out, [3]string{"commonest", sanitize.Line(x.Mode), sanitize.Line(y.Mode)})
		add("entropy, bits", x.Entropy, y.Entropy)
	}
	if a.First != "" && b.First != "" {
		out = append(out, [3]string{"first", sanitize.Line(a.First), sanitize.Line(b.First)}, [3]string{"last", sanitize.Line(a.Last), sanitize.Line(b.Last)})
	}
	return out
}

// measures are what is known besides the test.
func measures(m drift.Measures) [][2]string {
	var out [][2]string
	add := func(name string, v drift.Number) {
		if v.Defined() {
			out = append(out, [2]string{name, words.Number(v)})
		}
	}
	if m.KS != nil {
		add("K-S D", m.KS.Statistic)
		add("K-S p", m.KS.P)
	}
	if m.Chi2 != nil {
		add("chi-square (contingency)", m.Chi2.Statistic)
		add("its p", m.Chi2.P)
	}
	add("Wasserstein", m.Wasserstein)
	add("Wasserstein / sd", m.WassersteinNorm)
	add("PSI", m.PSI)
	add("Jensen–Shannon, base e", m.JS)
	add("Hellinger", m.Hellinger)
	add("total variation", m.TotalVariation)
	add("L-infinity", m.LInfinity)
	add("Cramér's V", m.CramersV)
	for _, l := range []struct {
		name string
		all  []string
	}{{"new labels", m.NewLabels}, {"gone labels", m.GoneLabels}} {
		if len(l.all) > 0 {
			out = append(out, [2]string{l.name, listed(l.all)})
		}
	}
	return out
}

// listed are the first of some labels.
func listed(all []string) string {
	const most = 20
	shown := make([]string, 0, most)
	for _, l := range all[:min(len(all), most)] {
		shown = append(shown, sanitize.Line(l))
	}
	text := strings.Join(shown, ", ")
	if more := len(all) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// shownMetrics are the metrics of a quality in the order in which they stand.
func shownMetrics() []string {
	return []string{
		"roc_auc", "log_loss", "brier", "ece10", "accuracy", "precision", "recall", "f1", "base_rate", "mean_p",
		"balanced_accuracy", "mcc", "kappa", "precision_macro", "recall_macro", "f1_macro", "f1_weighted",
		"mae", "rmse", "r2", "mape", "median_ae", "max_error", "mean_error", "error_std", "pearson", "spearman",
	}
}

func qualityOf(q *drift.Quality) *quality {
	if q == nil || q.Reference == nil {
		return nil
	}
	out := &quality{Heads: []string{"", "n"}}
	var names []string
	for _, name := range shownMetrics() {
		if _, ok := q.Reference.Metrics[name]; ok {
			names = append(names, name)
			out.Heads = append(out.Heads, strings.ReplaceAll(name, "_", " "))
		}
	}
	for _, row := range words.QualityRows(*q) {
		cells := []string{sanitize.Line(row.Label), fmt.Sprint(row.N)}
		for _, name := range names {
			v, ok := row.Metrics[name]
			if !ok || !v.Defined() {
				cells = append(cells, "—")
				continue
			}
			cells = append(cells, words.Number(v))
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}
