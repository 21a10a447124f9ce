package drift_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"testing"

	"benchside/drift"
)

// fuzzed makes a column of hostile bytes: its first says the storage.
func fuzzed(name string, content []byte) drift.Column {
	c := drift.Column{Name: name}
	if len(content) == 0 {
		return c
	}
	c.Storage = drift.Storage(content[0] % 7)
	content = content[1:]
	switch c.Storage {
	case drift.String:
		for _, b := range content {
			if b%7 == 0 {
				c.Texts.AppendMissing()
			} else {
				c.Texts.Append([]byte{b})
			}
		}
	case drift.Other:
		c.Rows = len(content)
	case drift.Bool:
		for _, b := range content {
			c.Numbers = append(c.Numbers, float64(b%2))
		}
	case drift.Int, drift.Uint:
		for _, b := range content {
			c.Numbers = append(c.Numbers, float64(int8(b)))
		}
	default:
		for len(content) >= 8 {
			c.Numbers = append(c.Numbers, math.Float64frombits(binary.LittleEndian.Uint64(content)))
			content = content[8:]
		}
		for _, b := range content {
			c.Numbers = append(c.Numbers, float64(b))
		}
	}
	return c
}

// cutTo makes columns of one length of columns of several.
func cutTo(rows int, c drift.Column) drift.Column {
	switch c.Storage {
	case drift.String:
		c.Texts.Codes = c.Texts.Codes[:rows]
	case drift.Other:
		c.Rows = rows
	default:
		c.Numbers = c.Numbers[:rows]
	}
	return c
}

func FuzzCompare(f *testing.F) {
	numbers := func(values ...float64) []byte {
		out := []byte{0}
		for _, v := range values {
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
		}
		return out
	}
	f.Add(numbers(1, 2, 3, math.NaN()), numbers(4, math.Inf(1), 5e-324, math.MaxFloat64), numbers(-math.MaxFloat64, math.MaxFloat64), byte(0))
	f.Add([]byte{5, 1, 2, 3, 7, 1}, []byte{5, 1, 1, 9}, []byte{1, 0, 1, 0}, byte(1))
	f.Add([]byte{3, 1, 0}, []byte{3, 1, 1}, []byte{4, 9, 9}, byte(2))
	f.Add(numbers(1e308, -1e308, 1e308), numbers(0, math.Copysign(0, -1), 1), numbers(1, 1, 1), byte(5))
	f.Fuzz(func(t *testing.T, a, b, c []byte, how byte) {
		x, y, z := fuzzed("x", a), fuzzed("x", b), fuzzed("z", c)
		rows := min(x.Len(), z.Len())
		x, zRef := cutTo(rows, x), cutTo(rows, z)
		rows = min(y.Len(), z.Len())
		y, zCur := cutTo(rows, y), cutTo(rows, z)
		profiles := []drift.Profile{drift.Evidently, drift.NannyML, drift.Strict}
		o := drift.Options{Profile: profiles[int(how)%3], MinRows: int(how%2)*2 - 1, Slices: []string{"z"}, Groups: []string{"z"}, Workers: 1}
		roles := []drift.Role{drift.Feature, drift.Target, drift.Probability, drift.Prediction}
		zRef.Role, zCur.Role = drift.Target, drift.Target
		y.Role = roles[int(how/4)%4]
		r, err := drift.Compare(t.Context(), []drift.Column{x, zRef}, []drift.Column{y, zCur}, o)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, r)
		kinds := []drift.Kind{drift.Numeric, drift.Categorical}
		p, err := drift.PairOf(x, y, kinds[int(how)%2])
		if err != nil {
			return
		}
		for _, test := range drift.Tests() {
			if kind := p.Kind(); kind == drift.Numeric && !test.Numeric || kind == drift.Categorical && !test.Labels {
				continue
			}
			score, err := p.Run(test)
			if err == nil && (math.IsNaN(score) || math.IsInf(score, 0)) {
				t.Errorf("%s scores %v without an error", test.Name, score)
			}
			if err == nil && test.PValue() && (score < 0 || score > 1) {
				t.Errorf("%s has a p of %v", test.Name, score)
			}
		}
		if _, err := drift.Chunks(t.Context(), x, y, drift.ChunkOptions{Size: 2}); err == nil {
			return
		}
	})
}

// sound holds what is true of every report, and that its JSON says the same.
func sound(t *testing.T, r drift.Report) {
	t.Helper()
	for _, f := range r.Features {
		judged := f.Status == drift.Drifted || f.Status == drift.OK || f.Status == drift.Possible
		switch {
		case judged && (f.Test == nil || !f.Test.Score.Defined()):
			t.Errorf("%s is %s without a score", f.Name, f.Status)
		case !judged && f.Reason == "":
			t.Errorf("%s is %s without a reason", f.Name, f.Status)
		}
		for _, w := range append(f.Windows, f.Slices...) {
			if w.Status == drift.Undefined && w.Reason == "" {
				t.Errorf("%s in %s is undefined without a reason", f.Name, w.Label)
			}
		}
	}
	first, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	back, err := drift.Read(first)
	if err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(back)
	if err != nil {
		t.Fatal(err)
	}
	// A label that is no UTF-8 is written with an escape first, and as the sign then.
	first = bytes.ReplaceAll(first, []byte(`\ufffd`), []byte("\ufffd"))
	if !bytes.Equal(first, second) {
		t.Errorf("read and written again, the report is\n%s\nnot\n%s", second, first)
	}
}

func FuzzRead(f *testing.F) {
	content, err := os.ReadFile("testdata/report.example.json")
	if err != nil {
		f.Fatal(err)
	}
	var r drift.Report
	if r, err = drift.Read(content); err != nil {
		f.Fatal(err)
	}
	for _, i := range []int{0, 5} { // a small seed of each kind: inputs of 80 kB are slow
		small := r
		small.Features, small.Quality = r.Features[i:i+1], nil
		small.Features[0].Windows, small.Features[0].Histogram = small.Features[0].Windows[:1], nil
		if content, err = json.Marshal(small); err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Add([]byte(`{"schema":"benchside-drift-report/1","features":[{"reference":{"mean":null},"current":{"top":[["a",1]],"mode":"a"},"measures":{"ks":{}}}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := drift.Read(content)
		if err != nil {
			return
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}
