package previews

import (
	"context"
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
	var a, b map[string]string
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
			from, to := a[name], b[name]
			d.add("changed", where+", "+name, &from, &to, limit)
		}
	}
	return nil
}

// where names a row by its key, else by its place from 1.
func (t *tableRows) where(r tables.RowDiff, a, b map[string]string) string {
	if len(t.diff.Key) == 0 {
		return fmt.Sprintf("row %d", max(r.A, r.B)+1)
	}
	values := a
	if values == nil {
		values = b
	}
	var parts []string
	for _, k := range t.diff.Key {
		parts = append(parts, k+" "+values[k])
	}
	return strings.Join(parts, ", ")
}

// whole writes all cells of a row.
func (t *tableRows) whole(row map[string]string) *string {
	var parts []string
	for _, c := range t.diff.Columns {
		if v, ok := row[c.Name]; ok && !slices.Contains(t.diff.Key, c.Name) {
			parts = append(parts, c.Name+" "+v)
		}
	}
	text := strings.Join(parts, ", ")
	return &text
}

func rowOf(ctx context.Context, t tables.Table, row int64) (map[string]string, error) {
	rows, err := t.Rows(ctx, nil, row, 1)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	columns := t.Columns()
	for _, values := range rows {
		for i, v := range values {
			out[columns[i].Name] = cellText(v)
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

func some(text string) *string { return &text }
