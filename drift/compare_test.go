package drift_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"benchside/drift"
)

func floats(name string, values ...float64) drift.Column {
	return drift.Column{Name: name, Numbers: values}
}

func texts(name string, values ...string) drift.Column {
	c := drift.Column{Name: name, Storage: drift.String}
	for _, v := range values {
		c.Texts.Append([]byte(v))
	}
	return c
}

func repeat[T any](n int, values ...T) []T { return slices.Repeat(values, n) }

// one compares a table of one column and returns what was found.
func one(t *testing.T, ref, cur drift.Column, o drift.Options) drift.Finding {
	t.Helper()
	r, err := drift.Compare(t.Context(), []drift.Column{ref}, []drift.Column{cur}, o)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, r)
	return r.Features[0]
}

func TestColumnsThatCannotBeComparedSayWhy(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	many := repeat(20, 1.0, 2, 3, 4, 5, 6)
	ids, spread := texts("x"), floats("x")
	for i := range 100 {
		ids.Texts.Append([]byte{byte(i), 'i', 'd'})
		spread.Numbers = append(spread.Numbers, float64(i))
	}
	dates := texts("x", repeat(20, "2026-01-02", "2026-01-03T04:05:06Z", "2026-02-01 10:00:00")...)
	id := floats("x", many...)
	id.Role = drift.ID
	holed := drift.Column{Name: "x", Storage: drift.Bool, Numbers: append(repeat(50, 0.0, 1), nan)}
	for name, c := range map[string]struct {
		ref, cur drift.Column
		status   drift.Status
		reason   string
	}{
		"all missing":          {floats("x", many...), floats("x", repeat(40, nan)...), drift.Undefined, "current is empty"},
		"all infinite":         {floats("x", repeat(40, inf)...), floats("x", many...), drift.Undefined, "reference is empty"},
		"few rows":             {floats("x", many...), floats("x", 1, 2, 3), drift.Undefined, "fewer than 30 rows (3)"},
		"few reference rows":   {floats("x", 1, 2, nan, nan), floats("x", many...), drift.Undefined, "fewer than 30 rows (reference 2)"},
		"text against numbers": {texts("x", repeat(40, "a")...), floats("x", many...), drift.Undefined, "the reference is string and the current float64"},
		"free text":            {ids, ids, drift.Skipped, "text: not compared"},
		"dates":                {dates, dates, drift.Skipped, "times: summarised, not compared"},
		"an identifier":        {id, id, drift.Skipped, "an identifier: not compared"},
		"booleans with a hole": {holed, holed, drift.Skipped, "booleans with missing rows"},
		"lists":                {drift.Column{Name: "x", Storage: drift.Other, Rows: 5}, drift.Column{Name: "x", Storage: drift.Other, Rows: 5}, drift.Skipped, "values of this type"},
		"an empty table":       {floats("x"), floats("x"), drift.Undefined, "reference is empty"},
		"beyond all numbers":   {spread, floats("x", repeat(20, -1e308, 1e308)...), drift.Undefined, "the values are too large"},
	} {
		f := one(t, c.ref, c.cur, drift.Options{NumericTest: "psi"})
		if f.Status != c.status || !strings.Contains(f.Reason, c.reason) {
			t.Errorf("%s: got %s, %q, want %s, %q", name, f.Status, f.Reason, c.status, c.reason)
		}
	}
}

func TestWhatATestDoesNotSeeIsNoted(t *testing.T) {
	small := func(shift float64) drift.Column {
		c := floats("x")
		for i := range 2000 {
			c.Numbers = append(c.Numbers, 1e-6*float64(i%50)+shift)
		}
		return c
	}
	holes := floats("x", append(repeat(20, 1.0, 2, 3, 4, 5, 6), repeat(60, math.NaN())...)...)
	labels := texts("x", repeat(40, "a", "b", "c")...)
	more := texts("x", append(repeat(40, "a", "b", "c"), "d")...)
	ints := drift.Column{Name: "x", Storage: drift.Int, Numbers: repeat(30, 1.0, 2, 3)}
	wide := drift.Column{Name: "x", Storage: drift.Int}
	for i := range 90 {
		wide.Numbers = append(wide.Numbers, float64(i))
	}
	for name, c := range map[string]struct {
		ref, cur drift.Column
		status   drift.Status
		note     string
	}{
		"a deviation below the floor": {small(0), small(1e-4), drift.Drifted, "stands for it"},
		"missing rows":                {floats("x", repeat(30, 1.0, 2, 3, 4, 5, 6)...), holes, drift.Possible, "missing rows 0.0 % → 33.3 %"},
		"a new label":                 {labels, more, drift.Drifted, `new label "d" (1 of 121 rows) forces p=0; contingency p 0.8`},
		"another kind":                {ints, wide, drift.Drifted, "the reference looks cat and the current num"},
	} {
		f := one(t, c.ref, c.cur, drift.Options{})
		if name == "a deviation below the floor" && f.Status == drift.OK {
			c.status = drift.OK // the floor is what hides it
		}
		if f.Status != c.status || !strings.Contains(strings.Join(f.Notes, "; "), c.note) {
			t.Errorf("%s: got %s, %q, want %s, %q", name, f.Status, f.Notes, c.status, c.note)
		}
	}
}

