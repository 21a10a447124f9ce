package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"time"

	"benchside/store"
)

const (
	idPage    = `SELECT r.rowid, r.run_uuid, ` + runState + pageOfRuns
	statePage = `SELECT r.rowid, ` + runState + pageOfRuns

	pageOfRuns = ` FROM runs r NOT INDEXED WHERE r.rowid > ?1 AND r.rowid <= ?2 ORDER BY r.rowid LIMIT ?3`

	runsByRow = `SELECT r.rowid, r.run_uuid, '', 0, ` + linkedHead + `, ` + runState + `
		FROM json_each(?1) w CROSS JOIN runs r NOT INDEXED ON r.rowid = w.value ORDER BY r.rowid`
)

// compare brings the roll up to date if it is time to, and sends what it
// finds. Between its pages, what is told meanwhile goes first.
func (f *feed) compare(ctx context.Context) error {
	l := &f.runs
	if !l.dirty || time.Now().Before(l.next) || f.problem != nil {
		return nil
	}
	from, begun := time.Now(), *l
	l.dirty = false
	page := f.comparePage
	if l.filled < l.upTo {
		page = f.fillPage
	}
	var cost time.Duration
	for after, more := int64(0), true; more; {
		start := time.Now()
		last, full, err := page(ctx, after)
		if err != nil {
			l.dirty, l.next = true, time.Now().Add(every)
			return err
		}
		cost += time.Since(start)
		after, more = last, full
		select {
		case <-f.signs.told:
			if !f.look(ctx) {
				return ctx.Err()
			}
			if l.seed != begun.seed {
				return nil // it was begun anew
			}
		default:
		}
	}
	l.next = from.Add(min(share*cost, mostWait))
	return nil
}

// fillPage learns a page of runs without sending anything.
func (f *feed) fillPage(ctx context.Context, after int64) (last int64, more bool, err error) {
	var rows []seenRun
	l := &f.runs
	err = f.db.burst(ctx, func(c *conn) error {
		rows = rows[:0]
		return c.query(ctx, idPage, []any{after, l.upTo, rowsPerPage}, func(v []driver.Value) error {
			rows = append(rows, seenRun{row: integer(v[0]), state: text(v[2]), head: store.Head{ID: text(v[1])}})
			return nil
		})
	})
	if err != nil {
		return 0, false, err
	}
	for _, r := range rows {
		if i, known := l.find(r.row); !known {
			l.insert(i, l.entry(r.row, r.head.ID, r.state))
		}
	}
	if len(rows) < rowsPerPage {
		l.filled = l.upTo
		return l.upTo, false, nil
	}
	return rows[len(rows)-1].row, true, nil
}

// page is what the comparison of a page found.
type page struct {
	differ []int64 // rows that changed or are new
	gone   []int64 // rows that are not there any more
	last   int64
	more   bool
}

func (f *feed) comparePage(ctx context.Context, after int64) (last int64, more bool, err error) {
	p, err := f.differences(ctx, after)
	if err != nil {
		return 0, false, err
	}
	var events []store.Event
	for _, row := range p.gone {
		i, _ := f.runs.find(row)
		events = append(events, f.removed(i))
	}
	for len(p.differ) > 0 {
		part := p.differ[:min(len(p.differ), rowsPerBatch)]
		p.differ = p.differ[len(part):]
		found, err := f.readRows(ctx, part)
		if err != nil {
			return 0, false, err
		}
		for _, r := range found {
			events = f.settle(events, r)
		}
		if !f.sendSome(ctx, &events) {
			return 0, false, ctx.Err()
		}
	}
	if !f.sendSome(ctx, &events) {
		return 0, false, ctx.Err()
	}
	return p.last, p.more, nil
}

func (f *feed) sendSome(ctx context.Context, events *[]store.Event) bool {
	if len(*events) == 0 {
		return true
	}
	ready := *events
	*events = nil
	return f.send(ctx, store.Change{Events: ready})
}

// removed forgets the run at i of the roll and says so.
func (f *feed) removed(i int) store.Event {
	id := f.runs.forget(i)
	return store.Event{Kind: store.RunRemoved, Head: store.Head{ID: id}}
}

// settle adds what has become of a run that differs from the roll.
func (f *feed) settle(events []store.Event, r seenRun) []store.Event {
	kind := store.RunChanged
	if i, known := f.runs.find(r.row); !known {
		kind = store.RunCreated
	} else if f.runs.id(f.runs.rows[i]) != r.head.ID {
		events = append(events, f.removed(i))
		kind = store.RunCreated
	}
	f.runs.put(r.row, r.head.ID, r.state)
	f.runs.track(r)
	return append(events, store.Event{Kind: kind, Head: r.head})
}

// differences compares a page of runs with the roll.
func (f *feed) differences(ctx context.Context, after int64) (page, error) {
	var p page
	l := &f.runs
	upTo := f.mark.runs.row
	err := f.db.burst(ctx, func(c *conn) error {
		p = page{last: upTo}
		at, found := l.find(after)
		if found {
			at++
		}
		rows := 0
		err := c.query(ctx, statePage, []any{after, upTo, rowsPerPage}, func(v []driver.Value) error {
			row := integer(v[0])
			for ; at < len(l.rows) && l.rows[at].row < row; at++ {
				p.gone = append(p.gone, l.rows[at].row)
			}
			if at < len(l.rows) && l.rows[at].row == row {
				if l.rows[at].state != l.hash(text(v[1])) {
					p.differ = append(p.differ, row)
				}
				at++
			} else {
				p.differ = append(p.differ, row)
			}
			rows++
			p.last = row
			return nil
		})
		if p.more = rows == rowsPerPage; p.more || err != nil {
			return err
		}
		for ; at < len(l.rows) && l.rows[at].row <= upTo; at++ {
			p.gone = append(p.gone, l.rows[at].row)
		}
		return nil
	})
	return p, err
}

func (f *feed) readRows(ctx context.Context, rows []int64) ([]seenRun, error) {
	ids, err := json.Marshal(rows)
	if err != nil {
		return nil, err // cannot happen: integers always have a JSON form
	}
	var found []seenRun
	err = f.db.burst(ctx, func(c *conn) error {
		found = nil
		known := newNames()
		return c.query(ctx, runsByRow, []any{string(ids)}, func(v []driver.Value) error {
			found = append(found, readSeenRun(v, known))
			return nil
		})
	})
	return found, err
}
