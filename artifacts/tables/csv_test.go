package tables

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"
)

func wide(text string, big bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func TestDelimitedTextIsReadAsItIs(t *testing.T) {
	type want struct {
		columns []string
		rows    [][]string
		notes   string
	}
	plain := want{[]string{"a integer", "b text"}, [][]string{{"1", "ä😀"}, {"2", "x"}}, ""}
	noted := plain
	noted.notes = "the text is UTF-16"
	for name, c := range map[string]struct {
		file string
		want want
	}{
		"commas":           {"a,b\n1,ä😀\n2,x\n", plain},
		"semicolons":       {"a;b\n1;ä😀\n2;x\n", plain},
		"bars, CR LF":      {"a|b\r\n1|ä😀\r\n2|x\r\n", plain},
		"tabs, no newline": {"a\tb\n1\tä😀\n2\tx", plain},
		"blank lines":      {"a,b\n\n1,ä😀\n\n\n2,x\n\n", plain},
		"UTF-8 BOM":        {"\ufeffa,b\n1,ä😀\n2,x\n", plain},
		"UTF-16 LE":        {string(wide("a,b\n1,ä😀\n2,x\n", false)), noted},
		"UTF-16 BE":        {string(wide("a,b\n1,ä😀\n2,\"x\"\n", true)), noted},
		"Latin-1": {"a,b\n1,\xe4\n", want{
			[]string{"a integer", "b text"},
			[][]string{{"1", "ä"}},
			"the text is no UTF-8: read as Latin-1",
		}},
		"quotes": {"a,b\n\"x, \"\"y\"\"\",\"1\n2\"\n5\" pipe,\"\"\n,z\n", want{
			[]string{"a text", "b text"},
			[][]string{{`x, "y"`, "1\n2"}, {`5" pipe`, ""}, {"∅", "z"}},
			"",
		}},
		"no header": {"1,2.5\n3,4\n", want{
			[]string{"column 1 integer", "column 2 number"},
			[][]string{{"1", "2.5"}, {"3", "4"}},
			"the first row names no columns: they are numbered",
		}},
		"columns numbered from 0": {"0,1\n5,6\n", want{[]string{"0 integer", "1 integer"}, [][]string{{"5", "6"}}, ""}},
		"names that repeat or are empty": {"a,,a,a\n1,2,3,4\n", want{
			[]string{"a integer", "column 2 integer", "a (2) integer", "a (3) integer"},
			[][]string{{"1", "2", "3", "4"}},
			"columns without a name, numbered: 1; columns whose name was there before, numbered: 2",
		}},
		"ragged rows": {"a,b\n1\n1,2,3\n4,5\n", want{
			[]string{"a integer", "b integer", "column 3 integer"},
			[][]string{{"1", "∅", "∅"}, {"1", "2", "3"}, {"4", "5", "∅"}},
			"rows with fewer cells than columns: 2, the first is row 1; rows with more cells than the header: 1, the first is row 2",
		}},
		"NaN, infinities and what is missing": {"a,b,c,d\nNaN,inf,-inf,\n1,2,3,NA\n,,,4\n", want{
			[]string{"a number", "b number", "c number", "d integer"},
			[][]string{{"2:NaN", "3:inf", "4:-inf", "∅"}, {"1", "2", "3", "∅NA"}, {"∅", "∅", "∅", "4"}},
			"",
		}},
		"times and truths": {"at,ok\n2024-01-31,True\n2024-01-31 12:00:00+01:00,False\n", want{
			[]string{"at time", "ok bool"},
			[][]string{{"2024-01-31", "True"}, {"2024-01-31 12:00:00+01:00", "False"}},
			"",
		}},
		"a quote without end": {"a,b\n1,\"x\ny\n", want{
			[]string{"a integer", "b text"},
			[][]string{{"1", "x\ny\n"}},
			"row 1: a quote that opens is never closed",
		}},
		"a header alone": {"a,b\n", want{[]string{"a unknown", "b unknown"}, nil, ""}},
	} {
		table := openBytes(t, "x.csv", []byte(c.file))
		expect(t, name+": columns", names(table.Columns()), c.want.columns)
		expect(t, name+": rows", texts(all(t, table)), c.want.rows)
		expect(t, name+": notes", strings.Join(table.Notes(), "; "), c.want.notes)
	}
}

func TestALineOf100MBIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("it computes in one goroutine, which the race detector makes many times slower")
	}
	const size = 100 << 20
	long := io.MultiReader(strings.NewReader("a,b\n1,"), io.LimitReader(repeat('x'), size), strings.NewReader("\n2,y\n"))
	b, err := io.ReadAll(long)
	if err != nil {
		t.Fatal(err)
	}
	table := openBytes(t, "x.csv", b)
	rows := all(t, table)
	if len(rows) != 2 || rows[1][1].Text != "y" {
		t.Fatalf("got %d rows, want 2, the last with y", len(rows))
	}
	if v := rows[0][1]; len(v.Text) != MostCellBytes || v.Whole != size {
		t.Errorf("got %d bytes of %d, want %d of %d", len(v.Text), v.Whole, MostCellBytes, size)
	}
}

