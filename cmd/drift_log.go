package cmd

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"benchside/drift"
	"benchside/monitors"
	"benchside/store"
)

func (s *session) driftLog() *cobra.Command {
	var o changes
	c := s.leaf(&cobra.Command{
		Use: "log RUN FILE", Short: "Log a drift report, the JSON of drift run, to a run: metrics, tags and the file", Args: takes(2, "a run and a file"),
	}, func(ctx context.Context, args []string) error {
		r, err := reportOf(args[1])
		if err != nil {
			return err
		}
		s.writes = true
		st, err := s.open(ctx)
		if err != nil {
			return err
		}
		defer st.Close()
		return s.logReport(ctx, st, args[0], r, o)
	})
	o.add(c, s)
	return c
}

// mostReport bounds the file of a report, in bytes.
const mostReport = 64 << 20

// reportOf reads the report in a file.
func reportOf(name string) (drift.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return drift.Report{}, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, mostReport+1))
	if err != nil {
		return drift.Report{}, fmt.Errorf("read %s: %w", name, err)
	}
	r, err := drift.Read(content)
	if err != nil {
		return drift.Report{}, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// logReport logs a report to a run of an open store, and says what was written.
func (s *session) logReport(ctx context.Context, st store.Store, name string, r drift.Report, o changes) error {
	w, err := writer(ctx, st)
	if err != nil {
		return err
	}
	run, err := oneRun(ctx, st, name)
	if err != nil {
		return err
	}
	r.Sources.RunID = &run.ID
	i := store.Intent{Reason: o.reason, Mutations: monitors.Logged(r, run.ID, called(r)), DryRun: o.dryRun}
	logging := logsReport{w, func(ctx context.Context, i store.Intent) (store.Receipt, error) {
		return monitors.Log(ctx, w, s.places(s.configured())(run), run, i, r)
	}}
	return s.write(ctx, st, logging, i, func(receipt store.Receipt) error { return s.sayReceipt(receipt, o.dryRun) })
}

// logTo logs a report that was printed to a run; "" is none. What was written is said
// beside the report.
func (s *session) logTo(ctx context.Context, name string, r drift.Report) error {
	if name == "" {
		return nil
	}
	s.writes = true
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	own := *s
	own.out, own.form = s.err, plain
	return own.logReport(ctx, st, name, r, changes{})
}

// called is what a report is of, in a few words.
func called(r drift.Report) string {
	switch c := r.Sources.Current; {
	case c.Path != "":
		return c.Path
	case c.ArtifactPath != "":
		return c.ArtifactPath
	case c.DatasetName != "":
		return c.DatasetName
	}
	return r.Verdict.Status
}

// logsReport is a writer that puts the file of a report beside its rows.
type logsReport struct {
	store.Writer
	write func(ctx context.Context, i store.Intent) (store.Receipt, error)
}

// Write implements store.Writer.
func (l logsReport) Write(ctx context.Context, i store.Intent) (store.Receipt, error) {
	return l.write(ctx, i)
}
