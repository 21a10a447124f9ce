package cmd

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"benchside/store"
)

const readRequests = "read the requests"

func (s *session) modelsRequest() *cobra.Command {
	var archive bool
	return s.modelChange(modelCommand{
		use: "request MODEL VERSION STAGE", short: "Ask that somebody move a version to a stage",
		args: takes(3, "a model, a version and a stage"),
		flags: func(c *cobra.Command) {
			c.Flags().BoolVar(&archive, "archive-existing", false, "archive the other versions of the stage when it is approved")
		},
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			v, err := versionCalled(ctx, r, args[0], args[1])
			return []store.Mutation{store.RequestStage{
				Model: v.Name, Version: v.Version, To: args[2], ArchiveExisting: archive, From: store.Saw(v.Stage),
			}}, err
		},
	})
}

// modelsDecide is the command that approves, rejects or cancels.
func (s *session) modelsDecide(use, short string, decision store.Decision) *cobra.Command {
	var comment string
	return s.modelChange(modelCommand{
		use: use, short: short, args: takes(1, "the number of the request"),
		flags: func(c *cobra.Command) { c.Flags().StringVar(&comment, "comment", "", "`TEXT` for whoever asked") },
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return nil, usage("request %q is not a number; models requests lists them", args[0])
			}
			g, err := role[store.GovernanceReader](r, readRequests)
			if err != nil {
				return nil, err
			}
			q, err := requestCalled(ctx, g, id)
			return []store.Mutation{store.DecideRequest{
				Request: id, Decision: decision, Comment: comment,
				Of: store.Subject{Kind: store.VersionSubject, Name: q.Model, Version: q.Version},
			}}, err
		},
	})
}

func requestCalled(ctx context.Context, g store.GovernanceReader, id int64) (store.Request, error) {
	all, err := g.Requests(ctx, store.RequestQuery{})
	if err != nil {
		return store.Request{}, err
	}
	for _, q := range all {
		if q.ID == id {
			return q, nil
		}
	}
	return store.Request{}, fmt.Errorf("request %d: %w", id, store.ErrNotFound)
}

// requestJSON is a request as models requests prints it.
type requestJSON struct {
	ID              int64          `json:"request"`
	Model           string         `json:"name"`
	Version         int64          `json:"version"`
	From            string         `json:"from"`
	To              string         `json:"to"`
	ArchiveExisting bool           `json:"archive_existing"`
	By              string         `json:"by"`
	At              store.Time     `json:"at"`
	Reason          string         `json:"reason"`
	State           store.Decision `json:"state"`
	DecidedBy       *string        `json:"decided_by"`
	Decided         store.Time     `json:"decided_at"`
	Comment         *string        `json:"comment"`
}

func (s *session) modelsRequests() *cobra.Command {
	var all bool
	c := s.leaf(&cobra.Command{
		Use: "requests [MODEL]", Short: "List the requests that wait for somebody, or all of them", Args: between(0, 1, "perhaps a model"),
	}, func(ctx context.Context, args []string) error {
		q := store.RequestQuery{State: store.Waiting}
		if all {
			q.State = ""
		}
		if len(args) > 0 {
			q.Model = args[0]
		}
		st, err := s.open(ctx)
		if err != nil {
			return err
		}
		defer st.Close()
		g, err := role[store.GovernanceReader](st, readRequests)
		if err != nil {
			return err
		}
		found, err := g.Requests(ctx, q)
		if err != nil {
			return err
		}
		return s.listRequests(found)
	})
	c.Flags().BoolVar(&all, "all", false, "also those that were decided")
	s.forms.add(c)
	return c
}

func (s *session) listRequests(found []store.Request) error {
	if s.form == asJSON {
		out := make([]requestJSON, len(found))
		for i, q := range found {
			out[i] = requestJSON{
				q.ID, q.Model, q.Version, q.From, q.To, q.ArchiveExisting, q.By, q.At, q.Reason, q.State, orNull(q.DecidedBy), q.Decided, orNull(q.Comment),
			}
		}
		return printArray(s.out, out)
	}
	t := newTable(
		s.out, s.form, s.screenWidth(), column{head: "request", right: true}, column{head: "model"}, column{head: "version", right: true},
		column{head: "from"}, column{head: "to"}, column{head: "state", whole: true}, column{head: "by"}, column{head: "at", whole: true},
		column{head: "reason"}, column{head: "comment"},
	)
	for _, q := range found {
		if err := t.row(
			count(int(q.ID)), text(q.Model), count(int(q.Version)), text(q.From), text(q.To), text(string(q.State)), text(q.By),
			text(s.form.moment(q.At)), text(q.Reason), text(q.Comment),
		); err != nil {
			return err
		}
	}
	return t.end()
}

func (s *session) modelsRule() *cobra.Command {
	var rule store.Rule
	return s.modelChange(modelCommand{
		use: "rule MODEL STAGE", short: "Say what moving a version of a model to a stage asks for; without flags, nothing",
		args: takes(2, "a model and a stage"),
		flags: func(c *cobra.Command) {
			c.Flags().BoolVar(&rule.NeedsApproval, "approval", false, "a request that somebody else approved")
			c.Flags().BoolVar(&rule.NeedsGate, "gate", false, "a gate of this version that passed or was waived")
		},
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			m, err := r.Model(ctx, args[0])
			rule.Stage = args[1]
			return []store.Mutation{store.SetRule{Model: m.Name, Rule: rule}}, err
		},
	})
}

func (s *session) modelsRollback() *cobra.Command {
	var stage, alias string
	var line int64
	return s.modelChange(modelCommand{
		use: "rollback MODEL", short: "Move a stage or an alias back to where it was before its last change",
		args: takes(1, "a model"), asks: true,
		flags: func(c *cobra.Command) {
			c.Flags().StringVar(&stage, "stage", "", "the `STAGE`, such as Production")
			c.Flags().StringVar(&alias, "alias", "", "the `ALIAS`, such as champion")
			c.Flags().Int64Var(&line, "line", 0, "the line `N` of the ledger that is taken back, instead")
		},
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			if given := len(slices.DeleteFunc([]bool{stage != "", alias != "", line != 0}, func(set bool) bool { return !set })); given != 1 {
				return nil, usage("give one of --stage, --alias and --line")
			}
			ledger, err := role[store.LedgerReader](r, readLedger)
			if err != nil {
				return nil, err
			}
			of := store.Subject{Kind: store.ModelSubject, Name: args[0]}
			lines, err := ledger.Lines(ctx, store.LineQuery{Of: of})
			if err != nil {
				return nil, err
			}
			for _, l := range lines {
				if l.Seq == line || line == 0 && l.Moves(stage, alias) {
					return []store.Mutation{store.RollBack{Line: l.Seq, Of: l.Of}}, nil
				}
			}
			return nil, fmt.Errorf("roll %s back: the ledger has no such change: %w", args[0], store.ErrNotFound)
		},
	})
}
