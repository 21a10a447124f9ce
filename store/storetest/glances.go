package storetest

import (
	"cmp"
	"slices"
	"testing"

	"benchside/store"
)

func byStep(points []store.Point) []store.Point {
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b store.Point) int {
		return cmp.Or(a.Step.Compare(b.Step), cmp.Compare(a.Timestamp, b.Timestamp), cmp.Compare(a.Value, b.Value))
	})
	return points
}

// glances asks for all points, and for fewer than there are.
func (c contract) glances(t *testing.T, run, key string, want []store.Point) {
	t.Helper()
	for _, n := range []int{len(want) + 2, 3} {
		got, whole, err := c.Glance(t.Context(), run, key, n)
		switch {
		case err != nil:
			t.Fatal(err)
		case whole:
			same(t, "a glance at all of "+run+" "+key, got, want)
		case len(got) == 0: // there is no index of steps
		case len(want) <= n:
			t.Errorf("%s %s: %d points are said to be more than %d", run, key, len(want), n)
		default:
			sorted := byStep(want)
			if len(got) > n || got[0].Step != sorted[0].Step || got[len(got)-1].Step != sorted[len(sorted)-1].Step {
				t.Errorf("%s %s: a glance of %d at %d points is %v", run, key, n, len(want), got)
			}
		}
	}
}
