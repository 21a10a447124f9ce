package runtable

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/forest"
	"benchside/store"
	"benchside/store/search"
	"benchside/tui/statement"
	"benchside/tui/view"
)

// queryKeys are those about how runs are searched.
func (v *View) queryKeys() []view.Key {
	const group = "runs"
	return []view.Key{
		{Press: []string{"="}, Name: "filter-like", Does: "filter by the value under the cursor", Group: group, Off: v.noLikeness, Run: v.filterLike},
		{Press: []string{"Q"}, Name: "sql", Does: "show the SQL of what is shown", Group: group, Run: v.showStatement},
	}
}

// typingKeys are those of the filter bar, and the SQL.
func (v *View) typingKeys() []view.Key {
	return append(v.filter.bar.Keys(v.rematch),
		view.Key{Press: []string{"alt+q"}, Does: "show the SQL of the filter", Group: "filter", Run: v.showStatement})
}

// searchOrder is the order of the table as a query has it, as far as it has it;
// MLflow's own where there is no other.
func (v *View) searchOrder() (out []search.Order) {
	keys := map[store.Field]string{forest.Name: "run_name", forest.Status: "status", forest.User: "user_id", forest.Started: "start_time"}
	entities := map[store.FieldKind]search.Entity{store.MetricField: search.Metric, store.ParamField: search.Param, store.TagField: search.Tag}
	for _, l := range v.set.levels {
		o := search.Order{Entity: entities[l.Field.Kind], Key: l.Field.Key, Desc: l.Desc}
		if l.Field.Kind == store.AttributeField {
			o.Key = keys[l.Field]
		}
		if o.Key == "" || !l.measure.Stored() || len(v.set.levels) == 1 && l.Field == forest.Started && l.Desc {
			return out
		}
		out = append(out, o)
	}
	return out
}

// showStatement opens the dialog with the SQL of what is shown.
func (v *View) showStatement() tea.Cmd {
	q := v.query()
	q.Order = v.searchOrder()
	filter, err := search.Read(v.filter.bar.Text(), search.Runs)
	if err == nil { // else none is in force
		q.Filter = filter
	}
	return view.Send(view.Ask{Dialog: statement.New(v.reader, q, v.theme)})
}

func (v *View) noLikeness() string {
	if v.noRun() != "" || v.table.Col >= len(v.columns) {
		return "there is no value here"
	}
	_, why := v.likeness()
	return why
}

// filterLike adds to the filter that a run must have the value under the cursor.
func (v *View) filterLike() tea.Cmd {
	condition, _ := v.likeness()
	before := v.filter.bar.Text()
	if f, err := search.Read(before, search.Runs); err == nil {
		switch f.Expr.(type) {
		case nil:
			return v.filterBy(condition)
		case search.Or:
			before = "(" + before + ")"
		}
	}
	if before == condition || strings.HasSuffix(before, " AND "+condition) {
		return nil // it is there already
	}
	return v.filterBy(before + " AND " + condition)
}

// likeness is the condition that a run is like the one here in the column under the
// cursor, or why there is none.
func (v *View) likeness() (condition, why string) {
	h, column := v.current(), v.columns[v.table.Col]
	f := column.Field
	if !column.Measure.Stored() {
		return "", "the filter is by the last value: m shows it"
	}
	c, ok := v.cells[h.ID]
	if !ok && f.Kind != store.AttributeField {
		return "", "the value is not read yet"
	}
	want, there := search.Compare{Op: search.Equal, Key: f.Key}, true
	switch f.Kind {
	case store.MetricField:
		want.Entity = search.Metric
		var p store.Point
		p, there = c.Metrics[f.Key]
		want.Number = p.Value
		if p.Value != p.Value {
			return "", "NaN is equal to nothing"
		}
	case store.ParamField:
		want.Entity = search.Param
		want.Text, there = c.Params[f.Key]
	case store.TagField:
		want.Entity = search.Tag
		want.Text, there = c.Tags[f.Key]
	default:
		return attributeLike(h, f)
	}
	if !there {
		field, ok := search.SpellField(want.Entity, want.Key, search.Runs)
		return field + " IS NULL", unspelled(ok)
	}
	return spelled(want)
}

func attributeLike(h *store.Head, f store.Field) (condition, why string) {
	switch f {
	case forest.Name:
		return spelled(search.Compare{Key: "run_name", Op: search.Equal, Text: h.Name})
	case forest.Status:
		return spelled(search.Compare{Key: "status", Op: search.Equal, Text: string(h.Status)})
	case forest.User:
		return spelled(search.Compare{Key: "user_id", Op: search.Equal, Text: h.UserID})
	case forest.Started:
		if h.Start.Set() {
			return spelled(search.Compare{Key: "start_time", Op: search.Equal, Number: float64(h.Start.Millis())})
		}
		return "start_time IS NULL", ""
	}
	return "", "there is no filter by this column"
}

func spelled(c search.Compare) (condition, why string) {
	condition, ok := search.Spell(c, search.Runs)
	return condition, unspelled(ok)
}

func unspelled(ok bool) string {
	if ok {
		return ""
	}
	return "the language of filters cannot write this value"
}
