package sqlite

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/search"
)

// What these tests expect was read from the stores with the sqlite3 shell.

const (
	sweepParent = "ce987a4a19eb48cf8d9c468ade58eb89"
	gridSearch  = "3b47b748b5d243f1a2f6e348b66f515c"
	logreg      = "51587a777df0458183d795e10c70f6ae"
	evaluated   = "0762204cfd064c6482a28217a8984dcd"
	unusual     = "6fb2a80da0dc4eb88c162463af884fdb"
)

func TestRun(t *testing.T) {
	d := opened(t, labStore)
	r, err := d.Run(context.Background(), gridSearch)
	if err != nil {
		t.Fatal(err)
	}
	want := store.Head{
		ID: gridSearch, Name: "autolog-gridsearch", ExperimentID: "2", UserID: "ada",
		Status: store.Finished, Stage: store.Active, Start: store.At(1772791200003), End: store.At(1772791220042),
	}
	if r.Head != want {
		t.Errorf("head %+v, want %+v", r.Head, want)
	}
	got := fmt.Sprint(r.ExperimentName, " ", r.ArtifactURI, " ", len(r.Params), len(r.Tags), len(r.Metrics))
	if want := "churn/sklearn-autolog mlruns/2/" + gridSearch + "/artifacts 12 9 8"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRunsOfUnusualNumbers(t *testing.T) {
	d := opened(t, labStore)
	r, err := d.Run(context.Background(), unusual)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]float64{
		"nan": math.NaN(), "pos_inf": math.Inf(1), "neg_inf": math.Inf(-1), "huge": 1.7e300, "tiny": 1e-300,
		"int-like": 3, "métrique:é 1": 0.5, "a/b/c.d-e f": 0,
	} {
		p, ok := r.Metrics[key]
		if !ok || p.Value != want && !(math.IsNaN(p.Value) && math.IsNaN(want)) {
			t.Errorf("%s: got %v, %t; want %v", key, p.Value, ok, want)
		}
	}
}

func TestRunByPrefix(t *testing.T) {
	d := edited(t, `INSERT INTO runs (run_uuid, lifecycle_stage, experiment_id) VALUES
		('abcd1', 'active', 1), ('abcd12', 'active', 1), ('abcd2', 'deleted', 1)`)
	for name, c := range map[string]struct {
		id, want string
		err      error
	}{
		"a whole id":                     {gridSearch, gridSearch, nil},
		"the start of one":               {gridSearch[:7], gridSearch, nil},
		"an id that also begins another": {"abcd1", "abcd1", nil},
		"the start of several":           {"abcd", "", store.ErrAmbiguous},
		"the start of a deleted run":     {"abcd2", "abcd2", nil},
		"a start of three characters":    {gridSearch[:3], "", store.ErrNotFound},
		"nobody's id":                    {"ffffffffffffffff", "", store.ErrNotFound},
		"no id":                          {"", "", store.ErrNotFound},
		"a pattern is no wildcard":       {"%%%%", "", store.ErrNotFound},
		"more than an id":                {gridSearch + "0", "", store.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := d.Run(context.Background(), c.id)
			if r.ID != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %q, %v; want %q, %v", r.ID, err, c.want, c.err)
			}
		})
	}
}

