package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"

	"benchside/store"
)

// A run or a model that a version of a registered
// model comes from is held, unlike by MLflow's gc.
const (
	deletedRuns = `SELECT ` + bareHead + `, r.deleted_time, r.artifact_uri, e.artifact_location
		FROM runs r LEFT JOIN experiments e ON e.experiment_id = r.experiment_id
		WHERE r.lifecycle_stage = 'deleted' AND coalesce(r.deleted_time, 0) <= ?1 AND r.rowid > ?2
		ORDER BY r.rowid LIMIT ?3`
	rowOfRun      = `SELECT rowid FROM runs WHERE run_uuid = ?1`
	deletedModels = `SELECT m.model_id, m.name, m.last_updated_timestamp_ms, m.artifact_location, e.artifact_location
		FROM logged_models m LEFT JOIN experiments e ON e.experiment_id = m.experiment_id
		WHERE m.lifecycle_stage = 'deleted' AND m.last_updated_timestamp_ms <= ?1 ORDER BY m.last_updated_timestamp_ms`
	versionFrom = `SELECT name, version FROM model_versions
		WHERE current_stage IS NOT 'Deleted_Internal' AND (run_id = ?1 OR instr(source, ?1) > 0 OR instr(storage_location, ?1) > 0)
		ORDER BY name, version LIMIT 1`
)

// orphans are rows that belong to a run, a model or an input that is gone: mostly
// what MLflow's gc leaves, which knows no inputs. Each condition is over x.
func orphans() []struct{ table, condition string } {
	const (
		run   = `NOT EXISTS (SELECT 1 FROM runs r WHERE r.run_uuid = %s)`
		model = `NOT EXISTS (SELECT 1 FROM logged_models m WHERE m.model_id = %s)`
	)
	noRun := func(column string) string { return fmt.Sprintf(run, "x."+column) }
	noModel := func(column string) string { return fmt.Sprintf(model, "x."+column) }
	return []struct{ table, condition string }{
		{"inputs", `(x.destination_type = 'RUN' AND ` + noRun("destination_id") + `
			OR x.source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND ` + noRun("source_id") + `)`},
		{"input_tags", `NOT EXISTS (SELECT 1 FROM inputs i WHERE i.input_uuid = x.input_uuid)`},
		{"datasets", `NOT EXISTS (SELECT 1 FROM inputs i WHERE i.source_type = 'DATASET' AND i.source_id = x.dataset_uuid)`},
		{"entity_associations", `(x.destination_type = 'run' AND ` + noRun("destination_id") + `
			OR x.source_type = 'run' AND ` + noRun("source_id") + `)`},
		{"logged_model_params", noModel("model_id")},
		{"logged_model_tags", noModel("model_id")},
		{"logged_model_metrics", `(` + noModel("model_id") + ` OR ` + noRun("run_id") + `)`},
		{"params", noRun("run_uuid")},
		{"tags", noRun("run_uuid")},
		{"latest_metrics", noRun("run_uuid")},
		{"metrics", noRun("run_uuid")},
	}
}

// Purgeable implements store.Purger.
func (d *DB) Purgeable(ctx context.Context, before store.Time) (found store.Purgeable, err error) {
	if found.Runs, err = d.deletedRuns(ctx, before); err != nil {
		return found, fmt.Errorf("find deleted runs: %w", err)
	}
	if found.Models, err = d.deletedModels(ctx, before); err != nil {
		return found, fmt.Errorf("find deleted models: %w", err)
	}
	if found.Rest, err = d.countOrphans(ctx); err != nil {
		return found, fmt.Errorf("find rows that belong to nothing: %w", err)
	}
	return found, nil
}

// deletedRuns reads page by page, a burst each.
func (d *DB) deletedRuns(ctx context.Context, before store.Time) (all []store.DeletedRun, err error) {
	const page = 500
	if !d.schema.hasColumn("runs", "deleted_time") {
		return nil, nil // before MLflow 1.30, whose gc cannot tell either
	}
	known := newNames()
	for after, more := int64(-1<<62), true; more; {
		var some []store.DeletedRun
		err := d.burst(ctx, func(c *conn) error {
			some = nil
			err := c.query(ctx, deletedRuns, []any{before.Millis(), after, page}, func(v []driver.Value) error {
				some = append(some, store.DeletedRun{
					Head: readBareHead(v, known), Deleted: moment(v[8]), ArtifactURI: text(v[9]), Location: text(v[10]),
				})
				return nil
			})
			if err != nil || len(some) == 0 {
				return err
			}
			if err := d.holders(ctx, c, some); err != nil {
				return err
			}
			return c.query(ctx, rowOfRun, []any{some[len(some)-1].ID}, func(v []driver.Value) error { after = integer(v[0]); return nil })
		})
		if err != nil {
			return nil, err
		}
		all, more = append(all, some...), len(some) == page
	}
	return all, nil
}

