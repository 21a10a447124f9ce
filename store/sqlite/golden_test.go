package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

const mutationsBase = "testdata/mutations/base.db"

// golden is what one call of MLflow's direct client left (tools: the real
// client on base.db).
type golden struct {
	Name  string
	Code  string
	Error *struct{ Error_code, Message string }
	Diff  []rowChange
}

func goldens(t *testing.T) map[string]golden {
	t.Helper()
	all := map[string]golden{}
	for _, name := range []string{"golden.json", "runs.json"} {
		var list []golden
		load(t, "testdata/mutations/"+name, &list)
		for _, g := range list {
			all[g.Name] = g
		}
	}
	return all
}

func load(t *testing.T, path string, to any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, to); err != nil {
		t.Fatal(err)
	}
}

// notOurs are calls that no mutation is the same as.
var notOurs = map[string]string{
	"update_registered_model description None": "a description that is taken away is empty here, as in MLflow's interface",
	"register_model models:/m-id (fluent)":     "the fluent call also tags the logged model",
	"register_model into a new name (fluent)":  "the fluent call also tags the logged model",
	"update_run status+name":                   "a run is ended and renamed, each by itself",
	"set_terminated FAILED end_time":           "the end of a run that is ended here is now",
	"set_tag value 8001 chars":                 "a text is refused rather than cut, as MLflow does with MLFLOW_TRUNCATE_LONG_VALUES=false",
}

// ourWords are what is said where MLflow shows SQLite's error, or too little.
var ourWords = map[string]string{
	"create_experiment duplicate name":        "Experiment(name=alpha) already exists.",
	"create_experiment name of a deleted one": "Experiment(name=beta) already exists. (it is deleted)",
	"rename_experiment to existing name":      "Experiment(name=alpha) already exists.",
}

