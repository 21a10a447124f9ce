package tables

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestJSONTablesAreReadInEachOfTheirForms(t *testing.T) {
	for name, c := range map[string]struct {
		file, json string
		columns    []string
		rows       [][]string
	}{
		"columns and data": {
			"x.json", `{"columns":["a","b"],"data":[[1,"x"],[null,{"k":[1,2]}]]}`,
			[]string{"a integer", "b nested"},
			[][]string{{"1", "x"}, {"∅", `8:{"k":[1,2]}`}},
		},
		"data before columns, an index": {
			"x.json", ` { "index" : [0,1], "data":[ [1, "]"] ,[2,"\""]], "columns":["a", 5]}`,
			[]string{"a integer", "5 text"},
			[][]string{{"1", "]"}, {"2", `"`}},
		},
		"a list of objects": {
			"x.json", `[{"a":1,"b":true},{"b":false,"c":"2024-01-31T00:00:00.000"}]`,
			[]string{"a integer", "b bool", "c time"},
			[][]string{{"1", "true", "∅"}, {"∅", "false", "2024-01-31T00:00:00.000"}},
		},
		"an object a line": {
			"x.jsonl", "{\"a\":1.5}\n\n {\"a\":-2e3,\"b\":\"\\u00fc\\n\"} \r\n",
			[]string{"a number", "b text"},
			[][]string{{"1.5", "∅"}, {"-2e3", "ü\n"}},
		},
		"NaN and infinities as Python writes them": {
			"x.jsonl", `{"a":NaN}` + "\n" + `{"a":-Infinity}`,
			[]string{"a number"},
			[][]string{{"2:NaN"}, {"4:-Infinity"}},
		},
		"no rows": {"x.json", `{"columns":["a"],"data":[]}`, []string{"a unknown"}, nil},
	} {
		table := openBytes(t, c.file, []byte(c.json))
		rows := all(t, table)
		expect(t, name+": columns", names(table.Columns()), c.columns)
		expect(t, name+": rows", texts(rows), c.rows)
	}
}

func TestJSONThatIsNoTableSaysSo(t *testing.T) {
	for _, text := range []string{`{"a":1}`, `[1,2]`, `"x"`, `{"columns":["a"]}`, `{}`, `3`} {
		_, err := Open(context.Background(), "x.json", strings.NewReader(text), int64(len(text)))
		if !errors.Is(err, ErrNotTable) {
			t.Errorf("%s: got %v, want %v", text, err, ErrNotTable)
		}
	}
}

func TestRowsBeforeTheDamageAreShown(t *testing.T) {
	text := `{"columns":["a"],"data":[[1],[2],[3`
	table := openBytes(t, "x.json", []byte(text))
	rows, err := table.Rows(context.Background(), nil, 0, 10)
	if len(rows) != 2 || !errors.Is(err, ErrDamaged) {
		t.Errorf("got %d rows and %v, want 2 and %v", len(rows), err, ErrDamaged)
	}
	if notes := strings.Join(table.Notes(), "; "); !strings.Contains(notes, "row 3") {
		t.Errorf("got notes %q, want that row 3 cannot be read", notes)
	}
}

func TestALineThatIsHalfWrittenIsNoRowYet(t *testing.T) {
	ctx := context.Background()
	whole := []byte("{\"a\":1}\n{\"a\":22}\n{\"a\":3}\n")
	for cut := 0; cut < len(whole); cut++ {
		table, err := OpenJSONLines(ctx, bytes.NewReader(whole), int64(cut))
		if err != nil {
			t.Fatal(err)
		}
		if err := table.Grow(ctx, int64(len(whole))); err != nil {
			t.Fatal(err)
		}
		if err := table.Index(ctx, nil); err != nil {
			t.Fatal(err)
		}
		expect(t, fmt.Sprintf("grown from %d bytes", cut), texts(all(t, table)), [][]string{{"1"}, {"22"}, {"3"}})
	}
}

func TestDeepAndLongJSONIsBounded(t *testing.T) {
	ctx := context.Background()
	deep := `{"columns":["a"],"data":[[` + strings.Repeat("[", 1_000_000)
	table := openBytes(t, "x.json", []byte(deep))
	if _, err := table.Rows(ctx, nil, 0, 1); !errors.Is(err, ErrTooBig) {
		t.Errorf("deep: got %v, want %v", err, ErrTooBig)
	}
	long := `{"columns":["a"],"data":[["` + strings.Repeat("x", 10<<20) + `"]]}`
	rows := all(t, openBytes(t, "x.json", []byte(long)))
	if v := rows[0][0]; len(v.Text) > MostCellBytes || v.Whole != 10<<20+2 {
		t.Errorf("long: got %d bytes of %d, want at most %d of %d", len(v.Text), v.Whole, MostCellBytes, 10<<20+2)
	}
}

func FuzzJSONTable(f *testing.F) {
	for _, name := range labFiles(f, "4/*/artifacts/tables/*.json") {
		f.Add(readFile(f, name), false)
	}
	f.Add([]byte("{\"a\":1}\n{\"a\":\"\\ud83d\\ude00\"}\n[1,{\"x\":[]}]"), true)
	f.Add([]byte(`[{"a":NaN},{"b":-Infinity}]`), false)
	f.Add([]byte(`{"data":[[1,`), false)
	f.Fuzz(func(t *testing.T, b []byte, lines bool) {
		ctx := context.Background()
		open := OpenJSON
		if lines {
			open = OpenJSONLines
		}
		table, err := open(ctx, bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		checkTable(t, table)
		if table.Index(ctx, nil) != nil {
			return
		}
		rows := all(t, table)
		if n, whole := table.Count(); !whole || int64(len(rows)) != n {
			t.Errorf("counted %d rows, all %t, read %d", n, whole, len(rows))
		}
	})
}
