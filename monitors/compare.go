package monitors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"syscall"
	"time"

	"benchside/drift"
	"benchside/store"
)

// table is a table that was read, and what it is of.
type table struct {
	columns []drift.Column
	source  drift.Source
}

// finding is a batch that was compared, before it is placed among the others.
type finding struct {
	result  store.BatchResult
	report  *drift.Report
	content []byte // the report's JSON
}

// optionsOf are the options of a monitor.
func optionsOf(c store.Comparing) (drift.Options, error) {
	o := drift.Options{
		Profile: drift.Profile(c.Profile), Share: c.Share, FeaturesOnly: c.FeaturesOnly, MinRows: c.MinRows, Positive: c.Positive,
		Columns: map[string]drift.ColumnOptions{},
	}
	for name, own := range c.Columns {
		kind, ok := drift.KindNamed(own.Kind)
		if !ok {
			return o, fmt.Errorf("column %s: %q is no kind", name, own.Kind)
		}
		o.Columns[name] = drift.ColumnOptions{Kind: kind, Test: own.Test, Threshold: own.Threshold}
	}
	for name, role := range c.Roles {
		if _, ok := drift.RoleNamed(role); !ok {
			return o, fmt.Errorf("column %s: %q is no role", name, role)
		}
	}
	return o, nil
}

// inRoles gives columns the roles that were set for them.
func inRoles(columns []drift.Column, roles map[string]string) {
	for i := range columns {
		if name, ok := roles[columns[i].Name]; ok {
			columns[i].Role, _ = drift.RoleNamed(name) // checked by optionsOf
		}
	}
}

// reference reads what a monitor compares with.
func (e Engine) reference(ctx context.Context, m store.Monitor) (table, error) {
	path := m.Reference.Path
	source := drift.Source{Kind: m.Reference.Kind, Path: path}
	if m.Reference.Kind == store.FromArtifact {
		run, err := e.Source.Run(ctx, m.Reference.Run)
		if err != nil {
			return table{}, err
		}
		if path, err = e.artifact(run, m.Reference.Path); err != nil {
			return table{}, err
		}
		source = drift.Source{Kind: m.Reference.Kind, RunID: run.ID, ArtifactPath: m.Reference.Path}
	}
	columns, err := e.Reader.Read(ctx, path)
	if err != nil {
		return table{}, fmt.Errorf("read the reference: %w", err)
	}
	if len(columns) == 0 || columns[0].Len() == 0 {
		return table{}, fmt.Errorf("read the reference: %s has no rows", path)
	}
	inRoles(columns, m.Comparing.Roles)
	source.Rows = columns[0].Len()
	return table{columns, source}, nil
}

// compare compares what arrived, if its content is new. A table that cannot be read
// is a result; what the system does not let us read is an error, and tried again.
func (e Engine) compare(ctx context.Context, m store.Monitor, ref table, options drift.Options, a arrival, past *past) (finding, error) {
	f := finding{result: store.BatchResult{
		Monitor: m.ID, Batch: a.batch, State: store.BatchCompared, Share: undefined, Limit: undefined,
	}}
	if recorded, elsewhere := past.seen(a.batch.Name, a.batch.Digest); recorded || elsewhere {
		return f, nil // placed as what it is, or not at all
	}
	columns, err := e.Reader.Read(ctx, a.path)
	var system *fs.PathError
	var number syscall.Errno
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return f, ctx.Err()
	case errors.As(err, &system), errors.As(err, &number):
		return f, fmt.Errorf("read %s: %w", a.batch.Name, err)
	default:
		f.result.State, f.result.Says = store.BatchUnreadable, err.Error()
		return f, nil
	}
	if !a.unchanged() {
		return f, fmt.Errorf("read %s: it was written to meanwhile", a.batch.Name)
	}
	inRoles(columns, m.Comparing.Roles)
	f.result.Schema = differs(ref.columns, columns)
	report, err := drift.Compare(ctx, ref.columns, columns, options)
	if err != nil {
		if ctx.Err() != nil {
			return f, ctx.Err()
		}
		f.result.State, f.result.Says = store.BatchUnreadable, err.Error()
		return f, nil
	}
	e.describe(&report, m, ref, a)
	f.result.Batch.Rows = report.Sources.Current.Rows
	if from, to, ok := span(columns); ok {
		f.result.Batch.Start, f.result.Batch.End = from, to
	}
	if f.content, err = json.Marshal(report); err != nil {
		return f, fmt.Errorf("keep the report of %s: %w", a.batch.Name, err)
	}
	f.report = &report
	summed(&f.result, report)
	return f, nil
}

