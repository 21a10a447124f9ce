package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/store/search"
)

// answered is a search of the lab store and what the real MLflow answered.
type answered struct {
	Entity      string   `json:"entity"`
	Filter      string   `json:"filter"`
	OrderBy     []string `json:"order_by"`
	View        string   `json:"view"`
	Max         *int     `json:"max_results"`
	Experiments []string `json:"experiments"`
	Result      []string `json:"result"`
	Error       any      `json:"error"`
}

func (a answered) stage() store.Lifecycle {
	return map[string]store.Lifecycle{"ALL": store.AnyStage, "DELETED_ONLY": store.DeletedOnly}[a.View]
}

func (a answered) limit() int {
	if a.Max == nil {
		return 0
	}
	return *a.Max
}

func answers(t *testing.T) []answered {
	t.Helper()
	var all []answered
	for _, name := range []string{"golden.json", "more.json", "registry.json"} {
		content, err := os.ReadFile(filepath.Join("..", "..", "testdata", "search", name))
		if err != nil {
			t.Fatal(err)
		}
		var part []answered
		if err := json.Unmarshal(content, &part); err != nil {
			t.Fatal(err)
		}
		all = append(all, part...)
	}
	return slices.DeleteFunc(all, func(a answered) bool { return a.Error != nil })
}

// language parses the search of an answer.
func (a answered) language(t *testing.T) (search.Kind, search.Filter, []search.Order) {
	t.Helper()
	kind := map[string]search.Kind{"experiments": search.Experiments, "models": search.Models, "versions": search.Versions}[a.Entity]
	filter, err := search.Read(a.Filter, kind) // which must mean what Parse does
	if err != nil {
		t.Errorf("%q: %v", a.Filter, err)
	}
	order, err := search.ParseOrder(a.OrderBy, kind)
	if err != nil {
		t.Errorf("%q: %v", a.OrderBy, err)
	}
	return kind, filter, order
}

func TestSearchesAnswerAsMLflowDoes(t *testing.T) {
	ctx, db := context.Background(), opened(t, labFile)
	for _, a := range answers(t) {
		kind, filter, order := a.language(t)
		var ids []string
		var err error
		switch kind {
		case search.Runs:
			ids, err = db.Match(ctx, store.RunQuery{
				Experiments: a.Experiments, Filter: filter, Order: order, Stage: a.stage(), Limit: a.limit(),
			})
		case search.Models:
			var found []store.RegisteredModel
			found, err = db.Models(ctx, store.ModelQuery{Filter: filter, Order: order, Light: true})
			ids = modelIDs(found)
		case search.Versions:
			var found []store.ModelVersion
			found, err = db.Versions(ctx, store.VersionQuery{Filter: filter, Order: order})
			ids = versionIDs(found)
		default:
			var found []store.Experiment
			found, err = db.Experiments(ctx, store.ExperimentQuery{Filter: filter, Order: order, Stage: a.stage(), Limit: a.limit()})
			for _, e := range found {
				ids = append(ids, e.ID)
			}
		}
		sameIDs(t, a, ids, err)
	}
}

func TestSearchesInMemoryAnswerAsMLflowDoes(t *testing.T) {
	runs, experiments := subjects(t, opened(t, labFile))
	models, versions := registered(t)
	for _, a := range answers(t) {
		kind, filter, order := a.language(t)
		switch kind {
		case search.Models:
			found := memory.FindModels(models, store.ModelQuery{Filter: filter, Order: order})
			sameIDs(t, a, modelIDs(found), nil)
			continue
		case search.Versions:
			found := memory.FindVersions(versions, store.VersionQuery{Filter: filter, Order: order})
			sameIDs(t, a, versionIDs(found), nil)
			continue
		}
		var hits []search.Subject
		for _, s := range runs {
			if kind == search.Runs && a.stage().Sees(s.Stage) && search.Match(filter, s) &&
				(len(a.Experiments) == 0 || slices.Contains(a.Experiments, s.ExperimentID)) {
				hits = append(hits, s)
			}
		}
		for _, s := range experiments {
			if kind == search.Experiments && a.stage().Sees(s.Stage) && search.Match(filter, s) {
				hits = append(hits, s)
			}
		}
		slices.SortFunc(hits, search.Sequence(order, kind))
		var ids []string
		for _, s := range hits {
			id, _ := s.Text("run_id")
			ids = append(ids, id)
		}
		if n := a.limit(); n > 0 && len(ids) > n {
			ids = ids[:n]
		}
		sameIDs(t, a, ids, nil)
	}
}

