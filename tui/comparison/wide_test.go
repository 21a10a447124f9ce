package comparison_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/comparison"
	"benchside/tui/view"
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

func TestAKeptChartIsWhatWouldBeDrawn(t *testing.T) {
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 11))
		v := comparison.New(memory.New(viewtest.Small()), view.ShowComparison{Runs: family}, nil, viewtest.Theme())
		s := viewtest.Start(t, v, 100, 40)
		for range 60 {
			s.Shake(random, 1)
			if _, right := v.Kept(); !right {
				t.Fatal("an old chart is shown")
			}
		}
	}
}

func TestAStepAlongARowKeepsTheChart(t *testing.T) {
	v := comparison.New(memory.New(viewtest.Small()), view.ShowComparison{Runs: family}, nil, viewtest.Theme())
	s := viewtest.Start(t, v, 100, 40)
	for _, key := range []string{"l", "l", "h", "j", "k"} {
		s.Press(key)
		if kept, _ := v.Kept(); !kept {
			t.Errorf("after %s the chart is not there before the frame", key)
		}
	}
}

// linkedLater are two runs that differ in a tag and in their datasets.
func linkedLater() memory.Records {
	r := memory.Records{Inputs: map[string][]store.Input{}}
	for i, id := range []string{"a", "b"} {
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: id, Name: id, ExperimentID: "1"}, Tags: map[string]string{"team": id}})
		r.Inputs[id] = []store.Input{{Name: "rows", Digest: fmt.Sprint(i), Context: "training"}}
		r.Log(id, "auc", store.Point{Value: float64(i)})
	}
	return r
}

// parted gives a view the answers of a command, all but those that follow.
func parted(v *comparison.View, cmd tea.Cmd) []tea.Cmd {
	if cmd == nil {
		return nil
	}
	switch m := cmd().(type) {
	case tea.BatchMsg:
		return m
	default:
		return []tea.Cmd{v.Update(m)}
	}
}

func TestTheTableIsThereBeforeWhatBelongsToRuns(t *testing.T) {
	db := memory.New(linkedLater())
	v := comparison.New(db, view.ShowComparison{Runs: []string{"a", "b"}}, nil, viewtest.Theme())
	v.Update(view.Sized{Width: 100, Height: 30})
	rest := parted(v, v.Init())
	if n := db.Calls("InputsOf"); n != 0 {
		t.Errorf("inputs were asked for %d times before the table", n)
	}
	if got := v.Draw(100, 30); !strings.Contains(got, "team") || strings.Contains(got, "datasets") {
		t.Errorf("before the inputs:\n%s", got)
	}
	if got := v.Status(); !strings.Contains(got, "reading inputs") {
		t.Errorf("the status says %q", got)
	}
	for len(rest) > 0 {
		rest = append(rest[1:], parted(v, rest[0])...)
	}
	if got := v.Draw(100, 30); !strings.Contains(got, "datasets") || !strings.Contains(got, "rows 1") {
		t.Errorf("after the inputs:\n%s", got)
	}
	if got := v.Status(); strings.Contains(got, "reading") {
		t.Errorf("the status says %q at the end", got)
	}
	if db.Calls("InputsOf") != 1 || db.Calls("LoggedModelsOf") != 1 || db.Calls("Inputs")+db.Calls("LoggedModels") != 0 {
		t.Error("inputs and models were not read for all runs at once")
	}
}

func TestInputsThatCannotBeReadLeaveTheTable(t *testing.T) {
	db := memory.New(linkedLater())
	db.Fail("InputsOf", errors.New("disk gone"))
	s := open(t, db, nil, []string{"a", "b"}, 100, 30)
	if got := s.Screen(); !strings.Contains(got, "disk gone") || !strings.Contains(got, "team") {
		t.Errorf("got\n%s", got)
	}
}
