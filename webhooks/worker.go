package webhooks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"benchside/jobs"
	"benchside/store"
)

// The limits of the worker.
const (
	atOnce      = 8               // deliveries that are under way together
	lease       = 5 * time.Minute // far longer than a request with its redirects may take
	usualTries  = 4               // MLflow's
	longestWait = 5 * time.Minute // that a receiver may ask for
	strangerFor = 15 * time.Second
	strangerEnd = 24 * time.Hour
	settleFor   = 10 * time.Second
	lookEvery   = 5 * time.Second
	mostLooked  = 1000 // deliveries of a state that are looked at
)

// Worker sends what waits in the outbox of a store. Several of them, in several
// processes, share the work.
type Worker struct {
	Outbox store.Outbox
	Hooks  []Hook
	Sender Sender
	Key    string        // that MLflow encrypts secrets with
	Tries  int           // requests of a delivery at most; 0 means four
	Jobs   *jobs.Starter // nil starts none
	Now    func() time.Time

	jitter func() time.Duration
}

// Report is what became of deliveries.
type Report struct {
	Delivered, Failed, Interrupted int
	Left                           int // still pending
	Jobs                           int // of those delivered
	Problems                       []string
}

// String says it in a sentence; "" if there was nothing.
func (r Report) String() string {
	var parts []string
	for _, p := range []struct {
		n     int
		words string
	}{
		{r.Delivered - r.Jobs, "%d delivered"},
		{r.Jobs, "%d started as jobs"},
		{r.Failed, "%d failed"},
		{r.Interrupted, "%d without an answer"},
		{r.Left, "%d left for benchside webhooks deliver"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf(p.words, p.n))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "events: " + strings.Join(parts, ", ")
}

func (w *Worker) now() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}

// Drain sends what is due, and what becomes due within patience; no request begins
// later. It ends when nothing is left, or with ctx.
func (w *Worker) Drain(ctx context.Context, patience time.Duration) (Report, error) {
	var r Report
	until := w.now().Add(patience)
	if w.Jobs != nil {
		if err := jobs.Reap(ctx, w.Jobs.Keeper); err != nil {
			return r, err
		}
	}
	for ctx.Err() == nil {
		next, waits, err := w.next(ctx)
		if err != nil {
			return r, err
		}
		now := w.now()
		if !waits || next.After(until) || !now.Before(until) && patience > 0 {
			break
		}
		if pause := next.Sub(now); pause > 0 && !sleep(ctx, pause) {
			break
		}
		if n, err := w.round(ctx, &r); err != nil {
			return r, err
		} else if n == 0 {
			break // another process is at it
		}
	}
	left, err := w.Outbox.Deliveries(context.WithoutCancel(ctx), store.DeliveryQuery{State: store.Pending, Limit: mostLooked})
	if err != nil {
		return r, err
	}
	r.Left = len(left)
	return r, nil
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// Run drains the outbox until ctx ends: at once when wake says so, else as what
// waits becomes due. told hears of each drain that did something. Where the store
// cannot be written it ends at once.
func (w *Worker) Run(ctx context.Context, wake <-chan struct{}, told func(Report, error)) {
	for ctx.Err() == nil {
		r, err := w.Drain(ctx, 0)
		if errors.Is(err, store.ErrReadOnly) {
			return
		}
		if did := r.Delivered + r.Failed + r.Interrupted; did > 0 || err != nil && ctx.Err() == nil {
			told(r, err)
		}
		select {
		case <-wake:
		case <-time.After(lookEvery):
		case <-ctx.Done():
		}
	}
}

// next returns when the first of what waits is due that this worker can deliver,
// or gave up on being sent.
func (w *Worker) next(ctx context.Context) (at time.Time, waits bool, err error) {
	now := w.now()
	for _, state := range []store.DeliveryState{store.Pending, store.Sending} {
		all, err := w.Outbox.Deliveries(ctx, store.DeliveryQuery{State: state, Limit: mostLooked})
		if err != nil {
			return at, false, err
		}
		for _, d := range all {
			due := d.Next.Time()
			if state == store.Sending {
				if due = d.Changed.Time().Add(lease); due.After(now) {
					continue // somebody is at it
				}
			} else if w.stranger(d) && now.Sub(d.Happening.At.Time()) < strangerEnd {
				continue
			}
			if !waits || due.Before(at) {
				at, waits = due, true
			}
		}
	}
	return at, waits, nil
}

// stranger reports a delivery to a hook that is of another configuration.
func (w *Worker) stranger(d store.Delivery) bool {
	if d.Kind == store.ToWebhook {
		return false
	}
	_, found := w.hook(d)
	return !found || d.Kind == store.ToCommand && w.Jobs == nil
}

func (w *Worker) hook(d store.Delivery) (Hook, bool) {
	i := slices.IndexFunc(w.Hooks, func(h Hook) bool { return h.Name == d.Recipient && h.kind() == d.Kind })
	if i < 0 {
		return Hook{}, false
	}
	return w.Hooks[i], true
}

// round claims some deliveries, and sends them side by side.
func (w *Worker) round(ctx context.Context, r *Report) (claims int, err error) {
	claimed, err := w.Outbox.Claim(ctx, atOnce, lease)
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	hooks, err := w.Outbox.Webhooks(ctx)
	if err != nil {
		return 0, errors.Join(err, w.release(ctx, claimed))
	}
	settled, failures := make([]store.Delivery, len(claimed)), make([]error, len(claimed))
	var all sync.WaitGroup
	for i, d := range claimed {
		all.Go(func() {
			settled[i] = w.deliver(ctx, d, hooks)
			failures[i] = w.settle(ctx, settled[i])
		})
	}
	all.Wait()
	for _, d := range settled {
		r.add(d, called(d, hooks))
	}
	return len(claimed), errors.Join(failures...)
}

// called is what people call the recipient of a delivery.
func called(d store.Delivery, hooks []store.Webhook) string {
	for _, h := range hooks {
		if d.Kind == store.ToWebhook && h.ID == d.Recipient {
			return cmp.Or(h.Name, h.ID)
		}
	}
	return d.Recipient
}

func (r *Report) add(d store.Delivery, to string) {
	switch d.State {
	case store.Delivered:
		r.Delivered++
		if d.Kind == store.ToCommand {
			r.Jobs++
		}
		return
	case store.Undelivered:
		r.Failed++
	case store.Interrupted:
		r.Interrupted++
	default:
		return
	}
	r.Problems = append(r.Problems, fmt.Sprintf("%s to %s: %s", d.Happening.Event(), to, d.Answer))
}

// release gives back what was claimed and not begun.
func (w *Worker) release(ctx context.Context, claimed []store.Delivery) error {
	var failures []error
	for _, d := range claimed {
		d.State, d.Next = store.Pending, store.AtTime(w.now())
		failures = append(failures, w.settle(ctx, d))
	}
	return errors.Join(failures...)
}

// settle writes what became of a delivery, also where ctx ended meanwhile; while
// the store is locked it tries again.
func (w *Worker) settle(ctx context.Context, d store.Delivery) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer done()
	for pause := 50 * time.Millisecond; ; pause *= 2 {
		err := w.Outbox.Settle(ctx, d)
		if !errors.Is(err, store.ErrBusy) || !sleep(ctx, pause) {
			return err
		}
	}
}

