package drift

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
)

// Options say how to compare. The zero value is the usual: Evidently 0.7's tests
// and thresholds, drift at half of the columns.
type Options struct {
	Profile Profile // "" means Evidently
	Share   float64 // of drifted columns from which the data set drifts; 0 means 0.5
	// FeaturesOnly leaves target, prediction and probability out of the share.
	FeaturesOnly bool
	MinRows      int     // below it a column is undefined; 0 means 30, less means any
	Alpha        float64 // of corrected p values; 0 means 0.05
	Correction   string  // of p values, by which columns are judged: holm or bh; "" lets the profile decide
	NumericTest  string  // of numbers, by name; "" lets the profile choose
	LabelTest    string  // of categories
	Columns      map[string]ColumnOptions

	Period string   // cut the current by the column whose role is Timestamp; "" means not
	Slices []string // columns whose commonest values are compared by themselves
	Groups []string // columns whose groups fairness compares

	// Threshold is the score from which the prediction is true; 0 means 0.5.
	Threshold float64
	Positive  string // the label of the target that is true; "" means 1, true or yes
	Workers   int    // columns at a time; 0 means as many as processors
}

// ColumnOptions override what is chosen for one column.
type ColumnOptions struct {
	Kind      Kind    // Undecided lets the values decide
	Test      string  // by name
	Threshold float64 // 0 means the test's own
}

// filled are options with the usual in the place of nothing.
func (o Options) filled() Options {
	o.Profile = cmp.Or(o.Profile, Evidently)
	o.Share = cmp.Or(o.Share, 0.5)
	o.MinRows = max(cmp.Or(o.MinRows, 30), 0)
	o.Alpha = cmp.Or(o.Alpha, 0.05)
	o.Threshold = cmp.Or(o.Threshold, 0.5)
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return o
}

func (o Options) check() error {
	if err := o.Profile.check(); err != nil {
		return err
	}
	if !(o.Share >= 0 && o.Share <= 1) || !(o.Alpha > 0 && o.Alpha < 1) || math.IsNaN(o.Threshold) {
		return fmt.Errorf("share %g, alpha %g and threshold %g are not between 0 and 1", o.Share, o.Alpha, o.Threshold)
	}
	if _, ok := corrections()[o.Correction]; !ok {
		return fmt.Errorf("correction %q is not holm or bh", o.Correction)
	}
	if o.Period != "" && !slices.Contains(Periods(), o.Period) {
		return fmt.Errorf("period %q is not one of %v", o.Period, Periods())
	}
	names := []string{o.NumericTest, o.LabelTest}
	for _, c := range o.Columns {
		names = append(names, c.Test)
	}
	for _, name := range names {
		if _, ok := TestNamed(name); name != "" && !ok {
			return fmt.Errorf("test %q is unknown", name)
		}
	}
	return nil
}

// testOf is the test of a pair and its threshold.
func (o Options) testOf(name string, p *pair) (Test, float64, error) {
	own := o.Columns[name]
	chosen := own.Test
	if chosen == "" && p.kind == Numeric {
		chosen = o.NumericTest
	}
	if chosen == "" && p.kind == Categorical {
		chosen = o.LabelTest
	}
	if chosen == "" {
		chosen = o.Profile.choose(p)
	}
	t, ok := TestNamed(chosen)
	switch {
	case !ok:
		return t, 0, fmt.Errorf("test %q is unknown", chosen)
	case !t.fits(p.kind):
		return t, 0, fmt.Errorf("test %s does not fit the kind %s", t.Name, p.kind)
	case own.Threshold != 0:
		return t, own.Threshold, nil
	case t.Name == "jensen_shannon" && !math.IsNaN(p.upper) && p.upper > 0:
		return t, p.upper, nil
	}
	return t, t.Threshold, nil
}

// config is what the report says of the options.
func (o Options) config() Config {
	c := Config{
		DriftShare: o.Share, Dataset: "evidently", Correction: "none", Alpha: o.Alpha, MinRows: o.MinRows, Period: o.Period,
		Slices: o.Slices, Groups: o.Groups, Roles: map[string]string{},
	}
	if o.FeaturesOnly {
		c.Dataset = "features"
	}
	for name, own := range o.Columns {
		if c.Columns == nil {
			c.Columns = map[string]ColumnConfig{}
		}
		c.Columns[name] = ColumnConfig{own.Kind.String(), own.Test, own.Threshold}
	}
	return c
}
