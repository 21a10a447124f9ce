package artifacts

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const lab = "../testdata/lab"

// everyFile lists the files of the lab store's artifacts, from its folder.
func everyFile(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, folder := range []string{"mlruns", "mlartifacts"} {
		root, err := Open(lab, folder)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		cut, err := root.Walk(t.Context(), "", func(name string, e Entry) error {
			if !e.Folder {
				out = append(out, path.Join(folder, name))
			}
			return nil
		})
		if err != nil || cut {
			t.Fatal(cut, err)
		}
	}
	return out
}

// TestEveryFileOfTheLabHasItsKind holds every artifact that the real MLflow
// wrote to the rows of testdata/kinds.txt: a kind and a pattern a line.
func TestEveryFileOfTheLabHasItsKind(t *testing.T) {
	content, err := os.ReadFile("testdata/kinds.txt")
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		kind, pattern string
		used          int
	}
	var rows []*row
	for _, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		kind, pattern, _ := strings.Cut(line, "\t")
		rows = append(rows, &row{kind: kind, pattern: pattern})
	}
	for _, name := range everyFile(t) {
		var fit []*row
		for _, r := range rows {
			if ok, err := path.Match(r.pattern, name); err != nil {
				t.Fatal(r.pattern, err)
			} else if ok {
				fit = append(fit, r)
				r.used++
			}
		}
		if len(fit) != 1 {
			t.Errorf("%s fits %d rows of the table, not 1", name, len(fit))
			continue
		}
		root, err := Open(lab, path.Dir(name))
		if err != nil {
			t.Fatal(err)
		}
		f, err := root.OpenFile(path.Base(name))
		if err != nil {
			t.Fatal(err)
		}
		head, err := f.Head()
		if err != nil {
			t.Fatal(err)
		}
		if got := Sniff(name, head, f.Size()).String(); got != fit[0].kind {
			t.Errorf("%s: got %s, want %s", name, got, fit[0].kind)
		}
		// What a file is, it is under a name that says nothing, but for what only
		// the name tells.
		if got := Sniff("x", head, f.Size()); got.String() != fit[0].kind && !onlyByName[fit[0].kind] {
			t.Errorf("%s without its name: got %s, want %s", name, got, fit[0].kind)
		}
		f.Close()
		root.Close()
	}
	for _, r := range rows {
		if r.used == 0 {
			t.Errorf("no file fits the row %s %s", r.kind, r.pattern)
		}
	}
}

// onlyByName are kinds that a short file shows by its name only.
var onlyByName = map[string]bool{"markdown": true, "tsv": true}

