package figures

import (
	"fmt"
	"math"
	"strings"

	"benchside/compare"
	"benchside/plots"
	"benchside/sanitize"
)

// heatmapOf correlates the fields over the runs that have both.
func heatmapOf(runs []compare.Subject, fields []Field, _ Options) (plots.Chart, error) {
	c := &plots.Heatmap{Title: "Spearman's correlation", Around0: true}
	least, most := len(runs), 0
	var notes []string
	lacking := make([]bool, len(fields))
	for i, f := range fields {
		why := f.lacks(runs)
		if lacking[i] = why != ""; why != "" {
			notes = append(notes, sanitize.Line(f.Key)+" "+why)
		}
	}
	for i, a := range fields {
		c.Rows, c.Cols = append(c.Rows, sanitize.Line(a.Key)), append(c.Cols, sanitize.Line(a.Key))
		for k, b := range fields {
			var x, y []float64
			for _, s := range runs {
				u, v := a.Of(s.Run), b.Of(s.Run)
				if !math.IsNaN(u+v) && !math.IsInf(u, 0) && !math.IsInf(v, 0) {
					x, y = append(x, u), append(y, v)
				}
			}
			if !lacking[i] && !lacking[k] {
				least, most = min(least, len(x)), max(most, len(x))
			}
			r, err := compare.Spearman(x, y, 0.95)
			if err != nil {
				r.R = math.NaN()
			}
			c.Values = append(c.Values, r.R)
		}
	}
	switch {
	case most == 0:
	case least == most:
		notes = append(notes, fmt.Sprintf("over %d runs", most))
	default:
		notes = append(notes, fmt.Sprintf("each over %d to %d runs", least, most))
	}
	c.Note = strings.Join(notes, ", ")
	return c, nil
}

// lacks says why a field has no correlation with any other, "" if it has numbers that
// differ.
func (f Field) lacks(runs []compare.Subject) string {
	texts := 0
	values := map[float64]bool{}
	for _, s := range runs {
		if f.text(s.Run) {
			texts++
		}
		if v := f.Of(s.Run); !math.IsNaN(v) && !math.IsInf(v, 0) {
			values[v] = true
		}
	}
	switch {
	case len(values) > 1:
		return ""
	case texts > 0:
		return "is text"
	case len(values) == 1:
		return "is constant"
	}
	return "is missing"
}
