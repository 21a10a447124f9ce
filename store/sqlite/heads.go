package sqlite

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"benchside/store"
)

// bareHead are the columns of a head but for its parent. Names of MLflow before
// 1.30 are in the tag alone.
const bareHead = `r.run_uuid,
	coalesce(nullif(r.name, ''),
		(SELECT n.value FROM tags n WHERE n.key = 'mlflow.runName' AND n.run_uuid = r.run_uuid)),
	r.experiment_id, r.user_id, r.status, r.lifecycle_stage, r.start_time, r.end_time`

// linkedHead adds the parent, one search of the primary key of tags per run.
const linkedHead = bareHead + `,
	(SELECT p.value FROM tags p WHERE p.key = 'mlflow.parentRunId' AND p.run_uuid = r.run_uuid)`

// inScope is true for the runs of stage ?3 (see stage) in the experiments ?4 (see
// scope). A single experiment is compared directly, since that is much faster.
const inScope = `
		(?3 IS NULL OR (r.lifecycle_stage IS 'deleted') = ?3)
		AND (?4 IS NULL OR r.experiment_id = ?4
			OR r.experiment_id IN (SELECT value FROM json_each(iif(typeof(?4) = 'text', ?4, '[]'))))`

// inView is what most windows of runs share: ?1 to ?2 are rowids.
const inView = `
	FROM runs r NOT INDEXED
	WHERE r.rowid BETWEEN ?1 AND ?2 AND` + inScope

const (
	runRows = `SELECT (SELECT min(rowid) FROM runs), (SELECT max(rowid) FROM runs)`
	tagRows = `SELECT (SELECT min(rowid) FROM tags), (SELECT max(rowid) FROM tags)`

	countRuns   = `SELECT count(*)` + inView
	bareHeads   = `SELECT ` + bareHead + inView + ` ORDER BY r.rowid DESC`
	linkedHeads = `SELECT ` + linkedHead + inView + ` ORDER BY r.rowid DESC`

	childLinks = `SELECT t.run_uuid FROM tags t NOT INDEXED
		WHERE t.rowid BETWEEN ?1 AND ?2 AND t.key = 'mlflow.parentRunId' AND t.value = ?3 ORDER BY t.rowid`

	headsOf = `SELECT ` + linkedHead + `
		FROM (SELECT DISTINCT value AS id FROM json_each(?1)) w CROSS JOIN runs r ON r.run_uuid = w.id
		ORDER BY r.run_uuid`

	// lineage walks up from the runs of ?1. UNION ends cycles; ?2 bounds the
	// rows, and with them the time of the statement.
	lineage = `WITH RECURSIVE up(id) AS (
			SELECT value FROM json_each(?1)
			UNION
			SELECT t.value FROM up CROSS JOIN tags t
			WHERE t.key = 'mlflow.parentRunId' AND t.run_uuid = up.id
			LIMIT ?2)
		SELECT ` + linkedHead + ` FROM up CROSS JOIN runs r ON r.run_uuid = up.id
		ORDER BY r.run_uuid`
)

// idsPerBurst bounds the runs that one statement looks up by id: about 4 µs
// each for a head.
const idsPerBurst = 2000

func readHead(v []driver.Value, known names) store.Head {
	h := store.Head{
		ID:           text(v[0]),
		Name:         text(v[1]),
		ExperimentID: known.number(v[2]),
		UserID:       known.text(v[3]),
		Status:       store.Status(known.text(v[4])),
		Stage:        store.Stage(known.text(v[5])),
		Start:        moment(v[6]),
		End:          moment(v[7]),
	}
	if len(v) > 8 {
		h.ParentID = known.text(v[8])
	}
	return h
}

