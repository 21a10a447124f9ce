package mlmodel

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

const models = "../../testdata/lab/mlruns/*/models/*/artifacts/MLmodel"

func field(key, value, typed string) Field { return Field{key, value, json.RawMessage(typed)} }
func text(key, value string) Field         { return field(key, value, `"`+value+`"`) }

func TestAModelOfTheLab(t *testing.T) {
	content, err := os.ReadFile("../../testdata/lab/mlruns/3/models/m-caf2377b470b468091b94c56a915f272/artifacts/MLmodel")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(t.Context(), content)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Inputs) != 8 || !reflect.DeepEqual(m.Inputs[0], Column{Name: "tenure_months", Type: "double"}) || !reflect.DeepEqual(m.Outputs, []Column{{Type: "long"}}) {
		t.Errorf("got the inputs %v and the outputs %v", m.Inputs, m.Outputs)
	}
	m.Inputs, m.Outputs = nil, nil
	want := Model{
		ArtifactPath: "mlruns/3/models/m-caf2377b470b468091b94c56a915f272/artifacts",
		ID:           "m-caf2377b470b468091b94c56a915f272", UUID: "m-caf2377b470b468091b94c56a915f272",
		RunID: "0762204cfd064c6482a28217a8984dcd", Version: "3.17.2", Bytes: 12908, Signed: true,
		Created: time.Date(2026, 3, 9, 13, 0, 0, 21e6, time.UTC),
		Flavors: []Flavor{
			{"python_function", []Field{
				field("env", "{conda: conda.yaml, virtualenv: python_env.yaml}", `{"conda":"conda.yaml","virtualenv":"python_env.yaml"}`),
				text("loader_module", "mlflow.sklearn"), text("model_path", "model.skops"), text("predict_fn", "predict"), text("python_version", "3.11.7"),
			}},
			{"sklearn", []Field{
				field("code", "", "null"), text("pickled_model", "model.skops"), text("serialization_format", "skops"), text("sklearn_version", "1.9.1"),
				field("skops_trusted_types", "", "null"),
			}},
		},
		Example:     Example{Path: "input_example.json", Serving: "serving_input_example.json", Kind: "dataframe", Orient: "split"},
		Environment: Environment{Conda: "conda.yaml", Virtualenv: "python_env.yaml", Python: "3.11.7"},
		Rest:        []Field{field("prompts", "", "null"), field("type_hint_from_example", "false", "false")},
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("got\n%+v\nwant\n%+v", m, want)
	}
}

func TestEveryModelOfTheLabIsRead(t *testing.T) {
	names, err := filepath.Glob(models)
	if err != nil || len(names) != 8 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(t.Context(), content)
		if err != nil || len(m.Notes) > 0 || m.ID == "" || len(m.Inputs) == 0 || m.Bytes == 0 {
			t.Errorf("%s: got %+v, %v", name, m, err)
		}
	}
}

func TestSignatures(t *testing.T) {
	m, err := Parse(t.Context(), []byte(`
flavors:
  python_function:
    env: conda.yaml
signature:
  inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 28, 28]}}, {"name": "a", "type": "string", "required": false}, {"name": "l", "type": "array", "items": {"type": "long"}}]'
  outputs: null
  params: '[{"name": "temperature", "type": "double", "default": 0.5, "shape": null}, {"name": "stop", "type": "string", "default": "x", "shape": [-1]}]'
utc_time_created: yesterday
`))
	if err != nil {
		t.Fatal(err)
	}
	if want := []Column{{Type: "float32", Shape: []int64{-1, 28, 28}}, {Name: "a", Type: "string", Optional: true}, {Name: "l", Type: `array of {"type": "long"}`}}; !reflect.DeepEqual(m.Inputs, want) {
		t.Errorf("got the inputs %+v, want %+v", m.Inputs, want)
	}
	if want := []Param{{"temperature", "double", "0.5", "", ParamJSON{json.RawMessage("0.5"), json.RawMessage("null")}}, {"stop", "string", "x", "[-1]", ParamJSON{json.RawMessage(`"x"`), json.RawMessage("[-1]")}}}; !reflect.DeepEqual(m.Params, want) {
		t.Errorf("got the params %+v, want %+v", m.Params, want)
	}
	if m.Environment.Conda != "conda.yaml" || len(m.Notes) != 1 || !m.Created.IsZero() || !reflect.DeepEqual(m.Rest[0], text("utc_time_created", "yesterday")) {
		t.Errorf("got %+v", m)
	}
}

func TestWhatIsNoModel(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":       "",
		"no flavors":    "run_id: a\n",
		"not YAML":      "flavors: [",
		"an alias":      "a: &a [1]\nflavors: *a\n",
		"far too deep":  "flavors: " + strings.Repeat("[", 100_000),
		"far too big":   "flavors: " + strings.Repeat("a", mostBytes),
		"a list":        "- a\n",
		"nested items":  strings.Repeat("- ", 10_000),
		"a broken sign": "flavors:\n  sklearn: {}\nsignature: {inputs: '[1'",
	} {
		if m, err := Parse(t.Context(), []byte(text)); !errors.Is(err, ErrSyntax) {
			t.Errorf("%s: got %+v, %v; want %v", name, m, err, ErrSyntax)
		}
	}
	m, err := Parse(t.Context(), []byte("flavors:\n  sklearn: {a: 1}\nsignature: {inputs: '[1'}\n"))
	if err != nil || len(m.Notes) != 1 || m.Rest[0].Key != "signature.inputs" {
		t.Errorf("a signature that cannot be read: got %+v, %v", m, err)
	}
}

func FuzzModel(f *testing.F) {
	names, err := filepath.Glob(models)
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Add([]byte("flavors:\n  python_function:\n    env: conda.yaml\nsignature:\n  params: '[{\"name\":\"a\"}]'\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(t.Context(), data)
		if err == nil && len(m.Flavors) == 0 || err != nil && !errors.Is(err, ErrSyntax) {
			t.Errorf("got %+v, %v", m, err)
		}
	})
}
