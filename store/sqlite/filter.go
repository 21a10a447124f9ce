package sqlite

import (
	"fmt"
	"strconv"
	"strings"

	"benchside/store"
	"benchside/store/search"
)

// A filter becomes one expression of ours. Its values are bound, in the order of
// the parameters, which have no numbers, so that it can follow those that do. The
// test of a key is EXISTS on a primary key (key, run_uuid): one search a run, and
// a run appears once however many rows match.

// compiled makes a condition of a leaf of a filter.
type compiled func(search.Compare) (string, []any, error)

// dialect is how the leaves of a filter of one kind of record are compiled.
type dialect struct {
	compare compiled
	words   func(search.Words) (string, []any)
}

// whereRuns compiles a filter to an expression of runs r.
func (s schema) whereRuns(f search.Filter) (string, []any, error) {
	return dialect{s.runTest, s.runWords}.where(f.Expr)
}

// whereExperiments compiles a filter to an expression of experiments e.
func (s schema) whereExperiments(f search.Filter) (string, []any, error) {
	return dialect{s.experimentTest, experimentWords}.where(f.Expr)
}

// where compiles an expression. A condition can be NULL, which is no match; NOT makes
// it one, so that it is decided before.
func (d dialect) where(e search.Expr) (string, []any, error) {
	switch e := e.(type) {
	case nil:
		return "1", nil, nil
	case search.Compare:
		return d.compare(e)
	case search.Words:
		sql, args := d.words(e)
		return sql, args, nil
	case search.And:
		sql, args, err := d.all(e, " AND ")
		if len(e) == 0 {
			sql = "1"
		}
		return sql, args, err
	case search.Or:
		sql, args, err := d.all(e, " OR ")
		if len(e) == 0 {
			sql = "0"
		}
		return "(" + sql + ")", args, err
	case search.Not:
		sql, args, err := d.where(e.Expr)
		return "(" + sql + ") IS NOT TRUE", args, err
	case found:
		return "r.rowid IN (SELECT value FROM json_each(?))", []any{e.rows}, nil
	}
	return "", nil, fmt.Errorf("compile the filter: %T: %w", e, store.ErrUnsupported)
}

func (d dialect) all(parts []search.Expr, between string) (string, []any, error) {
	var tests []string
	var args []any
	for _, part := range parts {
		sql, values, err := d.where(part)
		if err != nil {
			return "", nil, err
		}
		switch part.(type) {
		case search.And, search.Not:
			sql = "(" + sql + ")"
		}
		if between != " AND " {
			sql = "(" + sql + ")"
		}
		tests, args = append(tests, sql), append(args, values...)
	}
	return strings.Join(tests, between), args, nil
}

const (
	keyedTest = `EXISTS (SELECT 1 FROM %s t WHERE t.key = ? AND t.run_uuid = r.run_uuid AND %s)`
	noKey     = `NOT EXISTS (SELECT 1 FROM %s t WHERE t.key = ? AND t.run_uuid = r.run_uuid)`

	// CROSS JOIN keeps SQLite to the index on the destination.
	datasetTest = `EXISTS (SELECT 1 FROM inputs i CROSS JOIN datasets d ON d.dataset_uuid = i.source_id
		WHERE i.destination_type = 'RUN' AND i.destination_id = r.run_uuid AND %s)`
	contextTest = `EXISTS (SELECT 1 FROM inputs i CROSS JOIN datasets d ON d.dataset_uuid = i.source_id
			CROSS JOIN input_tags c ON c.input_uuid = i.input_uuid
		WHERE i.destination_type = 'RUN' AND i.destination_id = r.run_uuid
			AND c.name = '` + store.TagDataContext + `' AND %s)`

	experimentTagTest = `EXISTS (SELECT 1 FROM experiment_tags t
		WHERE t.key = ? AND t.experiment_id = e.experiment_id AND %s)`
	noExperimentTag = `NOT EXISTS (SELECT 1 FROM experiment_tags t
		WHERE t.key = ? AND t.experiment_id = e.experiment_id)`
)

func (s schema) runTest(c search.Compare) (string, []any, error) {
	switch c.Entity {
	case search.Metric, search.Param, search.Tag:
		if c.Summary != search.Latest {
			return s.summaryTest(c)
		}
		table, _ := keyedBy(fieldOf(c.Entity))
		return keyTest(table.table, c)
	case search.Dataset:
		return s.inputTest(c)
	}
	switch c.Key {
	case "parent":
		return parentTest(c)
	case "depth":
		return valueTest(depthOf, c, c.Number)
	case "run_name":
		// As in MLflow: the column is empty for runs of before 1.30.
		return keyTest("tags", search.Compare{
			Entity: search.Tag, Key: store.TagRunName, Op: c.Op, Text: c.Text, Texts: c.Texts,
		})
	}
	column, numeric := attribute(c.Key)
	switch {
	case column == "":
		return "", nil, fmt.Errorf("attribute %s: %w", c.Key, store.ErrUnsupported)
	case numeric:
		return momentTest(column, c)
	}
	return attributeTest(column, c)
}

