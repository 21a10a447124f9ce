package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"benchside/store"
	"benchside/store/search"
)

// A third way to search is for filters that no one condition leads, such as
// alternatives, where all matches are asked for. A search of an index for each run and
// condition costs about three times what a scan of the table does, and a scan decides
// all conditions on a table at once. So each table is scanned once for the runs that meet
// its conditions, then the runs are read with what SQL decides of them alone, and what
// remains of the filter is decided here.
type judged struct {
	db     *DB
	total  int64 // runs in view
	scans  map[string]*tableScan
	met    map[string]uint64 // by run: a bit for each condition that is met
	bits   int
	tests  []string // what SQL decides of a run alone
	args   []any    // of tests
	judge  judge
	demand search.And // what every match must meet, and SQL decides alone
}

// tableScan are the conditions on a row t of a table; each has its bit.
type tableScan struct {
	table keyed
	tests []string
	masks []uint64
	args  []any
}

// mostBits is how many conditions a word of bits holds; SQLite's have a sign.
const mostBits = 62

// judge decides a filter for a run: met are its bits, decided what SQL said of it.
type judge func(met uint64, decided []driver.Value) bool

// judgedFor returns how to decide a filter so; nil if that is not the best way.
func (d *DB) judgedFor(ctx context.Context, q store.RunQuery) (*judged, error) {
	l, err := d.schema.leading(q.Filter)
	if err != nil || q.Filter.Expr == nil || l != nil && !costly(q.Filter.Expr) || summed(q.Filter.Expr) {
		return nil, err
	}
	runs, err := d.rows(ctx, runRows)
	if err != nil {
		return nil, err
	}
	total, err := d.countRuns(ctx, runs, []any{stage(q.Stage), scope(q.Experiments)})
	if err != nil {
		return nil, err
	}
	j := &judged{db: d, total: int64(total), scans: map[string]*tableScan{}, met: map[string]uint64{}}
	var rest search.And
	for _, e := range conjuncts(q.Filter.Expr) {
		if alone(e) {
			j.demand = append(j.demand, e)
		} else {
			rest = append(rest, e)
		}
	}
	if j.judge, err = j.of(ctx, rest); err != nil {
		return nil, err
	}
	if j.bits < 2 && !costly(q.Filter.Expr) { // one search a run is as good
		return nil, nil
	}
	return j, j.scan(ctx)
}

// summed reports whether a condition that takes more than a scan is in an expression:
// those are found among the runs that meet the others; see find.
func summed(e search.Expr) bool {
	switch e := e.(type) {
	case search.And:
		return slices.ContainsFunc(e, summed)
	case search.Or:
		return slices.ContainsFunc(e, summed)
	case search.Not:
		return summed(e.Expr)
	case search.Compare:
		return costly(e)
	}
	return false
}

// alone reports whether an expression is decided by the row of a run.
func alone(e search.Expr) bool {
	switch e := e.(type) {
	case search.And:
		return !slices.ContainsFunc(e, func(part search.Expr) bool { return !alone(part) })
	case search.Or:
		return !slices.ContainsFunc(e, func(part search.Expr) bool { return !alone(part) })
	case search.Not:
		return alone(e.Expr)
	case search.Compare:
		column, _ := attribute(e.Key)
		return e.Entity == search.Attribute && column != ""
	}
	return false
}

// of returns the judge of an expression and notes what it must know.
func (j *judged) of(ctx context.Context, e search.Expr) (judge, error) {
	switch e := e.(type) {
	case search.And:
		parts, err := j.all(ctx, e)
		return func(met uint64, decided []driver.Value) bool {
			return !slices.ContainsFunc(parts, func(part judge) bool { return !part(met, decided) })
		}, err
	case search.Or:
		parts, err := j.all(ctx, e)
		return func(met uint64, decided []driver.Value) bool {
			return slices.ContainsFunc(parts, func(part judge) bool { return part(met, decided) })
		}, err
	case search.Not:
		part, err := j.of(ctx, e.Expr)
		return func(met uint64, decided []driver.Value) bool { return !part(met, decided) }, err
	case search.Words:
		return j.words(e)
	case search.Compare:
		return j.compare(ctx, e)
	}
	return nil, fmt.Errorf("decide the filter: %T: %w", e, store.ErrUnsupported)
}

