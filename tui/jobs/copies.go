package jobs

import (
	"fmt"
	"strings"

	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the job under the cursor.
func (v *View) Copies() []view.Form {
	if v.table.Cursor >= len(v.all) {
		return nil
	}
	j := v.all[v.table.Cursor]
	titles, texts := v.table.Cells(func(col int) widget.Cell { return v.cell(j, col) })
	return append([]view.Form{
		{Press: "i", Copy: view.Copy{Text: fmt.Sprint(j.ID), What: "the number of the job"}},
		{Press: "n", Copy: view.Copy{Text: strings.Join(j.Command, " "), What: "its command"}},
		{Press: "p", Copy: view.Copy{Text: j.Log, What: "the path of its log"}},
	}, view.Record{Titles: titles, Texts: texts}.Forms("the row")...)
}
