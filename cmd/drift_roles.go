package cmd

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"benchside/drift"
	"benchside/drift/inputs"
	"benchside/drift/sources"
)

// roleFlags say what columns are to the model.
type roleFlags struct {
	target, prediction, score, timestamp string
	ids, ignore                          []string
	guess                                bool
}

func (f *roleFlags) add(c *cobra.Command) {
	p := c.Flags()
	p.StringVar(&f.target, "target", "", "the `COLUMN` of what came true")
	p.StringVar(&f.prediction, "prediction", "", "the `COLUMN` of what the model said")
	p.StringVar(&f.score, "score", "", "the `COLUMN` of the probability that the model gave")
	p.StringVar(&f.timestamp, "timestamp", "", "the `COLUMN` of the time of a row")
	p.StringSliceVar(&f.ids, "id", nil, "a `COLUMN` that identifies rows, which is not compared; may be repeated")
	p.StringSliceVar(&f.ignore, "ignore", nil, "a `COLUMN` that is not read; may be repeated")
	p.BoolVar(&f.guess, "guess", true, "find roles that are not given, by names and the model's signature")
}

// roles are those that were given; a column has one.
func (f *roleFlags) roles() (inputs.Roles, error) {
	out := inputs.Roles{}
	give := func(flag, name string, role drift.Role) error {
		if name == "" {
			return nil
		}
		if other, taken := out[name]; taken {
			return usage("--%s %s: the column is the %s already", flag, name, other)
		}
		if slices.Contains(f.ignore, name) {
			return usage("--%s %s: the column is ignored", flag, name)
		}
		out[name] = role
		return nil
	}
	for _, one := range []struct {
		flag, name string
		role       drift.Role
	}{
		{"target", f.target, drift.Target},
		{"prediction", f.prediction, drift.Prediction},
		{"score", f.score, drift.Probability},
		{"timestamp", f.timestamp, drift.Timestamp},
	} {
		if err := give(one.flag, one.name, one.role); err != nil {
			return nil, err
		}
	}
	for _, name := range f.ids {
		if err := give("id", name, drift.ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// question is what the flags ask.
func (f *driftFlags) question() (sources.Question, error) {
	switch {
	case f.reference == "" || f.current == "":
		return sources.Question{}, usage("name both samples: --reference and --current")
	case f.sample.rows < 0:
		return sources.Question{}, usage("--rows %d: a number of rows, or 0", f.sample.rows)
	case f.minRows < 0:
		return sources.Question{}, usage("--min-rows %d: a number of rows", f.minRows)
	case !(f.share >= 0 && f.share <= 1):
		return sources.Question{}, usage("--share %g: a share between 0 and 1", f.share)
	}
	roles, err := f.roles.roles()
	if err != nil {
		return sources.Question{}, err
	}
	o, err := f.options()
	return sources.Question{
		Name: f.name, Reference: f.reference, Current: f.current, Columns: f.sample.columns, Ignore: f.roles.ignore, Roles: roles,
		Guess: f.roles.guess, Rows: f.sample.rows, First: f.sample.first, Options: o, Now: reportTime(), Version: release,
	}, err
}

// options are how the samples are compared. 0 rows means any, and 0 of a share and a
// cutoff what they are by default.
func (f *driftFlags) options() (drift.Options, error) {
	o := drift.Options{
		Profile: drift.Profile(f.profile), Share: f.share, FeaturesOnly: f.featuresOnly, MinRows: f.minRows, Correction: f.correct,
		Period: f.windows, Slices: f.by, Groups: f.groups, Threshold: f.cutoff, Positive: f.positive, Columns: map[string]drift.ColumnOptions{},
	}
	if o.MinRows == 0 {
		o.MinRows = -1
	}
	switch {
	case !slices.Contains([]drift.Profile{drift.Evidently, drift.NannyML, drift.Strict}, o.Profile):
		return o, usage("--profile %s: evidently-0.7, nannyml or strict", f.profile)
	case !slices.Contains([]string{"", "bh", "holm"}, f.correct):
		return o, usage("--correct %s: bh or holm", f.correct)
	case f.windows != "" && !slices.Contains(drift.Periods(), f.windows):
		return o, usage("--windows %s: one of %s", f.windows, strings.Join(drift.Periods(), ", "))
	}
	for _, text := range f.kinds {
		name, word, _ := cutLast(text, "=")
		kind, ok := drift.KindNamed(word)
		if name == "" || !ok || kind != drift.Numeric && kind != drift.Categorical {
			return o, usage("--kind %s: COLUMN=num or COLUMN=cat", text)
		}
		own := o.Columns[name]
		own.Kind = kind
		o.Columns[name] = own
	}
	for _, text := range f.tests {
		if err := addTest(&o, text); err != nil {
			return o, err
		}
	}
	return o, nil
}

// cutLast cuts a text at the last sign.
func cutLast(text, sign string) (before, after string, found bool) {
	at := strings.LastIndex(text, sign)
	if at < 0 {
		return "", text, false
	}
	return text[:at], text[at+len(sign):], true
}

// addTest reads TEST or COLUMN=TEST[:LIMIT].
func addTest(o *drift.Options, text string) error {
	name, word, one := cutLast(text, "=")
	word, number, limited := strings.Cut(word, ":")
	test, ok := drift.TestNamed(word)
	if !ok {
		return usage("--tests %s: there is no test %q; there are %s", text, word, strings.Join(testNames(), ", "))
	}
	if one {
		own := o.Columns[name]
		own.Test = test.Name
		if limited {
			limit, err := strconv.ParseFloat(number, 64)
			if err != nil || !(limit > 0) {
				return usage("--tests %s: the limit %q is no number above 0", text, number)
			}
			own.Threshold = limit
		}
		o.Columns[name] = own
		return nil
	}
	if limited {
		return usage("--tests %s: a limit is of one column: COLUMN=%s:%s", text, word, number)
	}
	if test.Numeric {
		o.NumericTest = test.Name
	}
	if test.Labels {
		o.LabelTest = test.Name
	}
	return nil
}

func testNames() []string {
	var out []string
	for _, t := range drift.Tests() {
		out = append(out, t.Name)
	}
	return out
}
