package viewtest

import (
	"fmt"
	"math"

	"benchside/store"
	"benchside/store/memory"
)

// Registry is Small with registered models: one with a champion and a challenger by
// stage and by alias, one of a single version without a run, one without versions,
// and one whose names and texts are hostile.
func Registry() memory.Records {
	r := Small()
	r.Registered = []store.RegisteredModel{
		{
			Name: "churn-classifier", Created: Ago(70 * day), Updated: Ago(120), Tags: map[string]string{"team": "growth", "task": "classification"},
			Description: "# Churn classifier\n\nPredicts **churn in 30 days**.\n\n| field | value |\n|---|---|\n| owner | growth |\n",
			Aliases:     []store.Alias{{Name: "challenger", Version: 4}, {Name: "champion", Version: 3}, {Name: "prod-eu", Version: 3}},
		},
		{Name: "credit-risk", Created: Ago(60 * day), Updated: Ago(9 * day), Description: "Probability of default"},
		{Name: "empty-model", Created: Ago(50 * day), Updated: Ago(50 * day), Description: "nothing yet"},
		{Name: "image-tagger 🖼️\x1b[2J", Created: Ago(40 * day), Updated: Ago(39 * day), Description: "\u202ereversed\x07\n日本語の説明"},
	}
	version := func(name string, n int64, stage, run string, minutes int, tags map[string]string) {
		v := store.ModelVersion{
			Name: name, Version: n, Stage: stage, RunID: run, Source: "runs:/" + run + "/model", Created: Ago(minutes), Updated: Ago(minutes), Tags: tags,
			Description: fmt.Sprintf("## v%d\n\nTrained on the *March* snapshot.", n),
		}
		if run == "" {
			v.Source = "s3://acme/models/1"
		}
		r.Versions = append(r.Versions, v)
	}
	version("churn-classifier", 1, store.StageArchived, "f0000001", 70*day, map[string]string{"validation": "failed"})
	version("churn-classifier", 2, store.StageArchived, "f0000008", 63*day, nil)
	version("churn-classifier", 3, store.StageProduction, "f0000004", 35*day, map[string]string{"validation": "passed"})
	version("churn-classifier", 4, store.StageStaging, "ca170007", 3*day, map[string]string{"validation": "passed", "shadow": "yes"})
	version("churn-classifier", 5, store.StageNone, "b01d0012", 120, nil)
	r.Versions[4].Source = "models:/m-77"
	version("credit-risk", 1, store.StageProduction, "", 9*day, nil)
	version("image-tagger 🖼️\x1b[2J", 1, store.StageNone, "no-such-run", 39*day, map[string]string{"key\n": "value\x1b]0;x\x07"})
	r.Versions[6].Status, r.Versions[6].StatusMessage = "FAILED_REGISTRATION", "disk\x1b[31m full"
	return r
}

// Many is a registry of one model of n versions, each of a run of its own with a
// metric, some of them NaN.
func Many(n int) memory.Records {
	r := memory.Records{}
	for i := range n {
		id := fmt.Sprintf("%08x", i+1)
		run := store.Run{Head: store.Head{ID: id, Name: fmt.Sprintf("night-%d", i+1), Start: Ago(n - i)}}
		value := 0.8 + 0.1*math.Sin(float64(i)/9)
		if i%17 == 3 {
			value = math.NaN()
		}
		run.Metrics = map[string]store.Point{"auc": {Value: value}}
		r.Runs = append(r.Runs, run)
		stage := store.StageArchived
		switch i {
		case n - 1:
			stage = store.StageNone
		case n - 2:
			stage = store.StageProduction
		}
		r.Versions = append(r.Versions, store.ModelVersion{Name: "nightly", Version: int64(i + 1), Stage: stage, RunID: id, Created: Ago(n - i)})
	}
	return r
}
