package sqlite

import (
	"context"
	"fmt"
	"strings"

	"benchside/store"
	"benchside/store/ledger"
)

// kept are columns that any later change of the same model moves: where one is not
// what a line left, it is left as it is, and is no reason not to undo.
func kept(table, column string) bool {
	return table == "registered_models" && column == "last_updated_time"
}

// takeBack makes the changes of a line undone, each row of it checked first.
func (t *tx) takeBack(ctx context.Context, l store.Line) error {
	for _, c := range ledger.Reversed(l.Changes) {
		where, args := t.keyed(c)
		now, there, err := t.rowAt(ctx, c.Table, where, args)
		if err != nil {
			return err
		}
		if err := unchanged(c, now, there); err != nil {
			return err
		}
		switch {
		case c.After == nil:
			err = t.run(ctx, "DELETE FROM "+c.Table+" WHERE "+where, args...)
		case c.Before == nil:
			err = t.insert(ctx, c.Table, c.After)
		default:
			err = t.setRow(ctx, c, now, where, args)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unchanged checks that a row still is what the change to be made begins with.
func unchanged(c store.RowChange, now ledger.Row, there bool) error {
	switch {
	case c.Before == nil && there:
		return stale("%s is there again", named(c))
	case c.Before == nil:
		return nil
	case !there:
		return stale("%s is not there any more", named(c))
	}
	for column, value := range c.Before {
		if now[column] != value && !kept(c.Table, column) {
			return stale("%s: %s is %q now", named(c), column, asText(now[column]))
		}
	}
	return nil
}

// named is a row as people call it.
func named(c store.RowChange) string {
	parts := []string{strings.ReplaceAll(strings.TrimSuffix(c.Table, "s"), "_", " ")}
	for _, column := range []string{"name", "version", "key", "alias", "stage", "id", "model_id"} {
		if value, ok := c.Key[column]; ok {
			parts = append(parts, asText(value))
		}
	}
	return strings.Join(parts, " ")
}

// keyed is the condition that finds a row by its key. The names of columns come out
// of a ledger that somebody may have edited, so those that are no names of ours
// find nothing.
func (t *tx) keyed(c store.RowChange) (where string, args []any) {
	for _, column := range ledger.KeyColumns(c.Table) {
		if value, ok := c.Key[column]; ok {
			args = append(args, value)
			where += fmt.Sprintf(` AND "%s" = ?%d`, column, len(args))
		}
	}
	return "1 = 1" + where, args
}

func (t *tx) rowAt(ctx context.Context, table, where string, args []any) (ledger.Row, bool, error) {
	if !ledger.Known(table) || len(args) == 0 {
		return nil, false, fmt.Errorf("%w: a row of %q without a key", store.ErrBroken, table)
	}
	columns, err := columnsOf(ctx, t.c, table)
	if err != nil {
		return nil, false, err
	}
	values, ok, err := t.one(ctx, "SELECT * FROM "+table+" WHERE "+where, args...)
	if err != nil || !ok {
		return nil, false, err
	}
	row := ledger.Row{}
	for i, column := range columns {
		row[column] = values[i]
	}
	return row, true, nil
}

// setRow sets the columns of a change; now has the names of those that there are.
func (t *tx) setRow(ctx context.Context, c store.RowChange, now ledger.Row, where string, args []any) error {
	var sets []string
	for column, value := range c.After {
		if _, known := now[column]; !known || kept(c.Table, column) && now[column] != c.Before[column] {
			continue
		}
		args = append(args, value)
		sets = append(sets, fmt.Sprintf(`"%s" = ?%d`, column, len(args)))
	}
	if len(sets) == 0 {
		return nil
	}
	return t.run(ctx, "UPDATE "+c.Table+" SET "+strings.Join(sets, ", ")+" WHERE "+where, args...)
}
