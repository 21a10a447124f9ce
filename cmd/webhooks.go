package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"benchside/jobs"
	"benchside/sanitize"
	"benchside/store"
	"benchside/tui"
	"benchside/webhooks"
)

// The times that a command gives to what it tells others.
const (
	deliverFor     = 4 * time.Second  // no request begins later
	deliverRequest = 10 * time.Second // that one may take
)

// hooks are the hooks of the configuration that are told of an open store.
func (s *session) hooks() []webhooks.Hook {
	here := s.storePath()
	return slices.DeleteFunc(slices.Clone(s.configured().hooks), func(h webhooks.Hook) bool {
		return h.Store != "" && !samePlace(h.Store, here)
	})
}

func samePlace(a, b string) bool {
	x, errA := os.Stat(a)
	y, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(x, y)
}

// storePath is the whole path of the first store, "" if it is not one of this
// machine.
func (s *session) storePath() string {
	if len(s.stores) == 0 {
		return ""
	}
	path, err := local(s.stores[0])
	if err != nil {
		return ""
	}
	if path, err = filepath.Abs(path); err != nil {
		return ""
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, "mlflow.db")
	}
	return path
}

// outbox is the store as it keeps deliveries and jobs.
func outbox(st store.Store) (store.Outbox, store.JobKeeper, error) {
	const doing = "read what is told of changes"
	o, err := role[store.Outbox](st, doing)
	if err != nil {
		return nil, nil, err
	}
	k, err := role[store.JobKeeper](st, doing)
	return o, k, err
}

// worker delivers what waits in an open store.
func (s *session) worker(st store.Store) (*webhooks.Worker, error) {
	o, keeper, err := outbox(st)
	if err != nil {
		return nil, err
	}
	timeout, tries, err := webhooks.Patience(os.Getenv)
	if err != nil {
		return nil, err
	}
	said := s.configured()
	w := &webhooks.Worker{
		Outbox: o, Hooks: s.hooks(), Key: os.Getenv(webhooks.KeyVariable), Tries: tries,
		Sender: webhooks.Sender{Reach: webhooks.ReachOf(said.reach, os.Getenv), Timeout: timeout, Proxy: said.proxy},
	}
	path := s.storePath()
	logs, err := jobs.LogFolder()
	if err != nil {
		return nil, err
	}
	self, err := s.program()
	if err != nil {
		return nil, fmt.Errorf("find benchside itself, to run jobs: %w", err)
	}
	w.Jobs = &jobs.Starter{
		Keeper: keeper, Store: path, Dir: filepath.Dir(path), Logs: logs, Supervisor: []string{self, "jobs", "run", "--store", path},
	}
	return w, nil
}

// deliver tells others at once of what a command changed, for a few seconds. What
// is left waits in the store.
func (s *session) deliver(ctx context.Context, st store.Store) (webhooks.Report, error) {
	w, err := s.worker(st)
	if err != nil {
		return webhooks.Report{}, err
	}
	w.Sender.Timeout = deliverRequest
	return w.Drain(ctx, deliverFor)
}

// report says on standard error what became of deliveries.
func (s *session) report(r webhooks.Report) {
	for _, p := range r.Problems {
		fmt.Fprintf(s.err, "benchside: %s\n", sanitize.Line(p))
	}
	if says := r.String(); says != "" {
		fmt.Fprintf(s.err, "benchside: %s\n", says)
	}
}

// telling is how a session of screens tells others. Where it may write, what waits
// is sent while it is open; stop waits for what is under way.
func (s *session) telling(ctx context.Context, st store.Store, writes bool) (t tui.Told, stop func()) {
	t.Hooks = s.hooks()
	t.Logs, _ = jobs.LogFolder() // without one there are no logs to show
	w, err := s.worker(st)
	if err != nil || !writes {
		return t, func() {}
	}
	woken, notices := make(chan struct{}, 1), make(chan string, 1)
	t.Notices = notices
	t.Wake = func() {
		select {
		case woken <- struct{}{}:
		default: // it is woken already
		}
	}
	ctx, end := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx, woken, func(r webhooks.Report, err error) {
			text := r.String()
			if r.Failed+r.Interrupted > 0 {
				text += ": alt+d shows them"
			}
			if err != nil {
				text = "events: " + err.Error()
			}
			select {
			case notices <- sanitize.Line(text):
			case <-ctx.Done():
			}
		})
	}()
	return t, func() { end(); <-ended }
}

