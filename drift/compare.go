package drift

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"sync"

	"benchside/stats"
)

// job is one column to compare.
type job struct {
	ref, cur *Column
	role     Role
}

// Compare compares a current sample with a reference, column by column, and judges
// the data set. Columns are matched by name; one that only one side has is noted.
// All columns of a side have one length. What cannot be computed is undefined in
// the report, with the reason; an error is of the options, of the tables' form, or
// the context's.
//
// A table that is compared is not changed, and is not to be changed meanwhile.
func Compare(ctx context.Context, reference, current []Column, options Options) (Report, error) {
	o := options.filled()
	if err := o.check(); err != nil {
		return Report{}, fmt.Errorf("compare data: %w", err)
	}
	r := Report{
		Schema: Schema, Engine: Engine{Name: "benchside"}, Profile: o.Profile, Config: o.config(),
		Features: []Finding{}, Fairness: []Fairness{}, Alerts: []Alert{}, Notes: []string{},
	}
	jobs, notes, err := match(reference, current)
	if err != nil {
		return Report{}, fmt.Errorf("compare data: %w", err)
	}
	r.Notes = append(r.Notes, notes...)
	r.Sources.Reference.Rows, r.Sources.Current.Rows = rowsOf(reference), rowsOf(current)
	w := &work{options: o, reference: reference, current: current}
	if err := w.prepare(jobs, &r); err != nil {
		return Report{}, fmt.Errorf("compare data: %w", err)
	}
	if r.Features, err = w.run(ctx, jobs); err != nil {
		return Report{}, fmt.Errorf("compare data: %w", err)
	}
	w.correct(&r)
	if err := w.quality(ctx, jobs, &r); err != nil {
		return Report{}, fmt.Errorf("compare data: %w", err)
	}
	judge(&r, o)
	return r, nil
}

func rowsOf(table []Column) int {
	if len(table) == 0 {
		return 0
	}
	return table[0].Len()
}

// rectangular says what keeps columns from being a table.
func rectangular(side string, table []Column) error {
	seen := map[string]bool{}
	for i := range table {
		c := &table[i]
		if seen[c.Name] {
			return fmt.Errorf("the %s has two columns %q", side, c.Name)
		}
		if c.Len() != rowsOf(table) {
			return fmt.Errorf("the %s has %d rows in column %q and %d in %q", side, c.Len(), c.Name, rowsOf(table), table[0].Name)
		}
		seen[c.Name] = true
	}
	return nil
}

// match pairs the columns of two tables by name.
func match(reference, current []Column) ([]job, []string, error) {
	known := map[string]*Column{}
	if err := cmp.Or(rectangular("reference", reference), rectangular("current", current)); err != nil {
		return nil, nil, err
	}
	for i := range reference {
		known[reference[i].Name] = &reference[i]
	}
	var jobs []job
	var notes []string
	for i := range current {
		c := &current[i]
		ref := known[c.Name]
		delete(known, c.Name)
		role := c.Role
		if role == Feature && ref != nil {
			role = ref.Role
		}
		switch {
		case role == Ignore || role == Timestamp:
		case ref == nil:
			notes = append(notes, fmt.Sprintf("column %s is only in the current: not compared", c.Name))
		default:
			jobs = append(jobs, job{ref, c, role})
		}
	}
	for i := range reference {
		if c := &reference[i]; known[c.Name] != nil && c.Role != Ignore && c.Role != Timestamp {
			notes = append(notes, fmt.Sprintf("column %s is only in the reference: not compared", c.Name))
		}
	}
	return jobs, notes, nil
}

// work is one comparison under way.
type work struct {
	options            Options
	reference, current []Column
	slots              []Slot
	slices             []slice
}

