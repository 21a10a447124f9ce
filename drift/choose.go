package drift

import (
	"fmt"
	"slices"

	"benchside/stats"
)

// Profile is a set of rules: which test a column gets and what drift is.
type Profile string

// The profiles. Evidently's is the usual one; NannyML's takes the Jensen–Shannon
// distance in base 2 and a limit from the reference's own chunks; Strict takes the
// Kolmogorov–Smirnov and the contingency test with corrected p values.
const (
	Evidently Profile = "evidently-0.7"
	NannyML   Profile = "nannyml"
	Strict    Profile = "strict"
)

func (p Profile) check() error {
	if !slices.Contains([]Profile{"", Evidently, NannyML, Strict}, p) {
		return fmt.Errorf("profile %q is not %s, %s or %s", string(p), Evidently, NannyML, Strict)
	}
	return nil
}

// fewRows is the cleaned reference up to which Evidently tests rather than
// measures; fewValues are the distinct values up to which numbers are categories
// to it.
const (
	fewRows   = 1000
	fewValues = 5
)

// choose names the test of a profile for a pair.
func (p Profile) choose(q *pair) string {
	switch p {
	case NannyML:
		return "jensen_shannon"
	case Strict:
		if q.kind == Numeric {
			return "ks"
		}
		return "chi2_contingency"
	}
	distinct := q.distinct()
	numbers := q.kind == Numeric && distinct > fewValues
	switch {
	case q.x.n() > fewRows && numbers:
		return "wasserstein"
	case q.x.n() > fewRows:
		return "jensenshannon"
	case numbers:
		return "ks"
	case distinct > 2:
		return "chisquare"
	}
	return "z"
}

// corrections are the names of what p values may be corrected by.
func corrections() map[string]stats.Correction {
	return map[string]stats.Correction{"": stats.BenjaminiHochberg, "holm": stats.Holm, "bh": stats.BenjaminiHochberg}
}

// correction is what p values are corrected by, and whether columns are judged by
// them then.
func (o Options) correction(columns int) (stats.Correction, bool) {
	if o.Correction != "" {
		return corrections()[o.Correction], true
	}
	return o.Profile.correction(columns)
}

// correction is what a profile's verdict corrects p values by, if it does.
func (p Profile) correction(columns int) (stats.Correction, bool) {
	if p != Strict {
		return stats.BenjaminiHochberg, false
	}
	if columns <= 20 {
		return stats.Holm, true
	}
	return stats.BenjaminiHochberg, true
}
