package runtable

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/forest"
	"benchside/store"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// column is one column of the table.
type column struct {
	field  store.Field
	title  string
	digits int // decimals of a metric, as they tell the rows apart
}

// The attributes that are columns.
var (
	nameField     = store.Field{Key: "name"}
	statusField   = store.Field{Key: "status"}
	startField    = store.Field{Key: "started"}
	durationField = store.Field{Key: "duration"}
	userField     = store.Field{Key: "user"}
)

func attributeColumns() []column {
	return []column{{field: nameField, title: "run"}, {field: statusField, title: "status"}, {field: startField, title: "started"}, {field: durationField, title: "duration"}}
}

// The first columns of a table that nobody has set up.
const (
	firstMetrics = 6
	firstParams  = 6
)

// choose picks the first columns from a sample of runs: the metrics that most
// of them have, then the params that differ.
func choose(sample []store.Run) []column {
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
	var out []column
	for _, k := range most(metrics, firstMetrics) {
		out = append(out, column{field: store.Field{Kind: store.MetricField, Key: k}, title: k})
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
		out = append(out, column{field: store.Field{Kind: store.ParamField, Key: k}, title: k})
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

// fields are the columns whose cells are read from the store.
func (v *View) fields() []store.Field {
	var out []store.Field
	for _, c := range v.columns {
		if c.field.Kind != store.AttributeField {
			out = append(out, c.field)
		}
	}
	return out
}

func (v *View) setColumns(columns []column) {
	v.columns = columns
	v.table.Columns = make([]widget.Column, len(columns))
	kind := store.AttributeField
	for i, c := range columns {
		w := &v.table.Columns[i]
		w.Split = c.field.Kind != kind
		kind = c.field.Kind
		switch c.field {
		case nameField:
			*w = widget.Column{Width: 22, Max: 44, Min: 12, Keep: true}
		case statusField:
			*w = widget.Column{Width: 11, Min: 1}
		case startField:
			*w = widget.Column{Width: 10, Min: 8}
		case durationField:
			*w = widget.Column{Width: 9, Min: 7, Right: true}
		default:
			w.Min, w.Max, w.Right = 5, 24, c.field.Kind == store.MetricField
		}
	}
	v.table.Col = min(v.table.Col, len(columns)-1)
	v.titles()
	v.fit()
}

// titles writes the sign of the sort into the headings.
func (v *View) titles() {
	for i, c := range v.columns {
		title := clean(c.title)
		if c.field == v.order.field && !v.order.none {
			sign := v.theme.Glyphs.Up
			if v.order.desc {
				sign = v.theme.Glyphs.Down
			}
			title += " " + sign
		}
		v.table.Columns[i].Title = title
		// Room for the sign stays, so that sorting moves no column.
		v.table.Columns[i].Width = max(v.table.Columns[i].Width, min(widget.Width(clean(c.title))+2, 24))
	}
}

// fit widens the columns to what the window holds and finds the decimals that
// tell its metrics apart.
func (v *View) fit() {
	from, to := v.table.Window()
	for i := range v.columns {
		c := &v.columns[i]
		if c.field.Kind == store.MetricField {
			var values []float64
			for _, row := range v.rows[from:to] {
				if p, ok := v.cells[v.runs.Head(row.At).ID].Metrics[c.field.Key]; ok {
					values = append(values, p.Value)
				}
			}
			if len(values) > 0 {
				c.digits = widget.Digits(values)
			}
		}
		for _, row := range v.rows[from:to] {
			v.table.Widen(i, v.cell(row, i).Text)
		}
	}
}

// ordering is the sort of the table.
type ordering struct {
	field  store.Field
	desc   bool
	none   bool
	column store.Column
}

// compare orders places of runs as MLflow does: numbers before NaN before
// missing ones whichever way, then the latest start, then the id.
func (o *ordering) compare(f *forest.Forest) func(a, b int32) int {
	key := o.key(f)
	return func(a, b int32) int {
		if c := key(a, b); c != 0 {
			return c
		}
		x, y := f.Head(a), f.Head(b)
		if c := y.Start.Compare(x.Start); c != 0 {
			return c
		}
		return strings.Compare(x.ID, y.ID)
	}
}

func (o *ordering) key(f *forest.Forest) func(a, b int32) int {
	sign := 1
	if o.desc {
		sign = -1
	}
	switch {
	case o.none:
		return func(a, b int32) int { return 0 }
	case o.field.Kind == store.MetricField:
		return numeric(f, o.column.Numbers, sign)
	case o.field.Kind != store.AttributeField:
		return textual(f, o.column.Texts, sign)
	}
	switch o.field {
	case nameField:
		return func(a, b int32) int { return sign * strings.Compare(f.Head(a).Name, f.Head(b).Name) }
	case statusField:
		return func(a, b int32) int {
			return sign * strings.Compare(string(f.Head(a).Status), string(f.Head(b).Status))
		}
	case durationField:
		return func(a, b int32) int { return sign * cmp.Compare(lasted(f.Head(a)), lasted(f.Head(b))) }
	case userField:
		return func(a, b int32) int { return sign * strings.Compare(f.Head(a).UserID, f.Head(b).UserID) }
	}
	return func(a, b int32) int { return sign * f.Head(a).Start.Compare(f.Head(b).Start) }
}

func lasted(h *store.Head) int64 {
	if !h.Start.Set() || !h.End.Set() {
		return math.MaxInt64
	}
	return h.End.Millis() - h.Start.Millis()
}

// numeric looks every run's number up once: sorting 100,000 runs would look
// each up some thirty times.
func numeric(f *forest.Forest, numbers map[string]float64, sign int) func(a, b int32) int {
	type ranked struct {
		rank  int8 // 0 a number, 1 NaN, 2 missing
		value float64
	}
	keys := make([]ranked, f.Places())
	for i := range keys {
		value, ok := numbers[f.Head(int32(i)).ID]
		switch {
		case !ok:
			keys[i].rank = 2
		case math.IsNaN(value):
			keys[i].rank = 1
		default:
			keys[i].value = value
		}
	}
	return func(a, b int32) int {
		x, y := keys[a], keys[b]
		if x.rank != y.rank {
			return int(x.rank) - int(y.rank)
		}
		return sign * cmp.Compare(x.value, y.value)
	}
}

func textual(f *forest.Forest, texts map[string]string, sign int) func(a, b int32) int {
	keys, have := make([]string, f.Places()), make([]bool, f.Places())
	for i := range keys {
		keys[i], have[i] = texts[f.Head(int32(i)).ID]
	}
	return func(a, b int32) int {
		switch {
		case have[a] != have[b] && have[a]:
			return -1
		case have[a] != have[b]:
			return 1
		}
		return sign * strings.Compare(keys[a], keys[b])
	}
}

// sortColumn sorts by the column under the cursor: first down for numbers and
// times and up for texts, then the other way, then not at all.
func (v *View) sortColumn() tea.Cmd {
	field := v.columns[v.table.Col].field
	down := field.Kind == store.MetricField || field == startField || field == durationField
	switch {
	case v.order.field != field || v.order.none:
		v.order = ordering{field: field, desc: down}
	case v.order.desc == down:
		v.order.desc = !down
	default:
		v.order = ordering{field: startField, desc: true}
	}
	v.titles()
	if v.order.field.Kind == store.AttributeField || v.order.column.Numbers != nil || v.order.column.Texts != nil {
		v.arrange()
		v.table.To(0)
		return v.loadCells()
	}
	v.table.To(0)
	return v.loadSort()
}

// loadSort reads the column that the table is sorted by.
func (v *View) loadSort() tea.Cmd {
	if v.order.none || v.order.field.Kind == store.AttributeField {
		return nil
	}
	r, in, field := v.reader, v.scope.Experiments, v.order.field
	return view.Load(&v.loads.sort, func(ctx context.Context) (store.Column, error) { return r.Column(ctx, in, field) })
}