// deliver sends one delivery, and returns it with what became of it.
func (w *Worker) deliver(ctx context.Context, d store.Delivery, hooks []store.Webhook) store.Delivery {
	body, err := Envelope{d.Happening.Entity, d.Happening.Action, d.Happening.At.Time(), d.Happening.Data}.Body()
	if err != nil {
		return settledAs(d, store.Undelivered, err.Error())
	}
	if w.stranger(d) {
		return w.putBack(d)
	}
	if d.Kind == store.ToCommand {
		hook, _ := w.hook(d)
		return w.start(ctx, d, hook, body)
	}
	sender, r := w.Sender, request{id: d.ID, body: body, at: w.now()}
	if d.Kind == store.ToHook {
		hook, _ := w.hook(d)
		r.url, sender.Timeout = hook.URL, cmp.Or(hook.Timeout, sender.Timeout)
		r.secret, err = named(hook.Secret)
	} else {
		r.url, r.secret, err = w.webhook(d, hooks)
	}
	if err != nil {
		return settledAs(d, store.Undelivered, err.Error())
	}
	return w.became(d, sender.send(ctx, r))
}

func settledAs(d store.Delivery, state store.DeliveryState, answer string) store.Delivery {
	d.State, d.Answer, d.Next = state, answer, store.Time{}
	return d
}

// putBack leaves a delivery to a benchside that has the hook, for a day.
func (w *Worker) putBack(d store.Delivery) store.Delivery {
	says := "waits for a benchside whose configuration has the hook " + d.Recipient
	if now := w.now(); now.Sub(d.Happening.At.Time()) < strangerEnd {
		d = settledAs(d, store.Pending, says)
		d.Next = store.AtTime(now.Add(strangerFor))
		return d
	}
	return settledAs(d, store.Undelivered, "for a day no benchside had the hook "+d.Recipient+" in its configuration")
}

// webhook finds the address and the secret of a webhook.
func (w *Worker) webhook(d store.Delivery, hooks []store.Webhook) (address, secret string, err error) {
	i := slices.IndexFunc(hooks, func(h store.Webhook) bool { return h.ID == d.Recipient })
	switch {
	case i < 0:
		return "", "", errors.New("the webhook was deleted")
	case !hooks[i].Active:
		return "", "", errors.New("the webhook is not active")
	case hooks[i].Secret == "":
		return hooks[i].URL, "", nil
	}
	secret, err = decrypt(hooks[i].Secret, w.Key)
	return hooks[i].URL, secret, err
}

// start makes a job of a delivery.
func (w *Worker) start(ctx context.Context, d store.Delivery, h Hook, body []byte) store.Delivery {
	job, err := w.Jobs.Start(ctx, h.Name, h.Command, factsOf(d, body))
	if err != nil {
		return settledAs(d, store.Undelivered, err.Error())
	}
	return settledAs(d, store.Delivered, fmt.Sprintf("job %d", job.ID))
}

// became is a delivery after a request.
func (w *Worker) became(d store.Delivery, o outcome) store.Delivery {
	switch {
	case o.ok:
		return settledAs(d, store.Delivered, o.answers)
	case o.unsure:
		return settledAs(d, store.Interrupted, o.answers)
	case !o.again || d.Attempts >= cmp.Or(w.Tries, usualTries):
		return settledAs(d, store.Undelivered, o.answers)
	}
	wait := max(w.backOff(d.Attempts), min(o.after, longestWait))
	d = settledAs(d, store.Pending, o.answers)
	d.Next = store.AtTime(w.now().Add(wait))
	return d
}

// backOff is how long to wait after so many attempts: 1, 2, 4 s and up to a second
// more, as urllib3 does for MLflow.
func (w *Worker) backOff(attempts int) time.Duration {
	const most = 6 // 64 s
	wait := time.Second << min(max(attempts-1, 0), most)
	if w.jitter != nil {
		return wait + w.jitter()
	}
	return wait + rand.N(time.Second)
}
