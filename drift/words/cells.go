package words

import (
	"cmp"
	"fmt"
	"math"
	"strconv"

	"benchside/drift"
	"benchside/sanitize"
)

// missing is what stands for a number that is not there.
const missing = "—"

// Column is a column of the table of a report.
type Column int

// The columns.
const (
	Mark Column = iota
	Name
	Kind
	ReferenceBars
	CurrentBars
	Test
	Score
	Limit
	PSI
	Missing // rows of the current without a value, in percent
	ReferenceRows
	CurrentRows
	Said // the verdict, and what should be known of it
)

// Columns lists them all.
func Columns() []Column {
	return []Column{Mark, Name, Kind, ReferenceBars, CurrentBars, Test, Score, Limit, PSI, Missing, ReferenceRows, CurrentRows, Said}
}

// Title is a column's heading.
func (c Column) Title() string {
	return [...]string{"", "column", "type", "reference", "current", "test", "score", "limit", "PSI", "miss%", "n ref", "n cur", "verdict"}[c]
}

// Right says that a column holds numbers.
func (c Column) Right() bool { return c >= Score && c <= CurrentRows }

// barCells is how wide the little distributions are.
const barCells = 10

// Cell is what stands in a column of a finding.
func Cell(f drift.Finding, c Column, ascii bool) string {
	switch c {
	case Mark:
		return Sign(f, ascii)
	case Name:
		return sanitize.Line(f.Name)
	case Kind:
		if f.Kind == drift.Unknown.String() {
			return missing
		}
		return sanitize.Line(f.Kind)
	case ReferenceBars, CurrentBars:
		reference, current := Sparklines(f, barCells, ascii)
		if c == ReferenceBars {
			return reference
		}
		return current
	case Test:
		return TestName(f.Test)
	case Score:
		return ScoreOf(f.Test)
	case Limit:
		if f.Test == nil {
			return ""
		}
		return Number(f.Test.Threshold)
	case PSI:
		return fixed(f.Measures.PSI, 3)
	case Missing:
		return share1(f.Current)
	case ReferenceRows:
		return rows(f.Reference)
	case CurrentRows:
		return rows(f.Current)
	}
	return said(f)
}

func fixed(v drift.Number, digits int) string {
	if !v.Defined() {
		return missing
	}
	return strconv.FormatFloat(float64(v), 'f', digits, 64)
}

func share1(s drift.Summary) string {
	if !s.Known() || s.Rows == 0 {
		return missing
	}
	return percent(float64(s.Missing) / float64(s.Rows))
}

// rows are those that a test sees.
func rows(s drift.Summary) string {
	if !s.Known() {
		return missing
	}
	return count(seen(s))
}

func seen(s drift.Summary) int {
	n := s.Rows - s.Missing
	if s.Numbers != nil {
		n -= s.Inf
	}
	return n
}

// Number writes a number with the digits that people read, three or more.
func Number(n drift.Number) string {
	v := float64(n)
	switch {
	case !n.Defined():
		return missing
	case math.Abs(v) >= 1000 && math.Abs(v) < 1e15:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// pValue writes a p value; none is zero, but smaller than what could be written.
func pValue(p drift.Number, decimals int) string {
	switch {
	case p.Defined() && p == 0 && decimals > 0:
		return fmt.Sprintf("<%g", math.Pow10(-decimals))
	case p.Defined() && p >= 0 && p < 1e-300:
		return "<1e-300"
	}
	return Number(p)
}

// ScoreOf is a test's score.
func ScoreOf(t *drift.TestResult) string {
	switch {
	case t == nil:
		return missing
	case t.PValue:
		return pValue(t.Score, t.Decimals)
	}
	return Number(t.Score)
}

// shorts are short names of tests; those that end in p have a p value for a score.
var shorts = map[string]string{
	"ks": "KS p", "wasserstein": "W1/sd", "chisquare": "chi² p", "z": "z p", "jensenshannon": "JS", "psi": "PSI", "kl_div": "KL",
	"hellinger": "Hellinger", "ed": "energy", "mannw": "MWU p", "t_test": "t p", "anderson": "AD p", "cramer_von_mises": "CvM p",
	"g_test": "G p", "fisher_exact": "Fisher p", "chi2_contingency": "χ² 2xk p", "mann_whitney": "MWU2 p", "welch": "Welch p",
	"ks_distance": "KS D", "total_variation": "TV", "l_infinity": "L∞", "psi_quantile10": "PSI dec.", "jensen_shannon": "JS base 2",
	"es": "ES p", "TVD": "TVD p", "empirical_mmd": "MMD p", "abs_text_content_drift": "text", "perc_text_content_drift": "text",
}

// TestName is a short name of a test.
func TestName(t *drift.TestResult) string {
	if t == nil {
		return missing
	}
	return cmp.Or(shorts[t.Name], sanitize.Line(cmp.Or(t.Display, t.Name)), missing)
}

// onlyP says that a p value is below its limit and, corrected for the number of tests,
// is not.
func onlyP(f drift.Finding) bool {
	t := f.Test
	return t != nil && t.PValue && f.Status == drift.Drifted && f.PAdjusted.Defined() && f.PAdjusted > t.Threshold
}

// Sign marks a finding besides its colour: drift, possible, not tested, undefined.
func Sign(f drift.Finding, ascii bool) string {
	signs := map[drift.Status]string{drift.Drifted: "▲", drift.Possible: "△", drift.Skipped: "·", drift.Undefined: "?"}
	if ascii {
		signs = map[drift.Status]string{drift.Drifted: "^", drift.Possible: "~", drift.Skipped: ".", drift.Undefined: "?"}
	}
	if onlyP(f) {
		return signs[drift.Possible]
	}
	return signs[f.Status]
}

// Word is a status in a word.
func Word(s drift.Status) string {
	if s == drift.Drifted {
		return "DRIFT"
	}
	return sanitize.Line(string(s))
}

// nearly is the part of a limit from which a column that did not drift says so.
const nearly = 0.9

// said is the verdict on a column, and in a few words why or how nearly.
func said(f drift.Finding) string {
	word := Word(f.Status)
	if label := roles[f.Role]; label != "" {
		word += "  " + label
	}
	if f.Reason != "" {
		word += "  " + sanitize.Line(f.Reason)
	}
	if onlyP(f) {
		word += "  p only"
	}
	if n, gone := len(f.Measures.NewLabels), len(f.Measures.GoneLabels); n+gone > 0 {
		word += " "
		if n > 0 {
			word += fmt.Sprintf(" +%d new", n)
		}
		if gone > 0 {
			word += fmt.Sprintf(" −%d gone", gone)
		}
	}
	if t := f.Test; t != nil && f.Status == drift.OK && !t.PValue && t.Threshold > 0 {
		if part := float64(t.Score / t.Threshold); part >= nearly && part <= 1 {
			word += fmt.Sprintf("  (%.0f %% of limit)", 100*part)
		}
	}
	return word
}

// Named says whether a finding is on a column that is no feature.
func Named(f drift.Finding) bool { return roles[f.Role] != "" }
