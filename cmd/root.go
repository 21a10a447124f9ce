// Package cmd is the command line: it opens the store that the user names and
// gives it to screens and printers. It computes nothing itself.
package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"benchside/gates"
	plotcell "benchside/plots/cell"
	"benchside/sanitize"
	"benchside/store"
	"benchside/store/search"
	"benchside/themes"
	"benchside/tui"
	"benchside/tui/histories"
	"benchside/tui/view"
	"benchside/webhooks"
)

// session is one call of the program.
type session struct {
	in       io.Reader
	out, err io.Writer
	stores   []string // as the user named them; none to look for one
	readOnly bool
	writes   bool    // the command changes the store
	demoAt   string  // the database of the demo, which nobody named
	said     *config // the configuration, once it was read
	forms    formFlags
	form     form
	look     look
	ends     ends
	begun    bool                   // flags and arguments were right
	program  func() (string, error) // the path of benchside itself
}

// Main runs the command line and returns the exit code. An interrupt ends what
// is under way; a second one ends the process.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	return run(args, in, out, errOut, os.Executable)
}

// run is Main, program being where benchside itself is.
func run(args []string, in io.Reader, out, errOut io.Writer, program func() (string, error)) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	s := &session{in: in, out: out, err: errOut, program: program}
	root := s.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	c, err := root.ExecuteContextC(ctx)
	if err != nil && !s.begun && !errors.As(err, new(usageError)) {
		err = usageError{err}
	}
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return exitOK
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	return report(errOut, c.CommandPath(), err)
}

// The exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
	exitNo      = 3
)

// noError says that what was checked does not hold.
type noError struct{ error }

func (e noError) Unwrap() error { return e.error }

// usageError is a mistake in how the command was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// report prints an error in one line, that of a filter with the filter below and
// a mark under the place.
func report(w io.Writer, command string, err error) int {
	var wrong *search.Error
	if errors.As(err, &wrong) {
		fmt.Fprintf(w, "benchside: %s\n", sanitize.Line(err.Error()))
		if wrong.Text != "" {
			fmt.Fprint(w, marked(wrong))
		}
		return exitUsage
	}
	if errors.As(err, new(usageError)) {
		fmt.Fprintf(w, "benchside: %s; see %s --help\n", sanitize.Line(err.Error()), command)
		return exitUsage
	}
	fmt.Fprintf(w, "benchside: %s\n", sanitize.Line(err.Error()))
	if errors.As(err, new(noError)) {
		return exitNo
	}
	return exitFailure
}

// marked are two lines: the text of a search error, and a mark under its place.
func marked(e *search.Error) string {
	at := min(max(e.Pos, 0), len(e.Text))
	end := min(at+max(e.Len, 0), len(e.Text))
	if e.Len <= 0 && at == 0 {
		end = len(e.Text) // it is about all of it
	}
	before := ansi.StringWidth(sanitize.Line(e.Text[:at]))
	wide := ansi.StringWidth(sanitize.Line(e.Text[at:end]))
	return fmt.Sprintf("  %s\n  %s%s\n", sanitize.Line(e.Text), strings.Repeat(" ", before), strings.Repeat("^", max(wide, 1)))
}

// leaf makes a command that does something: run, once flags and arguments are
// right.
func (s *session) leaf(c *cobra.Command, run func(ctx context.Context, args []string) error) *cobra.Command {
	c.RunE = func(c *cobra.Command, args []string) error {
		var err error
		if s.form, err = s.forms.form(); err != nil {
			return err
		}
		s.begun = true
		return run(c.Context(), args)
	}
	return c
}

// group makes a command that only has others below it.
func group(name, short string, below ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: name, Short: short,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return unknownCommand(c, args[0])
		},
	}
	c.AddCommand(below...)
	return c
}

func unknownCommand(c *cobra.Command, name string) error {
	c.SuggestionsMinimumDistance = 2 // changed letters
	if near := c.SuggestionsFor(name); len(near) > 0 {
		return usage("%s has no command %q; did you mean %s?", c.CommandPath(), name, strings.Join(near, " or "))
	}
	return usage("%s has no command %q", c.CommandPath(), name)
}

// takes is a command's number of arguments, and what they are in words.
func takes(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("takes %s; %d arguments are given", what, len(args))
		}
		return nil
	}
}

func (s *session) root() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use:   "benchside [STORE…]",
		Short: "A terminal workbench over an MLflow store",
		Long: "benchside opens the store that MLflow writes: a path to mlflow.db, a folder, or a sqlite:/// URI. Without one it\n" +
			"looks for MLFLOW_TRACKING_URI, ./mlflow.db and ./mlruns. Several stores are shown as one, to compare their runs.",
		Args: s.storeArgs, SilenceErrors: true, SilenceUsage: true, Version: version(),
	}, func(ctx context.Context, args []string) error { return s.screen(ctx) })
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		plain, _, _ := strings.Cut(err.Error(), ": strconv.")
		return usage("%s", plain)
	})
	c.SetVersionTemplate("{{.Version}}\n")
	p := c.PersistentFlags()
	p.StringArrayVar(&s.stores, "store", nil, "the store: a path, a folder or a URI; may be repeated, to see several as one")
	p.BoolVar(&s.readOnly, "read-only", false, "forbid writes")
	s.look.add(c)
	s.ends.add(c)
	c.Flags().BoolVar(&s.ends.fresh, "fresh", false, "begin at the run table, not where the last session of this store ended")
	c.AddCommand(
		group("experiments", "List, create and change experiments", s.experiments()...),
		group("runs", "List runs, as rows or as a tree, show one, and change them", s.runs()...),
		group("metrics", "Sum up the metrics of a run, or print the points of one", s.metricsList(), s.metricsHistory()),
		group("artifacts", "List, show, copy and compare what runs logged as files",
			s.artifactsList(), s.artifactsShow(), s.artifactsCat(), s.artifactsGet(), s.artifactsDiff(), s.artifactsDu()),
		group("model", "Show what a model says of itself", s.modelShow()),
		group("models", "List, compare, register, move and review models, and read what was done to them", s.models()...),
		group("store", "Describe the store, and look for what is wrong with it", s.storeInfo(), s.storeDoctor()),
		s.webhooks(), s.jobs(), s.drift(), s.monitor(), s.config(), s.keys(),
		s.compare(), s.plot(), s.watch(), s.render(), s.demo(), s.version(),
	)
	return c
}

