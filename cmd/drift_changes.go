package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"benchside/drift/streams"
	"benchside/store"
)

// watchedValue is one of a stream: a point of a metric, or the share of a batch.
type watchedValue struct {
	where string // its step, or the name of the batch
	at    store.Time
	value float64
}

// signalJSON is a place at which a detector says something.
type signalJSON struct {
	Nth       int        `json:"nth"` // from 1, of the values that are finite
	Where     string     `json:"where"`
	Timestamp store.Time `json:"timestamp"`
	Value     number     `json:"value"`
	Signal    string     `json:"signal"`
}

func (s *session) driftChanges() *cobra.Command {
	metric, detector := "", streams.Names()[0]
	c := s.leaf(&cobra.Command{
		Use: "changes RUN --metric KEY | changes MONITOR", Short: "Find where a metric of a run, or the share of a monitor, changed; exit code 3 if it did",
		Long: "Finds where a stream of numbers changed: the points of a metric of a run, in the order of their steps, or the shares of\n" +
			"drifted columns that a monitor found. NaN and infinite points are left out and counted. A detector begins anew behind\n" +
			"each change. The detectors are river's: " + strings.Join(streams.Names(), ", ") + "; those behind page_hinkley take errors, 0 or 1.",
		Args: takes(1, "one run, or a monitor"),
	}, func(ctx context.Context, args []string) error {
		d, err := streams.New(detector, streams.Params{})
		if err != nil {
			return usage("--detector %s: one of %s", detector, strings.Join(streams.Names(), ", "))
		}
		return s.findChanges(ctx, args[0], metric, d)
	})
	c.Flags().StringVar(&metric, "metric", "", "the `KEY` of a metric of the run")
	c.Flags().StringVar(&detector, "detector", detector, "`NAME` of a detector")
	s.forms.add(c)
	return c
}

func (s *session) findChanges(ctx context.Context, name, metric string, d streams.Detector) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	read := pointsOf
	if metric == "" {
		read = func(ctx context.Context, st store.Store, name, _ string) ([]watchedValue, error) {
			return sharesOf(ctx, st, name)
		}
	}
	values, err := read(ctx, st, name, metric)
	if err != nil {
		return err
	}
	found, left, drifted := []signalJSON{}, 0, 0
	for i, v := range values {
		word := ""
		switch d.Add(v.value) {
		case streams.Skipped:
			left++
		case streams.Drift:
			drifted++
			word = "drift"
		case streams.Warning:
			word = "warning"
		case streams.Quiet:
		}
		if word != "" {
			found = append(found, signalJSON{i + 1 - left, v.where, v.at, number(v.value), word})
		}
	}
	if err := s.printChanges(found); err != nil {
		return err
	}
	if s.form == plain {
		fmt.Fprintf(s.out, "%d of %d values are changes; %d were not finite\n", drifted, len(values)-left, left)
	}
	if drifted > 0 {
		return noError{fmt.Errorf("%s changed at %d of %d values", name, drifted, len(values)-left)}
	}
	return nil
}

func (s *session) printChanges(found []signalJSON) error {
	if s.form == asJSON {
		return printArray(s.out, found)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "nth", right: true}, column{head: "where"}, column{head: "at", whole: true},
		column{head: "value", right: true}, column{head: "signal", whole: true})
	for _, c := range found {
		err := t.row(texts(strconv.Itoa(c.Nth), c.Where, s.form.moment(c.Timestamp), strconv.FormatFloat(float64(c.Value), 'g', -1, 64), c.Signal)...)
		if err != nil {
			return err
		}
	}
	return t.end()
}

// pointsOf are the points of a metric of a run, by step and then time.
func pointsOf(ctx context.Context, st store.Store, name, metric string) ([]watchedValue, error) {
	r, err := oneRun(ctx, st, name)
	if err != nil {
		return nil, err
	}
	var points []store.Point
	err = st.History(ctx, r.ID, metric, func(some []store.Point) error {
		points = append(points, some...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(points) == 0 {
		return nil, fmt.Errorf("run %s has no metric %q: %w", r.Called(), metric, store.ErrNotFound)
	}
	slices.SortStableFunc(points, func(a, b store.Point) int { return a.Step.Compare(b.Step) })
	out := make([]watchedValue, len(points))
	for i, p := range points {
		out[i] = watchedValue{"step " + p.Step.String(), store.At(p.Timestamp), p.Value}
	}
	return out, nil
}

// sharesOf are the shares that a monitor found, the oldest data first.
func sharesOf(ctx context.Context, st store.Store, name string) ([]watchedValue, error) {
	reader, err := role[store.MonitorReader](st, "read monitors")
	if err != nil {
		return nil, err
	}
	m, err := watchedStore{st, reader}.called(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w; a run takes --metric KEY", err)
	}
	if err != nil {
		return nil, err
	}
	found, err := reader.Results(ctx, store.ResultQuery{Monitor: m.ID})
	if err != nil {
		return nil, err
	}
	var out []watchedValue
	for _, r := range slices.Backward(found) {
		if r.Counted() {
			out = append(out, watchedValue{r.Batch.Name, r.Batch.End, r.Share})
		}
	}
	return out, nil
}
