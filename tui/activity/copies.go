package activity

import (
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the line under the cursor.
func (v *View) Copies() []view.Form {
	l := v.line()
	if l == nil {
		return nil
	}
	at := v.table.Cursor
	titles, texts := v.table.Cells(func(col int) widget.Cell { return v.cell(at, col) })
	return append([]view.Form{
		{Press: "v", Copy: view.Copy{Text: brief(*l), What: "the line"}},
		{Press: "n", Copy: view.Copy{Text: l.Of.Name, What: "the name of the model"}},
	}, view.Record{Titles: titles, Texts: texts}.Forms("the row")...)
}
