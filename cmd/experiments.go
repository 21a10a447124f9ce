package cmd

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"benchside/store"
	"benchside/store/search"
	"benchside/tui/widget"
)

// experimentJSON is an experiment as `experiments list --json` prints it.
type experimentJSON struct {
	ID               string            `json:"experiment_id"`
	Name             string            `json:"name"`
	ArtifactLocation string            `json:"artifact_location"`
	Stage            store.Stage       `json:"lifecycle_stage"`
	Created          store.Time        `json:"creation_time"`
	Updated          store.Time        `json:"last_update_time"`
	Runs             int               `json:"runs"`
	Running          int               `json:"running"`
	Newest           store.Time        `json:"last_activity"`
	Tags             map[string]string `json:"tags"`
}

func (s *session) experiments() *cobra.Command {
	c := &cobra.Command{Use: "experiments", Short: "List experiments"}
	var filter, deleted string
	var order []string
	var limit int
	list := &cobra.Command{
		Use: "list", Short: "List experiments, the newest first", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			q := store.ExperimentQuery{Limit: limit}
			var err error
			if q.Filter, err = search.Parse(filter, search.Experiments); err != nil {
				return err
			}
			if q.Order, err = search.ParseOrder(order, search.Experiments); err != nil {
				return err
			}
			if q.Stage, err = lifecycle(deleted); err != nil {
				return err
			}
			return s.listExperiments(c.Context(), q)
		},
	}
	f := list.Flags()
	f.StringVar(&filter, "filter", "", "MLflow's search language, e.g. \"name LIKE 'churn/%'\"")
	f.StringArrayVar(&order, "order-by", nil, "sort key, e.g. \"name ASC\"; may be repeated")
	f.IntVar(&limit, "limit", 0, "at most so many; 0 means all")
	f.StringVar(&deleted, "deleted", "", "include or only: deleted experiments too, or alone")
	c.AddCommand(s.formFlags(list))
	return c
}

func lifecycle(deleted string) (store.Lifecycle, error) {
	switch deleted {
	case "", "exclude":
		return store.ActiveOnly, nil
	case "include":
		return store.AnyStage, nil
	case "only":
		return store.DeletedOnly, nil
	}
	return 0, usage("--deleted %s: there are include and only", deleted)
}

func (s *session) listExperiments(ctx context.Context, q store.ExperimentQuery) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	found, err := st.Experiments(ctx, q)
	if err != nil {
		return err
	}
	activity, err := st.Activity(ctx)
	if err != nil {
		return err
	}
	if s.form.json {
		out := make([]experimentJSON, 0, len(found))
		for _, e := range found {
			a := activity[e.ID]
			out = append(out, experimentJSON{e.ID, e.Name, e.ArtifactLocation, e.Stage, e.Created, e.Updated, a.Runs, a.Running, a.Newest, filled(e.Tags)})
		}
		return s.printJSON(out)
	}
	t := table{heads: []string{"id", "name", "stage", "runs", "running", "last activity", "created"}, right: map[int]bool{0: true, 3: true, 4: true}}
	for _, e := range found {
		a := activity[e.ID]
		t.rows = append(t.rows, []string{e.ID, e.Name, string(e.Stage), strconv.Itoa(a.Runs), strconv.Itoa(a.Running), widget.Stamp(a.Newest), widget.Stamp(e.Created)})
	}
	return t.print(s.out, s.form)
}

// filled makes a missing map an empty one, which JSON prints as {}.
func filled(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// experimentIDs finds experiments by id or name.
func experimentIDs(ctx context.Context, st store.Store, wanted []string) ([]string, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	all, err := st.Experiments(ctx, store.ExperimentQuery{Stage: store.AnyStage})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, w := range wanted {
		found := ""
		for _, e := range all {
			if e.ID == w || e.Name == w && found == "" {
				found = e.ID
			}
			if e.ID == w {
				break
			}
		}
		if found == "" {
			return nil, fmt.Errorf("experiment %s: %w: no id and no name is this; benchside experiments list names them", w, store.ErrNotFound)
		}
		ids = append(ids, found)
	}
	return ids, nil
}
