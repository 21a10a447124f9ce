package compare

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"benchside/store"
)

func subject(name string, params map[string]string, metrics map[string]float64) Subject {
	r := store.Run{Head: store.Head{ID: "id-" + name, Name: name}, Params: params, Metrics: map[string]store.Point{}}
	for key, v := range metrics {
		r.Metrics[key] = store.Point{Value: v}
	}
	return Subject{Run: r}
}

func some() []Subject {
	nan := math.NaN()
	return []Subject{
		subject("a", map[string]string{"lr": "1e-3", "depth": "6", "opt": "adam"}, map[string]float64{"auc": .941, "loss": .183, "odd": nan, "zero": 0}),
		subject("b", map[string]string{"lr": "0.001", "depth": "8", "opt": "adam"}, map[string]float64{"auc": .932, "loss": .181, "odd": nan, "zero": 1}),
		subject("c", map[string]string{"lr": "0.001", "opt": "adam"}, map[string]float64{"auc": .887, "loss": math.Inf(1), "system/cpu": 4}),
	}
}

func find(t *testing.T, table *Table, name string) Row {
	t.Helper()
	at := slices.IndexFunc(table.Rows, func(r Row) bool { return r.Name() == name })
	if at < 0 {
		t.Fatalf("there is no row %s", name)
	}
	return table.Rows[at]
}

func TestATableSaysWhatVaries(t *testing.T) {
	table := New(some(), Options{Baseline: 0, Directions: map[string]Direction{"auc": Higher, "loss": Lower}})
	for name, want := range map[string]bool{
		"params.lr":    false, // 1e-3 is 0.001
		"params.depth": true,  // c has none
		"params.opt":   false,
		"metrics.auc":  true,
		"metrics.odd":  true, // NaN, NaN and missing
	} {
		if got := find(t, table, name).Varies; got != want {
			t.Errorf("%s: varies %v, want %v", name, got, want)
		}
	}
	var params []string
	for _, r := range table.Rows {
		if r.Section == Params {
			params = append(params, r.Key)
		}
	}
	if got := strings.Join(params, " "); got != "depth lr opt" {
		t.Errorf("params in the order %q, want what varies first: depth lr opt", got)
	}
	for _, r := range table.Differences() {
		if !r.Varies {
			t.Errorf("%s is among the differences", r.Name())
		}
	}
}

func TestAChangeIsNotRoundedAway(t *testing.T) {
	for want, c := range map[string]struct {
		d        float64
		decimals int
	}{
		"-0.009":     {-0.009, 3},
		"+1":         {1, 0},
		"+0.0000033": {3.3e-6, 5},
		"+0.15":      {0.15, 0},
		"+0.000":     {0, 3},
		"+3.3e-14":   {3.3e-14, 3},
		"-1.5e+08":   {-1.5e8, shortest},
	} {
		if got := changed(c.d, c.decimals); got != want {
			t.Errorf("%g with %d decimals: got %s, want %s", c.d, c.decimals, got, want)
		}
	}
}

func TestChangesAreFromTheBaseline(t *testing.T) {
	table := New(some(), Options{Baseline: 0, Directions: map[string]Direction{"auc": Higher, "loss": Lower}})
	auc := find(t, table, "metrics.auc").Cells
	if auc[1].Change != "-0.009" || auc[1].Text != "0.932" || math.Abs(auc[1].Percent+0.956) > 0.001 {
		t.Errorf("auc of b: got %+v, want 0.932, -0.009, -0.956 %%", auc[1])
	}
	if !math.IsNaN(auc[0].Delta) || auc[0].Change != "" {
		t.Errorf("the baseline differs from itself: %+v", auc[0])
	}
	if !auc[0].Best || auc[1].Best || auc[2].Best {
		t.Errorf("best auc: got %v %v %v, want a", auc[0].Best, auc[1].Best, auc[2].Best)
	}
	loss := find(t, table, "metrics.loss").Cells
	if !loss[1].Best || loss[2].Change != "" || loss[2].Text != "+Inf" {
		t.Errorf("loss: got %+v, want b best, and no change to an infinity", loss)
	}
	zero := find(t, table, "metrics.zero").Cells
	if zero[1].Change != "+1" || !math.IsNaN(zero[1].Percent) || zero[1].Best {
		t.Errorf("from 0, no direction: got %+v, want +1, no percent, no best", zero[1])
	}
	if odd := find(t, table, "metrics.odd").Cells; odd[1].Text != "NaN" || odd[1].Change != "" || !odd[2].Missing {
		t.Errorf("odd: got %+v, want NaN, NaN and missing", odd)
	}
}

