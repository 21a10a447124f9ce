package comparison_test

import (
	"fmt"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/viewtest"
)

// wide is a store of 200 runs with 300 metrics of some points.
func wide(points int) (memory.Records, []string) {
	var r memory.Records
	var ids []string
	for i := range 200 {
		id := fmt.Sprintf("run%03d", i)
		ids = append(ids, id)
		r.Runs = append(r.Runs, store.Run{
			Head:   store.Head{ID: id, Name: id, ExperimentID: "1"},
			Params: map[string]string{"lr": fmt.Sprint(i % 7), "depth": fmt.Sprint(i % 5), "seed": fmt.Sprint(i)},
		})
		for k := range 300 {
			for step := range points {
				r.Log(id, fmt.Sprintf("metric%03d", k), store.Point{Step: store.StepOf(int64(step)), Value: float64((i*k+step)%97) / 97})
			}
		}
	}
	return r, ids
}

// BenchmarkMoving is a step of the cursor in a comparison of 200 runs, and its frame.
func BenchmarkMoving(b *testing.B) {
	for what, keys := range map[string][2]string{"along a row": {"l", "h"}, "down a column": {"j", "k"}} {
		for _, points := range []int{1, 50} {
			records, ids := wide(points)
			b.Run(fmt.Sprintf("%s, %d points", what, points), func(b *testing.B) {
				s := open(b, memory.New(records), nil, ids, 200, 48)
				for i := 0; b.Loop(); i++ {
					s.Press(keys[i%2])
					s.Draw()
				}
			})
		}
	}
}

var _ = viewtest.Theme
