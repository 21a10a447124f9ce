package joined

import (
	"context"
	"slices"

	"benchside/store"
	"benchside/store/memory"
)

// Recent implements store.RunScanner.
func (s *Store) Recent(ctx context.Context, q store.RunQuery, n int) (store.Page, error) {
	var newest, ancestors []store.Head
	total, known := 0, true
	err := s.each(func(i int, m *Member) error {
		own := q
		var ok bool
		if own.Experiments, ok = s.scope(i, q.Experiments); !ok {
			return ctx.Err()
		}
		page, err := m.Recent(ctx, own, n)
		heads := s.heads(i, page.Heads)
		at := min(n, len(heads))
		if page.Total > 0 {
			at = min(at, page.Total)
		}
		newest, ancestors = append(newest, heads[:at]...), append(ancestors, heads[at:]...)
		total += page.Total
		known = known && (page.Total > 0 || len(heads) == 0)
		return err
	})
	if err != nil {
		return store.Page{}, err
	}
	slices.SortStableFunc(newest, memory.LatestFirst)
	at := min(max(n, 0), len(newest))
	page := store.Page{Heads: slices.Clone(newest[:at])}
	page.Heads = append(page.Heads, above(page.Heads, append(newest[at:], ancestors...))...)
	if known {
		page.Total = total
	}
	return page, nil
}

// above are those of others that are ancestors of the runs.
func above(runs, others []store.Head) []store.Head {
	byID := map[string]store.Head{}
	for _, h := range others {
		byID[h.ID] = h
	}
	var out []store.Head
	for next := runs; len(next) > 0; {
		at := len(out)
		for _, h := range next {
			if parent, ok := byID[h.ParentID]; ok {
				delete(byID, h.ParentID)
				out = append(out, parent)
			}
		}
		next = out[at:]
	}
	return out
}

// Heads implements store.RunScanner.
func (s *Store) Heads(ctx context.Context, q store.RunQuery, yield func(store.Page) error) error {
	before := 0 // runs of the members that were read
	return s.each(func(i int, m *Member) error {
		own := q
		var ok bool
		if own.Experiments, ok = s.scope(i, q.Experiments); !ok {
			return ctx.Err()
		}
		count := 0
		err := m.Heads(ctx, own, func(p store.Page) error {
			p.Heads = s.heads(i, p.Heads)
			p.Total += before
			count += len(p.Heads)
			return yield(p)
		})
		before += count
		return err
	})
}

// HeadsOf implements store.RunScanner.
func (s *Store) HeadsOf(ctx context.Context, ids []string) ([]store.Head, error) {
	var all []store.Head
	parts := s.byMember(ids)
	err := s.each(func(i int, m *Member) error {
		if len(parts[i]) == 0 {
			return nil
		}
		heads, err := m.HeadsOf(ctx, parts[i])
		all = append(all, s.heads(i, heads)...)
		return err
	})
	return all, err
}

// Cells implements store.RunScanner.
func (s *Store) Cells(ctx context.Context, ids []string, fields []store.Field) (map[string]store.Cells, error) {
	all := make(map[string]store.Cells, len(ids))
	parts := s.byMember(ids)
	err := s.each(func(i int, m *Member) error {
		if len(parts[i]) == 0 {
			return nil
		}
		cells, err := m.Cells(ctx, parts[i], fields)
		for id, c := range cells {
			all[prefix(i)+id] = c
		}
		return err
	})
	return all, err
}

// Column implements store.RunScanner.
func (s *Store) Column(ctx context.Context, experiments []string, field store.Field) (store.Column, error) {
	all := store.Column{Numbers: map[string]float64{}, Texts: map[string]string{}}
	err := s.each(func(i int, m *Member) error {
		own, ok := s.scope(i, experiments)
		if !ok {
			return ctx.Err()
		}
		c, err := m.Column(ctx, own, field)
		for id, v := range c.Numbers {
			all.Numbers[prefix(i)+id] = v
		}
		for id, v := range c.Texts {
			all.Texts[prefix(i)+id] = v
		}
		return err
	})
	return all, err
}

// Watch implements store.Watcher: the changes of all of them, one after the
// other.
func (s *Store) Watch(ctx context.Context) (<-chan store.Change, error) {
	ctx, stop := context.WithCancel(ctx)
	feeds := make([]<-chan store.Change, len(s.members))
	err := s.each(func(i int, m *Member) (err error) {
		feeds[i], err = m.Watch(ctx)
		return err
	})
	if err != nil {
		stop()
		return nil, err
	}
	out := make(chan store.Change)
	ended := make(chan struct{}, len(feeds))
	for i, feed := range feeds {
		go func() {
			s.forward(ctx, i, feed, out)
			ended <- struct{}{}
		}()
	}
	go func() {
		for range feeds {
			<-ended
		}
		stop()
		close(out)
	}()
	return out, nil
}

func (s *Store) forward(ctx context.Context, member int, feed <-chan store.Change, out chan<- store.Change) {
	for c := range feed {
		for i := range c.Events {
			c.Events[i].Head = s.event(member, c.Events[i].Head)
		}
		c.Problem = s.wrap(member, c.Problem)
		select {
		case out <- c:
		case <-ctx.Done():
		}
	}
}

// event is the head of an event, of which only the id may be set.
func (s *Store) event(member int, h store.Head) store.Head {
	experiment := h.ExperimentID
	if h = s.head(member, h); experiment == "" {
		h.ExperimentID = ""
	}
	return h
}
