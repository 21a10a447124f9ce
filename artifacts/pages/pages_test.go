package pages

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

const lab = "../../testdata/lab/mlruns/"

func read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(lab + name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestHTMLAsText(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"paragraphs":         {"<p>one  \n two</p><p>three</p>", []string{"one two", "three"}},
		"no scripts":         {"a<script>alert('<p>x</p>')</script><style>p{}</style> b", []string{"a b"}},
		"no hidden ends":     {"<svg><svg></svg>x</svg>y<noscript>z</noscript>", []string{"y"}},
		"headings":           {"<h1>A</h1>b<h2>C</h2>", []string{"# A", "b", "", "## C"}},
		"lists":              {"<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", []string{"- a", "  - b", "- c"}},
		"a table":            {"<table><tr><th>name</th><th>n</th></tr><tr><td>a</td><td>12</td></tr></table>", []string{"name  n", "a     12"}},
		"a table within one": {"<table><tr><td>a<table><tr><td>b</td></tr></table></td><td>c</td></tr></table>", []string{"a b  c"}},
		"cells without ends": {"<table><tr><td>a<td>b<tr><td>c</table>d", []string{"a  b", "c", "d"}},
		"preformatted":       {"<pre>a\n  b\n\nc</pre>", []string{"a", "  b", "", "c"}},
		"entities":           {"a &lt;b&gt; &amp; &uuml;", []string{"a <b> & ü"}},
		"breaks":             {"a<br>b<br/>c", []string{"a", "b", "c"}},
		"pictures":           {`<img alt="the loss"><img src="x">`, []string{"[image: the loss] [image]"}},
		"inline":             {"a <b>bold</b>, <i>c</i>.", []string{"a bold, c."}},
		"what a terminal obeys": {
			"a\x1b[2J&#27;[31m\u202eb", []string{"a␛[2J␛[31m⟨U+202E⟩b"},
		},
		"nothing": {"", nil},
	} {
		p, err := HTML(t.Context(), []byte(c.text))
		if err != nil || !slices.Equal(p.Lines, c.want) {
			t.Errorf("%s: got %q, %v; want %q", name, p.Lines, err, c.want)
		}
	}
}

func TestPagesOfTheLab(t *testing.T) {
	p, err := HTML(t.Context(), read(t, "4/38096efa07f84cef93a359b6a886ea40/artifacts/report.html"))
	if err != nil || !slices.Equal(p.Lines, []string{"# HTML"}) || p.Holds != nil {
		t.Errorf("the report: got %+v, %v", p, err)
	}
	p, err = HTML(t.Context(), read(t, "4/55da5886cf9548088392a7bee2a0f4ab/artifacts/figs/interactive.html"))
	if err != nil || !slices.Equal(p.Holds, []string{"plotly"}) {
		t.Errorf("the figure: got %+v, %v", p, err)
	}
	p, err = HTML(t.Context(), read(t, "2/58912f9e14d84c80a9f536cdde47c51c/artifacts/estimator.html"))
	if text := strings.Join(p.Lines, "\n"); err != nil || !strings.Contains(text, "Ridge") || strings.Contains(text, "function ") {
		t.Errorf("the estimator: got %q, %v", text, err)
	}
}

