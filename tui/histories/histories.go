// Package histories reads the histories of metrics for the screens that draw
// them: first a preview, then all points in the background, as many as fit in a
// budget. It draws nothing.
package histories

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/curves"
	"benchside/plots"
	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/view"
)

// Budget is how many bytes of points a screen keeps.
const Budget = 184 << 20

// glance is how many points a preview has.
const glance = 300

// told is how often a long reading says how far it is.
const told = 100 * time.Millisecond

// id names a curve.
type id struct{ run, key string }

// Shelf holds the curves of some runs.
type Shelf struct {
	reader store.MetricReader
	budget int
	loads  struct{ glance, scan view.Loader }

	runs    []store.Run
	curves  map[id]*curves.Curve
	late    map[id][]store.Point // logged while the curve is being read
	bad     map[id]bool          // could not be read
	wanted  []string
	looking string         // the key of the preview that is being read
	seen    map[string]int // when a key was wanted last
	clock   int
	changes int // see Changes
	reading struct {
		what id
		part float64
	}
}

// New returns a shelf that keeps at most so many bytes of points.
func New(r store.MetricReader, budget int) *Shelf {
	s := &Shelf{reader: r, budget: budget}
	s.Reset()
	return s
}

// Stop ends what is being read; Want goes on.
func (s *Shelf) Stop() {
	s.loads.glance.Cancel()
	s.loads.scan.Cancel()
}

// Reset forgets all curves.
func (s *Shelf) Reset() {
	s.Stop()
	s.changes++
	s.curves, s.late, s.bad, s.seen = map[id]*curves.Curve{}, map[id][]store.Point{}, map[id]bool{}, map[string]int{}
}

// Runs sets the runs whose metrics are read, in the order in which Draw gives
// them. Curves of other runs go.
func (s *Shelf) Runs(runs []store.Run) {
	s.runs = runs
	s.changes++
	here := map[string]bool{}
	for _, r := range runs {
		here[r.ID] = true
	}
	for k := range s.curves {
		if !here[k.run] {
			delete(s.curves, k)
		}
	}
}

// ids are the curves of a metric that there are or will be, by run.
func (s *Shelf) ids(key string) []id {
	var out []id
	for _, r := range s.runs {
		if _, ok := r.Metrics[key]; ok {
			out = append(out, id{r.ID, key})
		}
	}
	return out
}

// Want reads what is missing of the metrics in view, the most urgent first, and
// stops reading others.
func (s *Shelf) Want(keys []string) tea.Cmd {
	s.wanted = keys
	s.clock++
	for _, key := range keys {
		s.seen[key] = s.clock
	}
	if s.loads.scan.Busy() && !slices.Contains(keys, s.reading.what.key) {
		s.loads.scan.Cancel()
	}
	if s.loads.glance.Busy() && !slices.Contains(keys, s.looking) {
		s.loads.glance.Cancel() // else a cursor that is held down leaves many behind
	}
	return tea.Batch(s.preview(), s.scan())
}

// glanced are the first looks at one metric.
type glanced struct {
	of    []id
	found []*curves.Curve
}

// preview takes a look at the next metric of which nothing is there.
func (s *Shelf) preview() tea.Cmd {
	if s.loads.glance.Busy() {
		return nil
	}
	for _, key := range s.wanted {
		of := slices.DeleteFunc(s.ids(key), func(k id) bool { return s.curves[k] != nil || s.bad[k] })
		if len(of) == 0 {
			continue
		}
		r := s.reader
		s.looking = key
		return view.Load(&s.loads.glance, func(ctx context.Context) (glanced, error) {
			out := glanced{of: of}
			for _, k := range of {
				points, whole, err := r.Glance(ctx, k.run, k.key, glance)
				if err != nil {
					return out, err
				}
				state := curves.Preview
				if whole {
					state = curves.Whole
				}
				out.found = append(out.found, curves.New(points, state))
			}
			return out, nil
		})
	}
	return nil
}

// scanned says how far a reading is; at its end with the curve.
type scanned struct {
	id    id
	part  float64 // 0 to 1
	curve *curves.Curve
}

// scan reads all points of the next curve of which there is a preview.
func (s *Shelf) scan() tea.Cmd {
	if s.loads.scan.Busy() || s.loads.glance.Busy() {
		return nil
	}
	for _, key := range s.wanted {
		for _, k := range s.ids(key) {
			if c := s.curves[k]; c != nil && c.State == curves.Preview && !s.bad[k] {
				return s.scanOf(k, c)
			}
		}
	}
	return nil
}

func (s *Shelf) scanOf(k id, preview *curves.Curve) tea.Cmd {
	from, span := 0.0, 0.0
	if n := len(preview.Steps); n > 0 {
		from, span = preview.Steps[0], preview.Steps[n-1]-preview.Steps[0]
	}
	b := &curves.Builder{Room: max(s.budget-s.bytes(true), 0)}
	for o, c := range s.curves {
		if c.State == curves.Whole && (o.run == k.run || o.key == k.key) {
			b.Share(c)
		}
	}
	s.reading.what, s.reading.part = k, 0
	r := s.reader
	return view.Stream(&s.loads.scan, func(ctx context.Context, emit func(scanned) error) error {
		next := time.Now().Add(told)
		err := r.Scan(ctx, k.run, k.key, func(points []store.Point) error {
			b.Add(points)
			if now := time.Now(); now.After(next) && span > 0 {
				next = now.Add(told)
				return emit(scanned{id: k, part: (points[len(points)-1].Step.Float() - from) / span})
			}
			return nil
		})
		if err != nil {
			return err
		}
		c := b.Curve()
		c.Series("", "", curves.Steps) // here rather than while drawing
		return emit(scanned{id: k, part: 1, curve: c})
	})
}

