package search_test

import (
	"errors"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"benchside/store/search"
)

func TestWhatMLflowAcceptsMeansTheSameToRead(t *testing.T) {
	for _, a := range answers(t) {
		want, err := search.Parse(a.Filter, a.kind())
		if err != nil {
			continue
		}
		got, err := search.Read(a.Filter, a.kind())
		if err != nil {
			t.Errorf("%q: %v", a.Filter, err)
			continue
		}
		// A metric called loss.min is meant by that where there is one.
		got, err = search.Resolve(got, search.Facts{Metric: func(string) (bool, error) { return true, nil }})
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %#v, %v, want %#v", a.Filter, got, err, want)
		}
	}
}

func TestReadReadsMore(t *testing.T) {
	metric := func(key string, op search.Op, n float64) search.Compare {
		return search.Compare{Entity: search.Metric, Key: key, Op: op, Number: n}
	}
	least := func(key string) search.Compare {
		return search.Compare{Entity: search.Metric, Key: key, Op: search.Less, Number: 1, Summary: search.Minimum}
	}
	param := func(op search.Op, text string) search.Compare {
		return search.Compare{Entity: search.Param, Key: "p", Op: op, Text: text}
	}
	numeric := func(op search.Op, n float64) search.Compare {
		return search.Compare{Entity: search.Param, Key: "p", Op: op, Number: n, Numeric: true}
	}
	started := func(op search.Op, ms float64) search.Compare {
		return search.Compare{Key: "start_time", Op: op, Number: ms}
	}
	day := float64(time.Date(2026, 5, 1, 0, 0, 0, 0, time.Local).UnixMilli())
	next := float64(time.Date(2026, 5, 2, 0, 0, 0, 0, time.Local).UnixMilli())
	a, b, c := metric("a", search.Greater, 1), metric("b", search.Greater, 2), metric("c", search.Greater, 3)
	dotted := least("a")
	dotted.Whole = "a.min"
	quoted := least("val/auc")
	quoted.Whole = "`val/auc`.min"
	ago := started(search.Greater, -2*24*3600*1000)
	ago.Relative = true
	for name, tc := range map[string]struct {
		text string
		want search.Expr
	}{
		"AND binds before OR":               {"metrics.a > 1 or metrics.b > 2 and metrics.c > 3", search.Or{a, search.And{b, c}}},
		"parentheses bind first":            {"(metrics.a > 1 OR metrics.b > 2) metrics.c > 3", search.And{search.Or{a, b}, c}},
		"NOT binds before AND":              {"not metrics.a > 1 and metrics.b > 2", search.And{search.Not{Expr: a}, b}},
		"twice NOT":                         {"not not (metrics.a > 1)", search.Not{Expr: search.Not{Expr: a}}},
		"parentheses around one":            {"((metrics.a > 1))", a},
		"== is =":                           {"params.p == 'x'", param(search.Equal, "x")},
		"<> is !=":                          {"params.p <> 'x'", param(search.NotEqual, "x")},
		"patterns":                          {"params.p ~ '^a|b$'", param(search.Matches, "^a|b$")},
		"RLIKE is a pattern":                {"params.p not rlike 'a'", param(search.MatchesNot, "a")},
		"NOT LIKE":                          {"params.p not like 'a%'", param(search.NotLike, "a%")},
		"BETWEEN":                           {"metrics.a between 1 and 2 and metrics.b > 2", search.And{search.And{metric("a", search.GreaterEqual, 1), metric("a", search.LessEqual, 2)}, b}},
		"NOT BETWEEN":                       {"metrics.a not between 1 and 2", search.Or{metric("a", search.Less, 1), metric("a", search.Greater, 2)}},
		"lists of texts":                    {"params.p in ('x', \"y\",)", search.Compare{Entity: search.Param, Key: "p", Op: search.In, Texts: []string{"x", "y"}}},
		"lists of numbers":                  {"metrics.a in (1, 2)", search.Or{metric("a", search.Equal, 1), metric("a", search.Equal, 2)}},
		"lists that nothing is in":          {"metrics.a not in (1, 2)", search.And{metric("a", search.NotEqual, 1), metric("a", search.NotEqual, 2)}},
		"params are numbers without quotes": {"params.p > 1e-2", numeric(search.Greater, .01)},
		"and texts in quotes":               {"params.p > '0.01'", param(search.Greater, "0.01")},
		"equal numbers, too":                {"params.p = +1.", numeric(search.Equal, 1)},
		"no metric":                         {"metrics.a IS NULL", metric("a", search.IsNull, 0)},
		"no attribute":                      {"end_time is not null", search.Compare{Key: "end_time", Op: search.IsNotNull}},
		"a summary behind a key":            {"metrics.a.min < 1", dotted},
		"and behind backticks":              {"metrics.`val/auc`.min < 1", quoted},
		"a summary before it":               {"min(metrics.`val/auc`) < 1", least("val/auc")},
		"keys with signs":                   {"metrics.val/auc > 1 or metrics.a > 1", search.Or{metric("val/auc", search.Greater, 1), a}},
		"how long ago":                      {"start_time > -2d", ago},
		"now":                               {"start_time < now", search.Compare{Key: "start_time", Op: search.Less, Relative: true}},
		"a date is its start":               {"start_time >= '2026-05-01'", started(search.GreaterEqual, day)},
		"on a day":                          {"start_time = '2026-05-01'", search.And{started(search.GreaterEqual, day), started(search.Less, next)}},
		"not on a day":                      {"created != '2026-05-01'", search.Or{started(search.Less, day), started(search.GreaterEqual, next)}},
		"a moment":                          {"start_time = '1970-01-01T00:00:01Z'", started(search.Equal, 1000)},
		"a parent":                          {"parent = 'x'", search.Compare{Key: "parent", Op: search.Equal, Text: "x"}},
		"a depth":                           {"attributes.depth >= 1", search.Compare{Key: "depth", Op: search.GreaterEqual, Number: 1}},
		"a word":                            {"adam", search.Words{Text: "adam"}},
		"words and conditions":              {"res-50 metrics.a > 1", search.And{search.Words{Text: "res-50"}, a}},
		"words as they are":                 {"'learning rate'", search.Words{Text: "learning rate", Exact: true}},
		"keywords as words":                 {"\"or\"", search.Words{Text: "or", Exact: true}},
		"a summary's name as a word":        {"min", search.Words{Text: "min"}},
	} {
		got, err := search.Read(tc.text, search.Runs)
		if err != nil || !reflect.DeepEqual(got.Expr, tc.want) {
			t.Errorf("%s: %q\ngot  %#v, %v\nwant %#v", name, tc.text, got.Expr, err, tc.want)
		}
	}
}

