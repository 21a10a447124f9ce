package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"benchside/store"
)

const (
	requestRows = `SELECT id, name, version, "from", "to", archive, "by", at, reason, state, decided_by, decided, comment
		FROM benchside_requests WHERE (?1 = '' OR name = ?1) AND (?2 = 0 OR version = ?2) AND (?3 = '' OR state = ?3)
		ORDER BY id DESC LIMIT ?4`
	commentRows = `SELECT id, name, version, "by", at, text FROM benchside_comments
		WHERE name = ?1 AND (?2 = 0 OR version = ?2) ORDER BY id DESC`
	ruleRows = `SELECT stage, approval, gate FROM benchside_rules WHERE name = ?1 ORDER BY stage`
	gateRows = `SELECT id, name, version, stage, against, "by", at, verdict, checks FROM benchside_gates
		WHERE name = ?1 AND (?2 = 0 OR version = ?2) ORDER BY id DESC`
)

// own reads rows of benchside's own tables; none where there are no such tables.
func own[T any](ctx context.Context, d *DB, sql string, args []any, scan func(v []driver.Value) (T, error)) ([]T, error) {
	there, err := d.ledgerThere(ctx)
	if err != nil || !there {
		return nil, err
	}
	var out []T
	err = d.burst(ctx, func(c *conn) error {
		out = out[:0]
		return c.query(ctx, sql, args, func(v []driver.Value) error {
			one, err := scan(v)
			out = append(out, one)
			return err
		})
	})
	return out, err
}

// Requests implements store.GovernanceReader.
func (d *DB) Requests(ctx context.Context, q store.RequestQuery) ([]store.Request, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = -1
	}
	found, err := own(ctx, d, requestRows, []any{q.Model, q.Version, string(q.State), limit}, func(v []driver.Value) (store.Request, error) {
		return store.Request{
			ID: integer(v[0]), Model: text(v[1]), Version: integer(v[2]), From: text(v[3]), To: text(v[4]), ArchiveExisting: integer(v[5]) != 0,
			By: text(v[6]), At: moment(v[7]), Reason: text(v[8]), State: store.Decision(text(v[9])), DecidedBy: text(v[10]),
			Decided: moment(v[11]), Comment: text(v[12]),
		}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the requests: %w", err)
	}
	return found, nil
}

// Comments implements store.GovernanceReader.
func (d *DB) Comments(ctx context.Context, model string, version int64) ([]store.Comment, error) {
	found, err := own(ctx, d, commentRows, []any{model, version}, func(v []driver.Value) (store.Comment, error) {
		return store.Comment{
			ID: integer(v[0]), Model: text(v[1]), Version: integer(v[2]), By: text(v[3]), At: moment(v[4]), Text: text(v[5]),
		}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the comments on %s: %w", model, err)
	}
	return found, nil
}

// Rules implements store.GovernanceReader.
func (d *DB) Rules(ctx context.Context, model string) ([]store.Rule, error) {
	found, err := own(ctx, d, ruleRows, []any{model}, func(v []driver.Value) (store.Rule, error) {
		return store.Rule{Stage: text(v[0]), NeedsApproval: integer(v[1]) != 0, NeedsGate: integer(v[2]) != 0}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the rules of %s: %w", model, err)
	}
	return found, nil
}

// GateCards implements store.GovernanceReader.
func (d *DB) GateCards(ctx context.Context, model string, version int64) ([]store.GateCard, error) {
	found, err := own(ctx, d, gateRows, []any{model, version}, func(v []driver.Value) (store.GateCard, error) {
		c := store.GateCard{
			ID: integer(v[0]), Model: text(v[1]), Version: integer(v[2]), Stage: text(v[3]), Against: integer(v[4]), By: text(v[5]),
			At: moment(v[6]), Verdict: store.Verdict(text(v[7])),
		}
		return c, json.Unmarshal([]byte(text(v[8])), &c.Checks)
	})
	if err != nil {
		return nil, fmt.Errorf("read the gates of %s: %w", model, err)
	}
	return found, nil
}

var _ interface {
	store.Writer
	store.LedgerReader
	store.GovernanceReader
} = (*DB)(nil)
