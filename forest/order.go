package forest

import (
	"cmp"
	"math"
	"strings"

	"benchside/store"
)

// The attributes of a run that a forest can be ordered by.
var (
	Name       = store.Field{Key: "name"}
	Experiment = store.Field{Key: "experiment"}
	Status     = store.Field{Key: "status"}
	Started    = store.Field{Key: "started"}
	Duration   = store.Field{Key: "duration"}
	User       = store.Field{Key: "user"}
)

// Order says what the runs of a forest are sorted by.
type Order struct {
	Field store.Field
	Desc  bool
	// Column holds what the runs have of a metric, a param or a tag.
	Column store.Column
	// Experiments holds the names of experiments by their ids.
	Experiments map[string]string
}

// Compare returns the order of places of runs. As with MLflow, numbers come
// before NaN and NaN before missing ones whichever way; equal ones are in the
// order of the latest start, then of the id.
func (o *Order) Compare(f *Forest) func(a, b int32) int {
	key := o.key(f)
	return func(a, b int32) int {
		if c := key(a, b); c != 0 {
			return c
		}
		x, y := f.Head(a), f.Head(b)
		if c := y.Start.Compare(x.Start); c != 0 {
			return c
		}
		return strings.Compare(x.ID, y.ID)
	}
}

func (o *Order) key(f *Forest) func(a, b int32) int {
	sign := 1
	if o.Desc {
		sign = -1
	}
	switch o.Field.Kind {
	case store.AttributeField:
	case store.MetricField:
		return numeric(f, o.Column.Numbers, sign)
	default:
		return textual(f, o.Column.Texts, sign)
	}
	by := func(compare func(x, y *store.Head) int) func(a, b int32) int {
		return func(a, b int32) int { return sign * compare(f.Head(a), f.Head(b)) }
	}
	switch o.Field {
	case Name:
		return by(func(x, y *store.Head) int { return strings.Compare(x.Name, y.Name) })
	case Experiment:
		return by(func(x, y *store.Head) int {
			return strings.Compare(o.Experiments[x.ExperimentID], o.Experiments[y.ExperimentID])
		})
	case Status:
		return by(func(x, y *store.Head) int { return cmp.Compare(x.Status, y.Status) })
	case Duration:
		return by(func(x, y *store.Head) int { return cmp.Compare(lasted(x), lasted(y)) })
	case User:
		return by(func(x, y *store.Head) int { return strings.Compare(x.UserID, y.UserID) })
	}
	return by(func(x, y *store.Head) int { return x.Start.Compare(y.Start) })
}

// lasted returns the milliseconds of a run; one that is not over is the longest.
func lasted(h *store.Head) int64 {
	if !h.Start.Set() || !h.End.Set() {
		return math.MaxInt64
	}
	return h.End.Millis() - h.Start.Millis()
}

// numeric looks every run's number up once: sorting 100,000 runs would look
// each up some thirty times.
func numeric(f *Forest, numbers map[string]float64, sign int) func(a, b int32) int {
	type ranked struct {
		rank  int8 // 0 a number, 1 NaN, 2 missing
		value float64
	}
	keys := make([]ranked, f.Places())
	for i := range keys {
		value, ok := numbers[f.Head(int32(i)).ID]
		switch {
		case !ok:
			keys[i].rank = 2
		case math.IsNaN(value):
			keys[i].rank = 1
		default:
			keys[i].value = value
		}
	}
	return func(a, b int32) int {
		x, y := keys[a], keys[b]
		if x.rank != y.rank {
			return int(x.rank) - int(y.rank)
		}
		return sign * cmp.Compare(x.value, y.value)
	}
}

func textual(f *Forest, texts map[string]string, sign int) func(a, b int32) int {
	keys, have := make([]string, f.Places()), make([]bool, f.Places())
	for i := range keys {
		keys[i], have[i] = texts[f.Head(int32(i)).ID]
	}
	return func(a, b int32) int {
		switch {
		case have[a] != have[b] && have[a]:
			return -1
		case have[a] != have[b]:
			return 1
		}
		return sign * strings.Compare(keys[a], keys[b])
	}
}
