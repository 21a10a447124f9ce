package originals

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"benchside/artifacts/trees"
	"benchside/sanitize"
)

// table is what a file of numbers holds, whatever its notation.
type table struct {
	columns []string
	rows    [][]string
	pairs   bool // it was an object of names and numbers
}

const (
	mostRows    = 200_000
	mostColumns = 1000
)

func readTable(ctx context.Context, name string, data []byte) (table, error) {
	if strings.EqualFold(path.Ext(name), ".csv") {
		return readCSV(ctx, data)
	}
	tree, err := trees.Parse(ctx, trees.JSON, data)
	if err != nil {
		return table{}, err
	}
	return fromTree(tree)
}

func readCSV(ctx context.Context, data []byte) (table, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	var t table
	for len(t.rows) < mostRows {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && len(t.rows)%4096 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return table{}, err
		}
		row = row[:min(len(row), mostColumns)]
		if t.columns == nil {
			t.columns = row
			continue
		}
		t.rows = append(t.rows, row)
	}
	if number(first(t.columns)) == number(first(t.columns)) && !t.indexed() { // no header, but numbers
		t.rows, t.columns = append([][]string{t.columns}, t.rows...), nil
	}
	return t, nil
}

// indexed reports whether the first column has no name and a name for each row,
// as pandas writes an index: then the first row is a header, numbers or not.
func (t table) indexed() bool {
	if len(t.columns) < 2 || strings.TrimSpace(t.columns[0]) != "" || len(t.rows) == 0 {
		return false
	}
	return !slices.ContainsFunc(t.rows, func(row []string) bool { return len(row) == 0 || strings.TrimSpace(row[0]) == "" })
}

// first is the last field of a header, since the first may be empty.
func first(columns []string) string {
	if len(columns) == 0 {
		return ""
	}
	return columns[len(columns)-1]
}

// fromTree recognises the ways in which Python writes tables as JSON: pandas'
// orients split, records and list, lists of lists, and objects of numbers.
func fromTree(t *trees.Tree) (table, error) {
	root := t.Nodes[0]
	switch {
	case root.Type == trees.Array:
		return fromArray(t, 0)
	case root.Type != trees.Object:
		return table{}, ErrNumbers
	}
	kids := map[string]int{}
	scalars := 0
	t.Kids(0, func(i int) {
		kids[t.Nodes[i].Key] = i
		if t.Nodes[i].Type == trees.Number {
			scalars++
		}
	})
	for _, key := range []string{"data", "matrix", "confusion_matrix", "values", "cm"} {
		at, ok := kids[key]
		if !ok || t.Nodes[at].Type != trees.Array {
			continue
		}
		out, err := fromArray(t, at)
		for _, names := range []string{"columns", "labels", "classes", "class_names", "names"} {
			if at, ok := kids[names]; ok && t.Nodes[at].Type == trees.Array {
				out.columns = scalarsOf(t, at)
			}
		}
		return out, err
	}
	if scalars > 0 {
		out := table{columns: []string{"name", "value"}, pairs: true}
		t.Kids(0, func(i int) {
			if t.Nodes[i].Type == trees.Number {
				out.rows = append(out.rows, []string{t.Nodes[i].Key, t.Nodes[i].Text})
			}
		})
		return out, nil
	}
	return fromColumns(t)
}

// fromArray reads rows: lists, or objects whose keys are columns.
func fromArray(t *trees.Tree, at int) (table, error) {
	var out table
	places := map[string]int{}
	var err error
	t.Kids(at, func(i int) {
		if len(out.rows) >= mostRows {
			return
		}
		switch t.Nodes[i].Type {
		case trees.Array:
			out.rows = append(out.rows, scalarsOf(t, i))
		case trees.Object:
			row := make([]string, len(out.columns))
			t.Kids(i, func(k int) {
				place, seen := places[t.Nodes[k].Key]
				if !seen && len(places) < mostColumns {
					place, seen = len(places), true
					places[t.Nodes[k].Key] = place
					out.columns = append(out.columns, t.Nodes[k].Key)
				}
				for seen && len(row) <= place {
					row = append(row, "")
				}
				if seen {
					row[place] = t.Nodes[k].Text
				}
			})
			out.rows = append(out.rows, row)
		default:
			err = fmt.Errorf("row %d is a %s: %w", t.Nodes[i].Index, t.Nodes[i].Type, ErrNumbers)
		}
	})
	return out, err
}

// fromColumns reads an object of lists, or of objects (pandas' default).
func fromColumns(t *trees.Tree) (table, error) {
	var out table
	t.Kids(0, func(i int) {
		if t.Nodes[i].Type > trees.Array || len(out.columns) >= mostColumns {
			return
		}
		place := len(out.columns)
		out.columns = append(out.columns, t.Nodes[i].Key)
		for n, text := range scalarsOf(t, i) {
			if n >= mostRows {
				break
			}
			if n == len(out.rows) {
				out.rows = append(out.rows, nil)
			}
			for len(out.rows[n]) < place {
				out.rows[n] = append(out.rows[n], "")
			}
			out.rows[n] = append(out.rows[n], text)
		}
	})
	if len(out.columns) == 0 {
		return out, ErrNumbers
	}
	return out, nil
}

func scalarsOf(t *trees.Tree, at int) []string {
	var out []string
	t.Kids(at, func(i int) { out = append(out, t.Nodes[i].Text) })
	return out
}

// number reads a cell; NaN is what is none.
func number(text string) float64 {
	switch text = strings.TrimSpace(text); strings.ToLower(text) {
	case "true":
		return 1
	case "false":
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

// column returns the numbers of the first column that has one of these names.
func (t table) column(names ...string) ([]float64, bool) {
	at := t.place(names...)
	if at < 0 {
		return nil, false
	}
	out := make([]float64, len(t.rows))
	for i := range t.rows {
		out[i] = number(t.cell(i, at))
	}
	return out, true
}

func (t table) place(names ...string) int {
	for _, name := range names {
		for i, c := range t.columns {
			if strings.EqualFold(strings.TrimSpace(c), name) {
				return i
			}
		}
	}
	return -1
}

func (t table) cell(row, col int) string {
	if col < len(t.rows[row]) {
		return t.rows[row][col]
	}
	return ""
}

// label is a name, safe to show.
func label(text string) string { return sanitize.Line(strings.TrimSpace(text)) }
