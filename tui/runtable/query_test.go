package runtable_test

import (
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/runtable"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// filter is the line of the filter bar, without its count.
func (s table) filter() string {
	s.t.Helper()
	for l := range strings.Lines(s.Screen()) {
		if text, ok := strings.CutPrefix(l, " filter  "); ok {
			text, _, _ = strings.Cut(text, "   ")
			return strings.TrimSpace(text)
		}
	}
	return ""
}

func TestTheValueUnderTheCursorFilters(t *testing.T) {
	for name, c := range map[string]struct{ run, before, column, want string }{
		"a name":               {"calm-owl-7", "", "run", "run_name = 'calm-owl-7'"},
		"a status":             {"calm-owl-7", "", "status", "status = 'FINISHED'"},
		"a start":              {"calm-owl-7", "", "started", "start_time = "},
		"a metric":             {"calm-owl-7", "", "val/auc", "metrics.`val/auc` = 0.932"},
		"a param":              {"calm-owl-7", "", "optimizer", "params.optimizer = 'adam'"},
		"a missing one":        {"logreg-1", "", "optimizer", "params.optimizer IS NULL"},
		"beside a filter":      {"calm-owl-7", "metrics.`val/auc` > 0.5", "status", "metrics.`val/auc` > 0.5 AND status = 'FINISHED'"},
		"beside alternatives":  {"calm-owl-7", "depth = 2 or calm", "status", "(depth = 2 or calm) AND status = 'FINISHED'"},
		"once":                 {"calm-owl-7", "status = 'FINISHED'", "status", "status = 'FINISHED'"},
		"NaN is none":          {"keen-fox-19", "", "val/auc", ""},
		"nor is how long":      {"calm-owl-7", "", "duration", ""},
		"nor is an experiment": {"calm-owl-7", "", "experiment", ""},
	} {
		m := memory.New(viewtest.Small())
		v := runtable.New(m, view.ShowRuns{}, viewtest.Theme())
		s := table{viewtest.Start(t, v, 180, 40), t, m}
		s.Command("filter", c.before)
		s.keys("/ =" + c.run + " enter")
		for range 12 {
			if strings.Contains(s.cursorColumn(), c.column) {
				break
			}
			s.Press("l")
		}
		why := ""
		for _, k := range v.Keys() {
			if k.Command() == "filter-like" {
				why = k.Why()
			}
		}
		if (why == "") != (c.want != "") {
			t.Errorf("%s: cannot filter because %q", name, why)
		}
		if why != "" {
			continue
		}
		s.Press("=")
		if got := s.filter(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got the filter %q, want %q\n%s", name, got, c.want, s.Screen())
		}
		if s.at() != c.run {
			t.Errorf("%s: the cursor is at %s, want %s", name, s.at(), c.run)
		}
	}
}

// cursorColumn tells the column under the cursor by sorting with it and back.
func (s table) cursorColumn() string {
	s.t.Helper()
	heading := func() string {
		for l := range strings.Lines(s.Screen()) {
			if strings.Contains(l, "▲") || strings.Contains(l, "▼") {
				at := strings.IndexAny(l, "▲▼")
				words := strings.Fields(l[:at])
				return words[len(words)-1]
			}
		}
		return ""
	}
	s.Press("s")
	name := heading()
	for range 3 { // to the order of before
		s.Press("s")
		if heading() == "started" && name != "started" {
			break
		}
	}
	return name
}

func TestAWordCountsOnceItIsEnded(t *testing.T) {
	for name, c := range map[string]struct{ keys, want string }{
		"while it is typed it may become a field": {"f =calm", ""},
		"a blank ends it":                         {"f =calm_", "1 of 19"},
		"enter ends it":                           {"f =calm enter", "1 of 19"},
		"what stands before it is in force":       {"f =status_=_'FAILED'_and_calm", "1 of 19"},
		"in the middle of an alternative nothing": {"f =status_=_'FAILED'_or_calm", "1 of 19"},
		"then both": {"f =status_=_'FAILED'_or_calm enter", "2 of 19"},
	} {
		s := all(t).keys(c.keys)
		got := ""
		for l := range strings.Lines(s.Screen()) {
			if i := strings.Index(l, " of 19"); strings.HasPrefix(l, " filter") && i > 0 {
				got = strings.TrimSpace(l[max(i-2, 0) : i+6])
			}
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q matches %q, want %q\n%s", name, c.keys, got, c.want, s.Screen())
		}
	}
}

// TestTheSQLIsShown holds that the dialog has the query of the table; memory is no
// database and says so.
func TestTheSQLIsShown(t *testing.T) {
	for _, keys := range []string{"Q", "f =depth_=_0_ alt+q"} {
		s := all(t).keys(keys)
		ask, ok := s.Asked[len(s.Asked)-1].(view.Ask)
		if !ok {
			t.Fatalf("%s: asked for %v", keys, s.Asked)
		}
		if got := viewtest.Start(t, ask.Dialog, 60, 5).Screen(); !strings.Contains(got, "no database") {
			t.Errorf("%s: got\n%s", keys, got)
		}
	}
	var _ store.QueryExplainer = (*memory.Store)(nil)
}
