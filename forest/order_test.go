package forest

import (
	"math"
	"testing"

	"benchside/store"
)

func TestOrders(t *testing.T) {
	runs := []store.Head{
		{ID: "a", Name: "z", ExperimentID: "1", Status: store.Running, UserID: "eve", Start: store.At(3)},
		{ID: "b", Name: "y", ExperimentID: "2", Status: store.Failed, UserID: "bob", Start: store.At(1), End: store.At(9)},
		{ID: "c", Name: "x", ExperimentID: "1", Status: store.Finished, UserID: "ada", Start: store.At(2), End: store.At(4)},
		{ID: "d", Name: "x", ExperimentID: "2", Status: store.Finished, UserID: "ada", Start: store.At(2), End: store.At(4)},
	}
	numbers := store.Column{Numbers: map[string]float64{"a": 1, "b": math.NaN(), "d": 2}}
	texts := store.Column{Texts: map[string]string{"b": "10", "d": "9"}}
	metric, param := store.Field{Kind: store.MetricField, Key: "m"}, store.Field{Kind: store.ParamField, Key: "p"}
	for name, c := range map[string]struct {
		order Order
		want  string
	}{
		"latest start first":                 {Order{Field: Started, Desc: true}, "a c d b"},
		"earliest start first":               {Order{Field: Started}, "b c d a"},
		"names, then starts, then ids":       {Order{Field: Name}, "c d b a"},
		"names of experiments, not ids":      {Order{Field: Experiment, Experiments: map[string]string{"1": "vision", "2": "churn"}}, "d b a c"},
		"status":                             {Order{Field: Status}, "b c d a"},
		"user":                               {Order{Field: User}, "c d b a"},
		"the longest first, live ones ahead": {Order{Field: Duration, Desc: true}, "a b c d"},
		"numbers before NaN before missing":  {Order{Field: metric, Column: numbers}, "a d b c"},
		"whichever way":                      {Order{Field: metric, Column: numbers, Desc: true}, "d a b c"},
		"texts before missing ones":          {Order{Field: param, Column: texts}, "b d a c"},
		"whichever way, too":                 {Order{Field: param, Column: texts, Desc: true}, "d b a c"},
	} {
		f := New(runs)
		f.Arrange(c.order.Compare(f))
		got := ""
		for _, row := range f.Rows(View{}, nil) {
			got += " " + f.Head(row.At).ID
		}
		if got != " "+c.want {
			t.Errorf("%s: got%s, want %s", name, got, c.want)
		}
	}
}
