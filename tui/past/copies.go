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
	if r.model != nil {
		return []view.Form{
			{Press: "n", Copy: view.Copy{Text: r.model.Name, What: "the name"}},
			{Press: "p", Copy: view.Copy{Text: "models:/" + r.model.Name, What: "the path models:/…"}},
		}
	}
	return append([]view.Form{
		{Press: "p", Copy: view.Copy{Text: fmt.Sprintf("models:/%s/%d", r.version.Name, r.version.Version), What: "the URI of the version"}},
		{Press: "n", Copy: view.Copy{Text: r.version.Name, What: "the name"}},
		{Press: "i", Copy: view.Copy{Text: r.version.RunID, What: "the id of its run"}},
	}, view.Record{Titles: titles, Texts: texts}.Forms("the row")...)
}
