package gates

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"benchside/compare"
	"benchside/store"
)

// FileName is the usual name of a file of rules, beside the store or in the
// working folder.
const FileName = "benchside.gates.toml"

// FileBytes bounds a file of rules.
const FileBytes = 1 << 20

// Rule is what one promotion asks for. The zero value is the usual: a finished run,
// a signature that the callers of the champion can live with, and everything else
// told without being an obstacle.
type Rule struct {
	Models    string        // a pattern of path.Match; "" is every model
	Stage     string        // "" is Production
	Metrics   []Metric      // must not be worse than the champion's beyond the noise
	FailIf    []Condition   // conditions that must not hold
	Signature Demand        // towards the champion's
	Dataset   bool          // what it was trained on must be known
	Reviewer  bool          // whoever promotes must not be whoever trained
	Drift     bool          // the latest drift report must say that there is none
	DriftAge  time.Duration // how old that report may be; 0 is any age
	Waivers   bool          // a failed check may be waived with a reason
}

// Metric is a metric that the champion is challenged on.
type Metric struct {
	Key       string
	Direction compare.Direction
	Tolerance float64 // what it may be worse by, whatever the noise
}

// Condition is one of compare's, in which the baseline may be called champion.
type Condition struct {
	Text string // as it was written
	gate compare.Gate
}

// Demand says how a signature may differ from the champion's.
type Demand int

// The demands. Compatible: whoever calls the champion can call the challenger.
const (
	Compatible Demand = iota
	Same
	Any
)

var demands = []string{"compatible", "same", "any"}

func (d Demand) String() string { return demands[d] }

// Rules are those of a file, the first that fits holding.
type Rules struct{ rules []Rule }

// For returns the rule of a model's move to a stage: the first of the file that
// fits, else the usual one.
func (r Rules) For(model, stage string) Rule {
	for _, rule := range r.rules {
		if fits, err := path.Match(rule.Models, model); rule.Stage == stage && (rule.Models == "" || err == nil && fits) {
			return rule
		}
	}
	return Rule{Stage: stage, Waivers: true}
}

// gateFile is the form of the file.
type gateFile struct {
	Version int
	Gate    []struct {
		Models, Stage, Signature string
		Metrics                  []string
		FailIf                   []string `toml:"fail-if"`
		Dataset, Reviewer, Drift bool
		DriftMaxDays             int   `toml:"drift-max-days"`
		Waivers                  *bool // left out: true
	}
}

// Parse reads a file of rules. Its errors name the line, or the gate and the key.
func Parse(name, content string) (Rules, error) {
	var f gateFile
	meta, err := toml.Decode(content, &f)
	if err != nil {
		var at toml.ParseError
		if errors.As(err, &at) {
			return Rules{}, fmt.Errorf("%s:%d: %s", name, at.Position.Line, at.Message)
		}
		return Rules{}, fmt.Errorf("%s: %w", name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return Rules{}, fmt.Errorf("%s: there is no key %s", name, unknown[0])
	}
	if f.Version != 1 {
		return Rules{}, fmt.Errorf("%s: version = %d; this benchside reads version = 1", name, f.Version)
	}
	var out Rules
	for i, g := range f.Gate {
		wrong := func(key string, err error) (Rules, error) {
			return Rules{}, fmt.Errorf("%s: gate %d: %s: %w", name, i+1, key, err)
		}
		r := Rule{
			Models: g.Models, Dataset: g.Dataset, Reviewer: g.Reviewer, Drift: g.Drift,
			DriftAge: time.Duration(g.DriftMaxDays) * 24 * time.Hour, Waivers: g.Waivers == nil || *g.Waivers,
		}
		if _, err := path.Match(g.Models, ""); err != nil {
			return wrong("models", err)
		}
		if g.DriftMaxDays < 0 || g.DriftMaxDays > 36500 {
			return wrong("drift-max-days", fmt.Errorf("%d is not between 0 and 36500", g.DriftMaxDays))
		}
		if r.Stage, err = stageOf(g.Stage); err != nil {
			return wrong("stage", err)
		}
		if r.Signature, err = demandOf(g.Signature); err != nil {
			return wrong("signature", err)
		}
		if r.Metrics, err = each(g.Metrics, ParseMetric); err != nil {
			return wrong("metrics", err)
		}
		if r.FailIf, err = each(g.FailIf, ParseCondition); err != nil {
			return wrong("fail-if", err)
		}
		out.rules = append(out.rules, r)
	}
	return out, nil
}

func each[T any](texts []string, parse func(string) (T, error)) ([]T, error) {
	var all []T
	for _, text := range texts {
		one, err := parse(text)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func stageOf(text string) (string, error) {
	if text == "" {
		return store.StageProduction, nil
	}
	if stage, ok := store.StageNamed(text); ok {
		return stage, nil
	}
	return "", fmt.Errorf("%q is none of %s", text, strings.Join(store.Stages(), ", "))
}

func demandOf(text string) (Demand, error) {
	if text == "" {
		return Compatible, nil
	}
	if at := slices.Index(demands, text); at >= 0 {
		return Demand(at), nil
	}
	return 0, fmt.Errorf("%q is none of %s", text, strings.Join(demands, ", "))
}

// ParseMetric reads "val/auc max" or "val/loss min tolerance 0.01".
func ParseMetric(text string) (Metric, error) {
	words := strings.Fields(text)
	wrong := fmt.Errorf(`%q is not KEY max or KEY min, with or without "tolerance NUMBER" behind it`, text)
	if n := len(words); n >= 4 && words[n-2] == "tolerance" {
		m, err := ParseMetric(strings.Join(words[:n-2], " "))
		if err != nil {
			return Metric{}, wrong
		}
		if _, err := fmt.Sscanf(words[n-1], "%g", &m.Tolerance); err != nil || !(m.Tolerance >= 0) {
			return Metric{}, wrong
		}
		return m, nil
	}
	if len(words) < 2 {
		return Metric{}, wrong
	}
	m := Metric{Key: strings.Join(words[:len(words)-1], " ")}
	switch words[len(words)-1] {
	case "max":
		m.Direction = compare.Higher
	case "min":
		m.Direction = compare.Lower
	default:
		return Metric{}, wrong
	}
	return m, nil
}

// ParseCondition reads a condition such as metrics.auc < champion - 0.01.
func ParseCondition(text string) (Condition, error) {
	spoken := text
	if at := strings.LastIndex(text, "champion"); at >= 0 && strings.ContainsAny(text[:at], "<>=") {
		spoken = text[:at] + "baseline" + text[at+len("champion"):]
	}
	gate, err := compare.ParseGate(spoken)
	return Condition{Text: text, gate: gate}, err
}
