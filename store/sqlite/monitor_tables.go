package sqlite

import (
	"database/sql/driver"

	"benchside/store"
)

// The tables of monitors that an undo brings back, too: who is watched, and which
// alerts are acknowledged. Results and reports are not the ledger's.
func monitorRows() kind { return kind{"benchside_monitors", []string{"id"}, "model"} }
func alertRows() kind   { return kind{"benchside_alerts", []string{"id"}, ""} }

func watching() []kind { return []kind{monitorRows(), alertRows()} }

// monitorFormat is the version of the tables below, which their head names.
const monitorFormat = 1

// monitorDefinitions make the tables of monitors, which the first monitor needs.
// The turn of their head grows with each write: it numbers results and alerts, so
// that a number is never given again, and shows that something changed. Scores are
// one text a result, in columns, since a calendar reads a year of them at once;
// reports are compressed and by themselves.
func monitorDefinitions() []string {
	return []string{
		`CREATE TABLE benchside_monitor_head (id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL, turn INTEGER NOT NULL)`,
		`INSERT INTO benchside_monitor_head (id, format, turn) VALUES (1, 1, 0)`,
		`CREATE TABLE benchside_monitors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, model TEXT NOT NULL,
			metric TEXT NOT NULL, reference TEXT NOT NULL, arrives TEXT NOT NULL, comparing TEXT NOT NULL,
			rules TEXT NOT NULL, paused INTEGER NOT NULL, by_name TEXT NOT NULL, added INTEGER NOT NULL)`,
		`CREATE TABLE benchside_results (id INTEGER PRIMARY KEY, monitor INTEGER NOT NULL, batch TEXT NOT NULL,
			digest TEXT NOT NULL, row_count INTEGER NOT NULL, bytes INTEGER NOT NULL, modified INTEGER, data_start INTEGER, data_end INTEGER, at INTEGER NOT NULL,
			state TEXT NOT NULL, verdict TEXT NOT NULL, says TEXT NOT NULL, share REAL, share_limit REAL,
			tested INTEGER NOT NULL, drifted INTEGER NOT NULL, differs TEXT NOT NULL, scores TEXT NOT NULL,
			metrics TEXT NOT NULL, report INTEGER NOT NULL)`,
		`CREATE INDEX benchside_results_of ON benchside_results (monitor, data_end)`,
		`CREATE UNIQUE INDEX benchside_results_once ON benchside_results (monitor, digest, batch)`,
		`CREATE TABLE benchside_drift_reports (result INTEGER PRIMARY KEY, body BLOB NOT NULL)`,
		`CREATE TABLE benchside_rule_states (monitor INTEGER NOT NULL, rule TEXT NOT NULL, firing INTEGER NOT NULL,
			state TEXT NOT NULL, PRIMARY KEY (monitor, rule)) WITHOUT ROWID`,
		`CREATE TABLE benchside_alerts (id INTEGER PRIMARY KEY, monitor INTEGER NOT NULL, rule TEXT NOT NULL,
			says TEXT NOT NULL, value REAL, result INTEGER NOT NULL, batch TEXT NOT NULL, fired INTEGER NOT NULL,
			resolved INTEGER, acknowledged INTEGER, by_name TEXT NOT NULL, comment TEXT NOT NULL)`,
		`CREATE INDEX benchside_alerts_of ON benchside_alerts (monitor, rule)`,
	}
}

const (
	readMonitorHead = `SELECT format FROM benchside_monitor_head WHERE id = 1`
	nextTurn        = `UPDATE benchside_monitor_head SET turn = turn + 1 WHERE id = 1`
	readTurn        = `SELECT turn FROM benchside_monitor_head WHERE id = 1`
)

// keepMonitors makes the tables of monitors if they are not there.
func (t *tx) keepMonitors() error {
	if !t.has("benchside_monitor_head") {
		for _, d := range monitorDefinitions() {
			if err := t.exec(d); err != nil {
				return err
			}
		}
		return t.learn()
	}
	is := int64(0)
	err := t.query(readMonitorHead, nil, func(v []driver.Value) error { is = integer(v[0]); return nil })
	switch {
	case err != nil:
		return err
	case is > monitorFormat:
		return refuse(store.ErrReadOnly, "its tables of monitors are of format %d, newer than this benchside", is)
	case is != monitorFormat:
		return refuse(store.ErrDamaged, "its tables of monitors are of format %d", is)
	}
	return nil
}

// turn says that something changed, and returns the number of it.
func (t *tx) turn() (int64, error) {
	if err := t.exec(nextTurn); err != nil {
		return 0, err
	}
	return t.one(readTurn)
}
