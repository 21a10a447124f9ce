package runtable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/forest"
	"benchside/measures"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/views"
)

// mostLevels bounds the levels of an order.
const mostLevels = 5

// level is one of an order, and the measure of a metric that it is by.
type level struct {
	forest.Order
	measure measures.Measure
}

func newestFirst() level { return level{Order: forest.Order{Field: forest.Started, Desc: true}} }

// levelOf is the first sort by a column: of a metric that is better lower, its best
// rises.
func (v *View) levelOf(c column) level {
	l := level{Order: forest.Order{Field: c.Field, Desc: c.down()}, measure: c.Measure}
	if c.Measure.Kind == measures.Best && v.set.directions[c.Field.Key] == compare.Lower {
		l.Desc = false
	}
	return l
}

// unread reports whether the order is by a column that is to be read.
func (l level) unread() bool {
	return l.Field.Kind != store.AttributeField && l.Column.Numbers == nil && l.Column.Texts == nil
}

// order is what the forest is arranged by.
func (s *setup) order() forest.Levels {
	out := make(forest.Levels, len(s.levels))
	for i, l := range s.levels {
		out[i] = l.Order
	}
	return out
}

// unread reports whether a level is to be read.
func (s *setup) unread() bool { return slices.ContainsFunc(s.levels, level.unread) }

// level finds the level of a column, -1 if there is none.
func (s *setup) level(c views.Column) int {
	return slices.IndexFunc(s.levels, func(l level) bool { return l.Field == c.Field && l.measure == c.Measure })
}

// name gives the order the names of experiments, and reports whether it is by them.
func (s *setup) name(names map[string]string) (by bool) {
	for i := range s.levels {
		s.levels[i].Experiments = names
		by = by || s.levels[i].Field == forest.Experiment
	}
	return by
}

// sign is what stands behind the title of a column that is sorted by: which way, and the
// number of the level where there are several.
func (s *setup) sign(c views.Column, g themes.Glyphs) string {
	at := s.level(c)
	if at < 0 {
		return ""
	}
	sign := " " + g.Up
	if s.levels[at].Desc {
		sign = " " + g.Down
	}
	switch {
	case len(s.levels) == 1:
		return sign
	case g.ASCII:
		return sign + fmt.Sprint(at+1)
	}
	return sign + string([]rune("¹²³⁴⁵")[at])
}

// unsortable says why there is no order by a column, "" if there is one.
func unsortable(c views.Column) string {
	switch {
	case c.Measure.Kind == measures.Trend:
		return "a trend has no order: m shows a number instead"
	case c.Field == speedField, c.Field == etaField, c.Field == views.Dataset:
		return "there is no order by " + c.Field.Key
	}
	return ""
}

// sorting are the columns of the levels, none for attributes.
type sorting struct {
	columns []store.Column
	levels  []level
}

// mostMeasured is how many runs are sorted by a measure that takes their histories.
const mostMeasured = 5000

// loadSort reads the columns that the table is sorted by.
func (v *View) loadSort() tea.Cmd {
	levels := slices.Clone(v.set.levels)
	if !slices.ContainsFunc(levels, func(l level) bool { return l.Field.Kind != store.AttributeField }) {
		return nil
	}
	r, in, directions := v.reader, v.scope.Experiments, v.set.directions
	var ids []string
	if slices.ContainsFunc(levels, func(l level) bool { return !l.measure.Stored() }) {
		if ids = v.matching(); len(ids) > mostMeasured {
			return view.Send(view.Say{Text: fmt.Sprintf("an order by a measure reads all points, of at most %d runs: filter first", mostMeasured), Bad: true})
		}
	}
	return view.Load(&v.loads.sort, func(ctx context.Context) (sorting, error) {
		out := sorting{make([]store.Column, len(levels)), levels}
		for i, l := range levels {
			var err error
			switch {
			case l.Field.Kind == store.AttributeField:
			case l.measure.Stored():
				out.columns[i], err = r.Column(ctx, in, l.Field)
			default:
				out.columns[i], err = measured(ctx, r, ids, l, directions[l.Field.Key])
			}
			if err != nil {
				return sorting{}, err
			}
		}
		return out, nil
	})
}

// measured reads a measure of a metric of some runs.
func measured(ctx context.Context, r store.MetricReader, ids []string, l level, d compare.Direction) (store.Column, error) {
	out := store.Column{Numbers: map[string]float64{}}
	for _, id := range ids {
		s, err := sketch(ctx, r, want{run: id, key: l.Field.Key, steps: []int64{l.measure.Step}, exact: true})
		if err != nil {
			return out, err
		}
		if p, ok := s.Point(l.measure, d); ok {
			out.Numbers[id] = p.Value
		}
	}
	return out, nil
}

// takeSort takes the columns of an order, unless there is another one by now.
func (v *View) takeSort(s sorting) tea.Cmd {
	for i, l := range s.levels {
		if i < len(v.set.levels) && v.set.levels[i].Field == l.Field && v.set.levels[i].measure == l.measure {
			v.set.levels[i].Column = s.columns[i]
		}
	}
	v.inOrder()
	return tea.Batch(v.loadCells(), v.sayUnsorted())
}

// sayUnsorted says that a sort by a key that nobody has orders nothing.
func (v *View) sayUnsorted() tea.Cmd {
	for _, l := range v.set.levels {
		if l.Field.Kind != store.AttributeField && len(l.Column.Numbers)+len(l.Column.Texts) == 0 {
			return view.Send(view.Say{Text: "sort: no run here has " + clean(l.Field.Key), Bad: true})
		}
	}
	return nil
}

