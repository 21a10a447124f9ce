package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"benchside/store"
	"benchside/store/search"
)

// Statement implements store.QueryExplainer: one statement with its values in it,
// which finds what Match does. Match itself reads in windows and finds costly conditions
// first.
func (d *DB) Statement(ctx context.Context, q store.RunQuery) (string, error) {
	f, err := d.settled(ctx, q.Filter)
	if err != nil {
		return "", fmt.Errorf("write the statement: %w", err)
	}
	var conditions []string
	switch q.Stage {
	case store.ActiveOnly:
		conditions = append(conditions, "r.lifecycle_stage IS NOT 'deleted'")
	case store.DeletedOnly:
		conditions = append(conditions, "r.lifecycle_stage IS 'deleted'")
	}
	if q.Experiments != nil {
		conditions = append(conditions, "r.experiment_id IN ("+strings.Trim(numbers(q.Experiments), "[]")+")")
	}
	all, ok := f.Expr.(search.And)
	if !ok && f.Expr != nil {
		all = search.And{f.Expr}
	}
	for _, part := range all {
		sql, args, err := d.schema.whereRuns(search.Filter{Expr: part})
		if err != nil {
			return "", fmt.Errorf("write the statement: %w", err)
		}
		conditions = append(conditions, withValues(sql, args))
	}
	order, err := ordered(q.Order)
	if err != nil {
		return "", fmt.Errorf("write the statement: %w", err)
	}
	sql := "SELECT r.run_uuid\nFROM runs r"
	for i, c := range conditions {
		sql += map[bool]string{true: "\nWHERE ", false: "\n  AND "}[i == 0] + c
	}
	sql += "\nORDER BY " + order
	if q.Limit > 0 {
		sql += "\nLIMIT " + strconv.Itoa(q.Limit)
	}
	return sql, nil
}

// withValues puts the values into a filter, whose only question marks are theirs.
func withValues(sql string, args []any) string {
	var out strings.Builder
	for i, part := range strings.Split(sql, "?") {
		if i > 0 {
			out.WriteString(literal(args[i-1]))
		}
		out.WriteString(strings.ReplaceAll(part, "\t", "  "))
	}
	return out.String()
}

// literal writes a value as SQL does.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		if strings.ContainsRune(v, 0) { // which ends a statement
			return fmt.Sprintf("CAST(x'%x' AS TEXT)", v)
		}
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	case float64:
		return search.SpellNumber(v)
	}
	return fmt.Sprint(v)
}

// keyOf takes the table: the value of a key that runs are ordered by.
const keyOf = `(SELECT t.value FROM %s t WHERE t.key = %s AND t.run_uuid = r.run_uuid)`

// ordered writes MLflow's order: what is missing last, NaN before it.
func ordered(orders []search.Order) (string, error) {
	var terms []string
	for _, o := range orders {
		term, _ := attribute(o.Key)
		if table, ok := keyedBy(fieldOf(o.Entity)); ok {
			term = fmt.Sprintf(keyOf, table.table, literal(o.Key))
		}
		if term == "" {
			return "", fmt.Errorf("order by %s: %w", o.Key, store.ErrNotFound)
		}
		if o.Entity == search.Metric {
			isNaN := strings.Replace(fmt.Sprintf(keyOf, "latest_metrics", literal(o.Key)), "t.value", "t.is_nan", 1)
			terms = append(terms, "coalesce("+isNaN+", 2)")
		}
		if o.Desc {
			term += " DESC"
		}
		terms = append(terms, term+" NULLS LAST")
	}
	if !slices.ContainsFunc(orders, func(o search.Order) bool { return o.Entity == search.Attribute && o.Key == "start_time" }) {
		terms = append(terms, "r.start_time DESC NULLS LAST")
	}
	return strings.Join(append(terms, "r.run_uuid"), ", "), nil
}
