// Package charts is the screen of the metrics of one or several runs, a chart
// each. It compares no params and computes no statistics.
package charts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
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
	"benchside/tui/histories"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Reader is what the screen reads of a store.
type Reader interface {
	store.RunReader
	store.MetricReader
}

var acrossNames = [...]string{curves.Steps: "step", curves.Elapsed: "time since the start", curves.Clock: "time of day"}

// weights are the strengths of smoothing.
var weights = [...]float64{0, 0.5, 0.8, 0.9, 0.95, 0.99}

// View is the screen.
type View struct {
	reader Reader
	theme  *themes.Theme
	ask    view.ShowCharts
	runsOf view.Loader
	shelf  *histories.Shelf
	keep   view.Directions
	better map[string]compare.Direction

	runs    []store.Run
	parents map[string]string // names of the runs' parents
	slots   []int
	groups  groups
	keys    []string // of the metrics that the pattern lets through
	pattern struct {
		field  widget.Field
		typing bool
		err    error
	}
	look struct {
		across   curves.Across
		over     string // the metric that is the x-axis; empty for across
		pinned   map[string]plots.Range
		smooth   int // place in weights
		timed    bool
		window   plots.View
		band     band
		grouping int      // place in groupings
		cross    *float64 // in the units of x
		zoomed   bool
		sections sections
		w, h     int
	}
	grid    widget.Grid
	dragged plots.Range // the window when a drag began
	scratch scratch
	err     error
}

// scratch is what Draw reuses from frame to frame.
type scratch struct {
	canvas cell.Canvas
	traces plots.Traces
}

// New returns the charts of runs.
func New(r Reader, ask view.ShowCharts, keep view.Directions, theme *themes.Theme) *View {
	v := &View{reader: r, theme: theme, ask: ask, keep: keep, better: map[string]compare.Direction{}}
	v.shelf = histories.New(r, histories.Budget)
	if keep != nil {
		v.better = keep.All()
	}
	v.look.pinned = map[string]plots.Range{}
	v.pattern.field = widget.NewField("pattern of metrics")
	v.look.w, v.look.h = 80, 24
	v.grid.LeastW, v.grid.LeastH, v.grid.MostCols = leastWidth, leastHeight, 4
	return v
}

// Title implements view.View.
func (v *View) Title() string {
	if v.ask.Title != "" {
		return "charts of " + sanitize.Line(v.ask.Title)
	}
	return "charts of " + widget.Several(len(v.ask.Runs), "run")
}

// Status implements view.View.
func (v *View) Status() string {
	said := []string{acrossNames[v.look.across]}
	if v.look.over != "" {
		said[0] = "over " + sanitize.Line(v.look.over)
	}
	weight, unread := weights[v.look.smooth], v.unread()
	way := ""
	if v.look.timed {
		way = " by distance"
	}
	for text, on := range map[string]bool{
		fmt.Sprintf("smoothed %.3g%s", weight, way): weight > 0,
		"log y":                           v.look.window.LogY,
		"symlog y":                        v.look.window.SymY,
		"log x":                           v.look.window.LogX,
		"2–98 %":                          v.look.window.NoOutliers,
		bandNames[v.look.band]:            v.look.band != single,
		fmt.Sprintf("reading %d", unread): unread > 0,
	} {
		if on {
			said = append(said, text)
		}
	}
	slices.Sort(said[1:])
	return strings.Join(append(said, widget.Several(len(v.keys), "metric")), "   ")
}

// Typing implements view.View.
func (v *View) Typing() bool { return v.pattern.typing }

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	r, ids := v.reader, v.ask.Runs
	return view.Load(&v.runsOf, func(ctx context.Context) (runsRead, error) {
		runs, err := r.RunsOf(ctx, ids)
		if err != nil {
			return runsRead{}, err
		}
		var above []string
		for _, run := range runs {
			if run.ParentID != "" && !slices.Contains(above, run.ParentID) {
				above = append(above, run.ParentID)
			}
		}
		parents, err := r.RunsOf(ctx, above)
		out := runsRead{runs: runs, parents: map[string]string{}}
		for _, p := range parents {
			out.parents[p.ID] = cmp.Or(p.Name, p.ID)
		}
		return out, err
	})
}

// runsRead are the runs, and what their parents are called.
type runsRead struct {
	runs    []store.Run
	parents map[string]string
}

// Leave implements view.Leaver.
func (v *View) Leave() { v.shelf.Stop() }

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.look.w, v.look.h = m.Width, m.Height
		v.arrange()
		return v.loadShown()
	case view.Loaded[runsRead]:
		if m.Of(&v.runsOf) && !v.failed(m.Err) {
			v.parents = m.Value.parents
			v.take(m.Value.runs)
			v.regroup()
			v.narrow()
			return v.loadShown()
		}
	case view.StoreChanged:
		return v.changed(m.Change)
	case view.Refresh:
		v.shelf.Reset()
		return v.Init()
	case view.Click:
		return v.click(m)
	case view.Drag:
		v.drag(m)
	case view.Wheel:
		v.wheel(m)
	case tea.KeyPressMsg, tea.PasteMsg:
		if v.pattern.field.Update(m) {
			v.narrow()
			return v.loadShown()
		}
	default:
		if cmd, taken, err := v.shelf.Update(msg); taken {
			if err != nil {
				v.err = err
			}
			return cmd
		}
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

// take keeps the runs in the order in which they were asked for.
func (v *View) take(runs []store.Run) {
	ids := make([]string, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	v.runs, v.slots = runs, plots.SlotsAfter(v.ask.Slots, ids)
	v.shelf.Runs(v.runs)
}

// narrow chooses the metrics whose names fit the pattern, by section: what is
// before the last slash; the system's last.
func (v *View) narrow() {
	pattern, err := regexp.Compile(v.pattern.field.Text())
	if v.pattern.err = err; err != nil {
		return
	}
	found := map[string]bool{}
	v.keys = nil
	for _, r := range v.runs {
		for key := range r.Metrics {
			if !found[key] && pattern.MatchString(key) {
				found[key] = true
				v.keys = append(v.keys, key)
			}
		}
	}
	slices.SortFunc(v.keys, func(a, b string) int {
		if s, t := strings.HasPrefix(a, store.SystemMetric), strings.HasPrefix(b, store.SystemMetric); s != t {
			if s {
				return 1
			}
			return -1
		}
		if c := strings.Compare(section(a), section(b)); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	v.arrange()
}

// changed takes the points that others log: they are added to the curves that
// are there, and a new metric gets a chart.
func (v *View) changed(c store.Change) tea.Cmd {
	if c.Problem != nil {
		v.err = c.Problem
		return nil
	}
	v.err = nil
	if c.Reload {
		v.shelf.Reset()
		return v.Init()
	}
	again := false
	for i := range c.Events {
		e := &c.Events[i]
		at := slices.IndexFunc(v.runs, func(r store.Run) bool { return r.ID == e.Head.ID })
		if at < 0 || e.Kind != store.PointLogged {
			again = again || at >= 0 && e.Kind == store.RunChanged
			continue
		}
		if _, known := v.runs[at].Metrics[e.Key]; !known {
			again = true
		}
		v.shelf.Add(e.Head.ID, e.Key, e.Point)
	}
	if again {
		return v.Init()
	}
	return nil
}
