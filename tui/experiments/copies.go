package experiments

import (
	"benchside/sanitize"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the experiment under the cursor, and its row.
func (v *View) Copies() []view.Form {
	if v.table.Cursor >= len(v.rows) {
		return nil
	}
	r := v.rows[v.table.Cursor]
	titles, texts := v.table.Cells(func(col int) widget.Cell {
		if col == 0 {
			return widget.Cell{Text: sanitize.Line(r.path)}
		}
		return v.cell(r, col)
	})
	row := view.Record{Titles: titles, Texts: texts}.Forms("the row")
	if r.experiment < 0 {
		return append([]view.Form{{Press: "n", Copy: view.Copy{Text: r.path, What: "the name of the folder"}}}, row...)
	}
	e := v.all[r.experiment]
	return append([]view.Form{
		{Press: "i", Copy: view.Copy{Text: e.ID, What: "the id of " + sanitize.Line(e.Name)}},
		{Press: "n", Copy: view.Copy{Text: e.Name, What: "the name"}},
		{Press: "p", Copy: view.Copy{Text: e.ArtifactLocation, What: "the path of its artifacts"}},
	}, row...)
}

// Spot implements view.Returner: the path under the cursor.
func (v *View) Spot() string {
	if v.back == "" && v.table.Cursor < len(v.rows) {
		return v.rows[v.table.Cursor].path
	}
	return v.back
}

// Return implements view.Returner.
func (v *View) Return(spot string) { v.back = spot }
