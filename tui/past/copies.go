package past

import (
	"fmt"

	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the version under the cursor as it was.
func (v *View) Copies() []view.Form {
	if v.table.Cursor >= len(v.rows) {
		return nil
	}
	at := v.table.Cursor
	titles, texts := v.table.Cells(func(col int) widget.Cell { return v.cell(at, col) })
	r := v.rows[at]
	forms := []view.Form{{Press: "n", Copy: view.Copy{Text: r.model.Name, What: "the name"}}}
	if r.version.Version > 0 {
		forms = append(forms, view.Form{Press: "p", Copy: view.Copy{Text: fmt.Sprintf("models:/%s/%d", r.model.Name, r.version.Version), What: "the URI of the version"}})
	}
	return append(forms, view.Record{Titles: titles, Texts: texts}.Forms("the row")...)
}
