package cmd

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"benchside/sanitize"
	"benchside/store"
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

func jsonOf(r *store.Run) runJSON {
	out := runJSON{
		ID: r.ID, Name: r.Name, ExperimentID: r.ExperimentID, ExperimentName: r.ExperimentName,
		Status: r.Status, Stage: r.Stage, UserID: r.UserID, Start: r.Start, End: r.End, ArtifactURI: r.ArtifactURI,
		Params: filled(r.Params), Metrics: make(map[string]number, len(r.Metrics)), Tags: filled(r.Tags),
	}
	if r.ParentID != "" {
		out.ParentID = &r.ParentID
	}
	for k, p := range r.Metrics {
		out.Metrics[k] = number(p.Value)
	}
	return out
}

// filled makes a missing map an empty one, which JSON prints as {}.
func filled(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func (s *session) runsList() *cobra.Command {
	var f runFlags
	var columns []string
	var showSQL bool
	var view string
	c := s.leaf(&cobra.Command{
		Use: "list", Short: "List runs, the latest start first", Args: takes(0, "no arguments"),
	}, func(ctx context.Context, _ []string) error {
		switch {
		case view != "" && (showSQL || f.filter != "" || len(f.order)+len(columns) > 0):
			return usage("--view %s has its own filter, order and columns", view)
		case view != "":
			return s.listView(ctx, view, f)
		case showSQL:
			return s.showStatement(ctx, f)
		case view == "":
			return s.listRuns(ctx, f, columns)
		case showSQL || f.filter != "" || len(f.order)+len(columns) > 0:
			return usage("--view %s has its own filter, order and columns", view)
		}
		return s.listRuns(ctx, f, columns)
	})
	f.add(c)
	s.forms.add(c)
	c.Flags().StringVar(&view, "view", "", "the table of a view: `NAME` of one that V in the run table keeps, in views.toml")
	c.Flags().StringSliceVar(&columns, "columns", nil,
		"columns of the table: run_id,name,metrics.loss,params.lr,tags.team; metrics.* stands for all metrics")
	c.Flags().BoolVar(&showSQL, "show-sql", false, "print the SQL that finds the runs, and no runs")
	return c
}

// openFor opens the store, and finds in it the experiments that a query is of. The
// caller closes it.
func (s *session) openFor(ctx context.Context, f runFlags, q *store.RunQuery) (store.Store, error) {
	st, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	if q.Experiments, err = experimentIDs(ctx, st, f.experiments); err != nil {
		st.Close()
		return nil, err
	}
	return st, nil
}

// showStatement prints the statement of a query. What is in it of the user's own text
// stands in quotes, so it is printed as it is but for what would change a terminal.
func (s *session) showStatement(ctx context.Context, f runFlags) error {
	q, err := f.query()
	if err != nil {
		return err
	}
	st, err := s.openFor(ctx, f, &q)
	if err != nil {
		return err
	}
	defer st.Close()
	statement, err := st.Statement(ctx, q)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, sanitize.Text(statement)+";")
	return err
}

func (s *session) listRuns(ctx context.Context, f runFlags, columns []string) error {
	q, err := f.query()
	if err != nil {
		return err
	}
	asked, err := runColumns(columns, s.form)
	if err != nil {
		return err
	}
	st, err := s.openFor(ctx, f, &q)
	if err != nil {
		return err
	}
	defer st.Close()
	if s.form != asJSON {
		return s.tableOfRuns(ctx, st, q, asked)
	}
	w := newJSONWriter(s.out)
	if err := eachRun(ctx, st, q, func(r *store.Run) error { return w.element(jsonOf(r)) }); err != nil {
		return err
	}
	return w.end()
}

// shownRun is a run as runs show prints it: that of runs list and what the run
// is linked to.
type shownRun struct {
	runJSON
	Datasets []datasetJSON `json:"datasets"`
	Models   []modelJSON   `json:"logged_models"`
}

func (s *session) runsShow() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "show RUN", Short: "Show one run, by its id, the start of its id, or its name",
		Args: takes(1, "one run: its id, the start of its id, or its name"),
	}, func(ctx context.Context, args []string) error { return s.showRun(ctx, args[0]) })
	s.forms.add(c)
	return c
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
	inputs, err := store.IfKept(st.Inputs(ctx, r.ID))
	if err != nil {
		return err
	}
	models, err := store.IfKept(st.LoggedModels(ctx, r.ID))
	if err != nil {
		return err
	}
	if s.form == asJSON {
		return newJSONWriter(s.out).value(shownRun{jsonOf(&r), datasetsJSON(inputs), modelsJSON(models)})
	}
	return s.tableOfRun(&r, inputs, models)
}

// tableOfRun prints a run as rows of kind, key and value.
func (s *session) tableOfRun(r *store.Run, inputs []store.Input, models []store.LoggedModel) error {
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "kind"}, column{head: "key"}, column{head: "value"}, column{head: "step", right: true})
	rows := [][]cell{}
	add := func(kind, key string, value cell, step string) {
		rows = append(rows, []cell{text(kind), text(key), value, text(step)})
	}
	for _, a := range attributes {
		add("run", a.name, a.of(r, s.form), "")
	}
	for _, k := range r.MetricKeys() {
		p := r.Metrics[k]
		add("metric", k, text(decimal(p.Value)), p.Step.String())
	}
	for _, k := range slices.Sorted(maps.Keys(r.Params)) {
		add("param", k, text(r.Params[k]), "")
	}
	for _, k := range slices.Sorted(maps.Keys(r.Tags)) {
		add("tag", k, text(r.Tags[k]), "")
	}
	for _, in := range inputs {
		add("dataset", in.Name, text(orElse(in.Context, "input")+" "+in.Digest+" from "+in.SourceType), "")
	}
	for i := range models {
		m := &models[i]
		way := "input"
		if m.Output {
			way = "output"
		}
		step := ""
		if m.Output {
			step = strconv.FormatInt(m.Step, 10)
		}
		add("model", m.Name, text(way+" "+m.ID+" "+m.Status), step)
	}
	for _, cells := range rows {
		if err := t.row(cells...); err != nil {
			return err
		}
	}
	return t.end()
}

func orElse(s, usual string) string {
	if s == "" {
		return usual
	}
	return s
}