// describe says of what a report is.
func (e Engine) describe(r *drift.Report, m store.Monitor, ref table, a arrival) {
	r.Name, r.Created, r.Engine.Version = &m.Name, time.Now().UTC().Truncate(time.Millisecond), e.Version
	rows := r.Sources.Current.Rows
	r.Sources.Reference, r.Sources.Current = ref.source, a.source
	r.Sources.Current.Rows, r.Sources.Current.Digest = rows, a.batch.Digest
	if m.Model != "" {
		r.Sources.Model = &m.Model
	}
	if a.source.RunID != "" {
		r.Sources.RunID = &a.source.RunID
	}
}

// summed takes into a result what lists and calendars show of its report.
func summed(to *store.BatchResult, r drift.Report) {
	to.Verdict, to.Says, to.Share, to.Limit = r.Verdict.Status, r.Verdict.Line, float64(r.Verdict.Share), r.Verdict.Threshold
	to.Tested, to.Drifted = r.Verdict.Tested, r.Verdict.Drifted
	c := &to.Columns
	for _, f := range r.Features {
		test := drift.TestResult{Score: drift.Number(undefined), Threshold: drift.Number(undefined)}
		if f.Test != nil {
			test = *f.Test
		}
		c.Names, c.Statuses = append(c.Names, f.Name), append(c.Statuses, string(f.Status))
		c.Tests, c.Compares = append(c.Tests, test.Name), append(c.Compares, test.Compare)
		c.Scores, c.Thresholds = append(c.Scores, float64(test.Score)), append(c.Thresholds, float64(test.Threshold))
		c.PSI, c.Rows = append(c.PSI, float64(f.Measures.PSI)), append(c.Rows, f.Current.Rows-f.Current.Missing)
	}
	if r.Quality == nil || r.Quality.Current == nil {
		return
	}
	to.Metrics = map[string]float64{}
	for name, v := range r.Quality.Current.Metrics {
		if v.Defined() {
			to.Metrics[name] = float64(v)
		}
	}
}

// class is what a column is as far as it may change without notice: whole numbers
// become others where one is missing.
func class(s drift.Storage) string {
	switch s {
	case drift.Float, drift.Int, drift.Uint:
		return "number"
	}
	return s.String()
}

// mostDifferences bounds those of a schema that are kept.
const mostDifferences = 100

// differs says how the columns of a batch differ from those of the reference.
func differs(reference, batch []drift.Column) []string {
	var out []string
	had := map[string]drift.Storage{}
	for _, c := range reference {
		had[c.Name] = c.Storage
	}
	for _, c := range batch {
		was, known := had[c.Name]
		delete(had, c.Name)
		switch {
		case !known:
			out = append(out, fmt.Sprintf("column %s is new", c.Name))
		case class(was) != class(c.Storage) && !empty(c):
			out = append(out, fmt.Sprintf("column %s is %s, not %s", c.Name, class(c.Storage), class(was)))
		}
	}
	for _, c := range reference {
		if _, missing := had[c.Name]; missing {
			out = append(out, fmt.Sprintf("column %s is missing", c.Name))
		}
	}
	if len(out) > mostDifferences {
		out = append(out[:mostDifferences], fmt.Sprintf("and %d more", len(out)-mostDifferences))
	}
	return out
}

// empty reports whether a column has no value, and so no type either.
func empty(c drift.Column) bool {
	if c.Storage == drift.String || c.Storage == drift.Other {
		return false
	}
	for _, v := range c.Numbers {
		if !math.IsNaN(v) {
			return false
		}
	}
	return true
}

// span is the time of a table's rows, by the column that has that role.
func span(columns []drift.Column) (from, to store.Time, ok bool) {
	for _, c := range columns {
		if c.Role != drift.Timestamp {
			continue
		}
		first, last := math.Inf(1), math.Inf(-1)
		see := func(ms float64) { first, last = min(first, ms), max(last, ms) }
		switch c.Storage {
		case drift.Time:
			for _, v := range c.Numbers {
				if math.Abs(v) < 1e16 { // years beyond 300,000 are no times
					see(v)
				}
			}
		case drift.String:
			for _, label := range c.Texts.Labels {
				if t, is := drift.ParseTime(label); is {
					see(float64(t.UnixMilli()))
				}
			}
		}
		if first <= last {
			return store.At(int64(first)), store.At(int64(last)), true
		}
	}
	return store.Time{}, store.Time{}, false
}