func TestWhatScriptsWouldDraw(t *testing.T) {
	p, err := HTML(t.Context(), []byte(`<title> A  report </title><script>Plotly.newPlot("x")</script><script>drawDashboard(a)</script><script>Plotly.newPlot("y")</script>`))
	if err != nil || p.Title != "A report" || !slices.Equal(p.Holds, []string{"plotly", "Evidently"}) {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestHostilePagesAreBounded(t *testing.T) {
	for name, text := range map[string]string{
		"deep":          strings.Repeat("<div>", 500_000),
		"many lines":    strings.Repeat("<p>a</p>", 500_000),
		"deep tables":   strings.Repeat("<table><tr><td>", 300_000),
		"many cells":    "<table><tr>" + strings.Repeat("<td>a</td>", 300_000),
		"many rows":     "<table>" + strings.Repeat("<tr><td>a</td>", 300_000),
		"a long tag":    "<a " + strings.Repeat("b=c ", 1_000_000) + ">",
		"a long word":   strings.Repeat("a", 8_000_000),
		"words":         strings.Repeat("a ", 2_000_000),
		"an open quote": `<a href="` + strings.Repeat("x", 9_000_000),
	} {
		start := time.Now()
		p, err := HTML(t.Context(), []byte(text))
		size := 0
		for _, l := range p.Lines {
			size += len(l)
		}
		if took := time.Since(start); err != nil || len(p.Lines) > mostLines+2 || size > 16<<20 || took > time.Minute {
			t.Errorf("%s: %d lines of %d bytes in %v, %v", name, len(p.Lines), size, took, err)
		}
	}
}

func TestMarkdownIsLaidOut(t *testing.T) {
	report := string(read(t, "4/38096efa07f84cef93a359b6a886ea40/artifacts/report.md"))
	plain, err := Markdown(t.Context(), report, 40, NoTTY)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(plain, "\n")
	for _, part := range []string{"# Report", "[x] done", "[ ] todo", "print('hi')", "quote ünï 🚀"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
	if strings.Contains(text, "\x1b") {
		t.Errorf("without colours there are escapes: %q", text)
	}
	for _, style := range []Style{Dark, Light} {
		lines, err := Markdown(t.Context(), report, 40, style)
		if err != nil || !strings.Contains(strings.Join(lines, ""), "\x1b[") {
			t.Errorf("style %d has no colours, %v", style, err)
		}
		for _, l := range lines {
			if w := ansi.StringWidth(l); w > 40 {
				t.Errorf("the line %q is %d cells wide", l, w)
			}
		}
	}
}

func TestMarkdownAsRows(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a paragraph is wrapped":    {"one two three four five six", []string{"one two three four", "five six"}},
		"a long word is broken":     {strings.Repeat("x", 25), []string{strings.Repeat("x", 20), "xxxxx"}},
		"words of two looks":        {"aaaa bbbb cccc **dd**ddd e", []string{"aaaa bbbb cccc ddddd", "e"}},
		"breaks":                    {"a\\\nb  \nc\nd", []string{"a", "b", "c d"}},
		"blocks are apart":          {"# A\n## B\nc\n\n---", []string{"# A", "", "## B", "", "c", "", strings.Repeat("─", 20)}},
		"lists":                     {"- a\n  - b\n\n    c\n- d\n\n7. e\n8. f", []string{"• a", "  • b", "    c", "• d", "", "7. e", "8. f"}},
		"tasks":                     {"- [x] a\n- [ ] b", []string{"• [x] a", "• [ ] b"}},
		"quotes":                    {"> a\n>\n> > b", []string{"│ a", "│", "│ │ b"}},
		"code":                      {"```py\nx = 1\n\n  y\n```\n\n    z", []string{"  x = 1", "", "    y", "", "  z"}},
		"links say where they lead": {"[a](b \"t\") <http://c.d> ![e](f)", []string{"a (b) http://c.d", "[image: e] (f)"}},
		"links that are text":       {"[http://c.d](http://c.d) http://e.f", []string{"http://c.d", "http://e.f"}},
		"entities and escapes":      {"&uuml; &lt; \\*a\\* `&lt;`", []string{"ü < *a* &lt;"}},
		"HTML as it is written":     {"<div>\na</div>\n\nb <i>c</i>", []string{"  <div>", "  a</div>", "", "b <i>c</i>"}},
		"a table":                   {"|a|bb|c|\n|:-|-:|:-:|\n|dd|e|fff|\n|g|", []string{"a   bb   c", "──  ──  ───", "dd   e  fff", "g"}},
		"a table that is too wide":  {"|a|b|\n|-|-|\n|c|one two three four five|", []string{"a  b", "─  ─────────────────", "c  one two three", "   four five"}},
		"wide signs":                {"日本語日本語日本語日本語", []string{"日本語日本語日本語日", "本語"}},
		"nothing":                   {"", nil},
	} {
		got, err := Markdown(t.Context(), c.text, 20, NoTTY)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, c.want)
		}
	}
	lines, err := Markdown(t.Context(), "# A\n**b** c `d`", 20, Dark)
	if want := []string{"\x1b[1;38;5;39m# A\x1b[0m", "", "\x1b[1mb\x1b[0m c \x1b[38;5;216md\x1b[0m"}; err != nil || !slices.Equal(lines, want) {
		t.Errorf("with colours: got %q, %v; want %q", lines, err, want)
	}
}

