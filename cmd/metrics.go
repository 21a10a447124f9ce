package cmd

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"benchside/plots"
	"benchside/store"
)

// metricJSON sums up the history of a metric.
type metricJSON struct {
	Key      string     `json:"key"`
	Last     number     `json:"last"`
	LastStep store.Step `json:"last_step"`
	First    number     `json:"first"`
	Min      *number    `json:"min"` // null where no value is finite
	MinStep  store.Step `json:"min_step"`
	Max      *number    `json:"max"`
	MaxStep  store.Step `json:"max_step"`
	Mean     *number    `json:"mean"`
	Count    int        `json:"count"`
	NaNs     int        `json:"nan"`
	Infinite int        `json:"infinite"`
	Repeated int        `json:"repeated_steps"`
	Negative int        `json:"negative_steps"`
}

// pointJSON is a point of a history.
type pointJSON struct {
	Step      store.Step `json:"step"`
	Timestamp int64      `json:"timestamp"`
	Value     number     `json:"value"`
}

func (s *session) metrics() *cobra.Command {
	c := &cobra.Command{Use: "metrics", Short: "Show the metrics of a run"}
	list := &cobra.Command{
		Use: "list RUN", Short: "Sum up each metric of a run", Args: exactly(1, "one run: its id, the start of it, or its name"),
		RunE: func(c *cobra.Command, args []string) error { return s.listMetrics(c.Context(), args[0]) },
	}
	var points int
	history := &cobra.Command{
		Use: "history RUN KEY", Short: "Print the points of a metric", Args: exactly(2, "a run and a metric key"),
		RunE: func(c *cobra.Command, args []string) error { return s.history(c.Context(), args[0], args[1], points) },
	}
	history.Flags().IntVar(&points, "points", 0, "at most so many, extrema and gaps kept; 0 means all")
	c.AddCommand(s.formFlags(list), s.formFlags(history))
	return c
}

func (s *session) listMetrics(ctx context.Context, name string) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	r, err := oneRun(ctx, st, name)
	if err != nil {
		return err
	}
	out := []metricJSON{}
	t := table{heads: []string{"key", "last", "step", "first", "min", "@step", "max", "@step", "mean", "count", "nan", "inf"}, right: map[int]bool{}}
	for i := 1; i < len(t.heads); i++ {
		t.right[i] = true
	}
	for _, key := range r.MetricKeys() {
		var sum store.Summary
		if err := st.History(ctx, r.ID, key, func(points []store.Point) error {
			for _, p := range points {
				sum.Add(p)
			}
			return nil
		}); err != nil {
			return err
		}
		m := summed(key, r.Metrics[key], sum)
		out = append(out, m)
		t.rows = append(t.rows, []string{
			key, m.Last.String(), m.LastStep.String(), m.First.String(), maybe(m.Min), m.MinStep.String(), maybe(m.Max), m.MaxStep.String(),
			maybe(m.Mean), strconv.Itoa(m.Count), strconv.Itoa(m.NaNs), strconv.Itoa(m.Infinite),
		})
	}
	if s.form.json {
		return s.printJSON(out)
	}
	return t.print(s.out, s.form)
}

// summed takes the latest point as MLflow keeps it, the rest of the history.
func summed(key string, latest store.Point, sum store.Summary) metricJSON {
	m := metricJSON{
		Key: key, Last: number(latest.Value), LastStep: latest.Step, First: number(sum.First.Value), Count: sum.Points,
		MinStep: sum.Min.Step, MaxStep: sum.Max.Step, NaNs: sum.NaNs, Infinite: sum.Infs, Repeated: sum.Repeated, Negative: sum.Negative,
	}
	if sum.Finite > 0 {
		low, high, mean := number(sum.Min.Value), number(sum.Max.Value), number(sum.Mean())
		m.Min, m.Max, m.Mean = &low, &high, &mean
	}
	return m
}

func maybe(n *number) string {
	if n == nil {
		return ""
	}
	return n.String()
}

func (s *session) history(ctx context.Context, name, key string, points int) error {
	if points < 0 {
		return usage("--points %d: a number of points, or 0 for all", points)
	}
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
		return fmt.Errorf("metric %s of run %s: %w; benchside metrics list names its metrics", key, r.ID, store.ErrNotFound)
	}
	out := []pointJSON{}
	if err := st.History(ctx, r.ID, key, func(part []store.Point) error {
		for _, p := range part {
			out = append(out, pointJSON{p.Step, p.Timestamp, number(p.Value)})
		}
		return nil
	}); err != nil {
		return err
	}
	out = thinned(out, points)
	if s.form.json {
		return s.printJSON(out)
	}
	t := table{heads: []string{"step", "timestamp", "value"}, right: map[int]bool{0: true, 1: true, 2: true}}
	for _, p := range out {
		t.rows = append(t.rows, []string{p.Step.String(), strconv.FormatInt(p.Timestamp, 10), p.Value.String()})
	}
	return t.print(s.out, s.form)
}

func thinned(all []pointJSON, n int) []pointJSON {
	if n == 0 || len(all) <= n {
		return all
	}
	values := make([]float64, len(all))
	for i, p := range all {
		values[i] = float64(p.Value)
	}
	places := plots.Reduce(values, n)
	out := make([]pointJSON, len(places))
	for i, at := range places {
		out[i] = all[at]
	}
	return out
}
