package charts_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/charts"
	"benchside/tui/pump"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// long is a store whose runs have one metric of n points, which are made when they
// are read.
type long struct {
	*memory.Store
	n int
}

func (l long) point(r *rand.Rand, i int) store.Point {
	at := float64(i) / float64(l.n)
	return store.Point{Step: store.StepOf(int64(i)), Timestamp: int64(i) * 100, Value: math.Exp(-5*at) + 0.2 + r.NormFloat64()*0.05}
}

// Scan implements store.MetricReader.
func (l long) Scan(_ context.Context, _, _ string, yield func([]store.Point) error) error {
	const page = 20_000
	r, points := rand.New(rand.NewPCG(1, 2)), make([]store.Point, 0, page)
	for i := range l.n {
		if points = append(points, l.point(r, i)); len(points) == page || i == l.n-1 {
			if err := yield(points); err != nil {
				return err
			}
			points = points[:0]
		}
	}
	return nil
}

// Glance implements store.MetricReader.
func (l long) Glance(_ context.Context, _, _ string, n int) (points []store.Point, whole bool, err error) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		points = append(points, l.point(r, i*(l.n-1)/(n-1)))
	}
	return points, false, nil
}

// longCharts are the charts of five runs of a million points, all of them read.
func longCharts() *charts.View {
	var r memory.Records
	var ids []string
	for i := range 5 {
		id := fmt.Sprintf("run%d", i)
		ids = append(ids, id)
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: id, Name: "long-" + id, ExperimentID: "1"}})
		r.Log(id, "loss", store.Point{})
	}
	v := charts.New(long{memory.New(r), 1_000_000}, view.ShowCharts{Runs: ids}, nil, viewtest.Theme())
	update := func(m tea.Msg) tea.Cmd { return v.Update(m) }
	pump.Run(view.Send(view.Sized{Width: 200, Height: 47}), update)
	pump.Run(v.Init(), update)
	return v
}

// BenchmarkLongFrames draws a frame after each key that moves what is seen of five
// series of a million points.
func BenchmarkLongFrames(b *testing.B) {
	v := longCharts()
	press := func(name string) {
		at := slices.IndexFunc(v.Keys(), func(k view.Key) bool { return slices.Contains(k.Press, name) })
		v.Keys()[at].Run()
		v.Draw(200, 47)
	}
	press("z")
	for name, keys := range map[string][]string{
		"zoom":      {"+", "+", "+", "+", ")", ")", ")", "(", "(", "-", "-", "+", ")", "+", ")", "0"},
		"crosshair": {">", ">", ">", "<"},
		"whole":     {"0"},
	} {
		b.Run(name, func(b *testing.B) {
			press("0")
			b.ReportAllocs()
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				from := time.Now()
				press(keys[i%len(keys)])
				took = append(took, time.Since(from))
			}
			slices.Sort(took)
			for _, part := range []int{50, 99} {
				b.ReportMetric(float64(took[len(took)*part/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", part))
			}
		})
	}
}
