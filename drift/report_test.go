package drift_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"benchside/drift"
)

// schema is the part of JSON Schema that report.schema.json uses.
type schema struct {
	Const      any
	Enum       []any
	Type       any
	Required   []string
	Properties map[string]*schema
	Items      *schema
	Ref        string             `json:"$ref"`
	Defs       map[string]*schema `json:"$defs"`
}

// faults lists what of a value is not as the schema says.
func (s *schema) faults(v any, at string, defs map[string]*schema) []string {
	if s == nil {
		return nil
	}
	if s.Ref != "" {
		return defs[strings.TrimPrefix(s.Ref, "#/$defs/")].faults(v, at, defs)
	}
	var out []string
	if s.Const != nil && v != s.Const {
		out = append(out, fmt.Sprintf("%s is %v, not %v", at, v, s.Const))
	}
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		out = append(out, fmt.Sprintf("%s is %v, not one of %v", at, v, s.Enum))
	}
	if types := fmt.Sprint(s.Type); s.Type != nil && !strings.Contains(types, typeOf(v)) && !(strings.Contains(types, "number") && typeOf(v) == "integer") {
		out = append(out, fmt.Sprintf("%s is of type %s, not %s", at, typeOf(v), types))
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				out = append(out, at+" has no "+name)
			}
		}
		for name, part := range v {
			out = append(out, s.Properties[name].faults(part, at+"."+name, defs)...)
		}
	case []any:
		for i, part := range v {
			out = append(out, s.Items.faults(part, fmt.Sprintf("%s[%d]", at, i), defs)...)
		}
	}
	return out
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	case bool:
		return "boolean"
	}
	return "object"
}

