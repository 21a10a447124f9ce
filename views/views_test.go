package views

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"benchside/measures"
	"benchside/store"
)

func metric(key string) store.Field { return store.Field{Kind: store.MetricField, Key: key} }
func param(key string) store.Field  { return store.Field{Kind: store.ParamField, Key: key} }

func whole() View {
	return View{
		Columns: []Column{
			{Field: store.Field{Key: "name"}, Width: 30},
			{Field: metric("val/auc"), Measure: measures.Measure{Kind: measures.Best}, Pinned: true},
			{Field: metric("loss"), Measure: measures.Measure{Kind: measures.At, Step: 100}, Width: 9, Pinned: true},
			{Field: param("learning rate")},
			{Field: store.Field{Kind: store.TagField, Key: "odd ` \" \\ \u2028 = ] key"}},
			{Field: metric("loss"), Measure: measures.Measure{Kind: measures.Trend}},
		},
		Sort:   []Sort{{Field: metric("val/auc"), Measure: measures.Measure{Kind: measures.Best}, Desc: true}, {Field: store.Field{Key: "started"}}},
		Filter: "metrics.`val/auc` > 0.8 and params.optimizer = 'adam'",
		Group:  Group{param("optimizer")},
		Pins:   []string{"3f2a", "9b00"},
		Flat:   true, Faulty: true, Terse: true,
	}
}

func TestAViewIsReadAsItIsWritten(t *testing.T) {
	for name, v := range map[string]View{"whole": whole(), "the usual": {}, "odd \"name\" = ] [x] ü": {Flat: true}} {
		content, err := Put("# mine\n", name, &v)
		if err != nil {
			t.Fatal(err)
		}
		file, err := Parse("views.toml", content)
		if err != nil {
			t.Fatalf("%s: %v in\n%s", name, err, content)
		}
		if got := file[name]; !reflect.DeepEqual(got, v) {
			t.Errorf("%s: got %+v\nwant %+v\nby %s", name, got, v, content)
		}
		packed, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var again View
		if err := json.Unmarshal(packed, &again); err != nil || !reflect.DeepEqual(again, v) {
			t.Errorf("%s as JSON: got %+v %v\nby %s", name, again, err, packed)
		}
	}
}

func TestKeepingAViewLeavesTheRestOfTheFile(t *testing.T) {
	content := "# what we look at\n[a]\nflat = true # so\n\n[\"b c\"]\nterse = true\n\n# the last\n[d]\nfaulty = true\n"
	got, err := Put(content, "b c", &View{Flat: true})
	if err != nil {
		t.Fatal(err)
	}
	want := "# what we look at\n[a]\nflat = true # so\n\n[d]\nfaulty = true\n\n[\"b c\"]\nflat = true\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, err = Put(got, "b c", nil); err != nil || got != "# what we look at\n[a]\nflat = true # so\n\n[d]\nfaulty = true\n" {
		t.Errorf("without it: %v\n%s", err, got)
	}
}

func TestABadFileNamesLineAndKey(t *testing.T) {
	for content, want := range map[string]string{
		"[a]\nflat = 3": "views.toml:2: a.flat: ",
		"[a]\n\ncolumns = [\"name\", \"nonsense\"]":                            `views.toml:3: a.columns: "nonsense" is no field`,
		"[a]\nsort = [\"name sideways\"]":                                      "views.toml:2: a.sort: ",
		"[a]\nfilter = \"metrics.x >> 3\"":                                     "views.toml:2: a.filter: ",
		"[a]\ngroup = \"metrics.x\"":                                           "views.toml:2: a.group: metrics.x: runs are grouped by",
		"[a]\ngroup = \"started\"":                                             "views.toml:2: a.group: started: ",
		"[a]\nflat = true\n[b]\ncolour = \"red\"":                              "views.toml:4: b.colour: there is no such key",
		"[a]\ncolumns = [\"name width 9000\"]":                                 "views.toml:2: a.columns: width 9000",
		"[a]\ncolumns = [\"params.x best\"]":                                   "only metrics have a best",
		"[a]\ncolumns = [\"metrics.`x\"]":                                      "the closing ` is missing",
		"[a]\ncolumns = [\"metrics.x at\"]":                                    "at: wants a step",
		"[a]\ncolumns = [\"metrics.x best of breed\"]":                         `"of" behind a column`,
		"[a]\nsort = [\"metrics.x trend\"]":                                    "a trend has no order",
		"[a":                                                                   "views.toml:1: ",
		"flat = true":                                                          "views.toml:1: flat: ",
		"[a]\n[\"\"]\n":                                                        `views.toml:2: view ""`,
		"[a]\nflat = true\nflat = false\n":                                     "views.toml:3: ",
		"[a]\ncolumns = [\"metrics.\"]":                                        "a field is missing",
		"[a]\ngroup = \"params.x y\"":                                          `"y" behind the field`,
		strings.Repeat("#", MostBytes+1):                                       "larger than",
		"[a]\ncolumns = [" + strings.Repeat("\"name\", ", MostColumns+1) + "]": "views.toml:2: a: 2001 columns",
	} {
		_, err := Parse("views.toml", content)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: got %v, want %q", content, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	v := whole()
	content, _ := Put("# mine\n[old]\nflat = true\n", "whole", &v)
	f.Add(content)
	f.Add("[a]\ncolumns = [\"metrics.`a``b` at 3 width 7 pinned\"]\n")
	f.Add("[a\nb=")
	f.Fuzz(func(t *testing.T, content string) {
		file, err := Parse("x", content)
		if err != nil {
			return
		}
		for name, v := range file {
			written, err := Put("", name, &v)
			if err != nil {
				t.Fatalf("view %q cannot be written: %v", name, err)
			}
			again, err := Parse("x", written)
			if err != nil || len(again) != 1 || !alike(again[name], v) {
				t.Fatalf("%q is written as\n%s\nand read as %+v %v", name, written, again, err)
			}
		}
	})
}

// alike compares views; a list without anything is none.
func alike(a, b View) bool {
	for _, v := range []*View{&a, &b} {
		if len(v.Columns) == 0 {
			v.Columns = nil
		}
		if len(v.Sort) == 0 {
			v.Sort = nil
		}
		if len(v.Pins) == 0 {
			v.Pins = nil
		}
	}
	return reflect.DeepEqual(a, b)
}
