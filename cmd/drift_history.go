package cmd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"benchside/store"
)

// resultJSON is what a monitor found of a batch, as the commands print it.
type resultJSON struct {
	Monitor string             `json:"monitor"`
	Result  int64              `json:"result"`
	Batch   string             `json:"batch"`
	Digest  string             `json:"digest"`
	Rows    int                `json:"rows"`
	Start   store.Time         `json:"data_start"`
	End     store.Time         `json:"data_end"`
	At      store.Time         `json:"compared"`
	State   store.BatchState   `json:"state"`
	Verdict *string            `json:"verdict"`
	Share   *number            `json:"share"`
	Limit   *number            `json:"share_threshold"`
	Tested  int                `json:"tested"`
	Drifted int                `json:"drifted"`
	Schema  []string           `json:"schema_changes"`
	Metrics map[string]float64 `json:"metrics"`
	Says    string             `json:"says"`
}

// numberOrNull is null for an undefined number.
func numberOrNull(v float64) *number {
	if math.IsNaN(v) {
		return nil
	}
	n := number(v)
	return &n
}

func resultOf(monitor string, r store.BatchResult) resultJSON {
	return resultJSON{
		monitor, r.ID, r.Batch.Name, r.Batch.Digest, r.Batch.Rows, r.Batch.Start, r.Batch.End, r.At, r.State, orNull(r.Verdict),
		numberOrNull(r.Share), numberOrNull(r.Limit), r.Tested, r.Drifted, orEmpty(r.Schema), r.Metrics, r.Says,
	}
}

// says is the verdict, or why there is none.
func (r resultJSON) says() string {
	if r.Verdict == nil {
		return string(r.State)
	}
	if r.State != store.BatchCompared {
		return *r.Verdict + ", " + string(r.State)
	}
	return *r.Verdict
}

func (r resultJSON) share() string {
	if r.Share == nil {
		return ""
	}
	return strconv.FormatFloat(float64(*r.Share), 'f', 2, 64)
}

func (s *session) driftHistory() *cobra.Command {
	var since string
	limit := 100
	c := s.leaf(&cobra.Command{
		Use: "history [MONITOR|RUN|EXPERIMENT]", Short: "Print what was found of drift over time, the latest data first",
		Long: "Prints what a monitor found, or all of them; of a run what was logged of drift, of an experiment so for its runs.",
		Args: cobra.MaximumNArgs(1),
	}, func(ctx context.Context, args []string) error {
		if limit < 0 {
			return usage("--limit %d: a number, or 0 for all", limit)
		}
		q := store.ResultQuery{Limit: limit}
		if since != "" {
			day, err := time.ParseInLocation(time.DateOnly, since, time.UTC)
			if err != nil {
				return usage("--since %s: a day such as 2026-05-01", since)
			}
			q.Since = store.AtTime(day)
		}
		return s.driftPast(ctx, strings.Join(args, ""), q)
	})
	c.Flags().StringVar(&since, "since", "", "only data that end on `DAY`, UTC, or later")
	c.Flags().IntVar(&limit, "limit", limit, "at most `N`; 0 means all")
	s.forms.add(c)
	return c
}

// driftPast prints the history of what is called so: a monitor, else a run, else an
// experiment.
func (s *session) driftPast(ctx context.Context, name string, q store.ResultQuery) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	reader, keeps := st.(store.MonitorReader)
	names := map[int64]string{}
	if keeps {
		all, err := reader.Monitors(ctx)
		if err != nil {
			return err
		}
		for _, m := range all {
			names[m.ID] = m.Name
			if m.Name == name {
				q.Monitor = m.ID
			}
		}
	}
	switch {
	case name != "" && q.Monitor == 0:
		return s.driftOfRuns(ctx, st, name, q.Limit)
	case !keeps:
		return fmt.Errorf("read what monitors found: %w; name a run or an experiment", store.ErrUnsupported)
	}
	found, err := reader.Results(ctx, q)
	if err != nil {
		return err
	}
	return s.printResults(found, names)
}

