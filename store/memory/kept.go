package memory

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"benchside/store"
)

// Kept is what benchside keeps beside MLflow's records, oldest first.
type Kept struct {
	Lines      []store.Line
	Unrecorded []store.Line
	Broken     error // what VerifyLedger says; nil for a ledger that holds
	Requests   []store.Request
	Comments   []store.Comment
	Rules      map[string][]store.Rule // by model
	Cards      []store.GateCard
	Webhooks   []store.Webhook
	Deliveries []store.Delivery
	Jobs       []store.Job
}

func (k Kept) clone() Kept {
	k.Lines, k.Unrecorded = slices.Clone(k.Lines), slices.Clone(k.Unrecorded)
	k.Requests, k.Comments, k.Cards = slices.Clone(k.Requests), slices.Clone(k.Comments), slices.Clone(k.Cards)
	k.Webhooks, k.Deliveries, k.Jobs = slices.Clone(k.Webhooks), slices.Clone(k.Deliveries), slices.Clone(k.Jobs)
	k.Rules = cloneLists(k.Rules)
	return k
}

var _ interface {
	store.Writer
	store.LedgerReader
	store.GovernanceReader
	store.Outbox
	store.JobKeeper
} = (*Store)(nil)

// writes are the intents that were given to Write.
type writes struct {
	mu      sync.Mutex
	intents []store.Intent
	answer  func(store.Intent) (store.Receipt, error)
}

// Answer has Write return what answer makes of each intent; nil has it return a
// line for each mutation. Write itself changes no record: answer may, by Change.
func (s *Store) Answer(answer func(store.Intent) (store.Receipt, error)) {
	s.writes.mu.Lock()
	defer s.writes.mu.Unlock()
	s.writes.answer = answer
}

// Intents returns what Write was given, the latest last.
func (s *Store) Intents() []store.Intent {
	s.writes.mu.Lock()
	defer s.writes.mu.Unlock()
	return slices.Clone(s.writes.intents)
}

// Write implements store.Writer.
func (s *Store) Write(ctx context.Context, i store.Intent) (store.Receipt, error) {
	if err := s.hooks.before(ctx, "Write"); err != nil {
		return store.Receipt{}, err
	}
	s.writes.mu.Lock()
	s.writes.intents = append(s.writes.intents, i)
	answer := s.writes.answer
	s.writes.mu.Unlock()
	if answer != nil {
		return answer(i)
	}
	var r store.Receipt
	err := s.read(ctx, "", func(records *Records) error {
		for n, m := range i.Mutations {
			r.Lines = append(r.Lines, store.Line{
				Seq: int64(len(records.Kept.Lines) + n + 1), At: store.AtTime(time.Now()), By: i.By, What: m.Name(), Of: m.Subject(),
				Sentence: m.Sentence(), Reason: i.Reason,
			})
		}
		return nil
	})
	return r, err
}

// listed returns those of a list that are wanted, the latest first, at most limit.
func listed[T any](ctx context.Context, s *Store, call string, of func(*Records) []T, limit int, wanted func(T) bool) ([]T, error) {
	var found []T
	err := s.read(ctx, call, func(r *Records) error {
		for _, one := range slices.Backward(of(r)) {
			if wanted(one) && (limit == 0 || len(found) < limit) {
				found = append(found, one)
			}
		}
		return nil
	})
	return found, err
}

// Lines implements store.LedgerReader.
func (s *Store) Lines(ctx context.Context, q store.LineQuery) ([]store.Line, error) {
	return listed(ctx, s, "Lines", func(r *Records) []store.Line { return r.Kept.Lines }, q.Limit, func(l store.Line) bool {
		return (q.Of.Name == "" || q.Of.Name == l.Of.Name) && (q.Of.Version == 0 || q.Of.Version == l.Of.Version) &&
			(q.Before == 0 || l.Seq < q.Before) && l.At.Compare(q.Since) >= 0
	})
}

// Unrecorded implements store.LedgerReader.
func (s *Store) Unrecorded(ctx context.Context) (lines []store.Line, err error) {
	err = s.read(ctx, "Unrecorded", func(r *Records) error { lines = slices.Clone(r.Kept.Unrecorded); return nil })
	return lines, err
}

// VerifyLedger implements store.LedgerReader.
func (s *Store) VerifyLedger(ctx context.Context) (n int64, err error) {
	err = s.read(ctx, "VerifyLedger", func(r *Records) error { n = int64(len(r.Kept.Lines)); return r.Kept.Broken })
	return n, err
}

// RegistryAt implements store.LedgerReader. Lines here tell of no rows, so
// nothing is known of the past.
func (s *Store) RegistryAt(ctx context.Context, _ store.Time) ([]store.RegisteredModel, []store.ModelVersion, error) {
	return nil, nil, s.read(ctx, "RegistryAt", func(*Records) error { return store.ErrUnsupported })
}

// Requests implements store.GovernanceReader.
func (s *Store) Requests(ctx context.Context, q store.RequestQuery) ([]store.Request, error) {
	return listed(ctx, s, "Requests", func(r *Records) []store.Request { return r.Kept.Requests }, q.Limit, func(r store.Request) bool {
		return (q.Model == "" || q.Model == r.Model) && (q.Version == 0 || q.Version == r.Version) && (q.State == "" || q.State == r.State)
	})
}

// Comments implements store.GovernanceReader.
func (s *Store) Comments(ctx context.Context, model string, version int64) ([]store.Comment, error) {
	found, err := listed(ctx, s, "Comments", func(r *Records) []store.Comment { return r.Kept.Comments }, 0, func(c store.Comment) bool {
		return c.Model == model && (version == 0 || c.Version == version)
	})
	slices.Reverse(found)
	return found, err
}

