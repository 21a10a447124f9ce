package previews

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"benchside/artifacts/tables"
)

func (d *Difference) tables(ctx context.Context, a, b *Table, f Comparing) error {
	d.As = "table"
	diff, err := tables.Diff(ctx, a.Table, b.Table, f.Key, f.Limit)
	if err != nil {
		return err
	}
	d.Summary, d.Cut = append(d.Summary, diff.Summary()...), diff.Cut
	d.Same = diff.Added+diff.Removed+diff.Changed+diff.RepeatedA+diff.RepeatedB == 0
	for _, c := range diff.Columns {
		switch {
		case !c.InA:
			d.add("added", "column "+c.Name, nil, some(c.B.String()), f.Limit)
		case !c.InB:
			d.add("removed", "column "+c.Name, some(c.A.String()), nil, f.Limit)
		case c.A != c.B:
			d.add("retyped", "column "+c.Name, some(c.A.String()), some(c.B.String()), f.Limit)
		default:
			continue
		}
		d.Same = false
	}
	rows := tableRows{a: a.Table, b: b.Table, diff: &diff}
	for _, r := range diff.Rows {
		if err := rows.add(ctx, d, r, f.Limit); err != nil {
			return err
		}
	}
	return nil
}

// tableRows writes the rows that differ.
type tableRows struct {
	a, b tables.Table
	diff *tables.TableDiff
}

func (t *tableRows) add(ctx context.Context, d *Difference, r tables.RowDiff, limit int) error {
	var a, b rowCells
	var err error
	if r.A >= 0 {
		if a, err = rowOf(ctx, t.a, r.A); err != nil {
			return err
		}
	}
	if r.B >= 0 {
		if b, err = rowOf(ctx, t.b, r.B); err != nil {
			return err
		}
	}
	where := t.where(r, a, b)
	switch r.Change {
	case tables.RowAdded:
		d.add("added", where, nil, t.whole(b), limit)
	case tables.RowRemoved:
		d.add("removed", where, t.whole(a), nil, limit)
	default:
		for _, i := range r.Columns {
			name := t.diff.Columns[i].Name
			d.add("changed", where+", "+name, a.cell(name), b.cell(name), limit)
		}
	}
	return nil
}

// where names a row by its key, else by its place from 1.
func (t *tableRows) where(r tables.RowDiff, a, b rowCells) string {
	if len(t.diff.Key) == 0 {
		return fmt.Sprintf("row %d", max(r.A, r.B)+1)
	}
	values := a
	if values == nil {
		values = b
	}
	var parts []string
	for _, k := range t.diff.Key {
		parts = append(parts, k+" "+cellText(values[k]))
	}
	return strings.Join(parts, ", ")
}

// whole writes all cells of a row but those of the key, which name it; as JSON it
// is all of them by column.
func (t *tableRows) whole(row rowCells) *Different {
	var parts []string
	out := Different{typed: json.RawMessage("{")}
	for _, c := range t.diff.Columns {
		v, ok := row[c.Name]
		if !ok {
			continue
		}
		if !slices.Contains(t.diff.Key, c.Name) {
			parts = append(parts, c.Name+" "+cellText(v))
		}
		if len(out.typed) > 1 {
			out.typed = append(out.typed, ',')
		}
		name := tables.Value{Kind: tables.Word, Text: c.Name}
		out.typed = append(append(append(out.typed, name.JSON()...), ':'), v.JSON()...)
	}
	out.Text, out.typed = strings.Join(parts, ", "), append(out.typed, '}')
	return &out
}

// rowCells are the cells of a row by the name of their column.
type rowCells map[string]tables.Value

func (r rowCells) cell(name string) *Different {
	return &Different{cellText(r[name]), r[name].JSON()}
}

func rowOf(ctx context.Context, t tables.Table, row int64) (rowCells, error) {
	rows, err := t.Rows(ctx, nil, row, 1)
	if err != nil {
		return nil, err
	}
	out := rowCells{}
	columns := t.Columns()
	for _, values := range rows {
		for i, v := range values {
			out[columns[i].Name] = v
		}
	}
	return out, nil
}

// cellText is a cell as it is compared in words.
func cellText(v tables.Value) string {
	switch {
	case v.Kind == tables.Missing:
		return "—"
	case v.Whole > 0:
		return v.Text + "…"
	}
	return v.Text
}

func some(text string) *Different { return &Different{Text: text} }
