package webhooks

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fernet/fernet-go"

	"benchside/jobs"
	"benchside/store"
	"benchside/store/memory"
)

// clock is a time that goes on when it is told to.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return time.UnixMilli(c.at.Load()) }

func (c *clock) forward(d time.Duration) { c.at.Add(d.Milliseconds()) }

// setting is a worker over a store in memory.
type setting struct {
	*memory.Store
	*Worker
	*clock
}

func set(t *testing.T, r memory.Records, hooks ...Hook) setting {
	t.Helper()
	c := &clock{}
	c.at.Store(1_795_472_222_000)
	s := memory.New(r)
	s.Clock(c.now)
	w := &Worker{Outbox: s, Hooks: hooks, Sender: *anywhere(), Now: c.now, jitter: func() time.Duration { return 0 }}
	return setting{s, w, c}
}

// enqueue adds deliveries of an example, and returns their ids.
func (s setting) enqueue(t *testing.T, kind store.RecipientKind, recipients ...string) (ids []string) {
	t.Helper()
	for _, r := range recipients {
		h, err := Example("model_version.transitioned", s.now())
		if err != nil {
			t.Fatal(err)
		}
		d := NewDelivery(kind, r, h)
		if err := s.Enqueue(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, d.ID)
	}
	return ids
}

func (s setting) now() time.Time { return s.clock.now() }

func (s setting) drain(t *testing.T) Report {
	t.Helper()
	r, err := s.Drain(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// only is the only delivery there is.
func (s setting) only(t *testing.T) store.Delivery {
	t.Helper()
	all, err := s.Deliveries(t.Context(), store.DeliveryQuery{})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d deliveries, %v; want one", len(all), err)
	}
	return all[0]
}

func everything(url string) Hook {
	return Hook{Name: "ci", Events: []string{"*"}, URL: url, Secret: "s3cret"}
}

func TestADeliveryArrivesOnce(t *testing.T) {
	h, r := receiver(t, status(200))
	s := set(t, memory.Records{}, everything(r.URL))
	id := s.enqueue(t, store.ToHook, "ci")[0]
	if got := s.drain(t); got.Delivered != 1 || got.Left != 0 || got.String() != "events: 1 delivered" {
		t.Errorf("got %+v", got)
	}
	if got := s.drain(t); got.String() != "" || h.count() != 1 {
		t.Errorf("a second drain: %+v; %d requests", got, h.count())
	}
	d := s.only(t)
	if d.State != store.Delivered || d.Attempts != 1 || d.Answer != "200 OK" || d.Next.Set() {
		t.Errorf("the delivery: %+v", d)
	}
	const body = `{"entity": "model_version", "action": "transitioned", "timestamp": "2026-11-23T22:17:02+00:00", "data": {"name": "example_model", "version": "1", "from_stage": "Staging", "to_stage": "Production", "archive_existing_versions": false}}`
	if q := h.requests[0]; h.bodies[0] != body || q.Header.Get("X-MLflow-Delivery-Id") != id || q.Header.Get("X-MLflow-Signature") != Sign("s3cret", id, 1795472222, []byte(body)) {
		t.Errorf("sent %s %v", h.bodies[0], q.Header)
	}
}

func TestRetriesBackOffAndEnd(t *testing.T) {
	h, r := receiver(t, status(503))
	s := set(t, memory.Records{}, everything(r.URL))
	s.enqueue(t, store.ToHook, "ci")
	for attempt, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		if got := s.drain(t); got.Left != 1 || got.Failed != 0 {
			t.Fatalf("attempt %d: %+v", attempt+1, got)
		}
		if d := s.only(t); d.State != store.Pending || d.Attempts != attempt+1 || d.Next.Time().Sub(s.now()) != wait || !strings.HasPrefix(d.Answer, "503") {
			t.Fatalf("attempt %d: %+v, want another in %s", attempt+1, d, wait)
		}
		s.forward(wait - time.Millisecond)
		if s.drain(t); h.count() != attempt+1 {
			t.Fatalf("attempt %d was made before its time", attempt+2)
		}
		s.forward(time.Millisecond)
	}
	if got := s.drain(t); got.Failed != 1 || s.only(t).State != store.Undelivered || h.count() != 4 {
		t.Errorf("after three retries: %+v, %d requests", got, h.count())
	}
	s.forward(time.Hour)
	if s.drain(t); h.count() != 4 {
		t.Error("what was given up was sent again")
	}
}

func TestJitterIsUpToASecond(t *testing.T) {
	w := &Worker{}
	for attempts, least := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 100: 64 * time.Second} {
		if got := w.backOff(attempts); got < least || got > least+time.Second {
			t.Errorf("after %d attempts: %s, want %s and up to a second", attempts, got, least)
		}
	}
}