type repeat byte

func (r repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r)
	}
	return len(p), nil
}

// numbered is a CSV of n rows, longer than what is read at first.
func numbered(n int) []byte {
	var b bytes.Buffer
	b.WriteString("id,text\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,\"row\n%d\"\n", i, i)
	}
	return b.Bytes()
}

func TestIndexingCountsRowsAndCorrectsTypes(t *testing.T) {
	const n = 300_000
	table := openBytes(t, "x.csv", append(numbered(n), "x1.5,late\n"...)).(Growing)
	if known, whole := table.Count(); known != headRows || whole {
		t.Errorf("at first: got %d rows, whole %t, want %d and not all", known, whole, headRows)
	}
	expect(t, "types at first", names(table.Columns()), []string{"id integer", "text text"})
	last := int64(0)
	if err := table.Index(context.Background(), func(done, total int64) { last = total - done }); err != nil || last != 0 {
		t.Fatalf("index: %v, %d bytes are left", err, last)
	}
	if known, whole := table.Count(); known != n+1 || !whole {
		t.Errorf("indexed: got %d rows, whole %t, want %d and all", known, whole, n+1)
	}
	expect(t, "types when indexed", names(table.Columns()), []string{"id text", "text text"})
	for _, row := range []int64{0, 127, 128, 129, n / 2, n - 1} {
		rows, err := table.Rows(context.Background(), []int{0}, row, 1)
		if err != nil || len(rows) != 1 || rows[0][0].Text != fmt.Sprint(row) {
			t.Errorf("row %d: got %+v, %v", row, rows, err)
		}
	}
}

func TestMarksStayBounded(t *testing.T) {
	x := index{every: 1, last: -1}
	for i := range int64(5 * mostMarks) {
		x.add(10*i, 10*i+10, false)
	}
	if len(x.marks) > mostMarks+1 {
		t.Errorf("got %d marks, want at most %d", len(x.marks), mostMarks+1)
	}
	for _, row := range []int64{0, 1, 77_777, 5*mostMarks - 1} {
		if known, at := x.mark(row); known > row || row-known >= x.every || at != 10*known {
			t.Errorf("row %d: got the mark of row %d at %d", row, known, at)
		}
	}
}

func TestRowsThatAreAddedAreFound(t *testing.T) {
	ctx := context.Background()
	whole := []byte("a,b\n1,x\n2,yz\n3,w\n")
	for cut := 4; cut < len(whole); cut++ {
		table, err := OpenCSV(ctx, bytes.NewReader(whole), int64(cut), ',')
		if err != nil {
			t.Fatal(err)
		}
		if err := table.Grow(ctx, int64(len(whole))); err != nil {
			t.Fatal(err)
		}
		if err := table.Index(ctx, nil); err != nil {
			t.Fatal(err)
		}
		expect(t, fmt.Sprintf("grown from %d bytes", cut), texts(all(t, table)), [][]string{{"1", "x"}, {"2", "yz"}, {"3", "w"}})
		if n, all := table.Count(); n != 3 || !all {
			t.Errorf("grown from %d bytes: got %d rows, want 3", cut, n)
		}
	}
}

