package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

const mutations = "../../testdata/mutations"

// writable copies the store that MLflow's golden calls begin with, and opens it.
func writable(t *testing.T) (*DB, string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(mutations, "base.db"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "mlflow.db")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return openCopy(t, path), path
}

func openCopy(t *testing.T, path string) *DB {
	t.Helper()
	d, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

var ada = store.Author{Name: "ada", Via: "test"}

// write does mutations as ada.
func write(t *testing.T, d *DB, m ...store.Mutation) store.Receipt {
	t.Helper()
	r, err := d.Write(context.Background(), store.Intent{By: ada, Reason: "a test", Mutations: m})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// goldenCall is what MLflow's client did, and the rows that it left.
type goldenCall struct {
	Name, Code string
	Error      *struct{ Message string }
	Diff       []goldenRow
}

type goldenRow struct {
	Table, Op string
	PK, Row   map[string]any
	Set       map[string][2]any
}

// calls are our spelling of MLflow's calls, by the golden name.
func calls(ids map[string]string) map[string][]store.Mutation {
	run, model := ids["r-finished"], ids["lm"]
	register := func(m store.RegisterVersion) store.Mutation {
		m.Source, m.RunID, m.Model = "runs:/"+run+"/model", run, "m1"
		return m
	}
	fluent := func(to string, tags map[string]string) store.Mutation {
		return store.RegisterVersion{Model: to, Source: "models:/" + model, MakeModel: true, Tags: tags}
	}
	long := func(n int) string { return strings.Repeat("v", n) }
	one := func(m store.Mutation) []store.Mutation { return []store.Mutation{m} }
	return map[string][]store.Mutation{
		"create_registered_model":                              one(store.CreateModel{Model: "m3", Tags: map[string]string{"a": "b"}, Description: "desc"}),
		"create_registered_model bare":                         one(store.CreateModel{Model: "m3"}),
		"create_registered_model duplicate":                    one(store.CreateModel{Model: "m1"}),
		"create_registered_model slash name":                   one(store.CreateModel{Model: "a/b"}),
		"create_registered_model colon name":                   one(store.CreateModel{Model: "a:b"}),
		"update_registered_model description":                  one(store.DescribeModel{Model: "m1", To: "new *text*"}),
		"rename_registered_model with versions, tags, aliases": one(store.RenameModel{Model: "m1", To: "m1-new"}),
		"rename_registered_model to existing":                  one(store.RenameModel{Model: "m1", To: "m2"}),
		"delete_registered_model":                              one(store.DeleteModel{Model: "m1"}),
		"delete_registered_model missing":                      one(store.DeleteModel{Model: "nope"}),
		"set_registered_model_tag new":                         one(store.TagModel{Model: "m1", Key: "task", Value: "cls"}),
		"set_registered_model_tag overwrite":                   one(store.TagModel{Model: "m1", Key: "owner", Value: "bob"}),
		"delete_registered_model_tag":                          one(store.UntagModel{Model: "m1", Key: "owner"}),
		"delete_registered_model_tag missing":                  one(store.UntagModel{Model: "m1", Key: "nope"}),
		"create_model_version runs:/":                          one(register(store.RegisterVersion{})),
		"create_model_version tags+description":                one(register(store.RegisterVersion{Tags: map[string]string{"a": "1"}, Description: "five"})),
		"create_model_version models:/m-id":                    one(store.RegisterVersion{Model: "m2", Source: "models:/" + model}),
		"create_model_version local path in run":               one(store.RegisterVersion{Model: "m1", Source: "mlruns/1/" + run + "/artifacts/model", RunID: run}),
		"create_model_version of missing model":                one(store.RegisterVersion{Model: "nope", Source: "runs:/" + run + "/model", RunID: run}),
		"create_model_version after deleting the highest":      {store.DeleteVersion{Model: "m1", Version: 4}, register(store.RegisterVersion{})},
		"copy_model_version":                                   one(store.RegisterVersion{Model: "m2", Source: "models:/m1/3"}),
		"update_model_version description":                     one(store.DescribeVersion{Model: "m1", Version: 2, To: "two **bold**"}),
		"set_model_version_tag new":                            one(store.TagVersion{Model: "m1", Version: 1, Key: "validated", Value: "yes"}),
		"set_model_version_tag overwrite":                      one(store.TagVersion{Model: "m1", Version: 3, Key: "n", Value: "99"}),
		"delete_model_version_tag":                             one(store.UntagVersion{Model: "m1", Version: 3, Key: "n"}),
		"delete_model_version_tag missing":                     one(store.UntagVersion{Model: "m1", Version: 3, Key: "nope"}),
		"set_registered_model_alias new":                       one(store.SetAlias{Model: "m1", Alias: "challenger", Version: 2}),
		"set_registered_model_alias move":                      one(store.SetAlias{Model: "m1", Alias: "champion", Version: 2}),
		"set_registered_model_alias reserved latest":           one(store.SetAlias{Model: "m1", Alias: "Latest", Version: 2}),
		"set_registered_model_alias reserved v1":               one(store.SetAlias{Model: "m1", Alias: "v1", Version: 2}),
		"set_registered_model_alias bad chars":                 one(store.SetAlias{Model: "m1", Alias: "a b", Version: 2}),
		"set_registered_model_alias missing version":           one(store.SetAlias{Model: "m1", Alias: "x", Version: 77}),
		"delete_registered_model_alias":                        one(store.DeleteAlias{Model: "m1", Alias: "champion"}),
		"delete_registered_model_alias missing":                one(store.DeleteAlias{Model: "m1", Alias: "nope"}),
		"transition stage None -> Staging":                     one(store.MoveStage{Model: "m1", Version: 1, To: "Staging"}),
		"transition stage lower case":                          one(store.MoveStage{Model: "m1", Version: 1, To: "pRoDuCtIoN"}),
		"transition stage archive_existing_versions":           one(store.MoveStage{Model: "m1", Version: 1, To: "Production", ArchiveExisting: true}),
		"transition stage to the same stage":                   one(store.MoveStage{Model: "m1", Version: 3, To: "Production", ArchiveExisting: true}),
		"transition stage archive_existing to Archived":        one(store.MoveStage{Model: "m1", Version: 1, To: "Archived", ArchiveExisting: true}),
		"transition stage invalid":                             one(store.MoveStage{Model: "m1", Version: 1, To: "Live"}),
		"delete_model_version with alias and tags":             one(store.DeleteVersion{Model: "m1", Version: 3}),
		"delete_model_version missing":                         one(store.DeleteVersion{Model: "m1", Version: 77}),
		"register_model models:/m-id (fluent)":                 one(fluent("m2", nil)),
		"register_model into a new name (fluent)":              one(fluent("fresh", map[string]string{"k": "v"})),
		"create_registered_model 257-char name":                one(store.CreateModel{Model: strings.Repeat("n", 257)}),
		"update_registered_model 5001-char description":        one(store.DescribeModel{Model: "m1", To: strings.Repeat("d", 5001)}),
		"update_model_version description empty":               one(store.DescribeVersion{Model: "m1", Version: 2}),
		"set_model_version_tag 100001 chars":                   one(store.TagVersion{Model: "m1", Version: 1, Key: "k", Value: long(100001)}),
		"set_registered_model_alias 256 chars":                 one(store.SetAlias{Model: "m1", Alias: strings.Repeat("a", 256), Version: 1}),
		"set_registered_model_alias same target":               one(store.SetAlias{Model: "m1", Alias: "champion", Version: 3}),
		"transition stage back to None":                        one(store.MoveStage{Model: "m1", Version: 3, To: "None"}),
		"transition stage of a deleted version":                {store.DeleteVersion{Model: "m1", Version: 2}, store.MoveStage{Model: "m1", Version: 2, To: "Staging"}},
		"alias to a deleted version":                           {store.DeleteVersion{Model: "m1", Version: 2}, store.SetAlias{Model: "m1", Alias: "x", Version: 2}},
		"rename_registered_model leaves source models:/old/1 of copies": {
			store.RegisterVersion{Model: "m2", Source: "models:/m1/3"}, store.RenameModel{Model: "m1", To: "m9"},
		},
		"delete_model_version twice": {store.DeleteVersion{Model: "m1", Version: 1}, store.DeleteVersion{Model: "m1", Version: 1}},
	}
}

// notOurs are golden calls that have no mutation: a description of None, which a
// text cannot say.
var notOurs = []string{"update_registered_model description None"}

// TestEachMutationLeavesTheRowsOfTheRealClient does each golden call and compares
// all rows of MLflow's tables, and whether it was refused.
func TestEachMutationLeavesTheRowsOfTheRealClient(t *testing.T) {
	golden := readGolden(t)
	ids := readIDs(t)
	ours := calls(ids)
	for _, g := range golden {
		if slices.Contains(notOurs, g.Name) {
			continue
		}
		t.Run(g.Name, func(t *testing.T) {
			muts, ok := ours[g.Name]
			if !ok {
				t.Fatal("the call has no mutation of ours")
			}
			d, path := writable(t)
			before, from := dump(t, path), time.Now().UnixMilli()
			var err error
			for _, m := range muts { // a transaction each, as the client has
				if err == nil {
					_, err = d.Write(context.Background(), store.Intent{By: ada, Mutations: []store.Mutation{m}})
				}
			}
			if (err != nil) != (g.Error != nil) {
				t.Fatalf("got error %v, want %v", err, g.Error)
			}
			if err != nil && !errors.Is(err, store.ErrInvalid) && !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the error %v is of no kind of package store", err)
			}
			got := normalised(rowDiff(before, dump(t, path)), from, time.Now().UnixMilli())
			want := normalised(g.Diff, 0, 0)
			if got != want {
				t.Errorf("rows\n got %s\nwant %s", got, want)
			}
			if n, err := d.VerifyLedger(context.Background()); err != nil {
				t.Errorf("the ledger holds %d lines: %v", n, err)
			}
		})
	}
	if want := len(golden) - len(notOurs); len(ours) != want {
		t.Errorf("%d calls of ours, %d golden ones", len(ours), want)
	}
}

func readGolden(t *testing.T) (all []goldenCall) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(mutations, "registry.json"))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	if err := d.Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func readIDs(t *testing.T) (ids map[string]string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(mutations, "base.ids.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &ids); err != nil {
		t.Fatal(err)
	}
	return ids
}

