package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"benchside/store"
	"benchside/webhooks"
)

// deliveryJSON is a delivery as the commands print it.
type deliveryJSON struct {
	ID        string              `json:"id"`
	Event     string              `json:"event"`
	At        store.Time          `json:"at"`
	Kind      store.RecipientKind `json:"kind"`
	Recipient string              `json:"recipient"`
	State     store.DeliveryState `json:"state"`
	Attempts  int                 `json:"attempts"`
	Next      store.Time          `json:"next"`
	Changed   store.Time          `json:"changed"`
	Answer    string              `json:"answer"`
	Line      int64               `json:"ledger_line"`
	ReplayOf  string              `json:"replay_of,omitempty"`
	Data      json.RawMessage     `json:"data"`
}

func deliveryOf(d store.Delivery) deliveryJSON {
	return deliveryJSON{
		d.ID, d.Happening.Event(), d.Happening.At, d.Kind, d.Recipient, d.State, d.Attempts, d.Next, d.Changed, d.Answer, d.Line, d.ReplayOf, d.Happening.Data,
	}
}

var deliveryStates = []store.DeliveryState{store.Pending, store.Sending, store.Delivered, store.Undelivered, store.Interrupted}

func (s *session) webhooksDeliveries() *cobra.Command {
	var recipient, state string
	q := store.DeliveryQuery{Limit: 100}
	c := s.leaf(&cobra.Command{
		Use: "deliveries", Short: "List what was told to whom, the newest first", Args: takes(0, "no arguments"),
	}, func(ctx context.Context, _ []string) error {
		if q.Limit < 0 {
			return usage("--limit %d: a number of deliveries, or 0 for all", q.Limit)
		}
		if q.State = store.DeliveryState(state); state != "" && !slices.Contains(deliveryStates, q.State) {
			return usage("--state %s: there are pending, sending, delivered, failed and interrupted", state)
		}
		return s.listDeliveries(ctx, q, recipient)
	})
	f := c.Flags()
	f.StringVar(&recipient, "recipient", "", "those to one webhook or hook, by `NAME` or id")
	f.StringVar(&state, "state", "", "those in one `STATE`: pending, sending, delivered, failed or interrupted")
	f.IntVar(&q.Limit, "limit", q.Limit, "at most `N`; 0 means all")
	s.forms.add(c)
	return c
}

func (s *session) listDeliveries(ctx context.Context, q store.DeliveryQuery, recipient string) error {
	st, err := s.openTold(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := s.recipients(ctx, st.outbox)
	if err != nil {
		return err
	}
	if recipient != "" {
		r, err := recipientNamed(all, recipient)
		if err != nil {
			return err
		}
		q.Recipient = r.ID
	}
	found, err := st.outbox.Deliveries(ctx, q)
	if err != nil {
		return err
	}
	if s.form == asJSON {
		out := make([]deliveryJSON, len(found))
		for i, d := range found {
			out[i] = deliveryOf(d)
		}
		return printArray(s.out, out)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "id", id: true}, column{head: "event"}, column{head: "recipient"},
		column{head: "state", whole: true}, column{head: "attempts", right: true}, column{head: "changed", whole: true}, column{head: "answer"})
	for _, d := range found {
		cells := []cell{
			text(d.ID), text(d.Happening.Event()), text(calledBy(all, d)), text(string(d.State)), count(d.Attempts),
			text(s.form.moment(d.Changed)), text(d.Answer),
		}
		if err := t.row(cells...); err != nil {
			return err
		}
	}
	return t.end()
}

// calledBy is what people call the recipient of a delivery.
func calledBy(all []recipientJSON, d store.Delivery) string {
	for _, r := range all {
		if r.Kind == d.Kind && r.ID == d.Recipient {
			return r.Name
		}
	}
	return d.Recipient
}

