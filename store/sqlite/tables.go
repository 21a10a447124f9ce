package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"benchside/store/ledger"
)

// ours are the tables of benchside in MLflow's file, which MLflow's migrations
// leave alone. They are made by the first write.
var ours = []string{
	`CREATE TABLE IF NOT EXISTS benchside_ledger (
		seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, "by" TEXT NOT NULL, via TEXT NOT NULL, what TEXT NOT NULL,
		kind TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, renamed TEXT NOT NULL, says TEXT NOT NULL,
		reason TEXT NOT NULL, changes TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS benchside_ledger_name ON benchside_ledger (name)`,
	`CREATE TABLE IF NOT EXISTS benchside_ledger_head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL)`,
	`CREATE TRIGGER IF NOT EXISTS benchside_ledger_kept BEFORE UPDATE ON benchside_ledger
		BEGIN SELECT raise(ABORT, 'the ledger is only added to'); END`,
	`CREATE TRIGGER IF NOT EXISTS benchside_ledger_whole BEFORE DELETE ON benchside_ledger
		BEGIN SELECT raise(ABORT, 'the ledger is only added to'); END`,
	`CREATE TABLE IF NOT EXISTS benchside_seen (name TEXT PRIMARY KEY, state TEXT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS benchside_rules (
		name TEXT NOT NULL, stage TEXT NOT NULL, approval INTEGER NOT NULL, gate INTEGER NOT NULL, PRIMARY KEY (name, stage))`,
	`CREATE TABLE IF NOT EXISTS benchside_requests (
		id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, "from" TEXT NOT NULL, "to" TEXT NOT NULL,
		archive INTEGER NOT NULL, "by" TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL, state TEXT NOT NULL,
		decided_by TEXT, decided INTEGER, comment TEXT)`,
	`CREATE TABLE IF NOT EXISTS benchside_comments (
		id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, "by" TEXT NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS benchside_gates (
		id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, stage TEXT NOT NULL, against INTEGER NOT NULL,
		"by" TEXT NOT NULL, at INTEGER NOT NULL, verdict TEXT NOT NULL, checks TEXT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS benchside_deliveries (
		id TEXT PRIMARY KEY, line INTEGER NOT NULL, entity TEXT NOT NULL, action TEXT NOT NULL, at INTEGER NOT NULL, data TEXT NOT NULL,
		kind TEXT NOT NULL, recipient TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next INTEGER NOT NULL,
		changed INTEGER NOT NULL, answer TEXT NOT NULL, replay_of TEXT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS benchside_deliveries_due ON benchside_deliveries (state, next)`,
	`CREATE TABLE IF NOT EXISTS benchside_jobs (
		id INTEGER PRIMARY KEY, hook TEXT NOT NULL, delivery TEXT NOT NULL, event TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
		version INTEGER NOT NULL, command TEXT NOT NULL, state TEXT NOT NULL, asked INTEGER NOT NULL, host TEXT NOT NULL,
		pid INTEGER NOT NULL, created INTEGER NOT NULL, started INTEGER, ended INTEGER, exit INTEGER NOT NULL, log TEXT NOT NULL, says TEXT NOT NULL)`,
}

const (
	hasOurs   = `SELECT 1 FROM sqlite_schema WHERE name = 'benchside_jobs'`
	otherwise = `SELECT 1 FROM registered_models WHERE workspace <> 'default' LIMIT 1`
)

// prepare makes benchside's tables if they are missing.
func (t *tx) prepare(ctx context.Context) error {
	if t.schema.hasColumn("registered_models", "workspace") {
		if _, ok, err := t.one(ctx, otherwise); err != nil || ok {
			if ok {
				err = errWorkspaces
			}
			return err
		}
	}
	if _, ok, err := t.one(ctx, hasOurs); err != nil || ok {
		return err
	}
	for _, statement := range ours {
		if err := t.run(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// slice is a part of a table: the rows in which a column has a value.
type slice struct {
	table, column string
	value         any
}

// ofModel are the rows of a model, and with them what benchside keeps of it.
func ofModel(name string) []slice {
	var out []slice
	for _, table := range []string{
		"registered_models", "registered_model_tags", "registered_model_aliases", "model_versions", "model_version_tags",
		"benchside_rules", "benchside_requests", "benchside_comments", "benchside_gates",
	} {
		out = append(out, slice{table, "name", name})
	}
	return out
}

// theirs are the slices of MLflow's own tables: what others may have changed.
func theirs(parts []slice) []slice {
	var out []slice
	for _, p := range parts {
		if !strings.HasPrefix(p.table, "benchside_") {
			out = append(out, p)
		}
	}
	return out
}

// partsOf reads all columns of some parts of tables.
func partsOf(ctx context.Context, c *conn, parts []slice) (ledger.State, error) {
	var s ledger.State
	for _, p := range parts {
		columns, err := columnsOf(ctx, c, p.table)
		if err != nil {
			return s, err
		}
		if len(columns) == 0 {
			continue // a table that this release does not have
		}
		err = c.query(ctx, fmt.Sprintf(`SELECT * FROM %s WHERE %s = ?1`, p.table, p.column), []any{p.value}, func(v []driver.Value) error {
			row := make(ledger.Row, len(v))
			for i, column := range columns {
				row[column] = value(v[i])
			}
			s.Add(p.table, row)
			return nil
		})
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

func columnsOf(ctx context.Context, c *conn, table string) (columns []string, err error) {
	err = c.query(ctx, `SELECT name FROM pragma_table_info(?1) ORDER BY cid`, []any{table}, func(v []driver.Value) error {
		columns = append(columns, text(v[0]))
		return nil
	})
	return columns, err
}

// value makes a value of the driver one that a row keeps.
func value(v driver.Value) any {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	}
	return v
}

// one reads the first row of a statement; ok says whether there is one.
func (t *tx) one(ctx context.Context, sql string, args ...any) (row []any, ok bool, err error) {
	err = t.c.query(ctx, sql, args, func(v []driver.Value) error {
		if !ok {
			for _, one := range v {
				row = append(row, value(one))
			}
		}
		ok = true
		return nil
	})
	return row, ok, err
}

func (t *tx) run(ctx context.Context, sql string, args ...any) error {
	return t.c.run(ctx, sql, args...)
}

// insert adds a row of columns that are named by us, with a workspace where the
// table has one.
func (t *tx) insert(ctx context.Context, table string, row ledger.Row) error {
	columns, err := columnsOf(ctx, t.c, table)
	if err != nil {
		return err
	}
	var names, marks []string
	var args []any
	for _, column := range columns {
		v, ok := row[column]
		if column == "workspace" && !ok {
			v, ok = "default", true
		}
		if ok {
			names, args = append(names, `"`+column+`"`), append(args, v)
			marks = append(marks, fmt.Sprintf("?%d", len(args)))
		}
	}
	return t.run(ctx, fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, table, strings.Join(names, ", "), strings.Join(marks, ", ")), args...)
}
