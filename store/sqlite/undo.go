package sqlite

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"benchside/store"
	"benchside/store/ledger"
)

const (
	lineColumns = `SELECT seq, at, by_name, by_via, what, of_kind, of_name, of_version, sentence, reason, changes, prev, hash
		FROM benchside_ledger `
	oneLine = lineColumns + `WHERE seq = ?1`

	purged = "purge_" // begins the names of what is removed for good

	laterForeignKeys = `PRAGMA defer_foreign_keys = ON`
)

// readLine reads a line and its changes as they are encoded.
func readLine(v []driver.Value) (store.Line, string) {
	return store.Line{
		Seq: integer(v[0]), At: moment(v[1]), By: store.Author{Name: text(v[2]), Via: text(v[3])}, What: text(v[4]),
		Of:       store.Subject{Kind: store.SubjectKind(text(v[5])), Name: text(v[6]), Version: integer(v[7])},
		Sentence: text(v[8]), Reason: text(v[9]), Prev: text(v[11]), Hash: text(v[12]),
	}, text(v[10])
}

// wantLine returns a line of the ledger if it is what the user saw. A line that
// was edited is not acted on.
func (w *work) wantLine(seq int64, of store.Subject) (store.Line, error) {
	var l store.Line
	var changes string
	err := w.query(oneLine, []any{seq}, func(v []driver.Value) error { l, changes = readLine(v); return nil })
	switch {
	case err != nil:
		return l, err
	case l.Seq == 0:
		return l, refuse(store.ErrNotFound, "line %d of the ledger: %v", seq, store.ErrNotFound)
	case l.Hash != ledger.Hash(l, changes):
		return l, refuse(store.ErrBroken, "line %d of the ledger was edited: its content has another hash", seq)
	case of != store.Subject{} && of != l.Of:
		return l, refuse(store.ErrStale, "%v: line %d is about %s", store.ErrStale, seq, l.Of)
	}
	l.Changes, err = ledger.Decode(changes)
	return l, err
}

// undo gives the rows of a line back what they had before it.
func (w *work) undo(m store.Undo) error {
	l, err := w.wantLine(m.Line, m.Of)
	if err != nil {
		return err
	}
	switch {
	case l.What == store.Observed:
		return invalid("line %d tells what another program did, which is not taken back; its stages and aliases can be rolled back", l.Seq)
	case l.What == store.LogBatch{}.Name():
		return invalid("line %d logged to a run: MLflow takes no metric back", l.Seq)
	case l.What == store.RemoveMonitor{}.Name():
		return invalid("line %d removed a monitor with its results, which are not kept", l.Seq)
	case l.What == store.RecordBatch{}.Name():
		return invalid("line %d tells what a monitor found, which is not taken back", l.Seq)
	case strings.HasPrefix(l.What, purged):
		return invalid("line %d removed something for good, which is not taken back", l.Seq)
	case len(l.Changes) == 0:
		return invalid("line %d changed nothing", l.Seq)
	}
	for _, c := range l.Changes {
		if err := w.lookAt(c); err != nil {
			return err
		}
	}
	for _, c := range l.Changes {
		if err := w.isAsLeft(c); err != nil {
			return err
		}
	}
	if err := cmp.Or(w.mayReturn(l.Changes), w.mayUnwatch(l.Changes)); err != nil {
		return err
	}
	if err := w.revert(l.Changes); err != nil {
		return err
	}
	if l.Of.Kind == store.MonitorSubject {
		if _, err := w.turn(); err != nil {
			return err
		}
	}
	w.of = l.Of
	w.says = fmt.Sprintf("take back line %d: %s", l.Seq, l.Sentence)
	w.tell(w.happenings(w.changes)...)
	w.tell(happened("change", "undone", field{"line", l.Seq}, field{"name", l.Of.Name}, field{"sentence", l.Sentence},
		field{"by", w.intent.By.Name}))
	return nil
}

// lookAt looks at the model of a row.
func (w *work) lookAt(c store.RowChange) error {
	k, ok := kindOf(c.Table)
	if !ok {
		return refuse(store.ErrDamaged, "the ledger tells of table %q, which it does not keep", c.Table)
	}
	if name, ok := c.Key[k.model].(string); ok {
		return w.look(name)
	}
	return nil
}

// isAsLeft compares a row with what a line left.
func (w *work) isAsLeft(c store.RowChange) error {
	k, _ := kindOf(c.Table)
	now, there, err := w.find(k, c.Key)
	if err != nil {
		return err
	}
	stale := func(how string, args ...any) error {
		return refuse(store.ErrStale, "%v: %s %s", store.ErrStale, called(k, c.Key), fmt.Sprintf(how, args...))
	}
	switch {
	case c.After == nil && there:
		return stale("is there again")
	case c.After == nil:
		return nil
	case !there:
		return stale("is gone")
	}
	for _, column := range sortedKeys(c.After) {
		if !ledger.Same(now[column], c.After[column]) {
			return stale("has another %s", column)
		}
	}
	return nil
}

// called names a row for people.
func called(k kind, key row) string {
	name := k.table
	for _, c := range k.key {
		name += fmt.Sprintf(" %v", key[c])
	}
	return name
}

