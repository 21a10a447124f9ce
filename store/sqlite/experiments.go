package sqlite

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"benchside/store"
	"benchside/store/search"
)

const (
	// experiments takes the filter, of experiments e.
	experiments = `SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage,
			e.creation_time, e.last_update_time
		FROM experiments e
		WHERE (?1 IS NULL OR (e.lifecycle_stage IS 'deleted') = ?1) AND %s
		ORDER BY e.experiment_id`
	experimentTags = `SELECT t.experiment_id, t.key, t.value
		FROM json_each(?1) w CROSS JOIN experiments e ON e.experiment_id = w.value
			CROSS JOIN experiment_tags t ON t.experiment_id = e.experiment_id
		ORDER BY t.experiment_id, t.key`

	// activity groups one window of runs. Newest is the latest start or end.
	activity = `SELECT r.experiment_id,
			sum(r.lifecycle_stage IS NOT 'deleted'), sum(r.lifecycle_stage IS 'deleted'),
			sum(r.lifecycle_stage IS NOT 'deleted' AND r.status IS 'RUNNING'),
			sum(r.lifecycle_stage IS NOT 'deleted' AND r.status IS 'FAILED'),
			max(CASE WHEN r.lifecycle_stage IS NOT 'deleted'
				THEN coalesce(max(r.start_time, r.end_time), r.start_time, r.end_time) END)
		FROM runs r NOT INDEXED
		WHERE r.rowid BETWEEN ?1 AND ?2
		GROUP BY r.experiment_id ORDER BY r.experiment_id`
)

// Experiments implements store.ExperimentReader. There are few, so they are read
// at once and sorted here.
func (d *DB) Experiments(ctx context.Context, q store.ExperimentQuery) ([]store.Experiment, error) {
	compare, err := experimentOrder(q.Order)
	if err != nil {
		return nil, fmt.Errorf("search the experiments: %w", err)
	}
	where, args, err := d.schema.whereExperiments(q.Filter)
	if err != nil {
		return nil, fmt.Errorf("search the experiments: %w", err)
	}
	var found []store.Experiment
	err = d.burst(ctx, func(c *conn) error {
		found = nil
		args := append([]any{stage(q.Stage)}, args...)
		return c.query(ctx, fmt.Sprintf(experiments, where), args, func(v []driver.Value) error {
			found = append(found, store.Experiment{
				ID: text(v[0]), Name: text(v[1]), ArtifactLocation: text(v[2]), Stage: store.Stage(text(v[3])),
				Created: moment(v[4]), Updated: moment(v[5]), Tags: map[string]string{},
			})
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("search the experiments: %w", err)
	}
	slices.SortFunc(found, compare)
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found, d.tagExperiments(ctx, found)
}

func (d *DB) tagExperiments(ctx context.Context, found []store.Experiment) error {
	at := make(map[string]int, len(found))
	ids := make([]string, len(found))
	for i := range found {
		ids[i], at[found[i].ID] = found[i].ID, i
	}
	for part := range slices.Chunk(ids, idsPerBurst) {
		err := d.burst(ctx, func(c *conn) error {
			return c.query(ctx, experimentTags, []any{numbers(part)}, func(v []driver.Value) error {
				found[at[text(v[0])]].Tags[text(v[1])] = text(v[2])
				return nil
			})
		})
		if err != nil {
			return fmt.Errorf("read the tags of %d experiments: %w", len(found), err)
		}
	}
	return nil
}

// experimentOrder is MLflow's: by default the newest first, then the id; any
// other order ends in the id, highest first. What is not set comes before all
// else, as NULL does in SQLite.
func experimentOrder(order []search.Order) (func(a, b store.Experiment) int, error) {
	if len(order) == 0 {
		order = []search.Order{{Key: "creation_time", Desc: true}, {Key: "experiment_id"}}
	}
	order = append(slices.Clone(order), search.Order{Key: "experiment_id", Desc: true})
	for _, o := range order {
		if o.Entity != search.Attribute || !slices.Contains([]string{"name", "experiment_id", "creation_time", "last_update_time"}, o.Key) {
			return nil, fmt.Errorf("order by %s: %w", o.Key, store.ErrNotFound)
		}
	}
	return func(a, b store.Experiment) int {
		for _, o := range order {
			c := 0
			switch o.Key {
			case "name":
				c = cmp.Compare(a.Name, b.Name)
			case "creation_time":
				c = a.Created.Compare(b.Created)
			case "last_update_time":
				c = a.Updated.Compare(b.Updated)
			case "experiment_id": // whole numbers without leading zeros
				c = cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
			}
			if c != 0 && o.Desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	}, nil
}

// Activity implements store.ExperimentReader.
func (d *DB) Activity(ctx context.Context) (map[string]store.Activity, error) {
	runs, err := d.rows(ctx, runRows)
	if err != nil {
		return nil, fmt.Errorf("sum up the runs: %w", err)
	}
	type sums struct {
		id string
		store.Activity
	}
	total := map[string]store.Activity{}
	err = d.scan(ctx, runs, firstWindow, func(ctx context.Context) worker {
		var part []sums
		return worker{
			read: func(c *conn, w span) error {
				part = part[:0]
				return c.query(ctx, activity, []any{w.low, w.high}, func(v []driver.Value) error {
					n := func(i int) int { return int(integer(v[i])) }
					part = append(part, sums{text(v[0]), store.Activity{
						Runs: n(1), Deleted: n(2), Running: n(3), Failed: n(4), Newest: moment(v[5]),
					}})
					return nil
				})
			},
			done: func() error {
				for _, p := range part {
					total[p.id] = add(total[p.id], p.Activity)
				}
				return nil
			},
		}
	})
	if err != nil {
		return nil, fmt.Errorf("sum up the runs: %w", err)
	}
	return total, nil
}

func add(a, b store.Activity) store.Activity {
	a.Runs, a.Deleted = a.Runs+b.Runs, a.Deleted+b.Deleted
	a.Running, a.Failed = a.Running+b.Running, a.Failed+b.Failed
	if a.Newest.Compare(b.Newest) < 0 {
		a.Newest = b.Newest
	}
	return a
}
