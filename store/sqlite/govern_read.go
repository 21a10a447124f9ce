package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"

	"benchside/store"
)

const (
	readRequests = `SELECT id, model, version, from_stage, to_stage, archive, by_name, at, reason, state, decided_by,
			decided_at, comment
		FROM benchside_requests
		WHERE (?1 = '' OR model = ?1) AND (?2 = 0 OR version = ?2) AND (?3 = '' OR state = ?3)
		ORDER BY id DESC LIMIT ?4`
	readComments = `SELECT id, model, version, by_name, at, body FROM benchside_comments
		WHERE model = ?1 AND (?2 = 0 OR version = ?2) ORDER BY id`
	readRules = `SELECT stage, approval, gate FROM benchside_rules WHERE model = ?1 ORDER BY stage`
	readCards = `SELECT id, model, version, stage, against, by_name, at, verdict, checks FROM benchside_cards
		WHERE model = ?1 AND (?2 = 0 OR version = ?2) ORDER BY id DESC`
)

// keptRows reads rows of benchside's tables; there are none in a store without them.
func keptRows[T any](ctx context.Context, d *DB, what, sql string, args []any, read func(v []driver.Value) (T, error)) ([]T, error) {
	var all []T
	_, err := d.recorded(ctx, func(query queries) error {
		all = nil
		return query(sql, args, func(v []driver.Value) error {
			one, err := read(v)
			all = append(all, one)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	return all, nil
}

// atMost is a limit as SQL has it.
func atMost(n int) int64 {
	if n <= 0 {
		return math.MaxInt64
	}
	return int64(n)
}

// Requests implements store.GovernanceReader.
func (d *DB) Requests(ctx context.Context, q store.RequestQuery) ([]store.Request, error) {
	args := []any{q.Model, q.Version, string(q.State), atMost(q.Limit)}
	return keptRows(ctx, d, "requests", readRequests, args, func(v []driver.Value) (store.Request, error) {
		return store.Request{
			ID: integer(v[0]), Model: text(v[1]), Version: integer(v[2]), From: text(v[3]), To: text(v[4]),
			ArchiveExisting: integer(v[5]) != 0, By: text(v[6]), At: moment(v[7]), Reason: text(v[8]),
			State: store.Decision(text(v[9])), DecidedBy: text(v[10]), Decided: moment(v[11]), Comment: text(v[12]),
		}, nil
	})
}

// Comments implements store.GovernanceReader.
func (d *DB) Comments(ctx context.Context, model string, version int64) ([]store.Comment, error) {
	return keptRows(ctx, d, "comments", readComments, []any{model, version}, func(v []driver.Value) (store.Comment, error) {
		return store.Comment{
			ID: integer(v[0]), Model: text(v[1]), Version: integer(v[2]), By: text(v[3]), At: moment(v[4]), Text: text(v[5]),
		}, nil
	})
}

// Rules implements store.GovernanceReader.
func (d *DB) Rules(ctx context.Context, model string) ([]store.Rule, error) {
	return keptRows(ctx, d, "rules", readRules, []any{model}, func(v []driver.Value) (store.Rule, error) {
		return store.Rule{Stage: text(v[0]), NeedsApproval: integer(v[1]) != 0, NeedsGate: integer(v[2]) != 0}, nil
	})
}

// GateCards implements store.GovernanceReader.
func (d *DB) GateCards(ctx context.Context, model string, version int64) ([]store.GateCard, error) {
	return keptRows(ctx, d, "gate cards", readCards, []any{model, version}, func(v []driver.Value) (store.GateCard, error) {
		c := store.GateCard{
			ID: integer(v[0]), Model: text(v[1]), Version: integer(v[2]), Stage: text(v[3]), Against: integer(v[4]),
			By: text(v[5]), At: moment(v[6]), Verdict: store.Verdict(text(v[7])),
		}
		if err := json.Unmarshal([]byte(text(v[8])), &c.Checks); err != nil {
			return c, fmt.Errorf("%w: card %d: %w", store.ErrDamaged, c.ID, err)
		}
		return c, nil
	})
}
