package widget

import (
	"reflect"
	"testing"
)

// grid is a table of three columns and ten rows: the columns stand at 0, 12 and 22.
func grid() *Table {
	t := &Table{Count: 10, Columns: []Column{
		{Title: "run ▲", Width: 10, Min: 4, Keep: true}, {Title: "loss", Width: 8, Min: 4, Right: true}, {Title: "note", Width: 6, Min: 4},
	}}
	t.Resize(60, 5)
	return t
}

func TestAPressSaysWhatItMet(t *testing.T) {
	for name, c := range map[string]struct {
		x, y, head int
		want       Press
	}{
		"a cell":                 {3, 2, 2, Press{Row: 2, Col: 0}},
		"between cells":          {12, 2, 2, Press{Row: 2, Col: -1}},
		"a title":                {14, -2, 2, Press{Row: -1, Col: 1, Head: true}},
		"an edge":                {11, -2, 2, Press{Row: -1, Col: 0, Edge: true}},
		"the edge's other cell":  {12, -2, 2, Press{Row: -1, Col: 0, Edge: true}},
		"the last column's edge": {29, -2, 2, Press{Row: -1, Col: 2, Edge: true}},
		"the rule":               {14, -1, 2, Press{Row: -1, Col: 1}},
		"a heading next to it":   {14, -1, 1, Press{Row: -1, Col: 1, Head: true}},
		"no heading":             {14, 0, 0, Press{Row: 0, Col: 1}},
		"below the rows":         {3, 5, 2, Press{Row: -1, Col: 0}},
		"right of all":           {50, -2, 2, Press{Row: -1, Col: -1}},
	} {
		if got := grid().Press(c.x, c.y, c.head, false); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestAnEdgeIsPulled(t *testing.T) {
	table := grid()
	if table.Pull(20) {
		t.Error("a table was pulled that nobody holds")
	}
	table.Press(11, -2, 2, false)
	for _, step := range []struct{ x, want int }{{16, 15}, {9, 8}, {-40, 3}, {200, 60}, {14, 13}} {
		if !table.Pull(step.x) || table.Room(0) != step.want {
			t.Errorf("pulled to %d: the column has %d cells, want %d", step.x, table.Room(0), step.want)
		}
	}
	if at := table.Layout(60); at[1].X != 15 {
		t.Errorf("the next column stands at %d, want 15", at[1].X)
	}

	// Who lays the columns out again, or turns the order, finds the width as it was left.
	table.Columns = []Column{{Title: "run ▼", Width: 10, Min: 4, Keep: true}, {Title: "loss", Width: 8, Min: 4}}
	table.Widen(0, "a name that is much longer than the column")
	if table.Room(0) != 13 {
		t.Errorf("laid out again the column has %d cells, want 13", table.Room(0))
	}
	table.Press(14, -2, 2, true) // twice: as wide as it wants
	if table.Room(0) != 42 {
		t.Errorf("let go the column has %d cells, want 42", table.Room(0))
	}
	if table.Press(3, 0, 2, false); table.Pull(30) {
		t.Error("a press elsewhere did not let the edge go")
	}
}

func TestARowIsCopiedWithoutItsSigns(t *testing.T) {
	titles, texts := grid().Cells(func(col int) Cell {
		return []Cell{{Text: "  bold-ape "}, {Text: "0.1", Tail: " ▲ +0.02"}, {}}[col]
	})
	if want := []string{"run", "loss", "note"}; !reflect.DeepEqual(titles, want) {
		t.Errorf("titles %q, want %q", titles, want)
	}
	if want := []string{"bold-ape", "0.1 ▲ +0.02", ""}; !reflect.DeepEqual(texts, want) {
		t.Errorf("texts %q, want %q", texts, want)
	}
}
