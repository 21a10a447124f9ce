package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"benchside/store"
	"benchside/store/search"
)

// experimentJSON is an experiment as experiments list prints it.
type experimentJSON struct {
	ID               string            `json:"experiment_id"`
	Name             string            `json:"name"`
	ArtifactLocation string            `json:"artifact_location"`
	Stage            store.Stage       `json:"lifecycle_stage"`
	Created          store.Time        `json:"creation_time"`
	Updated          store.Time        `json:"last_update_time"`
	Tags             map[string]string `json:"tags"`
	Runs             int               `json:"runs"`
	Deleted          int               `json:"deleted_runs"`
	Running          int               `json:"running"`
	Newest           store.Time        `json:"last_activity"`
}

func (s *session) experimentsList() *cobra.Command {
	var filter, deleted string
	var order []string
	var limit int
	c := s.leaf(&cobra.Command{
		Use: "list", Short: "List experiments, the newest first", Args: takes(0, "no arguments"),
	}, func(ctx context.Context, _ []string) (err error) {
		q := store.ExperimentQuery{Limit: limit}
		if limit < 0 {
			return usage("--limit %d: a number of experiments, or 0 for all", limit)
		}
		if q.Filter, err = search.Read(filter, search.Experiments); err != nil {
			return fmt.Errorf("--filter: %w", err)
		}
		if q.Order, err = search.ParseOrder(order, search.Experiments); err != nil {
			return fmt.Errorf("--order-by: %w", err)
		}
		if q.Stage, err = lifecycle(deleted); err != nil {
			return err
		}
		return s.listExperiments(ctx, q)
	})
	f := c.Flags()
	f.StringVar(&filter, "filter", "", "`Q` in MLflow's search language and more: name LIKE 'churn/%'")
	f.StringArrayVar(&order, "order-by", nil, "sort key `C`: name ASC; may be repeated")
	f.IntVar(&limit, "limit", 0, "at most `N`; 0 means all")
	deletedFlag(c, &deleted)
	s.forms.add(c)
	return c
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
	if s.form == asJSON {
		out := make([]experimentJSON, 0, len(found))
		for _, e := range found {
			a := activity[e.ID]
			out = append(out, experimentJSON{
				e.ID, e.Name, e.ArtifactLocation, e.Stage, e.Created, e.Updated, filled(e.Tags), a.Runs, a.Deleted, a.Running, a.Newest,
			})
		}
		return printArray(s.out, out)
	}
	t := newTable(
		s.out, s.form, s.screenWidth(), column{head: "experiment_id", right: true}, column{head: "name"}, column{head: "runs", right: true},
		column{head: "running", right: true}, column{head: "last_activity", whole: true}, column{head: "lifecycle_stage", whole: true},
		column{head: "deleted_runs", right: true}, column{head: "creation_time", whole: true},
	)
	for _, e := range found {
		a := activity[e.ID]
		cells := []cell{
			text(e.ID), text(e.Name), count(a.Runs), count(a.Running), text(s.form.moment(a.Newest)), text(string(e.Stage)),
			count(a.Deleted), text(s.form.moment(e.Created)),
		}
		if err := t.row(cells...); err != nil {
			return err
		}
	}
	return t.end()
}
