package cmd

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"benchside/store"
)

// attribute is a column of runs that every run has.
type attribute struct {
	name             string
	id, right, whole bool // see column
	of               func(r *store.Run, f form) cell
}

// attributes are the columns of runs, in the order of the JSON.
var attributes = []attribute{
	{name: "run_id", id: true, of: func(r *store.Run, _ form) cell { return text(r.ID) }},
	{name: "name", of: func(r *store.Run, _ form) cell { return text(r.Name) }},
	{name: "experiment_id", of: func(r *store.Run, _ form) cell { return text(r.ExperimentID) }},
	{name: "experiment_name", of: func(r *store.Run, _ form) cell { return text(r.ExperimentName) }},
	{name: "status", whole: true, of: func(r *store.Run, _ form) cell { return text(string(r.Status)) }},
	{name: "lifecycle_stage", whole: true, of: func(r *store.Run, _ form) cell { return text(string(r.Stage)) }},
	{name: "user_id", of: func(r *store.Run, _ form) cell { return text(r.UserID) }},
	{name: "start_time", whole: true, of: func(r *store.Run, f form) cell { return text(f.moment(r.Start)) }},
	{name: "end_time", whole: true, of: func(r *store.Run, f form) cell { return text(f.moment(r.End)) }},
	{name: "duration", right: true, of: func(r *store.Run, f form) cell { return text(f.lasted(r.Start, r.End)) }},
	{name: "parent_run_id", id: true, of: func(r *store.Run, _ form) cell { return text(r.ParentID) }},
	{name: "artifact_uri", of: func(r *store.Run, _ form) cell { return text(r.ArtifactURI) }},
}

// runColumn is one column of a table of runs: an attribute, or a field. A field
// of the key * stands for all of its kind.
type runColumn struct {
	name  string
	attr  *attribute
	field store.Field
}

func (c runColumn) all() bool { return c.attr == nil && c.field.Key == "*" }

// kinds are the fields of a run as columns spell them.
var kinds = []struct {
	word string
	kind store.FieldKind
}{{"metrics", store.MetricField}, {"params", store.ParamField}, {"tags", store.TagField}}

// runColumns are the columns that were asked for, nil for the usual ones of a
// table for people, which depend on the runs.
func runColumns(names []string, f form) ([]runColumn, error) {
	if len(names) == 0 && f == asCSV {
		for _, a := range attributes {
			names = append(names, a.name)
		}
		names = append(names, "params.*", "metrics.*", "tags.*")
	}
	var out []runColumn
	for _, name := range names {
		c, err := runColumnOf(name)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func runColumnOf(name string) (runColumn, error) {
	for i := range attributes {
		if attributes[i].name == name {
			return runColumn{name: name, attr: &attributes[i]}, nil
		}
	}
	word, key, _ := strings.Cut(name, ".")
	for _, k := range kinds {
		if (word == k.word || word+"s" == k.word) && key != "" {
			return runColumn{name: k.word + "." + key, field: store.Field{Kind: k.kind, Key: key}}, nil
		}
	}
	names := make([]string, len(attributes))
	for i, a := range attributes {
		names[i] = a.name
	}
	return runColumn{}, usage("--columns %s: there are %s, and metrics.KEY, params.KEY and tags.KEY", name, strings.Join(names, ", "))
}

// of is what the column holds of a run.
func (c runColumn) of(r *store.Run, f form) cell {
	if c.attr != nil {
		return c.attr.of(r, f)
	}
	var value string
	var there bool
	switch c.field.Kind {
	case store.MetricField:
		if p, ok := r.Metrics[c.field.Key]; ok {
			return numeric(p.Value)
		}
	case store.ParamField:
		value, there = r.Params[c.field.Key]
	case store.TagField:
		value, there = r.Tags[c.field.Key]
	}
	if !there && f != asCSV {
		value = missing
	}
	return text(value)
}

func (c runColumn) column() column {
	if c.attr != nil {
		return column{head: c.name, id: c.attr.id, right: c.attr.right, whole: c.attr.whole}
	}
	return column{head: c.name, right: c.field.Kind == store.MetricField}
}

// usual are the columns of a table for people that names none: the attributes
// that they ask for first, and the metrics that most of the runs have.
func usual(runs []store.Run, several bool) []runColumn {
	const most = 4
	names := []string{"run_id", "name", "status", "start_time", "duration"}
	if several {
		names = append(names, "experiment_name")
	}
	counts := map[string]int{}
	for i := range runs {
		for k := range runs[i].Metrics {
			if !strings.HasPrefix(k, store.SystemMetric) {
				counts[k]++
			}
		}
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
	for _, k := range keys[:min(len(keys), most)] {
		names = append(names, "metrics."+k)
	}
	var out []runColumn
	for _, name := range names {
		c, _ := runColumnOf(name) // they are ours
		out = append(out, c)
	}
	return out
}

// spread puts the keys that the runs of a query have in the place of a *. The
// runs are read for it once more, since not all of them are kept.
func spread(ctx context.Context, st store.Store, q store.RunQuery, columns []runColumn) ([]runColumn, error) {
	if !slices.ContainsFunc(columns, runColumn.all) {
		return columns, nil
	}
	found := map[store.Field]bool{}
	err := eachRun(ctx, st, q, func(r *store.Run) error {
		for k := range r.Metrics {
			found[store.Field{Kind: store.MetricField, Key: k}] = true
		}
		for k := range r.Params {
			found[store.Field{Kind: store.ParamField, Key: k}] = true
		}
		for k := range r.Tags {
			found[store.Field{Kind: store.TagField, Key: k}] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	fields := slices.SortedFunc(maps.Keys(found), func(a, b store.Field) int { return strings.Compare(a.Key, b.Key) })
	var out []runColumn
	for _, c := range columns {
		if !c.all() {
			out = append(out, c)
			continue
		}
		word := strings.TrimSuffix(c.name, "*")
		for _, field := range fields {
			if field.Kind == c.field.Kind {
				out = append(out, runColumn{name: word + field.Key, field: field})
			}
		}
	}
	return out, nil
}
