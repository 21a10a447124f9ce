// Package since is the screen of what became of runs since the user looked last. It
// changes nothing but that moment, which is kept outside of the store.
package since

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/news"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Reader is what the screen reads of a store.
type Reader interface {
	store.RunScanner
	store.ExperimentReader
}

// View is the screen.
type View struct {
	reader Reader
	looks  view.Looks
	theme  *themes.Theme
	load   view.Loader
	pace   view.Pace

	since store.Time
	first bool // nobody looked before
	kept  bool // that the user looked now
	items []news.Item
	more  int // that are not shown
	names map[string]string
	table widget.Table
	known bool
	early bool // it is to be read once the time is known
	err   error
	now   int64
}

// New returns the screen; looks is nil where nothing is kept, and then it is about the
// last day.
func New(r Reader, looks view.Looks, theme *themes.Theme) *View {
	v := &View{reader: r, looks: looks, theme: theme}
	v.table.Columns = []widget.Column{
		{Title: "what", Width: 10, Min: 10, Keep: true},
		{Title: "run", Width: 22, Max: 44, Min: 12, Share: 40, Keep: true},
		{Title: "when", Width: 10, Min: 9},
		{Title: "duration", Width: 9, Min: 7, Right: true},
		{Title: "experiment", Width: 12, Max: 30, Min: 8},
	}
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "since the last look" }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	if v.load.Busy() && !v.known {
		return "reading"
	}
	return widget.Several(len(v.items)+v.more, "run")
}

// mostItems bounds the runs that are listed, the latest.
const mostItems = 5000

type listing struct {
	items []news.Item
	more  int
	names map[string]string
}

// day is how far the first look goes back, in milliseconds.
const day = 24 * 60 * 60 * 1000

// Init implements view.View. To open it is to look: the next time it begins here.
func (v *View) Init() tea.Cmd {
	if v.early = v.now == 0; v.early {
		return nil
	}
	if !v.since.Set() {
		v.since, v.first = store.At(v.now-day), true
		if v.looks != nil {
			if last, ok := v.looks.Last(); ok {
				v.since, v.first = last, false
			}
		}
	}
	return tea.Batch(v.read(), v.look())
}

// look keeps that the user looked.
func (v *View) look() tea.Cmd {
	if v.looks == nil || v.kept || v.now == 0 {
		return nil
	}
	v.kept = true
	looks, at := v.looks, store.At(v.now)
	return func() tea.Msg {
		if err := looks.Look(at); err != nil {
			return view.Say{Text: "it is not kept that you looked: " + err.Error(), Bad: true}
		}
		return nil
	}
}

func (v *View) read() tea.Cmd {
	r, since := v.reader, v.since
	return view.Load(&v.load, func(ctx context.Context) (listing, error) {
		out := listing{names: map[string]string{}}
		experiments, err := r.Experiments(ctx, store.ExperimentQuery{Stage: store.AnyStage})
		if err != nil {
			return out, err
		}
		for _, e := range experiments {
			out.names[e.ID] = e.Name
		}
		err = r.Heads(ctx, store.RunQuery{}, func(p store.Page) error {
			for i := range p.Heads {
				if it, ok := news.Of(&p.Heads[i], since); ok {
					out.items = append(out.items, it)
				}
			}
			return nil
		})
		news.Sort(out.items)
		if n := len(out.items) - mostItems; n > 0 {
			out.items, out.more = out.items[:mostItems], n
		}
		return out, err
	})
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.table.Resize(m.Width-1, m.Height-v.above())
	case view.Clock:
		v.now = m.Now
		if v.early {
			return v.Init()
		}
	case view.Refresh:
		return v.read()
	case view.StoreChanged:
		return v.changed(m.Change)
	case view.Look:
		if m.At == view.View(v) {
			return v.pace.Now(v.read)
		}
	case view.Loaded[listing]:
		if m.Of(&v.load) {
			v.take(m)
		}
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Click:
		if row, _ := v.table.At(m.X, m.Y-v.above()); row >= 0 {
			v.table.To(row)
			if m.Double {
				return v.open()
			}
		}
	}
	return nil
}

func (v *View) changed(c store.Change) tea.Cmd {
	if c.Problem != nil {
		v.err = c.Problem
		return nil
	}
	for i := range c.Events {
		switch c.Events[i].Kind {
		case store.RunCreated, store.RunChanged, store.RunRemoved, store.ExperimentsChanged:
			return v.pace.Hear(v, c, v.read)
		}
	}
	if c.Reload {
		return v.read()
	}
	return nil
}