func TestNumbersAreRoundedToWhatTellsThemApart(t *testing.T) {
	for name, c := range map[string]struct {
		values []float64
		want   string
	}{
		"three digits":           {[]float64{0.94123, 0.83211}, "0.941 0.832"},
		"close together":         {[]float64{0.94123, 0.94121}, "0.94123 0.94121"},
		"the same":               {[]float64{0.5, 0.5}, "0.500 0.500"},
		"whole":                  {[]float64{100, 7}, "100 7"},
		"hundreds with a part":   {[]float64{123.456, 7.5}, "123 8"},
		"never a false 0":        {[]float64{0.9, 0.00012}, "0.9000 0.0001"},
		"all tiny":               {[]float64{1e-9, 2e-9}, "1e-09 2e-09"},
		"huge":                   {[]float64{1e300, 5}, "1e+300 5"},
		"not numbers beside":     {[]float64{math.NaN(), math.Inf(-1), 1.5}, "NaN -Inf 1.50"},
		"one unit in last place": {[]float64{1, math.Nextafter(1, 2)}, "1 1.0000000000000002"},
		"nothing but NaN":        {[]float64{math.NaN()}, "NaN"},
	} {
		d := Decimals(c.values)
		var got []string
		for _, v := range c.values {
			got = append(got, Fixed(v, d))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", name, s, c.want)
		}
	}
}

