package lineage_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"benchside/artifacts"
	"benchside/compare"
	"benchside/lineage"
	"benchside/store"
	"benchside/store/memory"
	"benchside/store/sqlite"
)

const labStore = "../testdata/lab/mlflow.db"

func lab(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), labStore, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func places(store.Run) artifacts.Places { return artifacts.Places{Store: labStore} }

// followed is a version of the lab store with its line.
func followed(t *testing.T, s store.Store, model, wanted string) lineage.Line {
	t.Helper()
	versions, err := s.ModelVersions(t.Context(), model)
	if err != nil {
		t.Fatal(err)
	}
	v, ok := lineage.Named(versions, wanted)
	if !ok {
		t.Fatalf("%s has no %s", model, wanted)
	}
	l, err := lineage.Of(t.Context(), s, v)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAVersionIsFollowedToItsRunDataAndModel(t *testing.T) {
	l := followed(t, lab(t), "churn-classifier", "@champion")
	if l.Version.Version != 3 || l.Run == nil || l.Run.Name != "autolog-forest" || len(l.Inputs) != 4 || l.Logged == nil || l.Folder() != "model" {
		t.Errorf("got %+v", l)
	}
	l = followed(t, lab(t), "legacy-forecaster", "latest")
	if l.Run != nil || l.NoRun == "" || l.Logged != nil || l.Folder() != "" {
		t.Errorf("of a version without a run: got %+v", l)
	}
}

func TestVersionsByTheNamesThatMLflowKnows(t *testing.T) {
	versions := []store.ModelVersion{
		{Version: 12, Stage: store.StageNone},
		{Version: 2, Stage: store.StageProduction, Aliases: []string{"champion"}},
		{Version: 1, Stage: store.StageProduction},
	}
	for wanted, want := range map[string]int64{"latest": 12, "LATEST": 12, "2": 2, "v1": 1, "production": 2, "@champion": 2, "champion": 0, "@2": 0, "3": 0, "": 0, "Staging": 0} {
		if v, _ := lineage.Named(versions, wanted); v.Version != want {
			t.Errorf("%q: got version %d, want %d", wanted, v.Version, want)
		}
	}
}

func TestTheSignatureIsThatOfTheModelsFile(t *testing.T) {
	s := lab(t)
	l := followed(t, s, "credit-risk", "Production")
	m, err := l.MLmodel(t.Context(), s, places)
	if err != nil || !m.Signed || len(m.Inputs) != 9 || m.Inputs[6].Type != "string" {
		t.Fatalf("got %+v, %v", m, err)
	}
	subject := l.Subject(&m)
	if subject.Name() != "v2" || subject.Signature["input region"] != "string" || subject.Registered["stage"] != store.StageProduction || len(subject.Run.Params) == 0 {
		t.Errorf("got %+v", subject)
	}
}

func TestFilesThatAreElsewhereAreAnErrorThatNamesThem(t *testing.T) {
	s := lab(t)
	for model, want := range map[string]string{
		"legacy-forecaster": "s3://acme-ml/models/forecaster/1",
		"image-tagger 🖼️":   "image-tagger",
	} {
		l := followed(t, s, model, "latest")
		if _, err := l.MLmodel(t.Context(), s, places); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", model, err)
		}
	}
}

func TestWhatIsGoneIsSaid(t *testing.T) {
	s := memory.New(memory.Records{Versions: []store.ModelVersion{
		{Name: "m", Version: 1, RunID: "gone", Source: "models:/m-gone"},
		{Name: "m", Version: 2, RunID: "gone", Source: "runs:/gone/model"},
	}})
	l := followed(t, s, "m", "1")
	if l.Run != nil || !strings.Contains(l.NoRun, "run gone is not in the store") || l.Logged != nil {
		t.Errorf("got %+v", l)
	}
	l = followed(t, s, "m", "2")
	if _, err := l.MLmodel(t.Context(), s, places); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want %v", err, store.ErrNotFound)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := lineage.Of(ctx, s, l.Version); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestVersionsOfOneRunDifferInTheRegistryAlone(t *testing.T) {
	s := lab(t)
	var subjects []compare.Subject
	for _, wanted := range []string{"1", "2"} {
		l := followed(t, s, "credit-risk", wanted)
		subjects = append(subjects, l.Subject(nil))
	}
	for _, r := range compare.New(subjects, compare.Options{}).Differences() {
		if r.Section != compare.Registry {
			t.Errorf("%s differs", r.Name())
		}
	}
}
