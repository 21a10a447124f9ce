package search_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"benchside/store/search"
)

// answered is a search and whether the real MLflow accepted it.
type answered struct {
	Entity  string   `json:"entity"`
	Filter  string   `json:"filter"`
	OrderBy []string `json:"order_by"`
	Max     *int     `json:"max_results"`
	IDs     []string `json:"experiments"`
	Error   any      `json:"error"`
}

func (a answered) kind() search.Kind {
	return map[string]search.Kind{"experiments": search.Experiments, "models": search.Models, "versions": search.Versions}[a.Entity]
}

// inLanguage is false where MLflow refused something other than the search.
func (a answered) inLanguage() bool {
	return (a.Max == nil || 1 <= *a.Max && *a.Max <= 50000) && !(len(a.IDs) == 1 && a.IDs[0] == "abc")
}

func answers(tb testing.TB) []answered {
	tb.Helper()
	var all []answered
	for _, name := range []string{"golden.json", "more.json", "registry.json"} {
		content, err := os.ReadFile(filepath.Join("..", "..", "testdata", "search", name))
		if err != nil {
			tb.Fatal(err)
		}
		var part []answered
		if err := json.Unmarshal(content, &part); err != nil {
			tb.Fatal(err)
		}
		all = append(all, part...)
	}
	return all
}

func TestWhatMLflowAcceptsIsAcceptedAndNothingElse(t *testing.T) {
	for _, a := range answers(t) {
		if !a.inLanguage() {
			continue
		}
		_, err := search.Parse(a.Filter, a.kind())
		if err == nil {
			_, err = search.ParseOrder(a.OrderBy, a.kind())
		}
		if (err != nil) != (a.Error != nil) {
			t.Errorf("%s %q order %q:\ngot  %v\nwant %v", a.Entity, a.Filter, a.OrderBy, err, a.Error)
		}
	}
}

func TestMeaning(t *testing.T) {
	metric := func(key string, op search.Op, n float64) search.Compare {
		return search.Compare{Entity: search.Metric, Key: key, Op: op, Number: n}
	}
	param := func(key string, op search.Op, text string) search.Compare {
		return search.Compare{Entity: search.Param, Key: key, Op: op, Text: text}
	}
	attribute := func(key string, op search.Op, text string) search.Compare {
		return search.Compare{Key: key, Op: op, Text: text}
	}
	tag := func(key string, op search.Op) search.Compare {
		return search.Compare{Entity: search.Tag, Key: key, Op: op}
	}
	ids := func(op search.Op, texts ...string) search.Compare {
		return search.Compare{Key: "run_id", Op: op, Texts: texts}
	}
	for name, c := range map[string]struct {
		text string
		want search.Expr
	}{
		"an empty filter matches all":               {"", nil},
		"a lone AND matches all":                    {" and ", nil},
		"AND may be missing or be there twice":      {"metrics.a > 1 metrics.b < 2 AND AND metrics.c = 3 AND", search.And{metric("a", search.Greater, 1), metric("b", search.Less, 2), metric("c", search.Equal, 3)}},
		"the key begins behind the first period":    {"tags.mlflow.source.name IS NULL", tag("mlflow.source.name", search.IsNull)},
		"quotes of keys are cut":                    {"metrics.`val/auc` >= .5", metric("val/auc", search.GreaterEqual, .5)},
		"even two kinds of them":                    {"params.\"`a`\" = 'x'", param("a", search.Equal, "x")},
		"values are not unescaped":                  {`params.a = 'x''y\n'`, param("a", search.Equal, `x''y\n`)},
		"both quotes make values":                   {`params.a = "it's"`, param("a", search.Equal, "it's")},
		"comparators are found in any case":         {"params.a iLike '%A%'", param("a", search.ILike, "%A%")},
		"attributes need no entity":                 {"status != 'FAILED'", attribute("status", search.NotEqual, "FAILED")},
		"attributes have other names":               {"run.`Run name` LIKE 'a%'", attribute("run_name", search.Like, "a%")},
		"numbers can be written in many ways":       {"created > -1.5e-3", search.Compare{Key: "start_time", Op: search.Greater, Number: -.0015}},
		"MLflow's aliases hit params, too":          {"params.created = 'x'", param("start_time", search.Equal, "x")},
		"lists are Python's":                        {`run_id IN ('a', "b" 'c', r'\d', '\x41',)`, ids(search.In, "a", "bc", `\d`, "A")},
		"NOT IN":                                    {"run_id not in ('a')", ids(search.NotIn, "a")},
		"spaces in front of a key belong to it":     {"params. a = 'x'", param(" a", search.Equal, "x")},
		"casts are part of a key":                   {"params.a::b = 'x'", param("a::b", search.Equal, "x")},
		"a comparison before IS NULL joins its key": {"params.a = 'x' params.b IS NULL", search.Compare{Entity: search.Param, Key: "a = 'x' params.b", Op: search.IsNull}},
	} {
		got, err := search.Parse(c.text, search.Runs)
		if err != nil || !reflect.DeepEqual(got.Expr, c.want) {
			t.Errorf("%s: %q\ngot  %#v, %v\nwant %#v", name, c.text, got.Expr, err, c.want)
		}
	}
}

func TestExperimentIDsAreWholeNumbers(t *testing.T) {
	for text, want := range map[string][]string{
		"experiment_id IN ('1', ' +07', '1_0')": {"1", "7", "10"},
		"experiment_id NOT IN ('-3')":           {"-3"},
	} {
		got, err := search.Parse(text, search.Experiments)
		if c, _ := got.Expr.(search.Compare); err != nil || !reflect.DeepEqual(c.Texts, want) {
			t.Errorf("%s: got %v, %v, want %v", text, c.Texts, err, want)
		}
	}
}