func TestWhatFailsForGoodSaysWhatToDo(t *testing.T) {
	key := new(fernet.Key)
	if err := key.Generate(); err != nil {
		t.Fatal(err)
	}
	token, err := fernet.EncryptAndSign([]byte("s3cret"), key)
	if err != nil {
		t.Fatal(err)
	}
	other := new(fernet.Key)
	if err := other.Generate(); err != nil {
		t.Fatal(err)
	}
	h, r := receiver(t, status(200))
	hook := store.Webhook{ID: "w", URL: r.URL, Active: true, Secret: string(token)}
	off := hook
	off.Active = false
	for name, c := range map[string]struct {
		webhooks  []store.Webhook
		hooks     []Hook
		kind      store.RecipientKind
		recipient string
		key       string
		reach     *Reach
		says      string // "" where it arrives
	}{
		"the right key":           {[]store.Webhook{hook}, nil, store.ToWebhook, "w", key.Encode(), nil, ""},
		"no key":                  {[]store.Webhook{hook}, nil, store.ToWebhook, "w", "", nil, "set MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"},
		"another key":             {[]store.Webhook{hook}, nil, store.ToWebhook, "w", other.Encode(), nil, "was not encrypted with the key in MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"},
		"what is no key":          {[]store.Webhook{hook}, nil, store.ToWebhook, "w", "short", nil, "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY is no key"},
		"a webhook that is gone":  {nil, nil, store.ToWebhook, "w", "", nil, "was deleted"},
		"a webhook that is off":   {[]store.Webhook{off}, nil, store.ToWebhook, "w", key.Encode(), nil, "not active"},
		"a secret that is unset":  {nil, []Hook{{Name: "ci", URL: r.URL, Secret: "env:BENCHSIDE_TEST_UNSET"}}, store.ToHook, "ci", "", nil, "set BENCHSIDE_TEST_UNSET"},
		"a secret that is set":    {nil, []Hook{{Name: "ci", URL: r.URL, Secret: "env:BENCHSIDE_TEST_SET"}}, store.ToHook, "ci", "", nil, ""},
		"a forbidden address":     {nil, []Hook{everything(r.URL)}, store.ToHook, "ci", "", &Reach{HTTP: true}, "allow_private"},
		"http that is not wanted": {nil, []Hook{everything(r.URL)}, store.ToHook, "ci", "", &Reach{Private: true}, "allow_http"},
	} {
		t.Setenv("BENCHSIDE_TEST_SET", "s3cret")
		before := h.count()
		s := set(t, memory.Records{Webhooks: c.webhooks}, c.hooks...)
		s.Key = c.key
		if c.reach != nil {
			s.Sender.Reach = *c.reach
		}
		s.enqueue(t, c.kind, c.recipient)
		s.drain(t)
		d, arrived := s.only(t), h.count()-before
		if c.says == "" {
			if d.State != store.Delivered || arrived != 1 || h.requests[before].Header.Get("X-MLflow-Signature") == "" {
				t.Errorf("%s: %+v, %d arrived", name, d, arrived)
			}
			continue
		}
		if d.State != store.Undelivered || arrived != 0 || !strings.Contains(d.Answer, c.says) {
			t.Errorf("%s: %+v, %d arrived; want %q", name, d, arrived, c.says)
		}
	}
}

