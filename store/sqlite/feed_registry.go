package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"hash/maphash"
	"time"

	"benchside/store"
)

// shelf remembers what the registry was like, as one hash of all its rows: tags and
// aliases leave no time behind, so nothing less tells that they changed.
type shelf struct {
	hash  uint64
	known bool
	seed  maphash.Seed
	dirty bool      // something was committed since the last look
	next  time.Time // when the next look may begin
}

// newShelf knows nothing yet. In a big store it begins when the comparison of runs
// does, behind the first page of a reader.
func newShelf(next time.Time) shelf { return shelf{seed: maphash.MakeSeed(), dirty: true, next: next} }

// due is how long until the next look.
func (s *shelf) due() time.Duration {
	if !s.dirty {
		return every
	}
	return time.Until(s.next)
}

// shelved are the tables of the registry, and what of benchside's own a screen of
// models shows.
var shelved = []string{
	"registered_models", "registered_model_tags", "registered_model_aliases", "model_versions", "model_version_tags",
	"benchside_requests", "benchside_comments", "benchside_rules", "benchside_gates", "benchside_ledger_head",
}

const (
	tablesThere = `SELECT name FROM sqlite_schema WHERE type = 'table'`
	pageOfTable = `SELECT rowid, * FROM %s WHERE rowid > ?1 ORDER BY rowid LIMIT ?2`
)

// registry looks whether the registry changed, if it is time to, and tells it. It
// takes the same share of a core as the comparison of runs.
func (f *feed) registry(ctx context.Context) error {
	s := &f.shelf
	if !s.dirty || time.Now().Before(s.next) || f.problem != nil {
		return nil
	}
	from := time.Now()
	s.dirty = false
	hash, cost, err := f.hashRegistry(ctx)
	if err != nil {
		s.dirty, s.next = true, time.Now().Add(every)
		return err
	}
	changed := s.known && hash != s.hash
	s.hash, s.known = hash, true
	s.next = from.Add(min(share*cost, mostWait))
	if changed && !f.send(ctx, store.Change{Events: []store.Event{{Kind: store.RegistryChanged}}}) {
		return ctx.Err()
	}
	return nil
}

func (f *feed) hashRegistry(ctx context.Context) (sum uint64, cost time.Duration, err error) {
	there, err := f.db.textsOf(ctx, tablesThere)
	if err != nil {
		return 0, 0, err
	}
	has := map[string]bool{}
	for _, table := range there {
		has[table] = true
	}
	var h maphash.Hash
	h.SetSeed(f.shelf.seed)
	for _, table := range shelved {
		if !has[table] {
			continue
		}
		_, _ = h.WriteString(table)
		for after, more := int64(0), true; more; {
			start := time.Now()
			var rows [][]byte
			err := f.db.burst(ctx, func(c *conn) error {
				rows = rows[:0]
				return c.query(ctx, fmt.Sprintf(pageOfTable, table), []any{after, rowsPerPage}, func(v []driver.Value) error {
					rows = append(rows, fmt.Appendf(nil, "%v", v[1:]))
					after = integer(v[0])
					return nil
				})
			})
			if err != nil {
				return 0, 0, err
			}
			cost += time.Since(start)
			for _, row := range rows {
				_, _ = h.Write(row) // a maphash takes everything
			}
			more = len(rows) == rowsPerPage
		}
	}
	return h.Sum64(), cost, nil
}
