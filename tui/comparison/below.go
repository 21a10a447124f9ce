package comparison

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/curves"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// panel is what stands below the table.
type panel int

const (
	showCurves panel = iota
	showGroups
	showParams
	showNothing
	panels
)

// groupings are the ways to group that a key turns through, as compare.GroupBy
// calls them.
var groupings = [...]string{"replicates", "parent"}

// alpha is the chance of a false alarm over all tests of the screen.
const alpha = 0.05

// below is what the panel shows.
type below struct {
	tests   tests
	canvas  *cell.Canvas
	parting parting
	picture picture
}

// picture is the chart as it was drawn last: most steps of the cursor leave it as it
// is, and hundreds of curves take as long as a frame may.
type picture struct {
	of    drawnFrom
	lines []string
}

// drawnFrom is all that a picture depends on.
type drawnFrom struct {
	metric, note  string
	direction     compare.Direction
	shelf         int // how often the curves changed
	width, height int
	look          plots.Look
	dots          string
}

// parting is where two curves part, kept since it is said in every frame.
type parting struct {
	a, b   *curves.Curve
	points int // of both
	found  compare.Parting
}

// tests are the groups and how they differ from the baseline's.
type tests struct {
	groups    []compare.Group
	base      int // the baseline's group; -1 without a baseline
	contrasts []map[string]compare.Contrast
}

// of is the group of a subject, -1 for none.
func (t *tests) of(subject int) int {
	for i, g := range t.groups {
		for _, m := range g.Members {
			if m == subject {
				return i
			}
		}
	}
	return -1
}

// noise reports whether a subject's difference is inside the noise of its group
// and the baseline's.
func (t *tests) noise(subject int, metric string) bool {
	g := t.of(subject)
	if g < 0 || g >= len(t.contrasts) {
		return false
	}
	if g == t.base { // runs that are alike but for chance
		const least = 3 // of two alone nothing says how far apart chance puts them
		return len(t.groups[g].Members) >= least
	}
	c, ok := t.contrasts[g][metric]
	return ok && c.Verdict(alpha) == compare.Noise
}

// shelve tells the shelf whose curves there are.
func (v *View) shelve() {
	runs := make([]store.Run, len(v.subjects))
	for i, s := range v.subjects {
		runs[i] = s.Run
	}
	v.shelf.Runs(runs)
}

// loadBelow reads the curves of the metric under the cursor, if they are shown
// and not there yet.
func (v *View) loadBelow() tea.Cmd {
	r := v.metric()
	if r != nil {
		v.look.metric = r.Key
	}
	if v.look.panel != showCurves || v.panelHeight() == 0 || r == nil {
		return v.shelf.Want(nil)
	}
	cmd := v.shelf.Want([]string{r.Key})
	v.paint()
	return cmd
}

// paint draws the chart of the panel if what it shows has changed.
func (v *View) paint() {
	r := v.metric()
	if v.look.panel != showCurves || v.panelHeight() == 0 || r == nil {
		return
	}
	if a, b := v.pair(r.Key); a != nil {
		v.below.parting = v.partingOf(a, b)
	}
	if of := v.drawnFrom(r, v.look.width, v.panelHeight()-1); of != v.below.picture.of {
		v.below.picture = picture{of, v.chart(r, of)}
	}
}

// loadTests groups the runs and tests them, which takes too long for a frame.
func (v *View) loadTests() tea.Cmd {
	table, by := v.table, v.look.grouping
	subjects, base := table.Subjects, table.Baseline
	var metrics []string
	for _, r := range v.table.Rows {
		if r.Section == compare.Metrics && r.Varies && !strings.HasPrefix(r.Key, store.SystemMetric) {
			metrics = append(metrics, r.Key)
		}
	}
	return view.Load(&v.loads.tests, func(context.Context) (tests, error) {
		groups, err := table.GroupBy(by)
		t := tests{groups: groups, base: -1}
		if base < 0 || err != nil {
			return t, err
		}
		t.base = t.of(base)
		all := compare.Contrasts(subjects, groups, t.base, metrics, alpha, compare.Holm)
		t.contrasts = make([]map[string]compare.Contrast, len(groups))
		for i, contrasts := range all {
			t.contrasts[i] = map[string]compare.Contrast{}
			for _, c := range contrasts {
				t.contrasts[i][c.Metric] = c
			}
		}
		return t, nil
	})
}