// calls are the mutations that do what the calls of the golden file did.
func calls(ids map[string]string) map[string][]store.Mutation {
	finished := "runs:/" + ids["r-finished"] + "/model"
	register := func(model string) store.RegisterVersion {
		return store.RegisterVersion{Model: model, Source: finished, RunID: ids["r-finished"]}
	}
	described := register("m1")
	described.Tags, described.Description = map[string]string{"a": "1"}, "five"
	local := register("m1")
	local.Source = "mlruns/1/" + ids["r-finished"] + "/artifacts/model"
	copied := store.RegisterVersion{
		Model: "m2", Source: "models:/m1/3", RunID: ids["r-finished"], Description: "version 3", Tags: map[string]string{"n": "2"},
	}
	return map[string][]store.Mutation{
		"create_registered_model":                                       {store.CreateModel{Model: "m3", Tags: map[string]string{"a": "b"}, Description: "desc"}},
		"create_registered_model bare":                                  {store.CreateModel{Model: "m3"}},
		"create_registered_model duplicate":                             {store.CreateModel{Model: "m1"}},
		"create_registered_model slash name":                            {store.CreateModel{Model: "a/b"}},
		"create_registered_model colon name":                            {store.CreateModel{Model: "a:b"}},
		"create_registered_model 257-char name":                         {store.CreateModel{Model: strings.Repeat("n", 257)}},
		"update_registered_model description":                           {store.DescribeModel{Model: "m1", To: "new *text*"}},
		"update_registered_model 5001-char description":                 {store.DescribeModel{Model: "m1", To: strings.Repeat("d", 5001)}},
		"rename_registered_model with versions, tags, aliases":          {store.RenameModel{Model: "m1", To: "m1-new"}},
		"rename_registered_model to existing":                           {store.RenameModel{Model: "m1", To: "m2"}},
		"rename_registered_model leaves source models:/old/1 of copies": {copied, store.RenameModel{Model: "m1", To: "m9"}},
		"delete_registered_model":                                       {store.DeleteModel{Model: "m1"}},
		"delete_registered_model missing":                               {store.DeleteModel{Model: "nope"}},
		"set_registered_model_tag new":                                  {store.TagModel{Model: "m1", Key: "task", Value: "cls"}},
		"set_registered_model_tag overwrite":                            {store.TagModel{Model: "m1", Key: "owner", Value: "bob"}},
		"delete_registered_model_tag":                                   {store.UntagModel{Model: "m1", Key: "owner"}},
		"delete_registered_model_tag missing":                           {store.UntagModel{Model: "m1", Key: "nope"}},
		"create_model_version runs:/":                                   {register("m1")},
		"create_model_version tags+description":                         {described},
		"create_model_version models:/m-id":                             {store.RegisterVersion{Model: "m2", Source: "models:/" + ids["lm"]}},
		"create_model_version local path in run":                        {local},
		"create_model_version of missing model":                         {register("nope")},
		"create_model_version after deleting the highest":               {store.DeleteVersion{Model: "m1", Version: 4}, register("m1")},
		"copy_model_version":                                            {copied},
		"update_model_version description":                              {store.DescribeVersion{Model: "m1", Version: 2, To: "two **bold**"}},
		"update_model_version description empty":                        {store.DescribeVersion{Model: "m1", Version: 2}},
		"set_model_version_tag new":                                     {store.TagVersion{Model: "m1", Version: 1, Key: "validated", Value: "yes"}},
		"set_model_version_tag overwrite":                               {store.TagVersion{Model: "m1", Version: 3, Key: "n", Value: "99"}},
		"set_model_version_tag 100001 chars":                            {store.TagVersion{Model: "m1", Version: 1, Key: "k", Value: strings.Repeat("v", 100001)}},
		"delete_model_version_tag":                                      {store.UntagVersion{Model: "m1", Version: 3, Key: "n"}},
		"delete_model_version_tag missing":                              {store.UntagVersion{Model: "m1", Version: 3, Key: "nope"}},
		"set_registered_model_alias new":                                {store.SetAlias{Model: "m1", Alias: "challenger", Version: 2}},
		"set_registered_model_alias move":                               {store.SetAlias{Model: "m1", Alias: "champion", Version: 2}},
		"set_registered_model_alias same target":                        {store.SetAlias{Model: "m1", Alias: "champion", Version: 3}},
		"set_registered_model_alias reserved latest":                    {store.SetAlias{Model: "m1", Alias: "Latest", Version: 2}},
		"set_registered_model_alias reserved v1":                        {store.SetAlias{Model: "m1", Alias: "v1", Version: 2}},
		"set_registered_model_alias bad chars":                          {store.SetAlias{Model: "m1", Alias: "a b", Version: 2}},
		"set_registered_model_alias missing version":                    {store.SetAlias{Model: "m1", Alias: "x", Version: 77}},
		"set_registered_model_alias 256 chars":                          {store.SetAlias{Model: "m1", Alias: strings.Repeat("a", 256), Version: 1}},
		"alias to a deleted version":                                    {store.DeleteVersion{Model: "m1", Version: 2}, store.SetAlias{Model: "m1", Alias: "x", Version: 2}},
		"delete_registered_model_alias":                                 {store.DeleteAlias{Model: "m1", Alias: "champion"}},
		"delete_registered_model_alias missing":                         {store.DeleteAlias{Model: "m1", Alias: "nope"}},
		"transition stage None -> Staging":                              {store.MoveStage{Model: "m1", Version: 1, To: "Staging"}},
		"transition stage lower case":                                   {store.MoveStage{Model: "m1", Version: 1, To: "pRoDuCtIoN"}},
		"transition stage archive_existing_versions":                    {store.MoveStage{Model: "m1", Version: 1, To: "Production", ArchiveExisting: true}},
		"transition stage to the same stage":                            {store.MoveStage{Model: "m1", Version: 3, To: "Production", ArchiveExisting: true}},
		"transition stage archive_existing to Archived":                 {store.MoveStage{Model: "m1", Version: 1, To: "Archived", ArchiveExisting: true}},
		"transition stage invalid":                                      {store.MoveStage{Model: "m1", Version: 1, To: "Live"}},
		"transition stage back to None":                                 {store.MoveStage{Model: "m1", Version: 3, To: "None"}},
		"transition stage of a deleted version":                         {store.DeleteVersion{Model: "m1", Version: 2}, store.MoveStage{Model: "m1", Version: 2, To: "Staging"}},
		"delete_model_version with alias and tags":                      {store.DeleteVersion{Model: "m1", Version: 3}},
		"delete_model_version missing":                                  {store.DeleteVersion{Model: "m1", Version: 77}},
		"delete_model_version twice":                                    {store.DeleteVersion{Model: "m1", Version: 1}, store.DeleteVersion{Model: "m1", Version: 1}},
	}
}

