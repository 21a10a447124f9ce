package runtable

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/forest"
	"benchside/measures"
	"benchside/rollups"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// roll is what the runs below a row add up to.
type roll struct {
	counts rollups.Counts
	newest store.Time // start of the latest
	ids    []string
	fields []store.Field // that were read, nil for none
	sums
}

// sums are by field, of stored values.
type sums struct {
	numbers map[store.Field]rollups.Sum
	texts   map[store.Field]rollups.Texts
}

// Roll-ups of so many runs in view are read by run; those of more by column, of the
// whole scope. Histories are read of few only.
const (
	rolledByRun   = 4000
	rolledByPoint = 400
	mostRolls     = 2000
)

// rollable are the rows in the window that have runs below them.
func (v *View) rollable() (rows []forest.Row) {
	if v.folds.flat {
		return nil
	}
	from, to := v.table.Window()
	for _, row := range v.rows[min(from, len(v.rows)):min(to, len(v.rows))] {
		if row.Children || v.isGroup(row.At) {
			rows = append(rows, row)
		}
	}
	return rows
}

// rollIDs are the runs whose histories the roll-ups in the window take.
func (v *View) rollIDs() (ids []string) {
	if !slices.ContainsFunc(v.columns, func(c column) bool { return !c.Measure.Stored() }) {
		return nil
	}
	for _, row := range v.rollable() {
		if r := v.set.rolls[v.runs.Head(row.At).ID]; r != nil && len(ids)+len(r.ids) <= rolledByPoint {
			ids = append(ids, r.ids...)
		}
	}
	return ids
}

// roll sums up the heads below a row.
func (v *View) roll(at int32) *roll {
	r := &roll{}
	for _, i := range v.runs.Members(at) {
		h := v.runs.Head(i)
		if v.filter.matched != nil && !v.filter.matched[h.ID] || v.set.faulty && !v.isFaulty(h.ID) {
			continue
		}
		r.counts.Add(h.Status, v.isStalled(h))
		r.ids = append(r.ids, h.ID)
		if h.Start.Compare(r.newest) > 0 {
			r.newest = h.Start
		}
	}
	return r
}

// unroll forgets the roll-ups, whose runs may be others now.
func (v *View) unroll() {
	v.loads.rolls.Cancel()
	v.set.rolls = map[string]*roll{}
}

type rolledUp struct {
	fields []store.Field
	rolls  map[string]sums
}

// loadRolls reads what the roll-ups in the window add up to.
func (v *View) loadRolls() tea.Cmd {
	fields, ids := v.read(), map[string][]string{}
	total := 0
	if len(v.set.rolls) > mostRolls {
		v.unroll()
	}
	for _, row := range v.rollable() {
		id := v.runs.Head(row.At).ID
		r := v.set.rolls[id]
		if r == nil {
			r = v.roll(row.At)
			v.set.rolls[id] = r
		}
		if !slices.Equal(r.fields, fields) {
			ids[id] = r.ids
			total += len(r.ids)
		}
	}
	if len(ids) == 0 || len(fields) == 0 || v.loads.rolls.Busy() && covers(v.set.rolling, ids) {
		return nil
	}
	v.set.rolling = ids
	r, in := v.reader, v.scope.Experiments
	return view.Stream(&v.loads.rolls, func(ctx context.Context, emit func(rolledUp) error) error {
		if total <= rolledByRun {
			return rollByRun(ctx, r, ids, fields, emit)
		}
		return rollByColumn(ctx, r, in, ids, fields, emit)
	})
}

// covers reports whether all of the others are among those that are being read.
func covers(reading, others map[string][]string) bool {
	for id, ids := range others {
		if is, ok := reading[id]; !ok || len(is) != len(ids) {
			return false
		}
	}
	return true
}

func rollByRun(ctx context.Context, r store.RunScanner, rows map[string][]string, fields []store.Field, emit func(rolledUp) error) error {
	all := map[string]bool{}
	for _, ids := range rows {
		for _, id := range ids {
			all[id] = true
		}
	}
	cells, err := r.Cells(ctx, slices.Collect(maps.Keys(all)), fields)
	if err != nil {
		return err
	}
	out := rolledUp{fields, map[string]sums{}}
	for row, ids := range rows {
		s := newSums()
		for _, f := range fields {
			s.add(f, ids, func(id string) (float64, string, bool) {
				c := cells[id]
				switch f.Kind {
				case store.MetricField:
					p, ok := c.Metrics[f.Key]
					return p.Value, "", ok
				case store.ParamField:
					text, ok := c.Params[f.Key]
					return 0, text, ok
				}
				text, ok := c.Tags[f.Key]
				return 0, text, ok
			})
		}
		out.rolls[row] = s
	}
	return emit(out)
}