// matching are the ids of the runs that are shown or folded away.
func (v *View) matching() (ids []string) {
	match := v.match()
	for i := range int32(v.runs.Places()) {
		if id := v.runs.Head(i).ID; id != "" && !v.isGroup(i) && (match == nil || match(id)) {
			ids = append(ids, id)
		}
	}
	return ids
}

// sortColumn sorts by the column under the cursor: first down for numbers and
// times and up for texts, then the other way, then as at the start.
func (v *View) sortColumn() tea.Cmd {
	c := v.columns[v.table.Col]
	if why := unsortable(c.Column); why != "" {
		return view.Send(view.Say{Text: why, Bad: true})
	}
	switch at := v.set.level(c.Column); {
	case at != 0:
		v.set.levels = []level{v.levelOf(c)}
	case v.set.levels[0].Desc == c.down():
		v.set.levels[0].Desc = !c.down()
	default:
		v.set.levels = []level{newestFirst()}
	}
	return v.sorted()
}

// addLevel sorts what is equal by the column under the cursor, too; again it turns the
// level, and then drops it.
func (v *View) addLevel() tea.Cmd {
	c := v.columns[v.table.Col]
	if why := unsortable(c.Column); why != "" {
		return view.Send(view.Say{Text: why, Bad: true})
	}
	at := v.set.level(c.Column)
	switch {
	case at < 0 && len(v.set.levels) >= mostLevels:
		return view.Send(view.Say{Text: fmt.Sprintf("%d levels are the most; S on one of them turns and drops it", mostLevels), Bad: true})
	case at < 0:
		v.set.levels = append(v.set.levels, v.levelOf(c))
	case v.set.levels[at].Desc == c.down():
		v.set.levels[at].Desc = !c.down()
	default:
		v.set.levels = slices.Delete(v.set.levels, at, at+1)
	}
	if len(v.set.levels) == 0 {
		v.set.levels = []level{newestFirst()}
	}
	return v.sorted()
}

// sorted arranges the rows by the order that was chosen.
func (v *View) sorted() tea.Cmd {
	v.set.name(v.names)
	v.titles()
	if v.set.unread() {
		return v.loadSort()
	}
	v.inOrder()
	return v.loadCells()
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
// metric, param or tag, named with its kind unless it is a metric: params.lr. Behind it
// may stand a measure of a metric, and a last word, asc or desc, turns it. What is sorted
// by is shown, from the first row.
func (v *View) sortBy(words string) tea.Cmd {
	name, turn := words, ""
	if before, last, ok := cutLast(words); ok && (strings.EqualFold(last, "asc") || strings.EqualFold(last, "desc")) {
		name, turn = before, strings.ToLower(last)
	}
	c, err := v.meant(name)
	if err != nil {
		return view.Send(view.Say{Text: "sort: " + err.Error(), Bad: true})
	}
	if why := unsortable(c); why != "" {
		return view.Send(view.Say{Text: why, Bad: true})
	}
	v.showColumn(c)
	l := v.levelOf(column{Column: c})
	if turn != "" {
		l.Desc = turn == "desc"
	}
	v.set.levels = []level{l}
	v.scan.top = true
	return tea.Batch(v.sorted(), v.loadCells())
}

// showColumn puts the cursor on a column, which is made before the other keys if there
// is none.
func (v *View) showColumn(c views.Column) {
	same := func(o column) bool { return o.Field == c.Field && o.Measure == c.Measure }
	if !slices.ContainsFunc(v.columns, same) {
		at := slices.IndexFunc(v.columns, func(o column) bool { return o.Field.Kind != store.AttributeField })
		if beside := lastIndex(v.columns, func(o column) bool { return o.Field == c.Field }); beside >= 0 {
			at = beside + 1
		}
		if at < 0 {
			at = len(v.columns)
		}
		v.scan.chosen = true
		v.putColumns(slices.Insert(slices.Clone(v.columns), at, column{Column: c}))
	}
	v.table.Col = slices.IndexFunc(v.columns, same)
	v.table.Side(0)
}

func lastIndex[T any](all []T, is func(T) bool) int {
	for i := len(all) - 1; i >= 0; i-- {
		if is(all[i]) {
			return i
		}
	}
	return -1
}

func cutLast(words string) (before, last string, ok bool) {
	i := strings.LastIndexByte(words, ' ')
	if i < 0 {
		return "", "", false
	}
	return strings.TrimSpace(words[:i]), words[i+1:], true
}

// meant is the column that a user means: one as it is headed, a key with its kind
// before it, or else a metric; behind it a measure.
func (v *View) meant(name string) (views.Column, error) {
	for _, c := range v.columns {
		if c.Field.Key == name || c.title() == name || c.Field == forest.Name && name == "run" {
			return views.Column{Field: c.Field, Measure: c.Measure}, nil
		}
	}
	for _, spelled := range []string{name, "metrics." + name} {
		var c views.Column
		if err := c.UnmarshalText([]byte(spelled)); err == nil {
			return c, nil
		}
	}
	// A key as it is, with blanks or signs in it.
	kinds := map[string]store.FieldKind{"metrics": store.MetricField, "params": store.ParamField, "tags": store.TagField}
	prefix, key, ok := strings.Cut(name, ".")
	if kind, known := kinds[prefix]; ok && known && key != "" {
		return views.Column{Field: store.Field{Kind: kind, Key: strings.Trim(key, "`")}}, nil
	}
	if name == "" {
		return views.Column{}, errors.New("a column is missing")
	}
	return views.Column{Field: store.Field{Kind: store.MetricField, Key: strings.Trim(name, "`")}}, nil
}
