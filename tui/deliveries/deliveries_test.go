package deliveries_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"benchside/jobs"
	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/deliveries"
	"benchside/tui/view"
	"benchside/tui/viewtest"
	"benchside/webhooks"
)

func ago(seconds int64) store.Time { return store.At(viewtest.Now - seconds*1000) }

func clock() time.Time { return time.UnixMilli(viewtest.Now) }

func told(id string, kind store.RecipientKind, to string, state store.DeliveryState, attempts int, seconds int64, answer string) store.Delivery {
	return store.Delivery{
		ID: id + "e5f9-0399-4f3b-92c1-d5b68d76ee2a", Line: 12, Kind: kind, Recipient: to, State: state, Attempts: attempts, Changed: ago(seconds), Answer: answer,
		Happening: store.Happening{Entity: "model_version", Action: "transitioned", At: ago(seconds), Data: json.RawMessage(`{"name":"churn","version":"3","from_stage":"Staging","to_stage":"Production"}`)},
	}
}

// some are deliveries in every state, to a webhook, a hook and a command.
func some() memory.Records {
	r := memory.Records{
		Webhooks: []store.Webhook{
			{ID: "w-1", Name: "registry-ci", URL: "https://ci:hush@ci.example.com/hooks/mlflow", Active: true, Secret: "token", Events: []string{"model_version.created", "model_version_alias.created"}},
			{ID: "w-2", Name: "old", URL: "https://old.example.com", Events: []string{"registered_model.created"}},
		},
		Deliveries: []store.Delivery{
			told("734d", store.ToCommand, "train", store.Delivered, 1, 86400, "job 1"),
			told("3ea2", store.ToHook, "chat", store.Undelivered, 4, 7200, "503 Service Unavailable: upstream connect error or disconnect/reset before headers. reset reason: connection failure"),
			told("48db", store.ToWebhook, "w-1", store.Interrupted, 1, 3600, "no answer within 30s; it may have arrived: replay it if it did not"),
			told("cd88", store.ToWebhook, "w-1", store.Delivered, 2, 600, "200 OK"),
			told("0d03", store.ToHook, "gone", store.Pending, 0, 5, ""),
			told("2788", store.ToHook, "chat", store.Sending, 1, 2, ""),
		},
	}
	r.Deliveries[3].ReplayOf = r.Deliveries[2].ID
	r.Deliveries[4].Next, r.Deliveries[4].Line = ago(-4), 0
	return r
}

func hooks() []webhooks.Hook {
	return []webhooks.Hook{
		{Name: "chat", Events: []string{"model_version.*"}, URL: "https://chat.example.com/x"},
		{Name: "train", Events: []string{"model_version.transitioned"}, Command: jobs.Command{Args: []string{"./retrain.sh", "{model}", "{version}"}}},
	}
}

func stage(r memory.Records, keys ...string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		s := viewtest.Start(t, deliveries.New(memory.New(r), hooks(), nil, clock, viewtest.Theme()), width, height)
		s.Press(keys...)
		return s
	}
}

func TestFrames(t *testing.T) {
	t.Setenv("TZ", "UTC")
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"deliveries": stage(some()),
		"failed":     stage(some(), "G", "k"),
		"replayed":   stage(some(), "j", "j"),
		"whole":      stage(some(), "G", "k", "enter"),
		"recipients": stage(some(), "tab"),
		"none":       stage(memory.Records{}),
		"nobody": func(t *testing.T, width, height int) *viewtest.Stage {
			s := viewtest.Start(t, deliveries.New(memory.New(memory.Records{}), nil, nil, clock, viewtest.Theme()), width, height)
			s.Press("tab")
			return s
		},
		"kept by no store": func(t *testing.T, width, height int) *viewtest.Stage {
			return viewtest.Start(t, deliveries.New(nil, nil, nil, clock, viewtest.Theme()), width, height)
		},
		"error": func(t *testing.T, width, height int) *viewtest.Stage {
			m := memory.New(some())
			s := viewtest.Start(t, deliveries.New(m, hooks(), nil, clock, viewtest.Theme()), width, height)
			m.Fail("Deliveries", errors.New("read deliveries: locked by another process"))
			s.Send(view.Refresh{})
			return s
		},
	})
}

// confirmed opens the dialog of a key and says yes.
func confirmed(t *testing.T, s *viewtest.Stage, key string) (sentence string) {
	t.Helper()
	s.Press(key)
	asked, ok := s.Asked[len(s.Asked)-1].(view.Ask)
	if !ok {
		t.Fatalf("%s asked for %v, want a dialog", key, s.Asked)
	}
	dialog := viewtest.Start(t, asked.Dialog, 70, 10)
	sentence = strings.Join(strings.Fields(dialog.Screen()), " ")
	dialog.Press("y")
	for _, m := range dialog.Sent {
		if _, do := m.(view.Do); !do { // the stage of the dialog did it
			s.Send(m)
		}
	}
	return sentence
}

