package sqlite

import (
	"database/sql/driver"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"

	"benchside/store"
)

// happening is what is told of a change: its data as MLflow's server would send
// it (mlflow/webhooks/types.py), in Python's spelling of JSON.
type happening struct{ entity, action, data string }

// field is one field of the data of a happening, in the order of the fields.
type field struct {
	name  string
	value any // a text, a bool, nil, map[string]string, int64 or float64
}

func happened(entity, action string, fields ...field) happening {
	var b strings.Builder
	for i, f := range fields {
		b.WriteString([]string{"{", ", "}[min(i, 1)] + python(f.name) + ": " + python(f.value))
	}
	return happening{entity, action, b.String() + "}"}
}

// python writes a value as json.dumps does by default: a blank after commas and
// colons, nothing outside ASCII.
func python(v any) string {
	switch v := v.(type) {
	case string:
		return pythonText(v)
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "null"
		}
		return pythonFloat(v)
	case map[string]string:
		var parts []string
		for _, k := range sortedKeys(v) {
			parts = append(parts, pythonText(k)+": "+pythonText(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "null"
}

func pythonText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, u)
			}
		}
	}
	return b.String() + `"`
}

// numbered is a version as MLflow's payloads have it: a text.
func numbered(version int64) string { return strconv.FormatInt(version, 10) }

// tell notes what happened, to be told with the line of the mutation at hand.
func (w *work) tell(h ...happening) { w.told = append(w.told, h...) }

const (
	activeWebhooks = `SELECT DISTINCT w.webhook_id FROM webhooks w JOIN webhook_events e ON e.webhook_id = w.webhook_id
		WHERE w.status = 'ACTIVE' AND w.deleted_timestamp IS NULL AND e.entity = ?1 AND e.action = ?2
		ORDER BY w.creation_timestamp, w.webhook_id`
	addDelivery = `INSERT INTO benchside_outbox (id, line, entity, action, at, data, kind, recipient, state, attempts,
		next, changed, answer, replay_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
)

// post puts what happened into the outbox, once for each subscriber.
func (w *work) post(line int64) error {
	for _, h := range w.told {
		to, err := w.recipients(h)
		if err != nil {
			return err
		}
		for _, d := range to {
			d.ID, d.Line, d.State = newUUID(), line, store.Pending
			d.Happening = store.Happening{Entity: h.entity, Action: h.action, At: store.At(w.now), Data: []byte(h.data)}
			d.Next, d.Changed = store.At(w.now), store.At(w.now)
			if err := w.addDelivery(d); err != nil {
				return err
			}
			w.receipt.Events++
		}
	}
	return nil
}

func (w *work) recipients(h happening) ([]store.Delivery, error) {
	var to []store.Delivery
	topic, known := store.KnownTopic(h.entity + "." + h.action)
	if known && topic.MLflow && w.has("webhooks") && w.has("webhook_events") {
		err := w.query(activeWebhooks, []any{h.entity, h.action}, func(v []driver.Value) error {
			to = append(to, store.Delivery{Kind: store.ToWebhook, Recipient: text(v[0])})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, s := range w.intent.Hooks {
		if !s.Wants(topic.Event()) {
			continue
		}
		d := store.Delivery{Kind: store.ToHook, Recipient: s.Name}
		if s.Command {
			d.Kind = store.ToCommand
		}
		to = append(to, d)
	}
	return to, nil
}

func (t *tx) addDelivery(d store.Delivery) error {
	return t.exec(addDelivery, d.ID, d.Line, d.Happening.Entity, d.Happening.Action, d.Happening.At.Millis(),
		string(d.Happening.Data), string(d.Kind), d.Recipient, string(d.State), d.Attempts, orUnset(d.Next),
		orUnset(d.Changed), d.Answer, d.ReplayOf)
}

// orUnset is NULL for a moment that is not set.
func orUnset(t store.Time) any {
	if !t.Set() {
		return nil
	}
	return t.Millis()
}

// newUUID returns a random UUID of version 4, with dashes.
func newUUID() string {
	id := newRunID()
	return strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
}