func rollByColumn(ctx context.Context, r store.RunScanner, in []string, rows map[string][]string, fields []store.Field, emit func(rolledUp) error) error {
	for _, f := range fields {
		column, err := r.Column(ctx, in, f)
		if err != nil {
			return err
		}
		part := rolledUp{fields, map[string]sums{}}
		for row, ids := range rows {
			s := newSums()
			s.add(f, ids, func(id string) (float64, string, bool) {
				if f.Kind == store.MetricField {
					n, ok := column.Numbers[id]
					return n, "", ok
				}
				text, ok := column.Texts[id]
				return 0, text, ok
			})
			part.rolls[row] = s
		}
		if err := emit(part); err != nil {
			return err
		}
	}
	return nil
}

func newSums() sums {
	return sums{map[store.Field]rollups.Sum{}, map[store.Field]rollups.Texts{}}
}

// add sums up a field of some runs.
func (s sums) add(f store.Field, ids []string, of func(id string) (float64, string, bool)) {
	var sum rollups.Sum
	var texts rollups.Texts
	for _, id := range ids {
		n, text, ok := of(id)
		switch {
		case !ok:
		case f.Kind == store.MetricField:
			sum.Add(n)
		default:
			texts.Add(text)
		}
	}
	if f.Kind == store.MetricField {
		s.numbers[f] = sum
	} else {
		s.texts[f] = texts
	}
}

func (v *View) takeRolls(m view.Loaded[rolledUp]) tea.Cmd {
	if v.failed(m.Err) {
		return m.Next
	}
	for row, s := range m.Value.rolls {
		r := v.set.rolls[row]
		if r == nil {
			continue
		}
		r.fields = m.Value.fields
		if r.sums.numbers == nil {
			r.sums = newSums()
		}
		maps.Copy(r.sums.numbers, s.numbers)
		maps.Copy(r.sums.texts, s.texts)
	}
	v.fit()
	if m.Last {
		return v.loadSketches() // the members are known
	}
	return m.Next
}

// rollSoon has the roll-ups of a table made again.
type rollSoon struct{ v *View }

// rollAgain has the roll-ups made again after a change, but not with every point.
func (v *View) rollAgain(touched map[string]bool) tea.Cmd {
	if v.set.stale || len(touched) == 0 || len(v.rollable()) == 0 {
		return nil
	}
	v.set.stale = true
	total := 0
	for _, r := range v.set.rolls {
		total += len(r.ids)
	}
	wait := time.Second
	if total > rolledByRun {
		wait = 15 * time.Second // columns of the whole scope
	}
	return view.Send(view.Wait{For: wait, Then: rollSoon{v}})
}

// takeSoon counts anew at once, and keeps the old numbers until the new ones are read.
func (v *View) takeSoon() tea.Cmd {
	v.set.stale = false
	for _, row := range v.rollable() {
		id := v.runs.Head(row.At).ID
		if old := v.set.rolls[id]; old != nil {
			r := v.roll(row.At)
			r.sums = old.sums
			v.set.rolls[id] = r
		}
	}
	v.loads.rolls.Cancel()
	return v.loadRolls()
}

// liveBelow are runs that go on, below the rows in the window.
func (v *View) liveBelow() (ids []string) {
	for _, row := range v.rollable() {
		if r := v.set.rolls[v.runs.Head(row.At).ID]; r != nil && r.counts.Running > 0 && len(r.ids) <= rolledByRun {
			ids = append(ids, r.ids...)
		}
	}
	return ids
}

// recount counts the runs below the rows in the window anew: some may have stalled.
func (v *View) recount() {
	for _, row := range v.rollable() {
		if r := v.set.rolls[v.runs.Head(row.At).ID]; r != nil {
			r.counts = v.roll(row.At).counts
		}
	}
}

// rolled is what a column of numbers adds up to below a row; false if that is not known.
func (v *View) rolled(row forest.Row, c column) (rollups.Sum, bool) {
	if v.folds.flat || !row.Children && !v.isGroup(row.At) {
		return rollups.Sum{}, false
	}
	r := v.set.rolls[v.runs.Head(row.At).ID]
	if r == nil {
		return rollups.Sum{}, false
	}
	if c.Measure.Stored() {
		sum, ok := r.numbers[c.Field]
		return sum, ok
	}
	var sum rollups.Sum
	if c.Measure.Kind == measures.Trend || len(r.ids) > rolledByPoint {
		return sum, false
	}
	for _, id := range r.ids {
		if s := v.set.sketches[history{id, c.Field.Key}]; s != nil && s.Knows(c.Measure) {
			if p, ok := s.Point(c.Measure, v.set.directions[c.Field.Key]); ok {
				sum.Add(p.Value)
			}
		}
	}
	return sum, true
}

// rolledNumber is what stands for the numbers below a row: the best of bests, else the
// mean.
func (v *View) rolledNumber(sum rollups.Sum, c column) float64 {
	switch c.Measure.Kind {
	case measures.Best:
		if best, ok := sum.Best(v.set.directions[c.Field.Key]); ok {
			return best
		}
	case measures.Min:
		return sum.Min
	case measures.Max:
		return sum.Max
	}
	return sum.Mean()
}

