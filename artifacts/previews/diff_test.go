package previews

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// dots is a picture with some black dots on white.
func dots(t *testing.T, width int, black ...image.Point) string {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, 4))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	for _, p := range black {
		m.SetGray(p.X, p.Y, color.Gray{})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func numpy(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("../arrays/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestDifferences(t *testing.T) {
	array := numpy(t, "vector.npy")
	other := array[:len(array)-1] + string(array[len(array)-1]^0x01)
	for name, c := range map[string]struct {
		file, a, b string
		how        Comparing
		same       bool
		as         string
		changes    []string
		summary    string
	}{
		"the same bytes":               {file: "x.json", a: "{}", b: "{}", same: true, as: "bytes"},
		"a document in another layout": {file: "x.json", a: `{"a":1,"b":2}`, b: `{"b": 2, "a": 1}`, same: true, as: "tree", summary: "values that differ: 0"},
		"values of a document": {
			file: "x.json", a: `{"a":1,"b":2}`, b: `{"a":3,"c":2}`, as: "tree", changes: []string{"changed a 1 3", "removed b 2 -", "added c - 2"},
		},
		"numbers that hardly differ": {file: "x.json", a: `{"a":1.0}`, b: `{"a":1.0000001}`, how: Comparing{Tolerance: 1e-6}, same: true, as: "tree"},
		"rows by a key": {
			file: "x.csv", a: "id,v\n1,a\n2,b\n", b: "id,v\n2,c\n3,d\n", how: Comparing{Key: []string{"id"}}, as: "table",
			changes: []string{"changed id 2, v b c", "added id 3 - v d", "removed id 1 v a -"},
		},
		"a column that is new": {
			file: "x.csv", a: "id,v\n1,5\n", b: "id,v,w\n1,5,6\n", as: "table", changes: []string{"added column w - integer"},
		},
		"lines": {
			file: "x.txt", a: "one\ntwo\n", b: "one\nthree\n", how: Comparing{Context: 3}, as: "text", summary: "lines added: 1, removed: 1",
			changes: []string{"same line 1 one one", "removed line 2 two -", "added line 2 - three"},
		},
		"no more than is wanted": {file: "x.txt", a: "one\ntwo\n", b: "1\n2\n", how: Comparing{Limit: 1}, as: "text", changes: []string{"removed line 1 one -"}},
		"pixels":                 {file: "x.png", a: dots(t, 8), b: dots(t, 8, image.Pt(1, 1), image.Pt(2, 2)), as: "picture", summary: "pixels that differ: 2 of 32 (6.2 %), by up to 255 of 255"},
		"sizes of pictures":      {file: "x.png", a: dots(t, 8), b: dots(t, 9), as: "picture", summary: "8 × 4 and 9 × 4 pixels"},
		"elements of arrays":     {file: "x.npy", a: array, b: other, as: "array", summary: "elements that differ: 1 of "},
		"types of arrays":        {file: "x.npy", a: array, b: numpy(t, "u1_le.npy"), as: "array", summary: " and uint8 "},
		"what is read by nobody": {file: "x.bin", a: "\x00\x01\x02", b: "\x00\x01\x03", as: "bytes", summary: "the first byte that differs is 2, counted from 0"},
	} {
		a := see(t, holds(t, map[string]string{c.file: c.a}), c.file)
		b := see(t, holds(t, map[string]string{c.file: c.b}), c.file)
		d, err := Diff(t.Context(), a, b, c.how)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var changes []string
		for _, one := range d.Changes {
			words := []string{one.Change, one.Where, "-", "-"}
			if one.A != nil {
				words[2] = one.A.Text
			}
			if one.B != nil {
				words[3] = one.B.Text
			}
			changes = append(changes, strings.Join(words, " "))
		}
		if d.Same != c.same || d.As != c.as || !slices.Equal(changes, c.changes) && c.changes != nil || !strings.Contains(strings.Join(d.Summary, "; "), c.summary) {
			t.Errorf("%s: got %v as %s, %q, %q\nwant %v as %s, %q, %q", name, d.Same, d.As, changes, d.Summary, c.same, c.as, c.changes, c.summary)
		}
		if len(d.Changes) == c.how.Limit && c.how.Limit > 0 && !d.Cut {
			t.Errorf("%s: nothing says that there is more", name)
		}
	}
}
