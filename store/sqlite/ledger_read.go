package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"benchside/store"
	"benchside/store/ledger"
)

const (
	lineColumns = `SELECT seq, at, "by", via, what, kind, name, version, says, reason, changes, prev, hash FROM benchside_ledger`
	lineAt      = lineColumns + ` WHERE seq = ?1`
	// Lines of a model are found by its name and by those that it had before.
	linesBack = lineColumns + ` WHERE seq < ?1 AND at >= ?2
		AND (?3 = '' OR name IN (SELECT value FROM json_each(?3))) AND (?4 = 0 OR version IN (?4, 0)) ORDER BY seq DESC LIMIT ?5`
	linesOn    = lineColumns + ` WHERE seq > ?1 ORDER BY seq LIMIT ?2`
	formerName = `SELECT name FROM benchside_ledger WHERE renamed = ?1 ORDER BY seq`
	headRow    = `SELECT seq, hash FROM benchside_ledger_head`
	hasLedger  = `SELECT 1 FROM sqlite_schema WHERE name = 'benchside_ledger'`
	modelNames = `SELECT name FROM registered_models UNION SELECT name FROM benchside_seen ORDER BY 1`
	onlyModels = `SELECT name FROM registered_models ORDER BY 1`
)

// linesPerBurst bounds the lines that are read under one lock.
const linesPerBurst = 200

// keptLine is a line with its changes as they are kept.
type keptLine struct {
	store.Line
	changes string
}

func scanLine(v []driver.Value) keptLine {
	return keptLine{store.Line{
		Seq: integer(v[0]), At: store.At(integer(v[1])), By: store.Author{Name: text(v[2]), Via: text(v[3])}, What: text(v[4]),
		Of:       store.Subject{Kind: store.SubjectKind(text(v[5])), Name: text(v[6]), Version: integer(v[7])},
		Sentence: text(v[8]), Reason: text(v[9]), Prev: text(v[11]), Hash: text(v[12]),
	}, text(v[10])}
}

func (k keptLine) whole() (store.Line, error) {
	var err error
	if k.Changes, err = ledger.Decode(k.changes); err != nil {
		err = fmt.Errorf("line %d: %w", k.Seq, err)
	}
	return k.Line, err
}

