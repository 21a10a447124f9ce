package search_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"benchside/store/search"
)

// subject is a run made of "metrics.a" and the like.
type subject struct {
	id     string
	metric map[string]float64
	param  map[string]string
	tag    map[string]string
	number map[string]int64
	inputs []search.DatasetInput
}

func (s subject) Metric(key string) (float64, bool) { v, ok := s.metric[key]; return v, ok }
func (s subject) Param(key string) (string, bool)   { v, ok := s.param[key]; return v, ok }
func (s subject) Tag(key string) (string, bool)     { v, ok := s.tag[key]; return v, ok }
func (s subject) Text(string) (string, bool)        { return s.id, true }
func (s subject) Number(key string) (int64, bool)   { v, ok := s.number[key]; return v, ok }
func (s subject) Datasets() []search.DatasetInput   { return s.inputs }

func TestMatch(t *testing.T) {
	s := subject{
		id:     "abc",
		metric: map[string]float64{"one": 1, "nan": math.NaN(), "inf": math.Inf(1)},
		param:  map[string]string{"p": "Größe_10%"},
		tag:    map[string]string{"mlflow.runName": "first"},
		number: map[string]int64{"start_time": 10},
		inputs: []search.DatasetInput{{Name: "a", Digest: "1", Context: "train", HasContext: true}, {Name: "b", Digest: "2"}},
	}
	for filter, want := range map[string]bool{
		"":                                              true,
		"metrics.one >= 1 AND metrics.one < 1.5":        true,
		"metrics.one >= 1 AND metrics.one > 1":          false,
		"metrics.nan != 0":                              true,
		"metrics.nan = 0":                               false,
		"metrics.nan <= 0":                              false,
		"metrics.inf = 1.7976931348623157e308":          true,
		"metrics.inf < 1e999":                           true,
		"metrics.missing != 0":                          false,
		"params.p LIKE 'Gr__e%'":                        true,
		"params.p LIKE 'gr%'":                           false,
		"params.p ILIKE 'gRöSSE%'":                      false,
		"params.p ILIKE 'gRößE%'":                       true,
		"params.p LIKE '%%_%'":                          true,
		"params.p LIKE 'Größe_10%%'":                    true,
		"params.p LIKE 'Größe'":                         false,
		"params.missing != 'x'":                         false,
		"params.missing IS NULL":                        true,
		"params.p IS NOT NULL":                          true,
		"run_name = 'first'":                            true,
		"run_id NOT IN ('abc')":                         false,
		"start_time > 9.5":                              true,
		"end_time != 0":                                 false,
		"datasets.name = 'a' AND datasets.digest = '2'": true,
		"datasets.context != 'eval'":                    true,
		"datasets.context != 'train'":                   false,
	} {
		f, err := search.Parse(filter, search.Runs)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if got := search.Match(f, s); got != want {
			t.Errorf("%s: got %v, want %v", filter, got, want)
		}
	}
}

func TestSequence(t *testing.T) {
	runs := []search.Subject{
		subject{id: "d", param: map[string]string{"p": "9"}, number: map[string]int64{"start_time": 1}},
		subject{id: "c", metric: map[string]float64{"m": math.NaN()}, number: map[string]int64{"start_time": 2}},
		subject{id: "b", metric: map[string]float64{"m": math.Inf(-1)}, param: map[string]string{"p": "10"}, number: map[string]int64{"start_time": 2}},
		subject{id: "a", metric: map[string]float64{"m": 1}},
	}
	for terms, want := range map[string]string{
		"":               "b c d a",
		"metrics.m":      "b a c d",
		"metrics.m DESC": "a b c d",
		"params.p":       "b d c a",
		"params.p DESC":  "d b c a",
		"start_time":     "d b c a",
		"run_id DESC":    "d c b a",
	} {
		var order []search.Order
		if terms != "" {
			var err error
			if order, err = search.ParseOrder([]string{terms}, search.Runs); err != nil {
				t.Fatal(err)
			}
		}
		sorted := slices.SortedFunc(slices.Values(runs), search.Sequence(order, search.Runs))
		var ids []string
		for _, s := range sorted {
			ids = append(ids, s.(subject).id)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("order %q: got %s, want %s", terms, got, want)
		}
	}
}
