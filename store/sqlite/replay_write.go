package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"benchside/store"
)

// The statements that MLflow's client sends for the calls that a training
// makes, one transaction a call.
const (
	sqlCreateRun = `
INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status,
	start_time, end_time, source_version, lifecycle_stage, artifact_uri, experiment_id, deleted_time)
VALUES (?, ?, 'UNKNOWN', '', '', ?, 'RUNNING', ?, NULL, '', 'active', ?, ?, NULL)`
	sqlLogTag   = `INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)`
	sqlLogParam = `INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)`
	// An exact duplicate of a point is dropped.
	sqlLogPoint = `
INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING`
	// The latest point is the greatest by step, timestamp and value; a NaN
	// counts as 0 there.
	sqlLogLatest = `
INSERT INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (key, run_uuid) DO UPDATE
SET value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
WHERE (excluded.step, excluded.timestamp, excluded.value) >
	(latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)`
	sqlFinishRun = `UPDATE runs SET status = ?, end_time = ? WHERE run_uuid = ?`
)

// start creates the run anew under a parent, with its params.
func (r *replay) start(ctx context.Context, run recorded, name, parent string) (*trial, error) {
	t := &trial{recorded: run, run: newRunID()}
	tags := withPair(withPair(run.tags, store.TagParent, parent), store.TagRunName, name)
	artifacts := fmt.Sprintf("%s/%s/artifacts", run.location, t.run)
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, sqlCreateRun, t.run, name, run.user, millis(), artifacts, run.experiment)
		for i := 0; err == nil && i < len(tags); i++ {
			_, err = tx.ExecContext(ctx, sqlLogTag, tags[i].key, tags[i].value, t.run)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("create run %s: %w", name, err)
	}
	err = r.write(ctx, func(tx *sql.Tx) error {
		for _, p := range run.params {
			if _, err := tx.ExecContext(ctx, sqlLogParam, p.key, p.value, t.run); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("log params of run %s: %w", name, err)
	}
	return t, nil
}

// log writes points that were logged together.
func (r *replay) log(ctx context.Context, run string, points []logged) error {
	at := millis()
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, p := range points {
			for _, statement := range []string{sqlLogPoint, sqlLogLatest} {
				if _, err := tx.ExecContext(ctx, statement, p.key, p.value, at, run, p.step, p.isNaN); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("log metrics of run %s: %w", run, err)
	}
	return nil
}

// finish ends a run in the state in which the recorded one ended.
func (r *replay) finish(ctx context.Context, t *trial) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, sqlFinishRun, t.status, millis(), t.run)
		return err
	})
	if err != nil {
		return fmt.Errorf("finish run %s: %w", t.run, err)
	}
	return nil
}

// write runs one BEGIN IMMEDIATE transaction.
func (r *replay) write(ctx context.Context, statements func(tx *sql.Tx) error) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := statements(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func millis() int64 { return time.Now().UnixMilli() }

// newRunID returns a random id as MLflow makes them: a UUID of version 4
// without its dashes.
func newRunID() string {
	var id [16]byte
	rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return hex.EncodeToString(id[:])
}
