package runtable

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/forest"
	"benchside/measures"
	"benchside/rollups"
	"benchside/store"
	"benchside/tui/columns"
	"benchside/tui/view"
	"benchside/tui/widget"
	"benchside/views"
)

// column is one column of the table.
type column struct {
	views.Column
	off    bool // left out, since it is the same in all runs, or empty
	digits int  // decimals of a metric, as they tell the rows apart
	spread int  // cells that the widest spread of a roll-up takes behind a number
}

func (c column) title() string {
	if c.Field == forest.Name {
		return "run"
	}
	if c.Measure.Stored() {
		return clean(c.Field.Key)
	}
	return clean(c.Field.Key) + " " + c.Measure.String()
}

// down reports whether the column's first sort is the falling one, as for
// numbers and times.
func (c column) down() bool {
	return c.Field.Kind == store.MetricField || c.Field == forest.Started || c.Field == forest.Duration
}

// usual are the attributes of a table that nobody has set up; the experiment is
// among them where there are several.
func (v *View) usual() []store.Field {
	out := []store.Field{forest.Name, forest.Status, forest.Experiment, forest.Started, forest.Duration}
	if covered := len(v.scope.Experiments); covered == 1 || covered == 0 && len(v.names) < 2 {
		out = slices.Delete(out, 2, 3)
	}
	return out
}

// The first columns of a table that nobody has set up.
const (
	firstMetrics = 6
	firstParams  = 6
)

// choose picks the first columns from a sample of runs: the metrics that most
// of them have, then the params that differ.
func choose(sample []store.Run) []store.Field {
	metrics, params := map[string]int{}, map[string]map[string]int{}
	for _, r := range sample {
		for k := range r.Metrics {
			if !strings.HasPrefix(k, store.SystemMetric) {
				metrics[k]++
			}
		}
		for k, value := range r.Params {
			if params[k] == nil {
				params[k] = map[string]int{}
			}
			params[k][value]++
		}
	}
	var out []store.Field
	for _, k := range most(metrics, firstMetrics) {
		out = append(out, store.Field{Kind: store.MetricField, Key: k})
	}
	vary := map[string]int{}
	for k, values := range params {
		if len(values) > 1 {
			for _, n := range values {
				vary[k] += n
			}
		}
	}
	for _, k := range most(vary, firstParams) {
		out = append(out, store.Field{Kind: store.ParamField, Key: k})
	}
	return out
}

// most returns the n keys of the highest counts, the most frequent first.
func most(counts map[string]int, n int) []string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	return keys[:min(n, len(keys))]
}

// Of a table with more columns than this, only the cells of those near the window are
// read: a part of so many, from a multiple of a smaller number on, so that scrolling by a
// column reads nothing most times.
const (
	fewColumns = 96
	partFrom   = 16
	partWidth  = 128
)

// read are the columns whose cells are read from the store.
func (v *View) read() []store.Field {
	var out []store.Field
	from, to := 0, len(v.columns)
	if len(v.columns) > fewColumns {
		from = max(v.table.First/partFrom-1, 0) * partFrom
		to = min(from+partWidth, len(v.columns))
	}
	for i := range v.columns {
		c := &v.columns[i]
		if c.Field.Kind == store.AttributeField || c.off || (i < from || i >= to) && !c.Pinned {
			if i > to && len(v.columns) > fewColumns {
				break
			}
			continue
		}
		if !slices.Contains(out, c.Field) {
			out = append(out, c.Field)
		}
	}
	return out
}

func (v *View) fields() []store.Field {
	out := make([]store.Field, len(v.columns))
	for i, c := range v.columns {
		out[i] = c.Field
	}
	return out
}

// Widths of the table, in cells: below narrow a status is its glyph, and below
// medium it is not said when a run started.
const (
	narrow = 59
	medium = 69
)

// nameShare is what of the table the names take at most, in percent: more where
// fewer columns are beside them.
func (v *View) nameShare() int {
	switch {
	case v.table.Width < narrow:
		return 55
	case v.table.Width < medium:
		return 40
	}
	return 30
}

