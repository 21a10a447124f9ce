package memory

import (
	"context"
	"fmt"
	"slices"

	"benchside/store"
)

// Recent implements store.RunScanner.
func (s *Store) Recent(ctx context.Context, q store.RunQuery, n int) (page store.Page, err error) {
	err = s.read(ctx, "Recent", func(r *Records) error {
		heads := make([]store.Head, len(r.Runs))
		for i := range r.Runs {
			heads[i] = r.Runs[i].Head
		}
		page = Newest(heads, q, n)
		return nil
	})
	return page, err
}

// Newest is store.RunScanner's Recent over heads.
func Newest(heads []store.Head, q store.RunQuery, n int) store.Page {
	byID := make(map[string]*store.Head, len(heads))
	var page store.Page
	for i := range heads {
		byID[heads[i].ID] = &heads[i]
		if Sees(q, &heads[i]) {
			page.Heads = append(page.Heads, heads[i])
		}
	}
	page.Total = len(page.Heads)
	slices.SortFunc(page.Heads, LatestFirst)
	page.Heads = page.Heads[:min(max(n, 0), len(page.Heads))]
	there := make(map[string]bool, len(page.Heads))
	for _, h := range page.Heads {
		there[h.ID] = true
	}
	for i := 0; i < len(page.Heads); i++ { // the ancestors found are walked too
		parent := byID[page.Heads[i].ParentID]
		if parent != nil && !there[parent.ID] {
			there[parent.ID] = true
			page.Heads = append(page.Heads, *parent)
		}
	}
	return page
}

// Heads implements store.RunScanner.
func (s *Store) Heads(ctx context.Context, q store.RunQuery, yield func(store.Page) error) error {
	const headsPerPage = 1000
	var heads []store.Head
	err := s.read(ctx, "Heads", func(r *Records) error {
		for _, run := range slices.Backward(r.Runs) {
			if Sees(q, &run.Head) {
				heads = append(heads, run.Head)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for part := range slices.Chunk(heads, headsPerPage) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(store.Page{Heads: slices.Clone(part), Total: len(heads)}); err != nil {
			return err
		}
	}
	return nil
}

// HeadsOf implements store.RunScanner.
func (s *Store) HeadsOf(ctx context.Context, ids []string) (heads []store.Head, err error) {
	err = s.read(ctx, "HeadsOf", func(r *Records) error {
		for i := range r.Runs {
			if slices.Contains(ids, r.Runs[i].ID) {
				heads = append(heads, r.Runs[i].Head)
			}
		}
		return nil
	})
	return heads, err
}

// Statement implements store.QueryExplainer.
func (s *Store) Statement(context.Context, store.RunQuery) (string, error) {
	return "", fmt.Errorf("say how it is asked: this store is no database: %w", store.ErrUnsupported)
}
