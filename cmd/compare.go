package cmd

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"benchside/artifacts"
	"benchside/compare"
	"benchside/store"
)

// usualAlpha is the chance of a false alarm that tests have unless another is asked
// for.
const usualAlpha = 0.05

// compareFlags say what is compared, and how.
type compareFlags struct {
	baseline, groupBy, correction string
	directions, fail              []string
	onlyDiff, transpose           bool
	alpha                         float64
}

func (s *session) compare() *cobra.Command {
	var f compareFlags
	c := s.leaf(&cobra.Command{
		Use: "compare RUN…", Short: "Put params, metrics, tags and datasets of runs beside each other, or fail a check",
		Long: "compare takes ids, starts of ids or names of runs. With --baseline it says how far each metric is from it, and\n" +
			"--fail-if ends with the exit code 3 if the condition holds for a run, or cannot be decided: a metric that is\n" +
			"missing or NaN was not shown to be good.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > mostPlotted {
				return usage("compare takes from 1 to %d runs: ids, starts of ids or names", mostPlotted)
			}
			return nil
		},
	}, func(ctx context.Context, args []string) error { return s.printComparison(ctx, args, f) })
	p := c.Flags()
	p.StringVar(&f.baseline, "baseline", "", "compare with this `RUN`, which need not be among the others")
	p.BoolVar(&f.onlyDiff, "only-diff", false, "leave out what all runs have alike")
	p.StringArrayVar(&f.directions, "direction", nil, "`METRIC=max` or METRIC=min says what is better; may be repeated")
	p.StringArrayVar(&f.fail, "fail-if", nil, "a condition such as 'metrics.auc < baseline - 0.01 or metrics.loss > 2'; may be repeated")
	p.StringVar(&f.groupBy, "group-by", "", "compare groups: replicates (params but seeds alike), parent, params.KEY or tags.KEY")
	p.Float64Var(&f.alpha, "alpha", usualAlpha, "the chance of a false alarm that tests of groups may have")
	p.StringVar(&f.correction, "correction", "holm", "for several tests: holm or bh (Benjamini–Hochberg)")
	p.BoolVar(&f.transpose, "transpose", false, "a row for each run")
	s.forms.add(c)
	p.BoolVar(&s.forms.tex, "tex", false, "print a LaTeX table (booktabs)")
	return c
}

func (f *compareFlags) alphaSet() bool { return f.alpha != usualAlpha }

// comparison is what a call of compare stands on.
type comparison struct {
	table    *compare.Table
	rows     []compare.Row
	gates    []compare.Condition
	groups   []compare.Group
	contrast [][]compare.Contrast
	base     int // the baseline's group
	alpha    float64
}

func (s *session) printComparison(ctx context.Context, names []string, f compareFlags) error {
	directions, err := directionsOf(f.directions)
	if err != nil {
		return err
	}
	c := comparison{alpha: f.alpha}
	if c.gates, err = gatesOf(f); err != nil {
		return err
	}
	if !(f.alpha > 0 && f.alpha < 1) {
		return usage("--alpha %g: a chance between 0 and 1", f.alpha)
	}
	if f.groupBy == "" && (f.alphaSet() || f.correction != "holm") {
		return usage("--alpha and --correction are for groups: name them with --group-by")
	}
	correction, ok := map[string]compare.Correction{"holm": compare.Holm, "bh": compare.BenjaminiHochberg}[f.correction]
	if !ok {
		return usage("--correction %s: holm or bh", f.correction)
	}
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	subjects, baseline, err := subjectsOf(ctx, st, names, f.baseline)
	if err != nil {
		return err
	}
	if len(c.gates) > 0 && baseline >= 0 && len(subjects) == 1 {
		return usage("--fail-if: there is no run to check: name one besides the baseline")
	}
	c.table = compare.New(subjects, compare.Options{Baseline: baseline, Directions: directions})
	if c.rows = c.table.Rows; f.onlyDiff {
		c.rows = c.table.Differences()
	}
	if err := known(c.table, directions, f); err != nil {
		return err
	}
	if f.groupBy != "" {
		if err := c.group(f.groupBy, correction); err != nil {
			return err
		}
	}
	if err := s.printAs(c, f.transpose); err != nil {
		return err
	}
	return c.check()
}

