package runtable

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/view"
)

// What is alike is told by so many values at most: some 200 ms of reading.
const (
	terseRuns  = 1000
	terseCells = 150_000
)

// alike are the fields that say nothing of some runs: empty, or the same in all.
type alike struct {
	fields map[store.Field]bool
	rows   int
}

// turnTerse leaves out the columns that say nothing, or brings them back.
func (v *View) turnTerse() tea.Cmd {
	v.set.terse = terse{on: !v.set.terse.on}
	if v.set.terse.on {
		return v.loadTerse()
	}
	v.loads.terse.Cancel()
	v.leaveOut(nil)
	return v.loadCells()
}

// loadTerse reads runs all over those that are shown, to see which columns differ.
func (v *View) loadTerse() tea.Cmd {
	if !v.set.terse.on {
		return nil
	}
	var fields []store.Field
	for _, c := range v.columns {
		if c.Field.Kind != store.AttributeField {
			fields = append(fields, c.Field)
		}
	}
	ids := spaced(v.matching(), min(terseRuns, max(terseCells/max(len(fields), 1), 20)))
	if len(ids) == 0 {
		return nil // the heads come later
	}
	r := v.reader
	return view.Load(&v.loads.terse, func(ctx context.Context) (alike, error) {
		cells, err := r.Cells(ctx, ids, fields)
		return alike{same(fields, ids, cells), len(ids)}, err
	})
}

// spaced takes n of them, evenly.
func spaced(ids []string, n int) []string {
	if len(ids) <= n {
		return ids
	}
	out := make([]string, n)
	for i := range out {
		out[i] = ids[i*len(ids)/n]
	}
	return out
}

// same are the fields that are empty or the same in all of some runs that have any; one
// run alone differs from none.
func same(fields []store.Field, ids []string, cells map[string]store.Cells) map[store.Field]bool {
	out := map[store.Field]bool{}
	for _, f := range fields {
		first, found, differs := "", 0, false
		var number float64
		for _, id := range ids {
			c := cells[id]
			text, ok := "", false
			switch f.Kind {
			case store.MetricField:
				var p store.Point
				if p, ok = c.Metrics[f.Key]; ok && found > 0 && p.Value != number {
					differs = true // a NaN differs, too
				}
				number = p.Value
			case store.ParamField:
				text, ok = c.Params[f.Key]
			case store.TagField:
				text, ok = c.Tags[f.Key]
			}
			if !ok {
				continue
			}
			if found > 0 && text != first {
				differs = true
			}
			first = text
			if found++; differs {
				break
			}
		}
		out[f] = found == 0 || !differs && len(ids) > 1
	}
	return out
}

func (v *View) takeTerse(m alike) tea.Cmd {
	if !v.set.terse.on {
		return nil
	}
	v.set.terse.rows = m.rows
	v.leaveOut(m.fields)
	v.resize()
	return v.loadCells()
}

// leaveOut leaves out the columns of fields.
func (v *View) leaveOut(fields map[store.Field]bool) {
	v.set.terse.off = 0
	cols := make([]column, len(v.columns))
	copy(cols, v.columns)
	for i := range cols {
		if cols[i].off = fields[cols[i].Field] && !cols[i].Pinned; cols[i].off {
			v.set.terse.off++
		}
	}
	v.putColumns(cols)
	v.table.Side(0)
}
