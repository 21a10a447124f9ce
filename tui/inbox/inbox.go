// Package inbox is the screen of the requests that versions be moved: those that wait
// for the user, those of the user that wait for others, and what was decided. It moves
// nothing by itself: its keys ask for the change.
package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// most bounds the requests that are shown, the newest of them.
const most = 1000

// View is the screen.
type View struct {
	reader store.GovernanceReader // nil: the store keeps no requests
	me     string
	theme  *themes.Theme
	load   view.Loader

	decided  bool // those that were decided are shown instead
	requests []store.Request
	known    bool
	stale    bool // the store changed while it was read
	table    widget.Table
	size     struct{ width, height int }
	now      int64
	err      error
}

// The columns.
const (
	number = iota
	of
	move
	state
	by
	when
	why
)

// New returns the screen, as somebody sees it.
func New(r store.GovernanceReader, me string, theme *themes.Theme) *View {
	v := &View{reader: r, me: me, theme: theme}
	v.table.Columns = []widget.Column{
		number: {Title: "#", Width: 3, Right: true, Keep: true},
		of:     {Title: "version", Width: 12, Min: 8, Max: 40, Share: 30, Keep: true},
		move:   {Title: "move to", Width: 12, Min: 8},
		state:  {Title: "waits for", Width: 9, Min: 5, Max: 30},
		by:     {Title: "by", Width: 8, Min: 4, Max: 16},
		when:   {Title: "asked", Width: 10, Min: 8},
		why:    {Title: "reason", Width: 20, Min: 8, Max: 100},
	}
	return v
}

// Title implements view.View.
func (v *View) Title() string {
	if v.decided {
		return "decided requests"
	}
	return "inbox"
}

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	switch {
	case v.reader == nil:
		return ""
	case !v.known && v.err == nil:
		return "reading"
	case v.decided:
		return widget.Several(len(v.requests), "request")
	}
	mine := 0
	for i := range v.requests {
		if v.mine(&v.requests[i]) {
			mine++
		}
	}
	return fmt.Sprintf("%d for you, %d of yours", len(v.requests)-mine, mine)
}

// mine reports whether the user asked.
func (v *View) mine(q *store.Request) bool { return q.By == v.me }

type read struct {
	requests []store.Request
	decided  bool
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	if v.reader == nil {
		v.known = true
		return nil
	}
	v.stale = false
	r, q, decided := v.reader, store.RequestQuery{State: store.Waiting, Limit: most}, v.decided
	if decided {
		q.State = ""
	}
	return view.Load(&v.load, func(ctx context.Context) (read, error) {
		found, err := store.IfKept(r.Requests(ctx, q))
		return read{found, decided}, err
	})
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.size.width, v.size.height = m.Width, m.Height
		v.arrange()
	case view.Clock:
		v.now = m.Now
	case view.Refresh, view.Changed:
		return v.Init()
	case view.StoreChanged:
		return v.heard(m.Change)
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Click:
		if p := v.table.Press(m.X, m.Y-v.above(), 2, m.Double); p.Row >= 0 {
			v.table.To(p.Row)
			if m.Double {
				return v.open()
			}
		}
	case view.Drag:
		v.table.Pull(m.X)
	case view.Loaded[read]:
		if !m.Of(&v.load) || errors.Is(m.Err, context.Canceled) {
			return nil
		}
		if v.err = m.Err; m.Err == nil {
			v.take(m.Value)
		}
		v.arrange()
		if v.stale {
			return v.Init()
		}
	}
	return nil
}

// heard reads again where the registry, or what is kept beside it, changed.
func (v *View) heard(c store.Change) tea.Cmd {
	switch {
	case c.Problem != nil:
		v.err = c.Problem
		v.arrange()
		return nil
	case !c.TouchesRegistry():
		return nil
	case v.load.Busy():
		v.stale = true
		return nil
	}
	return v.Init()
}

// take puts those that wait for the user first, and keeps the cursor on its request.
func (v *View) take(m read) {
	at := int64(0)
	if q := v.request(); q != nil {
		at = q.ID
	}
	found := m.requests
	if m.decided {
		found = slices.DeleteFunc(found, func(q store.Request) bool { return q.State == store.Waiting })
	}
	slices.SortStableFunc(found, func(a, b store.Request) int {
		switch {
		case m.decided || v.mine(&a) == v.mine(&b):
			return 0
		case v.mine(&b):
			return -1
		}
		return 1
	})
	v.requests, v.known = found, true
	v.table.Count = len(found)
	if i := slices.IndexFunc(found, func(q store.Request) bool { return q.ID == at }); i >= 0 {
		v.table.To(i)
	}
}

