package artifacts

import (
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
