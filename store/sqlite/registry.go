package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"benchside/store"
	"benchside/store/memory"
	"benchside/store/search"
)

// Models and their versions are found by rowid windows, each model's own rows by
// its name, which leads every primary key of the registry once the workspace is
// said. A version that is deleted keeps its row, with its texts taken out and a
// stage of its own (store/model_registry/sqlalchemy_store.py).
const (
	modelRowids = `SELECT (SELECT min(rowid) FROM registered_models), (SELECT max(rowid) FROM registered_models)`

	// modelsWhere takes the condition on the workspace and the filter.
	modelsWhere = `SELECT m.name, m.description, m.creation_time, m.last_updated_time FROM registered_models m NOT INDEXED
		WHERE m.rowid BETWEEN ?1 AND ?2 AND %s AND %s`
	modelsNamed = `SELECT m.name, m.description, m.creation_time, m.last_updated_time
		FROM json_each(?1) w CROSS JOIN registered_models m ON m.name = w.value
		WHERE %s AND %s`

	// What hangs on models: each takes the condition on the workspace.
	aliasesNamed = `SELECT w.key, a.alias, a.version
		FROM json_each(?1) w CROSS JOIN registered_model_aliases a ON %s AND a.name = w.value
		ORDER BY w.key, a.alias`
	latestNamed = `SELECT w.key, coalesce(v.current_stage, 'None'), max(v.version), count(*)
		FROM json_each(?1) w CROSS JOIN model_versions v ON %s AND v.name = w.value
		WHERE v.current_stage IS NOT 'Deleted_Internal'
		GROUP BY w.key, coalesce(v.current_stage, 'None') ORDER BY w.key, 3`
	modelTagsIndexed = `SELECT w.key, t.key, t.value
		FROM json_each(?1) w CROSS JOIN registered_model_tags t INDEXED BY idx_registered_model_tags_workspace_name
			ON %s AND t.name = w.value
		ORDER BY w.key, t.key`
	// The primary key begins with the key of the tag: of each key that there is,
	// the models are looked up. The index came with MLflow 3.12.
	modelTagsByKey = `WITH RECURSIVE keys(key) AS (
			SELECT (SELECT min(t.key) FROM registered_model_tags t WHERE %[1]s)
			UNION ALL SELECT (SELECT min(t.key) FROM registered_model_tags t WHERE %[1]s AND t.key > keys.key) FROM keys WHERE keys.key IS NOT NULL)
		SELECT w.key, t.key, t.value
		FROM keys CROSS JOIN json_each(?1) w CROSS JOIN registered_model_tags t ON %[1]s AND t.key = keys.key AND t.name = w.value
		ORDER BY w.key, t.key`
)

// modelsPerWindow is how many models one burst reads versions of at first.
const modelsPerWindow = 64

// keepsModels reports whether the store has a registry: those of MLflow 1.7 and
// later.
func (d *DB) keepsModels() error {
	if !d.schema.has("registered_models") || !d.schema.has("model_versions") {
		return store.ErrUnsupported
	}
	return nil
}

// Models implements store.RegistryReader.
func (d *DB) Models(ctx context.Context, q store.ModelQuery) ([]store.RegisteredModel, error) {
	found, err := d.models(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("search the models: %w", err)
	}
	return found, nil
}

func (d *DB) models(ctx context.Context, q store.ModelQuery) ([]store.RegisteredModel, error) {
	if err := d.keepsModels(); err != nil {
		return nil, err
	}
	where, args, err := d.schema.whereModels(q.Filter)
	if err != nil {
		return nil, err
	}
	found, err := d.modelHeads(ctx, q.Names, where, args)
	if err != nil {
		return nil, err
	}
	found = memory.OrderModels(found, q)
	if q.Light {
		return found, nil
	}
	return found, d.fillModels(ctx, found)
}

func modelHead(v []driver.Value) store.RegisteredModel {
	return store.RegisteredModel{Name: text(v[0]), Description: text(v[1]), Created: moment(v[2]), Updated: moment(v[3])}
}

// modelHeads reads the rows of models, in no order.
func (d *DB) modelHeads(ctx context.Context, names []string, where string, args []any) (found []store.RegisteredModel, err error) {
	ours := d.schema.ours("registered_models", "m")
	if names != nil {
		statement := fmt.Sprintf(modelsNamed, ours, where)
		for some := range slices.Chunk(names, idsPerBurst) {
			var part []store.RegisteredModel
			err := d.burst(ctx, func(c *conn) error {
				part = part[:0]
				return c.query(ctx, statement, append([]any{list(some)}, args...), func(v []driver.Value) error {
					part = append(part, modelHead(v))
					return nil
				})
			})
			if err != nil {
				return nil, err
			}
			found = append(found, part...)
		}
		return found, ctx.Err()
	}
	all, err := d.rows(ctx, modelRowids)
	if err != nil {
		return nil, err
	}
	statement := fmt.Sprintf(modelsWhere, ours, where)
	err = d.scan(ctx, all, firstWindow, func(ctx context.Context) worker {
		var part []store.RegisteredModel
		return worker{
			read: func(c *conn, w span) error {
				part = part[:0]
				return c.query(ctx, statement, append([]any{w.low, w.high}, args...), func(v []driver.Value) error {
					part = append(part, modelHead(v))
					return nil
				})
			},
			done: func() error { found = append(found, part...); return nil },
		}
	})
	return found, err
}

