package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"benchside/store"
)

// The rows of a table get ever larger rowids, so what was added lies behind the
// last row that was told. That row is read again: if it is not the same any
// more, the rows were numbered anew, by a VACUUM, a migration or a gc.
const (
	// runState is what may change of a run; NULL adds nothing to it.
	runState = `concat_ws(char(31), r.run_uuid, r.name, r.status, r.end_time, r.lifecycle_stage)`

	runColumns   = `r.rowid, r.run_uuid, '', 0, ` + linkedHead + `, ` + runState + ` FROM runs r`
	pointColumns = `r.rowid, r.run_uuid, r.key, r.timestamp, r.step, r.value, r.is_nan FROM metrics r`
	paramColumns = `r.rowid, r.run_uuid, r.key, 0, r.value FROM params r`
	tagColumns   = `r.rowid, r.run_uuid, r.key, 0, r.value FROM tags r`

	lastRow   = `SELECT %s NOT INDEXED ORDER BY r.rowid DESC LIMIT 1`
	rowsAfter = `SELECT %s NOT INDEXED WHERE r.rowid >= ?1 ORDER BY r.rowid LIMIT ?2`

	liveRuns = `SELECT ` + runColumns + ` NOT INDEXED
		WHERE r.rowid > (SELECT max(rowid) FROM runs) - ?1 AND r.status IN ('RUNNING', 'SCHEDULED')
		ORDER BY r.rowid DESC LIMIT ?2`
	runsByID = `SELECT r.rowid, r.run_uuid, '', 0, ` + linkedHead + `, ` + runState + `
		FROM (SELECT DISTINCT value AS id FROM json_each(?1)) w CROSS JOIN runs r ON r.run_uuid = w.id
		ORDER BY r.rowid`

	experimentStates = `SELECT group_concat(concat_ws(char(31), e.experiment_id, coalesce(e.name, ''),
			coalesce(e.lifecycle_stage, ''), coalesce(e.artifact_location, '')), char(30))
		FROM (SELECT * FROM experiments ORDER BY experiment_id) e`
)

const (
	rowsPerBatch = 2000 // of each table: some 5 ms
	mostTouched  = 500  // runs whose heads are read again for a batch
	mostLive     = 100  // live runs that are read again at every commit
	// Live runs are searched among so many of the newest rows, 2 ms; the comparison
	// of all runs finds the changes of older ones.
	liveAmong = 20_000
)

var errRebuilt = errors.New("the rows of the store were numbered anew")

// tail is the last row of a table that was told.
type tail struct {
	row  int64 // 0 if the table was empty
	same [3]driver.Value
}

// mark is how far the store was told.
type mark struct {
	runs, points, params, tags tail
	experiments                string // their state
	revision                   string
}

// seenRun is a run as it was read.
type seenRun struct {
	row   int64
	state string
	head  store.Head
}

// batch is what one burst finds.
type batch struct {
	next   mark
	full   bool // there is more
	isNew  []seenRun
	again  []seenRun       // the live ones and those that something was logged for
	linked map[string]bool // those of again whose parent or name was tagged
	points []store.Event
	params []store.Event
	tags   []store.Event
}

func (t tail) read(ctx context.Context, c *conn, columns string, visit func(v []driver.Value)) (tail, int, error) {
	next, rows := t, 0
	checked := t.row == 0
	err := c.query(ctx, fmt.Sprintf(rowsAfter, columns), []any{t.row, rowsPerBatch + 1}, func(v []driver.Value) error {
		found := tail{integer(v[0]), [3]driver.Value{v[1], v[2], v[3]}}
		if !checked {
			checked = true
			if found != t {
				return errRebuilt
			}
			return nil
		}
		next = found
		rows++
		visit(v)
		return nil
	})
	if err == nil && !checked {
		err = errRebuilt
	}
	return next, rows, err
}

