package promotion

import (
	"strings"
	"testing"
	"time"

	"benchside/artifacts"
	"benchside/gates"
	"benchside/store"
	"benchside/store/memory"
)

// run is a finished run with a seed.
func run(id, lr, seed string, auc float64) store.Run {
	return store.Run{
		Head:   store.Head{ID: id, Name: id, ExperimentID: "1", Status: store.Finished, UserID: "ada"},
		Params: map[string]string{"lr": lr, "seed": seed}, Metrics: map[string]store.Point{"val/auc": {Value: auc}},
	}
}

func TestACardSetsReplicatesBesideEachOther(t *testing.T) {
	failed := run("b3", "0.2", "3", 0.1)
	failed.Status = store.Failed
	s := memory.New(memory.Records{
		Runs: []store.Run{
			run("a1", "0.1", "1", 0.900), run("a2", "0.1", "2", 0.901), run("a3", "0.1", "3", 0.899),
			run("b1", "0.2", "1", 0.950), run("b2", "0.2", "2", 0.951), failed, run("c1", "0.3", "1", 0.2),
		},
		Versions: []store.ModelVersion{
			{Name: "churn", Version: 1, Stage: store.StageProduction, RunID: "a1", Status: "READY"},
			{Name: "churn", Version: 2, Stage: store.StageNone, RunID: "b1", Status: "READY"},
		},
	})
	rules, err := gates.Parse("rules", "version = 1\n[[gate]]\nmetrics = ['val/auc max']\nsignature = 'any'\n")
	if err != nil {
		t.Fatal(err)
	}
	v := store.ModelVersion{Name: "churn", Version: 2, Stage: store.StageNone, RunID: "b1", Status: "READY"}
	card, err := Card(t.Context(), s, func(store.Run) artifacts.Places { return artifacts.Places{} }, rules, Question{
		Version: v, Stage: store.StageProduction, By: "grace", Now: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if card.Against != 1 || card.Verdict != store.Passed {
		t.Errorf("the card is %+v", card)
	}
	says := ""
	for _, c := range card.Checks {
		if c.Name == "metric val/auc" {
			says = c.Says
		}
	}
	if !strings.Contains(says, "of 2 runs against 0.9000 of 3") || !strings.Contains(says, "outside the noise") {
		t.Errorf("the metric says %q, want 2 finished runs of one lr against 3 of the other", says)
	}
}
