package cmd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"benchside/sanitize"
	"benchside/store"
)

func (s *session) monitor() *cobra.Command {
	return group("monitor", "Watch where batches of data arrive, compare each with a reference, and alert",
		s.monitorAdd(), s.monitorList(), s.monitorShow(), s.monitorRun(), s.monitorWatch(),
		s.monitorPause("pause", "Pause a monitor: what arrives waits", true), s.monitorPause("resume", "Have a paused monitor go on", false),
		s.monitorAck(), s.monitorRemove())
}

// watchedStore is an open store that keeps monitors.
type watchedStore struct {
	store.Store
	monitors store.MonitorReader
}

func (s *session) openWatched(ctx context.Context) (watchedStore, error) {
	st, err := s.open(ctx)
	if err != nil {
		return watchedStore{}, err
	}
	r, err := role[store.MonitorReader](st, "read monitors")
	if err != nil {
		return watchedStore{}, errors.Join(err, st.Close())
	}
	return watchedStore{st, r}, nil
}

// called finds a monitor by its name.
func (w watchedStore) called(ctx context.Context, name string) (store.Monitor, error) {
	all, err := w.monitors.Monitors(ctx)
	if err != nil {
		return store.Monitor{}, err
	}
	m, err := store.MonitorNamed(all, name)
	if err != nil {
		err = fmt.Errorf("%w; benchside monitor list names those that there are", err)
	}
	return m, err
}

// monitorJSON is a monitor as the commands print it.
type monitorJSON struct {
	Name      string            `json:"name"`
	Model     *string           `json:"model"`
	Metric    *string           `json:"metric"`
	Reference store.DataSource  `json:"reference"`
	Arrives   store.Arrival     `json:"arrives"`
	Comparing store.Comparing   `json:"comparing"`
	Rules     []store.AlertRule `json:"rules"`
	Paused    bool              `json:"paused"`
	By        string            `json:"by"`
	Added     store.Time        `json:"added"`
	Latest    *resultJSON       `json:"latest"`
	Open      int               `json:"open_alerts"`
}

func monitorOf(m store.Monitor) monitorJSON {
	rules := m.Rules
	if rules == nil {
		rules = []store.AlertRule{}
	}
	return monitorJSON{
		Name: m.Name, Model: orNull(m.Model), Metric: orNull(m.Metric), Reference: m.Reference, Arrives: m.Arrives, Comparing: m.Comparing,
		Rules: rules, Paused: m.Paused, By: m.By, Added: m.Added,
	}
}

// latest is the last result of a monitor and its open alerts.
func (w watchedStore) latest(ctx context.Context, m store.Monitor) (monitorJSON, error) {
	out := monitorOf(m)
	found, err := w.monitors.Results(ctx, store.ResultQuery{Monitor: m.ID, Limit: 1})
	if err != nil {
		return out, err
	}
	if len(found) > 0 {
		r := resultOf(m.Name, found[0])
		out.Latest = &r
	}
	open, err := w.monitors.Alerts(ctx, store.AlertQuery{Monitor: m.ID, Open: true})
	out.Open = len(open)
	return out, err
}

func (s *session) monitorList() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "list", Short: "List monitors with their last batch", Args: takes(0, "no arguments"),
	}, func(ctx context.Context, _ []string) error { return s.listMonitors(ctx) })
	s.forms.add(c)
	return c
}

func (s *session) listMonitors(ctx context.Context) error {
	st, err := s.openWatched(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.monitors.Monitors(ctx)
	if err != nil {
		return err
	}
	out := make([]monitorJSON, len(all))
	for i, m := range all {
		if out[i], err = st.latest(ctx, m); err != nil {
			return err
		}
	}
	if s.form == asJSON {
		return printArray(s.out, out)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "monitor"}, column{head: "state", whole: true}, column{head: "last batch"},
		column{head: "data until", whole: true}, column{head: "verdict", whole: true}, column{head: "share", right: true},
		column{head: "alerts", right: true}, column{head: "watches"})
	for i, m := range out {
		last := resultJSON{Share: numberOrNull(store.BatchResult{}.Share)}
		if m.Latest != nil {
			last = *m.Latest
		}
		state := "on"
		if m.Paused {
			state = "paused"
		}
		err := t.row(texts(m.Name, state, last.Batch, s.form.moment(last.End), last.says(), last.share(), strconv.Itoa(m.Open), all[i].Arrives.String())...)
		if err != nil {
			return err
		}
	}
	return t.end()
}

func (s *session) monitorShow() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "show MONITOR", Short: "Show a monitor: what it compares, its rules and its alerts", Args: takes(1, "a monitor"),
	}, func(ctx context.Context, args []string) error { return s.showMonitor(ctx, args[0]) })
	s.forms.add(c)
	return c
}

// alertJSON is an alert as the commands print it.
type alertJSON struct {
	ID           int64      `json:"alert"`
	Rule         string     `json:"rule"`
	Says         string     `json:"says"`
	Batch        string     `json:"batch"`
	Fired        store.Time `json:"fired"`
	Resolved     store.Time `json:"resolved"`
	Acknowledged store.Time `json:"acknowledged"`
	By           *string    `json:"by"`
	Comment      *string    `json:"comment"`
}

