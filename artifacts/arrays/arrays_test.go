package arrays

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func openBytes(t testing.TB, b []byte) *Array {
	t.Helper()
	a, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// flat returns all elements in the order of C, however they lie in the file.
func flat(t testing.TB, a *Array) []Value {
	t.Helper()
	var out []Value
	v := a.View()
	places := []int64{}
	if n := len(a.Shape); n > 2 {
		places = a.Shape[:n-2]
	}
	var walk func(axis int)
	walk = func(axis int) {
		if axis < len(places) {
			for i := range places[axis] {
				v.At[axis] = i
				walk(axis + 1)
			}
			return
		}
		rows, err := a.Window(context.Background(), v, 0, 0, 1000, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			out = append(out, row...)
		}
	}
	walk(0)
	return out
}

func TestArraysReadAsNumPySays(t *testing.T) {
	var expect map[string]struct {
		Shape   []int64
		Type    string
		Texts   []string
		Numbers []string
	}
	if err := json.Unmarshal(read(t, "expect.json"), &expect); err != nil || len(expect) < 30 {
		t.Fatalf("%d arrays are expected: %v", len(expect), err)
	}
	for name, want := range expect {
		a := openBytes(t, read(t, name+".npy"))
		if !slices.Equal(a.Shape, want.Shape) {
			t.Errorf("%s: got shape %v, want %v", name, a.Shape, want.Shape)
		}
		if kind := a.Type; want.Type != kind && !strings.HasPrefix(kind, "str") && !strings.HasPrefix(kind, "bytes") {
			t.Errorf("%s: got type %s, want %s", name, kind, want.Type)
		}
		got := flat(t, a)
		if len(got) != max(len(want.Texts), len(want.Numbers)) {
			t.Errorf("%s: got %d elements, want %d", name, len(got), max(len(want.Texts), len(want.Numbers)))
			continue
		}
		for i, text := range want.Texts {
			if got[i].Text != text && !sameTime(got[i].Text, text) {
				t.Errorf("%s: element %d: got %q, want %q", name, i, got[i].Text, text)
			}
		}
		for i, text := range want.Numbers {
			x, err := strconv.ParseFloat(text, 64)
			if y := got[i].Number; err != nil || x != y && !(math.IsNaN(x) && math.IsNaN(y)) {
				t.Errorf("%s: element %d: got %v, want %v", name, i, y, x)
			}
		}
	}
}

// sameTime tells whether NumPy wrote the same time, with fewer or more zeros.
func sameTime(got, want string) bool {
	return want != notATime && (strings.TrimRight(got, "0") == strings.TrimRight(want, "0") || strings.TrimSuffix(got, "T00:00:00") == want ||
		got+".000" == want)
}

func TestEachVersionOfTheFormatIsRead(t *testing.T) {
	for _, version := range []int{2, 3} {
		a := openBytes(t, read(t, fmt.Sprintf("version%d.npy", version)))
		if a.Version != version || len(flat(t, a)) != 6 {
			t.Errorf("got version %d with %d elements, want %d with 6", a.Version, len(flat(t, a)), version)
		}
	}
}

func TestAWindowIsAPartOfAPlane(t *testing.T) {
	for name, c := range map[string]struct {
		file                       string
		view                       View
		row, column, rows, columns int
		want                       string
	}{
		"the first plane":         {"cube", View{1, 2, []int64{0, 0, 0}}, 0, 0, 2, 2, "[[0 1] [4 5]]"},
		"the second plane":        {"cube", View{1, 2, []int64{1, 0, 0}}, 1, 2, 9, 9, "[[18 19] [22 23]]"},
		"a plane across":          {"cube", View{0, 2, []int64{0, 1, 0}}, 0, 0, 9, 2, "[[4 5] [16 17]]"},
		"rows and columns turned": {"cube", View{2, 1, []int64{0, 0, 0}}, 0, 0, 2, 9, "[[0 4 8] [1 5 9]]"},
		"in the order of Fortran": {"fortran", View{1, 2, []int64{1, 0, 0}}, 0, 1, 2, 2, "[[13 14] [17 18]]"},
		"one row":                 {"cube", View{-1, 2, []int64{1, 1, 0}}, 0, 0, 9, 9, "[[16 17 18 19]]"},
		"a vector is a column":    {"vector", View{0, -1, []int64{0}}, 3, 0, 9, 9, "[[3] [4]]"},
		"a single value":          {"scalar", View{-1, -1, nil}, 0, 0, 9, 9, "[[7.5]]"},
		"behind the end":          {"cube", View{1, 2, []int64{0, 0, 0}}, 3, 0, 2, 2, "[]"},
		"nothing":                 {"empty", View{0, 1, []int64{0, 0}}, 0, 0, 9, 9, "[]"},
	} {
		a := openBytes(t, read(t, c.file+".npy"))
		rows, err := a.Window(context.Background(), c.view, int64(c.row), int64(c.column), c.rows, c.columns)
		var got [][]string
		for _, row := range rows {
			var line []string
			for _, v := range row {
				line = append(line, v.Text)
			}
			got = append(got, line)
		}
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("%s: got %v, %v, want %s", name, got, err, c.want)
		}
	}
}

