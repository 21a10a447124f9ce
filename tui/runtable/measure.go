package runtable

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/measures"
	"benchside/plots"
	"benchside/store"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// history names the history of a metric of a run.
type history struct{ run, key string }

// want is a history that is to be read: with the values at some steps, and all of it if
// exact, else enough of it for its shape.
type want struct {
	run, key string
	steps    []int64
	exact    bool
}

const (
	mostSketches = 8000
	mostLate     = 10_000
	batchTime    = 60 * time.Millisecond // between what a long reading shows
)

// sketch reads one history.
func sketch(ctx context.Context, r store.MetricReader, w want) (*measures.Sketch, error) {
	return measures.Read(ctx, r, w.run, w.key, w.exact, w.steps...)
}

// sketched are histories that were read.
type sketched struct {
	sketches map[history]*measures.Sketch
	failed   error // of one of them; the others are there
}

// wanted are the histories that the columns of measures take of some runs, and that are
// not there yet.
func (v *View) wanted(ids []string) (out []want) {
	places := map[string]*want{}
	for _, p := range v.table.Layout(v.table.Width) {
		c := v.columns[p.Col]
		if c.Measure.Stored() || c.Field.Kind != store.MetricField {
			continue
		}
		w := places[c.Field.Key]
		if w == nil {
			w = &want{key: c.Field.Key}
			places[c.Field.Key] = w
		}
		w.exact = w.exact || c.Measure.Kind != measures.Trend
		if c.Measure.Kind == measures.At {
			w.steps = append(w.steps, c.Measure.Step)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(places)) {
		w := *places[key]
		for _, id := range ids {
			if !v.satisfied(id, w) {
				w.run = id
				out = append(out, w)
			}
		}
	}
	return out
}

// satisfied reports whether what is wanted of a run's history is there, or is known to
// be nothing: a metric whose last value was read and is missing has no points.
func (v *View) satisfied(id string, w want) bool {
	if cells, read := v.cells[id]; read && slices.Contains(v.set.reads, store.Field{Kind: store.MetricField, Key: w.key}) {
		if _, there := cells.Metrics[w.key]; !there {
			return true
		}
	}
	s := v.set.sketches[history{id, w.key}]
	if s == nil || w.exact && s.Partial {
		return false
	}
	for _, step := range w.steps {
		if !s.Partial && !s.Knows(measures.Measure{Kind: measures.At, Step: step}) {
			return false
		}
	}
	return true
}

// loadSketches reads the histories that the window takes: first a glance at each, then
// those that are long.
func (v *View) loadSketches() tea.Cmd {
	wants := v.wanted(append(v.window(), v.rollIDs()...))
	if len(wants) == 0 || v.loads.cells.Busy() {
		return nil // the cells say first which runs have the metric
	}
	names := map[history]bool{}
	for _, w := range wants {
		names[history{w.run, w.key}] = true
	}
	if v.loads.sketches.Busy() && len(names) <= len(v.set.wanting) && !slices.ContainsFunc(wants, func(w want) bool { return !v.set.wanting[history{w.run, w.key}] }) {
		return nil
	}
	v.set.wanting, v.set.late = names, map[history][]store.Point{}
	r := v.reader
	return view.Stream(&v.loads.sketches, func(ctx context.Context, emit func(sketched) error) error {
		return readSketches(ctx, r, wants, emit)
	})
}

func readSketches(ctx context.Context, r store.MetricReader, wants []want, emit func(sketched) error) error {
	out, last := sketched{sketches: map[history]*measures.Sketch{}}, time.Now()
	flush := func(at time.Time) error {
		if len(out.sketches) == 0 && out.failed == nil {
			return nil
		}
		last = at
		part := out
		out = sketched{sketches: map[history]*measures.Sketch{}}
		return emit(part)
	}
	for _, exact := range []bool{false, true} {
		var long []want
		for _, w := range wants {
			if err := ctx.Err(); err != nil {
				return err
			}
			full := w.exact
			w.exact = exact && full
			s, err := sketch(ctx, r, w)
			if w.exact = full; err != nil {
				out.failed = err
				continue
			}
			out.sketches[history{w.run, w.key}] = s
			if full && s.Partial {
				long = append(long, w)
			}
			if at := time.Now(); at.Sub(last) > batchTime {
				if err := flush(at); err != nil {
					return err
				}
			}
		}
		wants = long
	}
	return flush(last)
}

func (v *View) takeSketches(m view.Loaded[sketched]) tea.Cmd {
	if v.failed(cmp.Or(m.Err, m.Value.failed)) {
		return m.Next
	}
	if len(v.set.sketches) > mostSketches {
		clear(v.set.sketches)
	}
	for h, s := range m.Value.sketches {
		for _, p := range v.set.late[h] { // those that the reading did not find
			if p.Step.Compare(s.Last.Step) > 0 || p.Step == s.Last.Step && p.Timestamp > s.Last.Timestamp {
				s.Add(p)
			}
		}
		v.set.sketches[h] = s
	}
	v.fit()
	if m.Last {
		return v.loadRolls()
	}
	return m.Next
}

// logged takes a point, a param or a tag that was logged, and reports whether rows move
// by it.
func (v *View) logged(e *store.Event) bool {
	switch e.Kind {
	case store.PointLogged:
		h := history{e.Head.ID, e.Key}
		if s := v.set.sketches[h]; s != nil {
			s.Add(e.Point)
		}
		if v.loads.sketches.Busy() && v.set.wanting[h] && len(v.set.late[h]) < mostLate {
			v.set.late[h] = append(v.set.late[h], e.Point)
		}
		v.heard(e)
	case store.ParamLogged, store.TagSet:
		kind := map[store.EventKind]store.FieldKind{store.ParamLogged: store.ParamField, store.TagSet: store.TagField}[e.Kind]
		if v.set.labels != nil && v.set.group == (store.Field{Kind: kind, Key: e.Key}) {
			v.set.labels[e.Head.ID] = e.Text
			return true
		}
	}
	return false
}

// number is what a column of numbers shows of a run; false if it has none.
func (v *View) number(h *store.Head, c column) (store.Point, bool) {
	if c.Measure.Stored() {
		p, ok := v.cells[h.ID].Metrics[c.Field.Key]
		return p, ok
	}
	s := v.set.sketches[history{h.ID, c.Field.Key}]
	if s == nil || !s.Knows(c.Measure) {
		return store.Point{}, false
	}
	return s.Point(c.Measure, v.set.directions[c.Field.Key])
}

// trend is the cell of a history's shape.
func (v *View) trend(h *store.Head, c column) widget.Cell {
	s := v.set.sketches[history{h.ID, c.Field.Key}]
	if s == nil {
		return widget.Cell{}
	}
	width := trendCells
	if c.Width > 0 {
		width = c.Width
	}
	return widget.Cell{Text: plots.Spark(s.Shape(), width, v.theme.Glyphs.ASCII), Style: v.theme.Info}
}

func (v *View) noMetric() string {
	if v.columns[v.table.Col].Field.Kind != store.MetricField {
		return "go to a column of a metric first"
	}
	return ""
}

func (v *View) nextMeasure() tea.Cmd { return v.setMeasure(v.columns[v.table.Col].Measure.Next()) }

// measureBy is the command that sets the measure of the column.
func (v *View) measureBy(words string) tea.Cmd {
	m, err := measures.Parse(words)
	if err != nil {
		return view.Send(view.Say{Text: "measure: " + err.Error(), Bad: true})
	}
	return v.setMeasure(m)
}

// setMeasure shows another measure of the metric under the cursor. Which of its values
// are better is asked once.
func (v *View) setMeasure(m measures.Measure) tea.Cmd {
	at := v.table.Col
	cols := slices.Clone(v.columns)
	cols[at].Measure, cols[at].spread = m, 0
	v.set.rolls = map[string]*roll{}
	v.putColumns(cols)
	v.table.Side(0)
	cmds := []tea.Cmd{v.loadCells()}
	if key := cols[at].Field.Key; m.Kind == measures.Best && v.set.directions[key] == compare.Unknown {
		cmds = append(cmds, view.Send(view.Prompt{Text: ":better "}))
	}
	return tea.Batch(cmds...)
}

// better takes which values of the metric under the cursor are better, and keeps it.
func (v *View) better(word string) tea.Cmd {
	key := v.columns[v.table.Col].Field.Key
	d, ok := map[string]compare.Direction{"max": compare.Higher, "min": compare.Lower}[word]
	if !ok {
		return view.Send(view.Say{Text: fmt.Sprintf("better: %s: there are max and min", clean(word)), Bad: true})
	}
	v.set.directions[key] = d
	v.fit()
	directions := v.set.means.Directions
	said := fmt.Sprintf("of %s the %s is best", clean(key), word)
	if directions == nil {
		return view.Send(view.Say{Text: said})
	}
	return tea.Batch(v.loadCells(), func() tea.Msg {
		if err := directions.Keep(key, d); err != nil {
			return view.Say{Text: "the direction holds for this session only: " + err.Error(), Bad: true}
		}
		return view.Say{Text: said}
	})
}
