package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"benchside/store"
)

const (
	runsOf = `SELECT ` + linkedHead + `, r.artifact_uri, e.name
		FROM json_each(?1) w CROSS JOIN runs r ON r.run_uuid = w.value
			LEFT JOIN experiments e ON e.experiment_id = r.experiment_id
		ORDER BY r.run_uuid`

	runsLike = `SELECT r.run_uuid FROM runs r
		WHERE r.run_uuid >= ?1 AND r.run_uuid < ?2 ORDER BY r.run_uuid LIMIT 2`

	// Everything of one kind of the runs ?1, in their order and by their places in
	// it, at most ?2 rows. Only the index on run_uuid serves here: the primary keys
	// start with the key.
	metricsOf = `SELECT w.key, t.key, t.value, t.is_nan, t.step, t.timestamp
		FROM json_each(?1) w CROSS JOIN latest_metrics t ON t.run_uuid = w.value LIMIT ?2`
	paramsOf = `SELECT w.key, t.key, t.value
		FROM json_each(?1) w CROSS JOIN params t ON t.run_uuid = w.value LIMIT ?2`
	tagsOf = `SELECT w.key, t.key, t.value
		FROM json_each(?1) w CROSS JOIN tags t ON t.run_uuid = w.value LIMIT ?2`

	// The same of the one run ?1, on from the rowid ?2.
	metricsOn = `SELECT 0, t.key, t.value, t.is_nan, t.step, t.timestamp, t.rowid
		FROM latest_metrics t WHERE t.run_uuid = ?1 AND t.rowid > ?2 ORDER BY t.rowid LIMIT ?3`
	paramsOn = `SELECT 0, t.key, t.value, t.rowid
		FROM params t WHERE t.run_uuid = ?1 AND t.rowid > ?2 ORDER BY t.rowid LIMIT ?3`
	tagsOn = `SELECT 0, t.key, t.value, t.rowid
		FROM tags t WHERE t.run_uuid = ?1 AND t.rowid > ?2 ORDER BY t.rowid LIMIT ?3`
)

const (
	shortestID   = 4      // of a cut run id
	runsPerBurst = 100    // about 3 ms of params, tags and metrics, if they are few
	rowsPerBurst = 10_000 // also about 3 ms, if texts are short
)

// Run implements store.RunReader.
func (d *DB) Run(ctx context.Context, id string) (store.Run, error) {
	full, err := d.complete(ctx, id)
	if err != nil {
		return store.Run{}, fmt.Errorf("run %s: %w", id, err)
	}
	runs, err := d.wholeRuns(ctx, []string{full})
	switch {
	case err != nil:
		return store.Run{}, fmt.Errorf("read run %s: %w", id, err)
	case len(runs) == 0:
		return store.Run{}, fmt.Errorf("run %s: %w", id, store.ErrNotFound)
	}
	return runs[0], nil
}

// complete returns the one run id that id names or begins.
func (d *DB) complete(ctx context.Context, id string) (string, error) {
	var found []string
	last := id + "\U0010FFFF"
	if len(id) < shortestID {
		last = id + "\x00"
	}
	err := d.burst(ctx, func(c *conn) error {
		found = found[:0]
		return c.query(ctx, runsLike, []any{id, last}, func(v []driver.Value) error {
			found = append(found, text(v[0]))
			return nil
		})
	})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", store.ErrNotFound
	case found[0] == id || len(found) == 1:
		return found[0], nil
	}
	return "", store.ErrAmbiguous
}

// Runs implements store.RunReader.
func (d *DB) Runs(ctx context.Context, q store.RunQuery) ([]store.Run, error) {
	ids, err := d.Match(ctx, q)
	if err != nil {
		return nil, err
	}
	return d.RunsOf(ctx, ids)
}

