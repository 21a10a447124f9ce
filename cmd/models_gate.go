package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"benchside/gates"
	"benchside/promotion"
	"benchside/sanitize"
	"benchside/store"
)

// cardJSON is a gate card as models gate prints it.
type cardJSON struct {
	Model   string        `json:"name"`
	Version int64         `json:"version"`
	Stage   string        `json:"stage"`
	Against *int64        `json:"against"`
	By      string        `json:"by"`
	At      store.Time    `json:"at"`
	Verdict store.Verdict `json:"verdict"`
	Checks  []checkJSON   `json:"checks"`
}

type checkJSON struct {
	Name    string        `json:"check"`
	Verdict store.Verdict `json:"verdict"`
	Says    string        `json:"says"`
	Reason  *string       `json:"waived_because"`
	By      *string       `json:"waived_by"`
}

func cardForm(c store.GateCard) cardJSON {
	out := cardJSON{Model: c.Model, Version: c.Version, Stage: c.Stage, By: c.By, At: c.At, Verdict: c.Verdict, Checks: make([]checkJSON, len(c.Checks))}
	if c.Against > 0 {
		out.Against = &c.Against
	}
	for i, check := range c.Checks {
		out.Checks[i] = checkJSON{check.Name, check.Verdict, check.Says, orNull(check.Reason), orNull(check.By)}
	}
	return out
}

// gateFlags are those of models gate.
type gateFlags struct {
	stage, rules string
	waive        []string
	record       bool
	md           bool
}

func (s *session) modelsGate() *cobra.Command {
	var g gateFlags
	c := s.leaf(&cobra.Command{
		Use: "gate MODEL VERSION", Short: "Check a version before it is promoted; exit code 3 if it does not pass",
		Long: "Holds a version to the rules of " + gates.FileName + ", in the working folder or beside the store: metrics against the\n" +
			"version in the stage with their noise, conditions, signature, dataset, reviewer, drift. --record keeps the card in\n" +
			"the ledger, where a rule that needs a gate looks for it.",
		Args: takes(2, "a model and a version"),
	}, func(ctx context.Context, args []string) error { return s.gate(ctx, args[0], args[1], g) })
	f := c.Flags()
	f.StringVar(&g.stage, "stage", store.StageProduction, "the `STAGE` that it is to go to")
	f.StringVar(&g.rules, "rules", "", "the `FILE` of rules")
	f.StringArrayVar(&g.waive, "waive", nil, "`CHECK=REASON` waives a check that failed; may be repeated")
	f.BoolVar(&g.record, "record", false, "keep the card in the ledger")
	f.BoolVar(&s.forms.json, "json", false, "print JSON, which is stable")
	f.BoolVar(&g.md, "md", false, "print Markdown")
	return c
}

func (s *session) gate(ctx context.Context, model, version string, g gateFlags) error {
	s.writes = g.record
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	v, err := versionCalled(ctx, st, model, version)
	if err != nil {
		return err
	}
	rules, err := readRules(g.rules, s.storePath())
	if err != nil {
		return err
	}
	stage, ok := store.StageNamed(g.stage)
	if !ok {
		return usage("--stage %q is none of %s", g.stage, strings.Join(store.Stages(), ", "))
	}
	card, err := promotion.Card(ctx, st, s.places(s.configured()), rules, promotion.Question{
		Version: v, Stage: stage, By: s.author().Name, Now: time.Now(), Directions: keptDirections().All(),
	})
	if err != nil {
		return err
	}
	for _, w := range g.waive {
		name, reason, _ := strings.Cut(w, "=")
		if !rules.For(model, card.Stage).Waivers {
			return noError{fmt.Errorf("waive %s: %w: the rules of %s allow no waivers", name, store.ErrDenied, model)}
		}
		if card, err = gates.Waive(card, name, reason, s.author().Name); err != nil {
			return usageError{err}
		}
	}
	say := func(store.Receipt) error { return s.sayCard(card, g.md) }
	if !g.record {
		return say(store.Receipt{})
	}
	w, err := writer(ctx, st)
	if err != nil {
		return err
	}
	return s.write(ctx, st, w, store.Intent{Mutations: []store.Mutation{store.RecordGate{Card: card}}}, say)
}

// readRules reads a file of rules: the one that is named, else that of the working
// folder or of the store's, else none.
func readRules(named, storePath string) (gates.Rules, error) {
	paths := []string{named}
	if named == "" {
		paths = []string{gates.FileName, filepath.Join(filepath.Dir(storePath), gates.FileName)}
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && named == "":
			continue
		case err != nil:
			return gates.Rules{}, fmt.Errorf("read the rules: %w", err)
		case !info.Mode().IsRegular() || info.Size() > gates.FileBytes:
			return gates.Rules{}, fmt.Errorf("read the rules: %s is no file of up to %d bytes", path, gates.FileBytes)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return gates.Rules{}, fmt.Errorf("read the rules: %w", err)
		}
		return gates.Parse(path, string(content))
	}
	return gates.Rules{}, nil
}

func (s *session) sayCard(c store.GateCard, md bool) error {
	switch {
	case s.form == asJSON:
		if err := newJSONWriter(s.out).value(cardForm(c)); err != nil {
			return err
		}
	case md:
		for _, line := range strings.Split(gates.Markdown(c), "\n") {
			fmt.Fprintln(s.out, sanitize.Line(line))
		}
	default:
		fmt.Fprintf(s.out, "%s v%d to %s: %s", sanitize.Line(c.Model), c.Version, c.Stage, c.Verdict)
		if c.Against > 0 {
			fmt.Fprintf(s.out, ", against v%d", c.Against)
		}
		fmt.Fprintln(s.out)
		for _, check := range c.Checks {
			fmt.Fprintf(s.out, "%s %-12s %s\n", gates.Sign(check.Verdict), sanitize.Line(check.Name), sanitize.Line(check.Says))
			if check.Reason != "" {
				fmt.Fprintf(s.out, "  %-12s waived by %s: %s\n", "", sanitize.Line(check.By), sanitize.Line(check.Reason))
			}
		}
	}
	if c.Verdict == store.NotMet {
		return noError{fmt.Errorf("%s v%d does not pass the gate to %s", c.Model, c.Version, c.Stage)}
	}
	return nil
}
