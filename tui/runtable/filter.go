package runtable

import (
	"context"
	"errors"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/store/search"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// filtering is the filter bar: MLflow's language, with a live count.
type filtering struct {
	field   widget.Field
	typing  bool
	text    string          // the filter in force
	matched map[string]bool // its runs; nil if there is no filter
	wrong   *search.Error   // what is wrong with what is typed
	took    int             // matches
	offers  []string        // completions at the cursor
	chosen  int
	from    int // the bytes that a completion replaces
	to      int
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
	rest := letters
	for _, r := range h.Name {
		if rest == "" {
			return true
		}
		if c, n := lead(rest); unicode.ToLower(r) == c {
			rest = rest[n:]
		}
	}
	return rest == ""
}

func lead(s string) (rune, int) {
	for i, r := range s {
		_ = i
		return r, len(string(r))
	}
	return 0, 0
}

type found struct {
	ids  map[string]bool
	text string
}

// rematch asks the store which runs the typed filter matches.
func (v *View) rematch() tea.Cmd {
	text := strings.TrimSpace(v.filter.field.Text())
	if text == "" {
		v.filter.wrong, v.filter.matched, v.filter.text = nil, nil, ""
		v.loads.match.Cancel()
		v.show()
		return v.loadCells()
	}
	parsed, err := search.Parse(text, search.Runs)
	if err != nil {
		v.filter.wrong = &search.Error{Text: text, Reason: err.Error()}
		errors.As(err, &v.filter.wrong)
		return nil
	}
	v.filter.wrong = nil
	r, q := v.reader, v.query()
	q.Filter = parsed
	return view.Load(&v.loads.match, func(ctx context.Context) (found, error) {
		ids, err := r.Match(ctx, q)
		if err != nil {
			return found{}, err
		}
		out := found{ids: make(map[string]bool, len(ids)), text: text}
		for _, id := range ids {
			out.ids[id] = true
		}
		return out, nil
	})
}

func (v *View) takeMatch(m view.Loaded[found]) tea.Cmd {
	if v.failed(m.Err) {
		return nil
	}
	v.filter.matched, v.filter.text, v.filter.took = m.Value.ids, m.Value.text, len(m.Value.ids)
	v.show()
	return tea.Batch(v.loadCells(), v.loadUnknown())
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
	case v.filter.typing:
		if v.filter.field.Update(msg) {
			return tea.Batch(v.rematch(), v.suggest())
		}
	case v.find.typing:
		if v.find.field.Update(msg) {
			v.show()
			return v.loadCells()
		}
	}
	return nil
}

// suggested are the completions at the cursor of the filter bar.
type suggested struct {
	offers   []string
	from, to int
}

// suggest looks for keys or values that complete what is typed.
func (v *View) suggest() tea.Cmd {
	const most = 8
	v.filter.offers = nil
	what, ok := typed(v.filter.field.Text()[:v.filter.field.Offset()])
	if !ok {
		v.loads.values.Cancel()
		return nil
	}
	r := v.reader
	return view.Load(&v.loads.values, func(ctx context.Context) (suggested, error) {
		out := suggested{from: what.from, to: what.to}
		quote := quoteKey
		var words []string
		var err error
		if what.value {
			quote = quoteValue
			words, err = r.Values(ctx, what.field, what.part, most)
		} else {
			words, err = r.Keys(ctx, what.field.Kind)
		}
		for _, w := range words {
			q, ok := quote(w)
			if ok && len(out.offers) < most && strings.Contains(strings.ToLower(w), strings.ToLower(what.part)) {
				out.offers = append(out.offers, q)
			}
		}
		return out, err
	})
}

func (f *filtering) offer(s suggested) {
	f.offers, f.from, f.to, f.chosen = s.offers, s.from, s.to, 0
}

// accept puts the chosen completion into the text.
func (v *View) accept() tea.Cmd {
	f := &v.filter
	if len(f.offers) == 0 || f.to > len(f.field.Text()) {
		return nil
	}
	f.field.Replace(f.from, f.to, f.offers[f.chosen])
	f.offers = nil
	return v.rematch()
}

func (v *View) filterKeys() []view.Key {
	const group = "filter"
	end := func(keep bool) func() tea.Cmd {
		return func() tea.Cmd {
			v.filter.typing, v.filter.offers = false, nil
			if keep && v.filter.wrong == nil {
				return nil
			}
			v.filter.field.Set("")
			if keep {
				v.filter.field.Set(v.filter.text)
			}
			return v.rematch()
		}
	}
	choose := func(n int) func() tea.Cmd {
		return func() tea.Cmd {
			if len(v.filter.offers) > 0 {
				v.filter.chosen = (v.filter.chosen + n + len(v.filter.offers)) % len(v.filter.offers)
			}
			return nil
		}
	}
	return []view.Key{
		{Press: []string{"enter"}, Does: "keep", Group: group, Foot: true, Run: end(true)},
		{Press: []string{"esc"}, Does: "clear", Group: group, Foot: true, Run: end(false)},
		{Press: []string{"tab"}, Does: "complete", Group: group, Foot: true, Run: v.accept},
		{Press: []string{"down"}, Does: "next completion", Group: group, Run: choose(1)},
		{Press: []string{"up"}, Does: "previous completion", Group: group, Run: choose(-1)},
	}
}

func (v *View) findKeys() []view.Key {
	const group = "find"
	end := func(keep bool) func() tea.Cmd {
		return func() tea.Cmd {
			v.find.typing = false
			if !keep {
				v.find.field.Set("")
			}
			v.show()
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
