package comparison

import (
	"benchside/sanitize"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the value and the run under the cursor, the row, and
// all of the table.
func (v *View) Copies() []view.Form {
	if v.noRun() != "" || v.grid.Count == 0 {
		return nil
	}
	var forms []view.Form
	if r := v.row(); r != nil {
		forms = append(forms,
			view.Form{Press: "v", Copy: view.Copy{Text: r.Cells[v.subject()].Text, What: r.Name()}},
			view.Form{Press: "n", Copy: view.Copy{Text: r.Key, What: "the name of the key"}})
	}
	run := v.subjects[v.subject()].Run
	forms = append(forms, view.Form{Press: "i", Copy: view.Copy{Text: run.ID, What: "the id of " + sanitize.Line(run.Name)}})
	at := v.grid.Cursor
	titles, texts := v.grid.Cells(func(col int) widget.Cell { return v.cell(at, col) })
	return append(forms, view.Record{Titles: titles, Texts: texts}.Forms("the row")...)
}