func TestRefusalsOfReadNameThePlace(t *testing.T) {
	for _, c := range []struct {
		kind                search.Kind
		text, place, reason string
	}{
		{search.Runs, "status = 'A' or", "", "a condition is missing at the end"},
		{search.Runs, "or status = 'A'", "or", "missing before OR"},
		{search.Runs, "(status = 'A'", "(", "never closed"},
		{search.Runs, "status = 'A')", ")", "never opened"},
		{search.Runs, "() or x", ")", "missing before the parenthesis"},
		{search.Runs, "status = 'A'; x", ";", "AND or OR"},
		{search.Runs, "x or status = 'A", "'A", "never closed"},
		{search.Runs, "x or status = A", "A", "write 'A'"},
		{search.Runs, "x or status", "status", "a comparator and a value are missing"},
		{search.Runs, "x or metrics.", "metrics.", "a key is missing"},
		{search.Runs, "x or loss > 1", "loss", "metrics.loss"},
		{search.Runs, "x or loss > 1", "loss", "parent and depth"},
		{search.Runs, "metrics.a ~ 'x'", "~", "only =, !="},
		{search.Runs, "params.a ~ '('", "'('", "no regular expression: missing closing"},
		{search.Runs, "params.a ~ '" + strings.Repeat("a", 1001) + "'", "'" + strings.Repeat("a", 1001) + "'", "1000 bytes"},
		{search.Runs, "params.a like 1", "1", "write '1'"},
		{search.Runs, "metrics.a between 1", "", "AND between"},
		{search.Runs, "metrics.a in 1", "1", "a list is missing"},
		{search.Runs, "metrics.a in (1 2)", "2", "commas between"},
		{search.Runs, "metrics.a in ('x')", "'x'", "without quotes"},
		{search.Runs, "start_time > -2y", "-2y", "write -2d"},
		{search.Runs, "start_time > '2026-13-01'", "'2026-13-01'", "no date"},
		{search.Runs, "depth = 1.5", "1.5", "whole number"},
		{search.Runs, "min(params.a) > 1", "params.a", "no metric"},
		{search.Runs, "min(metrics.a > 1", ">", "closing parenthesis"},
		{search.Runs, "x 'a' = 1", "'a'", "left of the comparator"},
		{search.Runs, "params.a is 1", "is", "only ="},
		{search.Runs, "''", "''", "nothing to look for"},
		{search.Runs, strings.Repeat("(", 60) + "x", "(", "nested deeper"},
		{search.Runs, strings.Repeat("not ", 60) + "x", "not", "nested deeper"},
		{search.Runs, strings.Repeat("x ", 2001), "", "longer than 2000"},
		{search.Experiments, "parent = 'x'", "parent", "is not an attribute"},
		{search.Experiments, "min(tags.a) = 1", "tags.a", "no metric"},
		{search.Versions, "stage ~ 'x' or depth = 1", "depth", "alias"},
	} {
		_, err := search.Read(c.text, c.kind)
		var e *search.Error
		if !errors.As(err, &e) {
			t.Errorf("%.50q: got %v, want a refusal that says %q", c.text, err, c.reason)
			continue
		}
		got := e.Text[e.Pos : e.Pos+e.Len]
		if c.place != "" && got != c.place || !strings.Contains(e.Reason, c.reason) {
			t.Errorf("%.50q:\ngot  %q: %s\nwant %q: …%s…", c.text, got, e.Reason, c.place, c.reason)
		}
	}
}

