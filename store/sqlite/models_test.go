package sqlite

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"benchside/store"
)

func TestVersionsOfRegisteredModels(t *testing.T) {
	db := opened(t, labFile)
	versions, err := db.ModelVersions(t.Context(), "churn-classifier")
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int64
	for _, v := range versions {
		numbers = append(numbers, v.Version)
	}
	if want := []int64{5, 4, 3, 2, 1}; !slices.Equal(numbers, want) {
		t.Fatalf("got versions %v, want %v: the deleted one is none", numbers, want)
	}
	v := versions[2]
	if v.Stage != "Production" || v.Source != "models:/m-4db1a0ae27c241f381fd1d14bfe579d4" || v.RunID != "4056b39d23934fbba21ad93749dd8b36" ||
		v.Location != "mlruns/2/models/m-4db1a0ae27c241f381fd1d14bfe579d4/artifacts" || !slices.Equal(v.Aliases, []string{"champion", "prod-eu"}) {
		t.Errorf("got %+v", v)
	}
	if _, err := db.ModelVersions(t.Context(), "nothing"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want %v", err, store.ErrNotFound)
	}
}

func TestALoggedModelByItsID(t *testing.T) {
	db := opened(t, labFile)
	m, err := db.LoggedModel(t.Context(), "m-4db1a0ae27c241f381fd1d14bfe579d4")
	if err != nil || m.SourceRunID != "4056b39d23934fbba21ad93749dd8b36" || m.ArtifactLocation == "" || !m.Output {
		t.Errorf("got %+v, %v", m, err)
	}
	if _, err := db.LoggedModel(t.Context(), "m-4db1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want %v", err, store.ErrNotFound)
	}
}

func TestRegistriesOfOlderReleases(t *testing.T) {
	old, err := filepath.Glob("../../testdata/old/*/*.db")
	if err != nil || len(old) == 0 {
		t.Fatalf("no older stores: %v", err)
	}
	for _, path := range old {
		db := opened(t, path)
		if versions, err := db.ModelVersions(t.Context(), "old-model"); err != nil || len(versions) != 4 || versions[2].Stage != "Production" {
			t.Errorf("%s: got %+v, %v", path, versions, err)
		}
		if _, err := db.ModelVersions(t.Context(), "nothing"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: got %v, want %v", path, err, store.ErrNotFound)
		}
		if _, err := db.LoggedModel(t.Context(), "m-nothing"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: got %v, want %v", path, err, store.ErrNotFound)
		}
	}
}
