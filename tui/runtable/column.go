package runtable

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/forest"
	"benchside/store"
	"benchside/tui/columns"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// column is one column of the table.
type column struct {
	field  store.Field
	digits int // decimals of a metric, as they tell the rows apart
}

func (c column) title() string {
	if c.field == forest.Name {
		return "run"
	}
	return clean(c.field.Key)
}

// down reports whether the column's first sort is the falling one, as for
// numbers and times.
func (c column) down() bool {
	return c.field.Kind == store.MetricField || c.field == forest.Started || c.field == forest.Duration
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

// read are the columns whose cells are read from the store.
func (v *View) read() []store.Field {
	return slices.DeleteFunc(v.fields(), func(f store.Field) bool { return f.Kind == store.AttributeField })
}

func (v *View) fields() []store.Field {
	out := make([]store.Field, len(v.columns))
	for i, c := range v.columns {
		out[i] = c.field
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

func (v *View) setColumns(fields []store.Field) {
	v.columns = make([]column, len(fields))
	v.table.Columns = make([]widget.Column, len(fields))
	kind := store.AttributeField
	for i, f := range fields {
		v.columns[i].field = f
		w := &v.table.Columns[i]
		switch f {
		case forest.Name:
			*w = widget.Column{Width: 22, Max: 44, Min: 16, Keep: true}
		case forest.Experiment:
			*w = widget.Column{Width: 10, Max: 24, Min: 8, Share: 20, From: narrow}
		case forest.Status:
			*w = widget.Column{Width: 11, Min: 1}
		case forest.Started:
			*w = widget.Column{Width: 10, Min: 8, From: medium}
		case forest.Duration:
			*w = widget.Column{Width: 9, Min: 7, Right: true, From: 99}
		default:
			*w = widget.Column{Min: 5, Max: 24, Right: f.Kind == store.MetricField}
		}
		w.Split = f.Kind != kind
		kind = f.Kind
	}
	v.table.Col = min(v.table.Col, len(fields)-1)
	v.titles()
	v.fit()
}

// titles writes the sign of the sort into the headings.
func (v *View) titles() {
	for i, c := range v.columns {
		w := &v.table.Columns[i]
		title := c.title()
		switch {
		case c.field == forest.Name:
			w.Share = v.nameShare()
			if !v.folds.flat {
				title = "  " + title // above the names, which stand behind the signs of the tree
			}
		case c.field == forest.Status:
			w.Width = 11
			if v.table.Width < narrow {
				title, w.Width = "s", 1
			}
		}
		// Room for the sign stays, so that sorting moves no column.
		if c.field != forest.Status {
			w.Width = max(w.Width, min(widget.Width(title)+2, 24))
		}
		if c.field == v.order.Field {
			sign := v.theme.Glyphs.Up
			if v.order.Desc {
				sign = v.theme.Glyphs.Down
			}
			title = widget.Cut(title, max(w.Width-2, 0), v.theme.Glyphs.More) + " " + sign
		}
		w.Title = title
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
		if c.field == forest.Status {
			continue
		}
		for _, row := range v.rows[from:to] {
			v.table.Widen(i, v.cell(row, i).Text)
		}
	}
}

// sortColumn sorts by the column under the cursor: first down for numbers and
// times and up for texts, then the other way, then as at the start.
func (v *View) sortColumn() tea.Cmd {
	c := v.columns[v.table.Col]
	switch {
	case v.order.Field != c.field:
		v.order = forest.Order{Field: c.field, Desc: c.down()}
	case v.order.Desc == c.down():
		v.order.Desc = !c.down()
	default:
		v.order = newestFirst()
	}
	return v.sorted()
}

// sorted arranges the rows by the order that was chosen.
func (v *View) sorted() tea.Cmd {
	v.order.Experiments = v.names
	v.titles()
	if v.order.Field.Kind == store.AttributeField || v.order.Column.Numbers != nil || v.order.Column.Texts != nil {
		v.inOrder()
		return v.loadCells()
	}
	return v.loadSort()
}

// inOrder arranges the rows by an order that is known by now.
func (v *View) inOrder() {
	v.arrange(v.spot())
	if v.scan.top {
		v.scan.top = false
		v.table.To(0)
	}
}

// sortBy is the command that sorts by a column of the table, or by another
// metric, param or tag, named with its kind unless it is a metric: params.lr. A
// last word, asc or desc, turns it. What is sorted by is shown, from the first row.
func (v *View) sortBy(words string) tea.Cmd {
	name, turn := words, ""
	if before, last, ok := cutLast(words); ok && (strings.EqualFold(last, "asc") || strings.EqualFold(last, "desc")) {
		name, turn = before, strings.ToLower(last)
	}
	field := v.meant(name)
	fields := v.fields()
	if !slices.Contains(fields, field) {
		at := slices.IndexFunc(fields, func(f store.Field) bool { return f.Kind != store.AttributeField })
		if at < 0 {
			at = len(fields)
		}
		v.scan.chosen = true
		v.setColumns(slices.Insert(fields, at, field))
		clear(v.cells)
	}
	v.order = forest.Order{Field: field, Desc: turn == "desc" || turn == "" && column{field: field}.down()}
	v.scan.top = true
	v.table.Col = slices.Index(v.fields(), field)
	v.table.Side(0)
	return tea.Batch(v.sorted(), v.loadCells())
}

func cutLast(words string) (before, last string, ok bool) {
	i := strings.LastIndexByte(words, ' ')
	if i < 0 {
		return "", "", false
	}
	return strings.TrimSpace(words[:i]), words[i+1:], true
}

// meant is the field that a user means: a column as it is headed, a key with its
// kind before it, or else a metric.
func (v *View) meant(name string) store.Field {
	for _, c := range v.columns {
		if c.field.Key == name || c.field == forest.Name && name == "run" {
			return c.field
		}
	}
	kinds := map[string]store.FieldKind{"metrics": store.MetricField, "params": store.ParamField, "tags": store.TagField}
	prefix, key, ok := strings.Cut(name, ".")
	if kind, known := kinds[prefix]; ok && known && key != "" {
		return store.Field{Kind: kind, Key: strings.Trim(key, "`")}
	}
	return store.Field{Kind: store.MetricField, Key: strings.Trim(name, "`")}
}

func newestFirst() forest.Order { return forest.Order{Field: forest.Started, Desc: true} }

// loadSort reads the column that the table is sorted by.
func (v *View) loadSort() tea.Cmd {
	if v.order.Field.Kind == store.AttributeField {
		return nil
	}
	r, in, field := v.reader, v.scope.Experiments, v.order.Field
	return view.Load(&v.loads.sort, func(ctx context.Context) (store.Column, error) { return r.Column(ctx, in, field) })
}

// pickColumns opens the dialog over what a column can be.
func (v *View) pickColumns() tea.Cmd {
	attributes := []store.Field{forest.Name, forest.Experiment, forest.Status, forest.Started, forest.Duration, forest.User}
	return view.Send(view.Ask{Dialog: columns.New(v.reader, v, attributes, v.fields(), v.theme)})
}

func (v *View) takeColumns(m columns.Chosen) tea.Cmd {
	if m.Owner != view.View(v) {
		return nil
	}
	v.scan.chosen = true
	v.setColumns(m.Fields)
	clear(v.cells)
	return v.loadCells()
}

// shift moves the column under the cursor by n; the name stays the first.
func (v *View) shift(n int) tea.Cmd {
	from, to := v.table.Col, v.table.Col+n
	if from < 1 || to < 1 || to >= len(v.columns) {
		return nil
	}
	fields := v.fields()
	fields[from], fields[to] = fields[to], fields[from]
	v.setColumns(fields)
	v.table.Col = from
	v.table.Side(n)
	return nil
}

func (v *View) hide() tea.Cmd {
	if at := v.table.Col; at > 0 && at < len(v.columns) {
		v.setColumns(slices.Delete(v.fields(), at, at+1))
		v.table.Side(0)
	}
	return nil
}
