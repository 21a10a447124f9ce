package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"benchside/store"
)

const (
	addJob = `INSERT INTO benchside_jobs (hook, delivery, event, of_kind, of_name, of_version, command, state, asked, host, pid,
			created, started, ended, exit, log, says)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	lastJob    = `SELECT last_insert_rowid()`
	setJob     = `UPDATE benchside_jobs SET state = ?, host = ?, pid = ?, started = ?, ended = ?, exit = ?, log = ?, says = ? WHERE id = ?`
	askCancel  = `UPDATE benchside_jobs SET asked = 1 WHERE id = ?`
	jobColumns = `SELECT id, hook, delivery, event, of_kind, of_name, of_version, command, state, asked, host, pid, created,
			started, ended, exit, log, says
		FROM benchside_jobs `
	jobsBack = jobColumns + `ORDER BY id DESC LIMIT ?1`
	jobByID  = jobColumns + `WHERE id = ?1`
)

// AddJob implements store.JobKeeper.
func (d *DB) AddJob(ctx context.Context, j store.Job) (id int64, err error) {
	command, err := json.Marshal(j.Command)
	if err != nil {
		return 0, fmt.Errorf("add a job of %s: %w", j.Hook, err)
	}
	if j.State == "" {
		j.State = store.JobWaiting
	}
	err = d.transaction(ctx, patient{until: d.opts.Endurance}, false, func(t *tx) error {
		if _, err := t.keep(); err != nil {
			return err
		}
		if !j.Created.Set() {
			j.Created = store.At(t.now)
		}
		err := t.exec(addJob, j.Hook, j.Delivery, j.Event, string(j.Of.Kind), j.Of.Name, j.Of.Version, string(command),
			string(j.State), j.Asked, j.Host, j.PID, orUnset(j.Created), orUnset(j.Started), orUnset(j.Ended), j.Exit, j.Log, j.Says)
		if err == nil {
			id, err = t.one(lastJob)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("add a job of %s: %w", j.Hook, err)
	}
	return id, nil
}

// SetJob implements store.JobKeeper.
func (d *DB) SetJob(ctx context.Context, j store.Job) error {
	return d.editJob(ctx, j.ID, setJob, string(j.State), j.Host, j.PID, orUnset(j.Started), orUnset(j.Ended), j.Exit, j.Log, j.Says, j.ID)
}

// AskCancel implements store.JobKeeper.
func (d *DB) AskCancel(ctx context.Context, id int64) error {
	return d.editJob(ctx, id, askCancel, id)
}

func (d *DB) editJob(ctx context.Context, id int64, statement string, args ...any) error {
	err := d.transaction(ctx, patient{until: d.opts.Endurance}, false, func(t *tx) error {
		if !t.has("benchside_jobs") {
			return store.ErrNotFound
		}
		if err := t.exec(statement, args...); err != nil {
			return err
		}
		if n, err := t.one(changedRows); err != nil || n > 0 {
			return err
		}
		return store.ErrNotFound
	})
	if err != nil {
		return fmt.Errorf("change job %d: %w", id, err)
	}
	return nil
}

// Job implements store.JobKeeper.
func (d *DB) Job(ctx context.Context, id int64) (store.Job, error) {
	found, err := keptRows(ctx, d, "jobs", jobByID, []any{id}, readJob)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read job %d: %w", id, store.ErrNotFound)
	}
	if err != nil {
		return store.Job{}, err
	}
	return found[0], nil
}

// Jobs implements store.JobKeeper.
func (d *DB) Jobs(ctx context.Context, limit int) ([]store.Job, error) {
	return keptRows(ctx, d, "jobs", jobsBack, []any{atMost(limit)}, readJob)
}

func readJob(v []driver.Value) (store.Job, error) {
	j := store.Job{
		ID: integer(v[0]), Hook: text(v[1]), Delivery: text(v[2]), Event: text(v[3]),
		Of:    store.Subject{Kind: store.SubjectKind(text(v[4])), Name: text(v[5]), Version: integer(v[6])},
		State: store.JobState(text(v[8])), Asked: integer(v[9]) != 0, Host: text(v[10]), PID: int(integer(v[11])),
		Created: moment(v[12]), Started: moment(v[13]), Ended: moment(v[14]), Exit: int(integer(v[15])), Log: text(v[16]), Says: text(v[17]),
	}
	if err := json.Unmarshal([]byte(text(v[7])), &j.Command); err != nil {
		return j, fmt.Errorf("%w: job %d: %w", store.ErrDamaged, j.ID, err)
	}
	return j, nil
}