func (s *session) webhooks() *cobra.Command {
	return group("webhooks", "Tell others what happened in the registry: MLflow's webhooks, and hooks of the configuration",
		s.webhooksList(), s.webhooksDeliveries(), s.webhooksDeliver(), s.webhooksTest(), s.webhooksReplay())
}

// recipientJSON is somebody who is told.
type recipientJSON struct {
	Kind    store.RecipientKind `json:"kind"`
	ID      string              `json:"id"`
	Name    string              `json:"name"`
	Events  []string            `json:"events"`
	URL     string              `json:"url,omitempty"`
	Command []string            `json:"command,omitempty"`
	Active  bool                `json:"active"`
	Signed  bool                `json:"signed"`
}

// recipients are MLflow's webhooks of the store, and the hooks of the configuration.
func (s *session) recipients(ctx context.Context, o store.Outbox) ([]recipientJSON, error) {
	found, err := o.Webhooks(ctx)
	if err != nil {
		return nil, err
	}
	var out []recipientJSON
	for _, w := range found {
		out = append(out, recipientJSON{store.ToWebhook, w.ID, w.Name, w.Events, withoutPassword(w.URL), nil, w.Active, w.Secret != ""})
	}
	for _, h := range s.hooks() {
		r := recipientJSON{store.ToHook, h.Name, h.Name, h.Events, "", h.Command.Args, true, h.Secret != ""}
		if r.URL = withoutPassword(h.URL); h.Runs() {
			r.Kind, r.URL = store.ToCommand, ""
		}
		out = append(out, r)
	}
	return out, nil
}

// outlet is an open store whose outbox a command uses.
type outlet struct {
	store.Store
	outbox store.Outbox
	keeper store.JobKeeper
}

func (s *session) openTold(ctx context.Context) (outlet, error) {
	st, err := s.open(ctx)
	if err != nil {
		return outlet{}, err
	}
	o, k, err := outbox(st)
	if err != nil {
		return outlet{}, errors.Join(err, st.Close())
	}
	return outlet{st, o, k}, nil
}

func (s *session) webhooksList() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "list", Short: "List who is told of events", Args: takes(0, "no arguments"),
	}, func(ctx context.Context, _ []string) error {
		st, err := s.openTold(ctx)
		if err != nil {
			return err
		}
		defer st.Close()
		all, err := s.recipients(ctx, st.outbox)
		if err != nil {
			return err
		}
		if s.form == asJSON {
			return printArray(s.out, all)
		}
		t := newTable(s.out, s.form, s.screenWidth(), column{head: "kind", whole: true}, column{head: "name"}, column{head: "events"},
			column{head: "tells"}, column{head: "active", whole: true}, column{head: "signed", whole: true}, column{head: "id"})
		for _, r := range all {
			tells := r.URL
			if r.Kind == store.ToCommand {
				tells = strings.Join(r.Command, " ")
			}
			if err := t.row(texts(string(r.Kind), r.Name, strings.Join(r.Events, ", "), tells, yes(r.Active), yes(r.Signed), r.ID)...); err != nil {
				return err
			}
		}
		return t.end()
	})
	s.forms.add(c)
	return c
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (s *session) webhooksDeliver() *cobra.Command {
	var watch bool
	limit := time.Minute
	c := s.leaf(&cobra.Command{
		Use: "deliver", Short: "Send what waits, for cron or as a service", Args: takes(0, "no arguments"),
		Long: "Sends what is due and waits for what becomes due within --for. With --watch it goes on until it is interrupted. Two of\n" +
			"them, or one beside a session of screens, send nothing twice.",
	}, func(ctx context.Context, _ []string) error {
		st, err := s.openTold(ctx)
		if err != nil {
			return err
		}
		defer st.Close()
		w, err := s.worker(st.Store)
		if err != nil {
			return err
		}
		if watch {
			w.Run(ctx, nil, func(r webhooks.Report, err error) {
				if s.report(r); err != nil {
					fmt.Fprintf(s.err, "benchside: %s\n", sanitize.Line(err.Error()))
				}
			})
			return nil
		}
		r, err := w.Drain(ctx, limit)
		s.report(r)
		if n := r.Failed + r.Interrupted; n > 0 && err == nil {
			err = fmt.Errorf("%d of %d deliveries did not arrive", n, n+r.Delivered)
		}
		return err
	})
	c.Flags().BoolVar(&watch, "watch", false, "go on until interrupted")
	c.Flags().DurationVar(&limit, "for", limit, "begin no request later than this")
	return c
}
