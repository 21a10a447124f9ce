package cmd

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"benchside/compare"
	"benchside/plots"
	"benchside/sanitize"
	"benchside/store"
)

// fieldFlags say what of several runs is drawn.
type fieldFlags struct {
	plotFlags
	runFlags
	of      []string
	groupBy string
}

// runChart is one chart over runs rather than over steps.
type runChart struct {
	name, short string
	least, most int // fields that --of names
	chart       func(runs []compare.Subject, fields []field, f fieldFlags) (plots.Chart, error)
}

var runCharts = []runChart{
	{"scatter", "Draw one field of runs over another", 2, 2, scatterOf},
	{"pareto", "Draw which runs no other run beats: --of metrics.auc=max --of metrics.latency=min", 2, 3, paretoOf},
	{"bar", "Draw a field of runs as bars", 1, 1, barsOf},
	{"histogram", "Draw how often the values of a field occur", 1, 1, histogramOf},
	{"box", "Draw how a field is spread in groups of runs", 1, 1, boxesOf},
	{"violin", "Draw the density of a field in groups of runs", 1, 1, violinsOf},
	{"parallel", "Draw runs across several fields, the last one colouring them", 2, 20, parallelOf},
	{"contour", "Draw the third field over the first two, interpolated", 3, 3, contourOf},
	{"heatmap", "Draw how fields go together: Spearman's correlations", 2, 40, heatmapOf},
	{"importance", "Draw which params tell most of a metric, by a random forest", 1, 1, importanceOf},
}

// plotKinds are the charts over runs, as commands below plot.
func (s *session) plotKinds() []*cobra.Command {
	var all []*cobra.Command
	for _, k := range runCharts {
		var f fieldFlags
		c := s.leaf(&cobra.Command{
			Use: k.name + " [RUN…]", Short: k.short,
			Long: k.short + ". Without runs it takes those that --experiment and --filter choose.\nA field is params.KEY or metrics.KEY.",
			Args: func(_ *cobra.Command, args []string) error {
				if n := len(f.of); n < k.least || n > k.most {
					return usage("plot %s takes --of %d to %d times: params.KEY or metrics.KEY", k.name, k.least, k.most)
				}
				return nil
			},
		}, func(ctx context.Context, args []string) error { return s.drawKind(ctx, k, args, f) })
		p := c.Flags()
		p.StringArrayVar(&f.of, "of", nil, "a `FIELD`: params.KEY or metrics.KEY; may be repeated; of pareto metrics.KEY=max or =min")
		f.runFlags.add(c)
		if k.name == "box" || k.name == "violin" {
			p.StringVar(&f.groupBy, "group-by", "replicates", "replicates, parent, params.KEY or tags.KEY")
		}
		f.plotFlags.addLook(p)
		s.forms.add(c)
		all = append(all, c)
	}
	return all
}

func (s *session) drawKind(ctx context.Context, k runChart, names []string, f fieldFlags) error {
	frame, err := s.frameSize(f.plotFlags)
	if err != nil {
		return err
	}
	fields, err := fieldsOf(f.of, k.name == "pareto")
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
	c, err := k.chart(runs, fields, f)
	if err != nil {
		return err
	}
	if s.form != plain {
		return s.chartTable(c.Table())
	}
	return s.drawChart(c, frame, f.plotFlags)
}

