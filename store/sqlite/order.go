package sqlite

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"benchside/store"
	"benchside/store/search"
)

// sortKey is a value to sort by; a lower rank is first in both directions.
type sortKey struct {
	rank   int8
	number float64
	text   string
}

// The ranks of MLflow, which keeps NaN and missing values last.
const (
	rankValue int8 = iota
	rankNaN
	rankMissing
)

func attributeKey(v driver.Value) sortKey {
	switch v := v.(type) {
	case nil:
		return sortKey{rank: rankMissing}
	case int64:
		return sortKey{number: float64(v)} // milliseconds, exact below 2^53
	case float64:
		return sortKey{number: v}
	}
	return sortKey{text: text(v)}
}

func valueKey(entity search.Entity, v fieldValue) sortKey {
	switch {
	case v.value == nil:
		return sortKey{rank: rankMissing}
	case entity != search.Metric:
		return sortKey{text: text(v.value)}
	case integer(v.isNaN) != 0:
		return sortKey{rank: rankNaN}
	}
	return sortKey{number: number(v.value, nil)}
}

func fieldOf(entity search.Entity) store.FieldKind {
	switch entity {
	case search.Metric:
		return store.MetricField
	case search.Param:
		return store.ParamField
	case search.Tag:
		return store.TagField
	}
	return store.AttributeField
}

// fillKeys reads the metrics, params and tags to sort by.
func (m *match) fillKeys(ctx context.Context) error {
	var ids []string
	var at map[string]int32
	for i, o := range m.query.Order {
		table, ok := keyedBy(fieldOf(o.Entity))
		if !ok {
			continue
		}
		if at == nil {
			ids, at = make([]string, 0, len(m.found)), make(map[string]int32, len(m.found))
			for _, c := range m.found {
				ids, at[c.id] = append(ids, c.id), c.at
			}
		}
		keys := slices.Repeat([]sortKey{{rank: rankMissing}}, len(m.found))
		err := m.db.eachValue(ctx, table, o.Key, ids, func(v fieldValue) error {
			if place, ok := at[v.run]; ok {
				keys[place] = valueKey(o.Entity, v)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("order by %s: %w", o.Key, err)
		}
		m.keys[i] = keys
	}
	return nil
}

// compare is MLflow's order: the keys of the query, then the start, latest
// first and a missing one last, then the id. A start among the keys has settled
// that already.
func (m *match) compare(a, b candidate) int {
	for i := range m.query.Order {
		x, y := &m.keys[i][a.at], &m.keys[i][b.at]
		if c := cmp.Compare(x.rank, y.rank); c != 0 {
			return c
		}
		c := cmp.Compare(x.number, y.number)
		if c == 0 {
			c = cmp.Compare(x.text, y.text)
		}
		if c != 0 && m.query.Order[i].Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	if c := b.start.Compare(a.start); c != 0 {
		return c
	}
	return cmp.Compare(a.id, b.id)
}

// settle brings what was found into order and cuts it to the limit.
func (m *match) settle() {
	n := m.query.Limit
	if n <= 0 || len(m.found) <= n {
		slices.SortFunc(m.found, m.compare)
		return
	}
	// Few of many: whoever is behind the last of the best so far is passed over.
	best, cut := make([]candidate, 0, 2*n), false
	for _, c := range m.found {
		if cut && m.compare(c, best[n-1]) > 0 {
			continue
		}
		if best = append(best, c); len(best) == 2*n {
			slices.SortFunc(best, m.compare)
			best, cut = best[:n], true
		}
	}
	slices.SortFunc(best, m.compare)
	m.found = best[:n]
}
