package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"benchside/store"
	"benchside/store/joined"
	"benchside/store/search"
)

// runFlags are those of a command over several runs.
type runFlags struct {
	experiments, order []string
	filter, deleted    string
	limit              int
}

func (f *runFlags) add(c *cobra.Command) {
	p := c.Flags()
	p.StringArrayVar(&f.experiments, "experiment", nil, "`ID|NAME` of an experiment; may be repeated; all by default")
	p.StringVar(&f.filter, "filter", "", "`Q` in MLflow's search language and more: metrics.loss < 0.1 and params.optimizer = 'adam'")
	p.StringArrayVar(&f.order, "order-by", nil, "sort key `C`: metrics.loss ASC; may be repeated")
	p.IntVar(&f.limit, "limit", 100, "at most `N`; 0 means all")
	deletedFlag(c, &f.deleted)
}

// chooses reports whether a flag chooses runs.
func (f *runFlags) chooses() bool {
	return len(f.experiments)+len(f.order) > 0 || f.filter != "" || f.deleted != ""
}

// deletedFlag adds the flag that asks for what is deleted.
func deletedFlag(c *cobra.Command, value *string) {
	c.Flags().StringVar(value, "deleted", "", "`include` the deleted ones too, or show them 'only'")
	words := cobra.FixedCompletions([]string{"include", "only"}, cobra.ShellCompDirectiveNoFileComp)
	_ = c.RegisterFlagCompletionFunc("deleted", words) // it fails for unknown flags only
}

// lifecycle is what the flag deleted asks for.
func lifecycle(deleted string) (store.Lifecycle, error) {
	switch deleted {
	case "":
		return store.ActiveOnly, nil
	case "include":
		return store.AnyStage, nil
	case "only":
		return store.DeletedOnly, nil
	}
	return 0, usage("--deleted %s: there are include and only", deleted)
}

// query turns the flags into a query but for the experiments, which are names of
// a store.
func (f *runFlags) query() (q store.RunQuery, err error) {
	if f.limit < 0 {
		return q, usage("--limit %d: a number of runs, or 0 for all", f.limit)
	}
	q.Limit = f.limit
	if q.Filter, err = search.Read(f.filter, search.Runs); err != nil {
		return q, fmt.Errorf("--filter: %w", err)
	}
	if q.Order, err = search.ParseOrder(f.order, search.Runs); err != nil {
		return q, fmt.Errorf("--order-by: %w", err)
	}
	q.Stage, err = lifecycle(f.deleted)
	return q, err
}

// experimentIDs finds experiments by id or name, nil for none named.
func experimentIDs(ctx context.Context, st store.ExperimentReader, wanted []string) ([]string, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	all, err := st.Experiments(ctx, store.ExperimentQuery{Stage: store.AnyStage})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, w := range wanted {
		at := slices.IndexFunc(all, func(e store.Experiment) bool { return e.ID == w })
		if at < 0 {
			at = slices.IndexFunc(all, func(e store.Experiment) bool { return e.Name == w })
		}
		if at < 0 {
			return nil, fmt.Errorf("experiment %s: %w; benchside experiments list names those that there are", w, store.ErrNotFound)
		}
		ids = append(ids, all[at].ID)
	}
	return ids, nil
}

// runsPerPart is how many whole runs are in memory at once.
const runsPerPart = 500

// eachRun gives the runs of a query in its order. Many are read in parts, so
// that not all of them are in memory at once.
func eachRun(ctx context.Context, st store.Store, q store.RunQuery, each func(*store.Run) error) error {
	give := func(runs []store.Run) error {
		for i := range runs {
			if err := each(&runs[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if q.Limit > 0 && q.Limit <= runsPerPart {
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
	for part := range slices.Chunk(ids, runsPerPart) {
		runs, err := st.RunsOf(ctx, part)
		if err != nil {
			return err
		}
		if err := give(runs); err != nil {
			return err
		}
	}
	return nil
}

// oneRun finds a run by its id, the start of it, or its name.
func oneRun(ctx context.Context, st store.Store, name string) (store.Run, error) {
	r, err := st.Run(ctx, name)
	if !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrAmbiguous) {
		return r, err
	}
	// MLflow's search finds the name both in runs and in the tag.
	of, own := joined.Split(name)
	called := search.Compare{Entity: search.Attribute, Key: "run_name", Op: search.Equal, Text: own}
	found, failed := st.Match(ctx, store.RunQuery{Filter: search.Filter{Expr: called}, Stage: store.AnyStage})
	if of > 0 { // 2:name, of the second of several stores
		found = slices.DeleteFunc(found, func(id string) bool { n, _ := joined.Split(id); return max(n, 1) != of })
	}
	switch {
	case failed != nil:
		return r, failed
	case len(found) == 1:
		return st.Run(ctx, found[0])
	case len(found) > 1:
		return r, fmt.Errorf("run %s: %w: %d runs have this name; their ids start with %.8s, %.8s and so on",
			name, store.ErrAmbiguous, len(found), found[0], found[1])
	case errors.Is(err, store.ErrAmbiguous):
		return r, fmt.Errorf("%w: more of the id is needed", err)
	}
	return r, fmt.Errorf("run %s: %w: no run has this name, this id or an id that starts so (with 4 characters or more)",
		name, store.ErrNotFound)
}
