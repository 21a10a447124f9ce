package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"

	"benchside/store"
	"benchside/store/memory"
)

const (
	versionRowids = `SELECT (SELECT min(rowid) FROM model_versions), (SELECT max(rowid) FROM model_versions)`

	// versionsWhere takes the columns, the condition on the workspace and the filter.
	versionsWhere = `SELECT %s FROM model_versions v NOT INDEXED
		WHERE v.rowid BETWEEN ?1 AND ?2 AND %s AND v.current_stage IS NOT 'Deleted_Internal' AND %s`
	versionsNamed = `SELECT %s
		FROM json_each(?1) w CROSS JOIN model_versions v ON %s AND v.name = w.value
		WHERE v.current_stage IS NOT 'Deleted_Internal' AND %s
		ORDER BY v.name, v.version DESC`
	versionsKeyed = `SELECT %s
		FROM json_each(?1) w CROSS JOIN model_versions v
			ON %s AND v.name = w.value ->> 0 AND v.version = w.value ->> 1
		WHERE v.current_stage IS NOT 'Deleted_Internal'
		ORDER BY v.name, v.version`

	// fromRuns is a filter: versions of these runs, or of the models that they made.
	fromRuns       = `v.run_id IN (SELECT value FROM json_each(?3))`
	fromTheirModel = ` OR v.source GLOB 'models:/m-*' AND EXISTS (SELECT 1 FROM logged_models l
		WHERE l.model_id = substr(v.source, 9) AND l.source_run_id IN (SELECT value FROM json_each(?3)))`

	// What hangs on versions; see modelTagsByKey.
	versionAliases = `SELECT w.key, a.alias
		FROM json_each(?1) w CROSS JOIN registered_model_aliases a ON %s AND a.name = w.value ->> 0
		WHERE a.version = w.value ->> 1
		ORDER BY w.key, a.alias`
	versionTagsIndexed = `SELECT w.key, t.key, t.value
		FROM json_each(?1) w CROSS JOIN model_version_tags t INDEXED BY idx_model_version_tags_workspace_name_version
			ON %s AND t.name = w.value ->> 0 AND t.version = w.value ->> 1
		ORDER BY w.key, t.key`
	versionTagsByKey = `WITH RECURSIVE keys(key) AS (
			SELECT (SELECT min(t.key) FROM model_version_tags t WHERE %[1]s)
			UNION ALL SELECT (SELECT min(t.key) FROM model_version_tags t WHERE %[1]s AND t.key > keys.key) FROM keys WHERE keys.key IS NOT NULL)
		SELECT w.key, t.key, t.value
		FROM keys CROSS JOIN json_each(?1) w CROSS JOIN model_version_tags t
			ON %[1]s AND t.key = keys.key AND t.name = w.value ->> 0 AND t.version = w.value ->> 1
		ORDER BY w.key, t.key`
)

// versionColumns are what is read of a version's row: storage_location came with
// MLflow 2.9.
func (s schema) versionColumns() string {
	location := "''"
	if s.hasColumn("model_versions", "storage_location") {
		location = "v.storage_location"
	}
	return `v.name, v.version, coalesce(v.current_stage, 'None'), v.status, v.status_message, v.source, ` + location + `, v.run_id, v.run_link,
		v.user_id, v.description, v.creation_time, v.last_updated_time`
}

func modelVersion(v []driver.Value) store.ModelVersion {
	return store.ModelVersion{
		Name: text(v[0]), Version: integer(v[1]), Stage: text(v[2]), Status: text(v[3]), StatusMessage: text(v[4]), Source: text(v[5]),
		Location: text(v[6]), RunID: text(v[7]), RunLink: text(v[8]), UserID: text(v[9]), Description: text(v[10]),
		Created: moment(v[11]), Updated: moment(v[12]),
	}
}

// versionKey is the name and the number of a version, an array to json_each.
type versionKey struct {
	name    string
	version int64
}

// MarshalJSON implements json.Marshaler.
func (k versionKey) MarshalJSON() ([]byte, error) { return json.Marshal([]any{k.name, k.version}) }

// keysOf binds versions, to be read by json_each.
func keysOf(keys []versionKey) string {
	b, err := json.Marshal(keys)
	if err != nil {
		return "[]" // cannot happen: see list
	}
	return string(b)
}

// Versions implements store.RegistryReader.
func (d *DB) Versions(ctx context.Context, q store.VersionQuery) ([]store.ModelVersion, error) {
	found, err := d.findVersions(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("search the versions: %w", err)
	}
	return found, nil
}

func (d *DB) findVersions(ctx context.Context, q store.VersionQuery) ([]store.ModelVersion, error) {
	if err := d.keepsModels(); err != nil {
		return nil, err
	}
	where, args, err := d.schema.whereVersions(q.Filter)
	if err != nil {
		return nil, err
	}
	var found []store.ModelVersion
	if names, ok := namesOf(q.Filter); ok {
		found, err = d.versionsOf(ctx, names, where, args)
	} else {
		found, err = d.scanVersions(ctx, where, args)
	}
	if err != nil {
		return nil, err
	}
	found = memory.OrderVersions(found, q)
	return found, d.fillVersions(ctx, found)
}

