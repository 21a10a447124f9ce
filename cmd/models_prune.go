package cmd

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"benchside/store"
)

// modelsPrune deletes what was archived long ago. It shows what it would delete
// unless it is told to do it.
func (s *session) modelsPrune() *cobra.Command {
	var older string
	o := changes{asks: true}
	c := &cobra.Command{
		Use: "prune [MODEL]", Short: "Show archived versions that are old and have no alias, and delete them with --yes",
		Args: between(0, 1, "perhaps a model"),
	}
	s.leaf(c, func(ctx context.Context, args []string) error {
		age, err := ageOf(older)
		if err != nil {
			return usage("--older-than %q: %s", older, err)
		}
		o.dryRun = o.dryRun || !o.yes
		return s.change(ctx, o, func(ctx context.Context, st store.Store) ([]store.Mutation, error) {
			model := ""
			if len(args) > 0 {
				m, err := st.Model(ctx, args[0])
				if err != nil {
					return nil, err
				}
				model = m.Name
			}
			return pruned(ctx, st, model, store.AtTime(time.Now().Add(-age)))
		})
	})
	o.add(c, s)
	c.Flags().StringVar(&older, "older-than", "90d", "archived for longer than `AGE`, such as 90d or 36h")
	return c
}

// pruned are the deletions of the versions that were archived before a time. The
// last change of a version that is archived is taken for when it was.
func pruned(ctx context.Context, r store.RegistryReader, model string, before store.Time) ([]store.Mutation, error) {
	versions, err := r.Versions(ctx, store.VersionQuery{})
	if err != nil {
		return nil, err
	}
	var out []store.Mutation
	for _, v := range versions {
		if v.Stage == store.StageArchived && len(v.Aliases) == 0 && v.Updated.Compare(before) < 0 && (model == "" || v.Name == model) {
			out = append(out, store.DeleteVersion{Model: v.Name, Version: v.Version, From: store.Saw(v.Stage)})
		}
	}
	return out, nil
}

// ageOf reads a number of days, 90d, or what time.ParseDuration reads.
func ageOf(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || !(n >= 0 && n <= 36500) {
			return 0, errors.New("a number of days such as 90d")
		}
		return time.Duration(n * float64(24*time.Hour)), nil
	}
	age, err := time.ParseDuration(text)
	if err != nil || age < 0 {
		return 0, errors.New("an age such as 90d or 36h")
	}
	return age, nil
}
