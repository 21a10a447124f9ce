package tablepane

import (
	"benchside/tui/view"
)

// Copies implements view.Copier: the cell under the cursor, and its row as it is in the
// file.
func (v *View) Copies() []view.Form {
	at := v.table.Cursor
	if v.noColumn() != "" || at >= v.table.Count {
		return nil
	}
	var r view.Record
	for c, about := range v.base.Columns() {
		value, _ := v.value(at, c)
		r.Titles, r.Texts = append(r.Titles, about.Name), append(r.Texts, value.Text)
	}
	value, _ := v.value(at, v.column())
	return append([]view.Form{
		{Press: "v", Copy: view.Copy{Text: value.Text, What: "the cell"}},
		{Press: "n", Copy: view.Copy{Text: r.Titles[v.column()], What: "the name of the column"}},
	}, r.Forms("the row")...)
}
