package store

import (
	"path"
	"slices"
)

// Topic is a kind of happening that one can subscribe to.
type Topic struct {
	Entity, Action string
	MLflow         bool // MLflow's webhooks know it; else only benchside's hooks
	Says           string
}

// Event is the topic as subscriptions name it.
func (t Topic) Event() string { return t.Entity + "." + t.Action }

// Topics lists what subscribers can be told of. Those of MLflow are told as its
// server tells them; it has none for stages, renames and deletions.
func Topics() []Topic {
	return []Topic{
		{"registered_model", "created", true, "a model was created"},
		{"model_version", "created", true, "a version was registered"},
		{"model_version_tag", "set", true, "a tag of a version was set"},
		{"model_version_tag", "deleted", true, "a tag was taken from a version"},
		{"model_version_alias", "created", true, "an alias was pointed to a version"},
		{"model_version_alias", "deleted", true, "an alias was taken away"},
		{"prompt", "created", true, "a prompt was created"},
		{"prompt_version", "created", true, "a version of a prompt was made"},
		{"prompt_tag", "set", true, "a tag of a prompt was set"},
		{"prompt_tag", "deleted", true, "a tag was taken from a prompt"},
		{"prompt_version_tag", "set", true, "a tag of a version of a prompt was set"},
		{"prompt_version_tag", "deleted", true, "a tag was taken from a version of a prompt"},
		{"prompt_alias", "created", true, "an alias was pointed to a version of a prompt"},
		{"prompt_alias", "deleted", true, "an alias of a prompt was taken away"},

		{"registered_model", "updated", false, "the description of a model was changed"},
		{"registered_model", "renamed", false, "a model was renamed"},
		{"registered_model", "deleted", false, "a model was deleted with its versions"},
		{"registered_model", "rule_set", false, "what moving to a stage asks for was changed"},
		{"registered_model_tag", "set", false, "a tag of a model was set"},
		{"registered_model_tag", "deleted", false, "a tag was taken from a model"},
		{"model_version", "updated", false, "the description of a version was changed"},
		{"model_version", "deleted", false, "a version was deleted"},
		{"model_version", "transitioned", false, "a version was moved to another stage"},
		{"model_version", "rolled_back", false, "a stage or an alias was put back to what it was"},
		{"model_version", "commented", false, "somebody wrote about a version"},
		{"transition_request", "created", false, "somebody asked for a move"},
		{"transition_request", "approved", false, "a request was approved, and the version moved"},
		{"transition_request", "rejected", false, "a request was rejected"},
		{"transition_request", "cancelled", false, "a request was taken back"},
		{"gate", "passed", false, "the gate card of a promotion passed, or was waived"},
		{"gate", "failed", false, "the gate card of a promotion did not pass"},
		{"change", "undone", false, "a line of the ledger was taken back"},

		{"monitor", "added", false, "a monitor was added"},
		{"monitor", "paused", false, "a monitor was paused"},
		{"monitor", "resumed", false, "a monitor goes on"},
		{"monitor", "removed", false, "a monitor was removed"},
		{"drift", "batch", false, "a monitor compared a batch"},
		{"drift", "alert", false, "a rule of a monitor fired"},
		{"drift", "resolved", false, "a rule of a monitor that fired is kept again"},
		{"drift", "acknowledged", false, "somebody acknowledged an alert"},
		{"drift", "logged", false, "a drift report was logged to a run"},
	}
}

// KnownTopic reports whether there is such an event, and finds it.
func KnownTopic(event string) (Topic, bool) {
	all := Topics()
	i := slices.IndexFunc(all, func(t Topic) bool { return t.Event() == event })
	if i < 0 {
		return Topic{}, false
	}
	return all[i], true
}

// Wants reports whether the hook is told of an event. A star in what it
// subscribed to stands for anything.
func (s Subscriber) Wants(event string) bool {
	return slices.ContainsFunc(s.Events, func(pattern string) bool {
		fits, err := path.Match(pattern, event)
		return err == nil && fits
	})
}
