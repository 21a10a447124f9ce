package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"benchside/demo"
	"benchside/store/sqlite"
	"benchside/tui/view"
)

func (s *session) demo() *cobra.Command {
	var live bool
	c := &cobra.Command{
		Use: "demo", Short: "Open a demo store, made by the real MLflow", Args: takes(0, "no arguments"),
		Long: "Opens a private copy of a store that the real MLflow made, and removes it at the end. With --live a recorded\n" +
			"training is replayed into the copy, so that its points arrive by themselves.",
	}
	c.Flags().BoolVar(&live, "live", false, "replay a training into the copy")
	s.look.add(c)
	s.ends.add(c)
	return s.leaf(c, func(ctx context.Context, _ []string) error { return s.runDemo(ctx, live) })
}

func (s *session) runDemo(ctx context.Context, live bool) error {
	if _, err := s.look.options(""); err != nil {
		return err
	}
	copied, err := demo.Open(ctx)
	if err != nil {
		return err
	}
	defer copied.Close()
	st, err := sqlite.Open(ctx, copied.Database(), sqlite.Options{URI: "demo", ReadOnly: true})
	if err != nil {
		return err
	}
	defer st.Close()
	s.demoAt, s.readOnly = copied.Database(), true
	s.look.start = view.ShowRuns{Experiments: []string{demo.Experiment}, Title: demo.ExperimentName}
	if !live {
		return s.run(ctx, st, "demo")
	}
	ctx, stop := context.WithCancel(ctx)
	replayed := make(chan error, 1)
	go func() { replayed <- sqlite.Replay(ctx, copied.Database(), sqlite.Recording{Parent: demo.Sweep}) }()
	err = s.run(ctx, st, "demo")
	stop()
	if failed := <-replayed; failed != nil && err == nil {
		return fmt.Errorf("demo: %w", failed)
	}
	return err
}
