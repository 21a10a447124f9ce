package store

import "strings"

// The events of MLflow's webhooks that a change of the registry fires.
const (
	ModelCreatedEvent   = "registered_model.created"
	VersionCreatedEvent = "model_version.created"
	TagSetEvent         = "model_version_tag.set"
	TagDeletedEvent     = "model_version_tag.deleted"
	AliasCreatedEvent   = "model_version_alias.created"
	AliasDeletedEvent   = "model_version_alias.deleted"
)

// The events that MLflow has none for. They go to the hooks of benchside's own
// configuration, in the same envelope.
const (
	ModelRenamedEvent      = "registered_model.renamed"
	ModelDeletedEvent      = "registered_model.deleted"
	VersionDeletedEvent    = "model_version.deleted"
	TransitionedEvent      = "model_version.transitioned"
	RolledBackEvent        = "model_version.rolled_back"
	RequestCreatedEvent    = "transition_request.created"
	RequestApprovedEvent   = "transition_request.approved"
	RequestRejectedEvent   = "transition_request.rejected"
	RequestCancelledEvent  = "transition_request.cancelled"
	CommentCreatedEvent    = "model_version_comment.created"
	GatePassedEvent        = "gate.passed"
	GateFailedEvent        = "gate.failed"
	DriftAlertEvent        = "drift.alert"
	DriftAcknowledgedEvent = "drift.acknowledged"
)

// Events are the names of all events, MLflow's first.
func Events() []string {
	return []string{
		ModelCreatedEvent, VersionCreatedEvent, TagSetEvent, TagDeletedEvent, AliasCreatedEvent, AliasDeletedEvent,
		ModelRenamedEvent, ModelDeletedEvent, VersionDeletedEvent, TransitionedEvent, RolledBackEvent,
		RequestCreatedEvent, RequestApprovedEvent, RequestRejectedEvent, RequestCancelledEvent, CommentCreatedEvent,
		GatePassedEvent, GateFailedEvent, DriftAlertEvent, DriftAcknowledgedEvent,
	}
}

// Wants reports whether a subscriber is told of an event: its Events name it, all
// of its entity ("model_version.*") or everything ("*").
func (s Subscriber) Wants(event string) bool {
	entity, _, _ := strings.Cut(event, ".")
	for _, e := range s.Events {
		if e == event || e == "*" || e == entity+".*" {
			return true
		}
	}
	return false
}
