package sqlite

import (
	"strings"

	"benchside/store"
)

// runCalls are the mutations of runs and experiments that do what the calls of
// the golden file did.
func runCalls(ids map[string]string) map[string][]store.Mutation {
	run := func(name string) store.Target { return store.Target{ID: ids[name]} }
	exp := func(name string) store.Target { return store.Target{ID: ids[name]} }
	finished := run("r-finished")
	tag := func(key, value string) []store.Mutation {
		return []store.Mutation{store.TagRun{Run: finished, Key: key, Value: value}}
	}
	tagged := func(e, key, value string) []store.Mutation {
		return []store.Mutation{store.TagExperiment{Experiment: exp(e), Key: key, Value: value}}
	}
	located := store.CreateExperiment{Called: "delta", Location: "s3://bucket/x", Tags: map[string]string{"a": "1", "b": "2"}}
	return map[string][]store.Mutation{
		"create_experiment":                       {store.CreateExperiment{Called: "delta"}},
		"create_experiment tags+location":         {located},
		"create_experiment duplicate name":        {store.CreateExperiment{Called: "alpha"}},
		"create_experiment name of a deleted one": {store.CreateExperiment{Called: "beta"}},
		"create_experiment empty name":            {store.CreateExperiment{}},
		"create_experiment name 501 chars":        {store.CreateExperiment{Called: strings.Repeat("x", 501)}},
		"rename_experiment":                       {store.RenameExperiment{Experiment: exp("gamma"), To: "gamma2"}},
		"rename_experiment to existing name":      {store.RenameExperiment{Experiment: exp("gamma"), To: "alpha"}},
		"rename_experiment of a deleted one":      {store.RenameExperiment{Experiment: exp("beta"), To: "beta2"}},
		"delete_experiment with runs":             {store.DeleteExperiment{Experiment: exp("alpha")}},
		"delete_experiment already deleted":       {store.DeleteExperiment{Experiment: exp("beta")}},
		"delete_experiment default (id 0)":        {store.DeleteExperiment{Experiment: store.Target{ID: "0"}}},
		"restore_experiment":                      {store.RestoreExperiment{Experiment: exp("beta")}},
		"restore_experiment that is active":       {store.RestoreExperiment{Experiment: exp("alpha")}},
		"delete_experiment then restore_experiment also revives individually deleted runs": {
			store.DeleteExperiment{Experiment: exp("alpha")}, store.RestoreExperiment{Experiment: exp("alpha")},
		},
		"set_experiment_tag new":                   tagged("alpha", "stage", "x"),
		"set_experiment_tag overwrite note":        {store.NoteExperiment{Experiment: exp("alpha"), To: "new **note**\nline 2"}},
		"set_experiment_tag same value":            tagged("alpha", "team", "core"),
		"set_experiment_tag on deleted experiment": tagged("beta", "k", "v"),
		"set_experiment_tag 20001 chars":           tagged("alpha", "k", strings.Repeat("v", 20001)),
		"delete_experiment_tag":                    {store.UntagExperiment{Experiment: exp("alpha"), Key: "team"}},
		"delete_experiment_tag missing":            {store.UntagExperiment{Experiment: exp("alpha"), Key: "nope"}},

		"update_run name only":              {store.RenameRun{Run: run("r-running"), To: "only-name"}},
		"update_run empty name":             {store.RenameRun{Run: finished}},
		"update_run on deleted run":         {store.RenameRun{Run: run("r-deleted"), To: "x"}},
		"update_run with a 600-char name":   {store.RenameRun{Run: finished, To: strings.Repeat("n", 600)}},
		"set_terminated default":            {store.EndRun{Run: run("r-running"), To: store.Finished}},
		"set_terminated on a finished run":  {store.EndRun{Run: finished, To: store.Killed}},
		"delete_run":                        {store.DeleteRun{Run: finished}},
		"delete_run already deleted":        {store.DeleteRun{Run: run("r-deleted")}},
		"restore_run":                       {store.RestoreRun{Run: run("r-deleted")}},
		"restore_run that is active":        {store.RestoreRun{Run: finished}},
		"restore_run in deleted experiment": {store.RestoreRun{Run: run("r-in-beta")}},
		"set_tag new":                       tag("quality", "good"),
		"set_tag overwrite":                 tag("stage", "final"),
		"set_tag note":                      {store.NoteRun{Run: finished, To: "# Title\n\nعربى 🚀"}},
		"set_tag runName (rename)":          tag("mlflow.runName", "new name"),
		"set_tag runName empty":             tag("mlflow.runName", ""),
		"set_tag integer value":             tag("n", "3"),
		"set_tag None value":                tag("none", "None"),
		"set_tag key 251 chars":             tag(strings.Repeat("k", 251), "v"),
		"set_tag bad key":                   tag("a$b", "v"),
		"set_tag path key":                  tag("a/../b", "v"),
		"set_tag unicode key":               tag("schlüssel ключ", "v"),
		"set_tag on deleted run":            {store.TagRun{Run: run("r-deleted"), Key: "k", Value: "v"}},
		"delete_tag":                        {store.UntagRun{Run: finished, Key: "stage"}},
		"delete_tag missing":                {store.UntagRun{Run: finished, Key: "nope"}},
		"delete_tag mlflow.runName":         {store.UntagRun{Run: finished, Key: "mlflow.runName"}},
	}
}
