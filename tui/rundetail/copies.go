package rundetail

import (
	"cmp"

	"benchside/sanitize"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the run, and the line under the cursor.
func (v *View) Copies() []view.Form {
	if !v.known {
		return nil
	}
	forms := []view.Form{
		{Press: "i", Copy: view.Copy{Text: v.run.ID, What: "the id of " + cmp.Or(sanitize.Line(v.run.Name), v.run.ID)}},
		{Press: "n", Copy: view.Copy{Text: v.run.Name, What: "the name"}},
		{Press: "p", Copy: view.Copy{Text: v.run.ArtifactURI, What: "the path of its artifacts"}},
	}
	if v.table.Cursor >= len(v.lines) {
		return forms
	}
	l := v.lines[v.table.Cursor]
	if l.full != "" {
		forms = append(forms, view.Form{Press: "v", Copy: view.Copy{Text: l.full, What: "the line"}})
	}
	if v.tab == overview { // its columns have no titles
		return forms
	}
	titles, texts := v.table.Cells(func(col int) widget.Cell {
		if col < len(l.cells) {
			return l.cells[col]
		}
		return widget.Cell{}
	})
	return append(forms, view.Record{Titles: titles, Texts: texts}.Forms("the line")...)
}

// Spot implements view.Returner: the part in front.
func (v *View) Spot() string { return tabNames[v.tab] }

// Return implements view.Returner.
func (v *View) Return(spot string) { v.At(spot) }
