package sqlite

import (
	"slices"

	"benchside/store/search"
)

// lead is the condition of a filter whose table is scanned first, and the rest.
type lead struct {
	table keyed
	key   string
	test  string // of the row t of the table
	rest  string // of the run r
	args  []any  // of test, then of rest
}

// leading picks the condition to search from: one that every match must meet
// and that a row of a keyed table meets by itself. Others on the same key are met by
// the same row, so they are tested with it. It is nil if there is none.
func (s schema) leading(f search.Filter) (*lead, error) {
	all := conjuncts(f.Expr)
	best, place := search.Compare{}, -1
	for i, e := range all {
		c, ok := sameKey(e)
		if ok && sharpness(c) > 0 && (place < 0 || sharpness(c) > sharpness(best)) {
			best, place = c, i
		}
	}
	if place < 0 {
		return nil, nil
	}
	var own, others search.And
	for _, e := range all {
		if c, ok := sameKey(e); ok && sharpness(c) > 0 && c.Entity == best.Entity && c.Key == best.Key {
			own = append(own, e)
		} else {
			others = append(others, e)
		}
	}
	test, args, err := dialect{compare: rowTest}.where(own)
	if err != nil {
		return nil, err
	}
	rest, more, err := s.whereRuns(search.Filter{Expr: others})
	if err != nil {
		return nil, err
	}
	table, _ := keyedBy(fieldOf(best.Entity))
	return &lead{table, best.Key, test, rest, slices.Concat(args, more)}, nil
}

// conjuncts are what an expression demands all of.
func conjuncts(e search.Expr) (all search.And) {
	switch e := e.(type) {
	case nil:
	case search.And:
		for _, part := range e {
			all = append(all, conjuncts(part)...)
		}
	default:
		all = append(all, e)
	}
	return all
}

// sameKey returns a comparison that stands for an expression: itself, or the weakest of
// alternatives on one key.
func sameKey(e search.Expr) (search.Compare, bool) {
	switch e := e.(type) {
	case search.Compare:
		return e, true
	case search.Or:
		var weakest search.Compare
		for i, part := range e {
			c, ok := part.(search.Compare)
			switch {
			case !ok || i > 0 && (c.Entity != weakest.Entity || c.Key != weakest.Key):
				return search.Compare{}, false
			case i == 0 || sharpness(c) < sharpness(weakest):
				weakest = c
			}
		}
		return weakest, len(e) > 0
	}
	return search.Compare{}, false
}

// sharpness guesses how few rows a condition leaves, in grades; 0 is a condition
// that a search cannot start from, since no row shows that it is met.
func sharpness(c search.Compare) int {
	switch {
	case c.Entity != search.Metric && c.Entity != search.Param && c.Entity != search.Tag, c.Op == search.IsNull:
		return 0
	case c.Op == search.IsNotNull, c.Op == search.NotEqual, c.Op == search.NotIn, c.Op == search.NotLike, c.Op == search.NotILike, c.Op == search.MatchesNot:
		return 1
	case c.Entity == search.Metric: // also the shortest rows to scan
		return 3
	}
	return 2
}

// rowTest compiles a comparison for the row t that has its key.
func rowTest(c search.Compare) (string, []any, error) {
	switch {
	case c.Op == search.IsNotNull:
		return "1", nil, nil
	case c.Entity == search.Metric:
		return metricTest(c)
	}
	return textTest("t.value", c)
}
