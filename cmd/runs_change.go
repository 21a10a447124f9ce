package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"benchside/store"
	"benchside/store/search"
)

// chosenRuns are the flags that choose runs in the place of their ids.
type chosenRuns struct {
	filter      string
	experiments []string
}

func (f *chosenRuns) add(c *cobra.Command) {
	p := c.Flags()
	p.StringVar(&f.filter, "filter", "", "all runs that `Q` in MLflow's search language finds, instead of ids")
	p.StringArrayVar(&f.experiments, "experiment", nil, "all runs of the experiment `ID|NAME`, or those that the filter finds there; may be repeated")
}

// runs finds the runs that are named, each once, or those of the filter.
func (f *chosenRuns) runs(ctx context.Context, st store.Store, names []string, stage store.Lifecycle) ([]store.Run, error) {
	if f.filter == "" && len(f.experiments) == 0 {
		var found []store.Run
		for _, name := range names {
			r, err := oneRun(ctx, st, name)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(found, func(other store.Run) bool { return other.ID == r.ID }) {
				found = append(found, r)
			}
		}
		return found, nil
	}
	q := store.RunQuery{Stage: stage}
	var err error
	if q.Filter, err = search.Parse(f.filter, search.Runs); err != nil {
		return nil, fmt.Errorf("--filter: %w", err)
	}
	if q.Experiments, err = experimentIDs(ctx, st, f.experiments); err != nil {
		return nil, err
	}
	var found []store.Run
	err = eachRun(ctx, st, q, func(r *store.Run) error { found = append(found, *r); return nil })
	return found, err
}

// chooses reports whether the flags say which runs.
func (f *chosenRuns) chooses() bool { return f.filter != "" || len(f.experiments) > 0 }

// runCommand is a command that changes runs.
type runCommand struct {
	use, short string
	words      int // arguments behind the runs
	called     string
	stage      store.Lifecycle // of the runs that a filter finds
	one        bool            // it takes a single run and no filter
	asks       bool            // also where it is about one run
	flags      func(c *cobra.Command)
	// ready returns what is done with each run, words being the last arguments.
	ready func(words []string) (each func(r *store.Run) (store.Mutation, error), err error)
}

// runsChange is a command that does the same with each of the runs, all in one
// transaction.
func (s *session) runsChange(m runCommand) *cobra.Command {
	o := changes{asks: true, free: 1}
	if m.asks {
		o.free = 0
	}
	var chosen chosenRuns
	c := &cobra.Command{Use: m.use, Short: m.short}
	c.Args = func(_ *cobra.Command, args []string) error {
		runs := len(args) - m.words
		switch {
		case chosen.chooses() && runs != 0:
			return usage("takes runs or --filter, not both%s", and(m.called))
		case !chosen.chooses() && runs < 1, m.one && runs != 1:
			return usage("takes %s", strings.TrimPrefix(plural(m.one)+and(m.called), " "))
		}
		return nil
	}
	s.leaf(c, func(ctx context.Context, args []string) error {
		at := len(args) - m.words
		each, err := m.ready(args[at:])
		if err != nil {
			return err
		}
		return s.change(ctx, o, func(ctx context.Context, st store.Store) ([]store.Mutation, error) {
			found, err := chosen.runs(ctx, st, args[:at], m.stage)
			if err != nil {
				return nil, err
			}
			return mutationsOf(found, chosen.chooses(), each)
		})
	})
	o.add(c, s)
	if !m.one {
		chosen.add(c)
	}
	if m.flags != nil {
		m.flags(c)
	}
	return c
}

func and(called string) string {
	if called == "" {
		return ""
	}
	return ", and " + called
}

func plural(one bool) string {
	if one {
		return "a run"
	}
	return "runs or --filter"
}

// unfitError: a change that a run is not in the state for.
type unfitError struct{ error }

func (e unfitError) Unwrap() error { return e.error }

// mutationsOf makes the mutation of each run. Of those that a filter found, those
// that it does not fit are left out.
func mutationsOf(runs []store.Run, filtered bool, each func(*store.Run) (store.Mutation, error)) ([]store.Mutation, error) {
	var out []store.Mutation
	for i := range runs {
		m, err := each(&runs[i])
		switch {
		case filtered && errors.As(err, new(unfitError)):
		case err != nil:
			return nil, err
		default:
			out = append(out, m)
		}
	}
	return out, nil
}

func (s *session) runsRename() *cobra.Command {
	return s.runsChange(runCommand{
		use: "rename RUN NAME", short: "Give a run another name", words: 1, called: "its new name", one: true,
		ready: func(words []string) (func(*store.Run) (store.Mutation, error), error) {
			if words[0] == "" {
				return nil, usage("the new name is empty")
			}
			return func(r *store.Run) (store.Mutation, error) {
				return store.RenameRun{Run: store.TargetOf(r.Head), To: words[0], From: store.Saw(r.Name)}, nil
			}, nil
		},
	})
}

