package memory

import (
	"context"
	"fmt"
	"slices"

	"benchside/store"
)

// Governed is what benchside keeps beside MLflow's registry.
type Governed struct {
	Lines      []store.Line // of the ledger, from the first on
	Unrecorded []store.Line
	Broken     error // what a look through the ledger finds
	Requests   []store.Request
	Comments   []store.Comment
	Rules      map[string][]store.Rule // by model
	Cards      []store.GateCard
}

// written is what a test was asked to write, and what it answers.
type written struct {
	intents []store.Intent
	answer  store.Receipt
}

var (
	_ store.Writer           = (*Store)(nil)
	_ store.LedgerReader     = (*Store)(nil)
	_ store.GovernanceReader = (*Store)(nil)
)

// Answer sets the receipt of the writes to come.
func (s *Store) Answer(r store.Receipt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written.answer = r
}

// Intents are what was to be written, the first one first.
func (s *Store) Intents() []store.Intent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.written.intents)
}

// Write implements store.Writer: it keeps the intent and changes no record but those
// of monitors.
func (s *Store) Write(ctx context.Context, i store.Intent) (store.Receipt, error) {
	if err := s.hooks.before(ctx, "Write"); err != nil {
		return store.Receipt{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	changed, watched := s.records.clone(), false
	for _, m := range i.Mutations {
		is, err := changed.watch(i, m, s.clock())
		if err != nil {
			return store.Receipt{}, fmt.Errorf("%s: %w", m.Sentence(), err)
		}
		watched = watched || is
	}
	s.written.intents = append(s.written.intents, i)
	if watched && !i.DryRun {
		old := s.records
		s.records = changed
		s.tell(store.Change{Events: differences(old, changed)})
	}
	return s.written.answer, nil
}

// Lines implements store.LedgerReader.
func (s *Store) Lines(ctx context.Context, q store.LineQuery) (out []store.Line, err error) {
	err = s.read(ctx, "Lines", func(r *Records) error {
		for _, l := range slices.Backward(r.Governed.Lines) {
			of := q.Of.Name == "" || q.Of.Name == l.Of.Name && (q.Of.Version == 0 || l.Of.Version == 0 || l.Of.Version == q.Of.Version)
			if of && (q.Before <= 0 || l.Seq < q.Before) && l.At.Compare(q.Since) >= 0 && (q.Limit == 0 || len(out) < q.Limit) {
				out = append(out, l)
			}
		}
		return nil
	})
	return out, err
}

// Unrecorded implements store.LedgerReader.
func (s *Store) Unrecorded(ctx context.Context) (out []store.Line, err error) {
	err = s.read(ctx, "Unrecorded", func(r *Records) error { out = slices.Clone(r.Governed.Unrecorded); return nil })
	return out, err
}

// VerifyLedger implements store.LedgerReader.
func (s *Store) VerifyLedger(ctx context.Context) (n int64, err error) {
	err = s.read(ctx, "VerifyLedger", func(r *Records) error { n = int64(len(r.Governed.Lines)); return r.Governed.Broken })
	return n, err
}

// RegistryAt implements store.LedgerReader: the models and versions that were made by
// then, as they are now; none before the first line.
func (s *Store) RegistryAt(ctx context.Context, at store.Time) (models []store.RegisteredModel, versions []store.ModelVersion, err error) {
	err = s.read(ctx, "RegistryAt", func(r *Records) error {
		if len(r.Governed.Lines) == 0 || at.Compare(r.Governed.Lines[0].At) < 0 {
			return nil
		}
		models = slices.DeleteFunc(slices.Clone(r.Registered), func(m store.RegisteredModel) bool { return m.Created.Compare(at) > 0 })
		versions = slices.DeleteFunc(slices.Clone(r.Versions), func(v store.ModelVersion) bool { return v.Created.Compare(at) > 0 })
		return nil
	})
	return models, versions, err
}

// Requests implements store.GovernanceReader.
func (s *Store) Requests(ctx context.Context, q store.RequestQuery) (out []store.Request, err error) {
	err = s.read(ctx, "Requests", func(r *Records) error {
		for _, one := range slices.Backward(r.Governed.Requests) {
			of := (q.Model == "" || q.Model == one.Model) && (q.Version == 0 || q.Version == one.Version)
			if of && (q.State == "" || q.State == one.State) && (q.Limit == 0 || len(out) < q.Limit) {
				out = append(out, one)
			}
		}
		return nil
	})
	return out, err
}

// Comments implements store.GovernanceReader.
func (s *Store) Comments(ctx context.Context, model string, version int64) (out []store.Comment, err error) {
	err = s.read(ctx, "Comments", func(r *Records) error {
		for _, c := range slices.Backward(r.Governed.Comments) {
			if c.Model == model && (version == 0 || c.Version == version) {
				out = append(out, c)
			}
		}
		return nil
	})
	return out, err
}

// Rules implements store.GovernanceReader.
func (s *Store) Rules(ctx context.Context, model string) (out []store.Rule, err error) {
	err = s.read(ctx, "Rules", func(r *Records) error { out = slices.Clone(r.Governed.Rules[model]); return nil })
	return out, err
}

// GateCards implements store.GovernanceReader.
func (s *Store) GateCards(ctx context.Context, model string, version int64) (out []store.GateCard, err error) {
	err = s.read(ctx, "GateCards", func(r *Records) error {
		for _, c := range slices.Backward(r.Governed.Cards) {
			if c.Model == model && (version == 0 || c.Version == version) {
				out = append(out, c)
			}
		}
		return nil
	})
	return out, err
}

// cloneGoverned copies the lists, whose records are not changed in place.
func (r *Records) cloneGoverned() {
	g := &r.Governed
	g.Lines, g.Unrecorded, g.Requests = slices.Clone(g.Lines), slices.Clone(g.Unrecorded), slices.Clone(g.Requests)
	g.Comments, g.Cards = slices.Clone(g.Comments), slices.Clone(g.Cards)
	g.Rules = cloneLists(g.Rules)
}
