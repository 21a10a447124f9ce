package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"benchside/store"
	"benchside/store/ledger"
)

// work is an intent being done inside one transaction.
type work struct {
	*tx
	intent  store.Intent
	receipt *store.Receipt
	chain   ledger.Chain
	models  map[string]*model // that were looked at
	told    []happening       // by the mutation at hand
	of      store.Subject     // of the line of the mutation at hand
	says    string            // its sentence
	silent  bool              // it gets no line in the ledger
}

// model is what the ledger last saw of a model, which is what the store has once
// it was looked at.
type model struct{ rows ledger.Rows }

func newWork(t *tx, i store.Intent, r *store.Receipt) *work {
	return &work{tx: t, intent: i, receipt: r, models: map[string]*model{}}
}

// do does all between reading the head of the ledger and writing it.
func (w *work) do(all func() error) error {
	if !w.has("registered_models") {
		return store.ErrUnsupported
	}
	var err error
	if w.chain, err = w.keep(); err != nil {
		return err
	}
	if err := all(); err != nil {
		return err
	}
	return w.exec(writeHeadRow, w.chain.Lines, w.chain.Hash, w.chain.At.Millis())
}

// mutate does one mutation with its line, and what is told of it.
func (w *work) mutate(m store.Mutation) error {
	if o, ok := m.(store.Observe); ok {
		return w.observe(o.Model)
	}
	w.told, w.of, w.says, w.silent = nil, m.Subject(), "", false
	if w.of.Kind == store.ModelSubject || w.of.Kind == store.VersionSubject {
		if err := w.look(w.of.Name); err != nil {
			return err
		}
	}
	if err := w.change(m); err != nil {
		return err
	}
	changes := w.take()
	if w.silent {
		return w.post(0)
	}
	line, err := w.write(store.Line{
		By: w.intent.By, What: m.Name(), Of: w.of, Sentence: w.says, Reason: w.intent.Reason, Changes: changes,
	})
	if err != nil {
		return err
	}
	w.receipt.Lines = append(w.receipt.Lines, line)
	if err := w.see(changes); err != nil {
		return err
	}
	return w.post(line.Seq)
}