// subjects are the runs that were named, or those of the query.
func (f *fieldFlags) subjects(ctx context.Context, st store.Store, names []string) ([]compare.Subject, error) {
	var out []compare.Subject
	if len(names) > 0 {
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

// field is a param or a metric of runs.
type field struct {
	text, key string
	param     bool
	direction compare.Direction
}

func fieldsOf(texts []string, directed bool) ([]field, error) {
	var out []field
	for _, text := range texts {
		f := field{text: text}
		if at := strings.LastIndexByte(text, '='); directed {
			f.direction = map[string]compare.Direction{"max": compare.Higher, "min": compare.Lower}[text[at+1:]]
			if at < 0 || f.direction == compare.Unknown {
				return nil, usage("--of %s: say what is better, %s=max or %s=min", text, text, text)
			}
			f.text = text[:at]
		}
		section, key, _ := strings.Cut(f.text, ".")
		if f.key, f.param = key, section == "params"; key == "" || !f.param && section != "metrics" {
			return nil, usage("--of %s: a field is params.KEY or metrics.KEY", text)
		}
		out = append(out, f)
	}
	return out, nil
}

// of is the number of a field, NaN if there is none.
func (f field) of(r store.Run) float64 {
	if !f.param {
		if p, ok := r.Metrics[f.key]; ok {
			return p.Value
		}
		return math.NaN()
	}
	if v, err := strconv.ParseFloat(r.Params[f.key], 64); err == nil {
		return v
	}
	return math.NaN()
}

// words are the values of a param that is no number, in order; nil for numbers.
func (f field) words(runs []compare.Subject) []string {
	if !f.param {
		return nil
	}
	held, numbers := map[string]bool{}, true
	for _, s := range runs {
		if text, ok := s.Run.Params[f.key]; ok {
			_, err := strconv.ParseFloat(text, 64)
			numbers = numbers && err == nil
			held[text] = true
		}
	}
	if numbers {
		return nil
	}
	return slices.Sorted(maps.Keys(held))
}

func (f field) axis() plots.Axis { return plots.Axis{Title: sanitize.Line(f.key)} }

func slotsOf(runs []compare.Subject) []int {
	ids := make([]string, len(runs))
	for i, s := range runs {
		ids[i] = s.Run.ID
	}
	return plots.Slots(ids)
}

func scatterOf(runs []compare.Subject, fields []field, _ fieldFlags) (plots.Chart, error) {
	c := &plots.Scatter{X: fields[0].axis(), Y: fields[1].axis()}
	slots := slotsOf(runs)
	for i, s := range runs {
		c.Spots = append(c.Spots, plots.Spot{Name: nameOf(s.Run), X: fields[0].of(s.Run), Y: fields[1].of(s.Run), Slot: slots[i]})
	}
	return c, nil
}

// paretoOf draws the front; a third objective takes part in it and is not drawn.
func paretoOf(runs []compare.Subject, fields []field, f fieldFlags) (plots.Chart, error) {
	chart, _ := scatterOf(runs, fields, f)
	c := chart.(*plots.Scatter)
	rows := make([][]float64, len(runs))
	directions := make([]compare.Direction, len(fields))
	var said []string
	for k, d := range fields {
		directions[k] = d.direction
		said = append(said, d.direction.String()+" "+sanitize.Line(d.key))
		for i, s := range runs {
			rows[i] = append(rows[i], d.of(s.Run))
		}
	}
	n := 0
	for i, on := range compare.Front(rows, directions) {
		if c.Spots[i].Front = on; on {
			n++
		}
	}
	c.Staircase = len(fields) == 2
	c.Title = strings.Join(said, ", ")
	c.Note = fmt.Sprintf("%d of %d runs on the front", n, len(runs))
	return c, nil
}

func barsOf(runs []compare.Subject, fields []field, _ fieldFlags) (plots.Chart, error) {
	c := &plots.Bars{Title: sanitize.Line(fields[0].key)}
	slots := slotsOf(runs)
	for i, s := range runs {
		c.Bars = append(c.Bars, plots.Bar{Name: nameOf(s.Run), Value: fields[0].of(s.Run), Slot: slots[i]})
	}
	return c, nil
}

func histogramOf(runs []compare.Subject, fields []field, _ fieldFlags) (plots.Chart, error) {
	c := &plots.Histogram{X: fields[0].axis(), Title: sanitize.Line(fields[0].key)}
	for _, s := range runs {
		c.Values = append(c.Values, fields[0].of(s.Run))
	}
	return c, nil
}

func boxesOf(runs []compare.Subject, fields []field, f fieldFlags) (plots.Chart, error) {
	groups, err := compare.GroupBy(runs, f.groupBy)
	if err != nil {
		return nil, usageError{fmt.Errorf("--group-by: %w", err)}
	}
	c := &plots.Boxes{Title: sanitize.Line(fields[0].key), X: fields[0].axis()}
	for i, g := range groups {
		p := plots.Sampled{Name: sanitize.Line(cmp.Or(g.Name, "none")), Slot: i}
		for _, m := range g.Members {
			p.Values = append(p.Values, fields[0].of(runs[m].Run))
		}
		c.Samples = append(c.Samples, p)
	}
	return c, nil
}

func violinsOf(runs []compare.Subject, fields []field, f fieldFlags) (plots.Chart, error) {
	c, err := boxesOf(runs, fields, f)
	if err == nil {
		c.(*plots.Boxes).Violin = true
	}
	return c, err
}

func parallelOf(runs []compare.Subject, fields []field, f fieldFlags) (plots.Chart, error) {
	c := &plots.Parallel{}
	words := make([][]string, len(fields))
	for k, d := range fields {
		words[k] = d.words(runs)
		dim := plots.Dimension{Name: sanitize.Line(d.key), Log: f.logX && d.param && words[k] == nil}
		for _, w := range words[k] {
			dim.Words = append(dim.Words, sanitize.Line(w))
		}
		c.Dimensions = append(c.Dimensions, dim)
	}
	for _, s := range runs {
		p := plots.Path{Name: nameOf(s.Run)}
		for k, d := range fields {
			v := d.of(s.Run)
			if words[k] != nil {
				if v = float64(slices.Index(words[k], s.Run.Params[d.key])); v < 0 {
					v = math.NaN()
				}
			}
			p.Values = append(p.Values, v)
		}
		c.Paths = append(c.Paths, p)
	}
	return c, nil
}

func contourOf(runs []compare.Subject, fields []field, _ fieldFlags) (plots.Chart, error) {
	c := &plots.Contour{Title: sanitize.Line(fields[2].key), X: fields[0].axis(), Y: fields[1].axis()}
	for _, s := range runs {
		c.Heights = append(c.Heights, plots.Height{Name: nameOf(s.Run), X: fields[0].of(s.Run), Y: fields[1].of(s.Run), Z: fields[2].of(s.Run)})
	}
	return c, nil
}

// heatmapOf correlates the fields over the runs that have both.
func heatmapOf(runs []compare.Subject, fields []field, _ fieldFlags) (plots.Chart, error) {
	c := &plots.Heatmap{Title: "Spearman's correlation", Around0: true}
	least := len(runs)
	for _, a := range fields {
		c.Rows, c.Cols = append(c.Rows, sanitize.Line(a.key)), append(c.Cols, sanitize.Line(a.key))
		for _, b := range fields {
			var x, y []float64
			for _, s := range runs {
				u, v := a.of(s.Run), b.of(s.Run)
				if !math.IsNaN(u+v) && !math.IsInf(u, 0) && !math.IsInf(v, 0) {
					x, y = append(x, u), append(y, v)
				}
			}
			least = min(least, len(x))
			r, err := compare.Spearman(x, y, 0.95)
			if err != nil {
				r.R = math.NaN()
			}
			c.Values = append(c.Values, r.R)
		}
	}
	c.Note = fmt.Sprintf("of %d to %d runs", least, len(runs))
	return c, nil
}

func importanceOf(runs []compare.Subject, fields []field, _ fieldFlags) (plots.Chart, error) {
	if fields[0].param {
		return nil, usage("--of %s: the importance of params is for a metric", fields[0].text)
	}
	m, err := compare.Matter(runs, fields[0].key)
	if err != nil {
		return nil, err
	}
	c := &plots.Bars{Title: "importance for " + sanitize.Line(fields[0].key)}
	c.Note = fmt.Sprintf("%d runs, explains %.0f %% of unseen runs, no cause", m.N, m.R2*100)
	switch {
	case m.R2 <= 0:
		c.Note = fmt.Sprintf("%d runs: the forest explains nothing of unseen runs, so this says nothing", m.N)
	case m.N < compare.FewRuns:
		c.Note += fmt.Sprintf(", fewer than %d runs: a hint", compare.FewRuns)
	}
	for _, p := range m.Params {
		c.Bars = append(c.Bars, plots.Bar{Name: sanitize.Line(p.Param), Value: p.Share, Low: p.Low, High: p.High, Interval: true})
	}
	return c, nil
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