// fillModels adds what hangs on models: some models a burst.
func (d *DB) fillModels(ctx context.Context, models []store.RegisteredModel) error {
	for i := range models {
		models[i].Tags = map[string]string{}
	}
	names := make([]string, len(models))
	for i := range models {
		names[i] = models[i].Name
	}
	return d.scan(ctx, span{0, int64(len(models)) - 1}, modelsPerWindow, func(ctx context.Context) worker {
		return worker{
			read: func(c *conn, w span) error {
				return d.fillSome(ctx, c, models[w.low:w.high+1], list(names[w.low:w.high+1]))
			},
			done: nothing,
		}
	})
}

// fillSome may run again over the same models.
func (d *DB) fillSome(ctx context.Context, c *conn, models []store.RegisteredModel, names string) error {
	for i := range models {
		m := &models[i]
		m.Aliases, m.Versions, m.Latest = nil, 0, nil
		clear(m.Tags)
	}
	at := func(v []driver.Value) *store.RegisteredModel { return &models[integer(v[0])] }
	if d.schema.has("registered_model_tags") {
		err := c.query(ctx, d.modelTags(), []any{names}, func(v []driver.Value) error {
			at(v).Tags[text(v[1])] = text(v[2])
			return nil
		})
		if err != nil {
			return err
		}
	}
	if d.schema.has("registered_model_aliases") { // since MLflow 2.3
		statement := fmt.Sprintf(aliasesNamed, d.schema.ours("registered_model_aliases", "a"))
		err := c.query(ctx, statement, []any{names}, func(v []driver.Value) error {
			at(v).Aliases = append(at(v).Aliases, store.Alias{Name: text(v[1]), Version: integer(v[2])})
			return nil
		})
		if err != nil {
			return err
		}
	}
	statement := fmt.Sprintf(latestNamed, d.schema.ours("model_versions", "v"))
	return c.query(ctx, statement, []any{names}, func(v []driver.Value) error {
		m := at(v)
		m.Versions += int(integer(v[3]))
		m.Latest = append(m.Latest, store.ModelVersion{
			Name: m.Name, Stage: text(v[1]), Version: integer(v[2]), Aliases: m.AliasesOf(integer(v[2])),
		})
		return nil
	})
}

func (d *DB) modelTags() string {
	ours := d.schema.ours("registered_model_tags", "t")
	if d.schema.hasIndex("idx_registered_model_tags_workspace_name") {
		return fmt.Sprintf(modelTagsIndexed, ours)
	}
	return fmt.Sprintf(modelTagsByKey, ours)
}

// Model implements store.RegistryReader.
func (d *DB) Model(ctx context.Context, name string) (store.RegisteredModel, error) {
	m, err := d.model(ctx, name)
	if err != nil {
		return m, fmt.Errorf("read model %s: %w", name, err)
	}
	return m, nil
}

func (d *DB) model(ctx context.Context, name string) (store.RegisteredModel, error) {
	if err := d.keepsModels(); err != nil {
		return store.RegisteredModel{}, err
	}
	found, err := d.modelHeads(ctx, []string{name}, "1", nil)
	switch {
	case err != nil:
		return store.RegisteredModel{}, err
	case len(found) == 0:
		return store.RegisteredModel{}, store.ErrNotFound
	}
	if err := d.fillModels(ctx, found); err != nil {
		return store.RegisteredModel{}, err
	}
	m := found[0]
	var keys []versionKey
	for _, v := range m.Latest {
		keys = append(keys, versionKey{name, v.Version})
	}
	m.Latest, err = d.versionsAt(ctx, keys)
	return m, err
}

// namesOf are the names that a filter of versions is about, if it says so: then
// the versions of those models are all that must be read.
func namesOf(f search.Filter) (names []string, ok bool) {
	all, isAnd := f.Expr.(search.And)
	if !isAnd {
		all = search.And{f.Expr}
	}
	for _, e := range all {
		c, isCompare := e.(search.Compare)
		switch {
		case !isCompare || c.Entity != search.Attribute || c.Key != "name":
		case c.Op == search.Equal:
			return []string{c.Text}, true
		case c.Op == search.In:
			names = slices.Clone(c.Texts)
			slices.Sort(names)
			return slices.Compact(names), true
		}
	}
	return nil, false
}
