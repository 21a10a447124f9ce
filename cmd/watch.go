package cmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"benchside/store"
)

// eventJSON is one line of watch.
type eventJSON struct {
	Event      string       `json:"event"`
	At         int64        `json:"at"` // when it was seen, in milliseconds since the Unix epoch
	Mode       string       `json:"mode,omitempty"`
	RunID      string       `json:"run_id,omitempty"`
	Name       *string      `json:"name,omitempty"`
	Experiment string       `json:"experiment_id,omitempty"`
	Status     store.Status `json:"status,omitempty"`
	Stage      store.Stage  `json:"lifecycle_stage,omitempty"`
	Parent     string       `json:"parent_run_id,omitempty"`
	Start      *store.Time  `json:"start_time,omitempty"`
	End        *store.Time  `json:"end_time,omitempty"`
	Key        string       `json:"key,omitempty"`
	Text       *string      `json:"text,omitempty"`
	Point      *pointJSON   `json:"point,omitempty"`
	Error      string       `json:"error,omitempty"`
}

func (s *session) watch() *cobra.Command {
	var limit time.Duration
	c := s.leaf(&cobra.Command{
		Use: "watch", Short: "Print a line of JSON for each change of the store, until interrupted", Args: takes(0, "no arguments"),
	}, func(ctx context.Context, _ []string) error {
		if limit < 0 {
			return usage("--for %s: a time such as 10s, or 0 for no end", limit)
		}
		return s.follow(ctx, limit)
	})
	c.Flags().DurationVar(&limit, "for", 0, "end after this time, such as 10s; 0 means never")
	return c
}

// follow ends without an error at the end of ctx, which is how one leaves it.
func (s *session) follow(ctx context.Context, limit time.Duration) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if limit > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, limit)
		defer stop()
	}
	changes, err := st.Watch(ctx)
	if err != nil {
		return err
	}
	w := newJSONWriter(s.out)
	lines := []eventJSON{{Event: "watching", At: time.Now().UnixMilli()}}
	var before store.Change
	for {
		for _, line := range lines {
			if err := w.line(line); err != nil {
				return err
			}
		}
		if err := w.out.Flush(); err != nil {
			return err
		}
		c, more := <-changes
		if !more {
			return nil
		}
		lines, before = told(before, c), c
	}
}

// modes are the words for store.Mode.
var modes = map[store.Mode]string{store.Notified: "notified", store.Polling: "polling", store.Lost: "lost"}

// told puts a change into lines; what it says beside its events is told when it
// is another than before.
func told(before, c store.Change) []eventJSON {
	at := c.At.UnixMilli()
	out := make([]eventJSON, 0, len(c.Events)+1)
	switch {
	case c.Problem != nil && (before.Problem == nil || before.Problem.Error() != c.Problem.Error()):
		out = append(out, eventJSON{Event: "problem", At: at, Error: c.Problem.Error()})
	case c.Problem == nil && before.Problem != nil:
		out = append(out, eventJSON{Event: "recovered", At: at})
	}
	if c.Mode != before.Mode && c.Mode != store.Lost && before.Mode != store.Lost {
		out = append(out, eventJSON{Event: "mode", At: at, Mode: modes[c.Mode]})
	}
	if c.Reload {
		out = append(out, eventJSON{Event: "reload", At: at})
	}
	for i := range c.Events {
		out = append(out, eventOf(&c.Events[i], at))
	}
	return out
}

func eventOf(e *store.Event, at int64) eventJSON {
	line := eventJSON{Event: e.Kind.String(), At: at, RunID: e.Head.ID, Key: e.Key}
	switch h := &e.Head; e.Kind {
	case store.RunCreated, store.RunChanged:
		line.Name, line.Experiment, line.Status, line.Stage, line.Parent = &h.Name, h.ExperimentID, h.Status, h.Stage, h.ParentID
		line.Start, line.End = &h.Start, &h.End
	case store.PointLogged:
		p := pointOf(e.Point)
		line.Point = &p
	case store.ParamLogged, store.TagSet:
		line.Text = &e.Text
	}
	return line
}
