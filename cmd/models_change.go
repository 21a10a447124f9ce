package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"benchside/lineage"
	"benchside/store"
)

// versionCalled finds a version by its number, v3 or 3, a stage, an alias such as
// @champion, or latest.
func versionCalled(ctx context.Context, r store.ModelSources, model, word string) (store.ModelVersion, error) {
	versions, err := r.ModelVersions(ctx, model)
	if err != nil {
		return store.ModelVersion{}, err
	}
	if number, ok := strings.CutPrefix(word, "v"); ok && strings.Trim(number, "0123456789") == "" {
		word = number
	}
	v, ok := lineage.Named(versions, word)
	if !ok {
		return v, fmt.Errorf("model %s: version %s: %w", model, word, store.ErrNotFound)
	}
	return v, nil
}

// modelCommand is a command that changes the registry.
type modelCommand struct {
	use, short string
	args       cobra.PositionalArgs
	asks       bool
	flags      func(c *cobra.Command)
	what       func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error)
}

func (s *session) modelChange(m modelCommand) *cobra.Command {
	c := s.changing(changes{asks: m.asks}, &cobra.Command{Use: m.use, Short: m.short, Args: m.args},
		func(ctx context.Context, st store.Store, args []string) ([]store.Mutation, error) {
			return m.what(ctx, st, args)
		})
	if m.flags != nil {
		m.flags(c)
	}
	return c
}

// between takes some numbers of arguments, and says what they are in words.
func between(least, most int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return usage("takes %s; %d arguments are given", what, len(args))
		}
		return nil
	}
}

// tagList reads KEY=VALUE texts.
func tagList(texts []string) (map[string]string, error) {
	tags := map[string]string{}
	for _, text := range texts {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" {
			return nil, usage("tag %q is not KEY=VALUE", text)
		}
		tags[key] = value
	}
	return tags, nil
}

func (s *session) modelsCreate() *cobra.Command {
	var description string
	var tags []string
	return s.modelChange(modelCommand{
		use: "create MODEL", short: "Create a registered model without versions", args: takes(1, "the name of the model"),
		flags: func(c *cobra.Command) {
			c.Flags().StringVar(&description, "description", "", "`TEXT`, which may be Markdown")
			c.Flags().StringArrayVar(&tags, "tag", nil, "`KEY=VALUE`; may be repeated")
		},
		what: func(_ context.Context, _ store.RegistryReader, args []string) ([]store.Mutation, error) {
			held, err := tagList(tags)
			return []store.Mutation{store.CreateModel{Model: args[0], Description: description, Tags: held}}, err
		},
	})
}

func (s *session) modelsRegister() *cobra.Command {
	var run, description string
	var tags []string
	return s.modelChange(modelCommand{
		use:   "register MODEL SOURCE",
		short: "Register runs:/RUN/PATH, models:/m-ID, models:/NAME/VERSION or a folder as the next version of a model",
		args:  takes(2, "the name of the model and the source"),
		flags: func(c *cobra.Command) {
			c.Flags().StringVar(&run, "run", "", "the `ID` of the run that made it, if the source does not say it")
			c.Flags().StringVar(&description, "description", "", "`TEXT`, which may be Markdown")
			c.Flags().StringArrayVar(&tags, "tag", nil, "`KEY=VALUE`; may be repeated")
		},
		what: func(_ context.Context, _ store.RegistryReader, args []string) (_ []store.Mutation, err error) {
			m := store.NewVersion(args[0], args[1])
			m.Description, m.RunID = description, cmp.Or(run, m.RunID)
			m.Tags, err = tagList(tags)
			return []store.Mutation{m}, err
		},
	})
}

func (s *session) modelsDescribe() *cobra.Command {
	return s.modelChange(modelCommand{
		use: "describe MODEL [VERSION] TEXT", short: "Set the description of a model or of a version",
		args: between(2, 3, "a model, perhaps a version, and a text"),
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			if len(args) == 2 {
				m, err := r.Model(ctx, args[0])
				return []store.Mutation{store.DescribeModel{Model: m.Name, To: args[1], From: store.Saw(m.Description)}}, err
			}
			v, err := versionCalled(ctx, r, args[0], args[1])
			return []store.Mutation{store.DescribeVersion{
				Model: v.Name, Version: v.Version, To: args[2], From: store.Saw(v.Description),
			}}, err
		},
	})
}

func (s *session) modelsTag() *cobra.Command {
	return s.modelChange(modelCommand{
		use: "tag MODEL [VERSION] KEY=VALUE", short: "Set a tag of a model or of a version",
		args: between(2, 3, "a model, perhaps a version, and KEY=VALUE"),
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			key, value, ok := strings.Cut(args[len(args)-1], "=")
			if !ok || key == "" {
				return nil, usage("tag %q is not KEY=VALUE", args[len(args)-1])
			}
			if len(args) == 2 {
				m, err := r.Model(ctx, args[0])
				return []store.Mutation{store.TagModel{Model: m.Name, Key: key, Value: value, From: store.SawTag(m.Tags, key)}}, err
			}
			v, err := versionCalled(ctx, r, args[0], args[1])
			return []store.Mutation{store.TagVersion{
				Model: v.Name, Version: v.Version, Key: key, Value: value, From: store.SawTag(v.Tags, key),
			}}, err
		},
	})
}