func TestRefusalsNameThePlaceAndSayWhatWouldBeRight(t *testing.T) {
	for _, c := range []struct {
		kind                search.Kind
		text, place, reason string
	}{
		{search.Runs, " ", " ", "only blanks"},
		{search.Runs, "status = 'A' OR status = 'B'", "OR", "only be joined with AND"},
		{search.Runs, "status = 'A'; status = 'B'", ";", "join conditions with AND"},
		{search.Runs, "(status = 'A')", "(status = 'A')", "parentheses"},
		{search.Runs, "status == 'A'", "==", "for equal write ="},
		{search.Runs, "status = 'A", "'A", "never closed"},
		{search.Runs, "status = A", "A", "write 'A'"},
		{search.Runs, "status =", "=", "a value is missing"},
		{search.Runs, "status", "status", "a comparator and a value are missing"},
		{search.Runs, "= 'A'", "=", "a field is missing"},
		{search.Runs, "loss > 1", "loss", "metrics.loss"},
		{search.Runs, "Metrics.loss > 1", "Metrics", "write metrics"},
		{search.Runs, "foo.loss > 1", "foo", "metrics, params, tags, attributes and datasets"},
		{search.Runs, "metrics.loss > '1'", "'1'", "without quotes"},
		{search.Runs, "metrics.loss LIKE '1'", "LIKE", "only =, !="},
		{search.Runs, "params.a/b = 'é'", "params.a/b", "params.`a/b`"},
		{search.Runs, "tags.é = 'x' AND params.a:b = 'x'", "params.a:b", "params.`a:b`"},
		{search.Runs, "params.in = 'x'", "params.in", "params.`in`"},
		{search.Runs, "params.lr > 1", ">", "only =, !=, LIKE"},
		{search.Runs, "params.lr IS NOT  NULL", "IS", "one blank"},
		{search.Runs, "params.a = 'x' -- why", "-- why", "comments"},
		{search.Runs, "run_id IN ('a', b)", "b)", "in quotes"},
		{search.Runs, "status IN ('a')", "IN", "only ="},
		{search.Runs, "start_time > 99999999999999999999", "99999999999999999999", "64 bits"},
		{search.Experiments, "name like 'a'", "like", "LIKE in capitals"},
		{search.Experiments, "metrics.a > 1", "metrics", "tags and attribute"},
		{search.Experiments, "creation_time > 1.5", "1.5", "whole milliseconds"},
		{search.Experiments, "experiment_id = 'a'", "'a'", "whole number"},
	} {
		_, err := search.Parse(c.text, c.kind)
		var e *search.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: got %v, want a refusal that says %q", c.text, err, c.reason)
			continue
		}
		if got := e.Text[e.Pos : e.Pos+e.Len]; got != c.place || !strings.Contains(e.Reason, c.reason) {
			t.Errorf("%q:\ngot  %q: %s\nwant %q: …%s…", c.text, got, e.Reason, c.place, c.reason)
		}
	}
}

func TestOrders(t *testing.T) {
	for name, c := range map[string]struct {
		kind  search.Kind
		terms []string
		want  []search.Order // nil: refused
	}{
		"fields and directions":        {search.Runs, []string{"metrics.`val/auc` DESC", "params.lr asc", "created"}, []search.Order{{Entity: search.Metric, Key: "val/auc", Desc: true}, {Entity: search.Param, Key: "lr"}, {Key: "start_time"}}},
		"twice the same field":         {search.Runs, []string{"created", "start_time DESC"}, nil},
		"of experiments, that is fine": {search.Experiments, []string{"name", "name DESC"}, []search.Order{{Key: "name"}, {Key: "name", Desc: true}}},
		"other directions":             {search.Runs, []string{"status UP"}, nil},
		"NULLS LAST":                   {search.Runs, []string{"status DESC NULLS LAST"}, nil},
		"datasets":                     {search.Runs, []string{"datasets.name"}, nil},
		"tags of experiments":          {search.Experiments, []string{"tags.team"}, nil},
		"the spoken name of run_name":  {search.Runs, []string{"`Run name`"}, nil},
		"blanks around":                {search.Runs, []string{"status "}, nil},
		"nothing":                      {search.Runs, []string{""}, nil},
		"an open quote":                {search.Runs, []string{"metrics.`a DESC"}, nil},
	} {
		got, err := search.ParseOrder(c.terms, c.kind)
		if !reflect.DeepEqual(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, a := range answers(f) {
		f.Add(a.Filter)
		for _, o := range a.OrderBy {
			f.Add(o)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []search.Kind{search.Runs, search.Experiments, search.Models, search.Versions} {
			filter, err := search.Parse(text, kind)
			_, orderErr := search.ParseOrder([]string{text}, kind)
			for _, err := range []error{err, orderErr} {
				var e *search.Error
				if errors.As(err, &e) && (e.Pos < 0 || e.Len < 0 || e.Pos+e.Len > len(text) || e.Reason == "" || strings.Contains(e.Reason, "\n")) {
					t.Errorf("%q: the place %d+%d or the reason %q is wrong", text, e.Pos, e.Len, e.Reason)
				}
			}
			for cursor := range min(len(text), 50) {
				if c := search.Complete(text, cursor, kind); c.Start > c.End || c.End > len(text) {
					t.Errorf("Complete(%q, %d) replaces %d to %d", text, cursor, c.Start, c.End)
				}
			}
			if c, ok := filter.Expr.(search.Compare); ok {
				if spelled, ok := search.Spell(c, kind); ok {
					again, err := search.Parse(spelled, kind)
					if err != nil || !reflect.DeepEqual(again, filter) {
						t.Errorf("%q is spelled %q: got %v, %v, want %v", text, spelled, again, err, filter)
					}
				}
			}
		}
	})
}
