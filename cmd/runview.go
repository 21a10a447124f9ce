package cmd

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"benchside/compare"
	"benchside/forest"
	"benchside/measures"
	"benchside/pace"
	"benchside/plots"
	"benchside/store"
	"benchside/store/search"
	"benchside/views"
)

// viewed is a list of runs as a view has them.
type viewed struct {
	st         store.Store
	view       views.View
	directions map[string]compare.Direction
	groups     map[string]string // by run, where the view groups; those without are absent
	sketches   map[string]*measures.Sketch
}

// viewJSON is a run of a view: its group, and what its columns of measures hold.
type viewJSON struct {
	runJSON
	Group    *string           `json:"group,omitempty"`
	Measures map[string]number `json:"measures,omitempty"`
}

// listView prints the runs that a view of a name shows, as the table of the screen has them.
func (s *session) listView(ctx context.Context, name string, f runFlags) error {
	file, err := runTables{}.Views()
	if err != nil {
		return err
	}
	v, ok := file[name]
	if !ok {
		return fmt.Errorf("view %s: %w; there are %s", name, store.ErrNotFound, orElse(strings.Join(slices.Sorted(maps.Keys(file)), ", "), "none"))
	}
	q, err := f.query()
	if err != nil {
		return err
	}
	if q.Filter, err = search.Read(string(v.Filter), search.Runs); err != nil {
		return err
	}
	st, err := s.openFor(ctx, f, &q)
	if err != nil {
		return err
	}
	defer st.Close()
	t := &viewed{st: st, view: v, directions: keptDirections().All(), sketches: map[string]*measures.Sketch{}}
	ids, err := t.order(ctx, q)
	if err != nil {
		return err
	}
	if f.limit > 0 && len(ids) > f.limit {
		ids = ids[:f.limit]
	}
	return t.print(ctx, s, ids)
}

// order returns the runs of a query in the order of the view, those that are pinned first.
func (t *viewed) order(ctx context.Context, q store.RunQuery) ([]string, error) {
	q.Limit = 0
	matched, err := t.st.Match(ctx, q)
	if err != nil {
		return nil, err
	}
	if t.view.Faulty {
		if matched, err = t.faulty(ctx, matched); err != nil {
			return nil, err
		}
	}
	runs := forest.New(nil)
	for part := range slices.Chunk(slices.Concat(t.view.Pins, matched), runsPerPart) {
		heads, err := t.st.HeadsOf(ctx, part)
		if err != nil {
			return nil, err
		}
		runs.Upsert(heads...)
	}
	if err := t.group(ctx, runs, q.Experiments); err != nil {
		return nil, err
	}
	levels, err := t.levels(ctx, q.Experiments, matched)
	if err != nil {
		return nil, err
	}
	runs.Arrange(levels.Compare(runs))
	among := map[string]bool{}
	for _, id := range matched {
		among[id] = true
	}
	var out []string
	taken := map[string]bool{}
	for _, id := range t.view.Pins {
		if _, ok := runs.Find(id); ok && !taken[id] {
			out, taken[id] = append(out, id), true
		}
	}
	for _, row := range runs.Rows(forest.View{Flat: t.view.Flat, Match: func(id string) bool { return among[id] }}, nil) {
		if id := runs.Head(row.At).ID; among[id] && !taken[id] {
			out = append(out, id)
		}
	}
	return out, nil
}

// faulty leaves of some runs those that failed or stalled.
func (t *viewed) faulty(ctx context.Context, ids []string) (out []string, err error) {
	now := time.Now().UnixMilli()
	for part := range slices.Chunk(ids, runsPerPart) {
		runs, err := t.st.RunsOf(ctx, part)
		if err != nil {
			return nil, err
		}
		for i := range runs {
			bad := runs[i].Status == store.Failed
			if runs[i].Status == store.Running {
				beat, err := pace.Read(ctx, t.st, &runs[i], nil)
				if err != nil {
					return nil, err
				}
				_, bad = beat.Stalled(now, pace.Times)
			}
			if bad {
				out = append(out, runs[i].ID)
			}
		}
	}
	return out, nil
}

// group has the runs be grouped as the view does.
func (t *viewed) group(ctx context.Context, runs *forest.Forest, in []string) error {
	field := t.view.Group.Field
	if t.view.Group.IsZero() {
		return nil
	}
	t.groups = map[string]string{}
	switch {
	case field.Kind != store.AttributeField:
		column, err := t.st.Column(ctx, in, field)
		if err != nil {
			return err
		}
		t.groups = column.Texts
	default:
		if err := t.groupByHead(ctx, runs, field); err != nil {
			return err
		}
	}
	runs.GroupBy(func(i int32) (string, bool) { label, ok := t.groups[runs.Head(i).ID]; return label, ok })
	return nil
}

