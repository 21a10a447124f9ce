package model

import (
	"fmt"
	"strconv"

	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copies implements view.Copier: the version under the cursor with its row, and the
// line of the part below it.
func (v *View) Copies() []view.Form {
	var forms []view.Form
	if at := v.side.table.Cursor; v.side.focus && at < len(v.side.rows) && v.side.rows[at].full != "" {
		forms = append(forms, view.Form{Press: "v", Copy: view.Copy{Text: v.side.rows[at].full, What: "the line"}})
	}
	m := v.version()
	if m == nil {
		return append(forms, view.Form{Press: "n", Copy: view.Copy{Text: v.asked.Name, What: "the name"}})
	}
	at := v.table.Cursor
	titles, texts := v.table.Cells(func(col int) widget.Cell {
		if col == number {
			return widget.Cell{Text: fmt.Sprint(m.Version)}
		}
		return v.cell(at, col)
	})
	forms = append(forms,
		view.Form{Press: "p", Copy: view.Copy{Text: fmt.Sprintf("models:/%s/%d", m.Name, m.Version), What: "the URI of the version"}},
		view.Form{Press: "n", Copy: view.Copy{Text: m.Name, What: "the name"}},
		view.Form{Press: "i", Copy: view.Copy{Text: m.RunID, What: "the id of its run"}},
		view.Form{Press: "s", Copy: view.Copy{Text: m.Source, What: "its source"}})
	return append(forms, view.Record{Titles: titles, Texts: texts}.Forms("the row")...)
}

// Spot implements view.Returner: the version under the cursor.
func (v *View) Spot() string {
	if m := v.version(); m != nil {
		return strconv.FormatInt(m.Version, 10)
	}
	if v.asked.Version > 0 {
		return strconv.FormatInt(v.asked.Version, 10)
	}
	return ""
}

// Return implements view.Returner.
func (v *View) Return(spot string) {
	if n, err := strconv.ParseInt(spot, 10, 64); err == nil {
		v.asked.Version = n
	}
}
