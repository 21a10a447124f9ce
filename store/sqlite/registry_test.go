package sqlite

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"benchside/store"
)

func TestTheRegistryOfOlderReleases(t *testing.T) {
	old, err := filepath.Glob("../../testdata/old/*/*.db")
	if err != nil || len(old) == 0 {
		t.Fatalf("no older stores: %v", err)
	}
	for _, path := range old {
		db := opened(t, path)
		models, err := db.Models(t.Context(), store.ModelQuery{})
		if err != nil || len(models) != 1 {
			t.Errorf("%s: got %+v, %v", path, models, err)
			continue
		}
		m := models[0]
		prod, ok := m.At(store.StageProduction)
		if m.Name != "old-model" || m.Description != "old *model*" || m.Tags["owner"] != "ada" || m.Versions != 4 || !ok || prod.Version != 2 {
			t.Errorf("%s: got %+v", path, m)
		}
		versions, err := db.Versions(t.Context(), store.VersionQuery{})
		if err != nil || len(versions) != 4 {
			t.Errorf("%s: got %d versions, %v", path, len(versions), err)
		}
		from, err := db.VersionsFrom(t.Context(), []string{versions[0].RunID})
		if err != nil || len(from) != 4 || from[0].Version != 4 || from[0].Tags["i"] != "3" {
			t.Errorf("%s: of the run: got %+v, %v", path, from, err)
		}
		aliased := !strings.Contains(path, "1.30")
		if (len(m.Aliases) == 1) != aliased {
			t.Errorf("%s: got the aliases %v", path, m.Aliases)
		}
	}
}

func TestOnlyTheOwnWorkspaceIsSeen(t *testing.T) {
	db := edited(t, `INSERT INTO registered_models (name, workspace, description) VALUES ('churn-classifier', 'other', 'not ours'), ('theirs', 'other', '')`,
		`INSERT INTO model_versions (name, version, current_stage, workspace) VALUES ('churn-classifier', 9, 'Production', 'other')`,
		`INSERT INTO registered_model_aliases (alias, version, name, workspace) VALUES ('theirs', 9, 'churn-classifier', 'other')`,
		`INSERT INTO registered_model_tags (key, value, name, workspace) VALUES ('theirs', 'x', 'churn-classifier', 'other')`)
	models, err := db.Models(t.Context(), store.ModelQuery{})
	if err != nil || len(models) != 5 {
		t.Fatalf("got %d models, %v, want 5", len(models), err)
	}
	m, err := db.Model(t.Context(), "churn-classifier")
	if err != nil || m.Versions != 5 || len(m.Aliases) != 3 || m.Tags["theirs"] != "" || m.Description == "not ours" {
		t.Errorf("got %+v, %v", m, err)
	}
	versions, err := db.Versions(t.Context(), store.VersionQuery{})
	if err != nil || slices.ContainsFunc(versions, func(v store.ModelVersion) bool { return v.Version == 9 }) {
		t.Errorf("got %+v, %v", versions, err)
	}
}

func TestWhatIsNullIsEmpty(t *testing.T) {
	null := edited(t, `UPDATE model_versions SET description = NULL, run_link = NULL, user_id = NULL, status_message = NULL, current_stage = 'None'`,
		`UPDATE registered_models SET description = NULL`)
	empty := edited(t, `UPDATE model_versions SET description = '', run_link = '', user_id = '', status_message = '', current_stage = 'None'`,
		`UPDATE registered_models SET description = ''`)
	for _, read := range []func(*DB) (any, error){
		func(d *DB) (any, error) { return d.Models(t.Context(), store.ModelQuery{}) },
		func(d *DB) (any, error) { return d.Model(t.Context(), "churn-classifier") },
		func(d *DB) (any, error) { return d.Versions(t.Context(), store.VersionQuery{}) },
	} {
		a, err := read(null)
		if err != nil {
			t.Fatal(err)
		}
		b, err := read(empty)
		if got, want := fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b); err != nil || got != want {
			t.Errorf("NULL: got %.300s\n'': got %.300s, %v", got, want, err)
		}
	}
}

func TestVersionsComeFromTheRunThatMadeTheirModel(t *testing.T) {
	const run, model = "4056b39d23934fbba21ad93749dd8b36", "models:/m-4db1a0ae27c241f381fd1d14bfe579d4"
	db := edited(t, `UPDATE model_versions SET run_id = NULL WHERE source = '`+model+`'`)
	from, err := db.VersionsFrom(t.Context(), []string{run})
	if err != nil || len(from) != 1 || from[0].Version != 3 || from[0].RunID != "" || !slices.Equal(from[0].Aliases, []string{"champion", "prod-eu"}) {
		t.Errorf("got %+v, %v", from, err)
	}
	if none, err := db.VersionsFrom(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("of no run: got %+v, %v", none, err)
	}
}

func TestOfNamedModelsOnlyTheirOwnRowsAreRead(t *testing.T) {
	for _, path := range []string{labStore, "../../testdata/old/2.22.2/mlflow.db", "../../testdata/old/1.30.1/mlflow.db"} {
		db := opened(t, path)
		s := db.schema
		ours := s.ours("model_versions", "v")
		for what, statement := range map[string]string{
			"versions of models": fmt.Sprintf(versionsNamed, s.versionColumns(), ours, "1"),
			"versions by number": fmt.Sprintf(versionsKeyed, s.versionColumns(), ours),
			"the latest":         fmt.Sprintf(latestNamed, ours),
			"tags of versions":   db.versionTags(),
			"tags of models":     db.modelTags(),
			"models by name":     fmt.Sprintf(modelsNamed, s.ours("registered_models", "m"), "1"),
		} {
			for _, row := range asked(t, db, "EXPLAIN QUERY PLAN "+statement, "[]") {
				if plan := text(row[3]); strings.HasPrefix(plan, "SCAN") && !strings.Contains(plan, "VIRTUAL TABLE") &&
					plan != "SCAN CONSTANT ROW" && !strings.HasPrefix(plan, "SCAN keys") {
					t.Errorf("%s, %s: %s", path, what, plan)
				}
			}
		}
	}
}