// keyed are the rows of MLflow's tables that a registry call may touch, with their
// primary keys.
var dumped = map[string][]string{
	"registered_models": {"workspace", "name"}, "registered_model_tags": {"workspace", "key", "name"},
	"registered_model_aliases": {"workspace", "name", "alias"}, "model_versions": {"workspace", "name", "version"},
	"model_version_tags": {"workspace", "key", "name", "version"}, "logged_model_tags": {"model_id", "tag_key"},
	"runs": {"run_uuid"}, "logged_models": {"model_id"}, "webhooks": {"webhook_id"}, "alembic_version": {"version_num"},
	"experiments": {"experiment_id"}, "tags": {"key", "run_uuid"},
}

// dump reads whole tables with a connection of its own, by spelled key.
func dump(t *testing.T, path string) map[string]map[string]any {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out := map[string]map[string]any{}
	for table := range dumped {
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			row := map[string]any{}
			for i, column := range columns {
				row[column] = value(values[i])
			}
			key := table
			for _, column := range dumped[table] {
				key += fmt.Sprintf("\x00%v", row[column])
			}
			out[key] = row
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func rowDiff(before, after map[string]map[string]any) (out []goldenRow) {
	for key, was := range before {
		table, _, _ := strings.Cut(key, "\x00")
		now, there := after[key]
		if !there {
			out = append(out, goldenRow{Table: table, Op: "delete", Row: was})
			continue
		}
		set := map[string][2]any{}
		for column, value := range now {
			if was[column] != value {
				set[column] = [2]any{was[column], value}
			}
		}
		if len(set) > 0 {
			pk := map[string]any{}
			for _, column := range dumped[table] {
				pk[column] = now[column]
			}
			out = append(out, goldenRow{Table: table, Op: "update", PK: pk, Set: set})
		}
	}
	for key, now := range after {
		if _, there := before[key]; !there {
			table, _, _ := strings.Cut(key, "\x00")
			out = append(out, goldenRow{Table: table, Op: "insert", Row: now})
		}
	}
	return out
}

var thirteen = regexp.MustCompile(`\b\d{13}\b`)

// normalised spells rows in an order of their own, with the times between from and
// to as <now>.
func normalised(rows []goldenRow, from, to int64) string {
	var lines []string
	for _, r := range rows {
		if r.Op != "update" {
			r.PK = nil
		}
		line, _ := json.Marshal(r)
		text := thirteen.ReplaceAllStringFunc(string(line), func(ms string) string {
			if n := json.Number(ms); to > 0 {
				if v, _ := n.Int64(); v >= from && v <= to {
					return `"\u003cnow\u003e"`
				}
			}
			return ms
		})
		lines = append(lines, text)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
