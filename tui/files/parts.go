package files

import (
	"context"
	"strings"

	"benchside/artifacts/arrays"
	"benchside/artifacts/previews"
	"benchside/artifacts/tables"
	"benchside/artifacts/trees"
	"benchside/themes"
	"benchside/tui/arraypane"
	"benchside/tui/chartpane"
	"benchside/tui/painter"
	"benchside/tui/picturepane"
	"benchside/tui/tablepane"
	"benchside/tui/textpane"
	"benchside/tui/treepane"
	"benchside/tui/view"
)

// Part is what a kind of file is shown by, and its keys.
type Part struct {
	Title string
	Keys  []view.Key
}

// Parts are the parts of the screen with the keys that they have while they have the
// focus, over empty files.
func Parts(paint *painter.Painter, theme *themes.Theme) []Part {
	parts := []Part{
		{"text, code, logs, pages, bytes", textpane.New(textpane.Log(&previews.Log{}), theme).Keys()},
		{"JSON, YAML, TOML", treepane.New(&trees.Tree{}, theme).Keys()},
	}
	const head = "column\n"
	if t, err := tables.OpenCSV(context.Background(), strings.NewReader(head), int64(len(head)), ','); err == nil { // it is in memory, and well formed
		parts = append(parts, Part{"tables", tablepane.New(t, theme).Keys()})
	}
	return append(parts,
		Part{"arrays", arraypane.Several(&arrays.Archive{}, theme).Keys()},
		Part{"charts", chartpane.New("", nil, theme).Keys()},
		Part{"pictures", picturepane.New(nil, picturepane.Series{}, paint, theme).Keys()})
}