// recipientNamed finds a recipient by its id or its name.
func recipientNamed(all []recipientJSON, name string) (recipientJSON, error) {
	var found []recipientJSON
	for _, r := range all {
		if r.ID == name || r.Name == name {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return recipientJSON{}, fmt.Errorf("recipient %s: %w; benchside webhooks list names them", name, store.ErrNotFound)
	case 1:
		return found[0], nil
	}
	return recipientJSON{}, fmt.Errorf("recipient %s: %w; name it by its id", name, store.ErrAmbiguous)
}

func (s *session) webhooksTest() *cobra.Command {
	var event string
	var dry bool
	c := s.leaf(&cobra.Command{
		Use: "test NAME", Short: "Send an example of an event to one recipient", Args: takes(1, "the name or id of a webhook or a hook"),
	}, func(ctx context.Context, args []string) error {
		st, err := s.openTold(ctx)
		if err != nil {
			return err
		}
		defer st.Close()
		all, err := s.recipients(ctx, st.outbox)
		if err != nil {
			return err
		}
		r, err := recipientNamed(all, args[0])
		if err != nil {
			return err
		}
		if event == "" {
			if event, err = firstEvent(r); err != nil {
				return err
			}
		}
		h, err := webhooks.Example(event, time.Now())
		if err != nil {
			return usage("--event: %s", err)
		}
		return s.send(ctx, st, webhooks.NewDelivery(r.Kind, r.ID, h), dry)
	})
	c.Flags().StringVar(&event, "event", "", "the `EVENT`; the first one that it is told of by default")
	dryFlag(c, &dry)
	s.forms.add(c)
	return c
}

func dryFlag(c *cobra.Command, dry *bool) {
	c.Flags().BoolVar(dry, "dry-run", false, "print what would be sent, and send nothing")
}

// firstEvent is the first event that a recipient is told of.
func firstEvent(r recipientJSON) (string, error) {
	for _, e := range r.Events {
		if events := webhooks.EventsOf(e); len(events) > 0 {
			return events[0], nil
		}
	}
	return "", fmt.Errorf("test %s: it is told of %s, of which there is no example: name another --event", r.Name, strings.Join(r.Events, ", "))
}

func (s *session) webhooksReplay() *cobra.Command {
	var dry bool
	c := s.leaf(&cobra.Command{
		Use: "replay DELIVERY", Short: "Send a delivery again, as a new one", Args: takes(1, "the id of a delivery, or its start"),
	}, func(ctx context.Context, args []string) error {
		st, err := s.openTold(ctx)
		if err != nil {
			return err
		}
		defer st.Close()
		d, err := oneDelivery(ctx, st.outbox, args[0])
		if err != nil {
			return err
		}
		again, err := webhooks.Replay(d, time.Now())
		if err != nil {
			return err
		}
		return s.send(ctx, st, again, dry)
	})
	dryFlag(c, &dry)
	s.forms.add(c)
	return c
}

// oneDelivery finds a delivery by its id, or by four letters or more of its start.
func oneDelivery(ctx context.Context, o store.Outbox, id string) (store.Delivery, error) {
	const shortest = 4
	all, err := o.Deliveries(ctx, store.DeliveryQuery{})
	if err != nil {
		return store.Delivery{}, err
	}
	var found []store.Delivery
	for _, d := range all {
		if d.ID == id {
			return d, nil
		}
		if len(id) >= shortest && strings.HasPrefix(d.ID, id) {
			found = append(found, d)
		}
	}
	switch len(found) {
	case 0:
		return store.Delivery{}, fmt.Errorf("delivery %s: %w; benchside webhooks deliveries lists them", id, store.ErrNotFound)
	case 1:
		return found[0], nil
	}
	return store.Delivery{}, fmt.Errorf("delivery %s: %w", id, store.ErrAmbiguous)
}

// send enqueues a delivery, sends it, and says what became of it.
func (s *session) send(ctx context.Context, st outlet, d store.Delivery, dry bool) error {
	h := d.Happening
	if dry {
		body, err := webhooks.Envelope{Entity: h.Entity, Action: h.Action, At: h.At.Time(), Data: h.Data}.Body()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%s\n", body)
		return err
	}
	if err := st.outbox.Enqueue(ctx, d); err != nil {
		return err
	}
	if _, err := s.deliver(ctx, st.Store); err != nil {
		return err
	}
	var err error
	if d, err = oneDelivery(ctx, st.outbox, d.ID); err != nil {
		return err
	}
	return s.became(d)
}

// became prints what became of a delivery; one that did not arrive is a failure.
func (s *session) became(d store.Delivery) error {
	said := fmt.Sprintf("%s to %s: %s", d.Happening.Event(), d.Recipient, d.State)
	if d.Answer != "" {
		said += ": " + d.Answer
	}
	if s.form == asJSON {
		w := newJSONWriter(s.out)
		if err := w.value(deliveryOf(d)); err != nil {
			return err
		}
	}
	if d.State != store.Delivered {
		return errors.New(said)
	}
	if s.form == asJSON {
		return nil
	}
	t := newTable(s.out, s.form, 0, column{head: "id"}, column{head: "event"}, column{head: "state"}, column{head: "answer"})
	if err := t.row(texts(d.ID, d.Happening.Event(), string(d.State), d.Answer)...); err != nil {
		return err
	}
	return t.end()
}
