package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"benchside/store"
)

// schema is what the store at hand can answer. Copies share what is known, so
// that all see a migration by another process at once. The zero value knows no
// table.
type schema struct{ now *atomic.Pointer[facts] }

// facts are not changed once they are made.
type facts struct {
	revision string              // alembic_version; empty if there is none
	columns  map[string][]string // by table
	indexes  map[string]bool
}

func newSchema(f *facts) schema {
	s := schema{now: new(atomic.Pointer[facts])}
	s.now.Store(f)
	return s
}

func (s schema) facts() *facts {
	if s.now == nil {
		return &facts{}
	}
	return s.now.Load()
}

// has reports whether there is such a table.
func (s schema) has(table string) bool {
	_, ok := s.facts().columns[table]
	return ok
}

// hasColumn reports whether there is such a column.
func (s schema) hasColumn(table, column string) bool {
	return slices.Contains(s.facts().columns[table], column)
}

// hasIndex reports whether there is such an index.
func (s schema) hasIndex(name string) bool { return s.facts().indexes[name] }

// revision returns the alembic revision, empty if none is recorded.
func (s schema) revision() string { return s.facts().revision }

// needed are the tables and columns without which nothing can be shown: those
// of MLflow 1.0. All others are looked for before use.
var needed = []struct {
	table   string
	columns []string
}{
	{"experiments", []string{"experiment_id", "name", "artifact_location", "lifecycle_stage"}},
	{"runs", []string{"run_uuid", "experiment_id", "user_id", "status", "start_time", "end_time", "lifecycle_stage", "artifact_uri", "name"}},
	{"params", []string{"run_uuid", "key", "value"}},
	{"tags", []string{"run_uuid", "key", "value"}},
	{"metrics", []string{"run_uuid", "key", "value", "timestamp", "step", "is_nan"}},
	{"latest_metrics", []string{"run_uuid", "key", "value", "timestamp", "step", "is_nan"}},
}

// check reports what is missing of MLflow's schema.
func (f *facts) check() error {
	var tables, columns []string
	for _, n := range needed {
		have, ok := f.columns[n.table]
		if !ok {
			tables = append(tables, n.table)
			continue
		}
		for _, c := range n.columns {
			if !slices.Contains(have, c) {
				columns = append(columns, n.table+"."+c)
			}
		}
	}
	switch {
	case len(tables) == len(needed):
		return fmt.Errorf("%w: an SQLite database without MLflow's tables", store.ErrNotStore)
	case len(tables)+len(columns) > 0:
		return fmt.Errorf("%w: schema revision %q has no %s", store.ErrNotStore, f.revision,
			strings.Join(append(tables, columns...), ", "))
	}
	return nil
}

const (
	allColumns = `SELECT m.name, p.name FROM sqlite_schema m, pragma_table_info(m.name) p
		WHERE m.type = 'table' AND m.name IN ('alembic_version', 'experiments', 'experiment_tags', 'runs',
			'params', 'tags', 'metrics', 'latest_metrics', 'datasets', 'inputs', 'input_tags', 'logged_models',
			'logged_model_params', 'logged_model_tags', 'logged_model_metrics', 'registered_models', 'model_versions',
			'registered_model_aliases', 'registered_model_tags', 'model_version_tags')`
	allIndexes  = `SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`
	oneRevision = `SELECT version_num FROM alembic_version LIMIT 1`
)

func readFacts(ctx context.Context, c *conn) (*facts, error) {
	f := &facts{columns: map[string][]string{}, indexes: map[string]bool{}}
	err := c.query(ctx, allColumns, nil, func(v []driver.Value) error {
		table := text(v[0])
		f.columns[table] = append(f.columns[table], text(v[1]))
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = c.query(ctx, allIndexes, nil, func(v []driver.Value) error {
		f.indexes[text(v[0])] = true
		return nil
	})
	if err != nil || f.columns["alembic_version"] == nil {
		return f, err
	}
	return f, c.query(ctx, oneRevision, nil, func(v []driver.Value) error {
		f.revision = text(v[0])
		return nil
	})
}