// RunsOf implements store.RunReader. Of many runs parts are read side by side.
func (d *DB) RunsOf(ctx context.Context, ids []string) ([]store.Run, error) {
	parts := slices.Collect(slices.Chunk(ids, runsPerBurst))
	whole := make([][]store.Run, len(parts))
	err := beside(ctx, len(parts), func(ctx context.Context, i int) (err error) {
		whole[i], err = d.wholeRuns(ctx, parts[i])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %d runs: %w", len(ids), err)
	}
	return slices.Concat(whole...), nil
}

// wholeRuns reads runs with all that belongs to them, in the order of ids.
// Those that are gone by now are absent.
func (d *DB) wholeRuns(ctx context.Context, ids []string) ([]store.Run, error) {
	known := newNames()
	found := make(map[string]*store.Run, len(ids))
	err := d.burst(ctx, func(c *conn) error {
		return c.query(ctx, runsOf, []any{list(ids)}, func(v []driver.Value) error {
			head := readHead(v[:9], known)
			found[head.ID] = &store.Run{
				Head: head, ArtifactURI: text(v[9]), ExperimentName: known.text(v[10]),
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	params, tags, metrics := 0, 0, 0 // of the run before, as most have alike
	for _, kind := range []store.FieldKind{store.MetricField, store.ParamField, store.TagField} {
		err := d.belongings(ctx, kind, ids, func(id string, v []driver.Value) {
			r := found[id]
			if r == nil {
				return
			}
			switch key := known.text(v[1]); kind {
			case store.MetricField:
				putIn(&r.Metrics, &metrics, key, store.Point{Step: step(v[4]), Timestamp: integer(v[5]), Value: number(v[2], v[3])})
			case store.ParamField:
				putIn(&r.Params, &params, key, text(v[2]))
			case store.TagField:
				putIn(&r.Tags, &tags, key, text(v[2]))
			}
		})
		if err != nil {
			return nil, err
		}
	}
	runs := make([]store.Run, 0, len(ids))
	for _, id := range ids {
		if r := found[id]; r != nil {
			for _, m := range []*map[string]string{&r.Params, &r.Tags} {
				if *m == nil {
					*m = map[string]string{}
				}
			}
			if r.Metrics == nil {
				r.Metrics = map[string]store.Point{}
			}
			runs = append(runs, *r)
		}
	}
	return runs, nil
}

// putIn puts a value into a map, which is made with room for as many as the one
// before had.
func putIn[V any](m *map[string]V, room *int, key string, v V) {
	if *m == nil {
		*m = make(map[string]V, *room)
		*room = 0
	}
	(*m)[key] = v
	*room = max(*room, len(*m))
}

// belongings visits all rows of one kind of some runs, perhaps more than once.
// A run can have many thousands: where a statement reaches rowsPerBurst, the next
// one begins with the run that was cut, and a run that alone has so many is read
// by rows.
func (d *DB) belongings(ctx context.Context, kind store.FieldKind, ids []string, row func(id string, v []driver.Value)) error {
	statement := map[store.FieldKind]string{
		store.MetricField: metricsOf, store.ParamField: paramsOf, store.TagField: tagsOf,
	}[kind]
	for len(ids) > 0 {
		n, last := 0, 0
		err := d.burst(ctx, func(c *conn) error {
			n, last = 0, 0
			return c.query(ctx, statement, []any{list(ids), rowsPerBurst}, func(v []driver.Value) error {
				n, last = n+1, int(integer(v[0]))
				row(ids[last], v)
				return nil
			})
		})
		switch {
		case err != nil || n < rowsPerBurst:
			return err
		case last > 0:
			ids = ids[last:]
			continue
		}
		if err := d.pages(ctx, kind, ids[0], row); err != nil {
			return err
		}
		ids = ids[1:]
	}
	return nil
}

// pages visits all rows of one kind of one run, rowsPerBurst at a time.
func (d *DB) pages(ctx context.Context, kind store.FieldKind, id string, row func(id string, v []driver.Value)) error {
	statement := map[store.FieldKind]string{
		store.MetricField: metricsOn, store.ParamField: paramsOn, store.TagField: tagsOn,
	}[kind]
	for after, n := int64(0), rowsPerBurst; n == rowsPerBurst; {
		last := after
		err := d.burst(ctx, func(c *conn) error {
			n = 0
			return c.query(ctx, statement, []any{id, after, rowsPerBurst}, func(v []driver.Value) error {
				n, last = n+1, integer(v[len(v)-1])
				row(id, v)
				return nil
			})
		})
		if err != nil {
			return err
		}
		after = last
	}
	return nil
}
