package pages

import (
	"encoding/json"
	"fmt"
	"strings"

	"benchside/sanitize"
)

// evidently is what the data in a page of Evidently says in words and numbers
// (evidently/renderers/html_widgets.py): its counters, and what was found of each
// column. The rest are charts.
type evidently struct {
	counters []string
	columns  [][]string
}

// Of a page, far more than reports have.
const (
	mostCounters = 200
	mostDrifted  = 5000
)

// counter is a number with its name; the name alone is a heading.
type counter struct {
	Value any    `json:"value"`
	Label string `json:"label"`
}

// driftRow is a row of the table of columns.
type driftRow struct {
	Column string `json:"column_name"`
	Type   string `json:"column_type"`
	Test   string `json:"stattest_name"`
	Drift  any    `json:"data_drift"`
	Score  any    `json:"drift_score"`
}

func evidentlyIn(script string) evidently {
	var out evidently
	each(script, `"counters":`, func(d *json.Decoder) bool {
		var all []counter
		if d.Decode(&all) != nil {
			return true // not one of Evidently's
		}
		var parts []string
		for _, c := range all {
			value := ""
			if c.Value != nil {
				value = fmt.Sprint(c.Value)
			}
			if value != "" && c.Label != "" {
				value += ": "
			}
			parts = append(parts, value+c.Label)
		}
		out.counters = append(out.counters, strings.Join(parts, ", "))
		return len(out.counters) < mostCounters
	})
	each(script, `"data":`, func(d *json.Decoder) bool {
		var rows []driftRow
		if d.Decode(&rows) != nil {
			return true // the data of a chart
		}
		for _, r := range rows {
			if r.Column != "" && r.Test != "" {
				out.columns = append(out.columns, []string{r.Column, r.Type, r.Test, fmt.Sprint(r.Score), fmt.Sprint(r.Drift)})
			}
		}
		return len(out.columns) < mostDrifted
	})
	return out
}

// each calls read behind each place of a key, until it is false. Values may lie in
// each other and be open to the end, so what is read of them in all is bounded.
func each(script, key string, read func(*json.Decoder) bool) {
	left := 4*len(script) + 1<<20
	for left > 0 {
		_, rest, found := strings.Cut(script, key)
		if !found {
			return
		}
		r := strings.NewReader(rest)
		d := json.NewDecoder(r)
		if !read(d) {
			return
		}
		left -= len(rest) - r.Len()
		script = rest[min(d.InputOffset(), int64(len(rest))):]
	}
}

// evidently adds what a script says, unless it stands in a table.
func (w *writer) evidently(script string) {
	found := evidentlyIn(script)
	if len(w.rows) > 0 || len(found.counters)+len(found.columns) == 0 {
		return
	}
	w.newline()
	for _, line := range found.counters {
		w.put(cut(line))
		w.newline()
	}
	if len(found.columns) == 0 {
		return
	}
	w.blank()
	w.rows = [][]string{{"column", "type", "test", "score", "drift"}}
	for _, row := range found.columns {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = cut(cell)
		}
		w.rows = append(w.rows, cells)
	}
	w.endTable()
}

// cut makes a text short and safe.
func cut(text string) string {
	out := []rune(sanitize.Line(text))
	if len(out) > mostCell {
		out = append(out[:mostCell-1], '…')
	}
	return string(out)
}
