package jobs

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var some = Facts{Event: "model_version.transitioned", Model: "churn", Version: "3", Stage: "Production", Store: "/data/mlflow.db", Delivery: "d-1", Payload: `{"entity": "model_version"}`}

func TestPlaceholdersAreSingleArguments(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		with func(*Facts)
		want []string // nil where it is refused
	}{
		"none":                       {[]string{"train.sh", "-v"}, nil, []string{"train.sh", "-v"}},
		"whole arguments":            {[]string{"t", "{model}", "{version}"}, nil, []string{"t", "churn", "3"}},
		"inside of one":              {[]string{"t", "--uri=models:/{model}/{version}"}, nil, []string{"t", "--uri=models:/churn/3"}},
		"all of them":                {[]string{"t", "{event} {stage} {store} {delivery}"}, nil, []string{"t", "model_version.transitioned Production /data/mlflow.db d-1"}},
		"a brace that is meant":      {[]string{"t", "{{model}} {{}}"}, nil, []string{"t", "{model} {}"}},
		"a variable of a shell":      {[]string{"t", "${model} $x {model}"}, nil, []string{"t", "${model} $x churn"}},
		"blanks and quotes":          {[]string{"t", "{model}"}, func(f *Facts) { f.Model = "a b\"c'd" }, []string{"t", "a b\"c'd"}},
		"what a shell would obey":    {[]string{"t", "{model}"}, func(f *Facts) { f.Model = "$(rm -rf ~); `id` | x > y & z\n*" }, []string{"t", "$(rm -rf ~); `id` | x > y & z\n*"}},
		"a placeholder in a value":   {[]string{"t", "{model}"}, func(f *Facts) { f.Model = "{version}{{" }, []string{"t", "{version}{{"}},
		"no UTF-8":                   {[]string{"t", "{model}"}, func(f *Facts) { f.Model = "\xff" }, []string{"t", "\xff"}},
		"a minus behind a name":      {[]string{"t", "--name={model}"}, func(f *Facts) { f.Model = "-rf" }, []string{"t", "--name=-rf"}},
		"a minus of the user's":      {[]string{"t", "-{version}"}, nil, []string{"t", "-3"}},
		"an option":                  {[]string{"t", "{model}"}, func(f *Facts) { f.Model = "--config=/etc/x" }, nil},
		"an option at the beginning": {[]string{"t", "{model}:{version}"}, func(f *Facts) { f.Model = "-rf" }, nil},
		"a NUL":                      {[]string{"t", "{model}"}, func(f *Facts) { f.Model = "a\x00b" }, nil},
		"empty":                      {[]string{"t", "{stage}"}, func(f *Facts) { f.Stage = "" }, nil},
		"too long":                   {[]string{"t", "{model}"}, func(f *Facts) { f.Model = strings.Repeat("x", mostVariable+1) }, nil},
		"unknown":                    {[]string{"t", "{password}"}, nil, nil},
	} {
		f := some
		if c.with != nil {
			c.with(&f)
		}
		got, err := Command{Args: c.args}.Expand(f)
		if c.want == nil && err == nil || c.want != nil && !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, c.want)
		}
	}
}

func TestCommandsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		command Command
		key     string // "" where it is right
	}{
		"a program":                           {Command{Args: []string{"train.sh", "{model}"}}, ""},
		"a shell with the text behind code":   {Command{Args: []string{"sh", "-c", `train "$1"`, "hook", "{model}"}}, ""},
		"a shell with a variable":             {Command{Args: []string{"sh", "-c", `train "$BENCHSIDE_MODEL"`}}, ""},
		"python with a module":                {Command{Args: []string{"python3", "-m", "train", "{model}"}}, ""},
		"a program whose -c is no code":       {Command{Args: []string{"kubectl", "-c", "{model}"}}, ""},
		"a folder":                            {Command{Args: []string{"x"}, Dir: "/data"}, ""},
		"an environment":                      {Command{Args: []string{"x"}, Env: map[string]string{"A": "b=c"}}, ""},
		"a shell that would read it":          {Command{Args: []string{"sh", "-c", "train {model}"}}, "command"},
		"a shell of a path":                   {Command{Args: []string{"/usr/bin/bash", "-lc", "train {model}"}}, "command"},
		"a shell behind another":              {Command{Args: []string{"/usr/bin/env", "A=b", "zsh", "-ec", "{model}"}}, "command"},
		"python":                              {Command{Args: []string{"python3.12", "-c", "print('{model}')"}}, "command"},
		"perl":                                {Command{Args: []string{"perl", "-pe", "s/x/{model}/"}}, "command"},
		"node":                                {Command{Args: []string{"node", "--eval", "{model}"}}, "command"},
		"ssh, which gives a shell its text":   {Command{Args: []string{"ssh", "host", "train {model}"}}, "command"},
		"eval":                                {Command{Args: []string{"eval", "{model}"}}, "command"},
		"a program that the store would name": {Command{Args: []string{"{model}"}}, "command"},
		"no program":                          {Command{Args: []string{""}}, "command"},
		"an unknown placeholder":              {Command{Args: []string{"x", "{modell}"}}, "command"},
		"an open brace":                       {Command{Args: []string{"x", "{model"}}, "command"},
		"a NUL":                               {Command{Args: []string{"x", "a\x00"}}, "command"},
		"a relative folder":                   {Command{Args: []string{"x"}, Dir: "data"}, "dir"},
		"a variable with =":                   {Command{Args: []string{"x"}, Env: map[string]string{"A=B": "c"}}, "env"},
		"a variable of ours":                  {Command{Args: []string{"x"}, Env: map[string]string{"BENCHSIDE_MODEL": "c"}}, "env"},
	} {
		if key, why := c.command.Wrong(); key != c.key || (why == "") != (key == "") {
			t.Errorf("%s: got %q, %q; want a word on %q", name, key, why, c.key)
		}
	}
}

func TestTheEnvironmentSaysEverything(t *testing.T) {
	got, err := Command{Args: []string{"x"}, Env: map[string]string{"B": "2", "A": "1"}}.Environment(some)
	want := []string{
		"A=1", "B=2", "BENCHSIDE_EVENT=model_version.transitioned", "BENCHSIDE_MODEL=churn", "BENCHSIDE_VERSION=3",
		"BENCHSIDE_STAGE=Production", "BENCHSIDE_STORE=/data/mlflow.db", "BENCHSIDE_DELIVERY=d-1", `BENCHSIDE_PAYLOAD={"entity": "model_version"}`,
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
	for name, f := range map[string]Facts{"a NUL": {Model: "a\x00"}, "too long": {Payload: strings.Repeat("x", mostVariable+1)}} {
		if _, err := (Command{Args: []string{"x"}}).Environment(f); err == nil {
			t.Errorf("%s: a process was given it", name)
		}
	}
}

func FuzzExpand(f *testing.F) {
	f.Add("{model}", "churn", "3")
	f.Add("--x={model}{{", "-rf", "{model}")
	f.Add("{version}\x00", "a\x00", "$(x)")
	f.Fuzz(func(t *testing.T, arg, model, version string) {
		c := Command{Args: []string{"x", arg, "last"}}
		out, err := c.Expand(Facts{Model: model, Version: version, Event: "e", Stage: "s", Store: "st", Delivery: "d"})
		if err != nil {
			return
		}
		if len(out) != 3 || out[0] != "x" || out[2] != "last" {
			t.Fatalf("%q became %q", c.Args, out)
		}
		if strings.ContainsRune(out[1], 0) || strings.HasPrefix(out[1], "-") && !strings.HasPrefix(arg, "-") {
			t.Fatalf("%q with %q and %q became %q", arg, model, version, out[1])
		}
		if !strings.ContainsAny(arg, "{}") && out[1] != arg {
			t.Fatalf("%q became %q", arg, out[1])
		}
		if arg == "{model}" && out[1] != model || utf8.ValidString(arg) && utf8.ValidString(model) && utf8.ValidString(version) && !utf8.ValidString(out[1]) {
			t.Fatalf("%q with %q became %q", arg, model, out[1])
		}
	})
}