// Below this many cells of the table there is no room for the spread of roll-ups.
const spreadFrom = 99

// spread is what stands behind a mean.
func (v *View) spread(sum rollups.Sum, c column) string {
	switch c.Measure.Kind {
	case measures.Best, measures.Min, measures.Max:
		return ""
	}
	if sum.N < 2 || v.table.Width < spreadFrom {
		return ""
	}
	sign := " ± "
	if v.theme.Glyphs.ASCII {
		sign = " +-"
	}
	sd, digits := sum.SD(), c.digits
	if sd > 0 && digits > 0 { // two digits of it say enough
		digits = min(digits, max(1-int(math.Floor(math.Log10(sd))), 0))
	}
	return sign + widget.Number(sd, digits)
}

// rollCell is the cell of a row for the runs below it; false if there is nothing to say.
func (v *View) rollCell(row forest.Row, c column) (widget.Cell, bool) {
	if c.Field.Kind == store.MetricField {
		sum, ok := v.rolled(row, c)
		switch {
		case !ok || sum.N+sum.Others == 0:
			return widget.Cell{}, false
		case sum.N == 0:
			return widget.Cell{Text: "not finite" + strings.Repeat(" ", c.spread), Style: v.theme.Warn}, true
		}
		spread := v.spread(sum, c)
		pad := strings.Repeat(" ", max(c.spread-widget.Width(spread), 0))
		return widget.Cell{Text: widget.Number(v.rolledNumber(sum, c), c.digits) + spread + pad, Style: v.theme.Dim}, true
	}
	r := v.set.rolls[v.runs.Head(row.At).ID]
	if v.folds.flat || r == nil || r.texts[c.Field].N == 0 {
		return widget.Cell{}, false
	}
	if text, ok := r.texts[c.Field].Only(); ok {
		return widget.Cell{Text: clean(text), Style: v.theme.Dim}, true
	}
	n, more := r.texts[c.Field].Different()
	return widget.Cell{Text: widget.Count(n) + map[bool]string{true: "+"}[more] + " values", Style: v.theme.Dim}, true
}

// rollFull is the whole of a roll-up, for the status line.
func (v *View) rollFull(row forest.Row, c column) string {
	sum, ok := v.rolled(row, c)
	if !ok || sum.N == 0 {
		return ""
	}
	out := fmt.Sprintf("%s of %s: mean %s", c.title(), widget.Several(sum.N, "run"), widget.Full(sum.Mean()))
	if sum.N > 1 {
		out += " ± " + widget.Number(sum.SD(), widget.Digits([]float64{sum.SD()}))
	}
	out += ", " + widget.Full(sum.Min) + " to " + widget.Full(sum.Max)
	if sum.Others > 0 {
		out += fmt.Sprintf(", %d not finite", sum.Others)
	}
	return out
}

// countCell is the status of a row that stands for others: how many are what.
func (v *View) countCell(c rollups.Counts) widget.Cell {
	t := v.theme
	kinds := []struct {
		n     int
		glyph string
		style themes.Style
	}{
		{c.Finished, t.Glyphs.Finished, t.Good},
		{c.Running, t.Glyphs.Running, t.Info},
		{c.Scheduled, t.Glyphs.Scheduled, t.Dim},
		{c.Killed, t.Glyphs.Killed, t.Warn},
		{c.Stalled, t.Glyphs.Stalled, t.Warn},
		{c.Failed, t.Glyphs.Failed, t.Bad},
	}
	var well, ill []string
	style, bad := t.Dim, t.Warn
	worst := "?"
	for i, k := range kinds {
		if k.n == 0 {
			continue
		}
		worst = k.glyph
		text := k.glyph + " " + short(k.n)
		if i < 3 {
			if len(well) == 0 {
				style = k.style
			}
			well = append(well, text)
		} else {
			ill, bad = append(ill, text), k.style
		}
	}
	if v.table.Width < narrow {
		return widget.Cell{Text: worst, Style: map[bool]themes.Style{true: bad, false: style}[len(ill) > 0]}
	}
	const room = 11
	if widget.Width(strings.Join(append(slices.Clone(well), ill...), "  ")) > room {
		for _, all := range [][]string{well, ill} {
			for i := range all {
				all[i] = strings.Replace(all[i], " ", "", 1)
			}
		}
	}
	if len(well) == 0 {
		return widget.Cell{Text: strings.Join(ill, " "), Style: bad}
	}
	cell := widget.Cell{Text: strings.Join(well, " "), Style: style}
	if len(ill) > 0 {
		cell.Tail, cell.TailStyle = " "+strings.Join(ill, " "), bad
	}
	return cell
}

// short is a count in few cells: 33k.
func short(n int) string {
	if n < 10_000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%dk", n/1000)
}