func (s *session) modelsUntag() *cobra.Command {
	return s.modelChange(modelCommand{
		use: "untag MODEL [VERSION] KEY", short: "Take a tag from a model or from a version",
		args: between(2, 3, "a model, perhaps a version, and the key"),
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			key := args[len(args)-1]
			missing := fmt.Errorf("take tag %s: %w", key, store.ErrNotFound)
			if len(args) == 2 {
				m, err := r.Model(ctx, args[0])
				if _, there := m.Tags[key]; err == nil && !there {
					err = missing
				}
				return []store.Mutation{store.UntagModel{Model: m.Name, Key: key, From: store.SawTag(m.Tags, key)}}, err
			}
			v, err := versionCalled(ctx, r, args[0], args[1])
			if _, there := v.Tags[key]; err == nil && !there {
				err = missing
			}
			return []store.Mutation{store.UntagVersion{Model: v.Name, Version: v.Version, Key: key, From: store.SawTag(v.Tags, key)}}, err
		},
	})
}

func (s *session) modelsAlias() *cobra.Command {
	return s.modelChange(modelCommand{
		use: "alias MODEL VERSION ALIAS", short: "Point an alias to a version, or move it there",
		args: takes(3, "a model, a version and the alias"),
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			v, err := versionCalled(ctx, r, args[0], args[1])
			if err != nil {
				return nil, err
			}
			m, err := r.Model(ctx, args[0])
			alias := strings.TrimPrefix(args[2], "@")
			return []store.Mutation{store.SetAlias{Model: m.Name, Alias: alias, Version: v.Version, From: m.SawAlias(alias)}}, err
		},
	})
}

func (s *session) modelsUnalias() *cobra.Command {
	return s.modelChange(modelCommand{
		use: "unalias MODEL ALIAS", short: "Take an alias away", args: takes(2, "a model and the alias"),
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			m, err := r.Model(ctx, args[0])
			if err != nil {
				return nil, err
			}
			alias := strings.TrimPrefix(args[1], "@")
			from := m.SawAlias(alias)
			if !from.There {
				return nil, fmt.Errorf("model %s: alias %s: %w", m.Name, alias, store.ErrNotFound)
			}
			return []store.Mutation{store.DeleteAlias{Model: m.Name, Alias: alias, From: from}}, nil
		},
	})
}

func (s *session) modelsTransition() *cobra.Command {
	var archive bool
	return s.modelChange(modelCommand{
		use: "transition MODEL VERSION STAGE", short: "Move a version to None, Staging, Production or Archived",
		args: takes(3, "a model, a version and a stage"), asks: true,
		flags: func(c *cobra.Command) {
			c.Flags().BoolVar(&archive, "archive-existing", false, "archive the other versions of the stage")
		},
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			v, err := versionCalled(ctx, r, args[0], args[1])
			return []store.Mutation{store.MoveStage{
				Model: v.Name, Version: v.Version, To: args[2], ArchiveExisting: archive, From: store.Saw(v.Stage),
			}}, err
		},
	})
}

func (s *session) modelsDelete() *cobra.Command {
	return s.modelChange(modelCommand{
		use: "delete MODEL [VERSION]", short: "Delete a version, whose number is not given again, or a model with all of it",
		args: between(1, 2, "a model and perhaps a version"), asks: true,
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			if len(args) == 1 {
				m, err := r.Model(ctx, args[0])
				return []store.Mutation{store.DeleteModel{Model: m.Name, Versions: store.Saw(m.Versions)}}, err
			}
			v, err := versionCalled(ctx, r, args[0], args[1])
			return []store.Mutation{store.DeleteVersion{Model: v.Name, Version: v.Version, From: store.Saw(v.Stage)}}, err
		},
	})
}

func (s *session) modelsRename() *cobra.Command {
	return s.modelChange(modelCommand{
		use: "rename MODEL NAME", short: "Rename a model with everything that hangs on it", asks: true,
		args: takes(2, "a model and its new name"),
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			m, err := r.Model(ctx, args[0])
			return []store.Mutation{store.RenameModel{Model: m.Name, To: args[1]}}, err
		},
	})
}

func (s *session) modelsComment() *cobra.Command {
	return s.modelChange(modelCommand{
		use: "comment MODEL VERSION TEXT", short: "Add a comment to a version", args: takes(3, "a model, a version and a text"),
		what: func(ctx context.Context, r store.RegistryReader, args []string) ([]store.Mutation, error) {
			v, err := versionCalled(ctx, r, args[0], args[1])
			if strings.TrimSpace(args[2]) == "" {
				err = errors.Join(err, usage("a comment needs a text"))
			}
			return []store.Mutation{store.CommentVersion{Model: v.Name, Version: v.Version, Text: args[2]}}, err
		},
	})
}