const writeLine = `INSERT INTO benchside_ledger (seq, at, by_name, by_via, what, of_kind, of_name, of_version,
		sentence, reason, changes, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// write adds a line to the ledger.
func (w *work) write(l store.Line) (store.Line, error) {
	text, err := ledger.Encode(l.Changes)
	if err != nil {
		return l, err
	}
	l.At = store.At(w.now)
	l, w.chain = w.chain.Next(l, text)
	return l, w.exec(writeLine, l.Seq, l.At.Millis(), l.By.Name, l.By.Via, l.What, string(l.Of.Kind), l.Of.Name,
		l.Of.Version, l.Sentence, l.Reason, text, l.Prev, l.Hash)
}

const (
	seenOf = `SELECT tbl, key, body FROM benchside_seen WHERE model = ?1`
	seeRow = `INSERT INTO benchside_seen (model, tbl, key, body) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (model, tbl, key) DO UPDATE SET body = excluded.body`
	forgetRow  = `DELETE FROM benchside_seen WHERE model = ?1 AND tbl = ?2 AND key = ?3`
	seenModels = `SELECT DISTINCT model FROM benchside_seen`
	allModels  = `SELECT name FROM registered_models`
)

// look compares a model with what the ledger last saw of it, and writes a line
// about what others changed. It does so once in a transaction.
func (w *work) look(name string) error {
	if w.models[name] != nil {
		return nil
	}
	now, changes, first, err := w.compare(name)
	if err != nil {
		return err
	}
	w.models[name] = &model{now}
	if len(changes) == 0 {
		return nil
	}
	if !first && ledger.Replaced(changes) {
		// Another model has the name now: what was asked and granted was for the one
		// before it.
		if err := w.dropGovernance(name); err != nil {
			return err
		}
		changes = append(changes, w.take()...)
	}
	line, err := w.write(observed(name, changes, first))
	if err != nil {
		return err
	}
	w.receipt.Observed = append(w.receipt.Observed, line)
	return w.see(changes)
}

// observed is a line about what others did.
func observed(name string, changes []store.RowChange, first bool) store.Line {
	return store.Line{
		What: store.Observed, Of: store.Subject{Kind: store.ModelSubject, Name: name},
		Sentence: ledger.Told(name, changes, first), Changes: changes,
	}
}

// observe looks at one model, or at all.
func (w *work) observe(name string) error {
	names := []string{name}
	if name == "" {
		var err error
		if names, err = modelNames(w.query); err != nil {
			return err
		}
	}
	for _, n := range names {
		if err := w.look(n); err != nil {
			return err
		}
	}
	return nil
}

// rows reads what the registry has of a model.
func (t *tx) rows(name string) (ledger.Rows, error) {
	rows := ledger.Rows{}
	for _, k := range registry() {
		found, err := t.list(k, row{k.model: name})
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if err := rows.Put(k.table, k.keyOf(r), r); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// queries is how rows are read, inside a transaction or a burst.
type queries func(sql string, args []any, row func(v []driver.Value) error) error

// seenText is a row as the ledger last saw it, encoded.
type seenText struct{ table, key, body string }

func readSeen(query queries, name string) ([]seenText, error) {
	var all []seenText
	err := query(seenOf, []any{name}, func(v []driver.Value) error {
		all = append(all, seenText{text(v[0]), text(v[1]), text(v[2])})
		return nil
	})
	if missing(err) {
		return nil, nil // no ledger yet
	}
	return all, err
}

// compare returns what the registry has of a model, and what became of it since
// the ledger last saw it. First says that it never did.
func (t *tx) compare(name string) (now ledger.Rows, changes []store.RowChange, first bool, err error) {
	seen, err := readSeen(t.query, name)
	if err != nil {
		return nil, nil, false, err
	}
	if now, err = t.rows(name); err != nil {
		return nil, nil, false, err
	}
	if same, err := isSeen(now, seen); err != nil || same {
		return now, nil, len(seen) == 0, err
	}
	before := ledger.Rows{}
	for _, s := range seen {
		key, broken := ledger.DecodeRow(s.key)
		values, alsoBroken := ledger.DecodeRow(s.body)
		if err := errors.Join(broken, alsoBroken); err != nil {
			return nil, nil, false, fmt.Errorf("%w: what the ledger saw of %s: %w", store.ErrDamaged, name, err)
		}
		if err := before.Put(s.table, key, values); err != nil {
			return nil, nil, false, err
		}
	}
	return now, ledger.Diff(before, now), len(seen) == 0, nil
}

// isSeen compares rows as they are encoded, which is how nearly all models are
// found to be unchanged.
func isSeen(now ledger.Rows, seen []seenText) (bool, error) {
	count := 0
	for _, rows := range now {
		count += len(rows)
	}
	if count != len(seen) {
		return false, nil
	}
	for _, s := range seen {
		r, there := now[s.table][s.key]
		if !there {
			return false, nil
		}
		if body, err := ledger.EncodeRow(r.Values); err != nil || body != s.body {
			return false, err
		}
	}
	return true, nil
}

// see remembers what was changed of the registry.
func (w *work) see(changes []store.RowChange) error {
	for _, c := range changes {
		k, ok := kindOf(c.Table)
		if !ok || !inRegistry(c.Table) {
			continue
		}
		name, _ := c.Key[k.model].(string)
		if w.models[name] == nil {
			w.models[name] = &model{ledger.Rows{}}
		}
		rows := w.models[name].rows
		if err := rows.Apply([]store.RowChange{c}); err != nil {
			return err
		}
		key, err := ledger.EncodeRow(c.Key)
		if err != nil {
			return err
		}
		if c.After == nil {
			err = w.exec(forgetRow, name, c.Table, key)
		} else {
			var body string
			if body, err = ledger.EncodeRow(rows[c.Table][key].Values); err == nil {
				err = w.exec(seeRow, name, c.Table, key, body)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func kindOf(table string) (kind, bool) {
	all := kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return k.table == table })
	if i < 0 {
		return kind{}, false
	}
	return all[i], true
}

func readChain(query queries, statement string) (head ledger.Chain, found bool, err error) {
	err = query(statement, nil, func(v []driver.Value) error {
		found = true
		if n := integer(v[0]); n > format {
			return refuse(store.ErrReadOnly, "its benchside tables are of format %d, newer than this benchside", n)
		}
		head = ledger.Chain{Lines: integer(v[1]), Hash: text(v[2])}
		if head.Lines > 0 {
			head.At = moment(v[3])
		}
		return nil
	})
	return head, found, err
}