// holders finds which versions come from runs.
func (d *DB) holders(ctx context.Context, c *conn, runs []store.DeletedRun) error {
	if !d.schema.hasColumn("model_versions", "storage_location") {
		return nil
	}
	for i := range runs {
		err := c.query(ctx, versionFrom, []any{runs[i].ID}, func(v []driver.Value) error {
			runs[i].HeldBy = fmt.Sprintf("%s v%d", text(v[0]), integer(v[1]))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func readBareHead(v []driver.Value, known names) store.Head {
	return readHead(append(append([]driver.Value{}, v[:8]...), nil), known)
}

func (d *DB) deletedModels(ctx context.Context, before store.Time) (all []store.DeletedModel, err error) {
	if !d.schema.has("logged_models") {
		return nil, nil
	}
	err = d.burst(ctx, func(c *conn) error {
		all = nil
		err := c.query(ctx, deletedModels, []any{before.Millis()}, func(v []driver.Value) error {
			all = append(all, store.DeletedModel{
				Target: store.Target{ID: text(v[0]), Name: text(v[1])}, Deleted: moment(v[2]), ArtifactURI: text(v[3]), Location: text(v[4]),
			})
			return nil
		})
		for i := range all {
			if err == nil {
				err = c.query(ctx, versionFrom, []any{all[i].ID}, func(v []driver.Value) error {
					all[i].HeldBy = fmt.Sprintf("%s v%d", text(v[0]), integer(v[1]))
					return nil
				})
			}
		}
		return err
	})
	return all, err
}

// countOrphans counts in windows of rows, but for metrics, of which the runs are
// looked at and not the points.
func (d *DB) countOrphans(ctx context.Context) (map[string]int64, error) {
	counts := map[string]int64{}
	for _, o := range orphans() {
		if !d.canHaveOrphans(o.table) {
			continue
		}
		var n int64
		var err error
		if o.table == "metrics" {
			n, err = d.orphanPoints(ctx)
		} else {
			n, err = d.countWhere(ctx, o.table, o.condition)
		}
		if err != nil {
			return nil, err
		}
		if n > 0 {
			counts[o.table] = n
		}
	}
	return counts, nil
}

// canHaveOrphans reports whether the store has the table, and those that its
// condition asks for.
func (d *DB) canHaveOrphans(table string) bool {
	switch table {
	case "params", "tags", "latest_metrics", "metrics":
		return true
	case "entity_associations", "logged_model_params", "logged_model_tags", "logged_model_metrics":
		return d.schema.has("logged_models") && d.schema.has("inputs")
	}
	return d.schema.has("inputs")
}

// countWhere counts rows x of a table in windows. The names are ours.
func (d *DB) countWhere(ctx context.Context, table, condition string) (total int64, err error) {
	all, err := d.rows(ctx, "SELECT (SELECT min(rowid) FROM "+table+"), (SELECT max(rowid) FROM "+table+")")
	if missing(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	statement := "SELECT count(*) FROM " + table + " x NOT INDEXED WHERE x.rowid BETWEEN ?1 AND ?2 AND " + condition
	var n int64
	err = d.newestFirst(ctx, all, firstWindow, func(c *conn, s span) error {
		return c.query(ctx, statement, []any{s.low, s.high}, func(v []driver.Value) error { n = integer(v[0]); return nil })
	}, func() error { total += n; return nil })
	return total, err
}

const (
	nextRunOf = `WITH RECURSIVE ids(id, n) AS (
			SELECT (SELECT min(run_uuid) FROM metrics WHERE run_uuid > ?1), 1
			UNION ALL
			SELECT (SELECT min(run_uuid) FROM metrics WHERE run_uuid > id), n + 1 FROM ids WHERE id IS NOT NULL AND n < ?2)
		SELECT id, EXISTS (SELECT 1 FROM runs r WHERE r.run_uuid = id) FROM ids WHERE id IS NOT NULL`
	pointsOfRun = `SELECT count(*) FROM metrics WHERE run_uuid = ?1`
)

// orphanRuns are the runs that points name and that are gone. It goes from run to
// run through the index, whatever the number of points.
func (d *DB) orphanRuns(ctx context.Context) (gone []string, err error) {
	if !d.schema.hasIndex("index_metrics_run_uuid") {
		return nil, nil
	}
	const page = 1000 // runs; some milliseconds
	for after, more := "", true; more && err == nil; {
		var some []string
		last, n := after, 0
		err = d.burst(ctx, func(c *conn) error {
			some, n = nil, 0
			return c.query(ctx, nextRunOf, []any{after, page}, func(v []driver.Value) error {
				n++
				if last = text(v[0]); integer(v[1]) == 0 {
					some = append(some, last)
				}
				return nil
			})
		})
		gone, after, more = append(gone, some...), last, n == page
	}
	return gone, err
}

func (d *DB) orphanPoints(ctx context.Context) (total int64, err error) {
	gone, err := d.orphanRuns(ctx)
	for _, id := range gone {
		if err == nil {
			err = d.burst(ctx, func(c *conn) error {
				return c.query(ctx, pointsOfRun, []any{id}, func(v []driver.Value) error { total += integer(v[0]); return nil })
			})
		}
	}
	return total, err
}
