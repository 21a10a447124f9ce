package runtable

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/filterbar"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// filtering is the filter in MLflow's language, with a live count.
type filtering struct {
	bar     *filterbar.Bar
	matched map[string]bool // nil if there is no filter
}

// finding is the plain search by letters.
type finding struct {
	field  widget.Field
	typing bool
}

func (f *finding) letters() string { return strings.ToLower(f.field.Text()) }

// fits reports whether the letters stand in the run's name in their order, or
// begin its id.
func fits(letters string, h *store.Head) bool {
	if strings.HasPrefix(h.ID, letters) {
		return true
	}
	for _, r := range h.Name {
		if c, n := utf8.DecodeRuneInString(letters); n > 0 && unicode.ToLower(r) == c {
			letters = letters[n:]
		}
	}
	return letters == ""
}

// filterBy is the command that sets the filter.
func (v *View) filterBy(text string) tea.Cmd {
	v.filter.bar.Set(text)
	return v.rematch()
}

type found map[string]bool

// rematch asks the store which runs the typed filter matches. A filter that is
// wrong leaves the rows as they are.
func (v *View) rematch() tea.Cmd {
	filter, ok := v.filter.bar.Parse()
	if !ok {
		return nil
	}
	if filter.Expr == nil {
		v.filter.matched = nil
		v.loads.match.Cancel()
		v.unroll()
		v.show(v.spot())
		return v.loadCells()
	}
	r, q := v.reader, v.query()
	q.Filter = filter
	return view.Load(&v.loads.match, func(ctx context.Context) (found, error) {
		ids, err := r.Match(ctx, q)
		if err != nil {
			return nil, err
		}
		out := make(found, len(ids))
		for _, id := range ids {
			out[id] = true
		}
		return out, nil
	})
}

func (v *View) takeMatch(m view.Loaded[found]) tea.Cmd {
	if v.failed(m.Err) {
		return nil
	}
	v.filter.matched = m.Value
	v.unroll()
	v.show(v.spot())
	if v.filter.bar.Typing() {
		v.seek()
	}
	return tea.Batch(v.loadCells(), v.loadUnknown(), v.loadTerse(), v.keep())
}

// loadUnknown reads the heads of matches that the table does not have yet,
// because the scan of all heads is still under way.
func (v *View) loadUnknown() tea.Cmd {
	const most = 500
	var ids []string
	for id := range v.filter.matched {
		if _, ok := v.runs.Find(id); !ok {
			ids = append(ids, id)
		}
		if len(ids) == most {
			break
		}
	}
	if len(ids) == 0 || v.scan.whole {
		return nil
	}
	r := v.reader
	return view.Load(&v.loads.late, func(ctx context.Context) ([]store.Head, error) { return r.HeadsOf(ctx, ids) })
}

// typed gives a key to the field that has the focus.
func (v *View) typed(msg tea.Msg) tea.Cmd {
	switch {
	case v.filter.bar.Typing():
		cmd, changed := v.filter.bar.Update(msg)
		if changed {
			return tea.Batch(v.rematch(), cmd)
		}
		return cmd
	case v.find.typing:
		if v.find.field.Update(msg) {
			v.show(v.spot())
			v.seek()
			return v.loadCells()
		}
	}
	return nil
}

func (v *View) findKeys() []view.Key {
	const group = "find"
	end := func(keep bool) func() tea.Cmd {
		return func() tea.Cmd {
			v.find.typing = false
			if !keep {
				v.find.field.Set("")
			}
			v.show(v.spot())
			return v.loadCells()
		}
	}
	move := func(n int) func() tea.Cmd {
		return func() tea.Cmd { v.table.Move(n); return v.loadCells() }
	}
	return []view.Key{
		{Press: []string{"enter"}, Does: "keep", Group: group, Foot: true, Run: end(true)},
		{Press: []string{"esc"}, Does: "clear", Group: group, Foot: true, Run: end(false)},
		{Press: []string{"down"}, Does: "down", Group: group, Run: move(1)},
		{Press: []string{"up"}, Does: "up", Group: group, Run: move(-1)},
	}
}

func clean(s string) string { return sanitize.Line(s) }