// request is the one under the cursor, nil if there is none.
func (v *View) request() *store.Request {
	if v.table.Cursor >= len(v.requests) {
		return nil
	}
	return &v.requests[v.table.Cursor]
}

// arrange gives the columns the room that they have.
func (v *View) arrange() {
	v.table.Columns[state].Title = "waits for"
	if v.decided {
		v.table.Columns[state].Title = "became"
	}
	v.table.Width = v.size.width - 1
	for i := range v.requests {
		for _, col := range []int{number, of, move, state, by} {
			v.table.Widen(col, v.cell(i, col).Text)
		}
	}
	v.table.Fill(why, 8, 100)
	v.table.Resize(v.size.width-1, v.size.height-v.above()-v.below())
}

// above counts the lines over the rows.
func (v *View) above() int {
	n := 2
	if v.err != nil {
		n++
	}
	return n
}

// below counts those under them, in which the request under the cursor stands whole.
func (v *View) below() int {
	const enough = 12
	if v.size.height < enough {
		return 0
	}
	return 4
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	l := widget.Listing{Table: v.table, Cell: v.cell, Err: v.err, Nothing: v.nothing()}
	if q, below := v.request(), v.below(); q != nil && below > 0 {
		l.Room, l.Below = below, widget.Whole(v.brief(q), width, below, v.theme)
	}
	return l.Draw(width, height, v.theme)
}

// nothing says why there are no requests and what makes some.
func (v *View) nothing() []string {
	switch {
	case v.reader == nil:
		return []string{"this store keeps no requests: those to move a version, which somebody else approves, would be here"}
	case !v.known:
		return []string{"reading"}
	case v.decided:
		return []string{"no request was decided yet"}
	}
	return []string{
		"no request waits: those to move a version, which somebody else approves, would be here",
		"m on a version, then ctrl+r makes one; D shows those that were decided",
	}
}

func (v *View) arrow() string {
	if v.theme.Glyphs.ASCII {
		return "-> "
	}
	return "→ "
}

func (v *View) cell(i, col int) widget.Cell {
	t, q := v.theme, &v.requests[i]
	switch col {
	case number:
		return widget.Cell{Text: fmt.Sprint(q.ID), Style: t.Dim}
	case of:
		return widget.Cell{Text: fmt.Sprintf("%s v%d", sanitize.Line(q.Model), q.Version)}
	case move:
		return widget.Cell{Text: v.arrow() + sanitize.Line(q.To), Style: t.Info}
	case by:
		return widget.Cell{Text: sanitize.Line(q.By)}
	case when:
		return widget.Cell{Text: widget.Ago(q.At, v.now), Style: t.Dim}
	case why:
		return widget.Cell{Text: sanitize.Line(q.Reason), Style: t.Dim}
	}
	switch {
	case q.State != store.Waiting:
		return widget.Cell{Text: sanitize.Line(string(q.State) + " by " + q.DecidedBy), Style: v.became(q.State)}
	case v.mine(q):
		return widget.Cell{Text: "others", Style: t.Dim}
	}
	return widget.Cell{Text: "you", Style: t.Warn}
}

func (v *View) became(d store.Decision) themes.Style {
	switch d {
	case store.Approved:
		return v.theme.Good
	case store.Rejected:
		return v.theme.Bad
	}
	return v.theme.Dim
}

// brief is all of a request in a few words.
func (v *View) brief(q *store.Request) string {
	words := fmt.Sprintf("%s asks to move %s v%d from %s to %s", q.By, q.Model, q.Version, q.From, q.To)
	if q.ArchiveExisting {
		words += " and archive what is there"
	}
	if q.Reason != "" {
		words += "; because: " + q.Reason
	}
	words += "; " + widget.Stamp(q.At)
	if q.State != store.Waiting {
		words += fmt.Sprintf("; %s by %s, %s", q.State, q.DecidedBy, widget.Stamp(q.Decided))
	}
	if q.Comment != "" {
		words += "; they say: " + q.Comment
	}
	return words
}
