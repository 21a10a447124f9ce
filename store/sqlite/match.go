package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"sync"

	"benchside/store"
	"benchside/store/search"
)

// A match is searched in one of two ways, both in windows of rows.
//
// From the runs: newest rows first, the whole filter as one expression. With a
// limit and the usual order, the start of the last run that still counts cuts
// off nearly all others before the filter looks at them.
//
// From a condition: if it is on one metric, param or tag, its table is scanned
// in the order of its rows, and only the hits are looked up in runs. It is the
// way to find all matches, or few.
type match struct {
	db    *DB
	query store.RunQuery // without Order if that is MLflow's usual one
	where string         // the filter, of runs r
	args  []any          // of where; *rowids among them stand for those of a window
	lead  *lead
	by    *judged // nil if SQL decides the whole filter
	found []candidate
	keys  [][]sortKey // by the query's order, then by candidate
	bound any         // the start that the newest matches must have; NULL at first
}

// candidate is a run that matches.
type candidate struct {
	id    string
	start store.Time
	at    int32 // its place in each of match.keys
}

// Match implements store.RunScanner.
func (d *DB) Match(ctx context.Context, q store.RunQuery) ([]string, error) {
	m, err := d.newMatch(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("search the runs: %w", err)
	}
	if err := m.run(ctx); err != nil {
		return nil, fmt.Errorf("search the runs: %w", err)
	}
	ids := make([]string, len(m.found))
	for i := range m.found {
		ids[i] = m.found[i].id
	}
	return ids, nil
}

func (d *DB) newMatch(ctx context.Context, q store.RunQuery) (*match, error) {
	m := &match{db: d, query: q}
	if usual := (search.Order{Entity: search.Attribute, Key: "start_time", Desc: true}); len(q.Order) == 1 && q.Order[0] == usual {
		m.query.Order = nil
	}
	for _, o := range m.query.Order {
		if column, _ := attribute(o.Key); o.Entity == search.Attribute && column == "" {
			return nil, fmt.Errorf("order by %s: %w", o.Key, store.ErrNotFound)
		}
	}
	m.keys = make([][]sortKey, len(m.query.Order))
	filter, err := d.settled(ctx, q.Filter)
	if err != nil {
		return nil, err
	}
	before := m.query
	before.Filter.Expr = byTag(filter.Expr)
	if !m.newestOnly() {
		if m.by, err = d.judgedFor(ctx, before); err != nil {
			return nil, err
		}
	}
	if m.by != nil {
		m.query.Filter = search.Filter{Expr: m.by.demand}
		m.where, m.args, err = d.schema.whereRuns(m.query.Filter)
		return m, err
	}
	if m.query.Filter, err = d.foundBefore(ctx, before); err != nil {
		return nil, err
	}
	if m.where, m.args, err = d.schema.whereRuns(m.query.Filter); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(m.args, isRowids) { // those of a window of another table are not known
		m.lead, err = d.schema.leading(m.query.Filter)
	}
	return m, err
}

func (m *match) run(ctx context.Context) error {
	runs, err := m.db.rows(ctx, runRows)
	if err != nil {
		return err
	}
	if m.newestOnly() {
		// A lead is only worth its scan if the newest runs hold too few matches.
		newest := span{max(runs.low, runs.high-m.glance()+1), runs.high}
		if err := m.fromRuns(ctx, newest); err != nil {
			return err
		}
		runs.high = newest.low - 1
		if m.lead == nil || len(m.found) == m.query.Limit || runs.low > runs.high {
			return m.fromRuns(ctx, runs)
		}
		m.found = nil
	}
	if m.lead != nil {
		err = m.fromLead(ctx)
	} else {
		err = m.fromRuns(ctx, runs)
	}
	if err != nil {
		return err
	}
	if err := m.fillKeys(ctx); err != nil {
		return err
	}
	m.settle()
	return nil
}

// newestOnly reports whether the newest matches are all that is asked for.
func (m *match) newestOnly() bool { return len(m.query.Order) == 0 && m.query.Limit > 0 }

// glance is how many of the newest runs may well hold all that is asked for.
func (m *match) glance() int64 {
	if m.query.Filter.Expr == nil {
		return min(2*int64(m.query.Limit)+100, firstWindow)
	}
	return firstWindow
}

// columns are what every candidate statement selects: id, start and the
// attributes to sort by.
func (m *match) columns() string {
	columns := "r.run_uuid, r.start_time"
	for _, o := range m.query.Order {
		if o.Entity == search.Attribute {
			column, _ := attribute(o.Key)
			columns += ", " + column
		}
	}
	if m.by != nil {
		columns += m.by.columns(5) // behind the parameters of the view
	}
	return columns
}

// window is what one worker finds in one window.
type window struct {
	found []candidate
	keys  [][]sortKey
}

func (m *match) read(ctx context.Context, c *conn, part *window, statement string, args ...[]any) error {
	part.found, part.keys = part.found[:0], make([][]sortKey, len(m.keys))
	return c.query(ctx, statement, slices.Concat(args...), func(v []driver.Value) error {
		if m.by != nil {
			alone := len(v) - len(m.by.tests)
			if !m.by.judge(m.by.met[text(v[0])], v[alone:]) {
				return nil
			}
		}
		part.found = append(part.found, candidate{id: text(v[0]), start: moment(v[1])})
		v = v[2:]
		for i, o := range m.query.Order {
			if o.Entity == search.Attribute {
				part.keys[i] = append(part.keys[i], attributeKey(v[0]))
				v = v[1:]
			}
		}
		return nil
	})
}

