package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"benchside/store"
)

const (
	allWebhooks = `SELECT webhook_id, name, description, url, status, secret, creation_timestamp, last_updated_timestamp
		FROM webhooks WHERE deleted_timestamp IS NULL ORDER BY creation_timestamp DESC, webhook_id`
	webhookTopics = `SELECT e.webhook_id, e.entity, e.action FROM webhook_events e ORDER BY e.entity, e.action`

	deliveryColumns = `SELECT id, line, entity, action, at, data, kind, recipient, state, attempts, next, changed, answer,
			replay_of
		FROM benchside_outbox `
	deliveriesBack = deliveryColumns + `WHERE (?1 = '' OR recipient = ?1) AND (?2 = '' OR state = ?2) ORDER BY seq DESC LIMIT ?3`
	dueDeliveries  = deliveryColumns + `WHERE state = 'pending' AND (next IS NULL OR next <= ?1) ORDER BY seq LIMIT ?2`
	somethingToDo  = `SELECT 1 FROM benchside_outbox
		WHERE state = 'pending' AND (next IS NULL OR next <= ?1) OR state = 'sending' AND changed < ?2 LIMIT 1`
	interruptOld = `UPDATE benchside_outbox SET state = 'interrupted', changed = ?1, answer = ?2
		WHERE state = 'sending' AND changed < ?3`
	claimOne    = `UPDATE benchside_outbox SET state = 'sending', attempts = attempts + 1, changed = ?1 WHERE id = ?2`
	settleOne   = `UPDATE benchside_outbox SET state = ?1, next = ?2, answer = ?3, changed = ?4 WHERE id = ?5 AND state = 'sending'`
	changedRows = `SELECT changes()`
)

// Webhooks implements store.Outbox.
func (d *DB) Webhooks(ctx context.Context) ([]store.Webhook, error) {
	var all []store.Webhook
	err := d.burst(ctx, func(c *conn) error {
		all = nil
		at := map[string]int{}
		err := c.query(ctx, allWebhooks, nil, func(v []driver.Value) error {
			at[text(v[0])] = len(all)
			all = append(all, store.Webhook{
				ID: text(v[0]), Name: text(v[1]), Description: text(v[2]), URL: text(v[3]), Active: text(v[4]) == "ACTIVE",
				Secret: text(v[5]), Created: moment(v[6]), Updated: moment(v[7]),
			})
			return nil
		})
		if missing(err) {
			return nil // before MLflow 3.3
		}
		if err != nil {
			return err
		}
		return c.query(ctx, webhookTopics, nil, func(v []driver.Value) error {
			if i, ok := at[text(v[0])]; ok {
				all[i].Events = append(all[i].Events, text(v[1])+"."+text(v[2]))
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read webhooks: %w", err)
	}
	return all, nil
}

func readDelivery(v []driver.Value) (store.Delivery, error) {
	return store.Delivery{
		ID: text(v[0]), Line: integer(v[1]),
		Happening: store.Happening{Entity: text(v[2]), Action: text(v[3]), At: moment(v[4]), Data: []byte(text(v[5]))},
		Kind:      store.RecipientKind(text(v[6])), Recipient: text(v[7]), State: store.DeliveryState(text(v[8])),
		Attempts: int(integer(v[9])), Next: moment(v[10]), Changed: moment(v[11]), Answer: text(v[12]), ReplayOf: text(v[13]),
	}, nil
}

// Deliveries implements store.Outbox.
func (d *DB) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]store.Delivery, error) {
	return keptRows(ctx, d, "deliveries", deliveriesBack, []any{q.Recipient, string(q.State), atMost(q.Limit)}, readDelivery)
}

// Claim implements store.Outbox. It writes nothing if nothing is due.
func (d *DB) Claim(ctx context.Context, n int, lease time.Duration) ([]store.Delivery, error) {
	var claimed []store.Delivery
	due, err := keptRows(ctx, d, "deliveries", somethingToDo, now(lease), func([]driver.Value) (bool, error) { return true, nil })
	if err != nil || len(due) == 0 {
		return nil, err
	}
	err = d.transaction(ctx, patient{until: d.opts.Endurance}, false, func(t *tx) error {
		claimed = nil
		answer := fmt.Sprintf("not settled within %v: it may have arrived", lease)
		if err := t.exec(interruptOld, t.now, answer, t.now-lease.Milliseconds()); err != nil {
			return err
		}
		err := t.query(dueDeliveries, []any{t.now, n}, func(v []driver.Value) error {
			one, err := readDelivery(v)
			one.State, one.Changed, one.Attempts = store.Sending, store.At(t.now), one.Attempts+1
			claimed = append(claimed, one)
			return err
		})
		for _, one := range claimed {
			if err == nil {
				err = t.exec(claimOne, t.now, one.ID)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return claimed, nil
}

// now are the present and the moment before which a lease has run out.
func now(lease time.Duration) []any {
	ms := millis()
	return []any{ms, ms - lease.Milliseconds()}
}

// Settle implements store.Outbox. A delivery that somebody else took for
// interrupted meanwhile stays so: ErrStale.
func (d *DB) Settle(ctx context.Context, one store.Delivery) error {
	err := d.transaction(ctx, patient{until: d.opts.Endurance}, false, func(t *tx) error {
		if !t.has("benchside_outbox") {
			return store.ErrNotFound
		}
		if err := t.exec(settleOne, string(one.State), orUnset(one.Next), one.Answer, t.now, one.ID); err != nil {
			return err
		}
		if n, err := t.one(changedRows); err != nil || n > 0 {
			return err
		}
		return refuse(store.ErrStale, "%v: it is not being sent any more", store.ErrStale)
	})
	if err != nil {
		return fmt.Errorf("settle delivery %s: %w", one.ID, err)
	}
	return nil
}

// Enqueue implements store.Outbox. A delivery without an id gets one.
func (d *DB) Enqueue(ctx context.Context, one store.Delivery) error {
	if one.ID == "" {
		one.ID = newUUID()
	}
	if one.State == "" {
		one.State = store.Pending
	}
	err := d.transaction(ctx, patient{until: d.opts.Endurance}, false, func(t *tx) error {
		if _, err := t.keep(); err != nil {
			return err
		}
		one.Changed = store.At(t.now)
		if !one.Happening.At.Set() {
			one.Happening.At = one.Changed
		}
		return t.addDelivery(one)
	})
	if err != nil {
		return fmt.Errorf("add a delivery to %s: %w", strings.TrimSpace(string(one.Kind)+" "+one.Recipient), err)
	}
	return nil
}
