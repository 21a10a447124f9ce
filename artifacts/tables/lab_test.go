package tables

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const lab = "../../testdata/lab/mlruns"

// labFiles returns the files of the lab store whose path matches.
func labFiles(t testing.TB, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(lab, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("no file of the lab matches %s: %v", pattern, err)
	}
	return found
}

// openFile opens a table of a file and closes it at the end of the test.
func openFile(t testing.TB, name string) Table {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return openBytes(t, filepath.Base(name), b)
}

func openBytes(t testing.TB, name string, b []byte) Table {
	t.Helper()
	opened, err := Open(context.Background(), name, bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return opened
}

// all returns all rows of a table.
func all(t testing.TB, table Table) [][]Value {
	t.Helper()
	rows, err := table.Rows(context.Background(), nil, 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// texts is what rows look like.
func texts(rows [][]Value) [][]string {
	var out [][]string
	for _, row := range rows {
		var line []string
		for _, v := range row {
			switch v.Kind {
			case Missing:
				line = append(line, "∅"+v.Text)
			case Finite, Truth, Word, Instant:
				line = append(line, v.Text)
			default:
				line = append(line, fmt.Sprintf("%d:%s", v.Kind, v.Text))
			}
		}
		out = append(out, line)
	}
	return out
}

func names(columns []Column) []string {
	var out []string
	for _, c := range columns {
		out = append(out, c.Name+" "+c.Type.String())
	}
	return out
}

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%q", got), fmt.Sprintf("%q", want); g != w {
		t.Errorf("%s:\ngot  %s\nwant %s", what, g, w)
	}
}

func TestTheLabsTablesReadAsTheyWereLogged(t *testing.T) {
	for name, c := range map[string]struct {
		file    string
		columns []string
		rows    [][]string
	}{
		"quotes, a newline inside, umlauts": {
			"4/*/artifacts/tables/quoted.csv",
			[]string{"k text", "v integer"},
			[][]string{{"quoted, comma", "1"}, {"line\nbreak", "2"}, {"ünï", "3"}},
		},
		"tabs": {"4/*/artifacts/tables/plain.tsv", []string{"k text", "v integer"}, [][]string{{"a", "1"}}},
		"a table that MLflow logged": {
			"4/*/artifacts/tables/eval.json",
			[]string{"prompt text", "answer text", "score number", "ok bool"},
			[][]string{
				{"q0a", "a0 — ünï", "0.0", "true"},
				{"q0b", "line1\nline2", "∅", "false"},
				{"q1a", "a1 — ünï", "0.1", "true"},
				{"q1b", "line1\nline2", "∅", "false"},
				{"q2a", "a2 — ünï", "0.2", "true"},
				{"q2b", "line1\nline2", "∅", "false"},
			},
		},
	} {
		table := openFile(t, labFiles(t, c.file)[0])
		expect(t, name+": columns", names(table.Columns()), c.columns)
		expect(t, name+": rows", texts(all(t, table)), c.rows)
		if n, whole := table.Count(); n != int64(len(c.rows)) || !whole {
			t.Errorf("%s: got %d rows, whole %t, want %d and all", name, n, whole, len(c.rows))
		}
		if notes := table.Notes(); len(notes) > 0 {
			t.Errorf("%s: nothing is unusual, but it says %q", name, notes)
		}
	}
}

func TestImagesInATableAreRecognised(t *testing.T) {
	table := openFile(t, labFiles(t, "4/*/artifacts/tables/with_images.json")[0])
	for i, row := range all(t, table) {
		image, ok := PictureOf(row[0])
		if !ok || filepath.Dir(image.Path) != "table_images/tables/with_images" || filepath.Ext(image.Small) != ".webp" {
			t.Errorf("row %d: got %+v, %t, want an image and its WebP below table_images", i, image, ok)
		}
		expect(t, "the cell beside it", row[1].Text, fmt.Sprint(i))
	}
}

// sameValues compares two tables by what their values mean.
func sameValues(t *testing.T, a, b Table) {
	t.Helper()
	left, right := all(t, a), all(t, b)
	if len(left) != len(right) || len(left) == 0 {
		t.Fatalf("got %d rows, want %d and some", len(left), len(right))
	}
	for i := range left {
		for j := range left[i] {
			x, y := left[i][j], right[i][j]
			if Compare(x, y) != 0 {
				t.Fatalf("row %d, %s: got %+v, want %+v", i+1, a.Columns()[j].Name, x, y)
			}
		}
	}
}

func TestCSVAndParquetOfAMonthHoldEqualValues(t *testing.T) {
	pairs := 0
	for _, parquet := range slices.Concat(labFiles(t, "5/*/artifacts/data/*.parquet"), labFiles(t, "4/*/artifacts/snapshots/features*.parquet")) {
		csv := parquet[:len(parquet)-len(".parquet")] + ".csv"
		if filepath.Base(csv) == "features_zstd.csv" {
			csv = filepath.Join(filepath.Dir(csv), "features.csv")
		}
		if _, err := os.Stat(csv); err != nil {
			continue
		}
		pairs++
		t.Run(parquet, func(t *testing.T) { sameValues(t, openFile(t, csv), openFile(t, parquet)) })
	}
	if pairs < 10 {
		t.Errorf("compared %d pairs, want at least 10", pairs)
	}
}
