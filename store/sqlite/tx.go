package sqlite

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"benchside/store"
	"benchside/store/ledger"
)

// row is one row by column. The workspace of MLflow 3.10 and later is left out:
// it is always the default one, and a store that is migrated meanwhile must not
// look changed.
type row = map[string]any

// kind is a table whose rows are written.
type kind struct {
	table string
	key   []string // the primary key without the workspace
	model string   // the column that names the model; "" if the rows are of none
}

// tx is a transaction that may write. Every row that it changes is noted. A
// statement of it is not interrupted, since it takes microseconds.
type tx struct {
	c       *conn
	now     int64               // milliseconds since the Unix epoch
	columns map[string][]string // by table, as they are in this transaction
	changes []store.RowChange   // since they were last taken
}

// begin starts a transaction on a store that may be written, as it is now.
func begin(c *conn) (*tx, error) {
	t := &tx{c: c, now: time.Now().UnixMilli(), columns: map[string][]string{}}
	if err := t.exec(keepInMemory); err != nil {
		return nil, err
	}
	if err := t.exec(beginImmediate); err != nil {
		return nil, err
	}
	if err := t.check(); err != nil {
		_ = t.exec(rollbackAll) // nothing was written: the reason is the error before
		return nil, err
	}
	return t, nil
}

const (
	columnsToWrite = `SELECT m.name, p.name FROM sqlite_schema m, pragma_table_info(m.name) p
		WHERE m.type = 'table' AND (m.name IN ('registered_models', 'registered_model_tags', 'registered_model_aliases',
			'model_versions', 'model_version_tags', 'logged_models', 'webhooks', 'webhook_events', 'alembic_version',
			'experiments', 'experiment_tags', 'runs', 'tags', 'assessments', 'datasets', 'trace_info', 'inputs',
			'input_tags', 'entity_associations', 'params', 'metrics', 'latest_metrics', 'logged_model_params',
			'logged_model_tags', 'logged_model_metrics')
			OR m.name LIKE 'benchside\_%' ESCAPE '\')`
	foreignModel      = `SELECT name, workspace FROM registered_models WHERE workspace < 'default' OR workspace > 'default' LIMIT 1`
	foreignExperiment = `SELECT name, workspace FROM experiments WHERE workspace < 'default' OR workspace > 'default' LIMIT 1`
	foreignWebhook    = `SELECT webhook_id, workspace FROM webhooks WHERE workspace < 'default' OR workspace > 'default' LIMIT 1`
)

// check refuses what is not covered by tests, whatever was true when the store
// was opened.
func (t *tx) check() error {
	if err := t.learn(); err != nil {
		return err
	}
	revision := ""
	if t.has("alembic_version") {
		err := t.query(oneRevision, nil, func(v []driver.Value) error { revision = text(v[0]); return nil })
		if err != nil {
			return err
		}
	}
	if !covered(revision) {
		return refuse(store.ErrReadOnly, "schema revision %q is read only", revision)
	}
	if found, err := t.foreign(); err != nil || found != "" {
		return cmp.Or(err, refuse(store.ErrReadOnly, "%s", found))
	}
	return nil
}

