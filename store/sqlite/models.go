package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"

	"benchside/store"
)

// The registry as a URI of models:/ asks for it. A version that is deleted keeps
// its row, with its texts taken out and this stage (store/model_registry/
// sqlalchemy_store.py). Workspaces and storage_location came later than the rest.
const (
	versionsOf = `SELECT v.version, v.current_stage, v.status, v.source, v.storage_location, v.run_id, v.description,
			v.creation_time, v.last_updated_time
		FROM model_versions v
		WHERE v.name = ?1 AND v.workspace = 'default' AND v.current_stage IS NOT 'Deleted_Internal'
		ORDER BY v.version DESC`
	versionsOfAll = `SELECT v.version, v.current_stage, v.status, v.source, v.storage_location, v.run_id, v.description,
			v.creation_time, v.last_updated_time
		FROM model_versions v
		WHERE v.name = ?1 AND v.current_stage IS NOT 'Deleted_Internal'
		ORDER BY v.version DESC`
	versionsUnplaced = `SELECT v.version, v.current_stage, v.status, v.source, '', v.run_id, v.description,
			v.creation_time, v.last_updated_time
		FROM model_versions v
		WHERE v.name = ?1 AND v.current_stage IS NOT 'Deleted_Internal'
		ORDER BY v.version DESC`

	aliasesOf       = `SELECT alias, version FROM registered_model_aliases WHERE name = ?1 AND workspace = 'default' ORDER BY alias`
	aliasesOfAll    = `SELECT alias, version FROM registered_model_aliases WHERE name = ?1 ORDER BY alias`
	registeredModel = `SELECT 1 FROM registered_models WHERE name = ?1 LIMIT 1`
)

// ModelVersions implements store.ModelSources.
func (d *DB) ModelVersions(ctx context.Context, name string) ([]store.ModelVersion, error) {
	found, err := d.modelVersions(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("read the versions of model %s: %w", name, err)
	}
	return found, nil
}

func (d *DB) modelVersions(ctx context.Context, name string) (versions []store.ModelVersion, err error) {
	if !d.schema.has("registered_models") || !d.schema.has("model_versions") {
		return nil, store.ErrUnsupported // before MLflow 1.7
	}
	statement := versionsOf
	switch {
	case !d.schema.hasColumn("model_versions", "storage_location"):
		statement = versionsUnplaced
	case !d.schema.hasColumn("model_versions", "workspace"):
		statement = versionsOfAll
	}
	known := false
	err = d.burst(ctx, func(c *conn) error {
		known, versions = false, nil
		err := c.query(ctx, registeredModel, []any{name}, func([]driver.Value) error { known = true; return nil })
		if err != nil {
			return err
		}
		return c.query(ctx, statement, []any{name}, func(v []driver.Value) error {
			versions = append(versions, store.ModelVersion{
				Name: name, Version: integer(v[0]), Stage: text(v[1]), Status: text(v[2]), Source: text(v[3]),
				Location: text(v[4]), RunID: text(v[5]), Description: text(v[6]), Created: moment(v[7]), Updated: moment(v[8]),
			})
			return nil
		})
	})
	if err == nil && !known {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return versions, d.aliases(ctx, name, versions)
}

// aliases adds the aliases of a model to its versions.
func (d *DB) aliases(ctx context.Context, name string, versions []store.ModelVersion) error {
	if !d.schema.has("registered_model_aliases") {
		return nil // before MLflow 2.3
	}
	statement := aliasesOf
	if !d.schema.hasColumn("registered_model_aliases", "workspace") {
		statement = aliasesOfAll
	}
	of := map[int64][]string{}
	err := d.burst(ctx, func(c *conn) error {
		clear(of)
		return c.query(ctx, statement, []any{name}, func(v []driver.Value) error {
			of[integer(v[1])] = append(of[integer(v[1])], text(v[0]))
			return nil
		})
	})
	for i := range versions {
		versions[i].Aliases = of[versions[i].Version]
	}
	return err
}

// LoggedModel implements store.ModelSources.
func (d *DB) LoggedModel(ctx context.Context, id string) (store.LoggedModel, error) {
	if !d.schema.has("logged_models") {
		return store.LoggedModel{}, fmt.Errorf("read model %s: %w", id, store.ErrNotFound) // before MLflow 3
	}
	models := map[string]*store.LoggedModel{}
	if err := d.readModels(ctx, []string{id}, models); err != nil {
		return store.LoggedModel{}, fmt.Errorf("read model %s: %w", id, err)
	}
	m := models[id]
	if m == nil {
		return store.LoggedModel{}, fmt.Errorf("read model %s: %w", id, store.ErrNotFound)
	}
	m.Output = true // of the run that it names
	return *m, nil
}
