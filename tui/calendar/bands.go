package calendar

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"benchside/store"
)

// band is what was so over time, such as the version in Production.
type band struct {
	title string
	turns []turn // by time
}

// turn is what is so from a moment on.
type turn struct {
	from time.Time
	says string
}

// at is what is so at a moment; "" if nothing is known.
func (b band) at(t time.Time) string {
	i, found := slices.BinarySearchFunc(b.turns, t, func(u turn, t time.Time) int { return u.from.Compare(t) })
	if found {
		i++
	}
	if i == 0 {
		return ""
	}
	return b.turns[i-1].says
}

// bandsOf are the newest version of a model over time, and which was in Production as
// far as the ledger knows.
func bandsOf(versions []store.ModelVersion, lines []store.Line) []band {
	newest := band{title: "newest"}
	for _, v := range versions {
		newest.turns = append(newest.turns, turn{v.Created.Time(), "v" + strconv.FormatInt(v.Version, 10)})
	}
	slices.SortFunc(newest.turns, func(a, b turn) int { return a.from.Compare(b.from) })
	live := band{title: store.StageProduction}
	for _, l := range slices.Backward(lines) { // they come newest first
		for _, c := range l.Changes {
			if c.Table != "model_versions" {
				continue
			}
			number, _ := c.Key["version"].(int64)
			says := "v" + strconv.FormatInt(number, 10)
			before, after := "", ""
			if c.Before != nil {
				before, _ = c.Before["current_stage"].(string)
			}
			if c.After != nil {
				after, _ = c.After["current_stage"].(string)
			}
			switch {
			case after == store.StageProduction:
				live.turns = append(live.turns, turn{l.At.Time(), says})
			case before == store.StageProduction && live.last() == says:
				live.turns = append(live.turns, turn{l.At.Time(), ""})
			}
		}
	}
	slices.SortStableFunc(live.turns, func(a, b turn) int { return a.from.Compare(b.from) })
	return slices.DeleteFunc([]band{newest, live}, func(b band) bool { return len(b.turns) == 0 })
}

func (b band) last() string {
	if len(b.turns) == 0 {
		return ""
	}
	return b.turns[len(b.turns)-1].says
}

// dated is a value of a metric at a moment.
type dated struct {
	at    time.Time
	value float64
}

// usual are the metrics of quality that stand below a calendar if nobody chose one.
var usual = []string{"roc_auc", "f1", "accuracy", "rmse", "mae"}

// ofResults are the values of a metric that the batches themselves tell, and its name.
func ofResults(results []store.BatchResult, metric string) (name string, values []dated) {
	names := usual
	if metric != "" {
		names = []string{metric}
	}
	for _, name := range names {
		for _, r := range results {
			if v, ok := r.Metrics[name]; ok && r.Verdict != "" {
				values = append(values, dated{endOf(r), v})
			}
		}
		if len(values) > 0 {
			return name, values
		}
	}
	return metric, nil
}

const (
	mostRuns   = 200
	mostPoints = 100_000
)

// ofRuns are the points of a metric of the runs behind a model's versions, or of the
// experiment that brings the batches.
func ofRuns(ctx context.Context, s Sources, m store.Monitor, versions []store.ModelVersion) (values []dated, err error) {
	var ids []string
	for _, v := range versions {
		if v.RunID != "" && !slices.Contains(ids, v.RunID) {
			ids = append(ids, v.RunID)
		}
	}
	runs, err := s.RunsOf(ctx, ids[:min(len(ids), mostRuns)])
	if err == nil && m.Arrives.Kind == store.InExperiment {
		var more []store.Run
		more, err = s.Runs(ctx, store.RunQuery{Experiments: []string{m.Arrives.Experiment}, Limit: mostRuns})
		runs = append(runs, more...)
	}
	for _, r := range runs {
		if _, ok := r.Metrics[m.Metric]; !ok || err != nil || len(values) > mostPoints {
			continue
		}
		var points []store.Point
		points, _, err = s.Glance(ctx, r.ID, m.Metric, 1000)
		for _, p := range points {
			values = append(values, dated{store.At(p.Timestamp).Time(), p.Value})
		}
	}
	return values, err
}

// over are the means of a metric in the slots, NaN where there is none.
func (g *grid) over(values []dated) []float64 {
	out, n := make([]float64, len(g.slots)), make([]int, len(g.slots))
	for _, v := range values {
		if i, in := g.slot(v.at); in && !math.IsNaN(v.value) && !math.IsInf(v.value, 0) {
			out[i] += v.value
			n[i]++
		}
	}
	for i := range out {
		out[i] /= float64(n[i]) // 0/0 is NaN
	}
	return out
}

// enough is how far a metric must be from its first value to be said to have moved.
const enough = 0.1

// order says when the data drifted first and when the metric had moved, which is not
// said to be better or worse.
func (g *grid) order(metric string, values []float64) string {
	drift, moved, first := -1, -1, math.NaN()
	if len(g.rows) > 0 {
		drift = slices.IndexFunc(g.rows[0].spots, func(s spot) bool { return s.mark >= over })
	}
	for i, v := range values {
		switch {
		case math.IsNaN(v):
		case math.IsNaN(first):
			first = v
		case moved < 0 && math.Abs(v-first) >= enough*math.Abs(first):
			moved = i
		}
	}
	said := "no drift"
	if drift >= 0 {
		said = "first drift " + g.unit.label(g.slots[drift])
	}
	switch {
	case math.IsNaN(first):
		return said
	case moved < 0:
		return said + "; " + metric + " stayed within 10 % of its start"
	}
	said += "; " + metric + " 10 % off its start " + g.unit.label(g.slots[moved])
	if drift < 0 {
		return said
	}
	return said + map[int]string{-1: ": the drift came first", 0: ": together", 1: ": the metric moved first"}[cmp.Compare(drift, moved)]
}
