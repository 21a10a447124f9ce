package viewtest

import (
	"fmt"
	"math"

	"benchside/store"
	"benchside/store/memory"
	"benchside/themes"
)

// Theme is the dark theme on a terminal that counts graphemes, as staged
// frames are measured.
func Theme() *themes.Theme {
	t := themes.Dark()
	t.Glyphs.Graphemes = true
	return &t
}

// Ago is the moment so many minutes before Now.
func Ago(minutes int) store.Time { return store.At(Now - int64(minutes)*60_000) }

const day = 24 * 60 // minutes

// Small is a store of a few experiments whose runs have every kind of thing
// that a screen shows: families three deep, each status, NaN and infinite
// metrics, deleted records, a run without a name and one without its parent.
func Small() memory.Records {
	r := memory.Records{
		Experiments: []store.Experiment{
			{ID: "0", Name: "Default", Created: Ago(300 * day)},
			{ID: "1", Name: "churn/hpo-sweep", Created: Ago(40 * day)},
			{ID: "2", Name: "churn/explain", Created: Ago(30 * day)},
			{ID: "3", Name: "vision", Created: Ago(20 * day)},
			{ID: "4", Name: "vision/zoo", Created: Ago(10 * day)},
			{ID: "5", Name: "old-ideas", Created: Ago(200 * day), Stage: store.Deleted},
		},
		Inputs: map[string][]store.Input{}, Models: map[string][]store.LoggedModel{},
		About: store.About{Path: "testdata"},
	}
	sweep(&r)
	odd(&r)
	return r
}

// add appends a run that lasted some seconds; none are the ones that still run.
func add(r *memory.Records, experiment, id, parent, name string, status store.Status, minutes, seconds int) *store.Run {
	run := store.Run{Head: store.Head{ID: id, Name: name, ExperimentID: experiment, ParentID: parent, UserID: "ada", Status: status, Start: Ago(minutes)}}
	run.Params, run.Tags, run.Metrics = map[string]string{}, map[string]string{}, map[string]store.Point{}
	run.ArtifactURI = "mlruns/" + experiment + "/" + id + "/artifacts"
	if seconds > 0 {
		run.End = store.At(run.Start.Millis() + int64(seconds)*1000)
	}
	r.Runs = append(r.Runs, run)
	return &r.Runs[len(r.Runs)-1]
}

// curve logs a metric that approaches its last value over n steps.
func curve(r *memory.Records, run *store.Run, key string, first, last float64, n int) {
	for i := range n {
		share := 1 - math.Exp(-4*float64(i)/float64(max(n-1, 1)))
		value := math.Round((first+(last-first)*share/(1-math.Exp(-4)))*1e4) / 1e4
		r.Log(run.ID, key, store.Point{Step: store.StepOf(int64(i)), Timestamp: run.Start.Millis() + int64(i)*1000, Value: value})
	}
}

// sweep adds a family of three generations.
func sweep(r *memory.Records) {
	add(r, "1", "317a0000", "", "sweep-317", store.Finished, 2*day+200, 6130)
	add(r, "1", "9b000000", "317a0000", "family-gboost", store.Finished, 2*day+190, 1265)
	bold := add(r, "1", "b01d0012", "9b000000", "bold-ape-12", store.Finished, 2*day+180, 151)
	bold.Tags = map[string]string{
		store.TagNote: "Gradient boosting, third round.\nWider trees after the plateau at step 40.", store.TagSourceName: "train.py",
		store.TagSourceType: "LOCAL", store.TagGitCommit: "9f31c2e7d0aa44f2", store.TagGitBranch: "main", "team": "growth",
	}
	bold.Params = map[string]string{"lr": "0.01", "max_depth": "6", "optimizer": "adam"}
	curve(r, bold, "val/auc", 0.512, 0.941, 100)
	curve(r, bold, "val/loss", 0.693, 0.183, 100)
	curve(r, bold, "system/cpu_utilization_percentage", 12, 80, 20)
	curve(r, bold, "grad_norm", 12.4, 0.02, 20)
	r.Log(bold.ID, "grad_norm", store.Point{Step: store.StepOf(20), Timestamp: bold.Start.Millis() + 21_000, Value: math.Inf(1)})
	r.Log(bold.ID, "grad_norm", store.Point{Step: store.StepOf(20), Timestamp: bold.Start.Millis() + 20_000, Value: math.NaN()})
	r.Inputs[bold.ID] = []store.Input{{Name: "customers", Digest: "a1b2c3d4", SourceType: "local", Source: `{"uri": "data/customers.csv"}`, Profile: `{"num_rows": 1200}`, Context: "training"}}
	r.Models[bold.ID] = []store.LoggedModel{{ID: "m-77", Name: "churn", Status: "READY", Type: "sklearn", Created: Ago(2*day + 178), Output: true, ArtifactLocation: "mlruns/1/models/m-77"}}

	calm := add(r, "1", "ca170007", "9b000000", "calm-owl-7", store.Finished, 2*day+170, 132)
	calm.Params = map[string]string{"lr": "0.003", "max_depth": "6", "optimizer": "adam"}
	curve(r, calm, "val/auc", 0.5, 0.932, 30)
	curve(r, calm, "val/loss", 0.693, 0.181, 30)
	keen := add(r, "1", "eee00019", "9b000000", "keen-fox-19", store.Failed, 2*day+160, 14)
	keen.Params = map[string]string{"lr": "0.3", "max_depth": "9", "optimizer": "sgd"}
	keen.Metrics["val/auc"] = store.Point{Step: store.StepOf(3), Value: math.NaN()}
	wise := add(r, "1", "e1c00003", "9b000000", "wise-elk-3", store.Running, 4, 0)
	wise.Params = map[string]string{"lr": "0.001", "max_depth": "6", "optimizer": "sgd"}
	curve(r, wise, "val/auc", 0.5, 0.887, 12)

	add(r, "1", "f0000000", "317a0000", "family-forest", store.Finished, 2*day+100, 1120)
	for i := range 8 {
		tree := add(r, "1", fmt.Sprintf("f000000%d", i+1), "f0000000", fmt.Sprintf("forest-%d", i+1), store.Finished, 2*day+90-i, 120)
		tree.Params = map[string]string{"max_depth": fmt.Sprint(3 + i), "optimizer": "none"}
		tree.Metrics["val/auc"] = store.Point{Step: store.StepOf(1), Value: 0.88 + float64(i)/250}
	}
}

// odd adds runs that are unlike the others.
func odd(r *memory.Records) {
	add(r, "2", "10000001", "", "logreg-1", store.Killed, 9*day, 45).Metrics["val/auc"] = store.Point{Value: math.Inf(-1)}
	add(r, "2", "0a000001", "90ne0000", "orphan (parent is gone)", store.Finished, 10*day, 1)
	add(r, "4", "aaaa0001", "", "", store.Scheduled, 5, 0)
	add(r, "4", "de1e7ed0", "", "thrown away", store.Finished, 12*day, 60).Stage = store.Deleted
	kept := add(r, "4", "de1e7ed1", "de1e7ed0", "kept child", store.Finished, 11*day, 60)
	kept.Metrics["val/auc"] = store.Point{Value: 0.5}
}
