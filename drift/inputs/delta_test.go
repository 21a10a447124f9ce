package inputs

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"benchside/artifacts/tables"
	"benchside/drift"
)

const deltas = "testdata/delta"

func TestDeltaTablesAreReadAtAVersion(t *testing.T) {
	files := folder(t, deltas)
	for name, c := range map[string]struct {
		rows    int
		columns string
		sum     float64 // of id
		kind    string
	}{
		"flights":           {100, "[id delay carrier gate]", 5950, "Delta table, version 4"}, // behind a checkpoint
		"flights@v4":        {100, "[id delay carrier gate]", 5950, "Delta table, version 4"},
		"flights@v3":        {90, "[id delay carrier gate]", 4905, "Delta table, version 3"},  // the checkpoint itself: 10 rows were deleted
		"flights/@v2":       {100, "[id delay carrier gate]", 4950, "Delta table, version 2"}, // before it
		"flights?version=1": {80, "[id delay carrier]", 3160, "Delta table, version 1"},
		"flights@v0":        {50, "[id delay carrier]", 1225, "Delta table, version 0"},
	} {
		set, err := Open(t.Context(), files, name)
		if err != nil {
			t.Fatal(err)
		}
		table, err := set.Read(t.Context(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, v := range columnOf(t, table, "id").Numbers {
			sum += v
		}
		if got := fmt.Sprint(names(table.Columns)); table.Rows != c.rows || got != c.columns || sum != c.sum || set.Kind() != c.kind {
			t.Errorf("%s: got %d rows of %s, ids that add up to %v, %s; want %+v", name, table.Rows, got, sum, set.Kind(), c)
		}
		if !strings.HasPrefix(table.Digest, "delta:") {
			t.Errorf("%s: got the digest %s", name, table.Digest)
		}
	}
}

func TestAColumnThatWasAddedLaterIsMissingBefore(t *testing.T) {
	table := mustLoad(t, folder(t, deltas), "flights", Options{Columns: []string{"gate", "delay"}})
	gate, delay := columnOf(t, table, "gate"), columnOf(t, table, "delay")
	if s := drift.Summarise(gate, drift.Categorical); s.Missing != 70 || s.Distinct != 6 {
		t.Errorf("gate: got %d missing and %d distinct, want 70 and 6", s.Missing, s.Distinct)
	}
	if delay.Storage != drift.Float || delay.Nulls != 15 {
		t.Errorf("delay: got %s with %d nulls", delay.Storage, delay.Nulls)
	}
}

func TestPartitionsAreColumns(t *testing.T) {
	table := mustLoad(t, folder(t, deltas), "regions", Options{})
	region := drift.Summarise(columnOf(t, table, "region"), drift.Categorical)
	day := drift.Summarise(columnOf(t, table, "day"), drift.Datetime)
	if region.Rows != 60 || region.Missing != 20 || region.Top[0].Label != "a b/ö" || region.Top[1].Label != "north" {
		t.Errorf("region: got %+v", region)
	}
	if day.First != "2024-01-01T00:00:00Z" || day.Last != "2024-01-03T00:00:00Z" {
		t.Errorf("day: got %s to %s", day.First, day.Last)
	}
}

func TestDeltaTablesThatAreNotReadSayWhy(t *testing.T) {
	const meta = `{"metaData":{"id":"a","schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"x\",\"type\":\"long\"}]}","configuration":{%s}}}` + "\n"
	const first = "_delta_log/00000000000000000000.json"
	plain := `{"protocol":{"minReaderVersion":1}}` + "\n" + fmt.Sprintf(meta, "")
	for want, logs := range map[string]map[string]string{
		"not read: the Delta table asks for readers of version 4, and ours is 3": {first: `{"protocol":{"minReaderVersion":4}}` + "\n" + fmt.Sprintf(meta, "")},
		`not read: the Delta table has the feature "variantType"`:                {first: `{"protocol":{"minReaderVersion":3,"readerFeatures":["variantType"]}}` + "\n" + fmt.Sprintf(meta, "")},
		`not read: the Delta table maps its columns by "name"`:                   {first: `{"protocol":{"minReaderVersion":2}}` + "\n" + fmt.Sprintf(meta, `"delta.columnMapping.mode":"name"`)},
		"there are no rows in version 0 of the Delta table":                      {first: plain},
		`not read: the file "s3://bucket/x.parquet" of the Delta table is not in its folder`: {
			first: plain + `{"add":{"path":"s3://bucket/x.parquet"}}`,
		},
		`not read: the file "../../x.parquet" of the Delta table is not in its folder`: {first: plain + `{"add":{"path":"../../x.parquet"}}`},
		`not read: the file "%2e%2e/x.parquet" of the Delta table is not in its folder`: {
			first: plain + `{"add":{"path":"%2e%2e/x.parquet"}}`,
		},
		"_delta_log: 00000000000000000000.json: damaged: line 1 is no action": {first: "{"},
		"_delta_log: damaged: it has no schema or no protocol":                {first: `{"commitInfo":{}}`},
		"damaged: _delta_log has no commit":                                   {"_delta_log/x.json": "{}"},
		"_delta_log: version 2 needs the commit 1, which is not there any more": {
			first: plain, "_delta_log/00000000000000000002.json": "{}",
		},
		"_delta_log: not read: version 2 needs a checkpoint of the form v2": {
			"_delta_log/00000000000000000001.checkpoint.1b-2c.parquet": "", "_delta_log/00000000000000000002.json": "{}",
		},
		"x.parquet: no such file or directory": {first: plain + `{"add":{"path":"x.parquet"}}` + "\n" + `{"add":{"path":"y.parquet"}}`},
	} {
		texts := map[string]string{}
		for name, text := range logs {
			texts["t/"+name] = text
		}
		_, err := load(t, written(t, texts), "t", Options{})
		if err == nil || err.Error() != "read t: "+want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := load(t, folder(t, deltas), "flights@v9", Options{})
	if err == nil || err.Error() != "read flights@v9: the Delta table has no version 9: the newest is 4" {
		t.Errorf("got %v", err)
	}
	_, err = load(t, folder(t, deltas), "marked", Options{})
	if err == nil || !strings.Contains(err.Error(), "has deletion vectors: REORG TABLE") {
		t.Errorf("got %v, want a word about deletion vectors", err)
	}
	if table, err := load(t, folder(t, deltas), "marked@v3", Options{}); err != nil || table.Rows != 90 {
		t.Errorf("a version before the deletion vector: got %d rows, %v", table.Rows, err)
	}
}

// FuzzDeltaLog replays logs that nobody wrote.
func FuzzDeltaLog(f *testing.F) {
	commits, err := filepath.Glob(deltas + "/*/_delta_log/*.json")
	if err != nil || len(commits) == 0 {
		f.Fatal(commits, err)
	}
	for _, name := range commits {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Add([]byte(`{"add":{"path":"a"}}` + "\n" + `{"remove":{"path":"a"}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		s := &snapshot{files: map[string]*fileAction{}}
		if s.actions(t.Context(), bytes.NewReader(content)) != nil || s.check() != nil {
			return
		}
		for _, key := range slices.Sorted(maps.Keys(s.files)) {
			if name, err := inFolder("t", s.files[key].Path); err == nil && (!strings.HasPrefix(name, "t/") || strings.Contains(name, "/../")) {
				t.Errorf("%q leaves the folder", name)
			}
		}
	})
}

// FuzzCheckpoint reads checkpoints that were damaged.
func FuzzCheckpoint(f *testing.F) {
	names, err := filepath.Glob(deltas + "/*/_delta_log/*.checkpoint.parquet")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := tables.OpenParquet(t.Context(), bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		if n, _ := table.Count(); n > 10_000 {
			return
		}
		s := &snapshot{files: map[string]*fileAction{}}
		if s.added(t.Context(), table) == nil && s.described(t.Context(), table) == nil {
			_ = s.check() // must not panic
		}
	})
}
