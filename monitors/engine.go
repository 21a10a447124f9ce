package monitors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"benchside/artifacts"
	"benchside/drift"
	"benchside/store"
)

// Reader reads the table in a file.
type Reader interface {
	Read(ctx context.Context, path string) ([]drift.Column, error)
}

// Source is what of a store an engine reads.
type Source interface {
	store.MonitorReader
	store.RunReader
	InputsOf(ctx context.Context, ids []string) (map[string][]store.Input, error)
}

// Engine looks for the new batches of monitors, compares them and records what it
// finds. Several of them, in several processes, may work on one store.
type Engine struct {
	Source Source
	Writer store.Writer // nil: nothing is recorded
	Reader Reader
	Places func(store.Run) artifacts.Places
	By     store.Author
	Hooks  []store.Subscriber
	// Settled is how long the size and the time of a file must stand still before it
	// is taken for whole; 0 means two seconds.
	Settled time.Duration
	Version string // of benchside, for the reports
	// Found is told of each result as it is recorded; nil tells nobody.
	Found func(m store.Monitor, r store.BatchResult, changes []store.AlertChange)
}

// Outcome is what a look at one monitor found.
type Outcome struct {
	Results []store.BatchResult // recorded, or to be recorded in a dry run, in the order of their data
	Changes []Change
	Partial []string // files that are still being written
	Without []string // runs that bring no table
	Trouble []string // what could not be read now and is tried again
	Known   int      // batches that were recorded before
}

// Change is a rule that fired or ended, and on which batch.
type Change struct {
	store.AlertChange
	Batch string
}

// Drifted reports whether data of the look drifted, or a rule fired.
func (o Outcome) Drifted() bool {
	return slices.ContainsFunc(o.Results, func(r store.BatchResult) bool { return r.Verdict == drift.VerdictDrift }) ||
		slices.ContainsFunc(o.Changes, func(c Change) bool { return !c.Resolved })
}

// mostAtOnce bounds the batches that are compared before they are recorded in the
// order of their data; the rest follows behind them.
const mostAtOnce = 500

// Look compares what arrived since the last look, and records it.
func (e Engine) Look(ctx context.Context, m store.Monitor) (Outcome, error) {
	o, err := e.look(ctx, m)
	if err != nil {
		return o, fmt.Errorf("monitor %s: %w", m.Name, err)
	}
	return o, nil
}

func (e Engine) look(ctx context.Context, m store.Monitor) (o Outcome, err error) {
	options, err := optionsOf(m.Comparing)
	if err != nil {
		return o, err
	}
	for _, r := range m.Rules {
		if err := CheckRule(r); err != nil {
			return o, err
		}
	}
	past, err := e.past(ctx, m)
	if err != nil {
		return o, err
	}
	arrived, err := e.arrived(ctx, m, past, &o)
	if err != nil || len(arrived) == 0 {
		return o, err
	}
	reference, err := e.reference(ctx, m)
	if err != nil {
		return o, err
	}
	for len(arrived) > 0 && err == nil {
		n := min(len(arrived), mostAtOnce)
		err = e.take(ctx, m, reference, options, arrived[:n], past, &o)
		arrived = arrived[n:]
	}
	return o, err
}

// take compares some batches and records them in the order of their data.
func (e Engine) take(ctx context.Context, m store.Monitor, ref table, options drift.Options, some []arrival, past *past, o *Outcome) error {
	var found []finding
	for _, a := range some {
		f, err := e.compare(ctx, m, ref, options, a, past)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			o.Trouble = append(o.Trouble, err.Error())
		default:
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b finding) int { return a.result.Batch.End.Compare(b.result.Batch.End) })
	for _, f := range found {
		if err := e.record(ctx, m, f, past, o); err != nil {
			return err
		}
	}
	return nil
}

// tries bounds how often a result is evaluated anew because another process recorded
// one in between.
const tries = 20

// record evaluates the rules on a result and records both. Where somebody else was
// faster it looks at what they recorded, which may be this very batch.
func (e Engine) record(ctx context.Context, m store.Monitor, f finding, past *past, o *Outcome) error {
	for range tries {
		write, isNew, err := past.place(m, f)
		if err != nil {
			return err
		}
		if !isNew {
			o.Known++
			return nil
		}
		err = e.write(ctx, write)
		if errors.Is(err, store.ErrStale) {
			again, err := e.past(ctx, m)
			if err != nil {
				return err
			}
			*past = *again
			continue
		}
		if err != nil {
			return err
		}
		e.told(m, write, past, o)
		if e.Writer == nil {
			return nil
		}
		// The store has numbered the result: what comes next is held to it.
		_, past.last, err = e.Source.RuleStates(ctx, m.ID)
		return err
	}
	return fmt.Errorf("record %s: %w: other programs recorded results all the time", f.result.Batch.Name, store.ErrBusy)
}

