package cmd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"benchside/drift"
	"benchside/drift/pages"
	"benchside/drift/sources"
	"benchside/drift/words"
	"benchside/store"
)

// driftGoal is what the garbage collector keeps a comparison near, in bytes: two
// tables as they are kept, and what sorting them takes.
const driftGoal = 640 << 20

// driftFlags say what is compared, and how.
type driftFlags struct {
	reference, current string
	sample             sampleFlags
	roles              roleFlags
	tests, kinds       []string
	profile, correct   string
	by, groups         []string
	windows            string
	share, cutoff      float64
	featuresOnly       bool
	minRows            int
	positive           string
	name, html, logTo  string
}

// sampleFlags say what is read of a table.
type sampleFlags struct {
	columns []string
	rows    int
	first   bool
}

func (f *sampleFlags) add(c *cobra.Command) {
	p := c.Flags()
	p.StringSliceVar(&f.columns, "columns", nil, "only these `COLUMNS`; others are not decoded")
	p.IntVar(&f.rows, "rows", 0, "keep at most `N` rows of a table, a random choice; 0 means as many as memory is meant for")
	p.BoolVar(&f.first, "first", false, "keep the first rows of a longer table rather than a choice")
}

func (s *session) driftRun() *cobra.Command {
	var f driftFlags
	c := s.leaf(&cobra.Command{
		Use: "run --reference DATA --current DATA", Short: "Compare two samples of data column by column; exit code 3 if they drift",
		Long: "Compares a current sample with a reference as Evidently 0.7 does. DATA is " + sources.Names + ".\n" +
			"CSV, Parquet and JSON tables are read. The exit code is 0 without drift, 3 with it, and 1 where nothing could be tested.",
		Args: takes(0, "no arguments: name the data with --reference and --current"),
	}, func(ctx context.Context, _ []string) error { return s.runDrift(ctx, f) })
	p := c.Flags()
	p.StringVar(&f.reference, "reference", "", "the `DATA` that is compared with")
	p.StringVar(&f.current, "current", "", "the `DATA` that is judged")
	f.sample.add(c)
	f.roles.add(c)
	p.StringSliceVar(&f.tests, "tests", nil, "`TEST` for the columns that it fits, or COLUMN=TEST[:LIMIT]; may be repeated")
	p.StringSliceVar(&f.kinds, "kind", nil, "`COLUMN=num` or COLUMN=cat; may be repeated")
	p.StringVar(&f.profile, "profile", string(drift.Evidently), "the rules: evidently-0.7, nannyml or strict")
	p.StringVar(&f.correct, "correct", "", "judge by p values that are corrected: bh (Benjamini–Hochberg) or holm")
	p.StringSliceVar(&f.by, "by", nil, "compare the commonest values of a `COLUMN` by themselves, too; may be repeated")
	p.StringSliceVar(&f.groups, "groups", nil, "compare how the model treats the groups of a `COLUMN`; may be repeated")
	p.StringVar(&f.windows, "windows", "", "compare each `PERIOD` of the timestamp, too: hour, day, week, month, quarter or year")
	p.Float64Var(&f.share, "share", 0.5, "the share of drifted columns from which the data drift")
	p.BoolVar(&f.featuresOnly, "features-only", false, "leave target, prediction and score out of the share")
	p.IntVar(&f.minRows, "min-rows", 30, "below `N` rows a column is not judged")
	p.Float64Var(&f.cutoff, "cutoff", 0.5, "the score from which the model says yes")
	p.StringVar(&f.positive, "positive", "", "the `LABEL` of the target that is yes; 1, true or yes by default")
	p.StringVar(&f.name, "name", "", "the `NAME` of the report")
	p.StringVar(&f.html, "html", "", "write the report as one page of HTML to `FILE`, too")
	p.StringVar(&f.logTo, "log-to", "", "log the report to a `RUN`: metrics, tags and drift/report.json")
	s.forms.add(c)
	return c
}

