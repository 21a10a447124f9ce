package charts

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/plots"
	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/view"
)

// mostPoints bounds the points that the screen keeps: 32 bytes each.
const mostPoints = 8_000_000

// curves are the histories of one metric.
type curves struct {
	points [][]store.Point // by run
	whole  bool
	made   []plots.Series // for the axis below; nil where it is to be made
	across compare.Across
}

func (c *curves) add(run int, p store.Point) {
	if !c.whole {
		return // it is being read, this point with it or the next look
	}
	c.points[run] = append(c.points[run], p)
	c.made = nil
}

// of returns the curves over an axis.
func (c *curves) of(runs []store.Run, by compare.Across) []plots.Series {
	if c.made != nil && c.across == by {
		return c.made
	}
	c.across, c.made = by, make([]plots.Series, 0, len(c.points))
	for i, points := range c.points {
		x, y := compare.Curve(points, by)
		name := sanitize.Line(runs[i].Name)
		if name == "" {
			name = runs[i].ID
		}
		c.made = append(c.made, plots.NewSeries(runs[i].ID, name, x, y))
	}
	return c.made
}

// history is one metric of all runs, as it was read.
type history struct {
	key    string
	points [][]store.Point
}

// unread is the number of charts in view whose points are still to come.
func (v *View) unread() int {
	n := 0
	for _, key := range v.shown() {
		if c := v.series[key]; c == nil || !c.whole {
			n++
		}
	}
	return n
}

// loadShown reads the next metric that is in view and not there yet; the one
// after it follows its answer.
func (v *View) loadShown() tea.Cmd {
	if v.loads.history.Busy() || len(v.runs) == 0 {
		return nil
	}
	for _, key := range v.shown() {
		if v.series[key] != nil {
			continue
		}
		v.series[key] = &curves{}
		v.forget(key)
		r, runs := v.reader, v.runs
		return view.Load(&v.loads.history, func(ctx context.Context) (history, error) {
			out := history{key: key, points: make([][]store.Point, len(runs))}
			for i, run := range runs {
				if _, ok := run.Metrics[key]; !ok {
					continue
				}
				err := r.History(ctx, run.ID, key, func(points []store.Point) error {
					out.points[i] = append(out.points[i], points...)
					return nil
				})
				if err != nil {
					return out, err
				}
			}
			return out, nil
		})
	}
	return nil
}

// forget drops curves that are out of view once there is too much.
func (v *View) forget(but string) {
	total := 0
	for _, c := range v.series {
		for _, p := range c.points {
			total += len(p)
		}
	}
	if total < mostPoints {
		return
	}
	keep := map[string]bool{but: true}
	for _, key := range v.shown() {
		keep[key] = true
	}
	for key := range v.series {
		if !keep[key] {
			delete(v.series, key)
		}
	}
}

func (v *View) takeHistory(m view.Loaded[history]) tea.Cmd {
	if v.failed(m.Err) {
		delete(v.series, m.Value.key)
		return nil
	}
	if len(m.Value.points) == len(v.runs) {
		v.series[m.Value.key] = &curves{points: m.Value.points, whole: true}
	}
	return v.loadShown()
}
