package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"benchside/store"
)

const (
	wholeCheck = `PRAGMA integrity_check(20)`
	tablesHere = `SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name`

	smallFile = 32 << 20 // bytes, which are checked in one piece, in about 0.2 s
	// A check gives way to a writer whose journal it sees, and is tried again.
	giveWay   = 300 * time.Millisecond
	mostTries = 4
)

// integrity has SQLite check every page. A big file is checked table by table, and
// a check that a writer waits for is broken off, since MLflow gives up after 20 s.
func (i inspection) integrity(ctx context.Context) (store.Finding, error) {
	if !i.asked.Integrity {
		return store.Finding{Verdict: store.NotKnown, Says: "not looked at", Advice: "--integrity has SQLite check each page"}, nil
	}
	size, err := i.one(ctx, pagesOfFile)
	if err != nil {
		return store.Finding{}, err
	}
	page, err := i.one(ctx, bytesOfPage)
	if err != nil {
		return store.Finding{}, err
	}
	checks := []string{wholeCheck}
	if size*page > smallFile {
		if checks, err = i.checksByTable(ctx); err != nil {
			return store.Finding{}, err
		}
	}
	var wrong []string
	for _, statement := range checks {
		found, err := i.checkPages(ctx, statement)
		switch {
		case errors.Is(err, errGaveWay):
			return store.Finding{Verdict: store.NotKnown, Says: "given up: others kept writing; try again while nobody does"}, nil
		case err != nil:
			return store.Finding{}, err
		}
		wrong = append(wrong, found...)
	}
	if len(wrong) > 0 {
		return store.Finding{
			Verdict: store.NotMet, Count: int64(len(wrong)), Says: wrong[0], Of: wrong,
			Advice: "stop what writes, copy the file with its -journal or -wal, and see sqlite3's .recover",
		}, nil
	}
	return fine("every page is as it should be"), nil
}

func (i inspection) checksByTable(ctx context.Context) (all []string, err error) {
	err = i.burst(ctx, func(c *conn) error {
		all = nil
		return c.query(ctx, tablesHere, nil, func(v []driver.Value) error {
			all = append(all, "PRAGMA integrity_check("+quoted(text(v[0]))+")")
			return nil
		})
	})
	return all, err
}

var errGaveWay = errors.New("a writer waited")

// checkPages runs one check and returns what it found wrong. It gives way to
// writers some times, then gives up.
func (i inspection) checkPages(ctx context.Context, statement string) (wrong []string, err error) {
	for range mostTries {
		limited, cancel := context.WithCancelCause(ctx)
		go i.watchForWriters(limited, cancel)
		err = i.burst(limited, func(c *conn) error {
			wrong = nil
			return c.query(limited, statement, nil, func(v []driver.Value) error {
				if says := text(v[0]); says != "ok" {
					wrong = append(wrong, strings.TrimSpace(says))
				}
				return nil
			})
		})
		cause := context.Cause(limited)
		cancel(nil)
		if err == nil || ctx.Err() != nil || !errors.Is(cause, errGaveWay) {
			if errors.Is(err, store.ErrDamaged) {
				return []string{err.Error()}, nil // so damaged that it cannot be checked
			}
			return wrong, err
		}
		if err := sleep(ctx, giveWay); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("check the pages: %w", errGaveWay)
}

// watchForWriters breaks a check off once a writer has waited for a while.
func (i inspection) watchForWriters(ctx context.Context, cancel context.CancelCauseFunc) {
	var since time.Time
	for {
		if sleep(ctx, giveWay/10) != nil {
			return
		}
		switch {
		case !i.writing():
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		case time.Since(since) > giveWay:
			cancel(errGaveWay)
			return
		}
	}
}

const (
	latestRows  = `SELECT (SELECT min(rowid) FROM latest_metrics), (SELECT max(rowid) FROM latest_metrics)`
	wrongLatest = `SELECT l.run_uuid, l.key FROM latest_metrics l NOT INDEXED WHERE l.rowid BETWEEN ?1 AND ?2 AND NOT EXISTS (
			SELECT 1 FROM (SELECT m.step, m.timestamp, m.value, m.is_nan FROM metrics m INDEXED BY index_metrics_run_uuid_key_step
				WHERE m.run_uuid = l.run_uuid AND m.key = l.key ORDER BY m.step DESC, m.timestamp DESC, m.value DESC LIMIT 1) t
			WHERE t.step = l.step AND t.timestamp = l.timestamp AND t.value = l.value)`
)

// latestTime bounds the comparison of latest metrics, which begins with the newest.
const latestTime = 5 * time.Second

var errTimeIsUp = errors.New("time is up")

// latest compares the latest value of each metric with its points, by MLflow's
// rule: the highest step, then timestamp, then value.
func (i inspection) latest(ctx context.Context) (store.Finding, error) {
	if !i.schema.hasIndex("index_metrics_run_uuid_key_step") {
		return store.Finding{Verdict: store.NotKnown, Says: "not looked at: the store has no index by step, which MLflow 3.12 brings"}, nil
	}
	all, err := i.rows(ctx, latestRows)
	if err != nil {
		return store.Finding{}, err
	}
	var of, some []string
	seen, end, wrong := int64(0), time.Now().Add(latestTime), int64(0)
	var at span
	err = i.newestFirst(ctx, all, 256, func(c *conn, s span) error {
		some, at = nil, s
		return c.query(ctx, wrongLatest, []any{s.low, s.high}, func(v []driver.Value) error {
			some = append(some, text(v[0])+" "+text(v[1]))
			return nil
		})
	}, func() error {
		seen += at.high - at.low + 1
		wrong += int64(len(some))
		of = append(of, some[:min(len(some), mostOfIDs)]...)
		if time.Now().After(end) {
			return errTimeIsUp
		}
		return nil
	})
	if err != nil && !errors.Is(err, errTimeIsUp) {
		return store.Finding{}, err
	}
	which := "every latest metric"
	if errors.Is(err, errTimeIsUp) {
		which = fmt.Sprintf("each of the newest %d latest metrics", seen)
	}
	if wrong == 0 {
		return fine("%s is the last of its points", which), nil
	}
	return store.Finding{
		Verdict: store.NotMet, Count: wrong, Of: of, Says: fmt.Sprintf("%d latest metrics are not the last of their points", wrong),
		Advice: "MLflow shows, sorts and filters by them; logging the metric again at a later step sets them right",
	}, nil
}