func (s *session) printResults(found []store.BatchResult, names map[int64]string) error {
	if s.form == asJSON {
		out := make([]resultJSON, len(found))
		for i, r := range found {
			out[i] = resultOf(names[r.Monitor], r)
		}
		return printArray(s.out, out)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "data until", whole: true}, column{head: "monitor"}, column{head: "batch"},
		column{head: "verdict", whole: true}, column{head: "share", right: true}, column{head: "drifted", right: true},
		column{head: "rows", right: true}, column{head: "says"})
	for _, r := range found {
		j := resultOf(names[r.Monitor], r)
		drifted := ""
		if r.Verdict != "" {
			drifted = fmt.Sprintf("%d/%d", r.Drifted, r.Tested)
		}
		err := t.row(texts(s.form.moment(j.End), j.Monitor, j.Batch, j.says(), j.share(), drifted, strconv.Itoa(j.Rows), j.Says)...)
		if err != nil {
			return err
		}
	}
	return t.end()
}

// loggedJSON is what a run says of drift.
type loggedJSON struct {
	RunID     string     `json:"run_id"`
	Name      string     `json:"run_name"`
	Timestamp store.Time `json:"timestamp"`
	Share     *number    `json:"share"`
	Drifted   *number    `json:"drifted"`
	Verdict   *string    `json:"verdict"`
}

// driftOfRuns prints what a run logged of drift, or the runs of an experiment.
func (s *session) driftOfRuns(ctx context.Context, st store.Store, name string, limit int) error {
	var all []loggedJSON
	r, err := oneRun(ctx, st, name)
	switch {
	case err == nil:
		all, err = loggedBy(ctx, st, r)
	case errors.Is(err, store.ErrNotFound):
		all, err = driftOfExperiment(ctx, st, name)
	}
	if err != nil {
		return err
	}
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	if s.form == asJSON {
		return printArray(s.out, all)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "logged", whole: true}, column{head: "run"}, column{head: "verdict", whole: true},
		column{head: "share", right: true}, column{head: "drifted", right: true}, column{head: "run_id"})
	for _, l := range all {
		verdict := ""
		if l.Verdict != nil {
			verdict = *l.Verdict
		}
		if err := t.row(texts(s.form.moment(l.Timestamp), l.Name, verdict, shownNumber(l.Share), shownNumber(l.Drifted), l.RunID)...); err != nil {
			return err
		}
	}
	return t.end()
}

func shownNumber(n *number) string {
	if n == nil {
		return ""
	}
	return short(float64(*n))
}

// loggedBy is the history of a run's drift, the latest first; the verdict is that of
// the latest report.
func loggedBy(ctx context.Context, st store.Store, r store.Run) (all []loggedJSON, err error) {
	if _, ok := r.Metrics[store.MetricDriftShare]; !ok {
		return nil, fmt.Errorf("run %s logged no drift: it has no metric %s", r.Called(), store.MetricDriftShare)
	}
	drifted := map[int64]float64{}
	collect := func(key string, take func(store.Point)) error {
		return st.History(ctx, r.ID, key, func(part []store.Point) error {
			for _, p := range part {
				take(p)
			}
			return nil
		})
	}
	if err := collect(store.MetricDriftColumns, func(p store.Point) { drifted[p.Timestamp] = p.Value }); err != nil {
		return nil, err
	}
	err = collect(store.MetricDriftShare, func(p store.Point) {
		l := loggedJSON{RunID: r.ID, Name: r.Name, Timestamp: store.At(p.Timestamp), Share: numberOrNull(p.Value)}
		if n, ok := drifted[p.Timestamp]; ok {
			l.Drifted = numberOrNull(n)
		}
		all = append([]loggedJSON{l}, all...)
	})
	if len(all) > 0 {
		all[0].Verdict = orNull(r.Tags[store.TagDriftVerdict])
	}
	return all, err
}

// driftOfExperiment is what the runs of an experiment logged of drift last.
func driftOfExperiment(ctx context.Context, st store.Store, name string) (all []loggedJSON, err error) {
	ids, err := experimentIDs(ctx, st, []string{name})
	if err != nil {
		return nil, fmt.Errorf("there is no monitor, run or experiment %s: %w", name, err)
	}
	runs, err := st.Runs(ctx, store.RunQuery{Experiments: ids})
	for _, r := range runs {
		if p, ok := r.Metrics[store.MetricDriftShare]; ok {
			all = append(all, loggedJSON{
				r.ID, r.Name, store.At(p.Timestamp), numberOrNull(p.Value), numberOrNull(r.Metrics[store.MetricDriftColumns].Value), orNull(r.Tags[store.TagDriftVerdict]),
			})
		}
	}
	return all, err
}