func (v *View) take(m view.Loaded[listing]) {
	if m.Err != nil {
		if !errors.Is(m.Err, context.Canceled) {
			v.err = m.Err
		}
		return
	}
	at := ""
	if h := v.current(); h != nil {
		at = h.ID
	}
	v.err, v.known = nil, true
	v.items, v.more, v.names = m.Value.items, m.Value.more, m.Value.names
	v.table.Count = len(v.items)
	row := v.table.Cursor
	for i := range v.items {
		if v.items[i].Head.ID == at {
			row = i
		}
	}
	v.table.To(row)
	for i := range v.items[:min(len(v.items), 200)] { // enough to know how wide names are
		for col := range v.table.Columns {
			v.table.Widen(col, v.cell(i, col).Text)
		}
	}
}

func (v *View) current() *store.Head {
	if v.table.Cursor >= len(v.items) {
		return nil
	}
	return &v.items[v.table.Cursor].Head
}

func (v *View) open() tea.Cmd {
	h := v.current()
	if h == nil {
		return nil
	}
	return view.Send(view.ShowRun{ID: h.ID})
}

// back looks a day farther back.
func (v *View) back() tea.Cmd {
	v.since = store.At(v.since.Millis() - day)
	return v.read()
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "since"
	none := func() string {
		if v.current() == nil {
			return "there is no run here"
		}
		return ""
	}
	keys := []view.Key{
		{Press: []string{"enter"}, Name: "open", Does: "open the run", Short: "open", Group: group, Foot: true, Off: none, Run: v.open},
		{Press: []string{"b"}, Name: "earlier", Does: "a day farther back", Group: group, Foot: true, Run: v.back},
		{Press: []string{"y"}, Name: "copy", Does: "copy the run's id", Group: group, Off: none, Run: func() tea.Cmd {
			h := v.current()
			return view.Send(view.Copy{Text: h.ID, What: "the id of " + cmp.Or(sanitize.Line(h.Name), sanitize.Line(h.ID))})
		}},
	}
	return append(keys, view.Moves(group, v.table.Height, func(n int) tea.Cmd { v.table.Move(n); return nil })...)
}

func (v *View) above() int {
	if v.err != nil {
		return 4
	}
	return 3
}

// summary says since when, and how many runs what became of.
func (v *View) summary() string {
	parts := []string{"since " + widget.Stamp(v.since)}
	if v.first {
		parts[0] += " (nobody looked before)"
	}
	counts := news.Count(v.items)
	for kind, n := range counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", widget.Count(n), news.Kind(kind)))
		}
	}
	if v.more > 0 {
		parts = append(parts, fmt.Sprintf("and %s earlier", widget.Count(v.more)))
	}
	return strings.Join(parts, "   ")
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t, table := v.theme, v.table
	table.Resize(width-1, height-v.above())
	line := func(text string, style themes.Style) string {
		return widget.NewLine(width, themes.Style{}, t.Glyphs).Add(text, style).String()
	}
	lines := []string{line(" "+v.summary(), t.Dim)}
	if v.err != nil {
		lines = append(lines, line(" "+sanitize.Line(v.err.Error()), t.Bad))
	}
	lines = append(lines, table.Heading(t, 1), widget.Rule(width, t))
	if len(v.items) == 0 {
		text := "  no run started, finished or failed since; b looks farther back"
		if !v.known {
			text = "  reading"
		}
		lines = append(lines, line("", t.Dim), line(text, t.Dim))
	}
	from, to := table.Window()
	for i := from; i < to; i++ {
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell { return v.cell(i, col) }))
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

func (v *View) cell(i, col int) widget.Cell {
	t, it := v.theme, v.items[i]
	switch col {
	case 0:
		glyph, style := widget.Status(it.Head.Status, t)
		return widget.Cell{Text: glyph + " " + it.Kind.String(), Style: style}
	case 1:
		return widget.Cell{Text: cmp.Or(sanitize.Line(it.Head.Name), "(no name) "+widget.Cut(sanitize.Line(it.Head.ID), 8, ""))}
	case 2:
		return widget.Cell{Text: widget.Ago(it.At, v.now), Style: t.Dim}
	case 3:
		return widget.Cell{Text: widget.Lasted(it.Head.Start, it.Head.End, v.now), Style: t.Dim}
	}
	return widget.Cell{Text: sanitize.Line(cmp.Or(v.names[it.Head.ExperimentID], it.Head.ExperimentID)), Style: t.Dim}
}
