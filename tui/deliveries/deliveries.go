// Package deliveries is the screen of what was told to whom, and of who is told.
// It sends nothing: a replay or a test is put into the store's outbox, which a
// worker empties.
package deliveries

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
	"benchside/webhooks"
)

const (
	most  = 1000        // of the newest deliveries that are shown
	pause = time.Second // between two looks while something is on its way
)

// View is the screen.
type View struct {
	outbox store.Outbox // nil for a store that keeps none
	hooks  []webhooks.Hook
	wake   func() // has what waits sent at once
	clock  func() time.Time
	theme  *themes.Theme
	loads  struct{ read, enqueue view.Loader }

	all         []store.Delivery
	recipients  []recipient
	who         bool // the recipients are shown
	whole       bool // the delivery under the cursor is, alone
	told, tells widget.Table
	now         int64
	err         error
	loaded      bool
	left        bool // another screen is in front
	turn        int
}

// recipient is somebody who is told.
type recipient struct {
	kind             store.RecipientKind
	id, name, tells  string
	events           []string
	active, isSigned bool
}

// New returns the screen over the webhooks of a store and the hooks of the
// configuration.
func New(outbox store.Outbox, hooks []webhooks.Hook, wake func(), clock func() time.Time, theme *themes.Theme) *View {
	v := &View{outbox: outbox, hooks: hooks, wake: wake, clock: clock, theme: theme}
	v.told.Columns = []widget.Column{
		{Title: "state", Width: 13, Keep: true},
		{Title: "event", Width: 27, Min: 12, Share: 40, Keep: true},
		{Title: "recipient", Width: 12, Min: 6, Max: 24},
		{Title: "tries", Width: 5, Right: true},
		{Title: "when", Width: 10, Min: 9},
		{Title: "answer", Width: 80, Min: 8},
	}
	v.tells.Columns = []widget.Column{
		{Title: "recipient", Width: 12, Min: 6, Max: 24, Keep: true},
		{Title: "kind", Width: 7, Keep: true},
		{Title: "active", Width: 6},
		{Title: "signed", Width: 6},
		{Title: "events", Width: 30, Min: 10, Share: 40},
		{Title: "tells", Width: 80, Min: 10},
	}
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "deliveries" }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	if !v.loaded {
		return "reading"
	}
	waits := 0
	for _, d := range v.all {
		if onTheWay(d) {
			waits++
		}
	}
	said := fmt.Sprintf("%s, %s", several(len(v.all)), widget.Several(len(v.recipients), "recipient"))
	if waits > 0 {
		said = fmt.Sprintf("%d on the way   %s", waits, said)
	}
	return said
}

func several(n int) string {
	if n == 1 {
		return "1 delivery"
	}
	return widget.Count(n) + " deliveries"
}

func onTheWay(d store.Delivery) bool { return d.State == store.Pending || d.State == store.Sending }

// read is what a look found, and when.
type read struct {
	all      []store.Delivery
	webhooks []store.Webhook
	now      int64
}

// enqueued is a delivery that was put into the outbox.
type enqueued struct{ delivery store.Delivery }

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	v.left = false
	outbox, clock := v.outbox, v.clock
	return view.Load(&v.loads.read, func(ctx context.Context) (read, error) {
		if outbox == nil {
			return read{}, fmt.Errorf("read deliveries: %w", store.ErrUnsupported)
		}
		hooks, err := outbox.Webhooks(ctx)
		if err != nil {
			return read{}, err
		}
		all, err := outbox.Deliveries(ctx, store.DeliveryQuery{Limit: most})
		return read{all, hooks, clock().UnixMilli()}, err
	})
}

// Leave implements view.Leaver.
func (v *View) Leave() {
	v.left = true
	v.loads.read.Cancel()
}

// look is the time for another look.
type look struct {
	at   *View
	turn int
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.told.Resize(m.Width-1, v.room(m.Height))
		v.tells.Resize(m.Width-1, v.room(m.Height))
	case view.Clock:
		v.now = max(v.now, m.Now)
	case view.Refresh, view.StoreChanged:
		if !v.left {
			return v.Init()
		}
	case look:
		if m.at == v && m.turn == v.turn && !v.left {
			return v.Init()
		}
	case view.Loaded[read]:
		if m.Of(&v.loads.read) {
			return v.take(m)
		}
	case view.Loaded[enqueued]:
		if m.Of(&v.loads.enqueue) {
			return v.waits(m)
		}
	case view.Wheel:
		v.table().Scroll(m.Rows)
	case view.Click:
		if p := v.table().Press(m.X, m.Y-v.above(), 2, m.Double); p.Row >= 0 {
			v.table().To(p.Row)
		}
	case view.Drag:
		v.table().Pull(m.X)
	}
	return nil
}

// waits says that a delivery is in the outbox, and has it sent.
func (v *View) waits(m view.Loaded[enqueued]) tea.Cmd {
	if m.Err != nil {
		return view.Send(view.Say{Text: sanitize.Line(m.Err.Error()), Bad: true})
	}
	if v.wake != nil {
		v.wake()
	}
	v.who = false
	v.told.To(0)
	said := fmt.Sprintf("%s to %s waits to be sent", m.Value.delivery.Happening.Event(), v.called(m.Value.delivery))
	return tea.Batch(view.Send(view.Say{Text: sanitize.Line(said)}), v.Init())
}

func (v *View) take(m view.Loaded[read]) tea.Cmd {
	if m.Err != nil {
		if !errors.Is(m.Err, context.Canceled) {
			v.err, v.loaded = m.Err, true
		}
		return nil
	}
	at, top := v.delivery().ID, v.told.Cursor == 0
	v.err, v.loaded, v.all = nil, true, m.Value.all
	v.now = max(v.now, m.Value.now)
	v.recipients = v.gathered(m.Value.webhooks)
	v.told.Count, v.tells.Count = len(v.all), len(v.recipients)
	wait := false
	for i, d := range v.all {
		if d.ID == at && !top {
			v.told.Cursor = i
		}
		wait = wait || onTheWay(d)
		v.told.Widen(2, sanitize.Line(v.called(d)))
	}
	for _, r := range v.recipients {
		v.tells.Widen(0, sanitize.Line(r.name))
	}
	v.told.Move(0)
	v.tells.Move(0)
	if !wait {
		return nil
	}
	v.turn++
	return view.Send(view.Wait{For: pause, Then: look{v, v.turn}})
}

// table is the one that is shown.
func (v *View) table() *widget.Table {
	if v.who {
		return &v.tells
	}
	return &v.told
}

// delivery is the one under the cursor, the zero value if there is none.
func (v *View) delivery() store.Delivery {
	if v.told.Cursor >= len(v.all) {
		return store.Delivery{}
	}
	return v.all[v.told.Cursor]
}

// recipient is the one under the cursor, or of the delivery there.
func (v *View) recipient() (recipient, bool) {
	if v.who {
		if v.tells.Cursor < len(v.recipients) {
			return v.recipients[v.tells.Cursor], true
		}
		return recipient{}, false
	}
	d := v.delivery()
	i := slices.IndexFunc(v.recipients, func(r recipient) bool { return r.kind == d.Kind && r.id == d.Recipient })
	if i < 0 {
		return recipient{}, false
	}
	return v.recipients[i], true
}

// called is what people call the recipient of a delivery.
func (v *View) called(d store.Delivery) string {
	for _, r := range v.recipients {
		if r.kind == d.Kind && r.id == d.Recipient {
			return r.name
		}
	}
	return d.Recipient
}
