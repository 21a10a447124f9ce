package gates

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"benchside/artifacts/mlmodel"
	"benchside/compare"
	"benchside/store"
)

// alpha is the chance of calling noise a difference.
const alpha = 0.05

// Side is a version with what is known of it.
type Side struct {
	Version store.ModelVersion
	// Run made the version; nil if it is not known or not there any more.
	Run *compare.Subject
	// Alike are the runs that differ from Run in nothing but seeds and folds, itself
	// among them: what the noise is judged by.
	Alike []compare.Subject
	Model *mlmodel.Model // nil if its MLmodel could not be read
	// Unread says why Model is nil.
	Unread string
}

// DriftReport is the latest one about the challenger.
type DriftReport struct {
	Drifted bool
	Says    string // "4 of 14 columns"
	At      time.Time
}

// Facts are what a card is made of.
type Facts struct {
	Challenger Side
	Champion   *Side // nil: nobody holds the stage
	By         string
	Now        time.Time
	Drift      *DriftReport // nil: there is none
	// Directions are what the user said of metrics; they are told of where the rule
	// names none.
	Directions map[string]compare.Direction
}

// Check holds a challenger to a rule.
func Check(r Rule, f Facts) store.GateCard {
	card := store.GateCard{
		Model: f.Challenger.Version.Name, Version: f.Challenger.Version.Version,
		Stage: cmp.Or(r.Stage, store.StageProduction), By: f.By, At: store.AtTime(f.Now),
	}
	if f.Champion != nil {
		card.Against = f.Champion.Version.Version
	}
	add := func(checks ...store.GateCheck) { card.Checks = append(card.Checks, checks...) }
	add(finished(f.Challenger))
	add(metrics(r, f)...)
	add(conditions(r, f)...)
	add(signature(r.Signature, f), dataset(r.Dataset, f.Challenger), reviewer(r.Reviewer, f), drift(r, f))
	card.Verdict = Verdict(card.Checks)
	return card
}

// Verdict sums up checks: what failed or cannot be decided outweighs what was
// waived, which outweighs a warning.
func Verdict(checks []store.GateCheck) store.Verdict {
	weight := map[store.Verdict]int{store.Passed: 0, store.Warned: 0, store.Waived: 1, store.NotKnown: 2, store.NotMet: 2}
	verdict := store.Passed
	for _, c := range checks {
		if weight[c.Verdict] > weight[verdict] {
			verdict = c.Verdict
		}
	}
	if verdict == store.NotKnown {
		return store.NotMet
	}
	return verdict
}

// Waive takes a failed check out of the way, with a reason and by whom.
func Waive(card store.GateCard, name, reason, by string) (store.GateCard, error) {
	checks := append([]store.GateCheck{}, card.Checks...)
	for i, c := range checks {
		if c.Name != name {
			continue
		}
		switch {
		case strings.TrimSpace(reason) == "":
			return card, fmt.Errorf("waive %s: %w: it takes a reason", name, store.ErrInvalid)
		case c.Verdict != store.NotMet && c.Verdict != store.NotKnown:
			return card, fmt.Errorf("waive %s: %w: it did not fail", name, store.ErrInvalid)
		}
		checks[i].Verdict, checks[i].Reason, checks[i].By = store.Waived, strings.TrimSpace(reason), by
		card.Checks, card.Verdict = checks, Verdict(checks)
		return card, nil
	}
	return card, fmt.Errorf("waive %s: %w: the card has no such check", name, store.ErrNotFound)
}

func finished(s Side) store.GateCheck {
	c := store.GateCheck{Name: "run"}
	switch {
	case s.Version.Status != "" && s.Version.Status != "READY":
		c.Verdict, c.Says = store.NotMet, "the version is "+s.Version.Status
	case s.Run == nil:
		c.Verdict, c.Says = store.NotKnown, "the run that made it is not known"
	case s.Run.Run.Status != store.Finished:
		c.Verdict, c.Says = store.NotMet, s.Run.Name()+" is "+string(s.Run.Run.Status)
	default:
		c.Verdict, c.Says = store.Passed, s.Run.Name()+" is FINISHED"
	}
	return c
}

