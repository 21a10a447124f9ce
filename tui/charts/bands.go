package charts

import (
	"cmp"
	"fmt"
	"strings"

	"benchside/compare"
	"benchside/curves"
	"benchside/plots"
	"benchside/sanitize"
	"benchside/tui/widget"
)

// band says how the runs of a group are drawn.
type band int

const (
	single    band = iota // each run for itself
	deviation             // the mean ± the standard deviation
	extremes              // the mean between the least and the greatest
	bands
)

var (
	bandNames = [...]string{single: "", deviation: "mean ± sd", extremes: "mean, min–max"}
	spreads   = [...]plots.Spread{deviation: plots.Deviation, extremes: plots.Extremes}
	// groupings are the ways to group; the first takes all runs as one.
	groupings = [...]string{"", "replicates", "parent"}
)

// mostGroups bounds the groups that are drawn: more bands hide each other.
const mostGroups = 8

// groups are the runs as groups, and what was computed of them.
type groups struct {
	of    []compare.Group       // members are places of runs
	slots []int                 // those of their first runs
	made  map[string]madeGroups // by metric
}

// madeGroups are the groups of a metric as they were made of so many points.
type madeGroups struct {
	from   madeFrom
	groups []plots.Group
	slots  []int
}

// madeFrom is all that the groups of a metric depend on.
type madeFrom struct {
	points int
	band   band
	smooth curves.Smoothing
	across curves.Across
	over   string
}

func (v *View) smoothing() curves.Smoothing {
	return curves.Smoothing{Weight: weights[v.look.smooth], Timed: v.look.timed}
}

// regroup puts the runs into groups anew.
func (v *View) regroup() {
	subjects := make([]compare.Subject, len(v.runs))
	all := compare.Group{Name: "all"}
	for i, r := range v.runs {
		subjects[i].Run = r
		all.Members = append(all.Members, i)
	}
	v.groups = groups{of: []compare.Group{all}, made: map[string]madeGroups{}}
	if by := groupings[v.look.grouping]; by != "" {
		found, err := compare.GroupBy(subjects, by)
		if err != nil {
			v.err = err
			return
		}
		v.groups.of = found
	}
	for i := range v.groups.of {
		g := &v.groups.of[i]
		if groupings[v.look.grouping] == "parent" {
			g.Name = cmp.Or(v.parents[g.Name], g.Name)
		}
		g.Name = sanitize.Line(g.Name)
		if len(g.Members) > 0 {
			v.groups.slots = append(v.groups.slots, v.slots[g.Members[0]])
		}
	}
}

// turnGrouping goes to the next way to group, and shows the groups.
func (v *View) turnGrouping() {
	if v.look.band == single {
		v.look.band = deviation
	} else {
		v.look.grouping = (v.look.grouping + 1) % len(groupings)
	}
	v.regroup()
}

// join draws the runs of a chart as groups, smoothed before if they are.
func (v *View) join(key string, l *plots.Line, runs []int) {
	from := madeFrom{band: v.look.band, smooth: v.smoothing(), across: v.look.across, over: v.look.over}
	series := l.Series
	if len(l.Smoothed) == len(series) {
		series = l.Smoothed
	}
	seriesOf := map[int]plots.Series{}
	for i, run := range runs {
		seriesOf[run] = series[i]
		from.points += len(series[i].X)
	}
	made := v.groups.made[key]
	if made.from != from {
		made = madeGroups{from: from}
		for i, g := range v.groups.of {
			var of []plots.Series
			for _, run := range g.Members {
				if s, ok := seriesOf[run]; ok {
					of = append(of, s)
				}
			}
			if len(of) > 0 && len(made.groups) < mostGroups {
				name := fmt.Sprintf("%s (%d)", g.Name, len(of))
				made.groups = append(made.groups, plots.Join(name, name, of, spreads[v.look.band]))
				made.slots = append(made.slots, v.groups.slots[i])
			}
		}
		v.groups.made[key] = made
	}
	l.Note = strings.TrimPrefix(l.Note+", "+v.saysGroups(len(made.groups), len(runs), from.points), ", ")
	l.Series, l.Smoothed, l.Groups, l.Slots = nil, nil, made.groups, made.slots
}

// saysGroups is what stands at the head of a chart of groups.
func (v *View) saysGroups(shown, runs, points int) string {
	said := bandNames[v.look.band] + " of " + widget.Several(runs, "run")
	if by := groupings[v.look.grouping]; by != "" {
		said = fmt.Sprintf("%s by %s", bandNames[v.look.band], by)
	}
	if n := len(v.groups.of); shown == mostGroups && n > shown {
		said += fmt.Sprintf(", %d of %d groups", shown, n)
	}
	if points > plots.JoinedPlaces {
		said += fmt.Sprintf(" at about %d places", plots.JoinedPlaces)
	}
	return said
}
