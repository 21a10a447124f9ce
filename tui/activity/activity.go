// Package activity is the screen of what was done to models, runs and experiments: the lines of the
// ledger, and before them what other programs changed that it does not have yet. It
// judges no line and changes nothing by itself: its keys ask for changes.
package activity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// pageLines is how many lines are read at once, mostAgain how many are read again
// after a change.
const (
	pageLines = 200
	mostAgain = 2000
)

// View is the screen.
type View struct {
	reader store.LedgerReader // nil: the store keeps no ledger
	of     store.Subject
	theme  *themes.Theme
	loads  struct{ lines, more, verify view.Loader }

	fresh  int // the first of lines, which are not in the ledger
	lines  []store.Line
	whole  bool // the first line of the ledger is among them
	known  bool
	stale  bool // the store changed while it was read
	table  widget.Table
	height int
	now    int64
	err    error
}

// The columns.
const (
	number = iota
	when
	says
	who
	why
)

// New returns the screen.
func New(r store.LedgerReader, m view.ShowActivity, theme *themes.Theme) *View {
	v := &View{reader: r, of: m.Of, theme: theme}
	v.table.Columns = []widget.Column{
		number: {Title: "line", Width: 4, Right: true, Keep: true},
		when:   {Title: "when", Width: 10, Min: 8, Keep: true},
		says:   {Title: "what", Width: 20, Min: 8, Max: 100, Keep: true},
		who:    {Title: "who", Width: 8, Min: 4, Max: 16},
		why:    {Title: "reason", Width: 16, Min: 8, Max: 60, Share: 25},
	}
	return v
}

// Title implements view.View.
func (v *View) Title() string {
	if v.of.Name == "" {
		return "activity"
	}
	return sanitize.Line(v.of.Name) + " activity"
}

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	switch {
	case v.reader == nil:
		return ""
	case v.loads.verify.Busy():
		return "verifying"
	case !v.known && v.err == nil || v.loads.more.Busy():
		return "reading"
	}
	says := widget.Count(len(v.lines)-v.fresh) + " lines"
	if !v.whole {
		says = "the newest " + says
	}
	if v.fresh > 0 {
		says = fmt.Sprintf("%d not recorded, %s", v.fresh, says)
	}
	return says
}

// read are lines as they were read.
type read struct {
	fresh, lines []store.Line
	whole        bool
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	if v.reader == nil {
		v.known = true
		return nil
	}
	v.stale = false
	r, of, n := v.reader, v.of, min(max(len(v.lines)-v.fresh, pageLines), mostAgain)
	return view.Load(&v.loads.lines, func(ctx context.Context) (read, error) {
		var out read
		all, err := store.IfKept(r.Unrecorded(ctx))
		if err != nil {
			return out, err
		}
		for _, l := range all {
			if of.Name == "" || l.Of.Name == of.Name {
				out.fresh = append(out.fresh, l)
			}
		}
		out.lines, err = store.IfKept(r.Lines(ctx, store.LineQuery{Of: of, Limit: n}))
		out.whole = len(out.lines) < n
		return out, err
	})
}

// further is the next page of older lines.
type further read

// loadMore reads on where the cursor is near the last line that was read.
func (v *View) loadMore() tea.Cmd {
	_, to := v.table.Window()
	if v.whole || !v.known || to < len(v.lines) || len(v.lines) == v.fresh || v.loads.more.Busy() || v.loads.lines.Busy() {
		return nil
	}
	r, of, before := v.reader, v.of, v.lines[len(v.lines)-1].Seq
	return view.Load(&v.loads.more, func(ctx context.Context) (further, error) {
		lines, err := r.Lines(ctx, store.LineQuery{Of: of, Before: before, Limit: pageLines})
		return further{lines: lines, whole: len(lines) < pageLines}, err
	})
}

// held is what a look through the whole ledger found.
type held int64

