package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"benchside/store"
	"benchside/store/memory"
	"benchside/store/search"
)

// Three kinds of condition cost more than a search of an index a run: words, which
// may be in any param and tag; what all points of a metric add up to; how deep a run
// is. The runs that meet one are found first, each kind by its own scan in windows,
// and the statement asks for their rowids.

// found is a condition whose runs are known.
type found struct {
	search.Expr // the condition itself
	rows        *rowids
}

// rowids are those of runs, rising.
type rowids struct{ all []int64 }

func isRowids(v any) bool { _, ok := v.(*rowids); return ok }

// in are the rowids of a window, to be read by json_each.
func (r *rowids) in(w span) string {
	from, _ := slices.BinarySearch(r.all, w.low)
	to, ok := slices.BinarySearch(r.all, w.high)
	if ok {
		to++
	}
	b, err := json.Marshal(r.all[from:max(from, to)])
	if err != nil || from >= to {
		return "[]" // numbers always have a JSON form
	}
	return string(b)
}

// inWindow are the arguments of a filter for one window of runs.
func inWindow(args []any, w span) []any {
	if !slices.ContainsFunc(args, isRowids) {
		return args
	}
	out := slices.Clone(args)
	for i, a := range out {
		if r, ok := a.(*rowids); ok {
			out[i] = r.in(w)
		}
	}
	return out
}

// byTag asks for the name of runs where MLflow looks for it, since a search can start
// there.
func byTag(e search.Expr) search.Expr {
	all := func(parts []search.Expr) []search.Expr {
		out := make([]search.Expr, len(parts))
		for i, part := range parts {
			out[i] = byTag(part)
		}
		return out
	}
	switch e := e.(type) {
	case search.And:
		return search.And(all(e))
	case search.Or:
		return search.Or(all(e))
	case search.Not:
		return search.Not{Expr: byTag(e.Expr)}
	case search.Compare:
		if e.Entity == search.Attribute && e.Key == "run_name" {
			e.Entity, e.Key = search.Tag, store.TagRunName
		}
		return e
	}
	return e
}

// settled is a filter without what depends on the time and on the metrics there are.
func (d *DB) settled(ctx context.Context, f search.Filter) (search.Filter, error) {
	table, _ := keyedBy(store.MetricField)
	return memory.Settled(f, func(key string) (there bool, err error) {
		err = d.burst(ctx, func(c *conn) error {
			return c.query(ctx, table.sql(keyedCount), []any{key, 1}, func(v []driver.Value) error {
				there = integer(v[0]) > 0
				return nil
			})
		})
		return there, err
	})
}

// foundBefore returns the filter of a query with the costly conditions found.
func (d *DB) foundBefore(ctx context.Context, q store.RunQuery) (search.Filter, error) {
	e := q.Filter.Expr
	q.Filter.Expr = nil
	e, err := d.find(ctx, e, q)
	return search.Filter{Expr: e}, err
}

// find replaces the costly conditions in a part of a filter. They are only looked for
// among the runs that meet the query's filter: the cheap conditions beside them in AND.
func (d *DB) find(ctx context.Context, e search.Expr, q store.RunQuery) (search.Expr, error) {
	switch e := e.(type) {
	case search.And:
		q.Filter.Expr = cheap(q.Filter.Expr, e)
		parts, err := d.findAll(ctx, e, q)
		return search.And(parts), err
	case search.Or:
		parts, err := d.findAll(ctx, e, q)
		return search.Or(parts), err
	case search.Not:
		part, err := d.find(ctx, e.Expr, q)
		return search.Not{Expr: part}, err
	}
	if !costly(e) {
		return e, nil
	}
	rows, err := d.holding(ctx, e, q)
	if err != nil {
		return nil, err
	}
	slices.Sort(rows)
	return found{e, &rowids{slices.Compact(rows)}}, nil
}

