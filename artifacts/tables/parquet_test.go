package tables

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

func testFiles(t testing.TB, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob("testdata/" + pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("no file matches %s: %v", pattern, err)
	}
	return found
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryTypeReadsAsItWasWritten(t *testing.T) {
	var want map[string][]*string
	if err := json.Unmarshal(readFile(t, "testdata/types.json"), &want); err != nil || len(want) < 23 {
		t.Fatalf("%d columns are expected: %v", len(want), err)
	}
	for _, name := range testFiles(t, "types_*.parquet") {
		table := openFile(t, name)
		rows := all(t, table)
		for i, column := range table.Columns() {
			texts := want[column.Name]
			if len(rows) != 3 || len(texts) != 3 {
				t.Fatalf("%s: got %d rows, want 3 as of %s", name, len(rows), column.Name)
			}
			for j, text := range texts {
				v := rows[j][i]
				if text == nil && v.Kind != Missing || text != nil && v.Text != *text {
					t.Errorf("%s: %s (%s) of row %d: got %+v, want %v", name, column.Name, column.Stored, j+1, v, show(text))
				}
			}
		}
	}
}

func show(text *string) string {
	if text == nil {
		return "nothing"
	}
	return *text
}

func TestNumbersAndInfinitiesAreToldApart(t *testing.T) {
	table := openFile(t, "testdata/types_snappy_v1.parquet")
	at := slices.IndexFunc(table.Columns(), func(c Column) bool { return c.Name == "f32" })
	rows := all(t, table)
	got := []Kind{rows[0][at].Kind, rows[1][at].Kind, rows[2][at].Kind, rows[2][at+1].Kind, rows[1][at+1].Kind}
	if want := []Kind{Finite, NaN, PosInf, NegInf, Missing}; !slices.Equal(got, want) {
		t.Errorf("got kinds %v, want %v", got, want)
	}
}

// expected is what row i of the encodings files holds.
func expected(i int) []string {
	list := "[" + strings.Trim(strings.Join(strings.Fields(fmt.Sprint([]int{0, 1, 2, 3, 4}[:i%5])), ","), "[]") + "]"
	return []string{
		fmt.Sprint(i), fmt.Sprintf("w%d", i%7), fmt.Sprint(i * i), fmt.Sprintf("row %d", i), fmt.Sprintf("customer %05d", i),
		fmt.Sprint(float64(i) / 8), fmt.Sprint(i%3 == 0), list,
	}
}

func TestWindowsBeginAnywhereInEveryEncoding(t *testing.T) {
	for _, name := range testFiles(t, "encodings_*.parquet") {
		table := openFile(t, name)
		for _, from := range []int64{0, 1, 15, 17, 399, 400, 401, 777, 990, 3, 999, 1000, 5000} {
			rows, err := table.Rows(context.Background(), nil, from, 30)
			if err != nil {
				t.Fatalf("%s: rows from %d: %v", name, from, err)
			}
			if want := int(max(0, min(30, 1000-from))); len(rows) != want {
				t.Errorf("%s: got %d rows from %d, want %d", name, len(rows), from, want)
			}
			for i, row := range rows {
				var got []string
				for _, v := range row {
					got = append(got, v.Text)
				}
				if want := expected(int(from) + i); !slices.Equal(got, want) {
					t.Fatalf("%s: row %d: got %q, want %q", name, int(from)+i+1, got, want)
				}
			}
		}
	}
}

func TestAScanReadsTheColumnsThatItNames(t *testing.T) {
	for _, name := range testFiles(t, "encodings_*.parquet") {
		table := openFile(t, name)
		next := int64(5)
		err := table.Scan(context.Background(), []int{7, 0}, next, func(row int64, values []Value) (bool, error) {
			want := expected(int(row))
			if row != next || values[0].Text != want[7] || values[1].Text != want[0] {
				t.Fatalf("%s: got row %d %+v, want %d %q", name, row, values, next, want)
			}
			next++
			return true, nil
		})
		if err != nil || next != 1000 {
			t.Errorf("%s: scanned up to row %d: %v, want 1000", name, next, err)
		}
	}
}

// withFooter changes the footer of a Parquet file.
func withFooter(t testing.TB, b []byte, change func(*format.FileMetaData)) []byte {
	t.Helper()
	length := int(binary.LittleEndian.Uint32(b[len(b)-8:]))
	meta := new(format.FileMetaData)
	if err := thrift.Unmarshal(&thrift.CompactProtocol{}, b[len(b)-8-length:len(b)-8], meta); err != nil {
		t.Fatal(err)
	}
	change(meta)
	footer, err := thrift.Marshal(&thrift.CompactProtocol{}, meta)
	if err != nil {
		t.Fatal(err)
	}
	out := append(slices.Clone(b[:len(b)-8-length]), footer...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(footer)))
	return append(out, "PAR1"...)
}