// versionsOf reads the rows of versions of some models, by name, the highest
// first.
func (d *DB) versionsOf(ctx context.Context, names []string, where string, args []any) (found []store.ModelVersion, err error) {
	statement := fmt.Sprintf(versionsNamed, d.schema.versionColumns(), d.schema.ours("model_versions", "v"), where)
	for some := range slices.Chunk(names, modelsPerWindow) {
		var part []store.ModelVersion
		err := d.burst(ctx, func(c *conn) error {
			part = part[:0]
			return c.query(ctx, statement, append([]any{list(some)}, args...), func(v []driver.Value) error {
				part = append(part, modelVersion(v))
				return nil
			})
		})
		if err != nil {
			return nil, err
		}
		found = append(found, part...)
	}
	return found, nil
}

// scanVersions reads the rows of versions that a condition fits, in no order.
func (d *DB) scanVersions(ctx context.Context, where string, args []any) (found []store.ModelVersion, err error) {
	all, err := d.rows(ctx, versionRowids)
	if err != nil {
		return nil, err
	}
	statement := fmt.Sprintf(versionsWhere, d.schema.versionColumns(), d.schema.ours("model_versions", "v"), where)
	err = d.scan(ctx, all, firstWindow, func(ctx context.Context) worker {
		var part []store.ModelVersion
		return worker{
			read: func(c *conn, w span) error {
				part = part[:0]
				return c.query(ctx, statement, append([]any{w.low, w.high}, args...), func(v []driver.Value) error {
					part = append(part, modelVersion(v))
					return nil
				})
			},
			done: func() error { found = append(found, part...); return nil },
		}
	})
	return found, err
}

// versionsAt reads versions by their keys, in the order of name and number.
func (d *DB) versionsAt(ctx context.Context, keys []versionKey) (found []store.ModelVersion, err error) {
	statement := fmt.Sprintf(versionsKeyed, d.schema.versionColumns(), d.schema.ours("model_versions", "v"))
	err = d.burst(ctx, func(c *conn) error {
		found = nil
		return c.query(ctx, statement, []any{keysOf(keys)}, func(v []driver.Value) error {
			found = append(found, modelVersion(v))
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return found, d.fillVersions(ctx, found)
}

// ModelVersions implements store.ModelSources.
func (d *DB) ModelVersions(ctx context.Context, name string) ([]store.ModelVersion, error) {
	found, err := d.modelVersions(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("read the versions of model %s: %w", name, err)
	}
	return found, nil
}

func (d *DB) modelVersions(ctx context.Context, name string) ([]store.ModelVersion, error) {
	if err := d.keepsModels(); err != nil {
		return nil, err
	}
	known, err := d.modelHeads(ctx, []string{name}, "1", nil)
	if err == nil && len(known) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	found, err := d.versionsOf(ctx, []string{name}, "1", nil)
	if err != nil {
		return nil, err
	}
	return found, d.fillVersions(ctx, found)
}

// VersionsFrom implements store.RegistryReader. There is no index on the run.
func (d *DB) VersionsFrom(ctx context.Context, runIDs []string) ([]store.ModelVersion, error) {
	if err := d.keepsModels(); err != nil {
		return nil, fmt.Errorf("find the versions of runs: %w", err)
	}
	where := fromRuns
	if d.schema.has("logged_models") {
		where = "(" + fromRuns + fromTheirModel + ")"
	}
	found, err := d.scanVersions(ctx, where, []any{list(runIDs)})
	if err == nil {
		slices.SortFunc(found, memory.NewestVersion)
		err = d.fillVersions(ctx, found)
	}
	if err != nil {
		return nil, fmt.Errorf("find the versions of runs: %w", err)
	}
	return found, nil
}

// fillVersions adds tags and aliases.
func (d *DB) fillVersions(ctx context.Context, versions []store.ModelVersion) error {
	keys := make([]versionKey, len(versions))
	for i := range versions {
		versions[i].Tags = map[string]string{}
		keys[i] = versionKey{versions[i].Name, versions[i].Version}
	}
	return d.scan(ctx, span{0, int64(len(versions)) - 1}, idsPerBurst, func(ctx context.Context) worker {
		return worker{
			read: func(c *conn, w span) error {
				return d.fillSomeVersions(ctx, c, versions[w.low:w.high+1], keysOf(keys[w.low:w.high+1]))
			},
			done: nothing,
		}
	})
}

// fillSomeVersions may run again over the same versions.
func (d *DB) fillSomeVersions(ctx context.Context, c *conn, versions []store.ModelVersion, keys string) error {
	for i := range versions {
		versions[i].Aliases = nil
		clear(versions[i].Tags)
	}
	at := func(v []driver.Value) *store.ModelVersion { return &versions[integer(v[0])] }
	if d.schema.has("model_version_tags") {
		err := c.query(ctx, d.versionTags(), []any{keys}, func(v []driver.Value) error {
			at(v).Tags[text(v[1])] = text(v[2])
			return nil
		})
		if err != nil {
			return err
		}
	}
	if !d.schema.has("registered_model_aliases") { // before MLflow 2.3
		return nil
	}
	statement := fmt.Sprintf(versionAliases, d.schema.ours("registered_model_aliases", "a"))
	return c.query(ctx, statement, []any{keys}, func(v []driver.Value) error {
		at(v).Aliases = append(at(v).Aliases, text(v[1]))
		return nil
	})
}

func (d *DB) versionTags() string {
	ours := d.schema.ours("model_version_tags", "t")
	if d.schema.hasIndex("idx_model_version_tags_workspace_name_version") {
		return fmt.Sprintf(versionTagsIndexed, ours)
	}
	return fmt.Sprintf(versionTagsByKey, ours)
}