func TestKindsByContent(t *testing.T) {
	many := func(s string) string { return strings.Repeat(s, 5) }
	for name, c := range map[string]struct {
		file, content, want string
	}{
		"nothing":                                {"a.png", "", "empty"},
		"a picture under a wrong name":           {"a.csv", "\x89PNG\r\n\x1a\n0000", "png"},
		"a text under the name of a picture":     {"a.png", "hello there", "text"},
		"JSON that is none":                      {"a.json", "{not json", "text"},
		"JSON under the name of a text":          {"a.txt", `{"a": 1}`, "json"},
		"JSON as Python writes it":               {"x", `{"a": NaN, "b": [-Infinity, 1]}`, "json"},
		"a number, named JSON":                   {"a.json", "3.5\n", "json"},
		"a number":                               {"a.txt", "3.5\n", "text"},
		"a table of log_table":                   {"x", `{"columns":["a"],"data":[[1]]}`, "mlflow table"},
		"a table without rows":                   {"x", `{"columns":["a"],"data":[]}`, "mlflow table"},
		"a figure":                               {"x", `{"data":[{"type":"bar","x":[1],"y":[2]}],"layout":{}}`, "plotly (json)"},
		"a figure in a page":                     {"x", `<html><body><script>Plotly.newPlot("a",[],{})</script>`, "plotly (html)"},
		"data of something else":                 {"x", `{"data":[{"id":1}]}`, "json"},
		"our own drift report":                   {"x", `{"schema":"benchside-drift-report/1","features":[]}`, "report (benchside, json)"},
		"Evidently's report as JSON":             {"x", `{"metrics":[{"metric":"DatasetDriftMetric","result":{}}]}`, "report (Evidently, json)"},
		"Evidently's report as JSON since 0.7":   {"x", `{"metrics":[{"id":"1","metric_id":"DriftedColumnsCount()","value":{}}],"tests":[]}`, "report (Evidently, json)"},
		"Evidently's report as JSON since 0.7.9": {"x", `{"metrics":[{"id":"1","metric_name":"RowCount()","config":{},"value":3}],"tests":[]}`, "report (Evidently, json)"},
		"Evidently's snapshot":                   {"x", `{"id":"1","metadata":{},"tags":[],"suite":{"metrics":[]}}`, "report (Evidently, json)"},
		"Evidently's snapshot since 0.7":         {"x", `{"report":{"items":[]},"metadata":{},"tags":[],"metric_results":{}}`, "report (Evidently, json)"},
		"Evidently's tests":                      {"x", `{"version":"0.4.40","tests":[{"name":"a","description":"","status":"FAIL","group":"b","parameters":{}}]}`, "report (Evidently, json)"},
		"tests of something else":                {"x", `{"tests":[{"name":"a","status":"FAIL"}]}`, "json"},
		"Evidently's page since 0.7":             {"x", `<html><script>var metric_7e = {"name": "Report", "widgets": [{"alertsPosition": null}]}</script>`, "report (Evidently, html)"},
		"Evidently's report as a page":           {"x", "<style>.reset-this{}</style><script>var additional_graphs_a = {}</script>", "report (Evidently, html)"},
		"lines of JSON":                          {"x", "{\"a\":1}\n{\"a\":2}\n", "jsonl"},
		"one line of JSON, named lines":          {"a.jsonl", "{\"a\":1}\n", "jsonl"},
		"YAML":                                   {"x", "a: 1\nb:\n  - 2\nc: d\n", "yaml"},
		"prose with colons":                      {"x", "Dear all: hello\nthis is not yaml.\n", "text"},
		"TOML":                                   {"x", "[a]\nb = 1\nc = \"d\"\n", "toml"},
		"commas":                                 {"x", many("a,b\n"), "csv"},
		"semicolons":                             {"x.csv", "a;b\n1;2\n", "csv (;)"},
		"tabs under the name of commas":          {"x.csv", "a\tb\n1\t2\n", "tsv"},
		"one column, named CSV":                  {"x.csv", "a\n1\n2\n", "csv"},
		"quotes that hold separators and lines":  {"x", "a,b\n\"1,\n2\",3\n4,5\n6,7\n", "csv"},
		"prose with commas":                      {"x.txt", many("Well, it was so. And then, it was not.\n"), "text"},
		"Markdown":                               {"x", "# Title\n\n- [x] done\n", "markdown"},
		"a script by its first line":             {"x", "#!/usr/bin/env python3\nprint(1)\n", "code (python)"},
		"code by its name":                       {"train.py", "import a, b\nx = 1, 2\n", "code (python)"},
		"a log by its levels":                    {"x", many("step 1 INFO loss\n"), "log"},
		"a log by its times":                     {"x", many("2026-01-02 03:04:05 started\n"), "log"},
		"a bar of tqdm":                          {"x", "\r 10%|#   | 1/9\r 20%|##  | 2/9\r", "log"},
		"colours":                                {"x.txt", "\x1b[31mred\x1b[0m\n", "log"},
		"MLmodel under another name":             {"m.yaml", "flavors:\n  python_function:\n    loader_module: a\n", "mlmodel"},
		"a pickle of protocol 4":                 {"x", "\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00N.", "pickle"},
		"a pickle of protocol 2":                 {"x", "\x80\x02}q\x00.", "pickle"},
		"a pickle of protocol 0, named so":       {"x.pkl", "(lp0\nI1\na.", "pickle"},
		"a BMP":                                  {"x", "BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00", "bmp"},
		"a text that begins like one":            {"x", "BMW is a maker of cars, is it not", "text"},
		"WebP":                                   {"x", "RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"},
		"SVG behind a declaration":               {"x", "<?xml version=\"1.0\"?>\n<!-- a -->\n<svg width=\"1\">", "svg"},
		"XML":                                    {"x", "<?xml version=\"1.0\"?><a/>", "code (xml)"},
		"a zip of nothing":                       {"x.npz", "PK\x05\x06\x00\x00", "npz"},
		"SQLite":                                 {"x", "SQLite format 3\x00....", "sqlite"},
		"latin-1":                                {"x", "Gr\xfc\xdfe aus Z\xfcrich, ganz und gar\n", "text (not utf-8)"},
		"utf-16":                                 {"x", "\xff\xfea\x00b\x00", "text (utf-16)"},
		"random bytes":                           {"x", "\x01\x02\x00\xfe\xff\x99", "binary"},
		"a model of ONNX, by its name":           {"x.onnx", "\x08\x07\x00\x12", "binary (onnx)"},
	} {
		if got := Sniff(c.file, []byte(c.content), int64(len(c.content))).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestKindsOfWhatIsCut(t *testing.T) {
	for name, c := range map[string]struct{ head, want string }{
		"JSON":           {`{"a": [1, 2, {"b": "some te`, "json"},
		"lines of JSON":  {"{\"a\":1}\n{\"a\":2}\n{\"a\"", "jsonl"},
		"a long figure":  {`{"data":[{"mode":"lines","type":"scatter","x":[1,2,3`, "plotly (json)"},
		"a letter":       {"gr\u00fc\xc3", "text"},
		"a table":        {`{"columns":["a"],"data":[[1],[2`, "mlflow table"},
		"deep JSON":      {strings.Repeat("[", 60_000), "json"},
		"a line of CSV":  {"a,b\n1,2\n3,4\n5", "csv"},
		"broken JSON":    {`{"a": nope, `, "text"},
		"a PDF and more": {"%PDF-1.7\n\x00\x01", "pdf"},
	} {
		if got := Sniff("x", []byte(c.head), 1<<30).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestKindsByNameAlone(t *testing.T) {
	for name, want := range map[string]string{
		"a/model/MLmodel": "mlmodel", "plot.PNG": "png", "data.tsv": "tsv", "model.pkl": "pickle", "x.unheard": "unknown",
		"README": "text", "conda.yaml": "yaml", "train.py": "code (python)", "": "unknown", "model.h5": "binary (hdf5)",
	} {
		if got := ByName(name).String(); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func FuzzSniff(f *testing.F) {
	for _, name := range everyFile(f) {
		if content, err := os.ReadFile(filepath.Join(lab, name)); err == nil {
			f.Add(path.Base(name), content[:min(len(content), 2048)], int64(len(content)))
		}
	}
	f.Fuzz(func(t *testing.T, name string, head []byte, size int64) {
		k := Sniff(name, head, size)
		if k.Form < 0 || int(k.Form) >= len(forms) {
			t.Fatalf("got the form %d", k.Form)
		}
		if size == 0 != (k.Form == Empty) {
			t.Errorf("%d bytes are %s", size, k)
		}
		_ = k.String()
		if again := Sniff(name, head, size); again != k {
			t.Errorf("got %s, then %s", k, again)
		}
	})
}