func sameIDs(t *testing.T, a answered, ids []string, err error) {
	t.Helper()
	if err != nil || !slices.Equal(ids, a.Result) {
		t.Errorf("%s %q order %q of %s:\ngot  %q, %v\nwant %q", a.Entity, a.Filter, a.OrderBy, a.View, ids, err, a.Result)
	}
}

func modelIDs(models []store.RegisteredModel) (ids []string) {
	for _, m := range models {
		ids = append(ids, m.Name)
	}
	return ids
}

func versionIDs(versions []store.ModelVersion) (ids []string) {
	for _, v := range versions {
		ids = append(ids, fmt.Sprintf("%s/%d", v.Name, v.Version))
	}
	return ids
}

// registered are all models and versions of the lab store, prompts among them.
func registered(t *testing.T) (models []store.RegisteredModel, versions []store.ModelVersion) {
	t.Helper()
	db := opened(t, labFile)
	for _, prompts := range []string{"true", "false"} {
		filter, err := search.Parse("tags.`mlflow.prompt.is_prompt` = '"+prompts+"'", search.Models)
		if err != nil {
			t.Fatal(err)
		}
		some, err := db.Models(t.Context(), store.ModelQuery{Filter: filter})
		if err != nil {
			t.Fatal(err)
		}
		models = append(models, some...)
	}
	for _, m := range models {
		some, err := db.ModelVersions(t.Context(), m.Name)
		if err != nil {
			t.Fatal(err)
		}
		versions = append(versions, some...)
	}
	return models, versions
}

func subjects(t *testing.T, db *DB) (runs []runSubject, experiments []experimentSubject) {
	t.Helper()
	ctx := context.Background()
	all, err := db.Runs(ctx, store.RunQuery{Stage: store.AnyStage})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		inputs, err := db.Inputs(ctx, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		s := runSubject{Run: r}
		for _, i := range inputs {
			context, ok := i.Tags[store.TagDataContext]
			s.inputs = append(s.inputs, search.DatasetInput{Name: i.Name, Digest: i.Digest, Context: context, HasContext: ok})
		}
		runs = append(runs, s)
	}
	found, err := db.Experiments(ctx, store.ExperimentQuery{Stage: store.AnyStage})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		experiments = append(experiments, experimentSubject{e})
	}
	return runs, experiments
}

// runSubject is a run as the evaluation in memory sees it.
type runSubject struct {
	store.Run
	inputs []search.DatasetInput
}

func (s runSubject) Metric(key string) (float64, bool) { p, ok := s.Metrics[key]; return p.Value, ok }
func (s runSubject) Param(key string) (string, bool)   { v, ok := s.Params[key]; return v, ok }
func (s runSubject) Tag(key string) (string, bool)     { v, ok := s.Tags[key]; return v, ok }
func (s runSubject) Datasets() []search.DatasetInput   { return s.inputs }

func (s runSubject) Text(attribute string) (string, bool) {
	v, ok := map[string]string{
		"run_id": s.ID, "run_name": s.Name, "status": string(s.Status), "user_id": s.UserID, "artifact_uri": s.ArtifactURI,
	}[attribute]
	return v, ok
}

func (s runSubject) Number(attribute string) (int64, bool) {
	if attribute == "end_time" {
		return s.End.Millis(), s.End.Set()
	}
	return s.Start.Millis(), s.Start.Set()
}

// experimentSubject is the same for an experiment.
type experimentSubject struct{ store.Experiment }

