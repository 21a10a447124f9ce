package cmd

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"benchside/store"
	"benchside/store/search"
	"benchside/tui/widget"
)

// runJSON is a run as every command prints it.
type runJSON struct {
	ID             string            `json:"run_id"`
	Name           string            `json:"name"`
	ExperimentID   string            `json:"experiment_id"`
	ExperimentName string            `json:"experiment_name"`
	Status         store.Status      `json:"status"`
	Stage          store.Stage       `json:"lifecycle_stage"`
	UserID         string            `json:"user_id"`
	Start          store.Time        `json:"start_time"`
	End            store.Time        `json:"end_time"`
	ParentID       *string           `json:"parent_run_id"`
	ArtifactURI    string            `json:"artifact_uri"`
	Params         map[string]string `json:"params"`
	Metrics        map[string]number `json:"metrics"`
	Tags           map[string]string `json:"tags"`
}

func asJSON(r store.Run) runJSON {
	out := runJSON{
		ID: r.ID, Name: r.Name, ExperimentID: r.ExperimentID, ExperimentName: r.ExperimentName, Status: r.Status, Stage: r.Stage, UserID: r.UserID,
		Start: r.Start, End: r.End, ArtifactURI: r.ArtifactURI, Params: filled(r.Params), Metrics: map[string]number{}, Tags: filled(r.Tags),
	}
	if r.ParentID != "" {
		out.ParentID = &r.ParentID
	}
	for k, p := range r.Metrics {
		out.Metrics[k] = number(p.Value)
	}
	return out
}

// runFlags are those of a command over several runs.
type runFlags struct {
	experiments, order, columns []string
	filter, deleted             string
	limit                       int
}

func (f *runFlags) add(c *cobra.Command) {
	p := c.Flags()
	p.StringArrayVar(&f.experiments, "experiment", nil, "id or name of an experiment; may be repeated; all by default")
	p.StringVar(&f.filter, "filter", "", "MLflow's search language, e.g. \"metrics.`val/auc` > 0.9 and params.optimizer = 'adam'\"")
	p.StringArrayVar(&f.order, "order-by", nil, "sort key, e.g. \"metrics.loss ASC\"; may be repeated")
	p.IntVar(&f.limit, "limit", 100, "at most so many; 0 means all")
	p.StringVar(&f.deleted, "deleted", "", "include or only: deleted runs too, or alone")
}

func (f *runFlags) query(ctx context.Context, st store.Store) (store.RunQuery, error) {
	q, err := f.parse()
	if err != nil {
		return q, err
	}
	q.Experiments, err = experimentIDs(ctx, st, f.experiments)
	return q, err
}

func (f *runFlags) parse() (q store.RunQuery, err error) {
	if f.limit < 0 {
		return q, usage("--limit %d: a number of runs, or 0 for all", f.limit)
	}
	q.Limit = f.limit
	if q.Filter, err = search.Parse(f.filter, search.Runs); err != nil {
		return q, err
	}
	if q.Order, err = search.ParseOrder(f.order, search.Runs); err != nil {
		return q, err
	}
	q.Stage, err = lifecycle(f.deleted)
	return q, err
}

func (s *session) runs() *cobra.Command {
	c := &cobra.Command{Use: "runs", Short: "List and show runs"}
	var f runFlags
	list := &cobra.Command{
		Use: "list", Short: "List runs, the latest start first", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return s.listRuns(c.Context(), f) },
	}
	f.add(list)
	list.Flags().StringSliceVar(&f.columns, "columns", nil, "columns of the table, e.g. run_id,name,metrics.loss,params.lr,tags.team")
	show := &cobra.Command{
		Use: "show RUN", Short: "Show one run, by id, the start of an id, or a unique name", Args: exactly(1, "one run: its id, the start of it, or its name"),
		RunE: func(c *cobra.Command, args []string) error { return s.showRun(c.Context(), args[0]) },
	}
	c.AddCommand(s.formFlags(list), s.formFlags(show), s.tree())
	return c
}

func (s *session) listRuns(ctx context.Context, f runFlags) error {
	if _, err := f.parse(); err != nil {
		return err
	}
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	q, err := f.query(ctx, st)
	if err != nil {
		return err
	}
	if s.form.json {
		return s.streamJSON(ctx, st, q)
	}
	var all []store.Run
	if err := eachRun(ctx, st, q, func(r store.Run) error { all = append(all, r); return nil }); err != nil {
		return err
	}
	columns := f.columns
	if columns == nil {
		columns = usualColumns(all)
	}
	t := table{heads: columns, right: map[int]bool{}}
	for i, name := range columns {
		t.right[i] = strings.HasPrefix(name, "metrics.") || name == "duration"
		if _, err := cellOf(store.Run{}, name); err != nil {
			return err
		}
	}
	for _, r := range all {
		row := make([]string, len(columns))
		for i, name := range columns {
			row[i], _ = cellOf(r, name)
		}
		t.rows = append(t.rows, row)
	}
	return t.print(s.out, s.form)
}

