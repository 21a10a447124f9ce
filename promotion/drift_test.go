package promotion

import (
	"testing"
	"time"

	"benchside/artifacts"
	"benchside/gates"
	"benchside/store"
	"benchside/store/memory"
)

const day = 24 * time.Hour

func reported(id, verdict string, drifted, share float64, at time.Time) store.Run {
	r := run(id, "0.1", "1", 0.9)
	r.Tags = map[string]string{store.TagDriftVerdict: verdict}
	r.Metrics[store.MetricDriftColumns] = store.Point{Value: drifted, Timestamp: at.UnixMilli()}
	r.Metrics[store.MetricDriftShare] = store.Point{Value: share, Timestamp: at.UnixMilli()}
	return r
}

func TestTheLatestDriftOfAModel(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	records := memory.Records{
		Runs: []store.Run{reported("a", "drift", 4, 4.0/14, now.Add(-3*day)), reported("b", "ok", 0, 0, now.Add(-61*day)), run("c", "0.1", "1", 0.9)},
		Versions: []store.ModelVersion{
			{Name: "churn", Version: 1, RunID: "a", Status: "READY"},
			{Name: "churn", Version: 2, RunID: "b", Status: "READY"},
			{Name: "churn", Version: 3, RunID: "c", Status: "READY"},
			{Name: "churn", Version: 4, Status: "READY"},
		},
	}
	s := memory.New(records)
	drifts, err := DriftsOf(t.Context(), s, "churn", records.Versions)
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range map[int64]gates.DriftReport{
		1: {Drifted: true, Says: "4 of 14 columns", At: now.Add(-3 * day)}, 2: {Says: "no column drifts", At: now.Add(-61 * day)},
	} {
		if got := drifts.Of(version); got == nil || got.Drifted != want.Drifted || got.Says != want.Says || !got.At.Equal(want.At) {
			t.Errorf("version %d: got %+v, want %+v", version, got, want)
		}
	}
	for _, version := range []int64{3, 4} {
		if got := drifts.Of(version); got != nil {
			t.Errorf("version %d, whose run has no report: got %+v", version, got)
		}
	}
	drifts.Watched = &gates.DriftReport{Says: "2 of 9 columns, monitor m", At: now.Add(-10 * day)}
	for version, want := range map[int64]string{1: "4 of 14 columns", 2: "2 of 9 columns, monitor m", 3: "2 of 9 columns, monitor m"} {
		if got := drifts.Of(version); got == nil || got.Says != want {
			t.Errorf("version %d beside a monitor: got %+v, want %q", version, got, want)
		}
	}

	rules, err := gates.Parse("rules", "version = 1\n[[gate]]\ndrift = true\ndrift-max-days = 30\n")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []store.GateCheck{
		{Verdict: store.NotMet, Says: "4 of 14 columns, 3 days ago"},
		{Verdict: store.NotKnown, Says: "no column drifts, 61 days ago; the rule asks for one of the last 30 days"},
		{Verdict: store.NotKnown, Says: "there is no report"},
	} {
		card, err := Card(t.Context(), s, func(store.Run) artifacts.Places { return artifacts.Places{} }, rules, Question{
			Version: records.Versions[i], Stage: store.StageProduction, By: "grace", Now: now,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range card.Checks {
			if c.Name == "drift" && (c.Verdict != want.Verdict || c.Says != want.Says) {
				t.Errorf("version %d: the card says %+v, want %+v", i+1, c, want)
			}
		}
	}
}
