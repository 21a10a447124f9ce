package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"benchside/artifacts/previews"
	"benchside/drift"
	"benchside/drift/foreign"
	"benchside/drift/words"
	"benchside/store"
)

// driftShowFlags say which report is shown, and what of it.
type driftShowFlags struct{ path, column string }

func (s *session) driftShow() *cobra.Command {
	var f driftShowFlags
	c := s.leaf(&cobra.Command{
		Use: "show RUN|FILE", Short: "Show a drift report: of a run, of one of its artifacts, or of a file",
		Long: "Shows the drift report of a run (drift/report.json, or the only one among its artifacts) or of a file. Reports that\n" +
			"Evidently 0.4 to 0.7 wrote, as JSON or as a page, are recognised by what is in them; their scores and verdicts are\n" +
			"shown as they were written.",
		Args: takes(1, "a run or the path of a file"),
	}, func(ctx context.Context, args []string) error {
		r, err := s.shownReport(ctx, args[0], f.path)
		if err != nil {
			return err
		}
		return s.printDrift(r, f.column)
	})
	p := c.Flags()
	p.StringVar(&f.path, "path", "", "the `PATH` of the report among the artifacts of the run")
	p.StringVar(&f.column, "column", "", "one column with all that is known of it, by its `NAME`")
	p.BoolVar(&s.forms.json, "json", false, "print the report as benchside's own JSON")
	p.BoolVar(&s.forms.md, "md", false, "print a Markdown table")
	return c
}

// driftReport reads the report of a file, if one is called so, or of a run.
func (s *session) shownReport(ctx context.Context, name, path string) (drift.Report, error) {
	if about, err := os.Stat(name); err == nil && about.Mode().IsRegular() && path == "" {
		file, err := os.Open(name)
		if err != nil {
			return drift.Report{}, fmt.Errorf("open drift report: %w", err)
		}
		defer file.Close()
		r, err := foreign.Read(ctx, file)
		if err != nil {
			return drift.Report{}, fmt.Errorf("%s: %w", name, err)
		}
		if r.Created.IsZero() {
			r.Created = about.ModTime().UTC()
		}
		return r, nil
	}
	found, err := s.files(ctx, name)
	if errors.Is(err, store.ErrNotFound) && path == "" {
		err = fmt.Errorf("%w, and no file is called %s", err, name)
	}
	if err != nil {
		return drift.Report{}, err
	}
	defer closeAll(found)
	at, err := previews.TheReport(ctx, found[0], path)
	if several := new(previews.SeveralReports); errors.As(err, &several) {
		return drift.Report{}, fmt.Errorf("%w; --path says which one", err)
	}
	if err != nil {
		return drift.Report{}, err
	}
	return previews.DriftReport(ctx, found[0], at)
}

func (s *session) printDrift(r drift.Report, column string) error {
	if column != "" {
		return s.printDriftColumn(r, column)
	}
	switch s.form {
	case asJSON:
		return newJSONWriter(s.out).value(r)
	case asMarkdown:
		return words.Markdown(s.out, r)
	}
	return words.Text(s.out, r, s.screenWidth())
}

func (s *session) printDriftColumn(r drift.Report, name string) error {
	for _, f := range r.Features {
		if f.Name != name {
			continue
		}
		switch s.form {
		case asJSON:
			return newJSONWriter(s.out).value(f)
		case asMarkdown:
			r.Features, r.Notes = []drift.Finding{f}, nil
			return words.Markdown(s.out, r)
		}
		return words.Drill(s.out, f, s.screenWidth())
	}
	return fmt.Errorf("the report has no column %s%s", name, near(r, name))
}

// near names columns that are called nearly so, or some of them.
func near(r drift.Report, name string) string {
	var all, like []string
	for _, f := range r.Features {
		if all = append(all, f.Name); strings.EqualFold(f.Name, name) || strings.Contains(strings.ToLower(f.Name), strings.ToLower(name)) {
			like = append(like, f.Name)
		}
	}
	if len(like) > 0 {
		all = like
	}
	const most = 8
	switch {
	case len(all) == 0:
		return ""
	case len(all) > most:
		return "; it has " + strings.Join(all[:most], ", ") + " …"
	}
	return "; it has " + strings.Join(all, ", ")
}
