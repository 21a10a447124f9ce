package calendar_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/memory"
	"benchside/themes"
	"benchside/tui/calendar"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // the screen shows moments in local time
	os.Exit(m.Run())
}

// year is a monitor of a model with versions, over ten months; the metric falls in the
// sixth.
func year() memory.Records {
	r := viewtest.Governed()
	r.Watched.Monitors = []store.Monitor{{ID: 1, Name: "flights", Model: "churn", Metric: "recall"}}
	r.Watched.Reports = map[int64][]byte{}
	for i := range 10 {
		verdict, v := "ok", 0.02
		if i >= 4 {
			verdict, v = "drift", 0.1*float64(i-3)
		}
		scores := map[string]float64{"temp": v, "dest": 0.06, "p": 0.5 / math.Pow(10, float64(i)), "evil\x1b[2J": 0.01}
		one := calendar.Scored(int64(i+1), calendar.Begins.AddDate(0, i, 0), verdict, scores)
		one.Metrics["recall"] = 0.8
		if i >= 6 {
			one.Metrics["recall"] = 0.5
		}
		if i == 4 {
			one.Schema = []string{"column x is new"}
		}
		r.Watched.Results = append(r.Watched.Results, one)
		r.Watched.Reports[one.ID] = []byte(`{"schema": "benchside-drift-report/1"}`)
	}
	for i := range r.Versions {
		r.Versions[i].Created = store.AtTime(calendar.Begins.AddDate(0, 2*i, 0))
	}
	return r
}

func means(r memory.Records) calendar.Means {
	s := memory.New(r)
	return calendar.Means{Monitors: s, Sources: s, Versions: s, Ledger: s}
}

func shown(t *testing.T, r memory.Records, width, height int) (*viewtest.Stage, *calendar.View) {
	t.Helper()
	v := calendar.New(means(r), "flights", viewtest.Theme())
	return viewtest.Start(t, v, width, height), v
}

func TestFrames(t *testing.T) {
	of := func(r memory.Records, press ...string) func(*testing.T, int, int) *viewtest.Stage {
		return func(t *testing.T, w, h int) *viewtest.Stage {
			s, _ := shown(t, r, w, h)
			s.Press(press...)
			return s
		}
	}
	empty := memory.Records{Watched: memory.Watched{Monitors: []store.Monitor{{ID: 1, Name: "flights"}}}}
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"a year":     of(year(), "j"),
		"finer":      of(year(), "+", "h", "h"),
		"empty":      of(empty),
		"no monitor": of(memory.Records{}),
		"keeps none": func(t *testing.T, w, h int) *viewtest.Stage {
			return viewtest.Start(t, calendar.New(calendar.Means{}, "flights", viewtest.Theme()), w, h)
		},
		"plain ASCII": func(t *testing.T, w, h int) *viewtest.Stage {
			theme := themes.Plain()
			theme.Glyphs = themes.ASCII()
			theme.Glyphs.Graphemes = true
			return viewtest.Start(t, calendar.New(means(year()), "flights", &theme), w, h)
		},
	})
}

func TestEnterOpensTheReportOfTheCell(t *testing.T) {
	s, v := shown(t, year(), 120, 40)
	s.Press("h", "enter")
	ask, ok := s.Asked[len(s.Asked)-1].(view.ShowReport)
	if !ok || ask.Title != "flights 2026-09-10.csv" {
		t.Fatalf("got %+v", s.Asked)
	}
	if _, err := ask.Load(t.Context()); err != nil {
		t.Error(err)
	}
	s.Press("+", "+", "h")
	for _, k := range v.Keys() {
		if k.Press[0] == "enter" && k.Why() != "there is no batch here" {
			t.Errorf("between two batches: %q", k.Why())
		}
	}
}

func TestNothingThatAUserDoesBreaksTheFrame(t *testing.T) {
	s, _ := shown(t, year(), 80, 24)
	s.Shake(rand.New(rand.NewPCG(5, 6)), 300)
}

func big(columns, days int) memory.Records {
	r := memory.Records{}
	r.Watched.Monitors = []store.Monitor{{ID: 1, Name: "flights"}}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range days {
		one := store.BatchResult{
			ID: int64(i + 1), Monitor: 1, Batch: store.Batch{Name: fmt.Sprint(i), End: store.AtTime(calendar.Begins.AddDate(0, 0, i))}, State: store.BatchCompared,
			Verdict: "ok", Share: 0.1, Limit: 0.5,
		}
		for c := range columns {
			k := &one.Columns
			k.Names, k.Statuses, k.Tests, k.Compares = append(k.Names, fmt.Sprint("column", c)), append(k.Statuses, "ok"), append(k.Tests, "psi"), append(k.Compares, "s>=t")
			k.Scores, k.Thresholds, k.PSI, k.Rows = append(k.Scores, random.Float64()*0.1), append(k.Thresholds, 0.1), append(k.PSI, 0), append(k.Rows, 9)
		}
		r.Watched.Results = append(r.Watched.Results, one)
	}
	return r
}

// BenchmarkYear builds and draws 200 columns over 365 days; the budget is 100 ms.
func BenchmarkYear(b *testing.B) {
	v := calendar.New(means(big(200, 365)), "flights", viewtest.Theme())
	viewtest.Start(b, v, 400, 60)
	for b.Loop() {
		v.Update(view.Sized{Width: 400, Height: 60})
		v.Draw(400, 60)
	}
}
