package calendar

import (
	"math"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

// Begins is when the data of the tests begin.
var Begins = time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)

// Scored is a result of a day whose columns have some scores; a limit is 0.1.
func Scored(id int64, at time.Time, verdict string, scores map[string]float64) store.BatchResult {
	r := store.BatchResult{
		ID: id, Monitor: 1, Batch: store.Batch{Name: at.Format("2006-01-02") + ".csv", Start: store.AtTime(at), End: store.AtTime(at)},
		State: store.BatchCompared, Verdict: verdict, Says: strings.ToUpper(verdict), Share: 0.5, Limit: 0.5, Report: 2, Metrics: map[string]float64{},
	}
	for _, name := range []string{"temp", "dest", "few", "p", "evil\x1b[2J"} {
		v, ok := scores[name]
		status, compares, limit := "ok", "s>=t", 0.1
		switch {
		case name == "p":
			compares, limit = "p<t", 0.05
			if v < limit {
				status = "drift"
			}
		case !ok:
			status, v = "undefined", math.NaN()
		case v >= limit:
			status = "drift"
		}
		c := &r.Columns
		c.Names, c.Statuses, c.Tests, c.Compares = append(c.Names, name), append(c.Statuses, status), append(c.Tests, "x"), append(c.Compares, compares)
		c.Scores, c.Thresholds, c.PSI, c.Rows = append(c.Scores, v), append(c.Thresholds, limit), append(c.PSI, v), append(c.Rows, 100)
	}
	return r
}

func TestHowFarAColumnIs(t *testing.T) {
	for name, c := range map[string]struct {
		score, limit float64
		compares     string
		status       string
		want         mark
	}{
		"far below a limit":           {0.01, 0.1, "s>=t", "ok", faint},
		"half of it":                  {0.06, 0.1, "s>=t", "ok", near},
		"at it":                       {0.1, 0.1, "s>=t", "drift", over},
		"twice":                       {0.2, 0.1, "s>=t", "drift", far},
		"ten times":                   {1, 0.1, "s>=t", "drift", wide},
		"a p value above it":          {0.5, 0.05, "p<t", "ok", faint},
		"a p value near it":           {0.06, 0.05, "p<t", "possible", near},
		"a p value of none":           {0, 0.05, "p<t", "drift", wide},
		"at a limit that is no drift": {0.1, 0.1, "s>t", "ok", near},
		"not judged":                  {math.NaN(), math.NaN(), "", "undefined", few},
		"not compared":                {math.NaN(), math.NaN(), "", "skipped", none},
		"drift without a score":       {math.NaN(), math.NaN(), "s>=t", "drift", over},
	} {
		scores := store.ColumnScores{Statuses: []string{c.status}, Compares: []string{c.compares}, Scores: []float64{c.score}, Thresholds: []float64{c.limit}}
		if got := judged(scores, 0, 3); got.mark != c.want {
			t.Errorf("%s: got %d, want %d", name, got.mark, c.want)
		}
	}
}

func TestTheWorstOfASlotStands(t *testing.T) {
	day0 := Begins
	g := build([]store.BatchResult{
		Scored(3, day0.Add(2*time.Hour), "ok", map[string]float64{"temp": 0.01, "p": 1}),
		Scored(2, day0.Add(time.Hour), "drift", map[string]float64{"temp": 0.3, "p": 1}),
		Scored(1, day0, "ok", map[string]float64{"p": 1}),
	}, day)
	if len(g.slots) != 1 || g.rows[1].name != "temp" || g.rows[1].spots[0].mark != far || g.rows[1].spots[0].result != 1 {
		t.Errorf("got %+v", g.rows)
	}
}

func TestTheUnitHoldsBatchesApart(t *testing.T) {
	every := func(n int, step func(i int) time.Time) (out []store.BatchResult) {
		for i := range n {
			out = append([]store.BatchResult{Scored(int64(i+1), step(i), "ok", nil)}, out...)
		}
		return out
	}
	days := func(i int) time.Time { return Begins.AddDate(0, 0, i) }
	months := func(i int) time.Time { return Begins.AddDate(0, i, 0) }
	for name, c := range map[string]struct {
		results []store.BatchResult
		width   int
		want    unit
	}{
		"months":                          {every(10, months), 60, month},
		"days that fit":                   {every(30, days), 60, day},
		"a year of days":                  {every(365, days), 400, day},
		"a year, and no room":             {every(365, days), 60, week},
		"a year and little room":          {every(365, days), 20, month},
		"nothing":                         {nil, 60, day},
		"from the first year to the last": {every(2, func(i int) time.Time { return time.UnixMilli(int64(i) * 9e15) }), 60, quarter},
	} {
		if got := suits(c.results, c.width); got != c.want {
			t.Errorf("%s: got %s, want %s", name, unitNames[got], unitNames[c.want])
		}
		if g := build(c.results, c.want); len(g.slots) > mostSlots || len(c.results) > 0 && len(g.slots) == 0 {
			t.Errorf("%s: %d slots", name, len(g.slots))
		}
	}
}

func TestWhatCameFirstIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		drifts, falls int
		want          string
	}{
		"drift first":  {2, 4, "the drift came first"},
		"metric first": {4, 2, "the metric moved first"},
		"together":     {3, 3, "together"},
		"no fall":      {3, 99, "recall stayed within 10 % of its start"},
		"no drift":     {99, 3, "no drift; recall 10 % off its start 2026-04"},
	} {
		var results []store.BatchResult
		for i := range 6 {
			verdict, recall := "ok", 0.8
			if i >= c.drifts {
				verdict = "drift"
			}
			if i >= c.falls {
				recall = 0.6
			}
			one := Scored(int64(i+1), Begins.AddDate(0, i, 0), verdict, nil)
			one.Metrics["recall"] = recall
			results = append([]store.BatchResult{one}, results...)
		}
		g := build(results, month)
		metric, values := ofResults(results, "recall")
		if got := g.order(metric, g.over(values)); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
