package inbox

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "inbox"
	return append([]view.Key{
		{Press: []string{"enter"}, Name: "open", Does: "open the model at the version", Short: "open", Group: group, Foot: true, Off: v.noRequest, Run: v.open},
		{Press: []string{"a"}, Name: "approve", Does: "approve, which moves the version", Short: "approve", Group: group, Foot: true, Writes: true, Off: v.notMineToDecide, Run: func() tea.Cmd { return v.decide(store.Approved) }},
		{Press: []string{"x"}, Name: "reject", Does: "reject", Group: group, Foot: true, Writes: true, Off: v.notMineToDecide, Run: func() tea.Cmd { return v.decide(store.Rejected) }},
		{Press: []string{"c"}, Name: "cancel", Does: "cancel a request of your own", Short: "cancel", Group: group, Foot: true, Writes: true, Off: v.notMine, Run: func() tea.Cmd { return v.decide(store.Cancelled) }},
		{Press: []string{"D"}, Name: "decided", Does: "those that were decided, and back", Short: "decided", Group: group, Foot: true, Off: v.noInbox, Run: v.flip},
		{Press: []string{"y"}, Name: "copy", Does: "copy the request", Group: group, Off: v.noRequest, Run: v.copyRequest},
	}, view.Moves(group, v.table.Height, func(rows int) tea.Cmd { v.table.Move(rows); return nil })...)
}

func (v *View) noInbox() string {
	if v.reader == nil {
		return "this store keeps no requests"
	}
	return ""
}

func (v *View) noRequest() string {
	if v.request() == nil {
		return "there is no request here"
	}
	return ""
}

func (v *View) notMineToDecide() string {
	q := v.request()
	switch {
	case q == nil:
		return v.noRequest()
	case q.State != store.Waiting:
		return "it was " + sanitize.Line(string(q.State))
	case v.mine(q):
		return "somebody else decides about your request; c takes it back"
	}
	return ""
}

func (v *View) notMine() string {
	q := v.request()
	switch {
	case q == nil:
		return v.noRequest()
	case q.State != store.Waiting:
		return "it was " + sanitize.Line(string(q.State))
	case !v.mine(q):
		return "only who asked cancels it; x rejects it"
	}
	return ""
}

func (v *View) open() tea.Cmd {
	q := v.request()
	return view.Send(view.ShowModel{Name: q.Model, Version: q.Version})
}

func (v *View) flip() tea.Cmd {
	v.decided = !v.decided
	v.requests, v.known = nil, false
	v.table.Count = 0
	v.table.To(0)
	v.arrange()
	return v.Init()
}

func (v *View) copyRequest() tea.Cmd {
	return view.Send(view.Copy{Text: v.brief(v.request()), What: "the request"})
}

// decide asks for a comment and what is to become of the request.
func (v *View) decide(d store.Decision) tea.Cmd {
	q := *v.request()
	does := map[store.Decision]string{store.Approved: "approve", store.Rejected: "reject", store.Cancelled: "cancel"}[d]
	note := v.brief(&q)
	if d == store.Approved {
		note += ". Approving moves it at once; m on its page shows the checks first."
	}
	return view.Send(view.Change{
		Title: fmt.Sprintf("%s request %d", does, q.ID), Note: note, Fields: []view.Field{{Name: "comment", Hint: "for who asked; may stay empty"}},
		Make: func(in view.Input) ([]store.Mutation, error) {
			return []store.Mutation{store.DecideRequest{
				Request: q.ID, Decision: d, Comment: strings.TrimSpace(in.Texts[0]),
				Of: store.Subject{Kind: store.VersionSubject, Name: q.Model, Version: q.Version},
			}}, nil
		},
	})
}