func TestMarkdownHasNoEscapesButColours(t *testing.T) {
	hostile := "&#27;[2J &#x9b;31m `\x1b[2J` [c](https://e.x/&#27;]8;;z) <b\x1b[2J>\n\n    \x1b[2J\n\n[a](https://x.y/\x1b]8;;z\x07) \x1b[2J \u009b31m \x1b]0;t\x07 [b](https://example.com) ![i](https://e.x/i.png)\n"
	for style := range palettes {
		lines, err := Markdown(t.Context(), hostile, 80, Style(style))
		if err != nil {
			t.Fatal(err)
		}
		checkSGR(t, lines)
	}
}

var colours = regexp.MustCompile(`\x1b\[[\d;:]*m`)

func checkSGR(t *testing.T, lines []string) {
	t.Helper()
	for _, l := range lines {
		rest := colours.ReplaceAllString(l, "")
		if strings.ContainsFunc(rest, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) {
			t.Errorf("the line %q is not safe", l)
		}
	}
}

func TestHostileMarkdownIsBounded(t *testing.T) {
	for name, text := range map[string]string{
		"quotes":   strings.Repeat("> ", 5000) + "a",
		"items":    strings.Repeat("- ", 5000) + "a",
		"brackets": strings.Repeat("[", 100_000),
		"some":     strings.Repeat("[", 5000),
		"links":    strings.Repeat("[a](", 5000),
		"emphasis": strings.Repeat("*a **b ", 15_000),
		"ticks":    strings.Repeat("`a ``", 15_000),
		"tags":     strings.Repeat("<a ", 15_000),
		"indentation": strings.Join(func() (l []string) {
			for i := range 400 {
				l = append(l, strings.Repeat(" ", 2*i)+"- a")
			}
			return l
		}(), "\n"),
		"numbers": strings.Repeat("1. ", 5000) + "a",
		"as deep as it may be": strings.Join(func() (l []string) {
			for i := range deepestMarkdown - 1 {
				l = append(l, strings.Repeat(" ", 2*i)+"- a")
			}
			return l
		}(), "\n"),
		"words": strings.Repeat("a ", 100_000),
		"big":   strings.Repeat("a\n", mostMarkdown),
	} {
		start := time.Now()
		_, err := Markdown(t.Context(), text, 80, Dark)
		if took := time.Since(start); err != nil && !errors.Is(err, ErrBounds) || took > time.Minute {
			t.Errorf("%s took %v, %v", name, took, err)
		} else {
			t.Logf("%s: %v %v", name, took, err)
		}
	}
}

// objects packs objects as PDF 1.5 does.
func objects(of string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(of))
	w.Close()
	return fmt.Sprintf("9 0 obj\n<< /Type /ObjStm /N 2 /First 10 /Length %d /Filter /FlateDecode >>\nstream\r\n%s\nendstream\nendobj\n", b.Len(), b.String())
}

