package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"benchside/store"
)

// metricJSON sums up the history of a metric. What there is none of is null:
// extrema and mean are of finite values.
type metricJSON struct {
	Key      string      `json:"key"`
	Last     number      `json:"last"` // as MLflow keeps it
	LastStep store.Step  `json:"last_step"`
	LastTime int64       `json:"last_timestamp"`
	First    *number     `json:"first"`
	Min      *number     `json:"min"`
	MinStep  *store.Step `json:"min_step"`
	Max      *number     `json:"max"`
	MaxStep  *store.Step `json:"max_step"`
	Mean     *number     `json:"mean"`
	Count    int         `json:"count"`
	NaNs     int         `json:"nan"`
	Infinite int         `json:"infinite"`
	Repeated int         `json:"repeated_steps"`
	Negative int         `json:"negative_steps"`
}

func (s *session) metricsList() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "list RUN", Short: "Sum up each metric of a run", Args: takes(1, "one run: its id, the start of its id, or its name"),
	}, func(ctx context.Context, args []string) error { return s.listMetrics(ctx, args[0]) })
	s.forms.add(c)
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
	each := func(yield func(metricJSON) error) error {
		for _, key := range r.MetricKeys() {
			var sum store.Summary
			err := st.History(ctx, r.ID, key, func(part []store.Point) error {
				for _, p := range part {
					sum.Add(p)
				}
				return nil
			})
			if err != nil {
				return err
			}
			if err := yield(summed(key, r.Metrics[key], &sum)); err != nil {
				return err
			}
		}
		return nil
	}
	if s.form == asJSON {
		w := newJSONWriter(s.out)
		if err := each(func(m metricJSON) error { return w.element(m) }); err != nil {
			return err
		}
		return w.end()
	}
	columns := []column{{head: "key"}}
	for _, head := range []string{"last", "last_step", "min", "max", "mean", "first", "count", "min_step", "max_step", "nan", "infinite"} {
		columns = append(columns, column{head: head, right: true})
	}
	t := newTable(s.out, s.form, s.screenWidth(), columns...)
	if err := each(func(m metricJSON) error { return t.row(m.cells(s.form)...) }); err != nil {
		return err
	}
	return t.end()
}

// summed takes the latest point as MLflow keeps it, the rest from the history.
func summed(key string, latest store.Point, sum *store.Summary) metricJSON {
	m := metricJSON{
		Key: key, Last: number(latest.Value), LastStep: latest.Step, LastTime: latest.Timestamp,
		Count: sum.Points, NaNs: sum.NaNs, Infinite: sum.Infs, Repeated: sum.Repeated, Negative: sum.Negative,
	}
	if sum.Points > 0 {
		m.First = of(sum.First.Value)
	}
	if sum.Finite > 0 {
		m.Min, m.Max, m.Mean = of(sum.Min.Value), of(sum.Max.Value), of(sum.Mean())
		m.MinStep, m.MaxStep = &sum.Min.Step, &sum.Max.Step
	}
	return m
}

func of(v float64) *number { n := number(v); return &n }

// cells are the columns of metrics list. A plain table rounds each number by
// itself: metrics of one run differ too much in size for common digits.
func (m *metricJSON) cells(f form) []cell {
	value := func(n *number) cell {
		if n == nil {
			return text("")
		}
		if f == plain {
			return text(short(float64(*n)))
		}
		return text(decimal(float64(*n)))
	}
	step := func(s *store.Step) cell {
		if s == nil {
			return text("")
		}
		return text(s.String())
	}
	return []cell{
		text(m.Key), value(&m.Last), step(&m.LastStep), value(m.Min), value(m.Max), value(m.Mean), value(m.First), count(m.Count),
		step(m.MinStep), step(m.MaxStep), count(m.NaNs), count(m.Infinite),
	}
}
