package tables

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// parquets are the Parquet files of the lab and of the truth tables, which pandas
// wrote.
func parquets(t testing.TB) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"../../testdata/lab/mlruns/*/*/artifacts/*/*.parquet", "../../drift/testdata/real/*.parquet", "../../drift/testdata/truth/tables/*.parquet"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, names, err)
		}
		all = append(all, names...)
	}
	return all
}

// sameAsValues holds the chunks of each column to its values one by one.
func sameAsValues(ctx context.Context, t testing.TB, table Columnar) error {
	t.Helper()
	for i, column := range table.Columns() {
		if column.Type == Nested {
			continue
		}
		var got []string
		err := table.Chunks(ctx, i, func(c *Chunk) error {
			nulls := 0
			for row := range c.Rows {
				switch {
				case c.Numbers != nil:
					got = append(got, fmt.Sprint(c.Numbers[row]))
				case c.Codes[row] == Absent:
					nulls++
					got = append(got, "NaN")
				default:
					got = append(got, string(c.Word(c.Codes[row])))
				}
			}
			if c.Numbers == nil && nulls != c.Nulls {
				return fmt.Errorf("column %s: %d nulls are counted, and %d are there", column.Name, c.Nulls, nulls)
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = table.Scan(ctx, []int{i}, 0, func(row int64, values []Value) (bool, error) {
			want := values[0].Text
			switch {
			case values[0].Kind == Instant:
				want = fmt.Sprint(values[0].Number * 1000)
			case column.Type != Text || values[0].Kind == Missing:
				want = fmt.Sprint(values[0].Float())
			}
			if row >= int64(len(got)) || got[row] != want && !near(got[row], want) {
				return false, fmt.Errorf("column %s, row %d: the chunks have %.40q and the values %q", column.Name, row, got[min(row, int64(len(got)-1)):min(row+1, int64(len(got)))], want)
			}
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// near takes times for equal whose parts of a millisecond were rounded otherwise.
func near(a, b string) bool {
	var x, y float64
	if n, err := fmt.Sscan(a+" "+b, &x, &y); n != 2 || err != nil {
		return false
	}
	return math.Abs(x-y) <= 1e-12*math.Abs(x)
}

func TestChunksHoldWhatTheValuesOfAColumnAre(t *testing.T) {
	for _, name := range parquets(t) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		table, err := OpenParquet(t.Context(), bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(name, err)
		}
		if err := sameAsValues(t.Context(), t, table); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChunksOfWhatIsNotThere(t *testing.T) {
	content, err := os.ReadFile(parquets(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	table, err := OpenParquet(t.Context(), bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	each := func(*Chunk) error { return nil }
	if err := table.Chunks(t.Context(), 4000, each); err == nil {
		t.Error("a column that is not there was read")
	}
	if err := table.Inside(t.Context(), []string{"add", "path"}, each); !errors.Is(err, ErrNoPart) {
		t.Errorf("got %v, want %v", err, ErrNoPart)
	}
	cancelled, stop := context.WithCancel(t.Context())
	stop()
	if err := table.Chunks(cancelled, 0, each); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it to end", err)
	}
	stopped := errors.New("enough")
	if err := table.Chunks(t.Context(), 0, func(*Chunk) error { return stopped }); !errors.Is(err, stopped) {
		t.Errorf("got %v, want the caller's error", err)
	}
}

func TestCellsAreWhatIsWritten(t *testing.T) {
	for what, c := range map[string]struct {
		text string
		want string
	}{
		"quotes are taken off":     {"a,b\n\"x, \"\"y\"\"\",1\n", `[["x, \"y\"" "1"]]`},
		"an NA stays what it is":   {"a,b\nNA,\n", `[["NA" ""]]`},
		"short and long rows":      {"a,b\n1\n1,2,3\n", `[["1"] ["1" "2" "3"]]`},
		"Latin-1 becomes UTF-8":    {"a,b\nM\xfcller,1\n", `[["Müller" "1"]]`},
		"a row without an end":     {"a,b\nx,y", `[["x" "y"]]`},
		"a line break in a quote":  {"a,b\n\"x\ny\",1\n", `[["x\ny" "1"]]`},
		"no row":                   {"a,b\n", `[]`},
		"a mark of the byte order": {"\xef\xbb\xbfa,b\nx,1\n", `[["x" "1"]]`},
	} {
		table, err := OpenCSV(t.Context(), bytes.NewReader([]byte(c.text)), int64(len(c.text)), 0)
		if err != nil {
			t.Fatal(what, err)
		}
		rows := [][]string{}
		err = table.Cells(t.Context(), func(row int64, cells [][]byte) error {
			var texts []string
			for _, cell := range cells {
				texts = append(texts, string(cell))
			}
			rows = append(rows, texts)
			return nil
		})
		if got := fmt.Sprintf("%q", rows); err != nil || got != c.want {
			t.Errorf("%s: got %s, %v, want %s", what, got, err, c.want)
		}
	}
}

// FuzzChunks reads damaged files by columns, which must not panic, and hold what
// the values hold if both can be read.
func FuzzChunks(f *testing.F) {
	for _, name := range parquets(f) {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(content) < 20<<10 {
			f.Add(content)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := OpenParquet(t.Context(), bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		if n, _ := table.Count(); n > 20_000 {
			return
		}
		broken := false
		for i, c := range table.Columns() {
			if c.Type != Nested {
				broken = table.Chunks(t.Context(), i, func(*Chunk) error { return nil }) != nil || broken
			}
			broken = table.Scan(t.Context(), []int{i}, 0, func(int64, []Value) (bool, error) { return true, nil }) != nil || broken
		}
		if broken {
			return
		}
		if err := sameAsValues(t.Context(), t, table); err != nil {
			t.Error(err)
		}
	})
}