// usualColumns are those of a table that names none: every metric and param of
// the runs behind the attributes would be too wide, so the common ones are.
func usualColumns(runs []store.Run) []string {
	out := []string{"run_id", "name", "experiment_name", "status", "start_time", "duration"}
	counts := map[string]int{}
	for _, r := range runs {
		for k := range r.Metrics {
			if !strings.HasPrefix(k, store.SystemMetric) {
				counts[k]++
			}
		}
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	for _, k := range keys[:min(len(keys), 4)] {
		out = append(out, "metrics."+k)
	}
	return out
}

// cellOf returns what a column holds of a run.
func cellOf(r store.Run, column string) (string, error) {
	kind, key, dotted := strings.Cut(column, ".")
	switch {
	case dotted && (kind == "metrics" || kind == "metric"):
		if p, ok := r.Metrics[key]; ok {
			return number(p.Value).String(), nil
		}
		return "", nil
	case dotted && (kind == "params" || kind == "param"):
		return r.Params[key], nil
	case dotted && (kind == "tags" || kind == "tag"):
		return r.Tags[key], nil
	}
	switch column {
	case "run_id":
		return r.ID, nil
	case "name":
		return r.Name, nil
	case "experiment_id":
		return r.ExperimentID, nil
	case "experiment_name":
		return r.ExperimentName, nil
	case "status":
		return string(r.Status), nil
	case "lifecycle_stage":
		return string(r.Stage), nil
	case "user_id":
		return r.UserID, nil
	case "start_time":
		return widget.Stamp(r.Start), nil
	case "end_time":
		return widget.Stamp(r.End), nil
	case "duration":
		if !r.End.Set() {
			return "", nil
		}
		return widget.Lasted(r.Start, r.End, 0), nil
	case "parent_run_id":
		return r.ParentID, nil
	case "artifact_uri":
		return r.ArtifactURI, nil
	}
	return "", usage("--columns %s: not an attribute of a run; write metrics.%s, params.%s or tags.%s", column, column, column, column)
}

// streamJSON prints an array run by run, so that a big store needs no big
// memory.
func (s *session) streamJSON(ctx context.Context, st store.Store, q store.RunQuery) error {
	w := bufio.NewWriter(s.out)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("  ", "  ")
	lead := "[\n  "
	err := eachRun(ctx, st, q, func(r store.Run) error {
		if _, err := w.WriteString(lead); err != nil {
			return err
		}
		lead = "  ,"
		return e.Encode(asJSON(r))
	})
	if err != nil {
		return err
	}
	if lead[0] == '[' {
		w.WriteString("[")
	}
	w.WriteString("]\n")
	return w.Flush()
}

// eachRun gives the runs of a query in its order. Many are read in parts, by
// their ids, so that not all of them are in memory at once.
func eachRun(ctx context.Context, st store.Store, q store.RunQuery, each func(store.Run) error) error {
	const part = 500
	give := func(runs []store.Run) error {
		for _, r := range runs {
			if err := each(r); err != nil {
				return err
			}
		}
		return nil
	}
	if q.Limit > 0 && q.Limit <= part {
		runs, err := st.Runs(ctx, q)
		if err != nil {
			return err
		}
		return give(runs)
	}
	ids, err := st.Match(ctx, q)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(ids, part) {
		only := search.Filter{Expr: search.Compare{Entity: search.Attribute, Key: "run_id", Op: search.In, Texts: chunk}}
		runs, err := st.Runs(ctx, store.RunQuery{Filter: only, Stage: store.AnyStage})
		if err != nil {
			return err
		}
		place := make(map[string]int, len(chunk))
		for i, id := range chunk {
			place[id] = i
		}
		slices.SortFunc(runs, func(a, b store.Run) int { return place[a.ID] - place[b.ID] })
		if err := give(runs); err != nil {
			return err
		}
	}
	return nil
}

// oneRun finds a run by its id, the start of it, or its name.
func oneRun(ctx context.Context, st store.Store, name string) (store.Run, error) {
	r, err := st.Run(ctx, name)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return r, err
	}
	by := search.Filter{Expr: search.Compare{Entity: search.Tag, Key: store.TagRunName, Op: search.Equal, Text: name}}
	found, byName := st.Match(ctx, store.RunQuery{Filter: by, Stage: store.AnyStage})
	switch {
	case byName != nil:
		return r, byName
	case len(found) == 0:
		return r, err
	case len(found) > 1:
		return r, fmt.Errorf("run %q: %w: %d runs have this name, such as %s and %s", name, store.ErrAmbiguous, len(found), found[0], found[1])
	}
	return st.Run(ctx, found[0])
}

func (s *session) showRun(ctx context.Context, name string) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	r, err := oneRun(ctx, st, name)
	if err != nil {
		return err
	}
	if s.form.json {
		return s.printJSON(asJSON(r))
	}
	t := table{heads: []string{"", "key", "value"}}
	add := func(kind, key, value string) { t.rows = append(t.rows, []string{kind, key, value}) }
	for _, name := range []string{"run_id", "name", "experiment_name", "status", "lifecycle_stage", "user_id", "start_time", "end_time", "duration", "parent_run_id", "artifact_uri"} {
		value, err := cellOf(r, name)
		if err != nil {
			return err
		}
		add("run", name, value)
	}
	for _, k := range r.MetricKeys() {
		add("metric", k, number(r.Metrics[k].Value).String())
	}
	for _, k := range slices.Sorted(maps.Keys(r.Params)) {
		add("param", k, r.Params[k])
	}
	for _, k := range slices.Sorted(maps.Keys(r.Tags)) {
		add("tag", k, r.Tags[k])
	}
	return t.print(s.out, s.form)
}
