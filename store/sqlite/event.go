package sqlite

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"benchside/store"
	"benchside/store/ledger"
)

// event is what subscribers are told of a mutation: its name, and its data as JSON
// with the fields in MLflow's order (mlflow/webhooks/types.py).
type event struct {
	name string
	data string
}

// pair is a field of an event's data.
type pair struct {
	key   string
	value any
}

// eventOf spells data as Python's json.dumps does. Versions are texts there.
func eventOf(name string, fields ...pair) event {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = pythonText(f.key) + ": " + python(f.value)
	}
	return event{name, "{" + strings.Join(parts, ", ") + "}"}
}

func python(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return pythonText(v)
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case map[string]string:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, pythonText(key)+": "+pythonText(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return pythonText(fmt.Sprint(v))
}

// pythonText is a JSON text in which all but ASCII is escaped.
func pythonText(text string) string {
	var spelled bytes.Buffer
	e := json.NewEncoder(&spelled)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return `""` // cannot happen: a string is always JSON
	}
	var b strings.Builder
	for _, r := range strings.TrimSuffix(spelled.String(), "\n") {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func numbered(version int64) string { return strconv.FormatInt(version, 10) }

func modelCreated(m store.CreateModel) event {
	return eventOf(store.ModelCreatedEvent, pair{"name", m.Model}, pair{"tags", tagsGiven(m.Tags)}, pair{"description", orNull(m.Description)})
}

func tagsGiven(tags map[string]string) map[string]string {
	if tags == nil {
		return map[string]string{}
	}
	return tags
}

func versionCreated(m store.RegisterVersion, number int64) event {
	return eventOf(store.VersionCreatedEvent, pair{"name", m.Model}, pair{"version", numbered(number)}, pair{"source", m.Source},
		pair{"run_id", orNull(m.RunID)}, pair{"tags", tagsGiven(m.Tags)}, pair{"description", orNull(m.Description)})
}

func tagSet(m store.TagVersion) event {
	return eventOf(store.TagSetEvent, pair{"name", m.Model}, pair{"version", numbered(m.Version)}, pair{"key", m.Key}, pair{"value", m.Value})
}

func tagDeleted(m store.UntagVersion) event {
	return eventOf(store.TagDeletedEvent, pair{"name", m.Model}, pair{"version", numbered(m.Version)}, pair{"key", m.Key})
}

func aliasSet(m store.SetAlias) event {
	return eventOf(store.AliasCreatedEvent, pair{"name", m.Model}, pair{"alias", m.Alias}, pair{"version", numbered(m.Version)})
}

func aliasDeleted(m store.DeleteAlias) event {
	return eventOf(store.AliasDeletedEvent, pair{"name", m.Model}, pair{"alias", m.Alias})
}

func modelRenamed(m store.RenameModel) event {
	return eventOf(store.ModelRenamedEvent, pair{"name", m.Model}, pair{"new_name", m.To})
}

func modelDeleted(m store.DeleteModel) event {
	return eventOf(store.ModelDeletedEvent, pair{"name", m.Model})
}

func versionDeleted(m store.DeleteVersion) event {
	return eventOf(store.VersionDeletedEvent, pair{"name", m.Model}, pair{"version", numbered(m.Version)})
}

const subscribed = `SELECT DISTINCT w.webhook_id FROM webhooks w JOIN webhook_events e ON e.webhook_id = w.webhook_id
	WHERE w.status = 'ACTIVE' AND w.deleted_timestamp IS NULL AND e.entity = ?1 AND e.action = ?2 ORDER BY w.webhook_id`

// tell writes a delivery of an event for everybody who wants it, and returns how
// many those are. MLflow's webhooks only know MLflow's events.
func (t *tx) tell(ctx context.Context, hooks []store.Subscriber, line int64, e event) (int, error) {
	entity, action, _ := strings.Cut(e.name, ".")
	type recipient struct {
		kind store.RecipientKind
		name string
	}
	var all []recipient
	columns, err := columnsOf(ctx, t.c, "webhook_events")
	if err != nil {
		return 0, err
	}
	if len(columns) > 0 { // since MLflow 3.3
		err := t.c.query(ctx, subscribed, []any{entity, action}, func(v []driver.Value) error {
			all = append(all, recipient{store.ToWebhook, text(v[0])})
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	for _, h := range hooks {
		switch {
		case !h.Wants(e.name):
		case h.Command:
			all = append(all, recipient{store.ToCommand, h.Name})
		default:
			all = append(all, recipient{store.ToHook, h.Name})
		}
	}
	for _, r := range all {
		err := t.insert(ctx, "benchside_deliveries", ledger.Row{
			"id": newUUID(), "line": line, "entity": entity, "action": action, "at": t.now, "data": e.data, "kind": string(r.kind),
			"recipient": r.name, "state": string(store.Pending), "attempts": int64(0), "next": t.now, "changed": t.now, "answer": "", "replay_of": "",
		})
		if err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

// newUUID is a random UUID of version 4, as deliveries have it.
func newUUID() string {
	var id [16]byte
	rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