// storeArgs takes stores as the arguments of the program itself.
func (s *session) storeArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if _, err := os.Stat(args[0]); err != nil && !strings.ContainsAny(args[0], "./:") {
		return unknownCommand(c, args[0])
	}
	if len(s.stores) > 0 {
		return usage("takes stores as arguments or with --store, not both")
	}
	s.stores = args
	return nil
}

// storeName is what the header calls what is open.
func (s *session) storeName() string {
	names := labelsOf(s.stores)
	if len(names) == 1 {
		return filepath.Base(strings.TrimRight(s.stores[0], "/"))
	}
	return strings.Join(names, " + ")
}

// storeKey is what the user's sets of runs are kept under.
func (s *session) storeKey() string {
	keys := make([]string, len(s.stores))
	for i, uri := range s.stores {
		keys[i] = uri
		if path, err := local(uri); err == nil {
			if full, err := filepath.Abs(path); err == nil {
				keys[i] = full
			}
		}
	}
	return strings.Join(keys, "\n")
}

// look are the flags of how a screen looks.
type look struct {
	theme, dots    string
	ascii, noColor bool
	start          view.ShowRuns
}

func (l *look) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&l.theme, "theme", "", strings.Join(themes.Names(), ", ")+" or own, of the configuration; the terminal is asked by default")
	f.BoolVar(&l.ascii, "ascii", false, "draw with ASCII only")
	f.StringVar(&l.dots, "dots", "", "what charts are drawn with: braille, octant, sextant, quadrant, half or ascii")
	f.BoolVar(&l.noColor, "no-color", false, "the same as --theme plain")
}

// options returns what the terminal program is to know, name being that of the
// store.
func (l look) options(name string) (tui.Options, error) {
	if l.theme != "" && !slices.Contains(append(themes.Names(), themes.OwnName), l.theme) {
		return tui.Options{}, usage("--theme %s: there are %s and %s", l.theme, strings.Join(themes.Names(), ", "), themes.OwnName)
	}
	if _, err := plotcell.Named(l.dots); err != nil {
		return tui.Options{}, usage("--dots: %s", err)
	}
	if l.noColor {
		l.theme = "plain"
	}
	return tui.Options{Name: sanitize.Line(name), State: "read-only", Theme: l.theme, ASCII: l.ascii, Dots: l.dots, Start: l.start}, nil
}

// screen opens the store in the terminal program.
func (s *session) screen(ctx context.Context) error {
	if _, err := s.look.options(""); err != nil {
		return err
	}
	s.lastStore()
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	return s.run(ctx, st, s.storeName())
}

// memoryGoal is what the garbage collector keeps a session near: the points that
// charts hold, and as much as the rest needs. With SQLite's caches and the program
// itself it stays below 256 MB. A collection is cheap: points hold no pointers.
const memoryGoal = histories.Budget + 28<<20

// run shows a store in the terminal until the user leaves.
func (s *session) run(ctx context.Context, st store.Store, name string) error {
	o, err := s.look.options(name)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	o.Directions, o.Sets = keptDirections(), keptSets(s.storeKey())
	said := s.configured()
	o.Work = said.work
	o.Work.Tables, o.Work.Looks = keptTables(s.storeKey()), keptLooks(s.storeKey())
	o.Places, o.Images = s.places(said), said.images
	if err := said.dress(&o); err != nil {
		return err
	}
	if err := s.permit(st, &o); err != nil {
		return err
	}
	free, err := s.between(&o)
	if err != nil {
		return err
	}
	defer free()
	o.Writes.Look = s.looking(st, o.Writes.Writer)
	told, untold := s.telling(ctx, st, o.Writes.Writer != nil)
	defer untold()
	o.Told = told
	if told.Wake != nil {
		o.Writes.Hooks, o.Writes.Deliver = webhooks.Subscribers(told.Hooks), func(context.Context) { told.Wake() }
	}
	debug.SetMemoryLimit(memoryGoal)
	if o.Changes, err = st.Watch(ctx); err != nil {
		return err
	}
	return tui.Run(ctx, st, o)
}

// permit gives a session the means to change the store, where it may be changed.
func (s *session) permit(st store.Store, o *tui.Options) error {
	o.Writes.Author = s.author()
	o.Writes.Author.Via = "tui"
	o.Writes.Editor = cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"))
	o.Rules = func(context.Context) (gates.Rules, error) { return readRules("", s.storePath()) }
	w, ok := st.(changeable)
	if !ok || s.readOnly || s.demoAt != "" {
		return nil
	}
	may, _, err := w.Writable()
	if err == nil && may {
		o.Writes.Writer, o.State = w, "read-write"
	}
	return err
}