func (s *session) runDrift(ctx context.Context, f driftFlags) error {
	r, err := s.driftReport(ctx, f)
	if err != nil {
		return err
	}
	if f.html != "" {
		var page strings.Builder
		if err := pages.Write(&page, r); err != nil {
			return err
		}
		if err := writeNew(f.html, page.String()); err != nil {
			return err
		}
	}
	if err := s.printReport(r); err != nil {
		return err
	}
	if err := s.logTo(ctx, f.logTo, r); err != nil {
		return err
	}
	switch r.Verdict.Status {
	case drift.VerdictDrift:
		return noError{fmt.Errorf("the current data drift: %d of %d columns", r.Verdict.Drifted, r.Verdict.Tested)}
	case drift.VerdictUndefined:
		return fmt.Errorf("none of %d columns could be tested", r.Verdict.Columns)
	}
	return nil
}

// driftReport compares what the flags name.
func (s *session) driftReport(ctx context.Context, f driftFlags) (drift.Report, error) {
	q, err := f.question()
	if err != nil {
		return drift.Report{}, err
	}
	finder, closing, err := s.finder(ctx, f.reference, f.current)
	if err != nil {
		return drift.Report{}, err
	}
	debug.SetMemoryLimit(driftGoal)
	r, err := finder.Compare(ctx, q)
	return r, errors.Join(err, closing())
}

// finder finds data; it opens the store if a name is of one.
func (s *session) finder(ctx context.Context, names ...string) (sources.Finder, func() error, error) {
	f := sources.Finder{Local: true}
	of := false
	for _, name := range names {
		of = of || sources.OfStore(name)
	}
	if !of {
		return f, func() error { return nil }, nil
	}
	c := s.configured()
	st, err := s.open(ctx)
	if err != nil {
		return f, nil, err
	}
	f.Store, f.Places = st, s.places(c)
	f.Run = func(ctx context.Context, name string) (store.Run, error) { return oneRun(ctx, st, name) }
	return f, st.Close, nil
}

// reportTime is now, or what SOURCE_DATE_EPOCH says for reports that are to be made
// again (https://reproducible-builds.org/specs/source-date-epoch/).
func reportTime() time.Time {
	if seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(seconds, 0)
	}
	return time.Now()
}

func (s *session) printReport(r drift.Report) error {
	switch s.form {
	case asJSON:
		return newJSONWriter(s.out).value(r)
	case asMarkdown:
		return words.Markdown(s.out, r)
	case asCSV:
		return s.csvOfReport(r)
	}
	return words.Text(s.out, r, s.screenWidth())
}

// csvOfReport prints a row for each column.
func (s *session) csvOfReport(r drift.Report) error {
	t := newTable(s.out, asCSV, 0, heads("column", "role", "kind", "type", "status", "test", "score", "threshold", "p_adjusted", "psi", "js",
		"reference_rows", "reference_missing", "current_rows", "current_missing", "reason")...)
	for _, f := range r.Features {
		none := drift.Number(math.NaN())
		test := drift.TestResult{Score: none, Threshold: none}
		if f.Test != nil {
			test = *f.Test
		}
		err := t.row(text(f.Name), text(f.Role), text(f.Kind), text(f.DataType), text(string(f.Status)), text(test.Name), defined(test.Score),
			defined(test.Threshold), defined(f.PAdjusted), defined(f.Measures.PSI), defined(f.Measures.JS), count(f.Reference.Rows),
			count(f.Reference.Missing), count(f.Current.Rows), count(f.Current.Missing), text(f.Reason))
		if err != nil {
			return err
		}
	}
	return t.end()
}

// heads are columns of a table that are never cut.
func heads(names ...string) []column {
	out := make([]column, len(names))
	for i, name := range names {
		out[i] = column{head: name, whole: true}
	}
	return out
}

// defined is a number for programs, nothing if it is undefined.
func defined(n drift.Number) cell {
	if !n.Defined() {
		return text("")
	}
	return text(decimal(float64(n)))
}