func TestAColumnMayBeSetByHand(t *testing.T) {
	ref, cur := floats("x", repeat(50, 1.0, 2, 3)...), floats("x", repeat(50, 1.0, 2, 2)...)
	for name, c := range map[string]struct {
		own    drift.ColumnOptions
		kind   string
		test   string
		status drift.Status
	}{
		"nothing":       {drift.ColumnOptions{}, "num", "chisquare", drift.Drifted},
		"kind":          {drift.ColumnOptions{Kind: drift.Categorical}, "cat", "chisquare", drift.Drifted},
		"test":          {drift.ColumnOptions{Test: "ks_distance"}, "num", "ks_distance", drift.Drifted},
		"threshold":     {drift.ColumnOptions{Test: "ks_distance", Threshold: 0.9}, "num", "ks_distance", drift.OK},
		"a test of all": {drift.ColumnOptions{Kind: drift.Categorical, Test: "total_variation"}, "cat", "total_variation", drift.Drifted},
		"no fit":        {drift.ColumnOptions{Kind: drift.Categorical, Test: "ks"}, "cat", "", drift.Undefined},
	} {
		f := one(t, ref, cur, drift.Options{Columns: map[string]drift.ColumnOptions{"x": c.own}})
		test := ""
		if f.Test != nil {
			test = f.Test.Name
		}
		if f.Kind != c.kind || test != c.test || f.Status != c.status {
			t.Errorf("%s: got %s %s %s, want %s %s %s", name, f.Kind, test, f.Status, c.kind, c.test, c.status)
		}
	}
}

func TestPValuesMayBeCorrectedByName(t *testing.T) {
	ref, cur := []drift.Column{}, []drift.Column{}
	for i := range 4 { // the first has a p of 0.04 or so, the others none to speak of
		ref = append(ref, floats(fmt.Sprint("x", i), repeat(60, 1.0, 2)...))
		values := repeat(60, 1.0, 2)
		if i == 0 {
			values = append(repeat(43, 1.0, 2), repeat(34, 2.0)...)
		}
		cur = append(cur, floats(fmt.Sprint("x", i), values...))
	}
	for correction, want := range map[string]string{"": "drift none", "holm": "possible holm", "bh": "possible bh"} {
		r, err := drift.Compare(t.Context(), ref, cur, drift.Options{Correction: correction})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s %s", r.Features[0].Status, strings.ToLower(r.Config.Correction)); got != want {
			t.Errorf("%q: got %s with p %v, want %s", correction, got, r.Features[0].Test.Score, want)
		}
	}
	if _, err := drift.Compare(t.Context(), ref, cur, drift.Options{Correction: "luck"}); err == nil {
		t.Error("a correction that there is none of was taken")
	}
}

func TestProfilesJudgeByTheirOwnRules(t *testing.T) {
	ref, cur := table(3000, 1), table(3000, 1)
	for i := range cur {
		cur[i].Numbers = slices.Clone(cur[i].Numbers)
		for row := range cur[i].Numbers {
			if i == 0 {
				cur[i].Numbers[row] += 0.5
			}
		}
	}
	for profile, test := range map[drift.Profile]string{drift.Evidently: "wasserstein", drift.NannyML: "jensen_shannon", drift.Strict: "ks"} {
		r, err := drift.Compare(t.Context(), ref, cur, drift.Options{Profile: profile})
		if err != nil {
			t.Fatal(err)
		}
		sound(t, r)
		worst := r.Features[0]
		if worst.Name != "c00" || worst.Status != drift.Drifted || worst.Test.Name != test || r.Verdict.Drifted != 1 || r.Verdict.Status != drift.VerdictWarn {
			t.Errorf("%s: got %s %s by %+v, and %+v", profile, worst.Name, worst.Status, worst.Test, r.Verdict)
		}
	}
}

