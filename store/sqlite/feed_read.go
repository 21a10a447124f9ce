package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"benchside/store"
)

const (
	dataVersion = `PRAGMA data_version`

	lastRows = `SELECT (SELECT coalesce(max(rowid), 0) FROM metrics), (SELECT coalesce(max(rowid), 0) FROM params),
(SELECT coalesce(max(rowid), 0) FROM tags), (SELECT coalesce(max(rowid), 0) FROM runs)`

	newPoints = `SELECT rowid, run_uuid, key, value, is_nan, step, timestamp FROM metrics WHERE rowid > ? ORDER BY rowid LIMIT ?`
	newParams = `SELECT rowid, run_uuid, key, value FROM params WHERE rowid > ? ORDER BY rowid LIMIT ?`
	newTags   = `SELECT rowid, run_uuid, key, value FROM tags WHERE rowid > ? ORDER BY rowid LIMIT ?`

	runStates = `SELECT rowid, run_uuid, status, end_time, lifecycle_stage, coalesce(name, ''), start_time, experiment_id FROM runs
WHERE rowid > ? ORDER BY rowid LIMIT ?`

	experimentStates = `SELECT experiment_id, name, lifecycle_stage FROM experiments ORDER BY experiment_id`
)

// eventsPerBurst bounds what is read of a table at once, and so a change.
const eventsPerBurst = 2000

// smallStore is the number of runs that are compared at every commit.
const smallStore = 2000

// marks are the highest rowids that were told, by table.
type marks struct{ metrics, params, tags, runs int64 }

// ledger remembers every run's state as a hash, to find what changed in place.
type ledger struct {
	rows   map[int64]entry // by rowid
	filled bool            // every run was read once
	turn   uint32          // counts the scans
}

type entry struct {
	id    string
	state uint64
	live  bool   // may end at any time
	turn  uint32 // of the scan that saw it
}

// begin takes the store as it is for known.
func (f *feed) begin(ctx context.Context) error {
	f.release()
	f.runs = ledger{rows: map[int64]entry{}}
	if _, _, err := f.changed(ctx); err != nil {
		return err
	}
	if err := f.db.burst(ctx, func(c *conn) error {
		f.db.mu.Lock()
		defer f.db.mu.Unlock()
		return f.db.schema.read(ctx, c)
	}); err != nil {
		return err
	}
	at, err := f.last(ctx)
	if err != nil {
		return err
	}
	f.seen = at
	if f.known, err = f.experiments(ctx); err != nil {
		return err
	}
	f.dirty = true // the first scan fills the ledger
	return nil
}

func (f *feed) release() {
	if f.conn != nil {
		f.conn.raw.Close()
		f.conn = nil
	}
}

// changed asks whether anybody committed since it was asked last, and whether
// the store is another one now.
func (f *feed) changed(ctx context.Context) (changed, reload bool, err error) {
	f.db.gate.RLock()
	defer f.db.gate.RUnlock()
	if f.conn == nil || f.conn.epoch != f.db.opened() {
		reload = f.conn != nil
		f.release()
		if f.conn, err = f.db.connection(); err != nil {
			return false, false, err
		}
	}
	if err := f.db.check(); err != nil {
		return false, false, err
	}
	if f.conn.epoch != f.db.opened() {
		return true, true, nil
	}
	err = f.conn.query(ctx, dataVersion, nil, func(v []driver.Value) error {
		n := integer(v[0])
		changed, f.version = n != f.version, n
		return nil
	})
	return changed, reload, f.db.explain(err)
}

func (d *DB) opened() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.epoch
}

func (d *DB) check() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.recheck()
}

func (f *feed) last(ctx context.Context) (m marks, err error) {
	err = f.db.burst(ctx, func(c *conn) error {
		return c.query(ctx, lastRows, nil, func(v []driver.Value) error {
			m = marks{integer(v[0]), integer(v[1]), integer(v[2]), integer(v[3])}
			return nil
		})
	})
	return m, err
}

// grown tells what was added, then what changed in place.
func (f *feed) grown(ctx context.Context) error {
	now, err := f.last(ctx)
	if err != nil {
		return err
	}
	if now.runs < f.seen.runs || now.metrics < f.seen.metrics && now.runs == 0 {
		return f.again(ctx) // rows were rebuilt: a VACUUM, a migration, a restored copy
	}
	f.seen = marks{min(f.seen.metrics, now.metrics), min(f.seen.params, now.params), min(f.seen.tags, now.tags), f.seen.runs}
	if f.scanDue() {
		if err := f.scan(ctx); err != nil {
			return err
		}
	} else if err := f.newRuns(ctx); err != nil {
		return err
	}
	for _, t := range []struct {
		sql  string
		seen *int64
		kind store.EventKind
	}{{newParams, &f.seen.params, store.ParamLogged}, {newTags, &f.seen.tags, store.TagSet}, {newPoints, &f.seen.metrics, store.PointLogged}} {
		if err := f.added(ctx, t.sql, t.seen, t.kind); err != nil {
			return err
		}
	}
	known, err := f.experiments(ctx)
	if err != nil {
		return err
	}
	if known != f.known {
		f.known = known
		return f.send(ctx, []store.Event{{Kind: store.ExperimentsChanged}})
	}
	return nil
}

func (f *feed) again(ctx context.Context) error {
	if err := f.begin(ctx); err != nil {
		return err
	}
	if !f.tell(ctx, store.Change{Reload: true}) {
		return errTold
	}
	return nil
}

