// Package joined shows several stores as one, so that their runs can stand
// beside each other. It reads no files itself and never writes.
package joined

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"benchside/store"
)

// Member is one of the stores.
type Member struct {
	store.Store
	// Label is what people call it: experiments are named Label/name. Empty, the
	// names stay.
	Label string
	Path  string // of its file or folder, beside which artifacts are looked for
}

// Store is several stores. The ids of the first one's records are what they
// are; those of the second begin with "2:", of the third with "3:", since a copy
// of a store has the same ids again.
type Store struct{ members []Member }

var _ store.Store = (*Store)(nil)

// New joins stores, which it closes when it is closed.
func New(members ...Member) *Store { return &Store{members} }

// prefix begins the ids of a member.
func prefix(member int) string {
	if member == 0 {
		return ""
	}
	return strconv.Itoa(member+1) + ":"
}

// Split cuts the number of a store from an id or a name, such as "2:abc"; it is 0
// where there is none.
func Split(id string) (number int, own string) {
	before, rest, found := strings.Cut(id, ":")
	if n, err := strconv.Atoi(before); found && err == nil && n >= 1 && before == strconv.Itoa(n) {
		return n, rest
	}
	return 0, id
}

// split finds the member that an id is of, and its id there. People may name the
// first one, too, by "1:".
func (s *Store) split(id string) (member int, own string) {
	if n, own := Split(id); n >= 1 && n <= len(s.members) {
		return n - 1, own
	}
	return 0, id
}

// byMember sorts ids by the member that they are of.
func (s *Store) byMember(ids []string) [][]string {
	out := make([][]string, len(s.members))
	for _, id := range ids {
		m, own := s.split(id)
		out[m] = append(out[m], own)
	}
	return out
}

// each calls read with every member until one fails, whose error it wraps.
func (s *Store) each(read func(i int, m *Member) error) error {
	for i := range s.members {
		if err := read(i, &s.members[i]); err != nil {
			return s.wrap(i, err)
		}
	}
	return nil
}

func (s *Store) wrap(member int, err error) error {
	if label := s.members[member].Label; err != nil && label != "" {
		return fmt.Errorf("%s: %w", label, err)
	}
	return err
}

func (s *Store) head(member int, h store.Head) store.Head {
	if member == 0 {
		return h
	}
	p := prefix(member)
	h.ID, h.ExperimentID = p+h.ID, p+h.ExperimentID
	if h.ParentID != "" {
		h.ParentID = p + h.ParentID
	}
	return h
}

func (s *Store) heads(member int, heads []store.Head) []store.Head {
	for i := range heads {
		heads[i] = s.head(member, heads[i])
	}
	return heads
}

func (s *Store) run(member int, r store.Run) store.Run {
	m := &s.members[member]
	r.Head = s.head(member, r.Head)
	r.Store = store.Origin{Label: m.Label, Path: m.Path}
	r.ExperimentName = m.named(r.ExperimentName)
	return r
}

// named is the name of an experiment among those of all stores.
func (m *Member) named(experiment string) string {
	if m.Label == "" {
		return experiment
	}
	return m.Label + "/" + experiment
}

// scope is the part of a query for experiments that a member has; ok is false
// where it has none of them.
func (s *Store) scope(member int, experiments []string) (own []string, ok bool) {
	if experiments == nil {
		return nil, true
	}
	own = s.byMember(experiments)[member]
	if own == nil {
		own = []string{}
	}
	return own, len(own) > 0
}

// Close implements io.Closer.
func (s *Store) Close() error {
	var errs []error
	for i := range s.members {
		errs = append(errs, s.wrap(i, s.members[i].Close()))
	}
	return errors.Join(errs...)
}

// Quiet implements store.Quieter.
func (s *Store) Quiet(ctx context.Context) (resume func(), err error) {
	var resumes []func()
	resume = func() {
		for _, r := range resumes {
			r()
		}
	}
	err = s.each(func(_ int, m *Member) error {
		r, err := m.Quiet(ctx)
		if err == nil {
			resumes = append(resumes, r)
		}
		return err
	})
	if err != nil {
		resume()
		return nil, err
	}
	return resume, nil
}

// About implements store.Describer: the sums of all, and a note for each.
func (s *Store) About(ctx context.Context) (store.About, error) {
	var all store.About
	err := s.each(func(i int, m *Member) error {
		a, err := m.About(ctx)
		if err != nil {
			return err
		}
		if i == 0 {
			all = a
			return nil
		}
		all.Bytes, all.Experiments, all.Runs = all.Bytes+a.Bytes, all.Experiments+a.Experiments, all.Runs+a.Runs
		if all.Points += a.Points; a.Points < 0 {
			all.Points = -1
		}
		all.Writable, all.Why = false, "several stores are open together: open one alone to change it"
		all.Notes = append(all.Notes, fmt.Sprintf("%s%s, %s, %d runs", prefix(i), m.Label, a.Path, a.Runs))
		return nil
	})
	return all, err
}