func (v *View) verify() tea.Cmd {
	r := v.reader
	return view.Load(&v.loads.verify, func(ctx context.Context) (held, error) {
		n, err := r.VerifyLedger(ctx)
		return held(n), err
	})
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.height = m.Height
		v.table.Width = m.Width - 1
		v.arrange()
		return v.loadMore()
	case view.Clock:
		v.now = m.Now
	case view.Refresh, view.Changed:
		return v.Init()
	case view.StoreChanged:
		return v.heard(m.Change)
	case view.Wheel:
		v.table.Scroll(m.Rows)
		return v.loadMore()
	case view.Click:
		return v.click(m)
	case view.Drag:
		v.table.Pull(m.X)
	case view.Loaded[read]:
		if m.Of(&v.loads.lines) && !v.failed(m.Err) {
			return v.take(m.Value)
		}
	case view.Loaded[further]:
		if m.Of(&v.loads.more) && !v.failed(m.Err) {
			v.lines, v.whole = append(v.lines, m.Value.lines...), m.Value.whole
			v.arrange()
		}
	case view.Loaded[held]:
		if m.Of(&v.loads.verify) {
			return verdict(m.Value, m.Err)
		}
	}
	return nil
}

func verdict(n held, err error) tea.Cmd {
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case err != nil:
		return view.Send(view.Say{Text: sanitize.Line(err.Error()), Bad: true})
	case n == 0:
		return view.Send(view.Say{Text: "the ledger is empty"})
	}
	return view.Send(view.Say{Text: widget.Several(int(n), "line") + " of the ledger: each holds, none is missing"})
}

func (v *View) failed(err error) bool {
	if !errors.Is(err, context.Canceled) {
		v.err = err
	}
	v.arrange()
	return err != nil
}

// heard reads again what a change of the registry added.
func (v *View) heard(c store.Change) tea.Cmd {
	switch {
	case c.Problem != nil:
		v.err = c.Problem
		v.arrange()
		return nil
	case !c.TouchesRegistry():
		return nil
	case v.loads.lines.Busy():
		v.stale = true
		return nil
	}
	return v.Init()
}

// take keeps the cursor on its line, or on the newest.
func (v *View) take(m read) tea.Cmd {
	at := int64(0)
	if l := v.line(); l != nil && v.table.Cursor > 0 {
		at = l.Seq
	}
	v.loads.more.Cancel()
	v.lines, v.fresh, v.whole, v.known = append(m.fresh, m.lines...), len(m.fresh), m.whole, true
	v.arrange()
	if i := slices.IndexFunc(v.lines, func(l store.Line) bool { return l.Seq == at }); at > 0 && i >= 0 {
		v.table.To(i)
	}
	if v.stale {
		return tea.Batch(v.Init(), v.loadMore())
	}
	return v.loadMore()
}

// line is the one under the cursor, nil if there is none.
func (v *View) line() *store.Line {
	if v.table.Cursor >= len(v.lines) {
		return nil
	}
	return &v.lines[v.table.Cursor]
}

// arrange gives the columns the room that they have.
func (v *View) arrange() {
	v.table.Count = len(v.lines)
	for i := range v.lines {
		v.table.Widen(who, v.cell(i, who).Text)
		v.table.Widen(why, v.cell(i, why).Text)
	}
	if n := len(v.lines); n > v.fresh {
		v.table.Widen(number, fmt.Sprint(v.lines[v.fresh].Seq))
	}
	v.table.Fill(says, 20, 100)
	v.table.Resize(v.table.Width, v.height-v.above()-v.below())
}

// above counts the lines over the rows.
func (v *View) above() int {
	n := 2
	if v.err != nil {
		n++
	}
	return n
}

// below counts those under them, in which the line under the cursor stands whole.
func (v *View) below() int {
	const enough = 12 // lines from which there is room for it
	if v.height < enough {
		return 0
	}
	return 4
}

func (v *View) click(m view.Click) tea.Cmd {
	p := v.table.Press(m.X, m.Y-v.above(), 2, m.Double)
	if p.Row < 0 {
		return nil
	}
	v.table.To(p.Row)
	if m.Double {
		return v.open()
	}
	return v.loadMore()
}

// moves reports whether a line moved a stage or an alias.
func moves(l store.Line) bool {
	return slices.ContainsFunc(l.Changes, func(c store.RowChange) bool {
		switch c.Table {
		case "model_versions":
			return c.Before != nil && c.After != nil && c.Before["current_stage"] != c.After["current_stage"]
		case "registered_model_aliases":
			return true
		}
		return false
	})
}

// sentence is what a line says, for the eye.
func sentence(l store.Line) string { return strings.TrimSpace(sanitize.Line(l.Sentence)) }
