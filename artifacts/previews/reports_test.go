package previews

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"

	"benchside/drift"
	"benchside/drift/foreign"
)

func sample(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile("../../drift/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestDriftReportsAreFoundByWhatIsInThem: whatever they are called, and none but them;
// the one at the usual place is meant, or the only one.
func TestDriftReportsAreFoundByWhatIsInThem(t *testing.T) {
	ours, theirs := sample(t, "testdata/report.example.json"), sample(t, "foreign/testdata/evidently/v0.7.8_datadrift_dict.json")
	for what, c := range map[string]struct {
		files map[string]string
		want  []string
		meant string // "" where several could be
		err   error
	}{
		"none":    {map[string]string{"drift/report.txt": theirs, "drift.json": `{"drift": true, "share": 0.5, "columns": ["age"]}`}, nil, "", fs.ErrNotExist},
		"one":     {map[string]string{"x/y.json": theirs, "a.json": "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]"}, []string{"x/y.json"}, "x/y.json", nil},
		"several": {map[string]string{"b.json": theirs, "a.json": ours}, []string{"a.json", "b.json"}, "", nil},
		"usual":   {map[string]string{"a.json": theirs, UsualReport: ours}, []string{UsualReport, "a.json"}, UsualReport, nil},
	} {
		run := holds(t, c.files)
		got, cut, err := Reports(t.Context(), run)
		if err != nil || cut || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, %v, %v, want %q", what, got, cut, err, c.want)
		}
		meant, err := TheReport(t.Context(), run, "")
		several := new(SeveralReports)
		switch {
		case meant != c.meant:
			t.Errorf("%s: %q is meant, want %q", what, meant, c.meant)
		case c.err != nil && !errors.Is(err, c.err), c.err == nil && c.meant == "" && !errors.As(err, &several):
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestADriftReportHasTheTimeAndTheRunOfItsFile(t *testing.T) {
	run := holds(t, map[string]string{"a.json": sample(t, "foreign/testdata/evidently/v0.7.8_datadrift_dict.json"), "b.json": `{"a": "none of them, but long enough"}`})
	r, err := DriftReport(t.Context(), run, "a.json")
	if err != nil || r.Created.IsZero() || r.Sources.RunID == nil || *r.Sources.RunID != "r" {
		t.Errorf("%+v, %v", r.Sources, err)
	}
	v, is, err := Verdict(t.Context(), run, "a.json")
	if err != nil || !is || v.Status != drift.VerdictDrift || v.Drifted != 5 {
		t.Errorf("%+v, %v, %v", v, is, err)
	}
	if _, is, err := Verdict(t.Context(), run, "b.json"); is || err != nil {
		t.Errorf("%v, %v", is, err)
	}
	if _, err := DriftReport(t.Context(), run, "b.json"); !errors.Is(err, foreign.ErrNone) {
		t.Error(err)
	}
}
