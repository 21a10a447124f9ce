package calendar

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"benchside/store"
)

// unit is how much time a cell stands for.
type unit int

const (
	hour unit = iota
	day
	week
	month
	quarter
)

var unitNames = [...]string{"hour", "day", "week", "month", "quarter"}

func (u unit) start(at time.Time) time.Time {
	y, m, d := at.UTC().Date()
	switch u {
	case hour:
		return at.UTC().Truncate(time.Hour)
	case week:
		d -= (int(at.UTC().Weekday()) + 6) % 7
	case month:
		d = 1
	case quarter:
		m, d = (m-1)/3*3+1, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func (u unit) next(start time.Time) time.Time {
	switch u {
	case hour:
		return start.Add(time.Hour)
	case week:
		return start.AddDate(0, 0, 7)
	case month:
		return start.AddDate(0, 1, 0)
	case quarter:
		return start.AddDate(0, 3, 0)
	}
	return start.AddDate(0, 0, 1)
}

func (u unit) label(start time.Time) string {
	switch u {
	case hour:
		return start.Format("2006-01-02 15:00")
	case month:
		return start.Format("2006-01")
	case quarter:
		return fmt.Sprintf("%d Q%d", start.Year(), (int(start.Month())+2)/3)
	}
	return start.Format("2006-01-02")
}

// mostSlots bounds the cells of a row; older data are left out, and said to be.
const mostSlots = 4000

// mark is what a cell says of a column in a slot.
type mark int8

const (
	none  mark = iota // no data
	few               // not judged: too few rows, or undefined
	faint             // less than half of the limit
	near
	over // the limit, and above
	far  // twice the limit
	wide // five times
)

// spot is a cell: how far a column is, and in which result.
type spot struct {
	mark   mark
	ratio  float64 // of the limit; NaN if it was not judged
	result int32   // place among the results, -1 for none
}

// row is one column of the data over time; the first one is all of them together.
type row struct {
	name    string
	spots   []spot
	drifted int // slots
}

// grid is a calendar: rows of columns, slots of time.
type grid struct {
	unit  unit
	slots []time.Time // where each begins
	rows  []row
	left  int // results that are older than the slots
}

// endOf is where a result stands in time.
func endOf(r store.BatchResult) time.Time {
	if r.Batch.End.Set() {
		return r.Batch.End.Time()
	}
	return r.At.Time()
}

// suits chooses the coarsest unit that holds results apart, if its slots fit into so
// many cells; else the finest whose slots do.
func suits(results []store.BatchResult, width int) unit {
	if len(results) == 0 {
		return day
	}
	apart := map[time.Time]bool{}
	for _, r := range results {
		apart[day.start(endOf(r))] = true
	}
	for u := quarter; u > day; u-- {
		slots := map[time.Time]bool{}
		for at := range apart {
			slots[u.start(at)] = true
		}
		if len(slots) == len(apart) && u.count(results) <= width {
			return u
		}
	}
	for u := day; u < quarter; u++ {
		if u.count(results) <= width {
			return u
		}
	}
	return quarter
}

// count is how many slots results of which the first is the latest span, about.
func (u unit) count(results []store.BatchResult) int {
	from, to := u.start(endOf(results[len(results)-1])), endOf(results[0])
	return int(to.Sub(from)/u.next(from).Sub(from)) + 1
}

// back is the start of the slot that is so many before another one.
func (u unit) back(from time.Time, slots int) time.Time {
	switch u {
	case hour:
		return u.start(from.Add(-time.Duration(slots) * time.Hour))
	case week:
		return u.start(from.AddDate(0, 0, -7*slots))
	case month:
		return u.start(from.AddDate(0, -slots, 0))
	case quarter:
		return u.start(from.AddDate(0, -3*slots, 0))
	}
	return u.start(from.AddDate(0, 0, -slots))
}

// build arranges results, the latest data first, into a grid.
func build(results []store.BatchResult, u unit) grid {
	g := grid{unit: u}
	if len(results) == 0 {
		return g
	}
	last := u.start(endOf(results[0]))
	first := u.start(endOf(results[len(results)-1]))
	if oldest := u.back(last, mostSlots-1); first.Before(oldest) {
		first = oldest
	}
	at := map[int64]int{}
	for s := first; !s.After(last); s = u.next(s) {
		at[s.Unix()] = len(g.slots)
		g.slots = append(g.slots, s)
	}
	g.rows = []row{{name: "all columns", spots: blank(len(g.slots))}}
	known := map[string]int{}
	for i, r := range results {
		slot, in := at[u.start(endOf(r)).Unix()]
		if !in {
			g.left++
			continue
		}
		g.rows[0].see(slot, whole(r, i))
		for c, name := range r.Columns.Names {
			n, there := known[name]
			if !there {
				n = len(g.rows)
				known[name] = n
				g.rows = append(g.rows, row{name: name, spots: blank(len(g.slots))})
			}
			g.rows[n].see(slot, judged(r.Columns, c, i))
		}
	}
	for i := range g.rows {
		for _, s := range g.rows[i].spots {
			if s.mark >= over {
				g.rows[i].drifted++
			}
		}
	}
	slices.SortStableFunc(g.rows[1:], func(a, b row) int {
		return cmp.Or(b.drifted-a.drifted, strings.Compare(a.name, b.name))
	})
	return g
}

func blank(n int) []spot {
	spots := make([]spot, n)
	for i := range spots {
		spots[i] = spot{ratio: math.NaN(), result: -1}
	}
	return spots
}

// see takes a result into a slot: of several the worst stands.
func (r *row) see(slot int, s spot) {
	old := &r.spots[slot]
	if s.mark > old.mark || s.mark == old.mark && s.ratio > old.ratio {
		*old = s
	}
}

// whole is the share of drifted columns as a spot.
func whole(r store.BatchResult, at int) spot {
	if r.Verdict == "" {
		return spot{none, math.NaN(), -1}
	}
	return shaded(r.Share/r.Limit, r.Verdict == "drift", at)
}

// judged is a column of a result as a spot. A p value is the stronger the smaller it
// is, so the limit stands over it.
func judged(c store.ColumnScores, i, at int) spot {
	switch c.Statuses[i] {
	case "skipped":
		return spot{none, math.NaN(), -1}
	case "undefined":
		return spot{few, math.NaN(), int32(at)}
	}
	ratio := c.Scores[i] / c.Thresholds[i]
	if strings.HasPrefix(c.Compares[i], "p") {
		ratio = c.Thresholds[i] / c.Scores[i]
	}
	return shaded(ratio, c.Statuses[i] == "drift", at)
}

// shaded is a spot of a ratio; the verdict has the last word at the limit.
func shaded(ratio float64, drifts bool, at int) spot {
	s := spot{faint, ratio, int32(at)}
	switch {
	case math.IsNaN(ratio) && !drifts:
		s.mark = few
	case drifts && ratio >= 5:
		s.mark = wide
	case drifts && ratio >= 2:
		s.mark = far
	case drifts:
		s.mark = over
	case ratio >= 0.5:
		s.mark = near
	}
	return s
}

// slot is where a moment stands; false if it is outside.
func (g *grid) slot(at time.Time) (int, bool) {
	i, found := slices.BinarySearchFunc(g.slots, g.unit.start(at), time.Time.Compare)
	return i, found
}