// line reads one line inside a transaction that writes.
func (t *tx) line(ctx context.Context, seq int64) (store.Line, error) {
	var found []keptLine
	err := t.c.query(ctx, lineAt, []any{seq}, func(v []driver.Value) error {
		found = append(found, scanLine(v))
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("line %d of the ledger: %w", seq, store.ErrNotFound)
	}
	if err != nil {
		return store.Line{}, err
	}
	return found[0].whole()
}

// ledgerThere reports whether the store has a ledger.
func (d *DB) ledgerThere(ctx context.Context) (there bool, err error) {
	err = d.burst(ctx, func(c *conn) error {
		there = false
		return c.query(ctx, hasLedger, nil, func([]driver.Value) error { there = true; return nil })
	})
	return there, err
}

// Lines implements store.LedgerReader.
func (d *DB) Lines(ctx context.Context, q store.LineQuery) ([]store.Line, error) {
	there, err := d.ledgerThere(ctx)
	if err != nil || !there {
		return nil, err
	}
	var out []store.Line
	before := q.Before
	if before <= 0 {
		before = 1 << 62
	}
	for {
		n := linesPerBurst
		if q.Limit > 0 {
			n = min(n, q.Limit-len(out))
		}
		var page []keptLine
		err := d.burst(ctx, func(c *conn) error {
			page = page[:0]
			names, err := everCalled(ctx, c, q.Of.Name)
			if err != nil {
				return err
			}
			return c.query(ctx, linesBack, []any{before, q.Since.Millis(), names, q.Of.Version, n}, func(v []driver.Value) error {
				page = append(page, scanLine(v))
				return nil
			})
		})
		if err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		for _, k := range page {
			l, err := k.whole()
			if err != nil {
				return nil, fmt.Errorf("read the ledger: %w", err)
			}
			out = append(out, l)
		}
		if len(page) < n || q.Limit > 0 && len(out) >= q.Limit {
			return out, nil
		}
		before = page[len(page)-1].Seq
	}
}

// everCalled are a model's name and those it had before, as a JSON array; empty for no
// name.
func everCalled(ctx context.Context, c *conn, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	names, seen := []string{name}, map[string]bool{name: true}
	for i := 0; i < len(names); i++ {
		err := c.query(ctx, formerName, []any{names[i]}, func(v []driver.Value) error {
			if former := text(v[0]); !seen[former] {
				seen[former] = true
				names = append(names, former)
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return list(names), nil
}

// each hands the lines to use in their order, in bursts.
func (d *DB) each(ctx context.Context, use func(keptLine) error) error {
	for after := int64(0); ; {
		var page []keptLine
		err := d.burst(ctx, func(c *conn) error {
			page = page[:0]
			return c.query(ctx, linesOn, []any{after, linesPerBurst}, func(v []driver.Value) error {
				page = append(page, scanLine(v))
				return nil
			})
		})
		if err != nil {
			return err
		}
		for _, k := range page {
			if err := use(k); err != nil {
				return err
			}
		}
		if len(page) < linesPerBurst {
			return nil
		}
		after = page[len(page)-1].Seq
	}
}

// VerifyLedger implements store.LedgerReader.
func (d *DB) VerifyLedger(ctx context.Context) (int64, error) {
	there, err := d.ledgerThere(ctx)
	if err != nil || !there {
		return 0, err
	}
	var head, end ledger.Head
	err = d.burst(ctx, func(c *conn) error {
		return c.query(ctx, headRow, nil, func(v []driver.Value) error {
			end = ledger.Head{Seq: integer(v[0]), Hash: text(v[1])}
			return nil
		})
	})
	if err == nil {
		err = d.each(ctx, func(k keptLine) (err error) {
			if head.Seq == end.Seq && end.Seq > 0 {
				return errLater // written since the head was read
			}
			head, err = head.Next(k.Line, k.changes)
			return err
		})
	}
	if errors.Is(err, errLater) {
		err = nil
	}
	if err == nil {
		err = head.Ends(end)
	}
	if err != nil {
		return head.Seq, fmt.Errorf("verify the ledger: %w", err)
	}
	return head.Seq, nil
}

var errLater = errors.New("a line behind the head")

// RegistryAt implements store.LedgerReader.
func (d *DB) RegistryAt(ctx context.Context, at store.Time) ([]store.RegisteredModel, []store.ModelVersion, error) {
	there, err := d.ledgerThere(ctx)
	if err != nil || !there {
		return nil, nil, err
	}
	var state ledger.State
	err = d.each(ctx, func(k keptLine) error {
		if k.At.Compare(at) > 0 {
			return nil
		}
		l, err := k.whole()
		if err == nil {
			state.Apply(l.Changes)
		}
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read the registry as it was: %w", err)
	}
	models, versions := ledger.Registry(state)
	return models, versions, nil
}

// Unrecorded implements store.LedgerReader. A model that was never seen is not
// news.
func (d *DB) Unrecorded(ctx context.Context) ([]store.Line, error) {
	there, err := d.ledgerThere(ctx)
	if err != nil || !there {
		return nil, err
	}
	names, err := d.textsOf(ctx, modelNames)
	if err != nil {
		return nil, fmt.Errorf("read what others changed: %w", err)
	}
	var out []store.Line
	for _, name := range names {
		err := d.burst(ctx, func(c *conn) error {
			before, known, err := seen(ctx, c, name)
			if err != nil || !known {
				return err
			}
			now, err := partsOf(ctx, c, theirs(ofModel(name)))
			if err != nil {
				return err
			}
			if l, differs := observed(name, before, now, known); differs {
				out = append(out, l)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read what others changed in %s: %w", name, err)
		}
	}
	return out, nil
}

// textsOf reads a column of texts.
func (d *DB) textsOf(ctx context.Context, sql string) (out []string, err error) {
	err = d.burst(ctx, func(c *conn) error {
		out = out[:0]
		return c.query(ctx, sql, nil, func(v []driver.Value) error {
			out = append(out, text(v[0]))
			return nil
		})
	})
	return out, err
}

// observeAll records what others changed in one model, or in all.
func (t *tx) observeAll(ctx context.Context, model string, r *store.Receipt) error {
	names := []string{model}
	if model == "" {
		names = names[:0]
		err := t.c.query(ctx, modelNames, nil, func(v []driver.Value) error {
			names = append(names, text(v[0]))
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, name := range names {
		seen, err := t.observe(ctx, name)
		if err != nil {
			return err
		}
		r.Observed = append(r.Observed, seen...)
	}
	return nil
}