// known refuses keys that no run has, which are mistyped.
func known(t *compare.Table, directions map[string]compare.Direction, f compareFlags) error {
	some := func(has func(r *store.Run) bool) bool {
		return slices.ContainsFunc(t.Subjects, func(s compare.Subject) bool { return has(&s.Run) })
	}
	for _, metric := range slices.Sorted(maps.Keys(directions)) {
		if !some(func(r *store.Run) bool { _, ok := r.Metrics[metric]; return ok }) {
			return fmt.Errorf("--direction: metric %s: %w in any of the runs", metric, store.ErrNotFound)
		}
	}
	if !groupable(t.Subjects, f.groupBy) {
		return fmt.Errorf("--group-by %s: %w in any of the runs", f.groupBy, store.ErrNotFound)
	}
	return nil
}

// groupable reports whether some run has the param or the tag that runs are to be
// grouped by.
func groupable(subjects []compare.Subject, by string) bool {
	section, key, _ := strings.Cut(by, ".")
	if key == "" || section != "params" && section != "tags" {
		return true
	}
	return slices.ContainsFunc(subjects, func(s compare.Subject) bool {
		_, param := s.Run.Params[key]
		_, tag := s.Run.Tags[key]
		return section == "params" && param || section == "tags" && tag
	})
}

// directionsOf reads METRIC=max and METRIC=min.
func directionsOf(texts []string) (map[string]compare.Direction, error) {
	out := map[string]compare.Direction{}
	for _, text := range texts {
		at := strings.LastIndexByte(text, '=')
		d := map[string]compare.Direction{"max": compare.Higher, "min": compare.Lower}[text[at+1:]]
		if at <= 0 || d == compare.Unknown {
			return nil, usage("--direction %s: METRIC=max or METRIC=min", text)
		}
		out[strings.TrimPrefix(text[:at], "metrics.")] = d
	}
	return out, nil
}

func gatesOf(f compareFlags) ([]compare.Condition, error) {
	var out []compare.Condition
	for _, text := range f.fail {
		g, err := compare.ParseCondition(text)
		if err != nil {
			return nil, usageError{fmt.Errorf("--fail-if: %w", err)}
		}
		if g.Relative() && f.baseline == "" {
			return nil, usage("--fail-if %s: name the baseline with --baseline", text)
		}
		out = append(out, g)
	}
	return out, nil
}

// subjectsOf reads the runs and what they were given, the baseline first if it is
// not among them.
func subjectsOf(ctx context.Context, st store.Store, names []string, base string) ([]compare.Subject, int, error) {
	baseline := -1
	if base != "" {
		names = append([]string{base}, names...)
		baseline = 0
	}
	var runs []store.Run
	var ids []string
	for _, name := range names {
		r, err := oneRun(ctx, st, name)
		if err != nil {
			return nil, 0, err
		}
		if !slices.Contains(ids, r.ID) {
			runs, ids = append(runs, r), append(ids, r.ID)
		}
	}
	inputs, err := store.IfKept(st.InputsOf(ctx, ids))
	if err != nil {
		return nil, 0, err
	}
	environments, err := artifacts.Environments(ctx, st, runs)
	return compare.Subjects(runs, inputs, environments), baseline, err
}

// group compares the groups with the one that the baseline is in, else the first.
func (c *comparison) group(by string, correction compare.Correction) error {
	groups, err := c.table.GroupBy(by)
	if err != nil {
		return usageError{fmt.Errorf("--group-by: %w", err)}
	}
	c.groups = groups
	for i, g := range groups {
		if slices.Contains(g.Members, max(c.table.Baseline, 0)) {
			c.base = i
		}
	}
	var metrics []string
	for _, r := range c.rows {
		if r.Section == compare.Metrics && !strings.HasPrefix(r.Key, store.SystemMetric) {
			metrics = append(metrics, r.Key)
		}
	}
	c.contrast = compare.Contrasts(c.table.Subjects, groups, c.base, metrics, c.alpha, correction)
	return nil
}

// check ends with the exit code 3 if a gate says no.
func (c *comparison) check() error {
	var no []string
	for _, g := range c.gates {
		for i, s := range c.table.Subjects {
			if i == c.table.Baseline {
				continue
			}
			if fails, why := g.Check(c.table, i); fails {
				no = append(no, fmt.Sprintf("%s: %s (fail if %s)", s.Name(), why, g.Text))
			}
		}
	}
	if len(no) == 0 {
		return nil
	}
	return noError{fmt.Errorf("%s", strings.Join(no, "; "))}
}

func (s *session) printAs(c comparison, transpose bool) error {
	switch {
	case s.form == asJSON:
		return newJSONWriter(s.out).value(c.json())
	case s.form == asTeX:
		return c.tex(s.out, transpose)
	case c.groups != nil:
		return s.printContrasts(c)
	}
	grid := c.grid(s.form, transpose)
	columns := make([]column, len(grid[0]))
	for i, head := range grid[0] {
		columns[i] = column{head: head, right: s.form != plain && i > 0}
	}
	t := newTable(s.out, s.form, s.screenWidth(), columns...)
	for _, row := range grid[1:] {
		if err := t.row(texts(row...)...); err != nil {
			return err
		}
	}
	return t.end()
}