func (e Engine) write(ctx context.Context, m store.RecordBatch) error {
	if e.Writer == nil {
		return ctx.Err()
	}
	_, err := e.Writer.Write(ctx, store.Intent{By: e.By, Hooks: e.Hooks, Mutations: []store.Mutation{m}})
	return err
}

// told adds what was recorded to the outcome, and to what is known.
func (e Engine) told(m store.Monitor, write store.RecordBatch, past *past, o *Outcome) {
	past.add(write.Result)
	past.states = write.States
	o.Results = append(o.Results, write.Result)
	for _, c := range write.Changes {
		o.Changes = append(o.Changes, Change{c, write.Result.Batch.Name})
	}
	if e.Found != nil {
		e.Found(m, write.Result, write.Changes)
	}
}

// past is what is known of a monitor's batches.
type past struct {
	byDigest map[string]store.BatchResult // those that are no duplicate
	byName   map[string][]store.BatchResult
	newest   store.Time // end of the newest data that the rules took in
	states   []store.RuleState
	last     int64
}

func (e Engine) past(ctx context.Context, m store.Monitor) (*past, error) {
	p := &past{byDigest: map[string]store.BatchResult{}, byName: map[string][]store.BatchResult{}}
	var err error
	// The states first: a result that comes in between makes the write stale.
	if p.states, p.last, err = e.Source.RuleStates(ctx, m.ID); err != nil {
		return nil, err
	}
	all, err := e.Source.Results(ctx, store.ResultQuery{Monitor: m.ID})
	for _, r := range all {
		p.add(r)
	}
	return p, err
}

func (p *past) add(r store.BatchResult) {
	p.byName[r.Batch.Name] = append(p.byName[r.Batch.Name], r)
	if r.State != store.BatchDuplicate {
		p.byDigest[r.Batch.Digest] = r
	}
	if r.Counted() && r.Batch.End.Compare(p.newest) > 0 {
		p.newest = r.Batch.End
	}
}

// sameFile reports whether a file is as it was when it was recorded.
func (p *past) sameFile(name string, size int64, modified store.Time) bool {
	return slices.ContainsFunc(p.byName[name], func(r store.BatchResult) bool {
		return r.Batch.Bytes == size && r.Batch.Modified == modified
	})
}

// seen says what is known of a content under a name: whether it was recorded so, and
// whether it was recorded under another name.
func (p *past) seen(name, digest string) (recorded, elsewhere bool) {
	for _, r := range p.byName[name] {
		recorded = recorded || r.Batch.Digest == digest
	}
	_, elsewhere = p.byDigest[digest]
	return recorded, elsewhere
}

// place says what a finding is among what is known, and what it makes of the rules.
// It is not new if it was recorded meanwhile.
func (p *past) place(m store.Monitor, f finding) (write store.RecordBatch, isNew bool, err error) {
	r := f.result
	recorded, elsewhere := p.seen(r.Batch.Name, r.Batch.Digest)
	switch {
	case recorded:
		return write, false, nil
	case elsewhere:
		r = duplicate(r, p.byDigest[r.Batch.Digest].Batch)
		f.report, f.content = nil, nil
	case r.State != store.BatchCompared:
	case f.report == nil:
		return write, false, fmt.Errorf("record %s: %w: what it was the same as is gone", r.Batch.Name, store.ErrStale)
	case len(p.byName[r.Batch.Name]) > 0:
		r.State = store.BatchRewritten
	case r.Batch.End.Compare(p.newest) < 0:
		r.State = store.BatchLate
	}
	write = store.RecordBatch{Monitor: m.Name, Result: r, Report: f.content, Last: p.last, States: p.states}
	if !r.Counted() || f.report == nil {
		return write, true, nil
	}
	write.States, write.Changes, err = evaluate(m.Rules, p.states, *f.report)
	return write, true, err
}

// duplicate is a result of a content that is known as another batch.
func duplicate(r store.BatchResult, of store.Batch) store.BatchResult {
	r.Batch.Rows, r.Batch.Start, r.Batch.End = of.Rows, of.Start, of.End
	return store.BatchResult{
		Monitor: r.Monitor, Batch: r.Batch, State: store.BatchDuplicate, Share: undefined, Limit: undefined,
		Says: "the same content as " + of.Name + ": not compared again",
	}
}
