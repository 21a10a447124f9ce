package foreign_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"benchside/drift"
	"benchside/drift/foreign"
)

const samples = "testdata/evidently"

// expected is what a second program read of a sample.
type expected struct {
	Features []struct {
		Name      string
		Type      string
		Test      *string
		Threshold *float64
		Score     *float64
		Detected  *bool
		Rounded   bool
		Reference *histogram `json:"ref_hist"`
		Current   *histogram `json:"cur_hist"`
	}
	Dataset struct {
		Columns, Drifted *int
		Share            *float64
		ShareThreshold   *float64 `json:"share_threshold"`
		Drift            *bool
	}
	Version, Timestamp *string
}

type histogram struct {
	X []any
	Y []float64
}

func open(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(samples, name))
	if errors.Is(err, os.ErrNotExist) {
		var packed *os.File
		if packed, err = os.Open(filepath.Join(samples, name+".gz")); err == nil {
			defer packed.Close()
			var z *gzip.Reader
			if z, err = gzip.NewReader(packed); err == nil {
				content, err = io.ReadAll(z)
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func expectations(t testing.TB) map[string]expected {
	t.Helper()
	var all map[string]expected
	if err := json.Unmarshal(open(t, "expected_parse.json"), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 25 {
		t.Fatalf("%d samples, want 25", len(all))
	}
	return all
}

func same(t *testing.T, what string, got drift.Number, want *float64) {
	t.Helper()
	if want == nil {
		if got.Defined() {
			t.Errorf("%s is %v, and the file has none", what, got)
		}
		return
	}
	if float64(got) != *want {
		t.Errorf("%s is %v, want %v", what, got, *want)
	}
}

// TestSamplesAreReadAsTheyAre holds every sample against what another program reads:
// all verdicts, scores and thresholds, digit by digit.
func TestSamplesAreReadAsTheyAre(t *testing.T) {
	for name, want := range expectations(t) {
		t.Run(name, func(t *testing.T) {
			r, err := foreign.Read(t.Context(), bytes.NewReader(open(t, name)))
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Features) != len(want.Features) {
				t.Fatalf("%d columns, want %d", len(r.Features), len(want.Features))
			}
			for _, w := range want.Features {
				at := slices.IndexFunc(r.Features, func(f drift.Finding) bool { return f.Name == w.Name })
				if at < 0 {
					t.Fatalf("no column %s", w.Name)
				}
				f := r.Features[at]
				if (f.Status == drift.Drifted) != *w.Detected || (f.Status == drift.OK) == *w.Detected {
					t.Errorf("%s is %s, detected is %v", w.Name, f.Status, *w.Detected)
				}
				if w.Type != "" && f.Kind != w.Type {
					t.Errorf("%s is of kind %s, want %s", w.Name, f.Kind, w.Type)
				}
				if *w.Test != f.Test.Display && *w.Test != f.Test.Name || f.Test.Compare == "" || (f.Test.Decimals > 0) != w.Rounded {
					t.Errorf("%s by %+v, want %s, rounded %v", w.Name, f.Test, *w.Test, w.Rounded)
				}
				same(t, w.Name+"'s score", f.Test.Score, w.Score)
				same(t, w.Name+"'s threshold", f.Test.Threshold, w.Threshold)
				distributed(t, f, w.Reference, w.Current)
			}
			verdict(t, r, want)
		})
	}
}

func verdict(t *testing.T, r drift.Report, want expected) {
	t.Helper()
	d, v := want.Dataset, r.Verdict
	same(t, "share", v.Share, d.Share)
	if d.Drifted != nil && v.Drifted != *d.Drifted || d.Columns != nil && v.Columns != *d.Columns {
		t.Errorf("%d of %d columns, want %v of %v", v.Drifted, v.Columns, *d.Drifted, d.Columns)
	}
	if d.ShareThreshold != nil && v.Threshold != *d.ShareThreshold {
		t.Errorf("limit of the share %v, want %v", v.Threshold, *d.ShareThreshold)
	}
	status := drift.VerdictUndefined
	if d.Drift != nil {
		status = drift.VerdictDrift // no sample has another verdict
	}
	if v.Status != status {
		t.Errorf("verdict %s, want %s", v.Status, status)
	}
	if want.Version != nil && r.Engine.Version != *want.Version || r.Engine.Name != "evidently" || r.Engine.Version == "" {
		t.Errorf("engine %+v, want %v", r.Engine, want.Version)
	}
	if (want.Timestamp != nil) == r.Created.IsZero() {
		t.Errorf("created %v, want %v", r.Created, want.Timestamp)
	}
	if r.Features != nil && !slices.IsSortedFunc(r.Features, func(a, b drift.Finding) int {
		order := []drift.Status{drift.Drifted, drift.OK}
		return slices.Index(order, a.Status) - slices.Index(order, b.Status)
	}) {
		t.Error("drifted columns do not come first")
	}
}

// distributed holds the distributions against the file's: rows of labels exactly,
// densities of numbers by their shares.
func distributed(t *testing.T, f drift.Finding, reference, current *histogram) {
	t.Helper()
	if reference == nil || current == nil {
		return
	}
	if len(reference.X) == len(reference.Y) {
		sum := func(of []float64) (n int) {
			for _, v := range of {
				n += int(v)
			}
			return n
		}
		counted := func(of []int) (n int) {
			for _, v := range of {
				n += v
			}
			return n
		}
		h := f.Histogram
		if h == nil || counted(h.Reference) != sum(reference.Y) || counted(h.Current) != sum(current.Y) {
			t.Errorf("%s: histogram %+v, want %v and %v", f.Name, h, reference, current)
		}
		return
	}
	if f.Shapes == nil {
		t.Fatalf("%s has no shapes", f.Name)
	}
	for i, s := range []drift.Shape{f.Shapes.Reference, f.Shapes.Current} {
		want := []*histogram{reference, current}[i]
		for bin, share := range s.Shares {
			wide := want.X[bin+1].(float64) - want.X[bin].(float64)
			if math.Abs(share-want.Y[bin]*wide) > 1e-9 {
				t.Errorf("%s: bin %d has the share %v, want %v", f.Name, bin, share, want.Y[bin]*wide)
			}
		}
	}
}

// TestReadReportsCanBeWritten: what was read, written as ours and read again, is the same.
func TestReadReportsCanBeWritten(t *testing.T) {
	for name := range expectations(t) {
		r, err := foreign.Read(t.Context(), bytes.NewReader(open(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		content, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := foreign.Read(t.Context(), bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		twice, err := json.Marshal(again)
		if err != nil || !bytes.Equal(content, twice) {
			t.Errorf("%s: %v\n got %.600s\nwant %.600s", name, err, twice, content)
		}
		if strings.Contains(string(content), `"reference":{"rows"`) {
			t.Errorf("%s: rows that the file does not have", name)
		}
	}
}

func TestWhatAFileSaysOfAModelIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		task              string
		reference, recall float64
	}{
		"v0.7.23_drift_psi_plus_classification_dict.json": {"binary", math.NaN(), 0.47572815533980584},
		"v0.4.40_target_classification_asdict.json":       {"binary", 0.29347826086956524, 0.47572815533980584},
	} {
		r, err := foreign.Read(t.Context(), bytes.NewReader(open(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		q := r.Quality
		if q == nil || q.Task != c.task || float64(q.Current.Metrics["recall"]) != c.recall {
			t.Fatalf("%s: quality %+v", name, q)
		}
		if (q.Reference == nil) != math.IsNaN(c.reference) || q.Reference != nil && float64(q.Reference.Metrics["recall"]) != c.reference {
			t.Errorf("%s: reference %+v, want %v", name, q.Reference, c.reference)
		}
	}
}

const table = `{"version":"0.5.0","metrics":[{"metric":"DataDriftTable","result":{"drift_by_columns":{"a":`

func TestOddFiles(t *testing.T) {
	one := func(f drift.Finding) []drift.Finding { return []drift.Finding{f} }
	for what, c := range map[string]struct {
		content string
		want    []drift.Finding // name, status and reason
	}{
		"Python's own constants are undefined": {
			table + `{"stattest_name":"PSI","stattest_threshold":0.1,"drift_score":Infinity,"drift_detected":true},"NaN":{"drift_score":NaN}}}}]}`,
			[]drift.Finding{{Name: "a", Status: drift.Drifted}, {Name: "NaN", Status: drift.Undefined, Reason: "the report has no score"}},
		},
		"a test of somebody's own has no verdict by itself": {
			`{"metrics":[{"metric_name":"ValueDrift(column=a)","config":{"type":"evidently:metric_v2:ValueDrift","column":"a","method":"mine","threshold":0.1},"value":0.5}],"tests":[]}`,
			one(drift.Finding{Name: "a", Status: drift.Undefined, Reason: "the report has no verdict"}),
		},
		"nor has the text test that compares with chance": {
			`{"metrics":[{"metric_name":"ValueDrift(column=a)","config":{"type":"evidently:metric_v2:ValueDrift","column":"a","method":"perc_text_content_drift","threshold":0.95},"value":0.5}],"tests":[]}`,
			one(drift.Finding{Name: "a", Status: drift.Undefined, Reason: "the report has no verdict"}),
		},
		"the verdict of the file holds against its score": {
			table + `{"stattest_name":"PSI","stattest_threshold":0.1,"drift_score":0.9,"drift_detected":false}}}}]}`,
			one(drift.Finding{Name: "a", Status: drift.OK}),
		},
		"a name with a comma and an option": {
			`{"metrics":[{"metric_id":"ValueDrift(column=a,b,threshold=0.2)","value":0.5}],"tests":[{"id":"drift","name":"Value Drift for column a,b","status":"SUCCESS","description":"Drift score is 0.50. The drift detection method is K-S p_value. The drift threshold is 0.05."}]}`,
			one(drift.Finding{Name: "a,b", Status: drift.OK}),
		},
		"a byte order mark and blanks": {"\xef\xbb\xbf \n" + table + `{"drift_detected":true}}}}]}`, one(drift.Finding{Name: "a", Status: drift.Drifted})},
		"members of other types are left out": {
			table + `{"stattest_name":5,"drift_score":"high","drift_detected":true,"current":[]}}}}],"name":7}`,
			one(drift.Finding{Name: "a", Status: drift.Drifted}),
		},
		"a page whose scripts begin as its data does": {
			"<html>\nvar x = {1};\nvar additional_graphs_y = {\"widgets\":[]};\n" +
				`  var evidently_dashboard_1 = {"name":"Report","widgets":[{"type":"big_table","params":{"data":[{"column_name":"a","stattest_name":"PSI","data_drift":"Detected","drift_score":1}]}}]};` + "\r\n</html>",
			one(drift.Finding{Name: "a", Status: drift.Drifted}),
		},
	} {
		r, err := foreign.Read(t.Context(), strings.NewReader(c.content))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if len(r.Features) != len(c.want) {
			t.Errorf("%s: %d columns, want %d", what, len(r.Features), len(c.want))
			continue
		}
		for i, f := range r.Features {
			if w := c.want[i]; f.Name != w.Name || f.Status != w.Status || f.Reason != w.Reason {
				t.Errorf("%s: got %s %s %q, want %s %s %q", what, f.Name, f.Status, f.Reason, w.Name, w.Status, w.Reason)
			}
		}
	}
}

func TestWhatIsNoReportIsNone(t *testing.T) {
	for what, content := range map[string]string{
		"nothing":                       "",
		"a list":                        "[1]",
		"a text":                        "drift",
		"other JSON":                    `{"metrics":[1,2]}`,
		"metrics and tests of others":   `{"metrics":[{"name":"a"}],"tests":[]}`,
		"tests of others":               `{"tests":[{"name":"a","status":"ok"}]}`,
		"results of others":             `{"metrics":[{"metric":"speed","result":{}}]}`,
		"half of one":                   table,
		"what follows a report":         `{"metric_results":5,"top_level_metrics":[]}`,
		"a page of others":              "<html>\nvar a = {\"b\": 1};\n</html>",
		"another schema of ours":        `{"schema":"benchside-drift-report/99"}`,
		"widgets that are not Report's": "<html>\nvar a = {\"widgets\"};\n",
	} {
		if r, err := foreign.Read(t.Context(), strings.NewReader(content)); !errors.Is(err, foreign.ErrNone) {
			t.Errorf("%s: %v, %+v", what, err, r)
		}
	}
}

// endless is a file that does not end.
type endless struct{ begin, then string }

func (e *endless) Read(p []byte) (int, error) {
	if e.begin != "" {
		n := copy(p, e.begin)
		e.begin = e.begin[n:]
		return n, nil
	}
	for i := range p {
		p[i] = e.then[i%len(e.then)]
	}
	return len(p), nil
}

func TestFilesWithoutEndEnd(t *testing.T) {
	for what, r := range map[string]io.Reader{
		"JSON":          &endless{`{"a":"`, "x"},
		"a page":        &endless{"<html>\n", "a line\n"},
		"a line of it":  &endless{"<html>\nvar x = {", "x"},
		"deep in lists": &endless{`{"metrics":`, "["},
	} {
		if _, err := foreign.ReadWithin(t.Context(), r, 1<<20); !errors.Is(err, foreign.ErrLong) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name := range maps.Keys(expectations(t)) {
		if _, err := foreign.Read(ctx, bytes.NewReader(open(t, name))); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v after it was cancelled", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for name := range expectations(f) {
		if content := open(f, name); len(content) < 10_000 {
			f.Add(content)
		}
	}
	f.Add([]byte(table + `{"stattest_name":"PSI","drift_score":NaN,"current":{"small_distribution":{"x":[0,1],"y":[1]}},"reference":{"small_distribution":{"x":[0,0],"y":[1]}}}}}}]}`))
	f.Add([]byte("<html>\nvar evidently_dashboard_1 = {\"widgets\":[{\"type\":\"big_table\",\"tabs\":[{\"widget\":{\"widgets\":[]}}],\"params\":{\"data\":[{\"column_name\":\"a\",\"stattest_name\":\"PSI\"}],\"counters\":[{\"label\":\"Columns\",\"value\":\"3\"}]}}]};\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := foreign.Read(t.Context(), bytes.NewReader(content))
		if err != nil {
			return
		}
		written, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := drift.Read(written); err != nil {
			t.Fatalf("it is not read again: %v\n%s", err, written)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"v0.7.23_datadrift_snapshot.json", "v0.7.23_datadrift.stub.html"} {
		content := open(b, name)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				if _, err := foreign.Read(b.Context(), bytes.NewReader(content)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