// metrics challenges the champion on the rule's metrics, or tells of those whose
// direction the user said.
func metrics(r Rule, f Facts) []store.GateCheck {
	var out []store.GateCheck
	for _, m := range r.Metrics {
		out = append(out, challenge(m, f))
	}
	if len(r.Metrics) > 0 || f.Challenger.Run == nil {
		return out
	}
	for _, key := range f.Challenger.Run.Run.MetricKeys() {
		if d := f.Directions[key]; d != compare.Unknown && f.Champion != nil {
			out = append(out, milder(challenge(Metric{Key: key, Direction: d}, f)))
		}
	}
	if len(out) == 0 {
		out = append(out, store.GateCheck{
			Name: "metrics", Verdict: store.Warned,
			Says: "none was compared: " + FileName + " says which must not be worse, or D in a comparison which way is better",
		})
	}
	return out
}

// milder makes an obstacle that no rule asked for a warning.
func milder(c store.GateCheck) store.GateCheck {
	if c.Verdict == store.NotMet || c.Verdict == store.NotKnown {
		c.Verdict = store.Warned
	}
	return c
}

func challenge(m Metric, f Facts) store.GateCheck {
	c := store.GateCheck{Name: "metric " + m.Key}
	mine, why := valueOf(f.Challenger, m.Key)
	if why != "" {
		c.Verdict, c.Says = store.NotKnown, why
		return c
	}
	if f.Champion == nil {
		c.Verdict, c.Says = store.Passed, compare.Fixed(mine, -1)+"; nobody holds the stage"
		return c
	}
	theirs, why := valueOf(*f.Champion, m.Key)
	if why != "" {
		c.Verdict, c.Says = store.NotKnown, fmt.Sprintf("%s, but of v%d %s", compare.Fixed(mine, -1), f.Champion.Version.Version, why)
		return c
	}
	places := compare.Decimals([]float64{mine, theirs})
	c.Says = fmt.Sprintf("%s against %s, %+.*f", compare.Fixed(mine, places), compare.Fixed(theirs, places), max(places, 0), mine-theirs)
	worse := theirs - mine
	if m.Direction == compare.Lower {
		worse = -worse
	}
	noise, says := noiseOf(m.Key, f)
	c.Says += ", " + says
	switch {
	case worse <= 0:
		c.Verdict = store.Passed
	case worse <= m.Tolerance:
		c.Verdict = store.Warned
		c.Says += fmt.Sprintf("; worse within the tolerance of %g", m.Tolerance)
	case noise == compare.Noise:
		c.Verdict = store.Warned
	default:
		c.Verdict = store.NotMet
	}
	return c
}

// valueOf is the latest value of a metric of the run behind a side, or why there
// is none that can be compared.
func valueOf(s Side, key string) (float64, string) {
	if s.Run == nil {
		return 0, "the run is not known"
	}
	p, ok := s.Run.Run.Metrics[key]
	switch {
	case !ok:
		return 0, "the run has no metrics." + key
	case math.IsNaN(p.Value) || math.IsInf(p.Value, 0):
		return 0, fmt.Sprintf("metrics.%s is %s", key, compare.Fixed(p.Value, -1))
	}
	return p.Value, ""
}

// noiseOf says whether the sides differ by more than their replicates do.
func noiseOf(key string, f Facts) (compare.Verdict, string) {
	champions, challengers := f.Champion.Alike, f.Challenger.Alike
	if len(champions) < 2 || len(challengers) < 2 || sameRuns(champions, challengers) {
		return compare.Untested, "noise not known: each side needs two runs that differ only in their seed"
	}
	all := slices.Concat(champions, challengers)
	groups := []compare.Group{{Name: "champion"}, {Name: "challenger"}}
	for i := range all {
		side := &groups[0]
		if i >= len(champions) {
			side = &groups[1]
		}
		side.Members = append(side.Members, i)
	}
	c := compare.Contrasts(all, groups, 0, []string{key}, alpha, compare.Holm)[1][0]
	if c.WelchErr != nil {
		return compare.Untested, "noise not known: " + c.WelchErr.Error()
	}
	verdict := c.Verdict(alpha)
	word := "outside the noise"
	if verdict == compare.Noise {
		word = "inside the noise"
	}
	return verdict, fmt.Sprintf("%s: mean %s of %d runs against %s of %d, p %.2g", word,
		compare.Fixed(c.Group.Mean, 4), c.Group.N(), compare.Fixed(c.Baseline.Mean, 4), c.Baseline.N(), c.P)
}