func (j *judged) all(ctx context.Context, parts []search.Expr) ([]judge, error) {
	out := make([]judge, len(parts))
	for i, part := range parts {
		var err error
		if out[i], err = j.of(ctx, part); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// compare has a condition on a key found by a scan of its table, if there are so many
// runs that it is worth it, and leaves others to SQL.
func (j *judged) compare(ctx context.Context, c search.Compare) (judge, error) {
	table, ok := keyedBy(fieldOf(c.Entity))
	if !ok || c.Summary != search.Latest {
		return j.alone(c)
	}
	rows, err := j.db.rows(ctx, table.sql(keyedRows))
	if err != nil {
		return nil, err
	}
	if j.bits == mostBits || !scanBeatsSearch(j.total, rows) {
		return j.alone(c)
	}
	missing := c.Op == search.IsNull
	if missing {
		c.Op = search.IsNotNull
	}
	test, args, err := rowTest(c)
	if err != nil {
		return nil, err
	}
	mask := j.bit()
	j.on(table, "t.key = ? AND "+test, mask, append([]any{c.Key}, args...))
	return func(met uint64, _ []driver.Value) bool { return (met&mask != 0) != missing }, nil
}

func (j *judged) bit() uint64 {
	j.bits++
	return 1 << (j.bits - 1)
}

// on adds a condition to the scan of a table.
func (j *judged) on(table keyed, test string, mask uint64, args []any) {
	s := j.scans[table.table]
	if s == nil {
		s = &tableScan{table: table}
		j.scans[table.table] = s
	}
	s.tests, s.masks, s.args = append(s.tests, "("+test+")"), append(s.masks, mask), append(s.args, args...)
}

// words are looked for in the name by SQL and elsewhere by scans.
func (j *judged) words(w search.Words) (judge, error) {
	if j.bits == mostBits { // the search would be slow, but it is right
		return j.alone(w)
	}
	test, args := inName(runName, w)
	test, args = anyOf(test, args, w.Text, fmt.Sprintf(inText, "r.run_uuid"))
	named, mask := j.decided(test, args), j.bit()
	params, _ := keyedBy(store.ParamField)
	tags, _ := keyedBy(store.TagField)
	j.on(params, "t.value GLOB ?", mask, []any{globOf(w.Text)})
	j.on(tags, wordTags+" AND t.value GLOB ?", mask, []any{globOf(w.Text)})
	return func(met uint64, decided []driver.Value) bool { return met&mask != 0 || named(met, decided) }, nil
}

// alone leaves a condition to SQL.
func (j *judged) alone(e search.Expr) (judge, error) {
	test, args, err := j.db.schema.whereRuns(search.Filter{Expr: e})
	if err != nil {
		return nil, err
	}
	return j.decided(test, args), nil
}

func (j *judged) decided(test string, args []any) judge {
	at := len(j.tests)
	j.tests, j.args = append(j.tests, test), append(j.args, args...)
	return func(_ uint64, decided []driver.Value) bool { return integer(decided[at]) != 0 }
}

// metBy takes the bits, the table and the conditions.
const metBy = `SELECT t.run_uuid, %s FROM %s t NOT INDEXED WHERE t.rowid BETWEEN ?1 AND ?2 AND (%s)`

// scan reads the tables and notes what their rows meet.
func (j *judged) scan(ctx context.Context) error {
	type hit struct {
		run string
		met uint64
	}
	for _, s := range j.scans {
		all, err := j.db.rows(ctx, s.table.sql(keyedRows))
		if err != nil {
			return err
		}
		tests, bits, next := make([]string, len(s.tests)), make([]string, len(s.tests)), 3 // behind the rowids
		for i, test := range s.tests {
			tests[i], next = withNumbers(test, next)
			bits[i] = fmt.Sprintf("iif(%s, %d, 0)", tests[i], s.masks[i])
		}
		statement := fmt.Sprintf(metBy, strings.Join(bits, " | "), s.table.table, strings.Join(tests, " OR "))
		read := func(v []driver.Value) hit { return hit{text(v[0]), uint64(integer(v[1]))} }
		if err := eachRow(ctx, j.db, all, statement, s.args, read, func(h hit) { j.met[h.run] |= h.met }); err != nil {
			return err
		}
	}
	return nil
}

// columns are the conditions that SQL decides.
func (j *judged) columns(first int) string {
	var out strings.Builder
	for _, test := range j.tests {
		var sql string
		sql, first = withNumbers(test, first)
		out.WriteString(", " + sql)
	}
	return out.String()
}

// withNumbers gives the parameters of a condition numbers from first on, since those
// without one cannot stand before others that have one. It returns the next number.
func withNumbers(test string, first int) (sql string, next int) {
	var out strings.Builder
	for i, part := range strings.Split(test, "?") {
		if i > 0 {
			fmt.Fprintf(&out, "?%d", first)
			first++
		}
		out.WriteString(part)
	}
	return out.String(), first
}