func TestWhatAPDFSaysOfItself(t *testing.T) {
	lines := read(t, "4/55da5886cf9548088392a7bee2a0f4ab/artifacts/figs/lines.pdf")
	for name, c := range map[string]struct {
		text string
		want PDF
	}{
		"matplotlib's": {string(lines), PDF{Version: "1.4", Pages: 1, Width: 360, Height: 216, Producer: "Matplotlib pdf backend v3.11.2", Creator: "Matplotlib v3.11.2, https://matplotlib.org"}},
		"packed objects": {
			"%PDF-1.7\n" + objects("<< /Type /Pages /Kids [] /Count 12 >> << /Title <FEFF00FC0062> /Producer (a\\(b\\)\\101) >>"),
			PDF{Version: "1.7", Pages: 12, Title: "üb", Producer: "a(b)A"},
		},
		"pages without a tree": {"%PDF-1.1\n/Type /Page \n/Type/Page/x", PDF{Version: "1.1", Pages: 2}},
		"a tree of pages":      {"%PDF-1.3\n1 0 obj << /Count 5 /Type /Pages >> endobj 2 0 obj << /Type /Pages /Count 2 >> endobj", PDF{Version: "1.3", Pages: 5}},
		"an outline":           {"%PDF-1.3\n<< /Title (Chapter 1) >>", PDF{Version: "1.3"}},
		"encrypted":            {"%PDF-1.3\n/Encrypt 3 0 R /Producer (\x99\x98)", PDF{Version: "1.3", Encrypted: true}},
		"what a terminal obeys": {
			"%PDF-1.3\n/Producer (\x1b[2J)", PDF{Version: "1.3", Producer: "␛[2J"},
		},
	} {
		got, err := ReadPDF(t.Context(), strings.NewReader(c.text), int64(len(c.text)))
		if err != nil || got != c.want {
			t.Errorf("%s: got %+v, %v; want %+v", name, got, err, c.want)
		}
	}
	if _, err := ReadPDF(t.Context(), strings.NewReader("hello"), 5); !errors.Is(err, ErrPDF) {
		t.Errorf("a text: got %v, want %v", err, ErrPDF)
	}
	if _, err := ReadPDF(t.Context(), strings.NewReader("%PDF-1.3"), 500); err == nil {
		t.Error("a file that shrank is no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ReadPDF(ctx, bytes.NewReader(lines), int64(len(lines))); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestAPackedBombStaysSmall(t *testing.T) {
	bomb := "%PDF-1.5\n" + strings.Repeat(objects(strings.Repeat("0", 50<<20)), 3)
	start := time.Now()
	if _, err := ReadPDF(t.Context(), strings.NewReader(bomb), int64(len(bomb))); err != nil || time.Since(start) > time.Minute {
		t.Errorf("took %v, %v", time.Since(start), err)
	}
}

func FuzzHTML(f *testing.F) {
	f.Add(read(f, "4/38096efa07f84cef93a359b6a886ea40/artifacts/report.html"))
	f.Add([]byte("<title>a</title><table><tr><td>b<table><td>c</table><li><pre>d\n</pre><script>x</script><ul><li>&lt;"))
	f.Add(read(f, "4/38096efa07f84cef93a359b6a886ea40/artifacts/report.md"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := HTML(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		checkSGR(t, append(p.Lines, p.Title))
		for style := range palettes {
			lines, err := Markdown(t.Context(), string(data), 30, Style(style))
			if err != nil && !errors.Is(err, ErrBounds) {
				t.Fatal(err)
			}
			checkSGR(t, lines)
		}
	})
}

func FuzzPDF(f *testing.F) {
	f.Add(read(f, "4/55da5886cf9548088392a7bee2a0f4ab/artifacts/figs/lines.pdf"))
	f.Add([]byte("%PDF-1.7\n" + objects("<< /Type /Pages /Count 12 >> /Title <FEFF00FC> /Producer (a\\(\\101")))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ReadPDF(t.Context(), bytes.NewReader(data), int64(len(data)))
		if err != nil && !errors.Is(err, ErrPDF) {
			t.Fatal(err)
		}
		checkSGR(t, []string{p.Title, p.Author, p.Producer, p.Creator, p.Version})
	})
}

func TestAPageOfEvidentlySaysWhatItFound(t *testing.T) {
	// As Evidently 0.7.23 writes it, without what is drawn.
	const text = `<html><body><script>
    var metric_7e00 = {"name": "Report", "widgets": [{"type": "counter", "alertsPosition": null, "params": {"counters": [{"value": "Dataset Drift", "label": "Dataset Drift is detected."}]}},
	{"params": {"counters": [{"value": "8", "label": "Columns"}, {"value": "5", "label": "Drifted \u001b[2JColumns"}]}},
	{"params": {"data": [{"details": {"parts": [{"type": "widget"}]}, "column_name": "age", "column_type": "num", "stattest_name": "K-S p_value", "data_drift": "Detected", "drift_score": 0.010133}]}},
	{"params": {"data": [{"marker": {}, "type": "bar"}]}}]};
</script></body></html>`
	page, err := HTML(t.Context(), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Dataset Drift: Dataset Drift is detected.", "8: Columns, 5: Drifted ␛[2JColumns", "",
		"column  type  test         score     drift", "age     num   K-S p_value  0.010133  Detected",
	}
	if !slices.Equal(page.Lines, want) {
		t.Errorf("got %q, want %q", page.Lines, want)
	}
	start := time.Now()
	for name, part := range map[string]string{"open values": `"data":[{`, "values in values": `{"data":`, "no values": `"counters":`} {
		hostile := `<script>"alertsPosition" var metric_ ` + strings.Repeat(part, 300_000) + `</script>`
		if _, err := HTML(t.Context(), []byte(hostile)); err != nil || time.Since(start) > 10*time.Second {
			t.Errorf("%s: %v after %v", name, err, time.Since(start))
		}
	}
}
