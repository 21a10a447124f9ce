package alerts

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestRulesFireOnceAndResolve(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		rule   Rule
		values []float64
		want   string // F fired, R resolved, . nothing
	}{
		"at once":                   {Rule{Op: ">=", Threshold: 0.5}, []float64{0.1, 0.5, 0.6, 0.2, 0.7}, ".F.RF"},
		"strictly":                  {Rule{Op: ">", Threshold: 0.5}, []float64{0.5, 0.51}, ".F"},
		"two of three":              {Rule{Op: "<", Threshold: 0, Breaches: 2, Of: 3, Clear: 2}, []float64{-1, 1, -1, 1, -1, 1, 1}, "..F...R"},
		"breaches that are too old": {Rule{Op: "<=", Threshold: 0, Breaches: 2, Of: 2}, []float64{-1, 1, 0, 1, 0, 0}, ".....F"},
		"undefined changes nothing": {Rule{Op: "<", Threshold: 0, Breaches: 2, Of: 2, Clear: 2}, []float64{-1, nan, -1, 1, nan, 1}, "..F..R"},
		"flags start over":          {Rule{Op: ">", Threshold: 0, Breaches: 2, Of: 3}, []float64{1, 1, -1, 1, 1}, ".FR.F"},
	} {
		if err := c.rule.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var state State
		got := ""
		for _, v := range c.values {
			got += map[Event]string{None: ".", Fired: "F", Resolved: "R"}[state.Next(c.rule, v)]
			// What is stored between values is all there is.
			content, err := json.Marshal(state)
			if err != nil {
				t.Fatal(err)
			}
			state = State{}
			if err := json.Unmarshal(content, &state); err != nil {
				t.Fatal(err)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestRulesThatAreNoneSayWhy(t *testing.T) {
	for why, rule := range map[string]Rule{
		"not <, <=, > or >=": {Op: "=="},
		"is no number":       {Op: "<", Threshold: math.NaN()},
		"can never be":       {Op: "<", Breaches: 3, Of: 2},
		"is no rule":         {Op: "<", Of: -1},
	} {
		if err := rule.Check(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%+v: got %v, want %q", rule, err, why)
		}
	}
	if got, want := (Rule{Op: "<", Threshold: 0.7}).String(), "< 0.7 in 1 of 1, clear after 1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
