package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"time"

	"benchside/store"
	"benchside/store/ledger"
)

const (
	ledgerThere = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'benchside_ledger'`
	linesBack   = lineColumns + `WHERE seq < ?1 AND at >= ?2
		AND (?3 IS NULL OR of_name IN (SELECT value FROM json_each(?3)))
		AND (?4 = '' OR of_kind = ?4 OR ?4 IN ('model', 'version') AND of_kind IN ('model', 'version'))
		ORDER BY seq DESC LIMIT ?5`
	linesOn     = lineColumns + `WHERE seq > ?1 ORDER BY seq LIMIT ?2`
	renamedTo   = `SELECT of_name, changes FROM benchside_ledger WHERE what = 'rename_model' AND seq < ?1 ORDER BY seq DESC`
	newModels   = `SELECT name FROM registered_models WHERE creation_time >= (SELECT at FROM benchside_ledger WHERE seq = 1)`
	newModelsIn = newModels + ` AND workspace = 'default'`
)

// One read of the ledger is bounded by the number of lines and by their size: a
// line has some kilobytes, that of a model of a thousand versions a megabyte.
const (
	linesPerBurst = 200
	bytesPerBurst = 4 << 20
)

// recorded runs read in a burst if the store has a ledger.
func (d *DB) recorded(ctx context.Context, read func(query queries) error) (there bool, err error) {
	err = d.burst(ctx, func(c *conn) error {
		there = false
		query := func(sql string, args []any, row func(v []driver.Value) error) error {
			return c.query(ctx, sql, args, row)
		}
		if err := query(ledgerThere, nil, func([]driver.Value) error { there = true; return nil }); err != nil || !there {
			return err
		}
		return read(query)
	})
	return there, err
}

// Lines implements store.LedgerReader. The history of a model goes on through its
// earlier names; that of a version has every line that changed a row of it,
// whatever the line was about.
func (d *DB) Lines(ctx context.Context, q store.LineQuery) ([]store.Line, error) {
	var lines []store.Line
	before := q.Before
	if before == 0 {
		before = 1 << 62
	}
	page := linesPerBurst
	if q.Of.Version == 0 && q.Limit > 0 {
		page = min(page, q.Limit)
	}
	for more := true; more; {
		var found []rawLine
		var err error
		if found, more, err = d.linesBefore(ctx, q, before, page); err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		for _, e := range found {
			l, err := e.decoded()
			if err != nil {
				return nil, fmt.Errorf("read the ledger: %w", err)
			}
			before = l.Seq
			if q.Of.Version == 0 || concerns(l, q.Of.Version) {
				lines = append(lines, l)
			}
		}
		if q.Limit > 0 && len(lines) >= q.Limit {
			return lines[:q.Limit], nil
		}
	}
	return lines, nil
}

// rawLine is a line with its changes as they are encoded.
type rawLine struct {
	line    store.Line
	changes string
}

func (e rawLine) decoded() (l store.Line, err error) {
	l = e.line
	if l.Changes, err = ledger.Decode(e.changes); err != nil {
		return l, fmt.Errorf("%w: line %d: %w", store.ErrBroken, l.Seq, err)
	}
	return l, nil
}

var errPageFull = errors.New("the page is full")

// readPage reads at most n lines, fewer if they are long. More says that there
// may be others behind them.
func readPage(query queries, sql string, args []any, n int) (page []rawLine, more bool, err error) {
	size := 0
	err = query(sql, args, func(v []driver.Value) error {
		l, changes := readLine(v)
		page = append(page, rawLine{l, changes})
		if size += len(changes); size > bytesPerBurst {
			return errPageFull
		}
		return nil
	})
	if errors.Is(err, errPageFull) {
		return page, true, nil
	}
	return page, len(page) == n, err
}

// concerns reports whether a line of a model is about a version, or changed a row
// of it or an alias that points or pointed to it.
func concerns(l store.Line, version int64) bool {
	return l.Of.Version == version || slices.ContainsFunc(l.Changes, func(c store.RowChange) bool {
		for _, r := range []map[string]any{c.Key, c.Before, c.After} {
			if n, ok := r["version"].(int64); ok && n == version {
				return true
			}
		}
		return false
	})
}

func (d *DB) linesBefore(ctx context.Context, q store.LineQuery, before int64, n int) (page []rawLine, more bool, err error) {
	_, err = d.recorded(ctx, func(query queries) (err error) {
		var names any
		if q.Of.Name != "" {
			all, err := everCalled(query, q.Of)
			if err != nil {
				return err
			}
			names = list(all)
		}
		since := int64(-1 << 62)
		if q.Since.Set() {
			since = q.Since.Millis()
		}
		page, more, err = readPage(query, linesBack, []any{before, since, names, string(q.Of.Kind), n}, n)
		return err
	})
	return page, more, err
}

// everCalled are the name of a model and those that it had before.
func everCalled(query queries, of store.Subject) ([]string, error) {
	names := []string{of.Name}
	if of.Kind != store.ModelSubject && of.Kind != store.VersionSubject {
		return names, nil
	}
	err := query(renamedTo, []any{int64(1) << 62}, func(v []driver.Value) error {
		changes, err := ledger.Decode(text(v[1]))
		if err != nil {
			return nil // verification is what tells of it
		}
		now := names[len(names)-1]
		if slices.ContainsFunc(changes, func(c store.RowChange) bool {
			return c.Table == registeredRows().table && c.Before == nil && c.Key["name"] == now
		}) {
			names = append(names, text(v[0]))
		}
		return nil
	})
	return names, err
}

// eachLine streams the ledger from its first line, with the changes as they are
// encoded, and returns the head that it had at the end.
func (d *DB) eachLine(ctx context.Context, yield func(l store.Line, changes string) error) (head ledger.Chain, found bool, err error) {
	for after, more := int64(-1<<62), true; more; {
		var page []rawLine
		there, err := d.recorded(ctx, func(query queries) (err error) {
			if head, found, err = readChain(query, readHeadRow); err != nil {
				return err
			}
			page, more, err = readPage(query, linesOn, []any{after, linesPerBurst}, linesPerBurst)
			return err
		})
		if err != nil || !there {
			return head, found, err
		}
		for _, e := range page {
			after = e.line.Seq
			if err := yield(e.line, e.changes); err != nil {
				return head, found, err
			}
		}
	}
	return head, found, nil
}

// VerifyLedger implements store.LedgerReader.
func (d *DB) VerifyLedger(ctx context.Context) (int64, error) {
	var chain ledger.Chain
	head, found, err := d.eachLine(ctx, func(l store.Line, changes string) (err error) {
		chain, err = chain.Check(l, changes)
		return err
	})
	switch {
	case err != nil:
	case !found && chain.Lines > 0:
		err = fmt.Errorf("%w: the head of the ledger is missing, so lines may have been cut after line %d", store.ErrBroken, chain.Lines)
	case found:
		err = chain.End(head)
	}
	if err != nil {
		err = fmt.Errorf("verify the ledger: %w", err)
	}
	return chain.Lines, err
}

var errFar = errors.New("the date is reached")

// RegistryAt implements store.LedgerReader.
func (d *DB) RegistryAt(ctx context.Context, at store.Time) ([]store.RegisteredModel, []store.ModelVersion, error) {
	rows := ledger.Rows{}
	_, _, err := d.eachLine(ctx, func(l store.Line, changes string) error {
		if l.At.Compare(at) > 0 {
			return errFar
		}
		if l.Of.Kind == store.RunSubject || l.Of.Kind == store.ExperimentSubject {
			return nil // the registry is asked for
		}
		decoded, err := ledger.Decode(changes)
		if err != nil {
			return fmt.Errorf("%w: line %d: %w", store.ErrBroken, l.Seq, err)
		}
		return rows.Apply(decoded)
	})
	if err != nil && !errors.Is(err, errFar) {
		return nil, nil, fmt.Errorf("read the registry at %s: %w", at.Time().Format("2006-01-02 15:04:05"), err)
	}
	models, versions := ledger.Registry(rows)
	return models, versions, nil
}

// Unrecorded implements store.LedgerReader. Models that the ledger never saw and
// that are older than it are not news.
func (d *DB) Unrecorded(ctx context.Context) ([]store.Line, error) {
	names, err := d.watched(ctx)
	var lines []store.Line
	for len(names) > 0 && err == nil {
		var some []store.Line
		some, names, err = d.unrecorded(ctx, names)
		lines = append(lines, some...)
	}
	if err != nil {
		return nil, fmt.Errorf("compare the registry with the ledger: %w", err)
	}
	return lines, nil
}

// modelNames are those of the models that there are, and that the ledger saw.
func modelNames(query queries) ([]string, error) {
	var names []string
	for _, statement := range []string{allModels, seenModels} {
		err := query(statement, nil, func(v []driver.Value) error {
			names = append(names, text(v[0]))
			return nil
		})
		if missing(err) {
			continue // no ledger yet, or no registry
		}
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// changedModels names the models that are not what the ledger last saw.
func (d *DB) changedModels(ctx context.Context) ([]string, error) {
	var names, changed []string
	err := d.burst(ctx, func(c *conn) (err error) {
		names, err = modelNames(func(sql string, args []any, row func(v []driver.Value) error) error {
			return c.query(ctx, sql, args, row)
		})
		return err
	})
	for len(names) > 0 && err == nil {
		var lines []store.Line
		lines, names, err = d.unrecorded(ctx, names)
		for _, l := range lines {
			changed = append(changed, l.Of.Name)
		}
	}
	return changed, err
}

// watched names the models that the ledger saw, and those that came after it.
func (d *DB) watched(ctx context.Context) ([]string, error) {
	var names []string
	statement := newModels
	if d.schema.hasColumn("registered_models", workspace) {
		statement = newModelsIn
	}
	_, err := d.recorded(ctx, func(query queries) error {
		names = nil
		add := func(v []driver.Value) error { names = append(names, text(v[0])); return nil }
		if err := query(seenModels, nil, add); err != nil {
			return err
		}
		return query(statement, nil, add)
	})
	slices.Sort(names)
	return slices.Compact(names), err
}

// shortBurst bounds a read whose length cannot be told before.
const shortBurst = 20 * time.Millisecond

// unrecorded compares models with what the ledger last saw, as many as a burst
// has time for, and returns those that are left.
func (d *DB) unrecorded(ctx context.Context, names []string) (lines []store.Line, left []string, err error) {
	err = d.burst(ctx, func(c *conn) error {
		lines, left = nil, names
		t := &tx{c: c, columns: map[string][]string{}}
		if err := t.learn(); err != nil {
			return err
		}
		for start := time.Now(); len(left) > 0 && time.Since(start) < shortBurst; left = left[1:] {
			_, changes, first, err := t.compare(left[0])
			if err != nil {
				return err
			}
			if len(changes) > 0 {
				lines = append(lines, observed(left[0], changes, first))
			}
		}
		return nil
	})
	return lines, left, err
}