// keyAndValue reads KEY=VALUE.
func keyAndValue(text string) (key, value string, err error) {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" {
		return "", "", usage("tag %q is not KEY=VALUE", text)
	}
	return key, value, nil
}

func (s *session) runsTag() *cobra.Command {
	return s.runsChange(runCommand{
		use: "tag [RUN…] KEY=VALUE", short: "Set a tag of runs", words: 1, called: "KEY=VALUE",
		ready: func(words []string) (func(*store.Run) (store.Mutation, error), error) {
			key, value, err := keyAndValue(words[0])
			return func(r *store.Run) (store.Mutation, error) {
				return store.TagRun{Run: store.TargetOf(r.Head), Key: key, Value: value, From: store.SawTag(r.Tags, key)}, nil
			}, err
		},
	})
}

func (s *session) runsUntag() *cobra.Command {
	return s.runsChange(runCommand{
		use: "untag [RUN…] KEY", short: "Take a tag from runs", words: 1, called: "the key",
		ready: func(words []string) (func(*store.Run) (store.Mutation, error), error) {
			return func(r *store.Run) (store.Mutation, error) {
				from := store.SawTag(r.Tags, words[0])
				if !from.There {
					return nil, unfitError{fmt.Errorf("run %s: tag %s: %w", r.Called(), words[0], store.ErrNotFound)}
				}
				return store.UntagRun{Run: store.TargetOf(r.Head), Key: words[0], From: from}, nil
			}, nil
		},
	})
}

// longestNote bounds what is read as a note; MLflow takes 8000 signs.
const longestNote = 1 << 20

// note is a text as it is given, or what the input has if it is a dash.
func (s *session) note(text string) (string, error) {
	if text != "-" {
		return text, nil
	}
	b, err := io.ReadAll(io.LimitReader(s.in, longestNote))
	if err != nil {
		return "", fmt.Errorf("read the note: %w", err)
	}
	return strings.TrimRight(string(b), "\n"), nil
}

func (s *session) runsNote() *cobra.Command {
	return s.runsChange(runCommand{
		use: "note [RUN…] TEXT", short: "Set the note of runs, which may be Markdown; - reads it from the input", words: 1, called: "the text",
		ready: func(words []string) (func(*store.Run) (store.Mutation, error), error) {
			to, err := s.note(words[0])
			return func(r *store.Run) (store.Mutation, error) {
				return store.NoteRun{Run: store.TargetOf(r.Head), To: to, From: store.SawTag(r.Tags, store.TagNote)}, nil
			}, err
		},
	})
}

func (s *session) runsDelete() *cobra.Command {
	return s.runsChange(runCommand{
		use: "delete [RUN…]", short: "Mark runs as deleted; runs restore brings them back, runs purge removes them", asks: true,
		ready: func([]string) (func(*store.Run) (store.Mutation, error), error) {
			return func(r *store.Run) (store.Mutation, error) {
				if r.Stage == store.Deleted {
					return nil, unfitError{fmt.Errorf("delete run %s: it is deleted already", r.Called())}
				}
				return store.DeleteRun{Run: store.TargetOf(r.Head), From: store.Saw(r.Stage)}, nil
			}, nil
		},
	})
}

func (s *session) runsRestore() *cobra.Command {
	return s.runsChange(runCommand{
		use: "restore [RUN…]", short: "Bring deleted runs back", stage: store.DeletedOnly,
		ready: func([]string) (func(*store.Run) (store.Mutation, error), error) {
			return func(r *store.Run) (store.Mutation, error) {
				if r.Stage != store.Deleted {
					return nil, unfitError{fmt.Errorf("restore run %s: it is not deleted", r.Called())}
				}
				return store.RestoreRun{Run: store.TargetOf(r.Head), From: store.Saw(r.Stage)}, nil
			}, nil
		},
	})
}

func (s *session) runsKill() *cobra.Command {
	var failed bool
	return s.runsChange(runCommand{
		use: "kill [RUN…]", short: "Set runs KILLED whose process is gone, with now as their end; no process is ended", asks: true,
		flags: func(c *cobra.Command) { c.Flags().BoolVar(&failed, "failed", false, "set them FAILED instead") },
		ready: func([]string) (func(*store.Run) (store.Mutation, error), error) {
			to := store.Killed
			if failed {
				to = store.Failed
			}
			return func(r *store.Run) (store.Mutation, error) {
				if !r.Status.Live() {
					return nil, unfitError{fmt.Errorf("end run %s: it is %s, not RUNNING or SCHEDULED", r.Called(), r.Status)}
				}
				return store.EndRun{Run: store.TargetOf(r.Head), To: to, From: store.Saw(r.Status)}, nil
			}, nil
		},
	})
}

// runs are the commands over runs.
func (s *session) runs() []*cobra.Command {
	return []*cobra.Command{
		s.runsList(), s.runsShow(), s.runsTree(),
		s.runsRename(), s.runsTag(), s.runsUntag(), s.runsNote(), s.runsDelete(), s.runsRestore(), s.runsKill(), s.runsDu(), s.runsPurge(),
		s.undoLine(),
	}
}
