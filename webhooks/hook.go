package webhooks

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"benchside/jobs"
	"benchside/store"
)

// Hook is a subscriber of the user's configuration: an address, or a command that
// becomes a job.
type Hook struct {
	Name    string
	Events  []string
	URL     string
	Secret  string // itself, or env:NAME
	Timeout time.Duration
	Command jobs.Command
}

// Runs reports whether the hook is a command.
func (h Hook) Runs() bool { return len(h.Command.Args) > 0 }

// Subscriber is the hook as a writer of changes knows it.
func (h Hook) Subscriber() store.Subscriber {
	return store.Subscriber{Name: h.Name, Events: h.Events, Command: h.Runs()}
}

// Subscribers are hooks as a writer of changes knows them.
func Subscribers(hooks []Hook) []store.Subscriber {
	out := make([]store.Subscriber, len(hooks))
	for i, h := range hooks {
		out[i] = h.Subscriber()
	}
	return out
}

// kind is what deliveries to the hook are.
func (h Hook) kind() store.RecipientKind {
	if h.Runs() {
		return store.ToCommand
	}
	return store.ToHook
}

// example is an event with data as it comes.
type example struct{ event, data string }

const exampleVersion = `"name": "example_model", "version": "1"`

// examples are all events: MLflow's of models, with its examples
// (mlflow/webhooks/types.py), then those that MLflow has none for.
var examples = []example{
	{"registered_model.created", `{"name": "example_model", "tags": {"example_key": "example_value"}, "description": "An example registered model"}`},
	{"model_version.created", `{` + exampleVersion + `, "source": "models:/123", "run_id": "abcd1234abcd5678", "tags": {"example_key": "example_value"}, "description": "An example model version"}`},
	{"model_version_tag.set", `{` + exampleVersion + `, "key": "example_key", "value": "example_value"}`},
	{"model_version_tag.deleted", `{` + exampleVersion + `, "key": "example_key"}`},
	{"model_version_alias.created", `{"name": "example_model", "alias": "example_alias", "version": "1"}`},
	{"model_version_alias.deleted", `{"name": "example_model", "alias": "example_alias"}`},
	{"registered_model.renamed", `{"name": "example_model", "new_name": "example_model_2"}`},
	{"registered_model.deleted", `{"name": "example_model"}`},
	{"model_version.deleted", `{` + exampleVersion + `}`},
	{"model_version.transitioned", `{` + exampleVersion + `, "from_stage": "Staging", "to_stage": "Production"}`},
	{"model_version.rolled_back", `{` + exampleVersion + `, "from_stage": "Production", "to_stage": "Staging"}`},
	{"transition_request.created", `{` + exampleVersion + `, "from_stage": "Staging", "to_stage": "Production"}`},
	{"transition_request.approved", `{` + exampleVersion + `, "from_stage": "Staging", "to_stage": "Production"}`},
	{"transition_request.rejected", `{` + exampleVersion + `, "from_stage": "Staging", "to_stage": "Production"}`},
	{"transition_request.cancelled", `{` + exampleVersion + `, "from_stage": "Staging", "to_stage": "Production"}`},
	{"model_version_comment.created", `{` + exampleVersion + `, "text": "An example comment"}`},
	{"gate.passed", `{` + exampleVersion + `, "stage": "Production"}`},
	{"gate.failed", `{` + exampleVersion + `, "stage": "Production"}`},
	{"drift.alert", `{` + exampleVersion + `}`},
}

// EventsOf are the events that a subscription means: one, all of an entity
// ("model_version.*"), or all ("*").
func EventsOf(subscription string) []string {
	var out []string
	entity, all := strings.CutSuffix(subscription, ".*")
	for _, e := range examples {
		of, _, _ := strings.Cut(e.event, ".")
		if subscription == "*" || subscription == e.event || all && of == entity {
			out = append(out, e.event)
		}
	}
	return out
}

// Example is an event with data as it comes, for a test.
func Example(event string, at time.Time) (store.Happening, error) {
	entity, action, _ := strings.Cut(event, ".")
	i := slices.IndexFunc(examples, func(e example) bool { return e.event == event })
	if i < 0 {
		return store.Happening{}, fmt.Errorf("event %s: there is none; there are %s", event, strings.Join(EventsOf("*"), ", "))
	}
	return store.Happening{Entity: entity, Action: action, At: store.AtTime(at), Data: json.RawMessage(examples[i].data)}, nil
}

var hookName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// Wrong says what of a hook cannot be, by the key of the configuration; "" if it
// is right.
func (h Hook) Wrong() (key, why string) {
	if !hookName.MatchString(h.Name) {
		return "name", "wants a name of letters, digits, _ . and -, up to 64"
	}
	if len(h.Events) == 0 {
		return "events", `wants a list of events: ["model_version.transitioned"]`
	}
	for _, e := range h.Events {
		if len(EventsOf(e)) == 0 {
			return "events", fmt.Sprintf("there is no event %s; there are %s, and * behind a full stop for all of a kind", e, strings.Join(EventsOf("*"), ", "))
		}
	}
	switch {
	case h.Runs() && h.URL != "":
		return "command", "a hook has a url or a command, not both"
	case h.Runs():
		return h.Command.Wrong()
	case h.URL == "":
		return "url", "a hook has a url or a command"
	}
	if u, err := url.Parse(h.URL); err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "url", "wants https://…"
	}
	return "", ""
}

// factsOf is what a command is told of a delivery.
func factsOf(d store.Delivery, body []byte) jobs.Facts {
	var data struct {
		Name    string `json:"name"`
		Version any    `json:"version"`
		Stage   string `json:"stage"`
		ToStage string `json:"to_stage"`
		To      string `json:"to"`
	}
	f := jobs.Facts{Event: d.Happening.Event(), Delivery: d.ID, Payload: string(body)}
	if json.Unmarshal(d.Happening.Data, &data) != nil {
		return f // the data are of an event that has other fields
	}
	f.Model = data.Name
	for _, stage := range []string{data.ToStage, data.To, data.Stage} {
		if f.Stage == "" {
			f.Stage = stage
		}
	}
	if data.Version != nil {
		f.Version = fmt.Sprint(data.Version)
	}
	return f
}

// NewDelivery is a delivery that no change is behind, to be enqueued.
func NewDelivery(kind store.RecipientKind, recipient string, h store.Happening) store.Delivery {
	return store.Delivery{ID: newID(), Happening: h, Kind: kind, Recipient: recipient, State: store.Pending, Next: h.At}
}

// ToHook is NewDelivery to a hook of the configuration.
func ToHook(to Hook, h store.Happening) store.Delivery { return NewDelivery(to.kind(), to.Name, h) }

// Replay is a delivery that repeats another one, which was settled.
func Replay(d store.Delivery, at time.Time) (store.Delivery, error) {
	if d.State == store.Pending || d.State == store.Sending {
		return store.Delivery{}, fmt.Errorf("replay delivery %s: it is %s and will be sent by itself", d.ID, d.State)
	}
	again := NewDelivery(d.Kind, d.Recipient, d.Happening)
	again.Line, again.ReplayOf, again.Next = d.Line, d.ID, store.AtTime(at)
	return again, nil
}

// newID is a random UUID of version 4.
func newID() string {
	var id [16]byte
	rand.Read(id[:]) // never fails
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
