// Package figure is the screen of one chart over runs: a point, a bar or a path
// each, of the params and metrics that the user chooses. It computes no
// statistics itself.
package figure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/figures"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// mostFields bounds the fields that parallel coordinates begin with.
const mostFields = 7

// groupings are the ways to group boxes, as compare.GroupBy calls them.
var groupings = [...]string{"replicates", "parent"}

// View is the screen.
type View struct {
	reader store.RunReader
	theme  *themes.Theme
	ask    view.ShowFigure
	keep   view.Directions
	better map[string]compare.Direction
	loads  struct{ runs, chart view.Loader }

	runs   []compare.Subject
	fields []figures.Field // that vary: metrics, then params
	kind   int             // place in figures.Kinds
	chosen map[string][]figures.Field
	brush  map[figures.Field]plots.Range // of parallel coordinates
	look   struct {
		window    plots.View
		grouping  int
		listed    bool // the fields alone, where there is no room for both
		picked    int  // 1 + the run that is told from the others
		w, h, top int
		cursor    int
	}
	chart  plots.Chart
	canvas *cell.Canvas
	err    error
}

// New returns a figure of runs.
func New(r store.RunReader, ask view.ShowFigure, keep view.Directions, theme *themes.Theme) *View {
	v := &View{reader: r, theme: theme, ask: ask, keep: keep, better: map[string]compare.Direction{}, canvas: &cell.Canvas{}}
	v.chosen, v.brush = map[string][]figures.Field{}, map[figures.Field]plots.Range{}
	if keep != nil {
		v.better = keep.All()
	}
	v.look.w, v.look.h = 80, 24
	return v
}

// Title implements view.View.
func (v *View) Title() string {
	return "plot " + sanitize.Line(cmp.Or(v.ask.Title, widget.Several(len(v.ask.Runs), "run")))
}

// Status implements view.View.
func (v *View) Status() string {
	if v.loads.runs.Busy() && len(v.runs) == 0 {
		return "reading"
	}
	said := v.of().Name + "   " + widget.Several(len(v.runs), "run")
	if k := v.of().Name; k == "box" || k == "violin" {
		said += "   by " + groupings[v.look.grouping]
	}
	if kept := len(v.kept()); len(v.brush) > 0 && v.of().Name == "parallel" {
		said += fmt.Sprintf("   %d kept", kept)
	}
	return said
}

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	r, ids := v.reader, v.ask.Runs
	return view.Load(&v.loads.runs, func(ctx context.Context) ([]store.Run, error) { return r.RunsOf(ctx, ids) })
}

// drawn is a chart that was made, for a kind and its fields.
type drawn struct{ chart plots.Chart }

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.look.w, v.look.h = m.Width, m.Height
		v.show()
	case view.Loaded[[]store.Run]:
		if m.Of(&v.loads.runs) && !v.failed(m.Err) {
			return v.take(m.Value)
		}
	case view.Loaded[drawn]:
		if m.Of(&v.loads.chart) {
			v.chart = nil
			if !v.failed(m.Err) {
				v.chart = m.Value.chart
				v.rebrush()
			}
		}
	case view.StoreChanged:
		return v.changed(m.Change)
	case view.Refresh:
		return v.Init()
	case view.Click:
		return v.click(m)
	case view.Drag:
		return v.drag(m)
	case view.Wheel:
		v.look.cursor += m.Rows / 3
		v.show()
	}
	return nil
}

func (v *View) failed(err error) bool {
	if err == nil {
		v.err = nil
		return false
	}
	if !errors.Is(err, context.Canceled) {
		v.err = err
	}
	return true
}

// changed reads the runs again where something was logged that a figure shows:
// the newest value of a metric, a param, a status.
func (v *View) changed(c store.Change) tea.Cmd {
	if v.err = c.Problem; c.Problem != nil {
		return nil
	}
	if c.Reload || slices.ContainsFunc(v.ask.Runs, c.Touches) {
		return v.Init()
	}
	return nil
}

// take shows the runs that were read, and keeps what the user chose of their
// fields.
func (v *View) take(runs []store.Run) tea.Cmd {
	v.runs = make([]compare.Subject, len(runs))
	for i, r := range runs {
		v.runs[i].Run = r
	}
	v.fields = fieldsOf(v.runs)
	if len(v.chosen) == 0 {
		v.first()
	}
	v.show()
	return v.draw()
}

// fieldsOf are the metrics and params by which runs differ, the metrics first,
// those of the system last.
func fieldsOf(runs []compare.Subject) []figures.Field {
	var metrics, system, params []figures.Field
	for _, r := range compare.New(runs, compare.Options{Baseline: -1}).Rows {
		f := figures.Field{Key: r.Key, Param: r.Section == compare.Params}
		switch {
		case !r.Varies || r.Section != compare.Metrics && r.Section != compare.Params:
		case f.Param:
			params = append(params, f)
		case strings.HasPrefix(r.Key, store.SystemMetric):
			system = append(system, f)
		default:
			metrics = append(metrics, f)
		}
	}
	return slices.Concat(metrics, params, system)
}

