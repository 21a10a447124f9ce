package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"benchside/store"
)

const readLedger = "read the ledger"

// lineJSON is a line of the ledger.
type lineJSON struct {
	Seq      int64       `json:"line"`
	At       store.Time  `json:"at"`
	By       string      `json:"by"`
	Via      string      `json:"via"`
	What     string      `json:"what"`
	Kind     string      `json:"of"`
	Name     string      `json:"name"`
	Version  *int64      `json:"version"`
	Sentence string      `json:"says"`
	Reason   *string     `json:"reason"`
	Changes  []rowChange `json:"changes"`
	Prev     *string     `json:"prev"`
	Hash     *string     `json:"hash"`
}

// rowChange is what became of a row: before is null for a new one, after for one
// that was deleted.
type rowChange struct {
	Table  string         `json:"table"`
	Key    map[string]any `json:"key"`
	Before map[string]any `json:"before"`
	After  map[string]any `json:"after"`
}

func linesJSON(lines []store.Line) []lineJSON {
	out := make([]lineJSON, len(lines))
	for i, l := range lines {
		out[i] = lineJSON{
			Seq: l.Seq, At: l.At, By: l.By.Name, Via: l.By.Via, What: l.What, Kind: string(l.Of.Kind), Name: l.Of.Name,
			Sentence: l.Sentence, Reason: orNull(l.Reason), Changes: make([]rowChange, len(l.Changes)), Prev: orNull(l.Prev), Hash: orNull(l.Hash),
		}
		if l.Of.Kind == store.VersionSubject {
			out[i].Version = &l.Of.Version
		}
		for j, c := range l.Changes {
			out[i].Changes[j] = rowChange(c)
		}
	}
	return out
}

func (s *session) modelsHistory() *cobra.Command {
	var limit int
	c := s.leaf(&cobra.Command{
		Use: "history [MODEL [VERSION]]", Short: "List the lines of the ledger, the newest first, and what others changed since",
		Args: between(0, 2, "perhaps a model, and a version of it"),
	}, func(ctx context.Context, args []string) error {
		if limit < 0 {
			return usage("--limit %d: a number of lines, or 0 for all", limit)
		}
		q := store.LineQuery{Limit: limit}
		if len(args) > 0 {
			q.Of = store.Subject{Kind: store.ModelSubject, Name: args[0]}
		}
		if len(args) > 1 {
			number, err := strconv.ParseInt(args[1], 10, 64)
			if err != nil || number < 1 {
				return usage("version %q is not a number", args[1])
			}
			q.Of.Kind, q.Of.Version = store.VersionSubject, number
		}
		return s.listLines(ctx, q)
	})
	c.Flags().IntVar(&limit, "limit", 50, "at most `N`; 0 means all")
	s.forms.add(c)
	return c
}

func (s *session) listLines(ctx context.Context, q store.LineQuery) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	ledger, err := role[store.LedgerReader](st, readLedger)
	if err != nil {
		return err
	}
	lines, err := unrecorded(ctx, ledger, q.Of)
	if err != nil {
		return err
	}
	found, err := ledger.Lines(ctx, q)
	if err != nil {
		return err
	}
	lines = append(lines, found...)
	if s.form == asJSON {
		return printArray(s.out, linesJSON(lines))
	}
	t := newTable(
		s.out, s.form, s.screenWidth(), column{head: "line", right: true}, column{head: "at", whole: true}, column{head: "by"},
		column{head: "what", whole: true}, column{head: "says"}, column{head: "reason"},
	)
	for _, l := range lines {
		number := text("not yet")
		if l.Seq > 0 {
			number = count(int(l.Seq))
		}
		by := l.By.Name
		if l.What == store.Observed {
			by = "another program"
		}
		if err := t.row(number, text(s.form.moment(l.At)), text(by), text(l.What), text(l.Sentence), text(l.Reason)); err != nil {
			return err
		}
	}
	return t.end()
}

// unrecorded are the changes of others that the ledger does not have yet, of a
// subject or of everything.
func unrecorded(ctx context.Context, ledger store.LedgerReader, of store.Subject) ([]store.Line, error) {
	all, err := ledger.Unrecorded(ctx)
	if err != nil || of.Name == "" {
		return all, err
	}
	var out []store.Line
	for _, l := range all {
		if l.Of.Name == of.Name {
			out = append(out, l)
		}
	}
	return out, nil
}

func (s *session) modelsVerify() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "verify-ledger", Short: "Check that no line of the ledger was edited, taken out or cut off; exit code 3 if one was",
		Args: takes(0, "no arguments"),
	}, func(ctx context.Context, _ []string) error {
		st, err := s.open(ctx)
		if err != nil {
			return err
		}
		defer st.Close()
		ledger, err := role[store.LedgerReader](st, readLedger)
		if err != nil {
			return err
		}
		lines, err := ledger.VerifyLedger(ctx)
		broken := errors.Is(err, store.ErrBroken)
		if err != nil && !broken {
			return err
		}
		if s.form == asJSON {
			says := ""
			if broken {
				says = err.Error()
			}
			if err := newJSONWriter(s.out).value(map[string]any{"lines": lines, "holds": !broken, "problem": orNull(says)}); err != nil {
				return err
			}
		} else if !broken {
			fmt.Fprintf(s.out, "%d lines hold\n", lines)
		}
		if broken {
			return noError{err}
		}
		return nil
	})
	c.Flags().BoolVar(&s.forms.json, "json", false, "print JSON, which is stable")
	return c
}

func (s *session) modelsObserve() *cobra.Command {
	return s.modelChange(modelCommand{
		use: "observe [MODEL]", short: "Write into the ledger what other programs changed in the models", args: between(0, 1, "perhaps a model"),
		what: func(_ context.Context, _ store.RegistryReader, args []string) ([]store.Mutation, error) {
			m := store.Observe{}
			if len(args) > 0 {
				m.Model = args[0]
			}
			return []store.Mutation{m}, nil
		},
	})
}

// undoLine is the command that takes back lines of the ledger, whatever they are
// about.
func (s *session) undoLine() *cobra.Command {
	return s.modelChange(modelCommand{
		use: "undo LINE…", short: "Take back lines of the ledger, the newest first, if nobody changed their rows since", asks: true,
		args: between(1, 1000, "the number of a line, or several"),
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			ledger, err := role[store.LedgerReader](r, readLedger)
			if err != nil {
				return nil, err
			}
			var numbers []int64
			for _, arg := range args {
				seq, err := strconv.ParseInt(arg, 10, 64)
				if err != nil || seq < 1 {
					return nil, usage("line %q is not a number; models history lists them", arg)
				}
				numbers = append(numbers, seq)
			}
			slices.Sort(numbers)
			var out []store.Mutation
			for _, seq := range slices.Backward(slices.Compact(numbers)) {
				lines, err := ledger.Lines(ctx, store.LineQuery{Before: seq + 1, Limit: 1})
				if err != nil {
					return nil, err
				}
				if len(lines) == 0 || lines[0].Seq != seq {
					return nil, fmt.Errorf("line %d of the ledger: %w", seq, store.ErrNotFound)
				}
				out = append(out, store.Undo{Line: seq, Of: lines[0].Of, Did: lines[0].Sentence})
			}
			return out, nil
		},
	})
}