// foreign says what is in another workspace than the default one.
func (t *tx) foreign() (found string, err error) {
	for table, statement := range map[string]string{
		"registered_models": foreignModel, "webhooks": foreignWebhook, "experiments": foreignExperiment,
	} {
		if !t.hasColumn(table, workspace) {
			continue
		}
		err := t.query(statement, nil, func(v []driver.Value) error {
			found = fmt.Sprintf("%s is in workspace %s: a store with workspaces is only read", text(v[0]), text(v[1]))
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return found, nil
}

// learn reads which columns there are.
func (t *tx) learn() error {
	clear(t.columns)
	return t.query(columnsToWrite, nil, func(v []driver.Value) error {
		t.columns[text(v[0])] = append(t.columns[text(v[0])], text(v[1]))
		return nil
	})
}

const workspace = "workspace"

func (t *tx) has(table string) bool { return t.columns[table] != nil }

func (t *tx) hasColumn(table, column string) bool { return slices.Contains(t.columns[table], column) }

func (t *tx) exec(sql string, args ...any) error { return t.c.exec(context.Background(), sql, args...) }

func (t *tx) query(sql string, args []any, row func(v []driver.Value) error) error {
	return t.c.query(context.Background(), sql, args, row)
}

// one reads a single number, 0 if there is none.
func (t *tx) one(sql string, args ...any) (n int64, err error) {
	err = t.query(sql, args, func(v []driver.Value) error { n = integer(v[0]); return nil })
	return n, err
}

// shown are the columns of a kind that rows have.
func (t *tx) shown(k kind) []string {
	all := slices.Clone(t.columns[k.table])
	return slices.DeleteFunc(all, func(c string) bool { return c == workspace })
}

// quoted is a column as SQL: a store may name its own as it likes.
func quoted(column string) string { return `"` + strings.ReplaceAll(column, `"`, `""`) + `"` }

// where matches the columns of by, and the default workspace.
func (t *tx) where(k kind, by row) (string, []any) {
	var terms []string
	var args []any
	for _, c := range slices.Sorted(maps.Keys(by)) {
		terms = append(terms, quoted(c)+" = ?")
		args = append(args, by[c])
	}
	if t.hasColumn(k.table, workspace) {
		terms = append(terms, "workspace = 'default'")
	}
	return strings.Join(terms, " AND "), args
}

// list returns the rows that have the values of by, those of benchside's tables by
// number. To order those of MLflow's by their key would have SQLite take another
// index than the one by model.
func (t *tx) list(k kind, by row) ([]row, error) {
	shown := t.shown(k)
	if len(shown) == 0 {
		return nil, nil // an older store
	}
	var names []string
	for _, c := range shown {
		names = append(names, quoted(c))
	}
	where, args := t.where(k, by)
	var found []row
	statement := "SELECT " + strings.Join(names, ", ") + " FROM " + k.table + " WHERE " + where
	if strings.HasPrefix(k.table, "benchside_") {
		statement += " ORDER BY " + k.key[0]
	}
	err := t.query(statement, args, func(v []driver.Value) error {
		r := row{}
		for i, c := range shown {
			kept, err := kept(v[i])
			if err != nil {
				return fmt.Errorf("%s.%s: %w", k.table, c, err)
			}
			r[c] = kept
		}
		found = append(found, r)
		return nil
	})
	return found, err
}

// kept is a value as it can be written again: nil, an integer, a float, a text
// or a blob.
func kept(v driver.Value) (any, error) {
	switch v := v.(type) {
	case nil, int64, float64, string:
		return v, nil
	case []byte:
		return slices.Clone(v), nil
	case bool:
		return integer(v), nil
	}
	return nil, refuse(store.ErrReadOnly, "a column of %T cannot be written", v)
}

// find returns the row of a key.
func (t *tx) find(k kind, key row) (row, bool, error) {
	found, err := t.list(k, key)
	if err != nil || len(found) == 0 {
		return nil, false, err
	}
	return found[0], true, nil
}

func (k kind) keyOf(r row) row {
	key := row{}
	for _, c := range k.key {
		key[c] = r[c]
	}
	return key
}

// insert adds a row and notes it as the store has it then.
func (t *tx) insert(k kind, r row) error {
	var names, marks []string
	var args []any
	for _, c := range slices.Sorted(maps.Keys(r)) {
		if !t.hasColumn(k.table, c) {
			continue // of a later release
		}
		names, marks, args = append(names, quoted(c)), append(marks, "?"), append(args, r[c])
	}
	if t.hasColumn(k.table, workspace) {
		names, marks = append(names, workspace), append(marks, "'default'")
	}
	statement := "INSERT INTO " + k.table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
	if err := t.exec(statement, args...); err != nil {
		return err
	}
	after, _, err := t.find(k, k.keyOf(r))
	if err == nil {
		t.changes = append(t.changes, store.RowChange{Table: k.table, Key: k.keyOf(r), After: after})
	}
	return err
}

// update sets columns of the row of a key, and notes those that differ. A row
// that has the values is left alone.
func (t *tx) update(k kind, key, set row) error {
	old, there, err := t.find(k, key)
	if err != nil || !there {
		return err
	}
	before, after := row{}, row{}
	var names []string
	var args []any
	for _, c := range slices.Sorted(maps.Keys(set)) {
		if !t.hasColumn(k.table, c) || ledger.Same(old[c], set[c]) {
			continue
		}
		before[c], after[c] = old[c], set[c]
		names, args = append(names, quoted(c)+" = ?"), append(args, set[c])
	}
	if len(names) == 0 {
		return nil
	}
	where, by := t.where(k, key)
	if err := t.exec("UPDATE "+k.table+" SET "+strings.Join(names, ", ")+" WHERE "+where, append(args, by...)...); err != nil {
		return err
	}
	t.changes = append(t.changes, store.RowChange{Table: k.table, Key: key, Before: before, After: after})
	return nil
}

// remove deletes the row of a key.
func (t *tx) remove(k kind, key row) error {
	old, there, err := t.find(k, key)
	if err != nil || !there {
		return err
	}
	where, args := t.where(k, key)
	if err := t.exec("DELETE FROM "+k.table+" WHERE "+where, args...); err != nil {
		return err
	}
	t.changes = append(t.changes, store.RowChange{Table: k.table, Key: key, Before: old})
	return nil
}

// put adds a row, or sets the columns of the one that has its key.
func (t *tx) put(k kind, r row) error {
	_, there, err := t.find(k, k.keyOf(r))
	switch {
	case err != nil:
		return err
	case there:
		return t.update(k, k.keyOf(r), r)
	}
	return t.insert(k, r)
}

// take returns what was changed since it was last asked.
func (t *tx) take() []store.RowChange {
	changes := t.changes
	t.changes = nil
	return changes
}
