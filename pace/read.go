package pace

import (
	"context"
	"fmt"
	"strings"

	"benchside/store"
)

// Times is after how many of its own intervals a run usually counts as stalled.
const Times = 10

// Run is the rhythm of a run, and how many steps it will do.
type Run struct {
	Beat
	Key   string  // the metric whose rhythm it is; empty if nothing was logged
	Total float64 // 0 if nobody says
	From  string  // who says
}

// read is how many points of a history a rhythm takes.
const read = 40

// Read reads the rhythm of the metric that a run logged last; names are those of params and
// tags that hold totals. Metrics of the system come by a clock, also while a training hangs,
// so that they say nothing.
func Read(ctx context.Context, r store.MetricReader, run *store.Run, names []string) (*Run, error) {
	b := &Run{}
	newest := int64(0)
	for key, p := range run.Metrics {
		if !strings.HasPrefix(key, store.SystemMetric) && (b.Key == "" || p.Timestamp > newest || p.Timestamp == newest && key < b.Key) {
			b.Key, newest = key, p.Timestamp
		}
	}
	if b.Key == "" {
		return b, nil
	}
	points, whole, err := r.Glance(ctx, run.ID, b.Key, read)
	if err != nil {
		return nil, fmt.Errorf("read how often run %s logs: %w", run.ID, err)
	}
	if whole {
		for _, p := range points {
			b.Add(p)
		}
	} else {
		n, err := r.Count(ctx, run.ID, b.Key)
		if err != nil {
			return nil, fmt.Errorf("read how often run %s logs: %w", run.ID, err)
		}
		b.Thin(points, n)
	}
	if last, ok := b.Last(); ok {
		b.Total, b.From, _ = Total(run.Params, run.Tags, names, last.Step.Float())
	}
	return b, nil
}
