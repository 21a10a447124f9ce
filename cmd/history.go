package cmd

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"benchside/plots"
	"benchside/store"
)

// pointJSON is a point of a history.
type pointJSON struct {
	Step      store.Step `json:"step"`
	Timestamp int64      `json:"timestamp"`
	Value     number     `json:"value"`
}

func pointOf(p store.Point) pointJSON { return pointJSON{p.Step, p.Timestamp, number(p.Value)} }

func (s *session) metricsHistory() *cobra.Command {
	var points int
	c := s.leaf(&cobra.Command{
		Use: "history RUN KEY", Short: "Print the points of a metric in MLflow's order", Args: takes(2, "a run and a metric key"),
	}, func(ctx context.Context, args []string) error {
		if points < 0 {
			return usage("--points %d: a number of points, or 0 for all", points)
		}
		return s.history(ctx, args[0], args[1], points)
	})
	c.Flags().IntVar(&points, "points", 0, "at most `N`, with the first, the last, extrema and gaps; 0 means all")
	s.forms.add(c)
	return c
}

func (s *session) history(ctx context.Context, name, key string, most int) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	r, err := oneRun(ctx, st, name)
	if err != nil {
		return err
	}
	if _, ok := r.Metrics[key]; !ok {
		return fmt.Errorf("metric %s of run %s: %w; benchside metrics list names those that there are", key, r.ID, store.ErrNotFound)
	}
	print, end := s.points()
	if most == 0 {
		if err := st.History(ctx, r.ID, key, print); err != nil {
			return err
		}
		return end()
	}
	thin := plots.NewReducer[store.Point](most)
	err = st.History(ctx, r.ID, key, func(part []store.Point) error {
		for _, p := range part {
			thin.Add(p, p.Value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := print(thin.Points()); err != nil {
		return err
	}
	return end()
}

// points returns what prints points as they come, and what ends the answer.
func (s *session) points() (print func([]store.Point) error, end func() error) {
	if s.form == asJSON {
		w := newJSONWriter(s.out)
		return func(part []store.Point) error {
			for _, p := range part {
				if err := w.element(pointOf(p)); err != nil {
					return err
				}
			}
			return nil
		}, w.end
	}
	t := newTable(s.out, s.form, s.screenWidth(),
		column{head: "step", right: true}, column{head: "timestamp", right: true}, column{head: "value", right: true})
	return func(part []store.Point) error {
		for _, p := range part {
			if err := t.row(text(p.Step.String()), text(strconv.FormatInt(p.Timestamp, 10)), text(decimal(p.Value))); err != nil {
				return err
			}
		}
		return nil
	}, t.end
}
