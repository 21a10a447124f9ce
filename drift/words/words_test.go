package words_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"benchside/drift"
	"benchside/drift/words"
)

func example(t testing.TB) drift.Report {
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

func text(t testing.TB, r drift.Report, width int) string {
	t.Helper()
	var b strings.Builder
	if err := words.Text(&b, r, width); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAReportAsText(t *testing.T) {
	for _, width := range []int{0, 120, 80, 40} {
		t.Run(fmt.Sprint(width), func(t *testing.T) { golden.RequireEqual(t, text(t, example(t), width)) })
	}
}

func TestAReportAsMarkdown(t *testing.T) {
	var b strings.Builder
	if err := words.Markdown(&b, example(t)); err != nil {
		t.Fatal(err)
	}
	golden.RequireEqual(t, b.String())
}

func TestNoLineIsWiderThanItMayBe(t *testing.T) {
	for width := 20; width < 200; width += 7 {
		for _, line := range strings.Split(text(t, example(t), width), "\n") {
			if n := ansi.StringWidth(line); n > width {
				t.Fatalf("%d cells of %d: %q", n, width, line)
			}
		}
	}
}

func TestColumnsThatHaveNothingToSayAreLeftOut(t *testing.T) {
	nan := drift.Number(math.NaN())
	f := drift.Finding{Name: "age", Status: drift.Drifted, Test: &drift.TestResult{Name: "ks", Score: 0.001, Threshold: nan, PValue: true}}
	f.Measures.PSI = nan
	columns, _ := words.Fit([]drift.Finding{f}, 0, false)
	if got, want := fmt.Sprint(columns), fmt.Sprint([]words.Column{words.Mark, words.Name, words.Test, words.Score, words.Said}); got != want {
		t.Errorf("columns %s, want %s", got, want)
	}
}

func TestCells(t *testing.T) {
	p := func(v drift.Number, decimals int) drift.Finding {
		return drift.Finding{Test: &drift.TestResult{Name: "ks", Score: v, Threshold: 0.05, PValue: true, Decimals: decimals}}
	}
	for what, c := range map[string]struct {
		of   drift.Finding
		at   words.Column
		want string
	}{
		"a p value of zero is smaller than what can be written": {p(0, 0), words.Score, "<1e-300"},
		"a p value rounded to zero is below its last decimal":   {p(0, 3), words.Score, "<0.001"},
		"a p value":                      {p(0.0123456, 0), words.Score, "0.0123"},
		"a score without a number":       {p(drift.Number(math.NaN()), 0), words.Score, "—"},
		"a column that was not tested":   {drift.Finding{Status: drift.Skipped}, words.Mark, "·"},
		"why it was not":                 {drift.Finding{Status: drift.Undefined, Reason: "current is empty"}, words.Said, "undefined  current is empty"},
		"a name may not steer a screen":  {drift.Finding{Name: "a\x1b[2Jb\nc"}, words.Name, "a␛[2Jb␊c"},
		"rows that are not known":        {drift.Finding{}, words.CurrentRows, "—"},
		"rows that a test sees":          {drift.Finding{Reference: drift.Summary{Rows: 12345, Missing: 5}}, words.ReferenceRows, "12,340"},
		"only p is below its limit":      {drift.Finding{Status: drift.Drifted, PAdjusted: 0.2, Test: p(0.04, 0).Test}, words.Said, "DRIFT  p only"},
		"and is marked so":               {drift.Finding{Status: drift.Drifted, PAdjusted: 0.2, Test: p(0.04, 0).Test}, words.Mark, "△"},
		"a test that nobody knows":       {drift.Finding{Test: &drift.TestResult{Display: "my test"}}, words.Test, "my test"},
		"a big score keeps whole digits": {drift.Finding{Test: &drift.TestResult{Score: 3_000_000}}, words.Score, "3000000"},
	} {
		if got := words.Cell(c.of, c.at, false); got != c.want {
			t.Errorf("%s: got %q, want %q", what, got, c.want)
		}
	}
}

func TestDistributionsAreDrawnToOneScale(t *testing.T) {
	edges := func(n int) []float64 {
		out := make([]float64, n+1)
		for i := range out {
			out[i] = float64(i)
		}
		return out
	}
	for what, c := range map[string]struct {
		of             drift.Finding
		cells          int
		reference, now string
	}{
		"a bin a cell":                   {drift.Finding{Histogram: &drift.Histogram{Edges: edges(3), Reference: []int{4, 0, 4}, Current: []int{0, 8, 0}}}, 10, "▅ ▅", " █ "},
		"bins that share cells":          {drift.Finding{Histogram: &drift.Histogram{Edges: edges(3), Reference: []int{2, 2, 2}, Current: []int{6, 0, 0}}}, 2, "▅▅", "█ "},
		"labels in their order":          {drift.Finding{Histogram: &drift.Histogram{Labels: []string{"a", "b"}, Reference: []int{1, 1}, Current: []int{0, 2}}}, 10, "▅▅", " █"},
		"others count as well":           {drift.Finding{Histogram: &drift.Histogram{Labels: []string{"a"}, Reference: []int{1}, OtherReference: 1, Current: []int{1}}}, 10, "▅", "█"},
		"each side in bins of its own":   {drift.Finding{Shapes: &drift.Shapes{Reference: drift.Shape{Edges: []float64{0, 1}, Shares: []float64{1}}, Current: drift.Shape{Edges: []float64{3, 4}, Shares: []float64{1}}}}, 4, "█   ", "   █"},
		"all at one value":               {drift.Finding{Shapes: &drift.Shapes{Reference: drift.Shape{Edges: []float64{5, 5}, Shares: []float64{1}}, Current: drift.Shape{Edges: []float64{5, 5}, Shares: []float64{1}}}}, 2, "█ ", "█ "},
		"no rows":                        {drift.Finding{Histogram: &drift.Histogram{Edges: edges(1), Reference: []int{0}, Current: []int{0}}}, 3, " ", " "},
		"no distribution":                {drift.Finding{}, 3, "", ""},
		"a range as wide as numbers are": {drift.Finding{Shapes: &drift.Shapes{Reference: drift.Shape{Edges: []float64{-math.MaxFloat64, math.MaxFloat64}, Shares: []float64{1}}, Current: drift.Shape{Edges: []float64{0, math.MaxFloat64}, Shares: []float64{1}}}}, 2, "▅▅", " █"},
	} {
		x, y := words.Sparklines(c.of, c.cells, false)
		if x != c.reference || y != c.now {
			t.Errorf("%s: got %q and %q, want %q and %q", what, x, y, c.reference, c.now)
		}
	}
}

func TestAColumnAsText(t *testing.T) {
	for _, name := range []string{"temp", "dest", "late"} {
		t.Run(name, func(t *testing.T) {
			for _, f := range example(t).Features {
				if f.Name != name {
					continue
				}
				var b strings.Builder
				if err := words.Drill(&b, f, 100); err != nil {
					t.Fatal(err)
				}
				golden.RequireEqual(t, b.String())
			}
		})
	}
}
