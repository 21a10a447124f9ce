package inputs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"benchside/drift"
	"benchside/drift/cells"
)

func TestProjectionReadsOnlyWhatIsAskedFor(t *testing.T) {
	files := folder(t, realData)
	for _, name := range []string{"flights2013_reference.csv", "flights2013_reference.parquet"} {
		table := mustLoad(t, files, name, Options{Columns: []string{"dest", "temp", "temp"}, Leave: []string{"late"}})
		if got := fmt.Sprint(names(table.Columns)); got != "[dest temp]" || table.Rows != 2700 {
			t.Errorf("%s: got %d rows of %s", name, table.Rows, got)
		}
	}
}

func TestAFolderOfBatchesIsReadInTheOrderOfNames(t *testing.T) {
	files := written(t, map[string]string{
		"b/2.csv": "y,x\nb,3\n,4\n", "b/1.csv": "x,y\n1,a\n2,\n", "b/10.csv": "x,y\n9,z\n", "b/_SUCCESS": "", "b/.part.csv.crc": "?", "b/notes.md": "?",
	})
	set, err := Open(t.Context(), files, "b")
	if err != nil {
		t.Fatal(err)
	}
	table, err := set.Read(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	x, y := columnOf(t, table, "x"), columnOf(t, table, "y")
	if got := fmt.Sprint(x.Numbers, x.Storage, y.Texts.Codes, y.Texts.Labels); got != "[1 2 9 3 4] int64 [0 -1 1 2 -1] [a z b]" || set.Kind() != "folder of 3 files" {
		t.Errorf("got %s of a %s", got, set.Kind())
	}
	again := mustLoad(t, files, "b/", Options{})
	if again.Digest != table.Digest || !strings.HasPrefix(table.Digest, "sha256:") {
		t.Errorf("got the digests %s and %s", table.Digest, again.Digest)
	}
}

func TestTextsInALaterBatchMakeTheWholeColumnTexts(t *testing.T) {
	table := mustLoad(t, written(t, map[string]string{"b/1.csv": "x\n1\n02\n", "b/2.csv": "x\nthree\n"}), "b", Options{})
	if x := columnOf(t, table, "x"); fmt.Sprint(x.Texts.Labels) != "[1 02 three]" || len(x.Numbers) != 0 {
		t.Errorf("got %q and %v", x.Texts.Labels, x.Numbers)
	}
}

func TestJSONTablesKeepTheTypesOfTheirValues(t *testing.T) {
	files := written(t, map[string]string{
		"t.json":  `{"columns":["n","f","b","s","m","l"],"data":[[1,1.5,true,"1","a",[1]],[2,null,false,"NA",3,[2]],[3,2,null,"2024-01-01",true,null]]}`,
		"t.jsonl": `{"n":1}` + "\n" + `{"n":2,"late":"x"}` + "\n",
	})
	table := mustLoad(t, files, "t.json", Options{})
	for name, want := range map[string]string{
		"n": "int64 [1 2 3] [] 0", "f": "float64 [1.5 NaN 2] [] 1", "b": "bool [1 0 NaN] [] 1", "s": `string [] ["1" "NA" "2024-01-01"] 0`,
		"m": `string [] ["a" "3" "true"] 0`, "l": "other [] [] 0",
	} {
		c := columnOf(t, table, name)
		if got := fmt.Sprintf("%s %v %q %d", c.Storage, c.Numbers, c.Texts.Labels, c.Nulls); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if c := columnOf(t, table, "l"); c.Len() != 3 {
		t.Errorf("a column of lists has %d rows, not 3", c.Len())
	}
	if c := columnOf(t, mustLoad(t, files, "t.jsonl", Options{}), "late"); c.Len() != 2 || c.Texts.Codes[0] != drift.Missing {
		t.Errorf("a column that comes late: got %+v", c)
	}
}

// long is a CSV of rows with a number, half of them missing in the first half, and
// a text that is as many times as it is long.
func long(rows int) string {
	var b strings.Builder
	b.WriteString("x,s\n")
	for i := range rows {
		x := fmt.Sprint(i)
		if i < rows/2 && i%2 == 0 {
			x = ""
		}
		fmt.Fprintf(&b, "%s,t%d\n", x, i%97)
	}
	return b.String()
}

func TestATableBeyondTheBoundKeepsRowsWhole(t *testing.T) {
	const rows, kept = 20_000, 500
	files := written(t, map[string]string{"t.csv": long(rows)})
	table := mustLoad(t, files, "t.csv", Options{Rows: kept, Seed: 7})
	x, s := columnOf(t, table, "x"), columnOf(t, table, "s")
	if table.Rows != rows || table.Kept() != kept || x.Len() != kept || s.Len() != kept || table.Missing[0] != rows/4 || table.Missing[1] != 0 {
		t.Fatalf("got %d of %d rows, %v missing", table.Kept(), table.Rows, table.Missing)
	}
	late := 0
	for row, v := range x.Numbers {
		if math.IsNaN(v) {
			continue
		}
		if want := fmt.Sprintf("t%d", int(v)%97); s.Texts.Labels[s.Texts.Codes[row]] != want {
			t.Fatalf("row %d has %v and %s: the row was torn", row, v, s.Texts.Labels[s.Texts.Codes[row]])
		}
		if v >= rows/2 {
			late++
		}
	}
	if late < kept/3 || late > kept*2/3 || x.Nulls < kept/8 || x.Nulls > kept/2 {
		t.Errorf("%d rows of %d are of the second half and %d are missing: not a fair choice", late, kept, x.Nulls)
	}
	again := mustLoad(t, files, "t.csv", Options{Rows: kept, Seed: 7})
	other := mustLoad(t, files, "t.csv", Options{Rows: kept, Seed: 8})
	if same := fmt.Sprint(columnOf(t, again, "s").Texts.Codes) == fmt.Sprint(s.Texts.Codes); !same || fmt.Sprint(columnOf(t, other, "s").Texts.Codes) == fmt.Sprint(s.Texts.Codes) {
		t.Error("the choice does not depend on the seed alone")
	}
	first := mustLoad(t, files, "t.csv", Options{Rows: kept, First: true})
	if v := columnOf(t, first, "x").Numbers[kept-1]; v != kept-1 || first.Rows != rows || first.Notes[0] != "the first 500 of 20000 rows are compared" {
		t.Errorf("the first rows end with %v, %q", v, first.Notes)
	}
}

func TestParquetBeyondTheBoundKeepsTheRowsThatCSVKeeps(t *testing.T) {
	files := folder(t, realData)
	a := mustLoad(t, files, "flights2013_current.csv", Options{Rows: 900})
	b := mustLoad(t, files, "flights2013_current.parquet", Options{Rows: 900})
	for _, name := range []string{"temp", "dest", "late"} {
		x, y := columnOf(t, a, name), columnOf(t, b, name)
		text := func(c drift.Column, row int) string {
			if c.Storage == drift.String {
				return c.Texts.Labels[c.Texts.Codes[row]]
			}
			return fmt.Sprint(c.Numbers[row])
		}
		for row := range x.Len() {
			if text(x, row) != text(y, row) {
				t.Fatalf("%s, row %d: got %s from CSV and %s from Parquet", name, row, text(x, row), text(y, row))
			}
		}
	}
	if a.Rows != 8100 || b.Rows != 8100 || fmt.Sprint(a.Missing) != fmt.Sprint(b.Missing) {
		t.Errorf("got %d and %d rows, missing %v and %v", a.Rows, b.Rows, a.Missing, b.Missing)
	}
}

func TestTooManyTextsAreFreeText(t *testing.T) {
	c := newColumn("s", 1<<21, Options{})
	for i := range mostLabels + 100 {
		c.cell(fmt.Appendf(nil, "t%d", i))
	}
	if c.finish(); c.Kind != drift.Text || len(c.Texts.Labels) > mostLabels+1 || len(c.Texts.Codes) != mostLabels+100 {
		t.Errorf("got %s with %d texts and %d rows", c.Kind, len(c.Texts.Labels), len(c.Texts.Codes))
	}
}

func TestReadingEndsWhenItIsCancelled(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, name := range []string{"flights2013_reference.csv", "flights2013_reference.parquet"} {
		set, err := Open(t.Context(), folder(t, realData), name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := set.Read(ctx, Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// FuzzCSV holds a column read in one pass to pandas' rules over all of its cells.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"a\n1\n2\n", "a\n1\n\nx\n", "a\nTrue\n1\n", "a,b\n\"x\ny\",2\n", "a\n99999999999999999999\n", "\xff\xfea\x00\n\x001\x00", "a\n\xfc\n", "a;b\n1;2\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		files := written(t, map[string]string{"t.csv": string(content)})
		table, err := load(t, files, "t.csv", Options{})
		if err != nil {
			return
		}
		for _, c := range table.Columns {
			if c.Len() != table.Rows {
				t.Fatalf("column %q has %d of %d rows", c.Name, c.Len(), table.Rows)
			}
			if c.Storage != drift.String {
				continue
			}
			var s cells.Sniffer
			for _, code := range c.Texts.Codes {
				if code >= 0 {
					s.See([]byte(c.Texts.Labels[code]))
				} else {
					s.See(nil)
				}
			}
			if s.Storage() != drift.String {
				t.Errorf("column %q of %q is of texts and could be %s", c.Name, c.Texts.Labels, s.Storage())
			}
		}
	})
}

// FuzzJSON reads tables as MLflow logs them.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{`{"columns":["a"],"data":[[1],["x"]]}`, `[{"a":1},{"b":[1]}]`, `{"data":[[1e999]],"columns":["a"]}`, `{"columns":["a","a"],"data":[[{}],[null]]}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := load(t, written(t, map[string]string{"t.json": string(content)}), "t.json", Options{})
		if err != nil {
			return
		}
		for _, c := range table.Columns {
			if c.Len() != table.Rows {
				t.Fatalf("column %q has %d of %d rows", c.Name, c.Len(), table.Rows)
			}
		}
	})
}

// FuzzParquet reads damaged files.
func FuzzParquet(f *testing.F) {
	for _, name := range []string{"../testdata/truth/tables/ds_mixed_small.reference.parquet", "../testdata/truth/tables/timeline_month.reference.parquet"} {
		f.Add(readAll(f, name))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if bytes.Count(content, []byte("PAR1")) < 2 {
			return
		}
		table, err := load(t, written(t, map[string]string{"t.parquet": string(content)}), "t.parquet", Options{Rows: 5000})
		if err != nil {
			return
		}
		for _, c := range table.Columns {
			if c.Len() != min(table.Rows, 5000) {
				t.Fatalf("column %q has %d of %d rows", c.Name, c.Len(), table.Rows)
			}
		}
	})
}