// first chooses the fields that each kind begins with: the metric that was asked
// for, and the params.
func (v *View) first() {
	if len(v.fields) == 0 {
		return
	}
	var params, metrics []figures.Field
	for _, f := range v.fields {
		if f.Param {
			params = append(params, f)
		} else if !strings.HasPrefix(f.Key, store.SystemMetric) {
			metrics = append(metrics, f)
		}
	}
	metric := v.fields[0]
	if len(metrics) > 0 {
		metric = metrics[0]
	}
	if asked, err := figures.Parse(v.ask.Field); err == nil && slices.Contains(v.fields, asked) {
		metric = asked
	}
	numbers := slices.Clone(params)
	numbers = slices.DeleteFunc(numbers, func(f figures.Field) bool { return !f.Numeric(v.runs) })
	for _, k := range figures.Kinds {
		n, of := k.Most-1, slices.Concat(numbers, params, metrics) // what is twice comes first
		switch {
		case k.Name == "pareto":
			n, of = 1, slices.Concat(metrics, params)
		case k.Name == "contour":
			of = numbers
		case k.Roles == nil:
			n, of = mostFields-1, slices.Concat(params, metrics)
		}
		v.chosen[k.Name] = append(firstOf(of, n, metric), metric)
	}
	v.look.cursor = slices.Index(v.fields, metric)
	if at := slices.IndexFunc(figures.Kinds, func(k figures.Kind) bool { return k.Name == v.ask.Kind }); at >= 0 {
		v.kind = at
	}
}

// firstOf are at most n of some fields, each once, without one of them.
func firstOf(of []figures.Field, n int, but figures.Field) []figures.Field {
	var out []figures.Field
	for _, f := range of {
		if len(out) < n && f != but && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func (v *View) of() figures.Kind { return figures.Kinds[v.kind] }

// draw makes the chart, which takes too long for a frame where a forest grows.
func (v *View) draw() tea.Cmd {
	k, runs := v.of(), v.runs
	fields := slices.Clone(v.chosen[k.Name])
	if why := v.lacks(); why != "" {
		v.loads.chart.Cancel()
		v.chart = nil
		return nil
	}
	for i := range fields {
		fields[i].Direction = v.better[fields[i].Key]
	}
	o := figures.Options{Slots: v.ask.Slots, GroupBy: groupings[v.look.grouping], Log: v.look.window.LogX}
	return view.Load(&v.loads.chart, func(context.Context) (drawn, error) {
		c, err := k.Chart(runs, fields, o)
		return drawn{c}, err
	})
}

// lacks says what the chart cannot be drawn without, "" if nothing is missing.
func (v *View) lacks() string {
	k := v.of()
	fields := v.chosen[k.Name]
	switch {
	case len(v.runs) == 0:
		return "these runs are not in the store any more"
	case k.Name == "contour" && len(fields) < k.Least && len(v.fields) >= k.Least:
		return fmt.Sprintf("contour takes two params that are numbers and differ, and a height: %s; x, y and z choose other fields", lacksNumbers(len(fields)-1))
	case len(fields) < k.Least:
		return fmt.Sprintf("%s takes %d fields by which the runs differ; here there are %d", k.Name, k.Least, len(fields))
	case k.Name == "importance" && fields[0].Param:
		return "the importance of params is for a metric: choose one with space"
	case k.Name == "pareto":
		for _, f := range fields {
			if v.better[f.Key] == compare.Unknown || f.Param {
				return fmt.Sprintf("is %s better high or low? D says it of the field under the cursor; x and y choose others", sanitize.Line(f.Key))
			}
		}
	}
	return ""
}

// lacksNumbers says how many of the params by which runs differ are numbers.
func lacksNumbers(n int) string {
	if n == 1 {
		return "only one param is such a number"
	}
	return "no param is such a number"
}

// titled is what the runs that are kept are called.
func (v *View) titled() string {
	if kept := len(v.kept()); kept < len(v.runs) {
		return fmt.Sprintf("%d of %s", kept, cmp.Or(v.ask.Title, widget.Several(len(v.runs), "run")))
	}
	return v.ask.Title
}

// kept are the places of the runs that lie in all brushes.
func (v *View) kept() []int {
	c, ok := v.chart.(*plots.Parallel)
	var out []int
	for i := range v.runs {
		if !ok || i < len(c.Paths) && c.Kept(c.Paths[i]) {
			out = append(out, i)
		}
	}
	return out
}

// rebrush gives the axes of parallel coordinates their brushes.
func (v *View) rebrush() {
	if c, ok := v.chart.(*plots.Parallel); ok {
		for k, f := range v.chosen[v.of().Name] {
			if k < len(c.Dimensions) {
				c.Dimensions[k].Keep = v.brush[f]
			}
		}
	}
}