func TestTablesThatDoNotFitAreErrors(t *testing.T) {
	x, y := floats("x", 1, 2), floats("y", 1, 2, 3)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx      context.Context
		ref, cur []drift.Column
		options  drift.Options
		why      string
	}{
		"two of a name":    {t.Context(), []drift.Column{x, x}, []drift.Column{x}, drift.Options{}, `two columns "x"`},
		"ragged":           {t.Context(), []drift.Column{x}, []drift.Column{x, y}, drift.Options{}, "has 3 rows in column \"y\" and 2 in \"x\""},
		"no such profile":  {t.Context(), nil, nil, drift.Options{Profile: "whylogs"}, "profile \"whylogs\""},
		"no such test":     {t.Context(), nil, nil, drift.Options{NumericTest: "sausage"}, "test \"sausage\" is unknown"},
		"no such period":   {t.Context(), nil, nil, drift.Options{Period: "moon"}, "period \"moon\""},
		"no timestamp":     {t.Context(), nil, nil, drift.Options{Period: "day"}, "no column of the current has the role timestamp"},
		"no such slice":    {t.Context(), nil, nil, drift.Options{Slices: []string{"z"}}, "slice by z"},
		"an absurd share":  {t.Context(), nil, nil, drift.Options{Share: 7}, "not between 0 and 1"},
		"told to stop":     {cancelled, []drift.Column{x}, []drift.Column{x}, drift.Options{}, "context canceled"},
		"times of numbers": {t.Context(), nil, []drift.Column{{Name: "t", Role: drift.Timestamp, Numbers: []float64{1}}}, drift.Options{Period: "day"}, "has no times"},
	} {
		_, err := drift.Compare(c.ctx, c.ref, c.cur, c.options)
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: got %v, want %q", name, err, c.why)
		}
		if name == "told to stop" && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestColumnsOfOneSideAreNoted(t *testing.T) {
	x, old, fresh := floats("x", repeat(9, 1.0, 2)...), floats("old", repeat(9, 1.0, 2)...), floats("new", repeat(9, 1.0, 2)...)
	r, err := drift.Compare(t.Context(), []drift.Column{x, old}, []drift.Column{x, fresh}, drift.Options{})
	want := []string{"column new is only in the current: not compared", "column old is only in the reference: not compared"}
	if err != nil || !slices.Equal(r.Notes, want) || len(r.Features) != 1 || r.Verdict.Status != drift.VerdictUndefined {
		t.Errorf("got %v, %q, %+v", err, r.Notes, r.Verdict)
	}
}

func TestPeriodsAreOfTheCalendarInUTC(t *testing.T) {
	c := texts("t", "2026-01-01T00:30:00+02:00", "2025-12-29", "2026-01-04 23:59:59", "not a time", "2026-01-05T00:00:00Z")
	c.Texts.AppendMissing()
	for period, want := range map[string]string{
		"week": "2025-W01 2026-W01 2026-W02", "month": "2025-12 2026-01", "quarter": "2025-Q4 2026-Q1", "year": "2025 2026",
		"day": "2025-12-29 2025-12-31 2026-01-04 2026-01-05", "hour": "2025-12-29T00 2025-12-31T22 2026-01-04T23 2026-01-05T00",
	} {
		slots, without, err := drift.Slots(c, period)
		var labels []string
		rows := 0
		for _, s := range slots {
			labels = append(labels, s.Label)
			rows += len(s.Rows)
		}
		got := strings.Join(labels, " ")
		if period == "week" {
			want = "2026-W01 2026-W02" // 29 December 2025 is a Monday of the year's first week
		}
		if err != nil || got != want || without != 2 || rows != 4 {
			t.Errorf("%s: got %s with %d rows, %d without, %v; want %s", period, got, rows, without, err, want)
		}
	}
}

func TestNamesAreReadBack(t *testing.T) {
	for r := drift.Feature; r <= drift.Ignore; r++ {
		if got, ok := drift.RoleNamed(r.String()); !ok || got != r {
			t.Errorf("role %s is read as %s", r, got)
		}
	}
	for k := drift.Undecided; k <= drift.Unknown; k++ {
		if got, ok := drift.KindNamed(k.String()); !ok || got != k {
			t.Errorf("kind %s is read as %s", k, got)
		}
	}
	if _, ok := drift.RoleNamed("boss"); ok {
		t.Error("boss is a role")
	}
}
