package store

import "testing"

func TestAHookWantsWhatItSubscribedTo(t *testing.T) {
	for name, tt := range map[string]struct {
		events []string
		event  string
		want   bool
	}{
		"everything":         {[]string{"*"}, "model_version.created", true},
		"an entity":          {[]string{"model_version.*"}, "model_version.created", true},
		"another entity":     {[]string{"model_version.*"}, "model_version_tag.set", false},
		"one":                {[]string{"gate.failed", "gate.passed"}, "gate.passed", true},
		"nothing":            {nil, "gate.passed", false},
		"a broken pattern":   {[]string{"[", "gate.[a"}, "gate.passed", false},
		"an action of all":   {[]string{"*.deleted"}, "registered_model.deleted", true},
		"a part of the name": {[]string{"gate"}, "gate.passed", false},
	} {
		if got := (Subscriber{Events: tt.events}).Wants(tt.event); got != tt.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestTopicsAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, topic := range Topics() {
		if seen[topic.Event()] || topic.Says == "" {
			t.Errorf("%s is there twice, or says nothing", topic.Event())
		}
		seen[topic.Event()] = true
		if found, ok := KnownTopic(topic.Event()); !ok || found != topic {
			t.Errorf("%s is not found", topic.Event())
		}
	}
	if _, ok := KnownTopic("run.finished"); ok {
		t.Error("an unknown topic is found")
	}
}
