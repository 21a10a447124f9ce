package deliveries

import (
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the delivery or the recipient under the cursor.
func (v *View) Copies() []view.Form {
	at := v.table().Cursor
	if at >= v.table().Count {
		return nil
	}
	titles, texts := v.table().Cells(func(col int) widget.Cell { return v.cell(at, col) })
	row := view.Record{Titles: titles, Texts: texts}.Forms("the row")
	if v.who {
		return append([]view.Form{{Press: "n", Copy: view.Copy{Text: v.recipients[at].name, What: "the name of the recipient"}}}, row...)
	}
	return append([]view.Form{{Press: "i", Copy: view.Copy{Text: v.delivery().ID, What: "the id of the delivery"}}}, row...)
}
