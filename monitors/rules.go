package monitors

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"benchside/drift"
	"benchside/drift/alerts"
	"benchside/store"
)

var undefined = math.NaN()

// The values that a rule may watch.
const (
	valueShare   = "share"   // of drifted columns
	valuePSI     = "psi"     // the largest of all features; psi:COLUMN of one
	valueScore   = "score"   // score:COLUMN, of its test
	valueQuality = "quality" // quality:METRIC, of the batch
	valueFall    = "fall"    // fall:METRIC, the reference's less the batch's
)

// CheckRule says what is wrong with a rule.
func CheckRule(r store.AlertRule) error {
	if r.Name == "" {
		return fmt.Errorf("alert rule: it has no name")
	}
	if err := ruleOf(r).Check(); err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	kind, of, _ := strings.Cut(r.Value, ":")
	switch {
	case r.Value == valueShare, r.Value == valuePSI:
	case of != "" && slices.Contains([]string{valuePSI, valueScore, valueQuality, valueFall}, kind):
	default:
		return fmt.Errorf("%s: alert rule: %q is not share, psi, psi:COLUMN, score:COLUMN, quality:METRIC or fall:METRIC", r.Name, r.Value)
	}
	return nil
}

func ruleOf(r store.AlertRule) alerts.Rule {
	return alerts.Rule{Op: r.Op, Threshold: r.Threshold, Breaches: r.Breaches, Of: r.Of, Clear: r.Clear}
}

// UsualRule is the rule of a monitor that names none: the data drifts.
func UsualRule(share float64) store.AlertRule {
	if share == 0 {
		share = 0.5
	}
	return store.AlertRule{Name: "share", Value: valueShare, Op: ">=", Threshold: share, Breaches: 1, Of: 1, Clear: 1}
}

// valueOf is what a rule watches of a report, NaN if the report does not say it.
func valueOf(value string, r drift.Report) float64 {
	kind, of, _ := strings.Cut(value, ":")
	switch {
	case kind == valueShare:
		return float64(r.Verdict.Share)
	case kind == valueQuality || kind == valueFall:
		return qualityOf(kind, of, r.Quality)
	}
	most := undefined
	for _, f := range r.Features {
		v := undefined
		switch {
		case of != "" && f.Name != of || f.Status == drift.Undefined || f.Status == drift.Skipped:
			continue
		case kind == valuePSI && (of != "" || f.Role == drift.Feature.String()):
			v = float64(f.Measures.PSI)
		case kind == valueScore && f.Test != nil:
			v = float64(f.Test.Score)
		}
		if math.IsNaN(most) || v > most {
			most = v
		}
	}
	return most
}

func qualityOf(kind, metric string, q *drift.Quality) float64 {
	if q == nil || q.Current == nil {
		return undefined
	}
	now, ok := q.Current.Metrics[metric]
	switch {
	case !ok:
		return undefined
	case kind == valueQuality:
		return float64(now)
	case q.Reference == nil:
		return undefined
	}
	before, ok := q.Reference.Metrics[metric]
	if !ok {
		return undefined
	}
	return float64(before - now)
}

// evaluate has the rules take in a report, which changes what they remember.
func evaluate(rules []store.AlertRule, remembered []store.RuleState, r drift.Report) (states []store.RuleState, changes []store.AlertChange, err error) {
	for _, rule := range rules {
		var state alerts.State
		for _, s := range remembered {
			if s.Rule != rule.Name {
				continue
			}
			if err := json.Unmarshal([]byte(s.State), &state); err != nil {
				return nil, nil, fmt.Errorf("%w: what rule %s remembers: %w", store.ErrDamaged, rule.Name, err)
			}
		}
		v := valueOf(rule.Value, r)
		switch state.Next(ruleOf(rule), v) {
		case alerts.Fired:
			changes = append(changes, store.AlertChange{Rule: rule.Name, Value: v, Says: says(rule, v)})
		case alerts.Resolved:
			changes = append(changes, store.AlertChange{Rule: rule.Name, Value: v, Says: says(rule, v), Resolved: true})
		}
		text, err := json.Marshal(state)
		if err != nil {
			return nil, nil, fmt.Errorf("keep what rule %s remembers: %w", rule.Name, err)
		}
		states = append(states, store.RuleState{Rule: rule.Name, Firing: state.Firing, State: string(text)})
	}
	return states, changes, nil
}

// says is a rule and its value in a few words.
func says(r store.AlertRule, v float64) string {
	return fmt.Sprintf("%s %.3g (%s)", r.Value, v, ruleOf(r))
}

// ParseRule reads a rule as people write it: VALUE OP NUMBER, with "in M of N" and
// "clear C" behind it, and NAME= before it.
func ParseRule(text string) (store.AlertRule, error) {
	r := store.AlertRule{Breaches: 1, Of: 1, Clear: 1}
	rest := text
	if name, after, ok := strings.Cut(text, "="); ok && !strings.ContainsAny(name, "<> ") {
		r.Name, rest = name, after
	}
	words := strings.Fields(rest)
	bad := func(why string) error {
		return fmt.Errorf("alert rule %q: %s; it reads as \"share >= 0.5 in 2 of 3 clear 1\"", text, why)
	}
	if len(words) < 3 {
		return r, bad("it has no value, sign and number")
	}
	r.Value, r.Op = words[0], words[1]
	if _, err := fmt.Sscan(words[2], &r.Threshold); err != nil {
		return r, bad(fmt.Sprintf("%q is no number", words[2]))
	}
	for words = words[3:]; len(words) > 0; {
		var err error
		switch {
		case words[0] == "in" && len(words) >= 4 && words[2] == "of":
			_, err = fmt.Sscan(words[1]+" "+words[3], &r.Breaches, &r.Of)
			words = words[4:]
		case words[0] == "clear" && len(words) >= 2:
			_, err = fmt.Sscan(words[1], &r.Clear)
			words = words[2:]
		default:
			return r, bad(fmt.Sprintf("what is %q", words[0]))
		}
		if err != nil {
			return r, bad("that is no whole number")
		}
	}
	if r.Name == "" {
		r.Name = r.Value
	}
	return r, CheckRule(r)
}
