package streams

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// river is testdata/river.json, which make_river.py wrote by river.
type river struct {
	Kind string
	Xs   []float64
	Runs []struct {
		Detector    string
		Params      Params
		Zeros       bool // of zeros instead of Xs
		Detections  []int
		Warn        []int
		Width, Mean float64
	}
}

func readRiver(t *testing.T) []river {
	t.Helper()
	content, err := os.ReadFile("testdata/river.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []river
	if err := json.Unmarshal(content, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestDetectorsSayWhatRiversSay also writes and restores every detector half way.
func TestDetectorsSayWhatRiversSay(t *testing.T) {
	runs, drifts := 0, 0
	for _, c := range readRiver(t) {
		for _, run := range c.Runs {
			d, err := New(run.Detector, run.Params)
			if err != nil {
				t.Fatal(err)
			}
			found, warned := []int{}, []int{}
			for i, x := range c.Xs {
				if run.Zeros {
					x = 0
				}
				switch d.Add(x) {
				case Drift:
					found = append(found, i)
				case Warning:
					warned = append(warned, i)
				case Quiet, Skipped:
				}
				if i == len(c.Xs)/2 {
					d = again(t, d)
				}
			}
			runs++
			drifts += len(found)
			if !slices.Equal(found, run.Detections) || !slices.Equal(warned, run.Warn) {
				t.Errorf("%s of %d, %s %+v: got %v and warnings %v, want %v and %v", c.Kind, len(c.Xs), run.Detector, run.Params, found, warned, run.Detections, run.Warn)
			}
			if a, ok := d.(*ADWIN); ok && (float64(a.Width()) != run.Width || math.Abs(a.Mean()-run.Mean) > 1e-9) {
				t.Errorf("%s, adwin %+v: got a window of %d about %v, want %v about %v", c.Kind, run.Params, a.Width(), a.Mean(), run.Width, run.Mean)
			}
		}
	}
	if runs < 200 || drifts < 200 {
		t.Errorf("there were %d runs with %d drifts", runs, drifts)
	}
}

func again(t *testing.T, d Detector) Detector {
	t.Helper()
	content, err := Save(d)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = Restore(content); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWhatIsNoNumberIsNotConsumed(t *testing.T) {
	for _, name := range Names() {
		with, _ := New(name, Params{})
		without, _ := New(name, Params{})
		for i := range 3000 {
			x := float64(i / 2000 % 2)
			if got := with.Add([]float64{math.NaN(), math.Inf(1), math.Inf(-1)}[i%3]); got != Skipped {
				t.Fatalf("%s: got %v of a value that is none", name, got)
			}
			if a, b := with.Add(x), without.Add(x); a != b {
				t.Fatalf("%s at %d: got %v, want %v", name, i, a, b)
			}
		}
	}
}

func TestDetectorsThatCannotBeSaySo(t *testing.T) {
	for name, c := range map[string]struct {
		detector string
		params   Params
		why      string
	}{
		"unknown name": {"kswin", Params{}, "not one of"},
		"unknown mode": {"page_hinkley", Params{Mode: "sideways"}, "not up, down or both"},
		"no clock":     {"adwin", Params{Clock: -1}, "make no window"},
	} {
		if _, err := New(c.detector, c.params); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: got %v, want %q", name, err, c.why)
		}
	}
	for name, content := range map[string]string{
		"no JSON":        `{`,
		"a broken state": `{"detector":"ddm","params":{},"state":[]}`,
		"a false window": `{"detector":"adwin","params":{},"state":{"rows":[[{"t":1,"v":0}]],"width":7}}`,
		"no rows":        `{"detector":"adwin","params":{},"state":{"rows":[],"width":0}}`,
	} {
		if d, err := Restore([]byte(content)); err == nil {
			t.Errorf("%s: got %+v", name, d)
		}
	}
}

func FuzzRestore(f *testing.F) {
	for _, name := range Names() {
		d, _ := New(name, Params{MaxBuckets: 2})
		for i := range 100 {
			d.Add(float64(i % 3))
		}
		content, err := Save(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content, 1.0)
	}
	f.Fuzz(func(t *testing.T, content []byte, x float64) {
		d, err := Restore(content)
		if err != nil {
			return
		}
		for i := range 200 {
			if s := d.Add(x * float64(i%7)); s < Quiet || s > Skipped {
				t.Errorf("got the signal %d", s)
			}
		}
	})
}
