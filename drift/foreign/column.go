package foreign

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"benchside/drift"
)

// builder puts a report together from what a dialect says.
type builder struct {
	ctx      context.Context
	version  string // of Evidently
	name     string
	at       string // its timestamp
	findings []drift.Finding
	data     dataset
	quality  quality
	others   int // metrics that are not shown
	cut      int // columns that are not
}

// dataset is what a file says of all columns; nil is what it does not.
type dataset struct {
	columns, drifted *int
	share, limit     *float64
	drift            *bool
}

// column is what a file says of one.
type column struct {
	name, kind, method string
	score, limit       *float64
	detected           *bool           // nil: the file has no verdict
	decimals           int             // to which the score was rounded; 0 means not
	reference, current json.RawMessage // their little distributions
}

func nan() drift.Number { return drift.Number(math.NaN()) }

// number is one that may be absent.
func number(v *float64) drift.Number {
	if v == nil {
		return nan()
	}
	return drift.Number(*v)
}

// add adds a column.
func (b *builder) add(c column) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if len(b.findings) >= mostColumns {
		b.cut++
		return nil
	}
	f := drift.Finding{
		Name: c.name, Role: roleOf(c.name), Kind: kindOf(c.kind), PAdjusted: nan(), Windows: []drift.Window{}, Measures: noMeasures(),
	}
	f.Test = resultOf(c)
	found := c.detected
	if found == nil {
		found = judge(f.Test)
	}
	switch {
	case found == nil && c.score == nil:
		f.Status, f.Reason = drift.Undefined, "the report has no score"
	case found == nil:
		f.Status, f.Reason = drift.Undefined, "the report has no verdict"
	case *found:
		f.Status = drift.Drifted
	default:
		f.Status = drift.OK
	}
	distribute(&f, c.reference, c.current)
	b.findings = append(b.findings, f)
	return nil
}

func noMeasures() (m drift.Measures) {
	_ = m.UnmarshalJSON([]byte("{}")) // nothing in it fails
	return m
}

// roleOf is the role of a column by Evidently's usual names.
func roleOf(name string) string {
	switch name {
	case "target", "prediction":
		return name
	}
	return drift.Feature.String()
}

func kindOf(kind string) string {
	if k, ok := drift.KindNamed(kind); ok && k != drift.Undecided {
		return k.String()
	}
	return drift.Unknown.String()
}

// others are Evidently's tests that benchside does not make: name, display name, and
// the direction; none where the verdict cannot be had from score and threshold.
var others = [][3]string{
	{"es", "Epps-Singleton", "p<t"},
	{"TVD", "Total-Variation-Distance", "p<t"},
	{"empirical_mmd", "empirical_mmd", "p<t"},
	{"abs_text_content_drift", "Absolute text content drift", "s>t"},
	{"perc_text_content_drift", "Percentile text content drift", ""},
}

// resultOf is the test of a column, by its name or by its display name.
func resultOf(c column) *drift.TestResult {
	if c.method == "" && c.score == nil {
		return nil
	}
	r := &drift.TestResult{Name: c.method, Display: c.method, Score: number(c.score), Threshold: number(c.limit), Decimals: c.decimals}
	for _, t := range drift.Tests() {
		if t.Name == c.method || strings.EqualFold(t.Display, c.method) {
			r.Name, r.Display, r.Compare, r.PValue = t.Name, t.Display, t.Compare, t.PValue()
			return r
		}
	}
	for _, t := range others {
		if t[0] == c.method || t[1] == c.method {
			r.Name, r.Display, r.Compare, r.PValue = t[0], t[1], t[2], t[2] == "p<t"
		}
	}
	return r
}

// judge is the verdict of a test by its score and threshold, which is how Evidently
// makes it; nil where it cannot be had from them.
func judge(r *drift.TestResult) *bool {
	if r == nil || r.Compare == "" || !r.Score.Defined() || !r.Threshold.Defined() {
		return nil
	}
	found := drift.Test{Compare: r.Compare}.Detects(float64(r.Score), float64(r.Threshold))
	return &found
}

// order is the order of the columns of a report.
func order(s drift.Status) int {
	return slices.Index([]drift.Status{drift.Drifted, drift.Possible, drift.OK, drift.Undefined, drift.Skipped}, s)
}

// report is the whole; content is what its identity comes of.
func (b *builder) report(content []byte) (drift.Report, error) {
	slices.SortStableFunc(b.findings, func(x, y drift.Finding) int { return order(x.Status) - order(y.Status) })
	sum := sha256.Sum256(content)
	r := drift.Report{
		Schema: drift.Schema, ID: fmt.Sprintf("evidently-%x", sum[:8]), Created: timeOf(b.at),
		Engine:  drift.Engine{Name: "evidently", Version: b.version},
		Sources: drift.Sources{Reference: drift.Source{Kind: "dataset"}, Current: drift.Source{Kind: "dataset"}},
		Config:  drift.Config{Dataset: "evidently", DriftShare: deref(b.data.limit)},
		Verdict: b.verdict(), Features: b.findings, Fairness: []drift.Fairness{}, Alerts: []drift.Alert{}, Notes: []string{},
		Quality: b.quality.report(),
	}
	if b.name != "" {
		r.Name = &b.name
	}
	if d := b.decimals(); d > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("the file has its scores rounded to %d decimals", d))
	}
	if b.others > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d other metrics of the file are not shown", b.others))
	}
	if b.cut > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d columns beyond the first %d are not shown", b.cut, mostColumns))
	}
	if r.Features == nil {
		r.Features = []drift.Finding{}
	}
	return r, b.ctx.Err()
}

func (b *builder) decimals() (most int) {
	for _, f := range b.findings {
		if f.Test != nil {
			most = max(most, f.Test.Decimals)
		}
	}
	return most
}

func deref[T any](v *T) (out T) {
	if v != nil {
		out = *v
	}
	return out
}

// timeOf reads a time as Python writes it; one without a zone is taken for UTC.
func timeOf(at string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, at); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// verdict is what the file says of all columns; what it does not say is counted, never
// judged.
func (b *builder) verdict() drift.Verdict {
	d := b.data
	v := drift.Verdict{Columns: len(b.findings), Share: nan(), Status: drift.VerdictUndefined, Threshold: deref(d.limit)}
	for _, f := range b.findings {
		switch f.Status {
		case drift.Drifted:
			v.Drifted++
			v.Tested++
		case drift.OK:
			v.Tested++
		default:
			v.Undefined++
		}
	}
	if d.columns != nil {
		v.Columns, v.Tested = *d.columns, *d.columns
	}
	if d.drifted != nil {
		v.Drifted = *d.drifted
	}
	if d.share != nil {
		v.Share = drift.Number(*d.share)
	}
	switch {
	case d.drift == nil:
	case *d.drift:
		v.Status = drift.VerdictDrift
	case v.Drifted > 0:
		v.Status = drift.VerdictWarn
	default:
		v.Status = drift.VerdictOK
	}
	v.Line = fmt.Sprintf("%s: %d of %d columns drift", strings.ToUpper(v.Status), v.Drifted, v.Tested)
	if d.drift == nil {
		v.Line += "; the file has no verdict on the data set"
	}
	return v
}

// mostPart is the most bytes of a part that is read at once; the parts of reports have
// some kilobytes.
const mostPart = 4 << 20

// loose reads JSON into what is there for it; what does not fit is left out.
func loose(raw json.RawMessage, into any) {
	if len(raw) > mostPart {
		return
	}
	_ = json.Unmarshal(raw, into) // its syntax was checked with the whole
}