// run compares columns by as many workers as the options allow.
func (w *work) run(ctx context.Context, jobs []job) ([]Finding, error) {
	findings := make([]Finding, len(jobs))
	next := make(chan int)
	var group sync.WaitGroup
	for range min(w.options.Workers, max(len(jobs), 1)) {
		group.Go(func() {
			var sorter stats.Sorter
			for i := range next {
				findings[i] = w.find(ctx, jobs[i], &sorter)
			}
		})
	}
	for i := range jobs {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	group.Wait()
	return findings, ctx.Err()
}

// find compares one column.
func (w *work) find(ctx context.Context, j job, sorter *stats.Sorter) Finding {
	x, y := clean(j.ref, sorter), clean(j.cur, sorter)
	kind := w.options.Columns[j.cur.Name].Kind
	if kind == Undecided {
		kind = kindOf(j.cur, &y)
	}
	f := Finding{
		Name: j.cur.Name, Role: j.role.reported(), Kind: kind.String(), DataType: j.cur.Storage.String(), Status: Skipped,
		PAdjusted: Number(math.NaN()), Measures: noMeasures(), Windows: []Window{},
		Reference: x.summary(j.ref, kind), Current: y.summary(j.cur, kind),
	}
	if other := kindOf(j.ref, &x); other != kind && y.n() > 0 && x.n() > 0 && w.options.Columns[j.cur.Name].Kind == Undecided {
		f.Notes = append(f.Notes, fmt.Sprintf("the reference looks %s and the current %s: compared as the current", other, kind))
	}
	if f.Reason = skipped(j, kind, &y); f.Reason != "" {
		return f
	}
	p, err := newPair(j.ref, j.cur, kind, x, y)
	if err != nil {
		f.Status, f.Reason = Undefined, reason(err)
		return f
	}
	w.score(p, &f)
	f.Measures, f.Histogram = p.measures(), p.histogram()
	w.remark(p, &f)
	for _, s := range w.slots {
		if ctx.Err() != nil {
			return f
		}
		f.Windows = append(f.Windows, w.window(p, j.ref, s, sorter))
	}
	for _, s := range w.slices {
		if ctx.Err() != nil {
			return f
		}
		f.Slices = append(f.Slices, w.slice(p, s, sorter))
	}
	return f
}

// skipped says why a column is not compared; "" if it is.
func skipped(j job, k Kind, y *sample) string {
	switch {
	case j.role == ID:
		return "an identifier: not compared"
	case k == Datetime:
		return "times: summarised, not compared"
	case k == Text:
		return "text: not compared"
	case y.n() == 0 && j.cur.Storage != Other:
		return "" // undefined rather than skipped
	case k == Unknown && j.cur.Storage == Bool:
		return "booleans with missing rows: unknown to Evidently; set the kind to compare them"
	case k == Unknown:
		return "values of this type are not compared"
	}
	return ""
}

// score makes the test of a pair and judges it.
func (w *work) score(p *pair, f *Finding) {
	if w.options.Profile == NannyML {
		if err := p.limit(); err != nil {
			f.Notes = append(f.Notes, "limit: "+reason(err))
		}
	}
	t, threshold, err := w.options.testOf(p.cur.Name, p)
	if err != nil {
		f.Status, f.Reason = Undefined, err.Error()
		return
	}
	score, err := t.run(p)
	f.Test = &TestResult{
		Name: t.Name, Display: t.Display, Score: Number(score), Threshold: Number(threshold), Compare: t.Compare, PValue: t.PValue(),
	}
	f.Status, f.Reason = w.status(p, t, score, threshold, err)
}

// possibleP is how many thresholds of a p value are still worth a mark: 0.15 for
// 0.05, as whylogs has it.
const possibleP = 3

func (w *work) status(p *pair, t Test, score, threshold float64, err error) (Status, string) {
	switch {
	case err != nil:
		return Undefined, reason(err)
	case p.x.n() < w.options.MinRows:
		return Undefined, fmt.Sprintf("fewer than %d rows (reference %d)", w.options.MinRows, p.x.n())
	case p.y.n() < w.options.MinRows:
		return Undefined, fmt.Sprintf("fewer than %d rows (%d)", w.options.MinRows, p.y.n())
	case t.Detects(score, threshold):
		return Drifted, ""
	case t.PValue() && score < possibleP*threshold:
		return Possible, ""
	}
	return OK, ""
}