func TestASummaryIsAMetricOfItsNameWhereThereIsOne(t *testing.T) {
	f, err := search.Read("metrics.loss.min < 1 or start_time > -1s", search.Runs)
	if err != nil {
		t.Fatal(err)
	}
	for there, want := range map[bool]search.Compare{
		true:  {Entity: search.Metric, Key: "loss.min", Op: search.Less, Number: 1},
		false: {Entity: search.Metric, Key: "loss", Op: search.Less, Number: 1, Summary: search.Minimum},
	} {
		got, err := search.Resolve(f, search.Facts{Now: 5000, Metric: func(key string) (bool, error) { return there && key == "loss.min", nil }})
		all := search.Or{want, search.Compare{Key: "start_time", Op: search.Greater, Number: 4000}}
		if err != nil || !reflect.DeepEqual(got.Expr, all) {
			t.Errorf("there %v: got %#v, %v, want %#v", there, got.Expr, err, all)
		}
	}
}

func TestNumbersInTexts(t *testing.T) {
	for text, want := range map[string]bool{
		"1": true, "-.5": true, "+2.": true, "1e-05": true, " 3\n": true, "1E+2": true, "1e400": true,
		"": false, "x": false, "1x": false, ".": false, "e5": false, "1e": false, "0x10": false, "nan": false, "inf": false, "1_0": false, "1 2": false, "--1": false,
	} {
		if _, got := search.Decimal(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

// TestTheTableOfTheDocumentationIsRead reads each filter that docs/search.md shows, and
// holds the page to what it says of MLflow.
func TestTheTableOfTheDocumentationIsRead(t *testing.T) {
	content, err := os.ReadFile("../../docs/search.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]search.Kind{"Runs": search.Runs, "Experiments": search.Experiments, "Models": search.Models, "Versions": search.Versions}
	row := regexp.MustCompile("^\\| (`[^`]+`|``.+?``) \\|.*\\| (yes|no|\\(no\\)) \\|$")
	kind, rows := search.Runs, 0
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			kind = kinds[heading]
		}
		m := row.FindStringSubmatch(line)
		if m == nil {
			if strings.HasPrefix(line, "| `") {
				t.Errorf("a row that is not read: %s", line)
			}
			continue
		}
		rows++
		filter := strings.Trim(m[1], "`")
		if strings.HasPrefix(m[1], "``") {
			filter = strings.TrimSuffix(strings.TrimPrefix(m[1], "``"), "``")
		}
		if _, err := search.Read(filter, kind); err != nil {
			t.Errorf("%s: %v", filter, err)
		}
		if _, err := search.Parse(filter, kind); (err == nil) != (m[2] != "no") {
			t.Errorf("%s: MLflow says %v; the page says %s", filter, err, m[2])
		}
	}
	if rows < 35 {
		t.Errorf("%d rows were found", rows)
	}
}

func FuzzRead(f *testing.F) {
	for _, a := range answers(f) {
		f.Add(a.Filter)
	}
	for _, text := range []string{
		"(a or not 'b') and metrics.`x`.min between -1 and 2", "params.p in (1, 'x') or start_time > -2d", "min(metrics.x) ~", "tags.a rlike '(?i)x+' not like",
		"parent is not null depth <> 1 run_name !~ '[a'", "created not between '2026-05-01' and now", "((((", "x')'(\"", "params.`a b` == .5 or é ü",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []search.Kind{search.Runs, search.Experiments, search.Models, search.Versions} {
			filter, err := search.Read(text, kind)
			var e *search.Error
			if errors.As(err, &e) && (e.Pos < 0 || e.Len < 0 || e.Pos+e.Len > len(text) || e.Reason == "" || strings.Contains(e.Reason, "\n")) {
				t.Errorf("%q: the place %d+%d or the reason %q is wrong", text, e.Pos, e.Len, e.Reason)
			}
			if _, refused := search.Parse(text, kind); err != nil && refused == nil {
				t.Errorf("%q: MLflow accepts it, but not Read: %v", text, err)
			}
			if err == nil {
				search.Match(filter, subject{id: text, param: map[string]string{"p": text}})
			}
			for cursor := range min(len(text), 50) {
				if c := search.Complete(text, cursor, kind); c.Start > c.End || c.End > len(text) {
					t.Errorf("Complete(%q, %d) replaces %d to %d", text, cursor, c.Start, c.End)
				}
			}
		}
	})
}
