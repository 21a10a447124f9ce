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
// and that a row of a keyed table meets by itself. It is nil if there is none.
func (s schema) leading(f search.Filter) (*lead, error) {
	all, ok := f.Expr.(search.And)
	if !ok && f.Expr != nil {
		all = search.And{f.Expr}
	}
	best, place := search.Compare{}, -1
	for i, e := range all {
		c, ok := e.(search.Compare)
		if ok && sharpness(c) > 0 && (place < 0 || sharpness(c) > sharpness(best)) {
			best, place = c, i
		}
	}
	if place < 0 {
		return nil, nil
	}
	test, args, err := rowTest(best)
	if err != nil {
		return nil, err
	}
	rest, more, err := s.whereRuns(search.Filter{Expr: slices.Delete(slices.Clone(all), place, place+1)})
	if err != nil {
		return nil, err
	}
	table, _ := keyedBy(fieldOf(best.Entity))
	return &lead{table, best.Key, test, rest, slices.Concat(args, more)}, nil
}

// sharpness guesses how few rows a condition leaves, in grades; 0 is a condition
// that a search cannot start from, since no row shows that it is met.
func sharpness(c search.Compare) int {
	switch {
	case c.Entity != search.Metric && c.Entity != search.Param && c.Entity != search.Tag, c.Op == search.IsNull:
		return 0
	case c.Op == search.IsNotNull, c.Op == search.NotEqual, c.Op == search.NotIn:
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
