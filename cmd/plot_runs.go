package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"benchside/compare"
	"benchside/figures"
	"benchside/plots"
	"benchside/store"
)

// fieldFlags say what of several runs is drawn.
type fieldFlags struct {
	plotFlags
	runFlags
	of      []string
	groupBy string
}

// plotKinds are the charts over runs, as commands below plot.
func (s *session) plotKinds() []*cobra.Command {
	var all []*cobra.Command
	for _, k := range figures.Kinds {
		var f fieldFlags
		c := s.leaf(&cobra.Command{
			Use: k.Name + " [RUN…]", Short: k.Short,
			Long: k.Short + ". Without runs it takes those that --experiment and --filter choose.\nA field is params.KEY or metrics.KEY.",
			Args: func(_ *cobra.Command, args []string) error {
				if n := len(f.of); n < k.Least || n > k.Most {
					return usage("plot %s takes --of %s: params.KEY or metrics.KEY", k.Name, timesInWords(k.Least, k.Most))
				}
				return nil
			},
		}, func(ctx context.Context, args []string) error { return s.drawKind(ctx, k, args, f) })
		p := c.Flags()
		p.StringArrayVar(&f.of, "of", nil, "a `FIELD`: params.KEY or metrics.KEY; may be repeated; of pareto metrics.KEY=max or =min")
		f.runFlags.add(c)
		if k.Name == "box" || k.Name == "violin" {
			p.StringVar(&f.groupBy, "group-by", "replicates", "replicates, parent, params.KEY or tags.KEY")
		}
		f.plotFlags.addLook(p)
		s.forms.add(c)
		all = append(all, c)
	}
	return all
}

func (s *session) drawKind(ctx context.Context, k figures.Kind, names []string, f fieldFlags) error {
	frame, err := s.frameSize(f.plotFlags)
	if err != nil {
		return err
	}
	fields, err := fieldsOf(f.of, k.Name == "pareto")
	if err != nil {
		return err
	}
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	runs, err := f.subjects(ctx, st, names)
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		return fmt.Errorf("no run fits: %w; benchside runs list shows those that there are", store.ErrNotFound)
	}
	for _, field := range fields {
		if !slices.ContainsFunc(runs, func(s compare.Subject) bool { return field.Held(s.Run) }) {
			return fmt.Errorf("--of %s: %w in %s", field, store.ErrNotFound, runsInWords(len(runs)))
		}
	}
	if !groupable(runs, f.groupBy) {
		return fmt.Errorf("--group-by %s: %w in %s", f.groupBy, store.ErrNotFound, runsInWords(len(runs)))
	}
	c, err := k.Chart(runs, fields, figures.Options{GroupBy: f.groupBy, Log: f.logX})
	switch {
	case errors.Is(err, figures.ErrGrouping), errors.Is(err, figures.ErrField):
		return usageError{err}
	case err != nil:
		return err
	}
	if s.form != plain {
		return s.chartTable(c.Table())
	}
	return s.drawChart(c, frame, f.plotFlags)
}

func timesInWords(least, most int) string {
	switch {
	case most == 1:
		return "once"
	case least == most:
		return fmt.Sprintf("%d times", least)
	}
	return fmt.Sprintf("%d to %d times", least, most)
}

func runsInWords(n int) string {
	if n == 1 {
		return "the one run"
	}
	return fmt.Sprintf("any of the %d runs", n)
}

// subjects are the runs that were named, or those of the query.
func (f *fieldFlags) subjects(ctx context.Context, st store.Store, names []string) ([]compare.Subject, error) {
	var out []compare.Subject
	if len(names) > 0 {
		if f.runFlags.chooses() {
			return nil, usage("runs are named, or chosen by --experiment, --filter and their like, not both")
		}
		for _, name := range names {
			r, err := oneRun(ctx, st, name)
			if err != nil {
				return nil, err
			}
			out = append(out, compare.Subject{Run: r})
		}
		return out, nil
	}
	q, err := f.query()
	if err != nil {
		return nil, err
	}
	if q.Experiments, err = experimentIDs(ctx, st, f.experiments); err != nil {
		return nil, err
	}
	err = eachRun(ctx, st, q, func(r *store.Run) error {
		out = append(out, compare.Subject{Run: *r})
		return nil
	})
	return out, err
}

// fieldsOf reads fields, with what is better of each where they are directed.
func fieldsOf(texts []string, directed bool) ([]figures.Field, error) {
	var out []figures.Field
	for _, text := range texts {
		name, d := text, compare.Unknown
		if directed {
			at := strings.LastIndexByte(text, '=')
			d = map[string]compare.Direction{"max": compare.Higher, "min": compare.Lower}[text[at+1:]]
			if at < 0 || d == compare.Unknown {
				return nil, usage("--of %s: say what is better, %s=max or %s=min", text, text, text)
			}
			name = text[:at]
		}
		f, err := figures.Parse(name)
		if err != nil {
			return nil, usageError{fmt.Errorf("--of: %w", err)}
		}
		f.Direction = d
		out = append(out, f)
	}
	return out, nil
}

// chartTable prints the data of a chart.
func (s *session) chartTable(t plots.Table) error {
	if s.form == asJSON {
		w := newJSONWriter(s.out)
		for _, row := range t.Rows {
			object := map[string]any{}
			for k, v := range row {
				if n, ok := v.(float64); ok {
					v = number(n)
				}
				object[t.Columns[k]] = v
			}
			if err := w.element(object); err != nil {
				return err
			}
		}
		return w.end()
	}
	columns := make([]column, len(t.Columns))
	for i, head := range t.Columns {
		columns[i] = column{head: head, right: i > 0}
	}
	out := newTable(s.out, s.form, s.screenWidth(), columns...)
	for _, row := range t.Rows {
		cells := make([]cell, len(row))
		for k, v := range row {
			switch v := v.(type) {
			case float64:
				cells[k] = text(decimal(v))
			case nil:
			default:
				cells[k] = text(fmt.Sprint(v))
			}
		}
		if err := out.row(cells...); err != nil {
			return err
		}
	}
	return out.end()
}
