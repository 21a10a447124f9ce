package runtable

import (
	"cmp"
	"encoding/json"
	"math"
	"strings"

	"benchside/store"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the run under the cursor, and its row.
func (v *View) Copies() []view.Form {
	h := v.current()
	if h == nil {
		return nil
	}
	called := cmp.Or(clean(h.Name), clean(h.ID))
	forms := []view.Form{
		{Press: "i", Copy: view.Copy{Text: h.ID, What: "the id of " + called}},
		{Press: "n", Copy: view.Copy{Text: h.Name, What: "the name"}},
		{Press: "p", Copy: view.Copy{Text: "runs:/" + h.ID, What: "the path runs:/…"}},
	}
	row := v.rows[v.table.Cursor]
	titles, texts := v.table.Cells(func(col int) widget.Cell {
		if col == 0 {
			return widget.Cell{Text: called}
		}
		return v.cell(row, col)
	})
	forms = append(forms, view.Record{Titles: titles, Texts: texts}.Forms("the row")[0],
		view.Form{Press: "j", Copy: view.Copy{Text: v.object(h), What: "the row as JSON"}})
	if ids := v.Marked(); len(ids) > 0 {
		forms = append(forms, view.Form{Press: "a", Copy: view.Copy{Text: strings.Join(ids, "\n"), What: "the ids of " + widget.Several(len(ids), "marked run")}})
	}
	return forms
}

// object is a run with its columns in JSON, values as they were logged.
func (v *View) object(h *store.Head) string {
	cells := v.cells[h.ID]
	out := map[string]any{
		"run_id": h.ID, "name": h.Name, "status": h.Status, "experiment_id": h.ExperimentID, "start_time": h.Start, "end_time": h.End,
	}
	for _, c := range v.columns {
		key := c.Field.Key
		switch c.Field.Kind {
		case store.MetricField:
			if p, ok := cells.Metrics[key]; ok {
				out["metrics."+key] = number(p.Value)
			}
		case store.ParamField:
			if text, ok := cells.Params[key]; ok {
				out["params."+key] = text
			}
		case store.TagField:
			if text, ok := cells.Tags[key]; ok {
				out["tags."+key] = text
			}
		}
	}
	text, err := json.Marshal(out)
	if err != nil { // what JSON has no number for is a text already
		return err.Error()
	}
	return string(text)
}

// number is a value as JSON has it: the words for those that it has not.
func number(x float64) any {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "Infinity"
	case math.IsInf(x, -1):
		return "-Infinity"
	}
	return x
}

// Marked implements view.Marker: the marked runs in the order of the table.
func (v *View) Marked() []string {
	ids := make([]string, 0, len(v.marking.ids))
	for id := range v.marking.ids {
		ids = append(ids, id)
	}
	return v.inRows(ids)
}
