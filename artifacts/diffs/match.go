package diffs

import (
	"cmp"
	"slices"
	"sort"
)

const (
	// mostEdits bounds the search for the shortest way between two sequences: its
	// time and memory grow with the square of it.
	mostEdits = 1500
	// mostSplits bounds how often sequences are cut at what is unique in both.
	mostSplits = 8
)

// matcher pairs equal items of two sequences in order.
type matcher struct {
	cancelled func() error
	most      int // edits
	pairs     [][2]int
	rough     bool
}

// match pairs what is equal, by E. W. Myers, Algorithmica 1 (1986), within a bound
// of edits; beyond it sequences are cut at items that occur once in both (Bram
// Cohen's patience diff). What then is too different stays unpaired.
func (m *matcher) match(a, b []int, fromA, fromB, splits int) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		m.pairs = append(m.pairs, [2]int{fromA, fromB})
		a, b, fromA, fromB = a[1:], b[1:], fromA+1, fromB+1
	}
	tail := 0
	for tail < len(a) && tail < len(b) && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	endA, endB := fromA+len(a)-tail, fromB+len(b)-tail
	a, b = a[:len(a)-tail], b[:len(b)-tail]
	if len(a) > 0 && len(b) > 0 && m.cancelled() == nil {
		m.middle(a, b, fromA, fromB, splits)
	}
	for i := range tail {
		m.pairs = append(m.pairs, [2]int{endA + i, endB + i})
	}
}

func (m *matcher) middle(a, b []int, fromA, fromB, splits int) {
	if pairs, ok := m.shortest(a, b); ok {
		for _, p := range pairs {
			m.pairs = append(m.pairs, [2]int{fromA + p[0], fromB + p[1]})
		}
		return
	}
	anchors := unique(a, b)
	if len(anchors) == 0 || splits >= mostSplits || m.cancelled() != nil {
		m.rough = true
		return
	}
	i, k := 0, 0
	for _, p := range anchors {
		if p[0] < i || p[1] < k {
			continue
		}
		m.match(a[i:p[0]], b[k:p[1]], fromA+i, fromB+k, splits+1)
		m.pairs = append(m.pairs, [2]int{fromA + p[0], fromB + p[1]})
		i, k = p[0]+1, p[1]+1
	}
	m.match(a[i:], b[k:], fromA+i, fromB+k, splits+1)
}

// shortest finds the pairs of a shortest edit script, false if it needs more than
// the most edits.
func (m *matcher) shortest(a, b []int) (pairs [][2]int, ok bool) {
	most := min(m.most, len(a)+len(b))
	if most < max(len(a)-len(b), len(b)-len(a)) {
		return nil, false
	}
	// furthest[d][k+d] is how far along a one gets on diagonal k with d edits.
	var furthest [][]int32
	last := []int32{0}
	for d := 0; d <= most; d++ {
		if d%64 == 0 && m.cancelled() != nil {
			return nil, false
		}
		row := make([]int32, 2*d+1)
		for k := -d; k <= d; k += 2 {
			x := int32(0)
			switch {
			case d == 0:
			case k == -d || k != d && reach(last, k-1, d-1) < reach(last, k+1, d-1):
				x = reach(last, k+1, d-1)
			default:
				x = reach(last, k-1, d-1) + 1
			}
			y := int(x) - k
			for int(x) < len(a) && y < len(b) && y >= 0 && a[x] == b[y] {
				x, y = x+1, y+1
			}
			row[k+d] = x
			if int(x) >= len(a) && y >= len(b) {
				furthest = append(furthest, row)
				return back(furthest, len(a), len(b)), true
			}
		}
		furthest = append(furthest, row)
		last = row
	}
	return nil, false
}

// reach reads a row of furthest, -1 where there is nothing.
func reach(row []int32, k, d int) int32 {
	if k < -d || k > d {
		return -1
	}
	return row[k+d]
}

// back walks from the end to the start over the rows, and collects what is equal.
func back(furthest [][]int32, x, y int) [][2]int {
	var pairs [][2]int
	for d := len(furthest) - 1; d > 0; d-- {
		k, row := x-y, furthest[d-1]
		from := k - 1
		if k == -d || k != d && reach(row, k-1, d-1) < reach(row, k+1, d-1) {
			from = k + 1
		}
		beforeX := int(reach(row, from, d-1))
		beforeY := beforeX - from
		for x > beforeX && y > beforeY {
			x, y = x-1, y-1
			pairs = append(pairs, [2]int{x, y})
		}
		x, y = beforeX, beforeY
	}
	for x > 0 && y > 0 {
		x, y = x-1, y-1
		pairs = append(pairs, [2]int{x, y})
	}
	slices.Reverse(pairs)
	return pairs
}

// unique pairs the items that occur once in both, as many as can be in order.
func unique(a, b []int) [][2]int {
	type places struct{ a, b, inA, inB int }
	found := map[int]*places{}
	for i, v := range a {
		p := found[v]
		if p == nil {
			p = &places{}
			found[v] = p
		}
		p.a, p.inA = i, p.inA+1
	}
	for i, v := range b {
		if p := found[v]; p != nil {
			p.b, p.inB = i, p.inB+1
		}
	}
	var all [][2]int
	for _, p := range found {
		if p.inA == 1 && p.inB == 1 {
			all = append(all, [2]int{p.a, p.b})
		}
	}
	slices.SortFunc(all, func(p, q [2]int) int { return cmp.Compare(p[0], q[0]) })
	return rising(all)
}

// rising is the longest subsequence whose second numbers rise, by piles of cards.
func rising(all [][2]int) [][2]int {
	var piles []int // the last card of each
	before := make([]int, len(all))
	for i, p := range all {
		at := sort.Search(len(piles), func(k int) bool { return all[piles[k]][1] >= p[1] })
		before[i] = -1
		if at > 0 {
			before[i] = piles[at-1]
		}
		if at == len(piles) {
			piles = append(piles, i)
		} else {
			piles[at] = i
		}
	}
	if len(piles) == 0 {
		return nil
	}
	var out [][2]int
	for i := piles[len(piles)-1]; i >= 0; i = before[i] {
		out = append(out, all[i])
	}
	slices.Reverse(out)
	return out
}