func sameRuns(a, b []compare.Subject) bool {
	return len(a) > 0 && len(b) > 0 && a[0].Run.ID == b[0].Run.ID
}

func conditions(r Rule, f Facts) []store.GateCheck {
	var out []store.GateCheck
	for _, condition := range r.FailIf {
		c := store.GateCheck{Name: "not " + condition.Text}
		switch {
		case f.Challenger.Run == nil:
			c.Verdict, c.Says = store.NotKnown, "the run is not known"
		case condition.gate.Relative() && f.Champion == nil:
			c.Verdict, c.Says = store.Passed, "nobody holds the stage"
		case condition.gate.Relative() && f.Champion.Run == nil:
			c.Verdict, c.Says = store.NotKnown, "the champion's run is not known"
		default:
			t := &compare.Table{Subjects: []compare.Subject{*f.Challenger.Run}, Baseline: -1}
			if condition.gate.Relative() {
				t.Subjects, t.Baseline = append(t.Subjects, *f.Champion.Run), 1
			}
			fails, why := condition.gate.Check(t, 0)
			c.Verdict, c.Says = store.Passed, strings.ReplaceAll(why, "baseline", "champion")
			if fails {
				c.Verdict = store.NotMet
			}
		}
		out = append(out, c)
	}
	return out
}

func dataset(required bool, s Side) store.GateCheck {
	c := store.GateCheck{Name: "dataset"}
	if s.Run == nil || len(s.Run.Inputs) == 0 {
		c.Verdict, c.Says = store.Warned, "no dataset was logged: what it was trained on is not known"
		if required {
			c.Verdict = store.NotMet
		}
		return c
	}
	var names []string
	for _, in := range s.Run.Inputs {
		names = append(names, in.Name+" "+in.Digest)
	}
	c.Verdict, c.Says = store.Passed, strings.Join(names, ", ")
	return c
}

func reviewer(required bool, f Facts) store.GateCheck {
	c := store.GateCheck{Name: "reviewer"}
	author := ""
	if run := f.Challenger.Run; run != nil {
		author = cmp.Or(run.Run.Tags[store.TagUser], run.Run.UserID)
	}
	switch {
	case author == "":
		c.Verdict, c.Says = store.Warned, "who trained it is not known"
		if required {
			c.Verdict = store.NotKnown
		}
	case author == f.By:
		c.Verdict, c.Says = store.Warned, f.By+" trained it"
		if required {
			c.Verdict, c.Says = store.NotMet, "needs somebody other than "+author+", who trained it"
		}
	default:
		c.Verdict, c.Says = store.Passed, f.By+", trained by "+author
	}
	return c
}

func daysAgo(age time.Duration) string {
	switch days := int(age.Hours() / 24); days {
	case 0:
		return "today"
	case 1:
		return "1 day ago"
	default:
		return fmt.Sprintf("%d days ago", days)
	}
}

func drift(r Rule, f Facts) store.GateCheck {
	c := store.GateCheck{Name: "drift"}
	if f.Drift == nil {
		c.Verdict, c.Says = store.Warned, "there is no report"
		if r.Drift {
			c.Verdict = store.NotKnown
		}
		return c
	}
	age := f.Now.Sub(f.Drift.At)
	c.Says = fmt.Sprintf("%s, %s", f.Drift.Says, daysAgo(age))
	switch {
	case f.Drift.Drifted && r.Drift:
		c.Verdict = store.NotMet
	case r.DriftAge > 0 && age > r.DriftAge:
		c.Verdict = store.NotKnown
		c.Says += fmt.Sprintf("; the rule asks for one of the last %d days", int(r.DriftAge.Hours()/24))
	case f.Drift.Drifted:
		c.Verdict = store.Warned
	default:
		c.Verdict = store.Passed
	}
	return c
}