// Recent implements store.RunScanner.
func (d *DB) Recent(ctx context.Context, q store.RunQuery, n int) (store.Page, error) {
	ids, err := d.newest(ctx, q, n)
	if err != nil {
		return store.Page{}, fmt.Errorf("read the newest runs: %w", err)
	}
	heads, err := d.family(ctx, ids)
	if err != nil {
		return store.Page{}, fmt.Errorf("read the newest runs and their parents: %w", err)
	}
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(heads, func(a, b store.Head) int {
		i, chosen := place[a.ID]
		j, other := place[b.ID]
		switch {
		case chosen && other:
			return cmp.Compare(i, j)
		case chosen:
			return -1
		case other:
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return store.Page{Heads: heads}, nil
}

// newest returns the ids of the newest n runs of a query's experiments and
// stage, latest start first.
func (d *DB) newest(ctx context.Context, q store.RunQuery, n int) ([]string, error) {
	if n <= 0 {
		return nil, nil
	}
	return d.Match(ctx, store.RunQuery{Experiments: q.Experiments, Stage: q.Stage, Limit: n})
}

// family returns the heads of runs and of all their ancestors.
func (d *DB) family(ctx context.Context, ids []string) ([]store.Head, error) {
	known, heads := newNames(), []store.Head(nil)
	asked, read := make(map[string]bool, len(ids)), make(map[string]bool, len(ids))
	for len(ids) > 0 {
		part := ids[:min(len(ids), idsPerBurst)]
		ids = ids[len(part):]
		var found []store.Head
		err := d.burst(ctx, func(c *conn) error {
			found = found[:0]
			return c.query(ctx, lineage, []any{list(part), 2 * idsPerBurst}, func(v []driver.Value) error {
				found = append(found, readHead(v, known))
				return nil
			})
		})
		if err != nil {
			return nil, err
		}
		for _, id := range part {
			asked[id] = true
		}
		for _, h := range found {
			if !read[h.ID] {
				read[h.ID] = true
				heads = append(heads, h)
			}
		}
		if len(ids) == 0 {
			ids = missingParents(heads, read, asked)
		}
	}
	return heads, nil
}

// missingParents returns the parents that are neither read nor known to be
// missing: those beyond the bound of lineage.
func missingParents(heads []store.Head, read, asked map[string]bool) []string {
	var ids []string
	for i := range heads {
		if p := heads[i].ParentID; p != "" && !read[p] && !asked[p] {
			asked[p] = true
			ids = append(ids, p)
		}
	}
	return ids
}

// Heads implements store.RunScanner.
func (d *DB) Heads(ctx context.Context, q store.RunQuery, yield func(store.Page) error) error {
	all, err := d.rows(ctx, runRows)
	if err != nil {
		return fmt.Errorf("read the runs: %w", err)
	}
	view := []any{stage(q.Stage), scope(q.Experiments)}
	total, err := d.countRuns(ctx, all, view)
	if err != nil {
		return fmt.Errorf("count the runs: %w", err)
	}
	statement, links := linkedHeads, map[string]string(nil)
	tags, err := d.rows(ctx, tagRows)
	if err != nil {
		return fmt.Errorf("read the tags: %w", err)
	}
	// The newest page does not wait for the links of all runs.
	newest := span{max(all.low, all.high-firstWindow+1), all.high}
	rest := span{all.low, newest.low - 1}
	if err := d.headsIn(ctx, newest, statement, view, nil, total, yield); err != nil {
		return fmt.Errorf("read the runs: %w", err)
	}
	if scanBeatsSearch(int64(total), tags) && rest.low <= rest.high {
		if links, err = d.links(ctx); err != nil {
			return fmt.Errorf("read the parents of the runs: %w", err)
		}
		statement = bareHeads
	}
	if err := d.headsIn(ctx, rest, statement, view, links, total, yield); err != nil {
		return fmt.Errorf("read the runs: %w", err)
	}
	return nil
}

func (d *DB) headsIn(ctx context.Context, rows span, statement string, view []any,
	links map[string]string, total int, yield func(store.Page) error,
) error {
	known, page := newNames(), []store.Head(nil)
	read := func(c *conn, w span) error {
		page = page[:0]
		args := []any{w.low, w.high, view[0], view[1]}
		return c.query(ctx, statement, args, func(v []driver.Value) error {
			page = append(page, readHead(v, known))
			return nil
		})
	}
	return d.newestFirst(ctx, rows, firstWindow/4, read, func() error {
		if len(page) == 0 {
			return nil
		}
		for i := range page {
			if links != nil {
				page[i].ParentID = links[page[i].ID]
			}
		}
		full := page
		page = nil // yield may keep it
		return yield(store.Page{Heads: full, Total: total})
	})
}

func (d *DB) countRuns(ctx context.Context, all span, view []any) (int, error) {
	total := 0
	err := d.scan(ctx, all, 4*firstWindow, func(ctx context.Context) worker {
		part := 0
		return worker{
			read: func(c *conn, w span) error {
				return c.query(ctx, countRuns, []any{w.low, w.high, view[0], view[1]}, func(v []driver.Value) error {
					part = int(integer(v[0]))
					return nil
				})
			},
			done: func() error { total += part; return nil },
		}
	})
	return total, err
}

// links reads the parents of all runs that have one.
func (d *DB) links(ctx context.Context) (map[string]string, error) {
	table, _ := keyedBy(store.TagField)
	parents, known := map[string]string{}, newNames()
	err := d.eachValue(ctx, table, store.TagParent, nil, func(v fieldValue) error {
		parents[v.run] = known.text(v.value)
		return nil
	})
	return parents, err
}

// HeadsOf implements store.RunScanner.
func (d *DB) HeadsOf(ctx context.Context, ids []string) ([]store.Head, error) {
	known, heads := newNames(), make([]store.Head, 0, len(ids))
	for part := range slices.Chunk(ids, idsPerBurst) {
		before := len(heads)
		err := d.burst(ctx, func(c *conn) error {
			heads = heads[:before]
			return c.query(ctx, headsOf, []any{list(part)}, func(v []driver.Value) error {
				heads = append(heads, readHead(v, known))
				return nil
			})
		})
		if err != nil {
			return nil, fmt.Errorf("read %d runs by id: %w", len(ids), err)
		}
	}
	return heads, nil
}

// Children implements store.RunReader.
func (d *DB) Children(ctx context.Context, id string) ([]store.Head, error) {
	tags, err := d.rows(ctx, tagRows)
	if err != nil {
		return nil, fmt.Errorf("read the children of run %s: %w", id, err)
	}
	var ids []string
	if err := d.runIDs(ctx, tags, childLinks, []any{id}, func(run string) { ids = append(ids, run) }); err != nil {
		return nil, fmt.Errorf("read the children of run %s: %w", id, err)
	}
	heads, err := d.HeadsOf(ctx, ids)
	slices.SortFunc(heads, func(a, b store.Head) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	return heads, err
}
