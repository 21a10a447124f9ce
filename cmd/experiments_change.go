package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"benchside/store"
)

// experimentCommand is a command that changes experiments.
type experimentCommand struct {
	use, short string
	args       cobra.PositionalArgs
	asks       bool
	flags      func(c *cobra.Command)
	what       func(ctx context.Context, st store.Store, args []string) ([]store.Mutation, error)
}

func (s *session) experimentChange(m experimentCommand) *cobra.Command {
	o := changes{asks: true, free: 1}
	if m.asks {
		o.free = 0
	}
	c := s.changing(o, &cobra.Command{Use: m.use, Short: m.short, Args: m.args}, m.what)
	if m.flags != nil {
		m.flags(c)
	}
	return c
}

// experimentsCalled finds experiments of any stage by id or name.
func experimentsCalled(ctx context.Context, st store.Store, words []string) ([]store.Experiment, error) {
	ids, err := experimentIDs(ctx, st, words)
	if err != nil {
		return nil, err
	}
	all, err := st.Experiments(ctx, store.ExperimentQuery{Stage: store.AnyStage})
	if err != nil {
		return nil, err
	}
	byID := map[string]store.Experiment{}
	for _, e := range all {
		byID[e.ID] = e
	}
	var out []store.Experiment
	for _, id := range ids {
		if e, ok := byID[id]; ok {
			out = append(out, e)
			delete(byID, id) // named twice, it is changed once
		}
	}
	return out, nil
}

// eachExperiment makes the mutations of the experiments that words name.
func eachExperiment(ctx context.Context, st store.Store, words []string, each func(e store.Experiment) (store.Mutation, error)) ([]store.Mutation, error) {
	found, err := experimentsCalled(ctx, st, words)
	var out []store.Mutation
	for _, e := range found {
		if err == nil {
			var m store.Mutation
			m, err = each(e)
			out = append(out, m)
		}
	}
	return out, err
}

func (s *session) experimentsCreate() *cobra.Command {
	var location string
	var tags []string
	return s.experimentChange(experimentCommand{
		use: "create NAME", short: "Create an experiment without runs", args: takes(1, "the name of the experiment"),
		flags: func(c *cobra.Command) {
			c.Flags().StringVar(&location, "artifact-location", "", "the `URI` under which its runs keep files; beside those of the others by default")
			c.Flags().StringArrayVar(&tags, "tag", nil, "`KEY=VALUE`; may be repeated")
		},
		what: func(_ context.Context, _ store.Store, args []string) ([]store.Mutation, error) {
			held, err := tagList(tags)
			return []store.Mutation{store.CreateExperiment{Called: args[0], Location: location, Tags: held}}, err
		},
	})
}

func (s *session) experimentsRename() *cobra.Command {
	return s.experimentChange(experimentCommand{
		use: "rename EXPERIMENT NAME", short: "Give an experiment another name", args: takes(2, "an experiment and its new name"),
		what: func(ctx context.Context, st store.Store, args []string) ([]store.Mutation, error) {
			return eachExperiment(ctx, st, args[:1], func(e store.Experiment) (store.Mutation, error) {
				return store.RenameExperiment{Experiment: store.Target{ID: e.ID, Name: e.Name}, To: args[1], From: store.Saw(e.Name)}, nil
			})
		},
	})
}

func (s *session) experimentsDelete() *cobra.Command {
	return s.experimentChange(experimentCommand{
		use: "delete EXPERIMENT…", short: "Mark experiments and all their runs as deleted", asks: true,
		args: between(1, 1000, "one experiment or more"),
		what: func(ctx context.Context, st store.Store, args []string) ([]store.Mutation, error) {
			activity, err := st.Activity(ctx)
			if err != nil {
				return nil, err
			}
			return eachExperiment(ctx, st, args, func(e store.Experiment) (store.Mutation, error) {
				if e.Stage == store.Deleted {
					return nil, fmt.Errorf("delete experiment %s: it is deleted already", e.Name)
				}
				return store.DeleteExperiment{Experiment: store.Target{ID: e.ID, Name: e.Name}, Runs: store.Saw(activity[e.ID].Runs)}, nil
			})
		},
	})
}

func (s *session) experimentsRestore() *cobra.Command {
	return s.experimentChange(experimentCommand{
		use: "restore EXPERIMENT…", short: "Bring deleted experiments back with all their runs", args: between(1, 1000, "one experiment or more"),
		what: func(ctx context.Context, st store.Store, args []string) ([]store.Mutation, error) {
			return eachExperiment(ctx, st, args, func(e store.Experiment) (store.Mutation, error) {
				if e.Stage != store.Deleted {
					return nil, fmt.Errorf("restore experiment %s: it is not deleted", e.Name)
				}
				return store.RestoreExperiment{Experiment: store.Target{ID: e.ID, Name: e.Name}}, nil
			})
		},
	})
}

func (s *session) experimentsTag() *cobra.Command {
	return s.experimentChange(experimentCommand{
		use: "tag EXPERIMENT… KEY=VALUE", short: "Set a tag of experiments", args: between(2, 1000, "one experiment or more, and KEY=VALUE"),
		what: func(ctx context.Context, st store.Store, args []string) ([]store.Mutation, error) {
			last := len(args) - 1
			key, value, err := keyAndValue(args[last])
			if err != nil {
				return nil, err
			}
			return eachExperiment(ctx, st, args[:last], func(e store.Experiment) (store.Mutation, error) {
				return store.TagExperiment{
					Experiment: store.Target{ID: e.ID, Name: e.Name}, Key: key, Value: value, From: store.SawTag(e.Tags, key),
				}, nil
			})
		},
	})
}

func (s *session) experimentsUntag() *cobra.Command {
	return s.experimentChange(experimentCommand{
		use: "untag EXPERIMENT… KEY", short: "Take a tag from experiments", args: between(2, 1000, "one experiment or more, and the key"),
		what: func(ctx context.Context, st store.Store, args []string) ([]store.Mutation, error) {
			last := len(args) - 1
			return eachExperiment(ctx, st, args[:last], func(e store.Experiment) (store.Mutation, error) {
				from := store.SawTag(e.Tags, args[last])
				if !from.There {
					return nil, fmt.Errorf("experiment %s: tag %s: %w", e.Name, args[last], store.ErrNotFound)
				}
				return store.UntagExperiment{Experiment: store.Target{ID: e.ID, Name: e.Name}, Key: args[last], From: from}, nil
			})
		},
	})
}

func (s *session) experimentsNote() *cobra.Command {
	return s.experimentChange(experimentCommand{
		use: "note EXPERIMENT TEXT", short: "Set the note of an experiment, which may be Markdown; - reads it from the input",
		args: takes(2, "an experiment and the text"),
		what: func(ctx context.Context, st store.Store, args []string) ([]store.Mutation, error) {
			to, err := s.note(args[1])
			if err != nil {
				return nil, err
			}
			return eachExperiment(ctx, st, args[:1], func(e store.Experiment) (store.Mutation, error) {
				return store.NoteExperiment{
					Experiment: store.Target{ID: e.ID, Name: e.Name}, To: to, From: store.SawTag(e.Tags, store.TagNote),
				}, nil
			})
		},
	})
}

// experiments are the commands over experiments.
func (s *session) experiments() []*cobra.Command {
	return []*cobra.Command{
		s.experimentsList(), s.experimentsCreate(), s.experimentsRename(), s.experimentsDelete(), s.experimentsRestore(),
		s.experimentsTag(), s.experimentsUntag(), s.experimentsNote(),
	}
}