// mayReturn refuses to bring a version back into a stage whose rule it never
// satisfied.
func (w *work) mayReturn(changes []store.RowChange) error {
	for _, c := range changes {
		if c.Table != versionRows().table || c.Before == nil {
			continue
		}
		if stage, ok := c.Before["current_stage"].(string); ok && c.After != nil {
			if err := w.wasGranted(asText(c.Key["name"]), asNumber(c.Key["version"]), stage); err != nil {
				return err
			}
		}
	}
	return nil
}

// wasGranted refuses a stage that asks for an approval which the version never
// got, or for a gate that it did not pass.
func (w *work) wasGranted(model string, version int64, stage string) error {
	rule, err := w.rule(model, stage)
	if err != nil {
		return err
	}
	if rule.NeedsApproval {
		granted, err := w.list(requestRows(), row{
			"model": model, "version": version, "to_stage": stage, "state": string(store.Approved),
		})
		if err != nil {
			return err
		}
		if len(granted) == 0 {
			return refuse(store.ErrDenied, "%s v%d was never approved for %s: ask for it", model, version, stage)
		}
	}
	return w.wantGate(rule, model, version)
}

// revert makes rows what they were: children go before their parents and come
// after them.
func (w *work) revert(changes []store.RowChange) error {
	if err := w.exec(laterForeignKeys); err != nil {
		return err
	}
	order := kinds()
	for _, k := range slices.Backward(order) {
		for _, c := range changes {
			if c.Table != k.table || c.Before != nil {
				continue
			}
			if err := w.withoutChildren(k, c.Key); err != nil {
				return err
			}
			if err := w.remove(k, c.Key); err != nil {
				return err
			}
		}
	}
	for _, k := range order {
		for _, c := range changes {
			var err error
			switch {
			case c.Table != k.table || c.Before == nil:
			case c.After == nil:
				err = w.insert(k, c.Before)
			default:
				err = w.update(k, c.Key, c.Before)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// withoutChildren refuses to take away a row that others hang on by now.
func (w *work) withoutChildren(k kind, key row) error {
	var children []kind
	switch k.table {
	case registeredRows().table:
		children = []kind{versionRows(), modelTagRows(), aliasRows()}
	case versionRows().table:
		children = []kind{versionTagRows(), aliasRows()}
	case experimentRows().table:
		children = []kind{
			experimentTagRows(), rowsOfRuns(),
			{"logged_models", []string{"model_id"}, ""},
			{"datasets", []string{"name", "digest"}, ""},
			{"trace_info", []string{"request_id"}, ""},
		}
	}
	for _, child := range children {
		found, err := w.list(child, key)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return refuse(store.ErrStale, "%v: %s came meanwhile", store.ErrStale, called(child, child.keyOf(found[0])))
		}
	}
	return nil
}

// rollBack puts the stages and aliases of a line back, as new changes.
func (w *work) rollBack(m store.RollBack) error {
	if w.intent.Reason == "" {
		return invalid("rolling back needs a reason")
	}
	l, err := w.wantLine(m.Line, m.Of)
	if err != nil {
		return err
	}
	done := 0
	for _, c := range l.Changes {
		if err := w.lookAt(c); err != nil {
			return err
		}
		is, err := w.putBack(c)
		if err != nil {
			return err
		}
		if is {
			done++
		}
	}
	if done == 0 {
		return invalid("line %d moved no stage and no alias that is not what it was", l.Seq)
	}
	w.of = l.Of
	w.says = fmt.Sprintf("roll %s back to what it was before line %d: %s", l.Of, l.Seq, l.Sentence)
	w.tell(happened("model_version", "rolled_back", field{"name", l.Of.Name}, field{"line", l.Seq},
		field{"sentence", l.Sentence}, field{"by", w.intent.By.Name}, field{"reason", w.intent.Reason}))
	return nil
}

// putBack puts one stage or alias back, and reports whether it was not what it
// was already.
func (w *work) putBack(c store.RowChange) (done bool, err error) {
	name := asText(c.Key["name"])
	switch c.Table {
	case versionRows().table:
		return w.putStageBack(name, asNumber(c.Key["version"]), asText(c.Before["current_stage"]), asText(c.After["current_stage"]))
	case aliasRows().table:
		return w.putAliasBack(name, asText(c.Key["alias"]), c.Before)
	}
	return false, nil
}

func (w *work) putStageBack(name string, version int64, before, after string) (bool, error) {
	if before == "" || after == "" || before == deletedInternal || after == deletedInternal {
		return false, nil // made or deleted, not moved
	}
	found, err := w.wantVersion(name, version)
	if err != nil || found["current_stage"] == before {
		return false, err
	}
	if err := w.wasGranted(name, version, before); err != nil {
		return false, err
	}
	return true, w.move(store.MoveStage{Model: name, Version: version, To: before})
}

func (w *work) putAliasBack(name, alias string, before row) (bool, error) {
	now, there, err := w.find(aliasRows(), row{"name": name, "alias": alias})
	switch {
	case err != nil:
		return false, err
	case before == nil && !there, before != nil && there && now["version"] == before["version"]:
		return false, nil
	case before == nil:
		return true, w.deleteAlias(store.DeleteAlias{Model: name, Alias: alias})
	}
	return true, w.setAlias(store.SetAlias{Model: name, Alias: alias, Version: asNumber(before["version"])})
}
