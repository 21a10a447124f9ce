package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"

	"benchside/store"
	"benchside/store/ledger"
)

var errWorkspaces = fmt.Errorf("%w: the store has models in other workspaces than default, which MLflow's single client refuses, too", store.ErrReadOnly)

const (
	lastLine = `SELECT seq, hash FROM benchside_ledger ORDER BY seq DESC LIMIT 1`
	setHead  = `INSERT INTO benchside_ledger_head (one, seq, hash) VALUES (1, ?1, ?2)
		ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`
	seenOf   = `SELECT state FROM benchside_seen WHERE name = ?1`
	setSeen  = `INSERT INTO benchside_seen (name, state) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET state = excluded.state`
	dropSeen = `DELETE FROM benchside_seen WHERE name = ?1`
)

// append adds a line to the ledger. It returns the line with its number and hash.
func (t *tx) append(ctx context.Context, l store.Line, renamed string) (store.Line, error) {
	head, _, err := t.one(ctx, lastLine)
	if err != nil {
		return l, err
	}
	l.Seq, l.Prev = 1, ""
	if head != nil {
		l.Seq, l.Prev = head[0].(int64)+1, head[1].(string)
	}
	l.At = store.At(t.now)
	changes, err := ledger.Encode(l.Changes)
	if err != nil {
		return l, err
	}
	l.Hash = ledger.Hash(l, changes)
	err = t.insert(ctx, "benchside_ledger", ledger.Row{
		"seq": l.Seq, "at": t.now, "by": l.By.Name, "via": l.By.Via, "what": l.What, "kind": string(l.Of.Kind), "name": l.Of.Name,
		"version": l.Of.Version, "renamed": renamed, "says": l.Sentence, "reason": l.Reason, "changes": changes, "prev": l.Prev, "hash": l.Hash,
	})
	return l, errors.Join(err, t.run(ctx, setHead, l.Seq, l.Hash))
}

// observe records what others changed in a model since it was last seen.
func (t *tx) observe(ctx context.Context, name string) ([]store.Line, error) {
	now, err := partsOf(ctx, t.c, theirs(ofModel(name)))
	if err != nil {
		return nil, err
	}
	before, known, err := seen(ctx, t.c, name)
	if err != nil {
		return nil, err
	}
	l, differs := observed(name, before, now, known)
	if !differs {
		return nil, nil
	}
	l, err = t.append(ctx, l, "")
	if err != nil {
		return nil, err
	}
	return []store.Line{l}, t.keep(ctx, name, now)
}

// observed is the line about what others made of a model.
func observed(name string, before, now ledger.State, known bool) (store.Line, bool) {
	changes := ledger.Diff(before, now)
	if len(changes) == 0 {
		return store.Line{}, false
	}
	says := fmt.Sprintf("%s: %s, by another program", name, ledger.Words(changes))
	if !known {
		says = fmt.Sprintf("%s: first seen, with %d versions", name, len(now.Rows("model_versions")))
	}
	return store.Line{
		By: store.Author{Name: "another program", Via: store.Observed}, What: store.Observed,
		Of: store.Subject{Kind: store.ModelSubject, Name: name}, Sentence: says, Changes: changes,
	}, true
}

// seen is the state of a model as it was last seen.
func seen(ctx context.Context, c *conn, name string) (state ledger.State, known bool, err error) {
	held := ""
	err = c.query(ctx, seenOf, []any{name}, func(v []driver.Value) error {
		held, known = text(v[0]), true
		return nil
	})
	if err != nil || !known {
		return state, false, err
	}
	state, err = ledger.ParseState(held)
	return state, true, err
}

// keep remembers the state of a model as seen.
func (t *tx) keep(ctx context.Context, name string, now ledger.State) error {
	if now.Empty() {
		return t.run(ctx, dropSeen, name)
	}
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return t.run(ctx, setSeen, name, string(text))
}
