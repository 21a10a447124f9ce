package sources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"benchside/artifacts"
	"benchside/drift"
	"benchside/drift/inputs"
	"benchside/lineage"
	"benchside/store"
)

const realData = "../testdata/real/"

// kept is a store of one run and one model.
type kept struct {
	lineage.Sources
	run    store.Run
	inputs []store.Input
}

func (k kept) Inputs(context.Context, string) ([]store.Input, error) { return k.inputs, nil }

func (k kept) RunsOf(context.Context, []string) ([]store.Run, error) { return []store.Run{k.run}, nil }

func (k kept) LoggedModels(context.Context, string) ([]store.LoggedModel, error) { return nil, nil }

func (k kept) ModelVersions(_ context.Context, name string) ([]store.ModelVersion, error) {
	if name != "late" {
		return nil, store.ErrNotFound
	}
	return []store.ModelVersion{{Name: name, Version: 2, RunID: "r1", Source: "runs:/r1/model", Aliases: []string{"champion"}}, {Name: name, Version: 1}}, nil
}

// finder is of a store beside which a run lies that logged data and a model.
func finder(t *testing.T, read ...store.Input) (Finder, string) {
	t.Helper()
	dir := t.TempDir()
	at := filepath.Join(dir, "mlruns", "1", "r1", "artifacts")
	content, err := os.ReadFile(realData + "flights2013_reference.csv")
	if err != nil {
		t.Fatal(err)
	}
	const model = "flavors:\n  python_function:\n    env: conda.yaml\nsignature:\n  inputs: '[{\"name\": \"late\", \"type\": \"double\"}]'\n"
	for name, text := range map[string]string{"data/ref.csv": string(content), "model/MLmodel": model} {
		path := filepath.Join(at, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "train.csv"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	run := store.Run{ArtifactURI: at}
	run.ID = "r1"
	return Finder{
		Store: kept{run: run, inputs: read}, Local: true,
		Run: func(_ context.Context, name string) (store.Run, error) {
			if name != "r1" {
				return store.Run{}, store.ErrNotFound
			}
			return run, nil
		},
		Places: func(store.Run) artifacts.Places { return artifacts.Places{Store: filepath.Join(dir, "mlflow.db")} },
	}, dir
}

func local(name, uri, context string) store.Input {
	source, _ := json.Marshal(map[string]string{"uri": uri}) // texts always are JSON
	return store.Input{Name: name, Digest: "d-" + name, SourceType: "local", Source: string(source), Context: context}
}

func TestNamesFindData(t *testing.T) {
	f, dir := finder(t, local("train", "train.csv", "training"), local("test", "gone.csv", "testing"))
	for name, want := range map[string]drift.Source{
		"runs:/r1/data/ref.csv":                {Kind: "artifact", RunID: "r1", ArtifactPath: "data/ref.csv"},
		"datasets:/r1":                         {Kind: "dataset", RunID: "r1", DatasetName: "train", Digest: "d-train"},
		"datasets:/r1/train":                   {Kind: "dataset", RunID: "r1", DatasetName: "train", Digest: "d-train"},
		"models:/late/2":                       {Kind: "dataset", RunID: "r1", DatasetName: "train", Digest: "d-train"},
		"models:/late@champion":                {Kind: "dataset", RunID: "r1", DatasetName: "train", Digest: "d-train"},
		filepath.Join(dir, "train.csv"):        {Kind: "file", Path: filepath.Join(dir, "train.csv")},
		"../inputs/testdata/delta/flights@v1":  {Kind: "file", Path: "../inputs/testdata/delta/flights@v1"},
		"../inputs/testdata/delta/flights/@v1": {Kind: "file", Path: "../inputs/testdata/delta/flights/@v1"},
	} {
		d, err := f.Open(t.Context(), name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		table, err := d.Read(t.Context(), inputs.Options{})
		if d.Source != want || err != nil || table.Rows != 2700 && !strings.Contains(name, "delta") {
			t.Errorf("%s: got %+v with %d rows, %v, want %+v", name, d.Source, table.Rows, err, want)
		}
		if model := strings.HasPrefix(name, "models:"); model != (d.Model != nil) || model && d.URI != "models:/late/2" {
			t.Errorf("%s: got the model %v of %q", name, d.Model, d.URI)
		}
		if err := d.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNamesThatFindNothingSayWhy(t *testing.T) {
	away := store.Input{Name: "web", SourceType: "http", Source: `{"url": "https://ada:secret@data.acme.example/x.csv"}`}
	f, _ := finder(t, local("a", "a.csv", ""), local("b", "b.csv", ""), away, store.Input{Name: "odd", Source: "?"})
	for name, want := range map[string]string{
		"runs:/r1":                "runs:/r1: name an artifact: runs:/RUN/PATH",
		"runs:/r1/gone.csv":       "read runs:/r1/gone.csv: no such file or directory",
		"runs:/r1/../../../x.csv": "read runs:/r1/../../../x.csv: a path stays below the run's artifacts",
		"datasets:/r1":            "datasets:/r1: the run read 4 datasets, name one: a, b, web, odd",
		"datasets:/r1/c":          "datasets:/r1/c: dataset c: not found",
		"datasets:/r1/a":          "read datasets:/r1/a: no such file or directory",
		"datasets:/r1/odd":        "datasets:/r1/odd: where dataset odd came from cannot be read",
		"datasets:/r1/web":        "datasets:/r1/web: not on this machine: dataset web is of the type http, at https://ada:xxxxx@data.acme.example/x.csv",
		"models:/late":            "models:/late: name a version: models:/NAME/VERSION",
		"models:/late/9":          "models:/late/9: version 9: not found",
		"models:/late/1":          "models:/late/1: what it was trained on is not known: it was registered without one",
		"s3://bucket/x.csv":       "s3://bucket/x.csv: not on this machine: s3 is not read from; fetch a copy",
		"/dev/null":               "read /dev/null: not a regular file but a device",
	} {
		_, err := f.Open(t.Context(), name)
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	if _, err := (Finder{Local: true}).Open(t.Context(), "runs:/r1/x.csv"); !errors.Is(err, ErrNoStore) {
		t.Errorf("without a store: got %v", err)
	}
	if _, err := (Finder{}).Open(t.Context(), realData+"flights2013_reference.csv"); err == nil {
		t.Error("a path was opened for somebody who may not")
	}
}

func question() Question {
	return Question{
		Reference: realData + "flights2013_reference.csv", Current: realData + "flights2013_current.parquet", Guess: true,
		Now: time.Date(2026, 6, 11, 8, 20, 0, 1, time.UTC), Version: "9",
	}
}

func TestAReportSaysWhatItIsOf(t *testing.T) {
	q := question()
	q.Roles, q.Name = inputs.Roles{"late": drift.Target}, "flights"
	r, err := Finder{Local: true}.Compare(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Finder{Local: true}.Compare(t.Context(), q)
	if err != nil || again.ID != r.ID || len(r.ID) != 26 {
		t.Errorf("got the identities %q and %q, %v", r.ID, again.ID, err)
	}
	if r.Verdict.Status != drift.VerdictDrift || r.Verdict.Drifted != 8 || r.Verdict.Tested != 16 || *r.Name != "flights" || r.Engine.Version != "9" {
		t.Errorf("got %+v of %v by %v", r.Verdict, *r.Name, r.Engine)
	}
	if s := r.Sources; s.Reference.Rows != 2700 || s.Current.Rows != 8100 || !strings.HasPrefix(s.Current.Digest, "sha256:") {
		t.Errorf("got %+v", s)
	}
	if got := fmt.Sprint(r.Config.Roles, r.Notes); got != "map[probability:late_proba target:late] [roles by name: probability late_proba, timestamp time_hour]" {
		t.Errorf("got %s", got)
	}
	if !r.Created.Equal(q.Now.Truncate(time.Second)) || r.Quality == nil || r.Quality.Task != "binary" {
		t.Errorf("got a report of %s with %+v", r.Created, r.Quality)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func TestOnlyWhatIsAskedForIsCompared(t *testing.T) {
	q := question()
	q.Columns, q.Options.Slices, q.Roles = []string{"temp"}, []string{"origin"}, inputs.Roles{"late": drift.Target}
	r, err := Finder{Local: true}.Compare(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range r.Features {
		names = append(names, f.Name)
	}
	if got := fmt.Sprint(names); got != "[temp origin late]" || len(r.Features[0].Slices) != 3 {
		t.Errorf("got %s with %d slices", got, len(r.Features[0].Slices))
	}
}

func TestTheErrorOfOneSideIsSaid(t *testing.T) {
	q := question()
	q.Reference = realData + "expected.json"
	_, err := Finder{Local: true}.Compare(t.Context(), q)
	if err == nil || !strings.Contains(err.Error(), "expected.json: not a table") {
		t.Errorf("got %v", err)
	}
	q = question()
	q.Roles = inputs.Roles{"nobody": drift.Target}
	if _, err := (Finder{Local: true}).Compare(t.Context(), q); !errors.Is(err, inputs.ErrNoColumn) {
		t.Errorf("got %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := (Finder{Local: true}).Compare(ctx, question()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