func checkSchema(t *testing.T, content []byte) {
	t.Helper()
	var s schema
	if err := json.Unmarshal(read(t, "testdata/report.schema.json"), &s); err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(content, &v); err != nil {
		t.Fatal(err)
	}
	for _, fault := range s.faults(v, "report", s.Defs) {
		t.Error(fault)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestReportsAreOfTheSchema(t *testing.T) {
	checkSchema(t, read(t, "testdata/report.example.json"))
	task := realTasks()["flights2013"]
	r, err := drift.Compare(t.Context(), task.table(t, "flights2013_reference"), task.table(t, "flights2013_current"),
		drift.Options{Period: "month", Threshold: 0.3, Slices: []string{"origin"}, Groups: []string{"origin"}})
	if err != nil {
		t.Fatal(err)
	}
	r.Sources.Reference.Kind, r.Sources.Current.Kind = "file", "file"
	sound(t, r)
	content, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	checkSchema(t, content)
}

// TestTheExampleIsWhatWeFind compares a report of ours with the example that the
// reference implementation made of the same data.
func TestTheExampleIsWhatWeFind(t *testing.T) {
	want, err := drift.Read(read(t, "testdata/report.example.json"))
	if err != nil {
		t.Fatal(err)
	}
	task := realTasks()["flights2013"]
	got, err := drift.Compare(t.Context(), task.table(t, "flights2013_reference"), task.table(t, "flights2013_current"),
		drift.Options{Period: "month", Threshold: 0.3, FeaturesOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if got.Verdict.Status != want.Verdict.Status || got.Verdict.Drifted != want.Verdict.Drifted || got.Verdict.Tested != want.Verdict.Tested {
		t.Errorf("got %+v, want %+v", got.Verdict, want.Verdict)
	}
	for _, w := range want.Features {
		i := slices.IndexFunc(got.Features, func(f drift.Finding) bool { return f.Name == w.Name })
		g := got.Features[i]
		if g.Status != w.Status || g.Kind != w.Kind || g.Role != w.Role || g.Test.Name != w.Test.Name ||
			g.Test.Compare != w.Test.Compare || g.Test.Display != w.Test.Display || !close12(g.Test.Score, float64(w.Test.Score)) {
			t.Errorf("%s: got %s %s %+v, want %s %s %+v", w.Name, g.Kind, g.Status, g.Test, w.Kind, w.Status, w.Test)
		}
		sameMeasures(t, w.Name, g.Measures, w.Measures)
		sameSummary(t, w.Name, g.Reference, w.Reference)
		sameSummary(t, w.Name, g.Current, w.Current)
		for i, window := range w.Windows {
			own := g.Windows[i]
			if own.Label != window.Label || own.Rows != window.Rows || own.Status != window.Status || own.StartMS != window.StartMS {
				t.Errorf("%s: got the window %+v, want %+v", w.Name, own, window)
			}
		}
		if g.Histogram == nil || g.Histogram.Edges != nil && w.Histogram.Edges != nil && !slices.Equal(g.Histogram.Current, w.Histogram.Current) {
			t.Errorf("%s: got the histogram %+v, want %+v", w.Name, g.Histogram, w.Histogram)
		}
	}
}

func sameMeasures(t *testing.T, name string, got, want drift.Measures) {
	t.Helper()
	for what, pair := range map[string][2]drift.Number{
		"wasserstein": {got.Wasserstein, want.Wasserstein}, "normed": {got.WassersteinNorm, want.WassersteinNorm}, "psi": {got.PSI, want.PSI},
		"js": {got.JS, want.JS}, "hellinger": {got.Hellinger, want.Hellinger}, "V": {got.CramersV, want.CramersV},
	} {
		if pair[1].Defined() && !close12(pair[0], float64(pair[1])) {
			t.Errorf("%s: got %s %v, want %v", name, what, pair[0], pair[1])
		}
	}
	if want.KS != nil && !close12(got.KS.Statistic, float64(want.KS.Statistic)) || want.Chi2 != nil && got.Chi2.DF != want.Chi2.DF {
		t.Errorf("%s: got %+v and %+v, want %+v and %+v", name, got.KS, got.Chi2, want.KS, want.Chi2)
	}
	if !slices.Equal(got.NewLabels, want.NewLabels) || !slices.Equal(got.GoneLabels, want.GoneLabels) {
		t.Errorf("%s: got %v new and %v gone, want %v and %v", name, got.NewLabels, got.GoneLabels, want.NewLabels, want.GoneLabels)
	}
}

func sameSummary(t *testing.T, name string, got, want drift.Summary) {
	t.Helper()
	if got.Rows != want.Rows || got.Missing != want.Missing || got.Distinct != want.Distinct || (got.Numbers == nil) != (want.Numbers == nil) {
		t.Errorf("%s: got %+v, want %+v", name, got, want)
		return
	}
	if want.Numbers != nil && (!close12(got.Mean, float64(want.Mean)) || !close12(got.SD, float64(want.SD)) || !close12(got.Skew, float64(want.Skew)) ||
		!close12(got.Kurtosis, float64(want.Kurtosis)) || !close12(got.Quantiles.P99, float64(want.Quantiles.P99)) || got.Zeros != want.Zeros) {
		t.Errorf("%s: got %+v, want %+v", name, got.Numbers, want.Numbers)
	}
	if want.Labels != nil && (got.Mode != want.Mode || !slices.Equal(got.Top[:len(want.Top)], want.Top)) {
		t.Errorf("%s: got %+v, want %+v", name, got.Labels, want.Labels)
	}
}

func TestReportsThatAreNoneAreRefused(t *testing.T) {
	for why, content := range map[string]string{
		"its schema is":       `{"schema":"other/1"}`,
		"unexpected end":      `{"schema":`,
		"bins without counts": `{"schema":"benchside-drift-report/1","features":[{"histogram":{"edges":[0,1,2],"reference":[1],"current":[1,2]}}]}`,
		"there are 3 parts":   `{"schema":"benchside-drift-report/1","features":[{"current":{"mode":"a","top":[["a",1,2]]}}]}`,
	} {
		if _, err := drift.Read([]byte(content)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("got %v, want %q", err, why)
		}
	}
}
