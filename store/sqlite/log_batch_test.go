package sqlite

import (
	"math"
	"strings"
	"testing"

	"benchside/store"
)

// logCalls are the mutations that do what the calls of runs.json did.
func logCalls(ids map[string]string) map[string][]store.Mutation {
	const at = 1767600000000
	run := ids["r-finished"]
	metric := func(key string, value float64, ms, step int64) store.LoggedPoint {
		return store.LoggedPoint{Key: key, Point: store.Point{Value: value, Timestamp: ms, Step: store.StepOf(step)}}
	}
	logs := func(points ...store.LoggedPoint) []store.Mutation {
		return []store.Mutation{store.LogBatch{Run: run, Metrics: points}}
	}
	tags := func(key, value string) []store.Mutation {
		return []store.Mutation{store.LogBatch{Run: run, Tags: map[string]string{key: value}}}
	}
	many := make([]store.LoggedPoint, 1001)
	for i := range many {
		many[i] = metric("m", float64(i), at, int64(i))
	}
	part := metric("x", 1, at, 2)
	part.Point.Step = store.StepFloat(2.7)
	inf := metric("x", math.Inf(1), at, 0)
	return map[string][]store.Mutation{
		"set_tag new":                                          tags("quality", "good"),
		"set_tag overwrite":                                    tags("stage", "final"),
		"set_tag note":                                         tags(store.TagNote, "# Title\n\nعربى 🚀"),
		"set_tag runName (rename)":                             tags(store.TagRunName, "new name"),
		"set_tag runName empty":                                tags(store.TagRunName, ""),
		"set_tag integer value":                                tags("n", "3"),
		"set_tag value 8001 chars":                             tags("big", strings.Repeat("v", 8001)),
		"set_tag key 251 chars":                                tags(strings.Repeat("k", 251), "v"),
		"set_tag bad key":                                      tags("a$b", "v"),
		"set_tag path key":                                     tags("a/../b", "v"),
		"set_tag unicode key":                                  tags("schlüssel ключ", "v"),
		"set_tag on deleted run":                               {store.LogBatch{Run: ids["r-deleted"], Tags: map[string]string{"k": "v"}}},
		"set_tag None value":                                   tags("none", "None"),
		"log_metric next step":                                 logs(metric("acc", 0.91, 1767600009000, 9)),
		"log_metric older step":                                logs(metric("acc", 0.99, 1767600009000, 1)),
		"log_metric NaN":                                       logs(metric("x", math.NaN(), at, 0)),
		"log_metric +inf":                                      logs(inf),
		"log_metric -inf":                                      logs(metric("x", math.Inf(-1), at, 0)),
		"log_metric bool":                                      logs(metric("x", 1, at, 0)),
		"log_metric float step":                                logs(part),
		"log_metric negative step":                             logs(metric("x", 1, at, -5)),
		"log_metric +inf twice (same PK)":                      append(logs(inf), logs(inf)...),
		"log_metric same step+ts higher value":                 logs(metric("loss", 2, at, 0)),
		"log_metric same step+ts lower value":                  logs(metric("loss", 0.5, at, 0)),
		"log_metric exact duplicate":                           logs(metric("loss", 1, at, 0)),
		"log_metric NaN tie on existing (value 0 < 1)":         logs(metric("loss", math.NaN(), at, 0)),
		"log_metric NaN later step over latest":                logs(metric("loss", math.NaN(), at, 5)),
		"log_metric negative timestamp":                        logs(metric("x", 1, -1, 0)),
		"log_metric default timestamp and step":                logs(metric("x", 1.5, 0, 0)),
		"log_metric int value is stored as REAL":               logs(metric("x", 7, at, 0)),
		"log_metric name with bad char":                        logs(metric("acc@1", 1, at, 0)),
		"log_batch 1001 metrics":                               logs(many...),
		"log_batch where a tag is invalid: nothing is written": {store.LogBatch{Run: run, Metrics: []store.LoggedPoint{metric("zz", 1, at, 0)}, Tags: map[string]string{"z$": "1"}}},
	}
}

func TestWhatWasLoggedIsNotTakenBack(t *testing.T) {
	d, _ := base(t)
	var ids map[string]string
	load(t, "testdata/mutations/base.ids.json", &ids)
	receipt := write(t, d, "ada", store.LogBatch{
		Run: ids["r-finished"], What: "drift report oct.csv", Metrics: []store.LoggedPoint{{Key: "drift/share", Point: store.Point{Value: 0.5}}},
	})
	want := "log drift report oct.csv (1 metric) to run " + ids["r-finished"]
	if len(receipt.Lines) != 1 || receipt.Lines[0].Sentence != want || len(receipt.Lines[0].Changes) != 2 {
		t.Errorf("the line is %+v, want %q and the two rows", receipt.Lines, want)
	}
	refused(t, d, store.ErrInvalid, "MLflow takes no metric back", "ada", store.Undo{Line: receipt.Lines[0].Seq})
	if n, err := d.VerifyLedger(t.Context()); err != nil || n == 0 {
		t.Errorf("the ledger: %d lines, %v", n, err)
	}
}

func TestNothingIsLoggedToARunThatIsNotThere(t *testing.T) {
	d, _ := base(t)
	refused(t, d, store.ErrNotFound, "Run with id=nope not found", "ada", store.LogBatch{Run: "nope", Tags: map[string]string{"a": "b"}})
}