func (t *viewed) groupByHead(ctx context.Context, runs *forest.Forest, field store.Field) error {
	var ids []string
	names := map[string]string{}
	if field == forest.Experiment {
		all, err := t.st.Experiments(ctx, store.ExperimentQuery{Stage: store.AnyStage})
		if err != nil {
			return err
		}
		for _, e := range all {
			names[e.ID] = e.Name
		}
	}
	for i := range int32(runs.Places()) {
		h := runs.Head(i)
		ids = append(ids, h.ID)
		switch field {
		case forest.Experiment:
			t.groups[h.ID] = orElse(names[h.ExperimentID], h.ExperimentID)
		case forest.Status:
			t.groups[h.ID] = string(h.Status)
		case forest.User:
			if h.UserID != "" {
				t.groups[h.ID] = h.UserID
			}
		}
	}
	if field != views.Dataset {
		return nil
	}
	labels, err := views.Datasets(ctx, t.st, ids)
	t.groups = labels
	return err
}

// levels are the order of the view.
func (t *viewed) levels(ctx context.Context, in, ids []string) (forest.Levels, error) {
	levels := forest.Levels{}
	for _, s := range t.view.Sort {
		o := forest.Order{Field: s.Field, Desc: s.Desc}
		var err error
		switch {
		case s.Field == forest.Experiment:
			o.Experiments = map[string]string{}
			var all []store.Experiment
			all, err = t.st.Experiments(ctx, store.ExperimentQuery{Stage: store.AnyStage})
			for _, e := range all {
				o.Experiments[e.ID] = e.Name
			}
		case s.Field.Kind == store.AttributeField:
		case s.Measure.Stored():
			o.Column, err = t.st.Column(ctx, in, s.Field)
		default:
			o.Column.Numbers = map[string]float64{}
			for _, id := range ids {
				p, ok, failed := t.measured(ctx, id, s.Field.Key, s.Measure)
				if failed != nil {
					return nil, failed
				}
				if ok {
					o.Column.Numbers[id] = p.Value
				}
			}
		}
		if err != nil {
			return nil, err
		}
		levels = append(levels, o)
	}
	if len(levels) == 0 {
		levels = append(levels, forest.Order{Field: forest.Started, Desc: true})
	}
	return levels, nil
}

// measured is a measure of a metric of a run; false if there is none.
func (t *viewed) measured(ctx context.Context, id, key string, m measures.Measure) (store.Point, bool, error) {
	s, err := t.sketch(ctx, id, key)
	if err != nil {
		return store.Point{}, false, err
	}
	p, ok := s.Point(m, t.directions[key])
	return p, ok, nil
}

// sketch reads a history once, with all steps that the view asks for.
func (t *viewed) sketch(ctx context.Context, id, key string) (*measures.Sketch, error) {
	name := id + "\x00" + key
	if s := t.sketches[name]; s != nil {
		return s, nil
	}
	var steps []int64
	for _, c := range t.view.Columns {
		if c.Field.Key == key && c.Measure.Kind == measures.At {
			steps = append(steps, c.Measure.Step)
		}
	}
	for _, l := range t.view.Sort {
		if l.Field.Key == key && l.Measure.Kind == measures.At {
			steps = append(steps, l.Measure.Step)
		}
	}
	s, err := measures.Read(ctx, t.st, id, key, true, steps...)
	t.sketches[name] = s
	return s, err
}

// title is how a column of the view is headed.
func title(c views.Column) string {
	text, _ := views.Column{Field: c.Field, Measure: c.Measure}.MarshalText() // it fails never
	return string(text)
}

