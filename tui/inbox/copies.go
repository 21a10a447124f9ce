package inbox

import (
	"fmt"

	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the request under the cursor.
func (v *View) Copies() []view.Form {
	q := v.request()
	if q == nil {
		return nil
	}
	at := v.table.Cursor
	titles, texts := v.table.Cells(func(col int) widget.Cell { return v.cell(at, col) })
	return append([]view.Form{
		{Press: "v", Copy: view.Copy{Text: v.brief(q), What: "the request"}},
		{Press: "i", Copy: view.Copy{Text: fmt.Sprint(q.ID), What: "its number"}},
		{Press: "n", Copy: view.Copy{Text: q.Model, What: "the name of the model"}},
		{Press: "p", Copy: view.Copy{Text: fmt.Sprintf("models:/%s/%d", q.Model, q.Version), What: "the URI of the version"}},
	}, view.Record{Titles: titles, Texts: texts}.Forms("the row")...)
}