// readBatch reads runs last, so that every run that something was logged for is
// among them.
func (f *feed) readBatch(ctx context.Context) (*batch, error) {
	var b *batch
	err := f.db.burst(ctx, func(c *conn) error {
		b = &batch{next: f.mark, linked: map[string]bool{}}
		if err := readSettings(ctx, c, &b.next); err != nil {
			return err
		}
		if b.next.revision != f.mark.revision {
			return errRebuilt
		}
		if err := b.readValues(ctx, c, f.mark); err != nil {
			return err
		}
		known, rows, err := newNames(), 0, error(nil)
		b.next.runs, rows, err = f.mark.runs.read(ctx, c, runColumns, func(v []driver.Value) {
			b.isNew = append(b.isNew, readSeenRun(v, known))
		})
		if err != nil {
			return err
		}
		b.full = b.full || rows >= rowsPerBatch
		return c.query(ctx, runsByID, []any{list(f.touched(b))}, func(v []driver.Value) error {
			b.again = append(b.again, readSeenRun(v, known))
			return nil
		})
	})
	return b, err
}

func (b *batch) readValues(ctx context.Context, c *conn, from mark) error {
	known := newNames()
	rows := [3]int{}
	var err error
	b.next.points, rows[0], err = from.points.read(ctx, c, pointColumns, func(v []driver.Value) {
		b.points = append(b.points, store.Event{
			Kind: store.PointLogged, Head: store.Head{ID: known.text(v[1])}, Key: known.text(v[2]),
			Point: store.Point{Timestamp: integer(v[3]), Step: step(v[4]), Value: number(v[5], v[6])},
		})
	})
	if err != nil {
		return err
	}
	texts := func(kind store.EventKind, to *[]store.Event) func(v []driver.Value) {
		return func(v []driver.Value) {
			*to = append(*to, store.Event{
				Kind: kind, Head: store.Head{ID: known.text(v[1])}, Key: known.text(v[2]), Text: text(v[4]),
			})
		}
	}
	b.next.params, rows[1], err = from.params.read(ctx, c, paramColumns, texts(store.ParamLogged, &b.params))
	if err != nil {
		return err
	}
	b.next.tags, rows[2], err = from.tags.read(ctx, c, tagColumns, texts(store.TagSet, &b.tags))
	b.full = max(rows[0], rows[1], rows[2]) >= rowsPerBatch
	for _, e := range b.tags {
		if e.Key == store.TagParent || e.Key == store.TagRunName {
			b.linked[e.Head.ID] = true
		}
	}
	return err
}

func readSeenRun(v []driver.Value, known names) seenRun {
	last := len(v) - 1
	return seenRun{row: integer(v[0]), state: text(v[last]), head: readHead(v[4:last], known)}
}

// touched names the runs whose heads may have changed with this batch.
func (f *feed) touched(b *batch) []string {
	ids := make([]string, 0, len(f.runs.live))
	for id := range f.runs.live {
		ids = append(ids, id)
	}
	known := map[string]bool{}
	for _, r := range b.isNew {
		known[r.head.ID] = true
	}
	for _, events := range [][]store.Event{b.tags, b.points, b.params} {
		for i := range events {
			id := events[i].Head.ID
			if _, live := f.runs.live[id]; live || known[id] || len(ids) >= mostTouched {
				continue
			}
			known[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

func readSettings(ctx context.Context, c *conn, m *mark) error {
	err := c.query(ctx, experimentStates, nil, func(v []driver.Value) error {
		m.experiments = text(v[0])
		return nil
	})
	if err != nil {
		return err
	}
	m.revision = ""
	err = c.query(ctx, oneRevision, nil, func(v []driver.Value) error {
		m.revision = text(v[0])
		return nil
	})
	if missing(err) {
		return nil // a store older than its migrations
	}
	return err
}

func (f *feed) readMark(ctx context.Context) (mark, error) {
	var m mark
	err := f.db.burst(ctx, func(c *conn) error {
		m = mark{}
		for columns, t := range map[string]*tail{
			runColumns: &m.runs, pointColumns: &m.points, paramColumns: &m.params, tagColumns: &m.tags,
		} {
			err := c.query(ctx, fmt.Sprintf(lastRow, columns), nil, func(v []driver.Value) error {
				*t = tail{integer(v[0]), [3]driver.Value{v[1], v[2], v[3]}}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return readSettings(ctx, c, &m)
	})
	return m, err
}

func (f *feed) readLive(ctx context.Context) ([]seenRun, error) {
	var live []seenRun
	err := f.db.burst(ctx, func(c *conn) error {
		live = nil
		known := newNames()
		return c.query(ctx, liveRuns, []any{liveAmong, mostLive}, func(v []driver.Value) error {
			live = append(live, readSeenRun(v, known))
			return nil
		})
	})
	return live, err
}
