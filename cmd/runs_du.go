package cmd

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"benchside/store"
)

// diskJSON is what the artifacts of an experiment take.
type diskJSON struct {
	ID      string `json:"experiment_id"`
	Name    string `json:"name"`
	Runs    int    `json:"runs"`
	Deleted int    `json:"deleted_runs"`
	Files   int    `json:"files"`
	Bytes   int64  `json:"bytes"`
	// OfDeleted is the part that runs purge would give back.
	OfDeleted int64 `json:"bytes_of_deleted_runs"`
	Elsewhere int   `json:"runs_elsewhere"` // whose files are not on this machine
}

func (s *session) runsDu() *cobra.Command {
	var by string
	c := s.leaf(&cobra.Command{
		Use: "du [EXPERIMENT…]", Short: "Add up what the files of runs take, by experiment or by run, the most first",
		Args: between(0, 1000, "experiments, or none for all"),
	}, func(ctx context.Context, args []string) error {
		if by != "experiment" && by != "run" {
			return usage("--by %s: there are experiment and run", by)
		}
		return s.sumRuns(ctx, args, by == "run")
	})
	c.Flags().StringVar(&by, "by", "experiment", "a row for each `WHAT`: experiment or run")
	words := cobra.FixedCompletions([]string{"experiment", "run"}, cobra.ShellCompDirectiveNoFileComp)
	_ = c.RegisterFlagCompletionFunc("by", words) // it fails for unknown flags only
	s.forms.add(c)
	return c
}

func (s *session) sumRuns(ctx context.Context, experiments []string, byRun bool) error {
	c := s.configured()
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	ids, err := experimentIDs(ctx, st, experiments)
	if err != nil {
		return err
	}
	var all []usageJSON
	sums := map[string]*diskJSON{}
	err = eachRun(ctx, st, store.RunQuery{Experiments: ids, Stage: store.AnyStage}, func(r *store.Run) error {
		u, err := s.usageOf(ctx, st, c, *r)
		if err != nil {
			return err
		}
		if byRun {
			all = append(all, u)
		}
		if sums[r.ExperimentID] == nil {
			sums[r.ExperimentID] = &diskJSON{ID: r.ExperimentID, Name: r.ExperimentName}
		}
		sums[r.ExperimentID].add(u)
		return nil
	})
	if err != nil {
		return err
	}
	if !byRun {
		return s.sayDisk(sums)
	}
	slices.SortStableFunc(all, func(a, b usageJSON) int { return cmp.Compare(b.bytes(), a.bytes()) })
	if s.form == asJSON {
		return printArray(s.out, all)
	}
	return s.tableOfUsage(all)
}

func (d *diskJSON) add(u usageJSON) {
	d.Runs++
	bytes := max(u.bytes(), 0)
	d.Files, d.Bytes = d.Files+u.Files, d.Bytes+bytes
	if u.Bytes == nil {
		d.Elsewhere++
	}
	if u.Stage == store.Deleted {
		d.Deleted++
		d.OfDeleted += bytes
	}
}

func (s *session) sayDisk(sums map[string]*diskJSON) error {
	all := []diskJSON{}
	for _, d := range sums {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b diskJSON) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.ID, b.ID)) })
	if s.form == asJSON {
		return printArray(s.out, all)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "size", right: true}, column{head: "of_deleted_runs", right: true},
		column{head: "files", right: true}, column{head: "runs", right: true}, column{head: "deleted_runs", right: true},
		column{head: "elsewhere", right: true}, column{head: "experiment_id", right: true}, column{head: "name"})
	sum := diskJSON{ID: "all"}
	row := func(d diskJSON) error {
		return t.row(
			text(sizeIn(s.form, d.Bytes)), text(sizeIn(s.form, d.OfDeleted)), count(d.Files), count(d.Runs), count(d.Deleted), count(d.Elsewhere),
			text(d.ID), text(d.Name),
		)
	}
	for _, d := range all {
		sum.Bytes, sum.OfDeleted, sum.Files = sum.Bytes+d.Bytes, sum.OfDeleted+d.OfDeleted, sum.Files+d.Files
		sum.Runs, sum.Deleted, sum.Elsewhere = sum.Runs+d.Runs, sum.Deleted+d.Deleted, sum.Elsewhere+d.Elsewhere
		if err := row(d); err != nil {
			return err
		}
	}
	if s.form == plain {
		if err := row(sum); err != nil {
			return err
		}
	}
	return t.end()
}