// kindsOfError are MLflow's codes as kinds of ours.
var kindsOfError = map[string]error{
	"RESOURCE_DOES_NOT_EXIST": store.ErrNotFound, "RESOURCE_ALREADY_EXISTS": store.ErrInvalid,
	"INVALID_PARAMETER_VALUE": store.ErrInvalid, "INTERNAL_ERROR": store.ErrInvalid,
	"BAD_REQUEST": store.ErrInvalid, "INVALID_STATE": store.ErrInvalid,
}

func by(name string) store.Author { return store.Author{Name: name, Via: "test"} }

// writable opens a store for changes.
func writable(t testing.TB, path string) *DB {
	t.Helper()
	d, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// writes does mutations, each a write of its own as the calls of a client are.
func writes(d *DB, all []store.Mutation) error {
	for _, m := range all {
		if _, err := d.Write(context.Background(), store.Intent{By: by("ada"), Mutations: []store.Mutation{m}}); err != nil {
			return err
		}
	}
	return nil
}

func TestChangesLeaveTheRowsOfMLflowsClient(t *testing.T) {
	var ids map[string]string
	load(t, "testdata/mutations/base.ids.json", &ids)
	sets := []map[string][]store.Mutation{calls(ids), runCalls(ids), logCalls(ids)} // a tag may be set by two
	before := dump(t, copied(t, mutationsBase, "mlflow.db"))
	for name, want := range goldens(t) {
		if notOurs[name] != "" {
			continue
		}
		tried := 0
		for _, ours := range sets {
			if ours[name] == nil {
				continue
			}
			tried++
			t.Run(fmt.Sprintf("%s/%d", name, tried), func(t *testing.T) { leaves(t, before, ours[name], want) })
		}
		if tried == 0 {
			t.Errorf("no mutation does %s: %s", name, want.Code)
		}
	}
}

// leaves holds what mutations do to what the client's call did.
func leaves(t *testing.T, before tables, ours []store.Mutation, want golden) {
	path := copied(t, mutationsBase, "mlflow.db")
	d := writable(t, path)
	start := time.Now()
	err := writes(d, ours)
	compareError(t, err, want)
	var expected []string
	for _, c := range want.Diff {
		// The client wrote the location with its own folder before it.
		expected = append(expected, strings.ReplaceAll(c.String(), "<root>/", ""))
	}
	slices.Sort(expected)
	got := atNow(diffed(before, dump(t, path)), start)
	if !slices.Equal(got, expected) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(expected, "\n"))
	}
}

func compareError(t *testing.T, err error, want golden) {
	t.Helper()
	if want.Error == nil {
		if err != nil {
			t.Fatalf("got %v; MLflow does it", err)
		}
		return
	}
	says, _, _ := strings.Cut(want.Error.Message, " Error: (raised")
	if w, ok := ourWords[want.Name]; ok {
		says = w
	}
	kind := kindsOfError[want.Error.Error_code]
	if !errors.Is(err, kind) || !strings.HasSuffix(err.Error(), ": "+says) {
		t.Errorf("got %v; want %v in MLflow's words: %s", err, kind, says)
	}
}
