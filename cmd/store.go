package cmd

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"benchside/store"
	"benchside/tui/widget"
)

// aboutJSON is what `store info --json` prints.
type aboutJSON struct {
	URI         string   `json:"uri"`
	Path        string   `json:"path"`
	Kind        string   `json:"kind"`
	Revision    string   `json:"schema_revision"`
	Release     string   `json:"mlflow_release"`
	Journal     string   `json:"journal_mode"`
	Bytes       int64    `json:"bytes"`
	Experiments int      `json:"experiments"`
	Runs        int      `json:"runs"`
	Points      *int64   `json:"metric_points"` // null where counting would take long
	Writable    bool     `json:"writable"`
	Why         string   `json:"why_not_writable"`
	Notes       []string `json:"notes"`
}

func (s *session) storeCommand() *cobra.Command {
	c := &cobra.Command{Use: "store", Short: "Look at the store itself"}
	info := &cobra.Command{
		Use: "info", Short: "Say what the store is and whether it can be written", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return s.info(c.Context()) },
	}
	c.AddCommand(s.formFlags(info))
	return c
}

func (s *session) info(ctx context.Context) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	a, err := st.About(ctx)
	if err != nil {
		return err
	}
	out := aboutJSON{a.URI, a.Path, a.Kind, a.Revision, a.Release, a.Journal, a.Bytes, a.Experiments, a.Runs, &a.Points, a.Writable, a.Why, a.Notes}
	points := strconv.FormatInt(a.Points, 10)
	if a.Points < 0 {
		out.Points, points = nil, "not counted"
	}
	if out.Notes == nil {
		out.Notes = []string{}
	}
	if s.form.json {
		return s.printJSON(out)
	}
	writable := "yes, but this release writes nothing"
	if !a.Writable {
		writable = "no: " + a.Why
	}
	t := table{heads: []string{"fact", "value"}, rows: [][]string{
		{"uri", a.URI}, {"path", a.Path}, {"kind", a.Kind}, {"schema revision", a.Revision}, {"mlflow release", a.Release}, {"journal mode", a.Journal},
		{"size", widget.Bytes(a.Bytes)}, {"experiments", strconv.Itoa(a.Experiments)}, {"runs", strconv.Itoa(a.Runs)}, {"metric points", points},
		{"writable", writable}, {"notes", strings.Join(a.Notes, "; ")},
	}}
	return t.print(s.out, s.form)
}

// eventJSON is one line of `watch`.
type eventJSON struct {
	Event  string       `json:"event"`
	At     int64        `json:"at"` // milliseconds since the Unix epoch
	RunID  string       `json:"run_id,omitempty"`
	Name   string       `json:"name,omitempty"`
	Status store.Status `json:"status,omitempty"`
	Stage  store.Stage  `json:"lifecycle_stage,omitempty"`
	Parent string       `json:"parent_run_id,omitempty"`
	Key    string       `json:"key,omitempty"`
	Text   *string      `json:"text,omitempty"`
	Point  *pointJSON   `json:"point,omitempty"`
	Error  string       `json:"error,omitempty"`
}

func (s *session) watch() *cobra.Command {
	var limit time.Duration
	c := &cobra.Command{
		Use: "watch", Short: "Print a line of JSON for every change, until interrupted", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return s.follow(c.Context(), limit) },
	}
	c.Flags().DurationVar(&limit, "for", 0, "end after this time, e.g. 10s; 0 means never")
	return c
}

func (s *session) follow(ctx context.Context, limit time.Duration) error {
	if limit < 0 {
		return usage("--for %s: a time such as 10s", limit)
	}
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
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	if err := e.Encode(eventJSON{Event: "watching", At: time.Now().UnixMilli()}); err != nil {
		return err
	}
	for c := range changes {
		for _, line := range told(c) {
			if err := e.Encode(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// told puts a change into lines.
func told(c store.Change) []eventJSON {
	at := c.At.UnixMilli()
	switch {
	case c.Problem != nil:
		return []eventJSON{{Event: "problem", At: at, Error: c.Problem.Error()}}
	case c.Reload:
		return []eventJSON{{Event: "reload", At: at}}
	}
	out := make([]eventJSON, 0, len(c.Events))
	for _, e := range c.Events {
		line := eventJSON{Event: e.Kind.String(), At: at, RunID: e.Head.ID, Name: e.Head.Name, Status: e.Head.Status, Stage: e.Head.Stage, Parent: e.Head.ParentID, Key: e.Key}
		switch e.Kind {
		case store.PointLogged:
			line.Point = &pointJSON{e.Point.Step, e.Point.Timestamp, number(e.Point.Value)}
		case store.ParamLogged, store.TagSet:
			line.Text = &e.Text
		}
		out = append(out, line)
	}
	return out
}
