package rundetail

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/plots"
	"benchside/store"
	"benchside/tui/view"
)

// sparkPoints bounds the points kept for a sparkline.
const sparkPoints = 96

// summary is what is known of a metric's history.
type summary struct {
	store.Summary
	trend   []float64 // at most 2*sparkPoints values, evenly thinned
	every   int       // points that one value of trend stands for
	reading bool
}

func (s *summary) add(p store.Point) {
	if s.every == 0 {
		s.every = 1
	}
	if s.Points%s.every == 0 {
		s.trend = append(s.trend, p.Value)
	}
	s.Add(p)
	if len(s.trend) < 2*sparkPoints {
		return
	}
	for i := range sparkPoints {
		s.trend[i] = s.trend[2*i]
	}
	s.trend, s.every = s.trend[:sparkPoints], 2*s.every
}

func (s *summary) spark(width int, ascii bool) string {
	return plots.Spark(s.trend, width, ascii)
}

type sumRead struct {
	key string
	sum *summary
}

// nextSum reads the history of one metric that is shown and not summed up yet;
// the next follows its answer.
func (v *View) nextSum() tea.Cmd {
	if v.loads.sums.Busy() {
		return nil
	}
	for _, key := range v.shownMetrics() {
		if key == "" || v.sums[key] != nil {
			continue
		}
		v.sums[key] = &summary{reading: true}
		r, id := v.reader, v.id
		return view.Load(&v.loads.sums, func(ctx context.Context) (sumRead, error) {
			out := sumRead{key, &summary{}}
			err := r.History(ctx, id, key, func(points []store.Point) error {
				for _, p := range points {
					out.sum.add(p)
				}
				return nil
			})
			return out, err
		})
	}
	return nil
}

// shownMetrics are the metrics on the screen.
func (v *View) shownMetrics() []string {
	if v.wide() {
		n, _ := v.asideRows(v.height - v.above())
		return v.asideKeys()[:n]
	}
	var out []string
	from, to := v.table.Window()
	for i := from; i < to && i < len(v.lines); i++ {
		out = append(out, v.lines[i].metric)
	}
	return out
}

func (v *View) takeSum(m view.Loaded[sumRead]) tea.Cmd {
	key := m.Value.key
	if v.failed(m.Err) {
		delete(v.sums, key)
		return nil
	}
	if v.stale[key] { // points came while the history was read: read it again
		delete(v.stale, key)
		delete(v.sums, key)
		return v.nextSum()
	}
	v.sums[key] = m.Value.sum
	v.fill()
	return v.nextSum()
}

func isSystem(key string) bool { return strings.HasPrefix(key, store.SystemMetric) }