func TestAReplayIsConfirmedThenWaits(t *testing.T) {
	m, woken := memory.New(some()), 0
	s := viewtest.Start(t, deliveries.New(m, hooks(), func() { woken++ }, clock, viewtest.Theme()), 80, 24)
	s.Press("j", "j", "j")
	if got := confirmed(t, s, "R"); !strings.HasPrefix(got, "Send model_version.transitioned to registry-ci, which is interrupted.") {
		t.Errorf("the dialog says %q", got)
	}
	all, err := m.Deliveries(t.Context(), store.DeliveryQuery{})
	if err != nil || len(all) != 7 || !strings.HasPrefix(all[0].ReplayOf, "48db") || all[0].State != store.Pending || woken != 1 {
		t.Errorf("%d deliveries, %v, woken %d times: %+v", len(all), err, woken, all[0])
	}
	if s.Said() != "model_version.transitioned to registry-ci waits to be sent" {
		t.Errorf("said %q", s.Said())
	}
}

func TestATestIsAnExampleToTheRecipientUnderTheCursor(t *testing.T) {
	for name, c := range map[string]struct {
		keys           []string
		says, to, what string
	}{
		"of a delivery":       {[]string{"j", "j"}, "Send registry-ci an example of model_version.created.", "w-1", "model_version.created"},
		"of a recipient":      {[]string{"tab", "j"}, "Send old an example of registered_model.created.", "w-2", "registered_model.created"},
		"of a command":        {[]string{"tab", "G"}, "Run the command of train for an example of model_version.transitioned.", "train", "model_version.transitioned"},
		"of a kind of events": {[]string{"tab", "j", "j"}, "Send chat an example of model_version.created.", "chat", "model_version.created"},
	} {
		m := memory.New(some())
		s := viewtest.Start(t, deliveries.New(m, hooks(), nil, clock, viewtest.Theme()), 80, 24)
		s.Press(c.keys...)
		if got := confirmed(t, s, "t"); !strings.HasPrefix(got, c.says) {
			t.Errorf("%s: the dialog says %q, want %q", name, got, c.says)
		}
		all, err := m.Deliveries(t.Context(), store.DeliveryQuery{})
		if err != nil || len(all) != 7 || all[0].Recipient != c.to || all[0].Happening.Event() != c.what || all[0].Line != 0 {
			t.Errorf("%s: %d deliveries, %v: %+v", name, len(all), err, all[0])
		}
	}
}

func TestKeysThatCannotBeUsedSayWhy(t *testing.T) {
	for name, c := range map[string]struct {
		keys []string
		key  string
		why  string
	}{
		"what is being sent":        {nil, "R", "it is sending, and is sent by itself"},
		"what is pending":           {[]string{"j"}, "R", "it is pending, and is sent by itself"},
		"a recipient that is gone":  {[]string{"j"}, "t", "there is no recipient under the cursor (tab lists them)"},
		"a replay of a recipient":   {[]string{"tab"}, "R", "there is no delivery under the cursor"},
		"a replay of what has been": {[]string{"G"}, "R", ""},
	} {
		v := deliveries.New(memory.New(some()), hooks(), nil, clock, viewtest.Theme())
		viewtest.Start(t, v, 80, 24).Press(c.keys...)
		for _, k := range v.Keys() {
			if k.Press[0] == c.key && (k.Why() != c.why || !k.Writes) {
				t.Errorf("%s: got %q, want %q; a writing key", name, k.Why(), c.why)
			}
		}
	}
}

func TestWhatIsOnItsWayIsLookedAtAgain(t *testing.T) {
	m := memory.New(some())
	s := viewtest.Start(t, deliveries.New(m, hooks(), nil, clock, viewtest.Theme()), 80, 24)
	m.Change(func(r *memory.Records) {
		r.Deliveries[5].State, r.Deliveries[4].State = store.Delivered, store.Delivered
	})
	s.Later()
	if got := s.Screen(); strings.Contains(got, "sending") || strings.Contains(got, "pending") {
		t.Errorf("after a while:\n%s", got)
	}
	s.Asked = nil
	s.Later()
	if len(s.Asked) != 0 {
		t.Errorf("with nothing on its way it asks for %v", s.Asked)
	}
}

func TestNoPasswordIsShown(t *testing.T) {
	s := stage(some(), "tab")(t, 200, 24)
	if got := s.Screen(); strings.Contains(got, "hush") || strings.Contains(got, "token") {
		t.Errorf("a secret is shown:\n%s", got)
	}
}

func TestHostileTextsAndAnyKeysAtAnySize(t *testing.T) {
	r := some()
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		d.Answer, d.Recipient = "\x1b[2J\u202e\n"+strings.Repeat("日本 ", i*50), "\x1b]0;x\x07"
		d.Happening.Entity = "\u2066e\x9b"
		d.State = []store.DeliveryState{d.State, "\x1b[31m"}[i%2]
		d.Happening.Data = []json.RawMessage{d.Happening.Data, json.RawMessage("{\x1b"), nil}[i%3]
	}
	for i := range r.Webhooks {
		r.Webhooks[i].Name, r.Webhooks[i].URL, r.Webhooks[i].Events = "\x1b[31m👩‍🔬", "\x1b]8;;\x07", []string{"\x00"}
	}
	for seed := range uint64(40) {
		stage(r)(t, 80, 24).Shake(rand.New(rand.NewPCG(seed, 1)), 60)
	}
}
