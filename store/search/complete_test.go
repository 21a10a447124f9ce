package search_test

import (
	"strings"
	"testing"

	"benchside/store/search"
)

func TestComplete(t *testing.T) {
	type want struct {
		what search.What
		part string
		old  string // what is replaced
		of   string // the entity and key of the field
	}
	for name, c := range map[string]struct {
		text string // | is the cursor
		want want
	}{
		"nothing yet":               {"|", want{search.TypingField, "", "", ""}},
		"an attribute or an entity": {"me|", want{search.TypingField, "me", "me", ""}},
		"the key of a metric":       {"metrics.lo|", want{search.TypingField, "lo", "metrics.lo", "metric."}},
		"inside a word":             {"metrics.l|oss > 1", want{search.TypingField, "l", "metrics.loss", "metric."}},
		"a key in backticks":        {"params.`a b| = 'x'", want{search.TypingField, "a b", "params.`a b", "param."}},
		"with its closing one":      {"params.`a |b` = 'x'", want{search.TypingField, "a ", "params.`a b`", "param."}},
		"an unknown entity":         {"foo.ba|", want{search.TypingField, "foo.ba", "foo.ba", ""}},
		"a comparator":              {"metrics.loss |", want{search.TypingComparator, "", "", "metric.loss"}},
		"half of a comparator":      {"tags.a IS NO|", want{search.TypingComparator, "IS NO", "IS NO", "tag.a"}},
		"signs":                     {"metrics.loss>|", want{search.TypingComparator, ">", ">", "metric.loss"}},
		"a value":                   {"status = |", want{search.TypingValue, "", "", "attribute.status"}},
		"a value in quotes":         {"status = 'FA|", want{search.TypingValue, "FA", "'FA", "attribute.status"}},
		"a value to its quote":      {"status = 'FA|IL' AND name = 'x'", want{search.TypingValue, "FA", "'FAIL'", "attribute.status"}},
		"a value left open":         {"status = 'FA| AND run_id = 'x'", want{search.TypingValue, "FA", "'FA", "attribute.status"}},
		"a value without quotes":    {"params.a LIKE ad|", want{search.TypingValue, "ad", "ad", "param.a"}},
		"the list of IN":            {"run_id IN ('a', 'b|", want{search.TypingValue, "b", "'b", "attribute.run_id"}},
		"a field by its alias":      {"created > |", want{search.TypingValue, "", "", "attribute.start_time"}},
		"AND":                       {"status = 'A' |", want{search.TypingKeyword, "", "", ""}},
		"AND after a list":          {"run_id IN ('a') a|", want{search.TypingKeyword, "a", "a", ""}},
		"AND after IS NULL":         {"tags.a IS NULL |", want{search.TypingKeyword, "", "", ""}},
		"the next field":            {"tags.a IS NULL AND st|", want{search.TypingField, "st", "st", ""}},
		"the next field without":    {"metrics.a > 1 par|", want{search.TypingField, "par", "par", ""}},
		"in parentheses":            {"(me|", want{search.TypingField, "me", "me", ""}},
		"behind OR and NOT":         {"status = 'A' or not st|", want{search.TypingField, "st", "st", ""}},
		"OR":                        {"(status = 'A') o|", want{search.TypingKeyword, "o", "o", ""}},
		"a metric in a summary":     {"min(metrics.lo|", want{search.TypingField, "lo", "metrics.lo", "metric."}},
		"behind a summary":          {"min(metrics.loss) |", want{search.TypingComparator, "", "", "metric.loss"}},
		"the AND of BETWEEN":        {"metrics.loss between 1 |", want{search.TypingKeyword, "", "", ""}},
		"the end of BETWEEN":        {"metrics.loss between 1 and |", want{search.TypingValue, "", "", "metric.loss"}},
		"behind BETWEEN":            {"metrics.loss between 1 and 2 |", want{search.TypingKeyword, "", "", ""}},
		"behind a plain word":       {"adam st|", want{search.TypingField, "st", "st", ""}},
		"a field of ours":           {"parent |", want{search.TypingComparator, "", "", "attribute.parent"}},
		"a pattern":                 {"params.a ~ 'x|", want{search.TypingValue, "x", "'x", "param.a"}},
		"a value in parentheses":    {"(status = 'A') and (status = 'B|", want{search.TypingValue, "B", "'B", "attribute.status"}},
		"a space in quotes":         {"status = 'A B' AND tags.`x y` != 'c|", want{search.TypingValue, "c", "'c", "tag.x y"}},
	} {
		cursor := strings.Index(c.text, "|")
		text := strings.Replace(c.text, "|", "", 1)
		got := search.Complete(text, cursor, search.Runs)
		of := ""
		switch {
		case got.What == search.TypingField && got.HasEntity:
			of = got.Entity.String() + "."
		case got.What == search.TypingComparator || got.What == search.TypingValue:
			of = got.Field.Entity.String() + "." + got.Key
		}
		if have := (want{got.What, got.Part, text[got.Start:got.End], of}); have != c.want {
			t.Errorf("%s: %s\ngot  %+v\nwant %+v", name, c.text, have, c.want)
		}
	}
}

func TestSpellings(t *testing.T) {
	for key, want := range map[string]string{
		"lr":                 "params.lr",
		"mlflow.source.name": "params.mlflow.source.name",
		"val/auc":            "params.`val/auc`",
		"a b":                "params.`a b`",
		"in":                 "params.`in`",
		"1":                  "params.`1`",
		"日本":                 "params.日本",
		"a`b":                "params.\"a`b\"",
		"created":            "", // MLflow takes it for start_time
		"a`b\"c'd":           "",
	} {
		got, ok := search.SpellField(search.Param, key, search.Runs)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("the key %q: got %q, want %q", key, got, want)
		}
	}
	for text, want := range map[string]string{
		"adam":    "'adam'",
		"it's":    `"it's"`,
		`say "a"`: `'say "a"'`,
		"":        "''",
		`a\b`:     `'a\b'`,
		`'"`:      "",
		`ends\`:   "",
	} {
		got, ok := search.SpellText(text)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("the text %q: got %s, want %s", text, got, want)
		}
	}
	if got, ok := search.SpellListed("'\"\\\n"); !ok || got != `'\x27"\\\n'` {
		t.Errorf("a listed text: got %s, %v", got, ok)
	}
	if _, ok := search.SpellField(search.Metric, "loss", search.Experiments); ok {
		t.Error("experiments have no metrics, but one was spelled")
	}
}

func TestEveryFieldCanBeSpelled(t *testing.T) {
	for _, kind := range []search.Kind{search.Runs, search.Experiments, search.Models, search.Versions} {
		for _, f := range search.Fields(kind) {
			key := f.Name
			if key == "" {
				key = "a/b"
			}
			for _, op := range f.Ops {
				c := search.Compare{Entity: f.Entity, Key: key, Op: op}
				switch {
				case op == search.IsNull || op == search.IsNotNull:
				case op == search.In || op == search.NotIn:
					c.Texts = []string{"1", "2"}
				case f.Number:
					c.Number = 1e12
				default:
					c.Text = "1"
				}
				if text, ok := search.Spell(c, kind); !ok {
					t.Errorf("%+v cannot be spelled; tried %s", c, text)
				}
			}
		}
	}
}
