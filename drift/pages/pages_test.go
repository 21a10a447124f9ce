package pages

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"benchside/drift"
)

func example(t *testing.T) drift.Report {
	t.Helper()
	content, err := os.ReadFile("../testdata/report.example.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := drift.Read(content)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func written(t *testing.T, r drift.Report) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestThePageHasWhatTheReportSays(t *testing.T) {
	got := written(t, example(t))
	for what, want := range map[string]string{
		"the verdict":          "7 of 14 features",
		"a row of the table":   `<tr class="drift"><td>▲</td><td>temp</td>`,
		"a column by itself":   "<summary>temp: drift</summary>",
		"a distribution":       `<rect class="r" width=`,
		"a quantile":           "<td>p95</td>",
		"new labels":           "<td>new labels</td>",
		"quality by window":    "<td class=\"right\">2013-09</td>",
		"what the report says": "window 2014-01 holds 3 rows",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing: %s", what, want)
		}
	}
	if n := strings.Count(got, "<details"); n != 16 {
		t.Errorf("got %d columns, want 16", n)
	}
}

// TestThePageIsHarmless writes a report whose every text is an attack.
func TestThePageIsHarmless(t *testing.T) {
	const attack = "\x1b[31m</title><script>alert(1)</script><img src=https://x onerror=y>\"'&\u202e"
	r := example(t)
	name := attack
	r.Name = &name
	r.Notes = []string{attack}
	r.Sources.Reference.Path = attack
	for i := range r.Features {
		f := &r.Features[i]
		f.Name, f.Kind, f.Reason, f.Notes = attack, attack, attack, []string{attack}
		f.Measures.NewLabels = []string{attack}
		if f.Histogram != nil && f.Histogram.Labels != nil {
			f.Histogram.Labels[0] = attack
		}
		if f.Current.Labels != nil {
			f.Current.Labels.Mode = attack
		}
	}
	got := written(t, r)
	for _, bad := range []string{"<script", "<img", "onerror=y>\"", "\x1b", "\u202e", "alert(1)</"} {
		if strings.Contains(got, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if found := regexp.MustCompile(`src=|href=|url\(|https?:`).FindString(written(t, example(t))); found != "" {
		t.Errorf("the page asks for something: %q", found)
	}
}

func TestAReportWithoutAnythingIsAPage(t *testing.T) {
	if got := written(t, drift.Report{}); !strings.HasSuffix(got, "</html>\n") {
		t.Errorf("got %q", got)
	}
}
