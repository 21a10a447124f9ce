package inputs

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"benchside/artifacts"
	"benchside/drift"
)

const realData = "../testdata/real"

// folder opens a folder of files.
func folder(t testing.TB, path string) *artifacts.Root {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	root, err := artifacts.Places{}.Open(full)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

// written puts texts into files of a folder.
func written(t testing.TB, texts map[string]string) *artifacts.Root {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return folder(t, dir)
}

func load(t testing.TB, files Files, name string, o Options) (Table, error) {
	t.Helper()
	set, err := Open(t.Context(), files, name)
	if err != nil {
		return Table{}, err
	}
	return set.Read(t.Context(), o)
}

func mustLoad(t testing.TB, files Files, name string, o Options) Table {
	t.Helper()
	table, err := load(t, files, name, o)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

type expected struct {
	Heatmap map[string]map[string]struct {
		Test                  *string
		Score, Threshold, PSI *float64
		Detected              *bool
	}
	Types map[string]string
}

// TestRealFilesEndAsEvidentlySays reads the two real sets from CSV and from
// Parquet, and holds every column's verdict and score to the expected ones.
func TestRealFilesEndAsEvidentlySays(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(realData, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var sets map[string]expected
	if err := json.Unmarshal(content, &sets); err != nil {
		t.Fatal(err)
	}
	files := folder(t, realData)
	for _, ext := range []string{".csv", ".parquet"} {
		for name, roles := range map[string]Roles{
			"flights2013": {"late": drift.Target, "late_proba": drift.Probability, "time_hour": drift.Timestamp},
			"census_ma":   {"employed": drift.Target, "predicted_probability": drift.Probability, "prediction": drift.Prediction, "year": drift.Timestamp},
		} {
			ref := mustLoad(t, files, name+"_reference"+ext, Options{})
			cur := mustLoad(t, files, name+"_current"+ext, Options{})
			if err := errors.Join(Give(ref.Columns, roles), Give(cur.Columns, roles)); err != nil {
				t.Fatal(err)
			}
			period := map[string]string{"flights2013": "month", "census_ma": "year"}[name]
			r, err := drift.Compare(t.Context(), ref.Columns, cur.Columns, drift.Options{MinRows: -1, Period: period})
			if err != nil {
				t.Fatal(err)
			}
			if n := checkFindings(t, name+ext, r, sets[name]); n < 16*10 && name == "flights2013" || n < 19*3 {
				t.Errorf("%s%s: only %d cells were checked", name, ext, n)
			}
		}
	}
}

func checkFindings(t *testing.T, what string, r drift.Report, want expected) (checked int) {
	t.Helper()
	for _, f := range r.Features {
		if f.DataType == "string" && want.Types[f.Name] == "num" { // Parquet keeps texts of digits, which are numbers in the CSV
			if f.Kind != "cat" || !strings.HasSuffix(what, ".parquet") {
				t.Errorf("%s: %s is %s", what, f.Name, f.Kind)
			}
			continue
		}
		if f.Kind != want.Types[f.Name] {
			t.Errorf("%s: %s is %s, want %s", what, f.Name, f.Kind, want.Types[f.Name])
		}
		whole := drift.Window{Label: "all", Status: f.Status, PSI: f.Measures.PSI}
		if f.Test != nil {
			whole.Test, whole.Score, whole.Threshold = f.Test.Name, f.Test.Score, f.Test.Threshold
		}
		for _, w := range append(f.Windows, whole) {
			c, ok := want.Heatmap[f.Name][w.Label]
			if !ok || c.Score == nil {
				continue
			}
			checked++
			if w.Test != *c.Test || (w.Status == drift.Drifted) != *c.Detected || !close10(w.Score, *c.Score) || !close10(w.PSI, *c.PSI) {
				t.Errorf("%s: %s %s: got %+v, want %s %v, PSI %v, drift %v", what, f.Name, w.Label, w, *c.Test, *c.Score, *c.PSI, *c.Detected)
			}
		}
	}
	return checked
}

func close10(got drift.Number, want float64) bool {
	return math.Abs(float64(got)-want) <= 1e-10*math.Abs(want)+1e-12
}

func readAll(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// columnOf finds one by name.
func columnOf(t testing.TB, table Table, name string) drift.Column {
	t.Helper()
	for _, c := range table.Columns {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no column %s in %v", name, names(table.Columns))
	return drift.Column{}
}

func TestBadInputGetsOneClearLine(t *testing.T) {
	parquet, err := os.ReadFile(filepath.Join(realData, "flights2013_reference.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	files := written(t, map[string]string{
		"empty.csv": "", "head.csv": "a,b\n", "ok.csv": "a,b\n1,x\n", "table.xyz": "a,b\n1,2\n", "packed.csv.gz": "\x1f\x8b",
		"cut.parquet": string(parquet[:len(parquet)-100]), "text.parquet": "no Parquet at all, but long enough",
		"late.csv": "a,b\n" + strings.Repeat("1,abcdefg\n", 9000) + "1,M\xfcller\n", "list.json": `[1, 2]`, "nul.csv": "a,b\n\x00\x00\x00,1\n",
		"mixed/a.csv": "a\n1\n", "mixed/b.json": "[]", "schemas/1.csv": "a,b\n1,2\n", "schemas/2.csv": "a,c\n1,2\n", "none/readme.md": "",
		"damaged.json": `{"columns": ["a"], "data": [[1], [2`,
	})
	for name, c := range map[string]struct {
		columns []string
		want    string
	}{
		"gone.csv":      {nil, "read gone.csv: no such file or directory"},
		"empty.csv":     {nil, "read empty.csv: there are no rows"},
		"head.csv":      {nil, "read head.csv: there are no rows"},
		"table.xyz":     {nil, "read table.xyz: not a table: the name ends in none of .csv, .tsv, .psv, .txt, .parquet, .json, .jsonl"},
		"packed.csv.gz": {nil, "read packed.csv.gz: not read: it is packed (.gz): unpack it first"},
		"cut.parquet":   {nil, "read cut.parquet: damaged: the file does not end as Parquet does: it is cut, or still being written"},
		"text.parquet":  {nil, "read text.parquet: damaged: the file does not end as Parquet does: it is cut, or still being written"},
		"ok.csv":        {[]string{"B"}, `read ok.csv: no such column: "B"; there is "b"`},
		"late.csv":      {nil, `read late.csv: column b, row 9001: "M\xfcller" is no UTF-8: convert the file first, as iconv -f LATIN1 -t UTF-8 does`},
		"list.json":     {nil, "read list.json: not a table: the JSON is no list of objects"},
		"nul.csv":       {nil, "read nul.csv: not a table: the text holds NUL bytes"},
		"mixed":         {nil, "read mixed: not a table: the folder has both .csv and .json files"},
		"schemas":       {nil, `read schemas: 2.csv: no such column: "b", which the files before have`},
		"none":          {nil, "read none: not a table: the folder has no CSV, Parquet or JSON file, and no _delta_log"},
		"damaged.json":  {nil, "read damaged.json: read row 2: damaged JSON: the file ends at byte 35 inside of a value"},
		"ok.csv@v3":     {nil, "read ok.csv@v3: only a Delta table has versions"},
		"../passwd.csv": {nil, "read ../passwd.csv: path escapes from parent"},
	} {
		_, err := load(t, files, name, Options{Columns: c.columns})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestWhatIsUnusualIsNoted(t *testing.T) {
	for what, c := range map[string]struct {
		text, want string
		storage    drift.Storage // of a
	}{
		"a duplicate header":   {"a,a\n1,2\n", "columns whose name was there before, numbered: 1", drift.Int},
		"mixed types":          {"a\n1\n2\nx\n3\n", `column a is read as text: it holds numbers, and "x" in row 3`, drift.String},
		"booleans, then text":  {"a\nTrue\nmaybe\n", `column a is read as text: it holds booleans, and "maybe" in row 2`, drift.String},
		"numbers of 65 bits":   {"a\n-1\n18446744073709551615\n", "column a is read as text: its whole numbers do not fit into 64 bits", drift.String},
		"no value at all":      {"a,b\n,1\nNA,2\n", "column a has no value in any row", drift.Float},
		"another encoding":     {"a\nM\xfcller\n", "the text is no UTF-8: read as Latin-1", drift.String},
		"ragged rows":          {"a,b\n1\n1,2,3\n1,2\n", "1 rows have fewer cells than the header, 1 more: the first is row 1", drift.Int},
		"a choice of the rows": {"a\n1\n2\n3\n4\n5\n6\n", "a random choice of 5 of 6 rows is compared", drift.Int},
	} {
		table := mustLoad(t, written(t, map[string]string{"t.csv": c.text}), "t.csv", Options{Rows: 5})
		found := false
		for _, n := range table.Notes {
			found = found || strings.HasSuffix(n, c.want)
		}
		if got := columnOf(t, table, "a").Storage; !found || got != c.storage {
			t.Errorf("%s: got %s and the notes %q, want %s and %q", what, got, table.Notes, c.storage, c.want)
		}
	}
}