// Rules implements store.GovernanceReader.
func (s *Store) Rules(ctx context.Context, model string) (rules []store.Rule, err error) {
	err = s.read(ctx, "Rules", func(r *Records) error { rules = slices.Clone(r.Kept.Rules[model]); return nil })
	return rules, err
}

// GateCards implements store.GovernanceReader.
func (s *Store) GateCards(ctx context.Context, model string, version int64) ([]store.GateCard, error) {
	return listed(ctx, s, "GateCards", func(r *Records) []store.GateCard { return r.Kept.Cards }, 0, func(c store.GateCard) bool {
		return c.Model == model && (version == 0 || c.Version == version)
	})
}

// Webhooks implements store.Outbox.
func (s *Store) Webhooks(ctx context.Context) (found []store.Webhook, err error) {
	err = s.read(ctx, "Webhooks", func(r *Records) error { found = slices.Clone(r.Kept.Webhooks); return nil })
	return found, err
}

// Deliveries implements store.Outbox.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]store.Delivery, error) {
	return listed(ctx, s, "Deliveries", func(r *Records) []store.Delivery { return r.Kept.Deliveries }, q.Limit, func(d store.Delivery) bool {
		return (q.Recipient == "" || q.Recipient == d.Recipient) && (q.State == "" || q.State == d.State)
	})
}

// edit changes what is kept and tells the watchers.
func (s *Store) edit(ctx context.Context, call string, edit func(k *Kept) error) error {
	if err := s.hooks.before(ctx, call); err != nil {
		return err
	}
	var err error
	s.Change(func(r *Records) { err = edit(&r.Kept) })
	return err
}

// Claim implements store.Outbox.
func (s *Store) Claim(ctx context.Context, n int, lease time.Duration) (claimed []store.Delivery, err error) {
	now := time.Now()
	err = s.edit(ctx, "Claim", func(k *Kept) error {
		for i := range k.Deliveries {
			d := &k.Deliveries[i]
			switch {
			case d.State == store.Sending && d.Changed.Compare(store.AtTime(now.Add(-lease))) < 0:
				d.State, d.Changed = store.Interrupted, store.AtTime(now)
			case d.State == store.Pending && d.Next.Compare(store.AtTime(now)) <= 0 && len(claimed) < n:
				d.State, d.Changed = store.Sending, store.AtTime(now)
				d.Attempts++
				claimed = append(claimed, *d)
			}
		}
		return nil
	})
	return claimed, err
}

// Settle implements store.Outbox.
func (s *Store) Settle(ctx context.Context, settled store.Delivery) error {
	return s.edit(ctx, "Settle", func(k *Kept) error {
		i := slices.IndexFunc(k.Deliveries, func(d store.Delivery) bool { return d.ID == settled.ID && d.State == store.Sending })
		if i < 0 {
			return fmt.Errorf("settle delivery %s: %w", settled.ID, store.ErrStale)
		}
		d := &k.Deliveries[i]
		d.State, d.Next, d.Answer, d.Changed = settled.State, settled.Next, settled.Answer, store.AtTime(time.Now())
		return nil
	})
}

// Enqueue implements store.Outbox.
func (s *Store) Enqueue(ctx context.Context, d store.Delivery) error {
	return s.edit(ctx, "Enqueue", func(k *Kept) error {
		d.ID = orElse(d.ID, fmt.Sprintf("delivery-%d", len(k.Deliveries)+1))
		d.State = orElse(d.State, store.Pending)
		k.Deliveries = append(k.Deliveries, d)
		return nil
	})
}

// AddJob implements store.JobKeeper.
func (s *Store) AddJob(ctx context.Context, j store.Job) (id int64, err error) {
	err = s.edit(ctx, "AddJob", func(k *Kept) error {
		j.ID, j.State = int64(len(k.Jobs)+1), orElse(j.State, store.JobWaiting)
		k.Jobs = append(k.Jobs, j)
		return nil
	})
	return j.ID, err
}

func (s *Store) editJob(ctx context.Context, call string, id int64, edit func(j *store.Job)) error {
	return s.edit(ctx, call, func(k *Kept) error {
		for i := range k.Jobs {
			if k.Jobs[i].ID == id {
				edit(&k.Jobs[i])
				return nil
			}
		}
		return fmt.Errorf("change job %d: %w", id, store.ErrNotFound)
	})
}

// SetJob implements store.JobKeeper.
func (s *Store) SetJob(ctx context.Context, j store.Job) error {
	return s.editJob(ctx, "SetJob", j.ID, func(kept *store.Job) {
		kept.State, kept.Host, kept.PID, kept.Started, kept.Ended = j.State, j.Host, j.PID, j.Started, j.Ended
		kept.Exit, kept.Log, kept.Says = j.Exit, j.Log, j.Says
	})
}

// AskCancel implements store.JobKeeper.
func (s *Store) AskCancel(ctx context.Context, id int64) error {
	return s.editJob(ctx, "AskCancel", id, func(j *store.Job) { j.Asked = true })
}

// Job implements store.JobKeeper.
func (s *Store) Job(ctx context.Context, id int64) (store.Job, error) {
	found, err := listed(ctx, s, "Job", func(r *Records) []store.Job { return r.Kept.Jobs }, 1, func(j store.Job) bool { return j.ID == id })
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read job %d: %w", id, store.ErrNotFound)
	}
	if err != nil {
		return store.Job{}, err
	}
	return found[0], nil
}

// Jobs implements store.JobKeeper.
func (s *Store) Jobs(ctx context.Context, limit int) ([]store.Job, error) {
	return listed(ctx, s, "Jobs", func(r *Records) []store.Job { return r.Kept.Jobs }, limit, func(store.Job) bool { return true })
}
