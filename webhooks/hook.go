package webhooks

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
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
	Secret  string        // itself, or env:NAME
	Timeout time.Duration // of a request; a command has its own
	Command jobs.Command
	Store   string // the path of the only store whose events it is told; "" means any
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

type example struct{ event, data string }

const (
	exampleVersion = `"name": "example_model", "version": "1"`
	examplePrompt  = `"name": "example_prompt", "version": "1"`
	exampleMove    = exampleVersion + `, "from_stage": "Staging", "to_stage": "Production"`
	exampleRequest = `"id": 1, ` + exampleMove + `, "by": "ada", "reason": "An example reason", "decided_by": `
	exampleGate    = exampleVersion + `, "stage": "Production", "against": "0"`
)

// examples are all events with data as they come: MLflow's, with its own examples
// (mlflow/webhooks/types.py), then those that MLflow has none for.
var examples = []example{
	{"registered_model.created", `{"name": "example_model", "tags": {"example_key": "example_value"}, "description": "An example registered model"}`},
	{"model_version.created", `{` + exampleVersion + `, "source": "models:/123", "run_id": "abcd1234abcd5678", "tags": {"example_key": "example_value"}, "description": "An example model version"}`},
	{"model_version_tag.set", `{` + exampleVersion + `, "key": "example_key", "value": "example_value"}`},
	{"model_version_tag.deleted", `{` + exampleVersion + `, "key": "example_key"}`},
	{"model_version_alias.created", `{"name": "example_model", "alias": "example_alias", "version": "1"}`},
	{"model_version_alias.deleted", `{"name": "example_model", "alias": "example_alias"}`},
	{"prompt.created", `{"name": "example_prompt", "tags": {"example_key": "example_value"}, "description": "An example prompt"}`},
	{"prompt_version.created", `{` + examplePrompt + `, "template": "Hello {{name}}!", "tags": {"example_key": "example_value"}, "description": "An example prompt version"}`},
	{"prompt_tag.set", `{"name": "example_prompt", "key": "example_key", "value": "example_value"}`},
	{"prompt_tag.deleted", `{"name": "example_prompt", "key": "example_key"}`},
	{"prompt_version_tag.set", `{` + examplePrompt + `, "key": "example_key", "value": "example_value"}`},
	{"prompt_version_tag.deleted", `{` + examplePrompt + `, "key": "example_key"}`},
	{"prompt_alias.created", `{"name": "example_prompt", "alias": "example_alias", "version": "1"}`},
	{"prompt_alias.deleted", `{"name": "example_prompt", "alias": "example_alias"}`},

	{"registered_model.updated", `{"name": "example_model", "description": "An example registered model"}`},
	{"registered_model.renamed", `{"name": "example_model", "new_name": "example_model_2"}`},
	{"registered_model.deleted", `{"name": "example_model"}`},
	{"registered_model.rule_set", `{"name": "example_model", "stage": "Production", "needs_approval": true, "needs_gate": false}`},
	{"registered_model_tag.set", `{"name": "example_model", "key": "example_key", "value": "example_value"}`},
	{"registered_model_tag.deleted", `{"name": "example_model", "key": "example_key"}`},
	{"model_version.updated", `{` + exampleVersion + `, "description": "An example model version"}`},
	{"model_version.deleted", `{` + exampleVersion + `}`},
	{"model_version.transitioned", `{` + exampleMove + `, "archive_existing_versions": false}`},
	{"model_version.rolled_back", `{"name": "example_model", "line": 1, "sentence": "An example change", "by": "ada", "reason": "An example reason"}`},
	{"model_version.commented", `{` + exampleVersion + `, "by": "ada", "text": "An example comment"}`},
	{"transition_request.created", `{` + exampleRequest + `null}`},
	{"transition_request.approved", `{` + exampleRequest + `"grace"}`},
	{"transition_request.rejected", `{` + exampleRequest + `"grace"}`},
	{"transition_request.cancelled", `{` + exampleRequest + `"ada"}`},
	{"gate.passed", `{` + exampleGate + `, "verdict": "pass", "obstacles": []}`},
	{"gate.failed", `{` + exampleGate + `, "verdict": "fail", "obstacles": ["metric val/auc"]}`},
	{"change.undone", `{"line": 1, "name": "example_model", "sentence": "An example change", "by": "ada"}`},
	{"drift.alert", `{` + exampleVersion + `}`},
}

// EventsOf are the events that a subscription means, in which a star stands for
// anything: "model_version.*".
func EventsOf(subscription string) []string {
	var out []string
	for _, e := range examples {
		if fits, err := path.Match(subscription, e.event); err == nil && fits {
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
			return "events", fmt.Sprintf("there is no event %s; there are %s, and a * for anything", e, strings.Join(EventsOf("*"), ", "))
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
	}
	f := jobs.Facts{Event: d.Happening.Event(), Delivery: d.ID, Payload: string(body)}
	if json.Unmarshal(d.Happening.Data, &data) != nil {
		return f // the data are of an event that has other fields
	}
	f.Model, f.Stage = data.Name, cmp.Or(data.ToStage, data.Stage)
	if data.Version != nil {
		f.Version = fmt.Sprint(data.Version)
	}
	return f
}

// NewDelivery is a delivery that no change is behind, to be enqueued.
func NewDelivery(kind store.RecipientKind, recipient string, h store.Happening) store.Delivery {
	return store.Delivery{ID: newID(), Happening: h, Kind: kind, Recipient: recipient, State: store.Pending, Next: h.At}
}

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