func TestAFileThatIsReplacedOrShrinksIsAnError(t *testing.T) {
	ctx := context.Background()
	b := numbered(50_000)
	table, err := OpenCSV(ctx, bytes.NewReader(b), int64(len(b)), ',')
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Grow(ctx, int64(len(b))-1); !errors.Is(err, ErrChanged) {
		t.Errorf("shrunk: got %v, want %v", err, ErrChanged)
	}
	shrunk, err := OpenCSV(ctx, bytes.NewReader(b[:len(b)-100]), int64(len(b)), ',')
	if err == nil {
		err = shrunk.Index(ctx, nil)
	}
	if !errors.Is(err, ErrChanged) {
		t.Errorf("shorter than its size: got %v, want %v", err, ErrChanged)
	}
	b[2] = 'X'
	if err := table.Grow(ctx, int64(len(b))+1); !errors.Is(err, ErrChanged) {
		t.Errorf("replaced: got %v, want %v", err, ErrChanged)
	}
}

func TestReadingEndsWhenItIsCancelled(t *testing.T) {
	b := numbered(300_000)
	table := openBytes(t, "x.csv", b).(Growing)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := table.Index(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("index: got %v, want %v", err, context.Canceled)
	}
	if _, err := Sort(ctx, table, 0, true); !errors.Is(err, context.Canceled) {
		t.Errorf("sort: got %v, want %v", err, context.Canceled)
	}
	parquet := openFile(t, "testdata/encodings_v1.parquet")
	if _, err := parquet.Rows(ctx, nil, 0, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("parquet: got %v, want %v", err, context.Canceled)
	}
}

func TestRowsAreReadWhileTheyAreCounted(t *testing.T) {
	table := openBytes(t, "x.csv", numbered(100_000)).(Growing)
	done := make(chan error)
	go func() { done <- table.Index(context.Background(), nil) }()
	for i := range 200 {
		row := int64(i * 400)
		rows, err := table.Rows(context.Background(), nil, row, 3)
		if err != nil || len(rows) != 3 || rows[0][0].Text != fmt.Sprint(row) {
			t.Fatalf("row %d: got %+v, %v", row, rows, err)
		}
		table.Columns()
		table.Notes()
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func FuzzCSV(f *testing.F) {
	for _, name := range labFiles(f, "4/*/artifacts/tables/*.[ct]sv") {
		f.Add(readFile(f, name), byte(0), 7)
	}
	f.Add([]byte("a,b\n\"x\"\"\n,\"1\n2\"\r\n5\" pipe,\"\"\n,z"), byte(','), 5)
	f.Add(wide("a,b\n1,ä😀\n2,\"x\"\n", true), byte(','), 9)
	f.Add([]byte("\xff\xfea\x00\x00\xd8,\x00\n"), byte(0), 3)
	f.Add([]byte("a\x001"), byte('|'), 1)
	f.Fuzz(func(t *testing.T, b []byte, delimiter byte, cut int) {
		ctx := context.Background()
		table, err := OpenCSV(ctx, bytes.NewReader(b), int64(len(b)), delimiter)
		if err != nil {
			return
		}
		checkTable(t, table)
		if err := table.Index(ctx, nil); err != nil {
			t.Fatalf("index: %v", err)
		}
		n, whole := table.Count()
		rows := all(t, table)
		if !whole || int64(len(rows)) != n {
			t.Errorf("counted %d rows, read %d", n, len(rows))
		}
		for i := range rows[:min(len(rows), 50)] {
			one, err := table.Rows(ctx, nil, int64(i), 1)
			if err != nil || fmt.Sprint(one[0]) != fmt.Sprint(rows[i]) {
				t.Errorf("row %d on its own: got %v, %v, want %v", i, one, err, rows[i])
			}
		}
		// In a file of one encoding that grows, the same rows are found.
		if size := int64(len(b)); cut > 64 && int64(cut) < size {
			part, err := OpenCSV(ctx, bytes.NewReader(b), int64(cut), delimiter)
			if err == nil && part.Grow(ctx, size) == nil {
				if err := part.Index(ctx, nil); err != nil {
					t.Errorf("index what was added: %v", err)
				}
			}
		}
	})
}