// Update takes what was read. It is false for other messages. What goes on
// reading is cmd; cancelling is no error.
func (s *Shelf) Update(msg tea.Msg) (cmd tea.Cmd, taken bool, err error) {
	switch m := msg.(type) {
	case view.Loaded[glanced]:
		if !m.Of(&s.loads.glance) {
			return nil, true, nil
		}
		s.changes++
		for i, c := range m.Value.found {
			s.curves[m.Value.of[i]] = c
		}
		if err = s.failed(m.Err, m.Value.of); err != nil {
			return nil, true, err
		}
	case view.Loaded[scanned]:
		if !m.Of(&s.loads.scan) {
			return nil, true, nil
		}
		s.changes++
		switch k := m.Value.id; {
		case m.Err != nil:
			err = s.failed(m.Err, []id{s.reading.what})
		case m.Value.curve != nil:
			s.put(k, m.Value.curve)
		default:
			s.reading.part = m.Value.part
		}
		if !m.Last {
			return m.Next, true, nil
		}
	default:
		return nil, false, nil
	}
	return tea.Batch(s.preview(), s.scan()), true, err
}

func (s *Shelf) failed(err error, of []id) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	for _, k := range of {
		s.bad[k] = s.curves[k] == nil || s.curves[k].State == curves.Preview
	}
	return err
}

// put takes a curve that was read to its end, and what was logged meanwhile.
func (s *Shelf) put(k id, c *curves.Curve) {
	for _, p := range s.late[k] {
		c.Add(p)
	}
	delete(s.late, k)
	for _, o := range s.curves {
		if len(o.Steps) == len(c.Steps) {
			c.Share(o)
		}
	}
	c.Series("", "", curves.Steps)
	s.curves[k] = c
	s.evict()
}

// evict drops curves that are out of view, those seen longest ago first, until
// the rest fits.
func (s *Shelf) evict() {
	for s.bytes(false) > s.budget {
		oldest := ""
		for k := range s.curves {
			if !slices.Contains(s.wanted, k.key) && (oldest == "" || s.seen[k.key] < s.seen[oldest]) {
				oldest = k.key
			}
		}
		if oldest == "" {
			return
		}
		for k := range s.curves {
			if k.key == oldest {
				delete(s.curves, k)
			}
		}
	}
}

func (s *Shelf) bytes(inView bool) int {
	var all []*curves.Curve
	for k, c := range s.curves {
		if !inView || slices.Contains(s.wanted, k.key) {
			all = append(all, c)
		}
	}
	return curves.Bytes(all)
}

// Add takes a point that was logged.
func (s *Shelf) Add(run, key string, p store.Point) {
	k := id{run, key}
	c := s.curves[k]
	if c == nil {
		return // the look at it is yet to come
	}
	if c.State == curves.Preview {
		s.late[k] = append(s.late[k], p)
	}
	c.Add(p)
	s.changes++
}

// Drawn is a metric as it is drawn.
type Drawn struct {
	Series, Smoothed []plots.Series
	Runs             []int // of the series: places in the runs
	Note             string
}

// Draw returns the curves of a metric over an axis, or over the metric x if it is
// not empty, and smoothed.
func (s *Shelf) Draw(key string, by curves.Across, x string, smooth curves.Smoothing) Drawn {
	var d Drawn
	for i, r := range s.runs {
		c := s.curves[id{r.ID, key}]
		if c == nil || len(c.Steps) == 0 {
			continue
		}
		name := sanitize.Line(r.Called())
		if x == "" {
			d.Series = append(d.Series, c.Series(r.ID, name, by))
		} else if other := s.curves[id{r.ID, x}]; other != nil {
			d.Series = append(d.Series, c.Over(other, r.ID, name))
		} else {
			continue
		}
		d.Runs = append(d.Runs, i)
		if smooth.Weight > 0 {
			if x == "" {
				d.Smoothed = append(d.Smoothed, c.Smoothed(smooth))
			} else {
				d.Smoothed = append(d.Smoothed, d.Series[len(d.Series)-1].Smooth(smooth.Weight, smooth.Timed))
			}
		}
	}
	d.Note = s.Note(key)
	return d
}

// Curve returns the curve of a run, nil if nothing is there yet.
func (s *Shelf) Curve(run, key string) *curves.Curve { return s.curves[id{run, key}] }

// Whole reports whether all that can be read of a metric is there.
func (s *Shelf) Whole(key string) bool {
	return !slices.ContainsFunc(s.ids(key), func(k id) bool {
		return !s.bad[k] && (s.curves[k] == nil || s.curves[k].State == curves.Preview)
	})
}

// Changes counts what changed in the curves or the runs: a picture of them holds
// until it grows.
func (s *Shelf) Changes() int { return s.changes }

// Note says what of the metric is not there.
func (s *Shelf) Note(key string) string {
	of := s.ids(key)
	there, held, total, bad := 0.0, 0, 0, 0
	previews, reduced := false, false
	for _, k := range of {
		c := s.curves[k]
		if s.bad[k] {
			bad++
		}
		if c == nil {
			continue
		}
		held, total = held+len(c.Steps), total+c.Total
		switch {
		case c.State != curves.Preview:
			there++
			reduced = reduced || c.State == curves.Reduced
		default:
			previews = true
			if s.loads.scan.Busy() && s.reading.what == k {
				there += min(max(s.reading.part, 0), 1)
			}
		}
	}
	switch {
	case bad > 0:
		return fmt.Sprintf("%d of %d runs not read", bad, len(of))
	case previews:
		return fmt.Sprintf("preview, %d %% read", int(100*there/float64(len(of))))
	case int(there) < len(of):
		return "reading"
	case reduced:
		return fmt.Sprintf("%d of %d points", held, total)
	}
	return ""
}
