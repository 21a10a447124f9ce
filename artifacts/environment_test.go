package artifacts

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"benchside/store"
)

func TestEnvironment(t *testing.T) {
	home := t.TempDir()
	write := func(name, content string) {
		full := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("models/m-1/artifacts/requirements.txt", "mlflow==3.17.2\nnumpy>=2,<3  # why\n# comment\n-r other.txt\nplain\ntorch==2.1 ; python_version > '3'\nours @ git+https://x/y\n\n")
	write("models/m-1/artifacts/python_env.yaml", "python: '3.11.7'\nbuild_dependencies:\n- pip==23\n")
	write("old/model/requirements.txt", "mlflow==2.9.2\n")
	history := map[string]string{store.TagModels: `[{"artifact_path": "../etc"}, {"artifact_path": "model"}]`}
	for what, c := range map[string]struct {
		run    store.Run
		models []store.LoggedModel
		want   map[string]string
	}{
		"a model of MLflow 3": {models: []store.LoggedModel{{Output: true, ArtifactLocation: "models/m-1/artifacts"}}, want: map[string]string{
			"mlflow": "3.17.2", "numpy": ">=2,<3", "plain": "any", "torch": "2.1", "ours": "@ git+https://x/y", "python": "3.11.7",
		}},
		"a model of before":        {run: store.Run{ArtifactURI: "old", Tags: history}, want: map[string]string{"mlflow": "2.9.2"}},
		"a model that was read":    {models: []store.LoggedModel{{ArtifactLocation: "models/m-1/artifacts"}}},
		"files that are elsewhere": {models: []store.LoggedModel{{Output: true, ArtifactLocation: "s3://bucket/m"}}},
		"no model":                 {},
	} {
		got, err := Environment(home, &c.run, c.models)
		if err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%s: got %v, %v; want %v", what, got, err, c.want)
		}
	}
}

// asked is a store of models that says how often it was asked.
type asked struct {
	EnvironmentReader
	models map[string][]store.LoggedModel
	home   string
	err    error
	calls  [2]int // for models, for its path
}

func (a *asked) LoggedModelsOf(context.Context, []string) (map[string][]store.LoggedModel, error) {
	a.calls[0]++
	return a.models, a.err
}

func (a *asked) About(context.Context) (store.About, error) {
	a.calls[1]++
	return store.About{Path: a.home}, nil
}

func TestEnvironmentsOfManyRunsAreReadTogether(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"m-1", "m-2"} {
		if err := os.MkdirAll(filepath.Join(home, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, name, "requirements.txt"), []byte("mlflow=="+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	model := func(name string) []store.LoggedModel {
		return []store.LoggedModel{{Output: true, ArtifactLocation: name}}
	}
	runs := []store.Run{{Head: store.Head{ID: "a"}}, {Head: store.Head{ID: "b"}}, {Head: store.Head{ID: "c"}}}
	a := &asked{home: home, models: map[string][]store.LoggedModel{"a": model("m-1"), "c": model("m-2")}}
	got, err := Environments(t.Context(), a, runs)
	if err != nil || len(got) != 2 || got["a"]["mlflow"] != "m-1" || got["c"]["mlflow"] != "m-2" {
		t.Errorf("got %v, %v", got, err)
	}
	if a.calls != [2]int{1, 1} {
		t.Errorf("asked %d times for models and %d times for the path, want once each", a.calls[0], a.calls[1])
	}
	a = &asked{home: home}
	if got, err := Environments(t.Context(), a, runs); err != nil || len(got) != 0 || a.calls[1] != 0 {
		t.Errorf("without models: got %v, %v, and asked %d times for the path", got, err, a.calls[1])
	}
	a.err = store.ErrUnsupported
	if got, err := Environments(t.Context(), a, runs); err != nil || len(got) != 0 {
		t.Errorf("of a store without models: got %v, %v", got, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Environments(ctx, &asked{home: home}, runs); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}