func TestAGateSaysNo(t *testing.T) {
	table := New(some(), Options{Baseline: 0})
	for text, want := range map[string]string{
		"metrics.auc < baseline - 0.01":   "f f t",
		"metrics.auc < baseline - 0.005":  "f t t",
		"metrics.auc<0.9":                 "f f t",
		"metrics.loss > baseline + 5%":    "f f t",
		"metrics.loss > baseline - 1.5%":  "t t t",
		"metrics.odd > 1":                 "t t t", // NaN, NaN, missing: not shown to be good
		"metrics.`auc` >= baseline":       "t f f",
		"params.depth != baseline":        "f t t",
		"params.opt == 'adam'":            "t t t",
		"params.opt != adam":              "f f f",
		"params.depth == 6":               "t f t",
		`metrics."auc" == 0.941`:          "t f f",
		"metrics.loss > baseline + 1e300": "f f t",
	} {
		g, err := ParseGate(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		want = strings.ReplaceAll(want, " ", "")
		got := ""
		for i := range table.Subjects {
			fails, why := g.Check(table, i)
			got += map[bool]string{true: "t", false: "f"}[fails]
			if why == "" {
				t.Errorf("%s of %d says no reason", text, i)
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "auc < 1", "metrics.auc", "metrics.auc < ", "metrics.auc < x", "metrics.auc < baseline * 2", "params.lr < 1", "metrics.auc < NaN", "metrics.auc < baseline - -"} {
		if _, err := ParseGate(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestConditionsAreJoined(t *testing.T) {
	table := New(some(), Options{Baseline: 0})
	for text, want := range map[string]string{
		"metrics.auc < baseline - 0.01":                                               "fft",
		"metrics.auc < baseline - 0.01 or params.depth == 6":                          "tft",
		"metrics.auc < baseline - 0.01 and params.depth == 6":                         "fft",
		"params.depth != baseline and metrics.auc < baseline or metrics.auc == 0.941": "ttt",
		"params.depth != baseline AND (metrics.auc < 0.9 OR metrics.auc == 0.941)":    "fft",
		"(metrics.auc<0.9)or(params.opt != 'adam and eve')":                           "ttt",
		"(params.opt == 'or')":                                                        "fff",
		"metrics.odd > 1 and metrics.auc < 1":                                         "ttt", // what cannot be decided counts as what holds
		"metrics.odd > 1 and metrics.auc > 1":                                         "fff",
	} {
		c, err := ParseCondition(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := ""
		for i := range table.Subjects {
			fails, why := c.Check(table, i)
			got += map[bool]string{true: "t", false: "f"}[fails]
			if why == "" {
				t.Errorf("%s of %d says no reason", text, i)
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "or", "params.opt == or", "metrics.auc < 1 and", "or metrics.auc < 1", "metrics.auc < 1 or or metrics.auc < 2", "(metrics.auc < 1", strings.Repeat("(", 50) + "metrics.auc < 1" + strings.Repeat(")", 50)} {
		if _, err := ParseCondition(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	if c, err := ParseCondition("metrics.auc < 1 or metrics.auc < baseline"); err != nil || !c.Relative() {
		t.Error("a condition of which a part is relative needs no baseline")
	}
}

func TestReplicatesAreRunsOfOtherSeeds(t *testing.T) {
	var all []Subject
	for _, lr := range []string{"0.1", "0.01"} {
		for i, seed := range []string{"1", "2", "3"} {
			base := 0.9
			if lr == "0.01" {
				base = 0.8
			}
			all = append(all, subject("r"+lr+seed, map[string]string{"lr": lr, "random_state": seed, "opt": "adam"},
				map[string]float64{"auc": base + float64(i)*0.001, "same": float64(i)}))
		}
	}
	groups, err := GroupBy(all, "replicates")
	if err != nil || len(groups) != 2 || groups[0].Name != "lr=0.1" || len(groups[1].Members) != 3 {
		t.Fatalf("got %+v, %v, want lr=0.1 and lr=0.01 of 3 runs each", groups, err)
	}
	if of, err := New(all, Options{Baseline: 1}).GroupBy("replicates"); err != nil || !reflect.DeepEqual(of, groups) {
		t.Errorf("a table groups as %+v, %v, want %+v", of, err, groups)
	}
	k := Contrasts(all, groups, 0, []string{"auc", "same", "none"}, 0.05, Holm)
	if len(k[0]) != 0 || len(k[1]) != 3 {
		t.Fatalf("got %d and %d contrasts, want 0 and 3", len(k[0]), len(k[1]))
	}
	for i, want := range []Verdict{Real, Noise, Untested} {
		if got := k[1][i].Verdict(0.05); got != want {
			t.Errorf("%s: %v, want %v: %+v", k[1][i].Metric, got, want, k[1][i])
		}
	}
	if k[1][2].Group.Missing != 3 {
		t.Errorf("none: %d missing, want 3", k[1][2].Group.Missing)
	}
	if _, err := GroupBy(all, "moon"); err == nil {
		t.Error("grouping by the moon works")
	}
	if g, err := GroupBy(all, "params.lr"); err != nil || len(g) != 2 || g[1].Name != "0.01" {
		t.Errorf("by param: %+v, %v", g, err)
	}
}

func TestCurvesPartWhereTheyStayApart(t *testing.T) {
	steps := make([]float64, 60)
	for i := range steps {
		steps[i] = float64(i)
	}
	line := func(f func(i int) float64) []float64 {
		values := make([]float64, len(steps))
		for i := range values {
			values[i] = f(i)
		}
		return values
	}
	wobble := func(i int) float64 { return float64(i%3-1) * 0.01 }
	a := line(wobble)
	for name, c := range map[string]struct {
		b     []float64
		found bool
		from  float64
	}{
		"never":          {line(func(i int) float64 { return -wobble(i) }), false, 0},
		"from 30 on":     {line(func(i int) float64 { return wobble(i) + float64(max(i-30, 0))*0.2 }), true, 31},
		"and back again": {line(func(i int) float64 { return wobble(i) + float64(max(10-max(i-20, 20-i), 0)) }), false, 0},
		"a NaN between": {line(func(i int) float64 {
			if i == 40 {
				return math.NaN()
			}
			return wobble(i) + float64(max(i-30, 0))
		}), true, 31},
		"too few": {a[:3], false, 0},
	} {
		got := Part(steps, a, steps[:len(c.b)], c.b)
		if got.Found != c.found || got.Step != c.from {
			t.Errorf("%s: got %+v, want %v from %v", name, got, c.found, c.from)
		}
	}
}

func TestTheFrontIsWhatNothingBeats(t *testing.T) {
	rows := [][]float64{{0.9, 10}, {0.8, 5}, {0.7, 7}, {math.NaN(), 1}, {0.9, 10}}
	want := []bool{true, true, false, false, true}
	if got := Front(rows, []Direction{Higher, Lower}); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzParseCondition(f *testing.F) {
	f.Add("metrics.auc < baseline - 0.01")
	f.Add("(metrics.auc < 1 or (params.`a and b` == 'or')) and tags.x != baseline")
	f.Add("params.x != 'y'")
	table := New(some(), Options{Baseline: 0})
	f.Fuzz(func(_ *testing.T, text string) {
		if g, err := ParseCondition(text); err == nil {
			for i := range table.Subjects {
				g.Check(table, i)
			}
		}
	})
}
