package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"benchside/drift"
	"benchside/drift/inputs"
	"benchside/drift/sources"
	"benchside/monitors"
	"benchside/sanitize"
	"benchside/store"
	screens "benchside/tui/monitors"
	"benchside/webhooks"
)

// tableReader reads the tables of monitors.
type tableReader struct{}

// Read implements monitors.Reader.
func (tableReader) Read(ctx context.Context, path string) ([]drift.Column, error) {
	data, err := sources.Finder{Local: true}.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer data.Close()
	t, err := data.Read(ctx, inputs.Options{})
	return t.Columns, err
}

// engine is what looks for batches in an open store; without a writer it records
// nothing.
func (s *session) engine(st watchedStore, w store.Writer) (monitors.Engine, error) {
	source, err := role[monitors.Source](st.Store, "watch data")
	return monitors.Engine{
		Source: source, Writer: w, Reader: tableReader{}, Places: s.places(s.configured()), By: s.author(),
		Hooks: webhooks.Subscribers(s.hooks()), Version: release,
	}, err
}

func (s *session) monitorRun() *cobra.Command {
	var dry bool
	var logTo string
	c := s.leaf(&cobra.Command{
		Use: "run [MONITOR…]", Short: "Compare what arrived since the last look; exit code 3 if it drifts or a rule fires",
	}, func(ctx context.Context, args []string) error { return s.runMonitors(ctx, args, logTo, dry) })
	c.Flags().BoolVar(&dry, "dry-run", false, "compare and say what was found, and record nothing")
	c.Flags().StringVar(&logTo, "log-to", "", "log each report to `RUN`: metrics, tags and drift/report.json; \"batches\" is the run that brought it")
	c.Flags().BoolVar(&s.forms.json, "json", false, "print JSON, which is stable")
	return c
}

// openToWatch opens the store to record what monitors find, or only to read it.
func (s *session) openToWatch(ctx context.Context, dry bool) (watchedStore, monitors.Engine, error) {
	s.writes = !dry
	st, err := s.openWatched(ctx)
	if err != nil {
		return st, monitors.Engine{}, err
	}
	var w store.Writer
	if !dry {
		if w, err = writer(ctx, st.Store); err != nil {
			st.Close()
			return st, monitors.Engine{}, err
		}
	}
	e, err := s.engine(st, w)
	if err != nil {
		st.Close()
	}
	return st, e, err
}

// chosen are the monitors of some names; those that run by themselves for none.
func (w watchedStore) chosen(ctx context.Context, names []string) ([]store.Monitor, error) {
	all, err := w.monitors.Monitors(ctx)
	if err != nil {
		return nil, err
	}
	var out []store.Monitor
	for _, m := range all {
		if len(names) == 0 && !m.Paused {
			out = append(out, m)
		}
	}
	for _, name := range names {
		m, err := store.MonitorNamed(all, name)
		if err != nil {
			return nil, err
		}
		if m.Paused {
			return nil, fmt.Errorf("monitor %s is paused; benchside monitor resume %s has it go on", name, name)
		}
		out = append(out, m)
	}
	return out, nil
}

// lookJSON is what monitor run prints of one monitor.
type lookJSON struct {
	Monitor string       `json:"monitor"`
	DryRun  bool         `json:"dry_run"`
	Results []resultJSON `json:"results"`
	Alerts  []changeJSON `json:"alerts"`
	Partial []string     `json:"still_written"`
	Without []string     `json:"without_table"`
	Trouble []string     `json:"not_readable"`
	Known   int          `json:"known"`
}

// changeJSON is a rule that fired or ended.
type changeJSON struct {
	Rule     string `json:"rule"`
	Batch    string `json:"batch"`
	Resolved bool   `json:"resolved"`
	Value    number `json:"value"`
	Says     string `json:"says"`
}

