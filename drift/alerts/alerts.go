// Package alerts says when a number that is watched has broken a rule often enough
// to tell somebody. It tells nobody and keeps no clock.
package alerts

import (
	"fmt"
	"math"
)

// Rule is value op threshold in Breaches of the last Of values; Clear values in a
// row that keep it end it. Numbers that are 0 are 1.
type Rule struct {
	Op        string  `json:"op"` // < <= > >=
	Threshold float64 `json:"threshold"`
	Breaches  int     `json:"breaches"`
	Of        int     `json:"of"`
	Clear     int     `json:"clear"`
}

// maxOf bounds the flags that a state keeps.
const maxOf = 10000

// Check says what is wrong with a rule.
func (r Rule) Check() error {
	switch {
	case r.Op != "<" && r.Op != "<=" && r.Op != ">" && r.Op != ">=":
		return fmt.Errorf("alert rule: %q is not <, <=, > or >=", r.Op)
	case math.IsNaN(r.Threshold):
		return fmt.Errorf("alert rule: the threshold is no number")
	case r.Breaches < 0 || r.Of < 0 || r.Clear < 0 || r.Of > maxOf:
		return fmt.Errorf("alert rule: %d of %d, clear after %d, is no rule", r.Breaches, r.Of, r.Clear)
	case max(r.Breaches, 1) > max(r.Of, 1):
		return fmt.Errorf("alert rule: %d of %d can never be", r.Breaches, r.Of)
	}
	return nil
}

// String is the rule as people say it.
func (r Rule) String() string {
	return fmt.Sprintf("%s %g in %d of %d, clear after %d", r.Op, r.Threshold, max(r.Breaches, 1), max(r.Of, 1), max(r.Clear, 1))
}

func (r Rule) broken(v float64) bool {
	switch r.Op {
	case "<":
		return v < r.Threshold
	case "<=":
		return v <= r.Threshold
	case ">":
		return v > r.Threshold
	}
	return v >= r.Threshold
}

// Event is what changed.
type Event string

// The events; most values cause none.
const (
	None     Event = ""
	Fired    Event = "fired"
	Resolved Event = "resolved"
)

// State is a rule's memory; it marshals, so that a restart fires nothing twice.
type State struct {
	Firing bool   `json:"firing"`
	Flags  []bool `json:"history"` // of the last Of values, oldest first
	Kept   int    `json:"ok_run"`  // values in a row that kept the rule, while firing
}

// Next takes one value, in the order of time. A NaN, which is an undefined value,
// changes nothing.
func (s *State) Next(r Rule, v float64) Event {
	if math.IsNaN(v) {
		return None
	}
	breach := r.broken(v)
	s.Flags = append(s.Flags, breach)
	if over := len(s.Flags) - max(r.Of, 1); over > 0 {
		s.Flags = s.Flags[over:]
	}
	if !s.Firing {
		sum := 0
		for _, f := range s.Flags {
			if f {
				sum++
			}
		}
		if s.Firing = sum >= max(r.Breaches, 1); s.Firing {
			s.Kept = 0
			return Fired
		}
		return None
	}
	if s.Kept++; breach {
		s.Kept = 0
	}
	if s.Kept < max(r.Clear, 1) {
		return None
	}
	*s = State{}
	return Resolved
}