func TestArchivesAreReadStoredAndDeflated(t *testing.T) {
	for name, want := range map[string]string{"stored.npz": "a b", "deflated.npz": "a zeros f"} {
		b := read(t, name)
		archive, err := OpenArchive(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(archive.Names(), " "); got != want {
			t.Errorf("%s: got arrays %s, want %s", name, got, want)
		}
		a, err := archive.Array(0)
		if err != nil {
			t.Fatal(err)
		}
		if got := flat(t, a); got[4].Text != "100" {
			t.Errorf("%s: got %v, want 100 in the middle", name, got)
		}
		if again := flat(t, a); again[0].Text != "0" {
			t.Errorf("%s: reading from the start again got %v", name, again)
		}
	}
}

func TestTheLabsArraysAreRead(t *testing.T) {
	found, err := filepath.Glob("../../testdata/lab/mlruns/*/*/artifacts/*/*.np[yz]")
	if err != nil || len(found) != 5 {
		t.Fatalf("got %d arrays of the lab, want 5: %v", len(found), err)
	}
	for _, name := range found {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		a := (*Array)(nil)
		if filepath.Ext(name) == ".npz" {
			archive, err := OpenArchive(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			if a, err = archive.Array(0); err != nil {
				t.Fatal(err)
			}
		} else {
			a = openBytes(t, b)
		}
		sum, err := a.Summarise(context.Background(), nil)
		if err != nil || sum.Count != a.Count || sum.Count == 0 || !(sum.Min <= sum.Mean && sum.Mean <= sum.Max) {
			t.Errorf("%s: got %+v of %d elements, %v", name, sum, a.Count, err)
		}
	}
}

// npy makes a file with a header and as many bytes of data as asked for.
func npy(header string, data int) []byte {
	b := []byte("\x93NUMPY\x01\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

var hostile = map[string]struct {
	file []byte
	want error
}{
	"more elements than bytes":        {npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000,), }", 80), ErrDamaged},
	"a product that overflows":        {npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 16), }", 80), ErrDamaged},
	"a product that overflows to 0":   {npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 80), ErrDamaged},
	"a negative length":               {npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", 80), ErrDamaged},
	"a shape of texts":                {npy("{'descr': '<f8', 'fortran_order': False, 'shape': ('a',), }", 80), ErrDamaged},
	"too many axes":                   {npy("{'descr': '<f8', 'fortran_order': False, 'shape': ("+strings.Repeat("1,", 65)+"), }", 80), ErrDamaged},
	"brackets without end":            {npy(strings.Repeat("(", 1000), 0), ErrDamaged},
	"code for a value":                {npy("{'descr': '<f8', 'fortran_order': False, 'shape': (__import__('os'),), }", 80), ErrDamaged},
	"Python objects":                  {npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 80), ErrPickle},
	"a type of no known kind":         {npy("{'descr': '|V8', 'fortran_order': False, 'shape': (1,), }", 80), ErrUnread},
	"an item of gigabytes":            {npy("{'descr': '<U1000000000', 'fortran_order': False, 'shape': (0,), }", 80), ErrDamaged},
	"a header longer than the file":   {[]byte("\x93NUMPY\x01\x00\xff\xff{"), ErrDamaged},
	"a header of gigabytes":           {[]byte("\x93NUMPY\x02\x00\xff\xff\xff\xff{"), ErrTooBig},
	"another file":                    {[]byte("PAR1PAR1PAR1PAR1"), ErrDamaged},
	"nothing":                         {nil, ErrDamaged},
	"many elements that take no room": {npy("{'descr': '<U0', 'fortran_order': False, 'shape': (1000000000000,), }", 0), ErrTooBig},
}

func TestLyingHeadersAreErrors(t *testing.T) {
	for name, c := range hostile {
		_, err := Open(bytes.NewReader(c.file), int64(len(c.file)))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	for _, name := range []string{"object.npy", "record.npy"} {
		b := read(t, name)
		if _, err := Open(bytes.NewReader(b), int64(len(b))); !errors.Is(err, ErrPickle) && !errors.Is(err, ErrUnread) {
			t.Errorf("%s: got %v, want that it is not read", name, err)
		}
	}
}

func TestAnArchiveThatClaimsMoreThanItCanHoldIsAnError(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	header := &zip.FileHeader{Name: "a.npy", Method: zip.Deflate, UncompressedSize64: 1 << 40, CompressedSize64: 3}
	f, err := w.CreateRaw(header)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	archive, err := OpenArchive(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Array(0); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want %v", err, ErrDamaged)
	}
}

func TestReadingEndsWhenItIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := openBytes(t, read(t, "cube.npy"))
	if _, err := a.Window(ctx, a.View(), 0, 0, 2, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("window: got %v, want %v", err, context.Canceled)
	}
	if _, err := a.Summarise(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("summary: got %v, want %v", err, context.Canceled)
	}
}

func TestAFileThatShrinksIsAnError(t *testing.T) {
	b := read(t, "cube.npy")
	a, err := Open(bytes.NewReader(b[:len(b)-8]), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Summarise(context.Background(), nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want %v", err, ErrDamaged)
	}
}

// look does with an array what a screen does.
func look(t *testing.T, a *Array) {
	v := a.View()
	for axis, n := range a.Shape {
		if axis != v.RowAxis && axis != v.ColumnAxis && n == 0 {
			return // there is no plane
		}
	}
	rows, err := a.Window(context.Background(), v, 0, 0, 20, 20)
	if err == nil && (len(rows) > 20 || len(rows) > 0 && len(rows[0]) > 20) {
		t.Errorf("got %d rows of %d, want at most 20", len(rows), len(rows[0]))
	}
	if sum, err := a.Summarise(context.Background(), nil); err == nil && sum.Count != a.Count && a.item.size > 0 {
		t.Errorf("counted %d elements of %d", sum.Count, a.Count)
	}
}

func FuzzNPY(f *testing.F) {
	found, _ := filepath.Glob("testdata/*.npy")
	for _, name := range found {
		b := read(f, filepath.Base(name))
		f.Add(b)
		f.Add(b[:len(b)-1])
	}
	for _, c := range hostile {
		f.Add(c.file)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := Open(bytes.NewReader(b), int64(len(b))); err == nil {
			look(t, a)
		}
	})
}

func FuzzNPZ(f *testing.F) {
	for _, name := range []string{"stored.npz", "deflated.npz"} {
		b := read(f, name)
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		archive, err := OpenArchive(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for i := range archive.Names() {
			if a, err := archive.Array(i); err == nil {
				look(t, a)
			}
		}
	})
}
