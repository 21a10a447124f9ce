package memory_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"benchside/store"
	"benchside/store/memory"
	"benchside/store/search"
)

func sample() *memory.Store {
	return memory.New(memory.Records{
		Experiments: []store.Experiment{{ID: "1", Name: "churn"}},
		Runs: []store.Run{
			{
				Head:    store.Head{ID: "aaaa1", Name: "parent", ExperimentID: "1", Start: store.At(1000)},
				Params:  map[string]string{"lr": "0.1"},
				Metrics: map[string]store.Point{"auc": {Step: store.StepOf(3), Timestamp: 5, Value: 0.9}},
			},
			{Head: store.Head{ID: "aaaa2", ParentID: "aaaa1", ExperimentID: "1", Start: store.At(2000), Status: store.Running}},
			{Head: store.Head{ID: "bbbb1", ExperimentID: "2", Stage: store.Deleted}},
		},
		Histories: map[string]map[string][]store.Point{"aaaa2": {"loss": {
			{Step: store.StepOf(2), Timestamp: 20, Value: 2}, {Step: store.StepOf(1), Timestamp: 10, Value: 1},
		}}},
	})
}

func TestNewCompletesRecords(t *testing.T) {
	s, ctx := sample(), t.Context()
	run, err := s.Run(ctx, "aaaa2")
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ got, want any }{
		"the experiment is named":         {run.ExperimentName, "churn"},
		"a parent is a tag":               {run.Tags[store.TagParent], "aaaa1"},
		"a stage is active":               {run.Stage, store.Active},
		"the latest point ends a history": {run.Metrics["loss"].Value, 2.0},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", what, c.got, c.want)
		}
	}
	if n, _ := s.Count(ctx, "aaaa1", "auc"); n != 1 {
		t.Errorf("a metric without a history has %d points, want 1", n)
	}
	if all, _ := s.Experiments(ctx, store.ExperimentQuery{}); len(all) != 2 {
		t.Errorf("got %d experiments, want the one given and the one that a run names", len(all))
	}
	if _, err := s.Run(ctx, "aaaa"); !errors.Is(err, store.ErrAmbiguous) {
		t.Errorf("a prefix of two runs: got %v, want ErrAmbiguous", err)
	}
}

func TestRunsAreFilteredAndOrdered(t *testing.T) {
	compare := func(e search.Entity, key string, op search.Op, text string, number float64) store.RunQuery {
		return store.RunQuery{Filter: search.Filter{Expr: search.Compare{Entity: e, Key: key, Op: op, Text: text, Number: number}}}
	}
	for what, c := range map[string]struct {
		query store.RunQuery
		want  []string
	}{
		"latest start first":        {store.RunQuery{}, []string{"aaaa2", "aaaa1"}},
		"deleted runs":              {store.RunQuery{Stage: store.DeletedOnly}, []string{"bbbb1"}},
		"one experiment":            {store.RunQuery{Stage: store.AnyStage, Experiments: []string{"2"}}, []string{"bbbb1"}},
		"no experiment":             {store.RunQuery{Experiments: []string{}}, nil},
		"a metric":                  {compare(search.Metric, "auc", search.Greater, "", 0.5), []string{"aaaa1"}},
		"a missing param":           {compare(search.Param, "lr", search.IsNull, "", 0), []string{"aaaa2"}},
		"a name by pattern":         {compare(search.Attribute, "run_name", search.ILike, "PAR%", 0), []string{"aaaa1"}},
		"an end that is not set":    {compare(search.Attribute, "end_time", search.NotEqual, "", 7), nil},
		"by metric, missing last":   {store.RunQuery{Order: []search.Order{{Entity: search.Metric, Key: "auc", Desc: true}}}, []string{"aaaa1", "aaaa2"}},
		"at most one":               {store.RunQuery{Limit: 1}, []string{"aaaa2"}},
		"the status, case counting": {compare(search.Attribute, "status", search.Equal, "running", 0), nil},
	} {
		got, err := sample().Match(t.Context(), c.query)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, %v, want %v", what, got, err, c.want)
		}
	}
}

func TestChangeTellsTheWatchersWhatBecameDifferent(t *testing.T) {
	s := sample()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	changes, err := s.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.Change(func(r *memory.Records) {
		r.Run("aaaa2").Status = store.Finished
		r.Log("aaaa2", "loss", store.Point{Step: store.StepOf(3), Timestamp: 30, Value: math.NaN()})
		r.Runs = append(r.Runs, store.Run{Head: store.Head{ID: "cccc1", ExperimentID: "1"}, Params: map[string]string{"lr": "1"}})
		r.Remove("bbbb1")
	})
	got := []store.EventKind{}
	for _, e := range (<-changes).Events {
		got = append(got, e.Kind)
	}
	want := []store.EventKind{store.RunChanged, store.PointLogged, store.RunCreated, store.ParamLogged, store.RunRemoved}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n, _ := s.Count(ctx, "aaaa2", "loss"); n != 3 {
		t.Errorf("got %d points, want 3", n)
	}
	stop()
	if _, open := <-changes; open {
		t.Error("the feed goes on after its context ended")
	}
}

func TestNoPointIsLostOnASlowReader(t *testing.T) {
	s := sample()
	changes, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const n = 10_000
	s.Change(func(r *memory.Records) {
		for i := range int64(n) {
			r.Log("aaaa1", "loss", store.Point{Step: store.StepOf(i), Timestamp: i})
		}
	})
	for got := 0; got < n; {
		c := <-changes
		if len(c.Events) > 5000 {
			t.Fatalf("a change has %d events", len(c.Events))
		}
		got += len(c.Events)
	}
}

func TestCallsFailAndWaitAsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, broken := sample(), errors.New("broken")
		s.Fail("Runs", broken)
		if _, err := s.Runs(t.Context(), store.RunQuery{}); !errors.Is(err, broken) {
			t.Errorf("got %v, want %v", err, broken)
		}
		s.Fail("Runs", nil)
		if _, err := s.Runs(t.Context(), store.RunQuery{}); err != nil || s.Calls("Runs") != 2 {
			t.Errorf("healed: got %v after %d calls", err, s.Calls("Runs"))
		}
		s.Delay("Run", time.Minute)
		short, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err := s.Run(short, "aaaa1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a slow call in a short context: got %v", err)
		}
		release, done := s.Hold("Match"), make(chan bool)
		go func() {
			_, err := s.Match(t.Context(), store.RunQuery{})
			done <- err == nil
		}()
		synctest.Wait()
		select {
		case <-done:
			t.Error("a held call came back")
		default:
		}
		release()
		if !<-done {
			t.Error("a released call failed")
		}
	})
}

func TestQuietHoldsReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sample()
		resume, err := s.Quiet(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		read := make(chan bool, 1)
		go func() {
			_, err := s.Run(t.Context(), "aaaa1")
			read <- err == nil
		}()
		time.Sleep(time.Second)
		select {
		case <-read:
			t.Error("read while quiet")
		default:
		}
		resume()
		if !<-read {
			t.Error("the read failed after quiet")
		}
	})
}