func lookOf(m store.Monitor, o monitors.Outcome, dry bool) lookJSON {
	out := lookJSON{
		Monitor: m.Name, DryRun: dry, Results: []resultJSON{}, Alerts: []changeJSON{}, Partial: orEmpty(o.Partial), Without: orEmpty(o.Without),
		Trouble: orEmpty(o.Trouble), Known: o.Known,
	}
	for _, r := range o.Results {
		out.Results = append(out.Results, resultOf(m.Name, r))
	}
	for _, c := range o.Changes {
		out.Alerts = append(out.Alerts, changeJSON{c.Rule, c.Batch, c.Resolved, number(c.Value), c.Says})
	}
	return out
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (s *session) runMonitors(ctx context.Context, names []string, logTo string, dry bool) error {
	st, e, err := s.openToWatch(ctx, dry)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.chosen(ctx, names)
	if err != nil {
		return err
	}
	for _, m := range all {
		if logTo == ofBatches && m.Arrives.Kind != store.InExperiment {
			return usage("--log-to %s: the batches of %s are files; name a run", ofBatches, m.Name)
		}
	}
	w := newJSONWriter(s.out)
	var drifted []string
	for _, m := range all {
		o, err := e.Look(ctx, m)
		if err != nil {
			return err
		}
		if s.form == asJSON {
			err = w.element(lookOf(m, o, dry))
		} else {
			err = s.sayOutcome(m, o)
		}
		if err != nil {
			return err
		}
		s.tellOf(ctx, st, o, dry)
		if logTo != "" && !dry {
			if err := s.logResults(ctx, st, m, o, logTo); err != nil {
				return err
			}
		}
		if o.Drifted() {
			drifted = append(drifted, m.Name)
		}
	}
	if s.form == asJSON {
		if err := w.end(); err != nil {
			return err
		}
	}
	if len(drifted) > 0 {
		return noError{fmt.Errorf("the data of %s drift", strings.Join(drifted, ", "))}
	}
	return nil
}

// ofBatches is the word for the runs that brought the batches.
const ofBatches = "batches"

// logResults logs the reports of a look to a run, the earliest data first, or each to
// the run that brought its batch.
func (s *session) logResults(ctx context.Context, st watchedStore, m store.Monitor, o monitors.Outcome, logTo string) error {
	own := *s
	own.out, own.form = s.err, plain
	all, err := st.monitors.Results(ctx, store.ResultQuery{Monitor: m.ID})
	if err != nil {
		return err
	}
	for _, r := range slices.Backward(all) {
		now := slices.ContainsFunc(o.Results, func(x store.BatchResult) bool {
			return x.Batch.Name == r.Batch.Name && x.Batch.Digest == r.Batch.Digest
		})
		if !now || r.Report == 0 {
			continue
		}
		content, err := st.monitors.Report(ctx, r.ID)
		if err != nil {
			return err
		}
		report, err := drift.Read(content)
		if err != nil {
			return fmt.Errorf("read the report of %s: %w", r.Batch.Name, err)
		}
		run := logTo
		if logTo == ofBatches {
			run = r.Batch.Name
		}
		if err := own.logReport(ctx, st.Store, run, report, changes{}); err != nil {
			return err
		}
	}
	return nil
}

// tellOf sends what recorded results left in the outbox. That somebody was not told
// is said, and is no failure of the look.
func (s *session) tellOf(ctx context.Context, st watchedStore, o monitors.Outcome, dry bool) {
	if dry || len(o.Results) == 0 || len(s.hooks()) == 0 {
		return
	}
	told, err := s.deliver(ctx, st.Store)
	if err != nil {
		fmt.Fprintf(s.err, "events: %s\n", sanitize.Line(err.Error()))
		return
	}
	s.report(told)
}

// fewDifferences are those of a schema that are said one by one.
const fewDifferences = 5

// sayOutcome says what a look found, a line a batch.
func (s *session) sayOutcome(m store.Monitor, o monitors.Outcome) error {
	var lines []string
	for _, r := range o.Results {
		lines = append(lines, batchLine(r))
		for i, d := range r.Schema {
			if i == fewDifferences {
				d = fmt.Sprintf("and %d more differences", len(r.Schema)-i)
			}
			if lines = append(lines, "    "+d); i == fewDifferences {
				break
			}
		}
		for _, c := range o.Changes {
			if c.Batch != r.Batch.Name {
				continue
			}
			word := "alert"
			if c.Resolved {
				word = "ended"
			}
			lines = append(lines, fmt.Sprintf("    %s: rule %s, %s", word, c.Rule, c.Says))
		}
	}
	for _, list := range []struct {
		names []string
		says  string
	}{{o.Partial, "still being written: "}, {o.Without, "without a table: run "}, {o.Trouble, "not readable now: "}} {
		for _, name := range list.names {
			lines = append(lines, "  "+list.says+name)
		}
	}
	if _, err := fmt.Fprintf(s.out, "%s: %s\n", sanitize.Line(m.Name), o); err != nil {
		return err
	}
	for _, l := range lines {
		indent := len(l) - len(strings.TrimLeft(l, " "))
		if _, err := fmt.Fprintf(s.out, "%s%s\n", l[:indent], sanitize.Line(l[indent:])); err != nil {
			return err
		}
	}
	return nil
}

// batchLine is one batch in one line.
func batchLine(r store.BatchResult) string {
	l := "  " + r.Batch.Name + ": "
	if r.State != store.BatchCompared {
		l += string(r.State) + ": "
	}
	return l + r.Says
}

func (s *session) monitorWatch() *cobra.Command {
	every := 30 * time.Second
	c := s.leaf(&cobra.Command{
		Use: "watch [MONITOR]", Short: "Compare what arrives as it arrives, until it is interrupted", Args: cobra.MaximumNArgs(1),
	}, func(ctx context.Context, args []string) error {
		if every < time.Second {
			return usage("--every %v: a second at least", every)
		}
		return s.watchMonitors(ctx, strings.Join(args, ""), every)
	})
	c.Flags().DurationVar(&every, "every", every, "look at least so often; new files are told by the system where it can")
	c.Flags().BoolVar(&s.forms.json, "json", false, "print a line of JSON for each look that found something")
	return c
}

func (s *session) watchMonitors(ctx context.Context, only string, every time.Duration) error {
	st, e, err := s.openToWatch(ctx, false)
	if err != nil {
		return err
	}
	defer st.Close()
	changes, err := st.Watch(ctx)
	if err != nil {
		return err
	}
	w := newJSONWriter(s.out)
	return e.Watch(ctx, monitors.Watching{Every: every, Only: only, Changes: changes, Seen: func(m store.Monitor, o monitors.Outcome, err error) {
		switch {
		case err != nil:
			fmt.Fprintf(s.err, "benchside: %s\n", sanitize.Line(err.Error()))
		case len(o.Results)+len(o.Trouble) == 0:
		case s.form == asJSON:
			_ = w.line(lookOf(m, o, false)) // a reader that is gone shows with the next line
			_ = w.out.Flush()
		default:
			_ = s.sayOutcome(m, o)
		}
		s.tellOf(ctx, st, o, false)
	}})
}

// looking is how a session of screens compares what arrived; nil where it may not.
func (s *session) looking(st store.Store, w store.Writer) screens.Look {
	r, keeps := st.(store.MonitorReader)
	if !keeps || w == nil {
		return nil
	}
	watched := watchedStore{st, r}
	e, err := s.engine(watched, w)
	if err != nil {
		return nil
	}
	e.By.Via = "tui"
	return func(ctx context.Context, m store.Monitor) (string, error) {
		o, err := e.Look(ctx, m)
		return o.String(), err
	}
}
