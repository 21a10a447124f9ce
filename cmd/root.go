// Package cmd is the command line: it opens the store that the user names and
// gives it to screens and printers. It computes nothing itself.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"benchside/sanitize"
	"benchside/store"
	"benchside/store/search"
	"benchside/tui"
)

// Version is the release; the build may set it.
var Version = "0.1.0"

// The exit codes: 0 is success.
const (
	exitFailure = 1
	exitUsage   = 2
)

// usageError is a mistake in how the command was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// session is one call of the program.
type session struct {
	out, err io.Writer
	store    string
	readOnly bool
	form     form
	look     look
}

// look are the flags of how the screen looks.
type look struct {
	theme string
	ascii bool
}

// Main runs the command line and returns the exit code.
func Main(args []string, _ io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &session{out: out, err: errOut}
	root := s.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	return s.report(err)
}

// report prints an error in one line, a filter's with a mark under the place.
func (s *session) report(err error) int {
	var wrong *search.Error
	var misuse usageError
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(s.err, "benchside: %s\n", sanitize.Line(err.Error()))
		if wrong.Text != "" && !strings.ContainsAny(wrong.Text, "\n\r\t") {
			at := min(max(wrong.Pos, 0), len(wrong.Text))
			fmt.Fprintf(s.err, "  %s\n  %s%s\n", sanitize.Line(wrong.Text), strings.Repeat(" ", len([]rune(wrong.Text[:at]))), strings.Repeat("^", max(wrong.Len, 1)))
		}
		return exitUsage
	case errors.As(err, &misuse), strings.HasPrefix(err.Error(), "unknown command"):
		fmt.Fprintf(s.err, "benchside: %s\n", sanitize.Line(err.Error()))
		return exitUsage
	}
	fmt.Fprintf(s.err, "benchside: %s\n", sanitize.Line(err.Error()))
	return exitFailure
}

func (s *session) root() *cobra.Command {
	c := &cobra.Command{
		Use:   "benchside [STORE]",
		Short: "A terminal workbench over an MLflow store",
		Long:  "benchside opens the store that MLflow writes: a path to mlflow.db, a sqlite:/// URI or a folder. Without one it looks for\nMLFLOW_TRACKING_URI, ./mlflow.db and ./mlruns.",
		Args:  cobra.MaximumNArgs(1), SilenceErrors: true, SilenceUsage: true, Version: Version,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				s.store = args[0]
			}
			return s.screen(c.Context())
		},
	}
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	f := c.PersistentFlags()
	f.StringVar(&s.store, "store", "", "the store: a path, a folder or a URI")
	f.BoolVar(&s.readOnly, "read-only", false, "forbid writes")
	f.StringVar(&s.look.theme, "theme", "", "dark, light or plain (the terminal is asked by default)")
	f.BoolVar(&s.look.ascii, "ascii", false, "draw with ASCII only")
	c.AddCommand(s.experiments(), s.runs(), s.metrics(), s.storeCommand(), s.watch(), s.demo(), s.render())
	bad := c.Args
	c.Args = func(c *cobra.Command, args []string) error {
		if err := bad(c, args); err != nil {
			return usageError{err}
		}
		return nil
	}
	return c
}

// screen opens the store in the terminal program.
func (s *session) screen(ctx context.Context) error {
	if err := s.look.check(); err != nil {
		return err
	}
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	return s.run(ctx, st, "")
}

func (s *session) run(ctx context.Context, st store.Store, name string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	changes, err := st.Watch(ctx)
	if err != nil {
		return err
	}
	o := s.options(name)
	o.Changes = changes
	return tui.Run(ctx, st, o)
}

func (s *session) options(name string) tui.Options {
	if name == "" {
		name = sanitize.Line(filepath.Base(strings.TrimRight(s.store, "/")))
	}
	return tui.Options{Name: name, State: "read-only", Theme: s.look.theme, ASCII: s.look.ascii}
}

func (l look) check() error {
	switch l.theme {
	case "", "dark", "light", "plain":
		return nil
	}
	return usage("--theme %s: there are dark, light and plain", l.theme)
}

// exactly is cobra.ExactArgs as a usage error.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("needs %s", what)
		}
		return nil
	}
}