func TestNamesFallBackToTheTag(t *testing.T) {
	d := edited(t, `UPDATE runs SET name = NULL WHERE run_uuid = '`+gridSearch+`'`,
		`UPDATE runs SET name = '' WHERE run_uuid = '`+logreg+`'`,
		`UPDATE runs SET name = '' WHERE run_uuid = '`+evaluated+`'`,
		`DELETE FROM tags WHERE key = 'mlflow.runName' AND run_uuid = '`+evaluated+`'`)
	heads, err := d.HeadsOf(context.Background(), []string{gridSearch, logreg, evaluated, "unknown", logreg})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, h := range heads {
		got[h.ID] = h.Name
	}
	want := map[string]string{gridSearch: "autolog-gridsearch", logreg: "autolog-logreg", evaluated: ""}
	if !maps.Equal(got, want) || len(heads) != 3 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestChildrenAreOldestFirst(t *testing.T) {
	d := opened(t, labStore)
	for id, want := range map[string]string{
		gridSearch:  "overjoyed-asp-205 salty-asp-721 selective-kit-657 handsome-newt-457",
		sweepParent: "family-logreg family-random_forest family-xgb-like family-mlp family-svm-rbf family-late (running) family-queued (scheduled)",
		logreg:      "",
	} {
		heads, err := d.Children(context.Background(), id)
		var got []string
		for _, h := range heads {
			got = append(got, h.Name)
			if h.ParentID != id {
				t.Errorf("%s is a child of %s, want %s", h.Name, h.ParentID, id)
			}
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("children of %s: got %v, %v; want %s", id, got, err, want)
		}
	}
}

func TestARunOfManyThousandValues(t *testing.T) {
	many := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) `
	d := edited(t,
		many+`INSERT INTO tags (key, value, run_uuid) SELECT 'k' || i, i, '`+logreg+`' FROM n`,
		many+`INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) SELECT 'k' || i, i, i, i, 0, '`+logreg+`' FROM n`)
	runs, err := d.Runs(context.Background(), store.RunQuery{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, r := range runs {
		got["params"], got["tags"], got["metrics"] = got["params"]+len(r.Params), got["tags"]+len(r.Tags), got["metrics"]+len(r.Metrics)
	}
	count := func(table string) int {
		return int(integer(asked(t, d, `SELECT count(*) FROM `+table+` t JOIN runs r USING (run_uuid) WHERE lifecycle_stage = 'active'`)[0][0]))
	}
	want := map[string]int{"params": count("params"), "tags": count("tags"), "metrics": count("latest_metrics")}
	if !maps.Equal(got, want) || got["tags"] < 25000 {
		t.Errorf("got %v, want %v", got, want)
	}
	keys, err := d.Keys(context.Background(), store.MetricField)
	if err != nil || len(keys) != 25119 || !slices.IsSorted(keys) {
		t.Errorf("%d keys, %v; want 25119", len(keys), err)
	}
}

func TestCells(t *testing.T) {
	d := opened(t, labStore)
	fields := []store.Field{
		{Kind: store.MetricField, Key: "nan"},
		{Kind: store.MetricField, Key: "int-like"},
		{Kind: store.TagField, Key: "mlflow.user"},
		{Kind: store.ParamField, Key: "scoring"},
		{Kind: store.AttributeField, Key: "status"},
	}
	cells, err := d.Cells(context.Background(), []string{unusual, gridSearch, "unknown"}, fields)
	if err != nil {
		t.Fatal(err)
	}
	u, g := cells[unusual], cells[gridSearch]
	for name, c := range map[string]struct{ got, want any }{
		"runs":                    {len(cells), 2},
		"NaN":                     {math.IsNaN(u.Metrics["nan"].Value), true},
		"a number with its time":  {u.Metrics["int-like"], store.Point{Value: 3, Timestamp: 1777906860051}},
		"metrics that are absent": {len(g.Metrics), 0},
		"a param":                 {g.Params["scoring"], "None"},
		"a tag":                   {g.Tags["mlflow.user"], "ada"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
}

func TestKeysAndValues(t *testing.T) {
	d := edited(t, `INSERT INTO params (key, value, run_uuid) VALUES ('', 'of no name', '`+logreg+`')`)
	for kind, want := range map[store.FieldKind]int{store.MetricField: 119, store.ParamField: 95, store.TagField: 26} {
		keys, err := d.Keys(context.Background(), kind)
		if err != nil || len(keys) != want || !slices.IsSorted(keys) {
			t.Errorf("kind %d: %d keys, %v; want %d, sorted", kind, len(keys), err, want)
		}
	}
	for name, c := range map[string]struct {
		field store.Field
		part  string
		limit int
		want  string
	}{
		"statuses":           {store.Field{Key: "status"}, "", 10, "[FAILED FINISHED KILLED RUNNING SCHEDULED]"},
		"part of a status":   {store.Field{Key: "status"}, "ED", 10, "[FAILED FINISHED KILLED SCHEDULED]"},
		"few of many":        {store.Field{Key: "status"}, "FIN", 1, "[FINISHED]"},
		"a param":            {store.Field{Kind: store.ParamField, Key: "scoring"}, "on", 0, "[None]"},
		"a percent sign":     {store.Field{Kind: store.ParamField, Key: "scoring"}, "%", 0, "[]"},
		"a tag":              {store.Field{Kind: store.TagField, Key: "mlflow.source.type"}, "", 5, "[LOCAL]"},
		"a key that is none": {store.Field{Kind: store.TagField, Key: "none"}, "", 5, "[]"},
		"a metric":           {store.Field{Kind: store.MetricField, Key: "nan"}, "", 5, "[]"},
		"an empty key":       {store.Field{Kind: store.ParamField}, "", 5, "[of no name]"},
	} {
		t.Run(name, func(t *testing.T) {
			values, err := d.Values(context.Background(), c.field, c.part, c.limit)
			if got := fmt.Sprint(values); got != c.want || err != nil {
				t.Errorf("got %s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestExperiments(t *testing.T) {
	d := opened(t, labStore)
	desc := []search.Order{{Key: "name", Desc: true}}
	for name, c := range map[string]struct {
		query store.ExperimentQuery
		want  string
	}{
		"active ones, newest first": {store.ExperimentQuery{}, "[10 9 8 6 4 3 2 1 0 5]"},
		"deleted ones":              {store.ExperimentQuery{Stage: store.DeletedOnly}, "[7]"},
		"the first two by name":     {store.ExperimentQuery{Stage: store.AnyStage, Order: desc, Limit: 2}, "[6 4]"},
	} {
		found, err := d.Experiments(context.Background(), c.query)
		var ids []string
		for _, e := range found {
			ids = append(ids, e.ID)
		}
		if got := fmt.Sprint(ids); got != c.want || err != nil {
			t.Errorf("%s: got %s, %v; want %s", name, got, err, c.want)
		}
		for _, e := range found {
			if e.ID == "7" && (e.Tags["reason"] != "superseded" || e.Name != "legacy/deleted-experiment" || e.Created != store.At(1779267660003)) {
				t.Errorf("%s: got %+v", name, e)
			}
		}
	}
}

func TestActivity(t *testing.T) {
	d := opened(t, labStore)
	all, err := d.Activity(context.Background())
	if err != nil || len(all) != 11 {
		t.Fatalf("%d experiments, %v; want 11", len(all), err)
	}
	for id, want := range map[string]store.Activity{
		"0": {Runs: 2, Newest: store.At(1780300800018)},
		"1": {Runs: 49, Deleted: 1, Running: 1, Failed: 1, Newest: store.At(1769939147824)},
		"7": {Deleted: 2},
	} {
		if all[id] != want {
			t.Errorf("experiment %s: got %+v, want %+v", id, all[id], want)
		}
	}
}

func TestInputs(t *testing.T) {
	d := opened(t, labStore)
	inputs, err := d.Inputs(context.Background(), logreg)
	var got []string
	for _, in := range inputs {
		got = append(got, in.Name+" "+in.Digest+" "+in.Context)
	}
	want := []string{"churn-test 183446ed eval", "churn-train 311bc3b7 training", "dataset 12d042ed eval", "dataset d3906a70 train"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestLoggedModels(t *testing.T) {
	d := edited(t, `DELETE FROM inputs WHERE source_type = 'RUN_OUTPUT' AND source_id = '`+logreg+`'`)
	for name, c := range map[string]struct {
		run  string
		want []string
	}{
		"two that it wrote":           {gridSearch, []string{"model written", "best_estimator written"}},
		"one that it read and wrote":  {evaluated, []string{"churn-lr read", "churn-lr written"}},
		"one that only names its run": {logreg, []string{"model written"}},
		"none":                        {sweepParent, nil},
	} {
		t.Run(name, func(t *testing.T) {
			models, err := d.LoggedModels(context.Background(), c.run)
			var got []string
			for _, m := range models {
				got = append(got, m.Name+map[bool]string{true: " written", false: " read"}[m.Output])
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
	models, err := d.LoggedModels(context.Background(), logreg)
	if err != nil || len(models) != 1 {
		t.Fatalf("got %d models, %v; want 1", len(models), err)
	}
	m := models[0]
	got := fmt.Sprint(m.ID, m.Status, m.SourceRunID, m.Stage, m.Created.Millis(), " ", len(m.Params), len(m.Tags), len(m.Metrics), m.Tags["mlflow.user"])
	want := "m-b742a3393eb24244bbed9da876473e30" + "READY" + logreg + "active" + "1772445600006 23 3 8ada"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOldStores(t *testing.T) {
	for release, c := range map[string]struct {
		parent, live     string
		runs, all, input int
	}{
		"1.30.1": {"276c749092514e37936e18a4fd0c65a4", "bf3777532a9c4377a513375c121df7ab", 11, 13, 0},
		"2.9.2":  {"1435e009cb374968b61ae06909ea10e9", "77fcffa7224b4bf2b0deb330150abdfd", 12, 14, 1},
		"2.22.2": {"0b7d1ee1f03344da91dd9d2fd37318c8", "9735d5e0db3a44a88f7c664b222cdce6", 12, 14, 1},
	} {
		t.Run(release, func(t *testing.T) {
			ctx := context.Background()
			d := opened(t, "../../testdata/old/"+release+"/mlflow.db")
			active, err := d.Runs(ctx, store.RunQuery{})
			if err != nil || len(active) != c.runs {
				t.Fatalf("%d active runs, %v; want %d", len(active), err, c.runs)
			}
			page, err := d.Recent(ctx, store.RunQuery{Stage: store.AnyStage}, 100)
			if err != nil || len(page.Heads) != c.all {
				t.Errorf("%d runs, %v; want %d", len(page.Heads), err, c.all)
			}
			children, err := d.Children(ctx, c.parent)
			if err != nil || len(children) != 8 || children[7].Name != "child-7" {
				t.Errorf("%d children, %v; want 8 up to child-7", len(children), err)
			}
			live, err := d.Run(ctx, c.live)
			if err != nil || live.Status != store.Running || live.End.Set() || live.Name != "running one" {
				t.Errorf("got %+v, %v; want a run that is live", live.Head, err)
			}
			points := 0
			err = d.History(ctx, children[0].ID, "auc", func(p []store.Point) error { points += len(p); return nil })
			if n, also := d.Count(ctx, children[0].ID, "auc"); err != nil || also != nil || points != 15 || n != 15 {
				t.Errorf("%d points, counted %d, %v, %v; want 15", points, n, err, also)
			}
			if models, err := d.LoggedModels(ctx, c.parent); err != nil || len(models) != 0 {
				t.Errorf("%d models, %v; want none", len(models), err)
			}
			inputs := 0
			for _, r := range active {
				found, err := d.Inputs(ctx, r.ID)
				if err != nil {
					t.Error(err)
				}
				inputs += len(found)
			}
			if inputs != c.input {
				t.Errorf("%d inputs, want %d", inputs, c.input)
			}
			if found, err := d.Experiments(ctx, store.ExperimentQuery{}); err != nil || len(found) != 2 {
				t.Errorf("%d experiments, %v; want 2", len(found), err)
			}
		})
	}
}
