package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"benchside/artifacts/previews"
	filetexts "benchside/artifacts/texts"
	"benchside/sanitize"
)

// diffFlags say how two artifacts are compared.
type diffFlags struct {
	key       []string
	context   int
	limit     int
	tolerance float64
}

func (s *session) artifactsDiff() *cobra.Command {
	var f diffFlags
	c := s.leaf(&cobra.Command{
		Use: "diff RUN_A RUN_B PATH", Short: "Compare an artifact of two runs: texts, documents, tables, arrays, pictures",
		Long: "Compares what two runs logged under one path. Exits with 0 if it is the same, with 3 if it differs.",
		Args: takes(3, "two runs and the path of a file"),
	}, func(ctx context.Context, args []string) error {
		if f.limit < 0 || !(f.tolerance >= 0) {
			return usage("--limit %d --tolerance %g: neither may be negative", f.limit, f.tolerance)
		}
		if f.context < -1 {
			return usage("--context %d: a number of lines, or -1 for all", f.context)
		}
		return s.diffArtifacts(ctx, args, f)
	})
	p := c.Flags()
	p.StringArrayVar(&f.key, "key", nil, "`COLUMN` of a table by which rows are found again; may be repeated; by their place by default")
	p.IntVar(&f.context, "context", 3, "lines around a change of a text; -1 means all")
	p.IntVar(&f.limit, "limit", 100, "at most `N` differences are listed; 0 means all")
	p.Float64Var(&f.tolerance, "tolerance", 0, "part of the greater number by which numbers of documents and arrays may differ")
	p.BoolVar(&s.forms.json, "json", false, "print JSON, which is stable")
	return c
}

func (s *session) diffArtifacts(ctx context.Context, args []string, f diffFlags) error {
	runs, err := s.files(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	defer closeAll(runs)
	a, err := previews.Open(ctx, runs[0], args[2])
	if err != nil {
		return fmt.Errorf("of %s: %w", args[0], err)
	}
	defer a.Close()
	b, err := previews.Open(ctx, runs[1], args[2])
	if err != nil {
		return fmt.Errorf("of %s: %w", args[1], err)
	}
	defer b.Close()
	d, err := previews.Diff(ctx, a, b, previews.Comparing{Key: f.key, Context: f.context, Limit: f.limit, Tolerance: f.tolerance})
	if err != nil {
		return err
	}
	if s.form == asJSON {
		if err := newJSONWriter(s.out).value(d); err != nil {
			return err
		}
	} else if err := s.printDifference(d); err != nil {
		return err
	}
	if !d.Same {
		return noError{fmt.Errorf("%s differs", a.Path)}
	}
	return nil
}

func (s *session) printDifference(d previews.Difference) error {
	line := func(format string, args ...any) error {
		_, err := fmt.Fprintln(s.out, strings.TrimRight(sanitize.Line(fmt.Sprintf(format, args...)), " "))
		return err
	}
	if d.Same && len(d.Summary) == 0 {
		return line("%s is the same, byte for byte", d.Path)
	}
	err := line("%s, compared as %s: %s", d.Path, d.As, strings.Join(d.Summary, "; "))
	if d.Kind[0] != d.Kind[1] {
		err = errors.Join(err, line("  %s and %s", d.Kind[0], d.Kind[1]))
	}
	for _, c := range d.Changes {
		if err != nil {
			return err
		}
		switch {
		case d.As == "text":
			err = line("%s%s", map[string]string{"same": "  ", "removed": "- ", "added": "+ "}[c.Change], filetexts.Safe(oneOf(c.A, c.B)))
		case c.A == nil:
			err = line("+ %s: %s", c.Where, c.B.Text)
		case c.B == nil:
			err = line("- %s: %s", c.Where, c.A.Text)
		default:
			err = line("~ %s: %s → %s", c.Where, c.A.Text, c.B.Text)
		}
	}
	if d.Cut {
		err = errors.Join(err, line("… there are more; --limit 0 lists all"))
	}
	return err
}

func oneOf(a, b *previews.Different) string {
	if a != nil {
		return a.Text
	}
	return b.Text
}
