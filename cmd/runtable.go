package cmd

import (
	"context"

	"benchside/store"
)

// runTable prints runs as rows. Where no columns were asked for, they are
// settled by the first runs, which wait until then.
type runTable struct {
	session *session
	several bool // runs of more than one experiment may come
	columns []runColumn
	table   *table // nil until the columns are settled
	first   []store.Run
}

// tableOfRuns prints the runs of a query under some columns, nil for the usual.
func (s *session) tableOfRuns(ctx context.Context, st store.Store, q store.RunQuery, columns []runColumn) error {
	t := &runTable{session: s, several: len(q.Experiments) != 1}
	if columns != nil {
		columns, err := spread(ctx, st, q, columns)
		if err != nil {
			return err
		}
		t.settle(columns)
	}
	if err := eachRun(ctx, st, q, t.add); err != nil {
		return err
	}
	return t.end()
}

func (t *runTable) settle(columns []runColumn) {
	heads := make([]column, len(columns))
	for i, c := range columns {
		heads[i] = c.column()
	}
	t.columns = columns
	t.table = newTable(t.session.out, t.session.form, t.session.screenWidth(), heads...)
}

func (t *runTable) add(r *store.Run) error {
	if t.table != nil {
		return t.row(r)
	}
	t.first = append(t.first, *r)
	if len(t.first) < runsPerPart {
		return nil
	}
	return t.release()
}

// release settles the columns by the runs that waited, and prints them.
func (t *runTable) release() error {
	t.settle(usual(t.first, t.several))
	for i := range t.first {
		if err := t.row(&t.first[i]); err != nil {
			return err
		}
	}
	t.first = nil
	return nil
}

func (t *runTable) row(r *store.Run) error {
	cells := make([]cell, len(t.columns))
	for i, c := range t.columns {
		cells[i] = c.of(r, t.session.form)
	}
	return t.table.row(cells...)
}

func (t *runTable) end() error {
	if t.table == nil {
		if err := t.release(); err != nil {
			return err
		}
	}
	return t.table.end()
}
