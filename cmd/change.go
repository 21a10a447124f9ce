package cmd

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"benchside/sanitize"
	"benchside/store"
	"benchside/webhooks"
)

// changes are the flags of a command that changes the store.
type changes struct {
	dryRun, yes bool
	reason      string
	asks        bool // the user must agree before it is done
	free        int  // so many mutations are done without asking
}

func (o *changes) add(c *cobra.Command, s *session) {
	f := c.Flags()
	f.BoolVar(&o.dryRun, "dry-run", false, "say what would be changed, and change nothing")
	f.StringVar(&o.reason, "reason", "", "`TEXT` for the ledger: why")
	if o.asks {
		f.BoolVar(&o.yes, "yes", false, "do not ask")
	}
	f.BoolVar(&s.forms.json, "json", false, "print JSON, which is stable")
}

// changing makes a command write the mutations that its arguments ask for.
func (s *session) changing(
	o changes, c *cobra.Command, what func(ctx context.Context, st store.Store, args []string) ([]store.Mutation, error),
) *cobra.Command {
	s.leaf(c, func(ctx context.Context, args []string) error {
		return s.change(ctx, o, func(ctx context.Context, st store.Store) ([]store.Mutation, error) { return what(ctx, st, args) })
	})
	o.add(c, s)
	return c
}

// decide reads what the store says now and returns what is to be done about it.
type decide func(ctx context.Context, st store.Store) ([]store.Mutation, error)

// change opens the store, decides, asks if it must, writes and says what was done.
func (s *session) change(ctx context.Context, o changes, what decide) error {
	s.writes = true
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	w, err := writer(ctx, st)
	if err != nil {
		return err
	}
	mutations, err := what(ctx, st)
	if err != nil {
		return err
	}
	if len(mutations) == 0 {
		return s.sayReceipt(store.Receipt{}, o.dryRun)
	}
	if o.asks && len(mutations) > o.free && !o.yes && !o.dryRun {
		if err := s.agree(mutations); err != nil {
			return err
		}
	}
	return s.write(ctx, st, w, store.Intent{Reason: o.reason, Mutations: mutations, DryRun: o.dryRun}, func(r store.Receipt) error {
		return s.sayReceipt(r, o.dryRun)
	})
}

// write does an intent as the user, hands what became of it to say, and tells those
// who are to be told of it.
func (s *session) write(ctx context.Context, st store.Store, w store.Writer, i store.Intent, say func(store.Receipt) error) error {
	i.By, i.Waiting, i.Hooks = s.author(), s.sayWaiting(), webhooks.Subscribers(s.hooks())
	receipt, err := w.Write(ctx, i)
	if err != nil {
		return err
	}
	said := say(receipt)
	if i.DryRun || receipt.Events == 0 {
		return said
	}
	// The change is made: that somebody was not told is said, and is no failure of it.
	told, err := s.deliver(ctx, st)
	if err != nil {
		fmt.Fprintf(s.err, "events: %s\n", sanitize.Line(err.Error()))
		return said
	}
	s.report(told)
	return said
}

// changeable is a store that may be changed, or says why not.
type changeable interface {
	store.Writer
	Writable() (ok bool, why string, err error)
}

// writer is the part of a store that changes it, or why there is none.
func writer(ctx context.Context, st store.Store) (store.Writer, error) {
	w, ok := st.(changeable)
	if !ok {
		about, err := st.About(ctx)
		switch {
		case err != nil:
			return nil, err
		case about.Why == "":
			return nil, fmt.Errorf("change %s: %w: a store of kind %s is only read", about.Path, store.ErrReadOnly, about.Kind)
		}
		return nil, fmt.Errorf("change %s: %w: %s", about.Path, store.ErrReadOnly, about.Why)
	}
	may, why, err := w.Writable()
	if err == nil && !may {
		err = fmt.Errorf("change the store: %w: %s", store.ErrReadOnly, why)
	}
	return w, err
}

// role is a part that a store plays, or that it does not: not every backend keeps
// everything. Doing says what it is wanted for.
func role[T any](st any, doing string) (T, error) {
	r, ok := st.(T)
	if !ok {
		return r, fmt.Errorf("%s: %w", doing, store.ErrUnsupported)
	}
	return r, nil
}

// author is who the ledger says did it: what the configuration says, else the
// user of the process.
func (s *session) author() store.Author {
	name := s.configured().user
	if u, err := user.Current(); name == "" && err == nil {
		name = u.Username
	}
	return store.Author{Name: cmp.Or(name, os.Getenv("USER"), "unknown"), Via: "cli"}
}

// agree asks the user whether to do it. Without a terminal nobody can answer.
func (s *session) agree(mutations []store.Mutation) error {
	in, ok := s.in.(*os.File)
	if !ok || !term.IsTerminal(in.Fd()) {
		what := mutations[0].Sentence()
		if more := len(mutations) - 1; more > 0 {
			what += fmt.Sprintf(", and %d more", more)
		}
		return usage("to %s: give --yes to do it, or --dry-run to see what it would change", what)
	}
	const most = 20 // lines that somebody reads before answering
	for _, m := range mutations[:min(len(mutations), most)] {
		fmt.Fprintf(s.err, "%s\n", sanitize.Line(m.Sentence()))
	}
	if more := len(mutations) - most; more > 0 {
		fmt.Fprintf(s.err, "and %d more\n", more)
	}
	if d, ok := mutations[0].(store.DeleteModel); ok {
		return s.typed(in, "type the name of the model to delete it: ", d.Model)
	}
	return s.typed(in, "type y to do it: ", "y")
}

func (s *session) typed(in *os.File, prompt, want string) error {
	fmt.Fprint(s.err, prompt)
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != want {
		return errors.New("left as it is")
	}
	return nil
}

// sayWaiting tells once a second that another program keeps the store locked.
func (s *session) sayWaiting() func(time.Duration) {
	said := time.Duration(0)
	return func(waited time.Duration) {
		if waited-said >= time.Second {
			said = waited
			fmt.Fprintf(s.err, "waiting for another program's write, %d s\n", int(waited.Seconds()))
		}
	}
}

// receiptJSON is what a command that changed the store prints.
type receiptJSON struct {
	DryRun   bool       `json:"dry_run"`
	Lines    []lineJSON `json:"lines"`
	Observed []lineJSON `json:"observed"`
	Events   int        `json:"deliveries"`
}

func (s *session) sayReceipt(r store.Receipt, dry bool) error {
	if s.form == asJSON {
		return newJSONWriter(s.out).value(receiptJSON{dry, linesJSON(r.Lines), linesJSON(r.Observed), r.Events})
	}
	for _, l := range r.Observed {
		fmt.Fprintf(s.out, "seen: %s\n", sanitize.Line(l.Sentence))
	}
	lead := "done: "
	if dry {
		lead = "would be done: "
	}
	for _, l := range r.Lines {
		says := l.Sentence
		if l.What == (store.RequestStage{}).Name() {
			says = fmt.Sprintf("request %d: %s", l.Seq, says)
		}
		fmt.Fprintf(s.out, "%s%s\n", lead, sanitize.Line(says))
	}
	if len(r.Lines) == 0 {
		fmt.Fprintln(s.out, "nothing to change")
	}
	return nil
}