func (s experimentSubject) Metric(string) (float64, bool)   { return 0, false }
func (s experimentSubject) Param(string) (string, bool)     { return "", false }
func (s experimentSubject) Tag(key string) (string, bool)   { v, ok := s.Tags[key]; return v, ok }
func (s experimentSubject) Datasets() []search.DatasetInput { return nil }
func (s experimentSubject) Text(attribute string) (string, bool) {
	if attribute == "name" {
		return s.Name, true
	}
	return s.ID, true
}

func (s experimentSubject) Number(attribute string) (int64, bool) {
	if attribute == "last_update_time" {
		return s.Updated.Millis(), s.Updated.Set()
	}
	return s.Created.Millis(), s.Created.Set()
}

// odd are texts in which some sign means something to LIKE, to GLOB or to SQL.
var odd = []string{
	"plain", "PLAIN", "a%b", "a_b", "axb", "a*b", "a?b", "a[b]c", "a[^b]c", "abc", `a\b`, `a\%b`, "Ä", "ä", "größe",
	"GRÖßE", "日本", "日x", "", "%", "_", "*", "?", "[", "]", "[]", "'", `"`, "a\nb", "😀",
}

func TestPatternsMatchInSQLAsInMemory(t *testing.T) {
	path := copied(t, labFile, "mlflow.db")
	db := writer(t, path)
	var run string
	if err := db.QueryRow("SELECT run_uuid FROM runs LIMIT 1").Scan(&run); err != nil {
		t.Fatal(err)
	}
	for i, value := range odd {
		do(t, db, "INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", "odd"+string(rune('a'+i)), value, run)
	}
	db.Close()
	opened := opened(t, path)
	for i, value := range odd {
		key := "odd" + string(rune('a'+i))
		for _, pattern := range slices.Concat(odd, []string{"a%", "%b", "a_b", "%\\%", "a[%", "%]%", "_", "__", "%_%", "ä%", "GR%"}) {
			for _, op := range []search.Op{search.Like, search.ILike, search.Equal, search.NotEqual} {
				c := search.Compare{Entity: search.Param, Key: key, Op: op, Text: pattern}
				filter := search.Filter{Expr: c}
				ids, err := opened.Match(context.Background(), store.RunQuery{Filter: filter, Stage: store.AnyStage})
				want := search.Match(filter, runSubject{Run: store.Run{Params: map[string]string{key: value}}})
				if err != nil || (len(ids) == 1) != want {
					t.Errorf("%q %s %q: SQL found %d runs, %v; memory says %v", value, op, pattern, len(ids), err, want)
				}
			}
		}
	}
}

// TestNoTextOfAFilterIsSQL keeps user text among the bound values.
func TestNoTextOfAFilterIsSQL(t *testing.T) {
	const marker = "zz'); DROP"
	for _, entity := range []search.Entity{search.Metric, search.Param, search.Tag, search.Dataset, search.Attribute} {
		for op := search.Equal; op <= search.NotILike; op++ {
			key := marker
			switch entity {
			case search.Dataset:
				key = "context"
			case search.Attribute:
				key = "run_name"
			}
			c := search.Compare{Entity: entity, Key: key, Op: op, Text: marker, Texts: []string{marker}}
			s := newSchema(&facts{columns: map[string][]string{"datasets": nil, "inputs": nil, "input_tags": nil}})
			where, args, err := s.whereRuns(search.Filter{Expr: search.And{c, c}})
			if strings.Contains(where, marker) {
				t.Errorf("%v %v: the text is in %s", entity, op, where)
			}
			if n := strings.Count(where, "?"); err == nil && n != len(args) {
				t.Errorf("%v %v: got %d parameters and %d values", entity, op, n, len(args))
			}
		}
	}
}

func TestAStoreWithoutDatasetsMatchesNoDataset(t *testing.T) {
	db := opened(t, "../../testdata/old/1.30.1/mlflow.db")
	f, err := search.Parse("datasets.name != 'x'", search.Runs)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := db.Match(context.Background(), store.RunQuery{Filter: f, Stage: store.AnyStage})
	if err != nil || len(ids) != 0 {
		t.Errorf("got %q, %v, want no run and no error", ids, err)
	}
}
