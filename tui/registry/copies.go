package registry

import (
	"cmp"

	"benchside/sanitize"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the model under the cursor, and its row.
func (v *View) Copies() []view.Form {
	if v.table.Cursor >= len(v.models) {
		return nil
	}
	light := &v.models[v.table.Cursor]
	whole, ok := v.whole[light.Name]
	titles, texts := v.table.Cells(func(col int) widget.Cell { return v.cell(light, &whole, ok, col) })
	return append([]view.Form{
		{Press: "n", Copy: view.Copy{Text: light.Name, What: "the name of " + sanitize.Line(light.Name)}},
		{Press: "p", Copy: view.Copy{Text: "models:/" + light.Name, What: "the path models:/…"}},
		{Press: "d", Copy: view.Copy{Text: light.Description, What: "the description"}},
	}, view.Record{Titles: titles, Texts: texts}.Forms("the row")...)
}

// Spot implements view.Returner: the model under the cursor.
func (v *View) Spot() string { return cmp.Or(v.wanted, v.current()) }

// Return implements view.Returner.
func (v *View) Return(spot string) { v.wanted = spot }