// keyTest compiles the comparison of a metric, a param or a tag.
func keyTest(table string, c search.Compare) (string, []any, error) {
	if c.Op == search.IsNull {
		return fmt.Sprintf(noKey, table), []any{c.Key}, nil
	}
	sql, args, err := "1", []any(nil), error(nil)
	switch {
	case c.Op == search.IsNotNull:
	case c.Entity == search.Metric:
		sql, args, err = metricTest(c)
	default:
		sql, args, err = textTest("t.value", c)
	}
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf(keyedTest, table, sql), append([]any{c.Key}, args...), nil
}

// metricTest keeps the 0 that is stored for NaN from matching: NaN differs from
// every number and stands in no other relation.
func metricTest(c search.Compare) (string, []any, error) {
	sql, args, err := valueTest("t.value", c, c.Number)
	if c.Op == search.NotEqual {
		return "(" + sql + " OR t.is_nan = 1)", args, err
	}
	return sql + " AND t.is_nan = 0", args, err
}

func (s schema) inputTest(c search.Compare) (string, []any, error) {
	if !s.has("datasets") || !s.has("inputs") || !s.has("input_tags") {
		return "0", nil, nil // a store from before MLflow knew datasets
	}
	template, column := datasetTest, ""
	switch c.Key {
	case "name":
		column = "d.name"
	case "digest":
		column = "d.digest"
	case "context":
		template, column = contextTest, "c.value"
	default:
		return "", nil, fmt.Errorf("dataset %s: %w", c.Key, store.ErrUnsupported)
	}
	sql, args, err := textTest(column, c)
	return fmt.Sprintf(template, sql), args, err
}

func (s schema) experimentTest(c search.Compare) (string, []any, error) {
	switch {
	case c.Entity == search.Tag && c.Op == search.IsNull:
		return noExperimentTag, []any{c.Key}, nil
	case c.Entity == search.Tag && c.Op == search.IsNotNull:
		return fmt.Sprintf(experimentTagTest, "1"), []any{c.Key}, nil
	case c.Entity == search.Tag:
		sql, args, err := textTest("t.value", c)
		return fmt.Sprintf(experimentTagTest, sql), append([]any{c.Key}, args...), err
	case c.Entity != search.Attribute:
		return "", nil, fmt.Errorf("search experiments by %s: %w", c.Key, store.ErrUnsupported)
	}
	switch c.Key {
	case "name":
		return attributeTest("e.name", c)
	case "creation_time":
		return momentTest("e.creation_time", c)
	case "last_update_time":
		return momentTest("e.last_update_time", c)
	case "experiment_id":
		return idTest(c)
	}
	return "", nil, fmt.Errorf("attribute %s: %w", c.Key, store.ErrUnsupported)
}

// idTest compares experiment_id, an integer that filters spell as a text.
func idTest(c search.Compare) (string, []any, error) {
	switch c.Op {
	case search.In:
		return "e.experiment_id IN (SELECT value FROM json_each(?))", []any{numbers(c.Texts)}, nil
	case search.NotIn:
		return "e.experiment_id NOT IN (SELECT value FROM json_each(?))", []any{numbers(c.Texts)}, nil
	}
	id, err := strconv.ParseInt(c.Text, 10, 64)
	if err != nil {
		return "", nil, fmt.Errorf("compare experiment_id with %q: %w", c.Text, err)
	}
	return valueTest("e.experiment_id", c, id)
}

// valueTest compares a column by the relations that all values know.
func valueTest(column string, c search.Compare, value any) (string, []any, error) {
	sign, ok := map[search.Op]string{
		search.Equal: "=", search.NotEqual: "!=",
		search.Less: "<", search.LessEqual: "<=", search.Greater: ">", search.GreaterEqual: ">=",
	}[c.Op]
	if !ok {
		return "", nil, fmt.Errorf("compare %s in that way: %w", c.Key, store.ErrUnsupported)
	}
	return column + " " + sign + " ?", []any{value}, nil
}

// textTest compares a column of texts, byte by byte.
func textTest(column string, c search.Compare) (string, []any, error) {
	if c.Numeric {
		sql, args, err := valueTest(column, c, c.Number)
		return numeric(column, sql), args, err
	}
	switch c.Op {
	case search.NotLike:
		return column + " NOT GLOB ?", []any{glob(c.Text)}, nil
	case search.NotILike:
		return "lower(" + column + ") NOT LIKE lower(?)", []any{c.Text}, nil
	case search.Matches:
		return column + " REGEXP ?", []any{c.Text}, nil
	case search.MatchesNot:
		return column + " NOT REGEXP ?", []any{c.Text}, nil
	case search.Like:
		// GLOB, since whether LIKE minds case is a setting of the connection.
		return column + " GLOB ?", []any{glob(c.Text)}, nil
	case search.ILike:
		return "lower(" + column + ") LIKE lower(?)", []any{c.Text}, nil
	case search.In:
		return column + " IN (SELECT value FROM json_each(?))", []any{list(c.Texts)}, nil
	case search.NotIn:
		return column + " NOT IN (SELECT value FROM json_each(?))", []any{list(c.Texts)}, nil
	}
	return valueTest(column, c, c.Text)
}

// glob spells a pattern of LIKE for GLOB.
func glob(like string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]", "%", "*", "_", "?").Replace(like)
}