func alertsJSON(all []store.Alert) []alertJSON {
	out := make([]alertJSON, len(all))
	for i, a := range all {
		out[i] = alertJSON{a.ID, a.Rule, a.Says, a.Batch, a.Fired, a.Resolved, a.Acknowledged, orNull(a.By), orNull(a.Comment)}
	}
	return out
}

func (s *session) showMonitor(ctx context.Context, name string) error {
	st, err := s.openWatched(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	m, err := st.called(ctx, name)
	if err != nil {
		return err
	}
	shown, err := st.latest(ctx, m)
	if err != nil {
		return err
	}
	alerts, err := st.monitors.Alerts(ctx, store.AlertQuery{Monitor: m.ID, Limit: 100})
	if err != nil {
		return err
	}
	if s.form == asJSON {
		return newJSONWriter(s.out).value(struct {
			monitorJSON
			Alerts []alertJSON `json:"alerts"`
		}{shown, alertsJSON(alerts)})
	}
	t := newTable(s.out, s.form, 0, column{head: "key"}, column{head: "value"})
	rows := [][2]string{
		{"monitor", m.Name},
		{"reference", m.Reference.String()},
		{"watches", m.Arrives.String()},
		{"model", m.Model},
		{"metric", m.Metric},
		{"profile", m.Comparing.Profile},
		{"paused", yes(m.Paused)},
		{"added", strings.TrimSpace(s.form.moment(m.Added) + " by " + m.By)},
	}
	for _, name := range slices.Sorted(maps.Keys(m.Comparing.Roles)) {
		rows = append(rows, [2]string{"column " + name, m.Comparing.Roles[name]})
	}
	for _, r := range m.Rules {
		rows = append(rows, [2]string{"rule " + r.Name, ruleText(r)})
	}
	if last := shown.Latest; last != nil {
		rows = append(rows, [2]string{"last batch", last.Batch + ": " + last.Says})
	}
	for _, a := range alerts {
		rows = append(rows, [2]string{fmt.Sprintf("alert %d", a.ID), s.alertText(a)})
	}
	for _, row := range rows {
		if row[1] == "" {
			continue
		}
		if err := t.row(texts(row[0], row[1])...); err != nil {
			return err
		}
	}
	return t.end()
}

func ruleText(r store.AlertRule) string {
	return fmt.Sprintf("%s %s %g in %d of %d, clear after %d", r.Value, r.Op, r.Threshold, max(r.Breaches, 1), max(r.Of, 1), max(r.Clear, 1))
}

func (s *session) alertText(a store.Alert) string {
	text := fmt.Sprintf("%s: %s, on %s, %s", a.Rule, a.Says, a.Batch, s.form.moment(a.Fired))
	switch {
	case a.Acknowledged.Set():
		text += "; acknowledged by " + a.By
		if a.Comment != "" {
			text += ": " + a.Comment
		}
	case !a.Resolved.Set():
		text += "; open"
	}
	if a.Resolved.Set() {
		text += "; ended " + s.form.moment(a.Resolved)
	}
	return text
}

// onMonitor makes a command that changes one monitor.
func (s *session) onMonitor(c *cobra.Command, o *changes, what func(ctx context.Context, st watchedStore, name string) (store.Mutation, error)) *cobra.Command {
	c.Args = takes(1, "a monitor")
	c = s.leaf(c, func(ctx context.Context, args []string) error {
		return s.change(ctx, *o, func(ctx context.Context, st store.Store) ([]store.Mutation, error) {
			r, err := role[store.MonitorReader](st, "read monitors")
			if err != nil {
				return nil, err
			}
			m, err := what(ctx, watchedStore{st, r}, args[0])
			return []store.Mutation{m}, err
		})
	})
	o.add(c, s)
	return c
}

func (s *session) monitorPause(use, short string, paused bool) *cobra.Command {
	var o changes
	return s.onMonitor(&cobra.Command{Use: use + " MONITOR", Short: short}, &o, func(ctx context.Context, st watchedStore, name string) (store.Mutation, error) {
		m, err := st.called(ctx, name)
		return store.PauseMonitor{Monitor: m.Name, Paused: paused, From: store.Saw(m.Paused)}, err
	})
}

func (s *session) monitorRemove() *cobra.Command {
	o := changes{asks: true}
	c := &cobra.Command{Use: "remove MONITOR", Short: "Remove a monitor with its results, reports and alerts; the data stay"}
	return s.onMonitor(c, &o, func(ctx context.Context, st watchedStore, name string) (store.Mutation, error) {
		m, err := st.called(ctx, name)
		return store.RemoveMonitor{Monitor: m.Name}, err
	})
}

func (s *session) monitorAck() *cobra.Command {
	var o changes
	var comment string
	c := &cobra.Command{Use: "ack ALERT", Short: "Acknowledge an alert by its number"}
	c = s.onMonitor(c, &o, func(_ context.Context, _ watchedStore, number string) (store.Mutation, error) {
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			err = usage("%q is no alert: benchside monitor show numbers them", sanitize.Line(number))
		}
		return store.AcknowledgeAlert{Alert: id, Comment: comment}, err
	})
	c.Args = takes(1, "the number of an alert")
	c.Flags().StringVar(&comment, "comment", "", "`TEXT` for whoever reads it")
	return c
}
