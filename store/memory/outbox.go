package memory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"benchside/store"
)

var (
	_ store.Outbox    = (*Store)(nil)
	_ store.JobKeeper = (*Store)(nil)
)

// Clock has the outbox take the time from now.
func (s *Store) Clock(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = now
}

// write changes copies of the records, so that who reads keeps what was read.
func (s *Store) write(ctx context.Context, call string, write func(r *Records, now time.Time) error) error {
	if err := s.hooks.before(ctx, call); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := s.records
	changed.Deliveries, changed.Jobs = slices.Clone(changed.Deliveries), slices.Clone(changed.Jobs)
	if err := write(&changed, s.clock()); err != nil {
		return err
	}
	s.records = changed
	return nil
}

// Webhooks implements store.Outbox.
func (s *Store) Webhooks(ctx context.Context) (found []store.Webhook, err error) {
	err = s.read(ctx, "Webhooks", func(r *Records) error {
		found = slices.Clone(r.Webhooks)
		return nil
	})
	return found, err
}

// Deliveries implements store.Outbox.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) (found []store.Delivery, err error) {
	err = s.read(ctx, "Deliveries", func(r *Records) error {
		for _, d := range slices.Backward(r.Deliveries) {
			if (q.Recipient == "" || q.Recipient == d.Recipient) && (q.State == "" || q.State == d.State) && (q.Limit == 0 || len(found) < q.Limit) {
				found = append(found, d)
			}
		}
		return nil
	})
	return found, err
}

// Claim implements store.Outbox.
func (s *Store) Claim(ctx context.Context, n int, lease time.Duration) (claimed []store.Delivery, err error) {
	err = s.write(ctx, "Claim", func(r *Records, at time.Time) error {
		now := store.AtTime(at)
		for i := range r.Deliveries {
			d := &r.Deliveries[i]
			switch {
			case d.State == store.Sending && now.Millis()-d.Changed.Millis() > lease.Milliseconds():
				d.State, d.Changed, d.Answer = store.Interrupted, now, "interrupted while it was sent; it may have arrived: replay it if it did not"
			case d.State == store.Pending && d.Next.Compare(now) <= 0 && len(claimed) < n:
				d.State, d.Changed = store.Sending, now
				d.Attempts++
				claimed = append(claimed, *d)
			}
		}
		return nil
	})
	return claimed, err
}

// Settle implements store.Outbox.
func (s *Store) Settle(ctx context.Context, d store.Delivery) error {
	return s.write(ctx, "Settle", func(r *Records, now time.Time) error {
		i := slices.IndexFunc(r.Deliveries, func(other store.Delivery) bool { return other.ID == d.ID })
		if i < 0 {
			return fmt.Errorf("settle delivery %s: %w", d.ID, store.ErrNotFound)
		}
		if r.Deliveries[i].State != store.Sending {
			return fmt.Errorf("settle delivery %s, which is %s: %w", d.ID, r.Deliveries[i].State, store.ErrStale)
		}
		r.Deliveries[i].State, r.Deliveries[i].Next, r.Deliveries[i].Answer = d.State, d.Next, d.Answer
		r.Deliveries[i].Changed = store.AtTime(now)
		return nil
	})
}

// Enqueue implements store.Outbox.
func (s *Store) Enqueue(ctx context.Context, d store.Delivery) error {
	return s.write(ctx, "Enqueue", func(r *Records, now time.Time) error {
		d.State, d.Changed = store.Pending, store.AtTime(now)
		r.Deliveries = append(r.Deliveries, d)
		return nil
	})
}

// AddJob implements store.JobKeeper.
func (s *Store) AddJob(ctx context.Context, j store.Job) (id int64, err error) {
	err = s.write(ctx, "AddJob", func(r *Records, _ time.Time) error {
		j.ID = int64(len(r.Jobs) + 1)
		r.Jobs = append(r.Jobs, j)
		return nil
	})
	return j.ID, err
}

// onJob changes a job.
func (s *Store) onJob(ctx context.Context, call string, id int64, change func(*store.Job)) error {
	return s.write(ctx, call, func(r *Records, _ time.Time) error {
		i := slices.IndexFunc(r.Jobs, func(j store.Job) bool { return j.ID == id })
		if i < 0 {
			return fmt.Errorf("job %d: %w", id, store.ErrNotFound)
		}
		change(&r.Jobs[i])
		return nil
	})
}

// SetJob implements store.JobKeeper.
func (s *Store) SetJob(ctx context.Context, j store.Job) error {
	return s.onJob(ctx, "SetJob", j.ID, func(kept *store.Job) {
		kept.State, kept.Host, kept.PID, kept.Started, kept.Ended = j.State, j.Host, j.PID, j.Started, j.Ended
		kept.Exit, kept.Log, kept.Says = j.Exit, j.Log, j.Says
	})
}

// AskCancel implements store.JobKeeper.
func (s *Store) AskCancel(ctx context.Context, id int64) error {
	return s.onJob(ctx, "AskCancel", id, func(j *store.Job) { j.Asked = true })
}

// Job implements store.JobKeeper.
func (s *Store) Job(ctx context.Context, id int64) (found store.Job, err error) {
	err = s.read(ctx, "Job", func(r *Records) error {
		for _, j := range r.Jobs {
			if j.ID == id {
				found = j
				return nil
			}
		}
		return fmt.Errorf("job %d: %w", id, store.ErrNotFound)
	})
	return found, err
}

// Jobs implements store.JobKeeper.
func (s *Store) Jobs(ctx context.Context, limit int) (found []store.Job, err error) {
	err = s.read(ctx, "Jobs", func(r *Records) error {
		for _, j := range slices.Backward(r.Jobs) {
			if limit == 0 || len(found) < limit {
				found = append(found, j)
			}
		}
		return nil
	})
	return found, err
}