// grid is the comparison as texts, heads first: keys down and runs across, or
// the other way round. A program gets whole numbers and changes on their own.
func (c *comparison) grid(f form, transpose bool) [][]string {
	t := c.table
	head := []string{"key"}
	for i, s := range t.Subjects {
		name := s.Name()
		if i == t.Baseline && f != asCSV {
			name += " (baseline)"
		}
		head = append(head, name)
	}
	deltas := f == asCSV && t.Baseline >= 0
	if deltas {
		for _, s := range t.Subjects {
			head = append(head, "delta "+s.Name())
		}
	}
	grid := [][]string{head}
	for _, r := range c.rows {
		line := []string{r.Name()}
		for _, k := range r.Cells {
			line = append(line, cellText(r, k, f))
		}
		if deltas {
			for _, k := range r.Cells {
				text := ""
				if !math.IsNaN(k.Delta) {
					text = decimal(k.Delta)
				}
				line = append(line, text)
			}
		}
		grid = append(grid, line)
	}
	if !transpose {
		return grid
	}
	turned := make([][]string, len(head))
	for i := range turned {
		for _, row := range grid {
			turned[i] = append(turned[i], row[i])
		}
	}
	turned[0][0] = "run"
	return turned
}

// cellText is one value, for people with its change and a mark at the best.
func cellText(r compare.Row, k compare.Cell, f form) string {
	switch {
	case k.Missing && f == asCSV:
		return ""
	case k.Missing:
		return missing
	case f == asCSV && r.Section == compare.Metrics:
		return decimal(k.Number)
	case f == asCSV:
		return k.Text
	}
	text := k.Text
	if k.Best {
		text += " ★"
	}
	if k.Change != "" {
		text += "  " + k.Change
		if !math.IsNaN(k.Percent) {
			text += fmt.Sprintf(" (%+.3g %%)", k.Percent)
		}
	}
	return text
}

// printContrasts prints a row for each group and metric.
func (s *session) printContrasts(c comparison) error {
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "group"}, column{head: "n", right: true}, column{head: "metric"},
		column{head: "mean", right: true}, column{head: "sd", right: true}, column{head: "delta", right: true},
		column{head: "low", right: true}, column{head: "high", right: true}, column{head: "p", right: true},
		column{head: "rank p", right: true}, column{head: "g", right: true}, column{head: "verdict"})
	for i, g := range c.groups {
		if i == c.base {
			if err := s.printBase(t, c, g); err != nil {
				return err
			}
			continue
		}
		for _, k := range c.contrast[i] {
			low, high, rank, effect := math.NaN(), math.NaN(), math.NaN(), math.NaN()
			if k.WelchErr == nil {
				low, high = k.Welch.Low, k.Welch.High
			}
			if k.RankErr == nil {
				rank = k.Rank.P
			}
			if k.EffectErr == nil {
				effect = k.Effect.G
			}
			verdict := k.Verdict(c.alpha).String()
			if k.WelchErr != nil {
				_, why, _ := strings.Cut(k.WelchErr.Error(), ": ")
				verdict += ": " + why
			}
			err := t.row(text(g.Name), count(k.Group.N()), text(k.Metric), s.some(k.Group.Mean), s.some(k.Group.SD), s.some(k.Delta),
				s.some(low), s.some(high), s.some(k.P), s.some(rank), s.some(effect), text(verdict))
			if err != nil {
				return err
			}
		}
	}
	return t.end()
}

// printBase prints the group that the others are compared with.
func (s *session) printBase(t *table, c comparison, g compare.Group) error {
	none := text("")
	for _, r := range c.rows {
		if r.Section != compare.Metrics || strings.HasPrefix(r.Key, store.SystemMetric) {
			continue
		}
		k := g.SampleOf(c.table.Subjects, r.Key)
		if err := t.row(text(g.Name), count(k.N()), text(r.Key), s.some(k.Mean), s.some(k.SD), none, none, none, none, none, none, text("baseline")); err != nil {
			return err
		}
	}
	return nil
}

// some is a number, or nothing where it could not be computed.
func (s *session) some(v float64) cell {
	switch {
	case math.IsNaN(v) && s.form == asCSV:
		return text("")
	case math.IsNaN(v):
		return text(missing)
	case s.form == asCSV:
		return text(decimal(v))
	}
	return text(fmt.Sprintf("%.4g", v))
}