func (m *match) take(part *window) {
	for _, c := range part.found {
		c.at = int32(len(m.found))
		m.found = append(m.found, c)
	}
	for i := range m.keys {
		m.keys[i] = append(m.keys[i], part.keys[i]...)
	}
}

// The statements from the runs take the columns and the filter. All numbered
// parameters stand before the filter, whose own have no numbers. The bound is
// first because it spares the other tests on most rows.
const (
	matchRuns   = `SELECT %s` + inView + ` AND %s ORDER BY r.rowid DESC`
	matchNewest = `SELECT %s` + inView + ` AND ?5 < 0 AND %s ORDER BY r.start_time DESC, r.run_uuid LIMIT -?5`
	matchNewer  = `SELECT %s FROM runs r NOT INDEXED
		WHERE r.rowid BETWEEN ?1 AND ?2 AND r.start_time >= ?6
			AND ?5 < 0 AND` + inScope + ` AND %s
		ORDER BY r.start_time DESC, r.run_uuid LIMIT -?5`
)

// fromRuns searches a range of runs, newest rows first.
func (m *match) fromRuns(ctx context.Context, runs span) error {
	if m.newestOnly() {
		return m.newest(ctx, runs)
	}
	view := []any{stage(m.query.Stage), scope(m.query.Experiments)}
	columns, args := m.columns(), m.args
	if m.by != nil {
		args = slices.Concat(m.by.args, m.args)
	}
	statement := fmt.Sprintf(matchRuns, columns, m.where)
	return m.db.scan(ctx, runs, firstWindow, func(ctx context.Context) worker {
		part := new(window)
		return worker{
			read: func(c *conn, w span) error {
				return m.read(ctx, c, part, statement, []any{w.low, w.high}, view, inWindow(args, w))
			},
			done: func() error { m.take(part); return nil },
		}
	})
}

// newest searches a range of runs for those that start latest.
func (m *match) newest(ctx context.Context, runs span) error {
	var mu sync.Mutex // guards m.bound
	limit := m.query.Limit
	view := []any{stage(m.query.Stage), scope(m.query.Experiments), -limit}
	unbounded := fmt.Sprintf(matchNewest, m.columns(), m.where)
	bounded := fmt.Sprintf(matchNewer, m.columns(), m.where)
	first := int64(firstWindow)
	if m.bound != nil {
		first = min((runs.high-runs.low)/scanWorkers+1, 16*firstWindow) // passed over at 0.1 µs each
	}
	return m.db.scan(ctx, runs, first, func(ctx context.Context) worker {
		part := new(window)
		return worker{
			read: func(c *conn, w span) error {
				mu.Lock()
				bound := m.bound
				mu.Unlock()
				if bound == nil {
					return m.read(ctx, c, part, unbounded, []any{w.low, w.high}, view, inWindow(m.args, w))
				}
				return m.read(ctx, c, part, bounded, []any{w.low, w.high}, view, []any{bound}, inWindow(m.args, w))
			},
			done: func() error {
				m.take(part)
				m.settle()
				mu.Lock()
				defer mu.Unlock()
				if len(m.found) == limit && m.found[limit-1].start.Set() {
					m.bound = m.found[limit-1].start.Millis()
				}
				return nil
			},
		}
	})
}

// leadScan and leadLookup take the columns, the table of the lead and the
// conditions. CROSS JOIN keeps SQLite from another order of the loops.
const (
	leadScan = `SELECT %s
		FROM %s t NOT INDEXED CROSS JOIN runs r ON r.run_uuid = t.run_uuid
		WHERE t.rowid BETWEEN ?1 AND ?2 AND t.key = ?5 AND` + inScope + ` AND %s`
	leadLookup = `SELECT %s
		FROM json_each(?1) w CROSS JOIN %s t ON t.key = ?5 AND t.run_uuid = w.value
			CROSS JOIN runs r ON r.run_uuid = t.run_uuid
		WHERE ?2 IS NULL AND` + inScope + ` AND %s`
)

// fromLead searches from the condition that leads.
func (m *match) fromLead(ctx context.Context) error {
	l := m.lead
	all, err := m.db.rows(ctx, l.table.sql(keyedRows))
	if err != nil {
		return err
	}
	many, err := m.db.common(ctx, l.table, l.key, all)
	if err != nil {
		return err
	}
	view := []any{stage(m.query.Stage), scope(m.query.Experiments), l.key}
	if many {
		statement := fmt.Sprintf(leadScan, m.columns(), l.table.table, l.test+" AND "+l.rest)
		return m.db.scan(ctx, all, 2*firstWindow, func(ctx context.Context) worker {
			part := new(window)
			return worker{
				read: func(c *conn, w span) error {
					return m.read(ctx, c, part, statement, []any{w.low, w.high}, view, l.args)
				},
				done: func() error { m.take(part); return nil },
			}
		})
	}
	return m.fromFew(ctx, view)
}

// fromFew looks up the runs that have the key of the lead, which are few.
func (m *match) fromFew(ctx context.Context, view []any) error {
	l := m.lead
	var ids []string
	err := m.db.search(ctx, l.table, l.key, func(v fieldValue) error {
		ids = append(ids, v.run)
		return nil
	})
	if err != nil {
		return err
	}
	part := new(window)
	statement := fmt.Sprintf(leadLookup, m.columns(), l.table.table, l.test+" AND "+l.rest)
	for some := range slices.Chunk(ids, idsPerBurst) {
		err := m.db.burst(ctx, func(c *conn) error {
			return m.read(ctx, c, part, statement, []any{list(some), nil}, view, l.args)
		})
		if err != nil {
			return err
		}
		m.take(part)
	}
	return nil
}
