package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"benchside/store"
)

// The cells of ?1, ids, under ?2, keys: one search of the primary key each.
const (
	metricCells = `SELECT t.run_uuid, t.key, t.value, t.is_nan, t.step, t.timestamp
		FROM json_each(?1) w CROSS JOIN json_each(?2) k
			CROSS JOIN latest_metrics t ON t.key = k.value AND t.run_uuid = w.value
		ORDER BY t.run_uuid, t.key`
	paramCells = `SELECT t.run_uuid, t.key, t.value
		FROM json_each(?1) w CROSS JOIN json_each(?2) k
			CROSS JOIN params t ON t.key = k.value AND t.run_uuid = w.value
		ORDER BY t.run_uuid, t.key`
	tagCells = `SELECT t.run_uuid, t.key, t.value
		FROM json_each(?1) w CROSS JOIN json_each(?2) k
			CROSS JOIN tags t ON t.key = k.value AND t.run_uuid = w.value
		ORDER BY t.run_uuid, t.key`
)

// Cells implements store.RunScanner. Attributes are in the heads, so fields of
// that kind are passed over.
func (d *DB) Cells(ctx context.Context, ids []string, fields []store.Field) (map[string]store.Cells, error) {
	cells := make(map[string]store.Cells, len(ids))
	known := newNames()
	for _, kind := range []store.FieldKind{store.MetricField, store.ParamField, store.TagField} {
		var keys []string
		for _, f := range fields {
			if f.Kind == kind {
				keys = append(keys, f.Key)
			}
		}
		for part := range slices.Chunk(keys, valuesPerBurst) {
			for some := range slices.Chunk(ids, max(valuesPerBurst/len(part), 1)) {
				if err := d.cellsOf(ctx, kind, some, part, known, cells); err != nil {
					return nil, fmt.Errorf("read %d columns of %d runs: %w", len(fields), len(ids), err)
				}
			}
		}
	}
	return cells, nil
}

func (d *DB) cellsOf(ctx context.Context, kind store.FieldKind, ids, keys []string, known names,
	cells map[string]store.Cells,
) error {
	statement := map[store.FieldKind]string{
		store.MetricField: metricCells, store.ParamField: paramCells, store.TagField: tagCells,
	}[kind]
	return d.burst(ctx, func(c *conn) error {
		return c.query(ctx, statement, []any{list(ids), list(keys)}, func(v []driver.Value) error {
			id, key := text(v[0]), known.text(v[1])
			cell := cells[id]
			switch kind {
			case store.MetricField:
				put(&cell.Metrics, key, store.Point{
					Step: step(v[4]), Timestamp: integer(v[5]), Value: number(v[2], v[3]),
				})
			case store.ParamField:
				put(&cell.Params, key, text(v[2]))
			case store.TagField:
				put(&cell.Tags, key, text(v[2]))
			}
			cells[id] = cell
			return nil
		})
	})
}

func put[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}