// setColumns shows fields as columns; those that were there keep what was set of them.
func (v *View) setColumns(fields []store.Field) {
	were := map[store.Field][]column{}
	for _, c := range v.columns {
		were[c.Field] = append(were[c.Field], c)
	}
	cols, taken := make([]column, 0, len(fields)), map[store.Field]bool{}
	for _, f := range fields {
		switch {
		case taken[f]: // there are several measures of it
			continue
		case were[f] == nil:
			cols = append(cols, column{Column: views.Column{Field: f}})
		}
		cols = append(cols, were[f]...)
		taken[f] = true
	}
	v.putColumns(cols)
}

// putColumns sets the columns: those that are pinned stand behind the name.
func (v *View) putColumns(cols []column) {
	rank := func(c column) int {
		switch {
		case c.Field == forest.Name:
			return 0
		case c.Pinned:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(cols, func(a, b column) int { return rank(a) - rank(b) })
	v.columns = cols
	v.table.Columns = make([]widget.Column, len(cols))
	kind, kept := store.AttributeField, true
	for i, c := range cols {
		w := &v.table.Columns[i]
		*w = shape(c)
		w.Off = c.off
		w.Split = i > 0 && (c.Field.Kind != kind || kept && i > 1 && !c.Pinned && cols[i-1].Pinned)
		kind, kept = c.Field.Kind, c.Pinned
	}
	v.table.Col = min(v.table.Col, len(cols)-1)
	v.titles()
	v.fit()
}

// trendCells are those of a column of shapes.
const trendCells = 10

// shape is how much room a column takes.
func shape(c column) (w widget.Column) {
	switch c.Field {
	case forest.Name:
		w = widget.Column{Width: 22, Max: 44, Min: 16, Keep: true}
	case forest.Experiment:
		w = widget.Column{Width: 10, Max: 24, Min: 8, Share: 20, From: narrow}
	case forest.Status:
		w = widget.Column{Width: 11, Min: 1}
	case forest.Started:
		w = widget.Column{Width: 10, Min: 8, From: medium}
	case forest.Duration:
		w = widget.Column{Width: 9, Min: 7, Right: true, From: 99}
	case speedField, etaField:
		w = widget.Column{Width: 8, Min: 6, Right: true}
	default:
		w = widget.Column{Min: 5, Max: 24, Right: c.Field.Kind == store.MetricField}
		if c.Measure.Kind == measures.Trend {
			w = widget.Column{Width: trendCells, Min: 5, Max: trendCells}
		}
	}
	if c.Width > 0 {
		w.Width, w.Max, w.Min, w.Share = c.Width, c.Width, min(c.Width, 5), 0
	}
	w.Keep = w.Keep || c.Pinned
	return w
}

// titles writes the signs of the sort into the headings.
func (v *View) titles() {
	for i, c := range v.columns {
		w := &v.table.Columns[i]
		title := c.title()
		switch {
		case c.Field == forest.Name:
			w.Share = v.nameShare()
			if c.Width > 0 {
				w.Share = 0
			}
			if !v.folds.flat {
				title = "  " + title // above the names, which stand behind the signs of the tree
			}
		case c.Field == forest.Status && c.Width == 0:
			w.Width = 11
			if v.table.Width < narrow {
				title, w.Width = "s", 1
			}
		case i > 0 && !c.Measure.Stored() && v.columns[i-1].Field == c.Field && !v.columns[i-1].off:
			title = c.Measure.String() // of the metric before it
		}
		// Room for the sign stays, so that sorting moves no column.
		sign := v.set.sign(c.Column, v.theme.Glyphs)
		if c.Field != forest.Status && c.Width == 0 {
			w.Width = max(w.Width, min(widget.Width(title)+max(2, widget.Width(sign)), 24))
		}
		if sign != "" {
			title = widget.Cut(title, max(w.Width-widget.Width(sign), 0), v.theme.Glyphs.More) + sign
		}
		w.Title = title
	}
}

// fit widens the columns on the screen to what the window holds and finds the decimals
// that tell its metrics apart.
func (v *View) fit() {
	from, to := v.table.Window()
	fitted := map[int]bool{}
	for range 3 { // a column that got wider moves others out, and those may be wider
		before := len(fitted)
		for _, p := range v.table.Layout(v.table.Width) {
			if !fitted[p.Col] {
				fitted[p.Col] = true
				v.fitColumn(p.Col, v.rows[min(from, len(v.rows)):min(to, len(v.rows))])
			}
		}
		if len(fitted) == before {
			return
		}
	}
}

func (v *View) fitColumn(i int, rows []forest.Row) {
	c := &v.columns[i]
	if c.Field.Kind == store.MetricField && c.Measure.Kind != measures.Trend {
		v.fitNumbers(c, rows)
	}
	if c.Field == forest.Status || c.Width > 0 {
		return
	}
	for _, row := range rows {
		v.table.Widen(i, v.cell(row, i).Text)
	}
}

// fitNumbers finds the decimals of a column and the room that spreads take.
func (v *View) fitNumbers(c *column, rows []forest.Row) {
	var values, means []float64
	var sums []rollups.Sum
	for _, row := range rows {
		if p, ok := v.number(v.runs.Head(row.At), *c); ok {
			values = append(values, p.Value)
		} else if sum, ok := v.rolled(row, *c); ok && sum.N > 0 {
			means, sums = append(means, v.rolledNumber(sum, *c)), append(sums, sum)
		}
	}
	if len(values) == 0 {
		values = means
	}
	if len(values) > 0 {
		c.digits = widget.Digits(values)
	}
	c.spread = 0
	for _, sum := range sums {
		c.spread = max(c.spread, widget.Width(v.spread(sum, *c)))
	}
}

// pickColumns opens the dialog over what a column can be.
func (v *View) pickColumns() tea.Cmd {
	attributes := []store.Field{forest.Name, forest.Experiment, forest.Status, forest.Started, forest.Duration, forest.User, speedField, etaField}
	return view.Send(view.Ask{Dialog: columns.New(v.reader, v, attributes, v.fields(), v.theme)})
}

func (v *View) takeColumns(m columns.Chosen) tea.Cmd {
	if m.Owner != view.View(v) {
		return nil
	}
	v.scan.chosen = true
	v.setColumns(m.Fields)
	return tea.Batch(v.loadCells(), v.keep())
}

// shift moves the column under the cursor by n; the name stays the first.
func (v *View) shift(n int) tea.Cmd {
	from, to := v.table.Col, v.table.Col+n
	for to > 0 && to < len(v.columns) && v.columns[to].off {
		to += n
	}
	if from < 1 || to < 1 || to >= len(v.columns) || v.columns[from].Pinned != v.columns[to].Pinned {
		return nil
	}
	cols := slices.Clone(v.columns)
	cols[from], cols[to] = cols[to], cols[from]
	v.putColumns(cols)
	v.table.Col = to
	v.table.Side(0)
	return nil
}

func (v *View) hide() tea.Cmd {
	if at := v.table.Col; at > 0 && at < len(v.columns) {
		v.putColumns(slices.Delete(slices.Clone(v.columns), at, at+1))
		v.table.Side(0)
	}
	return nil
}

// pinColumn keeps the column under the cursor beside the names when others scroll.
func (v *View) pinColumn() tea.Cmd {
	at := v.table.Col
	if at < 1 {
		return nil
	}
	c := views.Column{Field: v.columns[at].Field, Measure: v.columns[at].Measure}
	cols := slices.Clone(v.columns)
	cols[at].Pinned = !cols[at].Pinned
	v.putColumns(cols)
	v.showColumn(c)
	return v.loadCells()
}

// size makes the column under the cursor wider or narrower; 0 is what fits again.
func (v *View) size(by int) tea.Cmd {
	at := v.table.Col
	cols := slices.Clone(v.columns)
	if by == 0 {
		cols[at].Width = 0
	} else {
		cols[at].Width = min(max(v.table.Room(at)+by, 3), 200)
	}
	v.putColumns(cols)
	v.table.Side(0)
	return nil
}