// panelHeight is the room of the panel with its rule: half of a screen that is
// high enough.
func (v *View) panelHeight() int {
	const least = 16
	if v.look.panel == showNothing || v.look.height < least {
		return 0
	}
	return max(v.look.height*2/5, 7)
}

// drawBelow draws the panel.
func (v *View) drawBelow(width, height int) []string {
	r := v.metric()
	lines := []string{widget.Rule(width, v.theme)}
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Pad(1) }
	switch {
	case r == nil:
		lines = append(lines, line().Add("no metric is shown, so there are no curves and no groups; d shows all keys, v hides this", v.theme.Dim).String())
	case v.look.panel == showCurves:
		lines = append(lines, v.drawCurves(r, width, height-1)...)
	case v.look.panel == showParams:
		lines = append(lines, v.drawParams(r, line)...)
	default:
		lines = append(lines, v.drawGroups(r, line, height-1)...)
	}
	return strings.Split(widget.Fit(lines[:min(len(lines), height)], width, height), "\n")
}

func (v *View) drawnFrom(r *compare.Row, width, height int) drawnFrom {
	note := v.shelf.Note(r.Key)
	if note == "" {
		note = v.parts(r.Key)
	}
	return drawnFrom{r.Key, note, r.Direction, v.shelf.Changes(), width, height, plots.LookOf(v.theme), v.theme.Glyphs.Dots}
}

func (v *View) drawCurves(r *compare.Row, width, height int) []string {
	of := v.drawnFrom(r, width, height)
	if of == v.below.picture.of {
		return v.below.picture.lines
	}
	return v.chart(r, of)
}

func (v *View) chart(r *compare.Row, of drawnFrom) []string {
	l := &plots.Line{Title: sanitize.Line(r.Key), X: plots.Axis{Title: "step"}, Note: of.note}
	l.Best = map[compare.Direction]plots.Best{compare.Higher: plots.Greatest, compare.Lower: plots.Least}[r.Direction]
	d := v.shelf.Draw(r.Key, curves.Steps, "", curves.Smoothing{})
	l.Series = d.Series
	for _, i := range d.Runs {
		l.Slots = append(l.Slots, v.slots[i])
		l.Live = l.Live || v.subjects[i].Run.Status == store.Running
	}
	set, _ := cell.Named(of.dots)
	f := plots.Frame{W: of.width, H: of.height, Look: of.look}
	f.DotsX, f.DotsY = set.Size()
	return slices.Clone(v.below.canvas.Lines(l.Scene(f), set))
}

// pair are the curves of the baseline and of the run under the cursor, nil where
// there are no two.
func (v *View) pair(key string) (a, b *curves.Curve) {
	base, at := v.table.Baseline, v.subject()
	if base < 0 || at < 0 || at == base {
		return nil, nil
	}
	a, b = v.shelf.Curve(v.subjects[base].Run.ID, key), v.shelf.Curve(v.subjects[at].Run.ID, key)
	if a == nil || b == nil || len(a.Steps) == 0 || len(b.Steps) == 0 {
		return nil, nil
	}
	return a, b
}

// partingOf is that which is kept, if it is of these curves.
func (v *View) partingOf(a, b *curves.Curve) parting {
	n := len(a.Steps) + len(b.Steps)
	if held := v.below.parting; held.a == a && held.b == b && held.points == n {
		return held
	}
	return parting{a, b, n, compare.Part(a.Steps, a.Values, b.Steps, b.Values)}
}

// parts says where the curve of the run under the cursor leaves the baseline's.
func (v *View) parts(key string) string {
	a, b := v.pair(key)
	if a == nil {
		return ""
	}
	switch p := v.partingOf(a, b).found; {
	case p.Found:
		return fmt.Sprintf("parts from the baseline at step %.6g (noise %.3g)", p.Step, p.Noise)
	case math.IsNaN(p.Noise):
		return fmt.Sprintf("%s: too few to say where it parts", widget.Several(p.Common, "common step"))
	default:
		return fmt.Sprintf("does not part from the baseline beyond noise %.3g", p.Noise)
	}
}