func (f *feed) send(ctx context.Context, events []store.Event) error {
	if len(events) == 0 {
		return nil
	}
	if !f.tell(ctx, store.Change{Events: events}) {
		return errTold
	}
	return nil
}

// added tells the rows of a table behind the mark, a few thousand at a time.
func (f *feed) added(ctx context.Context, sql string, seen *int64, kind store.EventKind) error {
	for {
		var events []store.Event
		upTo := *seen
		err := f.db.burst(ctx, func(c *conn) error {
			events, upTo = nil, *seen
			return c.query(ctx, sql, []any{*seen, eventsPerBurst}, func(v []driver.Value) error {
				upTo = integer(v[0])
				events = append(events, event(kind, v))
				return nil
			})
		})
		if err != nil {
			return err
		}
		if err := f.send(ctx, events); err != nil {
			return err
		}
		if err := f.heads(ctx, renamed(events)); err != nil {
			return err
		}
		*seen = upTo
		if len(events) < eventsPerBurst {
			return nil
		}
	}
}

// renamed finds the runs whose name or parent a tag changed.
func renamed(events []store.Event) map[string]store.EventKind {
	kinds := map[string]store.EventKind{}
	for _, e := range events {
		if e.Kind == store.TagSet && (e.Key == store.TagParent || e.Key == store.TagRunName) {
			kinds[e.Head.ID] = store.RunChanged
		}
	}
	return kinds
}

func event(kind store.EventKind, v []driver.Value) store.Event {
	e := store.Event{Kind: kind, Head: store.Head{ID: text(v[1])}, Key: text(v[2])}
	if kind != store.PointLogged {
		e.Text = text(v[3])
		return e
	}
	e.Point = store.Point{Value: number(v[3], v[4]), Step: step(v[5]), Timestamp: integer(v[6])}
	return e
}

// newRuns tells the runs behind the mark, and those under way that ended,
// without comparing the others.
func (f *feed) newRuns(ctx context.Context) error {
	if err := f.states(ctx, f.seen.runs); err != nil {
		return err
	}
	rows := map[string]int64{}
	for row, e := range f.runs.rows {
		if e.live {
			rows[e.id] = row
		}
	}
	heads, err := f.db.HeadsOf(ctx, slices.Collect(maps.Keys(rows)))
	if err != nil {
		return err
	}
	var events []store.Event
	for _, h := range heads {
		if h.Status.Live() {
			continue
		}
		e := f.runs.rows[rows[h.ID]]
		e.live = false
		f.runs.rows[rows[h.ID]] = e
		events = append(events, store.Event{Kind: store.RunChanged, Head: h})
	}
	return f.send(ctx, events)
}

// scan compares every run with what was known of it. The first one only fills
// the ledger.
func (f *feed) scan(ctx context.Context) error {
	f.runs.turn++
	if err := f.states(ctx, 0); err != nil {
		return err
	}
	var gone []store.Event
	for row, e := range f.runs.rows {
		if e.turn < f.runs.turn {
			gone = append(gone, store.Event{Kind: store.RunRemoved, Head: store.Head{ID: e.id}})
			delete(f.runs.rows, row)
		}
	}
	f.scanned, f.dirty, f.runs.filled = time.Now(), false, true
	return f.send(ctx, gone)
}

// states reads the runs behind a row and tells those that are new or differ.
func (f *feed) states(ctx context.Context, after int64) error {
	for {
		kinds := map[string]store.EventKind{}
		from, n := after, 0
		err := f.db.burst(ctx, func(c *conn) error {
			after, n = from, 0
			return c.query(ctx, runStates, []any{from, eventsPerBurst}, func(v []driver.Value) error {
				n++
				after = integer(v[0])
				f.note(after, v, kinds)
				return nil
			})
		})
		if err != nil {
			return err
		}
		f.seen.runs = max(f.seen.runs, after)
		if err := f.heads(ctx, kinds); err != nil {
			return err
		}
		if n < eventsPerBurst {
			return nil
		}
	}
}

// note enters a run's row into the ledger and says what is to be told of it.
func (f *feed) note(row int64, v []driver.Value, kinds map[string]store.EventKind) {
	e := entry{id: text(v[1]), state: digest(v[2:]), live: store.Status(text(v[2])).Live(), turn: f.runs.turn}
	old, known := f.runs.rows[row]
	f.runs.rows[row] = e
	switch {
	case row > f.seen.runs, f.runs.filled && !known:
		kinds[e.id] = store.RunCreated
	case f.runs.filled && old.state != e.state:
		kinds[e.id] = store.RunChanged
	}
}

func (f *feed) heads(ctx context.Context, kinds map[string]store.EventKind) error {
	if len(kinds) == 0 {
		return nil
	}
	heads, err := f.db.HeadsOf(ctx, slices.Collect(maps.Keys(kinds)))
	if err != nil {
		return err
	}
	events := make([]store.Event, 0, len(heads))
	for _, h := range heads {
		events = append(events, store.Event{Kind: kinds[h.ID], Head: h})
	}
	return f.send(ctx, events)
}

// digest hashes a row's values.
func digest(v []driver.Value) uint64 {
	h := fnv.New64a()
	for _, x := range v {
		fmt.Fprintf(h, "%v\x00", x)
	}
	return h.Sum64()
}

func (f *feed) experiments(ctx context.Context) (string, error) {
	var sum uint64
	err := f.db.burst(ctx, func(c *conn) error {
		return c.query(ctx, experimentStates, nil, func(v []driver.Value) error {
			sum = sum*31 + digest(v)
			return nil
		})
	})
	return fmt.Sprint(sum), err
}