// hostileParquet are files that lie, made from one that does not.
func hostileParquet(t testing.TB) map[string][]byte {
	t.Helper()
	good := readFile(t, "testdata/encodings_v1.parquet")
	change := func(do func(*format.FileMetaData)) []byte { return withFooter(t, good, do) }
	list := append([]byte("PAR1\x15\x02\x19\xfc\xff\xff\xff\xff\x07"), 8, 0, 0, 0)
	return map[string][]byte{
		"cut in the middle":            good[:len(good)/2],
		"nothing but the magic":        []byte("PAR1PAR1"),
		"a footer longer than all":     append([]byte("PAR1xxxx"), "\xff\xff\xff\xffPAR1"...),
		"a list of two billion parts":  append(list, "\x0cPAR1"...),
		"no schema":                    change(func(m *format.FileMetaData) { m.Schema = nil }),
		"more rows than there are":     change(func(m *format.FileMetaData) { m.RowGroups[0].NumRows = 1 << 50 }),
		"a negative number of rows":    change(func(m *format.FileMetaData) { m.RowGroups[0].NumRows = -5 }),
		"a column behind the end":      change(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.DataPageOffset = 1 << 40 }),
		"a column of negative size":    change(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = -1 }),
		"a column in another file":     change(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].FilePath = "/etc/passwd" }),
		"another codec than the pages": change(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.Codec = format.Gzip }),
		"another type than the pages": change(func(m *format.FileMetaData) {
			m.Schema[1].Type.V, m.RowGroups[0].Columns[0].MetaData.Type = format.ByteArray, format.ByteArray
			m.RowGroups[1].Columns[0].MetaData.Type, m.RowGroups[2].Columns[0].MetaData.Type = format.ByteArray, format.ByteArray
		}),
		"columns changed about": change(func(m *format.FileMetaData) {
			c := m.RowGroups[0].Columns
			c[0].MetaData.DataPageOffset = c[1].MetaData.DataPageOffset
		}),
		"a schema of children without end": change(func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = 1 << 30 }),
		"a schema that is deep": change(func(m *format.FileMetaData) {
			for range 1000 {
				group := format.SchemaElement{Name: "g"}
				group.NumChildren.Set(1)
				m.Schema = slices.Insert(m.Schema, 1, group)
			}
		}),
	}
}

func TestParquetFilesThatLieAreErrors(t *testing.T) {
	ctx := context.Background()
	for name, b := range hostileParquet(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		table, err := OpenParquet(ctx, bytes.NewReader(b), int64(len(b)))
		if err == nil {
			err = table.Scan(ctx, nil, 0, func(int64, []Value) (bool, error) { return true, nil })
			table.Close()
		}
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: was read without an error", name)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
			t.Errorf("%s: took %d bytes", name, took)
		}
	}
}

func TestAnErrorNamesTheColumnThatIsDamaged(t *testing.T) {
	b := slices.Clone(readFile(t, "testdata/types_zstd_v1.parquet"))
	for i := 100; i < 140; i++ {
		b[i] ^= 0x55
	}
	_, err := openBytes(t, "x.parquet", b).Rows(context.Background(), nil, 0, 10)
	if !errors.Is(err, ErrDamaged) || !strings.Contains(fmt.Sprint(err), "column i") {
		t.Errorf("got %v, want that a column is damaged", err)
	}
}

func TestRunsThatStandForGigabytesAreRefused(t *testing.T) {
	bomb := binary.AppendUvarint(nil, 1<<24<<1)
	if err := checkRuns(append(bomb, 1), 1, 1000); !errors.Is(err, ErrDamaged) {
		t.Errorf("levels: got %v, want %v", err, ErrDamaged)
	}
	var texts []byte // one long text, then 1000 that repeat it
	for _, x := range []uint64{128, 1, 1001, 0} {
		texts = binary.AppendUvarint(texts, x)
	}
	texts = binary.AppendVarint(texts, 1<<30)
	if err := checkBody(append(texts, make([]byte, 500)...), format.DeltaByteArray, format.ByteArray, 1001); !errors.Is(err, ErrDamaged) {
		t.Errorf("prefixes: got %v, want %v", err, ErrDamaged)
	}
}

func TestAPageOfAnotherNumberOfTextsIsRefusedUnseenByTheLibrary(t *testing.T) {
	texts := []byte("\x01\x00\x00\x00a\x01\x00\x00\x00b")
	for values, want := range map[int]error{0: ErrDamaged, 1: ErrDamaged, 2: nil, 3: ErrDamaged} {
		if err := checkBody(texts, format.Plain, format.ByteArray, values); !errors.Is(err, want) {
			t.Errorf("%d values: got %v, want %v", values, err, want)
		}
	}
	// Levels in runs: three times 1, then bits 0 1 0 1 0 0 0 0, of which two count.
	for values, want := range map[int]int{2: 2, 3: 3, 5: 4, 8: 5} {
		if got := present([]byte{6, 1, 3, 0b1010}, 1, values); got != want {
			t.Errorf("%d levels: got %d present, want %d", values, got, want)
		}
	}
}

func FuzzParquet(f *testing.F) {
	for _, name := range slices.Concat(testFiles(f, "types_*_v?.parquet"), testFiles(f, "enc*.parquet"), labFiles(f, "4/*/artifacts/*/*.parquet")) {
		b := readFile(f, name)
		f.Add(b)
		f.Add(b[:len(b)*2/3])
	}
	for _, b := range hostileParquet(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		ctx := context.Background()
		table, err := OpenParquet(ctx, bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		defer table.Close()
		checkTable(t, table)
	})
}

// checkTable does with a table what a screen does, and looks whether what it
// says goes together.
func checkTable(t *testing.T, table Table) {
	t.Helper()
	ctx := context.Background()
	n, _ := table.Count()
	for _, from := range []int64{0, n / 2, n - 1} {
		rows, err := table.Rows(ctx, nil, max(from, 0), 20)
		if len(rows) > 20 {
			t.Errorf("got %d rows, want at most 20", len(rows))
		}
		columns := len(table.Columns())
		for _, row := range rows {
			if len(row) > columns {
				t.Errorf("a row has %d values for %d columns", len(row), columns)
			}
			for _, v := range row {
				if len(v.Text) > MostCellBytes*2 {
					t.Errorf("a cell shows %d bytes", len(v.Text))
				}
			}
		}
		if err != nil {
			return
		}
	}
}