// drawGroups lists the groups of a metric: mean ± sd, and the test against the
// baseline's group.
func (v *View) drawGroups(r *compare.Row, line func() *widget.Line, height int) []string {
	t := &v.below.tests
	out := []string{line().Add(fmt.Sprintf("%s by %s", sanitize.Line(r.Key), v.look.grouping), v.theme.Strong).
		Add("   Welch's test against the baseline's group, p by Holm over all metrics; g changes the grouping", v.theme.Dim).String()}
	const most = 28
	wide := 8
	for _, g := range t.groups {
		wide = min(max(wide, widget.Width(sanitize.Line(g.Name))), most)
	}
	for i, g := range t.groups {
		if len(out) == height-1 && i < len(t.groups)-1 {
			return append(out, line().Add("and "+widget.Several(len(t.groups)-i, "group")+" more", v.theme.Dim).String())
		}
		s := g.SampleOf(v.subjects, r.Key)
		l := line().Cell(sanitize.Line(g.Name), wide, false, v.theme.Text).Add(fmt.Sprintf("  n %-3d ", s.N()), v.theme.Dim)
		l.Add(fmt.Sprintf("%-9.4g", s.Mean), v.theme.Text)
		if !math.IsNaN(s.SD) {
			l.Add(fmt.Sprintf(" ± %-9.3g", s.SD), v.theme.Text)
		} else {
			l.Pad(12)
		}
		if s.Missing+s.Infinite > 0 {
			l.Add(fmt.Sprintf(" %d missing, %d not finite", s.Missing, s.Infinite), v.theme.Warn)
		}
		v.drawContrast(l, r, i)
		out = append(out, l.String())
	}
	return out
}

func (v *View) drawContrast(l *widget.Line, r *compare.Row, group int) {
	t := &v.below.tests
	switch {
	case t.base < 0:
		l.Add("  b sets a baseline to test against", v.theme.Dim)
		return
	case group == t.base:
		l.Add("  baseline", v.theme.Accent)
		return
	}
	c, ok := t.contrasts[group][r.Key]
	if !ok {
		return
	}
	if c.WelchErr != nil {
		_, why, _ := strings.Cut(c.WelchErr.Error(), ": ")
		l.Add(fmt.Sprintf("  %+.3g  ", c.Delta), v.theme.Text).Add("untested: "+why, v.theme.Dim)
		return
	}
	style := v.theme.Dim
	if c.Verdict(alpha) == compare.Real {
		style = v.theme.Strong
	}
	l.Add(fmt.Sprintf("  %+.3g  95%% [%+.3g, %+.3g]  p %.3g  rank p %.3g", c.Delta, c.Welch.Low, c.Welch.High, c.P, c.Rank.P), style)
	if c.EffectErr == nil {
		l.Add(fmt.Sprintf("  g %+.2f", c.Effect.G), style)
	}
	l.Add("  "+c.Verdict(alpha).String(), style)
}

// drawParams lists how params go together with the metric.
func (v *View) drawParams(r *compare.Row, line func() *widget.Line) []string {
	found, left := compare.Correlate(v.subjects, r.Key)
	out := []string{line().Add(sanitize.Line(r.Key)+" and params", v.theme.Strong).
		Add("   Spearman's rank correlation with its 95 % interval, p by Holm; no cause is shown by it", v.theme.Dim).String()}
	for _, c := range found {
		style := v.theme.Text
		if !(c.P < alpha) {
			style = v.theme.Dim
		}
		l := line().Cell(sanitize.Line(c.Param), 24, false, style)
		l.Add(fmt.Sprintf(" %+.2f  [%+.2f, %+.2f]  n %d  p %.3g", c.R, c.Low, c.High, c.N, c.P), style)
		if c.N < compare.FewPairs {
			l.Add(fmt.Sprintf("  fewer than %d runs: take it as a hint", compare.FewPairs), v.theme.Warn)
		}
		out = append(out, l.String())
	}
	if len(found) == 0 {
		out = append(out, line().Add("no param that varies is a number in 3 runs that have the metric", v.theme.Dim).String())
	}
	if left > 0 {
		out = append(out, line().Add("no numbers, so left out: "+widget.Several(left, "param")+" that vary", v.theme.Dim).String())
	}
	return out
}