// print prints the runs in their order.
func (t *viewed) print(ctx context.Context, s *session, ids []string) error {
	if s.form == asJSON {
		return t.printJSON(ctx, s, ids)
	}
	var rows [][]cell
	shown := t.view.Columns
	for part := range slices.Chunk(ids, runsPerPart) {
		runs, err := t.st.RunsOf(ctx, part)
		if err != nil {
			return err
		}
		if len(shown) == 0 {
			shown = columnsOf(usual(runs, true))
		}
		for i := range runs {
			row, err := t.row(ctx, s.form, shown, &runs[i])
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
	}
	heads := []column{{head: "run_id", id: true}}
	if !t.view.Group.IsZero() {
		heads = append(heads, column{head: "group"})
	}
	fixed := len(heads)
	for _, c := range shown {
		heads = append(heads, column{head: title(c), right: c.Field.Kind == store.MetricField && c.Measure.Kind != measures.Trend})
	}
	if t.view.Terse {
		heads, rows = without(heads, rows, shown, fixed)
	}
	out := newTable(s.out, s.form, s.screenWidth(), heads...)
	for _, row := range rows {
		if err := out.row(row...); err != nil {
			return err
		}
	}
	return out.end()
}

// columnsOf are the usual columns of the command as those of a view.
func columnsOf(usual []runColumn) (out []views.Column) {
	for _, c := range usual {
		switch {
		case c.attr == nil:
			out = append(out, views.Column{Field: c.field})
		case c.name == "name", c.name == "status", c.name == "duration":
			out = append(out, views.Column{Field: store.Field{Key: c.name}})
		case c.name == "start_time":
			out = append(out, views.Column{Field: forest.Started})
		case c.name == "experiment_name":
			out = append(out, views.Column{Field: forest.Experiment})
		}
	}
	return out
}

// without leaves out the columns of keys that are empty or the same in all rows.
func without(heads []column, rows [][]cell, shown []views.Column, fixed int) ([]column, [][]cell) {
	var keep []int
	for i := range heads {
		same := i >= fixed && shown[i-fixed].Field.Kind != store.AttributeField && !shown[i-fixed].Pinned && len(rows) > 1
		for _, row := range rows {
			same = same && row[i] == rows[0][i]
		}
		if !same {
			keep = append(keep, i)
		}
	}
	var kept []column
	for _, i := range keep {
		kept = append(kept, heads[i])
	}
	for n, row := range rows {
		var cells []cell
		for _, i := range keep {
			cells = append(cells, row[i])
		}
		rows[n] = cells
	}
	return kept, rows
}

func (t *viewed) row(ctx context.Context, f form, shown []views.Column, r *store.Run) ([]cell, error) {
	cells := []cell{text(r.ID)}
	if !t.view.Group.IsZero() {
		label, ok := t.groups[r.ID]
		if !ok && f != asCSV {
			label = missing
		}
		cells = append(cells, text(label))
	}
	for _, c := range shown {
		one, err := t.cell(ctx, f, c, r)
		if err != nil {
			return nil, err
		}
		cells = append(cells, one)
	}
	return cells, nil
}

// attributesOf are the attributes of views as the command calls them.
var attributesOf = map[string]string{"name": "name", "experiment": "experiment_name", "status": "status", "started": "start_time", "duration": "duration", "user": "user_id"}

func (t *viewed) cell(ctx context.Context, f form, c views.Column, r *store.Run) (cell, error) {
	if c.Field.Kind == store.AttributeField {
		for i := range attributes {
			if attributes[i].name == attributesOf[c.Field.Key] {
				return attributes[i].of(r, f), nil
			}
		}
		return t.live(ctx, c, r)
	}
	if c.Measure.Stored() {
		return runColumn{field: c.Field}.of(r, f), nil
	}
	none := text(missing)
	if f == asCSV {
		none = text("")
	}
	if _, ok := r.Metrics[c.Field.Key]; !ok {
		return none, nil
	}
	if c.Measure.Kind == measures.Trend {
		s, err := t.sketch(ctx, r.ID, c.Field.Key)
		if err != nil {
			return none, err
		}
		return text(plots.Spark(s.Shape(), 10, false)), nil
	}
	p, ok, err := t.measured(ctx, r.ID, c.Field.Key, c.Measure)
	if err != nil || !ok {
		return none, err
	}
	return numeric(p.Value), nil
}

// live is a column of runs that go on.
func (t *viewed) live(ctx context.Context, c views.Column, r *store.Run) (cell, error) {
	if r.Status != store.Running {
		return text(missing), nil
	}
	beat, err := pace.Read(ctx, t.st, r, pace.Totals())
	if err != nil {
		return cell{}, err
	}
	if c.Field.Key == "speed" {
		if speed, ok := beat.Speed(); ok {
			return numeric(speed), nil
		}
		return text(missing), nil
	}
	if left, ok := beat.Left(beat.Total, time.Now().UnixMilli()); ok {
		return text(left.Round(time.Second).String()), nil
	}
	return text(missing), nil
}

func (t *viewed) printJSON(ctx context.Context, s *session, ids []string) error {
	w := newJSONWriter(s.out)
	for part := range slices.Chunk(ids, runsPerPart) {
		runs, err := t.st.RunsOf(ctx, part)
		if err != nil {
			return err
		}
		for i := range runs {
			one := viewJSON{runJSON: jsonOf(&runs[i])}
			if label, ok := t.groups[runs[i].ID]; ok {
				one.Group = &label
			}
			for _, c := range t.view.Columns {
				if c.Measure.Stored() || c.Measure.Kind == measures.Trend || runs[i].Metrics == nil {
					continue
				}
				p, ok, err := t.measured(ctx, runs[i].ID, c.Field.Key, c.Measure)
				if err != nil {
					return err
				}
				if ok {
					if one.Measures == nil {
						one.Measures = map[string]number{}
					}
					one.Measures[title(c)] = number(p.Value)
				}
			}
			if err := w.element(one); err != nil {
				return err
			}
		}
	}
	return w.end()
}
