package cmd

import (
	"context"
	"fmt"
	"time"

	"benchside/store"
	"benchside/store/memory"
)

const atUsage = "the models as they were at `T`, as far as the ledger knows: a date, or '2026-05-01 14:30'"

// registryAt opens what models are read from: the store, or what its ledger knows
// of a time.
func (s *session) registryAt(ctx context.Context, words string) (r registry, closed func(), err error) {
	var at store.Time
	if words != "" {
		if at, err = store.Until(words, time.Local); err != nil {
			return nil, nil, usage("--at: %w", err)
		}
	}
	st, err := s.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	closed = func() { st.Close() }
	if words == "" {
		return st, closed, nil
	}
	past, err := pastOf(ctx, st, at)
	if err != nil {
		closed()
		return nil, nil, err
	}
	return past, closed, nil
}

// registry is what lists of models and versions are made from.
type registry interface {
	store.RegistryReader
	store.RunReader
}

// pastRegistry is the registry of a time, over the runs of today.
type pastRegistry struct {
	store.RegistryReader
	store.RunReader
}

func pastOf(ctx context.Context, st store.RunReader, at store.Time) (registry, error) {
	ledger, err := role[store.LedgerReader](st, readLedger)
	if err != nil {
		return nil, err
	}
	first, err := ledger.Lines(ctx, store.LineQuery{Before: 2, Limit: 1})
	switch {
	case err != nil:
		return nil, err
	case len(first) == 0:
		return nil, fmt.Errorf("models at %s: the ledger is empty, so nothing is known of the past; models observe begins it: %w", shortMoment(at), store.ErrNotFound)
	case at.Compare(first[0].At) < 0:
		return nil, fmt.Errorf("models at %s: the ledger begins at %s: %w", shortMoment(at), shortMoment(first[0].At), store.ErrNotFound)
	}
	models, versions, err := ledger.RegistryAt(ctx, at)
	if err != nil {
		return nil, err
	}
	return pastRegistry{memory.New(memory.Records{Registered: models, Versions: versions}), st}, nil
}

func shortMoment(at store.Time) string { return at.Time().Local().Format("2006-01-02 15:04") }
