package words

import (
	"bufio"
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"benchside/drift"
)

// qualities are the metrics of a model in the order in which people read them; those
// that are not among them follow by name.
var qualities = []string{
	"accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "average_precision", "log_loss", "brier", "ece10", "base_rate",
	"mae", "rmse", "r2",
}

// OfModel are what a report says of the model: its quality in the reference, the
// current data and each window, how the target went at equal scores, and how it treats
// groups. Nothing is said of a report without a target.
func OfModel(r drift.Report) []Grid {
	var out []Grid
	if q := r.Quality; q != nil {
		out = append(out, ofQuality(*q))
		if q.Concept != nil {
			out = append(out, ofConcept(*q.Concept))
		}
	}
	for _, f := range r.Fairness {
		out = append(out, ofGroups(f))
	}
	return slices.DeleteFunc(out, func(g Grid) bool { return len(g.Rows) < 2 })
}

// QualityRows are the rows of a quality that there are, labelled: the reference, the
// current data, the windows.
func QualityRows(q drift.Quality) (all []drift.QualityRow) {
	side := func(r *drift.QualityRow, label string) {
		if r != nil {
			one := *r
			one.Label = cmp.Or(one.Label, label)
			all = append(all, one)
		}
	}
	side(q.Reference, "reference")
	side(q.Current, "current")
	return append(all, q.Windows...)
}

func ofQuality(q drift.Quality) Grid {
	all := QualityRows(q)
	has := map[string]bool{}
	for _, r := range all {
		for name := range r.Metrics {
			has[name] = true
		}
	}
	var names []string
	for _, name := range qualities {
		if has[name] {
			names = append(names, name)
			delete(has, name)
		}
	}
	names = append(names, slices.Sorted(maps.Keys(has))...)
	g := Grid{Rows: [][]string{append([]string{"quality", "n"}, names...)}}
	for i := range names {
		g.Right = append(g.Right, i+2)
	}
	g.Right = append(g.Right, 1)
	for _, r := range all {
		row := []string{Line(r.Label), strconv.Itoa(r.N)}
		for _, name := range names {
			n, there := r.Metrics[name]
			if !there {
				n = nan()
			}
			row = append(row, fixed(n, 3))
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func ofConcept(c drift.Concept) Grid {
	g := Grid{Rows: [][]string{{"score", "reference", "n", "current", "n", "p adjusted"}}, Right: []int{1, 2, 3, 4, 5}}
	for _, b := range c.Bins {
		g.Rows = append(g.Rows, []string{
			strconv.FormatFloat(b.From, 'g', 3, 64) + " – " + strconv.FormatFloat(b.To, 'g', 3, 64),
			fixed(b.ReferenceOf, 3), strconv.Itoa(b.Reference), fixed(b.CurrentOf, 3), strconv.Itoa(b.Current), Number(b.PAdjusted),
		})
	}
	return g
}

func ofGroups(f drift.Fairness) Grid {
	g := Grid{
		Rows:  [][]string{{Line(f.Column) + ", " + Line(f.Label), "n", "base rate", "selected", "TPR", "FPR", "precision", "accuracy", "impact"}},
		Right: []int{1, 2, 3, 4, 5, 6, 7, 8},
	}
	for _, r := range f.Groups {
		g.Rows = append(g.Rows, []string{
			Line(r.Group), strconv.Itoa(r.N), fixed(r.BaseRate, 3), fixed(r.Selection, 3), fixed(r.TPR, 3), fixed(r.FPR, 3),
			fixed(r.Precision, 3), fixed(r.Accuracy, 3), fixed(r.Impact, 3),
		})
	}
	if len(g.Rows) > 1 {
		g.Rows = append(
			g.Rows,
			[]string{"difference", "", "", fixed(f.ParityGap, 3), fixed(f.ChanceGap, 3), "", "", "", ""},
			[]string{"of equalised odds", "", "", "", "", fixed(f.OddsGap, 3), "", "", ""},
		)
	}
	return g
}

// markdown writes a grid as a table.
func (g Grid) markdown(out *bufio.Writer) {
	for i, row := range g.Rows {
		cells := make([]string, len(row))
		for j, text := range row {
			cells[j] = escape(text)
		}
		out.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		if i > 0 {
			continue
		}
		for j := range row {
			cells[j] = "---"
			if slices.Contains(g.Right, j) {
				cells[j] = "---:"
			}
		}
		out.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
}
