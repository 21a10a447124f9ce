package compare

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Group is runs that are compared as one: seeds, folds, children of a parent.
type Group struct {
	Name    string
	Members []int // places of subjects
}

// seeds are the params in which replicates may differ, as the field names them.
var seeds = map[string]bool{
	"seed": true, "random_seed": true, "random_state": true, "rng_seed": true, "data_seed": true, "torch_seed": true,
	"np_seed": true, "fold": true, "cv_fold": true, "fold_id": true, "repeat": true, "replicate": true,
}

// IsSeed reports whether replicates may differ in a param: its last part is one
// of the usual names of a seed or a fold.
func IsSeed(param string) bool {
	param = strings.ToLower(param)
	if at := strings.LastIndexAny(param, "./"); at >= 0 {
		param = param[at+1:]
	}
	return seeds[param]
}

// GroupBy puts subjects into groups, in the order in which they first appear:
// "replicates" have the same params but for seeds and folds, "parent" the same
// parent run, "params.KEY" and "tags.KEY" the same value.
func GroupBy(subjects []Subject, by string) ([]Group, error) {
	return groupBy(subjects, by, func() []Row {
		params := make([]Subject, len(subjects))
		for i, s := range subjects {
			params[i].Run.Params = s.Run.Params
		}
		return New(params, Options{Baseline: -1}).Rows
	})
}

// GroupBy is GroupBy of the table's subjects, which it does not compare anew.
func (t *Table) GroupBy(by string) ([]Group, error) {
	return groupBy(t.Subjects, by, func() []Row { return t.Rows })
}

// groupBy asks for the rows of a table if they are needed.
func groupBy(subjects []Subject, by string, rows func() []Row) ([]Group, error) {
	kind, key, _ := strings.Cut(by, ".")
	var of func(Subject) string
	switch {
	case by == "replicates":
		return replicates(subjects, rows()), nil
	case by == "parent":
		of = func(s Subject) string { return cmp.Or(s.Run.ParentID, "no parent") }
	case kind == "params" && key != "":
		of = func(s Subject) string { return valueOf(s.Run.Params, key) }
	case kind == "tags" && key != "":
		of = func(s Subject) string { return valueOf(s.Run.Tags, key) }
	default:
		return nil, fmt.Errorf("group by %q: there are replicates, parent, params.KEY and tags.KEY", by)
	}
	return collect(subjects, of), nil
}

func valueOf(m map[string]string, key string) string {
	if v, ok := m[key]; ok {
		return v
	}
	return "none"
}

func collect(subjects []Subject, of func(Subject) string) []Group {
	var groups []Group
	at := map[string]int{}
	for i, s := range subjects {
		name := of(s)
		g, ok := at[name]
		if !ok {
			g = len(groups)
			at[name] = g
			groups = append(groups, Group{Name: name})
		}
		groups[g].Members = append(groups[g].Members, i)
	}
	return groups
}

// longestName is the length from which on no further param is added to the name of
// a group.
const longestName = 200

// short cuts the value of a param that is a text, for the name of a group.
func short(text string) string {
	const most = 60
	if r := []rune(text[:min(len(text), 4*most+4)]); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// replicates groups by all params but the seeds, and names a group by the params
// in which the groups differ, which are among the rows.
func replicates(subjects []Subject, rows []Row) []Group {
	groups := collect(subjects, func(s Subject) string {
		var b strings.Builder
		for _, key := range slices.Sorted(maps.Keys(s.Run.Params)) {
			if !IsSeed(key) {
				fmt.Fprintf(&b, "%q=%q ", key, s.Run.Params[key])
			}
		}
		return b.String()
	})
	for i := range groups {
		groups[i].Name = ""
	}
	for _, r := range rows {
		if r.Section != Params || !r.Varies || IsSeed(r.Key) {
			continue
		}
		for i, g := range groups {
			if len(g.Name) > longestName {
				continue
			}
			text := "none"
			if c := r.Cells[g.Members[0]]; !c.Missing {
				text = short(c.Text)
			}
			groups[i].Name = strings.TrimSpace(g.Name + " " + r.Key + "=" + text)
			groups[i].Members = g.Members
		}
	}
	for i := range groups {
		if groups[i].Name == "" {
			groups[i].Name = subjects[groups[i].Members[0]].Name()
		}
	}
	return groups
}

// Contrast compares a metric of a group with that of the baseline's group.
type Contrast struct {
	Metric          string
	Group, Baseline Sample
	Delta, Percent  float64 // of the means; NaN where they are not
	Welch           WelchT
	Rank            RankTest
	Effect          Effect
	// WelchErr, RankErr and EffectErr say why the answer is not there; nil if it is.
	WelchErr, RankErr, EffectErr error
	// P is that of Welch's test, corrected for all tests of the comparison; NaN if
	// it could not be made.
	P float64
}

// Verdict is whether a difference is more than noise.
type Verdict int

// The verdicts. Without replicates nothing can be said.
const (
	Untested Verdict = iota
	Noise
	Real
)

func (v Verdict) String() string { return [...]string{"untested", "noise", "real"}[v] }

// Verdict compares P with alpha.
func (c Contrast) Verdict(alpha float64) Verdict {
	switch {
	case math.IsNaN(c.P):
		return Untested
	case c.P < alpha:
		return Real
	}
	return Noise
}

// SampleOf takes the values that a group has of a metric.
func (g Group) SampleOf(subjects []Subject, metric string) Sample {
	var values []float64
	missing := 0
	for _, i := range g.Members {
		p, ok := subjects[i].Run.Metrics[metric]
		if !ok {
			missing++
			continue
		}
		values = append(values, p.Value)
	}
	s := SampleOf(values)
	s.Missing = missing
	return s
}

// Contrasts compares every group with the one at baseline in every metric. The
// answer is by group, then in the order of metrics; that of the baseline is
// empty. Intervals are of the confidence 1-alpha, P is corrected over all of
// them.
func Contrasts(subjects []Subject, groups []Group, baseline int, metrics []string, alpha float64, c Correction) [][]Contrast {
	out := make([][]Contrast, len(groups))
	var p []float64
	for i, g := range groups {
		if i == baseline {
			continue
		}
		for _, metric := range metrics {
			k := contrast(metric, groups[baseline].SampleOf(subjects, metric), g.SampleOf(subjects, metric), 1-alpha)
			out[i] = append(out[i], k)
			p = append(p, k.P)
		}
	}
	p = c.Adjust(p)
	at := 0
	for i := range out {
		for k := range out[i] {
			out[i][k].P = p[at]
			at++
		}
	}
	return out
}

func contrast(metric string, base, group Sample, confidence float64) Contrast {
	k := Contrast{Metric: metric, Baseline: base, Group: group, Delta: group.Mean - base.Mean, Percent: math.NaN(), P: math.NaN()}
	if base.Mean != 0 {
		k.Percent = k.Delta / math.Abs(base.Mean) * 100
	}
	if k.Welch, k.WelchErr = Welch(base.Values, group.Values, confidence); k.WelchErr == nil {
		k.P = k.Welch.P
	}
	k.Rank, k.RankErr = MannWhitney(base.Values, group.Values)
	k.Effect, k.EffectErr = EffectOf(base.Values, group.Values)
	return k
}
