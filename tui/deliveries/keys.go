package deliveries

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/confirm"
	"benchside/tui/view"
	"benchside/webhooks"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "deliveries"
	return append([]view.Key{
		{Press: []string{"enter"}, Name: "whole", Does: "show the delivery alone, or the list", Short: "whole", Group: group, Foot: true, Off: v.noDelivery, Run: func() tea.Cmd { v.whole = !v.whole; return nil }},
		{Press: []string{"tab"}, Name: "recipients", Does: "who is told, or what was told", Short: "recipients", Group: group, Foot: true, Run: func() tea.Cmd { v.who = !v.who; return nil }},
		{Press: []string{"R"}, Name: "replay", Does: "send it again, as a new delivery", Short: "replay", Group: group, Foot: true, Writes: true, Off: v.noReplay, Run: v.replay},
		{Press: []string{"t"}, Name: "test", Does: "send the recipient an example", Short: "test", Group: group, Foot: true, Writes: true, Off: v.noTest, Run: v.test},
		{Press: []string{"y"}, Name: "copy", Does: "copy the id of the delivery", Group: group, Off: v.noDelivery, Run: func() tea.Cmd {
			return view.Send(view.Copy{Text: v.delivery().ID, What: "the id of the delivery"})
		}},
	}, view.Moves(group, v.table().Height, func(rows int) tea.Cmd { v.table().Move(rows); return nil })...)
}

func (v *View) noDelivery() string {
	if v.who || len(v.all) == 0 {
		return "there is no delivery under the cursor"
	}
	return ""
}

func (v *View) noReplay() string {
	if why := v.noDelivery(); why != "" {
		return why
	}
	if d := v.delivery(); onTheWay(d) {
		return "it is " + string(d.State) + ", and is sent by itself"
	}
	return ""
}

func (v *View) noTest() string {
	r, found := v.recipient()
	switch {
	case !found:
		return "there is no recipient under the cursor (tab lists them)"
	case len(examplesOf(r)) == 0:
		return "there is no example of what it is told of"
	}
	return ""
}

// examplesOf are the events of a recipient of which there are examples.
func examplesOf(r recipient) (events []string) {
	for _, e := range r.events {
		events = append(events, webhooks.EventsOf(e)...)
	}
	return events
}

// replay asks first: a receiver, or a command, does what it does once more.
func (v *View) replay() tea.Cmd {
	d, clock := v.delivery(), v.clock
	does := "Send"
	if d.Kind == store.ToCommand {
		does = "Run the command again for"
	}
	sentence := fmt.Sprintf("%s %s to %s, which is %s. It gets a new id, so the receiver takes it for a new one.", does, d.Happening.Event(), v.called(d), d.State)
	return view.Send(view.Ask{Dialog: confirm.New("replay", sentence, "send it again", v.enqueue(func() (store.Delivery, error) {
		return webhooks.Replay(d, clock())
	}), v.theme)})
}

func (v *View) test() tea.Cmd {
	r, _ := v.recipient()
	event, clock := examplesOf(r)[0], v.clock
	sentence := fmt.Sprintf("Send %s an example of %s.", r.name, event)
	if r.kind == store.ToCommand {
		sentence = fmt.Sprintf("Run the command of %s for an example of %s.", r.name, event)
	}
	return view.Send(view.Ask{Dialog: confirm.New("test", sentence, "send it", v.enqueue(func() (store.Delivery, error) {
		return example(r, event, clock())
	}), v.theme)})
}

func example(r recipient, event string, at time.Time) (store.Delivery, error) {
	h, err := webhooks.Example(event, at)
	return webhooks.NewDelivery(r.kind, r.id, h), err
}

// enqueue puts a delivery into the outbox.
func (v *View) enqueue(make func() (store.Delivery, error)) func() tea.Cmd {
	outbox := v.outbox
	return func() tea.Cmd {
		return view.Load(&v.loads.enqueue, func(ctx context.Context) (enqueued, error) {
			d, err := make()
			if err != nil {
				return enqueued{}, err
			}
			return enqueued{d}, outbox.Enqueue(ctx, d)
		})
	}
}
