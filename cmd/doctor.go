package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"benchside/sanitize"
	"benchside/store"
)

// findingJSON is what one look at the store found.
type findingJSON struct {
	Check   string        `json:"check"`
	Verdict store.Verdict `json:"verdict"`
	Says    string        `json:"says"`
	Count   int64         `json:"count"`
	Of      []string      `json:"of"`
	Advice  *string       `json:"advice"`
}

func (s *session) storeDoctor() *cobra.Command {
	var look store.Inspection
	var idle string
	var analyze bool
	c := s.leaf(&cobra.Command{
		Use: "doctor", Args: takes(0, "no arguments"),
		Short: "Look for what is wrong with the store: lost rows, wrong latest metrics, stuck runs, the disk; exit code 3 if a check says no",
	}, func(ctx context.Context, _ []string) (err error) {
		if look.Idle, err = ageOf(idle); err != nil {
			return usage("--idle %q: %s", idle, err)
		}
		return s.examine(ctx, look, analyze)
	})
	f := c.Flags()
	f.BoolVar(&look.Integrity, "integrity", false, "have SQLite check each page, a second for every 100 MB or so")
	f.BoolVar(&analyze, "analyze", false, "gather the statistics that SQLite plans queries by, MLflow's too; this writes to the store")
	f.StringVar(&idle, "idle", "1d", "a run that is RUNNING and logged nothing for `AGE` is stuck")
	f.BoolVar(&s.forms.json, "json", false, "print JSON, which is stable")
	return c
}

func (s *session) examine(ctx context.Context, look store.Inspection, analyze bool) error {
	s.writes = analyze
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	const doing = "look for what is wrong"
	inspector, err := role[store.Inspector](st, doing)
	if err != nil {
		return err
	}
	if analyze {
		a, err := role[store.Analyzer](st, doing)
		if err != nil {
			return err
		}
		if err := a.Analyze(ctx); err != nil {
			return err
		}
	}
	w := newJSONWriter(s.out)
	var wrong []string
	err = inspector.Inspect(ctx, look, func(f store.Finding) error {
		if f.Verdict == store.NotMet {
			wrong = append(wrong, f.Check)
		}
		if s.form == asJSON {
			return w.element(findingJSON{f.Check, f.Verdict, f.Says, f.Count, append([]string{}, f.Of...), orNull(f.Advice)})
		}
		return s.sayFinding(f)
	})
	if err == nil && s.form == asJSON {
		err = w.end()
	}
	if err == nil && len(wrong) > 0 {
		err = noError{fmt.Errorf("the store is not well: %s", strings.Join(wrong, ", "))}
	}
	return err
}

// sayFinding prints a finding as it comes: a look at a big store takes a while.
func (s *session) sayFinding(f store.Finding) error {
	sign := map[store.Verdict]string{store.Passed: "✓", store.Warned: "!", store.NotMet: "✗", store.NotKnown: "?"}[f.Verdict]
	lines := []string{fmt.Sprintf("%s %-23s %s", sign, f.Check, sanitize.Line(f.Says))}
	const under = "                          "
	if f.Verdict == store.Warned || f.Verdict == store.NotMet {
		for _, of := range f.Of {
			lines = append(lines, under+sanitize.Line(of))
		}
		if more := f.Count - int64(len(f.Of)); more > 0 && len(f.Of) > 0 {
			lines = append(lines, fmt.Sprintf("%sand %d more", under, more))
		}
	}
	if f.Advice != "" {
		lines = append(lines, under+"→ "+sanitize.Line(f.Advice))
	}
	_, err := fmt.Fprintln(s.out, strings.Join(lines, "\n"))
	return err
}