func (d *DB) findAll(ctx context.Context, parts []search.Expr, q store.RunQuery) ([]search.Expr, error) {
	out := make([]search.Expr, len(parts))
	for i, part := range parts {
		var err error
		if out[i], err = d.find(ctx, part, q); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// costly reports whether an expression has a costly condition in it.
func costly(e search.Expr) bool {
	switch e := e.(type) {
	case search.And:
		return slices.ContainsFunc(e, costly)
	case search.Or:
		return slices.ContainsFunc(e, costly)
	case search.Not:
		return costly(e.Expr)
	case search.Words:
		return true
	case search.Compare:
		return e.Summary != search.Latest || e.Entity == search.Attribute && e.Key == "depth"
	}
	return false
}

// cheap adds to a condition those of others that are not costly.
func cheap(before search.Expr, others search.And) search.Expr {
	all := slices.DeleteFunc(slices.Clone(others), costly)
	if before != nil {
		all = append(all, before)
	}
	return all
}

// holding returns the rowids of the runs that meet a condition, at least of those
// that are in view and meet the query's filter.
func (d *DB) holding(ctx context.Context, e search.Expr, q store.RunQuery) ([]int64, error) {
	switch e := e.(type) {
	case search.Words:
		return d.holdingWords(ctx, e)
	case search.Compare:
		if e.Summary == search.Latest {
			return d.atDepth(ctx, e, q)
		}
		return d.summarised(ctx, e, q)
	}
	return nil, fmt.Errorf("find the runs of %T: %w", e, store.ErrUnsupported)
}

// wordsIn takes the table and a condition on the key. Runs have many texts, but are
// looked up once.
const (
	wordsIn = `SELECT r.rowid FROM (SELECT DISTINCT t.run_uuid AS id FROM %s t NOT INDEXED
			WHERE t.rowid BETWEEN ?1 AND ?2 AND %s AND t.value GLOB ?3) w
		CROSS JOIN runs r ON r.run_uuid = w.id`
	namedBy = `SELECT r.rowid FROM runs r NOT INDEXED WHERE r.rowid BETWEEN ?1 AND ?2 AND %s`
)

func (d *DB) holdingWords(ctx context.Context, w search.Words) (rows []int64, err error) {
	test, args := inName(runName, w)
	test, args = anyOf(test, args, w.Text, fmt.Sprintf(inText, "r.run_uuid"))
	params, _ := keyedBy(store.ParamField)
	tags, _ := keyedBy(store.TagField)
	for _, scan := range []struct {
		bounds, statement string
		args              []any
	}{
		{runRows, fmt.Sprintf(namedBy, test), args},
		{params.sql(keyedRows), fmt.Sprintf(wordsIn, params.table, "1"), []any{globOf(w.Text)}},
		{tags.sql(keyedRows), fmt.Sprintf(wordsIn, tags.table, wordTags), []any{globOf(w.Text)}},
	} {
		all, err := d.rows(ctx, scan.bounds)
		if err != nil {
			return nil, err
		}
		row := func(v []driver.Value) int64 { return integer(v[0]) }
		if err := eachRow(ctx, d, all, scan.statement, scan.args, row, func(row int64) { rows = append(rows, row) }); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// globOf is the pattern of texts that contain one, ASCII letters in any case. It is
// twice as fast as comparing small letters, which copies each text.
func globOf(text string) string {
	var out strings.Builder
	out.WriteByte('*')
	for _, r := range text {
		low, up := unicode.ToLower(r), unicode.ToUpper(r)
		switch {
		case r < unicode.MaxASCII && low != up:
			out.WriteString("[" + string(low) + string(up) + "]")
		case strings.ContainsRune("*?[", r):
			out.WriteString("[" + string(r) + "]")
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('*')
	return out.String()
}

// eachRow scans a table in windows and visits what is read of the rows of a statement,
// one at a time and without a lock, in no order.
func eachRow[T any](ctx context.Context, d *DB, all span, statement string, args []any, read func(v []driver.Value) T, visit func(T)) error {
	return d.scan(ctx, all, firstWindow, func(ctx context.Context) worker {
		var part []T
		return worker{
			read: func(c *conn, w span) error {
				part = part[:0]
				return c.query(ctx, statement, append([]any{w.low, w.high}, args...), func(v []driver.Value) error {
					part = append(part, read(v))
					return nil
				})
			},
			done: func() error {
				for _, row := range part {
					visit(row)
				}
				return nil
			},
		}
	})
}

// rowOf is a run by its id and its place in the table.
type rowOf struct {
	id  string
	row int64
}

const rowsInView = `SELECT r.run_uuid, r.rowid` + inView + ` AND %s`

// inQuery returns the runs of a query's view that meet its filter, in no order.
func (d *DB) inQuery(ctx context.Context, q store.RunQuery) (runs []rowOf, err error) {
	all, err := d.rows(ctx, runRows)
	if err != nil {
		return nil, err
	}
	return d.inQueryRows(ctx, q, all)
}

// inQueryRows is inQuery within some rows.
func (d *DB) inQueryRows(ctx context.Context, q store.RunQuery, all span) (runs []rowOf, err error) {
	where, args, err := d.schema.whereRuns(q.Filter)
	if err != nil {
		return nil, err
	}
	view := append([]any{stage(q.Stage), scope(q.Experiments)}, args...)
	row := func(v []driver.Value) rowOf { return rowOf{text(v[0]), integer(v[1])} }
	err = eachRow(ctx, d, all, fmt.Sprintf(rowsInView, where), view, row, func(r rowOf) { runs = append(runs, r) })
	return runs, err
}

// atDepth finds runs by how many runs are above them.
func (d *DB) atDepth(ctx context.Context, c search.Compare, q store.RunQuery) (rows []int64, err error) {
	parents, err := d.links(ctx)
	if err != nil {
		return nil, err
	}
	all, err := d.inQuery(ctx, store.RunQuery{Stage: store.AnyStage})
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(all))
	for _, r := range all {
		there[r.id] = true
	}
	known := make(map[string]int, len(all))
	for i, r := range all {
		if i%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if c.MatchesNumber(float64(depthIn(r.id, parents, there, known)), true) {
			rows = append(rows, r.row)
		}
	}
	return rows, nil
}

// deepest is where counting parents ends: they may go in a circle.
const deepest = 1000

// depthIn counts the runs above one and notes it in known.
func depthIn(id string, parents map[string]string, there map[string]bool, known map[string]int) int {
	n, up := 0, id
	for n < deepest {
		if more, ok := known[up]; ok {
			n += more
			break
		}
		parent := parents[up]
		if parent == "" || !there[parent] {
			break
		}
		n, up = n+1, parent
	}
	known[id] = min(n, deepest)
	return known[id]
}
