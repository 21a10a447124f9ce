package gates

import (
	"math"
	"strings"
	"testing"
	"time"

	"benchside/artifacts/mlmodel"
	"benchside/compare"
	"benchside/store"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// subject is a run of ada's with one metric.
func subject(id string, auc float64) compare.Subject {
	return compare.Subject{
		Run: store.Run{
			Head:    store.Head{ID: id, Name: "run-" + id, Status: store.Finished, UserID: "ada"},
			Params:  map[string]string{"lr": "0.1"},
			Metrics: map[string]store.Point{"val/auc": {Value: auc}},
		},
		Inputs: []store.Input{{Name: "train", Digest: "abcd1234"}},
	}
}

// side is a version made by the first of some runs that are alike.
func side(version int64, aucs ...float64) Side {
	var alike []compare.Subject
	for i, auc := range aucs {
		alike = append(alike, subject(string(rune('a'+i))+string(rune('0'+version)), auc))
	}
	return Side{
		Version: store.ModelVersion{Name: "churn", Version: version, Status: "READY"},
		Run:     &alike[0], Alike: alike,
		Model: &mlmodel.Model{Signed: true, Inputs: []mlmodel.Column{{Name: "age", Type: "long"}}, Outputs: []mlmodel.Column{{Type: "double"}}},
	}
}

func facts(challenger Side, champion ...Side) Facts {
	f := Facts{Challenger: challenger, By: "grace", Now: now}
	if len(champion) > 0 {
		f.Champion = &champion[0]
	}
	return f
}

func checkOf(t *testing.T, card store.GateCard, name string) store.GateCheck {
	t.Helper()
	for _, c := range card.Checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("the card has no check %q: %+v", name, card.Checks)
	return store.GateCheck{}
}

func TestAChallengerIsJudgedByItsNoise(t *testing.T) {
	rule := Rule{Metrics: []Metric{{Key: "val/auc", Direction: compare.Higher}}}
	for name, c := range map[string]struct {
		challenger, champion Side
		verdict              store.Verdict
		says                 string
	}{
		"better outside the noise":             {side(2, 0.95, 0.951, 0.949), side(1, 0.90, 0.901, 0.899), store.Passed, "outside the noise"},
		"worse outside the noise":              {side(2, 0.80, 0.801, 0.799), side(1, 0.90, 0.901, 0.899), store.NotMet, "outside the noise"},
		"worse inside the noise":               {side(2, 0.90, 0.80, 0.95), side(1, 0.91, 0.85, 0.94), store.Warned, "inside the noise"},
		"better with one run each":             {side(2, 0.95), side(1, 0.90), store.Passed, "noise not known"},
		"worse with one run each":              {side(2, 0.85), side(1, 0.90), store.NotMet, "noise not known"},
		"the same":                             {side(2, 0.90), side(1, 0.90), store.Passed, "0.900 against 0.900"},
		"NaN":                                  {side(2, math.NaN()), side(1, 0.90), store.NotKnown, "metrics.val/auc is NaN"},
		"infinite is not good":                 {side(2, math.Inf(1)), side(1, 0.90), store.NotKnown, "Inf"},
		"a champion whose metric is NaN":       {side(2, 0.9), side(1, math.NaN()), store.NotKnown, "of v1 metrics.val/auc is NaN"},
		"replicates that are all of one value": {side(2, 0.8, 0.8), side(1, 0.9, 0.9), store.NotMet, "noise not known"},
	} {
		got := checkOf(t, Check(rule, facts(c.challenger, c.champion)), "metric val/auc")
		if got.Verdict != c.verdict || !strings.Contains(got.Says, c.says) {
			t.Errorf("%s: got %s %q, want %s %q", name, got.Verdict, got.Says, c.verdict, c.says)
		}
	}
}

func TestLowerIsBetterWhereTheRuleSaysSo(t *testing.T) {
	rule := Rule{Metrics: []Metric{{Key: "val/auc", Direction: compare.Lower, Tolerance: 0.02}}}
	for name, c := range map[string]struct {
		auc  float64
		want store.Verdict
	}{
		"lower": {0.8, store.Passed}, "higher within the tolerance": {0.91, store.Warned}, "higher": {0.95, store.NotMet},
	} {
		if got := checkOf(t, Check(rule, facts(side(2, c.auc), side(1, 0.9))), "metric val/auc"); got.Verdict != c.want {
			t.Errorf("%s: got %s %q, want %s", name, got.Verdict, got.Says, c.want)
		}
	}
}

func TestWithoutARuleMetricsOnlyWarn(t *testing.T) {
	f := facts(side(2, 0.8), side(1, 0.9))
	if got := checkOf(t, Check(Rule{}, f), "metrics"); got.Verdict != store.Warned || !strings.Contains(got.Says, FileName) {
		t.Errorf("got %s %q, want a warning that names the file of rules", got.Verdict, got.Says)
	}
	f.Directions = map[string]compare.Direction{"val/auc": compare.Higher}
	if got := checkOf(t, Check(Rule{}, f), "metric val/auc"); got.Verdict != store.Warned {
		t.Errorf("a metric that is worse by the user's direction: got %s, want a warning", got.Verdict)
	}
}

func TestEachCheckOfACard(t *testing.T) {
	with := func(s Side, change func(*Side)) Side { change(&s); return s }
	good := side(2, 0.95)
	for name, c := range map[string]struct {
		rule    Rule
		facts   Facts
		check   string
		verdict store.Verdict
	}{
		"a run that failed": {Rule{}, facts(with(good, func(s *Side) {
			r := *s.Run
			r.Run.Status = store.Failed
			s.Run = &r
		})), "run", store.NotMet},
		"a run that is not known":     {Rule{}, facts(with(good, func(s *Side) { s.Run = nil })), "run", store.NotKnown},
		"a version that is pending":   {Rule{}, facts(with(good, func(s *Side) { s.Version.Status = "PENDING_REGISTRATION" })), "run", store.NotMet},
		"the first of its stage":      {Rule{}, facts(good), "signature", store.Passed},
		"no signature":                {Rule{}, facts(with(good, func(s *Side) { s.Model = &mlmodel.Model{} })), "signature", store.NotMet},
		"an MLmodel that is not read": {Rule{}, facts(with(good, func(s *Side) { s.Model, s.Unread = nil, "gone" })), "signature", store.NotKnown},
		"any signature":               {Rule{Signature: Any}, facts(with(good, func(s *Side) { s.Model = nil })), "signature", store.Passed},
		"an input more": {Rule{}, facts(with(good, func(s *Side) {
			m := *s.Model
			m.Inputs = append(m.Inputs[:1:1], mlmodel.Column{Name: "sex", Type: "string"})
			s.Model = &m
		}), side(1, 0.9)), "signature", store.NotMet},
		"an input more that may be left out": {Rule{}, facts(with(good, func(s *Side) {
			m := *s.Model
			m.Inputs = append(m.Inputs[:1:1], mlmodel.Column{Name: "sex", Type: "string", Optional: true})
			s.Model = &m
		}), side(1, 0.9)), "signature", store.Warned},
		"the same where it must be": {Rule{Signature: Same}, facts(good, side(1, 0.9)), "signature", store.Passed},
		"a dataset":                 {Rule{Dataset: true}, facts(good), "dataset", store.Passed},
		"no dataset where one must be": {Rule{Dataset: true}, facts(with(good, func(s *Side) {
			r := *s.Run
			r.Inputs = nil
			s.Run = &r
		})), "dataset", store.NotMet},
		"somebody else":                  {Rule{Reviewer: true}, facts(good), "reviewer", store.Passed},
		"the one who trained":            {Rule{Reviewer: true}, Facts{Challenger: good, By: "ada", Now: now}, "reviewer", store.NotMet},
		"the one who trained, unasked":   {Rule{}, Facts{Challenger: good, By: "ada", Now: now}, "reviewer", store.Warned},
		"no drift report where one is":   {Rule{Drift: true}, facts(good), "drift", store.NotKnown},
		"drift":                          {Rule{Drift: true}, Facts{Challenger: good, Now: now, Drift: &DriftReport{Drifted: true, At: now}}, "drift", store.NotMet},
		"a drift report that is too old": {Rule{DriftAge: 24 * time.Hour}, Facts{Challenger: good, Now: now, Drift: &DriftReport{At: now.AddDate(0, 0, -61)}}, "drift", store.NotKnown},
	} {
		if got := checkOf(t, Check(c.rule, c.facts), c.check); got.Verdict != c.verdict {
			t.Errorf("%s: got %s %q, want %s", name, got.Verdict, got.Says, c.verdict)
		}
	}
}

func TestConditionsNameTheChampion(t *testing.T) {
	parse := func(text string) Rule {
		c, err := ParseCondition(text)
		if err != nil {
			t.Fatal(err)
		}
		return Rule{FailIf: []Condition{c}}
	}
	for text, want := range map[string]store.Verdict{
		"metrics.val/auc < champion - 0.01": store.NotMet,
		"metrics.val/auc < champion - 0.2":  store.Passed,
		"metrics.val/auc < 0.5":             store.Passed,
		"metrics.fairness/gap > 0.1":        store.NotMet, // it has none, so nothing was shown
	} {
		card := Check(parse(text), facts(side(2, 0.8), side(1, 0.9)))
		if got := checkOf(t, card, "not "+text); got.Verdict != want {
			t.Errorf("%s: got %s %q, want %s", text, got.Verdict, got.Says, want)
		}
	}
}

func TestAWaiverTakesAReason(t *testing.T) {
	card := Check(Rule{Reviewer: true}, Facts{Challenger: side(2, 0.9), By: "ada", Now: now})
	if card.Verdict != store.NotMet {
		t.Fatalf("the card says %s, want fail", card.Verdict)
	}
	if _, err := Waive(card, "reviewer", " ", "grace"); err == nil {
		t.Error("a waiver without a reason was taken")
	}
	if _, err := Waive(card, "run", "why not", "grace"); err == nil {
		t.Error("a check that passed was waived")
	}
	waived, err := Waive(card, "reviewer", "night shift", "grace")
	if err != nil || waived.Verdict != store.Waived || checkOf(t, waived, "reviewer").By != "grace" {
		t.Errorf("got %+v, %v; want a waived card", waived, err)
	}
	if card.Verdict != store.NotMet || checkOf(t, card, "reviewer").Verdict != store.NotMet {
		t.Error("waiving changed the card that was given")
	}
	if text := Markdown(waived); !strings.Contains(text, "| ~ | reviewer |") || !strings.Contains(text, "night shift (grace)") {
		t.Errorf("as Markdown:\n%s", text)
	}
}

func TestMarkdownKeepsTextsInTheirCells(t *testing.T) {
	card := Check(Rule{}, facts(side(2, 0.9)))
	card.Model = "a|b\n# c"
	if text := Markdown(card); strings.Contains(text, "a|b") || strings.Count(text, "\n# ") != 0 {
		t.Errorf("the name of the model breaks out:\n%s", text)
	}
}

func TestRulesOfAFile(t *testing.T) {
	rules, err := Parse(FileName, `version = 1
[[gate]]
models = "churn*"
metrics = ["val/auc max", "val/loss min tolerance 0.01"]
fail-if = ["metrics.val/auc < champion - 1%"]
signature = "same"
reviewer = true
drift-max-days = 30
waivers = false
[[gate]]
stage = "staging"
`)
	if err != nil {
		t.Fatal(err)
	}
	r := rules.For("churn-x", "Production")
	if len(r.Metrics) != 2 || r.Metrics[1].Tolerance != 0.01 || r.Metrics[1].Direction != compare.Lower ||
		len(r.FailIf) != 1 || r.Signature != Same || !r.Reviewer || r.DriftAge != 30*24*time.Hour || r.Waivers {
		t.Errorf("churn-x to Production: %+v", r)
	}
	if r := rules.For("other", "Production"); !r.Waivers || r.Reviewer {
		t.Errorf("a model that no gate fits has %+v, want the usual rule", r)
	}
	for content, want := range map[string]string{
		"version = 2":                                             "version = 2",
		"version = 1\n[[gate]]\nstages = 'x'":                     "gate.stages",
		"version = 1\n[[gate]]\nstage = 'Live'":                   "gate 1: stage",
		"version = 1\n[[gate]]\nmodels = '['":                     "gate 1: models",
		"version = 1\n[[gate]]\nsignature = 'no'":                 "gate 1: signature",
		"version = 1\n[[gate]]\nmetrics = ['auc']":                "gate 1: metrics",
		"version = 1\n[[gate]]\nmetrics = ['a max tolerance -1']": "gate 1: metrics",
		"version = 1\n[[gate]]\nfail-if = ['auc']":                "gate 1: fail-if",
		"version = 1\n[[gate]]\ndrift-max-days = -1":              "drift-max-days",
		"version = \n": FileName + ":1",
	} {
		if _, err := Parse(FileName, content); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", content, err, want)
		}
	}
}

func FuzzRules(f *testing.F) {
	f.Add("version = 1\n[[gate]]\nmetrics = ['a max tolerance 1']\nfail-if = ['metrics.`a` < champion - 1%']")
	f.Add("version = 1\n[[gate]]\nmodels = '[a-'\n")
	f.Fuzz(func(t *testing.T, content string) {
		rules, err := Parse(FileName, content)
		if err == nil {
			Check(rules.For("churn", "Production"), facts(side(2, 0.8), side(1, 0.9)))
		}
	})
}