func TestManyWorkersSendEachDeliveryOnce(t *testing.T) {
	var lock sync.Mutex
	seen := map[string]int{}
	_, r := receiver(t, func(_ http.ResponseWriter, q *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		seen[q.Header.Get("X-MLflow-Delivery-Id")]++
	})
	s := set(t, memory.Records{}, everything(r.URL))
	const n = 100
	for range n {
		s.enqueue(t, store.ToHook, "ci")
	}
	var all sync.WaitGroup
	for range 4 {
		w := *s.Worker
		all.Go(func() {
			for range n {
				if _, err := w.Drain(t.Context(), 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if len(seen) != n {
		t.Errorf("%d deliveries arrived, want %d", len(seen), n)
	}
	for id, times := range seen {
		if times != 1 {
			t.Errorf("%s arrived %d times", id, times)
		}
	}
}

func TestWhatWasInterruptedIsNotSentAgainUnlessAsked(t *testing.T) {
	h, r := receiver(t, status(200))
	s := set(t, memory.Records{}, everything(r.URL))
	s.enqueue(t, store.ToHook, "ci")
	if _, err := s.Claim(t.Context(), 1, lease); err != nil { // by one that is killed then
		t.Fatal(err)
	}
	s.forward(lease)
	if s.drain(t); s.only(t).State != store.Sending {
		t.Errorf("within its lease: %+v", s.only(t))
	}
	s.forward(time.Millisecond)
	s.drain(t)
	d := s.only(t)
	if d.State != store.Interrupted || h.count() != 0 {
		t.Fatalf("after its lease: %+v, %d requests", d, h.count())
	}
	again, err := Replay(d, s.now())
	if err != nil || again.ReplayOf != d.ID || again.ID == d.ID {
		t.Fatalf("a replay: %+v, %v", again, err)
	}
	if err := s.Enqueue(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if got := s.drain(t); got.Delivered != 1 || h.count() != 1 || h.requests[0].Header.Get("X-MLflow-Delivery-Id") != again.ID {
		t.Errorf("the replay: %+v, %d requests", got, h.count())
	}
	for _, state := range []store.DeliveryState{store.Pending, store.Sending} {
		if _, err := Replay(store.Delivery{State: state}, s.now()); err == nil {
			t.Errorf("what is %s was replayed", state)
		}
	}
}

func TestAHookOfAnotherConfigurationIsLeftToIt(t *testing.T) {
	_, r := receiver(t, status(200))
	s := set(t, memory.Records{}, everything(r.URL))
	s.enqueue(t, store.ToHook, "theirs")
	if s.drain(t); s.only(t).Attempts != 0 || s.Calls("Claim") != 0 {
		t.Errorf("a delivery of others was claimed: %+v", s.only(t))
	}
	s.enqueue(t, store.ToHook, "ci")
	if got := s.drain(t); got.Delivered != 1 || got.Left != 1 {
		t.Errorf("beside one of ours: %+v", got)
	}
	theirs, err := s.Deliveries(t.Context(), store.DeliveryQuery{Recipient: "theirs"})
	if err != nil || theirs[0].State != store.Pending || !strings.Contains(theirs[0].Answer, "theirs") {
		t.Errorf("theirs: %+v, %v", theirs, err)
	}
	s.forward(25 * time.Hour)
	if got := s.drain(t); got.Failed != 1 || got.Left != 0 {
		t.Errorf("after a day: %+v", got)
	}
}

func TestADrainIsBoundedInTime(t *testing.T) {
	_, failing := receiver(t, status(500))
	s := set(t, memory.Records{}, everything(failing.URL))
	s.Now = nil // the time that goes by
	s.Clock(time.Now)
	h, err := Example("model_version.transitioned", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Enqueue(t.Context(), NewDelivery(s.Hooks[0].kind(), s.Hooks[0].Name, h)); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	r, err := s.Drain(t.Context(), 1500*time.Millisecond)
	if took := time.Since(begun); err != nil || r.Left != 1 || took > 1900*time.Millisecond || s.only(t).Attempts != 2 {
		t.Errorf("after %s: %+v, %v, %+v; want two attempts and one left", took, r, err, s.only(t))
	}
	if got := r.String(); got != "events: 1 left for benchside webhooks deliver" {
		t.Errorf("it says %q", got)
	}
}

func TestTheEndOfAWorkerSettlesWhatIsUnderWay(t *testing.T) {
	begun := make(chan struct{})
	_, r := receiver(t, func(_ http.ResponseWriter, q *http.Request) {
		close(begun)
		<-q.Context().Done()
	})
	s := set(t, memory.Records{}, everything(r.URL))
	s.enqueue(t, store.ToHook, "ci")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Worker.Run(ctx, nil, func(Report, error) {})
	}()
	<-begun
	stop()
	<-ended
	if d := s.only(t); d.State != store.Interrupted || !strings.Contains(d.Answer, "cut short") {
		t.Errorf("got %+v", d)
	}
}

func TestAWakeDeliversAtOnce(t *testing.T) {
	h, r := receiver(t, status(200))
	s := set(t, memory.Records{}, everything(r.URL))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	wake, told := make(chan struct{}), make(chan Report, 1)
	go s.Worker.Run(ctx, wake, func(r Report, _ error) { told <- r })
	wake <- struct{}{} // the first drain is over
	s.enqueue(t, store.ToHook, "ci")
	wake <- struct{}{}
	if got := <-told; got.Delivered != 1 || h.count() != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestALockedStoreIsSettledLater(t *testing.T) {
	_, r := receiver(t, status(200))
	s := set(t, memory.Records{}, everything(r.URL))
	s.enqueue(t, store.ToHook, "ci")
	times := 0
	s.Before("Settle", func(context.Context) error {
		if times++; times < 4 {
			return store.ErrBusy
		}
		return nil
	})
	if got := s.drain(t); got.Delivered != 1 || s.only(t).State != store.Delivered {
		t.Errorf("got %+v, %+v", got, s.only(t))
	}
}

func TestReadOnlyStoresSendNothing(t *testing.T) {
	h, r := receiver(t, status(200))
	s := set(t, memory.Records{}, everything(r.URL))
	s.enqueue(t, store.ToHook, "ci")
	s.Fail("Claim", store.ErrReadOnly)
	if _, err := s.Drain(t.Context(), 0); !errors.Is(err, store.ErrReadOnly) || h.count() != 0 {
		t.Errorf("got %v, %d requests", err, h.count())
	}
}

func TestTheWebhooksAreReadBeforeAnythingIsSent(t *testing.T) {
	h, r := receiver(t, status(200))
	s := set(t, memory.Records{Webhooks: []store.Webhook{{ID: "w", URL: r.URL, Active: true}}})
	s.enqueue(t, store.ToWebhook, "w")
	s.Fail("Webhooks", store.ErrBusy)
	if _, err := s.Drain(t.Context(), 0); !errors.Is(err, store.ErrBusy) || s.only(t).State != store.Pending || h.count() != 0 {
		t.Errorf("got %v, %+v", err, s.only(t))
	}
}

func TestCommandsBecomeJobs(t *testing.T) {
	hook := Hook{Name: "train", Events: []string{"*"}, Command: jobs.Command{Args: []string{"true", "{model}", "{version}", "{stage}"}}}
	s := set(t, memory.Records{}, hook)
	s.Worker.Jobs = &jobs.Starter{Keeper: s.Store, Store: "mlflow.db", Dir: t.TempDir(), Logs: t.TempDir(), Supervisor: []string{"true"}}
	s.enqueue(t, store.ToCommand, "train")
	got := s.drain(t)
	if got.String() != "events: 1 started as jobs" || s.only(t).Answer != "job 1" {
		t.Errorf("got %+v, %+v", got, s.only(t))
	}
	j, err := s.Store.Job(t.Context(), 1)
	if want := (store.Subject{Kind: store.VersionSubject, Name: "example_model", Version: 1}); err != nil || j.Of != want || j.Event != "model_version.transitioned" || j.Delivery != s.only(t).ID {
		t.Errorf("the job: %+v, %v", j, err)
	}
}

func TestHooksThatCannotBe(t *testing.T) {
	right := Hook{Name: "ci", Events: []string{"model_version.*", "gate.failed"}, URL: "https://ci.example.com/x"}
	if key, why := right.Wrong(); why != "" {
		t.Fatalf("%s: %s", key, why)
	}
	for name, c := range map[string]struct {
		change func(*Hook)
		key    string
	}{
		"no name":               {func(h *Hook) { h.Name = "" }, "name"},
		"a name with a slash":   {func(h *Hook) { h.Name = "../x" }, "name"},
		"no events":             {func(h *Hook) { h.Events = nil }, "events"},
		"an event that is none": {func(h *Hook) { h.Events = []string{"model_version.moved"} }, "events"},
		"a kind that is none":   {func(h *Hook) { h.Events = []string{"model.*"} }, "events"},
		"neither":               {func(h *Hook) { h.URL = "" }, "url"},
		"both":                  {func(h *Hook) { h.Command.Args = []string{"true"} }, "command"},
		"another scheme":        {func(h *Hook) { h.URL = "ftp://ci.example.com" }, "url"},
		"no host":               {func(h *Hook) { h.URL = "https://" }, "url"},
		"code":                  {func(h *Hook) { h.URL, h.Command.Args = "", []string{"sh", "-c", "{model}"} }, "command"},
	} {
		h := right
		c.change(&h)
		if key, why := h.Wrong(); key != c.key || why == "" {
			t.Errorf("%s: got %q, %q; want a word on %s", name, key, why, c.key)
		}
	}
}

func TestSubscriptionsNameEvents(t *testing.T) {
	for subscription, want := range map[string]int{"*": len(examples), "model_version.*": 6, "model_version.transitioned": 1, "*.alert": 1, "model_version": 0, "": 0, ".*": 0, "[": 0} {
		if got := len(EventsOf(subscription)); got != want {
			t.Errorf("%q: %d events, want %d", subscription, got, want)
		}
	}
}

func TestEveryExampleCanBeSent(t *testing.T) {
	for _, event := range EventsOf("*") {
		h, err := Example(event, time.UnixMilli(1))
		if err != nil || h.Event() != event {
			t.Errorf("%s: %v", event, err)
		}
		body, err := Envelope{h.Entity, h.Action, h.At.Time(), h.Data}.Body()
		if err != nil || !strings.Contains(string(body), string(h.Data)) {
			t.Errorf("%s: %v: its data are not spelled as they are sent: %s", event, err, body)
		}
	}
	if _, err := Example("model_version.moved", time.Time{}); err == nil {
		t.Error("there is an example of an event that is none")
	}
}
